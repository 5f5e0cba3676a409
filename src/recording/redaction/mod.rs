//! Pseudonyms in the place of names.
//!
//! First all names are learned out of all messages, then all messages are written with pseudonyms: a name that shows
//! itself as one only late is not left in what came before. `docs/recording.md` says what is replaced.

mod field;
mod names;
mod pattern;
mod pseudonyms;
mod text;

pub(super) use names::Names;
pub(super) use pseudonyms::Pseudonyms;

use self::{
    field::{Field, Meaning, is_syntax, resource_class},
    names::{Kind, REDACTED},
    text::{Holds, unescape},
};
use crate::xml::{self, Edit, Limits, Place, Problem};

/// So many documents may be in the text of each other.
const DEPTH: u32 = 4;
/// A secret is looked for elsewhere as well, unless it is so short that it may be anything.
const SHORTEST_SECRET: usize = 4;

impl Names {
    /// Learns the host that a URL is of.
    pub(super) fn endpoint(&mut self, url: &str) {
        Meaning::Url.learn(url, self);
    }

    /// Learns the user who asks.
    pub(super) fn user(&mut self, user: &str) {
        Meaning::Account.learn(user, self);
    }

    /// Learns the names in a message. In what is no XML there is none.
    pub(super) fn message(&mut self, message: &str) {
        self.document(message, DEPTH);
    }

    fn document(&mut self, document: &str, depth: u32) {
        let mut resource = String::new();
        let mut data = String::new();
        let mut learn = |place: Place<'_>, text: &str| {
            if let Some(class) = resource_class(place, text) {
                resource = class;
            }
            if is_syntax(place) || text.trim().is_empty() {
                return Vec::new();
            }
            let field = Field::of(place, &resource);
            if field.is_secret() {
                if text.trim().chars().count() >= SHORTEST_SECRET {
                    self.learn(Kind::Secret, text);
                }
            } else if is_document(text) && depth > 0 {
                self.document(text, depth - 1);
            } else {
                // A guest tells its name in a pair of items, `Data` before `Name`.
                if field.name == "Data" {
                    data = text.to_owned();
                } else if field.name == "Name" && text == "FullyQualifiedDomainName" {
                    self.computer(&data);
                }
                self.text(field, text);
            }
            Vec::new()
        };
        // What cannot be read tells no names, and is not written either.
        drop(Edit::of_document(document, Limits::default(), &mut learn));
    }

    fn text(&mut self, field: Field<'_>, text: &str) {
        match Holds::of(text) {
            Holds::Nothing => {}
            Holds::Literals { class, host, literals } => {
                if let Some(host) = host.and_then(|range| text.get(range)) {
                    self.computer(host);
                }
                for literal in literals {
                    let field = Field { class, name: literal.property };
                    let value = unescape(text.get(literal.range).unwrap_or_default());
                    if let Some(meaning) = field.meaning() {
                        meaning.learn(&value, self);
                    }
                }
            }
            Holds::Words => {
                if let Some(meaning) = field.meaning() {
                    meaning.learn(text, self);
                }
                // `\\server\share`, but not `\\.\device` and `\\?\path`.
                if let Some(path) = text.trim().strip_prefix(r"\\") {
                    self.computer(path.split('\\').next().unwrap_or_default());
                }
            }
        }
    }
}

impl Pseudonyms {
    /// A message with pseudonyms in the place of names, and otherwise byte for byte what it was.
    ///
    /// # Errors
    /// When it cannot be read, so that nobody knows what it holds.
    pub(super) fn message(&mut self, message: &str) -> Result<String, xml::Error> {
        if message.contains("<!--") {
            let problem = Problem::Malformed("there is a comment, which no host sends".to_owned());
            return Err(xml::Error { problem, path: "/".to_owned() });
        }
        Ok(Edit::apply(&self.document(message, DEPTH)?, message))
    }

    /// A text with pseudonyms in the place of names.
    pub(super) fn text(&mut self, text: &str) -> String {
        Edit::apply(&self.words(text), text)
    }

    fn document(&mut self, document: &str, depth: u32) -> Result<Vec<Edit>, xml::Error> {
        let mut resource = String::new();
        Edit::of_document(document, Limits::default(), &mut |place, text| {
            if let Some(class) = resource_class(place, text) {
                resource = class;
            }
            if is_syntax(place) || text.trim().is_empty() {
                return Vec::new();
            }
            let field = Field::of(place, &resource);
            let is_inner = is_document(text) && depth > 0 && !field.is_secret();
            let inner = is_inner.then(|| self.document(text, depth - 1));
            inner.and_then(Result::ok).unwrap_or_else(|| self.value(field, text))
        })
    }

    fn value(&mut self, field: Field<'_>, text: &str) -> Vec<Edit> {
        let replace = |stands: String| vec![Edit { range: 0..text.len(), text: stands }];
        if field.is_secret() {
            return match text.trim() {
                "true" | "false" => Vec::new(),
                number if number.parse::<f64>().is_ok() => replace("0".to_owned()),
                _ => replace(REDACTED.to_owned()),
            };
        }
        if field.is_address()
            && let Some(address) = pattern::bare_mac(text.trim()).filter(pattern::Address::tells)
        {
            return replace(self.address(&address));
        }
        match Holds::of(text) {
            Holds::Nothing => Vec::new(),
            Holds::Literals { class, host, literals } => {
                let ranges = host.into_iter().map(|range| (range, "__SERVER"));
                ranges
                    .chain(literals.into_iter().map(|literal| (literal.range, literal.property)))
                    .flat_map(|(range, name)| {
                        let literal = text.get(range.clone()).unwrap_or_default();
                        let edits = self.words_of(Field { class, name }, literal);
                        edits.into_iter().map(move |edit| Edit {
                            range: edit.range.start + range.start..edit.range.end + range.start,
                            ..edit
                        })
                    })
                    .collect()
            }
            Holds::Words => self.words_of(field, text),
        }
    }

    /// The words of a value that may be a name as a whole.
    fn words_of(&mut self, field: Field<'_>, text: &str) -> Vec<Edit> {
        match self.whole(text).filter(|_| field.meaning().is_some()) {
            Some(stands) => vec![Edit { range: 0..text.len(), text: stands.to_owned() }],
            None => self.words(text),
        }
    }
}

/// Whether a text is a document of its own, as an embedded instance is.
fn is_document(text: &str) -> bool {
    text.trim_start().starts_with('<')
}
