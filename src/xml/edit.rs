//! Changes of text inside a document that leave all other bytes as they are.

use std::ops::Range;

use super::{Error, Event, Limits, Name, Reader};

/// A change: what replaces a range of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; it begins and ends at characters.
    pub range: Range<usize>,
    /// What comes in its place.
    pub text: String,
}

/// An element that is open, with its attributes.
#[derive(Clone, Debug)]
pub struct Open {
    /// The expanded name.
    pub name: Name,
    /// The attributes, in order, without namespace declarations.
    pub attributes: Vec<(Name, String)>,
}

/// Where a text stands: in an attribute of the innermost open element, or in the element itself.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The open elements, the innermost last.
    pub open: &'a [Open],
    /// The attribute whose value it is.
    pub attribute: Option<&'a Name>,
}

impl Edit {
    /// Makes changes, which are in order and do not overlap.
    #[must_use]
    pub fn apply(edits: &[Self], text: &str) -> String {
        let mut edited = String::with_capacity(text.len());
        let mut end = 0;
        for edit in edits {
            edited.push_str(text.get(end..edit.range.start).unwrap_or_default());
            edited.push_str(&edit.text);
            end = edit.range.end;
        }
        edited.push_str(text.get(end..).unwrap_or_default());
        edited
    }

    /// Shows each text and each value of an attribute to `look`, as it reads with all references resolved, and gives the
    /// changes of the document that make the changes that `look` wants.
    ///
    /// Names, namespace declarations, comments and white space around elements are not shown and stay. A text that only
    /// changes in part keeps the bytes of the rest, however its characters are escaped.
    ///
    /// # Errors
    /// When the document is not well-formed, has what no message may have, or exceeds a limit.
    pub fn of_document(
        document: &str,
        limits: Limits,
        look: &mut dyn FnMut(Place<'_>, &str) -> Vec<Self>,
    ) -> Result<Vec<Self>, Error> {
        let mut reader = Reader::new(document.as_bytes(), limits)?;
        let mut open: Vec<Open> = Vec::new();
        let mut edits = Vec::new();
        // The reader says what there is, and that it is well-formed; where it stands is looked up beside it.
        let mut tag = 0..0;
        let mut is_empty = false;
        while let Some(event) = reader.next()? {
            match event {
                Event::Start(start) => {
                    tag = next_tag(document, tag.end);
                    let raw = document.get(tag.clone()).unwrap_or_default();
                    is_empty = raw.ends_with("/>");
                    open.push(Open { name: start.name, attributes: start.attributes });
                    let Some(element) = open.last() else { continue };
                    let values = attribute_values(raw)
                        .filter(|(name, _)| *name != "xmlns" && !name.starts_with("xmlns:"));
                    for ((name, _), (_, range)) in element.attributes.iter().zip(values) {
                        let range = range.start + tag.start..range.end + tag.start;
                        let place = Place { open: &open, attribute: Some(name) };
                        edits.extend(Spelled::read(document, range, true).edit(place, look));
                    }
                }
                Event::Text(_) => {
                    let range = tag.end..next_tag(document, tag.end).start;
                    let place = Place { open: &open, attribute: None };
                    edits.extend(Spelled::read(document, range, false).edit(place, look));
                }
                Event::End => {
                    open.pop();
                    if !std::mem::take(&mut is_empty) {
                        tag = next_tag(document, tag.end);
                    }
                }
            }
        }
        Ok(edits)
    }
}

/// A text as it reads, and how each of its characters is spelled.
struct Spelled<'a> {
    document: &'a str,
    range: Range<usize>,
    text: String,
    /// Where each character begins in `text`, and where it stands in the document.
    places: Vec<(usize, Range<usize>)>,
    has_cdata: bool,
}

impl<'a> Spelled<'a> {
    fn read(document: &'a str, range: Range<usize>, in_attribute: bool) -> Self {
        let mut spelled = Self {
            document,
            range: range.clone(),
            text: String::new(),
            places: Vec::new(),
            has_cdata: false,
        };
        let mut at = range.start;
        let mut in_cdata = false;
        while let Some(rest) = document.get(at..range.end).filter(|rest| !rest.is_empty()) {
            let (length, c) = if in_cdata && rest.starts_with("]]>") {
                in_cdata = false;
                (3, None)
            } else if !in_cdata && rest.starts_with(CDATA) {
                in_cdata = true;
                spelled.has_cdata = true;
                (CDATA.len(), None)
            } else if !in_cdata && rest.starts_with(COMMENT) {
                (rest.find("-->").map_or(rest.len(), |end| end + 3), None)
            } else if !in_cdata && rest.starts_with('&') {
                let end = rest.find(';').map_or(rest.len(), |end| end + 1);
                (end, rest.get(1..end.saturating_sub(1)).and_then(character))
            } else {
                let c = rest.chars().next().unwrap_or_default();
                let length = if rest.starts_with("\r\n") { 2 } else { c.len_utf8() };
                let c = match c {
                    '\t' | '\n' | '\r' if in_attribute => ' ',
                    '\r' => '\n',
                    c => c,
                };
                (length, Some(c))
            };
            if let Some(c) = c {
                spelled.places.push((spelled.text.len(), at..at + length));
                spelled.text.push(c);
            }
            at += length;
        }
        spelled
    }

    /// What of the document changes.
    fn edit(
        &self,
        place: Place<'_>,
        look: &mut dyn FnMut(Place<'_>, &str) -> Vec<Edit>,
    ) -> Vec<Edit> {
        let wanted = look(place, &self.text);
        let edits: Option<Vec<Edit>> = wanted.iter().map(|edit| self.place(edit)).collect();
        edits.unwrap_or_else(|| {
            let text = escape(&Edit::apply(&wanted, &self.text));
            vec![Edit { range: self.range.clone(), text }]
        })
    }

    /// A change, in the document; nothing where a comment is in the way, or CDATA, in which nothing can be escaped.
    fn place(&self, edit: &Edit) -> Option<Edit> {
        let of = |at: usize| {
            let index = self.places.binary_search_by_key(&at, |(begin, _)| *begin).ok()?;
            self.places.get(index)
        };
        let start = of(edit.range.start)?.1.start;
        let end = if edit.range.end == self.text.len() {
            self.places.last()?.1.end
        } else {
            let next =
                self.places.binary_search_by_key(&edit.range.end, |(begin, _)| *begin).ok()?;
            self.places.get(next.checked_sub(1)?)?.1.end
        };
        let is_plain = self.document.get(start..end).is_some_and(|raw| !raw.contains('<'));
        (is_plain && !self.has_cdata).then(|| Edit { range: start..end, text: escape(&edit.text) })
    }
}

const CDATA: &str = "<![CDATA[";
const COMMENT: &str = "<!--";

/// The next tag of an element at or after a place.
fn next_tag(document: &str, from: usize) -> Range<usize> {
    let mut at = from;
    loop {
        let find = |what: &str, from: usize| {
            document.get(from..).and_then(|rest| rest.find(what)).map(|found| from + found)
        };
        let Some(start) = find("<", at) else { return document.len()..document.len() };
        let rest = document.get(start..).unwrap_or_default();
        let skip = |end: &str| find(end, start).map_or(document.len(), |found| found + end.len());
        if rest.starts_with(CDATA) {
            at = skip("]]>");
        } else if rest.starts_with(COMMENT) {
            at = skip("-->");
        } else if rest.starts_with("<?") {
            at = skip("?>");
        } else {
            let mut quote = None;
            for (index, byte) in rest.bytes().enumerate() {
                match (quote, byte) {
                    (Some(open), byte) if open == byte => quote = None,
                    (None, b'"' | b'\'') => quote = Some(byte),
                    (None, b'>') => return start..start + index + 1,
                    _ => {}
                }
            }
            return start..document.len();
        }
    }
}

/// The attributes of a tag, with the ranges of their values in it.
fn attribute_values(tag: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut at = tag.find([' ', '\t', '\r', '\n']).unwrap_or(tag.len());
    std::iter::from_fn(move || {
        let rest = tag.get(at..)?;
        let equals = rest.find('=')?;
        let name = rest.get(..equals)?.trim();
        let quote = at + equals + rest.get(equals..)?.find(['"', '\''])?;
        let mark = tag.get(quote..)?.chars().next()?;
        let end = quote + 1 + tag.get(quote + 1..)?.find(mark)?;
        at = end + 1;
        Some((name, quote + 1..end))
    })
}

/// What a reference stands for.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            number.ok().and_then(char::from_u32)
        }
    }
}

/// Text as it can stand in an element as well as in an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '"' | '\'' | '\t' | '\n' | '\r' => {
                escaped.push_str(&format!("&#{};", u32::from(c)));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replaces a word wherever it is shown.
    fn replace(document: &str, old: &str, new: &str) -> String {
        let edits = Edit::of_document(document, Limits::default(), &mut |_, text| {
            let found = text.match_indices(old);
            found.map(|(at, _)| Edit { range: at..at + old.len(), text: new.to_owned() }).collect()
        });
        Edit::apply(&edits.unwrap(), document)
    }

    #[test]
    fn changes_text_and_attributes_and_keeps_all_other_bytes() {
        let document = "\u{feff}<?xml version=\"1.0\"?><!-- web --><web:web xmlns:web='web'\n a = 'x web &#x3e;' \
                        web:web=\"&quot;web\" ><web/>&apos;web&#39; <b a='web'/>\r\n<!-- web -->ünweb</web:web >\n";
        let edited = replace(document, "web", "x<");
        let back = edited.replace("x&#60;", "web");
        assert_eq!(back, document, "{edited}");
        assert_eq!(edited.matches("x&#60;").count(), 5, "{edited}");
    }

    #[test]
    fn finds_what_is_spelled_in_other_ways() {
        assert_eq!(replace("<a>&#119;e&#x62;&amp;</a>", "web&", "-"), "<a>-</a>");
        assert_eq!(replace("<a b='w&#101;b'/>", "web", "-"), "<a b='-'/>");
        assert_eq!(replace("<a>w<![CDATA[eb]]> &amp;</a>", "web", "-"), "<a>- &#38;</a>");
        assert_eq!(replace("<a><![CDATA[<web>]]>web</a>", "web", "-"), "<a>&#60;-&#62;-</a>");
        assert_eq!(replace("<a>we<!-- > -->b</a>", "web", "-"), "<a>-</a>");
    }

    #[test]
    fn shows_where_a_text_stands() {
        let mut seen = Vec::new();
        let document = "<a xmlns='n' b='1'>2<c>3</c></a>";
        let edits = Edit::of_document(document, Limits::default(), &mut |place, text| {
            let path: String = place.open.iter().map(|open| open.name.local()).collect();
            seen.push(format!("{path} {} {text}", place.attribute.map_or("", Name::local)));
            Vec::new()
        });
        assert_eq!(edits.unwrap(), []);
        assert_eq!(seen, ["a b 1", "a  2", "ac  3"]);
    }

    #[test]
    fn refuses_what_the_reader_refuses() {
        for document in ["", "<a>", "<a b='<'/>", "<!DOCTYPE a><a/>"] {
            let edits = Edit::of_document(document, Limits::default(), &mut |_, _| Vec::new());
            assert!(edits.is_err(), "{document}");
        }
    }
}
