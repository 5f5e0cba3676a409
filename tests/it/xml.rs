//! XML: what is read, what is refused and where, and what is written.

use hyperv_replica::xml::{Element, Error, Limits, Name, Problem, XML, XMLNS, XSI};
use proptest::prelude::*;

use crate::fixture;

fn parse(document: &str) -> Result<Element, Error> {
    Element::parse(document.as_bytes(), Limits::default())
}

fn problem(document: &str) -> (Problem, String) {
    match parse(document) {
        Ok(element) => panic!("{document:?} was read as {element:?}"),
        Err(error) => (error.problem, error.path),
    }
}

/// Small limits, so that the documents that exceed them can be read by people.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.bytes = 200;
    limits.depth = 3;
    limits.elements = 5;
    limits.attributes = 3;
    limits.declarations = 3;
    limits.name = 40;
    limits
}

#[test]
fn refuses_what_is_not_well_formed_and_says_where() {
    let cases = [
        // document, path, a part of the message
        ("", "/", "no element"),
        ("  \n", "/", "no element"),
        ("<!-- nothing -->", "/", "no element"),
        ("text", "/", "outside the root"),
        ("text<a/>", "/a", "outside the root"),
        ("<a/>text", "/", "outside the root"),
        ("<a/>\u{a0}", "/", "outside the root"),
        ("&#32;<a/>", "/", "outside the root"),
        ("<a/>&amp;", "/", "outside the root"),
        ("<![CDATA[ ]]><a/>", "/", "outside the root"),
        ("<a/><b/>", "/", "second root"),
        ("<a><b/>", "/a", "too early"),
        ("<a><b>text", "/a/b", "too early"),
        ("<a><b", "/a", ""),
        ("<a><![CDATA[x</a>", "/a", ""),
        ("<a><!-- x</a>", "/a", ""),
        ("<a x='1", "/", ""),
        ("<a><b></c></a>", "/a/b", ""),
        ("</a>", "/", ""),
        ("<a></a></a>", "/", ""),
        ("<p:a xmlns:p='u'></a>", "/a", ""),
        ("<a x='1' x='2'/>", "/", ""),
        ("<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "/", "twice"),
        ("<a xmlns:p='u' xmlns:p='v'/>", "/", ""),
        ("<a x=1/>", "/", ""),
        ("<a x/>", "/", ""),
        ("<a x='<'/>", "/", "\"<\""),
        ("<a x='&#0;'/>", "/", ""),
        ("<a x='&#xFFFE;'/>", "/", "U+FFFE"),
        ("<a>&#0;</a>", "/a", "character"),
        ("<a>&#8;</a>", "/a", "character"),
        ("<a>&#xD800;</a>", "/a", "character"),
        ("<a>&#x110000;</a>", "/a", "character"),
        ("<a>&#99999999999999999999;</a>", "/a", "character"),
        ("<a>&#;</a>", "/a", "character"),
        ("<a>&#+65;</a>", "/a", "character"),
        ("<a>\u{1}</a>", "/", "U+0001"),
        ("<a>\u{fffe}</a>", "/", "U+FFFE"),
        ("<a>]]></a>", "/a", "]]>"),
        ("<a>fish & chips</a>", "/a", ""),
        ("<a><b><?php ?></b></a>", "/a/b", "processing instruction"),
        ("<?xml-stylesheet href='x'?><a/>", "/", "processing instruction"),
        ("<a><?xml version='1.0'?></a>", "/a", "XML declaration"),
        ("<?xml version='1.0'?><?xml version='1.0'?><a/>", "/", "XML declaration"),
        (" <?xml version='1.0'?><a/>", "/", "XML declaration"),
        ("<!-- --><?xml version='1.0'?><a/>", "/", "XML declaration"),
        ("<a><!-- a -- b --></a>", "/a", ""),
        ("<1a/>", "/", "no name"),
        ("<a\u{d7}/>", "/", "no name"),
        ("<a 1x='1'/>", "/", "no name"),
        ("<:a/>", "/", "colon"),
        ("<p: xmlns:p='u'/>", "/", "no name"),
        ("<p:q:a xmlns:p='u'/>", "/", "no name"),
        ("<a xmlns:='u'/>", "/", ""),
        ("<a xmlns:p=''/>", "/", "prefix"),
        ("<a xmlns:1='u'/>", "/", "prefix"),
        ("<a xmlns:xml='u'/>", "/", "prefix"),
        ("<a xmlns:xmlns='u'/>", "/", "prefix"),
        ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "/", "prefix"),
        ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "/", "prefix"),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "/", "prefix"),
    ];
    for (document, path, message) in cases {
        let (problem, at) = problem(document);
        assert!(matches!(problem, Problem::Malformed(_)), "{document:?}: {problem:?}");
        assert!(problem.to_string().contains(message), "{document:?}: {problem}");
        assert_eq!(at, path, "{document:?}");
    }
}

#[test]
fn refuses_document_types_before_anything_in_them_is_read() {
    for document in [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY b '&c;&c;'><!ENTITY c '&b;&b;'>]><a>&b;</a>",
        "<?xml version='1.0'?>\n<!doctype a><a/>",
        "<a><!DOCTYPE a></a>",
    ] {
        assert_eq!(problem(document).0, Problem::DocumentType, "{document}");
    }
}

#[test]
fn refuses_entities_that_xml_does_not_define() {
    for (document, path) in [
        ("<a><b>&nbsp;</b></a>", "/a/b"),
        ("<a><b x='&nbsp;'/></a>", "/a"),
        ("<a>&nbsp;</a>", "/a"),
    ] {
        assert_eq!(problem(document), (Problem::Entity("nbsp".into()), path.into()), "{document}");
    }
}

#[test]
fn refuses_undeclared_prefixes() {
    for (document, prefix, path) in [
        ("<p:a/>", "p", "/"),
        ("<a><b p:x='1'/></a>", "p", "/a"),
        ("<a><b xmlns:p='u'/><p:c/></a>", "p", "/a"),
        ("<xmlns:a/>", "xmlns", "/"),
    ] {
        let expected = (Problem::UndeclaredPrefix(prefix.into()), path.into());
        assert_eq!(problem(document), expected, "{document}");
    }
}

#[test]
fn refuses_what_exceeds_a_limit_and_takes_what_reaches_it() {
    let long = "n".repeat(41);
    let bytes = "x".repeat(200);
    let cases = [
        // document, what there is too much of, path
        (format!("<a>{bytes}</a>"), "bytes", "/"),
        ("<a><b><c><d/></c></b></a>".into(), "levels of elements", "/a/b/c"),
        ("<a><b/><b/><b/><b/><b/></a>".into(), "elements", "/a"),
        ("<a><b w='' x='' y='' z=''/></a>".into(), "attributes of one element", "/a"),
        ("<a><b xmlns:p='u' x='' y='' z=''/></a>".into(), "attributes of one element", "/a"),
        (
            "<a xmlns='u' xmlns:p='u'><b xmlns:q='u' xmlns:r='u'/></a>".into(),
            "declarations of namespaces",
            "/a",
        ),
        (format!("<a><{long}/></a>"), "bytes in a name", "/a"),
        (format!("<a {long}=''/>"), "bytes in a name", "/"),
        (format!("<a xmlns:{long}='u'/>"), "bytes in a name", "/"),
        (format!("<a xmlns='{long}'/>"), "bytes in a name", "/"),
    ];
    for (document, what, path) in cases {
        let error = Element::parse(document.as_bytes(), limits()).unwrap_err();
        assert!(
            matches!(error.problem, Problem::Limit { what: is, .. } if is == what),
            "{document}: {error}"
        );
        assert_eq!(error.path, path, "{document}");
    }
    let name = "n".repeat(40);
    for document in [
        format!("<a>{}</a>", "x".repeat(193)),
        "<a><b><c/></b><b><c/></b></a>".into(),
        "<a xmlns:p='u' x='' y=''><b xmlns:q='u' x='' y=''/></a>".into(),
        format!("<{name} {name}=''/>"),
    ] {
        Element::parse(document.as_bytes(), limits()).unwrap();
    }
}

#[test]
fn refuses_encodings_other_than_utf_8() {
    let utf_16: Vec<u8> = "\u{feff}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for document in [
        utf_16.as_slice(),
        b"<a>\xE9</a>",
        b"<a>\xC0\x80</a>",
        b"<a>\xED\xA0\x80</a>",
        b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
        b"<?xml version='1.0' encoding='UTF-16'?><a/>",
    ] {
        let error = Element::parse(document, Limits::default()).unwrap_err();
        assert_eq!(error.problem, Problem::Encoding, "{document:?}");
    }
    for document in [
        "<?xml version='1.0' encoding='utf-8'?><a/>",
        "<?xml version=\"1.0\"?>\n<a/>",
        "\u{feff}<a/>",
    ] {
        assert_eq!(parse(document).unwrap(), Element::with_name(Name::local_only("a")));
    }
}

#[test]
fn reads_references_cdata_comments_and_line_ends() {
    let cases = [
        ("<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"),
        ("<a>&#65;&#x42;&#x1F600;&#13;&#9;</a>", "AB\u{1F600}\r\t"),
        ("<a>one<![CDATA[ <two> &amp; ]]>three</a>", "one <two> &amp; three"),
        ("<a>one<!-- two -->three</a>", "onethree"),
        ("<a>1\r\n2\r3\n4<![CDATA[\r\n]]></a>", "1\n2\n3\n4\n"),
        ("<a> \t\n </a>", " \t\n "),
        ("<a>]]</a>", "]]"),
        ("<a>&amp;lt;</a>", "&lt;"),
    ];
    for (document, text) in cases {
        assert_eq!(parse(document).unwrap().text, text, "{document:?}");
    }
    let attribute = parse("<a x='1\r\n2\t3&#10;4&#9;&apos;&amp;lt;'/>").unwrap();
    assert_eq!(attribute.find_attribute("x"), Some("1 2 3\n4\t'&lt;"));
}

#[test]
fn white_space_between_elements_is_dropped_and_in_text_kept() {
    let read = parse("<a>\n  <b> </b>\n  <c/>\n</a>").unwrap();
    assert_eq!(read.text, "");
    assert_eq!(read.children[0].text, " ");
    assert_eq!(parse("<a>\u{a0}<b/></a>").unwrap().text, "\u{a0}");
}

#[test]
fn names_are_resolved_by_the_nearest_declaration() {
    let root = parse(
        "<p:a xmlns:p='one' xmlns='base' x='1' p:x='2'>\
           <p:b xmlns:p='two' p:x='3'><p:c xmlns:p='one'/><p:d/></p:b>\
           <p:b/><e xmlns=''><f/><p:f/></e><g/>\
         </p:a>",
    )
    .unwrap();
    assert!(root.is("one", "a"));
    assert_eq!(root.find_attribute("x"), Some("1"));
    assert_eq!(root.find_attribute_in("one", "x"), Some("2"));
    assert_eq!(root.find_attribute_in("base", "x"), None);
    let inner = root.find("two", "b").unwrap();
    assert_eq!(inner.find_attribute_in("two", "x"), Some("3"));
    assert!(inner.find("one", "c").is_some() && inner.find("two", "d").is_some());
    assert!(root.find("one", "b").is_some());
    let undeclared = &root.children[2];
    assert_eq!(undeclared.name, Name::local_only("e"));
    assert_eq!(undeclared.children[0].name, Name::local_only("f"));
    assert!(undeclared.find("one", "f").is_some());
    assert!(root.find("base", "g").is_some());
    assert_eq!(root.all("one", "b").count(), 1);
    assert_eq!(
        parse("<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='de'/>")
            .unwrap()
            .find_attribute_in(XML, "lang"),
        Some("de")
    );
}

#[test]
fn qualified_names_in_text_are_resolved_where_they_stand() {
    let root =
        parse("<p:a xmlns:p='one' xmlns='base'><p:b xmlns:p='two'/><c xmlns=''/></p:a>").unwrap();
    let (inner, undeclared) = (&root.children[0], &root.children[1]);
    for (element, text, name) in [
        (&root, " p:Name\n", Some(Name::new("one", "Name"))),
        (&root, "Name", Some(Name::new("base", "Name"))),
        (&root, "q:Name", None),
        (&root, "xml:lang", Some(Name::new(XML, "lang"))),
        (inner, "p:Name", Some(Name::new("two", "Name"))),
        (undeclared, "Name", Some(Name::local_only("Name"))),
        (undeclared, "p:Name", Some(Name::new("one", "Name"))),
    ] {
        assert_eq!(element.resolve(text), name, "{text}");
    }
}

#[test]
fn writes_escapes_so_that_all_text_survives() {
    let text = "<&>\"'\t\r\n ]]> \u{85}\u{2028} \u{1F600} ü ";
    let element = Element::new("u", "a").attribute(Name::local_only("x"), text).text(text);
    let written = element.to_xml().unwrap();
    assert!(!written.contains('\r') && written.contains("&#13;") && written.contains("]]&gt;"));
    assert_eq!(parse(&written).unwrap(), element);
}

#[test]
fn writes_null_self_closed_and_empty_text_not() {
    let null = || Element::new("u", "n").attribute(Name::new(XSI, "nil"), "true");
    let root = Element::new("u", "a")
        .declare("p", "u")
        .declare("xsi", XSI)
        .child(null())
        .child(Element::new("u", "e"));
    assert_eq!(
        root.to_xml().unwrap(),
        format!(r#"<p:a xmlns:p="u" xmlns:xsi="{XSI}"><p:n xsi:nil="true"/><p:e></p:e></p:a>"#)
    );
}

#[test]
fn writes_elements_in_lines_for_people_and_leaves_text_as_it_is() {
    let leaf = |text: &str| Element::new("u", "t").text(text);
    let inner = Element::new("u", "c").child(leaf(" a\n b ")).child(leaf(""));
    let null = Element::new("u", "n").attribute(Name::new(XSI, "nil"), "true");
    let root =
        Element::new("u", "a").declare("p", "u").declare("xsi", XSI).child(inner).child(null);
    let lines = format!(
        "<p:a xmlns:p=\"u\" xmlns:xsi=\"{XSI}\">\n  <p:c>\n    <p:t> a\n b </p:t>\n    <p:t></p:t>\n  </p:c>\n  \
         <p:n xsi:nil=\"true\"/>\n</p:a>"
    );
    assert_eq!(root.to_pretty_xml().unwrap(), lines);
}

#[test]
fn writes_prefixes_that_are_declared_shadowed_and_generated() {
    let cases = [
        // generated where none is declared, and used again inside
        (
            Element::new("u", "a").child(Element::new("u", "b")).child(Element::new("v", "c")),
            r#"<ns0:a xmlns:ns0="u"><ns0:b></ns0:b><ns1:c xmlns:ns1="v"></ns1:c></ns0:a>"#,
        ),
        // rebound inside, as Windows does with `p`; what is shadowed gets another prefix
        (
            Element::new("u", "a")
                .declare("p", "u")
                .child(Element::new("v", "b").declare("p", "v").child(Element::new("u", "c"))),
            r#"<p:a xmlns:p="u"><p:b xmlns:p="v"><ns2:c xmlns:ns2="u"></ns2:c></p:b></p:a>"#,
        ),
        // a generated prefix is none that is taken
        (
            Element::new("u", "a")
                .declare("ns1", "w")
                .attribute(Name::new("w", "x"), "1")
                .attribute(Name::new("v", "y"), "2"),
            r#"<ns2:a xmlns:ns1="w" xmlns:ns2="u" xmlns:ns3="v" ns1:x="1" ns3:y="2"></ns2:a>"#,
        ),
        // no namespace, and the namespace that is always bound
        (
            Element::new("", "a").attribute(Name::new(XML, "lang"), "en-US"),
            r#"<a xml:lang="en-US"></a>"#,
        ),
        // declared, though nothing needs it; its name is escaped
        (
            Element::with_name(Name::local_only("a")).declare("p", "u?\"&\t"),
            r#"<a xmlns:p="u?&quot;&amp;&#9;"></a>"#,
        ),
    ];
    for (element, written) in cases {
        assert_eq!(element.to_xml().unwrap(), written);
        assert_eq!(parse(written).unwrap(), element);
    }
}

#[test]
fn refuses_to_write_what_xml_cannot_carry_and_says_where() {
    let a = || Element::new("u", "a").declare("p", "u");
    let name = |local: &str| Name::local_only(local);
    let cases = [
        (a().child(Element::new("u", "b").text("\u{0}")), Problem::Unwritable('\u{0}'), "/a/b"),
        (a().text("\u{1b}"), Problem::Unwritable('\u{1b}'), "/a"),
        (a().text("\u{ffff}"), Problem::Unwritable('\u{ffff}'), "/a"),
        (a().attribute(name("x"), "\u{8}"), Problem::Unwritable('\u{8}'), "/a"),
        (Element::new("\u{1}", "a"), Problem::Unwritable('\u{1}'), "/a"),
        (a().child(Element::new("u", "b c")), Problem::InvalidName("b c".into()), "/a/b c"),
        (a().child(Element::new("u", "")), Problem::InvalidName(String::new()), "/a/"),
        (a().attribute(name("x:y"), ""), Problem::InvalidName("x:y".into()), "/a"),
        (a().attribute(name("\u{fffe}"), ""), Problem::InvalidName("\u{fffe}".into()), "/a"),
        (a().attribute(Name::new(XMLNS, "q"), "u"), Problem::InvalidName("q".into()), "/a"),
        (a().declare("p", "v"), Problem::InvalidName("p".into()), "/a"),
        (a().declare("", "v"), Problem::InvalidName(String::new()), "/a"),
        (a().declare("xml", "v"), Problem::InvalidName("xml".into()), "/a"),
    ];
    for (element, problem, path) in cases {
        assert_eq!(element.to_xml(), Err(Error { problem, path: path.into() }));
    }
}

/// Each of these once was read, or read wrongly.
#[test]
fn regressions() {
    let cases = [
        ("declaration_in_the_middle.xml", "/Envelope/Body", "XML declaration"),
        ("reference_outside_the_root.xml", "/", "outside the root"),
        ("less_than_in_attribute.xml", "/Envelope", "\"<\""),
        ("long_namespace.xml", "/", "bytes in a name"),
        ("many_declarations_in_scope.xml", "/a/a/a/a", "declarations of namespaces"),
    ];
    for (file, path, message) in cases {
        let error = Element::parse(&fixture(&format!("regress/{file}")), Limits::default())
            .expect_err(file);
        assert_eq!(error.path, path, "{file}");
        assert!(error.problem.to_string().contains(message), "{file}: {error}");
    }
}

/// Text that XML can carry, with a liking for what needs care.
fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '<',
        '>',
        '&',
        '"',
        '\'',
        '\r',
        '\n',
        '\t',
        ' ',
        ']',
        '\u{85}',
        '\u{feff}',
        '\u{1F600}',
    ]);
    let any = prop_oneof![
        odd,
        any::<char>().prop_filter("a character of XML", |c| {
            matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
        }),
    ];
    prop::collection::vec(any, 0..12).prop_map(String::from_iter)
}

fn name() -> impl Strategy<Value = Name> {
    let namespace = prop::sample::select(vec!["", "urn:a", "urn:b", "http://x/?a&b<\">", XSI, XML]);
    (namespace, "[A-Za-z_é中][A-Za-z0-9_.é-]{0,6}").prop_map(|(ns, local)| Name::new(ns, local))
}

/// An element that holds either text or children, some of which declare prefixes.
fn element() -> impl Strategy<Value = Element> {
    let start = || {
        let attributes = prop::collection::vec((name(), text()), 0..3);
        let prefix = prop::sample::select(vec![None, Some("p"), Some("ns1"), Some("ns2")]);
        (name(), attributes, prefix, "[a-c]").prop_map(|(name, attributes, prefix, namespace)| {
            let mut element = Element::with_name(name);
            for (name, value) in attributes {
                if element.attributes.iter().all(|(other, _)| *other != name) {
                    element = element.attribute(name, value);
                }
            }
            prefix
                .into_iter()
                .fold(element, |e, prefix| e.declare(prefix, format!("urn:{namespace}")))
        })
    };
    let leaf = (start(), text()).prop_map(|(element, text)| element.text(&text));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (start(), prop::collection::vec(inner, 1..4))
            .prop_map(|(element, children)| element.children(children))
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(element in element()) {
        prop_assert_eq!(&parse(&element.to_xml().unwrap()).unwrap(), &element);
        prop_assert_eq!(parse(&element.to_pretty_xml().unwrap()).unwrap(), element);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(Element::parse(&bytes, Limits::default()));
    }

    #[test]
    fn no_markup_makes_the_reader_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "/", "a", "p:", "xmlns", ":", "=", "'", "\"", "&", "#", "x", "1", ";", "lt", " ", "\r", "<a>",
            "</a>", "<a/>", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE", "xmlns:p='u'", "ü", "\u{0}",
        ]), 0..40)
    ) {
        drop(parse(&pieces.concat()));
    }
}
