//! References and object paths.

use hyperv_replica::{
    cim::{Error, KeyValue, ObjectPath, Reference, ResourceUri, Selector, class::Schema},
    mof,
};

/// A class with a key of each kind, an association of it, and one without keys.
const MOF: &str = "
    class Test_Key { [Key] string Text; [Key] uint64 Number; [Key] sint8 Small; [Key] boolean Flag; [Key] datetime At; };
    class Test_Link { [Key] Test_Key REF Antecedent; [Key] Test_Key REF Dependent; };
    class Test_Only { string Text; };";
const NAMESPACE: &str = "root/virtualization/v2";

fn schema() -> Schema {
    Schema::from_classes(mof::parse(MOF).unwrap().classes).unwrap()
}

fn reference(class: &str, keys: &[(&str, &str)]) -> Reference {
    let of_class = Reference::new(ResourceUri::wmi(NAMESPACE, class));
    keys.iter().fold(of_class, |reference, (name, value)| reference.selector(name, *value))
}

fn link(of: Reference) -> Reference {
    let mut link = reference("Test_Link", &[]);
    link.selectors.insert("Antecedent", Selector::Reference(of));
    link
}

#[test]
fn paths_are_read_in_all_their_forms_and_written_in_one() {
    let full = r#"\\HV01\root\virtualization\v2:C.K="v""#;
    for (written, others) in [
        (
            full,
            vec![
                "//HV01/root/virtualization/v2:C.K='v'",
                r#"\\hv01\ROOT\virtualization/v2:c.k="V""#,
            ],
        ),
        (r#"root/virtualization/v2:C.K="v""#, vec![r#"\root\virtualization\v2:C.K="v""#]),
        (r#"\\.\root\cimv2:C.K="v""#, vec![]),
        (r#"\\fe80::1\root\cimv2:C.K="a:b""#, vec![]),
        (r#"C.K="v",L=5,M=TRUE"#, vec!["C.K='v',L=5,M=true", r#"C.L=5,M=True,K="v""#]),
        ("C.K=-9223372036854775808", vec![]),
        ("C.K=18446744073709551615,L=FALSE", vec![]),
        ("C", vec!["c"]),
        ("root/cimv2:C", vec![r"root\cimv2:C"]),
        ("C=@", vec![]),
        (r"\\HV01\root\cimv2:C=@", vec!["//HV01/root/cimv2:C=@"]),
        (r#"C.K="""#, vec!["C.K=''"]),
        (r#"C.K="it's a \"b\" \\ c,d=e""#, vec![r#"C.K='it\'s a "b" \\ c,d=e'"#]),
        (r#"C.K="Microsoft:A\\B""#, vec![r#"C.K="Microsoft:A\B""#]),
    ] {
        let path: ObjectPath = written.parse().unwrap();
        assert_eq!(path.to_string(), written);
        for other in others {
            assert_eq!(other.parse::<ObjectPath>().as_ref(), Ok(&path), "{other}");
        }
    }
    let path: ObjectPath = full.parse().unwrap();
    assert_eq!((path.host(), path.namespace(), path.class()), (Some("HV01"), Some(NAMESPACE), "C"));
    assert_eq!(path.keys().collect::<Vec<_>>(), [("K", &KeyValue::Text("v".into()))]);
    assert!(!path.is_singleton() && "C=@".parse::<ObjectPath>().unwrap().is_singleton());
}

#[test]
fn paths_that_say_different_things_are_different() {
    let paths = [
        "C",
        "C=@",
        "C.K=1",
        "C.K='1'",
        "C.K=TRUE",
        "C.K='TRUE'",
        "C.K=1,L=1",
        "C.L=1",
        "D.K=1",
        "root:C.K=1",
        "//a/root:C.K=1",
    ];
    for (index, path) in paths.iter().enumerate() {
        let path: ObjectPath = path.parse().unwrap();
        for other in &paths[index + 1..] {
            assert_ne!(path, other.parse().unwrap(), "{path} {other}");
        }
    }
}

#[test]
fn what_is_no_path_is_refused() {
    for text in [
        "",
        ":",
        "C.",
        "C=",
        "C=\"x\"",
        "C.K",
        "C.K=",
        "C.K=x",
        "C.K=1.5",
        "C.K=\"x",
        "C.K='x\"",
        "C.K=\"x\\\"",
        "C.K=\"x\"y",
        "C.K=1,",
        "C.K=1,,L=2",
        "C.K=1,k=2",
        "C.=1",
        "C.9=1",
        "C@",
        "9C.K=1",
        "C D.K=1",
        ":C.K=1",
        "root/:C.K=1",
        "root//cimv2:C.K=1",
        "ro ot:C.K=1",
        "//host:C.K=1",
        "//host/:C.K=1",
        "///root:C.K=1",
        r"\\host\root\cimv2",
        "C.K=170141183460469231731687303715884105728",
    ] {
        assert!(matches!(text.parse::<ObjectPath>(), Err(Error::Path { .. })), "{text:?}");
    }
    for name in ["", "a b", "a\"", "a.b", "ü"] {
        let refused = Error::Identifier(name.to_owned());
        assert_eq!(ObjectPath::new(name), Err(refused.clone()));
        assert_eq!(ObjectPath::new("C").unwrap().key(name, "x"), Err(refused));
        if name != "ü" {
            assert!(ObjectPath::new("C").unwrap().in_namespace(name).is_err(), "{name}");
        }
    }
}

#[test]
fn keys_of_a_known_class_are_written_by_their_types() {
    let keys = [
        ("Text", r"5\x"),
        ("Number", "18446744073709551615"),
        ("Small", "-5"),
        ("Flag", "true"),
        ("At", "20261123090000.000000+000"),
    ];
    let known = ObjectPath::of(&reference("test_key", &keys), &schema()).unwrap();
    assert_eq!(
        known.to_string(),
        r#"root/virtualization/v2:test_key.Text="5\\x",Number=18446744073709551615,Small=-5,Flag=TRUE,At="20261123090000.000000+000""#
    );
    assert_eq!(known.to_reference("root/cimv2", &schema()), Ok(reference("Test_Key", &keys)));
    let unknown = ObjectPath::of(&reference("Other", &keys[1..2]), &schema()).unwrap();
    assert_eq!(
        unknown.to_string(),
        r#"root/virtualization/v2:Other.Number="18446744073709551615""#
    );
    for (key, value) in [("Number", "five"), ("Flag", "yes"), ("Small", "")] {
        let refused = ObjectPath::of(&reference("Test_Key", &[(key, value)]), &schema());
        assert!(matches!(refused, Err(Error::Text { .. })), "{key} {value}");
    }
    for (class, written) in [
        ("Test_Only", "root/virtualization/v2:Test_Only=@"),
        ("Test_Key", "root/virtualization/v2:Test_Key"),
        ("Other", "root/virtualization/v2:Other"),
    ] {
        let path = ObjectPath::of(&reference(class, &[]), &schema()).unwrap();
        assert_eq!(path.to_string(), written);
        assert_eq!(path.to_reference("root/cimv2", &schema()), Ok(reference(class, &[])));
    }
}

#[test]
fn a_namespace_is_taken_from_the_path_and_else_from_the_caller() {
    let to_uri = |path: &str| {
        let path: ObjectPath = path.parse().unwrap();
        path.to_reference("root/cimv2", &schema()).unwrap().uri.to_string()
    };
    assert_eq!(to_uri("C.K=1"), ResourceUri::wmi("root/cimv2", "C").to_string());
    assert_eq!(
        to_uri(r"\\HV01\root\virtualization\v2:C"),
        ResourceUri::wmi(NAMESPACE, "C").to_string()
    );
}

#[test]
fn a_reference_inside_a_reference_is_a_path_inside_a_string() {
    let inner = reference("Test_Key", &[("Text", "a\"b"), ("Number", "5")]);
    let path = ObjectPath::of(&link(inner.clone()), &schema()).unwrap();
    assert_eq!(
        path.to_string(),
        r#"root/virtualization/v2:Test_Link.Antecedent="root/virtualization/v2:Test_Key.Text=\"a\\\"b\",Number=5""#
    );
    let read: ObjectPath = path.to_string().parse().unwrap();
    assert_eq!(read.to_reference("root/cimv2", &schema()), Ok(link(inner.clone())));
    // Without a schema a path with a namespace and keys is taken for one.
    let empty = Schema::default();
    assert_eq!(read.to_reference("root/cimv2", &empty), Ok(link(inner)));
    for text in ["root/cimv2:C", "C.K=1", "x", "Microsoft:A"] {
        let path = ObjectPath::new("Other").unwrap().key("K", text).unwrap();
        let reference = path.to_reference("root/cimv2", &empty).unwrap();
        assert_eq!(reference.selectors.find("K"), Some(text));
    }
    let none = ObjectPath::new("Test_Link").unwrap().key("Antecedent", "x y").unwrap();
    assert!(matches!(none.to_reference(NAMESPACE, &schema()), Err(Error::Path { .. })));
}

#[test]
fn paths_do_not_grow_without_bound() {
    let backslashes = reference("Test_Key", &[("Text", &"\\".repeat(1000))]);
    let nest = |depth| (0..depth).fold(backslashes.clone(), |inner, _| link(inner));
    assert!(ObjectPath::of(&nest(4), &schema()).unwrap().to_string().len() < 100_000);
    assert!(matches!(ObjectPath::of(&nest(5), &schema()), Err(Error::Path { .. })));
    let keys = |count: usize| (0..count).map(|n| format!("K{n}=1")).collect::<Vec<_>>().join(",");
    assert!(format!("C.{}", keys(256)).parse::<ObjectPath>().is_ok());
    assert!(format!("C.{}", keys(100_000)).parse::<ObjectPath>().is_err());
}
