//! What a guest's network becomes at failover.

use super::facts;
use crate::{
    msvm::replication_service::SetFailoverNetworkAdapterSettings,
    replication::{
        Call, FailoverNetworkSettings, ReplicationService, Verb, VirtualMachine,
        look::{Place, Wanted},
    },
};

impl ReplicationService {
    /// Sets the addresses that a guest gets after a failover, one setting for each adapter. They are those that were
    /// [read](Self::failover_adapters), changed: what is in them tells the adapters apart.
    #[doc = facts!(
        host: "that of the machine that will get them: mostly the replica's; the primary's for the way back",
        before: "the machine is replicated",
        after: "the same",
        undo: "the same with the old settings",
        returns: "0, 4096, 32768 to 32778",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.SetFailoverNetworkAdapterSettings(ComputerSystem REF, NetworkSettings string[], out Job REF)",
    )]
    pub fn set_failover_network_adapter_settings(
        &self,
        vm: &VirtualMachine,
        settings: &[FailoverNetworkSettings],
    ) -> Call<SetFailoverNetworkAdapterSettings> {
        let input = SetFailoverNetworkAdapterSettings {
            computer_system: vm.reference.clone(),
            network_settings: settings.iter().map(|settings| settings.data().clone()).collect(),
        };
        let check = settings.iter().try_for_each(FailoverNetworkSettings::check);
        let data = settings.iter().map(FailoverNetworkSettings::data);
        let wanted = Wanted::some(Place::Adapters, data);
        Call::of_service(self, &Verb::SET_NETWORK, input).on(vm).makes(wanted).checked(check)
    }
}
