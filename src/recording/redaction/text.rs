//! What of a text may hold names.

use core::mem;
use std::ops::Range;

use super::pattern;

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
        if is_specification(trimmed) || is_namespace(trimmed) {
            return Self::Nothing;
        }
        if let Some(class) = queried(trimmed) {
            return Self::Literals { class, host: None, literals: literals(text) };
        }
        // `\\HOST\root\virtualization\v2:Class.Key="value"`, or without what stands before the class.
        let (before, path) = text.split_once(':').unwrap_or(("", text));
        let (class, keys) = path.split_once('.').unwrap_or((path, ""));
        let class = class.trim();
        let is_path = if before.is_empty() {
            pattern::class(class) == Some(class.len())
                && keys.split_once("=\"").is_some_and(|(key, _)| is_word(key))
        } else {
            is_word(class) && segments(before).any(is_root)
        };
        if !is_path {
            return Self::Words;
        }
        let start = before.len() - before.trim_start_matches([' ', '\\', '/']).len();
        let host = before.get(start..).and_then(|rest| segments(rest).next());
        let host = host.filter(|host| !is_root(host) && !host.is_empty());
        Self::Literals {
            class,
            host: host.map(|host| start..start + host.len()),
            literals: literals(text),
        }
    }
}

/// Whether a URI is that of a specification, of which no part is a name.
pub(super) fn is_specification(uri: &str) -> bool {
    const HOSTS: [&str; 4] =
        ["schemas.xmlsoap.org", "schemas.microsoft.com", "schemas.dmtf.org", "www.w3.org"];
    let mut parts = uri.trim().splitn(4, '/');
    let scheme = parts.next().unwrap_or_default().to_ascii_lowercase();
    let host = parts.nth(1).unwrap_or_default().to_ascii_lowercase();
    matches!(scheme.as_str(), "http:" | "https:") && HOSTS.contains(&host.as_str())
}

/// Whether a text is a namespace of Windows. Any other may as well be a path that has names in it.
fn is_namespace(text: &str) -> bool {
    const KNOWN: &[&str] = &[
        "root",
        "cimv2",
        "standardcimv2",
        "virtualization",
        "v2",
        "hypervcluster",
        "mscluster",
        "interop",
        "microsoft",
        "windows",
        "storage",
        "wmi",
        "default",
    ];
    segments(text).next().is_some_and(is_root)
        && segments(text).all(|part| KNOWN.contains(&part.to_ascii_lowercase().as_str()))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', '\\'])
}

fn is_root(segment: &str) -> bool {
    segment.trim().eq_ignore_ascii_case("root")
}

/// The class that a query is about. A sentence may begin like a query, and is none.
fn queried(text: &str) -> Option<&str> {
    let verb = text.split_whitespace().next()?.to_ascii_lowercase();
    let key = match verb.as_str() {
        "select" => "from",
        "associators" | "references" if text.contains('{') => "of",
        _ => return None,
    };
    let mut words = text.split(|c: char| !is_identifier(c)).filter(|word| !word.is_empty());
    words.find(|word| word.eq_ignore_ascii_case(key))?;
    Some(words.next().unwrap_or_default())
}

/// The quoted texts, in either quotes, in which a backslash takes the meaning from what follows. One that does not end
/// reaches to the end.
fn literals(text: &str) -> Vec<Literal<'_>> {
    let mut literals = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    // The last word that is not in quotes, and the one before it.
    let (mut word, mut before) = (0..0, 0..0);
    let literal = |range, word: &Range<usize>, before: &Range<usize>| {
        let word = text.get(word.clone()).unwrap_or_default();
        let before = text.get(before.clone()).unwrap_or_default();
        let property = if word.eq_ignore_ascii_case("like") { before } else { word };
        Literal { range, property }
    };
    for (at, c) in text.char_indices() {
        match open {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((start, quote)) if c == quote => {
                literals.push(literal(start..at, &word, &before));
                open = None;
            }
            Some(_) => {}
            None if matches!(c, '"' | '\'') => open = Some((at + 1, c)),
            None if is_identifier(c) && word.end == at => word.end += 1,
            None if is_identifier(c) => before = mem::replace(&mut word, at..at + 1),
            None => {}
        }
    }
    literals.extend(open.map(|(start, _)| literal(start..text.len(), &word, &before)));
    literals
}

/// Whether a text is CIM-XML, as an embedded instance is: a document in which all names are those of DSP0201, and nothing is
/// said beside its values.
pub(super) fn is_cim_xml(text: &str) -> bool {
    const ELEMENTS: &[&str] = &[
        "CIM",
        "CLASS",
        "CLASSNAME",
        "CLASSPATH",
        "DECLARATION",
        "DECLGROUP",
        "DECLGROUP.WITHNAME",
        "DECLGROUP.WITHPATH",
        "HOST",
        "INSTANCE",
        "INSTANCENAME",
        "INSTANCEPATH",
        "KEYBINDING",
        "KEYVALUE",
        "LOCALCLASSPATH",
        "LOCALINSTANCEPATH",
        "LOCALNAMESPACEPATH",
        "METHOD",
        "NAMESPACE",
        "NAMESPACEPATH",
        "PARAMETER",
        "PARAMETER.ARRAY",
        "PARAMETER.REFARRAY",
        "PARAMETER.REFERENCE",
        "PARAMVALUE",
        "PROPERTY",
        "PROPERTY.ARRAY",
        "PROPERTY.REFERENCE",
        "QUALIFIER",
        "VALUE",
        "VALUE.ARRAY",
        "VALUE.NAMEDINSTANCE",
        "VALUE.NAMEDOBJECT",
        "VALUE.NULL",
        "VALUE.OBJECT",
        "VALUE.OBJECTWITHPATH",
        "VALUE.REFARRAY",
        "VALUE.REFERENCE",
    ];
    let is_known = |tag: &str| {
        let name = tag.strip_prefix('/').unwrap_or(tag);
        let name = name.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next();
        tag.starts_with("![CDATA[")
            || tag.starts_with("?xml ")
            || name.is_some_and(|name| ELEMENTS.contains(&name))
    };
    text.trim_start().starts_with('<')
        && !text.contains("xmlns")
        && text.split('<').skip(1).all(is_known)
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

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_identifier)
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
            (r#"root/x:X.A="b"#, "X  A=b"),
            (r#"//hv01/root/cimv2:Win32_X=@"#, "Words"),
            (r#"Msvm_X.A="b""#, "Msvm_X  A=b"),
            (r"\\HV01\root\virtualization\v2:Msvm_X", "Msvm_X HV01"),
            ("root/virtualization/v2", "Nothing"),
            (r"ROOT\cimv2", "Nothing"),
            ("root/web01", "Words"),
            ("rootca01", "Words"),
            ("select one of 'web01", "Words"),
            ("web01.x=\"1\"", "Words"),
            ("http://schemas.example/web01", "Words"),
            ("http://schemas.xmlsoap.org/ws/x", "Nothing"),
            ("http://hv01:5985/wsman", "Words"),
            ("The root of web01.x", "Words"),
        ] {
            assert_eq!(parts(text), holds, "{text}");
        }
        assert_eq!(unescape(r"a\'b\\"), r"a'b\");
    }
}
