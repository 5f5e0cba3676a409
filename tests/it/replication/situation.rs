//! How a situation reads.

use hyperv_replica::{
    cim::{Instance, ResourceUri, Value},
    client::VIRTUALIZATION,
    job::JobStatus,
    replication::{ReplicationMode, ReplicationState, Situation, VmState},
    sim::{Inventory, Relationship, Vm},
};

use super::{extended_vm, resynchronize::vm_of, text, uuid};
use crate::host::{client, sim, start};

fn job(id: &str, job_type: u16) -> JobStatus {
    let mut instance = Instance::new(ResourceUri::wmi(VIRTUALIZATION, "Msvm_ConcreteJob"));
    instance.set("InstanceID", text(id));
    instance.set("Name", text("Working"));
    instance.set("JobState", Value::UInt16(4));
    instance.set("JobType", Value::UInt16(job_type));
    JobStatus::from_instance(&instance).unwrap()
}

fn with(jobs: Vec<JobStatus>) -> String {
    let mut situation = Situation::default();
    situation.exists = true;
    situation.mode = Some(ReplicationMode::Primary);
    situation.state = Some(ReplicationState::Replicating);
    situation.power = Some(VmState::Running);
    situation.running = jobs;
    situation.to_string()
}

#[test]
fn changes_that_are_sent_all_the_time_are_not_blamed_unless_nothing_else_runs() {
    let sending = || job("A", 105);
    let receiving = || job("B", 106);
    let pausing = || job("C", 96);
    let jobs = |jobs| with(jobs).replace("in mode Primary, in state Replicating, Running", "");
    assert_eq!(jobs(vec![]), "");
    assert_eq!(jobs(vec![pausing()]), "; the job C (Working) is not done");
    assert_eq!(jobs(vec![sending(), pausing(), receiving()]), "; the job C (Working) is not done");
    assert_eq!(
        jobs(vec![sending(), receiving()]),
        "; the job A (Working) is not done; the job B (Working) is not done"
    );
}

#[test]
fn what_is_not_known_is_said_to_be_so() {
    let mut situation = Situation::default();
    assert_eq!(situation.to_string(), "no longer there");
    situation.exists = true;
    assert_eq!(situation.to_string(), "in a mode that is not known, in a state that is not known");
}

#[tokio::test]
async fn a_situation_is_read_from_the_host() {
    let test = Vm::new(uuid(3), "relay - Test").test_replica(uuid(1)).off();
    let alone = Vm::new(uuid(2), "alone").replica(Relationship::new("hv02", "hv01"));
    let inventory = Inventory::new("HV01").vm(extended_vm()).vm(alone).vm(test);
    let host = start(sim().inventory(inventory)).await;
    let (service, mut relay) = vm_of(&client(&host.url()), "relay").await;
    let state = async |vm: &_, extended| service.situation(vm, extended).await.unwrap().state;
    assert_eq!(state(&relay, false).await, Some(ReplicationState::Replicating));
    assert_eq!(state(&relay, true).await, Some(ReplicationState::WaitingToStartResynchronization));
    let (_, alone) = vm_of(service.client(), "alone").await;
    assert_eq!(state(&alone, true).await, Some(ReplicationState::Disabled));
    assert_eq!(
        service.find_test_replica(&relay).await.unwrap().map(|vm| vm.name).as_deref(),
        Some("relay - Test")
    );
    assert_eq!(service.find_test_replica(&alone).await.unwrap(), None);
    relay.reference = relay.reference.selector("Name", super::id(99));
    assert_eq!(service.situation(&relay, false).await.unwrap(), Situation::default());
}
