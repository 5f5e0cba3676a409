//! The model as Rust, laid out as rustfmt does it.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::model::{Enum, Field, Key, MethodModel, Model, TypeModel};

/// The widest line of a doc comment.
const WIDTH: usize = 110;

/// The files by name.
pub(crate) fn files(model: &Model) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for ty in &model.types {
        files.insert(format!("{}.rs", ty.module), class(ty));
    }
    files.insert("values.rs".to_owned(), values(&model.enums));
    files.insert("mod.rs".to_owned(), root(model));
    files
}

/// The first lines of a file, after what it is.
const HEAD: &str =
    "// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.\n";

/// Before each type.
const SERIALIZE: &str = "#[cfg_attr(feature = \"serde\", derive(serde::Serialize))]\n";
/// Before each length of time.
const AS_SECONDS: &str =
    "    #[cfg_attr(feature = \"serde\", serde(serialize_with = \"codec::as_seconds\"))]\n";

fn root(model: &Model) -> String {
    let mut out = String::from(
        "//! The classes of Hyper-V Replica as Rust types, one file per class.\n//!\n\
         //! Properties are `None` where they are NULL or the host does not have them. Numbers with names are open\n\
         //! enumerations, which keep numbers that are not listed. Each method has a type for its input and, where it gives\n\
         //! something, one for its output.\n\n",
    );
    out.push_str(HEAD);
    out.push('\n');
    let mut modules: Vec<_> = model.types.iter().map(|ty| ty.module.as_str()).collect();
    modules.push("values");
    modules.sort_unstable();
    for module in modules {
        writeln!(out, "pub mod {module};").unwrap();
    }
    out.push('\n');
    let mut types: Vec<_> = model.types.iter().collect();
    types.sort_by(|a, b| a.module.cmp(&b.module));
    for ty in types {
        writeln!(out, "pub use {}::{};", ty.module, ty.name).unwrap();
    }
    out.push_str(
        "\n/// The namespace of WMI that the classes are in.\n\
         pub const NAMESPACE: &str = \"root/virtualization/v2\";\n",
    );
    out
}

fn values(enums: &BTreeMap<String, Enum>) -> String {
    let mut out =
        format!("//! What numbers and texts of properties and parameters mean.\n\n{HEAD}\n");
    let with_numbers = enums.values().any(|known| known.base.is_some());
    let with_texts = enums.values().any(|known| known.base.is_none());
    out.push_str(match (with_numbers, with_texts) {
        (true, true) => "use crate::cim::{open_enum, open_text};\n",
        (true, false) => "use crate::cim::open_enum;\n",
        _ => "use crate::cim::open_text;\n",
    });
    for (name, known) in enums {
        let places: Vec<_> = known.places.iter().map(|place| format!("`{place}`")).collect();
        let doc =
            [known.doc.clone(), String::new(), format!("On the wire: {}.", places.join(", "))];
        let (kind, base) = match known.base {
            Some(base) => ("open_enum", format!(": {base}")),
            None => ("open_text", String::new()),
        };
        writeln!(out, "\n{kind}! {{").unwrap();
        out.push_str(&comment(&doc, 4));
        writeln!(out, "    pub enum {name}{base} {{").unwrap();
        for (key, (variant, meaning)) in &known.values {
            let key = match key {
                Key::Number(number) => number.to_string(),
                Key::Text(text) => format!("{text:?}"),
            };
            let doc = match meaning.as_str() {
                "" => format!("`{}`.", variant),
                meaning if meaning.ends_with('.') => meaning.to_owned(),
                meaning => format!("{meaning}."),
            };
            out.push_str(&comment(&[doc], 8));
            writeln!(out, "        {variant} = {key},").unwrap();
        }
        out.push_str("    }\n}\n");
    }
    out
}

fn class(ty: &TypeModel) -> String {
    let mut body = String::new();
    body.push_str(&comment(&ty.doc, 0));
    body.push_str("#[derive(Clone, Debug, Default, PartialEq)]\n");
    body.push_str(SERIALIZE);
    body.push_str("#[non_exhaustive]\n");
    writeln!(body, "pub struct {} {{", ty.name).unwrap();
    for field in &ty.fields {
        body.push_str(&declaration(field));
    }
    body.push_str(
        "    /// What the host said besides.\n    #[cfg_attr(feature = \"serde\", serde(skip))]\n    pub rest: Rest,\n}\n\n",
    );
    let keys: Vec<_> = ty.keys.iter().map(|key| format!("{key:?}")).collect();
    writeln!(body, "class! {{").unwrap();
    writeln!(body, "    {} is {:?} in NAMESPACE, keys [{}];", ty.name, ty.class, keys.join(", "))
        .unwrap();
    for field in &ty.fields {
        writeln!(body, "    {} = {}, {:?};", field.name, field.codec, field.wire).unwrap();
    }
    body.push_str("}\n");
    for method in &ty.methods {
        body.push_str(&self::method(ty, method));
    }
    let methods = if ty.methods.is_empty() { "" } else { " and its methods" };
    format!("//! `{}`{methods}.\n\n{HEAD}\n{}\n{body}", ty.class, imports(ty, &body))
}

fn method(ty: &TypeModel, method: &MethodModel) -> String {
    let mut out = String::from("\n");
    let name = &method.name;
    let mut doc = vec![format!("Input of `{}.{name}`: {}", ty.class, lower_first(&method.doc[0]))];
    doc.extend_from_slice(&method.doc[1..]);
    out.push_str(&comment(&doc, 0));
    let default = if method.inputs.iter().any(|field| field.required) { "" } else { " Default," };
    writeln!(out, "#[derive(Clone, Debug,{default} PartialEq)]").unwrap();
    out.push_str(SERIALIZE);
    if method.inputs.is_empty() {
        writeln!(out, "pub struct {name} {{}}").unwrap();
    } else {
        writeln!(out, "pub struct {name} {{").unwrap();
        method.inputs.iter().for_each(|field| out.push_str(&declaration(field)));
        out.push_str("}\n");
    }
    let output = if method.outputs.is_empty() { "()".to_owned() } else { format!("{name}Output") };
    if !method.outputs.is_empty() {
        out.push('\n');
        out.push_str(&comment(&[format!("Output of [`{name}`].")], 0));
        out.push_str("#[derive(Clone, Debug, Default, PartialEq)]\n");
        out.push_str(SERIALIZE);
        out.push_str("#[non_exhaustive]\n");
        writeln!(out, "pub struct {output} {{").unwrap();
        method.outputs.iter().for_each(|field| out.push_str(&declaration(field)));
        out.push_str("}\n");
    }
    writeln!(out, "\nmethod! {{\n    {name} is {:?}.{name:?};", ty.class).unwrap();
    out.push_str(&braces("in", &method.inputs, |field| {
        let presence = if field.required { "required" } else { "optional" };
        format!("{presence} {} = {}, {:?};", field.name, field.codec, field.wire)
    }));
    out.push_str(&braces(&format!("out {output}"), &method.outputs, |field| {
        format!("{} = {}, {:?};", field.name, field.codec, field.wire)
    }));
    out.push_str("}\n");
    out
}

fn braces(head: &str, fields: &[Field], line: impl Fn(&Field) -> String) -> String {
    if fields.is_empty() {
        return format!("    {head} {{}}\n");
    }
    let lines: String = fields.iter().map(|field| format!("        {}\n", line(field))).collect();
    format!("    {head} {{\n{lines}    }}\n")
}

fn declaration(field: &Field) -> String {
    let mut out = comment(&field.doc, 4);
    let ty = if field.required { field.rust.clone() } else { format!("Option<{}>", field.rust) };
    if field.rust == "Duration" {
        assert!(!field.required, "{} needs a way to be serialized", field.wire);
        out.push_str(AS_SECONDS);
    }
    writeln!(out, "    pub {}: {ty},", field.name).unwrap();
    out
}

/// What the body names.
fn imports(ty: &TypeModel, body: &str) -> String {
    let fields = ty.methods.iter().flat_map(|method| method.inputs.iter().chain(&method.outputs));
    let fields: Vec<_> = ty.fields.iter().chain(fields).collect();
    let uses = |name: &str| {
        fields.iter().any(|field| field.rust == name || field.rust == format!("Vec<{name}>"))
    };
    let mut out = String::new();
    if uses("Duration") {
        out.push_str("use std::time::Duration;\n\n");
    }
    if uses("Timestamp") {
        out.push_str("use jiff::Timestamp;\n");
    }
    if uses("Uuid") {
        out.push_str("use uuid::Uuid;\n");
    }
    if uses("Timestamp") || uses("Uuid") {
        out.push('\n');
    }
    let values = body.contains("values::");
    out.push_str(if values {
        "use super::{NAMESPACE, values};\n"
    } else {
        "use super::NAMESPACE;\n"
    });
    let mut typed = Vec::new();
    if uses("Bytes") {
        typed.push("Bytes");
    }
    typed.extend(["Rest", "class", "codec"]);
    if !ty.methods.is_empty() {
        typed.push("method");
    }
    if uses("Reference") {
        out.push_str("use crate::cim::Reference;\n");
    }
    writeln!(out, "use crate::cim::typed::{{{}}};", typed.join(", ")).unwrap();
    out
}

fn comment(paragraphs: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut out = String::new();
    let mut line = String::new();
    let mut flush = |line: &mut String| {
        writeln!(out, "{}", format!("{margin}/// {}", line.trim_end()).trim_end()).unwrap();
        line.clear();
    };
    for paragraph in paragraphs {
        if paragraph.is_empty() {
            flush(&mut line);
            flush(&mut line);
        }
        let mut in_code = false;
        for word in paragraph.split_whitespace() {
            let word = &if in_code { word.to_owned() } else { code(word) };
            in_code ^= word.matches('`').count() % 2 == 1;
            if !line.is_empty() && indent + 4 + line.len() + word.len() > WIDTH {
                flush(&mut line);
            }
            line.push_str(word);
            line.push(' ');
        }
    }
    if !line.is_empty() {
        flush(&mut line);
    }
    out
}

/// A word with backticks if it is a name of the schema, as rustdoc wants it.
fn code(word: &str) -> String {
    let name = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_camel =
        name.chars().zip(name.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    if word.contains('`') || !(is_camel || name.contains('_')) || PROPER.contains(&name) {
        return word.to_owned();
    }
    word.replacen(name, &format!("`{name}`"), 1)
}

/// Proper names that look like names of the schema.
const PROPER: &[&str] = &["IPv4", "IPv6", "NetBIOS"];

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        // Not of an abbreviation.
        (Some(first), Some(second)) if !second.is_ascii_uppercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}
