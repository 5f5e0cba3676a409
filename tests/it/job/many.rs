//! Waiting for many jobs.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use hyperv_replica::{
    client::{Client, Exchange, Observer},
    error::ErrorKind,
    job::{Job, JobState, wait_all},
    sim::{Do, Host, HostBuilder, Inventory, JobEnd, On, Script},
};

use super::{HOUR, Verb, begin, begin_on};
use crate::host::{builder, client, sim, start};

/// Counts the requests by their operations.
#[derive(Default)]
struct Counts(Mutex<BTreeMap<&'static str, usize>>);

impl Observer for Counts {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        if let Some(operation) = exchange.context.operation {
            *self.0.lock().unwrap().entry(operation).or_default() += 1;
        }
    }
}

impl Counts {
    /// The counts since the last time.
    fn take(&self) -> BTreeMap<&'static str, usize> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// So many jobs on one host.
async fn begin_many(host: HostBuilder, count: u32) -> (Host, Client, Arc<Counts>, Vec<Job>) {
    // Every third virtual machine needs it.
    let host = start(host.inventory(Inventory::with_vms(3 * count))).await;
    let counts = Arc::new(Counts::default());
    let client = builder(&host.url()).observer(Arc::clone(&counts)).build().unwrap();
    let mut jobs = Vec::new();
    for number in (1..3 * count).step_by(3) {
        jobs.push(begin_on(&client, &format!("vm-{number:04}")).await);
    }
    counts.take();
    (host, client, counts, jobs)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_any_number_of_jobs_is_one_request() {
    // By their identifiers, and, as there are too many of them, all jobs of the host.
    for count in [2, 30, 40] {
        let (_host, _, counts, jobs) =
            begin_many(sim().job_duration(Duration::from_secs(3)), count).await;
        let mut looks = vec![0_usize; jobs.len()];
        let finished = wait_all(&jobs, |index, _| looks[index] += 1).await;
        for (finished, job) in finished.iter().zip(&jobs) {
            let status = finished.as_ref().unwrap().status.as_ref().unwrap();
            assert_eq!((status.id.as_str(), status.state), (job.id(), JobState::Completed));
        }
        let requests = counts.take();
        let most = looks.iter().max().unwrap();
        // The last one left is asked for by itself.
        let alone = requests.get("Get").copied().unwrap_or(0);
        assert_eq!(requests["Enumerate"] + alone, *most, "{requests:?}");
        assert!(requests["Enumerate"] > 3 && !requests.contains_key("Pull"), "{requests:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_job_has_its_own_end_in_the_order_of_the_list() {
    let exception = JobEnd::Exception { code: 32768, description: "No replica.".to_owned() };
    let on = |number| On::action("Resynchronize").vm(number);
    let script = Script::new()
        .once(on("vm-0004"), Do::EndJob(exception))
        .once(on("vm-0007"), Do::LoseJob(JobEnd::Completed))
        .once(on("vm-0010"), Do::EndJob(JobEnd::CompletedWithWarnings));
    let host = sim().script(script).job_duration(Duration::from_secs(1));
    let (_host, _, _, jobs) = begin_many(host, 5).await;
    let mut jobs: Vec<Job<String>> =
        jobs.into_iter().map(|job| job.following(Verb::new(None))).collect();
    let slow = jobs.remove(0).limit(Duration::ZERO);
    jobs.push(slow);
    let [failed, vanished, warned, completed, slow] =
        wait_all(&jobs, |_, _| {}).await.try_into().unwrap();
    let failed = failed.unwrap_err();
    assert_eq!(failed.job().unwrap().errors[0].message.as_deref(), Some("No replica."));
    let vanished = vanished.unwrap_err();
    assert_eq!((vanished.kind(), vanished.outcome_unknown()), (ErrorKind::Job, true));
    assert_eq!(warned.unwrap().warnings.len(), 1);
    assert_eq!(completed.unwrap().value, format!("made by {}", jobs[3]));
    let slow = slow.unwrap_err();
    assert!(slow.is_timeout());
    assert_eq!(
        slow.to_string(),
        format!("the job {} did not end in time; it goes on", jobs[4].id())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_look_is_one_for_all_and_tolerated() {
    // Each begin takes two.
    let script = Script::new().nth(7, On::action("Enumerate"), Do::Status(500));
    let (_host, _, _, jobs) = begin_many(sim().script(script), 3).await;
    for finished in wait_all(&jobs, |_, _| {}).await {
        finished.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_another_host_are_looked_at_as_well() {
    let (_host, _, _, mut jobs) = begin_many(sim(), 2).await;
    let (_other, job) = begin(sim()).await;
    jobs.push(job);
    for (finished, job) in wait_all(&jobs, |_, _| {}).await.into_iter().zip(&jobs) {
        assert_eq!(finished.unwrap().status.unwrap().id, job.id());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_host_does_not_answer_says_nothing_of_jobs_of_another() {
    let (_host, _, _, jobs) = begin_many(sim().job_duration(HOUR), 2).await;
    let nowhere = client("http://127.0.0.1:1/wsman");
    let lost = |job: &Job| Job::new(nowhere.clone(), job.reference().clone());
    let mut jobs: Vec<Job> = jobs.iter().map(lost).collect();
    let (_other, job) = begin(sim().job_duration(Duration::from_secs(4))).await;
    jobs.push(job);
    let [one, two, other] = wait_all(&jobs, |_, _| {}).await.try_into().unwrap();
    for lost in [one, two] {
        assert_eq!(lost.unwrap_err().kind(), ErrorKind::Connect);
    }
    assert_eq!(other.unwrap().status.unwrap().state, JobState::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_jobs_are_no_request() {
    let (_host, _, counts, jobs) = begin_many(sim().job_duration(HOUR), 1).await;
    assert!(wait_all(&jobs[..0], |_, _| {}).await.is_empty());
    assert!(counts.take().is_empty());
}
