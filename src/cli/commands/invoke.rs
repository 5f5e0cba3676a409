//! `hvr invoke`

use crate::{
    cim::{
        Output as Returned, Value,
        class::{Class, Method},
    },
    cli::{
        args::{ConnectionArgs, InvokeArgs},
        connect,
        failure::Failure,
        output::Output,
        parameter::{self, Given},
        slip::did_you_mean,
        value::{self, JsonOutput, block},
    },
    client::{Client, Invocation, VIRTUALIZATION},
    error::Context,
    mof,
    replication::ReturnCode,
    wsman::{Resource, ResourceUri},
};

/// The return value that says that a job was begun.
const JOB_STARTED: u32 = 4096;

/// A call, as far as it can be made without a client.
struct Call {
    resource: Resource,
    /// The class and the method, where the schema has both and is to be asked.
    known: Option<(&'static Class, &'static Method)>,
    method: String,
    arguments: Vec<(String, Value)>,
}

/// Calls a method and prints what it returns, or prints what would be sent.
pub(super) async fn run(
    connection: &ConnectionArgs,
    args: &InvokeArgs,
    output: &Output,
) -> Result<(), Failure> {
    // First of all what can be wrong with it: nothing is sent then, and nobody is asked for a password.
    let call = Call::new(args)?;
    if args.dry_run {
        if output.is_json() {
            return Err(Failure::usage("--dry-run prints XML: leave out -o json and -o ndjson"));
        }
        return output.xml(&call.envelope(connection)?);
    }
    let client = connect::client(connection, output)?;
    let returned = call.begin(&client).send().await?;
    value::warn_of(&returned.invalid, &format!("what {} returned", call.method), output);
    // That nobody reads it takes nothing away from how it ended.
    let printed = output.object(&JsonOutput(&returned), || call.text(&returned));
    match returned.return_value {
        0 => {}
        JOB_STARTED => {
            if let Some(id) = job_id(&returned) {
                output.step(&format!("hvr job wait {id} follows the job to its end"));
            }
        }
        value => {
            return Err(Failure::Returned {
                message: call.title(value),
                value,
                code: Invocation::known_class(&call.resource.uri).map(|_| ReturnCode::from(value)),
                context: Context {
                    host: Some(client.endpoint().to_string()),
                    operation: Some("Invoke"),
                    class: Some(call.resource.uri.class().to_owned()),
                    method: Some(call.method),
                },
            });
        }
    }
    printed.map_err(|failure| failure.after(returned.return_value))
}

impl Call {
    fn new(args: &InvokeArgs) -> Result<Self, Failure> {
        let (class, method) = args.names();
        let resource = args.keys.of(args.place.uri(class))?;
        let known = match Invocation::known_class(&resource.uri) {
            Some(class) if !args.untyped => find(class, method, &args.parameters)?,
            _ => None,
        };
        let why = if args.untyped {
            "the schema is left aside".to_owned()
        } else {
            not_known(&resource.uri)
        };
        let namespace = resource.uri.wmi_namespace().unwrap_or(VIRTUALIZATION);
        let arguments = parameter::values(&args.parameters, known.ok_or(&why), namespace)?;
        let method = known.map_or_else(|| method.to_owned(), |(_, method)| method.name.clone());
        Ok(Self { resource, known, method, arguments })
    }

    fn begin(&self, client: &Client) -> Invocation {
        let call = client.invoke(self.resource.clone(), &self.method);
        let call = if self.known.is_some() { call } else { call.untyped() };
        self.arguments.iter().fold(call, |call, (name, value)| call.parameter(name, value.clone()))
    }

    /// What would be sent, for people. Without a host it is addressed to nobody.
    fn envelope(&self, connection: &ConnectionArgs) -> Result<String, Failure> {
        let client = connect::client_without_host(connection)?;
        let mut envelope = self.begin(&client).envelope()?;
        if connection.host.is_none() {
            envelope.header.to = Some("http://HOST:5985/wsman".to_owned());
        }
        envelope
            .to_element()
            .to_pretty_xml()
            .map_err(|error| Failure::usage(format!("the call cannot be written: {error}")))
    }

    /// What the method returned, in one line.
    fn title(&self, value: u32) -> String {
        let name = self.known.and_then(|(_, method)| method.qualifiers.value_name(value.into()));
        let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{} returned {value}{name}", self.method)
    }

    fn text(&self, returned: &Returned) -> String {
        block(self.title(returned.return_value), &returned.parameters)
    }
}

/// That the schema lacks a class, which may be a slip of the pen.
fn not_known(uri: &ResourceUri) -> String {
    let is_place = |namespace: &str| namespace.eq_ignore_ascii_case(VIRTUALIZATION);
    let meant = if uri.wmi_namespace().is_some_and(is_place) {
        let known: Vec<_> = mof::schema().classes().map(|class| class.name.as_str()).collect();
        did_you_mean(uri.class(), &known)
    } else {
        String::new()
    };
    format!("the class {} is not known here{meant}", uri.class())
}

/// A class of the schema and its method. Of many classes the schema has only some methods: one that it lacks is no slip
/// of the pen where each parameter has its type.
fn find(
    class: &'static Class,
    method: &str,
    parameters: &[Given],
) -> Result<Option<(&'static Class, &'static Method)>, Failure> {
    if let Some(method) = mof::schema().find_method(&class.name, method) {
        return Ok(Some((class, method)));
    }
    if !parameters.is_empty() && parameters.iter().all(Given::is_typed) {
        return Ok(None);
    }
    let mut methods: Vec<_> = mof::schema()
        .ancestors(&class.name)
        .flat_map(|class| &class.methods)
        .map(|method| method.name.as_str())
        .collect();
    methods.sort_unstable();
    methods.dedup();
    let meant = did_you_mean(method, &methods);
    let has = if methods.is_empty() { "none".to_owned() } else { methods.join(", ") };
    Err(Failure::usage(format!(
        "no method {method} of {} is known here{meant}; it has {has}; where the host has it, give each parameter its type, as in \
         NAME:uint32=5, or add --untyped",
        class.name
    )))
}

/// The identifier of the job that the method began, where `hvr job` finds it.
fn job_id(returned: &Returned) -> Option<&str> {
    match returned.find("Job")? {
        // hvr job looks for jobs there alone.
        Value::Reference(job) if job.uri.wmi_namespace()?.eq_ignore_ascii_case(VIRTUALIZATION) => {
            job.selectors.find("InstanceID")
        }
        _ => None,
    }
}
