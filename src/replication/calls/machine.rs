//! The power of virtual machines, as far as failovers need it.

use super::facts;
use crate::{
    cim::{
        typed::Class as _,
        wql::{Condition, Select},
    },
    msvm::{
        ShutdownComponent, computer_system::RequestStateChange,
        shutdown_component::InitiateShutdown, values::RequestedState,
    },
    replication::{Call, ReplicationService, Verb, VirtualMachine},
};

impl ReplicationService {
    /// Asks for a power state, such as `Offline` to save a machine or `Reset`.
    #[doc = facts!(
        host: "that of the machine",
        before: "depends on the state",
        after: "depends on the state",
        undo: "depends on the state",
        returns: "0, 4096, 32768 to 32778",
        since: "Windows Server 2012",
        wire: "Msvm_ComputerSystem.RequestStateChange(RequestedState uint16, out Job REF, TimeoutPeriod datetime)",
    )]
    pub fn request_state(
        &self,
        vm: &VirtualMachine,
        state: RequestedState,
    ) -> Call<RequestStateChange> {
        self.power(vm, &Verb::POWER, state)
    }

    /// Starts a machine.
    #[doc = facts!(
        host: "that of the machine",
        before: "off, saved or paused; a replica only when it is failed over, a primary not when it is prepared for a failover",
        after: "running",
        undo: "[`shut_down`](Self::shut_down)",
        returns: "0, 4096, 32768 to 32778",
        since: "Windows Server 2012",
        wire: "Msvm_ComputerSystem.RequestStateChange(RequestedState 2)",
    )]
    pub fn start(&self, vm: &VirtualMachine) -> Call<RequestStateChange> {
        self.power(vm, &Verb::POWER_ON, RequestedState::Enabled)
    }

    /// Turns a machine off, as if its plug were pulled. [`shut_down`](Self::shut_down) asks the guest.
    #[doc = facts!(
        host: "that of the machine",
        before: "running, saved or paused",
        after: "off",
        undo: "[`start`](Self::start); what the guest had not written is lost",
        returns: "0, 4096, 32768 to 32778",
        since: "Windows Server 2012",
        wire: "Msvm_ComputerSystem.RequestStateChange(RequestedState 3)",
    )]
    pub fn turn_off(&self, vm: &VirtualMachine) -> Call<RequestStateChange> {
        self.power(vm, &Verb::POWER_OFF, RequestedState::Disabled)
    }

    /// Has the guest shut down, for a reason in words. That the host took it means that the guest was asked: read the
    /// machine again until it is off.
    #[doc = facts!(
        host: "that of the machine",
        before: "running, with the shutdown component of the guest",
        after: "off, when the guest is done",
        undo: "[`start`](Self::start)",
        returns: "0, 32768 to 32782",
        since: "Windows Server 2012",
        wire: "Msvm_ShutdownComponent.InitiateShutdown(Force boolean, Reason string)",
    )]
    pub fn shut_down(
        &self,
        vm: &VirtualMachine,
        reason: impl Into<String>,
    ) -> Call<InitiateShutdown> {
        let input = InitiateShutdown { force: false, reason: reason.into() };
        let component = Condition::equals("SystemName", &vm.id)
            .and_then(|of_vm| Ok(Select::all_of(ShutdownComponent::CLASS)?.filter(of_vm)));
        Call::of_found(self, &Verb::SHUT_DOWN, component, input).on(vm)
    }

    fn power(
        &self,
        vm: &VirtualMachine,
        verb: &'static Verb,
        state: RequestedState,
    ) -> Call<RequestStateChange> {
        let input = RequestStateChange { requested_state: state, timeout_period: None };
        Call::of_instance(self, verb, &vm.reference, input).on(vm)
    }
}

impl<T> Call<InitiateShutdown, T> {
    /// Closes applications although they have unsaved data, and shuts down although the guest is locked.
    pub const fn force(mut self, yes: bool) -> Self {
        self.input.force = yes;
        self
    }
}
