//! Answers of hosts: recordings of real ones where they are given, and our own of the same shapes.
//!
//! `HVR_CAPTURES` names the folder of the recordings, which are not part of this package.

#![expect(
    clippy::print_stdout,
    reason = "which files were read shows with --nocapture, or where a test fails"
)]

mod captures;
mod fixtures;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use hyperv_replica::{
    cim::{Datetime, Instance, Output, Value, class::Schema},
    mof,
    soap::{Envelope, FaultCode},
    wsman::{
        Code, Enumerate, Error, Fault, Get, Invoke, Operation, Page, ProviderFault, Pull, Resource,
        ResourceUri, TRANSFER, read_answer,
    },
    xml::{Element, Limits, Name},
};

use crate::fixture;

use self::{
    captures::{CAPTURED_FAULTS, CAPTURES},
    fixtures::{FIXTURE_FAULTS, FIXTURES},
};

pub(crate) const V2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";
const SHELL: &str = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd";

#[test]
fn captures() {
    let Some(folder) = captures_folder() else {
        println!("captures: HVR_CAPTURES is not set, so no recording was read; fixtures were");
        return fixtures();
    };
    let mut files = BTreeMap::new();
    collect(&folder, &folder, &mut files);
    let mut read = 0;
    for (file, document) in &files {
        match Envelope::parse(document, Limits::default()) {
            Ok(_) => read += 1,
            Err(error) => assert_eq!(file, "winrm4j/win12.xml", "{error}"),
        }
    }
    let document = |file: &str| files.get(file).unwrap_or_else(|| panic!("there is no {file}"));
    for (file, check) in CAPTURES {
        println!("captures: {file}");
        check(document(file));
    }
    for (file, expected) in CAPTURED_FAULTS {
        println!("captures: {file}");
        expected.check(document(file));
    }
    println!(
        "captures: {read} of {} files read whole, values asserted in {}",
        files.len(),
        CAPTURES.len() + CAPTURED_FAULTS.len()
    );
}

#[expect(clippy::disallowed_methods, reason = "a test asks its runner where the recordings are")]
pub(crate) fn captures_folder() -> Option<PathBuf> {
    env::var_os("HVR_CAPTURES").map(PathBuf::from)
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

#[test]
fn fixtures() {
    for (file, check) in FIXTURES {
        println!("fixtures: {file}");
        check(&fixture(file));
    }
    for (file, expected) in FIXTURE_FAULTS {
        println!("fixtures: {file}");
        expected.check(&fixture(file));
    }
}

type Check = fn(&[u8]);

/// What a fault says.
struct Expected {
    code: FaultCode,
    subcode: Option<(&'static str, &'static str)>,
    number: Option<u32>,
    text: &'static str,
    machine: Option<&'static str>,
    /// The last segment of `w:FaultDetail`.
    detail: Option<&'static str>,
    /// Its name and the code inside it.
    provider: Option<(&'static str, Option<u32>)>,
}

/// A fault with neither detail nor provider, from a machine of which the test need not know the name.
const PLAIN: Expected = Expected {
    code: FaultCode::Sender,
    subcode: None,
    number: None,
    text: "",
    machine: None,
    detail: None,
    provider: None,
};

impl Expected {
    fn check(&self, document: &[u8]) {
        let envelope = envelope(document);
        let get = Get { resource: class("Msvm_ComputerSystem") };
        let message_id = envelope.header.relates_to.as_deref().unwrap_or("uuid:of-our-request");
        let Err(Error::Fault(fault)) = read_answer(&get, message_id, &envelope) else {
            panic!("no fault: {envelope:?}")
        };
        assert_eq!(fault.soap.code, self.code);
        let subcode = self.subcode.map(|(namespace, local)| Name::new(namespace, local));
        assert_eq!(fault.soap.subcode, subcode);
        assert_eq!(fault.code, self.number);
        assert_eq!(fault.text(), self.text);
        if self.machine.is_some() {
            assert_eq!(fault.machine.as_deref(), self.machine);
        }
        let detail = fault.fault_detail.as_deref().map(|uri| uri.rsplit('/').next().unwrap());
        assert_eq!(detail, self.detail);
        let provider = fault.provider.as_ref().map(|p| (p.provider.as_str(), p.code));
        assert_eq!(provider, self.provider);
        if let Some(provider) = &fault.provider {
            assert!(provider.path.starts_with(r"%systemroot%\system32\"));
        }
        for code in [self.number, self.provider.and_then(|(_, code)| code)].into_iter().flatten() {
            assert!(fault.has_code(code));
            assert!(fault.to_string().contains(Code(code).name().unwrap()));
        }
        assert!(!fault.has_code(0));
    }
}

#[test]
fn what_wmi_adds_to_a_fault_is_an_instance() {
    let mut documents = vec![(
        fixture("faults/extended_error.xml"),
        r#"SELECT * FROM Msvm_Nothing WHERE Name="x""#,
    )];
    if let Some(folder) = captures_folder() {
        let document = fs::read(folder.join("winrb/soap_fault_v2.xml")).unwrap();
        documents.push((document, r#"Select * from Win32_Processa where name="sshd.exe""#));
    }
    for (document, query) in documents {
        let fault = Fault::new(envelope(&document).fault().unwrap().unwrap());
        let ProviderFault { extended, status: typed, .. } = fault.provider.unwrap();
        let status = Instance::decode(&extended[0], mof::schema()).unwrap();
        assert_eq!((status.class(), extended.len()), ("__ExtendedStatus", 1));
        let typed = typed.unwrap();
        assert_eq!(typed.operation.as_deref(), Some("ExecQuery"));
        assert_eq!(typed.parameter_info.as_deref(), Some(query));
        assert_eq!(typed.provider_name.as_deref(), Some("WinMgmt"));
        assert_eq!((typed.code, typed.description), (None, None));
        assert_values(
            &status,
            &[
                ("Operation", text("ExecQuery")),
                ("ParameterInfo", text(query)),
                ("ProviderName", text("WinMgmt")),
                ("Description", Value::Null),
                ("StatusCode", Value::Null),
            ],
        );
    }
}

fn assert_values(instance: &Instance, expected: &[(&str, Value)]) {
    assert_eq!(instance.invalid, []);
    for (name, value) in expected {
        assert_eq!(instance.find(name), Some(value), "{name}");
    }
}

/// Demands that an instance has these values, NULL in these properties, and nothing else.
fn assert_whole(instance: &Instance, expected: &[(&str, Value)], nulls: &str) {
    let nulls = nulls.split_whitespace().map(|name| (name, Value::Null));
    let expected: Vec<_> = expected.iter().cloned().chain(nulls).collect();
    assert_values(instance, &expected);
    assert_eq!(instance.properties.len(), expected.len());
}

/// The row of the host itself: nothing but its name, which is no GUID, tells it from a VM in every language.
fn assert_host(host: &Instance, name: &str) {
    assert_values(
        host,
        &[
            ("Name", text(name)),
            ("ReplicationState", Value::Null),
            ("ReplicationMode", Value::Null),
            ("ProcessID", Value::Null),
            ("EnabledState", Value::UInt16(2)),
        ],
    );
    assert!(!is_guid(name));
    assert_eq!((host.small("ReplicationState"), host.time("InstallDate")), (None, None));
}

fn assert_affected(element: &Instance, vm: &str, job: &str, effect: u16) {
    let vm = class("Msvm_ComputerSystem")
        .selector("CreationClassName", "Msvm_ComputerSystem")
        .selector("Name", vm);
    let job = class("Msvm_ConcreteJob").selector("InstanceID", job);
    assert_values(
        element,
        &[
            ("AffectedElement", Value::Reference(vm)),
            ("AffectingElement", Value::Reference(job)),
            ("ElementEffects", Value::Array(vec![Value::UInt16(effect)])),
        ],
    );
}

fn assert_switch(document: &[u8], name: &str) {
    let invoke = invoke("Msvm_VirtualEthernetSwitchManagementService", "DefineSystem");
    let output = output(&answered(&invoke, document), &invoke);
    let switch = class("Msvm_VirtualEthernetSwitch")
        .selector("CreationClassName", "Msvm_VirtualEthernetSwitch")
        .selector("Name", name);
    assert_eq!(output.return_value, 0);
    assert_eq!(output.find("Job"), Some(&Value::Null));
    assert_eq!(output.find("ResultingSystem"), Some(&Value::Reference(switch)));
    assert_eq!(output.find("ReturnValue"), None);
}

fn assert_config(document: &[u8], expected: &[(&[&str], &str)]) {
    let uri = ResourceUri::new("http://schemas.microsoft.com/wbem/wsman/1/config");
    let config = answered(&Get { resource: Resource::new(uri.clone()) }, document);
    assert!(config.is(uri.as_str(), "Config"));
    for (path, value) in expected {
        let find = |element, local: &&str| Element::find(element, uri.as_str(), local);
        let element = path.iter().try_fold(&config, find).unwrap_or_else(|| panic!("{path:?}"));
        assert_eq!(element.text, *value, "{path:?}");
    }
}

fn assert_shell(envelope: &Envelope, id: &str) {
    let created = &envelope.body[0];
    assert!(created.is(TRANSFER, "ResourceCreated"));
    let shell = Resource::new(ResourceUri::new(SHELL)).selector("ShellId", id);
    assert_eq!(Resource::from_children(created), Ok(shell));
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn time(value: &str) -> Value {
    Value::Datetime(value.parse::<Datetime>().unwrap())
}

fn is_guid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}

fn class(name: &str) -> Resource {
    Resource::new(ResourceUri::wmi("root/virtualization/v2", name))
}

fn envelope(document: &[u8]) -> Envelope {
    Envelope::parse(document, Limits::default()).unwrap()
}

/// Reads an answer as that to the request that it says it answers.
fn answered<O: Operation>(operation: &O, document: &[u8]) -> O::Answer {
    let envelope = envelope(document);
    let message_id = envelope.header.relates_to.clone().unwrap();
    read_answer(operation, &message_id, &envelope).unwrap()
}

fn instance(element: &Element) -> Instance {
    Instance::decode(element, mof::schema()).unwrap()
}

/// The one instance of a page, and the context.
fn pulled(document: &[u8], name: &str) -> (Instance, Option<String>) {
    let pull = Pull::new(class(name), String::new());
    let page = answered(&pull, document);
    assert_eq!(page.items.len(), 1);
    let instance = instance(&page.items[0]);
    assert_eq!(instance.uri, class(name).uri);
    (instance, page.context)
}

fn enumerated(document: &[u8]) -> Page {
    let resource = class("Msvm_AffectedJobElement");
    answered(&Enumerate::new(resource), document).page
}

fn invoke(name: &str, method: &str) -> Invoke {
    let resource = class(name);
    let input = Element::new(resource.uri.as_str(), format!("{method}_INPUT"));
    Invoke { resource, method: method.to_owned(), input }
}

/// The output of a method of Hyper-V, or of one of two that it has besides those of the schema.
fn output(element: &Element, invoke: &Invoke) -> Output {
    let others = "
        class Msvm_ImageManagementService {
            uint32 CreateVirtualHardDisk([In] string VirtualDiskSettingData,
                [In(false), Out] CIM_ConcreteJob REF Job);
        };
        class Msvm_VirtualEthernetSwitchManagementService {
            uint32 DefineSystem([In] string SystemSettings,
                [In(false), Out] CIM_ComputerSystem REF ResultingSystem,
                [In(false), Out] CIM_ConcreteJob REF Job);
        };";
    let others = Schema::from_classes(mof::parse(others).unwrap().classes).unwrap();
    let find =
        |schema: &Schema| schema.find_method(invoke.resource.uri.class(), &invoke.method).cloned();
    let method = find(mof::schema()).or_else(|| find(&others)).unwrap();
    Output::decode(element, &method).unwrap()
}
