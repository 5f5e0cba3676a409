//! What is known of verbs without a host, and what is refused without one.

use hyperv_replica::{
    error::ErrorKind,
    msvm::values::JobType as J,
    replication::{ReplicationService, ReplicationSettings, Verb},
    sim::{Inventory, Relationship, Vm},
};

use super::uuid;
use crate::host::{client, sim, start};

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
