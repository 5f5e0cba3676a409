//! The simulated host: its provider fed with envelopes, without a socket and on a clock of the tests, and the host
//! itself over TCP.

mod associations;
mod enumerate;
mod get;
mod header;
mod http;
mod invoke;
mod job;
mod logon;
mod rows;
mod script;
mod server;
mod state;
mod statistics;
mod transfer;
mod wql;

use std::time::Duration;

use hyperv_replica::{
    cim::{Instance, Output, Value, encode_input, encode_untyped_input},
    mof,
    sim::{Answer, Call, Inventory, Provider, Script},
    soap::Envelope,
    wsman::{
        Enumerate, Error, Fault, Filter, Get, Invoke, Operation, Page, Pull, RequestHeader,
        Resource, ResourceUri, read_answer,
    },
    xml::Limits,
};
use jiff::Timestamp;
use uuid::Uuid;

const V2: &str = "root/virtualization/v2";
const WEB01: &str = "56495254-0000-4000-8000-000000000001";
const JOB_DURATION: Duration = Duration::from_secs(10);

/// A provider with a clock that the test turns.
struct Bench {
    provider: Provider,
    now: Timestamp,
    user: &'static str,
    calls: u128,
}

impl Bench {
    fn new(inventory: Inventory, script: Script) -> Self {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let provider = Provider::new(inventory, script, JOB_DURATION, now);
        Self { provider, now, user: "admin", calls: 0 }
    }

    fn sample() -> Self {
        Self::new(Inventory::sample(), Script::new())
    }

    fn scripted(script: Script) -> Self {
        Self::new(Inventory::sample(), script)
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    fn send(&mut self, request: &[u8]) -> Answer {
        self.calls += 2;
        let call = Call {
            user: self.user,
            now: self.now,
            message_id: Uuid::from_u128(self.calls),
            new_id: Uuid::from_u128(self.calls + 1),
        };
        self.provider.answer(&call, request)
    }

    /// Sends an operation whose envelope is changed first.
    fn send_changed<O: Operation>(
        &mut self,
        operation: &O,
        change: impl FnOnce(&mut Envelope),
    ) -> Answer {
        let mut envelope = header().envelope(operation);
        change(&mut envelope);
        self.send(&envelope.to_bytes().unwrap())
    }

    fn run<O: Operation>(&mut self, operation: &O) -> Result<O::Answer, Box<Fault>> {
        let answer = self.send_changed(operation, |_| {});
        let envelope = Envelope::parse(&answer.body, Limits::default()).unwrap();
        match read_answer(operation, &header().message_id, &envelope) {
            Ok(read) => {
                assert_eq!(answer.status, 200);
                Ok(read)
            }
            Err(Error::Fault(fault)) => {
                assert_eq!(answer.status, 500);
                Err(fault)
            }
            Err(error) => panic!("{error:?} in {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    fn get(&mut self, resource: Resource) -> Result<Instance, Box<Fault>> {
        let element = self.run(&Get { resource })?;
        Ok(Instance::decode(&element, mof::schema()).unwrap())
    }

    /// The first page of a query, with room for all.
    fn query(&mut self, query: &str) -> Result<Page, Box<Fault>> {
        self.run(&enumerate(query, Some(1000))).map(|enumerated| enumerated.page)
    }

    /// The values of a property in the rows of a query.
    fn column(&mut self, query: &str, property: &str) -> Vec<String> {
        let instances = self.query(query).unwrap().items;
        let read = |item| Instance::decode(item, mof::schema()).unwrap();
        let value = |instance: Instance| instance.find(property).unwrap().to_string();
        instances.iter().map(read).map(value).collect()
    }

    /// Calls a method with arguments that need not be what it takes.
    fn call(
        &mut self,
        resource: Resource,
        method: &str,
        arguments: &[(&str, Value)],
    ) -> Result<Output, Box<Fault>> {
        let input = encode_untyped_input(&resource.uri, method, arguments);
        let declared = mof::schema().find_method(resource.uri.class(), method).unwrap();
        let output = self.run(&Invoke { input, resource, method: method.to_owned() })?;
        Ok(Output::decode(&output, declared).unwrap())
    }

    /// Calls a method of the service, and gives its return value.
    fn serve(&mut self, method: &str, arguments: &[(&str, Value)]) -> u32 {
        self.call(service(), method, arguments).unwrap().return_value
    }

    /// The one instance that a query gives.
    fn one(&mut self, query: &str) -> Instance {
        let items = self.query(query).unwrap().items;
        assert_eq!(items.len(), 1, "{query}");
        Instance::decode(&items[0], mof::schema()).unwrap()
    }

    fn resynchronize(
        &mut self,
        vm: &str,
        start: Value,
    ) -> Result<(u64, Option<Resource>), Box<Fault>> {
        let output = self.run(&resynchronize(vm, start))?;
        let uri = service().uri;
        let child = |name| output.find(uri.as_str(), name).unwrap();
        let job = Resource::from_children(child("Job")).ok();
        Ok((child("ReturnValue").text.parse().unwrap(), job))
    }

    /// The replication state of a virtual machine, which both classes that have it agree on.
    fn state(&mut self, vm: &str) -> u64 {
        let system = self.get(vm_resource(vm)).unwrap();
        let id = format!(r"Microsoft:{vm}\HVR\0");
        let relationship = class("Msvm_ReplicationRelationship").selector("InstanceID", id);
        let relationship = self.get(relationship).unwrap();
        let state = system.number("ReplicationState").unwrap();
        assert_eq!(relationship.number("ReplicationState"), Some(state));
        assert_eq!(relationship.number("ReplicationHealth"), system.number("ReplicationHealth"));
        state
    }
}

fn header() -> RequestHeader {
    RequestHeader {
        to: "http://hv01:5985/wsman".to_owned(),
        message_id: "uuid:11111111-2222-4333-8444-555555555555".to_owned(),
        session_id: None,
        max_envelope_size: 512_000,
        operation_timeout: Duration::from_secs(60),
    }
}

fn class(class: &str) -> Resource {
    Resource::new(ResourceUri::wmi(V2, class))
}

fn vm_resource(id: &str) -> Resource {
    class("Msvm_ComputerSystem").selector("Name", id)
}

fn service() -> Resource {
    let name = "Msvm_ReplicationService";
    class(name).selector("CreationClassName", name)
}

fn enumerate(query: &str, optimize: Option<u32>) -> Enumerate {
    Enumerate {
        filter: Some(Filter::Wql(query.to_owned())),
        optimize,
        ..Enumerate::new(class("*"))
    }
}

fn pull(context: &str, max_elements: Option<u32>) -> Pull {
    Pull { max_elements, ..Pull::new(class("*"), context.to_owned()) }
}

fn resynchronize(vm: &str, start: Value) -> Invoke {
    let resource = service();
    let method = mof::schema().find_method("Msvm_ReplicationService", "Resynchronize").unwrap();
    let arguments = [("ComputerSystem", Value::Reference(vm_resource(vm))), ("StartTime", start)];
    Invoke {
        input: encode_input(&resource.uri, method, &arguments).unwrap(),
        resource,
        method: "Resynchronize".to_owned(),
    }
}

/// The identifier of a virtual machine of the sample, by its number.
fn vm(number: u8) -> String {
    format!("56495254-0000-4000-8000-{number:012}")
}

/// CIM-XML of an instance, its properties as name, type and value.
fn embedded(class: &str, properties: &[(&str, &str, &str)]) -> Value {
    let properties = properties.iter().map(|(name, ty, value)| {
        format!(r#"<PROPERTY NAME="{name}" TYPE="{ty}"><VALUE>{value}</VALUE></PROPERTY>"#)
    });
    let properties: String = properties.collect();
    Value::String(format!(r#"<INSTANCE CLASSNAME="{class}">{properties}</INSTANCE>"#))
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

/// The fault of an answer.
fn fault(answer: &Answer) -> Fault {
    assert_eq!(answer.status, 500);
    let envelope = Envelope::parse(&answer.body, Limits::default()).unwrap();
    Fault::new(envelope.fault().unwrap().unwrap())
}
