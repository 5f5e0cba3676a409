use super::Bench;

/// The names of the virtual machines for which a condition holds; the host itself is HV01.
fn names(condition: &str) -> String {
    let query = format!("SELECT * FROM Msvm_ComputerSystem WHERE {condition}");
    Bench::sample().column(&query, "ElementName").join(" ")
}

#[test]
fn compares() {
    for (condition, expected) in [
        ("ElementName = 'web01'", "web01"),
        ("elementname = \"WEB01\"", "web01"),
        ("'web01' = ElementName", "web01"),
        ("ReplicationState = 9", "web01"),
        ("9 = ReplicationState", "web01"),
        ("ReplicationState > 8", "web01"),
        ("3 < ReplicationState", "web01"),
        ("ReplicationState >= 9.0", "web01"),
        ("ReplicationState = '9'", "web01"),
        ("ReplicationState <> 3", "web01 legacy"),
        ("ReplicationState != 3", "web01 legacy"),
        ("ReplicationState < 1", "legacy"),
        ("ReplicationState <= -0", "legacy"),
        ("ElementName > 'sql' AND ReplicationMode = 1", "web01 sql01"),
        ("InstallDate >= '20261123090000.000000+000' AND ElementName = 'web01'", "web01"),
        ("InstallDate < '2026-11-23T10:00:00+01:00'", ""),
    ] {
        assert_eq!(names(condition), expected, "{condition}");
    }
}

#[test]
fn null_fulfils_no_comparison() {
    assert_eq!(names("ReplicationState IS NULL"), "HV01");
    assert_eq!(names("ReplicationState is not null and ReplicationMode = 0"), "legacy");
    assert_eq!(names("ElementName = 'HV01' AND ReplicationState <> 3"), "");
    assert_eq!(names("ElementName = 'HV01' AND NOT ReplicationState = 3"), "HV01");
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    for (condition, expected) in [
        ("ElementName='web01' OR ElementName='sql01' AND ReplicationState=9", "web01"),
        ("(ElementName='web01' OR ElementName='sql01') AND ReplicationState=3", "sql01"),
        ("NOT ElementName='web01' AND ReplicationMode=1 AND ReplicationHealth=2", "files01"),
        ("NOT (ElementName='web01' OR ReplicationState=3 OR ReplicationState IS NULL)", "legacy"),
        ("NOT NOT((ElementName='web01'))", "web01"),
    ] {
        assert_eq!(names(condition), expected, "{condition}");
    }
}

#[test]
fn like_has_wildcards_and_sets() {
    for (pattern, expected) in [
        ("web01", "web01"),
        ("W%", "web01"),
        ("%01", "HV01 web01 sql01 files01"),
        ("%", "HV01 web01 sql01 dc02 files01 legacy O'Brien & <Söhne>"),
        ("___01", "web01 sql01"),
        ("[a-f]%", "dc02 files01"),
        ("[^a-z]%", ""),
        ("[sw]%0[1-9]", "web01 sql01"),
        ("%[%]%", ""),
        ("%b%r%ie_ & <s_hne>", "O'Brien & <Söhne>"),
        ("[", ""),
        ("", ""),
    ] {
        assert_eq!(names(&format!("ElementName LIKE '{pattern}'")), expected, "{pattern}");
    }
}

#[test]
fn like_does_not_explode() {
    let pattern = "%a".repeat(2000);
    let query = format!("ElementName LIKE '{pattern}%b' OR ElementName LIKE '{pattern}%'");
    assert_eq!(names(&query), "");
}

#[test]
fn isa_asks_for_the_class() {
    let mut bench = Bench::sample();
    let query = "SELECT * FROM CIM_EnabledLogicalElement WHERE __this ISA 'CIM_Service'";
    assert_eq!(bench.column(query, "Name"), ["replicasvc"]);
}

#[test]
fn the_name_of_the_class_is_a_system_property() {
    let mut bench = Bench::sample();
    let query = "SELECT * FROM CIM_EnabledLogicalElement WHERE __class = 'MSVM_replicationservice'";
    assert_eq!(bench.column(query, "Name"), ["replicasvc"]);
    let query = "SELECT * FROM CIM_EnabledLogicalElement WHERE __CLASS <> 'Msvm_ComputerSystem'";
    assert_eq!(bench.column(query, "Name"), ["replicasvc"]);
}

#[test]
fn a_backslash_escapes_itself_and_quotes() {
    let mut bench = Bench::sample();
    let id = r"Microsoft:56495254-0000-4000-8000-000000000001\\HVR\\0";
    let query = format!("SELECT * FROM Msvm_ReplicationSettingData WHERE InstanceID = \"{id}\"");
    assert_eq!(bench.column(&query, "RecoveryHostSystem"), ["hv02.example.com"]);
    assert_eq!(names(r#"ElementName = "O'Brien & <Söhne>""#), "O'Brien & <Söhne>");
    assert_eq!(names(r#"ElementName = "O\'Brien & <Söhne>""#), "O'Brien & <Söhne>");
}

#[test]
fn refuses_what_the_grammar_does_not_have() {
    let mut bench = Bench::sample();
    let deep =
        format!("select * from CIM_System where {}Name='x'{}", "(".repeat(40), ")".repeat(40));
    let denied = format!("select * from CIM_System where {} Name='x'", "not ".repeat(10_000));
    let long = format!("select * from CIM_System where Name='{}'", "x".repeat(20_000));
    for query in [
        "",
        "select",
        "select * from",
        "select * from CIM_System where",
        "select * from CIM_System Name='x'",
        "select * from CIM_System where Name",
        "select * from CIM_System where Name='x' and",
        "select * from CIM_System where Name='x' garbage",
        "select * from CIM_System where (Name='x'",
        "select * from CIM_System where Name='x",
        r"select * from CIM_System where Name='a\b'",
        "select * from CIM_System where Name=x",
        "select * from CIM_System where Name=5x",
        "select * from CIM_System where Name isa 'CIM_System'",
        "select * from CIM_System where Name = null",
        "select *, Name from CIM_System",
        "select Name, from CIM_System",
        "select count(*) from CIM_System",
        "selectName from CIM_System",
        "select Nothing from CIM_System",
        "select * from CIM_System where Nothing = 1",
        "select * from CIM_System where EnabledState like '2'",
        "select * from CIM_System where EnabledState = 'two'",
        "select * from CIM_System where EnabledState = TRUE",
        "select * from CIM_System where Name = 1",
        "select * from CIM_System where OperationalStatus = 2",
        "select * from CIM_System where InstallDate = 'yesterday'",
        "select * from CIM_System where __this isa 'Nothing'",
        "select * from CIM_System where __CLASS = 1",
        "select * from CIM_System where __PATH = 'x'",
        "select * from CIM_Service where Started > FALSE",
        &deep,
        &denied,
        &long,
    ] {
        let fault = bench.query(query).expect_err(query);
        assert_eq!(fault.code, Some(2_150_858_778), "{query}");
    }
}
