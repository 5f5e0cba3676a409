//! `Msvm_ReplicationStatistics`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::typed::{Bytes, Rest, class, codec};

/// Statistics of one monitoring period; only ever embedded in something else.
///
/// On the wire: `Msvm_ReplicationStatistics`, derived from `CIM_ManagedElement`. Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationStatistics {
    /// Opaque identity of the instance.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Start of the period, in UTC.
    pub start_statistic_time: Option<Timestamp>,
    /// End of the period, in UTC.
    pub end_statistic_time: Option<Timestamp>,
    /// Number of cycles that succeeded.
    pub replication_success_count: Option<u32>,
    /// Amount of data that was sent, all cycles together.
    pub replication_size: Option<Bytes>,
    /// Amount of data of the largest cycle.
    pub max_replication_size: Option<Bytes>,
    /// Time of all cycles together; divided by the number of those that succeeded, it is the average.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub replication_latency: Option<Duration>,
    /// Number of cycles that were missed.
    pub replication_miss_count: Option<u32>,
    /// Time of the longest cycle.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub max_replication_latency: Option<Duration>,
    /// Number of network errors.
    pub network_failure_count: Option<u32>,
    /// Number of replication errors.
    pub replication_failure_count: Option<u32>,
    /// Amount of data that is still to be sent.
    pub pending_replication_size: Option<Bytes>,
    /// Number of application-consistent snapshots that failed.
    pub application_consistent_snapshot_failure_count: Option<u32>,
    /// Replication health, with 32 bits here and 16 elsewhere.
    pub replication_health: Option<values::ReplicationHealth>,
    /// When the last test replica was made.
    pub last_test_failover_time: Option<Timestamp>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationStatistics is "Msvm_ReplicationStatistics" in NAMESPACE, keys [];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    start_statistic_time = codec::Time, "StartStatisticTime";
    end_statistic_time = codec::Time, "EndStatisticTime";
    replication_success_count = codec::Plain, "ReplicationSuccessCount";
    replication_size = codec::Octets, "ReplicationSize";
    max_replication_size = codec::Octets, "MaxReplicationSize";
    replication_latency = codec::Seconds<u32>, "ReplicationLatency";
    replication_miss_count = codec::Plain, "ReplicationMissCount";
    max_replication_latency = codec::Seconds<u32>, "MaxReplicationLatency";
    network_failure_count = codec::Plain, "NetworkFailureCount";
    replication_failure_count = codec::Plain, "ReplicationFailureCount";
    pending_replication_size = codec::Octets, "PendingReplicationSize";
    application_consistent_snapshot_failure_count = codec::Plain, "ApplicationConsistentSnapshotFailureCount";
    replication_health = codec::Widened<u32, u16>, "ReplicationHealth";
    last_test_failover_time = codec::Time, "LastTestFailoverTime";
}
