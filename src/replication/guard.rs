//! What is refused here, before it is sent: what could destroy something, or would act on something else than was said.

use super::{Call, ReplicationMode, ReplicationState, VirtualMachine};
use crate::cim::typed::Method;

/// What has to be so before a call is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// Nothing: the host judges.
    None,
    /// The virtual machine is a test replica, as it is read just before: the method would delete any other as well.
    TestReplica,
    /// The virtual machine is failed over, as it is read just before: a commit drops all recovery points but one.
    FailedOver,
    /// The virtual machine has no primary elsewhere, or the extended relationship is meant: on a replica the method acts
    /// on that, whatever the caller had in mind.
    Side,
    /// The virtual machine is not prepared for a failover: to resume it would cancel that, and its replica may be failed over
    /// already.
    NotPrepared,
    /// The virtual machine is prepared for a failover: any other would be resumed.
    Prepared,
}

impl<M: Method, T> Call<M, T> {
    /// Why the call is not sent, by what was read just before.
    pub(super) async fn refused_here(&self) -> Option<String> {
        use ReplicationState as S;
        let (vm, now) = (self.vm.as_ref()?, self.before.situation.as_ref()?);
        let name = &vm.name;
        if self.guard != Guard::None && !now.exists {
            return Some(format!("{name} is no longer there"));
        }
        match (self.guard, now.mode, now.state) {
            (Guard::TestReplica, Some(ReplicationMode::TestReplica), _) => None,
            (Guard::TestReplica, Some(mode), _) => Some(format!(
                "{name} is no test replica, as its mode is {mode}, and would be deleted all the same"
            )),
            (Guard::TestReplica, None, _) => Some(format!(
                "{name} is not known to be a test replica, and would be deleted all the same"
            )),
            (
                Guard::FailedOver,
                _,
                None | Some(S::Recovered | S::Committed | S::NotKnown | S::Unknown(_)),
            ) => None,
            (Guard::FailedOver, _, Some(state)) => Some(format!(
                "{name} is not failed over, as its replication state is {state}, and a commit cannot be undone"
            )),
            (Guard::Side, mode, _) => self.wrong_side(vm, mode).await,
            (Guard::NotPrepared, _, Some(S::SyncedReplicationComplete)) => Some(format!(
                "{name} is prepared for a failover, which resuming it would cancel although its replica may be failed over: cancel the preparation, if that is meant"
            )),
            (
                Guard::Prepared,
                _,
                None | Some(S::SyncedReplicationComplete | S::NotKnown | S::Unknown(_)),
            ) => None,
            (Guard::Prepared, _, Some(state)) => Some(format!(
                "{name} is not prepared for a failover, as its replication state is {state}, and would be resumed instead"
            )),
            (Guard::None | Guard::NotPrepared, ..) => None,
        }
    }

    async fn wrong_side(
        &self,
        vm: &VirtualMachine,
        mode: Option<ReplicationMode>,
    ) -> Option<String> {
        use ReplicationMode as M;
        let name = &vm.name;
        match mode {
            Some(M::Replica | M::ExtendedReplica) if self.extended => None,
            Some(M::None | M::Primary | M::TestReplica) if self.extended => {
                Some(format!("{name} is no replica, so it has no extended relationship"))
            }
            Some(M::Replica | M::ExtendedReplica) => {
                let host = self.service.primary_host(vm).await.unwrap_or_else(|error| {
                    tracing::debug!(%error, "the host of the primary cannot be read");
                    None
                });
                let host =
                    host.map_or_else(|| "on another host".to_owned(), |host| format!("on {host}"));
                let does = self.verb.does_to("it");
                Some(format!(
                    "{name} is a replica, whose primary is {host}: {does} there, or choose the extended relationship to mean the replica's own replica"
                ))
            }
            _ => None,
        }
    }
}
