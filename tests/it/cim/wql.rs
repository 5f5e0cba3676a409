//! WQL queries.

use hyperv_replica::cim::{
    Error,
    wql::{Condition, Select},
};

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
