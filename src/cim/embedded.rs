//! Embedded instances as text: `INSTANCE` elements of CIM-XML ([DSP0201] section 5.2) inside strings.
//!
//! Written for Hyper-V's own parser, which takes neither another type of a datetime than `datetime` nor the references
//! `&amp;` and `&lt;`, and wants references as object paths. Read as WMI writes it, by its DTD 2.0, and by later ones.
//!
//! [DSP0201]: https://www.dmtf.org/standards/cim

use super::{
    Error, Instance, ObjectPath, Reference, ResourceUri, Selector, Value,
    class::{Property, Schema, Type},
};
use crate::xml::{Element, Limits, Name};

/// What becomes of properties that are NULL when an instance is written as CIM-XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nulls {
    /// They are left out: Hyper-V's methods take that for "leave it" or "the default".
    Omit,
    /// They are written without a value.
    Write,
}

/// The most instances inside each other.
const DEPTH: usize = 8;
/// The most keys of a reference.
const KEYS: usize = 256;

impl Instance {
    /// Writes the instance as CIM-XML, as the text of a string property or parameter that bears the qualifier
    /// `EmbeddedInstance`.
    ///
    /// Types and the case of names are the schema's, where it knows the class, and else those of the values. Text is then
    /// read as what the schema says, and a reference may be the value of a string: it becomes an object path.
    ///
    /// # Errors
    /// When a value is not of the type that the schema says, or cannot be written.
    pub fn to_cim_xml(&self, schema: &Schema, nulls: Nulls) -> Result<String, Error> {
        Writer { schema, nulls }.text_of(self, 0)
    }

    /// Reads an instance from CIM-XML: the first `INSTANCE` of the document. It has no namespace of its own, so that one
    /// is given: that of the instance or method which the text comes from.
    ///
    /// # Errors
    /// When the text is no XML, or holds no instance. An invalid value costs itself alone, see
    /// [`invalid`](Self::invalid).
    pub fn from_cim_xml(text: &str, namespace: &str, schema: &Schema) -> Result<Self, Error> {
        Reader { namespace, schema }.parse(text, 0)
    }
}

impl Value {
    /// An instance as a string that carries it, which is what Hyper-V's methods take. What is NULL is left out.
    ///
    /// # Errors
    /// As [`Instance::to_cim_xml`].
    pub fn from_embedded(instance: &Instance, schema: &Schema) -> Result<Self, Error> {
        instance.to_cim_xml(schema, Nulls::Omit).map(Self::String)
    }

    /// The instance that the value is or, being a string, carries. The namespace is that of
    /// [`from_cim_xml`](Instance::from_cim_xml).
    ///
    /// # Errors
    /// When it carries none.
    pub fn to_embedded(&self, namespace: &str, schema: &Schema) -> Result<Instance, Error> {
        match self {
            Self::Instance(instance) => Ok((**instance).clone()),
            Self::String(text) => Instance::from_cim_xml(text, namespace, schema),
            _ => Err(Error::Missing("INSTANCE".to_owned())),
        }
    }
}

struct Writer<'a> {
    schema: &'a Schema,
    nulls: Nulls,
}

impl Writer<'_> {
    fn text_of(&self, instance: &Instance, depth: usize) -> Result<String, Error> {
        check(depth)?;
        let mut element =
            new("INSTANCE").attribute(Name::local_only("CLASSNAME"), instance.class());
        for (name, value) in &instance.properties {
            if *value == Value::Null && self.nulls == Nulls::Omit {
                continue;
            }
            let declared = self.schema.find_property(instance.class(), name);
            let name = declared.map_or(name, |declared| &declared.name);
            let property = self.property(name, value, declared, depth).map_err(member(name))?;
            element = element.child(property);
        }
        let xml = element.to_xml().map_err(Error::Embedded)?;
        // Hyper-V takes numeric references alone. Every `&` that is not the begin of a reference is one itself, so that
        // nothing but the references is replaced.
        let names = [("&amp;", "&#38;"), ("&lt;", "&#60;"), ("&gt;", "&#62;"), ("&quot;", "&#34;")];
        Ok(names.iter().fold(xml, |xml, (name, number)| xml.replace(name, number)))
    }

    fn property(
        &self,
        name: &str,
        value: &Value,
        declared: Option<&Property>,
        depth: usize,
    ) -> Result<Element, Error> {
        let first = || value.as_slice().iter().find_map(Value::ty).unwrap_or(Type::String);
        let ty = declared.map_or_else(first, |declared| declared.ty.clone());
        let is_array = matches!(value, Value::Array(_));
        if declared.is_some_and(|declared| declared.array != is_array) && *value != Value::Null {
            let brackets = if is_array { "" } else { "[]" };
            return Err(wrong_type(name, format!("{ty}{brackets}"), value));
        }
        let array = declared.map_or(is_array, |declared| declared.array);
        let text = |value: &Value| self.scalar(name, value, &ty, depth);
        let (local, held) = match (value, &ty) {
            (Value::Array(values), _) => {
                let values = values.iter().map(|value| {
                    Ok(text(value)?
                        .map_or_else(|| new("VALUE.NULL"), |text| new("VALUE").text(&text)))
                });
                let values = values.collect::<Result<Vec<_>, Error>>()?;
                ("PROPERTY.ARRAY", Some(new("VALUE.ARRAY").children(values)))
            }
            (_, Type::Reference(_)) if !array => {
                ("PROPERTY.REFERENCE", text(value)?.map(|text| new("VALUE.REFERENCE").text(&text)))
            }
            _ => {
                let local = if array { "PROPERTY.ARRAY" } else { "PROPERTY" };
                (local, text(value)?.map(|text| new("VALUE").text(&text)))
            }
        };
        let property = new(local).attribute(Name::local_only("NAME"), name);
        let is_instance = value.as_slice().iter().any(|value| matches!(value, Value::Instance(_)));
        let property = match &ty {
            Type::Reference(class) if !array => {
                property.attribute(Name::local_only("REFERENCECLASS"), class.as_str())
            }
            // CIM has no arrays of references; WMI has paths in strings instead.
            Type::Reference(_) => property.attribute(Name::local_only("TYPE"), "string"),
            ty => property.attribute(Name::local_only("TYPE"), ty.to_string()),
        };
        let property = if is_instance {
            property.attribute(Name::local_only("EmbeddedObject"), "instance")
        } else {
            property
        };
        Ok(property.children(held))
    }

    /// The text of a scalar as a value of a type; nothing for NULL.
    fn scalar(
        &self,
        name: &str,
        value: &Value,
        ty: &Type,
        depth: usize,
    ) -> Result<Option<String>, Error> {
        Ok(Some(match (value, ty) {
            (Value::Null, _) => return Ok(None),
            (Value::Reference(reference), Type::Reference(_) | Type::String) => {
                ObjectPath::of(reference, self.schema)?.to_string()
            }
            (Value::Instance(instance), Type::String) => self.text_of(instance, depth + 1)?,
            (Value::String(text), Type::Reference(_)) => text.parse::<ObjectPath>()?.to_string(),
            (Value::String(text), Type::String) => text.clone(),
            (Value::String(text), ty) => {
                return self.scalar(name, &Value::parse(text, ty)?, ty, depth);
            }
            (Value::Datetime(datetime), Type::Datetime) => datetime.to_dmtf()?,
            (value, ty) if value.is_of(ty, false) => value.to_string(),
            (value, ty) => return Err(wrong_type(name, ty.to_string(), value)),
        }))
    }
}

struct Reader<'a> {
    namespace: &'a str,
    schema: &'a Schema,
}

impl Reader<'_> {
    fn parse(&self, text: &str, depth: usize) -> Result<Instance, Error> {
        check(depth)?;
        let root =
            Element::parse(text.trim().as_bytes(), Limits::default()).map_err(Error::Embedded)?;
        self.instance(first_instance(&root).ok_or_else(|| missing("INSTANCE"))?, depth)
    }

    fn instance(&self, element: &Element, depth: usize) -> Result<Instance, Error> {
        check(depth)?;
        let class = attribute(element, "CLASSNAME")?;
        let mut instance = Instance::new(ResourceUri::wmi(self.namespace, class));
        for property in element.children.iter().filter(|child| is(child, "PROPERTY")) {
            let name = attribute(property, "NAME").unwrap_or_default();
            let declared = self.schema.find_property(class, name);
            match self.property(property, declared, depth) {
                Ok(value) => instance.properties.push((name.to_owned(), value)),
                Err(source) => instance.invalid.push(member(name)(source)),
            }
        }
        Ok(instance)
    }

    fn property(
        &self,
        property: &Element,
        declared: Option<&Property>,
        depth: usize,
    ) -> Result<Value, Error> {
        let declared = declared.map(|declared| declared.ty.clone());
        let ty = property.find_attribute("TYPE").and_then(Type::from_keyword).or(declared);
        // DSP0201 has had it in both spellings.
        let is_embedded =
            |(name, _): &(Name, String)| name.local().eq_ignore_ascii_case("EmbeddedObject");
        let ty = ty.unwrap_or(Type::String);
        let embedded = property.attributes.iter().any(is_embedded);
        // There may be qualifiers before the value.
        match property.children.iter().find(|child| is(child, "VALUE")) {
            Some(value) => self.value(value, &ty, embedded, depth),
            None => Ok(Value::Null),
        }
    }

    fn value(
        &self,
        value: &Element,
        ty: &Type,
        embedded: bool,
        depth: usize,
    ) -> Result<Value, Error> {
        let instance = |instance| Value::Instance(Box::new(instance));
        match value.name.local() {
            "VALUE.NULL" => Ok(Value::Null),
            "VALUE.ARRAY" | "VALUE.REFARRAY" | "VALUE.OBJECTARRAY" => {
                let values = value.children.iter().filter(|child| is(child, "VALUE"));
                let values = values.map(|child| self.value(child, ty, embedded, depth));
                values.collect::<Result<_, _>>().map(Value::Array)
            }
            "VALUE.OBJECT" => {
                let held = first_instance(value).ok_or_else(|| missing("INSTANCE"))?;
                self.instance(held, depth + 1).map(instance)
            }
            "VALUE.REFERENCE" => self.reference(value).map(Value::Reference),
            _ if embedded => self.parse(&value.text, depth + 1).map(instance),
            _ if matches!(ty, Type::Reference(_)) => self.reference(value).map(Value::Reference),
            _ => Value::parse(&value.text, ty),
        }
    }

    /// The reference of a `VALUE.REFERENCE`: text, or elements that name an instance or a class.
    fn reference(&self, value: &Element) -> Result<Reference, Error> {
        let Some(path) = value.children.first() else {
            return value
                .text
                .trim()
                .parse::<ObjectPath>()?
                .to_reference(self.namespace, self.schema);
        };
        let local = find(path, "NAMESPACEPATH").unwrap_or(path);
        let namespace = match find(local, "LOCALNAMESPACEPATH") {
            Some(local) => {
                let names = local.children.iter().map(|name| attribute(name, "NAME"));
                names.collect::<Result<Vec<_>, _>>()?.join("/")
            }
            None => self.namespace.to_owned(),
        };
        let of = |class| Reference::new(ResourceUri::wmi(&namespace, class));
        let find = |local| if is(path, local) { Some(path) } else { find(path, local) };
        if let Some(class) = find("CLASSNAME") {
            return Ok(of(attribute(class, "NAME")?));
        }
        let name = find("INSTANCENAME").ok_or_else(|| missing("INSTANCENAME"))?;
        let mut reference = of(attribute(name, "CLASSNAME")?);
        if name.children.len() > KEYS {
            let path = reference.class().to_owned();
            return Err(Error::Path { path, problem: "there are too many keys" });
        }
        let bindings = match name.children.as_slice() {
            // The only key needs no name (DSP0201, `INSTANCENAME`).
            [value] if is(value, "KEYVALUE") || is(value, "VALUE") => {
                vec![(self.only_key(reference.class())?, value)]
            }
            bindings => bindings
                .iter()
                .map(|binding| {
                    let value = binding.children.first().ok_or_else(|| missing("KEYVALUE"))?;
                    Ok((attribute(binding, "NAME")?, value))
                })
                .collect::<Result<_, Error>>()?,
        };
        for (key, value) in bindings {
            let selector = if is(value, "VALUE.REFERENCE") {
                Selector::Reference(self.reference(value)?)
            } else {
                Selector::Text(value.text.clone())
            };
            reference.selectors.insert(key, selector);
        }
        Ok(reference)
    }

    fn only_key(&self, class: &str) -> Result<&str, Error> {
        match *self.schema.keys(class).as_slice() {
            [key] => Ok(key),
            _ => Err(Error::Path {
                path: class.to_owned(),
                problem: "there is a value without a key, and the class is not known to have one key",
            }),
        }
    }
}

/// An element of CIM-XML, which has no namespace.
fn new(local: &str) -> Element {
    Element::with_name(Name::local_only(local))
}

/// Whether an element has this name, or one that begins with it and a point.
fn is(element: &Element, local: &str) -> bool {
    let rest = element.name.local().strip_prefix(local);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn find<'a>(element: &'a Element, local: &str) -> Option<&'a Element> {
    element.children.iter().find(|child| is(child, local))
}

/// The first instance, inside whatever it is wrapped in, such as `CIM` and `DECLGROUP`.
fn first_instance(element: &Element) -> Option<&Element> {
    if is(element, "INSTANCE") {
        return Some(element);
    }
    element.children.iter().find_map(first_instance)
}

fn attribute<'a>(element: &'a Element, name: &str) -> Result<&'a str, Error> {
    element
        .find_attribute(name)
        .ok_or_else(|| missing(&format!("{name} of {}", element.name.local())))
}

const fn check(depth: usize) -> Result<(), Error> {
    if depth > DEPTH { Err(Error::Depth { limit: DEPTH }) } else { Ok(()) }
}

fn missing(what: &str) -> Error {
    Error::Missing(what.to_owned())
}

fn member(name: &str) -> impl FnOnce(Error) -> Error {
    let name = name.to_owned();
    |source| Error::Member { name, source: Box::new(source) }
}

fn wrong_type(name: &str, expected: String, given: &Value) -> Error {
    Error::WrongType { name: name.to_owned(), expected, given: format!("{given:?}") }
}
