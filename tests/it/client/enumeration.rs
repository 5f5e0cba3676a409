//! Enumerations: what they give, what a host may refuse, and what becomes of one that is left.

use std::{
    future::{Future as _, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use futures_core::Stream as _;
use hyperv_replica::{
    cim::{Error as CimError, FromInstance, Instance},
    client::{Client, Enumeration},
    error::ErrorKind,
    sim::{Do, Inventory, On, Script},
    soap::{Envelope, FaultCode},
    wsman::{ENUMERATION, Fault, WSMAN},
    xml::Name,
};

use super::{VM, class, id, vm};
use crate::host::{ClearHost, builder, client, sim, start, until};

fn too_large() -> Do {
    let subcode = Name::new(WSMAN, "EncodingLimit");
    Do::Fault(Box::new(Fault::make(FaultCode::Sender, subcode, 2_150_858_823, "")))
}

/// A host with so many virtual machines that they do not come in one answer.
async fn large(script: Script) -> ClearHost {
    ClearHost::start(Inventory::with_vms(600), script, |_, _, answer| answer).await
}

/// What was asked, in order, and for how many items.
fn asked(host: &ClearHost) -> Vec<(String, Option<u32>)> {
    let number = |request: &Envelope| {
        let body = request.body.first()?;
        let text = |namespace| body.text_of(namespace, "MaxElements");
        text(WSMAN).or_else(|| text(ENUMERATION))?.parse().ok()
    };
    let action = |request: &Envelope| {
        request.header.action.as_deref().unwrap().rsplit('/').next().unwrap().to_owned()
    };
    host.requests().iter().map(|request| (action(request), number(request))).collect()
}

/// How large the answers were to be, in order.
fn envelope_sizes(host: &ClearHost) -> Vec<u32> {
    let size = |request: &Envelope| {
        let size = request.header.find(WSMAN, "MaxEnvelopeSize").unwrap();
        size.text.parse().unwrap()
    };
    host.requests().iter().map(size).collect()
}

#[tokio::test]
async fn a_page_that_is_too_large_is_asked_for_again_with_half_the_items() {
    let script = Script::new().once(On::action("Enumerate"), too_large()).nth(
        2,
        On::action("Enumerate"),
        too_large(),
    );
    let host = large(script).await;
    let rows = host.client().enumerate(&class(VM)).collect().await.unwrap();
    assert_eq!(rows.len(), 601);
    let begins: Vec<_> = asked(&host).into_iter().take(4).collect();
    let expected = [("Enumerate", 1000), ("Enumerate", 500), ("Enumerate", 250), ("Pull", 250)];
    assert_eq!(begins, expected.map(|(action, size)| (action.to_owned(), Some(size))));
}

#[tokio::test]
async fn a_refusal_within_loses_and_doubles_nothing() {
    let script = Script::new().nth(2, On::action("Pull"), too_large());
    let host = large(script).await;
    let rows = host.client().enumerate(&class(VM)).page_size(100).collect().await.unwrap();
    let mut names: Vec<_> = rows.iter().filter_map(|row| row.text("Name")).collect();
    assert_eq!(names.len(), 601);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 601);
    let sizes: Vec<_> = asked(&host).into_iter().filter_map(|(_, size)| size).collect();
    assert_eq!(sizes[..5], [100, 100, 100, 50, 50]);
}

#[tokio::test]
async fn a_host_that_sends_small_pages_alone_is_asked_for_small_ones() {
    let host = large(Script::new().always(On::any(), Do::LimitItems(40))).await;
    let rows = host.client().enumerate(&class(VM)).collect().await.unwrap();
    assert_eq!(rows.len(), 601);
    let sizes: Vec<_> = asked(&host).into_iter().filter_map(|(_, size)| size).collect();
    assert_eq!(sizes[..7], [1000, 500, 250, 125, 62, 31, 31]);
}

#[tokio::test]
async fn one_item_that_is_too_large_is_an_error_in_the_end() {
    let host = large(Script::new().always(On::action("Enumerate"), too_large())).await;
    let error = host.client().enumerate(&class(VM)).page_size(2).collect().await.unwrap_err();
    assert_eq!(error.fault().unwrap().code, Some(2_150_858_823));
    assert_eq!(envelope_sizes(&host), [512_000, 512_000, 4 << 20]);
}

#[tokio::test]
async fn an_instance_that_is_too_large_is_asked_for_in_a_larger_envelope() {
    let host = large(Script::new().once(On::action("Get"), too_large())).await;
    host.client().get(&vm(&id(1))).await.unwrap();
    assert_eq!(envelope_sizes(&host), [512_000, 4 << 20]);

    let host = large(Script::new().always(On::action("Get"), too_large())).await;
    let error = host.client().get(&vm(&id(1))).await.unwrap_err();
    assert_eq!(error.fault().unwrap().code, Some(2_150_858_823));
    assert_eq!(host.requests().len(), 2);
}

#[tokio::test]
async fn is_a_stream() {
    let host = start(sim()).await;
    let mut rows = client(&host.url()).enumerate(&class(VM)).start().await.unwrap();
    let mut count = 0;
    while let Some(row) = poll_fn(|context| Pin::new(&mut rows).poll_next(context)).await {
        row.unwrap();
        count += 1;
    }
    assert_eq!(count, 7);
}

/// Asks for the next one, and drops the question before there can be an answer.
async fn ask_and_drop(rows: &mut Enumeration) {
    let mut next = pin!(rows.next());
    poll_fn(|context| {
        assert!(next.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// An enumeration whose first page of five is read, and whose second was asked for by one who did not wait for it.
async fn asked_and_dropped(client: &Client) -> Enumeration {
    let mut rows = client.enumerate(&class(VM)).page_size(5).start().await.unwrap();
    for _ in 0..5 {
        rows.next().await.unwrap().unwrap();
    }
    ask_and_drop(&mut rows).await;
    rows
}

#[tokio::test]
async fn a_question_that_is_dropped_loses_nothing() {
    let host = start(sim().inventory(Inventory::with_vms(20))).await;
    let rows = asked_and_dropped(&client(&host.url())).await;
    assert_eq!(rows.collect().await.unwrap().len(), 16);
    assert_eq!(host.open_enumerations(), 0);
}

#[tokio::test]
async fn a_question_that_is_dropped_keeps_no_connection() {
    let host = start(sim().inventory(Inventory::with_vms(20))).await;
    let client = builder(&host.url()).connections(1).build().unwrap();
    let rows = asked_and_dropped(&client).await;
    client.get(&vm(&id(1))).await.unwrap();
    assert_eq!(rows.collect().await.unwrap().len(), 16);
}

#[tokio::test]
async fn is_released_for_certain_after_a_question_that_was_dropped() {
    let host = start(sim().inventory(Inventory::with_vms(20))).await;
    let client = builder(&host.url()).connections(1).build().unwrap();
    let rows = asked_and_dropped(&client).await;
    rows.release().await.unwrap();
    assert_eq!(host.open_enumerations(), 0);
}

#[tokio::test]
async fn is_released_also_when_it_is_dropped_while_it_waits() {
    let host = large(Script::new().once(On::action("Pull"), Do::Hang)).await;
    let client = host.client();
    let mut rows = client.enumerate(&class(VM)).page_size(1).start().await.unwrap();
    rows.next().await.unwrap().unwrap();
    ask_and_drop(&mut rows).await;
    drop(rows);
    until(|| asked(&host).iter().any(|(action, _)| action == "Release")).await;
}

#[tokio::test]
async fn an_item_that_is_none_costs_itself() {
    let host = ClearHost::start(Inventory::with_vms(2), Script::new(), |_, _, answer| {
        let begin = answer.find("<w:Items>").unwrap() + "<w:Items>".len();
        format!("{}<Nothing/>{}", &answer[..begin], &answer[begin..])
    })
    .await;
    let mut rows = host.client().enumerate(&class(VM)).start().await.unwrap();
    let error = rows.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.context().class.as_deref(), Some(VM));
    assert_eq!(rows.collect().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_value_that_is_none_costs_itself() {
    let host = ClearHost::start(Inventory::with_vms(2), Script::new(), |_, _, answer| {
        answer.replacen("<p:ReplicationState>", "<p:ReplicationState>x", 1)
    })
    .await;
    let rows = host.client().enumerate(&class(VM)).collect().await.unwrap();
    let [vm, _] = &rows[1..] else { panic!("{rows:?}") };
    assert_eq!((vm.find("ReplicationState"), vm.invalid.len()), (None, 1));
    assert_eq!(vm.text("Name"), Some(id(1).as_str()));
}

/// A typed class, as a caller may have it.
#[derive(Debug, PartialEq)]
struct Named(String);

impl FromInstance for Named {
    fn from_instance(instance: Instance) -> Result<Self, CimError> {
        let name = instance.text("Name").ok_or_else(|| CimError::Missing("Name".to_owned()))?;
        Ok(Self(name.to_owned()))
    }
}

#[tokio::test]
async fn gives_values_of_a_type() {
    let host = start(sim().inventory(Inventory::with_vms(2))).await;
    let client = client(&host.url());
    let names = client.enumerate(&class(VM)).of::<Named>().collect().await.unwrap();
    assert_eq!(names[1..], [Named(id(1)), Named(id(2))]);
}

#[tokio::test]
async fn after_an_error_of_the_host_there_is_nothing() {
    let expired = Do::ForgetContexts;
    let host = large(Script::new().once(On::action("Pull"), expired)).await;
    let mut rows = host.client().enumerate(&class(VM)).page_size(1).start().await.unwrap();
    rows.next().await.unwrap().unwrap();
    assert_eq!(rows.next().await.unwrap_err().kind(), ErrorKind::Fault);
    assert_eq!(rows.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_page_has_its_own_time() {
    let host = large(Script::new()).await;
    let time = Duration::from_secs(7);
    let mut rows =
        host.client().enumerate(&class(VM)).page_size(1).max_time(time).start().await.unwrap();
    for _ in 0..2 {
        rows.next().await.unwrap().unwrap();
    }
    let requests = host.requests();
    let pull = requests
        .iter()
        .find_map(|request| request.body.first().filter(|body| body.is(ENUMERATION, "Pull")));
    assert_eq!(pull.unwrap().text_of(ENUMERATION, "MaxTime"), Some("PT7.000S"));
}
