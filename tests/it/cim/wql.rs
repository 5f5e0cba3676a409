//! WQL queries.

use hyperv_replica::cim::{
    Error, ObjectPath,
    wql::{Associators, Condition, Literal, Operator, Query, References, Select, escape_pattern},
};

use super::datetime;

fn path(text: &str) -> ObjectPath {
    text.parse().unwrap()
}

#[test]
fn a_value_in_a_query_stays_a_value() {
    for (value, literal) in [
        ("web01", "'web01'"),
        ("", "''"),
        ("it's", r"'it\'s'"),
        (r"a\b", r"'a\\b'"),
        (r"\' OR 1=1 --", r"'\\\' OR 1=1 --'"),
        (r"\", r"'\\'"),
        ("\"%_[]", "'\"%_[]'"),
        ("ü\n", "'ü\n'"),
    ] {
        let condition = Condition::equals("ElementName", value).unwrap();
        let query = Select::all_of("Msvm_ComputerSystem").unwrap().filter(condition).to_string();
        assert_eq!(
            query,
            format!("SELECT * FROM Msvm_ComputerSystem WHERE ElementName = {literal}")
        );
    }
    let is = |property, value| Condition::equals(property, value).unwrap();
    let both = is("A", "1").or(is("B", "2")).and(is("__CLASS", "3"));
    let query = Select::all_of("T").unwrap().filter(both).to_string();
    assert_eq!(query, "SELECT * FROM T WHERE ((A = '1') OR (B = '2')) AND (__CLASS = '3')");
    assert_eq!(Select::all_of("_T9").unwrap().to_string(), "SELECT * FROM _T9");
}

#[test]
fn names_that_wql_does_not_allow_are_refused() {
    for name in
        ["", " ", "9a", "a b", "a;", "a'", "a\"", "a.b", "a\\b", "a*", "ü", "a\n", "*", "a--"]
    {
        let refused = Error::Identifier(name.to_owned());
        assert_eq!(Select::all_of(name), Err(refused.clone()), "{name:?}");
        assert_eq!(Condition::equals(name, "x"), Err(refused), "{name:?}");
    }
}

#[test]
fn conditions_say_what_wql_can_say() {
    let compare = |operator, literal: Literal| Condition::compare("P", operator, literal);
    let time = match datetime("2026-11-23T10:00:00+01:00") {
        hyperv_replica::cim::Value::Datetime(time) => time,
        other => panic!("{other:?}"),
    };
    for (condition, written) in [
        (compare(Operator::Equal, "5".into()), "P = '5'"),
        (compare(Operator::NotEqual, 5.into()), "P <> 5"),
        (compare(Operator::Less, i64::MIN.into()), "P < -9223372036854775808"),
        (compare(Operator::LessOrEqual, u64::MAX.into()), "P <= 18446744073709551615"),
        (compare(Operator::Greater, time.into()), "P > '20261123100000.000000+060'"),
        (compare(Operator::GreaterOrEqual, 5_u16.into()), "P >= 5"),
        (compare(Operator::Equal, true.into()), "P = TRUE"),
        (compare(Operator::NotEqual, false.into()), "P <> FALSE"),
        (compare(Operator::Equal, Literal::Null), "P = NULL"),
        (Condition::is_null("P"), "P IS NULL"),
        (Condition::is_not_null("P"), "P IS NOT NULL"),
        (Condition::is_a("__this", "Msvm_ConcreteJob"), "__this ISA 'Msvm_ConcreteJob'"),
        (Condition::like("P", r"a\b'%"), r"P LIKE 'a\\b\'%'"),
        (Condition::equals("P", 1).map(Condition::negated), "NOT (P = 1)"),
    ] {
        let query = Select::all_of("C").unwrap().filter(condition.unwrap()).to_string();
        assert_eq!(query, format!("SELECT * FROM C WHERE {written}"));
    }
    assert_eq!(escape_pattern("100%_[a]^"), "100[%][_][[]a]^");
    let far: hyperv_replica::cim::Datetime = "-000001-01-01T00:00:00Z".parse().unwrap();
    assert!(matches!(Condition::equals("P", far), Err(Error::NotRepresentable { .. })));
}

#[test]
fn a_query_may_select_some_properties() {
    let select = |names: &[&str]| Select::all_of("C").unwrap().only(names);
    assert_eq!(select(&["A", "__PATH"]).unwrap().to_string(), "SELECT A, __PATH FROM C");
    assert_eq!(select(&[]).unwrap().to_string(), "SELECT * FROM C");
    assert_eq!(select(&["A", "B FROM D --"]), Err(Error::Identifier("B FROM D --".into())));
}

#[test]
fn associations_are_followed_from_an_object_path() {
    let vm = || path(r#"Msvm_ComputerSystem.Name="it's {a\\b}""#);
    let of = r#"{Msvm_ComputerSystem.Name="it's {a\\b}"}"#;
    assert_eq!(Associators::of(vm()).to_string(), format!("ASSOCIATORS OF {of}"));
    let associators = Associators::of(vm())
        .association_class("Msvm_SystemDevice")
        .and_then(|query| query.result_class("Other"))
        .and_then(|query| query.result_class("CIM_DiskDrive"))
        .and_then(|query| query.role("GroupComponent"))
        .and_then(|query| query.result_role("PartComponent"))
        .unwrap();
    assert_eq!(
        associators.to_string(),
        format!(
            "ASSOCIATORS OF {of} WHERE AssocClass = Msvm_SystemDevice ResultClass = CIM_DiskDrive \
             Role = GroupComponent ResultRole = PartComponent"
        )
    );
    assert_eq!(References::of(vm()).to_string(), format!("REFERENCES OF {of}"));
    let references = References::of(vm()).result_class("A").and_then(|query| query.role("B"));
    let references = references.unwrap();
    assert_eq!(
        references.to_string(),
        format!("REFERENCES OF {of} WHERE ResultClass = A Role = B")
    );
    for name in ["", "a b", "A ResultRole=B", "A}"] {
        let refused = Error::Identifier(name.to_owned());
        let associators = Associators::of(vm());
        assert_eq!(associators.clone().association_class(name), Err(refused.clone()));
        assert_eq!(associators.clone().result_class(name), Err(refused.clone()));
        assert_eq!(associators.clone().role(name), Err(refused.clone()));
        assert_eq!(associators.result_role(name), Err(refused.clone()));
        assert_eq!(References::of(vm()).result_class(name), Err(refused.clone()));
        assert_eq!(References::of(vm()).role(name), Err(refused));
    }
}

#[test]
fn a_query_is_text_that_was_built_or_given() {
    let given = "select * from meta_class where x = 'y'";
    assert_eq!(
        (Query::raw(given).as_str(), Query::raw(given).to_string()),
        (given, given.to_owned())
    );
    assert_eq!(Query::raw(given).class(), None);
    for (query, text) in [
        (Query::from(Select::all_of("C").unwrap()), "SELECT * FROM C"),
        (Query::from(References::of(path("C=@"))), "REFERENCES OF {C=@}"),
        (Query::from(Associators::of(path("C.K=1"))), "ASSOCIATORS OF {C.K=1}"),
    ] {
        assert_eq!((query.as_str(), query.class()), (text, Some("C")));
    }
}
