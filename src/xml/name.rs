//! Expanded names.

use std::{fmt, sync::Arc};

/// The namespace of `xml:lang`, bound to the prefix `xml` in every document.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of namespace declarations themselves.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// XML Schema instance: `xsi:nil` and `xsi:type`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An expanded name: a namespace, which may be absent, and a local name ([Namespaces in XML] section 2.1).
///
/// [Namespaces in XML]: https://www.w3.org/TR/xml-names/
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    namespace: Option<Arc<str>>,
    local: Box<str>,
}

impl Name {
    /// A name in a namespace; the empty namespace is none.
    pub fn new(namespace: impl Into<Arc<str>>, local: impl Into<Box<str>>) -> Self {
        let namespace = Some(namespace.into()).filter(|namespace| !namespace.is_empty());
        Self { namespace, local: local.into() }
    }

    /// A name in no namespace, as most attributes have.
    pub fn local_only(local: impl Into<Box<str>>) -> Self {
        Self { namespace: None, local: local.into() }
    }

    pub(super) fn expanded(namespace: Option<Arc<str>>, local: &str) -> Self {
        Self { namespace, local: local.into() }
    }

    /// The namespace, if the name is in one.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The local name.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Whether it is this name.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        &*self.local == local && self.namespace.as_deref() == Some(namespace)
    }
}

/// `{namespace}local`, the usual notation for an expanded name.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{{{namespace}}}")?;
        }
        f.write_str(&self.local)
    }
}

/// Whether `text` may stand as a local name or a prefix ([Namespaces in XML] production `NCName`).
///
/// [Namespaces in XML]: https://www.w3.org/TR/xml-names/
pub(super) fn is_ncname(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(begins_name) && characters.all(continues_name)
}

/// [XML] production `NameStartChar` without the colon.
///
/// [XML]: https://www.w3.org/TR/xml/#NT-NameStartChar
const fn begins_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// [XML] production `NameChar` without the colon.
///
/// [XML]: https://www.w3.org/TR/xml/#NT-NameChar
const fn continues_name(c: char) -> bool {
    begins_name(c)
        || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether text is nothing but white space ([XML] production `S`, which is less than Unicode's).
///
/// [XML]: https://www.w3.org/TR/xml/#NT-S
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

/// Whether XML 1.0 can carry the character ([XML] production `Char`).
///
/// [XML]: https://www.w3.org/TR/xml/#charsets
pub(super) const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
