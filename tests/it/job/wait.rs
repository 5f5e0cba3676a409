//! Waiting for one job.

use std::{error::Error as _, time::Duration};

use hyperv_replica::{
    error::ErrorKind,
    job::{Finished, Job, JobState, Resolution},
    sim::{Do, JobEnd, On, Script},
};

use super::{HOUR, Verb, begin, begin_on, ending, losing};
use crate::host::{advance, client, settle, sim, start};

#[tokio::test]
async fn a_job_that_ended_well_gives_what_its_verb_reads() {
    let (_host, job) = begin(sim()).await;
    let verb = Verb::new(None);
    let id = job.id().to_owned();
    let finished = job.following(verb.clone()).wait().await.unwrap();
    assert_eq!(finished.value, format!("made by {id}"));
    assert_eq!(finished.status.unwrap().state, JobState::Completed);
    assert_eq!((finished.warnings, finished.evidence), (Vec::new(), None));
    assert_eq!(verb.asked(), [format!("result {id}")]);
}

#[tokio::test]
async fn a_job_that_fails_or_is_cancelled_makes_nothing() {
    let exception =
        JobEnd::Exception { code: 32779, description: "The disk is gone.\nAsk hv02.".to_owned() };
    for (end, what, messages) in [
        (exception, "failed", &["The disk is gone.", "Ask hv02."][..]),
        (JobEnd::Terminated, "was cancelled", &["The job was cancelled"]),
        (JobEnd::Killed, "was cancelled", &["The job was cancelled"]),
    ] {
        let (host, job) = begin(ending(end)).await;
        let verb = Verb::new(None);
        let job = job.following(verb.clone());
        let error = job.wait().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Job);
        assert_eq!(error.to_string(), format!("the job {job} {what}"));
        assert_eq!(error.context().host, Some(host.url()));
        assert!(!error.outcome_unknown());
        let errors = &error.job().unwrap().errors;
        let told: Vec<_> = errors.iter().map(|error| error.message.as_deref().unwrap()).collect();
        assert_eq!(told, messages);
        let because = error.source().unwrap().to_string();
        for message in messages {
            assert_eq!(because.matches(message).count(), 1, "{because}");
        }
        assert_eq!(verb.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn a_failure_is_told_also_where_its_errors_cannot_be_had() {
    for act in [Do::Return(32768), Do::DropAfter] {
        let end = JobEnd::Exception { code: 32768, description: "No replica.".to_owned() };
        let script = Script::new()
            .once(On::action("Resynchronize"), Do::EndJob(end))
            .once(On::action("GetErrorEx"), act);
        let (_host, job) = begin(sim().script(script)).await;
        let error = job.wait().await.unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "error 32768: No replica.");
        assert_eq!(error.job().unwrap().errors, []);
        assert!(!error.outcome_unknown());
    }
}

#[tokio::test]
async fn warnings_come_with_what_was_made() {
    let (_host, job) = begin(ending(JobEnd::CompletedWithWarnings)).await;
    let finished = job.following(Verb::new(None)).wait().await.unwrap();
    assert_eq!(finished.status.unwrap().state, JobState::CompletedWithWarnings);
    let [warning] = finished.warnings.try_into().unwrap();
    assert_eq!(warning.message.as_deref(), Some("The job has completed with a warning"));
}

#[tokio::test]
async fn the_verb_resolves_a_job_that_vanished() {
    let clause = "the state is Replicating".to_owned();
    let resolve = async |resolution| {
        let (_host, job) = begin(losing()).await;
        let verb = Verb::new(resolution);
        let job = job.following(verb.clone());
        (job.wait().await, verb.asked(), job.detach())
    };

    let (finished, asked, id) = resolve(Some(Resolution::Succeeded(clause.clone()))).await;
    let Finished { value, status, evidence, .. } = finished.unwrap();
    assert_eq!(value, format!("made by {id}"));
    assert_eq!(status.unwrap().state, JobState::Running, "what was seen last");
    assert_eq!(evidence, Some(clause.clone()));
    assert_eq!(asked, ["resolve Some(\"Running\")".to_owned(), format!("result {id}")]);

    let (finished, asked, _) = resolve(Some(Resolution::Failed(clause.clone()))).await;
    let error = finished.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Job, false));
    assert!(error.to_string().ends_with(&clause), "{error}");
    assert_eq!(asked.len(), 1);

    let (finished, asked, id) = resolve(Some(Resolution::Unknown(clause.clone()))).await;
    let error = finished.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Job, true));
    assert!(error.to_string().ends_with(&clause), "{error}");
    assert!(error.to_string().contains(&id), "{error}");
    assert_eq!(asked.len(), 1);

    let (finished, ..) = resolve(None).await;
    let error = finished.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Job, true));
    assert_eq!(error.source().unwrap().to_string(), "the host cannot be reached");
}

#[tokio::test]
async fn of_a_job_that_vanished_nothing_is_known_without_a_verb() {
    let (_host, job) = begin(losing()).await;
    let error = job.wait().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Job, true));
    assert!(error.to_string().ends_with("how it ended is unknown"), "{error}");
}

#[tokio::test]
async fn a_limit_does_not_end_the_job() {
    let (host, job) = begin(sim().job_duration(HOUR)).await;
    let error = job.clone().limit(Duration::ZERO).wait().await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), format!("the job {job} did not end in time; it goes on"));
    assert_eq!(error.context().host, Some(host.url()));
    assert_eq!(job.status().await.unwrap().unwrap().state, JobState::Running);
}

#[tokio::test]
async fn a_host_that_does_not_answer_holds_nobody_beyond_the_limit() {
    // The first one is that of the virtual machine.
    let hang = |script: Script, number| script.nth(number, On::action("Get"), Do::Hang);
    let script = (2..9).fold(Script::new(), hang);
    let (_host, job) = begin(sim().job_duration(HOUR).script(script)).await;
    let waiting =
        tokio::spawn(async move { job.limit(Duration::from_secs(30)).wait().await.unwrap_err() });
    for _ in 0..40 {
        settle().await;
        advance(Duration::from_secs(1)).await;
    }
    assert!(waiting.is_finished());
    let error = waiting.await.unwrap();
    assert!(error.is_timeout());
    assert_eq!(error.source().unwrap().to_string(), "the host did not answer in time");
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again() {
    let (host, job) = begin(sim().job_duration(HOUR)).await;
    let wrong = hyperv_replica::Client::builder(&host.url())
        .credentials(hyperv_replica::Credentials::ntlm("admin", "wrong"))
        .build()
        .unwrap();
    let logons = host.logons();
    let error = Job::new(wrong, job.reference().clone()).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().ends_with("cannot be watched any more; it goes on"), "{error}");
    assert_eq!(host.logons(), logons);
}

#[tokio::test]
async fn shows_how_long_it_may_still_take() {
    let (_host, job) = begin(sim().job_duration(HOUR)).await;
    let (sender, mut looks) = tokio::sync::mpsc::unbounded_channel();
    let waiting = tokio::spawn(async move {
        job.wait_with(move |look| sender.send((look.status.percent, look.remaining)).unwrap()).await
    });
    assert_eq!(looks.recv().await.unwrap(), (Some(0), None));
    advance(HOUR / 4).await;
    let mut last = (Some(0), None);
    while last.0 == Some(0) {
        last = looks.recv().await.unwrap();
    }
    let remaining = last.1.unwrap();
    assert_eq!(last.0, Some(25));
    assert!(remaining > HOUR * 7 / 10 && remaining < HOUR * 8 / 10, "{remaining:?}");
    advance(HOUR * 3 / 4).await;
    assert_eq!(waiting.await.unwrap().unwrap().status.unwrap().percent, Some(100));
}

#[tokio::test]
async fn another_process_finds_a_job_by_its_identifier() {
    let host = start(sim()).await;
    let there = client(&host.url());
    let id = begin_on(&there, "web01").await.detach();
    let elsewhere = client(&host.url());
    for form in [id.clone(), id.to_lowercase(), format!("{{{id}}}"), format!(" {id}\n")] {
        let job = Job::attach(&elsewhere, &form).await.unwrap().unwrap();
        assert_eq!(job.id(), id, "{form:?}");
        assert_eq!(job.wait().await.unwrap().status.unwrap().percent, Some(100));
    }
    for other in ["no' OR InstanceID LIKE '%", "", "1F0C8C3A-4C0B-4F0E-9C3B-0D8C5C0F5D11"] {
        assert!(Job::attach(&elsewhere, other).await.unwrap().is_none(), "{other:?}");
    }
}
