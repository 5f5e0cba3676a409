//! Hosts that are busy, calls that have their own times, and callers without credentials.

use std::time::Duration;

use hyperv_replica::{
    auth::Credentials,
    client::Client,
    error::ErrorKind,
    sim::{Do, Host, Inventory, On, Script},
    soap::FaultCode,
    wsman::{Fault, WSMAN},
    xml::Name,
};

use super::{VM, class, id, resynchronize, vm};
use crate::host::{ClearHost, advance, client, settle, sim, start, until};

fn fault(subcode: &str, code: u32) -> Do {
    let subcode = Name::new(WSMAN, subcode);
    Do::Fault(Box::new(Fault::make(FaultCode::Sender, subcode, code, "")))
}

fn too_many_operations() -> Do {
    fault("QuotaLimit", 2_150_859_174)
}

/// Lets a call end that waits for the clock, and gives what came of it and how much time it took.
async fn wait_out<T: Send + 'static>(
    call: impl Future<Output = T> + Send + 'static,
) -> (T, Duration) {
    let mut call = tokio::spawn(call);
    let mut time = Duration::ZERO;
    let step = Duration::from_millis(500);
    loop {
        tokio::select! {
            biased;
            result = &mut call => return (result.unwrap(), time),
            () = settle() => {}
        }
        // It may be at work yet, rather than wait for the clock.
        tokio::time::sleep(Duration::from_millis(20)).await;
        if !call.is_finished() {
            advance(step).await;
            time += step;
        }
    }
}

#[tokio::test]
async fn what_a_quota_refused_goes_out_again_a_method_too() {
    let script = Script::new().once(On::action("Resynchronize"), too_many_operations());
    let host = start(sim().script(script)).await;
    let call = resynchronize(&client(&host.url()));
    let (output, waited) = wait_out(call.send()).await;
    assert_eq!(output.unwrap().return_value, 4096);
    assert_eq!(host.journal().len(), 1);
    assert!(waited >= Duration::from_millis(500), "{waited:?}");
}

#[tokio::test]
async fn a_quota_is_asked_five_times_and_no_more() {
    let script = Script::new().always(On::any(), too_many_operations());
    let host = ClearHost::start(Inventory::sample(), script, |_, _, answer| answer).await;
    let client = host.client();
    let (result, waited) = wait_out(async move { client.get(&vm(&id(1))).await }).await;
    let error = result.unwrap_err();
    assert_eq!(error.fault().unwrap().code, Some(2_150_859_174));
    assert_eq!(host.requests().len(), 5);
    assert!(waited >= Duration::from_millis(500 + 1000 + 2000 + 4000), "{waited:?}");
}

#[tokio::test]
async fn a_quota_is_not_waited_for_beyond_the_time_of_the_call() {
    let script = Script::new().always(On::any(), too_many_operations());
    let host = ClearHost::start(Inventory::sample(), script, |_, _, answer| answer).await;
    let client = host.client().total_timeout(Duration::from_secs(1));
    let (result, _) = wait_out(async move { client.get(&vm(&id(1))).await }).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Fault, "the refusal says more than the time");
    assert_eq!(host.requests().len(), 2);
}

#[tokio::test]
async fn a_fault_that_may_come_from_within_a_method_is_not_waited_out() {
    for code in [2_150_858_755, 2_150_858_793] {
        let script =
            Script::new().always(On::action("Resynchronize"), fault("InternalError", code));
        let host = ClearHost::start(Inventory::sample(), script, |_, _, answer| answer).await;
        let error = resynchronize(&host.client()).send().await.unwrap_err();
        assert!(error.outcome_unknown());
        assert_eq!(host.requests().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn what_reads_goes_out_again_when_winrm_is_not_there_yet() {
    let on = || On::action("Get");
    let script = Script::new().once(on(), Do::Status(503)).nth(2, on(), Do::Status(503));
    let host = start(sim().script(script)).await;
    let client = client(&host.url());
    let (result, waited) = wait_out(async move { client.get(&vm(&id(1))).await }).await;
    result.unwrap();
    assert!(waited >= Duration::from_millis(500 + 1000), "{waited:?}");
}

#[tokio::test]
async fn a_method_does_not_go_out_again_when_winrm_may_have_died_of_it() {
    let script = Script::new().always(On::action("Resynchronize"), Do::Status(503));
    let host = ClearHost::start(Inventory::sample(), script, |_, _, answer| answer).await;
    let error = resynchronize(&host.client()).send().await.unwrap_err();
    assert!(error.outcome_unknown(), "{error:?}");
    assert_eq!(host.requests().len(), 1);
}

#[tokio::test]
async fn a_client_with_other_times_shares_the_connections() {
    let host = ClearHost::start(Inventory::sample(), Script::new(), |_, _, answer| answer).await;
    let client = host.client();
    client.get(&vm(&id(1))).await.unwrap();
    client.operation_timeout(Duration::from_secs(5)).get(&vm(&id(1))).await.unwrap();
    client.get(&vm(&id(1))).await.unwrap();
    let times: Vec<_> = host
        .requests()
        .iter()
        .map(|request| request.header.find(WSMAN, "OperationTimeout").unwrap().text.clone())
        .collect();
    assert_eq!(times, ["PT60.000S", "PT5.000S", "PT60.000S"]);
}

#[tokio::test]
async fn a_whole_call_ends_in_its_time() {
    let host = start(sim().script(Script::new().always(On::action("Get"), Do::Hang))).await;
    let client = client(&host.url());
    client.identify().await.unwrap();
    let hurried = client.total_timeout(Duration::from_secs(3));
    let (result, waited) = wait_out(async move { hurried.get(&vm(&id(1))).await }).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(waited < Duration::from_secs(10), "{waited:?}");
}

#[tokio::test]
async fn an_instance_that_is_too_large_has_one_time_for_both_envelopes() {
    let on = || On::action("Get");
    let script =
        Script::new().once(on(), fault("EncodingLimit", 2_150_858_823)).nth(2, on(), Do::Hang);
    let host = start(sim().script(script)).await;
    let client = client(&host.url());
    client.identify().await.unwrap();
    let hurried = client.total_timeout(Duration::from_secs(20));
    let (result, waited) = wait_out(async move { hurried.get(&vm(&id(1))).await }).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(waited <= Duration::from_secs(21), "{waited:?}");
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection_and_leaves_the_others_alone() {
    let script = Script::new().once(On::action("Get"), Do::Hang);
    let host = start(sim().script(script)).await;
    let proxy = crate::host::Proxy::start(&host).await;
    let client = client(&proxy.url());
    client.identify().await.unwrap();
    let hanging = {
        let client = client.clone();
        tokio::spawn(async move { client.get(&vm(&id(1))).await })
    };
    settle().await;
    client.identify().await.unwrap();
    assert_eq!(proxy.counts().open, 2);
    hanging.abort();
    until(|| proxy.counts().open == 1).await;
    client.get(&vm(&id(1))).await.unwrap();
    assert_eq!(proxy.counts().total, 2);
}

fn without_credentials(host: &Host) -> Client {
    Client::builder(&host.url()).credentials(Credentials::none()).build().unwrap()
}

#[tokio::test]
async fn a_host_says_what_it_is_without_credentials_but_not_which_version() {
    let host = start(sim()).await;
    let identity = without_credentials(&host).identify().await.unwrap();
    assert_eq!(identity.product_version.as_deref(), Some("OS: 0.0.0 SP: 0.0 Stack: 3.0"));
    let identity = client(&host.url()).identify().await.unwrap();
    assert_eq!(identity.product_version.as_deref(), Some("OS: 10.0.20348 SP: 0.0 Stack: 3.0"));
}

#[tokio::test]
async fn without_credentials_nothing_else_is_sent() {
    let client = Client::builder("127.0.0.1:1").credentials(Credentials::none()).build().unwrap(); // nobody listens
    let refusals = [
        client.get(&vm(&id(1))).await.unwrap_err(),
        client.enumerate(&class(VM)).start().await.unwrap_err(),
        resynchronize(&client).send().await.unwrap_err(),
    ];
    for error in refusals {
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("only Identify"), "{error}");
        assert!(!error.outcome_unknown());
    }
}
