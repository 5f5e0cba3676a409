//! The way through an enumeration: what is asked, and what a refusal changes.

use std::time::Duration;

use hyperv_replica::{
    soap::FaultCode,
    wsman::{Ask, Cursor, ENUMERATION, Enumerate, Error, Fault, Pull, Release, WSMAN},
    xml::Name,
};

use super::all_classes;

fn fault(namespace: &'static str, subcode: &'static str, code: u32) -> Fault {
    Fault::make(FaultCode::Sender, Name::new(namespace, subcode), code, "")
}

fn too_large() -> Fault {
    fault(WSMAN, "EncodingLimit", 2_150_858_823)
}

fn too_slow() -> Fault {
    fault(WSMAN, "TimedOut", 2_150_858_793)
}

fn forgotten() -> Fault {
    fault(ENUMERATION, "InvalidEnumerationContext", 2_150_858_779)
}

fn cursor(page_size: u32) -> Cursor {
    Cursor::new(Enumerate::new(all_classes()), page_size, None)
}

fn at(context: &str) -> Option<String> {
    Some(context.to_owned())
}

/// The size of the next page, and where it is asked for.
fn asked(cursor: &Cursor) -> Option<(u32, Option<String>)> {
    match cursor.next_request()? {
        Ask::Begin(enumerate) => Some((enumerate.optimize.unwrap(), None)),
        Ask::Next(pull) => Some((pull.max_elements.unwrap(), Some(pull.context))),
        _ => unreachable!(),
    }
}

#[test]
fn goes_from_page_to_page_by_the_context_that_came_last() {
    let mut cursor =
        Cursor::new(Enumerate::new(all_classes()), Cursor::PAGE_SIZE, Some(Duration::from_secs(5)));
    assert_eq!(asked(&cursor), Some((1000, None)));
    assert_eq!(cursor.release(), None, "the host has nothing to forget");
    cursor.accept(1000, at("a")).unwrap();
    let pull = Pull {
        max_elements: Some(1000),
        max_time: Some(Duration::from_secs(5)),
        ..Pull::new(all_classes(), "a".to_owned())
    };
    assert_eq!(cursor.next_request(), Some(Ask::Next(pull)));
    cursor.accept(1000, at("b")).unwrap();
    assert_eq!(asked(&cursor), Some((1000, at("b"))));
    let release = Release { resource: all_classes(), context: "b".to_owned() };
    assert_eq!(cursor.release(), Some(release));
    cursor.accept(3, None).unwrap();
    assert_eq!((cursor.next_request(), cursor.release()), (None, None));
}

#[test]
fn a_page_has_one_item_at_least() {
    assert_eq!(asked(&cursor(0)), Some((1, None)));
}

#[test]
fn asks_for_half_as_many_items_until_a_page_comes_and_goes_on_with_these() {
    let mut cursor = cursor(1000);
    for size in [500, 250] {
        assert!(cursor.refuse(&too_large()));
        assert_eq!(asked(&cursor), Some((size, None)));
    }
    cursor.accept(250, at("a")).unwrap();
    assert_eq!(asked(&cursor), Some((250, at("a"))));
    assert!(cursor.refuse(&fault(WSMAN, "InternalError", 2_150_859_025)), "by its code, too");
    assert_eq!(asked(&cursor), Some((125, at("a"))), "nothing is skipped");
    assert!(cursor.refuse(&too_slow()));
    assert_eq!(asked(&cursor), Some((62, at("a"))));
}

#[test]
fn a_single_item_that_is_too_large_gets_a_larger_envelope_once() {
    let mut cursor = cursor(2);
    assert_eq!(cursor.max_envelope_size(), 512_000);
    assert!(cursor.refuse(&too_large()));
    assert_eq!((asked(&cursor).unwrap().0, cursor.max_envelope_size()), (1, 512_000));
    assert!(cursor.refuse(&too_large()));
    assert_eq!((asked(&cursor).unwrap().0, cursor.max_envelope_size()), (1, 4 << 20));
    assert!(!cursor.refuse(&too_large()), "the host has its own limit");
}

#[test]
fn slowness_alone_makes_no_envelope_larger_and_no_enumeration_begin_again() {
    let mut cursor = cursor(1);
    assert!(!cursor.refuse(&too_slow()), "a begin that takes too long would take as long again");
    cursor.accept(1, at("a")).unwrap();
    assert!(!cursor.refuse(&too_slow()));
    assert_eq!(cursor.max_envelope_size(), 512_000);
}

#[test]
fn begins_again_only_where_the_host_forgot_over_a_refusal_and_nothing_has_come() {
    let begun = |items| {
        let mut cursor = cursor(1000);
        cursor.accept(items, at("a")).unwrap();
        cursor
    };
    let mut fresh = begun(0);
    assert!(!fresh.refuse(&forgotten()), "it expired, which the user has to know");
    assert!(fresh.refuse(&too_large()));
    assert!(fresh.refuse(&forgotten()));
    assert_eq!(asked(&fresh), Some((500, None)));
    assert!(!fresh.refuse(&forgotten()), "there is nothing that it could have forgotten");

    let mut within = begun(1);
    assert!(within.refuse(&too_large()));
    assert!(!within.refuse(&forgotten()), "what has come would come twice");
}

#[test]
fn any_other_fault_ends_it() {
    let mut cursor = cursor(1000);
    assert!(!cursor.refuse(&fault(WSMAN, "AccessDenied", 5)));
    assert!(!cursor.refuse(&fault(ENUMERATION, "CannotProcessFilter", 2_150_858_778)));
}

#[test]
fn leaves_a_host_of_empty_pages() {
    let mut cursor = cursor(1000);
    for _ in 0..100 {
        cursor.accept(0, at("a")).unwrap();
    }
    cursor.accept(1, at("a")).unwrap();
    for _ in 0..100 {
        cursor.accept(0, at("a")).unwrap();
    }
    assert_eq!(cursor.accept(0, at("a")), Err(Error::EmptyPages));
}
