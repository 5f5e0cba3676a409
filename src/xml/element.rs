//! Elements as trees.

use std::sync::Arc;

use super::{Error, Event, Limits, Name, Reader, name::is_blank, reader::Scope, writer};

/// An element with all that it holds.
///
/// Made for data: an element holds either text or other elements. White space between child elements is dropped; all
/// other text is kept as it is.
#[derive(Clone, Debug)]
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

/// Two elements are equal when they say the same, whatever their prefixes.
impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.attributes == other.attributes
            && self.text == other.text
            && self.children == other.children
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
        let mut reader = Reader::new(document, limits)?;
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        while let Some(event) = reader.next()? {
            match event {
                Event::Start(start) => open.push(Self {
                    attributes: start.attributes,
                    scope: start.scope,
                    ..Self::with_name(start.name)
                }),
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text);
                    }
                }
                Event::End => {
                    let Some(mut element) = open.pop() else { continue };
                    if !element.children.is_empty() && is_blank(&element.text) {
                        element.text.clear();
                    }
                    match open.last_mut() {
                        Some(parent) => parent.children.push(element),
                        None => root = Some(element),
                    }
                }
            }
        }
        root.ok_or_else(|| reader.malformed("there is no element"))
    }

    /// Writes it as a document: one line, no XML declaration, as Windows does.
    ///
    /// # Errors
    /// When a name or a character cannot be written in XML.
    pub fn to_xml(&self) -> Result<String, Error> {
        writer::write(self)
    }
}
