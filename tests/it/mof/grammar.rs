//! MOF text, right and wrong (DSP0004 annex A).

use hyperv_replica::cim::class::{Class, Literal, Type};
use hyperv_replica::mof::{Document, Flavor, Scope, parse};
use proptest::prelude::*;

fn class(text: &str) -> Class {
    let Document { mut classes, .. } = parse(text).unwrap();
    assert_eq!(classes.len(), 1);
    classes.pop().unwrap()
}

/// The default of a property that is given this text.
fn default(text: &str) -> Literal {
    class(&format!("class A {{ string P = {text}; }};")).properties.pop().unwrap().default.unwrap()
}

fn string(text: &str) -> Literal {
    Literal::String(text.to_owned())
}

#[test]
fn reads_a_class_with_all_that_it_may_have() {
    let class = class(
        r#"// A job.
        [Description("x"), Version("1.0") : ToSubclass]
        class TEST_Job as $Job : CIM_Job /* base */ {
            [Key, MaxLen(64)] string InstanceID;
            uint16 States[] = { 1, 2 };
            sint64 Fixed[4];
            [Read] TEST_Host REF Host = "TEST_Host.Name=\"a\"";
            uint32 Cancel([In] uint16 Reason, [In(false), Out] CIM_Error REF Errors[], datetime When);
            boolean Ping();
        };"#,
    );
    assert_eq!((class.name.as_str(), class.superclass.as_deref()), ("TEST_Job", Some("CIM_Job")));
    assert_eq!(class.qualifiers.text("version"), Some("1.0"));

    let shape: Vec<_> =
        class.properties.iter().map(|p| (p.name.as_str(), p.ty.clone(), p.array)).collect();
    let host = Type::Reference("TEST_Host".to_owned());
    assert_eq!(
        shape,
        [
            ("InstanceID", Type::String, false),
            ("States", Type::UInt16, true),
            ("Fixed", Type::SInt64, true),
            ("Host", host, false),
        ]
    );
    assert!(class.properties[0].is_key());
    assert_eq!(class.properties[0].qualifiers.find("MAXLEN"), Some(&Literal::Integer(64)));
    assert_eq!(
        class.properties[1].default,
        Some(Literal::Array(vec![Literal::Integer(1), Literal::Integer(2)]))
    );
    assert_eq!(class.properties[3].default, Some(string("TEST_Host.Name=\"a\"")));

    let cancel = &class.methods[0];
    assert_eq!((cancel.name.as_str(), &cancel.returns), ("Cancel", &Type::UInt32));
    let shape: Vec<_> = cancel
        .parameters
        .iter()
        .map(|p| (p.name.as_str(), p.ty.clone(), p.array, p.is_in(), p.is_out()))
        .collect();
    let error = Type::Reference("CIM_Error".to_owned());
    assert_eq!(
        shape,
        [
            ("Reason", Type::UInt16, false, true, false),
            ("Errors", error, true, false, true),
            ("When", Type::Datetime, false, true, false),
        ]
    );
    assert!(class.methods[1].parameters.is_empty());
}

#[test]
fn reads_every_intrinsic_type() {
    let types = [
        ("boolean", Type::Boolean),
        ("uint8", Type::UInt8),
        ("sint8", Type::SInt8),
        ("uint16", Type::UInt16),
        ("sint16", Type::SInt16),
        ("uint32", Type::UInt32),
        ("sint32", Type::SInt32),
        ("uint64", Type::UInt64),
        ("sint64", Type::SInt64),
        ("real32", Type::Real32),
        ("real64", Type::Real64),
        ("char16", Type::Char16),
        ("string", Type::String),
        ("datetime", Type::Datetime),
    ];
    for (word, ty) in types {
        assert_eq!(class(&format!("class A {{ {word} P; }};")).properties[0].ty, ty);
    }
}

#[test]
fn keywords_have_no_case_and_names_keep_theirs() {
    let document = parse(
        r#"#PRAGMA Locale ("en_US")
        QUALIFIER Abc : STRING = NULL, SCOPE(ANY), FLAVOR(TOSUBCLASS);
        CLASS aB { UINT8 cD = TRUE; x ref eF; };"#,
    );
    let class = document.unwrap().classes.pop().unwrap();
    assert_eq!((class.name.as_str(), class.properties[0].name.as_str()), ("aB", "cD"));
    assert_eq!(class.properties[0].default, Some(Literal::Boolean(true)));
    assert_eq!(class.properties[1].ty, Type::Reference("x".to_owned()));
}

#[test]
fn reads_pragmas_and_qualifier_declarations() {
    let document = parse(
        r#"#pragma include ("other.mof")
        Qualifier Values : string[], Scope(property, method), Flavor(EnableOverride, Translatable);
        Qualifier Weight : uint8 = 3, Scope(association);"#,
    );
    let document = document.unwrap();
    assert_eq!(document.pragmas[0].name, "include");
    assert_eq!(document.pragmas[0].value, "other.mof");
    let [values, weight] = &document.qualifiers[..] else { panic!() };
    assert_eq!((&values.ty, values.array, &values.default), (&Type::String, true, &None));
    assert_eq!(values.scopes, [Scope::Property, Scope::Method]);
    assert_eq!(values.flavors, [Flavor::EnableOverride, Flavor::Translatable]);
    assert_eq!((&weight.ty, &weight.default), (&Type::UInt8, &Some(Literal::Integer(3))));
    assert!(weight.flavors.is_empty());
}

#[test]
fn reads_integers_of_every_base() {
    let integers = [
        ("0", 0),
        ("+12", 12),
        ("-12", -12),
        ("0x1F", 31),
        ("0X1b", 27),
        ("-0x10", -16),
        ("017", 15),
        ("101b", 5),
        ("-11B", -3),
        ("18446744073709551615", u64::MAX.into()),
        ("-9223372036854775808", i64::MIN.into()),
    ];
    for (text, value) in integers {
        assert_eq!(default(text), Literal::Integer(value), "{text}");
    }
}

#[test]
fn reads_reals() {
    for (text, value) in [("1.5", 1.5), (".25", 0.25), ("-2.0e3", -2000.0), ("+1.0E-2", 0.01)] {
        assert_eq!(default(text), Literal::Real(value), "{text}");
    }
}

#[test]
fn reads_strings_characters_and_constants() {
    assert_eq!(default(r#""""#), string(""));
    assert_eq!(default("\"a\" // one\n /* two */ \"b\"\n\"c\""), string("abc"));
    assert_eq!(default(r#""\b\t\n\f\r\"\'\\""#), string("\u{8}\t\n\u{C}\r\"'\\"));
    assert_eq!(default(r#""\x41\Xe9\x263A-""#), string("Aé☺-"));
    assert_eq!(default(r#""// no comment /*""#), string("// no comment /*"));
    assert_eq!(default("\"Größe 日本\""), string("Größe 日本"));
    assert_eq!(default("'x'"), string("x"));
    assert_eq!(default(r"'\''"), string("'"));
    assert_eq!(default(r"'\x41'"), string("A"));
    assert_eq!(default("Null"), Literal::Null);
    assert_eq!(default("FALSE"), Literal::Boolean(false));
    assert_eq!(default("{}"), Literal::Array(vec![]));
    let mixed =
        Literal::Array(vec![Literal::Null, string("a"), Literal::Real(0.5), Literal::Integer(-1)]);
    assert_eq!(default(r#"{ null, "a" , .5, -1 }"#), mixed);
}

#[test]
fn a_qualifier_without_a_value_is_true() {
    let class = class("[Abstract, Weak : Restricted ToInstance, Q{1}] class A { };");
    assert_eq!(class.qualifiers.flag("Abstract"), Some(true));
    assert_eq!(class.qualifiers.flag("Weak"), Some(true));
    assert_eq!(class.qualifiers.find("Q"), Some(&Literal::Array(vec![Literal::Integer(1)])));
}

#[test]
fn reads_nothing_from_an_empty_text() {
    for text in ["", "\u{FEFF}", " \r\n\t", "// only this", "// one\r// two", "/* and * this **/"] {
        assert_eq!(parse(text), Ok(Document::default()), "{text:?}");
    }
}

/// Each place where the grammar demands something, and the message that says so.
#[test]
fn an_error_names_the_place_and_what_was_expected() {
    let refusals = [
        ("x", 1, 1, "expected a pragma, a qualifier declaration or a class, found \"x\""),
        ("/* a", 1, 3, "expected a comment that ends with `*/`, found \" \""),
        ("[A] Qualifier", 1, 5, "expected `class`, found \"Qualifier\""),
        ("[]", 1, 2, "expected the name of a qualifier, found \"]\""),
        ("[A B]", 1, 4, "expected `,` or `]`, found \"B\""),
        ("[A,] class B {};", 1, 4, "expected the name of a qualifier, found \"]\""),
        ("[A(1, 2)] class B {};", 1, 5, "expected `)`, found \",\""),
        ("[A()] class B {};", 1, 4, "expected a value, found \")\""),
        ("[A:] class B {};", 1, 4, "expected a flavour, found \"]\""),
        ("#include", 1, 2, "expected `pragma`, found \"include\""),
        ("#pragma (", 1, 9, "expected the name of the pragma, found \"(\""),
        ("#pragma a \"b\"", 1, 11, "expected `(`, found \"\\\"\""),
        ("#pragma a (b)", 1, 12, "expected a string, found \"b\""),
        ("#pragma a (\"b\"", 1, 15, "expected `)`, found the end of the text"),
        ("Qualifier :", 1, 11, "expected the name of the qualifier, found \":\""),
        ("Qualifier A;", 1, 12, "expected `:`, found \";\""),
        ("Qualifier A : B", 1, 15, "expected a data type, found \"B\""),
        ("Qualifier A : string;", 1, 21, "expected `, Scope(`, found \";\""),
        (
            "Qualifier A : string, Scope(x)",
            1,
            29,
            "expected what may bear the qualifier, such as `property`, found \"x\"",
        ),
        ("Qualifier A : string, Scope(any;", 1, 32, "expected `,` or `)`, found \";\""),
        ("Qualifier A : string, Scope(any), Foo", 1, 35, "expected `Flavor(`, found \"Foo\""),
        (
            "Qualifier A : string, Scope(any), Flavor(x)",
            1,
            42,
            "expected a flavour, such as `ToSubclass`, found \"x\"",
        ),
        (
            "Qualifier A : string, Scope(any), Flavor(Restricted;",
            1,
            52,
            "expected `,` or `)`, found \";\"",
        ),
        ("Qualifier A : string, Scope(any)", 1, 33, "expected `;`, found the end of the text"),
        ("class {", 1, 7, "expected the name of the class, found \"{\""),
        ("class 1A {", 1, 7, "expected the name of the class, found \"1A\""),
        ("class A as B {", 1, 12, "expected an alias, such as `$Alias`, found \"B\""),
        ("class A : {", 1, 11, "expected the name of the superclass, found \"{\""),
        ("class A ;", 1, 9, "expected `{`, found \";\""),
        (
            "class A {\n  strng B;",
            2,
            3,
            "expected a data type, a class name and `REF`, or `}`, found \"strng\"",
        ),
        (
            "class A {\n  string B;\n",
            3,
            1,
            "expected a data type, a class name and `REF`, or `}`, found the end of the text",
        ),
        ("class A { string ; };", 1, 18, "expected a name, found \";\""),
        ("class A { string B }", 1, 20, "expected `;`, found \"}\""),
        ("class A { string B[x]; };", 1, 20, "expected `]`, found \"x\""),
        ("class A { string B = ; };", 1, 22, "expected a value, found \";\""),
        ("class A { string B = yes; };", 1, 22, "expected a value, found \"yes\""),
        ("class A { string B = { 1 2 }; };", 1, 26, "expected `,` or `}`, found \"2\""),
        ("class A { string B = { 1, }; };", 1, 27, "expected a value, found \"}\""),
        ("class A { string B = { {1} }; };", 1, 24, "expected a value, found \"{\""),
        ("class A { string B = 08; };", 1, 22, "expected a number, found \"08\""),
        ("class A { string B = 12x; };", 1, 22, "expected a number, found \"12x\""),
        ("class A { string B = 12b; };", 1, 22, "expected a number, found \"12b\""),
        (
            "class A { string B = \"é\n\"; };",
            1,
            24,
            "expected `\"` before the end of the line, found \"\\n\"",
        ),
        ("class A { string B = ''; };", 1, 23, "expected a character, found \"'\""),
        ("class A { string B = 'xy'; };", 1, 24, "expected `'`, found \"y\""),
        ("class A { C REF D[]; };", 1, 18, "expected `;`, found \"[\""),
        ("class A { C REF D(); };", 1, 18, "expected `;`, found \"(\""),
        (
            "class A { string B(x y); };",
            1,
            20,
            "expected a data type, or a class name and `REF`, found \"x\"",
        ),
        (
            "class A { string B(string); };",
            1,
            26,
            "expected the name of the parameter, found \")\"",
        ),
        ("class A { string B(string c d); };", 1, 29, "expected `,` or `)`, found \"d\""),
        (
            "class A { string B(string c,); };",
            1,
            29,
            "expected a data type, or a class name and `REF`, found \")\"",
        ),
        ("class A { string B() };", 1, 22, "expected `;`, found \"}\""),
        ("class A { }\n\n  class B { };", 3, 3, "expected `;` after the class, found \"class\""),
        (
            "instance of A { };",
            1,
            1,
            "instance declarations are not supported, only classes and qualifiers are",
        ),
        (
            "[A] instance of A { };",
            1,
            5,
            "instance declarations are not supported, only classes and qualifiers are",
        ),
        ("[A, B, a] class C {};", 1, 8, "a is given twice"),
        ("class A { string b; uint8 B; };", 1, 27, "B is given twice"),
        ("class A { string b(); uint8 B(); };", 1, 29, "B is given twice"),
        ("class A { string b(string c, string C); };", 1, 37, "C is given twice"),
        (
            "class A { uint64 B = 18446744073709551616; };",
            1,
            22,
            "the number does not fit into 64 bits",
        ),
        (
            "class A { sint64 B = -9223372036854775809; };",
            1,
            22,
            "the number does not fit into 64 bits",
        ),
        ("class A { real64 B = 1.0e999; };", 1, 22, "the number does not fit into 64 bits"),
    ];
    for (text, line, column, problem) in refusals {
        let error = parse(text).unwrap_err();
        assert_eq!(
            (error.line, error.column, error.problem.to_string().as_str()),
            (line, column, problem),
            "{text}"
        );
        assert_eq!(error.to_string(), format!("MOF line {line}, column {column}: {problem}"));
    }
}

#[test]
fn an_escape_that_means_nothing_is_refused() {
    for escape in [r"\q", r"\x", r"\xg", r"\xD800"] {
        let error = parse(&format!("#pragma a (\"-{escape}\")")).unwrap_err();
        assert_eq!((error.line, error.column), (1, 15), "{escape}");
        assert!(error.to_string().contains("after `\\`"), "{error}");
    }
}

#[test]
fn a_long_word_is_cut_in_the_message() {
    let error = parse(&"a".repeat(1_000_000)).unwrap_err();
    assert!(error.to_string().len() < 150);
}

#[test]
fn nesting_of_any_depth_is_refused_without_recursion() {
    const DEPTH: usize = 1_000_000;
    for (start, nest) in [
        ("class A { string B = ", "{"),
        ("[Q", "{"),
        ("[Q", "("),
        ("", "["),
        ("class A ", "{"),
        ("class A { string B", "("),
        ("class A { string B", "["),
    ] {
        assert!(parse(&(start.to_owned() + &nest.repeat(DEPTH))).is_err(), "{start}");
    }
    assert!(parse(&"/*".repeat(DEPTH)).is_err());
    assert!(parse(&"//\n".repeat(DEPTH)).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        drop(parse(&text));
    }

    #[test]
    fn any_sequence_of_words_is_read_or_refused(words in prop::collection::vec(prop::sample::select(&[
        "class ", "Qualifier ", "instance ", "#", "pragma ", "as ", "$", "A ", "REF ", "string ", "uint8 ", "Scope", "Flavor",
        "any", "Restricted", "[", "]", "{", "}", "(", ")", ",", ";", ":", "=", "1", "-", ".5", "0x", "\"", "'", "\\", "\n", "/*", "*/", "//",
    ][..]), 0..40)) {
        drop(parse(&words.concat()));
    }

    #[test]
    fn every_string_survives_escaping(text in any::<String>()) {
        let escaped: String = text
            .chars()
            .map(|c| match c {
                '"' | '\\' | '\n' | '\r' => format!("\\x{:04X}", u32::from(c)),
                c => c.to_string(),
            })
            .collect();
        prop_assert_eq!(default(&format!("\"{escaped}\"")), string(&text));
    }

    #[test]
    fn every_integer_of_64_bits_is_read(value in any::<i64>(), large in any::<u64>()) {
        prop_assert_eq!(default(&value.to_string()), Literal::Integer(value.into()));
        prop_assert_eq!(default(&format!("0x{large:x}")), Literal::Integer(large.into()));
    }
}
