//! What can be asked of a virtual machine: how it replicates, and whether it runs.

use hyperv_replica::{
    cim::Value,
    sim::{Do, Inventory, JobEnd, On, Relationship, Script, Vm},
};

use super::{Bench, JOB_DURATION, WEB01, embedded, vm, vm_resource};

const STARTED: u32 = 4096;
const INVALID_PARAMETER: u32 = 32773;
const INVALID_STATE: u32 = 32775;
const PRIMARY: fn(Vm, Relationship) -> Vm = Vm::primary;
const REPLICA: fn(Vm, Relationship) -> Vm = Vm::replica;

fn one(of: fn(Vm, Relationship) -> Vm, state: u16) -> Vm {
    of(Vm::new(WEB01.parse().unwrap(), "web01"), Relationship::new("hv01", "hv02").state(state))
}

fn with(vm: Vm) -> Bench {
    Bench::new(Inventory::new("HV01").vm(vm), Script::new())
}

fn request(bench: &mut Bench, state: u16) -> u32 {
    let arguments = [("RequestedState", Value::UInt16(state))];
    let system = vm_resource(WEB01);
    bench.call(system, "RequestReplicationStateChange", &arguments).unwrap().return_value
}

#[test]
fn replication_changes_as_it_is_asked_to() {
    for (vm, requested, to, health, job_type) in [
        (one(PRIMARY, 2), 1, 1, 2, 109),
        (one(PRIMARY, 3), 7, 7, 2, 96),
        (one(REPLICA, 3), 7, 7, 2, 96),
        (one(PRIMARY, 7), 3, 3, 1, 96),
        (one(PRIMARY, 8), 3, 3, 1, 96),
        (one(PRIMARY, 4).off(), 3, 3, 1, 101),
        (one(PRIMARY, 3).off(), 4, 4, 1, 100),
        (one(PRIMARY, 10), 7, 11, 3, 96),
        (one(PRIMARY, 10), 9, 9, 3, 110),
        (one(PRIMARY, 11), 9, 9, 3, 110),
    ] {
        let mut bench = with(vm);
        assert_eq!(request(&mut bench, requested), STARTED, "to {to}");
        assert_eq!(bench.state(WEB01), to, "the requested state is seen at once");
        let job = bench.one("select * from Msvm_ConcreteJob");
        assert_eq!(job.number("JobType"), Some(job_type));
        assert_eq!(job.number("JobState"), Some(4));
        bench.pass(JOB_DURATION);
        assert_eq!(bench.state(WEB01), to);
        let relationship = bench.one("select * from Msvm_ReplicationRelationship");
        assert_eq!(relationship.number("ReplicationHealth"), Some(health), "to {to}");
    }
}

#[test]
fn what_does_not_fit_the_state_or_the_role_is_refused() {
    for (vm, requested, expected) in [
        (one(PRIMARY, 3), 4, INVALID_STATE),
        (one(REPLICA, 3).off(), 4, INVALID_STATE),
        (one(PRIMARY, 3), 3, INVALID_STATE),
        (one(PRIMARY, 7), 7, INVALID_STATE),
        (one(PRIMARY, 9), 9, INVALID_STATE),
        (one(REPLICA, 11), 9, INVALID_STATE),
        (one(PRIMARY, 3), 2, INVALID_STATE),
        (one(PRIMARY, 3), 0, INVALID_PARAMETER),
        (one(PRIMARY, 3), 8, INVALID_PARAMETER),
        (Vm::new(WEB01.parse().unwrap(), "web01"), 7, INVALID_STATE),
    ] {
        let mut bench = with(vm);
        assert_eq!(request(&mut bench, requested), expected, "{requested}");
        assert_eq!(bench.column("select * from Msvm_ConcreteJob", "JobType"), [""; 0]);
    }
    let system = vm_resource(WEB01);
    let output = Bench::sample().call(system, "RequestReplicationStateChange", &[]).unwrap();
    assert_eq!(output.return_value, INVALID_PARAMETER);
}

#[test]
fn cancelling_ends_the_job_that_resynchronizes() {
    for (requested, state) in [(9, 9), (7, 11)] {
        let mut bench = Bench::sample();
        bench.resynchronize(WEB01, Value::Null).unwrap();
        bench.pass(JOB_DURATION / 2);
        assert_eq!(bench.state(WEB01), 10);
        assert_eq!(request(&mut bench, requested), STARTED);
        let jobs = |bench: &mut Bench| bench.column("select * from Msvm_ConcreteJob", "JobState");
        assert_eq!(jobs(&mut bench), ["8", "4"]);
        bench.pass(JOB_DURATION);
        assert_eq!(jobs(&mut bench), ["8", "7"]);
        assert_eq!(bench.state(WEB01), state);
        assert_eq!(bench.resynchronize(WEB01, Value::Null).unwrap().0, 4096);
    }
}

#[test]
fn a_second_request_waits_for_the_first() {
    let mut bench = with(one(PRIMARY, 3));
    assert_eq!(request(&mut bench, 7), STARTED);
    assert_eq!(request(&mut bench, 3), INVALID_STATE);
    bench.pass(JOB_DURATION);
    assert_eq!(request(&mut bench, 3), STARTED);
}

#[test]
fn a_change_that_fails_leaves_the_state_as_it_was() {
    let on = || On::action("RequestReplicationStateChange");
    let failed = JobEnd::Exception { code: 32768, description: "no".to_owned() };
    let script = Script::new()
        .once(on().vm("other"), Do::Return(1))
        .once(on().vm("web01"), Do::EndJob(failed))
        .nth(2, on().vm(WEB01), Do::Return(0));
    let mut bench = Bench::new(Inventory::new("HV01").vm(one(PRIMARY, 3)), script);
    assert_eq!(request(&mut bench, 7), STARTED);
    assert_eq!(bench.state(WEB01), 7);
    bench.pass(JOB_DURATION);
    assert_eq!(bench.state(WEB01), 3);
    assert_eq!(request(&mut bench, 7), 0, "at once");
    assert_eq!(bench.state(WEB01), 7);
}

#[test]
fn a_relationship_can_be_named() {
    let there = || Relationship::new("hv02", "hv01");
    let replica = Vm::new(WEB01.parse().unwrap(), "web01").extended(there(), there()).off();
    let mut bench = with(replica);
    let class = "Msvm_ReplicationRelationship";
    let of = |number: u8| {
        let id = format!(r"microsoft:{WEB01}\HVR\{number}");
        embedded(class, &[("InstanceID", "string", &id)])
    };
    let mut request = |relationship: Option<Value>, state| {
        let given = relationship.map(|it| ("ReplicationRelationship", it));
        let arguments: Vec<_> =
            given.into_iter().chain([("RequestedState", Value::UInt16(state))]).collect();
        let method = "RequestReplicationStateChangeEx";
        let value = bench.call(vm_resource(WEB01), method, &arguments).unwrap().return_value;
        bench.pass(JOB_DURATION);
        let states = bench.column("select * from Msvm_ReplicationRelationship", "ReplicationState");
        (value, states.join(" "))
    };
    let answer = |value: u32, states: &str| (value, states.to_owned());
    assert_eq!(request(Some(of(1)), 7), answer(STARTED, "3 7"));
    assert_eq!(request(None, 7), answer(STARTED, "7 7"));
    assert_eq!(request(Some(of(1)), 3), answer(STARTED, "7 3"));
    assert_eq!(request(Some(of(1)), 4), answer(STARTED, "7 4"), "the primary end is here");
    assert_eq!(request(Some(of(2)), 3), answer(INVALID_PARAMETER, "7 4"));
    assert_eq!(request(Some(embedded(class, &[])), 3), answer(INVALID_PARAMETER, "7 4"));
    let text = Value::String("no CIM-XML".to_owned());
    assert_eq!(request(Some(text), 3), answer(INVALID_PARAMETER, "7 4"));
}

#[test]
fn a_virtual_machine_is_turned_on_and_off() {
    let power = |vm: Vm, requested: u16| {
        let mut bench = with(vm);
        let arguments = [("RequestedState", Value::UInt16(requested))];
        let output = bench.call(vm_resource(WEB01), "RequestStateChange", &arguments).unwrap();
        bench.pass(JOB_DURATION);
        let jobs = bench.column("select * from Msvm_ConcreteJob", "JobType").join(" ");
        let vm = bench.get(vm_resource(WEB01)).unwrap();
        (output.return_value, jobs, vm.number("EnabledState").unwrap())
    };
    let answer = |value: u32, job: &str, state: u64| (value, job.to_owned(), state);
    assert_eq!(power(one(PRIMARY, 3), 3), answer(STARTED, "13", 3));
    assert_eq!(power(one(PRIMARY, 3).off(), 2), answer(STARTED, "12", 2));
    assert_eq!(power(one(REPLICA, 6).off(), 2), answer(STARTED, "12", 2));
    assert_eq!(power(one(PRIMARY, 3), 2), answer(INVALID_STATE, "", 2));
    assert_eq!(power(one(PRIMARY, 3).off(), 3), answer(INVALID_STATE, "", 3));
    assert_eq!(power(one(PRIMARY, 4).off(), 2), answer(INVALID_STATE, "", 3), "prepared");
    assert_eq!(power(one(REPLICA, 3).off(), 2), answer(INVALID_STATE, "", 3), "a replica");
    assert_eq!(power(one(PRIMARY, 3), 5), answer(INVALID_PARAMETER, "", 2));
    let arguments = [("RequestedState", Value::UInt16(6))];
    let fault = Bench::sample().call(vm_resource(&vm(2)), "RequestStateChange", &arguments);
    assert!(fault.unwrap_err().text().contains("simulator does not have"));
}
