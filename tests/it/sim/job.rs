use std::time::Duration;

use hyperv_replica::{
    cim::{Datetime, Instance, Value},
    sim::{Do, JobEnd, On, Script},
};

use super::{Bench, WEB01, class};

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
