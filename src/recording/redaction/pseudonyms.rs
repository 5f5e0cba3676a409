//! Text with pseudonyms in the place of names.

use std::collections::HashMap;

use super::{
    names::{Names, fold, fold_char},
    pattern::{self, Address},
};
use crate::xml::Edit;

/// Replaces names. Addresses get their pseudonyms as they come.
#[derive(Debug, Default)]
pub(in crate::recording) struct Pseudonyms {
    /// Names and their pseudonyms, by the first word of the name, the longest first.
    by_word: HashMap<String, Vec<(Vec<char>, String)>>,
    /// Names and their pseudonyms, also of those that are too short or too common to be replaced everywhere.
    whole: HashMap<String, String>,
    addresses: HashMap<(u8, String), u32>,
    counts: HashMap<u8, u32>,
}

impl Pseudonyms {
    pub(in crate::recording) fn new(names: &Names) -> Self {
        let mut pseudonyms = Self::default();
        for (name, stands) in names.pseudonyms() {
            pseudonyms.whole.insert(fold(name), stands.clone());
            if is_weak(name) {
                continue;
            }
            let quote = |quotes: &[char]| {
                name.chars()
                    .flat_map(|c| quotes.contains(&c).then_some('\\').into_iter().chain([c]))
                    .collect()
            };
            let mut spellings: Vec<String> = vec![
                name.to_owned(),
                quote(&['\\', '\'']),
                quote(&['\\', '"']),
                quote(&['\\', '\'', '"']),
            ];
            spellings.dedup();
            for spelling in spellings {
                let chars: Vec<char> = fold(&spelling).chars().collect();
                let word: String = first_word(&chars).iter().collect();
                pseudonyms.by_word.entry(word).or_default().push((chars, stands.clone()));
            }
        }
        for names in pseudonyms.by_word.values_mut() {
            names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        pseudonyms
    }

    /// What stands for a text that is a name as a whole.
    pub(super) fn whole(&self, text: &str) -> Option<&str> {
        self.whole.get(&fold(text.trim())).map(String::as_str)
    }

    /// What stands for an address.
    pub(super) fn address(&mut self, address: &Address) -> String {
        let key = address.key();
        let count = self.counts.entry(key.0).or_default();
        let number = *self.addresses.entry(key).or_insert_with(|| {
            *count += 1;
            *count
        });
        address.pseudonym(number)
    }

    /// Replaces the names and addresses in a text that are whole words there.
    pub(in crate::recording) fn words(&mut self, text: &str) -> Vec<Edit> {
        let (starts, chars): (Vec<usize>, Vec<char>) =
            text.char_indices().map(|(start, c)| (start, fold_char(c))).unzip();
        let start_of = |index: usize| starts.get(index).copied().unwrap_or(text.len());
        let mut edits = Vec::new();
        let mut index = 0;
        while let Some(rest) = chars.get(index..).filter(|rest| !rest.is_empty()) {
            let start = start_of(index);
            let text = text.get(start..).unwrap_or_default();
            let mut replace = |length: usize, stands: String| {
                edits.push(Edit { range: start..start_of(index + length), text: stands });
                length
            };
            // All that is told by its form is ASCII, of which a character is a byte.
            index += if let Some(length) = pattern::guid(text).or_else(|| pattern::class(text)) {
                length
            } else if let Some((length, stands)) = self.name(rest) {
                replace(length, stands.to_owned())
            } else if let Some((length, address)) = pattern::address(text) {
                if address.tells() { replace(length, self.address(&address)) } else { length }
            } else {
                first_word(rest).len()
            };
        }
        edits
    }

    /// The longest name that a text begins with, if a word ends with it.
    fn name(&self, text: &[char]) -> Option<(usize, &str)> {
        let word: String = first_word(text).iter().collect();
        let names = self.by_word.get(&word)?.iter();
        names
            .filter(|(name, _)| {
                let ends_in_word = name.last().is_some_and(|c| c.is_alphanumeric());
                let goes_on = text.get(name.len()).is_some_and(|c| c.is_alphanumeric());
                text.starts_with(name) && !(ends_in_word && goes_on)
            })
            .map(|(name, stands)| (name.len(), stands.as_str()))
            .next()
    }
}

/// The letters and digits that a text begins with, or its first character.
fn first_word(text: &[char]) -> &[char] {
    let letters = text.iter().take_while(|c| c.is_alphanumeric()).count();
    text.get(..letters.max(1)).unwrap_or(text)
}

/// Whether a name may be replaced only where it is sure to be meant: numbers and truth values are everywhere.
fn is_weak(name: &str) -> bool {
    name.chars().count() < 3
        || !name.chars().any(char::is_alphabetic)
        || ["true", "false", "null"].contains(&fold(name).as_str())
}
