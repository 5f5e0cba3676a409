//! Waiting for the end of jobs.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::{Ended, Finished, Job, JobStatus, Next, Observation, Resolution, Tracker, attach::ANY};
use crate::{
    cim::{
        Instance,
        wql::{Condition, Select},
    },
    client::VIRTUALIZATION,
    error::{Error, ErrorKind, Result},
};

/// A look at jobs gets this time at least, also at the end of the limit.
const SHORTEST_LOOK: Duration = Duration::from_secs(2);
/// So many jobs at most are asked for by their identifiers. WMI refuses queries with many `OR`s, with
/// `WBEM_E_QUOTA_VIOLATION` and at no documented number. Who waits for more of them waits for most that the host has, so
/// all of them are asked for then: still in one request, and a host keeps none for long.
const MOST_NAMED: usize = 30;

/// What one look at a job showed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// How far the job is.
    pub status: &'a JobStatus,
    /// How long we have been waiting.
    pub waited: Duration,
    /// How long it may still take, if it goes on as it went until now; nothing where that cannot be said. See
    /// [`Tracker::remaining`].
    pub remaining: Option<Duration>,
}

impl<T> Job<T> {
    /// Waits for its end, and gives what it made.
    ///
    /// # Errors
    /// As [`wait_with`](Self::wait_with).
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn wait(&self) -> Result<Finished<T>> {
        self.wait_with(|_| {}).await
    }

    /// Waits for its end, shows each look at it, and gives what it made.
    ///
    /// It is looked at after 100 ms, then less and less often, at last every two seconds. Five looks in a row may fail; but
    /// credentials that the host refuses are not tried again.
    ///
    /// A job that vanished is not taken for success: who began it says what the state of the host tells of it.
    ///
    /// # Errors
    /// Kind [`Job`](ErrorKind::Job), with [`Error::job`]: it failed or was cancelled. Kind `Job` with
    /// [`outcome_unknown`](Error::outcome_unknown): it vanished, and nobody knows how it ended. Kind
    /// [`Timeout`](ErrorKind::Timeout): it did not end within the [limit](Self::limit), and goes on. Any other kind with
    /// `outcome_unknown`: it cannot be watched any more. Any other kind: it ended well, but what it made cannot be read.
    ///
    /// # Cancellation
    /// The job goes on.
    pub async fn wait_with(
        &self,
        mut on_progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Finished<T>> {
        let one = std::slice::from_ref(self);
        let mut finished = wait_all(one, |_, progress| on_progress(progress)).await;
        finished
            .pop()
            .unwrap_or_else(|| Err(self.error(ErrorKind::Usage, "nothing was waited for")))
    }

    /// What came of it.
    async fn finish(&self, ended: Ended) -> Result<Finished<T>> {
        let (status, evidence, warnings) = match ended {
            Ended::Seen(status) => {
                let errors = self.errors_of(&status).await;
                if let Some(error) = status.failure(&errors) {
                    return Err(error.with_context(self.looking()));
                }
                (Some(status), None, errors)
            }
            Ended::Vanished(seen) => {
                let evidence = self.resolve(seen.as_ref()).await?;
                (seen, Some(evidence), Vec::new())
            }
        };
        let value = self.follow.result(&self.bare()).await.map_err(|error| {
            let message =
                format!("the job {} ended well, but what it made cannot be read", self.id());
            self.error(error.kind(), message).with_source(error)
        })?;
        Ok(Finished { value, status, evidence, warnings })
    }

    /// What says that a job that vanished ended well.
    async fn resolve(&self, seen: Option<&JobStatus>) -> Result<String> {
        let (message, because, unknown) = match self.follow.resolve(seen).await {
            Ok(Resolution::Succeeded(evidence)) => return Ok(evidence),
            Ok(Resolution::Failed(evidence)) => {
                (format!("the job {} failed and vanished: {evidence}", self.id()), None, false)
            }
            Ok(Resolution::Unknown(evidence)) => {
                let mut message = self.vanished();
                if !evidence.is_empty() {
                    message += &format!(": {evidence}");
                }
                (message, None, true)
            }
            Err(error) => {
                let message = format!("{}: what it acted on cannot be read", self.vanished());
                (message, Some(error), true)
            }
        };
        let error = self.error(ErrorKind::Job, message).with_unknown_outcome(unknown);
        Err(match because {
            Some(because) => error.with_source(because),
            None => error,
        })
    }

    fn vanished(&self) -> String {
        format!("the host does not know the job {} any more, so how it ended is unknown", self.id())
    }
}

/// Waits for the ends of many jobs of one host, shows each look at one of them with its place in the list, and gives what
/// each of them made, in the same order.
///
/// One request looks at all of them. A job that the host does not name in its answer, as one of another host, is looked at
/// by itself.
///
/// # Errors
/// Of each job as [`Job::wait_with`].
///
/// # Cancellation
/// The jobs go on.
pub async fn wait_all<T>(
    jobs: &[Job<T>],
    mut on_progress: impl FnMut(usize, Progress<'_>) + Send,
) -> Vec<Result<Finished<T>>> {
    let start = Instant::now();
    let mut watches: Vec<Watch<'_, T>> =
        jobs.iter().enumerate().map(|(index, job)| Watch::new(index, job)).collect();
    let mut finished = Vec::with_capacity(jobs.len());
    while let Some(time) = watches.iter().map(|watch| watch.at).min() {
        sleep_until(start + time).await;
        let watched: Vec<&Job<T>> = watches.iter().map(|watch| watch.job).collect();
        // A host that does not answer does not make us wait beyond a limit, or hardly.
        let limit = watched.iter().filter_map(|job| job.limit).min();
        let left = limit.map_or(Duration::MAX, |limit| limit.saturating_sub(start.elapsed()));
        let looks = timeout(left.max(SHORTEST_LOOK), look(&watched)).await.unwrap_or_else(|_| {
            let error = Error::new(ErrorKind::Timeout, "the host did not answer in time");
            vec![Err(error); watched.len()]
        });
        for (mut watch, look) in std::mem::take(&mut watches).into_iter().zip(looks) {
            match watch.take(start.elapsed(), look, &mut on_progress) {
                Ok(Next::PollAt(time)) => {
                    watch.at = time;
                    watches.push(watch);
                }
                // At once, as long as the host knows the job.
                Ok(Next::Ended(ended)) => {
                    finished.push((watch.index, watch.job.finish(ended).await));
                }
                Ok(Next::TimedOut) => finished.push((watch.index, Err(watch.timed_out()))),
                Err(error) => finished.push((watch.index, Err(error))),
            }
        }
    }
    finished.sort_by_key(|(index, _)| *index);
    finished.into_iter().map(|(_, result)| result).collect()
}

/// A job that is waited for.
struct Watch<'a, T> {
    index: usize,
    job: &'a Job<T>,
    tracker: Tracker,
    /// When to look.
    at: Duration,
    /// Why the last look failed, if it did.
    failure: Option<Error>,
}

impl<'a, T> Watch<'a, T> {
    fn new(index: usize, job: &'a Job<T>) -> Self {
        let tracker = Tracker::new(job.limit);
        Self { index, job, at: tracker.first(), tracker, failure: None }
    }

    /// Takes what a look gave: what is to be done, or why the job cannot be watched any more.
    fn take(
        &mut self,
        now: Duration,
        look: Result<Option<JobStatus>>,
        on_progress: &mut impl FnMut(usize, Progress<'_>),
    ) -> Result<Next> {
        let error = match look {
            Ok(Some(status)) => {
                self.failure = None;
                let remaining = self.tracker.remaining(now, &status);
                on_progress(self.index, Progress { status: &status, waited: now, remaining });
                return Ok(self.tracker.observe(now, Observation::Status(status)));
            }
            Ok(None) => return Ok(self.tracker.observe(now, Observation::Missing)),
            Err(error) => error,
        };
        let gives_up = self.tracker.gives_up_after_another_failure();
        let next = self.tracker.observe(now, Observation::Failed);
        // Credentials that are refused once are not tried again: that could lock the account.
        if error.kind() == ErrorKind::Authentication || gives_up && next != Next::TimedOut {
            let id = self.job.id();
            let message = format!("the job {id} cannot be watched any more; it goes on");
            let error = self.job.error(error.kind(), message).with_source(error);
            return Err(error.with_unknown_outcome(true));
        }
        tracing::warn!(job = self.job.id(), %error, "a look at the job failed");
        self.failure = Some(error);
        Ok(next)
    }

    fn timed_out(self) -> Error {
        let message = format!("the job {} did not end in time; it goes on", self.job.id());
        let error = self.job.error(ErrorKind::Timeout, message);
        match self.failure {
            Some(failure) => error.with_source(failure),
            None => error,
        }
    }
}

/// Looks at jobs: at one by its reference, at several of them by one query.
async fn look<T>(jobs: &[&Job<T>]) -> Vec<Result<Option<JobStatus>>> {
    let (first, others) = match jobs {
        [] => return Vec::new(),
        [job] => return vec![job.status().await],
        [first, others @ ..] => (first, others),
    };
    let is_here = |job: &Job<T>| job.client.endpoint() == first.client.endpoint();
    let ids: Vec<&str> = jobs.iter().filter(|job| is_here(job)).map(|job| job.id()).collect();
    let rows = async {
        let mut query = Select::all_of(ANY)?;
        if let Some(condition) = named(&ids)?.filter(|_| others.len() < MOST_NAMED) {
            query = query.filter(condition);
        }
        first.client.query(VIRTUALIZATION, query).collect().await
    };
    let rows: Result<Vec<Instance>> = rows.await;
    let mut looks = Vec::with_capacity(jobs.len());
    for job in jobs {
        let is_it = |row: &&Instance| {
            row.text("InstanceID").is_some_and(|id| id.eq_ignore_ascii_case(job.id()))
        };
        let row = match &rows {
            Ok(rows) => rows.iter().find(is_it).filter(|_| is_here(job)),
            Err(error) if is_here(job) => {
                looks.push(Err(error.clone()));
                continue;
            }
            Err(_) => None,
        };
        looks.push(match row.and_then(JobStatus::from_instance) {
            Some(status) => Ok(Some(status)),
            // That it is gone means much: it is asked for by itself.
            None => job.status().await,
        });
    }
    looks
}

/// That a job is one of these; in halves, so that the parentheses are not as deep as the list is long.
fn named(ids: &[&str]) -> Result<Option<Condition>> {
    Ok(match ids {
        [] => None,
        [id] => Some(Condition::equals("InstanceID", *id)?),
        ids => {
            let (left, right) = ids.split_at(ids.len() / 2);
            match (named(left)?, named(right)?) {
                (Some(left), Some(right)) => Some(left.or(right)),
                (one, other) => one.or(other),
            }
        }
    })
}
