//! The pool of authenticated connections.

use std::{
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use super::login::Login;
use crate::{
    error::{Error, ErrorKind},
    transport::{self, Answer, Connection, Settings},
    wsman::Identify,
};

/// A host closes a connection after about 120 s without a request; after this time ours are closed before it does.
const RETIRE_AFTER: Duration = Duration::from_secs(100);
/// A connection that was idle for this long is proven by a harmless request before a method goes out on it.
const PROVE_AFTER: Duration = Duration::from_secs(15);

/// At most so many connections to one host, each with one request at a time.
///
/// A wrong password is tried once, also by many calls at a time: hosts lock accounts after a few. So until the host
/// accepted the credentials there is one connection, and once the credentials were refused there is none any more.
pub(super) struct Pool {
    login: Login,
    settings: Arc<Settings>,
    connections: usize,
    permits: Semaphore,
    accepted: Once,
    idle: Mutex<Vec<(Connection, Instant)>>,
}

/// A connection for one request. Dropping it closes the connection, unless it was given back.
pub(super) struct Lease<'a> {
    connection: Connection,
    pool: &'a Pool,
    request_timeout: Duration,
    _permit: SemaphorePermit<'a>,
}

impl Pool {
    pub(super) fn new(login: Login, settings: Settings, connections: usize) -> Self {
        Self {
            login,
            settings: Arc::new(settings),
            connections,
            permits: Semaphore::new(1),
            accepted: Once::new(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Waits for a free connection, or makes one. `for_change`: an idle one is proven first. `fresh`: only a new one.
    pub(super) async fn lease(
        &self,
        for_change: bool,
        fresh: bool,
        request_timeout: Duration,
        deadline: Instant,
    ) -> Result<Lease<'_>, Error> {
        let permit = match timeout_at(deadline, self.permits.acquire()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(self.refused()),
            Err(_) => {
                return Err(Error::new(ErrorKind::Timeout, "no connection became free in time"));
            }
        };
        let mut idle = if fresh { None } else { self.take_idle() };
        if for_change
            && let Some((connection, since)) = &mut idle
            && since.elapsed() >= PROVE_AFTER
            && let Err(error) = self.prove(connection, limit(request_timeout, deadline)).await
        {
            if self.permits.is_closed() {
                return Err(error);
            }
            tracing::debug!(%error, "an idle connection is gone");
            idle = None;
        }
        let connection = match idle {
            Some((connection, _)) => connection,
            None => self.open(request_timeout, deadline).await?,
        };
        Ok(Lease { connection, pool: self, request_timeout, _permit: permit })
    }

    async fn open(
        &self,
        request_timeout: Duration,
        deadline: Instant,
    ) -> Result<Connection, Error> {
        let open = async {
            let proof = self.login.proof().await?;
            let open = Connection::open(Arc::clone(&self.settings), proof, request_timeout);
            open.await.map_err(|error| self.describe(error))
        };
        match timeout_at(deadline, open).await {
            Ok(Ok(connection)) => {
                if self.login.is_proven_by_opening() {
                    self.accepted();
                }
                Ok(connection)
            }
            Ok(Err(error)) => {
                if self.login.is_refused() {
                    self.permits.close();
                }
                Err(error)
            }
            Err(_) => {
                Err(Error::new(ErrorKind::Timeout, "the connection to the host took too long"))
            }
        }
    }

    async fn prove(&self, connection: &mut Connection, limit: Duration) -> Result<(), Error> {
        let identify = Identify::default().envelope().to_bytes()?;
        connection.exchange(&identify, limit).await.map(drop).map_err(|error| self.describe(error))
    }

    /// An error of the transport, with the user where it is about the user, whose credentials are not used again then.
    pub(super) fn describe(&self, error: transport::Error) -> Error {
        match error {
            transport::Error::CredentialsRefused { .. } => {
                self.permits.close();
                self.refused().with_source(error)
            }
            error => error.into(),
        }
    }

    /// What is said to those who come after the credentials were refused.
    fn refused(&self) -> Error {
        let message = format!("the host did not let {} in", self.login.credentials().user());
        Error::new(ErrorKind::Authentication, message)
    }

    /// The host accepted the credentials.
    fn accepted(&self) {
        self.accepted.call_once(|| self.permits.add_permits(self.connections - 1));
    }

    fn take_idle(&self) -> Option<(Connection, Instant)> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < RETIRE_AFTER);
        idle.pop()
    }
}

impl Lease<'_> {
    pub(super) async fn exchange(
        &mut self,
        envelope: &[u8],
        deadline: Instant,
    ) -> Result<Answer, transport::Error> {
        self.connection.exchange(envelope, limit(self.request_timeout, deadline)).await
    }

    /// Keeps the connection for the next request, if it is still good for one.
    pub(super) fn give_back(self) {
        self.pool.accepted();
        if self.connection.is_usable() {
            let mut idle = self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((self.connection, Instant::now()));
        }
    }
}

/// How long an answer may take: the time of one request, or less when the whole operation ends earlier.
fn limit(request_timeout: Duration, deadline: Instant) -> Duration {
    request_timeout.min(deadline.saturating_duration_since(Instant::now()))
}
