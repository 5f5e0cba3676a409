//! Elements as trees.

use std::{fmt, ops::Range, sync::Arc};

use super::{Error, Event, Limits, Name, Reader, name::is_blank, reader::Scope, writer};

/// An element with all that it holds.
///
/// Made for data: an element holds either text or other elements. White space between child elements is dropped; all
/// other text is kept as it is.
#[derive(Clone)]
pub struct Element {
    /// The expanded name.
    pub name: Name,
    /// The attributes, in order, without namespace declarations.
    pub attributes: Vec<(Name, String)>,
    /// The text directly inside.
    pub text: String,
    /// The elements directly inside.
    pub children: Vec<Self>,
    /// Prefixes that the writer declares here; in an element that was read they live in `scope`.
    pub(super) declarations: Vec<(&'static str, Arc<str>)>,
    scope: Scope,
}

/// An element that was left unread in its document by [`Element::parse_apart`].
#[derive(Clone, Debug)]
pub struct Apart {
    range: Range<usize>,
    scope: Scope,
}

impl Apart {
    /// Reads the element out of the document that it was left in.
    ///
    /// # Errors
    /// When the document is another one.
    pub fn parse(&self, document: &[u8], limits: Limits) -> Result<Element, Error> {
        let text = document.get(self.range.clone()).and_then(|part| str::from_utf8(part).ok());
        let mut reader = Reader::within(text.unwrap_or_default(), limits, self.scope.clone());
        read(&mut reader)
    }
}

/// Two elements are equal when they say the same, whatever their prefixes.
impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.attributes == other.attributes
            && self.text == other.text
            && self.children == other.children
    }
}

/// As XML, which says it in few words.
impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_xml() {
            Ok(xml) => f.write_str(&xml),
            Err(error) => write!(f, "{} ({error})", self.name),
        }
    }
}

impl Element {
    /// An empty element.
    pub fn new(namespace: impl Into<Arc<str>>, local: impl Into<Box<str>>) -> Self {
        Self::with_name(Name::new(namespace, local))
    }

    /// An empty element with an expanded name.
    #[must_use]
    pub fn with_name(name: Name) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
            declarations: Vec::new(),
            scope: Scope::default(),
        }
    }

    /// Adds text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: Name, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Adds children.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Lets the writer declare a prefix here. What is not declared gets a prefix of the writer's own.
    #[must_use]
    pub fn declare(mut self, prefix: &'static str, namespace: impl Into<Arc<str>>) -> Self {
        self.declarations.push((prefix, namespace.into()));
        self
    }

    /// Whether it has this expanded name.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.is(namespace, local)
    }

    /// The first child of this name.
    #[must_use]
    pub fn find(&self, namespace: &str, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, local))
    }

    /// All children of this name, in order.
    pub fn all<'a>(&'a self, namespace: &'a str, local: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.is(namespace, local))
    }

    /// The text of the first child of this name, without white space at its ends.
    #[must_use]
    pub fn text_of(&self, namespace: &str, local: &str) -> Option<&str> {
        self.find(namespace, local).map(|child| child.text.trim())
    }

    /// The value of an attribute that is in no namespace.
    #[must_use]
    pub fn find_attribute(&self, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name.namespace().is_none() && name.local() == local)
            .map(|(_, value)| value.as_str())
    }

    /// The value of an attribute that is in a namespace.
    #[must_use]
    pub fn find_attribute_in(&self, namespace: &str, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name.is(namespace, local))
            .map(|(_, value)| value.as_str())
    }

    /// What a qualified name in text or in an attribute value means here, such as the `w:TimedOut` of a fault.
    ///
    /// Nothing when its prefix is not declared. Works for elements that were read.
    #[must_use]
    pub fn resolve(&self, qualified: &str) -> Option<Name> {
        let qualified = qualified.trim();
        let (prefix, local) = qualified.split_once(':').unwrap_or(("", qualified));
        match self.scope.resolve(prefix) {
            Some(namespace) => Some(Name::expanded(Some(namespace), local)),
            None if prefix.is_empty() => Some(Name::local_only(local)),
            None => None,
        }
    }

    /// Reads a whole document.
    ///
    /// # Errors
    /// When it is no well-formed XML of the kind that a message may be, or exceeds a limit.
    pub fn parse(document: &[u8], limits: Limits) -> Result<Self, Error> {
        read(&mut Reader::new(document, limits)?)
    }

    /// Reads a whole document, but leaves the children of some elements apart, to be read one at a time: those of the
    /// elements that `is_apart` picks by the path to them, from the root. The whole document is checked, and kept within
    /// the limits, all the same.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_apart(
        document: &[u8],
        limits: Limits,
        is_apart: impl Fn(&[Name]) -> bool,
    ) -> Result<(Self, Vec<Apart>), Error> {
        let mut reader = Reader::new(document, limits)?;
        let mut builder = Builder::default();
        let mut path = Vec::new();
        let mut apart = Vec::new();
        while let Some(event) = reader.next()? {
            let scope = match &event {
                Event::Start(start) => {
                    path.push(start.name.clone());
                    is_apart(&path).then(|| start.scope.clone())
                }
                Event::End => {
                    path.pop();
                    None
                }
                Event::Text(_) => None,
            };
            builder.take(event);
            if let Some(scope) = scope {
                let ranges = skip_children(&mut reader)?;
                apart.extend(ranges.into_iter().map(|range| Apart { range, scope: scope.clone() }));
                path.pop();
                builder.take(Event::End);
            }
        }
        Ok((builder.root.ok_or_else(|| reader.malformed("there is no element"))?, apart))
    }

    /// Writes it as a document: one line, no XML declaration, as Windows does.
    ///
    /// # Errors
    /// When a name or a character cannot be written in XML.
    pub fn to_xml(&self) -> Result<String, Error> {
        writer::write(self)
    }

    /// Writes it as a document for people: a line for each element, those inside others indented. Text stays as it is.
    ///
    /// # Errors
    /// As [`to_xml`](Self::to_xml).
    pub fn to_pretty_xml(&self) -> Result<String, Error> {
        writer::write_pretty(self)
    }
}

/// Makes a tree of events.
#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Builder {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(start) => self.open.push(Element {
                attributes: start.attributes,
                scope: start.scope,
                ..Element::with_name(start.name)
            }),
            Event::Text(text) => {
                if let Some(element) = self.open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Event::End => {
                let Some(mut element) = self.open.pop() else { return };
                if !element.children.is_empty() && is_blank(&element.text) {
                    element.text.clear();
                }
                match self.open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => self.root = Some(element),
                }
            }
        }
    }
}

fn read(reader: &mut Reader<'_>) -> Result<Element, Error> {
    let mut builder = Builder::default();
    while let Some(event) = reader.next()? {
        builder.take(event);
    }
    builder.root.ok_or_else(|| reader.malformed("there is no element"))
}

/// Goes on to the end of the element that began last, and says where its children are.
fn skip_children(reader: &mut Reader<'_>) -> Result<Vec<Range<usize>>, Error> {
    let mut ranges = Vec::new();
    let mut begin = 0;
    let mut depth = 0_usize;
    while let Some(event) = reader.next()? {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    begin = reader.start_position();
                }
                depth += 1;
            }
            Event::Text(_) => {}
            Event::End if depth == 0 => break,
            Event::End => {
                depth -= 1;
                if depth == 0 {
                    ranges.push(begin..reader.end_position());
                }
            }
        }
    }
    Ok(ranges)
}
