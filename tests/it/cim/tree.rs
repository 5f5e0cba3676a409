//! Instances as elements: embedded in others, configuration, fragments.

use hyperv_replica::{
    cim::{Instance, ResourceUri, Value},
    mof,
    soap::Envelope,
    wsman::WSMAN,
    xml::{Element, Limits, XSI},
};

use super::{datetime, decode, element, schema, text, thing, uri};
use crate::{fixture, wire::V2};

fn fragment(name: &str, children: &str) -> Instance {
    let document = format!(
        "<{name} xmlns:w='{WSMAN}' xmlns:xsi='{XSI}' xmlns:p='{}' xmlns:o='urn:other'>{children}</{name}>",
        uri()
    );
    let element = Element::parse(document.as_bytes(), Limits::default()).unwrap();
    Instance::decode(&element, &schema()).unwrap()
}

#[test]
fn a_property_that_holds_properties_is_an_instance() {
    let mut inner = Instance::new(ResourceUri::wmi("root/virtualization/v2", "Test_Derived"));
    inner.set("Own", Value::UInt8(7));
    inner.set("D", datetime("PT5M"));
    let inner = Value::Instance(Box::new(inner));
    let class = format!("xmlns:q='{V2}Test_Derived'");
    let properties = "<q:Own>7</q:Own><q:D><cim:Interval>PT5M</cim:Interval></q:D>";
    for name in ["S", "Unknown"] {
        for attributes in [class.clone(), format!("{class} xsi:type='q:Test_Derived_Type'")] {
            let read = decode(&format!("<p:{name} {attributes}>{properties}</p:{name}>"));
            assert_eq!(read.find(name), Some(&inner), "{name} {attributes}");
        }
    }
    let several = format!("<p:Texts {class}>{properties}</p:Texts>");
    assert_eq!(decode(&several).find("Texts"), Some(&Value::Array(vec![inner])));
    let empty = decode(&format!("<p:X {class} xsi:type='q:Test_Derived_Type'/>"));
    let Some(Value::Instance(instance)) = empty.find("X") else { panic!("{empty:?}") };
    assert_eq!((instance.class(), instance.properties.len()), ("Test_Derived", 0));
    // The type of a value is not the class of an instance.
    assert_eq!(decode("<p:X xsi:type='cim:cimString'/>").find("X"), Some(&text("")));
    assert_eq!(decode("<p:X xsi:type='p:Test_Thing_Type'>x</p:X>").find("X"), Some(&text("x")));
    // A number is no instance.
    let number = decode("<p:U8><p:X>5</p:X></p:U8>");
    assert_eq!((number.find("U8"), number.invalid.len()), (None, 1));
}

#[test]
fn instances_inside_instances_survive() {
    let mut inner = Instance::new(ResourceUri::wmi("root/virtualization/v2", "Test_Derived"));
    inner.set("Own", Value::UInt8(7));
    let mut middle = Instance::new(ResourceUri::wmi("root/other", "Other"));
    middle.set("Inner", Value::Instance(Box::new(inner)));
    middle.set("Empty", Value::Instance(Box::new(Instance::new(uri()))));
    let mut outer = Instance::new(uri());
    outer.set("Id", text("1"));
    outer.set("X", Value::Instance(Box::new(middle)));
    outer.set("R", Value::Reference(thing("x")));
    let written = outer.encode().to_xml().unwrap();
    let read = Element::parse(written.as_bytes(), Limits::default()).unwrap();
    assert_eq!(Instance::decode(&read, &schema()), Ok(outer));
}

#[test]
fn an_instance_is_shown_with_its_values() {
    let read = decode("<p:Id>1</p:Id><p:X><p:Own>7</p:Own><p:N xsi:nil='true'/></p:X>");
    assert_eq!(read.to_string(), "Test_Thing (Id=1, X=Test_Thing (Own=7, N=))");
    assert_eq!(Instance::new(uri()).to_string(), "Test_Thing");
}

#[test]
fn a_configuration_is_a_tree_of_instances() {
    let envelope = Envelope::parse(&fixture("wire/get_config.xml"), Limits::default()).unwrap();
    let config = Instance::decode(&envelope.body[0], mof::schema()).unwrap();
    assert_eq!(config.number("MaxEnvelopeSizekb"), Some(500));
    let section = |name: &str| match config.find(name) {
        Some(Value::Instance(section)) => (**section).clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(section("Client").text("TrustedHosts"), Some(""));
    assert_eq!(section("Service").number("MaxConcurrentOperationsPerUser"), Some(1500));
    assert_eq!(section("Service").text("AllowUnencrypted"), Some("false"));
}

#[test]
fn references_inside_strings_and_arrays_are_references() {
    let children = super::reference("a");
    let read = decode(&format!(
        "<p:S>{children}</p:S><p:Unknown>{children}</p:Unknown><p:Unknown>{}</p:Unknown>",
        super::reference("b")
    ));
    assert_eq!(read.find("S"), Some(&Value::Reference(thing("a"))));
    let several = Value::Array(vec![Value::Reference(thing("a")), Value::Reference(thing("b"))]);
    assert_eq!(read.find("Unknown"), Some(&several));
    let written = read.encode().to_xml().unwrap();
    let again = Element::parse(written.as_bytes(), Limits::default()).unwrap();
    assert_eq!(Instance::decode(&again, &schema()), Ok(read));
}

#[test]
fn a_fragment_is_an_instance_of_the_class_of_its_properties() {
    for name in ["w:XmlFragment", "XmlFragment"] {
        let read = fragment(name, "<p:U8>5</p:U8><p:Numbers>2</p:Numbers><o:X/>");
        assert_eq!((read.class(), &read.uri), ("Test_Thing", &uri()));
        let numbers = Value::Array(vec![Value::UInt16(2)]);
        let expected = [("U8".to_owned(), Value::UInt8(5)), ("Numbers".to_owned(), numbers)];
        assert_eq!(read.properties, expected);
    }
    // What an aggregate or an XPath gives is not lost either.
    assert_eq!(fragment("w:XmlFragment", "<Count>5</Count>").number("Count"), Some(5));
    assert_eq!(fragment("w:XmlFragment", "5").text("XmlFragment"), Some("5"));
    assert!(fragment("w:XmlFragment", "").properties.is_empty());
    assert_eq!(fragment("w:XmlFragment", "<p:U8>x</p:U8>").invalid.len(), 1);
    // Another element of this name is an instance of its own class.
    let other = Instance::decode(&element("XmlFragment", "<p:U8>5</p:U8>"), &schema()).unwrap();
    assert_eq!(other.class(), "Test_Thing");
}
