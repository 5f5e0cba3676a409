//! What can be typed.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help, which is read in a terminal"
)]

use std::{
    convert::Infallible, io::IsTerminal as _, net::SocketAddr, path::PathBuf, time::Duration,
};

use clap::{
    ArgGroup, Args as ClapArgs, ColorChoice, Parser, Subcommand, ValueEnum,
    builder::NonEmptyStringValueParser, value_parser,
};
use jiff::Timestamp;

use super::{
    parameter::Given,
    target::{Keys, Place, Target, class_name},
};
use crate::{
    client::{Pin, Proxy, ProxyError},
    recording::Recording,
};

/// Hyper-V Replica from a shell: talks to Hyper-V hosts over WS-Management (WinRM).
#[derive(Debug, Parser)]
#[command(
    name = "hvr",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "Examples:\n  hvr --host hv01 --user 'EXAMPLE\\admin' --password-file secret resync web01\n  hvr --host https://hv01 --user admin --pin sha256:HEX vm list\n  hvr --host https://hv01 --auth certificate --client-cert admin.pem --client-key admin.key vm list\n  hvr --host hv01 --user admin --proxy socks5h://127.0.0.1:1080 vm list\n\nTry it without a host: hvr demo"
)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) connection: ConnectionArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// How the host is reached.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Connection")]
pub(super) struct ConnectionArgs {
    /// The host: NAME (http, port 5985, sealed bodies), NAME:PORT, or a URL such as https://NAME
    #[arg(long, global = true, env = "HVR_HOST", value_name = "HOST")]
    pub(super) host: Option<String>,
    /// The user: DOMAIN\user, user@domain, or user for an account of the host
    #[arg(long, global = true, env = "HVR_USER", value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    pub(super) user: Option<String>,
    /// Read the password from a file, without its last line end; HVR_PASSWORD_FILE and HVR_PASSWORD do, too
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "password_stdin")]
    pub(super) password_file: Option<PathBuf>,
    /// Read the password from standard input, without its last line end
    #[arg(long, global = true)]
    pub(super) password_stdin: bool,
    /// The mechanism
    #[arg(long, global = true, env = "HVR_AUTH", value_enum, default_value_t = Auth::Auto)]
    pub(super) auth: Auth,
    /// Use the keys of a Kerberos principal (--user, else the first) in a keytab file; HVR_KEYTAB does, too
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["password_file", "password_stdin", "ccache"])]
    pub(super) keytab: Option<PathBuf>,
    /// Use the Kerberos tickets of a cache, FILE or FILE:PATH; HVR_CCACHE does, too, and KRB5CCNAME without a password
    #[arg(long, global = true, value_name = "CACHE", conflicts_with_all = ["password_file", "password_stdin"])]
    pub(super) ccache: Option<String>,
    /// The Kerberos realm of the user
    #[arg(long, global = true, env = "HVR_REALM", value_name = "REALM", value_parser = NonEmptyStringValueParser::new())]
    pub(super) realm: Option<String>,
    /// A KDC of the realm, HOST or HOST:PORT; more than once for several. Else krb5.conf (KRB5_CONFIG) or DNS names them
    #[arg(long, global = true, env = "HVR_KDC", value_name = "KDC", value_delimiter = ',')]
    pub(super) kdc: Vec<String>,
    /// The service principal name of the host, such as host/hv01.example.com; else host/, HTTP/ and WSMAN/ are tried
    #[arg(long, global = true, env = "HVR_SPN", value_name = "SPN", value_parser = NonEmptyStringValueParser::new())]
    pub(super) spn: Option<String>,
    /// Never use NTLM where the mechanism leaves it open
    #[arg(long, global = true)]
    pub(super) no_ntlm: bool,
    /// When to seal bodies: auto seals over http, where nothing else protects them
    #[arg(long, global = true, env = "HVR_SEALING", value_enum, default_value_t = Sealing::Auto)]
    pub(super) sealing: Sealing,
    /// Trust the certificates in a PEM file, besides those of the system (https)
    #[arg(long, global = true, env = "HVR_CA", value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// Trust the host's certificate by its SHA-256 alone, sha256:HEX, whoever issued it and whatever its name and dates;
    /// more than once for several (https)
    #[arg(long, global = true, env = "HVR_PIN", value_name = "PIN", value_delimiter = ',')]
    pub(super) pin: Vec<Pin>,
    /// Trust any certificate: everybody on the way can be the host (https)
    #[arg(long, global = true)]
    pub(super) dangerous_accept_invalid_certs: bool,
    /// Show a client certificate: a PEM file with it, those that issued it, and the private key unless --client-key has it
    /// (https)
    #[arg(long, global = true, env = "HVR_CLIENT_CERT", value_name = "FILE")]
    pub(super) client_cert: Option<PathBuf>,
    /// The private key of the client certificate, a PEM file
    #[arg(long, global = true, env = "HVR_CLIENT_KEY", value_name = "FILE")]
    pub(super) client_key: Option<PathBuf>,
    /// Go through a proxy: http://HOST:PORT (to https hosts), socks5://HOST:PORT, or socks5h://HOST:PORT, which resolves
    /// names itself; with USER:PASSWORD@ before HOST, better by HVR_PROXY. Else HTTPS_PROXY and NO_PROXY count (https)
    #[arg(long, global = true, env = "HVR_PROXY", value_name = "URL", hide_env_values = true, value_parser = proxy)]
    pub(super) proxy: Option<Result<Proxy, ProxyError>>,
    /// Go through no proxy, whatever the environment names
    #[arg(long, global = true)]
    pub(super) no_proxy: bool,
    /// How long the host may take for one request, such as 90s or 5m; we wait a few seconds longer
    #[arg(long, global = true, env = "HVR_TIMEOUT", value_name = "TIME", default_value = "60s", value_parser = time_out)]
    pub(super) timeout: Duration,
    /// How long a connection may take to come about
    #[arg(long, global = true, env = "HVR_CONNECT_TIMEOUT", value_name = "TIME", default_value = "10s", value_parser = time_out)]
    pub(super) connect_timeout: Duration,
    /// How long a call may take as a whole, with connecting and repetitions; else as long as two requests
    #[arg(long, global = true, env = "HVR_TOTAL_TIMEOUT", value_name = "TIME", value_parser = time_out)]
    pub(super) total_timeout: Option<Duration>,
    /// Send bodies in clear over http, and believe answers in clear
    #[arg(long, global = true)]
    pub(super) dangerous_clear_text: bool,
    /// Record what is exchanged with the host, in a folder that is new or empty; names are replaced by pseudonyms
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) record: Option<PathBuf>,
    /// Keep names, addresses and secrets in the recording
    #[arg(long, global = true)]
    pub(super) dangerous_record_names: bool,
    /// The recording of this run.
    #[arg(skip)]
    pub(super) recording: Option<Recording>,
}

/// How things are printed.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// The form of the output
    #[arg(short, long, global = true, env = "HVR_OUTPUT", value_enum, default_value_t = Format::Table)]
    pub(super) output: Format,
    /// Print nothing but data and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Log to stderr; more often for more, -vvv shows the messages
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Show no progress bar
    #[arg(long, global = true)]
    pub(super) no_progress: bool,
    /// When to use colours
    #[arg(long = "color", global = true, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

impl OutputArgs {
    /// Whether stderr gets colours.
    pub(super) fn color(&self) -> bool {
        match self.color {
            ColorChoice::Auto => std::io::stderr().is_terminal(),
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Auth {
    /// Kerberos if a keytab or ticket is named or a KDC of the user's realm issues one, else NTLM
    Auto,
    /// SPNEGO: Kerberos, if there is a ticket, and NTLM are offered, and the host chooses
    Negotiate,
    /// Kerberos and nothing else
    Kerberos,
    /// NTLMv2
    Ntlm,
    /// The password in every request; over https
    Basic,
    /// A client certificate in place of a user; over https
    Certificate,
}

/// When bodies are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Sealing {
    /// Over http
    Auto,
    /// Over https, too
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people; it may change
    Table,
    /// One JSON value; stable
    Json,
    /// One JSON value in each line; stable
    Ndjson,
    /// The answers of the host as they come; only for the commands on any class
    Xml,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask the host what it is
    #[command(
        after_help = "Examples:\n  hvr --host hv01 --user admin identify\n  hvr --host hv01 identify --unauthenticated"
    )]
    Identify {
        /// Ask without credentials; the host hides the version of its system then
        #[arg(long)]
        unauthenticated: bool,
    },
    /// Find out why a host cannot be operated; changes nothing, and without a user looks at what can be seen without
    #[command(
        after_help = "Examples:\n  hvr doctor hv01 --user 'EXAMPLE\\admin'\n  hvr doctor https://hv01.example.com\n  hvr doctor hv01 --user admin -o json | jq '.findings[] | select(.severity == \"error\")'"
    )]
    Doctor {
        /// The host, in place of --host
        #[arg(id = "doctor_host", value_name = "HOST", value_parser = NonEmptyStringValueParser::new())]
        host: Option<String>,
    },
    /// Read one instance of any class
    #[command(
        after_help = "Example:\n  hvr --host hv01 --user admin get Msvm_ReplicationService -o json"
    )]
    Get(GetArgs),
    /// List the instances of any class, or what a query selects
    #[command(
        after_help = "Examples:\n  hvr --host hv01 --user admin enumerate Msvm_ReplicationRelationship --properties InstanceID,ReplicationState\n  hvr --host hv01 --user admin enumerate --wql \"SELECT * FROM Msvm_ComputerSystem WHERE EnabledState = 2\" -o ndjson"
    )]
    Enumerate(EnumerateArgs),
    /// List what is associated with an instance
    #[command(
        after_help = "Example:\n  hvr --host hv01 --user admin associators Msvm_ComputerSystem -s Name=56495254-0000-4000-8000-000000000001 --result-class Msvm_ReplicationRelationship"
    )]
    Associators(AssociatorsArgs),
    /// List the associations of an instance themselves
    #[command(
        after_help = "Example:\n  hvr --host hv01 --user admin references Msvm_ComputerSystem -s Name=56495254-0000-4000-8000-000000000001"
    )]
    References(ReferencesArgs),
    /// Call a method of any class
    #[command(
        long_about = "Call a method of any class.\n\n\
            A parameter is given as NAME=VALUE, an array by repeating it. NAME=null is NULL, NAME=@FILE the text of a \
            file without its last line end, NAME=@@X the text @X. A reference is CLASS.KEY=\"VALUE\",... or a WMI object path; a \
            datetime is RFC 3339, an ISO 8601 duration, or the 25 characters of DMTF. The parameters of a method that no \
            schema here has need their types: NAME:TYPE=VALUE, such as NAME:uint32=5, NAME:string=null for the text null, or \
            NAME:string[]=X for an array of one.",
        after_help = "Examples:\n  hvr --host hv01 --user admin invoke Msvm_ReplicationService Resynchronize -p 'ComputerSystem=Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"56495254-0000-4000-8000-000000000001\"'\n  hvr --host hv01 --user admin invoke --namespace root/cimv2 Win32_Process Create -p CommandLine:string=hostname.exe --dry-run"
    )]
    Invoke(InvokeArgs),
    /// Virtual machines
    #[command(subcommand, after_help = "Example:\n  hvr --host hv01 --user admin vm list")]
    Vm(VmCommand),
    /// Resynchronize a virtual machine with its replica
    #[command(
        long_about = "Resynchronize a virtual machine with its replica: the disks are compared, and what differs is sent. Follows the job to its end.",
        after_help = "Examples:\n  hvr --host hv01 --user admin resync web01\n  hvr --host hv01 --user admin resync web01 --at 2026-12-01T22:00:00+01:00"
    )]
    Resync(ResyncArgs),
    /// Jobs: what a host does in the background
    #[command(
        subcommand,
        after_help = "Example:\n  hvr --host hv01 --user admin job show 1F0C8C3A-4C0B-4F0E-9C3B-0D8C5C0F5D11"
    )]
    Job(JobCommand),
    /// Say what a code of WS-Management, WMI, Windows or a method means, and what to do about it, or what a class has
    #[command(
        after_help = "Examples:\n  hvr explain 2150858843\n  hvr explain 0x80041003\n  hvr explain access_denied\n  hvr explain Msvm_ReplicationRelationship"
    )]
    Explain {
        /// The code: decimal, hexadecimal, negative, or a name; or the name of a class
        #[arg(allow_negative_numbers = true)]
        code: String,
    },
    /// A simulated Hyper-V host
    #[command(
        subcommand,
        after_help = "Example:\n  hvr sim serve --user admin --password-file secret"
    )]
    Sim(SimCommand),
    /// Serve a recording as a host, until interrupted; --user and the password are what it accepts
    #[command(
        long_about = "Serve a recording as a host, until interrupted; --user and the password are what it accepts. Each recorded request is answered as it was, in the order of the recording; any other gets a fault that says so.",
        after_help = "Example:\n  hvr replay hv01 --listen 127.0.0.1:15985 --user admin --password-file secret"
    )]
    Replay(ReplayArgs),
    /// Show it all, against a simulated host on this machine
    #[command(after_help = "Example:\n  hvr demo")]
    Demo,
}

impl Command {
    /// What is typed after `hvr` for it.
    pub(super) const fn path(&self) -> &'static str {
        match self {
            Self::Identify { .. } => "identify",
            Self::Doctor { .. } => "doctor",
            Self::Get(_) => "get",
            Self::Enumerate(_) => "enumerate",
            Self::Associators(_) => "associators",
            Self::References(_) => "references",
            Self::Invoke(_) => "invoke",
            Self::Vm(VmCommand::List) => "vm list",
            Self::Resync(_) => "resync",
            Self::Job(JobCommand::Show { .. }) => "job show",
            Self::Job(JobCommand::Wait { .. }) => "job wait",
            Self::Job(JobCommand::Cancel { .. }) => "job cancel",
            Self::Explain { .. } => "explain",
            Self::Sim(SimCommand::Serve(_)) => "sim serve",
            Self::Replay(_) => "replay",
            Self::Demo => "demo",
        }
    }

    /// Whether it sends anything to the host of the options.
    pub(super) const fn sends(&self) -> bool {
        match self {
            Self::Explain { .. } | Self::Sim(_) | Self::Replay(_) | Self::Demo => false,
            Self::Invoke(invoke) => !invoke.dry_run,
            _ => true,
        }
    }

    /// Whether it prints what the host answers, so that the answers themselves can take the place of it.
    pub(super) const fn has_answers(&self) -> bool {
        matches!(
            self,
            Self::Get(_)
                | Self::Enumerate(_)
                | Self::Associators(_)
                | Self::References(_)
                | Self::Invoke(_)
        )
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct GetArgs {
    #[command(flatten)]
    pub(super) target: Target,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["class", "wql", "resource_uri"]))]
pub(super) struct EnumerateArgs {
    /// The class; instances of its subclasses come, too
    #[arg(conflicts_with_all = ["wql", "resource_uri"], value_parser = class_name)]
    pub(super) class: Option<String>,
    /// What a WQL query selects, instead of all instances of a class
    #[arg(long, value_name = "QUERY", value_parser = NonEmptyStringValueParser::new())]
    pub(super) wql: Option<String>,
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    pub(super) list: ListArgs,
}

#[derive(Debug, ClapArgs)]
pub(super) struct AssociatorsArgs {
    #[command(flatten)]
    pub(super) target: Target,
    /// Only along associations of this class
    #[arg(long, value_name = "CLASS", value_parser = class_name)]
    pub(super) assoc_class: Option<String>,
    /// Only results of this class
    #[arg(long, value_name = "CLASS", value_parser = class_name)]
    pub(super) result_class: Option<String>,
    /// Only where the instance is what this property of the association refers to
    #[arg(long, value_name = "PROPERTY", value_parser = class_name)]
    pub(super) role: Option<String>,
    /// Only where the result is what this property of the association refers to
    #[arg(long, value_name = "PROPERTY", value_parser = class_name)]
    pub(super) result_role: Option<String>,
    #[command(flatten)]
    pub(super) list: ListArgs,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ReferencesArgs {
    #[command(flatten)]
    pub(super) target: Target,
    /// Only associations of this class
    #[arg(long, visible_alias = "assoc-class", value_name = "CLASS", value_parser = class_name)]
    pub(super) result_class: Option<String>,
    /// Only where the instance is what this property of the association refers to
    #[arg(long, value_name = "PROPERTY", value_parser = class_name)]
    pub(super) role: Option<String>,
    #[command(flatten)]
    pub(super) list: ListArgs,
}

/// How much of a list, and what of each item.
#[derive(Debug, ClapArgs)]
pub(super) struct ListArgs {
    /// References instead of instances: the full keys, as the host writes them
    #[arg(long, conflicts_with = "properties")]
    pub(super) epr: bool,
    /// The reference with each instance
    #[arg(long, conflicts_with = "epr")]
    pub(super) with_epr: bool,
    /// How many to ask the host for at once; it sends fewer where they would not fit into an envelope
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
    pub(super) page_size: u32,
    /// No more than so many; the host need not send more, either
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub(super) limit: Option<u32>,
    /// Only these properties, in this order, as a table
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = class_name)]
    pub(super) properties: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct InvokeArgs {
    /// The class; left out where --resource-uri is given
    #[arg(value_name = "CLASS", value_parser = class_name)]
    first: String,
    /// The method
    #[arg(required_unless_present = "resource_uri", conflicts_with = "resource_uri", value_parser = class_name)]
    method: Option<String>,
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    pub(super) keys: Keys,
    /// A parameter; see above for what can be written
    #[arg(short, long = "parameter", value_name = "NAME=VALUE")]
    pub(super) parameters: Vec<Given>,
    /// Leave aside what the schema says of the method: the parameters are sent as they are given
    #[arg(long)]
    pub(super) untyped: bool,
    /// Print the envelope that would be sent, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl InvokeArgs {
    /// The class, unless the resource URI has it, and the method.
    pub(super) fn names(&self) -> (Option<&str>, &str) {
        match &self.method {
            Some(method) => (Some(&self.first), method),
            None => (None, &self.first),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum VmCommand {
    /// Every virtual machine: name, identifier, state, and how it is replicated
    #[command(after_help = "Example:\n  hvr --host hv01 --user admin vm list -o json")]
    List,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ResyncArgs {
    /// The virtual machine, by name or GUID
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(super) vm: String,
    /// Begin at this time, as RFC 3339 has it, such as 2026-12-01T22:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<Timestamp>,
    /// Do not wait for the end
    #[arg(long)]
    pub(super) no_wait: bool,
    /// Wait no longer than this for the end, such as 90s or 2h; the job goes on
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "no_wait")]
    pub(super) wait_timeout: Option<Duration>,
    /// Act on the extended relationship of a replica: to its own replica
    #[arg(long)]
    pub(super) extended: bool,
}

impl ResyncArgs {
    /// At once, and to the end.
    pub(super) fn of(vm: &str) -> Self {
        Self { vm: vm.to_owned(), at: None, no_wait: false, wait_timeout: None, extended: false }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum JobCommand {
    /// Show a job
    #[command(
        after_help = "Example:\n  hvr --host hv01 --user admin job show 1F0C8C3A-4C0B-4F0E-9C3B-0D8C5C0F5D11"
    )]
    Show {
        /// The identifier of the job, a GUID
        id: String,
    },
    /// Wait for the end of a job
    #[command(
        after_help = "Example:\n  hvr --host hv01 --user admin job wait 1F0C8C3A-4C0B-4F0E-9C3B-0D8C5C0F5D11 --wait-timeout 1h"
    )]
    Wait {
        /// The identifier of the job, a GUID
        id: String,
        /// Wait no longer than this, such as 90s or 2h; the job goes on
        #[arg(long, value_name = "TIME", value_parser = duration)]
        wait_timeout: Option<Duration>,
    },
    /// Cancel a job; the host decides whether it can be
    #[command(
        after_help = "Example:\n  hvr --host hv01 --user admin job cancel 1F0C8C3A-4C0B-4F0E-9C3B-0D8C5C0F5D11 --wait"
    )]
    Cancel {
        /// The identifier of the job, a GUID
        id: String,
        /// Wait for the end of the job: the host may take the wish long before it
        #[arg(long)]
        wait: bool,
        /// Wait no longer than this, such as 90s or 2h; the job goes on until it is cancelled
        #[arg(long, value_name = "TIME", value_parser = duration, requires = "wait")]
        wait_timeout: Option<Duration>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum SimCommand {
    /// Serve a simulated host until interrupted; --user and the password are what it accepts
    #[command(
        after_help = "Examples:\n  hvr sim serve --listen 127.0.0.1:15985 --user admin --password-file secret\n  hvr sim serve --user admin --password-file secret --tls-cert host.pem --cbt strict\n  hvr sim serve --host-keytab host.keytab"
    )]
    Serve(ServeArgs),
}

#[derive(Debug, ClapArgs)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 means any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// How many virtual machines there are; without it, the few of the demonstration
    #[arg(long, value_name = "N")]
    pub(super) vms: Option<u32>,
    /// How many seconds a job takes
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    pub(super) job_seconds: f64,
    /// Speak TLS with this certificate, a PEM file that may hold its key as well
    #[arg(long, value_name = "FILE")]
    pub(super) tls_cert: Option<PathBuf>,
    /// The private key of the certificate, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(super) tls_key: Option<PathBuf>,
    /// Accept Kerberos as well, by the keys of this keytab; no --user is needed then
    #[arg(long, value_name = "FILE")]
    pub(super) host_keytab: Option<PathBuf>,
    /// How much to insist on channel bindings over TLS
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Cbt::Relaxed, requires = "tls_cert")]
    pub(super) cbt: Cbt,
    /// Accept Basic authentication as well, over TLS
    #[arg(long, requires = "tls_cert")]
    pub(super) basic: bool,
    /// Once it listens, write a line `NAME URL` into this file
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
}

/// The levels of `CbtHardeningLevel`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Cbt {
    /// Look at none
    None,
    /// Refuse wrong ones, and let in who sends none
    Relaxed,
    /// Let in only who sends the right one
    Strict,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ReplayArgs {
    /// The folder of the recording
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Where to listen; port 0 means any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// Once it listens, write a line `replay URL` into this file
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
}

/// A time-out of nothing would let no request through.
fn time_out(text: &str) -> Result<Duration, String> {
    match duration(text) {
        Ok(Duration::ZERO) => Err("it must be longer than nothing".to_owned()),
        result => result.map_err(|error| error.to_string()),
    }
}

/// Always succeeds: clap would print a value that it does not take, and this one may hold a password.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks for")]
fn proxy(text: &str) -> Result<Result<Proxy, ProxyError>, Infallible> {
    Ok(text.parse())
}

fn duration(text: &str) -> Result<Duration, humantime::DurationError> {
    humantime::parse_duration(text)
}
