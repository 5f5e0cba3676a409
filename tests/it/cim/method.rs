//! The parameters of methods.

use hyperv_replica::{
    cim::{
        COMMON, Error, Output, Value, class::Method, decode_input, encode_input, encode_output,
        encode_untyped_input,
    },
    xml::{Element, Limits, XSI},
};

use crate::wire::V2;

use super::{element, reference, schema, text, thing, uri};

fn method() -> Method {
    schema().find_method("Test_Thing", "Do").unwrap().clone()
}

#[test]
fn inputs_are_in_the_order_of_the_mof_with_null_for_what_is_not_given() {
    let second = Value::Array(vec![Value::UInt16(1), Value::UInt16(2)]);
    let arguments = [("Third", Value::Reference(thing("x"))), ("Second", second.clone())];
    let input = encode_input(&uri(), &method(), &arguments).unwrap();
    let written = input.to_xml().unwrap();
    let begin = format!(
        "<p:Do_INPUT xmlns:xsi=\"{XSI}\" xmlns:p=\"{V2}Test_Thing\" xmlns:cim=\"{COMMON}\"><p:First xsi:nil=\"true\"/>\
         <p:Second>1</p:Second><p:Second>2</p:Second><p:Third><"
    );
    assert!(written.starts_with(&begin), "{written}");
    assert!(
        written.ends_with(
            "</p:Third><p:Fourth xsi:nil=\"true\"/><p:Sixth xsi:nil=\"true\"/></p:Do_INPUT>"
        ),
        "{written}"
    );
    assert!(!written.contains("EndpointReference") && !written.contains("Fifth"));
    let read = Element::parse(written.as_bytes(), Limits::default()).unwrap();
    let expected = [
        ("First", Value::Null),
        ("Second", second),
        ("Third", Value::Reference(thing("x"))),
        ("Fourth", Value::Null),
        ("Sixth", Value::Null),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
    assert_eq!(decode_input(&read, &method()), Ok(expected));
    let none = encode_input(&uri(), schema().find_method("Test_Thing", "Other").unwrap(), &[]);
    assert!(none.unwrap().children.is_empty());
}

#[test]
fn inputs_that_the_method_does_not_take_are_refused() {
    let second = || ("Second", Value::Array(vec![Value::UInt16(1)]));
    let encode =
        |arguments: &[(&str, Value)]| encode_input(&uri(), &method(), arguments).unwrap_err();
    for name in ["Seventh", "Fifth", "first", "ReturnValue"] {
        let unknown = Error::NoSuchParameter { method: "Do".into(), name: name.into() };
        assert_eq!(encode(&[second(), (name, Value::Null)]), unknown);
    }
    let required = Error::Required { method: "Do".into(), name: "Second".into() };
    assert_eq!(encode(&[]), required);
    assert_eq!(encode(&[("Second", Value::Null)]), required);
    // Nothing stands on the wire for an empty array, and a host takes that for NULL.
    assert_eq!(encode(&[("Second", Value::Array(vec![]))]), required);
    for (name, value, expected) in [
        ("First", Value::UInt16(1), "string"),
        ("First", Value::Array(vec![text("x")]), "string"),
        ("Second", Value::UInt16(1), "uint16[]"),
        ("Second", Value::Array(vec![Value::UInt32(1)]), "uint16[]"),
        ("Third", text("path"), "Test_Thing REF"),
        ("Fourth", text("2026-11-23T09:00:00Z"), "datetime"),
        ("Sixth", text("true"), "boolean"),
    ] {
        let mut arguments = vec![(name, value)];
        if name != "Second" {
            arguments.push(second());
        }
        let error = encode(&arguments);
        assert!(
            matches!(&error, Error::WrongType { expected: is, .. } if is == expected),
            "{error}"
        );
    }
}

#[test]
fn a_host_refuses_inputs_that_are_not_those_of_the_method() {
    let decode =
        |children: &str| decode_input(&element("Do_INPUT", children), &method()).unwrap_err();
    for (children, name) in [
        ("<p:Seventh/>", "Seventh"),
        ("<p:first/>", "first"),
        ("<p:Fifth/>", "Fifth"),
        ("<p:ReturnValue>0</p:ReturnValue>", "ReturnValue"),
        ("<o:First>x</o:First>", "{urn:other}First"),
    ] {
        let unknown = Error::NoSuchParameter { method: "Do".into(), name: name.into() };
        assert_eq!(decode(children), unknown, "{children}");
    }
    for children in [
        format!("<p:Third><a:EndpointReference>{}</a:EndpointReference></p:Third>", reference("x")),
        "<p:Third>path</p:Third>".into(),
        "<p:Second>-1</p:Second>".into(),
        "<p:Fourth></p:Fourth>".into(),
        "<p:Sixth>maybe</p:Sixth>".into(),
    ] {
        assert!(matches!(decode(&children), Error::Member { .. }), "{children}");
    }
}

#[test]
fn outputs_are_written_in_order_and_read_back() {
    let decode = |children: &str| Output::decode(&element("Do_OUTPUT", children), &method());
    let children =
        format!("<p:Fifth>{}</p:Fifth><p:ReturnValue>4096</p:ReturnValue>", reference("x"));
    let output = decode(&children).unwrap();
    assert_eq!(output.return_value, 4096);
    assert_eq!(output.find("fifth"), Some(&Value::Reference(thing("x"))));
    assert_eq!((output.find("Fourth"), output.find("ReturnValue")), (None, None));

    let written = encode_output(&uri(), &method(), &output).to_xml().unwrap();
    let (fourth, fifth, returned) = (
        written.find("<p:Fourth xsi:nil=\"true\"/><p:Fifth>").unwrap(),
        written.find("<p:Fifth>").unwrap(),
        written.find("<p:ReturnValue>4096</p:ReturnValue></p:Do_OUTPUT>").unwrap(),
    );
    assert!(fourth < fifth && fifth < returned);
    let read = Element::parse(written.as_bytes(), Limits::default()).unwrap();
    let read = Output::decode(&read, &method()).unwrap();
    assert_eq!((read.return_value, read.find("Fourth")), (4096, Some(&Value::Null)));
    assert_eq!(read.find("Fifth"), output.find("Fifth"));

    let nil = decode("<p:Fifth xsi:nil='true'/><p:ReturnValue>32775</p:ReturnValue>").unwrap();
    assert_eq!((nil.return_value, nil.find("Fifth")), (32_775, Some(&Value::Null)));
}

#[test]
fn an_output_is_not_lost_for_a_parameter_that_the_schema_does_not_know() {
    let children =
        "<p:News>1</p:News><p:First>x</p:First><p:ReturnValue>0</p:ReturnValue><o:Foreign/>";
    let output = Output::decode(&element("Do_OUTPUT", children), &method()).unwrap();
    assert_eq!(output.return_value, 0);
    assert_eq!(
        output.parameters,
        [("News".to_owned(), text("1")), ("First".to_owned(), text("x"))]
    );
}

#[test]
fn outputs_without_a_usable_return_value_are_refused() {
    let decode =
        |children: &str| Output::decode(&element("Do_OUTPUT", children), &method()).unwrap_err();
    assert_eq!(decode(""), Error::Missing("ReturnValue".into()));
    assert_eq!(decode("<o:ReturnValue>0</o:ReturnValue>"), Error::Missing("ReturnValue".into()));
    for children in [
        "<p:ReturnValue/>",
        "<p:ReturnValue>-1</p:ReturnValue>",
        "<p:ReturnValue>4294967296</p:ReturnValue>",
        "<p:Fourth>x</p:Fourth><p:ReturnValue>x</p:ReturnValue>",
    ] {
        assert!(matches!(decode(children), Error::Member { .. }), "{children}");
    }
    for children in [
        "<p:ReturnValue xsi:nil='true'/>",
        "<p:ReturnValue>0</p:ReturnValue><p:ReturnValue>1</p:ReturnValue>",
    ] {
        assert!(matches!(decode(children), Error::Missing(_)), "{children}");
    }
}

#[test]
fn an_invalid_out_parameter_costs_itself_alone() {
    let job = format!("<p:Fifth>{}</p:Fifth><p:ReturnValue>4096</p:ReturnValue>", reference("x"));
    let children = format!("<p:Fourth>yesterday</p:Fourth>{job}");
    let untyped = format!("<p:Fourth><cim:Datetime>yesterday</cim:Datetime></p:Fourth>{job}");
    for output in [
        Output::decode(&element("Do_OUTPUT", &children), &method()).unwrap(),
        Output::decode_untyped(&element("Do_OUTPUT", &untyped)).unwrap(),
    ] {
        assert_eq!(output.return_value, 4096);
        assert_eq!(output.parameters, [("Fifth".to_owned(), Value::Reference(thing("x")))]);
        let [Error::Member { name, .. }] = &*output.invalid else { panic!("{output:?}") };
        assert_eq!(name, "Fourth");
    }
}

#[test]
fn a_return_value_of_a_signed_type_is_the_number_of_the_same_bits() {
    let other = schema().find_method("Test_Thing", "Other").unwrap().clone();
    let children = "<p:ReturnValue>-2147024891</p:ReturnValue>";
    let output = Output::decode(&element("Other_OUTPUT", children), &other).unwrap();
    assert_eq!((output.return_value, output.parameters), (0x8007_0005, vec![]));
}

#[test]
fn a_method_that_no_schema_has_gets_what_it_is_given_in_the_order_given() {
    let arguments = [
        ("Second", Value::Array(vec![Value::UInt16(1), Value::UInt16(2)])),
        ("First", Value::Null),
        ("Third", Value::Reference(thing("x"))),
    ];
    let written = encode_untyped_input(&uri(), "Any", &arguments).to_xml().unwrap();
    let begin =
        "><p:Second>1</p:Second><p:Second>2</p:Second><p:First xsi:nil=\"true\"/><p:Third><";
    assert!(written.starts_with("<p:Any_INPUT ") && written.contains(begin), "{written}");
}

#[test]
fn the_output_of_a_method_that_no_schema_has_is_read_as_the_wire_shows_it() {
    let decode = |children: &str| Output::decode_untyped(&element("Any_OUTPUT", children));
    let children = format!(
        "<p:N>1</p:N><p:R>{}</p:R><p:A>x</p:A><p:A>y</p:A><p:ReturnValue>5</p:ReturnValue>",
        reference("x")
    );
    let output = decode(&children).unwrap();
    assert_eq!(output.return_value, 5);
    let expected = [
        ("N", text("1")),
        ("R", Value::Reference(thing("x"))),
        ("A", Value::Array(vec![text("x"), text("y")])),
    ];
    assert_eq!(output.parameters, expected.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(decode("<p:N>1</p:N>").unwrap().return_value, 0, "it returns nothing");
    for (value, number) in
        [("-1", u32::MAX), ("-2147024891", 0x8007_0005), (" 4294967295 ", u32::MAX)]
    {
        let output = decode(&format!("<p:ReturnValue>{value}</p:ReturnValue>")).unwrap();
        assert_eq!((output.return_value, output.parameters), (number, vec![]), "{value}");
    }
    let nil = decode("<p:ReturnValue xsi:nil='true'/>").unwrap();
    assert_eq!((nil.return_value, nil.parameters), (0, vec![]));
    for value in ["no", "true", "-2147483649", "4294967296", ""] {
        let output = decode(&format!("<p:ReturnValue>{value}</p:ReturnValue>")).unwrap();
        assert_eq!((output.return_value, output.find("ReturnValue")), (0, Some(&text(value))));
    }
}
