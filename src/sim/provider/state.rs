//! The methods of virtual machines: how they replicate, and whether they run.

use super::{
    super::{
        change::{Change, Place, Plan},
        inventory::Vm,
    },
    Provider,
    invoke::{INVALID_PARAMETER, INVALID_STATE, find},
    service::place_in,
};
use crate::cim::Value;

/// A change of replication that can be asked for. Not as a state is meant: 9 as a request ends what 9 as a state waits
/// for.
struct Transition {
    requested: u16,
    from: u16,
    on: Side,
    to: u16,
    health: u16,
    job_type: u16,
}

/// Which end of a relationship has to be on this host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Either,
    Primary,
}

const SYNCED: u16 = 4;
const RESYNCHRONIZING: u16 = 10;

/// What may be requested at all. The second makes a replica of a virtual machine that does not replicate, of which there
/// is nothing here: it fits no state of a relationship.
const REQUESTS: [u16; 6] = [1, 2, 3, SYNCED, 7, 9];

#[rustfmt::skip]
const TRANSITIONS: [Transition; 9] = [
    Transition { requested: 1, from: 2, on: Side::Primary, to: 1, health: 2, job_type: 109 },
    Transition { requested: 3, from: 7, on: Side::Either, to: 3, health: 1, job_type: 96 },
    Transition { requested: 3, from: 8, on: Side::Either, to: 3, health: 1, job_type: 96 },
    Transition { requested: 3, from: SYNCED, on: Side::Primary, to: 3, health: 1, job_type: 101 },
    Transition { requested: SYNCED, from: 3, on: Side::Primary, to: SYNCED, health: 1, job_type: 100 },
    Transition { requested: 7, from: 3, on: Side::Either, to: 7, health: 2, job_type: 96 },
    Transition { requested: 7, from: RESYNCHRONIZING, on: Side::Either, to: 11, health: 3, job_type: 96 },
    Transition { requested: 9, from: RESYNCHRONIZING, on: Side::Primary, to: 9, health: 3, job_type: 110 },
    Transition { requested: 9, from: 11, on: Side::Primary, to: 9, health: 3, job_type: 110 },
];

impl Provider {
    /// What a method of a virtual machine is to bring about, or the return value that says why not; nothing for what is
    /// not simulated.
    pub(super) fn plan_of_vm(
        &self,
        index: usize,
        method: &str,
        parameters: &[(String, Value)],
    ) -> Option<Result<Plan, u32>> {
        let vm = self.repository.vms.get(index)?;
        let requested = find(parameters, "RequestedState").as_u64();
        let requested = requested.and_then(|requested| u16::try_from(requested).ok());
        match (method, requested) {
            ("RequestReplicationStateChange", _) => {
                Some(change_replication(index, vm, 0, requested))
            }
            ("RequestReplicationStateChangeEx", _) => {
                Some(match find(parameters, "ReplicationRelationship") {
                    Value::Null => change_replication(index, vm, 0, requested),
                    _ => place_in(index, vm, parameters).and_then(|place| {
                        change_replication(index, vm, place.relationship, requested)
                    }),
                })
            }
            ("RequestStateChange", Some(2)) => Some(turn_on(index, vm)),
            ("RequestStateChange", Some(3)) => Some(turn_off(index, vm)),
            ("RequestStateChange", Some(4 | 6..=11)) => None,
            ("RequestStateChange", _) => Some(Err(INVALID_PARAMETER)),
            _ => None,
        }
    }
}

fn change_replication(
    index: usize,
    vm: &Vm,
    relationship: usize,
    requested: Option<u16>,
) -> Result<Plan, u32> {
    let requested = requested.filter(|it| REQUESTS.contains(it)).ok_or(INVALID_PARAMETER)?;
    let from = vm.relationships.get(relationship).ok_or(INVALID_STATE)?.state;
    let place = Place { vm: index, relationship };
    let transition = TRANSITIONS
        .iter()
        .find(|it| it.requested == requested && it.from == from)
        .filter(|it| it.on == Side::Either || vm.is_primary_in(relationship))
        // What is sent last before a planned failover is the last only while nothing runs.
        .filter(|it| it.requested != SYNCED || !vm.running)
        .ok_or(INVALID_STATE)?;
    let mut success = vec![Change::Health(place, transition.health)];
    if matches!(transition.to, 3 | SYNCED) {
        success.push(Change::Replicated(place));
    }
    Ok(Plan {
        job_type: Some(transition.job_type),
        vm: Some(index),
        interrupts: from == RESYNCHRONIZING,
        running: vec![Change::State(place, transition.to)],
        failure: vec![Change::State(place, if from == RESYNCHRONIZING { 9 } else { from })],
        success,
        ..Plan::default()
    })
}

/// Starts a virtual machine, but not a replica that has not failed over, nor one that a planned failover is prepared for.
fn turn_on(index: usize, vm: &Vm) -> Result<Plan, u32> {
    const FAILED_OVER: [u16; 2] = [5, 6];
    let state = vm.relationships.first().map(|relationship| relationship.state);
    let is_held = match (vm.mode, state) {
        (1, Some(state)) => state == SYNCED,
        (2, Some(state)) => !FAILED_OVER.contains(&state),
        _ => false,
    };
    power(index, vm, true, 12).filter(|_| !is_held).ok_or(INVALID_STATE)
}

fn turn_off(index: usize, vm: &Vm) -> Result<Plan, u32> {
    power(index, vm, false, 13).ok_or(INVALID_STATE)
}

/// Nothing for a virtual machine that is so already.
fn power(index: usize, vm: &Vm, on: bool, job_type: u16) -> Option<Plan> {
    (vm.running != on).then(|| Plan {
        job_type: Some(job_type),
        vm: Some(index),
        success: vec![Change::Running { vm: index, running: on }],
        ..Plan::default()
    })
}
