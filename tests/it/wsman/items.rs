//! The items of a page, which are read one by one out of the answer.

use hyperv_replica::{
    soap::{self, Envelope},
    wsman::{
        Association, CIM_BINDING, ENUMERATION, Enumerate, EnumerationMode, Error, Filter, Items,
        Operation as _, Page, PolymorphismMode, SelectorSet, WSMAN, answer_to,
    },
    xml::{Element, Limits, Problem},
};

use super::{REQUEST, all_classes, associators, enumerate, header, pull, references, vm};

const CLASS: &str = "http://example.com/Class";

/// The answer to `pull()` with this inside.
fn answer(inside: &str) -> Vec<u8> {
    let request = header().envelope(&pull());
    let header = answer_to(&request, "uuid:1".to_owned());
    let empty = Envelope { header, body: vec![Element::new(CLASS, "Here")], ..Envelope::default() };
    let text = String::from_utf8(empty.to_bytes().unwrap()).unwrap();
    let (head, tail) = (text.find("<s:Body>").unwrap(), text.find("</s:Body>").unwrap());
    format!(
        r#"{}<s:Body xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}" xmlns:p="{CLASS}"><n:PullResponse>{inside}</n:PullResponse>{}"#,
        &text[..head],
        &text[tail..]
    )
    .into_bytes()
}

fn read(answer: Vec<u8>) -> Result<(Items, Option<String>), Error> {
    Items::read(&pull(), REQUEST, answer, Limits::default(), |page| page)
}

fn elements(items: Items) -> Vec<Element> {
    items.collect::<Result<_, _>>().unwrap()
}

#[test]
fn are_what_the_page_as_a_whole_has() {
    let items =
        r#"<p:A><p:B>1</p:B> <p:C xmlns:p="http://example.com/Other" p:d="&quot;"/></p:A><p:A/>"#;
    for (inside, context) in [
        (
            format!("<n:EnumerationContext>c</n:EnumerationContext><n:Items>{items}</n:Items>"),
            Some("c"),
        ),
        (format!("<w:Items> {items}\n</w:Items><w:EndOfSequence/>"), None),
        (format!("<n:Items>{items}</n:Items><n:EndOfSequence/>"), None),
        ("<n:Items/><n:EndOfSequence/>".to_owned(), None),
        ("<n:EndOfSequence/>".to_owned(), None),
    ] {
        let answer = answer(&inside);
        let envelope = Envelope::parse(&answer, Limits::default()).unwrap();
        let page = pull().read(&envelope.body).unwrap();
        let (items, found) = read(answer).unwrap();
        assert_eq!((items.len(), items.is_empty()), (page.items.len(), page.items.is_empty()));
        assert_eq!((elements(items), found.as_deref()), (page.items, context), "{inside}");
        assert_eq!(page.context.as_deref(), context);
    }
}

#[test]
fn a_byte_order_mark_moves_none_of_them() {
    let mut marked = "\u{feff}".as_bytes().to_vec();
    marked.extend(answer("<n:Items><p:A>é</p:A><p:B/></n:Items><n:EndOfSequence/>"));
    let (items, _) = read(marked).unwrap();
    let names: Vec<_> = elements(items).iter().map(|item| item.name.to_string()).collect();
    assert_eq!(names, ["{http://example.com/Class}A", "{http://example.com/Class}B"]);
}

#[test]
fn may_have_any_name() {
    let inside = "<n:Items><n:EndOfSequence/><n:Items><n:EndOfSequence/></n:Items><n:EnumerationContext>x</n:EnumerationContext></n:Items><n:EnumerationContext>c</n:EnumerationContext>";
    let (items, context) = read(answer(inside)).unwrap();
    assert_eq!((items.len(), context.as_deref()), (3, Some("c")));
    let named: Vec<_> = elements(items).iter().map(|item| item.name.local().to_owned()).collect();
    assert_eq!(named, ["EndOfSequence", "Items", "EnumerationContext"]);
}

#[test]
fn resolve_prefixes_that_were_declared_around_them() {
    let (mut items, _) =
        read(answer("<n:Items><p:A>w:x</p:A></n:Items><n:EndOfSequence/>")).unwrap();
    let item = items.next().unwrap().unwrap();
    assert!(item.resolve("w:x").unwrap().is(WSMAN, "x"));
}

#[test]
fn are_not_given_where_the_page_is_broken_further_on() {
    for inside in [
        "<n:Items><p:A/><p:A></n:Items><n:EndOfSequence/>",
        "<n:Items><p:A/><q:A/></n:Items><n:EndOfSequence/>",
        "<n:Items><p:A>&other;</p:A></n:Items><n:EndOfSequence/>",
    ] {
        assert!(matches!(read(answer(inside)), Err(Error::Soap(soap::Error::Xml(_)))), "{inside}");
    }
    let neither = read(answer("<n:Items><p:A/></n:Items>"));
    assert_eq!(neither.unwrap_err(), Error::Missing("n:EnumerationContext"));
}

#[test]
fn count_against_the_limits() {
    let mut limits = Limits::default();
    limits.elements = 30;
    let inside = format!("<n:Items>{}</n:Items><n:EndOfSequence/>", "<p:A/>".repeat(30));
    let error = Items::read(&pull(), REQUEST, answer(&inside), limits, |page| page).unwrap_err();
    let Error::Soap(soap::Error::Xml(error)) = error else { panic!("{error:?}") };
    assert_eq!(error.problem, Problem::Limit { what: "elements", limit: 30 });
}

#[test]
fn are_those_of_our_request() {
    let answer = answer("<n:Items><p:A/></n:Items><n:EndOfSequence/>");
    let other = Items::read(&pull(), "uuid:other", answer, Limits::default(), |page| page);
    assert!(matches!(other, Err(Error::NotOurs { .. })));
}

#[test]
fn an_item_named_like_a_page_is_in_the_first_page_of_an_enumeration() {
    let page = Page { items: vec![Element::new(CLASS, "PullResponse")], context: None };
    let request = header().envelope(&enumerate());
    let body = hyperv_replica::wsman::Enumerated { page }.to_body();
    let header = answer_to(&request, "uuid:1".to_owned());
    let sent = Envelope { header, body: vec![body], ..Envelope::default() }.to_bytes().unwrap();
    let (items, context) =
        Items::read(&enumerate(), REQUEST, sent, Limits::default(), |answer| answer.page).unwrap();
    assert_eq!((items.len(), context), (1, None));
}

#[test]
fn a_host_reads_each_filter_and_mode_that_a_client_writes() {
    let selectors = SelectorSet::new().with("Name", "a<b").with("State", "2");
    for filter in [
        None,
        Some(Filter::Wql("SELECT * FROM A WHERE B < 1".to_owned())),
        Some(Filter::Selectors(selectors)),
        Some(Filter::Association(associators())),
        Some(Filter::Association(references())),
        Some(Filter::Association(Association::associators(vm()))),
    ] {
        for mode in [EnumerationMode::Object, EnumerationMode::Epr, EnumerationMode::ObjectAndEpr] {
            for polymorphism in [
                PolymorphismMode::IncludeSubClassProperties,
                PolymorphismMode::ExcludeSubClassProperties,
                PolymorphismMode::None,
            ] {
                let sent = Enumerate {
                    filter: filter.clone(),
                    mode,
                    polymorphism,
                    optimize: Some(7),
                    ..Enumerate::new(all_classes())
                };
                let body: Vec<_> = sent.body().into_iter().collect();
                assert_eq!(Enumerate::from_body(all_classes(), &body), Ok(sent));
            }
        }
    }
}

#[test]
fn a_host_refuses_filters_that_are_none() {
    let filter = |dialect: &str, child: Option<Element>| {
        let name = hyperv_replica::xml::Name::local_only("Dialect");
        let filter = Element::new(WSMAN, "Filter").attribute(name, dialect).children(child);
        Filter::from_element(&filter)
    };
    let selectors = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
    assert_eq!(filter(selectors, None), Err(Error::Missing("w:SelectorSet")));
    let association = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";
    assert_eq!(filter(association, None), Err(Error::Missing("b:AssociatedInstances")));
    let empty = Element::new(CIM_BINDING, "AssociatedInstances");
    assert_eq!(filter(association, Some(empty)), Err(Error::Missing("b:Object")));
    let other = Element::new(WSMAN, "AssociatedInstances");
    assert!(matches!(filter(association, Some(other)), Err(Error::Unexpected(_))));
}
