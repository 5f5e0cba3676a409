//! What methods give, from answers that are sparse, new or wrong.

use std::{error::Error as _, time::Duration};

use hyperv_replica::{
    cim::typed::Bytes,
    error::{Error, ErrorKind},
    msvm::values::PerceivedSeverity,
    replication::{PeriodStatistics, ReplicationHealth, Statistics, VirtualMachine},
};

use super::{
    Answers, Given, WrittenHost, host, output,
    rows::{
        self, ISSUE, PERIOD, TEST, job, no_job, no_test_replica, test_replica, with_statistics,
    },
};

/// What a host gives that answers a question for statistics so.
async fn statistics(parameters: &str) -> Result<Statistics, Error> {
    let (_host, given) = host(vec![output(parameters, 0)]).await;
    let call = given.service.primary_replication_statistics(&given.primary);
    Box::pin(async { Ok(call.send().await?.wait().await?.value) }).await
}

/// What a test failover gives, with what is read after it.
async fn tested(
    outputs: Vec<String>,
    affected: String,
    dependent: String,
) -> (Result<VirtualMachine, Error>, Vec<String>) {
    let host = WrittenHost::start(Answers { outputs, affected, dependent }).await;
    let given = Given::of(&host).await;
    let call = given.service.test_replica_system(&given.replica);
    let test = Box::pin(async { Ok(call.send().await?.wait().await?.value) });
    (test.await, host.queries())
}

#[tokio::test]
async fn statistics_have_units_and_health_issues_words() {
    let statistics = statistics(&(with_statistics(&[PERIOD], &[ISSUE]) + &no_job())).await.unwrap();
    let [period] = &*statistics.periods else { panic!("{statistics:?}") };
    let mut expected = PeriodStatistics::default();
    expected.start = Some("2026-11-02T09:00:00Z".parse().unwrap());
    expected.end = Some("2026-11-02T11:00:00Z".parse().unwrap());
    expected.successes = Some(20);
    expected.misses = Some(3);
    expected.failures = Some(2);
    expected.network_failures = Some(0);
    expected.application_consistent_failures = Some(1);
    expected.size = Some(Bytes(u64::MAX));
    expected.mean_size = Some(Bytes(u64::MAX / 20));
    expected.max_size = Some(Bytes(5_000_000_000));
    expected.pending_size = Some(Bytes(4096));
    expected.latency = Some(Duration::from_secs(120));
    expected.mean_latency = Some(Duration::from_secs(6));
    expected.max_latency = Some(Duration::from_secs(90));
    expected.health = Some(ReplicationHealth::Warning);
    // It was 1601, which is never.
    expected.last_test_failover_time = None;
    assert_eq!(*period, expected);

    let [issue] = &*statistics.health_issues else { panic!("{statistics:?}") };
    assert_eq!(issue.message_id(), Some("33414"));
    assert_eq!(issue.to_string(), "Die Replikation von \"web01 & Söhne\" ist angehalten. (33414)");
    assert_eq!(issue.severity(), Some(PerceivedSeverity::DegradedWarning));
    assert_eq!(issue.recommended_actions(), ["Replikation fortsetzen"]);
}

#[tokio::test]
async fn arrays_of_statistics_that_are_null_or_left_out_are_empty() {
    for parameters in [with_statistics(&[], &[]) + &no_job(), no_job(), String::new()] {
        assert_eq!(statistics(&parameters).await.unwrap(), Statistics::default(), "{parameters}");
    }
}

#[tokio::test]
async fn a_number_without_a_name_and_properties_of_the_future_cost_nothing() {
    let period = r#"<INSTANCE CLASSNAME="Msvm_ReplicationStatistics">
        <PROPERTY NAME="ReplicationHealth" TYPE="uint32"><VALUE>77</VALUE></PROPERTY>
        <PROPERTY NAME="ReplicationMissCount" TYPE="uint32"><VALUE>many</VALUE></PROPERTY>
        <PROPERTY NAME="ReplicationSuccessCount" TYPE="uint32"><VALUE>0</VALUE></PROPERTY>
        <PROPERTY NAME="ReplicationSize" TYPE="uint64"><VALUE>0</VALUE></PROPERTY>
        <PROPERTY NAME="Tomorrow" TYPE="string"><VALUE>x</VALUE></PROPERTY></INSTANCE>"#;
    let parameters = with_statistics(&[period, PERIOD], &["<INSTANCE CLASSNAME=\"Msvm_Error\"/>"]);
    let more = "<p:Tomorrow>1</p:Tomorrow><p:Tomorrow>2</p:Tomorrow>";
    let statistics = statistics(&(parameters + more + &no_job())).await.unwrap();
    let [sparse, _] = &*statistics.periods else { panic!("{statistics:?}") };
    assert_eq!(sparse.health, Some(ReplicationHealth::Unknown(77)));
    assert_eq!((sparse.misses, sparse.successes), (None, Some(0)));
    assert_eq!((sparse.size, sparse.mean_size), (Some(Bytes(0)), None));
    assert_eq!(statistics.latest().unwrap().successes, Some(20));
    let issue = &statistics.health_issues[0];
    assert_eq!(issue.to_string(), "a health issue that the host does not describe");
    assert_eq!((issue.message_id(), issue.message(), issue.severity()), (None, None, None));
}

#[tokio::test]
async fn what_cannot_be_read_does_not_hide_that_the_method_ran() {
    let (periods, issues) = ("ReplicationStatistics", "ReplicationHealthIssues");
    for (wrong, invalid) in [
        (with_statistics(&["no XML"], &[]), periods),
        (with_statistics(&[PERIOD, ""], &[]), periods),
        (with_statistics(&[], &["<INSTANCE"]), issues),
    ] {
        let error = statistics(&(wrong.clone() + &no_job())).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the reading of the statistics is done, but what it gives cannot be read",
            "{wrong}"
        );
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert_eq!(error.context().method.as_deref(), Some("GetReplicationStatistics"));
        assert!(!error.outcome_unknown());
        let because = error.source().unwrap();
        assert_eq!(because.to_string(), "the host's answer is invalid");
        let because = because.source().unwrap().to_string();
        assert_eq!(because, format!("{invalid} is invalid"));
    }
}

#[tokio::test]
async fn a_job_that_is_not_named_leaves_the_outcome_unknown() {
    for wrong in [no_job(), String::new(), "<p:Job>no reference</p:Job>".to_owned()] {
        let (_host, given) = host(vec![output(&wrong, 4096)]).await;
        let error = given.service.revert_failover(&given.failed_over).send().await.unwrap_err();
        assert!(error.outcome_unknown(), "{error:?}");
        assert_eq!(error.to_string(), "the host began a job and did not say which");
    }
}

#[tokio::test]
async fn a_job_of_statistics_that_begins_another_one_gives_none() {
    let begun = output(&rows::no_statistics(), 4096);
    let (_host, given) = host(vec![begun]).await;
    let call = given.service.replication_statistics(&given.primary, &given.relationship);
    let error = call.send().await.unwrap().wait().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Protocol, false));
    let because = error.source().unwrap().to_string();
    assert_eq!(because, "the host begins a job for the statistics and does not give them");
}

#[tokio::test]
async fn a_test_replica_is_found_by_its_job_or_else_by_its_replica() {
    let begun = || vec![output(&no_test_replica(), 4096)];
    let none = String::new;
    let class_of = |query: &str| {
        ["Msvm_AffectedJobElement", "Msvm_ReplicaSystemDependency"]
            .into_iter()
            .find(|class| query.contains(class))
    };
    // The job names the replica, too.
    let affected = rows::vm(rows::DC02) + &rows::vm(TEST);
    let (test, queries) = tested(begun(), affected, none()).await;
    assert_eq!(test.unwrap().id, TEST);
    assert_eq!(queries.len(), 1, "{queries:?}");

    for affected in [none(), rows::vm(rows::DC02)] {
        let (test, queries) = tested(begun(), affected, rows::vm(TEST)).await;
        assert_eq!(test.unwrap().id, TEST);
        let classes: Vec<_> = queries.iter().filter_map(|query| class_of(query)).collect();
        assert_eq!(classes, ["Msvm_AffectedJobElement", "Msvm_ReplicaSystemDependency"]);
    }
    let (test, _) = tested(begun(), none(), none()).await;
    let error = test.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Protocol, false));
    let because = error.source().unwrap().to_string();
    assert_eq!(because, "the host does not say which the test replica is");
}

#[tokio::test]
async fn a_test_replica_of_a_host_that_is_done_at_once_is_the_one_it_names() {
    let (test, queries) =
        tested(vec![output(&test_replica(), 0)], String::new(), String::new()).await;
    let test = test.unwrap();
    assert_eq!((&*test.id, &*test.name), (TEST, "dc02 - Test"));
    assert_eq!(queries, [""; 0]);

    let unnamed = format!("<p:ResultingSystem xsi:nil=\"true\"/>{}", no_job());
    let (test, queries) = tested(vec![output(&unnamed, 0)], String::new(), rows::vm(TEST)).await;
    assert_eq!(test.unwrap().id, TEST);
    assert_eq!(queries.len(), 1, "{queries:?}");
    // A job beside the return value 0 is none.
    let (test, _) = tested(
        vec![output(&(test_replica().replace(&no_job(), "") + &job()), 0)],
        String::new(),
        String::new(),
    )
    .await;
    assert_eq!(test.unwrap().id, TEST);
}
