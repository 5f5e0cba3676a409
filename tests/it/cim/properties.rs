//! What is written is read back as it was, and nothing that is read makes a parser panic.

use hyperv_replica::{
    cim::{
        Datetime, Instance, Nulls, ObjectPath, Output, Partial, Reference, ResourceUri, Selector,
        Value,
        class::{Schema, Type},
        decode_input, encode_input, encode_output,
        wql::{Condition, Select},
    },
    soap::Envelope,
    wsman::{Get, SelectorSet},
    xml::{Element, Limits},
};
use jiff::{Timestamp, tz::Offset};
use proptest::{collection::vec, prelude::*, sample::select};

use super::{schema, uri};

const NAMESPACE: &str = "root/virtualization/v2";
/// All that a string may hold in XML.
const TEXT: &str = "[ -~\t\n\rüß€\u{10FFFF}]{0,12}";

fn scalar(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Type::UInt8 => any::<u8>().prop_map(Value::UInt8).boxed(),
        Type::SInt8 => any::<i8>().prop_map(Value::SInt8).boxed(),
        Type::UInt16 => any::<u16>().prop_map(Value::UInt16).boxed(),
        Type::SInt16 => any::<i16>().prop_map(Value::SInt16).boxed(),
        Type::UInt32 => any::<u32>().prop_map(Value::UInt32).boxed(),
        Type::SInt32 => any::<i32>().prop_map(Value::SInt32).boxed(),
        Type::UInt64 => any::<u64>().prop_map(Value::UInt64).boxed(),
        Type::SInt64 => any::<i64>().prop_map(Value::SInt64).boxed(),
        Type::Real32 => any::<f32>().prop_map(Value::Real32).boxed(),
        Type::Real64 => any::<f64>().prop_map(Value::Real64).boxed(),
        Type::Char16 => "[ -~\tü€]".prop_map(|c| Value::Char16(c.chars().next().unwrap())).boxed(),
        Type::Datetime => datetime().prop_map(Value::Datetime).boxed(),
        Type::Reference(_) => reference().prop_map(Value::Reference).boxed(),
        _ => TEXT.prop_map(Value::String).boxed(),
    }
}

/// Five forms, all of which DSP0004 has room for. All offsets are those that XML allows, too.
fn datetime() -> impl Strategy<Value = Datetime> {
    let time = (-62_000_000_000..253_000_000_000_i64, 0..1_000_000)
        .prop_map(|(seconds, micros)| Timestamp::new(seconds, micros * 1000).unwrap());
    let interval = (0..=8_639_999_999_999_u64, 0..1_000_000_u32)
        .prop_map(|(seconds, micros)| std::time::Duration::new(seconds, micros * 1000));
    let partial = "[0-9*]{13}[*][.][0-9*]{6}([-+:][0-9*]{3}|[*]{4})";
    // After all that a `Timestamp` can be.
    let late = "99991231(1[2-9]|2[0-3])[0-5][0-9][0-5][0-9][.][0-9]{6}([+-][0-6][0-9]{2}|[+]720)";
    prop_oneof![
        time.clone().prop_map(Datetime::Timestamp),
        (time, prop_oneof![-840..0, 1..=840]).prop_map(|(time, minutes)| {
            Datetime::WithOffset(time, Offset::from_seconds(minutes * 60).unwrap())
        }),
        late.prop_map(|text| Datetime::Partial(text.parse::<Partial>().unwrap())),
        interval.prop_map(Datetime::Interval),
        partial.prop_map(|text| Datetime::Partial(text.parse::<Partial>().unwrap())),
    ]
}

fn reference() -> impl Strategy<Value = Reference> {
    let of = |class: &str, keys: Vec<(String, String)>| {
        let all = Reference::new(ResourceUri::wmi(NAMESPACE, class));
        keys.iter().fold(all, |reference, (name, text)| reference.selector(name, text))
    };
    let plain = vec(("[A-Z][a-z]{0,3}", TEXT), 1..4).prop_map(move |keys| of("Test_Plain", keys));
    plain.prop_recursive(2, 6, 2, |inner| {
        inner.prop_map(|inner| {
            let mut outer = Reference::new(ResourceUri::wmi(NAMESPACE, "Test_Link"));
            outer.selectors.insert("Of", Selector::Reference(inner));
            outer
        })
    })
}

/// A property of the class of the tests, and a value that it may have.
fn property() -> impl Strategy<Value = (String, Value)> {
    let schema = schema();
    let properties = schema.properties("Test_Thing");
    let declared: Vec<_> =
        properties.iter().map(|p| (p.name.clone(), p.ty.clone(), p.array)).collect();
    select(declared).prop_flat_map(|(name, ty, array)| {
        let value = if array {
            // One NULL alone is read as NULL, and no element at all as none.
            let element = prop_oneof![5 => scalar(&ty), 1 => Just(Value::Null)];
            (scalar(&ty), vec(element, 0..3))
                .prop_map(|(first, rest)| {
                    Value::Array(std::iter::once(first).chain(rest).collect())
                })
                .boxed()
        } else {
            prop_oneof![7 => scalar(&ty), 1 => Just(Value::Null)].boxed()
        };
        value.prop_map(move |value| (name.clone(), value))
    })
}

fn instance() -> impl Strategy<Value = Instance> {
    let flat = vec(property(), 0..6).prop_map(|properties| {
        let mut instance = Instance::new(uri());
        properties.into_iter().for_each(|(name, value)| instance.set(&name, value));
        instance
    });
    flat.prop_recursive(2, 8, 2, |inner| {
        vec(inner, 1..3).prop_map(|inner| {
            let mut outer = Instance::new(ResourceUri::wmi(NAMESPACE, "Test_Outer"));
            for (index, inner) in inner.into_iter().enumerate() {
                outer.set(&format!("X{index}"), Value::Instance(Box::new(inner)));
            }
            outer
        })
    })
}

fn through_xml(element: &Element) -> Element {
    Element::parse(element.to_xml().unwrap().as_bytes(), Limits::default()).unwrap()
}

/// The form of datetimes that says their offsets, which comparing does not.
fn shown(instance: &Instance) -> String {
    format!("{instance:?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn instances_survive_ws_cim(instance in instance()) {
        let read = Instance::decode(&through_xml(&instance.encode()), &schema()).unwrap();
        prop_assert_eq!(&read, &instance);
        prop_assert_eq!(shown(&read), shown(&instance));
    }

    #[test]
    fn instances_survive_cim_xml(instance in instance()) {
        let written = instance.to_cim_xml(&schema(), Nulls::Write).unwrap();
        let read = Instance::from_cim_xml(&written, NAMESPACE, &schema()).unwrap();
        prop_assert_eq!(&read, &instance);
        prop_assert_eq!(shown(&read), shown(&instance));
    }

    #[test]
    fn cim_xml_survives_a_string_of_ws_cim(instance in instance()) {
        let mut carrier = Instance::new(uri());
        let value = Value::String(instance.to_cim_xml(&schema(), Nulls::Write).unwrap());
        carrier.set("S", value);
        let read = Instance::decode(&through_xml(&carrier.encode()), &schema()).unwrap();
        prop_assert_eq!(read.find("S").unwrap().to_embedded(NAMESPACE, &schema()), Ok(instance));
    }

    #[test]
    fn datetimes_survive_both_forms(value in datetime()) {
        let dmtf = value.to_dmtf().unwrap();
        prop_assert_eq!(dmtf.len(), 25);
        let read: Datetime = dmtf.parse().unwrap();
        prop_assert_eq!((read, format!("{read:?}")), (value, format!("{value:?}")));
        if let Ok(iso) = value.to_iso() {
            let read: Datetime = iso.parse().unwrap();
            prop_assert_eq!((read, format!("{read:?}")), (value, format!("{value:?}")));
        }
    }

    #[test]
    fn references_survive_as_elements_and_as_paths(reference in reference()) {
        let set = through_xml(&reference.selectors.to_element());
        let read = SelectorSet::from_element(&set).unwrap();
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", reference.selectors));
        let path = ObjectPath::of(&reference, &Schema::default()).unwrap();
        let read: ObjectPath = path.to_string().parse().unwrap();
        prop_assert_eq!(&read, &path);
        let read = read.to_reference("root/other", &Schema::default()).unwrap();
        prop_assert_eq!(format!("{read:?}"), format!("{reference:?}"));
    }

    #[test]
    fn parameters_survive(
        first in scalar(&Type::String),
        second in vec(scalar(&Type::UInt16), 1..4),
        reference in scalar(&Type::Reference(String::new())),
        fourth in scalar(&Type::Datetime),
        return_value in any::<u32>(),
    ) {
        let method = schema().find_method("Test_Thing", "Do").unwrap().clone();
        let arguments = [
            ("First", first),
            ("Second", Value::Array(second)),
            ("Third", reference.clone()),
            ("Fourth", fourth.clone()),
            ("Sixth", Value::Null),
        ];
        let input = encode_input(&uri(), &method, &arguments).unwrap();
        let read = decode_input(&through_xml(&input), &method).unwrap();
        let expected = arguments.map(|(name, value)| (name.to_owned(), value));
        prop_assert_eq!(read.as_slice(), expected.as_slice());

        let written = super::element("Do_OUTPUT", "<p:ReturnValue>0</p:ReturnValue>");
        let mut output = Output::decode(&written, &method).unwrap();
        output.return_value = return_value;
        output.parameters = vec![("Fourth".to_owned(), fourth), ("Fifth".to_owned(), reference)];
        let written = encode_output(&uri(), &method, &output);
        prop_assert_eq!(Output::decode(&through_xml(&written), &method), Ok(output));
    }

    #[test]
    fn envelopes_survive(instances in vec(instance(), 1..3), id in "[A-F0-9-]{1,36}") {
        let mut envelope = Envelope::default();
        envelope.header.action = Some(Get::ACTION.to_owned());
        envelope.header.message_id = Some(format!("uuid:{id}"));
        envelope.header.others.push(SelectorSet::new().with("Id", &id).to_element());
        envelope.body = instances.iter().map(Instance::encode).collect();
        let read = Envelope::parse(&envelope.to_bytes().unwrap(), Limits::default()).unwrap();
        prop_assert_eq!(&read, &envelope);
        let bodies = read.body.iter().map(|body| Instance::decode(body, &schema()).unwrap());
        prop_assert_eq!(bodies.collect::<Vec<_>>(), instances);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in vec(any::<u8>(), 0..64)) {
        drop(Element::parse(&bytes, Limits::default()));
        drop(Envelope::parse(&bytes, Limits::default()));
        let text = String::from_utf8_lossy(&bytes);
        drop((text.parse::<Datetime>(), text.parse::<ObjectPath>()));
        drop(Instance::from_cim_xml(&text, NAMESPACE, &schema()));
    }

    #[test]
    fn no_path_makes_its_parser_panic(text in r#"[A-Za-b:.=,@"'\\/0-9ü-]{0,24}"#) {
        if let Ok(path) = text.parse::<ObjectPath>() {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    #[test]
    fn no_elements_make_a_parser_panic(
        pieces in vec(select(vec![
            "<INSTANCE CLASSNAME='Test_Thing'>", "</INSTANCE>", "<PROPERTY NAME='S' TYPE='uint8'>",
            "</PROPERTY>", "<PROPERTY.ARRAY NAME='Numbers'>", "</PROPERTY.ARRAY>", "<VALUE>", "</VALUE>",
            "<VALUE.ARRAY>", "</VALUE.ARRAY>", "<VALUE.REFERENCE>", "</VALUE.REFERENCE>", "<VALUE.NULL/>",
            "<INSTANCENAME/>", "<KEYBINDING NAME='K'/>", "5", "&#60;", "C.K=1",
        ]), 0..16),
    ) {
        let inner = format!("<INSTANCE CLASSNAME='Test_Thing'>{}</INSTANCE>", pieces.concat());
        drop(Instance::from_cim_xml(&inner, NAMESPACE, &schema()));
        if let Ok(element) = Element::parse(inner.as_bytes(), Limits::default()) {
            drop(Instance::decode(&element, &schema()));
            drop(SelectorSet::from_element(&element));
        }
    }

    /// A literal ends where its quote does, whatever is inside.
    #[test]
    fn no_text_leaves_its_literal(value in "\\PC{0,16}|['\"\\\\ORa=]{0,8}") {
        let condition = Condition::equals("P", &value).unwrap();
        let query = Select::all_of("C").unwrap().filter(condition).to_string();
        let literal = query.strip_prefix("SELECT * FROM C WHERE P = '").unwrap();
        let (mut read, mut characters) = (String::new(), literal.chars());
        loop {
            match characters.next().unwrap() {
                '\\' => read.push(characters.next().unwrap()),
                '\'' => break,
                c => read.push(c),
            }
        }
        prop_assert_eq!((read, characters.as_str()), (value, ""));
    }
}
