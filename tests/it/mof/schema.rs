//! Inheritance in a schema of classes (DSP0004 sections 5.1 and 5.6).

use hyperv_replica::cim::class::{Literal, Schema, SchemaError};
use hyperv_replica::mof::parse;

fn schema(text: &str) -> Result<Schema, SchemaError> {
    Schema::from_classes(parse(text).unwrap().classes)
}

fn names<'a>(classes: impl Iterator<Item = &'a hyperv_replica::cim::class::Class>) -> Vec<&'a str> {
    classes.map(|class| class.name.as_str()).collect()
}

/// Derived classes come first, because their order must not matter.
const FAMILY: &str = r#"
    class C : B { [Override("Name"), Description("c")] string Name; uint8 Own; };
    class B : A {
        [Override("id"), Deprecated {"x"}] string ID;
        [Override("Run")] uint32 Run([Description("mine")] uint16 How, [Out] string Other);
    };
    [Association]
    class A {
        [Key, MaxLen(9), Deprecated {"y"}, Version("1")] string Id = "none";
        [Key, Description("a"), ValueMap {"1"}] string Name;
        [Description("run"), Experimental] uint32 Run([In(false), Out, Description("his")] uint16 How, string Gone);
        uint32 Stop();
    };
    class Z { };
"#;

#[test]
fn classes_know_their_ancestors_and_descendants_in_any_case() {
    let schema = schema(FAMILY).unwrap();
    assert_eq!(names(schema.classes()), ["A", "B", "C", "Z"]);
    assert_eq!(schema.find("b").unwrap().name, "B");
    assert!(schema.find("D").is_none());
    assert_eq!(names(schema.ancestors("c")), ["C", "B", "A"]);
    assert_eq!(names(schema.ancestors("D")), [""; 0]);
    assert_eq!(names(schema.subclasses("b")), ["B", "C"]);
    assert_eq!(names(schema.subclasses("D")), [""; 0]);
    assert!(schema.is_a("C", "a") && schema.is_a("A", "A"));
    assert!(!schema.is_a("A", "C") && !schema.is_a("Z", "A") && !schema.is_a("D", "D"));
    assert!(
        schema.is_association("C") && !schema.is_association("Z") && !schema.is_association("D")
    );
}

#[test]
fn an_override_stands_in_the_place_of_what_it_overrides() {
    let schema = schema(FAMILY).unwrap();
    let properties: Vec<_> =
        schema.properties("C").iter().map(|property| property.name.as_str()).collect();
    assert_eq!(properties, ["ID", "Name", "Own"]);
    assert_eq!(schema.find_property("C", "id").unwrap().name, "ID");
    assert_eq!(schema.find_property("A", "id").unwrap().name, "Id");
    assert!(
        schema.find_property("C", "Nothing").is_none() && schema.find_property("D", "Id").is_none()
    );
    assert!(schema.properties("D").is_empty());
}

#[test]
fn an_overridden_key_stays_a_key_and_keeps_its_default() {
    let schema = schema(FAMILY).unwrap();
    assert_eq!(schema.keys("C"), ["ID", "Name"]);
    assert!(schema.keys("Z").is_empty());
    let id = schema.find_property("C", "ID").unwrap();
    assert_eq!(id.qualifiers.find("MaxLen"), Some(&Literal::Integer(9)));
    assert_eq!(id.default, Some(Literal::String("none".to_owned())));
}

#[test]
fn an_override_keeps_its_own_qualifiers_and_inherits_none_that_is_restricted() {
    let schema = schema(FAMILY).unwrap();
    let name = schema.find_property("C", "Name").unwrap();
    assert_eq!(name.qualifiers.text("Description"), Some("c"));
    assert!(name.qualifiers.find("ValueMap").is_some());
    let id = schema.find_property("B", "ID").unwrap();
    assert_eq!(
        id.qualifiers.find("Deprecated"),
        Some(&Literal::Array(vec![Literal::String("x".to_owned())]))
    );
    assert_eq!(id.qualifiers.find("Version"), None);
}

#[test]
fn the_nearest_method_wins_and_its_parameters_inherit_by_name() {
    let schema = schema(FAMILY).unwrap();
    let run = schema.find_method("C", "RUN").unwrap();
    assert_eq!(run.qualifiers.text("Description"), Some("run"));
    assert_eq!(run.qualifiers.find("Experimental"), None);
    let [how, other] = &run.parameters[..] else { panic!() };
    assert_eq!(how.qualifiers.text("Description"), Some("mine"));
    assert!(!how.is_in() && how.is_out());
    assert!(other.is_in() && other.is_out());
    assert!(schema.find_method("C", "Stop").is_some());
    assert!(schema.find_method("Z", "Stop").is_none());
}

#[test]
fn refuses_what_is_no_schema() {
    let error = |text| schema(text).unwrap_err().to_string();
    assert_eq!(error("class A {}; class a {};"), "class A is declared twice");
    assert_eq!(
        error("class A : B {}; class C : A {};"),
        "class A derives from B, which is not declared"
    );
    assert_eq!(error("class A : A {};"), "class A derives from itself");
    assert_eq!(
        error("class A : B {}; class B : C {}; class C : b {};"),
        "class A derives from itself"
    );
}

#[test]
fn a_chain_of_many_classes_is_no_cycle() {
    let chain: String =
        (1..500).map(|i| format!("class A{i} : A{} {{ uint8 P{i}; }};", i - 1)).collect();
    let schema = schema(&(chain + "class A0 { [Key] uint8 P0; };")).unwrap();
    assert_eq!(schema.properties("A499").len(), 500);
    assert_eq!(schema.keys("A499"), ["P0"]);
}

#[test]
fn names_a_value_by_its_map() {
    let text = r#"[ValueMap {"1", "-5..-2", "10..20", "..", "0x8000..", "..-100", "odd"},
                    Values {"One", "Minus", "Range", "Rest", "Vendor", "Low", "Odd"}] class A { };"#;
    let class = parse(text).unwrap().classes.pop().unwrap();
    let names = [
        (1, "One"),
        (-5, "Minus"),
        (-2, "Minus"),
        (-1, "Rest"),
        (9, "Rest"),
        (10, "Range"),
        (20, "Range"),
        (0x8000, "Vendor"),
        (i128::MAX, "Vendor"),
        (-100, "Low"),
    ];
    for (value, name) in names {
        assert_eq!(class.qualifiers.value_name(value), Some(name), "{value}");
    }
}

#[test]
fn a_value_without_a_name_has_none() {
    let name = |qualifiers: &str, value| {
        let class =
            parse(&format!("[{qualifiers}] class A {{ }};")).unwrap().classes.pop().unwrap();
        class.qualifiers.value_name(value).map(str::to_owned)
    };
    assert_eq!(name(r#"ValueMap {"1", "2"}, Values {"One"}"#, 2), None);
    assert_eq!(name(r#"ValueMap {"1"}, Values {"One"}"#, 2), None);
    assert_eq!(name(r#"ValueMap {"1"}"#, 1), None);
    assert_eq!(name(r#"Values {"Zero", "One"}"#, 1).as_deref(), Some("One"));
    assert_eq!(name(r#"Values {"Zero", "One"}"#, -1), None);
    assert_eq!(name("Values {1}", 0), None);
}
