//! The writer.

use std::sync::Arc;

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::{
    Element, Error, Name, Problem, XML, XMLNS,
    name::{is_ncname, is_xml_char},
};

/// Writes an element as a document of one line.
pub(super) fn write(element: &Element) -> Result<String, Error> {
    write_to(quick_xml::Writer::new(Vec::new()), element)
}

/// Writes an element as a document of many lines, each child two blanks further in.
pub(super) fn write_pretty(element: &Element) -> Result<String, Error> {
    write_to(quick_xml::Writer::new_with_indent(Vec::new(), b' ', 2), element)
}

fn write_to(out: quick_xml::Writer<Vec<u8>>, element: &Element) -> Result<String, Error> {
    let mut writer = Writer { out, scope: Vec::new(), path: String::new() };
    writer.element(element)?;
    String::from_utf8(writer.out.into_inner()).map_err(|_| writer_error(Problem::Encoding, "/"))
}

struct Writer {
    out: quick_xml::Writer<Vec<u8>>,
    /// The prefixes in scope, the innermost last.
    scope: Vec<(String, Arc<str>)>,
    path: String,
}

impl Writer {
    fn element(&mut self, element: &Element) -> Result<(), Error> {
        let (outer_path, outer_scope) = (self.path.len(), self.scope.len());
        self.path.push('/');
        self.path.push_str(element.name.local());

        for (prefix, namespace) in &element.declarations {
            let repeated = self.scope.iter().skip(outer_scope).any(|(other, _)| other == prefix);
            if repeated || !is_ncname(prefix) || prefix.starts_with("xml") {
                return Err(self.error(Problem::InvalidName((*prefix).to_owned())));
            }
            self.scope.push(((*prefix).to_owned(), Arc::clone(namespace)));
        }
        let tag = self.qualify(&element.name)?;
        let mut attributes = Vec::with_capacity(element.attributes.len());
        for (name, value) in &element.attributes {
            attributes.push((self.qualify(name)?, self.escape_attribute(value)?));
        }
        let declared = self.scope.get(outer_scope..).unwrap_or_default();

        let declared = declared.iter().map(|(prefix, namespace)| {
            Ok((format!("xmlns:{prefix}"), self.escape_attribute(namespace)?))
        });
        let declared = declared.collect::<Result<Vec<_>, Error>>()?;

        let mut start = BytesStart::new(tag.as_str());
        for (name, value) in declared.iter().chain(&attributes) {
            // The value is escaped already: quick-xml would leave tabs and line ends, which do not survive reading.
            start.push_attribute(quick_xml::events::attributes::Attribute {
                key: quick_xml::name::QName(name),
                value: value.into(),
            });
        }
        if element.children.is_empty() && element.text.is_empty() && is_nil(element) {
            self.put(Event::Empty(start))?;
        } else {
            self.put(Event::Start(start))?;
            // Empty text, too, holds the end tag where it is; before children it would hold the first one.
            if element.children.is_empty() || !element.text.is_empty() {
                let text = self.escape_text(&element.text)?;
                self.put(Event::Text(BytesText::from_escaped(text)))?;
            }
            for child in &element.children {
                self.element(child)?;
            }
            self.put(Event::End(BytesEnd::new(tag.as_str())))?;
        }
        self.path.truncate(outer_path);
        self.scope.truncate(outer_scope);
        Ok(())
    }

    /// The name with a prefix that is in scope, or with a new one.
    fn qualify(&mut self, name: &Name) -> Result<String, Error> {
        if !is_ncname(name.local()) || name.namespace() == Some(XMLNS) {
            return Err(self.error(Problem::InvalidName(name.local().to_owned())));
        }
        let Some(namespace) = name.namespace() else { return Ok(name.local().to_owned()) };
        if namespace == XML {
            return Ok(format!("xml:{}", name.local()));
        }
        let visible = self.scope.iter().enumerate().rev().find(|(index, (prefix, bound))| {
            **bound == *namespace
                && !self.scope.iter().skip(index + 1).any(|(inner, _)| inner == prefix)
        });
        let prefix = match visible {
            Some((_, (prefix, _))) => prefix.clone(),
            None => {
                let mut number = self.scope.len();
                while self.scope.iter().any(|(taken, _)| *taken == format!("ns{number}")) {
                    number += 1;
                }
                let prefix = format!("ns{number}");
                self.scope.push((prefix.clone(), Arc::from(namespace)));
                prefix
            }
        };
        Ok(format!("{prefix}:{}", name.local()))
    }

    /// A carriage return is written as a reference: a reader would turn it into a line feed.
    fn escape_text(&self, text: &str) -> Result<String, Error> {
        self.escape(text, |c| c == '\r')
    }

    /// Tabs and line ends are written as references: a reader would turn them into blanks.
    fn escape_attribute(&self, value: &str) -> Result<String, Error> {
        self.escape(value, |c| matches!(c, '\t' | '\n' | '\r'))
    }

    fn escape(&self, text: &str, by_number: impl Fn(char) -> bool) -> Result<String, Error> {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '&' => escaped.push_str("&amp;"),
                '"' => escaped.push_str("&quot;"),
                c if by_number(c) => escaped.push_str(&format!("&#{};", u32::from(c))),
                c if is_xml_char(c) => escaped.push(c),
                c => return Err(self.error(Problem::Unwritable(c))),
            }
        }
        Ok(escaped)
    }

    fn put(&mut self, event: Event<'_>) -> Result<(), Error> {
        self.out
            .write_event(event)
            .map_err(|error| writer_error(Problem::Malformed(error.to_string()), &self.path))
    }

    fn error(&self, problem: Problem) -> Error {
        writer_error(problem, &self.path)
    }
}

fn writer_error(problem: Problem, path: &str) -> Error {
    Error { problem, path: path.to_owned() }
}

/// Windows writes NULL as `<p:X xsi:nil="true"/>` and the empty string as `<p:X></p:X>`; so do we.
fn is_nil(element: &Element) -> bool {
    element.find_attribute_in(super::XSI, "nil").is_some()
}
