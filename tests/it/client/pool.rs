//! Several calls at once, calls that are given up, and time-outs.

use std::{error::Error as _, time::Duration};

use hyperv_replica::{
    cim::wql::{Condition, Select},
    client::VIRTUALIZATION,
    error::ErrorKind,
    replication::ReplicationService,
    sim::{Do, Inventory, On, Script},
};
use tokio::task::JoinSet;

use super::{VM, id, resynchronize, vm};
use crate::host::{ClearHost, Proxy, advance, builder, client, settle, sim, start, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_few_connections_and_each_gets_its_own_answer() {
    let host = start(sim().inventory(Inventory::with_vms(64))).await;
    let proxy = Proxy::start(&host).await;
    let client = client(&proxy.url());
    let mut tasks = JoinSet::new();
    for number in 1..=64 {
        let client = client.clone();
        tasks.spawn(async move {
            let name = format!("vm-{number:04}");
            assert_eq!(
                client.get(&vm(&id(number))).await.unwrap().text("ElementName"),
                Some(&*name)
            );
            let query = Select::all_of(VM)
                .unwrap()
                .filter(Condition::equals("ElementName", &name).unwrap());
            let rows = client.query(VIRTUALIZATION, &query).collect().await.unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].text("Name"), Some(&*id(number)));
        });
    }
    tasks.join_all().await;
    let counts = proxy.counts();
    assert!(counts.total <= 4, "{counts:?}");
}

#[tokio::test]
async fn the_number_of_connections_can_be_set() {
    let host = start(sim()).await;
    let proxy = Proxy::start(&host).await;
    let client = builder(&proxy.url()).connections(1).build().unwrap();
    let (a, b, c) = tokio::join!(client.identify(), client.identify(), client.identify());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(proxy.counts().total, 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_closes_its_connection_and_no_other() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(sim().script(script)).await;
    let proxy = Proxy::start(&host).await;
    let client = client(&proxy.url());
    let hanging = tokio::spawn(resynchronize(&client).send());
    until(|| host.journal().len() == 1).await;
    client.identify().await.unwrap();
    assert_eq!(proxy.counts().open, 2);

    hanging.abort();
    until(|| proxy.counts().open == 1).await;
    client.identify().await.unwrap();
    assert_eq!(proxy.counts().total, 2, "the other connection goes on");
    assert_eq!(host.journal().len(), 1, "what was begun goes on, and was not sent again");
}

#[tokio::test]
async fn a_dropped_call_gives_its_place_back() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(sim().script(script)).await;
    let client = builder(&host.url()).connections(1).build().unwrap();
    let hanging = tokio::spawn(resynchronize(&client).send());
    until(|| host.journal().len() == 1).await;
    hanging.abort();
    client.identify().await.unwrap();
}

#[tokio::test]
async fn waits_longer_than_it_asks_the_host_to() {
    const TIME: Duration = Duration::from_secs(30);
    let script = Script::new().once(On::action("Get"), Do::Hang);
    let host = start(sim().script(script)).await;
    let client = builder(&host.url()).operation_timeout(TIME).build().unwrap();
    client.identify().await.unwrap();
    let call = tokio::spawn(async move { client.get(&vm(&id(1))).await });
    settle().await;
    advance(TIME + Duration::from_secs(1)).await;
    assert!(!call.is_finished(), "the host's own fault may still come");
    advance(Duration::from_secs(5)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    assert!(!error.outcome_unknown(), "it only read");
}

#[tokio::test]
async fn tells_the_host_its_time() {
    let host = ClearHost::start(Inventory::sample(), Script::new(), |_, _, answer| answer).await;
    let client = host.client();
    client.get(&vm(&id(1))).await.unwrap();
    let requests = host.requests();
    let time = requests[0].header.find(hyperv_replica::wsman::WSMAN, "OperationTimeout").unwrap();
    assert_eq!(time.text, "PT60.000S");
}

#[tokio::test]
async fn the_host_s_own_time_out_leaves_the_outcome_of_a_method_unknown() {
    let late = Do::Delay(Duration::from_secs(3600));
    let script = Script::new().once(On::action("Resynchronize"), late);
    let host = start(sim().script(script)).await;
    let client = builder(&host.url()).operation_timeout(Duration::from_millis(20)).build().unwrap();
    let error = resynchronize(&client).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.fault().unwrap().has_code(2_150_858_793));
    assert!(error.outcome_unknown());
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn a_method_that_is_not_answered_in_time_may_have_run() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(sim().script(script)).await;
    let client = client(&host.url());
    let call = tokio::spawn(resynchronize(&client).send());
    until(|| host.journal().len() == 1).await;
    advance(Duration::from_secs(66)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.outcome_unknown(), "{error:?}");
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn the_time_of_the_whole_call_includes_waiting_for_a_connection() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(sim().script(script)).await;
    let client =
        builder(&host.url()).connections(1).total_timeout(Duration::from_secs(40)).build().unwrap();
    let hanging = tokio::spawn(resynchronize(&client).send());
    until(|| host.journal().len() == 1).await;
    advance(Duration::from_secs(20)).await;
    let waiting = tokio::spawn(resynchronize(&client).send());
    settle().await;

    advance(Duration::from_secs(21)).await;
    let error = hanging.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.outcome_unknown(), "{error:?}");
    // The connection that became free is used for what waited for it.
    assert_eq!(waiting.await.unwrap().unwrap().return_value, 32775);
}

#[tokio::test]
async fn a_call_that_waited_in_vain_for_a_connection_did_nothing() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(sim().script(script)).await;
    let client =
        builder(&host.url()).connections(1).total_timeout(Duration::from_secs(40)).build().unwrap();
    let hanging = tokio::spawn(resynchronize(&client).send());
    let waiting = tokio::spawn(resynchronize(&client).send());
    until(|| host.journal().len() == 1).await;
    advance(Duration::from_secs(41)).await;
    assert!(hanging.await.unwrap().unwrap_err().outcome_unknown());
    let error = waiting.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && !error.outcome_unknown(), "{error:?}");
    assert_eq!(host.journal().len(), 1);
}

#[tokio::test]
async fn a_host_that_sends_empty_pages_for_ever_is_left() {
    let host = ClearHost::start(Inventory::with_vms(600), Script::new(), |action, _, answer| {
        if action != "Pull" {
            return answer;
        }
        // Whatever it was, a fault because of the context included, it becomes an empty page.
        let answer = answer.replace("enumeration/fault", "enumeration/PullResponse");
        let (from, to) = (answer.find("<s:Body>").unwrap(), answer.find("</s:Body>").unwrap());
        let context = "<n:EnumerationContext>uuid:1</n:EnumerationContext><n:Items></n:Items>";
        let (head, tail) = (&answer[..from], &answer[to..]);
        format!("{head}<s:Body><n:PullResponse>{context}</n:PullResponse>{tail}")
    })
    .await;
    let service = ReplicationService::new(&host.client());
    let error = service.virtual_machines().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    let source = error.source().unwrap().to_string();
    assert!(source.contains("nothing on it"), "{source}");
}
