//! When a job is looked at, and what a look means.

use std::time::Duration;

use hyperv_replica::{
    cim::{Datetime, Instance, ResourceUri, Value},
    job::{Ended, JobState, JobStatus, Next, Observation, Tracker},
    mof,
    xml::{Element, Limits},
};
use jiff::Timestamp;

const MINUTE: Duration = Duration::from_secs(60);

fn instance(properties: &[(&str, Value)]) -> Instance {
    let mut instance =
        Instance::new(ResourceUri::wmi("root/virtualization/v2", "Msvm_ConcreteJob"));
    for (name, value) in properties {
        instance.set(name, value.clone());
    }
    instance
}

fn status(state: u16) -> JobStatus {
    JobStatus::from_instance(&instance(&[("JobState", Value::UInt16(state))])).unwrap()
}

fn running() -> Observation {
    Observation::Status(status(4))
}

fn poll_at(next: &Next) -> Duration {
    match next {
        Next::PollAt(time) => *time,
        other => panic!("{other:?} is no look"),
    }
}

/// What a running job says of how far it is.
fn at(percent: u16, elapsed: Option<u64>) -> JobStatus {
    let interval = |seconds| Value::Datetime(Datetime::Interval(Duration::from_secs(seconds)));
    JobStatus::from_instance(&instance(&[
        ("JobState", Value::UInt16(4)),
        ("PercentComplete", Value::UInt16(percent)),
        ("ElapsedTime", elapsed.map_or(Value::Null, interval)),
    ]))
    .unwrap()
}

/// A tracker, and the time of its next look.
struct Clock {
    tracker: Tracker,
    now: Duration,
}

impl Clock {
    fn start(limit: Option<Duration>) -> Self {
        let tracker = Tracker::new(limit);
        let now = tracker.first();
        Self { tracker, now }
    }

    fn look(&mut self, observation: Observation) -> Next {
        let next = self.tracker.observe(self.now, observation);
        if let Next::PollAt(time) = next {
            self.now = time;
        }
        next
    }
}

#[test]
fn looks_soon_and_then_less_often_but_every_two_seconds() {
    let mut clock = Clock::start(None);
    assert!(clock.now <= Duration::from_millis(200), "the first look is at {:?}", clock.now);
    let mut pauses = Vec::new();
    for _ in 0..100 {
        let before = clock.now;
        clock.look(running());
        pauses.push(clock.now - before);
    }
    assert!(pauses.is_sorted(), "{pauses:?}");
    assert!(pauses[0] < Duration::from_millis(300), "{pauses:?}");
    let slow = pauses.iter().position(|pause| *pause == Duration::from_secs(2)).unwrap();
    assert!(slow < 15, "{pauses:?}");
    assert_eq!(pauses.last(), Some(&Duration::from_secs(2)));
}

#[test]
fn counts_the_pause_from_the_end_of_a_look() {
    let mut tracker = Tracker::new(None);
    let slow_answer = Duration::from_secs(40);
    let next = poll_at(&tracker.observe(slow_answer, running()));
    assert!(next > slow_answer && next <= slow_answer + Duration::from_secs(2));
}

#[test]
fn tolerates_five_failed_looks_in_a_row_and_no_sixth() {
    let mut clock = Clock::start(None);
    for _ in 0..5 {
        assert!(!clock.tracker.gives_up_after_another_failure());
        poll_at(&clock.look(Observation::Failed));
    }
    assert!(clock.tracker.gives_up_after_another_failure());
}

#[test]
fn a_look_that_succeeds_forgives_the_failed_ones() {
    let mut clock = Clock::start(None);
    for _ in 0..3 {
        for _ in 0..5 {
            clock.look(Observation::Failed);
        }
        assert!(clock.tracker.gives_up_after_another_failure());
        clock.look(running());
        assert!(!clock.tracker.gives_up_after_another_failure());
    }
}

#[test]
fn looks_for_the_last_time_exactly_at_the_limit() {
    let mut clock = Clock::start(Some(MINUTE));
    let mut last = clock.now;
    let timed_out = loop {
        match clock.look(running()) {
            Next::PollAt(time) => last = time,
            other => break other,
        }
    };
    assert_eq!(timed_out, Next::TimedOut);
    assert_eq!(last, MINUTE);
}

#[test]
fn a_job_that_ends_at_the_limit_has_not_timed_out() {
    let mut tracker = Tracker::new(Some(MINUTE));
    let next = tracker.observe(MINUTE, Observation::Status(status(7)));
    assert_eq!(next, Next::Ended(Ended::Seen(status(7))));
}

#[test]
fn the_limit_holds_for_failed_looks_and_for_the_first_one() {
    let mut tracker = Tracker::new(Some(MINUTE));
    assert_eq!(tracker.observe(MINUTE, Observation::Failed), Next::TimedOut);
    let soon = Duration::from_millis(1);
    assert_eq!(Tracker::new(Some(soon)).first(), soon);
    let none = Duration::ZERO;
    assert_eq!(Tracker::new(Some(none)).first(), none, "one look there always is");
}

#[test]
fn a_job_that_was_never_seen_has_vanished_without_a_trace() {
    let mut clock = Clock::start(None);
    assert_eq!(clock.look(Observation::Missing), Next::Ended(Ended::Vanished(None)));
}

#[test]
fn a_job_that_vanished_shows_what_was_seen_last() {
    let mut clock = Clock::start(None);
    clock.look(Observation::Status(status(2)));
    clock.look(running());
    clock.look(Observation::Failed);
    assert_eq!(clock.look(Observation::Missing), Next::Ended(Ended::Vanished(Some(status(4)))));
}

#[test]
fn ends_at_each_state_that_is_an_end_and_at_no_other() {
    for state in [7, 8, 9, 10, 32768] {
        let next = Clock::start(None).look(Observation::Status(status(state)));
        assert_eq!(next, Next::Ended(Ended::Seen(status(state))), "state {state}");
    }
    for state in [0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 4096, 32767, 32769, 65535] {
        let next = Clock::start(None).look(Observation::Status(status(state)));
        assert!(matches!(next, Next::PollAt(_)), "state {state}: {next:?}");
    }
}

#[test]
fn only_completed_jobs_are_successes() {
    for (state, success, cancelled) in [
        (JobState::Completed, true, false),
        (JobState::CompletedWithWarnings, true, false),
        (JobState::Terminated, false, true),
        (JobState::Killed, false, true),
        (JobState::Exception, false, false),
        (JobState::Running, false, false),
        (JobState::Unknown(4242), false, false),
    ] {
        assert_eq!((state.is_success(), state.is_cancelled()), (success, cancelled), "{state}");
    }
}

#[test]
fn a_failed_job_is_an_error_with_its_code_and_text() {
    let failed = JobStatus::from_instance(&instance(&[
        ("InstanceID", text("0A")),
        ("JobState", Value::UInt16(10)),
        ("ErrorCode", Value::UInt16(32775)),
        ("ErrorDescription", text("The disk is gone.")),
    ]))
    .unwrap();
    let error = failed.checked().unwrap_err();
    assert_eq!(error.to_string(), "the job 0A failed");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "error 32775: The disk is gone.");
    let job = error.job().unwrap();
    assert_eq!((job.error_code, job.state.as_str()), (Some(32775), "Exception"));
    assert!(!error.outcome_unknown());

    assert!(status(9).checked().unwrap_err().to_string().ends_with("was cancelled"));
    assert!(status(32768).checked().is_ok());
}

#[test]
fn reads_all_that_a_job_says() {
    let started: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let status = JobStatus::from_instance(&instance(&[
        ("InstanceID", text("0A")),
        ("Name", text("Resynchronizing")),
        ("JobState", Value::UInt16(10)),
        ("PercentComplete", Value::UInt16(42)),
        ("JobStatus", text("failed")),
        ("ErrorCode", Value::UInt16(32768)),
        ("ErrorDescription", text("long")),
        ("ErrorSummaryDescription", text("short")),
        ("StartTime", Value::Datetime(Datetime::Timestamp(started))),
        ("ElapsedTime", Value::Datetime(Datetime::Interval(Duration::from_millis(61_900)))),
    ]))
    .unwrap();
    assert_eq!(
        serde_json::to_value(&status).unwrap(),
        serde_json::json!({
            "id": "0A",
            "class": "Msvm_ConcreteJob",
            "name": "Resynchronizing",
            "state": "Exception",
            "percent": 42,
            "status": "failed",
            "error_code": 32768,
            "error_description": "long",
            "error_summary": "short",
            "started_at": "2026-11-23T09:00:00Z",
            "elapsed_seconds": 61,
        })
    );
    assert_eq!(status.error_text(), Some("long"));
    assert_eq!(status.cancellable, None);
}

#[test]
fn what_a_job_does_not_know_is_nothing() {
    let never = Timestamp::constant(-11_644_473_600, 0);
    let status = JobStatus::from_instance(&instance(&[
        ("JobState", Value::UInt16(4)),
        ("PercentComplete", Value::UInt16(101)),
        ("JobStatus", text("")),
        ("ErrorCode", Value::UInt16(0)),
        ("ErrorDescription", text("")),
        ("ErrorSummaryDescription", Value::Null),
        ("StartTime", Value::Datetime(Datetime::Timestamp(never))),
        ("ElapsedTime", Value::Null),
    ]))
    .unwrap();
    assert_eq!(status.percent, None);
    assert_eq!(status.status, None);
    assert_eq!(status.error_code, None);
    assert_eq!(status.error_text(), None);
    assert_eq!((status.started_at, status.elapsed_seconds), (None, None));
}

#[test]
fn the_summary_stands_in_for_a_missing_description() {
    let status = JobStatus::from_instance(&instance(&[
        ("JobState", Value::UInt16(10)),
        ("ErrorDescription", text("")),
        ("ErrorSummaryDescription", text("short")),
    ]))
    .unwrap();
    assert_eq!(status.error_text(), Some("short"));
}

#[test]
fn what_has_no_state_is_no_job() {
    assert_eq!(JobStatus::from_instance(&instance(&[("InstanceID", text("0A"))])), None);
    assert_eq!(JobStatus::from_instance(&instance(&[("JobState", Value::Null)])), None);
}

#[test]
fn reads_a_job_of_a_class_that_no_schema_knows() {
    const CLASS: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/other/Other_Job";
    let xml = format!(
        r#"<p:Other_Job xmlns:p="{CLASS}" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common">
            <p:InstanceID>0A</p:InstanceID>
            <p:JobState>32768</p:JobState>
            <p:PercentComplete> 100 </p:PercentComplete>
            <p:ErrorCode>0</p:ErrorCode>
            <p:StartTime><cim:Datetime>2026-11-23T09:00:00Z</cim:Datetime></p:StartTime>
            <p:ElapsedTime><cim:Interval>P0DT0H1M1S</cim:Interval></p:ElapsedTime>
        </p:Other_Job>"#
    );
    let element = Element::parse(xml.as_bytes(), Limits::default()).unwrap();
    let status = JobStatus::from_instance(&Instance::decode(&element, mof::schema()).unwrap());
    let status = status.unwrap();
    assert_eq!((status.id.as_str(), status.class.as_str()), ("0A", "Other_Job"));
    assert_eq!(status.state, JobState::CompletedWithWarnings);
    assert_eq!((status.percent, status.error_code), (Some(100), None));
    assert_eq!(status.started_at, Some("2026-11-23T09:00:00Z".parse().unwrap()));
    assert_eq!(status.elapsed_seconds, Some(61));
}

#[test]
fn only_the_state_says_whether_a_job_has_ended() {
    let status = |state| {
        let codes = Value::Array(vec![Value::UInt16(17), Value::UInt16(2)]);
        let properties = [("JobState", Value::UInt16(state)), ("OperationalStatus", codes)];
        JobStatus::from_instance(&instance(&properties)).unwrap()
    };
    let next = Clock::start(None).look(Observation::Status(status(4)));
    assert!(matches!(next, Next::PollAt(_)), "{next:?}");
    let codes: Vec<u16> = status(4).operational_status.into_iter().map(u16::from).collect();
    assert_eq!(codes, [17, 2]);
}

#[test]
fn estimates_by_what_the_host_says() {
    let tracker = Tracker::new(None);
    let left = |percent, elapsed| tracker.remaining(MINUTE, &at(percent, elapsed));
    assert_eq!(left(25, Some(100)), Some(Duration::from_secs(300)));
    assert_eq!(left(99, Some(990)), Some(Duration::from_secs(10)));
    for (percent, elapsed) in [
        (0, Some(100)),
        (100, Some(100)),
        (101, Some(100)),
        (25, None),
        (25, Some(0)),
        (1, Some(u64::MAX)),
        (1, Some(u64::from(u32::MAX))),
    ] {
        assert_eq!(left(percent, elapsed), None, "{percent} % after {elapsed:?}");
    }
    for state in [2, 3, 5, 6, 7, 10, 11, 4242] {
        let mut status = at(25, Some(100));
        status.state = state.into();
        assert_eq!(tracker.remaining(MINUTE, &status), None, "{state}");
    }
}

#[test]
fn estimates_by_two_looks_where_the_host_says_nothing() {
    let mut tracker = Tracker::new(None);
    let look = |tracker: &mut Tracker, minutes: u32, percent| {
        let status = at(percent, None);
        let left = tracker.remaining(MINUTE * minutes, &status);
        poll_at(&tracker.observe(MINUTE * minutes, Observation::Status(status)));
        left
    };
    assert_eq!(look(&mut tracker, 1, 10), None, "one look shows no pace");
    assert_eq!(look(&mut tracker, 2, 10), None, "nothing has moved");
    assert_eq!(look(&mut tracker, 5, 30), Some(MINUTE * 14), "20 % in 4 minutes");
    assert_eq!(look(&mut tracker, 6, 5), None, "a setback");
    assert_eq!(look(&mut tracker, 7, 24), Some(MINUTE * 4), "19 % in the minute since then");
    let late = at(60, None);
    assert_eq!(tracker.remaining(MINUTE, &late), None, "a clock that goes backwards");
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

#[test]
fn no_time_is_too_late() {
    for limit in [None, Some(Duration::MAX)] {
        let mut tracker = Tracker::new(limit);
        let late = Duration::MAX - Duration::from_nanos(1);
        assert_eq!(poll_at(&tracker.observe(late, running())), Duration::MAX);
    }
}
