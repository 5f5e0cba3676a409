//! Jobs: when they are looked at, what a look means, and what comes of them on a simulated host.

mod cancel;
mod many;
mod tracker;
mod wait;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hyperv_replica::{
    cim::Reference,
    client::Client,
    error::Result,
    job::{BoxFuture, Follow, Job, JobStatus, Resolution},
    replication::ReplicationService,
    sim::{Do, Host, HostBuilder, JobEnd, On, Script},
};

use crate::host::{client, sim, start};

const HOUR: Duration = Duration::from_secs(3600);

/// A host, and a job that resynchronizes `web01` there.
async fn begin(host: HostBuilder) -> (Host, Job) {
    let host = start(host).await;
    let job = begin_on(&client(&host.url()), "web01").await;
    (host, job)
}

async fn begin_on(client: &Client, vm: &str) -> Job {
    let service = ReplicationService::new(client);
    let vm = service.find_virtual_machine(vm).await.unwrap().unwrap();
    let begun = service.resynchronize(&vm).send().await.unwrap();
    // What the verb knows of it is left aside.
    let reference: Reference = begun.job().unwrap().reference().clone();
    Job::new(client.clone(), reference)
}

/// A host whose resynchronizations end so.
fn ending(end: JobEnd) -> HostBuilder {
    sim().script(Script::new().once(On::action("Resynchronize"), Do::EndJob(end)))
}

/// A host whose job is gone once it was seen.
fn losing() -> HostBuilder {
    let act = Do::LoseJob(JobEnd::Completed);
    sim().job_duration(HOUR).script(Script::new().once(On::action("Resynchronize"), act))
}

/// A verb of a test: what it is asked, and what it says.
#[derive(Clone, Debug)]
struct Verb {
    asked: Arc<Mutex<Vec<String>>>,
    resolution: Option<Resolution>,
}

impl Verb {
    fn new(resolution: Option<Resolution>) -> Self {
        Self { asked: Arc::default(), resolution }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Follow<String> for Verb {
    fn result<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(format!("result {}", job.id()));
            Ok(format!("made by {job}"))
        })
    }

    fn resolve<'a>(&'a self, seen: Option<&'a JobStatus>) -> BoxFuture<'a, Result<Resolution>> {
        Box::pin(async move {
            let state = seen.map(|status| status.state.to_string());
            self.asked.lock().unwrap().push(format!("resolve {state:?}"));
            match &self.resolution {
                Some(resolution) => Ok(resolution.clone()),
                None => Err(unreadable().await),
            }
        })
    }
}

/// An error of the library.
async fn unreadable() -> hyperv_replica::Error {
    client("http://127.0.0.1:1/wsman").identify().await.unwrap_err()
}
