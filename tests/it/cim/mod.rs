//! CIM: values and their XML form, instances, the parameters of methods, WQL.

mod datetime;
mod embedded;
mod method;
mod path;
mod properties;
mod tree;
mod typed;
mod wql;

use hyperv_replica::{
    cim::{
        COMMON, Error, Instance, Value,
        class::{Schema, Type},
    },
    mof,
    soap::ADDRESSING,
    wsman::{Resource, ResourceUri},
    xml::{Element, Limits, XSI},
};
use proptest::prelude::*;

use crate::wire::V2;

/// A class with a property of each type, and a method with a parameter of each kind.
const MOF: &str = "
    class Test_Thing {
        [Key] string Id;
        boolean B; uint8 U8; sint8 S8; uint16 U16; sint16 S16; uint32 U32; sint32 S32; uint64 U64; sint64 S64;
        real32 R32; real64 R64; char16 C; string S; datetime D; Test_Thing REF R;
        uint16 Numbers[]; string Texts[]; datetime Times[]; uint8 Octets[];
        uint32 Do([In] string First, [In, Required] uint16 Second[], [In] Test_Thing REF Third,
            [In, Out] datetime Fourth, [In(false), Out] Test_Thing REF Fifth, [In] boolean Sixth);
        sint32 Other();
    };
    class Test_Derived : Test_Thing { uint8 Own; };";

fn schema() -> Schema {
    Schema::from_classes(mof::parse(MOF).unwrap().classes).unwrap()
}

fn uri() -> ResourceUri {
    ResourceUri::wmi("root/virtualization/v2", "Test_Thing")
}

fn thing(id: &str) -> Resource {
    Resource::new(uri()).selector("Id", id)
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn datetime(value: &str) -> Value {
    Value::Datetime(value.parse().unwrap())
}

/// An element of the class, or of a method of it, with these children.
fn element(local: &str, children: &str) -> Element {
    let document = format!(
        "<p:{local} xmlns:p='{}' xmlns:xsi='{XSI}' xmlns:cim='{COMMON}' xmlns:a='{ADDRESSING}' \
         xmlns:w='{}' xmlns:o='urn:other'>{children}</p:{local}>",
        uri(),
        hyperv_replica::wsman::WSMAN,
    );
    Element::parse(document.as_bytes(), Limits::default()).unwrap()
}

fn decode(children: &str) -> Instance {
    Instance::decode(&element("Test_Thing", children), &schema()).unwrap()
}

fn reference(id: &str) -> String {
    format!(
        "<a:Address>{ADDRESSING}/role/anonymous</a:Address><a:ReferenceParameters><w:ResourceURI>{}</w:ResourceURI>\
         <w:SelectorSet><w:Selector Name='Id'>{id}</w:Selector></w:SelectorSet></a:ReferenceParameters>",
        uri()
    )
}

#[test]
fn values_of_all_types_are_read_by_the_schema_and_written() {
    let cases = [
        // property, value, texts that mean it; the first is how it is written
        ("B", Value::Boolean(true), vec!["true", "TRUE", "True", "1", " true\n"]),
        ("B", Value::Boolean(false), vec!["false", "FALSE", "0"]),
        ("U8", Value::UInt8(255), vec!["255", " 255 ", "0255"]),
        ("S8", Value::SInt8(-128), vec!["-128"]),
        ("U16", Value::UInt16(65_535), vec!["65535"]),
        ("S16", Value::SInt16(-32_768), vec!["-32768"]),
        ("U32", Value::UInt32(u32::MAX), vec!["4294967295"]),
        ("S32", Value::SInt32(i32::MIN), vec!["-2147483648"]),
        ("U64", Value::UInt64(u64::MAX), vec!["18446744073709551615"]),
        ("S64", Value::SInt64(i64::MIN), vec!["-9223372036854775808"]),
        ("R32", Value::Real32(0.1), vec!["0.1", "1e-1", "0.10"]),
        ("R64", Value::Real64(-1.5e-7), vec!["-0.00000015", "-1.5E-7"]),
        ("R64", Value::Real64(f64::INFINITY), vec!["INF", "+INF", "inf", "Infinity"]),
        ("R32", Value::Real32(f32::NEG_INFINITY), vec!["-INF", "-infinity"]),
        (
            "R32",
            Value::Real32(f32::MAX),
            vec!["340282350000000000000000000000000000000", "3.4028235e38"],
        ),
        ("C", Value::Char16('ü'), vec!["ü"]),
        ("C", Value::Char16(' '), vec![" "]),
        ("S", text(""), vec![""]),
        ("S", text(" \n "), vec![" \n "]),
        ("S", text("1"), vec!["1"]),
        (
            "S",
            text("<INSTANCE CLASSNAME=\"X\"/>"),
            vec!["&lt;INSTANCE CLASSNAME=\"X\"/>", "<![CDATA[<INSTANCE CLASSNAME=\"X\"/>]]>"],
        ),
    ];
    for (name, value, texts) in cases {
        for text in &texts {
            let instance = decode(&format!("<p:{name}>{text}</p:{name}>"));
            assert_eq!(instance.find(name), Some(&value), "{name} {text:?}");
        }
        let mut instance = Instance::new(uri());
        instance.set(name, value.clone());
        let written = instance.encode().to_xml().unwrap();
        let expected = texts[0].replace('"', "&quot;").replace('>', "&gt;");
        assert!(written.contains(&format!("<p:{name}>{expected}</p:{name}>")), "{written}");
    }
    let written = decode("<p:R64>NaN</p:R64>").encode().to_xml().unwrap();
    assert!(written.contains(">NaN<"));
}

#[test]
fn a_value_that_is_none_costs_itself_alone() {
    let cases = [
        ("B", vec!["", "yes", "2", "truefalse"]),
        ("U8", vec!["", " ", "256", "-1", "1.0", "0x1", "1 2", "one", "٣"]),
        ("S8", vec!["", "128", "-129"]),
        ("U16", vec!["", "65536"]),
        ("S16", vec!["", "32768"]),
        ("U32", vec!["", "4294967296", "-1"]),
        ("S32", vec!["", "2147483648"]),
        ("U64", vec!["", "18446744073709551616"]),
        ("S64", vec!["", "9223372036854775808"]),
        ("R32", vec!["", "1,5", "one", "1e39", "-1e39"]),
        ("R64", vec!["", "--1", "1e400", "-1e400"]),
        ("C", vec!["", "ab", "\u{1F600}"]),
        (
            "D",
            vec![
                "",
                "yesterday",
                "<cim:Datetime></cim:Datetime>",
                "<cim:Interval>5</cim:Interval>",
            ],
        ),
        ("R", vec!["", "x", "<a:EndpointReference/>"]),
        ("Numbers", vec!["", "x"]),
    ];
    for (name, texts) in cases {
        for text in texts {
            let instance = decode(&format!("<p:{name}>{text}</p:{name}><p:Id>1</p:Id>"));
            assert_eq!(instance.find(name), None, "{name} {text:?}");
            assert_eq!(instance.text("Id"), Some("1"));
            let [Error::Member { name: invalid, .. }] = &*instance.invalid else {
                panic!("{name} {text:?}: {:?}", instance.invalid)
            };
            assert_eq!(invalid, name);
        }
    }
}

#[test]
fn null_absent_and_empty_are_three_things() {
    let instance = decode(
        "<p:S xsi:nil='true'/><p:Id></p:Id><p:U8 xsi:nil=' 1 '/><p:B xsi:nil='false'>true</p:B>",
    );
    assert_eq!(instance.find("S"), Some(&Value::Null));
    assert_eq!(instance.find("U8"), Some(&Value::Null));
    assert_eq!(instance.find("Id"), Some(&text("")));
    assert_eq!(instance.find("D"), None);
    assert_eq!(instance.find("B"), Some(&Value::Boolean(true)));
    assert_eq!((instance.text("S"), instance.number("U8"), instance.time("D")), (None, None, None));
    let written = instance.encode().to_xml().unwrap();
    assert!(written.contains("<p:S xsi:nil=\"true\"/><p:Id></p:Id><p:U8 xsi:nil=\"true\"/>"));
}

#[test]
fn arrays_are_repeated_elements_and_one_is_an_array_by_the_schema() {
    let n = |numbers: &[u16]| Value::Array(numbers.iter().copied().map(Value::UInt16).collect());
    for (children, value) in [
        ("<p:Numbers>2</p:Numbers>", n(&[2])),
        ("<p:Numbers>17</p:Numbers><p:Numbers>2</p:Numbers>", n(&[17, 2])),
        ("<p:Numbers xsi:nil='true'/>", Value::Null),
        (
            "<p:Numbers>1</p:Numbers><p:Numbers xsi:nil='true'/>",
            Value::Array(vec![Value::UInt16(1), Value::Null]),
        ),
    ] {
        let instance = decode(children);
        assert_eq!(instance.find("Numbers"), Some(&value), "{children}");
        let written = instance.encode().to_xml().unwrap().replace('"', "'");
        assert!(written.contains(children), "{written}");
    }
    let times = "<p:Times><cim:Interval>PT1S</cim:Interval></p:Times><p:Times>20261123090000.000000+000</p:Times>";
    let times = decode(times);
    let expected = [datetime("PT1S"), datetime("2026-11-23T09:00:00Z")];
    assert_eq!(times.find("Times"), Some(&Value::Array(expected.to_vec())));
    // An empty array cannot be written but by leaving it out.
    let mut empty = Instance::new(uri());
    empty.set("Texts", Value::Array(Vec::new()));
    assert!(empty.encode().children.is_empty());
}

#[test]
fn without_a_schema_values_are_what_the_wire_shows() {
    let children = format!(
        "<p:N>5</p:N><p:Many>a</p:Many><p:Many>b</p:Many><p:T><cim:Datetime>2026-11-23T09:00:00Z</cim:Datetime></p:T>\
         <p:L><cim:Interval>PT5M</cim:Interval></p:L><p:E>{}</p:E><p:Z xsi:nil='true'/><o:N>6</o:N>",
        reference("a")
    );
    let instance = Instance::decode(&element("Test_Unknown", &children), &schema()).unwrap();
    let expected = [
        ("N", text("5")),
        ("Many", Value::Array(vec![text("a"), text("b")])),
        ("T", datetime("2026-11-23T09:00:00Z")),
        ("L", datetime("PT5M")),
        ("E", Value::Reference(thing("a"))),
        ("Z", Value::Null),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
    // A child of another namespace is no property.
    assert_eq!(instance.properties, expected);
    assert_eq!((instance.number("n"), instance.invalid), (Some(5), vec![]));
}

#[test]
fn instances_are_written_as_windows_does_and_read_back() {
    let mut thing = Instance::new(ResourceUri::wmi("root/virtualization/v2", "Test_Derived"));
    thing.set("Id", text("a & b"));
    thing.set("Own", Value::UInt8(7));
    thing.set("R", Value::Reference(self::thing("x")));
    thing.set("D", datetime("2026-11-23T09:00:00.5Z"));
    thing.set("ID", text("c"));
    let written = thing.encode().to_xml().unwrap();
    let begin = format!(
        "<p:Test_Derived xmlns:xsi=\"{XSI}\" xmlns:p=\"{V2}Test_Derived\" xmlns:cim=\"{COMMON}\" \
         xsi:type=\"p:Test_Derived_Type\"><p:Id>c</p:Id><p:Own>7</p:Own><p:R>"
    );
    assert!(written.starts_with(&begin), "{written}");
    assert!(written.ends_with(
        "</p:R><p:D><cim:Datetime>2026-11-23T09:00:00.5Z</cim:Datetime></p:D></p:Test_Derived>"
    ));
    let read = Element::parse(written.as_bytes(), Limits::default()).unwrap();
    assert_eq!(Instance::decode(&read, &schema()), Ok(thing));
    assert!(matches!(Instance::decode(&Element::new("", "X"), &schema()), Err(Error::Missing(_))));
}

#[test]
fn the_namespace_of_an_instance_has_no_case() {
    let document = format!(
        "<p:test_thing xmlns:p='{0}' xmlns:q='{1}'><q:U8>1</q:U8></p:test_thing>",
        uri(),
        uri().as_str().to_uppercase()
    );
    let element = Element::parse(document.as_bytes(), Limits::default()).unwrap();
    assert_eq!(Instance::decode(&element, &schema()).unwrap().find("u8"), Some(&Value::UInt8(1)));
}

proptest! {
    #[test]
    fn strings_survive(value in "\\PC{0,20}", texts in prop::collection::vec("[ -~\n\t\r]{0,9}", 1..4)) {
        let mut instance = Instance::new(uri());
        instance.set("S", text(&value));
        instance.set("Texts", Value::Array(texts.iter().map(|t| text(t)).collect()));
        let Ok(written) = instance.encode().to_xml() else {
            let unwritable = value.contains(['\u{fffe}', '\u{ffff}']);
            prop_assert!(unwritable);
            return Ok(());
        };
        let read = Element::parse(written.as_bytes(), Limits::default()).unwrap();
        prop_assert_eq!(Instance::decode(&read, &schema()), Ok(instance));
    }

    #[test]
    fn numbers_survive(n in any::<u64>(), i in any::<i64>(), r in any::<f64>(), s in any::<f32>()) {
        for value in [Value::UInt64(n), Value::SInt64(i), Value::Real64(r), Value::Real32(s)] {
            let ty = match value {
                Value::UInt64(_) => Type::UInt64,
                Value::SInt64(_) => Type::SInt64,
                Value::Real64(_) => Type::Real64,
                _ => Type::Real32,
            };
            prop_assert_eq!(Value::parse(&value.to_string(), &ty), Ok(value));
        }
    }
}

#[test]
fn an_array_that_no_schema_knows_is_read_as_one() {
    let children = "<p:Two>a</p:Two><p:Two>b</p:Two><p:One>a</p:One><p:None xsi:nil='true'/>";
    let instance = Instance::decode(&element("Test_Unknown", children), &schema()).unwrap();
    let elements = |name: &str| instance.find(name).unwrap().as_slice().to_vec();
    assert_eq!(elements("Two"), [text("a"), text("b")]);
    assert_eq!((elements("One"), elements("None")), (vec![text("a")], vec![]));
}

#[test]
fn octets_are_an_array_of_numbers() {
    let octets = Value::Array([0, 127, 255].map(Value::UInt8).to_vec());
    let instance = decode("<p:Octets>0</p:Octets><p:Octets>127</p:Octets><p:Octets>255</p:Octets>");
    assert_eq!(instance.find("Octets"), Some(&octets));
    assert_eq!(
        decode("<p:Octets>9</p:Octets>").find("Octets").unwrap().as_slice(),
        [Value::UInt8(9)]
    );
}

#[test]
fn numbers_are_read_whatever_their_width() {
    for (value, number) in [
        (Value::UInt8(1), Some(1)),
        (Value::SInt64(-1), None),
        (Value::SInt8(5), Some(5)),
        (text(" 42 "), Some(42)),
        (text(""), None),
        (Value::Null, None),
        (Value::Boolean(true), None),
        (Value::Array(vec![Value::UInt8(1)]), None),
    ] {
        assert_eq!(value.as_u64(), number, "{value:?}");
    }
    let mut instance = Instance::new(uri());
    instance.set("U32", Value::UInt32(65_536));
    assert_eq!((instance.number("U32"), instance.small("U32")), (Some(65_536), None));
    let array = Value::Array(vec![Value::UInt8(1), Value::Null, text("x")]);
    assert_eq!(array.to_string(), "1, , x");
}
