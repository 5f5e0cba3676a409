//! What of a text may hold names.

use std::ops::Range;

/// What of a text may hold names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Holds<'a> {
    /// Nothing: it is a URI of a specification, or a namespace of WMI.
    Nothing,
    /// Only the quoted texts, and the host of an object path: it is a query or a path, of which the rest is syntax.
    Literals {
        /// The class that it is about.
        class: &'a str,
        /// Where the host is named.
        host: Option<Range<usize>>,
        literals: Vec<Literal<'a>>,
    },
    /// Anything.
    Words,
}

/// A quoted text in a query or an object path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal<'a> {
    /// Where it is, without its quotes.
    pub(super) range: Range<usize>,
    /// What it is compared with.
    pub(super) property: &'a str,
}

impl<'a> Holds<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let trimmed = text.trim();
        let lower = trimmed.to_ascii_lowercase();
        let is_word = |part: &str| !part.is_empty() && part.chars().all(is_identifier);
        let is_uri = ["http://schemas.", "https://schemas.", "http://www.w3.org/"];
        if is_uri.iter().any(|begin| lower.starts_with(begin))
            || lower.starts_with("root") && trimmed.split(['/', '\\']).all(is_word)
        {
            return Self::Nothing;
        }
        if ["select ", "associators ", "references "].iter().any(|verb| lower.starts_with(verb)) {
            let mut words = text.split(|c: char| !is_identifier(c)).filter(|word| !word.is_empty());
            words.find(|word| ["from", "of"].iter().any(|key| word.eq_ignore_ascii_case(key)));
            let class = words.next().unwrap_or_default();
            return Self::Literals { class, host: None, literals: literals(text) };
        }
        // `\\HOST\root\virtualization\v2:Class.Key="value"`, or without what stands before the class.
        let (before, path) = match text.split_once(':') {
            Some((before, path)) if before.trim_start().starts_with(['\\', '/']) => (before, path),
            _ => ("", text),
        };
        let (class, keys) = path.split_once('.').unwrap_or((path, ""));
        let names_keys = keys.split_once("=\"").is_some_and(|(key, _)| is_word(key));
        if is_word(class.trim()) && (names_keys || before.to_ascii_lowercase().contains("root")) {
            let start = before.len() - before.trim_start_matches([' ', '\\', '/']).len();
            let host = before.get(start..).and_then(|rest| rest.split(['\\', '/']).next());
            let host = host.filter(|host| !host.eq_ignore_ascii_case("root") && !host.is_empty());
            return Self::Literals {
                class: class.trim(),
                host: host.map(|host| start..start + host.len()),
                literals: literals(text),
            };
        }
        Self::Words
    }
}

/// The quoted texts, in either quotes, in which a backslash takes the meaning from what follows.
fn literals(text: &str) -> Vec<Literal<'_>> {
    let mut literals = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match open {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((start, quote)) if c == quote => {
                let before = text.get(..start - 1).unwrap_or_default();
                let before = before.trim_end_matches(|c: char| !is_identifier(c));
                let mut words =
                    before.rsplit(|c: char| !is_identifier(c)).filter(|word| !word.is_empty());
                let property =
                    words.find(|word| !word.eq_ignore_ascii_case("like")).unwrap_or_default();
                literals.push(Literal { range: start..at, property });
                open = None;
            }
            Some(_) => {}
            None if matches!(c, '"' | '\'') => open = Some((at + 1, c)),
            None => {}
        }
    }
    literals
}

/// A quoted text as it is meant, without the wildcards at its ends.
pub(super) fn unescape(literal: &str) -> String {
    let mut chars = literal.trim_matches('%').chars();
    let mut text = String::with_capacity(literal.len());
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    text
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_paths_hold_names_in_quotes_only() {
        let parts = |text: &str| match Holds::of(text) {
            Holds::Literals { class, host, literals } => {
                let part = |range| text.get(range).unwrap();
                let host = host.map_or("", part).to_owned();
                let pairs =
                    literals.iter().map(|l| format!("{}={}", l.property, part(l.range.clone())));
                [class.to_owned(), host].into_iter().chain(pairs).collect::<Vec<_>>().join(" ")
            }
            other => format!("{other:?}"),
        };
        for (text, holds) in [
            (r#"SELECT * FROM Msvm_X WHERE (A = 'x\'y' OR B LIKE "z")"#, r"Msvm_X  A=x\'y B=z"),
            ("ASSOCIATORS OF {Msvm_X.Name=\"a\"} WHERE Role=b", "Msvm_X  Name=a"),
            (r#"\\HV01\root\virtualization\v2:Msvm_X.A="b",C="d""#, "Msvm_X HV01 A=b C=d"),
            (r#"root/x:Msvm_X.A="b""#, "Words"),
            (r#"//hv01/root/cimv2:Win32_X=@"#, "Words"),
            (r#"Msvm_X.A="b""#, "Msvm_X  A=b"),
            (r"\\HV01\root\virtualization\v2:Msvm_X", "Msvm_X HV01"),
            ("root/virtualization/v2", "Nothing"),
            ("root", "Nothing"),
            ("http://schemas.xmlsoap.org/ws/x", "Nothing"),
            ("http://hv01:5985/wsman", "Words"),
            ("The root of web01.x", "Words"),
        ] {
            assert_eq!(parts(text), holds, "{text}");
        }
        assert_eq!(unescape(r"a\'b\\"), r"a'b\");
    }
}
