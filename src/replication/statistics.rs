//! Statistics of a relationship, and what the host says is wrong with it.

use std::{error, fmt, time::Duration};

use jiff::Timestamp;

use super::states::ReplicationHealth;
use crate::{
    cim::typed::Bytes,
    msvm::{
        MsvmError, ReplicationStatistics,
        replication_service::{GetReplicationStatisticsExOutput, GetReplicationStatisticsOutput},
        values::PerceivedSeverity,
    },
};

/// What a host tells of a relationship when it is asked for its statistics. The hosts at both ends count for themselves.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Statistics {
    /// The statistics of each period, in the order of the host. As a rule there is one, the present one.
    pub periods: Vec<PeriodStatistics>,
    /// What the host says is wrong. It explains a health that is not good.
    pub health_issues: Vec<HealthIssue>,
}

/// Statistics of one monitoring period. A cycle is one replica that is made and sent.
///
/// Nothing stands for what the host does not tell, and for a mean of nothing.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PeriodStatistics {
    /// When the period began.
    pub start: Option<Timestamp>,
    /// When it ended; of the present one, until when is counted.
    pub end: Option<Timestamp>,
    /// The number of cycles that succeeded.
    pub successes: Option<u32>,
    /// The number of cycles that were due and did not come to pass.
    pub misses: Option<u32>,
    /// The number of cycles that failed.
    pub failures: Option<u32>,
    /// The number of errors of the network.
    pub network_failures: Option<u32>,
    /// The number of application-consistent snapshots that failed.
    pub application_consistent_failures: Option<u32>,
    /// The bytes of all cycles together.
    pub size: Option<Bytes>,
    /// The bytes of a cycle that succeeded, on average, rounded down.
    pub mean_size: Option<Bytes>,
    /// The bytes of the largest cycle.
    pub max_size: Option<Bytes>,
    /// The bytes that are still to be sent.
    pub pending_size: Option<Bytes>,
    /// The time of all cycles together.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::cim::typed::codec::as_seconds"))]
    pub latency: Option<Duration>,
    /// The time of a cycle that succeeded, on average.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::cim::typed::codec::as_seconds"))]
    pub mean_latency: Option<Duration>,
    /// The time of the longest cycle.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::cim::typed::codec::as_seconds"))]
    pub max_latency: Option<Duration>,
    /// The health, as the host judges it by all this.
    pub health: Option<ReplicationHealth>,
    /// When a test replica was last made; nothing for "never".
    pub last_test_failover_time: Option<Timestamp>,
}

/// What a host says is wrong with a relationship.
///
/// `Display` gives the message and its identifier, `source` nothing. On the wire: an embedded `Msvm_Error`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct HealthIssue(MsvmError);

impl Statistics {
    fn new(statistics: Option<Vec<ReplicationStatistics>>, issues: Option<Vec<MsvmError>>) -> Self {
        Self {
            periods: statistics.into_iter().flatten().map(PeriodStatistics::from).collect(),
            health_issues: issues.into_iter().flatten().map(HealthIssue).collect(),
        }
    }

    /// The period that ended last; the only one, as a rule.
    #[must_use]
    pub fn latest(&self) -> Option<&PeriodStatistics> {
        self.periods.iter().max_by_key(|period| period.end)
    }
}

impl From<GetReplicationStatisticsExOutput> for Statistics {
    fn from(output: GetReplicationStatisticsExOutput) -> Self {
        Self::new(output.replication_statistics, output.replication_health_issues)
    }
}

impl From<GetReplicationStatisticsOutput> for Statistics {
    fn from(output: GetReplicationStatisticsOutput) -> Self {
        Self::new(output.replication_statistics, output.replication_health_issues)
    }
}

impl From<ReplicationStatistics> for PeriodStatistics {
    fn from(facts: ReplicationStatistics) -> Self {
        let successes = facts.replication_success_count;
        let mean_size = || {
            let Bytes(size) = facts.replication_size?;
            size.checked_div(successes?.into()).map(Bytes)
        };
        Self {
            start: facts.start_statistic_time,
            end: facts.end_statistic_time,
            successes,
            misses: facts.replication_miss_count,
            failures: facts.replication_failure_count,
            network_failures: facts.network_failure_count,
            application_consistent_failures: facts.application_consistent_snapshot_failure_count,
            size: facts.replication_size,
            mean_size: mean_size(),
            max_size: facts.max_replication_size,
            pending_size: facts.pending_replication_size,
            latency: facts.replication_latency,
            mean_latency: facts
                .replication_latency
                .zip(successes)
                .and_then(|(sum, count)| sum.checked_div(count)),
            max_latency: facts.max_replication_latency,
            health: facts.replication_health,
            last_test_failover_time: facts.last_test_failover_time,
        }
    }
}

impl HealthIssue {
    /// The identifier of the message: of Hyper-V, a number as text. Decide by it, for the message is in the language of the
    /// host.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        text(&self.0.message_id)
    }

    /// The message, in the language of the host.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        text(&self.0.message)
    }

    /// How severe the host takes it to be. Microsoft's page of the class and the schema of hosts give the numbers different
    /// names, so nothing should depend on it; the names here are those of the schema.
    #[must_use]
    pub const fn severity(&self) -> Option<PerceivedSeverity> {
        self.0.perceived_severity
    }

    /// What the host advises to do, in its language.
    #[must_use]
    pub fn recommended_actions(&self) -> &[String] {
        self.0.recommended_actions.as_deref().unwrap_or_default()
    }

    /// All that the host says of it.
    #[must_use]
    pub const fn facts(&self) -> &MsvmError {
        &self.0
    }
}

impl From<MsvmError> for HealthIssue {
    fn from(error: MsvmError) -> Self {
        Self(error)
    }
}

/// `Replication is paused (33414)`.
impl fmt::Display for HealthIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().unwrap_or("a health issue that the host does not describe"))?;
        match self.message_id() {
            Some(id) => write!(f, " ({id})"),
            None => Ok(()),
        }
    }
}

impl error::Error for HealthIssue {}

/// A text that says something.
fn text(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}
