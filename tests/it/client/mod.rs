//! The client against simulated hosts.

mod busy;
mod cut;
mod enumeration;
mod kerberos;
mod line;
mod misbehaving;
mod observer;
mod pool;
mod repetition;
mod tickets;
mod typed;

use std::collections::HashSet;

use hyperv_replica::{
    auth::Credentials,
    cim::{
        ResourceUri, Value,
        wql::{Condition, Select},
    },
    client::{Client, Invocation, VIRTUALIZATION},
    error::ErrorKind,
    sim::Inventory,
    wsman::Resource,
};

use crate::host::{Proxy, builder, client, sim, start, until};

const VM: &str = "Msvm_ComputerSystem";
const SERVICE: &str = "Msvm_ReplicationService";

fn class(name: &str) -> ResourceUri {
    ResourceUri::wmi(VIRTUALIZATION, name)
}

fn vm(id: &str) -> Resource {
    Resource::new(class(VM)).selector("CreationClassName", VM).selector("Name", id)
}

/// The identifier of a virtual machine of an inventory, by its number.
fn id(number: u32) -> String {
    format!("56495254-0000-4000-8000-{number:012X}")
}

fn service() -> Resource {
    Resource::new(class(SERVICE)).selector("CreationClassName", SERVICE)
}

/// A call of the method, on the first virtual machine of an inventory, which needs it.
fn resynchronize(client: &Client) -> Invocation {
    client
        .invoke(service(), "Resynchronize")
        .parameter("ComputerSystem", Value::Reference(vm(&id(1))))
}

#[tokio::test]
async fn identifies_the_host_once_it_is_authenticated() {
    let host = start(sim()).await;
    let identity = client(&host.url()).identify().await.unwrap();
    assert_eq!(identity.product_vendor.as_deref(), Some("Microsoft Corporation"));
    assert_eq!(identity.product_version.as_deref(), Some("OS: 10.0.20348 SP: 0.0 Stack: 3.0"));
}

#[tokio::test]
async fn gets_an_instance() {
    let host = start(sim()).await;
    let instance = client(&host.url()).get(&vm(&id(1))).await.unwrap();
    assert_eq!(instance.text("ElementName"), Some("web01"));
    assert_eq!(instance.small("ReplicationState"), Some(9));
    assert_eq!(instance.invalid, []);
}

#[tokio::test]
async fn what_is_missing_is_a_fault_to_get_and_nothing_to_find() {
    let host = start(sim()).await;
    let client = client(&host.url());
    assert_eq!(client.find(&vm(&id(99))).await.unwrap(), None);
    let error = client.get(&vm(&id(99))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert!(error.fault().unwrap().has_code(2_150_858_752));
    assert!(!error.outcome_unknown());
    assert_eq!(error.to_string(), "the host refused the request");
    let context = error.context();
    assert_eq!(context.host, Some(host.url()));
    assert_eq!((context.operation, context.class.as_deref()), (Some("Get"), Some(VM)));
}

#[tokio::test]
async fn find_takes_only_a_missing_instance_for_nothing() {
    let host = start(sim()).await;
    let error = client(&host.url())
        .find(&Resource::new(class(VM)).selector("Colour", "red"))
        .await
        .unwrap_err();
    assert!(error.fault().unwrap().has_code(2_150_858_843), "{error:?}");
}

#[tokio::test]
async fn reads_a_query_over_many_pages_without_loss_or_repetition() {
    let host = start(sim().inventory(Inventory::with_vms(600))).await;
    let proxy = Proxy::start(&host).await;
    let query = Select::all_of(VM).unwrap();
    let rows = client(&proxy.url()).query(VIRTUALIZATION, &query).collect().await.unwrap();
    assert_eq!(rows.len(), 601, "600 virtual machines, and the host itself");
    let names: HashSet<_> = rows.iter().map(|row| row.text("Name").unwrap()).collect();
    assert_eq!(names.len(), 601);
    assert_eq!(proxy.counts().total, 1);
    assert_eq!(host.open_enumerations(), 0);
}

#[tokio::test]
async fn a_query_gives_what_its_condition_selects() {
    let host = start(sim()).await;
    let condition = Condition::equals("ElementName", "SQL01").unwrap();
    let query = Select::all_of(VM).unwrap().filter(condition);
    let client = client(&host.url());
    let mut rows = client.query(VIRTUALIZATION, &query).start().await.unwrap();
    assert_eq!(rows.next().await.unwrap().unwrap().text("Name"), Some(id(2).as_str()));
    assert_eq!(rows.next().await.unwrap(), None);
    assert_eq!(rows.next().await.unwrap(), None, "the end stays the end");
}

#[tokio::test]
async fn enumerates_a_class() {
    let host = start(sim()).await;
    let rows = client(&host.url()).enumerate(&class(VM)).collect().await.unwrap();
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row.class() == VM));
}

#[tokio::test]
async fn a_class_that_is_missing_is_a_fault() {
    let host = start(sim()).await;
    let error = client(&host.url()).enumerate(&class("Msvm_Nothing")).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert_eq!(error.context().class.as_deref(), Some("Msvm_Nothing"));
}

#[tokio::test]
async fn references_have_the_full_key_over_many_pages() {
    let host = start(sim().inventory(Inventory::with_vms(300))).await;
    let client = client(&host.url());
    let services = client.enumerate(&class(SERVICE)).references().collect().await.unwrap();
    let [service] = services.as_slice() else { panic!("{services:?}") };
    let names: Vec<_> = service.selectors.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"]);

    let vms = client.enumerate(&class(VM)).references().collect().await.unwrap();
    assert_eq!(vms.len(), 301);
    assert_eq!(vms[300], vm(&id(300)));
}

#[tokio::test]
async fn invokes_a_method() {
    let host = start(sim()).await;
    let output = resynchronize(&client(&host.url())).send().await.unwrap();
    assert_eq!(output.return_value, 4096);
    assert!(matches!(output.find("Job"), Some(Value::Reference(_))));
    let journal = host.journal();
    assert_eq!(journal.len(), 1);
    assert_eq!(journal[0].method, "Resynchronize");
}

#[tokio::test]
async fn a_return_value_that_means_failure_is_no_error_of_the_call() {
    let host = start(sim()).await;
    let call = client(&host.url())
        .invoke(service(), "Resynchronize")
        .parameter("ComputerSystem", Value::Reference(vm(&id(5))));
    assert_eq!(call.send().await.unwrap().return_value, 32775);
}

#[tokio::test]
async fn what_a_method_of_the_schema_does_not_take_is_never_sent() {
    let client = client("127.0.0.1:1"); // where nobody listens
    for call in [
        resynchronize(&client).parameter("Colour", Value::Null),
        client.invoke(service(), "Resynchronize"),
        client
            .invoke(service(), "Resynchronize")
            .parameter("ComputerSystem", Value::String("web01".to_owned())),
    ] {
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error:?}");
        assert!(!error.outcome_unknown());
        assert_eq!(error.context().operation, Some("Invoke"));
    }
}

#[test]
fn what_a_call_would_send_can_be_seen_without_credentials() {
    let client = builder("hv01").credentials(Credentials::none()).build().unwrap();
    let envelope = resynchronize(&client).envelope().unwrap();
    assert_eq!(envelope.header.to.as_deref(), Some("http://hv01:5985/wsman"));
    let action = envelope.header.action.unwrap();
    assert!(action.ends_with("/Msvm_ReplicationService/Resynchronize"), "{action}");
    let names: Vec<_> = envelope.body[0].children.iter().map(|child| child.name.local()).collect();
    assert_eq!(names, ["ComputerSystem", "StartTime"]);
    let error = client.invoke(service(), "Resynchronize").envelope().unwrap_err();
    assert_eq!((error.kind(), error.context().operation), (ErrorKind::Usage, Some("Invoke")));
}

#[test]
fn a_method_that_the_schema_lacks_or_that_is_untyped_gets_what_is_given() {
    let client = builder("hv01").credentials(Credentials::none()).build().unwrap();
    for call in
        [client.invoke(service(), "Explode"), client.invoke(service(), "Resynchronize").untyped()]
    {
        let call = call.parameter("B", Value::UInt8(1)).parameter("A", Value::Null);
        let envelope = call.envelope().unwrap();
        let names: Vec<_> = envelope.body[0].children.iter().map(|c| c.name.local()).collect();
        assert_eq!(names, ["B", "A"]);
    }
}

#[test]
fn a_class_is_known_in_the_namespace_of_hyper_v_alone() {
    let known = |namespace: &str, name: &str| {
        Invocation::known_class(&ResourceUri::wmi(namespace, name)).map(|class| &*class.name)
    };
    assert_eq!(known(r"ROOT\virtualization\v2", "msvm_computersystem"), Some(VM));
    assert_eq!(known("root/cimv2", "CIM_Service"), None);
    assert_eq!(known(VIRTUALIZATION, "Msvm_Toaster"), None);
}

#[tokio::test]
async fn an_enumeration_that_is_dropped_is_released() {
    let host = start(sim().inventory(Inventory::with_vms(300))).await;
    let client = client(&host.url());
    let mut rows = client.enumerate(&class(VM)).start().await.unwrap();
    rows.next().await.unwrap().unwrap();
    assert_eq!(host.open_enumerations(), 1);
    drop(rows);
    until(|| host.open_enumerations() == 0).await;
}

#[tokio::test]
async fn an_enumeration_can_be_released_for_certain() {
    let host = start(sim().inventory(Inventory::with_vms(300))).await;
    let client = client(&host.url());
    let rows = client.enumerate(&class(VM)).page_size(3).start().await.unwrap();
    assert_eq!(host.open_enumerations(), 1);
    rows.release().await.unwrap();
    assert_eq!(host.open_enumerations(), 0);

    let mut rows = client.enumerate(&class(SERVICE)).start().await.unwrap();
    rows.next().await.unwrap().unwrap();
    rows.release().await.unwrap();
}

#[test]
fn an_enumeration_may_be_dropped_outside_a_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_host, rows) = runtime.block_on(async {
        let host = start(sim().inventory(Inventory::with_vms(300))).await;
        let rows = client(&host.url()).enumerate(&class(VM)).start().await.unwrap();
        (host, rows)
    });
    drop(rows);
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let host = start(sim()).await;
    let proxy = Proxy::start(&host).await;
    let client = builder(&proxy.url())
        .credentials(Credentials::ntlm(r"EXAMPLE\admin", "wrong"))
        .build()
        .unwrap();
    let error = resynchronize(&client).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.to_string(), r"the host did not let EXAMPLE\admin in");
    assert!(!error.outcome_unknown());
    assert_eq!(proxy.counts().total, 1);
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_by_many_calls_at_a_time() {
    let host = start(sim()).await;
    let proxy = Proxy::start(&host).await;
    let client = builder(&proxy.url())
        .credentials(Credentials::ntlm(r"EXAMPLE\admin", "wrong"))
        .build()
        .unwrap();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.identify().await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err().kind(), ErrorKind::Authentication);
    }
    assert_eq!(proxy.counts().total, 1);
}

#[tokio::test]
async fn a_host_that_does_not_listen_is_a_connect_error() {
    let error = client("127.0.0.1:1").identify().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.to_string(), "the host cannot be reached");
    assert_eq!(error.context().host.as_deref(), Some("http://127.0.0.1:1/wsman"));
}

#[test]
fn basic_over_http_needs_clear_text_by_name() {
    let basic = || builder("hv01").credentials(Credentials::basic("admin", "secret"));
    let error = basic().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(!format!("{error} {error:?}").contains("secret"));
    basic().dangerous_clear_text(true).build().unwrap();
}
