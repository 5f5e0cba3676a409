use std::time::Duration;

use hyperv_replica::{
    cim::Value,
    sim::{Delivery, Do, On, Script},
    soap::FaultCode,
    wsman::{Fault, Get, WSMAN},
    xml::Name,
};

use super::{Bench, WEB01, enumerate, fault, pull, resynchronize, vm, vm_resource};

fn resync_with(act: Do) -> (Bench, hyperv_replica::sim::Answer) {
    let mut bench = Bench::scripted(Script::new().once(On::action("Resynchronize"), act));
    let answer = bench.send_changed(&resynchronize(WEB01, Value::Null), |_| {});
    (bench, answer)
}

#[test]
fn what_is_not_delivered_was_executed_or_not_as_the_rule_says() {
    for (act, delivery, executed) in [
        (Do::DropBefore, Delivery::Dropped, 0),
        (Do::DropAfter, Delivery::Dropped, 1),
        (Do::Unauthorized, Delivery::Unauthorized, 0),
        (Do::BadRequest, Delivery::BadRequest, 0),
        (Do::Hang, Delivery::Never, 1),
        (Do::Truncate, Delivery::Truncated, 1),
        (Do::Clear, Delivery::Clear, 1),
        (Do::Close, Delivery::Close, 1),
    ] {
        let (mut bench, answer) = resync_with(act);
        assert_eq!((answer.delivery, bench.provider.journal().len()), (delivery, executed));
        assert_eq!(bench.state(WEB01), if executed == 1 { 10 } else { 9 });
    }
}

#[test]
fn a_method_returns_what_the_rule_says() {
    for (value, state) in [(32768, 9), (12345, 9), (0, 3)] {
        let script = Script::new().once(On::action("Resynchronize"), Do::Return(value));
        let mut bench = Bench::scripted(script);
        assert_eq!(bench.resynchronize(WEB01, Value::Null).unwrap(), (value.into(), None));
        assert_eq!(bench.state(WEB01), state);
        assert_eq!(bench.provider.journal()[0].return_value, value);
    }
}

#[test]
fn a_fault_comes_without_execution() {
    let subcode = Name::new(WSMAN, "QuotaLimit");
    let scripted = Fault::make(FaultCode::Receiver, subcode, 2_150_859_174, "busy");
    let (bench, answer) = resync_with(Do::Fault(Box::new(scripted)));
    assert_eq!(fault(&answer).code, Some(2_150_859_174));
    assert_eq!(bench.provider.journal(), []);
}

#[test]
fn a_late_answer_is_a_timeout_and_executed_all_the_same() {
    let (_, answer) = resync_with(Do::Delay(Duration::from_secs(59)));
    assert_eq!((answer.status, answer.delay), (200, Duration::from_secs(59)));
    let (bench, answer) = resync_with(Do::Delay(Duration::from_secs(61)));
    assert_eq!(answer.delay, Duration::from_secs(60));
    assert_eq!(fault(&answer).code, Some(2_150_858_793));
    assert_eq!(bench.provider.journal().len(), 1);
}

#[test]
fn contexts_are_forgotten() {
    let script = Script::new().nth(2, On::action("Pull"), Do::ForgetContexts);
    let mut bench = Bench::scripted(script);
    let query = enumerate("select * from Msvm_ComputerSystem", None);
    let context = bench.run(&query).unwrap().page.context.unwrap();
    let context = bench.run(&pull(&context, None)).unwrap().context.unwrap();
    assert_eq!(bench.run(&pull(&context, None)).unwrap_err().code, Some(2_150_858_779));
}

#[test]
fn a_page_that_is_refused_is_not_lost() {
    let script = Script::new().always(On::any(), Do::LimitItems(3));
    let mut bench = Bench::scripted(script);
    let all = |most| enumerate("select * from Msvm_ComputerSystem", most);
    let refused = |fault: Box<Fault>| {
        assert_eq!((fault.subcode(), fault.code), (Some("EncodingLimit"), Some(2_150_858_823)));
    };
    refused(bench.run(&all(Some(4))).unwrap_err());
    assert_eq!(bench.provider.open_enumerations(bench.now), 0, "there is nothing to go on with");
    let context = bench.run(&all(None)).unwrap().page.context.unwrap();
    refused(bench.run(&pull(&context, Some(1000))).unwrap_err());
    refused(bench.run(&pull(&context, Some(4))).unwrap_err());
    let page = bench.run(&pull(&context, Some(3))).unwrap();
    let mut items = page.items;
    items.extend(bench.run(&pull(&page.context.unwrap(), Some(2))).unwrap().items);
    let names: Vec<_> = items
        .iter()
        .map(|item| item.children.iter().find(|c| c.name.local() == "ElementName").unwrap())
        .map(|name| name.text.as_str())
        .collect();
    assert_eq!(names, ["HV01", "web01", "sql01", "dc02", "files01"]);
}

#[test]
fn a_status_comes_without_execution() {
    let (bench, answer) = resync_with(Do::Status(503));
    assert_eq!((answer.status, answer.delivery), (503, Delivery::Empty));
    assert_eq!((answer.body.len(), bench.provider.journal().len()), (0, 0));
}

#[test]
fn rules_count_the_requests_that_they_are_for() {
    let get = Get { resource: vm_resource(WEB01) };
    let script = Script::new()
        .nth(2, On::action("Get"), Do::Close)
        .once(On::any(), Do::Clear)
        .always(On::action("Get"), Do::Hang);
    let mut bench = Bench::scripted(script);
    let deliveries: Vec<Delivery> =
        (0..4).map(|_| bench.send_changed(&get, |_| {}).delivery).collect();
    assert_eq!(deliveries, [Delivery::Clear, Delivery::Close, Delivery::Never, Delivery::Never]);
}

#[test]
fn a_rule_can_be_for_one_virtual_machine() {
    let on = || On::action("Resynchronize");
    let script = Script::new()
        .always(on().vm("sql01"), Do::Return(32768))
        .always(on().vm(&vm(4).to_lowercase()), Do::Return(32769));
    let mut bench = Bench::scripted(script);
    let mut value = |number| bench.resynchronize(&vm(number), Value::Null).unwrap().0;
    assert_eq!([value(1), value(2), value(4), value(5)], [4096, 32768, 32769, 32775]);
}
