//! CIM classes: properties, methods, parameters and qualifiers ([DSP0004] section 5), and a schema that knows which
//! class derives from which.
//!
//! [DSP0004]: https://www.dmtf.org/standards/cim

use std::{collections::BTreeMap, fmt, iter::successors};

/// A CIM intrinsic type ([DSP0004] section 5.2), or a reference.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Type {
    /// `boolean`
    Boolean,
    /// `uint8`
    UInt8,
    /// `sint8`
    SInt8,
    /// `uint16`
    UInt16,
    /// `sint16`
    SInt16,
    /// `uint32`
    UInt32,
    /// `sint32`
    SInt32,
    /// `uint64`
    UInt64,
    /// `sint64`
    SInt64,
    /// `real32`
    Real32,
    /// `real64`
    Real64,
    /// `char16`, one UCS-2 character
    Char16,
    /// `string`; an embedded instance, too, when the qualifier `EmbeddedInstance` names its class
    String,
    /// `datetime`, a point in time or an interval
    Datetime,
    /// `Class REF`, with the name of the class
    Reference(String),
}

impl Type {
    /// The intrinsic type of a keyword, in any case.
    #[must_use]
    pub fn from_keyword(keyword: &str) -> Option<Self> {
        Some(match &*keyword.to_ascii_lowercase() {
            "boolean" => Self::Boolean,
            "uint8" => Self::UInt8,
            "sint8" => Self::SInt8,
            "uint16" => Self::UInt16,
            "sint16" => Self::SInt16,
            "uint32" => Self::UInt32,
            "sint32" => Self::SInt32,
            "uint64" => Self::UInt64,
            "sint64" => Self::SInt64,
            "real32" => Self::Real32,
            "real64" => Self::Real64,
            "char16" => Self::Char16,
            "string" => Self::String,
            "datetime" => Self::Datetime,
            _ => return None,
        })
    }

    /// Whether it is one of the integers.
    #[must_use]
    pub const fn is_integer(&self) -> bool {
        matches!(
            self,
            Self::UInt8
                | Self::SInt8
                | Self::UInt16
                | Self::SInt16
                | Self::UInt32
                | Self::SInt32
                | Self::UInt64
                | Self::SInt64
        )
    }
}

/// The keyword of MOF.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::UInt8 => "uint8",
            Self::SInt8 => "sint8",
            Self::UInt16 => "uint16",
            Self::SInt16 => "sint16",
            Self::UInt32 => "uint32",
            Self::SInt32 => "sint32",
            Self::UInt64 => "uint64",
            Self::SInt64 => "sint64",
            Self::Real32 => "real32",
            Self::Real64 => "real64",
            Self::Char16 => "char16",
            Self::String => "string",
            Self::Datetime => "datetime",
            Self::Reference(class) => return write!(f, "{class} REF"),
        })
    }
}

/// The value of a qualifier or of a default, as MOF writes it; the type is known only from its place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// Any integer; wide enough for `sint64` and `uint64`
    Integer(i128),
    /// Any real number
    Real(f64),
    /// A string, its adjacent parts joined and its escapes resolved; a character as a string of one
    String(String),
    /// `{ ... }`
    Array(Vec<Self>),
}

/// Qualifiers of one element; names are compared without case, as [DSP0004] section 5.1.2 has it.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Qualifiers(BTreeMap<String, Literal>);

impl Qualifiers {
    /// The value of a qualifier.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Literal> {
        self.0.get(&name.to_ascii_lowercase())
    }

    /// The value of a boolean qualifier, if it is given.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.find(name)? {
            Literal::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a string qualifier, if it is given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.find(name)? {
            Literal::String(value) => Some(value),
            _ => None,
        }
    }

    /// Sets a qualifier and returns the value that it had.
    pub fn insert(&mut self, name: &str, value: Literal) -> Option<Literal> {
        self.0.insert(name.to_ascii_lowercase(), value)
    }

    /// All qualifiers, their names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Literal)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// What `Values` calls an integer, by way of `ValueMap`; without a `ValueMap` the integer is the index.
    ///
    /// An entry of `ValueMap` is one integer, a range `1..5`, `..5` or `5..`, or `..`, which takes what no other entry
    /// claims ([DSP0004] section 5.6.3).
    ///
    /// [DSP0004]: https://www.dmtf.org/standards/cim
    #[must_use]
    pub fn value_name(&self, value: i128) -> Option<&str> {
        let Literal::Array(names) = self.find("Values")? else { return None };
        let index = match self.find("ValueMap") {
            Some(Literal::Array(map)) => {
                let claims = |entry: &Literal| matches!(entry, Literal::String(entry) if claims(entry, value));
                let rest =
                    |entry: &Literal| matches!(entry, Literal::String(entry) if entry == "..");
                map.iter().position(claims).or_else(|| map.iter().position(rest))?
            }
            Some(_) => return None,
            None => usize::try_from(value).ok()?,
        };
        match names.get(index)? {
            Literal::String(name) => Some(name),
            _ => None,
        }
    }

    /// The class of the instance that a string carries, if the qualifier `EmbeddedInstance` names one.
    fn embedded_class(&self) -> Option<&str> {
        self.text("EmbeddedInstance")
    }

    /// Takes from `inherited` what is not set here and what passes on to a subclass.
    fn inherit(&mut self, inherited: &Self) {
        for (name, value) in &inherited.0 {
            if !RESTRICTED.contains(&name.as_str()) {
                self.0.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
}

/// The qualifiers that [DSP0004] section 5.6 declares with the flavour `Restricted`: they say something of the class
/// that bears them and nothing of its subclasses.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
const RESTRICTED: [&str; 5] = ["abstract", "deprecated", "experimental", "override", "version"];

/// Whether an entry of `ValueMap`, other than `..`, is or contains `value`.
fn claims(entry: &str, value: i128) -> bool {
    let Some((first, last)) = entry.split_once("..") else { return integer(entry) == Some(value) };
    let above = first.is_empty() || integer(first).is_some_and(|first| first <= value);
    let below = last.is_empty() || integer(last).is_some_and(|last| value <= last);
    above && below && entry != ".."
}

/// An integer as `ValueMap` writes it; the DMTF's own schema has `0x8000..` among decimal entries.
fn integer(text: &str) -> Option<i128> {
    match text.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A property of a class, its own or inherited.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Property {
    /// Its name, in the case of the MOF, which XML demands.
    pub name: String,
    /// The type of the value, or of each element of an array.
    pub ty: Type,
    /// Whether it is an array.
    pub array: bool,
    /// The default that the class gives.
    pub default: Option<Literal>,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl Property {
    /// Whether the property is part of the key.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.qualifiers.flag("Key") == Some(true)
    }

    /// The class of the instance that the string carries as CIM-XML, if the qualifier `EmbeddedInstance` names one.
    #[must_use]
    pub fn embedded_class(&self) -> Option<&str> {
        self.qualifiers.embedded_class()
    }
}

/// A parameter of a method.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, in the case of the MOF, which XML demands.
    pub name: String,
    /// The type of the value, or of each element of an array.
    pub ty: Type,
    /// Whether it is an array.
    pub array: bool,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl Parameter {
    /// Whether the caller passes it; true unless the qualifier `In` says no.
    #[must_use]
    pub fn is_in(&self) -> bool {
        self.qualifiers.flag("In") != Some(false)
    }

    /// Whether the method returns it.
    #[must_use]
    pub fn is_out(&self) -> bool {
        self.qualifiers.flag("Out") == Some(true)
    }

    /// Whether it must not be NULL.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.qualifiers.flag("Required") == Some(true)
    }

    /// The class of the instance that the string carries as CIM-XML, if the qualifier `EmbeddedInstance` names one.
    #[must_use]
    pub fn embedded_class(&self) -> Option<&str> {
        self.qualifiers.embedded_class()
    }
}

/// A method of a class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Method {
    /// Its name, in the case of the MOF, which XML demands.
    pub name: String,
    /// The type of the return value.
    pub returns: Type,
    /// The parameters, in the order of the MOF, which is the order on the wire.
    pub parameters: Vec<Parameter>,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl Method {
    fn inherit(&mut self, inherited: &Self) {
        self.qualifiers.inherit(&inherited.qualifiers);
        for parameter in &mut self.parameters {
            let of_same_name =
                |candidate: &&Parameter| candidate.name.eq_ignore_ascii_case(&parameter.name);
            if let Some(inherited) = inherited.parameters.iter().find(of_same_name) {
                parameter.qualifiers.inherit(&inherited.qualifiers);
            }
        }
    }
}

/// A class as it is declared: without what it inherits, which [`Schema`] adds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The name of the class that it derives from.
    pub superclass: Option<String>,
    /// Its own properties, references included.
    pub properties: Vec<Property>,
    /// Its own methods.
    pub methods: Vec<Method>,
    /// Its qualifiers.
    pub qualifiers: Qualifiers,
}

impl Class {
    fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.name.eq_ignore_ascii_case(name))
    }
}

/// Classes by name, with inheritance; names are compared without case.
///
/// A property or method replaces the inherited one of the same name, which the qualifier `Override` announces. It
/// then has the qualifiers of the inherited one too, but for those that it sets itself and those that
/// [DSP0004] section 5.6 restricts to the class that bears them, such as `Deprecated`. So an overridden key stays a key.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// By name in lower case. Every superclass is there, no class is its own ancestor, and what overrides has inherited.
    classes: BTreeMap<String, Class>,
}

/// Why classes do not make a schema; the fault is in the MOF.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// Two classes have the same name.
    #[error("class {class} is declared twice")]
    DuplicateClass {
        /// The name of the second.
        class: String,
    },
    /// A superclass is not among the classes.
    #[error("class {class} derives from {superclass}, which is not declared")]
    MissingSuperclass {
        /// The class that derives.
        class: String,
        /// The class that is missing.
        superclass: String,
    },
    /// A class is its own ancestor.
    #[error("class {class} derives from itself")]
    Cycle {
        /// One of the classes in the cycle, or below it.
        class: String,
    },
}

impl Schema {
    /// Makes a schema of classes in any order.
    ///
    /// # Errors
    ///
    /// Two classes of one name, a superclass that is missing, and a class that derives from itself.
    pub fn from_classes(classes: Vec<Class>) -> Result<Self, SchemaError> {
        let mut declared = Self::default();
        for class in classes {
            if let Some(first) = declared.classes.insert(class.name.to_ascii_lowercase(), class) {
                return Err(SchemaError::DuplicateClass { class: first.name });
            }
        }
        for class in declared.classes() {
            declared.check_ancestry(class)?;
        }
        let complete = |(name, class): (&String, &Class)| (name.clone(), declared.complete(class));
        Ok(Self { classes: declared.classes.iter().map(complete).collect() })
    }

    /// The class of this name, with its own properties and methods alone.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Class> {
        self.classes.get(&name.to_ascii_lowercase())
    }

    /// All classes, in the order of their names.
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.values()
    }

    /// The class, its superclass, and so on to the root; nothing for an unknown class.
    pub fn ancestors(&self, class: &str) -> impl Iterator<Item = &Class> {
        successors(self.find(class), |class| self.superclass(class))
    }

    /// Whether `class` is `ancestor` or derives from it; false when either is unknown.
    #[must_use]
    pub fn is_a(&self, class: &str, ancestor: &str) -> bool {
        self.ancestors(class).any(|class| class.name.eq_ignore_ascii_case(ancestor))
    }

    /// The class and all that derive from it, in the order of their names; nothing for an unknown class.
    pub fn subclasses(&self, class: &str) -> impl Iterator<Item = &Class> {
        self.classes().filter(move |candidate| self.is_a(&candidate.name, class))
    }

    /// The properties of a class, those of the root first; an override stands in the place of what it overrides.
    #[must_use]
    pub fn properties(&self, class: &str) -> Vec<&Property> {
        let lineage: Vec<_> = self.ancestors(class).collect();
        let mut properties: Vec<&Property> = Vec::new();
        for property in lineage.iter().rev().flat_map(|class| &class.properties) {
            match properties
                .iter_mut()
                .find(|inherited| inherited.name.eq_ignore_ascii_case(&property.name))
            {
                Some(inherited) => *inherited = property,
                None => properties.push(property),
            }
        }
        properties
    }

    /// A property of a class, its own or inherited.
    #[must_use]
    pub fn find_property(&self, class: &str, property: &str) -> Option<&Property> {
        self.ancestors(class).find_map(|class| class.property(property))
    }

    /// The names of the key properties in alphabetical order, in which hosts write selectors.
    #[must_use]
    pub fn keys(&self, class: &str) -> Vec<&str> {
        let keys = self.properties(class).into_iter().filter(|property| property.is_key());
        let mut names: Vec<_> = keys.map(|key| key.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// A method of a class, its own or inherited.
    #[must_use]
    pub fn find_method(&self, class: &str, method: &str) -> Option<&Method> {
        self.ancestors(class).find_map(|class| class.method(method))
    }

    /// Whether a class, or one that it derives from, is an association.
    #[must_use]
    pub fn is_association(&self, class: &str) -> bool {
        self.ancestors(class).any(|class| class.qualifiers.flag("Association") == Some(true))
    }

    fn superclass(&self, class: &Class) -> Option<&Class> {
        self.find(class.superclass.as_deref()?)
    }

    fn check_ancestry(&self, class: &Class) -> Result<(), SchemaError> {
        // A walk to the root that takes more steps than there are classes goes in a circle.
        for ancestor in self.ancestors(&class.name).take(self.classes.len()) {
            match &ancestor.superclass {
                None => return Ok(()),
                Some(superclass) if self.find(superclass).is_none() => {
                    let (class, superclass) = (ancestor.name.clone(), superclass.clone());
                    return Err(SchemaError::MissingSuperclass { class, superclass });
                }
                Some(_) => {}
            }
        }
        Err(SchemaError::Cycle { class: class.name.clone() })
    }

    /// The class with what its own properties and methods inherit from those that they override.
    fn complete(&self, declared: &Class) -> Class {
        let mut class = declared.clone();
        for ancestor in self.ancestors(&declared.name).skip(1) {
            for property in &mut class.properties {
                if let Some(inherited) = ancestor.property(&property.name) {
                    property.qualifiers.inherit(&inherited.qualifiers);
                    property.default =
                        property.default.take().or_else(|| inherited.default.clone());
                }
            }
            for method in &mut class.methods {
                if let Some(inherited) = ancestor.method(&method.name) {
                    method.inherit(inherited);
                }
            }
        }
        class
    }
}
