//! Statistics of relationships, and why their health is what it is.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    super::{change::Place, inventory::Relationship, job::error, repository::NEVER},
    Call, Provider,
    fault::Refused,
    invoke::{COMPLETED, INVALID_PARAMETER, INVALID_STATE},
    job::embedded_text,
    service::place_in,
};
use crate::cim::{Datetime, Output, Value};

/// `ReplicationInterval`
const CYCLE: u64 = 300;
/// What a cycle sends, in bytes, and how long that takes, in seconds.
const SIZE: u64 = 24 << 20;
const LATENCY: u32 = 12;
const REPLICATING: u16 = 3;

/// Why a relationship is not well, by its state: the severity, and words.
const ISSUES: [(u16, u16, &str); 7] = [
    (1, WARNING, "Initial replication has not been started"),
    (2, WARNING, "Initial replication has not been completed"),
    (REPLICATING, WARNING, "More than 20 percent of the replication cycles were missed"),
    (7, WARNING, "Replication is paused"),
    (8, CRITICAL, "Replication stopped because of an error"),
    (9, CRITICAL, "Resynchronization is required"),
    (11, CRITICAL, "Resynchronization is paused"),
];
const WARNING: u16 = 3;
const CRITICAL: u16 = 6;

impl Provider {
    /// `GetReplicationStatistics`, of the primary relationship, and `GetReplicationStatisticsEx`, of the one that is
    /// given.
    pub(super) fn statistics(
        &self,
        call: &Call<'_>,
        parameters: &[(String, Value)],
        of_given: bool,
    ) -> Result<Output, Refused> {
        let relationship = match self.statistics_place(parameters, of_given) {
            Ok(place) => self.repository.relationship(place),
            Err(return_value) => return Ok(Output { return_value, ..Output::default() }),
        };
        let Some(relationship) = relationship else {
            return Ok(Output { return_value: INVALID_STATE, ..Output::default() });
        };
        let statistics = self.statistics_of(relationship, call.now);
        let statistics = embedded_text("Msvm_ReplicationStatistics", statistics)?;
        let mut outputs =
            vec![("ReplicationStatistics".to_owned(), Value::Array(vec![statistics]))];
        if relationship.health > 1
            && let Some((state, severity, text)) =
                ISSUES.into_iter().find(|(state, ..)| *state == relationship.state)
        {
            let hosts = [relationship.primary_host.as_str(), relationship.recovery_host.as_str()];
            let issue = error(state, severity, text, &hosts);
            let issue = embedded_text("Msvm_Error", issue)?;
            outputs.push(("ReplicationHealthIssues".to_owned(), Value::Array(vec![issue])));
        }
        Ok(Output { return_value: COMPLETED, parameters: outputs, ..Output::default() })
    }

    fn statistics_place(
        &self,
        parameters: &[(String, Value)],
        of_given: bool,
    ) -> Result<Place, u32> {
        let index = self.vm_of(parameters)?;
        let vm = self.repository.vms.get(index).ok_or(INVALID_PARAMETER)?;
        if of_given {
            place_in(index, vm, parameters)
        } else {
            Ok(Place { vm: index, relationship: 0 })
        }
    }

    /// The statistics of the present period: what comes of one cycle each five minutes, up to now where it replicates and
    /// else up to the last replica.
    fn statistics_of(
        &self,
        relationship: &Relationship,
        now: Timestamp,
    ) -> Vec<(&'static str, Value)> {
        let start = self.period_start(now);
        let last = if relationship.state == REPLICATING { now } else { relationship.last };
        let last = last.max(start).min(now);
        let cycles = |from: Timestamp, to: Timestamp| seconds(from, to) / CYCLE;
        let due = cycles(start, last);
        // As many as the health says of a relationship that replicates.
        let missed = match (relationship.state, relationship.health) {
            (REPLICATING, 2) => due / 4,
            (REPLICATING, 3) => due / 2,
            (REPLICATING, _) => 0,
            _ => cycles(last, now),
        };
        let succeeded = if relationship.state == REPLICATING { due - missed } else { due };
        let failed = if relationship.state == 8 { missed } else { 0 };
        let number = |number: u64| Value::UInt32(u32::try_from(number).unwrap_or(u32::MAX));
        let time = |time| Value::Datetime(Datetime::Timestamp(time));
        let (latency, largest) = if succeeded == 0 { (0, 0) } else { (3 * LATENCY, 3 * SIZE) };
        vec![
            ("StartStatisticTime", time(start)),
            ("EndStatisticTime", time(now)),
            ("ReplicationSuccessCount", number(succeeded)),
            ("ReplicationSize", Value::UInt64(succeeded * SIZE)),
            ("MaxReplicationSize", Value::UInt64(largest)),
            ("ReplicationLatency", number(succeeded * u64::from(LATENCY))),
            ("MaxReplicationLatency", Value::UInt32(latency)),
            ("ReplicationMissCount", number(missed)),
            ("NetworkFailureCount", Value::UInt32(0)),
            ("ReplicationFailureCount", number(failed)),
            ("PendingReplicationSize", Value::UInt64(cycles(last, now) * SIZE)),
            ("ApplicationConsistentSnapshotFailureCount", Value::UInt32(0)),
            ("ReplicationHealth", Value::UInt32(u32::from(relationship.health))),
            ("LastTestFailoverTime", time(NEVER)),
        ]
    }

    /// When the present monitoring period began.
    fn period_start(&self, now: Timestamp) -> Timestamp {
        let server = &self.repository.server;
        let midnight = Timestamp::UNIX_EPOCH;
        let first = midnight.saturating_add(server.monitoring_start).unwrap_or(midnight);
        let length = u64::from(server.monitoring_interval).max(1);
        let passed = Duration::from_secs(seconds(first, now) % length);
        now.saturating_sub(passed).unwrap_or(now)
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or_default()
}
