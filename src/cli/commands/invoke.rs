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
        parameter,
        value::{JsonOutput, block},
    },
    client::{Client, Invocation, VIRTUALIZATION},
    error::Context,
    mof,
    replication::ReturnCode,
    wsman::Resource,
};

/// The return value that says that a job was begun.
const JOB_STARTED: u32 = 4096;

/// A call, as far as it can be made without a client.
struct Call {
    resource: Resource,
    /// The class and the method, where the schema has the class.
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
        return output.text(&call.envelope(connection)?);
    }
    let client = connect::client(connection, output)?;
    let returned = call.begin(&client).send().await?;
    output.object(&JsonOutput(&returned), || call.text(&returned))?;
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
                code: call.known.map(|_| ReturnCode::from(value)),
                context: Context {
                    host: Some(client.endpoint().to_string()),
                    operation: Some("Invoke"),
                    class: Some(call.resource.uri.class().to_owned()),
                    method: Some(call.method),
                },
            });
        }
    }
    Ok(())
}

impl Call {
    fn new(args: &InvokeArgs) -> Result<Self, Failure> {
        let (class, method) = args.names();
        let resource = args.keys.of(args.place.uri(class))?;
        let known = match Invocation::known_class(&resource.uri) {
            Some(class) => Some((class, find(class, method)?)),
            None => None,
        };
        let namespace = resource.uri.wmi_namespace().unwrap_or(VIRTUALIZATION);
        let arguments = parameter::values(&args.parameters, known, namespace)?;
        let method = known.map_or_else(|| method.to_owned(), |(_, method)| method.name.clone());
        Ok(Self { resource, known, method, arguments })
    }

    fn begin(&self, client: &Client) -> Invocation {
        let call = client.invoke(self.resource.clone(), &self.method);
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

/// The method of a class of the schema.
fn find(class: &Class, method: &str) -> Result<&'static Method, Failure> {
    mof::schema().find_method(&class.name, method).ok_or_else(|| {
        let mut methods: Vec<_> = mof::schema()
            .ancestors(&class.name)
            .flat_map(|class| &class.methods)
            .map(|method| method.name.as_str())
            .collect();
        methods.sort_unstable();
        methods.dedup();
        let has = if methods.is_empty() { "none".to_owned() } else { methods.join(", ") };
        Failure::usage(format!("{} has no method {method}; it has {has}", class.name))
    })
}

/// The identifier of the job that the method began.
fn job_id(returned: &Returned) -> Option<&str> {
    match returned.find("Job")? {
        Value::Reference(job) => job.selectors.find("InstanceID"),
        _ => None,
    }
}
