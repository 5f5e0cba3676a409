//! What is known of verbs without a host.

use hyperv_replica::{msvm::values::JobType as J, replication::Verb};

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
