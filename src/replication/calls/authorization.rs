//! Who may replicate to the host.

use super::facts;
use crate::{
    msvm::replication_service::{
        AddAuthorizationEntry, ModifyAuthorizationEntry, RemoveAuthorizationEntry,
        SetAuthorizationEntry,
    },
    replication::{
        AuthorizationEntry, Call, ReplicationService, Verb, VirtualMachine,
        look::{Place, Wanted},
    },
};

impl ReplicationService {
    /// Allows a primary server, all of a domain, or any, to replicate to this host.
    #[doc = facts!(
        host: "the replica's",
        before: "there is no such entry; an entry for any server and others exclude each other",
        after: "the entry is there",
        undo: "[`remove_authorization_entry`](Self::remove_authorization_entry)",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.AddAuthorizationEntry(AuthorizationEntry string, out Job REF)",
    )]
    pub fn add_authorization_entry(
        &self,
        entry: &AuthorizationEntry,
    ) -> Call<AddAuthorizationEntry> {
        let input = AddAuthorizationEntry { authorization_entry: entry.data().clone() };
        let call = Call::of_service(self, &Verb::AUTHORIZE, input);
        call.makes(wanted(entry)).checked(entry.check())
    }

    /// Changes the storage or the trust group of the entry of the same primary server.
    #[doc = facts!(
        host: "the replica's",
        before: "the entry is there",
        after: "the entry is changed",
        undo: "the same with the old entry",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.ModifyAuthorizationEntry(AuthorizationEntry string, out Job REF)",
    )]
    pub fn modify_authorization_entry(
        &self,
        entry: &AuthorizationEntry,
    ) -> Call<ModifyAuthorizationEntry> {
        let input = ModifyAuthorizationEntry { authorization_entry: entry.data().clone() };
        let call = Call::of_service(self, &Verb::CHANGE_AUTHORIZATION, input);
        call.makes(wanted(entry)).checked(entry.check())
    }

    /// Removes the entry of a primary server, by the name in it. Replication that rests on the entry stops.
    #[doc = facts!(
        host: "the replica's",
        before: "the entry is there",
        after: "it is not; machines under it turn `Critical`",
        undo: "[`add_authorization_entry`](Self::add_authorization_entry), then resume replication",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.RemoveAuthorizationEntry(AllowedPrimaryHostSystem string, out Job REF)",
    )]
    pub fn remove_authorization_entry(
        &self,
        allowed_primary_host_system: impl Into<String>,
    ) -> Call<RemoveAuthorizationEntry> {
        let allowed_primary_host_system = allowed_primary_host_system.into();
        let gone = Wanted::none(Place::Entry(allowed_primary_host_system.clone()));
        let input = RemoveAuthorizationEntry { allowed_primary_host_system };
        Call::of_service(self, &Verb::UNAUTHORIZE, input).makes(gone)
    }

    /// Chooses the entry, and so the trust group, under which a replica is.
    #[doc = facts!(
        host: "the replica's",
        before: "the entry is there, and the machine is a replica",
        after: "the machine is under the entry",
        undo: "the same with the old entry",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.SetAuthorizationEntry(ComputerSystem REF, AuthorizationEntry string, out Job REF)",
    )]
    pub fn set_authorization_entry(
        &self,
        vm: &VirtualMachine,
        entry: &AuthorizationEntry,
    ) -> Call<SetAuthorizationEntry> {
        let input = SetAuthorizationEntry {
            computer_system: vm.reference.clone(),
            authorization_entry: entry.data().clone(),
        };
        Call::of_service(self, &Verb::SET_AUTHORIZATION, input).on(vm).checked(entry.check())
    }
}

fn wanted(entry: &AuthorizationEntry) -> Wanted {
    let servers = entry.data().allowed_primary_host_system.clone().unwrap_or_default();
    Wanted::some(Place::Entry(servers), [entry.data()])
}
