//! What is known of verbs without a host, and what is refused without one.

use hyperv_replica::{
    cim::class::Method,
    error::ErrorKind,
    mof,
    msvm::values::JobType as J,
    replication::{
        ReplicationMode, ReplicationService, ReplicationSettings, ReplicationState as S, Sign,
        Verb, VmState,
    },
    sim::{Inventory, Relationship, Vm},
};

use super::uuid;
use crate::host::{client, sim, start};

const CLASSES: [&str; 4] = [
    "Msvm_ReplicationService",
    "Msvm_ComputerSystem",
    "Msvm_ShutdownComponent",
    "Msvm_VirtualSystemManagementService",
];

#[test]
fn verbs_know_all_jobs_that_their_methods_begin() {
    let states = [
        J::ReplicateStateChange,
        J::InitiateSyncedReplication,
        J::CancelSyncedReplication,
        J::StopInitialReplication,
        J::StopResynchronizing,
    ];
    assert_eq!(Verb::REQUEST_STATE.jobs, states);
    assert_eq!(Verb::REQUEST_STATE_PRIMARY.jobs, states);
    assert_eq!(Verb::BECOME_REPLICA.jobs, [J::ReplicateStateChange]);
    // A machine that is saved or paused is started, too.
    assert_eq!(Verb::POWER_ON.jobs, [J::StartVm, J::RestoreVm, J::ResumeVm]);
    for verb in [Verb::POWER_ON, Verb::POWER_OFF, Verb::SHUT_DOWN] {
        assert!(verb.jobs.iter().all(|job| Verb::POWER.jobs.contains(job)), "{verb:?}");
    }
}

#[tokio::test]
async fn only_an_extended_relationship_promotes() {
    let first = Relationship::new("hv02.example.com", "hv01.example.com");
    let second = Relationship::new("hv01.example.com", "hv03.example.com");
    let inventory = Inventory::new("HV01").vm(Vm::new(uuid(1), "relay").extended(first, second));
    let host = start(sim().inventory(inventory)).await;
    let service = ReplicationService::new(&client(&host.url()));
    let vm = service.find_virtual_machine("relay").await.unwrap().unwrap();
    let [primary, extended] = service.relationships_of(&vm).await.unwrap().try_into().unwrap();
    let error = service.change_replication_mode_to_primary(&vm, &primary).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(service.change_replication_mode_to_primary(&vm, &extended).arguments().is_ok());
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn no_relationship_is_taken_for_that_of_another_machine() {
    let relationship = || Relationship::new("hv01.example.com", "hv02.example.com");
    let vm = |number: u128, name: &str| Vm::new(uuid(number), name).primary(relationship());
    let host = start(sim().inventory(Inventory::new("HV01").vm(vm(1, "a")).vm(vm(2, "b")))).await;
    let service = ReplicationService::new(&client(&host.url()));
    let [a, b] = service.virtual_machines().await.unwrap().try_into().unwrap();
    let [of_b] = service.relationships_of(&b).await.unwrap().try_into().unwrap();
    let settings = ReplicationSettings::from(of_b.settings.clone().unwrap());
    let arguments = |vm| {
        [
            service.remove_replication_relationship(vm, &of_b).arguments(),
            service.modify_replication_settings(vm, &settings).arguments(),
            service.replication_statistics(vm, &of_b).arguments(),
            service.reset_replication_statistics(vm, &of_b).arguments(),
            service.suspend_replication(vm).relationship(&of_b).arguments(),
        ]
    };
    for refused in arguments(&a) {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        let message = "the relationship is that of another virtual machine than a";
        assert_eq!(error.to_string(), message);
    }
    for taken in arguments(&b) {
        taken.unwrap();
    }
}

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
                !matches!(job, J::ReplicationSendingDelta | J::ReplicationReceivingDelta),
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
