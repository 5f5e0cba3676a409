//! Where Kerberos finds its realm, its KDCs and its tickets.

use std::{
    collections::HashMap,
    fs, io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::timeout;

use crate::{
    auth::{
        Env, UserName,
        kerberos::{
            Acquire, Acquisition, CcacheName, Config, Include, Principal, Ticket, TicketError,
            Tickets,
        },
    },
    error::{Error, ErrorKind, Result},
    transport::{
        dns,
        kdc::{self, KdcAddress, KdcTimes},
    },
};

/// How Kerberos is done: the realm, its KDCs and the configuration of the machine.
///
/// What is left out comes from `krb5.conf`, which is read when Kerberos is first needed: the files that `KRB5_CONFIG`
/// names, else `/etc/krb5.conf`. KDCs that it does not name are looked up in DNS (`_kerberos._tcp.REALM`), unless it
/// says `dns_lookup_kdc = false`.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Kerberos {
    realm: Option<String>,
    kdcs: Vec<KdcAddress>,
    config: Option<Arc<Config>>,
}

impl Kerberos {
    /// All by the configuration of the machine.
    pub fn new() -> Self {
        Self::default()
    }

    /// The realm of the user, such as `EXAMPLE.COM`. Needed for a user without one, and for `DOMAIN\user` where no realm
    /// that is known begins with the name of the domain.
    pub fn realm(self, realm: impl Into<String>) -> Self {
        Self { realm: Some(realm.into()), ..self }
    }

    /// Adds a KDC of the user's realm: `HOST` or `HOST:PORT`, port 88 otherwise. With one, the configuration and DNS are
    /// not asked for those of this realm.
    ///
    /// # Errors
    /// If it is no such address.
    pub fn kdc(mut self, address: &str) -> Result<Self> {
        self.kdcs.push(address.parse().map_err(|reason: String| {
            Error::new(ErrorKind::Usage, format!("the KDC cannot be used: {reason}"))
        })?);
        Ok(self)
    }

    /// The configuration, in the place of that of the machine.
    pub fn config(self, config: Config) -> Self {
        Self { config: Some(Arc::new(config)), ..self }
    }
}

/// How long a KDC may take to accept a connection, and to answer.
const KDC_TIMES: KdcTimes =
    KdcTimes { connect: Duration::from_secs(3), answer: Duration::from_secs(10) };
/// How long DNS may take.
const DNS_TIME: Duration = Duration::from_secs(2);

impl Kerberos {
    /// Itself with a configuration: its own, else that of the machine.
    pub(super) fn configured(&self) -> Result<Configured> {
        let config = match &self.config {
            Some(config) => Arc::clone(config),
            None => Arc::new(machine_config().map_err(|(path, reason)| {
                let message = format!("{path} cannot be read: {reason}");
                Error::new(ErrorKind::Usage, message)
            })?),
        };
        Ok(Configured { kerberos: self.clone(), config, found: Mutex::default() })
    }
}

/// Kerberos as it is done, with nothing left open.
#[derive(Debug)]
pub(super) struct Configured {
    kerberos: Kerberos,
    config: Arc<Config>,
    /// The KDCs of realms, once they are found; the one that answered last comes first.
    found: Mutex<HashMap<String, Vec<KdcAddress>>>,
}

impl Configured {
    /// The principal that a user is, if the realm can be told.
    pub(super) fn principal(&self, user: &UserName) -> Option<Principal> {
        let named = self.kerberos.realm.as_deref();
        let in_realm = |name: &str, realm: &str| Some(Principal::new([name], realm));
        if !user.domain().is_empty() {
            let upper = user.domain().to_uppercase();
            // The DNS name of a domain is that of its realm; a NetBIOS name has no dot.
            let by_name = upper.contains('.').then_some(upper.as_str());
            let realm = named.or_else(|| self.realm_of_domain(user.domain())).or(by_name)?;
            return in_realm(user.name(), realm);
        }
        match (user.name().rsplit_once('@'), named) {
            // A suffix that is no realm belongs to the name: an enterprise name.
            (Some((name, suffix)), Some(realm)) if suffix.eq_ignore_ascii_case(realm) => {
                in_realm(name, realm)
            }
            (_, Some(realm)) => in_realm(user.name(), realm),
            // Realms are in upper case, unless one is configured otherwise.
            (Some((name, suffix)), None) => {
                let is_known = self.config.realms().any(|realm| realm == suffix);
                let upper = suffix.to_uppercase();
                in_realm(name, if is_known { suffix } else { &upper })
            }
            (None, None) => None,
        }
    }

    /// The principal of a user without a domain, which is an account of the host to other mechanisms.
    pub(super) fn principal_in_default_realm(&self, user: &UserName) -> Option<Principal> {
        self.principal(user).or_else(|| {
            let realm = self.config.default_realm()?;
            user.domain().is_empty().then(|| Principal::new([user.name()], realm))
        })
    }

    /// The realm of a domain, which is named by its `NetBIOS` or DNS name.
    fn realm_of_domain(&self, domain: &str) -> Option<&str> {
        self.config.realms().chain(self.config.default_realm()).find(|realm| {
            let first_label = realm.split('.').next().unwrap_or_default();
            realm.eq_ignore_ascii_case(domain) || first_label.eq_ignore_ascii_case(domain)
        })
    }

    /// The names of the WinRM service of a host, in the order in which Windows' own client and others try them.
    pub(super) fn services(&self, host: &str) -> Vec<Principal> {
        // A dot at the end says that the name is whole, and is no part of it.
        let host = host.strip_suffix('.').unwrap_or(host);
        let realm = self.config.realm_of_host(host).unwrap_or_default();
        ["host", "HTTP", "WSMAN"].map(|service| Principal::new([service, host], realm)).into()
    }

    /// Whether a KDC of the user's realm is known.
    pub(super) async fn knows(&self, realm: &str) -> Result<bool> {
        self.kdcs(realm, realm).await.map(|kdcs| !kdcs.is_empty())
    }

    /// The KDCs of a realm, for a user of that realm or of another one. Those that were found are not looked for again.
    async fn kdcs(&self, realm: &str, of_user: &str) -> Result<Vec<KdcAddress>> {
        if let Some(kdcs) = self.found().get(realm) {
            return Ok(kdcs.clone());
        }
        let kdcs = self.find_kdcs(realm, of_user).await?;
        if !kdcs.is_empty() {
            self.found().insert(realm.to_owned(), kdcs.clone());
        }
        Ok(kdcs)
    }

    /// Those that were named, else those of the configuration, else those of DNS.
    async fn find_kdcs(&self, realm: &str, of_user: &str) -> Result<Vec<KdcAddress>> {
        let of_named = self.kerberos.realm.as_deref().unwrap_or(of_user);
        if !self.kerberos.kdcs.is_empty() && of_named.eq_ignore_ascii_case(realm) {
            return Ok(self.kerberos.kdcs.clone());
        }
        let configured = self.config.kdcs(realm);
        if !configured.is_empty() {
            let parse = |text: &String| {
                text.parse().map_err(|reason: String| {
                    let message = format!("a KDC of the realm {realm} cannot be used: {reason}");
                    Error::new(ErrorKind::Usage, message)
                })
            };
            // Over UDP we do not speak, and an address of the web is another protocol.
            let usable = configured
                .iter()
                .filter(|kdc| !kdc.starts_with("udp/") && !kdc.starts_with("https://"));
            return usable.map(parse).collect();
        }
        if !self.config.dns_lookup_kdc() {
            return Ok(Vec::new());
        }
        let servers = dns::servers().unwrap_or_default();
        Ok(timeout(DNS_TIME, dns::kdcs(realm, &servers)).await.unwrap_or_default())
    }

    fn found(&self) -> MutexGuard<'_, HashMap<String, Vec<KdcAddress>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks a KDC of a realm. The next request goes to the one that answered, and not again to those that are dead.
    async fn ask(
        &self,
        realm: String,
        of_user: &str,
        request: &[u8],
    ) -> Result<(Vec<u8>, KdcAddress)> {
        let mut kdcs = self.kdcs(&realm, of_user).await?;
        let answer = kdc::exchange(&kdcs, request, KDC_TIMES).await;
        let (answer, kdc) = answer.map(|(answer, kdc)| (answer, kdc.clone())).map_err(|error| {
            self.found().remove(&realm);
            let message = format!("no KDC of the realm {realm} can be reached");
            Error::new(ErrorKind::Connect, message).with_source(error)
        })?;
        tracing::debug!(%realm, %kdc, "a KDC answered");
        // The others keep their order.
        kdcs.sort_by_key(|other| *other != kdc);
        self.found().insert(realm, kdcs);
        Ok((answer, kdc))
    }

    /// Gets a ticket, by those at hand first, keeps what was got on the way, and says which KDC was asked last, if one had
    /// to be.
    pub(super) async fn acquire(
        &self,
        acquisition: Acquisition,
        at_hand: &[Ticket],
        tickets: &Tickets,
    ) -> Result<(Ticket, Option<String>)> {
        let client = acquisition.client().clone();
        let mut acquisition = acquisition.and_tickets(at_hand);
        let of_user = acquisition.client().realm().to_owned();
        let mut reply = None;
        let mut asked = None;
        loop {
            match step(&mut acquisition, reply.as_deref())? {
                Acquire::Ask { realm, request } => {
                    let (answer, kdc) = self.ask(realm, &of_user, &request).await?;
                    asked = Some(kdc.to_string());
                    reply = Some(answer);
                }
                Acquire::Done { ticket, new } => {
                    tickets.store(&client, new);
                    return Ok((*ticket, asked));
                }
            }
        }
    }
}

fn step(acquisition: &mut Acquisition, reply: Option<&[u8]>) -> Result<Acquire> {
    let mut no_randomness = None;
    #[expect(clippy::disallowed_methods, reason = "the client is an I/O layer")]
    let step = acquisition.step(
        reply,
        &mut Env {
            now: std::time::SystemTime::now(),
            random: &mut |buffer| no_randomness = getrandom::getrandom(buffer).err(),
            channel_binding: None,
            target_name: None,
            workstation: None,
        },
    );
    match no_randomness {
        Some(error) => {
            let message = "the system gives no random bytes";
            Err(Error::new(ErrorKind::Usage, message).with_source(error))
        }
        None => Ok(step?),
    }
}

/// The configuration of the machine; an empty one where there is none. A failure has the path and the reason.
#[expect(clippy::disallowed_methods, reason = "the client is an I/O layer")]
fn machine_config() -> std::result::Result<Config, (String, String)> {
    let mut config = Config::default();
    let paths = std::env::var("KRB5_CONFIG").unwrap_or_default();
    let is_named = !paths.is_empty();
    let paths = if is_named { paths.as_str() } else { "/etc/krb5.conf" };
    let mut missing = None;
    let mut is_read = !is_named;
    for path in paths.split(':') {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            // Of several files some may be missing, as for MIT.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                missing = Some((path.to_owned(), error.to_string()));
                continue;
            }
            Err(error) => return Err((path.to_owned(), error.to_string())),
        };
        is_read = true;
        config
            .read(&text, &mut read_included)
            .map_err(|error| (path.to_owned(), error.to_string()))?;
    }
    match missing {
        Some(missing) if !is_read => Err(missing),
        _ => Ok(config),
    }
}

fn read_included(include: Include<'_>) -> std::result::Result<Vec<String>, String> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    match include {
        Include::File(path) => Ok(vec![read(Path::new(path))?]),
        Include::Folder(path) => {
            let entries = fs::read_dir(path).map_err(|error| format!("{path}: {error}"))?;
            let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            paths.retain(|path| {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let is_word = |name: &str| {
                    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                };
                is_word(name) || !name.starts_with('.') && name.ends_with(".conf")
            });
            paths.sort();
            paths.iter().map(|path| read(path)).collect()
        }
    }
}

/// The credential cache of whoever runs this: what `KRB5CCNAME` names, else `default_ccache_name` of the configuration,
/// else `/tmp/krb5cc_` and the user's number. There need not be one. Nothing where the number cannot be told.
///
/// # Errors
/// If it is of a kind that is not in a file.
#[expect(clippy::disallowed_methods, reason = "the client is an I/O layer")]
pub fn default_ccache() -> std::result::Result<Option<CcacheName>, TicketError> {
    if let Ok(name) = std::env::var("KRB5CCNAME")
        && !name.is_empty()
    {
        return name.parse().map(Some);
    }
    let Some(user) = user_number() else { return Ok(None) };
    let config = machine_config().unwrap_or_default();
    let name = config.default_ccache_name().unwrap_or("/tmp/krb5cc_%{uid}");
    // Those that a program has to expand for us may lead anywhere, and so to nothing.
    name.replace("%{uid}", &user).parse().map(Some)
}

#[cfg(target_os = "linux")]
fn user_number() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    Some(fs::metadata("/proc/self").ok()?.uid().to_string())
}

#[cfg(not(target_os = "linux"))]
fn user_number() -> Option<String> {
    None
}
