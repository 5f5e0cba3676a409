//! `hvr explain CLASS`: what the schema knows of a class, inherited members included.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{
    cim::class::{Class, Literal, Method, Parameter, Property, Qualifiers, Schema, Type},
    cli::{failure::Failure, output::Output},
};

#[derive(Serialize)]
struct Explained<'a> {
    class: &'a str,
    superclass: Option<&'a str>,
    /// Those that derive from it directly.
    subclasses: Vec<&'a str>,
    association: bool,
    r#abstract: bool,
    meaning: Option<&'a str>,
    since_build: Option<&'a str>,
    keys: Vec<&'a str>,
    properties: Vec<Member<'a>>,
    methods: Vec<ExplainedMethod<'a>>,
}

/// A property or a parameter.
#[derive(Serialize)]
struct Member<'a> {
    name: &'a str,
    /// The keyword of MOF; of a reference `CLASS REF`.
    r#type: String,
    array: bool,
    /// The class of the instance that the string carries.
    embedded: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    meaning: Option<&'a str>,
    unit: Option<&'a str>,
    since_build: Option<&'a str>,
    deprecated: bool,
    values: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct ExplainedMethod<'a> {
    name: &'a str,
    r#type: String,
    parameters: Vec<Member<'a>>,
    meaning: Option<&'a str>,
    since_build: Option<&'a str>,
    deprecated: bool,
    values: Vec<Named<'a>>,
}

/// What a value, or a range of values, is called and means.
#[derive(Serialize)]
struct Named<'a> {
    value: &'a str,
    name: &'a str,
    meaning: Option<&'a str>,
}

/// Prints what is known of a class.
pub(super) fn run(class: &Class, schema: &Schema, output: &Output) -> Result<(), Failure> {
    output.paragraphs(&[Explained::of(class, schema)], Explained::text)
}

impl<'a> Explained<'a> {
    fn of(class: &'a Class, schema: &'a Schema) -> Self {
        let derives = |other: &&Class| {
            let superclass = other.superclass.as_deref();
            superclass.is_some_and(|name| name.eq_ignore_ascii_case(&class.name))
        };
        let mut methods: Vec<&Method> = Vec::new();
        for method in schema.ancestors(&class.name).flat_map(|class| &class.methods) {
            if !methods.iter().any(|known| known.name.eq_ignore_ascii_case(&method.name)) {
                methods.push(method);
            }
        }
        Self {
            class: &class.name,
            superclass: class.superclass.as_deref(),
            subclasses: schema.classes().filter(derives).map(|class| class.name.as_str()).collect(),
            association: schema.is_association(&class.name),
            r#abstract: class.qualifiers.flag("Abstract") == Some(true),
            meaning: class.qualifiers.text("Description"),
            since_build: class.qualifiers.text("HvrSince"),
            keys: schema.keys(&class.name),
            properties: schema.properties(&class.name).into_iter().map(Member::property).collect(),
            methods: methods.into_iter().map(ExplainedMethod::of).collect(),
        }
    }

    fn text(&self) -> String {
        let mut text = self.class.to_owned();
        let keys = self.keys.join(", ");
        let subclasses = self.subclasses.join(", ");
        for (title, words) in [
            ("meaning", self.meaning),
            ("superclass", self.superclass),
            ("subclasses", Some(&*subclasses).filter(|names| !names.is_empty())),
            ("since build", self.since_build),
            ("key", Some(&*keys).filter(|names| !names.is_empty())),
        ] {
            if let Some(words) = words {
                line(&mut text, 2, &format!("{title:<12}{words}"));
            }
        }
        for property in &self.properties {
            property.write(&mut text, 2);
        }
        for method in &self.methods {
            let declared = format!("{} {}()", method.r#type, method.name);
            line(&mut text, 2, &with_meaning(&declared, method.meaning));
            for parameter in &method.parameters {
                parameter.write(&mut text, 6);
            }
            Named::write(&method.values, &mut text, 6);
        }
        text
    }
}

impl<'a> Member<'a> {
    fn property(property: &'a Property) -> Self {
        let Property { name, ty, array, qualifiers, .. } = property;
        Self::of(name, ty, *array, qualifiers, property.embedded_class())
    }

    fn parameter(parameter: &'a Parameter) -> Self {
        let Parameter { name, ty, array, qualifiers, .. } = parameter;
        let direction = match (parameter.is_in(), parameter.is_out()) {
            (true, true) => "inout",
            (_, true) => "out",
            (_, false) => "in",
        };
        Self {
            direction: Some(direction),
            required: Some(parameter.is_required()),
            ..Self::of(name, ty, *array, qualifiers, parameter.embedded_class())
        }
    }

    fn of(
        name: &'a str,
        ty: &Type,
        array: bool,
        qualifiers: &'a Qualifiers,
        embedded: Option<&'a str>,
    ) -> Self {
        let interval = qualifiers.text("SubType");
        Self {
            name,
            r#type: ty.to_string(),
            array,
            embedded,
            direction: None,
            required: None,
            meaning: qualifiers.text("Description"),
            unit: qualifiers.text("Units").or(interval),
            since_build: qualifiers.text("HvrSince"),
            deprecated: qualifiers.find("Deprecated").is_some(),
            values: Named::of(qualifiers),
        }
    }

    fn write(&self, text: &mut String, indent: usize) {
        let direction = self.direction.map(|direction| format!("{direction} ")).unwrap_or_default();
        let array = if self.array { "[]" } else { "" };
        let unit = self.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
        let declared = format!("{direction}{} {}{array}{unit}", self.r#type, self.name);
        line(text, indent, &with_meaning(&declared, self.meaning));
        Named::write(&self.values, text, indent + 4);
    }
}

impl<'a> ExplainedMethod<'a> {
    fn of(method: &'a Method) -> Self {
        let qualifiers = &method.qualifiers;
        Self {
            name: &method.name,
            r#type: method.returns.to_string(),
            parameters: method.parameters.iter().map(Member::parameter).collect(),
            meaning: qualifiers.text("Description"),
            since_build: qualifiers.text("HvrSince"),
            deprecated: qualifiers.find("Deprecated").is_some(),
            values: Named::of(qualifiers),
        }
    }
}

impl<'a> Named<'a> {
    fn of(qualifiers: &'a Qualifiers) -> Vec<Self> {
        let [map, names, meanings] =
            ["ValueMap", "Values", "HvrMeanings"].map(|name| texts(qualifiers, name));
        let meanings = meanings.into_iter().map(Some).chain(std::iter::repeat(None));
        let named = map.into_iter().zip(names).zip(meanings);
        named
            .map(|((value, name), meaning)| {
                let meaning = meaning.filter(|meaning| !meaning.is_empty());
                Self { value, name, meaning }
            })
            .collect()
    }

    fn write(values: &[Self], text: &mut String, indent: usize) {
        for Self { value, name, meaning } in values {
            line(text, indent, &with_meaning(&format!("{value} {name}"), *meaning));
        }
    }
}

fn texts<'a>(qualifiers: &'a Qualifiers, name: &str) -> Vec<&'a str> {
    let Some(Literal::Array(literals)) = qualifiers.find(name) else { return Vec::new() };
    let text = |literal: &'a Literal| match literal {
        Literal::String(text) => Some(text.as_str()),
        _ => None,
    };
    literals.iter().filter_map(text).collect()
}

fn with_meaning(declared: &str, meaning: Option<&str>) -> String {
    meaning.map_or_else(|| declared.to_owned(), |meaning| format!("{declared}: {meaning}"))
}

fn line(text: &mut String, indent: usize, words: &str) {
    let _ = write!(text, "\n{:indent$}{words}", "");
}
