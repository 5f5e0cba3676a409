//! The facts of what is done to a replication.

use hyperv_replica::{
    cim::class::Method,
    mof,
    msvm::values::JobType,
    replication::{ReplicationMode, ReplicationState as S, Sign, Verb, VmState},
};

const CLASSES: [&str; 4] = [
    "Msvm_ReplicationService",
    "Msvm_ComputerSystem",
    "Msvm_ShutdownComponent",
    "Msvm_VirtualSystemManagementService",
];

#[test]
fn every_verb_is_a_method_and_every_method_of_the_service_is_a_verb() {
    for verb in Verb::ALL {
        let is_there =
            CLASSES.iter().any(|it| mof::schema().find_method(it, verb.method).is_some());
        assert!(is_there, "{}", verb.method);
    }
    let class = mof::schema().find("Msvm_ReplicationService").unwrap();
    let methods: Vec<&Method> = class.methods.iter().collect();
    assert!(methods.len() > 20);
    for method in methods {
        assert!(Verb::ALL.iter().any(|verb| verb.method == method.name), "{}", method.name);
    }
}

#[test]
fn the_words_of_verbs_fit_into_sentences() {
    for verb in Verb::ALL {
        assert!(verb.noun.starts_with("the "), "{}", verb.noun);
        for text in [verb.does, verb.noun, verb.wants] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
        }
        assert!(!verb.does_to("web01").contains("{}"));
    }
    assert_eq!(Verb::RESYNCHRONIZE.does_to("web01"), "resynchronize web01");
}

#[test]
fn no_verb_is_known_by_the_jobs_that_begin_by_themselves() {
    for verb in Verb::ALL {
        for job in verb.jobs {
            assert!(
                !matches!(
                    job,
                    JobType::ReplicationSendingDelta | JobType::ReplicationReceivingDelta
                ),
                "{}",
                verb.noun
            );
        }
    }
}

/// The state machine of Hyper-V Replica: the states before, and the one after.
#[test]
fn each_step_of_the_state_machine_ends_in_the_state_of_its_verb() {
    for (verb, before, after) in [
        (Verb::ENABLE, &[S::Disabled][..], S::ReadyForReplication),
        (Verb::START, &[S::ReadyForReplication], S::Replicating),
        (Verb::CANCEL_START, &[S::WaitingToCompleteInitialReplication], S::ReadyForReplication),
        (Verb::IMPORT, &[S::WaitingToCompleteInitialReplication], S::Replicating),
        (Verb::PAUSE, &[S::Replicating], S::Suspended),
        (Verb::PAUSE, &[S::Resynchronizing], S::ResynchronizationSuspended),
        (Verb::RESUME, &[S::Suspended, S::Critical], S::Replicating),
        (Verb::RESUME, &[S::ResynchronizationSuspended], S::Resynchronizing),
        (
            Verb::RESYNCHRONIZE,
            &[S::WaitingToStartResynchronization, S::Critical, S::ResynchronizationSuspended],
            S::Replicating,
        ),
        (
            Verb::CANCEL_RESYNCHRONIZATION,
            &[S::Resynchronizing, S::ResynchronizationSuspended],
            S::WaitingToStartResynchronization,
        ),
        (Verb::PREPARE, &[S::Replicating], S::SyncedReplicationComplete),
        (Verb::CANCEL_PREPARE, &[S::SyncedReplicationComplete], S::Replicating),
        (
            Verb::FAIL_OVER,
            &[S::Replicating, S::Suspended, S::Critical, S::WaitingToStartResynchronization],
            S::Recovered,
        ),
        (Verb::REVERT, &[S::Recovered], S::Replicating),
        (Verb::COMMIT, &[S::Recovered], S::Committed),
        (Verb::REMOVE, &[S::Replicating, S::Critical, S::Committed], S::Disabled),
        (Verb::REMOVE_PRIMARY, &[S::Replicating, S::Critical, S::Committed], S::Disabled),
        (Verb::BECOME_REPLICA, &[S::Disabled], S::WaitingToCompleteInitialReplication),
    ] {
        let Sign::State(done) = verb.done else { panic!("{}", verb.noun) };
        assert!(done.contains(&after), "{}", verb.noun);
        for state in before {
            assert!(!done.contains(state), "{} shows before it runs", verb.noun);
            assert!(!verb.runs.contains(state), "{} shows before it runs", verb.noun);
        }
    }
    assert_eq!(Verb::REVERSE.done, Sign::Mode(ReplicationMode::Primary));
    assert_eq!(Verb::PROMOTE.done, Sign::Mode(ReplicationMode::Primary));
    assert_eq!(Verb::TEST.done, Sign::TestReplica);
    assert_eq!(Verb::DESTROY_TEST.done, Sign::Gone);
    assert_eq!(Verb::POWER_ON.done, Sign::Power(&[VmState::Running]));
    assert_eq!(Verb::SHUT_DOWN.done, Sign::Power(&[VmState::Off]));
}

#[test]
fn readers_are_those_that_change_nothing() {
    let readers: Vec<_> =
        Verb::ALL.iter().filter(|verb| verb.only_reads()).map(|verb| verb.method).collect();
    assert_eq!(
        readers,
        [
            "TestReplicationConnection",
            "GetSystemCertificates",
            "GetReplicationStatisticsEx",
            "GetReplicationStatistics"
        ]
    );
}
