//! Embedded instances as CIM-XML.

use hyperv_replica::{
    cim::{Error, Instance, Nulls, ObjectPath, ResourceUri, Value, class::Schema},
    mof,
};

use super::{datetime, schema, text, thing, uri};

const NAMESPACE: &str = "root/virtualization/v2";

fn instance(class: &str, properties: &[(&str, Value)]) -> Instance {
    let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, class));
    instance.properties =
        properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    instance
}

fn write(class: &str, properties: &[(&str, Value)]) -> Result<String, Error> {
    instance(class, properties).to_cim_xml(&schema(), Nulls::Omit)
}

fn read(properties: &str) -> Instance {
    let text = format!("<INSTANCE CLASSNAME=\"Test_Thing\">{properties}</INSTANCE>");
    Instance::from_cim_xml(&text, NAMESPACE, &schema()).unwrap()
}

#[test]
fn instances_are_written_with_the_types_of_the_schema() {
    let numbers = Value::Array(vec![Value::UInt16(1), Value::Null]);
    for (name, value, written) in [
        ("S", text("x"), r#"<PROPERTY NAME="S" TYPE="string"><VALUE>x</VALUE></PROPERTY>"#),
        ("s", text(""), r#"<PROPERTY NAME="S" TYPE="string"><VALUE></VALUE></PROPERTY>"#),
        (
            "B",
            Value::Boolean(true),
            r#"<PROPERTY NAME="B" TYPE="boolean"><VALUE>true</VALUE></PROPERTY>"#,
        ),
        // What was read without a schema is text.
        (
            "B",
            text("FALSE"),
            r#"<PROPERTY NAME="B" TYPE="boolean"><VALUE>false</VALUE></PROPERTY>"#,
        ),
        ("U64", text("5"), r#"<PROPERTY NAME="U64" TYPE="uint64"><VALUE>5</VALUE></PROPERTY>"#),
        (
            "C",
            Value::Char16('ü'),
            r#"<PROPERTY NAME="C" TYPE="char16"><VALUE>ü</VALUE></PROPERTY>"#,
        ),
        (
            "D",
            datetime("P0DT0H30M0S"),
            r#"<PROPERTY NAME="D" TYPE="datetime"><VALUE>00000000003000.000000:000</VALUE></PROPERTY>"#,
        ),
        (
            "D",
            text("2026-11-23T10:00:00+01:00"),
            r#"<PROPERTY NAME="D" TYPE="datetime"><VALUE>20261123100000.000000+060</VALUE></PROPERTY>"#,
        ),
        (
            "Numbers",
            numbers,
            r#"<PROPERTY.ARRAY NAME="Numbers" TYPE="uint16"><VALUE.ARRAY><VALUE>1</VALUE><VALUE.NULL></VALUE.NULL></VALUE.ARRAY></PROPERTY.ARRAY>"#,
        ),
        (
            "Texts",
            Value::Array(vec![]),
            r#"<PROPERTY.ARRAY NAME="Texts" TYPE="string"><VALUE.ARRAY></VALUE.ARRAY></PROPERTY.ARRAY>"#,
        ),
        (
            "R",
            Value::Reference(thing(r"A\B")),
            r#"<PROPERTY.REFERENCE NAME="R" REFERENCECLASS="Test_Thing"><VALUE.REFERENCE>root/virtualization/v2:Test_Thing.Id=&#34;A\\B&#34;</VALUE.REFERENCE></PROPERTY.REFERENCE>"#,
        ),
        // As Parent and HostResource, which are strings, want it.
        (
            "S",
            Value::Reference(thing("a\"b")),
            r#"<PROPERTY NAME="S" TYPE="string"><VALUE>root/virtualization/v2:Test_Thing.Id=&#34;a\&#34;b&#34;</VALUE></PROPERTY>"#,
        ),
        (
            "Texts",
            Value::Array(vec![Value::Reference(thing("a"))]),
            r#"<PROPERTY.ARRAY NAME="Texts" TYPE="string"><VALUE.ARRAY><VALUE>root/virtualization/v2:Test_Thing.Id=&#34;a&#34;</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>"#,
        ),
    ] {
        let expected = format!("<INSTANCE CLASSNAME=\"Test_Thing\">{written}</INSTANCE>");
        assert_eq!(write("Test_Thing", &[(name, value)]), Ok(expected));
    }
}

#[test]
fn types_of_an_unknown_class_are_those_of_the_values() {
    for (value, begin) in [
        (Value::SInt8(-1), r#"<PROPERTY NAME="X" TYPE="sint8">"#),
        (Value::UInt64(u64::MAX), r#"<PROPERTY NAME="X" TYPE="uint64">"#),
        (Value::Real32(0.5), r#"<PROPERTY NAME="X" TYPE="real32">"#),
        (
            datetime("20261123******.******+000"),
            r#"<PROPERTY NAME="X" TYPE="datetime"><VALUE>20261123*"#,
        ),
        (
            Value::Array(vec![Value::Null, Value::UInt8(1)]),
            r#"<PROPERTY.ARRAY NAME="X" TYPE="uint8"><VALUE.ARRAY><VALUE.NULL>"#,
        ),
        (
            Value::Reference(thing("a")),
            r#"<PROPERTY.REFERENCE NAME="X" REFERENCECLASS="Test_Thing">"#,
        ),
        (
            Value::Array(vec![Value::Reference(thing("a"))]),
            r#"<PROPERTY.ARRAY NAME="X" TYPE="string"><VALUE.ARRAY><VALUE>root/"#,
        ),
    ] {
        let written = write("Other", &[("X", value)]).unwrap();
        assert!(
            written.starts_with(&format!("<INSTANCE CLASSNAME=\"Other\">{begin}")),
            "{written}"
        );
    }
}

#[test]
fn special_characters_are_numeric_references() {
    let special = text("<a b=\"c\">&amp;&lt;'\r\n\t");
    let written = write("Test_Thing", &[("S", special.clone())]).unwrap();
    let escaped = "&#60;a b=&#34;c&#34;&#62;&#38;amp;&#38;lt;'&#13;\n\t";
    assert!(written.contains(&format!("<VALUE>{escaped}</VALUE>")), "{written}");
    assert!(["&amp;", "&lt;", "&gt;", "&quot;"].iter().all(|name| !written.contains(name)));
    let read = Instance::from_cim_xml(&written, NAMESPACE, &schema()).unwrap();
    assert_eq!(read.find("S"), Some(&special));
}

#[test]
fn null_is_left_out_or_written_without_a_value() {
    let nulls =
        [("S", Value::Null), ("Numbers", Value::Null), ("R", Value::Null), ("X", Value::Null)];
    let empty = "<INSTANCE CLASSNAME=\"Test_Thing\"></INSTANCE>";
    assert_eq!(write("Test_Thing", &nulls).as_deref(), Ok(empty));
    let written = instance("Test_Thing", &nulls).to_cim_xml(&schema(), Nulls::Write).unwrap();
    assert_eq!(
        written,
        r#"<INSTANCE CLASSNAME="Test_Thing"><PROPERTY NAME="S" TYPE="string"></PROPERTY><PROPERTY.ARRAY NAME="Numbers" TYPE="uint16"></PROPERTY.ARRAY><PROPERTY.REFERENCE NAME="R" REFERENCECLASS="Test_Thing"></PROPERTY.REFERENCE><PROPERTY NAME="X" TYPE="string"></PROPERTY></INSTANCE>"#
    );
    let read = Instance::from_cim_xml(&written, NAMESPACE, &schema());
    assert_eq!(read, Ok(instance("Test_Thing", &nulls)));
}

#[test]
fn values_that_are_not_of_the_type_of_their_property_are_not_written() {
    let ten = (0..10).fold(instance("Other", &[]), |inner, _| {
        instance("Other", &[("X", Value::Instance(Box::new(inner)))])
    });
    for (name, value) in [
        ("U8", Value::UInt16(1)),
        ("U8", text("256")),
        ("U8", Value::Array(vec![Value::UInt8(1)])),
        ("Numbers", Value::UInt16(1)),
        ("Numbers", Value::Array(vec![Value::UInt16(1), Value::UInt8(1)])),
        ("X", Value::Array(vec![Value::UInt16(1), Value::UInt8(1)])),
        ("S", Value::UInt16(1)),
        ("S", text("\u{1}")),
        ("D", Value::Boolean(true)),
        ("R", text("no path")),
        ("S", Value::Instance(Box::new(ten))),
    ] {
        assert!(write("Test_Thing", &[(name, value)]).is_err(), "{name}");
    }
}

#[test]
fn properties_are_read_as_wmi_and_others_write_them() {
    let n = |numbers: &[u16]| Value::Array(numbers.iter().copied().map(Value::UInt16).collect());
    for (property, name, value) in [
        ("<PROPERTY NAME='S' TYPE='string'><VALUE> x </VALUE></PROPERTY>", "S", text(" x ")),
        ("<PROPERTY NAME='S' TYPE='string'><VALUE/></PROPERTY>", "S", text("")),
        (
            "<PROPERTY NAME='S' CLASSORIGIN='Base' PROPAGATED='true' TYPE='string'></PROPERTY>",
            "S",
            Value::Null,
        ),
        (
            "<PROPERTY NAME='U8' TYPE='uint8'><QUALIFIER NAME='Key' TYPE='boolean'><VALUE>TRUE</VALUE></QUALIFIER>\
             <VALUE>5</VALUE></PROPERTY>",
            "U8",
            Value::UInt8(5),
        ),
        (
            "<PROPERTY NAME='B' TYPE='boolean'><VALUE>TRUE</VALUE></PROPERTY>",
            "B",
            Value::Boolean(true),
        ),
        ("<PROPERTY NAME='U8'><VALUE>5</VALUE></PROPERTY>", "U8", Value::UInt8(5)),
        ("<PROPERTY NAME='X' TYPE='uint8'><VALUE>5</VALUE></PROPERTY>", "X", Value::UInt8(5)),
        ("<PROPERTY NAME='X'><VALUE>5</VALUE></PROPERTY>", "X", text("5")),
        (
            "<PROPERTY NAME='D' TYPE='datetime'><VALUE>00000000003000.000000:000</VALUE></PROPERTY>",
            "D",
            datetime("PT30M"),
        ),
        (
            "<PROPERTY.ARRAY NAME='Numbers' TYPE='uint16'><VALUE.ARRAY><VALUE>1</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>",
            "Numbers",
            n(&[1]),
        ),
        (
            "<PROPERTY.ARRAY NAME='Numbers' TYPE='uint16'><VALUE.ARRAY><VALUE>1</VALUE><VALUE.NULL/></VALUE.ARRAY></PROPERTY.ARRAY>",
            "Numbers",
            Value::Array(vec![Value::UInt16(1), Value::Null]),
        ),
        ("<PROPERTY.ARRAY NAME='Numbers' TYPE='uint16'/>", "Numbers", Value::Null),
        ("<PROPERTY.REFERENCE NAME='R'/>", "R", Value::Null),
        (
            r#"<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE>\\HV01\root\virtualization\v2:Test_Thing.Id="a"</VALUE.REFERENCE></PROPERTY.REFERENCE>"#,
            "R",
            Value::Reference(thing("a")),
        ),
        (
            r#"<PROPERTY NAME='R' TYPE='reference'><VALUE>Test_Thing.Id="a"</VALUE></PROPERTY>"#,
            "R",
            Value::Reference(thing("a")),
        ),
    ] {
        let read = read(property);
        assert_eq!((read.find(name), &read.invalid), (Some(&value), &vec![]), "{property}");
    }
}

#[test]
fn references_are_read_from_elements() {
    let name = "<INSTANCENAME CLASSNAME='Test_Thing'><KEYBINDING NAME='Id'><KEYVALUE VALUETYPE='string'>a</KEYVALUE>\
                </KEYBINDING></INSTANCENAME>";
    let place = "<LOCALNAMESPACEPATH><NAMESPACE NAME='root'/><NAMESPACE NAME='virtualization'/><NAMESPACE NAME='v2'/>\
                 </LOCALNAMESPACEPATH>";
    for path in [
        name.to_owned(),
        format!("<LOCALINSTANCEPATH>{place}{name}</LOCALINSTANCEPATH>"),
        format!(
            "<INSTANCEPATH><NAMESPACEPATH><HOST>HV01</HOST>{place}</NAMESPACEPATH>{name}</INSTANCEPATH>"
        ),
    ] {
        let property = format!(
            "<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE>{path}</VALUE.REFERENCE></PROPERTY.REFERENCE>"
        );
        assert_eq!(read(&property).find("R"), Some(&Value::Reference(thing("a"))), "{path}");
    }
    let nested = format!(
        "<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE><INSTANCENAME CLASSNAME='Link'><KEYBINDING NAME='Of'>\
         <VALUE.REFERENCE>{name}</VALUE.REFERENCE></KEYBINDING></INSTANCENAME></VALUE.REFERENCE></PROPERTY.REFERENCE>"
    );
    let read = read(&nested);
    let Some(Value::Reference(link)) = read.find("R") else { panic!("{read:?}") };
    assert_eq!(
        ObjectPath::of(link, &Schema::default()).unwrap().to_string(),
        r#"root/virtualization/v2:Link.Of="root/virtualization/v2:Test_Thing.Id=\"a\"""#
    );
}

#[test]
fn a_value_without_a_key_is_that_of_the_only_key() {
    let schema = mof::parse(
        "class Link { [Key] Thing REF Of; }; class Pair { [Key] string A; [Key] string B; }; class Thing { [Key] string Id; };",
    );
    let schema = Schema::from_classes(schema.unwrap().classes).unwrap();
    let read = |class: &str, keys: &str| {
        let xml = format!(
            "<INSTANCE CLASSNAME='X'><PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE><INSTANCENAME CLASSNAME='{class}'>\
             {keys}</INSTANCENAME></VALUE.REFERENCE></PROPERTY.REFERENCE></INSTANCE>"
        );
        let mut read = Instance::from_cim_xml(&xml, NAMESPACE, &schema).unwrap();
        match read.find("R") {
            Some(Value::Reference(reference)) => {
                Ok(ObjectPath::of(reference, &schema).unwrap().to_string())
            }
            _ => Err(read.invalid.remove(0)),
        }
    };
    let key = "<KEYVALUE VALUETYPE='string'>a</KEYVALUE>";
    assert_eq!(read("Thing", key).as_deref(), Ok(r#"root/virtualization/v2:Thing.Id="a""#));
    let nested = format!(
        "<VALUE.REFERENCE><INSTANCENAME CLASSNAME='Thing'>{key}</INSTANCENAME></VALUE.REFERENCE>"
    );
    assert_eq!(
        read("Link", &nested).as_deref(),
        Ok(r#"root/virtualization/v2:Link.Of="root/virtualization/v2:Thing.Id=\"a\"""#)
    );
    for (class, keys) in [("Pair", key), ("Unknown", key), ("Thing", &key.repeat(2))] {
        assert!(matches!(read(class, keys), Err(Error::Member { .. })), "{class} {keys}");
    }
}

#[test]
fn an_invalid_property_costs_itself() {
    let keys = "<KEYBINDING NAME='K'><KEYVALUE>1</KEYVALUE></KEYBINDING>".repeat(257);
    for property in [
        "<PROPERTY NAME='U8' TYPE='uint8'><VALUE>256</VALUE></PROPERTY>",
        "<PROPERTY NAME='D' TYPE='datetime'><VALUE>yesterday</VALUE></PROPERTY>",
        "<PROPERTY.ARRAY NAME='Numbers' TYPE='uint16'><VALUE.ARRAY><VALUE>x</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>",
        "<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE>no path</VALUE.REFERENCE></PROPERTY.REFERENCE>",
        "<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE><HOST>x</HOST></VALUE.REFERENCE></PROPERTY.REFERENCE>",
        "<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE><INSTANCENAME CLASSNAME='C'><KEYBINDING NAME='K'/>\
         </INSTANCENAME></VALUE.REFERENCE></PROPERTY.REFERENCE>",
        "<PROPERTY NAME='S' TYPE='string' EmbeddedObject='instance'><VALUE>&lt;INSTANCE/></VALUE></PROPERTY>",
        "<PROPERTY.OBJECT NAME='S'><VALUE.OBJECT/></PROPERTY.OBJECT>",
        &format!(
            "<PROPERTY.REFERENCE NAME='R'><VALUE.REFERENCE><INSTANCENAME CLASSNAME='C'>{keys}</INSTANCENAME>\
             </VALUE.REFERENCE></PROPERTY.REFERENCE>"
        ),
    ] {
        let read = read(&format!(
            "{property}<PROPERTY NAME='Id' TYPE='string'><VALUE>1</VALUE></PROPERTY>"
        ));
        assert_eq!((read.text("Id"), read.properties.len()), (Some("1"), 1), "{property}");
        assert!(matches!(&*read.invalid, [Error::Member { .. }]), "{property}");
    }
    let from = |text| Instance::from_cim_xml(text, NAMESPACE, &schema()).unwrap_err();
    for text in ["", "x", "<INSTANCE>", "<INSTANCE CLASSNAME='X'/>y"] {
        assert!(matches!(from(text), Error::Embedded(_)), "{text}");
    }
    for text in ["<CIM/>", "<INSTANCE/>", "<CLASS NAME='X'/>"] {
        assert!(matches!(from(text), Error::Missing(_)), "{text}");
    }
}

#[test]
fn what_an_instance_is_wrapped_in_is_no_matter() {
    let bare = "<INSTANCE CLASSNAME='Test_Thing'><PROPERTY NAME='S' TYPE='string'><VALUE>x</VALUE></PROPERTY></INSTANCE>";
    for document in [
        format!("\n <?xml version=\"1.0\"?>{bare}\n"),
        format!(
            "<CIM CIMVERSION='2.0' DTDVERSION='2.0'><DECLARATION><DECLGROUP><VALUE.OBJECT>{bare}</VALUE.OBJECT></DECLGROUP></DECLARATION></CIM>"
        ),
    ] {
        let read = Instance::from_cim_xml(&document, NAMESPACE, &schema());
        assert_eq!(read, Ok(instance("Test_Thing", &[("S", text("x"))])));
    }
}

#[test]
fn instances_inside_instances_are_read_in_all_their_forms() {
    let inner = instance("Test_Thing", &[("S", text("<&>"))]);
    let outer = instance("Other", &[("X", Value::Instance(Box::new(inner.clone())))]);
    let written = outer.to_cim_xml(&schema(), Nulls::Omit).unwrap();
    assert!(written.contains(
        r#"<PROPERTY NAME="X" TYPE="string" EmbeddedObject="instance"><VALUE>&#60;INSTANCE "#
    ));
    let from = |text: &str| Instance::from_cim_xml(text, NAMESPACE, &schema());
    assert_eq!(from(&written), Ok(outer.clone()));
    let text = inner.to_cim_xml(&schema(), Nulls::Omit).unwrap();
    for property in [
        format!(
            "<PROPERTY NAME='X' TYPE='string' EMBEDDEDOBJECT='object'><VALUE><![CDATA[{text}]]></VALUE></PROPERTY>"
        ),
        format!("<PROPERTY.OBJECT NAME='X'><VALUE.OBJECT>{text}</VALUE.OBJECT></PROPERTY.OBJECT>"),
    ] {
        assert_eq!(
            from(&format!("<INSTANCE CLASSNAME='Other'>{property}</INSTANCE>")),
            Ok(outer.clone())
        );
    }
    let several = format!(
        "<INSTANCE CLASSNAME='Other'><PROPERTY.OBJECTARRAY NAME='X'><VALUE.OBJECTARRAY><VALUE.OBJECT>{text}\
         </VALUE.OBJECT></VALUE.OBJECTARRAY></PROPERTY.OBJECTARRAY></INSTANCE>"
    );
    let array = Value::Array(vec![Value::Instance(Box::new(inner))]);
    assert_eq!(from(&several), Ok(instance("Other", &[("X", array)])));
}

#[test]
fn instances_are_not_read_too_deeply() {
    let begin = "<INSTANCE CLASSNAME='X'><PROPERTY.OBJECT NAME='X'><VALUE.OBJECT>";
    let end = "</VALUE.OBJECT></PROPERTY.OBJECT></INSTANCE>";
    let text = format!("{}<INSTANCE CLASSNAME='X'/>{}", begin.repeat(10), end.repeat(10));
    let mut read = Instance::from_cim_xml(&text, NAMESPACE, &schema()).unwrap();
    let mut depth = 0;
    while let Some(Value::Instance(inner)) = read.find("X") {
        (read, depth) = ((**inner).clone(), depth + 1);
    }
    assert_eq!((depth, read.invalid.len()), (8, 1));
}

#[test]
fn a_string_carries_an_instance() {
    let inner = instance("Test_Thing", &[("U8", Value::UInt8(5)), ("S", Value::Null)]);
    let value = Value::from_embedded(&inner, &schema()).unwrap();
    assert!(value.as_str().unwrap().starts_with("<INSTANCE CLASSNAME=\"Test_Thing\">"));
    let mut carrier = Instance::new(uri());
    carrier.set("S", value);
    let read = Instance::decode(&carrier.encode(), &schema()).unwrap();
    let unpacked = read.find("S").unwrap().to_embedded(NAMESPACE, &schema());
    assert_eq!(unpacked, Ok(instance("Test_Thing", &[("U8", Value::UInt8(5))])));
    assert_eq!(Value::Instance(Box::new(inner.clone())).to_embedded("", &schema()), Ok(inner));
    for value in [Value::Null, text("x"), Value::UInt8(1)] {
        assert!(value.to_embedded(NAMESPACE, &schema()).is_err());
    }
    // The schema of Hyper-V itself says of which class an instance in a string is.
    let method =
        mof::schema().find_method("Msvm_ReplicationService", "CreateReplicationRelationship");
    let class = method.unwrap().parameters.iter().find_map(|parameter| parameter.embedded_class());
    assert_eq!(class, Some("Msvm_ReplicationSettingData"));
}
