//! The pull reader.

use std::sync::Arc;

use quick_xml::{XmlVersion, events};

use super::{
    Error, Name, Problem, XML, XMLNS,
    name::{is_blank, is_ncname, is_xml_char},
};

/// How much a document may hold.
///
/// The defaults have room for the largest answer that a host gives at its usual limits (500 kB), several times over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the document; 8 MiB.
    pub bytes: usize,
    /// Elements inside each other; 64.
    pub depth: usize,
    /// Elements in all; 200,000.
    pub elements: usize,
    /// Attributes of one element, namespace declarations included; 64.
    pub attributes: usize,
    /// Namespace declarations in scope at one element; 256.
    pub declarations: usize,
    /// Bytes of a qualified name or of a namespace; 512.
    pub name: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 << 20,
            depth: 64,
            elements: 200_000,
            attributes: 64,
            declarations: 256,
            name: 512,
        }
    }
}

/// One piece of a document.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// An element begins.
    Start(Start),
    /// Text, with all references resolved and adjacent pieces joined; never outside the root.
    Text(String),
    /// The element that began last ends.
    End,
}

/// The begin of an element.
#[derive(Debug)]
#[non_exhaustive]
pub struct Start {
    /// The expanded name.
    pub name: Name,
    /// The attributes, in order, without namespace declarations.
    pub attributes: Vec<(Name, String)>,
    pub(super) scope: Scope,
}

/// Reads a document piece by piece.
///
/// Call [`next`](Self::next) until it gives `None`, which it does only after a whole, well-formed document. After an
/// error, stop.
pub struct Reader<'a> {
    reader: quick_xml::Reader<&'a [u8]>,
    limits: Limits,
    /// Where the document begins in the bytes: after the byte order mark.
    begin: usize,
    /// Where in the document the event begins that was read last.
    event: usize,
    /// The namespaces in scope around the document, where that is a part of another one.
    around: Scope,
    /// The open elements: local name, for paths, and the namespaces in scope.
    open: Vec<(Box<str>, Scope)>,
    elements: usize,
    /// An event that ended a run of text.
    pending: Option<Event>,
    /// Whether anything was read, after which there may be no XML declaration.
    begun: bool,
    seen_root: bool,
}

impl<'a> Reader<'a> {
    /// Begins to read.
    ///
    /// # Errors
    /// When the document is too large or is not UTF-8.
    pub fn new(document: &'a [u8], limits: Limits) -> Result<Self, Error> {
        let fail = |problem| Error { problem, path: "/".to_owned() };
        if document.len() > limits.bytes {
            return Err(fail(Problem::Limit { what: "bytes", limit: limits.bytes }));
        }
        let text = std::str::from_utf8(document).map_err(|_| fail(Problem::Encoding))?;
        if let Some(c) = text.chars().find(|c| !is_xml_char(*c)) {
            return Err(fail(Problem::Malformed(format!(
                "it has the character U+{:04X}",
                u32::from(c)
            ))));
        }
        let marked = text.strip_prefix('\u{feff}');
        let begin = marked.map_or(0, |rest| text.len() - rest.len());
        Ok(Self { begin, ..Self::within(marked.unwrap_or(text), limits, Scope::default()) })
    }

    /// Begins to read an element of a document that was read before, and its namespaces in scope.
    pub(super) fn within(text: &'a str, limits: Limits, around: Scope) -> Self {
        let mut reader = quick_xml::Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_comments = true;
        Self {
            reader,
            limits,
            begin: 0,
            event: 0,
            around,
            open: Vec::new(),
            elements: 0,
            pending: None,
            begun: false,
            seen_root: false,
        }
    }

    /// Where in the bytes the element begins whose [`Event::Start`] came last.
    pub(super) const fn start_position(&self) -> usize {
        self.begin + self.event
    }

    /// Where in the bytes the element ends whose [`Event::End`] came last.
    pub(super) fn end_position(&self) -> usize {
        self.begin + self.position()
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// The path to the element that is open, such as `/Envelope/Body`.
    #[must_use]
    pub fn path(&self) -> String {
        let names: String = self.open.iter().flat_map(|(name, _)| ["/", name]).collect();
        if names.is_empty() { "/".to_owned() } else { names }
    }

    /// The next piece; `None` at the end of the document.
    ///
    /// # Errors
    /// When the document is not well-formed, has what no message may have, or exceeds a limit.
    #[expect(clippy::should_implement_trait, reason = "an iterator would go on after an error")]
    pub fn next(&mut self) -> Result<Option<Event>, Error> {
        if let Some(event) = self.pending.take() {
            return Ok(Some(event));
        }
        let mut text = String::new();
        loop {
            self.event = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.malformed(&error.to_string())),
            };
            let event = match event {
                events::Event::Text(piece) => {
                    if piece.contains("]]>") {
                        return Err(self.malformed("there is \"]]>\" in text"));
                    }
                    text.push_str(&piece.xml10_content());
                    continue;
                }
                events::Event::CData(_) | events::Event::GeneralRef(_) if self.open.is_empty() => {
                    return Err(self.malformed("there is text outside the root"));
                }
                events::Event::CData(piece) => {
                    text.push_str(&piece.xml10_content());
                    continue;
                }
                events::Event::GeneralRef(reference) => {
                    text.push(self.resolve_reference(&reference)?);
                    continue;
                }
                events::Event::Comment(_) => {
                    self.begun = true;
                    continue;
                }
                events::Event::Decl(_) if self.begun || !text.is_empty() => {
                    return Err(self.malformed("there is an XML declaration past the begin"));
                }
                events::Event::Decl(declaration) => {
                    self.begun = true;
                    match declaration.encoding() {
                        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => continue,
                        None => continue,
                        Some(_) => return Err(self.error(Problem::Encoding)),
                    };
                }
                events::Event::PI(_) => {
                    return Err(self.malformed("there is a processing instruction"));
                }
                events::Event::DocType(_) => return Err(self.error(Problem::DocumentType)),
                events::Event::Start(start) | events::Event::Empty(start) => {
                    Some(Event::Start(self.start(&start)?))
                }
                events::Event::End(_) => Some(Event::End),
                events::Event::Eof => None,
            };
            return self.deliver(text, event);
        }
    }

    /// Gives the text before an event first, if there is any, and keeps the books of what is open.
    fn deliver(&mut self, text: String, event: Option<Event>) -> Result<Option<Event>, Error> {
        let inside = match &event {
            // The element itself is on the stack already.
            Some(Event::Start(_)) => self.open.len() > 1,
            _ => !self.open.is_empty(),
        };
        if !inside && !is_blank(&text) {
            return Err(self.malformed("there is text outside the root"));
        }
        match event {
            Some(Event::End) => drop(self.open.pop()),
            None if !self.open.is_empty() => return Err(self.malformed("it ends too early")),
            None if !self.seen_root => return Err(self.malformed("there is no element")),
            _ => {}
        }
        if inside && !text.is_empty() {
            self.pending = event;
            return Ok(Some(Event::Text(text)));
        }
        Ok(event)
    }

    fn start(&mut self, start: &events::BytesStart<'_>) -> Result<Start, Error> {
        if self.open.is_empty() && self.seen_root {
            return Err(self.malformed("there is a second root"));
        }
        (self.begun, self.seen_root) = (true, true);
        self.elements += 1;
        self.limit(self.elements, self.limits.elements, "elements")?;
        self.limit(self.open.len() + 1, self.limits.depth, "levels of elements")?;

        let outer = self.open.last().map_or(&self.around, |(_, scope)| scope).clone();
        let mut bindings = Vec::new();
        let mut raw = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(&error.to_string()))?;
            self.limit(
                bindings.len() + raw.len() + 1,
                self.limits.attributes,
                "attributes of one element",
            )?;
            let key = attribute.key.as_ref();
            if attribute.value.contains('<') {
                return Err(self.malformed("there is \"<\" in the value of an attribute"));
            }
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(
                    |error| match error {
                        quick_xml::Error::Escape(
                            quick_xml::escape::EscapeError::UnrecognizedEntity(_, name),
                        ) => self.error(Problem::Entity(name)),
                        error => self.malformed(&error.to_string()),
                    },
                )?;
            if let Some(c) = value.chars().find(|c| !is_xml_char(*c)) {
                return Err(
                    self.malformed(&format!("a reference to the character U+{:04X}", u32::from(c)))
                );
            }
            let prefix = key.strip_prefix("xmlns:").filter(|prefix| !prefix.is_empty());
            if let Some(prefix) = prefix.or_else(|| (key == "xmlns").then_some("")) {
                bindings.push(self.declaration(prefix, &value)?);
            } else {
                raw.push((key.to_owned(), value.into_owned()));
            }
        }
        let scope = outer.with(bindings);
        self.limit(scope.declarations(), self.limits.declarations, "declarations of namespaces")?;
        let name = self.expand(start.name().as_ref(), &scope, true)?;
        let mut attributes: Vec<(Name, String)> = Vec::with_capacity(raw.len());
        for (key, value) in raw {
            let name = self.expand(&key, &scope, false)?;
            if attributes.iter().any(|(other, _)| *other == name) {
                return Err(self.malformed(&format!("the attribute {key:?} is there twice")));
            }
            attributes.push((name, value));
        }
        self.open.push((name.local().into(), scope.clone()));
        Ok(Start { name, attributes, scope })
    }

    /// A namespace declaration ([Namespaces in XML] section 3). The empty prefix stands for the default namespace,
    /// which alone may be undeclared.
    ///
    /// [Namespaces in XML]: https://www.w3.org/TR/xml-names/
    fn declaration(&self, prefix: &str, namespace: &str) -> Result<(Box<str>, Arc<str>), Error> {
        self.limit(prefix.len().max(namespace.len()), self.limits.name, "bytes in a name")?;
        let allowed = match prefix {
            "xml" => namespace == XML,
            "xmlns" => false,
            "" => ![XML, XMLNS].contains(&namespace),
            prefix => is_ncname(prefix) && !["", XML, XMLNS].contains(&namespace),
        };
        if !allowed {
            return Err(self.malformed(&format!("the declaration of the prefix {prefix:?}")));
        }
        Ok((prefix.into(), namespace.into()))
    }

    fn expand(&self, qualified: &str, scope: &Scope, element: bool) -> Result<Name, Error> {
        self.limit(qualified.len(), self.limits.name, "bytes in a name")?;
        let (prefix, local) = match qualified.split_once(':') {
            Some(("", _)) => return Err(self.malformed("a name begins with a colon")),
            Some(parts) => parts,
            None => ("", qualified),
        };
        if !is_ncname(local) {
            return Err(self.malformed(&format!("{local:?} is no name")));
        }
        if prefix.is_empty() {
            let namespace = if element { scope.resolve("") } else { None };
            return Ok(Name::expanded(namespace, local));
        }
        match scope.resolve(prefix) {
            Some(namespace) => Ok(Name::expanded(Some(namespace), local)),
            None => Err(self.error(Problem::UndeclaredPrefix(prefix.to_owned()))),
        }
    }

    /// A reference in text: to a character, or to one of the five entities of XML itself.
    fn resolve_reference(&self, reference: &events::BytesRef<'_>) -> Result<char, Error> {
        match reference.resolve_char_ref() {
            Ok(Some(c)) if is_xml_char(c) => Ok(c),
            Ok(Some(_)) | Err(_) => {
                Err(self.malformed("a reference to a character that XML does not have"))
            }
            Ok(None) => match &**reference {
                "lt" => Ok('<'),
                "gt" => Ok('>'),
                "amp" => Ok('&'),
                "quot" => Ok('"'),
                "apos" => Ok('\''),
                name => Err(self.error(Problem::Entity(name.to_owned()))),
            },
        }
    }

    fn limit(&self, is: usize, limit: usize, what: &'static str) -> Result<(), Error> {
        if is > limit { Err(self.error(Problem::Limit { what, limit })) } else { Ok(()) }
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        self.error(Problem::Malformed(what.to_owned()))
    }

    fn error(&self, problem: Problem) -> Error {
        Error { problem, path: self.path() }
    }
}

/// The namespaces that are in scope at an element; shared by all elements that declare none of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(Option<Arc<Declared>>);

#[derive(Debug)]
struct Declared {
    bindings: Vec<(Box<str>, Arc<str>)>,
    outer: Scope,
    /// How many declarations there are, those of `outer` included.
    count: usize,
}

impl Scope {
    fn with(self, bindings: Vec<(Box<str>, Arc<str>)>) -> Self {
        if bindings.is_empty() {
            self
        } else {
            let count = bindings.len() + self.declarations();
            Self(Some(Arc::new(Declared { bindings, outer: self, count })))
        }
    }

    fn declarations(&self) -> usize {
        self.0.as_ref().map_or(0, |declared| declared.count)
    }

    /// The namespace of a prefix, if it is declared and not undeclared; the empty prefix stands for the default
    /// namespace.
    pub(super) fn resolve(&self, prefix: &str) -> Option<Arc<str>> {
        if prefix == "xml" {
            return Some(Arc::from(XML));
        }
        let mut scope = self;
        while let Some(declared) = &scope.0 {
            if let Some((_, namespace)) =
                declared.bindings.iter().find(|(bound, _)| **bound == *prefix)
            {
                return Some(Arc::clone(namespace)).filter(|namespace| !namespace.is_empty());
            }
            scope = &declared.outer;
        }
        None
    }
}
