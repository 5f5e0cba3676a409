//! Every method by one table: the request as it goes out, and what comes of the answers of hosts.

mod given;
mod host;
mod requests;
mod results;
mod rows;
mod table;

use std::collections::BTreeSet;

use hyperv_replica::{
    cim::class::{Literal, Method},
    error::{Error, ErrorKind},
    job::JobState,
    mof,
    replication::{MethodError, ReturnCode, Verb},
};
use tokio::task::JoinSet;

use self::{
    given::Given,
    host::{Answers, WrittenHost},
    rows::JOB,
    table::{Ready, Row, SERVICE, Sent, table},
};

/// The out parameters, and a return value.
fn output(parameters: &str, return_value: u32) -> String {
    format!("{parameters}<p:ReturnValue>{return_value}</p:ReturnValue>")
}

/// A host that answers calls so, one after the other.
async fn host(outputs: Vec<String>) -> (WrittenHost, Given) {
    let host = WrittenHost::start(Answers::to_calls(outputs)).await;
    let given = Given::of(&host).await;
    (host, given)
}

/// Calls the methods of all rows at once, each on a host of its own, and hands on what comes of it, with the calls that
/// the host got.
async fn call_all(
    outputs: fn(&Row) -> Vec<String>,
    check: fn(&'static Row, Result<Sent, Error>, Vec<String>),
) {
    let mut calls = JoinSet::new();
    for row in table() {
        calls.spawn(async move {
            let (host, given) = host(outputs(row)).await;
            let sent = (row.call)(&given).send.await;
            check(row, sent, host.invokes());
        });
    }
    assert!(calls.len() > 50);
    calls.join_all().await;
}

fn method(row: &Row) -> &'static Method {
    mof::schema().find_method(row.class, row.method).unwrap()
}

fn gives_job(row: &Row) -> bool {
    method(row).parameters.iter().any(|parameter| parameter.name == "Job")
}

#[tokio::test]
async fn what_is_done_at_once_gives_its_out_parameters() {
    let outputs = |row: &Row| vec![output(&(row.done)(), 0)];
    call_all(outputs, |row, sent, invokes| {
        let sent = sent.unwrap_or_else(|error| panic!("{}: {error:?}", row.name()));
        assert_eq!((sent.job, sent.end), (None, None), "{}", row.name());
        assert_eq!(invokes.len(), 1, "{}", row.name());
    })
    .await;
}

#[tokio::test]
async fn a_job_that_ends_well_gives_what_its_method_promises() {
    let outputs = |row: &Row| vec![output(&(row.begun)(), 4096), output(&(row.done)(), 0)];
    call_all(outputs, |row, sent, invokes| {
        let sent = sent.unwrap_or_else(|error| panic!("{}: {error:?}", row.name()));
        let job = gives_job(row).then_some(JOB);
        assert_eq!(sent.job.as_deref(), job, "{}", row.name());
        let end = job.map(|_| JobState::Completed);
        assert_eq!(sent.end.map(|job| job.state), end, "{}", row.name());
        assert_eq!(invokes.len(), if row.asks_again { 2 } else { 1 }, "{}", row.name());
    })
    .await;
}

#[tokio::test]
async fn a_refusal_says_which_method_and_why() {
    let outputs = |row: &Row| {
        let names = method(row).parameters.iter().filter(|parameter| parameter.is_out());
        let nulls: String =
            names.map(|name| format!("<p:{} xsi:nil=\"true\"/>", name.name)).collect();
        vec![output(&nulls, row.refusal)]
    };
    call_all(outputs, |row, sent, invokes| {
        let Err(error) = sent else { panic!("{} was not refused", row.name()) };
        assert_eq!(error.kind(), ErrorKind::ReturnValue, "{error:?}");
        assert_eq!((error.return_value(), error.outcome_unknown()), (Some(row.refusal), false));
        assert_eq!(error.context().method.as_deref(), Some(row.method));
        let refusal = MethodError::of(&error).unwrap();
        let code = ReturnCode::from(row.refusal);
        assert_eq!((refusal.class, refusal.method, refusal.code), (row.class, row.method, code));
        let name = method(row).qualifiers.value_name(row.refusal.into()).unwrap();
        let begin = format!("{} returned {} ({name}): ", row.method, row.refusal);
        assert!(refusal.to_string().starts_with(&begin), "{refusal}");
        assert_eq!(invokes.len(), 1, "{}", row.name());
    })
    .await;
}

#[tokio::test]
async fn no_method_and_no_verb_is_left_out() {
    let class = mof::schema().find(SERVICE).unwrap();
    let declared: BTreeSet<_> = class.methods.iter().map(|method| &*method.name).collect();
    let called = table().filter(|row| row.class == SERVICE).map(|row| row.method);
    assert_eq!(called.collect::<BTreeSet<_>>(), declared);
    assert_eq!(declared.len(), 29);

    let (_host, given) = host(vec![]).await;
    let mut left = Verb::ALL.to_vec();
    for row in table() {
        let Ready { verb, send: _ } = (row.call)(&given);
        assert_eq!(verb.method, row.method);
        assert!(mof::schema().find_method(row.class, verb.method).is_some(), "{}", row.name());
        left.retain(|other| *other != verb);
    }
    assert_eq!(left, [] as [&Verb; 0]);
}

#[test]
fn the_names_of_return_values_are_those_of_the_schemas() {
    let mut names = BTreeSet::new();
    for class in mof::schema().classes() {
        for method in &class.methods {
            let Some(Literal::Array(map)) = method.qualifiers.find("ValueMap") else { continue };
            for entry in map {
                let Literal::String(entry) = entry else { panic!("{entry:?}") };
                let Ok(number @ 4096..) = entry.parse::<u32>() else { continue };
                let name = method.qualifiers.value_name(number.into()).unwrap();
                let code = ReturnCode::from(number).to_string();
                assert_eq!(name, code, "{}.{} {number}", class.name, method.name);
                names.insert(number);
            }
        }
    }
    let all: Vec<u32> = [4096].into_iter().chain(32768..=32782).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), all);
}
