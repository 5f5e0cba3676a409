//! The parameters of methods and their XML form ([DSP0230] section 9).
//!
//! [DSP0230]: https://www.dmtf.org/standards/wsman

use std::sync::Arc;

use super::{
    COMMON, Error, Value,
    class::{Method, Schema, Type},
    instance::{is_member, members},
};
use crate::{
    wsman::ResourceUri,
    xml::{Element, XSI},
};

const RETURN_VALUE: &str = "ReturnValue";

/// What a method returned.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Output {
    /// `ReturnValue`. A method that fails returns a number here, too: it is no fault.
    pub return_value: u32,
    /// The out parameters that the host sent.
    pub parameters: Vec<(String, Value)>,
    /// The out parameters whose values could not be read, and why. The method has run: an invalid value costs itself
    /// alone.
    pub invalid: Vec<Error>,
}

impl Output {
    /// The value of an out parameter; nothing when the host left it out.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Value> {
        self.parameters
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Reads the element `<method>_OUTPUT`. The method has run: an out parameter that the schema does not know is no
    /// reason to lose the others, and is read without a type; nor is one that is [`invalid`](Self::invalid).
    ///
    /// # Errors
    /// When there is no return value, or it is invalid.
    pub fn decode(output: &Element, method: &Method) -> Result<Self, Error> {
        let decode = |name: &str, elements: &[&Element]| {
            let out = method.parameters.iter().find(|p| p.is_out() && p.name == name);
            let (ty, array) = match out {
                Some(parameter) => (Some(&parameter.ty), parameter.array),
                None if name == RETURN_VALUE => match elements {
                    [_] => (Some(&method.returns), false),
                    _ => return Err(Error::Missing(format!("single {RETURN_VALUE}"))),
                },
                None => (None, false),
            };
            decode_member(name, elements, ty, array)
        };
        Self::read(output, None, decode)
    }

    /// Reads the element `<method>_OUTPUT` of a method that no schema has, all values without a type.
    ///
    /// A method may return any intrinsic type ([DSP0004]). The return value of one that returns nothing, or NULL,
    /// is 0. A negative `sint32`, as an HRESULT may be, becomes the `uint32` of the same bits. What is no such number is
    /// among the [`parameters`](Self::parameters), as `ReturnValue`, and the return value is 0.
    ///
    /// [DSP0004]: https://www.dmtf.org/standards/cim
    ///
    /// # Errors
    /// When the return value is invalid, whatever its type.
    pub fn decode_untyped(output: &Element) -> Result<Self, Error> {
        Self::read(output, Some(0), |name, elements| decode_member(name, elements, None, false))
    }

    /// `absent` is the return value of an output that has none.
    fn read(
        output: &Element,
        absent: Option<u32>,
        decode: impl Fn(&str, &[&Element]) -> Result<(String, Value), Error>,
    ) -> Result<Self, Error> {
        let mut read = Self::default();
        let mut return_value = absent;
        for (name, elements) in members(output, output.name.namespace()) {
            match decode(name, &elements) {
                Ok((_, Value::Null)) if name == RETURN_VALUE => {}
                Ok((_, value)) if name == RETURN_VALUE => {
                    let number = number(&value);
                    return_value = Some(number.unwrap_or_default());
                    if number.is_none() {
                        read.parameters.push((name.to_owned(), value));
                    }
                }
                Ok(parameter) => read.parameters.push(parameter),
                Err(error) if name == RETURN_VALUE => return Err(error),
                Err(error) => read.invalid.push(error),
            }
        }
        read.return_value = return_value.ok_or_else(|| Error::Missing(RETURN_VALUE.to_owned()))?;
        Ok(read)
    }
}

/// Writes the element `<method>_INPUT`: all in parameters in the order of the MOF, those not given as NULL.
///
/// # Errors
/// When a parameter is not one of the method, has another type, or is required, but NULL or an empty array.
pub fn encode_input(
    uri: &ResourceUri,
    method: &Method,
    arguments: &[(&str, Value)],
) -> Result<Element, Error> {
    let inputs = || method.parameters.iter().filter(|parameter| parameter.is_in());
    if let Some((name, _)) =
        arguments.iter().find(|(name, _)| !inputs().any(|parameter| parameter.name == *name))
    {
        return Err(Error::NoSuchParameter {
            method: method.name.clone(),
            name: (*name).to_owned(),
        });
    }
    let namespace: Arc<str> = Arc::from(uri.as_str());
    let mut input = wrapper(&namespace, &method.name, "INPUT");
    for parameter in inputs() {
        let given = arguments.iter().find(|(name, _)| parameter.name == *name);
        let value = given.map_or(&Value::Null, |(_, value)| value);
        // An empty array is nothing on the wire, as is NULL.
        if value.as_slice().is_empty() && parameter.is_required() {
            return Err(Error::Required {
                method: method.name.clone(),
                name: parameter.name.clone(),
            });
        }
        if !value.is_of(&parameter.ty, parameter.array) {
            return Err(Error::WrongType {
                name: parameter.name.clone(),
                expected: format!("{}{}", parameter.ty, if parameter.array { "[]" } else { "" }),
                given: format!("{value:?}"),
            });
        }
        input = input.children(value.encode(&namespace, &parameter.name));
    }
    Ok(input)
}

/// Writes the element `<method>_INPUT` of a method that no schema has: the arguments as they are, in their order.
#[must_use]
pub fn encode_untyped_input(
    uri: &ResourceUri,
    method: &str,
    arguments: &[(&str, Value)],
) -> Element {
    let namespace: Arc<str> = Arc::from(uri.as_str());
    wrapper(&namespace, method, "INPUT")
        .children(arguments.iter().flat_map(|(name, value)| value.encode(&namespace, name)))
}

/// Reads the element `<method>_INPUT`, as a host does.
///
/// # Errors
/// When a parameter is not one of the method, or its value is invalid.
pub fn decode_input(input: &Element, method: &Method) -> Result<Vec<(String, Value)>, Error> {
    let unknown = |name| Error::NoSuchParameter { method: method.name.clone(), name };
    if let Some(foreign) =
        input.children.iter().find(|child| !is_member(child, input.name.namespace()))
    {
        return Err(unknown(foreign.name.to_string()));
    }
    members(input, input.name.namespace())
        .into_iter()
        .map(|(name, elements)| {
            let parameter = method.parameters.iter().find(|p| p.is_in() && p.name == name);
            let parameter = parameter.ok_or_else(|| unknown(name.to_owned()))?;
            decode_member(name, &elements, Some(&parameter.ty), parameter.array)
        })
        .collect()
}

/// Writes the element `<method>_OUTPUT`, as a host does: the out parameters, then the return value.
#[must_use]
pub fn encode_output(uri: &ResourceUri, method: &Method, output: &Output) -> Element {
    let namespace: Arc<str> = Arc::from(uri.as_str());
    let outputs =
        method.parameters.iter().filter(|parameter| parameter.is_out()).flat_map(|parameter| {
            output.find(&parameter.name).unwrap_or(&Value::Null).encode(&namespace, &parameter.name)
        });
    wrapper(&namespace, &method.name, "OUTPUT")
        .children(outputs)
        .children(Value::UInt32(output.return_value).encode(&namespace, RETURN_VALUE))
}

/// A return value as a number, if it is one of 32 bits.
fn number(value: &Value) -> Option<u32> {
    let signed = || match value {
        Value::SInt32(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match value.as_u64() {
        Some(number) => number.try_into().ok(),
        None => signed().map(i32::cast_unsigned),
    }
}

fn decode_member(
    name: &str,
    elements: &[&Element],
    ty: Option<&Type>,
    array: bool,
) -> Result<(String, Value), Error> {
    Value::decode(elements, ty, array, &Schema::default())
        .map(|value| (name.to_owned(), value))
        .map_err(|source| Error::Member { name: name.to_owned(), source: Box::new(source) })
}

fn wrapper(namespace: &Arc<str>, method: &str, direction: &str) -> Element {
    Element::new(Arc::clone(namespace), format!("{method}_{direction}"))
        .declare("xsi", XSI)
        .declare("p", Arc::clone(namespace))
        .declare("cim", COMMON)
}
