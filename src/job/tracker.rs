//! When to look at a job, and what a look means: no clock, no network.

use std::time::Duration;

use super::state::JobStatus;

/// Follows one job.
///
/// Begin with [`first`](Self::first); whenever it says [`Next::PollAt`], look at the job at that time and give what was
/// seen to [`observe`](Self::observe), until it says something else. Times are counted from the begin.
#[derive(Clone, Debug)]
pub struct Tracker {
    limit: Option<Duration>,
    pause: Duration,
    failures: u32,
    seen: Option<JobStatus>,
}

/// What a look at the job gave.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// The job.
    Status(JobStatus),
    /// The host does not know it.
    Missing,
    /// No answer.
    Failed,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Look at the job at this time.
    PollAt(Duration),
    /// The job has ended, as far as can be seen.
    Ended(Ended),
    /// The time is up, and the job has not ended.
    TimedOut,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// In a state that is an end: well, badly, or cancelled.
    Seen(JobStatus),
    /// The host does not know it any more, with what was seen last. How it ended is not known; a host forgets a job
    /// five minutes after its end.
    Vanished(Option<JobStatus>),
}

impl Tracker {
    /// The pause before the first look; some jobs are done at once.
    const FIRST_PAUSE: Duration = Duration::from_millis(100);
    /// The longest pause.
    const LONGEST_PAUSE: Duration = Duration::from_secs(2);
    /// So many looks in a row may fail.
    const TOLERATED_FAILURES: u32 = 5;

    /// Begins, with the longest time to wait, if there is one.
    #[must_use]
    pub const fn new(limit: Option<Duration>) -> Self {
        Self { limit, pause: Self::FIRST_PAUSE, failures: 0, seen: None }
    }

    /// The time of the first look, which there always is.
    #[must_use]
    pub fn first(&self) -> Next {
        Next::PollAt(self.limit.map_or(self.pause, |limit| limit.min(self.pause)))
    }

    /// Whether one more failed look would be one too many.
    #[must_use]
    pub const fn gives_up_after_another_failure(&self) -> bool {
        self.failures >= Self::TOLERATED_FAILURES
    }

    /// Takes what a look gave at a time.
    pub fn observe(&mut self, now: Duration, observation: Observation) -> Next {
        match observation {
            Observation::Status(status) if status.state.has_ended() => {
                return Next::Ended(Ended::Seen(status));
            }
            Observation::Missing => return Next::Ended(Ended::Vanished(self.seen.take())),
            Observation::Status(status) => {
                self.failures = 0;
                self.seen = Some(status);
            }
            Observation::Failed => self.failures += 1,
        }
        self.pause = (self.pause * 3 / 2).min(Self::LONGEST_PAUSE);
        self.poll_after(now)
    }

    /// The next look, at the latest at the limit; none after it.
    fn poll_after(&self, now: Duration) -> Next {
        match self.limit {
            Some(limit) if now >= limit => Next::TimedOut,
            Some(limit) => Next::PollAt((now + self.pause).min(limit)),
            None => Next::PollAt(now + self.pause),
        }
    }
}
