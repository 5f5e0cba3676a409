//! Object paths, in which WMI writes the names of instances as text ([Describing an instance object path]).
//!
//! [Describing an instance object path]: https://learn.microsoft.com/windows/win32/wmisdk/describing-an-instance-object-path

use std::{fmt, str::FromStr};

use super::{
    Error, Reference, ResourceUri, Selector,
    class::{Schema, Type},
    identifier,
};

/// The name of an instance, or of a class, as WMI writes it: `\\HOST\root\virtualization\v2:Class.Key="value",Other=5`.
///
/// Its class and keys are the instance name of [DSP0004] section 8.2; host and namespace may be absent. Unlike a
/// [`Reference`], which has nothing but text, it tells numbers and booleans from strings.
///
/// ```
/// use hyperv_replica::{cim::{ObjectPath, Reference}, mof};
///
/// let path: ObjectPath = r#"root/virtualization/v2:Msvm_Memory.DeviceID="Microsoft:A\\B""#.parse()?;
/// let reference: Reference = path.to_reference("root/cimv2", mof::schema())?;
/// assert_eq!(reference.selectors.find("DeviceID"), Some(r"Microsoft:A\B"));
/// assert_eq!(ObjectPath::of(&reference, mof::schema())?, path);
/// # Ok::<(), hyperv_replica::cim::Error>(())
/// ```
///
/// Compared as references are: without case, and in any order of the keys.
///
/// [DSP0004]: https://www.dmtf.org/standards/cim
#[derive(Clone, Debug, Eq)]
pub struct ObjectPath {
    host: Option<String>,
    /// With forward slashes.
    namespace: Option<String>,
    class: String,
    keys: Vec<(String, KeyValue)>,
    singleton: bool,
}

/// The value of a key in an object path.
///
/// A key that refers to another instance is the text of its path: WMI makes no difference.
#[derive(Clone, Debug, Eq)]
#[non_exhaustive]
pub enum KeyValue {
    /// A string, datetime or reference; not escaped.
    Text(String),
    /// An integer of any width.
    Integer(i128),
    /// `TRUE` or `FALSE`.
    Boolean(bool),
}

/// References inside references; each level doubles the backslashes of the one below it.
const DEPTH: usize = 4;
/// The most keys of one path.
const KEYS: usize = 256;

impl ObjectPath {
    /// A class, without host and namespace.
    ///
    /// # Errors
    /// When it is no name of a class.
    pub fn new(class: &str) -> Result<Self, Error> {
        Ok(Self {
            host: None,
            namespace: None,
            class: identifier(class)?.to_owned(),
            keys: Vec::new(),
            singleton: false,
        })
    }

    /// Puts it into a namespace such as `root/virtualization/v2`, with either slash.
    ///
    /// # Errors
    /// When it is no namespace.
    pub fn in_namespace(mut self, namespace: &str) -> Result<Self, Error> {
        let namespace = namespace.replace('\\', "/");
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        };
        if !namespace.split('/').all(is_name) {
            return Err(problem(&namespace, "the namespace is not one"));
        }
        self.namespace = Some(namespace);
        Ok(self)
    }

    /// Adds a key, or replaces it.
    ///
    /// # Errors
    /// When it is no name of a key, or there are 256 already.
    pub fn key(mut self, name: &str, value: impl Into<KeyValue>) -> Result<Self, Error> {
        identifier(name)?;
        self.keys.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if self.keys.len() >= KEYS {
            return Err(problem(&self.class, "there are too many keys"));
        }
        self.keys.push((name.to_owned(), value.into()));
        self.singleton = false;
        Ok(self)
    }

    /// Makes it the only instance of a class that has no keys: `Class=@`.
    #[must_use]
    pub fn singleton(mut self) -> Self {
        self.keys.clear();
        self.singleton = true;
        self
    }

    /// The host; it is only there together with a namespace.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The namespace, with forward slashes.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name of the class.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The keys, in order; none for a class and for a singleton.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&str, &KeyValue)> {
        self.keys.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether it names the only instance of a class that has no keys.
    #[must_use]
    pub const fn is_singleton(&self) -> bool {
        self.singleton
    }

    /// The path of what a reference refers to. Numbers and booleans are told from strings where the schema knows the
    /// class, and so is a singleton from a class; every other value is a string.
    ///
    /// # Errors
    /// When a name in it is none that WMI allows, a value is not of the type of its key, or there are more than 256 keys
    /// or more than four references inside each other.
    pub fn of(reference: &Reference, schema: &Schema) -> Result<Self, Error> {
        Self::at_depth(&reference.normalized(), schema, 0)
    }

    fn at_depth(reference: &Reference, schema: &Schema, depth: usize) -> Result<Self, Error> {
        if depth > DEPTH {
            return Err(problem(reference.class(), "there are too many references in each other"));
        }
        let mut path = Self::new(reference.class())?;
        if let Some(namespace) = reference.namespace() {
            path = path.in_namespace(namespace)?;
        }
        for (name, value) in reference.selectors.iter() {
            let value = match value {
                Selector::Reference(inner) => Self::at_depth(inner, schema, depth + 1)?.into(),
                Selector::Text(text) => {
                    let key = schema.find_property(&path.class, name);
                    KeyValue::typed(text, key.map(|key| &key.ty))?
                }
            };
            path = path.key(name, value)?;
        }
        path.singleton = path.keys.is_empty()
            && schema.find(&path.class).is_some()
            && schema.keys(&path.class).is_empty();
        Ok(path)
    }

    /// The reference to what the path names, on the host that is asked: the host in the path is dropped, and a
    /// namespace that it does not have is `namespace`.
    ///
    /// A key is a reference where the schema says so. Where it does not know the key, a string is one that is a path
    /// with a namespace and keys.
    ///
    /// # Errors
    /// When a key is a reference by the schema, but its text is no path.
    pub fn to_reference(&self, namespace: &str, schema: &Schema) -> Result<Reference, Error> {
        let namespace = self.namespace.as_deref().unwrap_or(namespace);
        let mut reference = Reference::new(ResourceUri::wmi(namespace, &self.class));
        for (name, value) in &self.keys {
            let inner = match (value, schema.find_property(&self.class, name).map(|key| &key.ty)) {
                (KeyValue::Text(text), Some(Type::Reference(_))) => Some(text.parse::<Self>()?),
                (KeyValue::Text(text), None) => text
                    .parse()
                    .ok()
                    .filter(|path: &Self| path.namespace.is_some() && !path.keys.is_empty()),
                _ => None,
            };
            let value = match inner {
                Some(path) => Selector::Reference(path.to_reference(namespace, schema)?),
                None => Selector::Text(value.to_text()),
            };
            reference.selectors.insert(name, value);
        }
        Ok(reference)
    }
}

impl KeyValue {
    /// Text as the value of a key of a type.
    fn typed(text: &str, ty: Option<&Type>) -> Result<Self, Error> {
        let invalid = |ty: &Type| Error::Text { text: text.to_owned(), ty: ty.clone() };
        match ty {
            Some(Type::Boolean) if text.eq_ignore_ascii_case("true") => Ok(Self::Boolean(true)),
            Some(Type::Boolean) if text.eq_ignore_ascii_case("false") => Ok(Self::Boolean(false)),
            Some(ty @ Type::Boolean) => Err(invalid(ty)),
            Some(ty) if ty.is_integer() => {
                text.trim().parse().map(Self::Integer).map_err(|_| invalid(ty))
            }
            _ => Ok(Self::Text(text.to_owned())),
        }
    }

    /// The text of a selector.
    fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
        }
    }
}

impl From<bool> for KeyValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<&str> for KeyValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<ObjectPath> for KeyValue {
    fn from(path: ObjectPath) -> Self {
        Self::Text(path.to_string())
    }
}

impl PartialEq for KeyValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => own.eq_ignore_ascii_case(other),
            (Self::Integer(own), Self::Integer(other)) => own == other,
            (Self::Boolean(own), Self::Boolean(other)) => own == other,
            _ => false,
        }
    }
}

impl PartialEq for ObjectPath {
    fn eq(&self, other: &Self) -> bool {
        let same = |own: Option<&str>, other: Option<&str>| match (own, other) {
            (Some(own), Some(other)) => own.eq_ignore_ascii_case(other),
            (own, other) => own == other,
        };
        let has = |(name, value): &(String, KeyValue)| {
            other.keys.iter().any(|(known, is)| known.eq_ignore_ascii_case(name) && is == value)
        };
        same(self.host(), other.host())
            && same(self.namespace(), other.namespace())
            && self.class.eq_ignore_ascii_case(&other.class)
            && self.singleton == other.singleton
            && self.keys.len() == other.keys.len()
            && self.keys.iter().all(has)
    }
}

/// As WMI writes it: backslashes alone with a host, forward slashes without one.
impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, &self.namespace) {
            (Some(host), Some(namespace)) => {
                write!(f, r"\\{host}\{}:", namespace.replace('/', r"\"))?;
            }
            (_, Some(namespace)) => write!(f, "{namespace}:")?,
            (_, None) => {}
        }
        f.write_str(&self.class)?;
        if self.singleton {
            return f.write_str("=@");
        }
        for (index, (name, value)) in self.keys.iter().enumerate() {
            let separator = if index == 0 { '.' } else { ',' };
            write!(f, "{separator}{name}=")?;
            match value {
                KeyValue::Text(text) => {
                    write!(f, "\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))?;
                }
                KeyValue::Integer(number) => number.fmt(f)?,
                KeyValue::Boolean(true) => f.write_str("TRUE")?,
                KeyValue::Boolean(false) => f.write_str("FALSE")?,
            }
        }
        Ok(())
    }
}

/// Reads a path, with either slash and either quote. A backslash before another character than a backslash or a quote
/// stands for itself.
impl FromStr for ObjectPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = |what| problem(text, what);
        // A value may hold a colon, but no name before the first value does.
        let before_values = text.find(['"', '\'']).unwrap_or(text.len());
        let colon = text.get(..before_values).and_then(|head| head.rfind(':'));
        let (place, name) = match colon.and_then(|at| text.split_at_checked(at)) {
            Some((place, name)) => {
                (Some(place.replace('\\', "/")), name.strip_prefix(':').unwrap_or(name))
            }
            None => (None, text),
        };
        let end = name.find(['.', '=']).unwrap_or(name.len());
        let (class, mut rest) = name.split_at_checked(end).unwrap_or((name, ""));
        let mut path =
            Self::new(class).map_err(|_| fail("the class has no name that WMI allows"))?;
        if let Some(place) = place {
            let (host, namespace) = match place.strip_prefix("//") {
                Some(place) => {
                    let (host, namespace) = place
                        .split_once('/')
                        .ok_or_else(|| fail("there is a host, but no namespace"))?;
                    (Some(host), namespace)
                }
                None => (None, place.strip_prefix('/').unwrap_or(&place)),
            };
            if host.is_some_and(str::is_empty) {
                return Err(fail("the host has no name"));
            }
            path = path.in_namespace(namespace).map_err(|_| fail("the namespace is not one"))?;
            path.host = host.map(str::to_owned);
        }
        match rest {
            "" => return Ok(path),
            "=@" => return Ok(path.singleton()),
            _ => {}
        }
        for separator in std::iter::once('.').chain(std::iter::repeat(',')) {
            let key = rest.strip_prefix(separator).and_then(|key| key.split_once('='));
            let (name, tail) =
                key.ok_or_else(|| fail("there is a key without a name or a value"))?;
            let name = identifier(name).map_err(|_| fail("a key has no name that WMI allows"))?;
            if path.keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                return Err(fail("a key is there twice"));
            }
            let (value, tail) = value(tail).ok_or_else(|| fail("the value of a key is not one"))?;
            path = path.key(name, value)?;
            if tail.is_empty() {
                break;
            }
            rest = tail;
        }
        Ok(path)
    }
}

/// Takes the value of a key from the begin of text.
fn value(text: &str) -> Option<(KeyValue, &str)> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let (bare, tail) = text.split_at_checked(text.find(',').unwrap_or(text.len()))?;
        let value = match bare {
            _ if bare.eq_ignore_ascii_case("true") => KeyValue::Boolean(true),
            _ if bare.eq_ignore_ascii_case("false") => KeyValue::Boolean(false),
            _ => KeyValue::Integer(bare.parse().ok()?),
        };
        return Some((value, tail));
    };
    let mut value = String::new();
    let mut characters = text.chars();
    characters.next();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.clone().next() {
                Some(escaped @ ('\\' | '"' | '\'')) => {
                    characters.next();
                    value.push(escaped);
                }
                _ => value.push('\\'),
            },
            _ if c == quote => return Some((KeyValue::Text(value), characters.as_str())),
            _ => value.push(c),
        }
    }
    None
}

fn problem(path: &str, problem: &'static str) -> Error {
    Error::Path { path: path.to_owned(), problem }
}
