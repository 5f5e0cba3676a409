//! When to look at a job, and what a look means: no clock, no network.

use std::time::Duration;

use super::state::{JobState, JobStatus};

/// Follows one job.
///
/// Begin with a look at the time of [`first`](Self::first), and give what was seen to [`observe`](Self::observe); do so again
/// whenever it says [`Next::PollAt`], until it says something else. Times are counted from the begin.
#[derive(Clone, Debug)]
pub struct Tracker {
    limit: Option<Duration>,
    pause: Duration,
    failures: u32,
    seen: Option<JobStatus>,
    /// A time at which the job had got so far, in percent: the first, or that of its last setback.
    from: Option<(Duration, u16)>,
}

/// What a look at the job gave.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
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
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
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
    /// What is estimated to take longer is not estimated.
    const LONGEST_ESTIMATE: Duration = Duration::from_secs(365 * 24 * 3600);

    /// Begins, with the longest time to wait, if there is one.
    #[must_use]
    pub const fn new(limit: Option<Duration>) -> Self {
        Self { limit, pause: Self::FIRST_PAUSE, failures: 0, seen: None, from: None }
    }

    /// The time of the first look, which there always is.
    #[must_use]
    pub fn first(&self) -> Duration {
        self.limit.map_or(self.pause, |limit| limit.min(self.pause))
    }

    /// Whether one more failed look would be one too many.
    #[must_use]
    pub const fn gives_up_after_another_failure(&self) -> bool {
        self.failures >= Self::TOLERATED_FAILURES
    }

    /// How long a running job may still take, by what a look shows at a time, before the look is
    /// [observed](Self::observe): if it goes on as fast as it went on the whole, which the host says (`ElapsedTime`), or
    /// as it went since an earlier look.
    ///
    /// Nothing at 0 %, at 100 %, and where neither tells.
    #[must_use]
    pub fn remaining(&self, now: Duration, status: &JobStatus) -> Option<Duration> {
        let percent = status.percent.filter(|percent| (1..100).contains(percent))?;
        let at_pace = |time: Duration, percents: u16| {
            let left = time.checked_mul(u32::from(100 - percent))?;
            let left = left.checked_div(percents.into())?;
            (!left.is_zero() && left <= Self::LONGEST_ESTIMATE).then_some(left)
        };
        if status.state != JobState::Running {
            return None;
        }
        let elapsed = status.elapsed_seconds.filter(|seconds| *seconds > 0);
        elapsed.and_then(|seconds| at_pace(Duration::from_secs(seconds), percent)).or_else(|| {
            let (since, before) = self.from?;
            at_pace(now.checked_sub(since)?, percent.checked_sub(before)?)
        })
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
                if let Some(percent) = status.percent
                    && self.from.is_none_or(|(_, before)| percent < before)
                {
                    self.from = Some((now, percent));
                }
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
            Some(limit) => Next::PollAt(now.saturating_add(self.pause).min(limit)),
            None => Next::PollAt(now.saturating_add(self.pause)),
        }
    }
}
