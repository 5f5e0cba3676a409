//! What the compiler proves of the public API.

#![expect(dead_code, reason = "it is enough that these compile")]

use hyperv_replica::{
    cim::{Instance, ResourceUri, wql::Select},
    client::{Client, ClientBuilder, Enumerating, Enumeration, Invocation},
    doctor,
    error::Error,
    job::{self, Job},
    msvm::replication_service::Resynchronize,
    replication::{Call, Invoked, ReplicationService, VirtualMachine, reconcile},
    wsman::Resource,
};

fn is_send<T: Send>(_: T) {}

const fn is_shared<T: Send + Sync + 'static>() {}

const fn is_cloned<T: Clone>() {}

#[test]
fn an_error_is_as_small_as_a_pointer() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

const _: () = {
    is_shared::<Client>();
    is_cloned::<Client>();
    is_shared::<ClientBuilder>();
    is_shared::<Enumerating>();
    is_shared::<Invocation>();
    is_shared::<Job>();
    is_shared::<Job<String>>();
    is_cloned::<Job<String>>();
    is_shared::<ReplicationService>();
    is_shared::<Invoked>();
    is_shared::<Error>();
};

/// The futures of all `async` functions can be spawned.
fn futures_are_send(
    client: &Client,
    resource: &Resource,
    class: &ResourceUri,
    query: &Select,
    instance: &Instance,
    mut enumeration: Enumeration,
    call: Invocation,
) {
    is_send(client.identify());
    is_send(client.authentication());
    is_send(doctor::examine(client));
    is_send(client.get(resource));
    is_send(client.find(resource));
    is_send(client.put(resource, instance));
    is_send(client.create(class, instance));
    is_send(client.delete(resource));
    is_send(client.query("", query).start());
    is_send(client.enumerate(class).collect());
    is_send(client.enumerate(class).references().collect());
    is_send(client.enumerate(class).with_references().collect());
    is_send(call.send());
    is_send(enumeration.next());
    is_send(enumeration.collect());
}

fn futures_of_jobs_are_send(job: &Job<Vec<String>>) {
    is_send(job.status());
    is_send(job.wait());
    is_send(job.wait_with(|_| {}));
    is_send(job.cancel());
    is_send(job::wait_all(std::slice::from_ref(job), |_, _| {}));
    is_send(Job::attach(job.client(), ""));
}

fn futures_of_replication_are_send(
    service: &ReplicationService,
    vm: &VirtualMachine,
    call: &Call<Resynchronize>,
    [reported, report_awaited, awaited]: [Invoked; 3],
    error: &Error,
) {
    is_send(service.virtual_machines());
    is_send(service.find_virtual_machine(""));
    is_send(service.read_again(vm));
    is_send(service.primary_host(vm));
    is_send(service.status());
    is_send(service.relationships_of(vm));
    is_send(service.recovery_points(vm));
    is_send(service.failover_adapters(vm));
    is_send(service.replica_server());
    is_send(service.service_settings());
    is_send(service.authorization_entries());
    is_send(service.find_authorization_entry(""));
    is_send(service.providers());
    is_send(call.clone().send());
    is_send(call.clone().report_unknown(error));
    is_send(reported.report());
    is_send(report_awaited.report_with(|_| {}));
    is_send(awaited.wait_with(|_| {}));
    is_send(reconcile(service.client(), error));
}
