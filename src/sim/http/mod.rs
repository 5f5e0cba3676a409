//! The socket of the simulated host, the clock and randomness.

mod connection;
mod logon;
mod response;
mod tls;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    net::{TcpListener, ToSocketAddrs},
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
    time::Instant,
};

use self::{logon::Logon, tls::Tls};
use super::{Answer, Call, Inventory, Invocation, Provider, Replay, Script, limits};
use crate::auth::{
    Hardening, Secret, UserName,
    kerberos::{Keytab, Replays},
};

/// A simulated host that listens.
///
/// It speaks HTTP and demands sealed bodies by NTLM, or by Kerberos if it has keys, as a host with the default settings
/// of WinRM does; or TLS, within which bodies may be plain. Dropping it stops it.
///
/// ```
/// use std::time::Duration;
/// use hyperv_replica::sim::{Host, Inventory};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let host = Host::builder()
///     .user("admin", "secret")
///     .inventory(Inventory::sample())
///     .job_duration(Duration::from_secs(3))
///     .bind("127.0.0.1:0")
///     .await?;
///
/// assert!(host.url().starts_with("http://127.0.0.1:"));
/// // ... what is to be tried out ...
/// assert!(host.journal().is_empty(), "no method was executed");
/// host.shutdown().await;
/// # Ok::<_, hyperv_replica::sim::Error>(()) })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Host {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// What a host is to be like.
#[derive(Clone, Debug)]
pub struct HostBuilder {
    users: Vec<(UserName, Secret)>,
    keytab: Option<Keytab>,
    hardening: Hardening,
    basic: bool,
    tls: Option<Tls>,
    inventory: Inventory,
    script: Script,
    job_duration: Duration,
    idle_timeout: Duration,
    replay: Option<Replay>,
}

/// A host that could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Our caller named no user, so that nobody could be let in.
    #[error("the simulated host has no user; name one, or give it a keytab")]
    NoUser,
    /// Our caller's certificate or its key cannot be used.
    #[error("the certificate of the simulated host cannot be used; give it and its key as PEM")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Our caller wants passwords in clear.
    #[error("the simulated host takes Basic authentication over TLS only; give it a certificate")]
    BasicInClear,
    /// The system does not let us listen at the address.
    #[error("the simulated host cannot listen at this address; choose another, or port 0")]
    Bind(#[source] io::Error),
}

impl Host {
    /// Begins to describe a host: the sample inventory, jobs of 3 s, no users.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder {
            users: Vec::new(),
            keytab: None,
            hardening: Hardening::default(),
            basic: false,
            tls: None,
            inventory: Inventory::sample(),
            script: Script::new(),
            job_duration: Duration::from_secs(3),
            idle_timeout: Duration::from_secs(120),
            replay: None,
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT/wsman`, or the same with `https`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/wsman", self.address)
    }

    /// The methods that were executed, in order, also those whose answers never arrived. At most 10,000 are kept, the
    /// newest.
    #[must_use]
    pub fn journal(&self) -> Vec<Invocation> {
        match &*self.shared.service() {
            Service::Simulated(provider) => provider.journal().to_vec(),
            Service::Recorded(_) => Vec::new(),
        }
    }

    /// How many enumerations are open: neither read to their end nor released nor expired.
    #[must_use]
    pub fn open_enumerations(&self) -> usize {
        match &*self.shared.service() {
            Service::Simulated(provider) => provider.open_enumerations(self.shared.now()),
            Service::Recorded(_) => 0,
        }
    }

    /// How many connections there were.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many times somebody logged on, each of which made a security context.
    #[must_use]
    pub fn logons(&self) -> usize {
        self.shared.logons.load(Ordering::Relaxed)
    }

    /// How many exchanges of the recording nobody has asked for yet; 0 without a recording.
    #[must_use]
    pub fn unasked(&self) -> usize {
        match &*self.shared.service() {
            Service::Simulated(_) => 0,
            Service::Recorded(replay) => replay.left(),
        }
    }

    /// Stops it and waits until it no longer listens. Open connections are closed.
    pub async fn shutdown(mut self) {
        self.task.abort();
        // It was cancelled: there is no result to look at.
        drop((&mut self.task).await);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl HostBuilder {
    /// Adds a user: `name`, `DOMAIN\name` or `name@domain`. A name without a domain is an account of the host itself,
    /// whom clients may name with the host's name as the domain, too.
    #[must_use]
    pub fn user(mut self, name: &str, password: impl Into<Secret>) -> Self {
        self.users.push((name.into(), password.into()));
        self
    }

    /// Takes Kerberos as well, by the keys of the host's services.
    #[must_use]
    pub fn keytab(self, keytab: Keytab) -> Self {
        Self { keytab: Some(keytab), ..self }
    }

    /// Speaks TLS, with a certificate and its private key, both PEM.
    ///
    /// # Errors
    /// When they cannot be read, or do not belong together.
    pub fn tls(self, certificate: &[u8], key: &[u8]) -> Result<Self, Error> {
        Ok(Self { tls: Some(Tls::new(certificate, key)?), ..self })
    }

    /// Sets how much it insists on channel bindings over TLS (`CbtHardeningLevel`); relaxed, as a host is installed.
    #[must_use]
    pub fn hardening(self, hardening: Hardening) -> Self {
        Self { hardening, ..self }
    }

    /// Takes Basic authentication as well, over TLS.
    #[must_use]
    pub fn basic(self, basic: bool) -> Self {
        Self { basic, ..self }
    }

    /// Sets what is on the host.
    #[must_use]
    pub fn inventory(self, inventory: Inventory) -> Self {
        Self { inventory, ..self }
    }

    /// Sets what goes wrong.
    #[must_use]
    pub fn script(self, script: Script) -> Self {
        Self { script, ..self }
    }

    /// Sets how long a job takes.
    #[must_use]
    pub fn job_duration(self, job_duration: Duration) -> Self {
        Self { job_duration, ..self }
    }

    /// Answers as a recording has it, in the place of the inventory and its jobs, and of the script.
    #[must_use]
    pub fn replay(self, replay: Replay) -> Self {
        Self { replay: Some(replay), ..self }
    }

    /// Sets how long a connection may be idle before it is closed; 120 s, as HTTP.sys has it. It is also how long a
    /// client may take to send the head of a request.
    #[must_use]
    pub fn idle_timeout(self, idle_timeout: Duration) -> Self {
        Self { idle_timeout, ..self }
    }

    /// Starts the host. Port 0 lets the system choose one. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    /// Without a user and without a keytab, and when the address cannot be listened at.
    pub async fn bind(self, address: impl ToSocketAddrs) -> Result<Host, Error> {
        if self.users.is_empty() && self.keytab.is_none() {
            return Err(Error::NoUser);
        }
        if self.basic && self.tls.is_none() {
            return Err(Error::BasicInClear);
        }
        let listener = TcpListener::bind(address).await.map_err(Error::Bind)?;
        let address = listener.local_addr().map_err(Error::Bind)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the host's clock is set here and nowhere else"
        )]
        let started = Timestamp::now();
        let kerberos = self.keytab.is_some();
        let certificates = self.tls.iter().map(|tls| tls.certificate.clone()).collect();
        let shared = Arc::new(Shared {
            logon: Arc::new(Logon {
                computer: self.inventory.computer.clone(),
                users: self.users,
                keytab: self.keytab.map(Arc::new),
                replays: Arc::new(Replays::default()),
                hardening: self.hardening,
                binding: self.tls.as_ref().and_then(|tls| tls.binding),
                basic: self.basic,
            }),
            tls: self.tls,
            idle_timeout: self.idle_timeout,
            started,
            start: Instant::now(),
            connections: AtomicUsize::new(0),
            logons: AtomicUsize::new(0),
            service: Mutex::new(match self.replay {
                Some(replay) => Service::Recorded(replay),
                None => Service::Simulated(Box::new(
                    Provider::new(self.inventory, self.script, self.job_duration, started)
                        .logon(kerberos, self.basic, self.hardening)
                        .certificates(certificates),
                )),
            }),
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Host { address, shared, task })
    }
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    logon: Arc<Logon>,
    tls: Option<Tls>,
    idle_timeout: Duration,
    started: Timestamp,
    start: Instant,
    connections: AtomicUsize,
    logons: AtomicUsize,
    service: Mutex<Service>,
}

/// What answers requests.
#[derive(Debug)]
enum Service {
    Simulated(Box<Provider>),
    Recorded(Replay),
}

impl Service {
    /// Answers a request of an authenticated user.
    fn answer(&mut self, call: &Call<'_>, request: &[u8]) -> Answer {
        match self {
            Self::Simulated(provider) => provider.answer(call, request),
            Self::Recorded(replay) => replay.answer(call, request),
        }
    }

    /// Answers a request before authentication, which can only be Identify.
    fn anonymous(&self, request: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Simulated(_) => Provider::anonymous(request),
            Self::Recorded(replay) => replay.anonymous(request),
        }
    }
}

impl Shared {
    /// The present time: that of the start and what has passed since, so that it does not go backwards.
    fn now(&self) -> Timestamp {
        self.started.saturating_add(self.start.elapsed()).unwrap_or(Timestamp::MAX)
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections until it is cancelled, and they are cancelled with it. When there are as many as there may be,
/// further ones wait.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let free = Arc::new(Semaphore::new(limits::CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Ok(permit) = Arc::clone(&free).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    connection::serve(stream, shared).await;
                    drop(permit);
                });
            }
            // Of one connection that is gone already, or of too many open files: it passes.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
