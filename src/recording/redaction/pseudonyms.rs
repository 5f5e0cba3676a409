//! Text with pseudonyms in the place of names.

use std::collections::HashMap;

use super::{
    field::Field,
    names::{Names, REDACTED, fold, fold_char},
    pattern::{self, Address},
};
use crate::xml::Edit;

/// Replaces names. Addresses get their pseudonyms as they come.
#[derive(Debug, Default)]
pub(in crate::recording) struct Pseudonyms {
    /// Names and their pseudonyms, letter by letter.
    letters: Letters,
    /// Names and their pseudonyms, also of those that are too short or too common to be replaced everywhere.
    whole: HashMap<String, String>,
    addresses: HashMap<(u8, String), u32>,
    counts: HashMap<u8, u32>,
}

/// Names by their letters: what can follow, and what stands for the name that ends here.
#[derive(Debug, Default)]
struct Letters {
    next: HashMap<char, Self>,
    stands: Option<String>,
}

impl Pseudonyms {
    pub(in crate::recording) fn new(names: &Names) -> Self {
        let mut pseudonyms = Self::default();
        for (name, stands) in names.pseudonyms() {
            pseudonyms.whole.insert(fold(name), stands.clone());
            if is_weak(name, stands == REDACTED) {
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
                pseudonyms.letters.insert(fold(&spelling).chars(), &stands);
            }
        }
        pseudonyms
    }

    /// What stands for the value of a field that is a name as a whole.
    pub(super) fn whole(&self, field: Field<'_>, text: &str) -> Option<&str> {
        field.meaning()?;
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
            // All that is told by its form is ASCII, of which a character is a byte. A name may look like what stays, or
            // begin like it; what stays may begin with a name.
            let stays = pattern::guid(text).or_else(|| pattern::class(text)).unwrap_or_default();
            let name = self.letters.longest(rest).filter(|(length, _)| *length >= stays);
            index += if let Some((length, stands)) = name {
                replace(length, stands.to_owned())
            } else if stays > 0 {
                stays
            } else if let Some((length, address)) =
                pattern::address(text).filter(|_| !is_in_number(&chars, index))
            {
                if address.tells() { replace(length, self.address(&address)) } else { length }
            } else {
                first_word(rest).len()
            };
        }
        edits
    }
}

impl Letters {
    fn insert(&mut self, name: impl Iterator<Item = char>, stands: &str) {
        let mut node = self;
        for c in name {
            node = node.next.entry(c).or_default();
        }
        node.stands.get_or_insert_with(|| stands.to_owned());
    }

    /// The longest name that a text begins with, if a word ends with it, and its length.
    fn longest(&self, text: &[char]) -> Option<(usize, &str)> {
        let mut node = self;
        let mut longest = None;
        for (index, c) in text.iter().enumerate() {
            let Some(next) = node.next.get(c) else { break };
            node = next;
            let goes_on = text.get(index + 1).is_some_and(|next| next.is_alphanumeric());
            if let Some(stands) =
                node.stands.as_deref().filter(|_| !(c.is_alphanumeric() && goes_on))
            {
                longest = Some((index + 1, stands));
            }
        }
        longest
    }
}

/// The letters and digits that a text begins with, or its first character.
fn first_word(text: &[char]) -> &[char] {
    let letters = text.iter().take_while(|c| c.is_alphanumeric()).count();
    text.get(..letters.max(1)).unwrap_or(text)
}

/// Whether a place is within a number with points that began before, such as an object identifier.
fn is_in_number(text: &[char], index: usize) -> bool {
    let before = index.checked_sub(2).and_then(|start| text.get(start..index));
    matches!(before, Some([digit, '.']) if digit.is_ascii_digit())
}

/// A longer text is no name that anybody repeats, and would be long to look for.
const LONGEST: usize = 512;

/// Whether a name may be replaced only where it is sure to be meant: numbers and truth values are everywhere. A secret is
/// replaced even if it is a number.
fn is_weak(name: &str, is_secret: bool) -> bool {
    !(3..=LONGEST).contains(&name.chars().count())
        || !is_secret && !name.chars().any(char::is_alphabetic)
        || ["true", "false", "null"].contains(&fold(name).as_str())
}
