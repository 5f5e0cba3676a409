use std::time::Duration;

use hyperv_replica::{
    cim::{Datetime, Instance, Output, Value, encode_input},
    mof,
    sim::{Do, JobEnd, On, Script},
    wsman::{Invoke, Resource},
};

use super::{Bench, V2, WEB01, class};

const SECOND: Duration = Duration::from_secs(1);

/// Begins a resynchronization of web01 whose job ends so.
fn begin(end: JobEnd) -> (Bench, impl Fn(&mut Bench) -> Instance) {
    let script = Script::new().once(On::action("Resynchronize"), Do::EndJob(end));
    let mut bench = Bench::scripted(script);
    let (value, job) = bench.resynchronize(WEB01, Value::Null).unwrap();
    assert_eq!(value, 4096);
    (bench, move |bench: &mut Bench| bench.get(job.clone().unwrap()).unwrap())
}

fn progress(job: &Instance) -> (u64, u64, String) {
    let elapsed = job.find("ElapsedTime").unwrap().to_string();
    (job.number("JobState").unwrap(), job.number("PercentComplete").unwrap(), elapsed)
}

/// Calls a method of a job.
fn call(bench: &mut Bench, job: &Resource, method: &str, arguments: &[(&str, Value)]) -> Output {
    let declared = mof::schema().find_method("Msvm_ConcreteJob", method).unwrap();
    let input = encode_input(&job.uri, declared, arguments).unwrap();
    let invoke = Invoke { resource: job.clone(), method: method.to_owned(), input };
    Output::decode(&bench.run(&invoke).unwrap(), declared).unwrap()
}

fn request(bench: &mut Bench, job: &Resource, state: u16) -> u32 {
    call(bench, job, "RequestStateChange", &[("RequestedState", Value::UInt16(state))]).return_value
}

/// The errors of a job: first that of `GetError`, then those of `GetErrorEx`.
fn errors(bench: &mut Bench, job: &Resource) -> Vec<Instance> {
    let first = call(bench, job, "GetError", &[]);
    let all = call(bench, job, "GetErrorEx", &[]);
    assert_eq!((first.return_value, all.return_value), (0, 0));
    let [first, all] = [first.find("Error"), all.find("Errors")];
    let values = [first, all].into_iter().flatten().flat_map(Value::as_slice);
    values.map(|text| text.to_embedded(V2, mof::schema()).unwrap()).collect()
}

#[test]
fn a_job_advances_with_the_clock_and_the_virtual_machine_with_it() {
    let (mut bench, job) = begin(JobEnd::Completed);
    let seen = |bench: &mut Bench, time: Duration| {
        bench.pass(time);
        (progress(&job(bench)), bench.state(WEB01))
    };
    let interval = |text: &str| text.to_owned();
    assert_eq!(seen(&mut bench, Duration::ZERO), ((4, 0, interval("P0DT0H0M0S")), 10));
    assert_eq!(seen(&mut bench, 4 * SECOND), ((4, 40, interval("P0DT0H0M4S")), 10));
    let last = Duration::from_micros(5_999_999);
    assert_eq!(seen(&mut bench, last), ((4, 99, interval("P0DT0H0M9.999999S")), 10));
    assert_eq!(seen(&mut bench, Duration::from_micros(1)), ((7, 100, interval("P0DT0H0M10S")), 3));
    assert_eq!(seen(&mut bench, 60 * SECOND), ((7, 100, interval("P0DT0H0M10S")), 3));
}

#[test]
fn a_completed_job_has_the_properties_of_a_recording() {
    let (mut bench, job) = begin(JobEnd::Completed);
    let running = job(&mut bench);
    bench.pass(11 * SECOND);
    let ended = job(&mut bench);
    let nil: Vec<&str> = ended
        .properties
        .iter()
        .filter(|(_, value)| *value == Value::Null)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        nil.join(" "),
        "CommunicationStatus DetailedStatus OperatingStatus PrimaryStatus RunDay RunDayOfWeek RunMonth \
         RunStartInterval UntilTime"
    );
    for (name, is_running, is_ended) in [
        ("OperationalStatus", "2", "17, 2"),
        ("Cancellable", "true", "false"),
        ("TimeBeforeRemoval", "P0DT0H5M0S", "P0DT0H5M0S"),
        ("InstallDate", "1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z"),
        ("StartTime", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"),
        ("TimeOfLastStateChange", "2026-11-23T09:00:00Z", "2026-11-23T09:00:10Z"),
        ("ErrorCode", "0", "0"),
        ("ErrorDescription", "", ""),
        ("JobType", "107", "107"),
        ("Owner", "admin", "admin"),
    ] {
        assert_eq!(running.find(name).unwrap().to_string(), is_running, "{name}");
        assert_eq!(ended.find(name).unwrap().to_string(), is_ended, "{name}");
    }
}

#[test]
fn an_ended_job_is_gone_after_five_minutes() {
    let (mut bench, job) = begin(JobEnd::Completed);
    bench.pass(10 * SECOND + Duration::from_millis(299_999));
    let resource = class("Msvm_ConcreteJob")
        .selector("InstanceID", job(&mut bench).text("InstanceID").unwrap());
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.get(resource).unwrap_err().code, Some(2_150_858_752));
    assert_eq!(bench.column("select * from CIM_ConcreteJob", "JobState"), Vec::<String>::new());
    assert_eq!(bench.state(WEB01), 3);
}

#[test]
fn a_job_ends_as_the_script_says() {
    let failed = JobEnd::Exception { code: 32768, description: "the disk is <gone>".to_owned() };
    for (end, state, percent, vm) in [
        (JobEnd::CompletedWithWarnings, 32768, 100, 3),
        (JobEnd::Terminated, 8, 50, 9),
        (JobEnd::Killed, 9, 50, 9),
        (failed.clone(), 10, 50, 9),
    ] {
        let (mut bench, job) = begin(end.clone());
        assert_eq!(job(&mut bench).number("JobState"), Some(4));
        bench.pass(10 * SECOND);
        let job = job(&mut bench);
        assert_eq!(
            (job.number("JobState"), job.number("PercentComplete")),
            (Some(state), Some(percent))
        );
        assert_eq!(bench.state(WEB01), vm, "{end:?}");
        let error = (job.number("ErrorCode").unwrap(), job.text("ErrorDescription").unwrap());
        let expected = if end == failed { (32768, "the disk is <gone>") } else { (0, "") };
        assert_eq!(error, expected);
        // What did not succeed can be tried again.
        let (value, _) = bench.resynchronize(WEB01, Value::Null).unwrap();
        assert_eq!(value, if vm == 9 { 4096 } else { 32775 });
    }
}

#[test]
fn a_scheduled_job_is_new_until_its_time() {
    let mut bench = Bench::sample();
    let at = bench.now + 3600 * SECOND;
    let start = Value::Datetime(Datetime::Timestamp(at));
    let (value, job) = bench.resynchronize(WEB01, start).unwrap();
    assert_eq!(value, 4096);
    let job = job.unwrap();
    let seen = |bench: &mut Bench, time: Duration| {
        bench.pass(time);
        let job = bench.get(job.clone()).unwrap();
        assert_eq!(job.time("StartTime"), Some(at));
        (progress(&job), bench.state(WEB01))
    };
    assert_eq!(seen(&mut bench, 3599 * SECOND), ((2, 0, "P0DT0H0M0S".to_owned()), 9));
    assert_eq!(seen(&mut bench, 6 * SECOND), ((4, 50, "P0DT0H0M5S".to_owned()), 10));
    assert_eq!(seen(&mut bench, 5 * SECOND), ((7, 100, "P0DT0H0M10S".to_owned()), 3));
}

#[test]
fn a_later_call_takes_the_place_of_a_scheduled_job_but_not_of_a_running_one() {
    let mut bench = Bench::sample();
    let start = Value::Datetime(Datetime::Timestamp(bench.now + 3600 * SECOND));
    let (_, scheduled) = bench.resynchronize(WEB01, start.clone()).unwrap();
    let (value, _) = bench.resynchronize(WEB01, Value::Null).unwrap();
    assert_eq!(value, 4096);
    assert_eq!(bench.get(scheduled.unwrap()).unwrap().number("JobState"), Some(8));
    assert_eq!(bench.state(WEB01), 10);
    assert_eq!(bench.resynchronize(WEB01, start).unwrap(), (32775, None));
}

#[test]
fn a_lost_job_can_be_seen_once_and_goes_on() {
    let script = Script::new().once(On::action("Resynchronize"), Do::LoseJob(JobEnd::Completed));
    let mut bench = Bench::scripted(script);
    let (_, job) = bench.resynchronize(WEB01, Value::Null).unwrap();
    let job = job.unwrap();
    assert_eq!(bench.get(job.clone()).unwrap().number("JobState"), Some(4));
    assert_eq!(bench.get(job).unwrap_err().code, Some(2_150_858_752));
    assert_eq!(bench.state(WEB01), 10);
    bench.pass(10 * SECOND);
    assert_eq!(bench.state(WEB01), 3);
}

#[test]
fn a_client_ends_a_running_job_and_the_virtual_machine_still_needs_it() {
    for (state, end) in [(4, 8), (5, 9)] {
        let mut bench = Bench::sample();
        let (_, job) = bench.resynchronize(WEB01, Value::Null).unwrap();
        let job = job.unwrap();
        bench.pass(3 * SECOND);
        assert_eq!(request(&mut bench, &job, state), 0);
        bench.pass(4 * SECOND);
        let seen = bench.get(job.clone()).unwrap();
        assert_eq!(progress(&seen), (end, 30, "P0DT0H0M3S".to_owned()));
        assert_eq!(seen.find("Cancellable"), Some(&Value::Boolean(false)));
        assert_eq!(bench.state(WEB01), 9);
        assert_eq!(request(&mut bench, &job, 4), 32775, "it has ended");
        assert_eq!(bench.get(job).unwrap().number("JobState"), Some(end));
        let [_, ended, again] = bench.provider.journal() else { panic!("three calls") };
        assert_eq!(
            (ended.class.as_str(), ended.method.as_str()),
            ("Msvm_ConcreteJob", "RequestStateChange")
        );
        assert_eq!(ended.parameters[0], ("RequestedState".to_owned(), Value::UInt16(state)));
        assert_eq!((ended.return_value, again.return_value), (0, 32775));
    }
}

#[test]
fn a_client_ends_a_job_that_waits_and_nothing_else_changes() {
    let mut bench = Bench::sample();
    let start = Value::Datetime(Datetime::Timestamp(bench.now + 3600 * SECOND));
    let (_, job) = bench.resynchronize(WEB01, start).unwrap();
    let job = job.unwrap();
    bench.pass(SECOND);
    assert_eq!(request(&mut bench, &job, 4), 0);
    assert_eq!(progress(&bench.get(job).unwrap()), (8, 0, "P0DT0H0M0S".to_owned()));
    bench.pass(3700 * SECOND);
    assert_eq!(bench.state(WEB01), 9);
}

#[test]
fn a_job_takes_no_other_state() {
    let mut bench = Bench::sample();
    let (_, job) = bench.resynchronize(WEB01, Value::Null).unwrap();
    let job = job.unwrap();
    for state in [0, 2, 3, 6, 7, 65535] {
        assert_eq!(request(&mut bench, &job, state), 32773, "{state}");
    }
    assert_eq!(bench.get(job).unwrap().number("JobState"), Some(4));
}

#[test]
fn only_an_ended_job_that_is_not_fine_has_errors() {
    let exception = JobEnd::Exception {
        code: 32779,
        description: "The disk <1> & its parent are gone.\nAsk \"hv02\".".to_owned(),
    };
    for (end, messages, severity) in [
        (JobEnd::Completed, &[][..], 0),
        (JobEnd::CompletedWithWarnings, &["The job has completed with a warning"], 3),
        (JobEnd::Terminated, &["The job was cancelled"], 5),
        (JobEnd::Killed, &["The job was cancelled"], 5),
        (exception, &["The disk <1> & its parent are gone.", "Ask \"hv02\"."], 5),
    ] {
        let (mut bench, job) = begin(end.clone());
        let job = class("Msvm_ConcreteJob")
            .selector("InstanceID", job(&mut bench).text("InstanceID").unwrap());
        assert_eq!(errors(&mut bench, &job), []);
        bench.pass(10 * SECOND);
        let errors = errors(&mut bench, &job);
        let texts: Vec<&str> = errors.iter().map(|error| error.text("Message").unwrap()).collect();
        let first = messages.first();
        assert_eq!(texts, first.into_iter().chain(messages).copied().collect::<Vec<_>>());
        for error in errors {
            assert_eq!(error.class(), "Msvm_Error");
            assert_eq!(error.number("PerceivedSeverity"), Some(severity), "{end:?}");
            assert_eq!(error.find("RecommendedActions").unwrap().as_slice().len(), 1);
            let code = if let JobEnd::Exception { .. } = end { "32779" } else { "32768" };
            assert!(severity == 3 || error.text("MessageID") == Some(code), "{error:?}");
        }
    }
}
