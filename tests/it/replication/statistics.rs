//! Statistics: what methods give, as people look at it.

use std::time::Duration;

use hyperv_replica::{
    cim::{
        Output, Value,
        typed::{Bytes, Method as _},
    },
    msvm::{
        MsvmError, replication_service::GetReplicationStatistics,
        replication_service::GetReplicationStatisticsEx, values::PerceivedSeverity,
    },
    replication::{HealthIssue, ReplicationHealth, Statistics},
};
use serde_json::json;

/// An embedded instance as hosts write it. No value is NULL.
fn cim_xml(class: &str, properties: &[(&str, &str, Option<&str>)]) -> Value {
    let property = |(name, ty, value): &(&str, &str, Option<&str>)| match value {
        Some(value) => {
            format!("<PROPERTY NAME=\"{name}\" TYPE=\"{ty}\"><VALUE>{value}</VALUE></PROPERTY>")
        }
        None => format!("<PROPERTY NAME=\"{name}\" TYPE=\"{ty}\"></PROPERTY>"),
    };
    let properties: String = properties.iter().map(property).collect();
    Value::String(format!("<INSTANCE CLASSNAME=\"{class}\">{properties}</INSTANCE>"))
}

fn period(successes: &str, end: &str) -> Value {
    cim_xml(
        "Msvm_ReplicationStatistics",
        &[
            ("StartStatisticTime", "datetime", Some("20261123090000.000000+000")),
            ("EndStatisticTime", "datetime", Some(end)),
            ("ReplicationSuccessCount", "uint32", Some(successes)),
            ("ReplicationSize", "uint64", Some("10000000000000")),
            ("MaxReplicationSize", "uint64", Some("8000000000000")),
            ("ReplicationLatency", "uint32", Some("10")),
            ("MaxReplicationLatency", "uint32", Some("7")),
            ("ReplicationMissCount", "uint32", Some("5")),
            ("NetworkFailureCount", "uint32", Some("2")),
            ("ReplicationFailureCount", "uint32", Some("1")),
            ("PendingReplicationSize", "uint64", Some("4096")),
            ("ApplicationConsistentSnapshotFailureCount", "uint32", Some("0")),
            ("ReplicationHealth", "uint32", Some("2")),
            ("LastTestFailoverTime", "datetime", Some("16010101000000.000000-000")),
        ],
    )
}

fn issue() -> Value {
    cim_xml(
        "Msvm_Error",
        &[
            ("MessageID", "string", Some("33414")),
            ("Message", "string", Some("Die Replikation ist angehalten. ")),
            ("PerceivedSeverity", "uint16", Some("3")),
        ],
    )
}

fn output(periods: Vec<Value>, issues: Value) -> Output {
    let mut output = Output::default();
    output.parameters.push(("ReplicationStatistics".to_owned(), Value::Array(periods)));
    output.parameters.push(("ReplicationHealthIssues".to_owned(), issues));
    output
}

fn statistics(periods: Vec<Value>, issues: Value) -> Statistics {
    GetReplicationStatisticsEx::output(&output(periods, issues)).unwrap().into()
}

#[test]
fn sums_become_means_in_units() {
    let one = vec![period("4", "20261123210000.000000+000")];
    let statistics = statistics(one.clone(), Value::Array(vec![issue()]));
    let period = statistics.latest().unwrap();
    assert_eq!(period.mean_size, Some(Bytes(2_500_000_000_000)));
    assert_eq!(period.mean_latency, Some(Duration::from_millis(2500)));
    assert_eq!(period.health, Some(ReplicationHealth::Warning));
    assert_eq!(
        serde_json::to_value(&statistics.periods).unwrap(),
        json!([{
            "start": "2026-11-23T09:00:00Z",
            "end": "2026-11-23T21:00:00Z",
            "successes": 4,
            "misses": 5,
            "failures": 1,
            "network_failures": 2,
            "application_consistent_failures": 0,
            "size": 10_000_000_000_000_u64,
            "mean_size": 2_500_000_000_000_u64,
            "max_size": 8_000_000_000_000_u64,
            "pending_size": 4096,
            "latency": 10,
            "mean_latency": 2.5,
            "max_latency": 7,
            "health": "Warning",
            "last_test_failover_time": null,
        }])
    );
    let of_2012 = GetReplicationStatistics::output(&output(one, Value::Array(vec![issue()])));
    assert_eq!(Statistics::from(of_2012.unwrap()), statistics);
}

#[test]
fn nothing_has_no_mean() {
    let none = statistics(vec![period("0", "20261123210000.000000+000")], Value::Null);
    let period = none.latest().unwrap();
    assert_eq!((period.successes, period.mean_size, period.mean_latency), (Some(0), None, None));

    let empty = cim_xml("Msvm_ReplicationStatistics", &[("ReplicationSize", "uint64", None)]);
    let period = statistics(vec![empty], Value::Null).periods.remove(0);
    assert_eq!((period.size, period.mean_size, period.health), (None, None, None));

    let nothing = Statistics::from(GetReplicationStatisticsEx::output(&Output::default()).unwrap());
    assert_eq!(nothing, Statistics::default());
    assert_eq!(nothing.latest(), None);
}

#[test]
fn the_latest_of_several_periods_is_the_one_that_ended_last() {
    let ends =
        ["20261123210000.000000+000", "20261124090000.000000+000", "20261123090000.000000+000"];
    let several = statistics(ends.map(|end| period("1", end)).to_vec(), Value::Null);
    assert_eq!(several.latest(), several.periods.get(1));
}

#[test]
fn a_health_issue_tells_by_number_and_in_words() {
    let issues = statistics(Vec::new(), Value::Array(vec![issue()])).health_issues;
    let [issue] = issues.as_slice() else { panic!("{issues:?}") };
    assert_eq!(issue.message_id(), Some("33414"));
    assert_eq!(issue.severity(), Some(PerceivedSeverity::DegradedWarning));
    assert_eq!(issue.recommended_actions(), [] as [String; 0]);
    assert_eq!(issue.to_string(), "Die Replikation ist angehalten. (33414)");
    let source: &dyn std::error::Error = issue;
    assert!(source.source().is_none());

    let empty = HealthIssue::from(MsvmError::default());
    assert_eq!((empty.message_id(), empty.message(), empty.severity()), (None, None, None));
    assert_eq!(empty.to_string(), "a health issue that the host does not describe");
    let mut blank = MsvmError::default();
    (blank.message, blank.message_id) = (Some(" ".to_owned()), Some("7".to_owned()));
    blank.recommended_actions = Some(vec!["Fix it.".to_owned()]);
    let blank = HealthIssue::from(blank);
    assert_eq!(blank.to_string(), "a health issue that the host does not describe (7)");
    assert_eq!(blank.recommended_actions(), ["Fix it."]);
    assert_eq!(blank.facts().message.as_deref(), Some(" "), "as the host said it");
}
