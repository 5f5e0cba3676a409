//! Statistics: how replication went in a period, and what is wrong with it.

use super::facts;
use crate::{
    error::{Error, ErrorKind, Result},
    job::Job,
    msvm::replication_service::{
        GetReplicationStatistics, GetReplicationStatisticsEx, GetReplicationStatisticsExOutput,
        GetReplicationStatisticsOutput, ResetReplicationStatistics, ResetReplicationStatisticsEx,
    },
    replication::{
        Call, Gives, Relationship, ReplicationService, Sent, Statistics, Verb, VirtualMachine,
        relationship::check_owner,
    },
};

impl ReplicationService {
    /// Reads the statistics of a relationship, and what the host says is wrong with it. Each host counts for itself.
    #[doc = facts!(
        host: "either",
        before: "the machine is replicated",
        after: "the same",
        undo: "nothing to undo",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ReplicationService.GetReplicationStatisticsEx(ComputerSystem REF, ReplicationRelationship string, out ReplicationStatistics string[], out ReplicationHealthIssues string[], out Job REF)",
    )]
    pub fn replication_statistics(
        &self,
        vm: &VirtualMachine,
        relationship: &Relationship,
    ) -> Call<GetReplicationStatisticsEx, Statistics> {
        let input = GetReplicationStatisticsEx {
            computer_system: vm.reference.clone(),
            replication_relationship: relationship.facts.clone(),
        };
        let call = Call::of_service(self, &Verb::STATISTICS, input).on(vm).about(relationship);
        call.checked(check_owner(relationship.facts.instance_id.as_deref(), vm))
    }

    /// Reads the statistics of the primary relationship: as
    /// [`replication_statistics`](Self::replication_statistics), for Windows Server 2012, which has no other. Deprecated
    /// since.
    #[doc = facts!(
        host: "either",
        before: "the machine is replicated",
        after: "the same",
        undo: "nothing to undo",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.GetReplicationStatistics(ComputerSystem REF, out ReplicationStatistics string[], out ReplicationHealthIssues string[], out Job REF)",
    )]
    pub fn primary_replication_statistics(
        &self,
        vm: &VirtualMachine,
    ) -> Call<GetReplicationStatistics, Statistics> {
        let input = GetReplicationStatistics { computer_system: vm.reference.clone() };
        Call::of_service(self, &Verb::STATISTICS_PRIMARY, input).on(vm)
    }

    /// Clears the statistics of a relationship, which takes its health back from `Warning`: what was wrong is forgotten.
    #[doc = facts!(
        host: "either, each for itself",
        before: "the machine is replicated",
        after: "the same; the counts begin at zero",
        undo: "nothing: the counts are gone",
        since: "Windows Server 2012 R2",
        wire: "Msvm_ReplicationService.ResetReplicationStatisticsEx(ComputerSystem REF, ReplicationRelationship string, out Job REF)",
    )]
    pub fn reset_replication_statistics(
        &self,
        vm: &VirtualMachine,
        relationship: &Relationship,
    ) -> Call<ResetReplicationStatisticsEx> {
        let input = ResetReplicationStatisticsEx {
            computer_system: vm.reference.clone(),
            replication_relationship: relationship.facts.clone(),
        };
        let call =
            Call::of_service(self, &Verb::RESET_STATISTICS, input).on(vm).about(relationship);
        call.checked(check_owner(relationship.facts.instance_id.as_deref(), vm))
    }

    /// Clears the statistics of the primary relationship: as
    /// [`reset_replication_statistics`](Self::reset_replication_statistics), for Windows Server 2012, which has no other.
    /// Deprecated since.
    #[doc = facts!(
        host: "either, each for itself",
        before: "the machine is replicated",
        after: "the same; the counts begin at zero",
        undo: "nothing: the counts are gone",
        since: "Windows Server 2012",
        wire: "Msvm_ReplicationService.ResetReplicationStatistics(ComputerSystem REF, out Job REF)",
    )]
    pub fn reset_primary_replication_statistics(
        &self,
        vm: &VirtualMachine,
    ) -> Call<ResetReplicationStatistics> {
        let input = ResetReplicationStatistics { computer_system: vm.reference.clone() };
        Call::of_service(self, &Verb::RESET_STATISTICS_PRIMARY, input).on(vm)
    }
}

/// A job carries no out parameters: after it the method is asked again, which only reads.
impl Gives<GetReplicationStatisticsEx> for Statistics {
    async fn of_output(_: &Sent, output: GetReplicationStatisticsExOutput) -> Result<Self> {
        Ok(output.into())
    }

    async fn of_job(sent: &Sent, input: &GetReplicationStatisticsEx, _: &Job) -> Result<Self> {
        sent.ask_again(input).await?.map(Self::from).ok_or_else(lost)
    }
}

/// As for [`GetReplicationStatisticsEx`].
impl Gives<GetReplicationStatistics> for Statistics {
    async fn of_output(_: &Sent, output: GetReplicationStatisticsOutput) -> Result<Self> {
        Ok(output.into())
    }

    async fn of_job(sent: &Sent, input: &GetReplicationStatistics, _: &Job) -> Result<Self> {
        sent.ask_again(input).await?.map(Self::from).ok_or_else(lost)
    }
}

fn lost() -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the host begins a job for the statistics and does not give them",
    )
}
