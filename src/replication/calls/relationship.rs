//! Relationships: made, changed, turned round and removed.

use super::{extended, facts};
use crate::{
    error::{Error, ErrorKind},
    msvm::replication_service::{
        ChangeReplicationModeToPrimary, CreateReplicationRelationship, InitiateFailback,
        ModifyReplicationSettings, RemoveReplicationRelationship, RemoveReplicationRelationshipEx,
        ReverseReplicationRelationship,
    },
    replication::{
        Call, Relationship, RelationshipKind, ReplicationService, ReplicationSettings, Verb,
        VirtualMachine,
        guard::Guard,
        look::{Place, Wanted},
        relationship::check_owner,
    },
};

impl ReplicationService {
    /// Enables the replication of a virtual machine, or [extends](Call::extended) that of a replica, with settings that begin
    /// with [those that the host keeps](Self::replication_settings). Nothing is sent to the
    /// replica server but the configuration: [`start_replication`](Self::start_replication) begins the initial copy.
    #[doc = facts!(
        host: "the primary's; a replica's to [extend](Call::extended)",
        before: "the machine is not replicated; a replica to be extended is `Replicating`",
        after: "`ReadyForReplication`; the replica server has a machine of the same GUID, switched off",
        undo: "[`remove_replication_relationship`](Self::remove_replication_relationship) on both hosts; the replica server keeps its machine",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.CreateReplicationRelationship(ComputerSystem REF, ReplicationSettingData string, out Job REF)",
    )]
    pub fn create_replication_relationship(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Call<CreateReplicationRelationship> {
        let input = CreateReplicationRelationship {
            computer_system: vm.reference.clone(),
            replication_setting_data: settings.data().clone(),
        };
        let call = Call::of_service(self, &Verb::ENABLE, input);
        call.on(vm).guarded(Guard::Side).checked(settings.check())
    }

    /// Changes the settings of a relationship. They are those that were read, changed: what is not known here goes back as
    /// it came.
    #[doc = facts!(
        host: "the primary's; a replica's for its [extended](Call::extended) relationship",
        before: "any but `Disabled`",
        after: "the same; `DiskUpdateInProgress` while a changed set of disks is taken over",
        undo: "the same with the old settings",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.ModifyReplicationSettings(ComputerSystem REF, ReplicationSettingData string, out Job REF)",
    )]
    pub fn modify_replication_settings(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Call<ModifyReplicationSettings> {
        let input = ModifyReplicationSettings {
            computer_system: vm.reference.clone(),
            replication_setting_data: settings.data().clone(),
        };
        let wanted = Wanted::some(Place::Relationship, [settings.data()]);
        let check = check_owner(settings.data().instance_id.as_deref(), vm);
        let call = Call::of_service(self, &Verb::CHANGE, input).makes(wanted).on(vm);
        call.guarded(Guard::Side).checked(check.and_then(|()| settings.check()))
    }

    /// Ends a relationship on this host. The other host is not told, and the machine stays, also that of a replica.
    #[doc = facts!(
        host: "each host by itself; of a replica the extended relationship goes first",
        before: "any; not while a failover runs",
        after: "`Disabled`, mode `None`",
        undo: "nothing: a new relationship needs a new initial replication, or a resynchronization with the old disks",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ReplicationService.RemoveReplicationRelationshipEx(ComputerSystem REF, ReplicationRelationship string, out Job REF)",
    )]
    pub fn remove_replication_relationship(
        &self,
        vm: &VirtualMachine,
        relationship: &Relationship,
    ) -> Call<RemoveReplicationRelationshipEx> {
        let input = RemoveReplicationRelationshipEx {
            computer_system: vm.reference.clone(),
            replication_relationship: relationship.facts.clone(),
        };
        let call = Call::of_service(self, &Verb::REMOVE, input).on(vm).about(relationship);
        call.checked(check_owner(relationship.facts.instance_id.as_deref(), vm))
    }

    /// Ends the primary relationship on this host: as
    /// [`remove_replication_relationship`](Self::remove_replication_relationship), for Windows Server 2012, which has no
    /// other. Deprecated since.
    #[doc = facts!(
        host: "each host by itself",
        before: "any; not while a failover runs",
        after: "`Disabled`, mode `None`",
        undo: "nothing: a new relationship needs a new initial replication, or a resynchronization with the old disks",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.RemoveReplicationRelationship(ComputerSystem REF, out Job REF)",
    )]
    pub fn remove_primary_replication_relationship(
        &self,
        vm: &VirtualMachine,
    ) -> Call<RemoveReplicationRelationship> {
        let input = RemoveReplicationRelationship { computer_system: vm.reference.clone() };
        Call::of_service(self, &Verb::REMOVE_PRIMARY, input).on(vm)
    }

    /// Turns a relationship round: the failed-over replica becomes the primary and replicates to the host that was the
    /// primary's. [`ReplicationSettings::reversed`] makes the settings for it.
    ///
    /// After an unplanned failover [`start_replication`](Self::start_replication) has to follow.
    #[doc = facts!(
        host: "the replica's, which becomes the primary's",
        before: "`Committed`, without an extended relationship; the old primary is off and takes replicas",
        after: "after a planned failover `Replicating`, else `ReadyForReplication`; mode `Primary`",
        undo: "a planned failover back",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.ReverseReplicationRelationship(ComputerSystem REF, ReplicationSettingData string, out Job REF)",
    )]
    pub fn reverse_replication_relationship(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Call<ReverseReplicationRelationship> {
        let input = ReverseReplicationRelationship {
            computer_system: vm.reference.clone(),
            replication_setting_data: settings.data().clone(),
        };
        Call::of_service(self, &Verb::REVERSE, input).on(vm).checked(settings.check())
    }

    /// Makes a failed-over replica the primary of its own replica, so that the extended relationship goes on without the
    /// lost primary. Any other relationship is refused here.
    #[doc = facts!(
        host: "the replica's, in the middle of the chain",
        before: "`Committed`, with an extended relationship",
        after: "mode `Primary`; the extended relationship is the primary one",
        undo: "nothing: the relationship with the old primary is gone",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ReplicationService.ChangeReplicationModeToPrimary(ComputerSystem REF, ReplicationRelationship string, out Job REF)",
    )]
    pub fn change_replication_mode_to_primary(
        &self,
        vm: &VirtualMachine,
        extended: &Relationship,
    ) -> Call<ChangeReplicationModeToPrimary> {
        let input = ChangeReplicationModeToPrimary {
            computer_system: vm.reference.clone(),
            replication_relationship: extended.facts.clone(),
        };
        let check = if extended.kind == RelationshipKind::Extended {
            check_owner(extended.facts.instance_id.as_deref(), vm)
        } else {
            let message = format!("{} is promoted by its extended relationship alone", vm.name);
            Err(Error::new(ErrorKind::Usage, message))
        };
        Call::of_service(self, &Verb::PROMOTE, input).on(vm).checked(check)
    }

    /// Fails back by an external provider, such as that of a cloud. Hyper-V's own replication turns round by
    /// [`reverse_replication_relationship`](Self::reverse_replication_relationship) instead.
    #[doc = facts!(
        host: "the recovery site's",
        before: "the machine runs on the recovery site by an external provider",
        after: "`FailbackInProgress`, then `FailbackComplete`",
        undo: "what the provider has for it",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ReplicationService.InitiateFailback(ComputerSystem REF, ReplicationSettingData string, RecoveryPointIdentifier string, out Job REF)",
    )]
    pub fn initiate_failback(
        &self,
        vm: &VirtualMachine,
        settings: &ReplicationSettings,
    ) -> Call<InitiateFailback> {
        let input = InitiateFailback {
            computer_system: vm.reference.clone(),
            replication_setting_data: settings.data().clone(),
            recovery_point_identifier: None,
        };
        Call::of_service(self, &Verb::FAIL_BACK, input).on(vm).checked(settings.check())
    }
}

extended!(CreateReplicationRelationship);
extended!(ModifyReplicationSettings);

impl<T> Call<InitiateFailback, T> {
    /// Fails back to a recovery point of the provider.
    pub fn recovery_point(mut self, identifier: impl Into<String>) -> Self {
        self.input.recovery_point_identifier = Some(identifier.into());
        self
    }
}
