//! What is refused here, before it is sent: what could destroy something, or would act on something else than was said.

use super::{Call, ReplicationMode, ReplicationState, VirtualMachine};
use crate::{cim::typed::Method, error::Result};

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
}

impl<M: Method, T> Call<M, T> {
    /// Why the call is not sent.
    ///
    /// # Errors
    /// When what has to be known cannot be read; nothing was sent then.
    pub(super) async fn refused_here(&self) -> Result<Option<String>> {
        use ReplicationState as S;
        let (service, Some(vm)) = (&self.service, &self.vm) else { return Ok(None) };
        let name = &vm.name;
        Ok(match self.guard {
            Guard::None => None,
            Guard::TestReplica => match service.read_again(vm).await?.replication_mode {
                Some(ReplicationMode::TestReplica) => None,
                Some(mode) => Some(format!(
                    "{name} is no test replica, as its mode is {mode}, and would be deleted all the same"
                )),
                None => Some(format!(
                    "{name} is not known to be a test replica, and would be deleted all the same"
                )),
            },
            Guard::FailedOver => match service.read_again(vm).await?.replication_state {
                Some(S::Recovered | S::Committed | S::NotKnown | S::Unknown(_)) | None => None,
                Some(state) => Some(format!(
                    "{name} is not failed over, as its replication state is {state}, and a commit cannot be undone"
                )),
            },
            Guard::Side => self.wrong_side(vm).await,
        })
    }

    async fn wrong_side(&self, vm: &VirtualMachine) -> Option<String> {
        use ReplicationMode as M;
        let name = &vm.name;
        match vm.replication_mode {
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
