//! What the classes of a schema become: types, fields, enumerations.

use std::collections::{BTreeMap, BTreeSet};

use hyperv_replica::cim::class::{Class, Literal, Method, Parameter, Qualifiers, Schema, Type};

use crate::{
    fixups,
    names::{snake_case, type_name, variant},
};

/// All that is generated.
pub(crate) struct Model {
    pub(crate) types: Vec<TypeModel>,
    pub(crate) enums: BTreeMap<String, Enum>,
}

/// A class.
pub(crate) struct TypeModel {
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) doc: Vec<String>,
    pub(crate) keys: Vec<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) methods: Vec<MethodModel>,
}

/// A property or parameter.
pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) name: String,
    pub(crate) doc: Vec<String>,
    pub(crate) rust: String,
    pub(crate) codec: String,
    pub(crate) required: bool,
}

/// A method.
pub(crate) struct MethodModel {
    pub(crate) name: String,
    pub(crate) doc: Vec<String>,
    pub(crate) inputs: Vec<Field>,
    pub(crate) outputs: Vec<Field>,
}

/// A value map.
#[derive(Default)]
pub(crate) struct Enum {
    /// The number type; none for texts.
    pub(crate) base: Option<&'static str>,
    pub(crate) doc: String,
    pub(crate) places: BTreeSet<String>,
    /// By number, or by text.
    pub(crate) values: BTreeMap<Key, (String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Number(u64),
    Text(String),
}

/// What is read of a property and a parameter alike.
struct Member<'a> {
    /// The class that declares it, and its name there: `Property` or `Method.Parameter`.
    place: (&'a str, String),
    name: &'a str,
    ty: &'a Type,
    array: bool,
    qualifiers: &'a Qualifiers,
    embedded: Option<&'a str>,
}

pub(crate) struct Maker<'a> {
    schema: &'a Schema,
    enums: BTreeMap<String, Enum>,
    applied: BTreeSet<String>,
}

impl<'a> Maker<'a> {
    /// The model of all classes of Hyper-V in a schema, and the fix-ups that did not apply.
    pub(crate) fn make(schema: &'a Schema) -> (Model, Vec<String>) {
        let mut maker = Self { schema, enums: BTreeMap::new(), applied: BTreeSet::new() };
        // Twice, since an enumeration may be met before the place that has all of its values.
        for class in maker.classes() {
            maker.class(class);
        }
        let types: Vec<_> = maker.classes().map(|class| maker.class(class)).collect();
        let left = maker.left_fixups();
        (Model { types, enums: maker.enums }, left)
    }

    fn classes(&self) -> impl Iterator<Item = &'a Class> + use<'a> {
        self.schema.classes().filter(|class| class.name.starts_with("Msvm_"))
    }

    fn class(&mut self, class: &Class) -> TypeModel {
        let name = self.type_of_class(&class.name);
        let mut doc = sentence(&class.qualifiers);
        let superclass = class.superclass.as_deref().unwrap_or("nothing");
        let since = since(&class.qualifiers).map(|since| format!(" {since}")).unwrap_or_default();
        doc.push(String::new());
        doc.push(format!("On the wire: `{}`, derived from `{superclass}`.{since}", class.name));
        let properties = self.schema.properties(&class.name);
        let fields = properties
            .iter()
            .map(|property| {
                let declared = self.declaring_class(&class.name, |class| {
                    class.properties.iter().any(|own| own.name == property.name)
                });
                let member = Member {
                    place: (declared, property.name.clone()),
                    name: &property.name,
                    ty: &property.ty,
                    array: property.array,
                    qualifiers: &property.qualifiers,
                    embedded: property.embedded_class(),
                };
                let mut field = self.field(&member, false);
                if let Some(default) = &property.default {
                    field.doc.push(format!("The default of the class is `{}`.", literal(default)));
                }
                if property.is_key() {
                    field.doc.push("Part of the key.".to_owned());
                }
                field
            })
            .collect();
        let methods = self.methods(class);
        TypeModel {
            module: snake_case(&name),
            keys: self.schema.keys(&class.name).into_iter().map(str::to_owned).collect(),
            class: class.name.clone(),
            name,
            doc,
            fields,
            methods,
        }
    }

    fn methods(&mut self, class: &Class) -> Vec<MethodModel> {
        let mut methods: Vec<&Method> = Vec::new();
        let lineage: Vec<_> = self.schema.ancestors(&class.name).collect();
        for method in lineage.iter().flat_map(|class| &class.methods) {
            if !methods.iter().any(|known| known.name == method.name) {
                methods.push(method);
            }
        }
        methods.into_iter().map(|method| self.method(class, method)).collect()
    }

    fn method(&mut self, class: &Class, method: &Method) -> MethodModel {
        let declared = self.declaring_class(&class.name, |class| {
            class.methods.iter().any(|own| own.name == method.name)
        });
        let mut field = |parameter: &Parameter, is_input: bool| {
            let member = Member {
                place: (declared, format!("{}.{}", method.name, parameter.name)),
                name: &parameter.name,
                ty: &parameter.ty,
                array: parameter.array,
                qualifiers: &parameter.qualifiers,
                embedded: parameter.embedded_class(),
            };
            self.field(&member, is_input && parameter.is_required())
        };
        let inputs =
            method.parameters.iter().filter(|p| p.is_in()).map(|p| field(p, true)).collect();
        let outputs =
            method.parameters.iter().filter(|p| p.is_out()).map(|p| field(p, false)).collect();
        let mut doc = sentence(&method.qualifiers);
        doc.extend(since(&method.qualifiers));
        doc.extend(deprecated(&method.qualifiers));
        MethodModel { name: method.name.clone(), doc, inputs, outputs }
    }

    fn field(&mut self, member: &Member<'_>, required: bool) -> Field {
        let (mut rust, mut codec) = self.types(member);
        if member.array {
            rust = format!("Vec<{rust}>");
            codec = format!("codec::Array<{codec}>");
        }
        let mut doc = sentence(member.qualifiers);
        if let Some(Literal::Integer(length)) = member.qualifiers.find("MaxLen") {
            doc.push(format!("At most {length} characters."));
        }
        doc.extend(since(member.qualifiers));
        doc.extend(deprecated(member.qualifiers));
        let (class, place) = &member.place;
        let renamed = fixups::FIELDS.iter().find(|(of, name, _)| of == class && name == place);
        if renamed.is_some() {
            self.applied.insert(format!("field {class}.{place}"));
        }
        let name =
            renamed.map_or_else(|| snake_case(member.name), |(_, _, name)| (*name).to_owned());
        Field { wire: member.name.to_owned(), name, doc, rust, codec, required }
    }

    /// The Rust type of a scalar, or of each element of an array, and how it is read and written.
    fn types(&mut self, member: &Member<'_>) -> (String, String) {
        let (class, place) = (member.place.0, member.place.1.as_str());
        let of = |rust: &str, codec: &str| (rust.to_owned(), codec.to_owned());
        if let Some(embedded) = member.embedded {
            let ty = self.type_of_class(&self.concrete(embedded));
            return (format!("super::{ty}"), "codec::Embedded".to_owned());
        }
        if fixups::GUIDS.contains(&(class, place)) {
            self.applied.insert(format!("guid {class}.{place}"));
            return of("Uuid", "codec::Guid");
        }
        if let Some(types) = self.enumeration(member) {
            return types;
        }
        let number = match member.ty {
            Type::Boolean => return of("bool", "codec::Plain"),
            Type::Char16 => return of("char", "codec::Plain"),
            Type::String => return of("String", "codec::Plain"),
            Type::Reference(_) => return of("Reference", "codec::Plain"),
            Type::Datetime if member.qualifiers.text("SubType") == Some("interval") => {
                return of("Duration", "codec::Interval");
            }
            Type::Datetime => return of("Timestamp", "codec::Time"),
            ty => number_type(ty).unwrap_or_else(|| panic!("{class}.{place} is a {ty}")),
        };
        match member.qualifiers.text("Units") {
            Some("Bytes") if number == "u64" => of("Bytes", "codec::Octets"),
            Some("MilliSeconds") => ("Duration".into(), format!("codec::Milliseconds<{number}>")),
            Some("Seconds") => ("Duration".into(), format!("codec::Seconds<{number}>")),
            Some("Hours") => ("Duration".into(), format!("codec::Hours<{number}>")),
            None | Some("MegaBytes" | "Percent") => of(number, "codec::Plain"),
            Some(unit) => panic!("{class}.{place} is in {unit}, for which there is no type"),
        }
    }

    fn enumeration(&mut self, member: &Member<'_>) -> Option<(String, String)> {
        let (class, place) = (member.place.0, member.place.1.as_str());
        let (Some(Literal::Array(map)), Some(Literal::Array(names))) =
            (member.qualifiers.find("ValueMap"), member.qualifiers.find("Values"))
        else {
            return None;
        };
        if fixups::PLAIN.contains(&(class, place)) {
            self.applied.insert(format!("plain {class}.{place}"));
            return None;
        }
        let base = number_type(member.ty);
        let renamed = fixups::ENUMS.iter().find(|(of, name, _)| *of == class && *name == place);
        if renamed.is_some() {
            self.applied.insert(format!("enum {class}.{place}"));
        }
        let name = renamed.map_or(member.name, |(_, _, name)| *name).to_owned();
        let known = self.enums.entry(name.clone()).or_default();
        known.places.insert(format!("{class}.{place}"));
        if known.values.is_empty() || base.map(width) < known.base.map(width) {
            known.base = base;
        }
        let meanings = match member.qualifiers.find("HvrMeanings") {
            Some(Literal::Array(meanings)) => meanings.iter().map(literal).collect(),
            _ => Vec::new(),
        };
        if known.doc.is_empty() || !meanings.is_empty() {
            known.doc = sentence(member.qualifiers).join(" ");
        }
        for (index, (key, value)) in map.iter().zip(names).enumerate() {
            let (key, value) = (literal(key), variant(&literal(value)));
            let key = match key.parse() {
                Ok(number) => Key::Number(number),
                Err(_) if base.is_some() => continue, // a range is what no name has
                Err(_) => Key::Text(key),
            };
            let meaning = meanings.get(index).cloned().unwrap_or_default();
            let entry = known.values.entry(key.clone()).or_default();
            if entry.0.is_empty() {
                entry.0.clone_from(&value);
            }
            assert_eq!(
                entry.0, value,
                "{key:?} of {name}: {class}.{place} needs a fix-up in ENUMS"
            );
            if !meaning.is_empty() {
                entry.1 = meaning;
            }
        }
        let ty = format!("values::{name}");
        Some(match (base, known.base) {
            (Some(base), Some(narrow)) if base == narrow => (ty, format!("codec::Number<{base}>")),
            (Some(base), Some(narrow)) => (ty, format!("codec::Widened<{base}, {narrow}>")),
            _ => (ty, "codec::Text".to_owned()),
        })
    }

    /// The class of Hyper-V that stands for an embedded one.
    fn concrete(&self, class: &str) -> String {
        if class.starts_with("Msvm_") {
            return class.to_owned();
        }
        let mut of_hyper_v = self.schema.subclasses(class).filter(|c| c.name.starts_with("Msvm_"));
        let first = of_hyper_v.next().unwrap_or_else(|| panic!("no class derives from {class}"));
        assert!(of_hyper_v.next().is_none(), "several classes derive from {class}");
        first.name.clone()
    }

    fn type_of_class(&mut self, class: &str) -> String {
        let renamed = fixups::TYPES.iter().find(|(name, _)| *name == class);
        if renamed.is_some() {
            self.applied.insert(format!("type {class}"));
        }
        renamed.map_or_else(|| type_name(class), |(_, name)| name).to_owned()
    }

    fn declaring_class(&self, class: &str, declares: impl Fn(&Class) -> bool) -> &'a str {
        let mut ancestors = self.schema.ancestors(class);
        ancestors.find(|class| declares(class)).map(|class| class.name.as_str()).unwrap()
    }

    fn left_fixups(&self) -> Vec<String> {
        let types = fixups::TYPES.iter().map(|(class, _)| format!("type {class}"));
        let enums = fixups::ENUMS.iter().map(|(class, place, _)| format!("enum {class}.{place}"));
        let plain = fixups::PLAIN.iter().map(|(class, place)| format!("plain {class}.{place}"));
        let guids = fixups::GUIDS.iter().map(|(class, place)| format!("guid {class}.{place}"));
        let fields =
            fixups::FIELDS.iter().map(|(class, place, _)| format!("field {class}.{place}"));
        let all = types.chain(enums).chain(plain).chain(guids).chain(fields);
        all.filter(|fixup| !self.applied.contains(fixup)).collect()
    }
}

#[test]
#[should_panic(expected = "Msvm_A.B is in Milliseconds, for which there is no type")]
fn a_unit_that_is_not_known_is_no_bare_number() {
    let mof = r#"class Msvm_A { [Units("Milliseconds")] uint32 B; };"#;
    let schema = Schema::from_classes(hyperv_replica::mof::parse(mof).unwrap().classes).unwrap();
    drop(Maker::make(&schema));
}

/// The Rust type of a number.
fn number_type(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::UInt8 => "u8",
        Type::SInt8 => "i8",
        Type::UInt16 => "u16",
        Type::SInt16 => "i16",
        Type::UInt32 => "u32",
        Type::SInt32 => "i32",
        Type::UInt64 => "u64",
        Type::SInt64 => "i64",
        Type::Real32 => "f32",
        Type::Real64 => "f64",
        _ => return None,
    })
}

fn width(number: &'static str) -> u32 {
    number[1..].parse().unwrap()
}

/// The description, as a sentence.
fn sentence(qualifiers: &Qualifiers) -> Vec<String> {
    let text = qualifiers.text("Description").unwrap_or("No description").trim();
    vec![if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }]
}

fn since(qualifiers: &Qualifiers) -> Option<String> {
    Some(match qualifiers.text("HvrSince")? {
        "9200" => "Since Windows Server 2012.".to_owned(),
        "9600" => "Since Windows Server 2012 R2.".to_owned(),
        "10240" => "Since Windows 10.".to_owned(),
        "10586" => "Since Windows 10, version 1511.".to_owned(),
        "14393" => "Since Windows Server 2016.".to_owned(),
        "17763" => "Since Windows Server 2019.".to_owned(),
        "20348" => "Since Windows Server 2022.".to_owned(),
        "26100" => "Since Windows Server 2025.".to_owned(),
        build => format!("Since build {build} of Windows."),
    })
}

fn deprecated(qualifiers: &Qualifiers) -> Option<String> {
    match qualifiers.find("Deprecated")? {
        Literal::Array(instead) => {
            let instead: Vec<_> = instead.iter().map(literal).collect();
            Some(format!("Deprecated: {}.", instead.join(", ")))
        }
        _ => None,
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::String(text) => text.clone(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Real(value) => value.to_string(),
        other => panic!("{other:?} has no place in a doc comment"),
    }
}
