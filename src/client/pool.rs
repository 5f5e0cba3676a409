//! The pool of authenticated connections.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{Instant, sleep_until, timeout_at},
};

use super::login::{Authentication, Login};
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
/// Calls wait in one line, in the order in which they began; who is first takes an idle connection, or opens one. One
/// is opened at a time, and when that fails, it fails for all in the line: a dead host costs one connect time-out.
///
/// A wrong password is tried once, also by many calls at a time: hosts lock accounts after a few. So until the host
/// accepted the credentials there is one connection, and once the credentials were refused there is none any more.
pub(super) struct Pool {
    login: Login,
    settings: Arc<Settings>,
    connections: usize,
    state: Arc<Mutex<State>>,
}

struct State {
    /// Connections that nobody uses, the one that was used last at the end.
    idle: Vec<Idle>,
    /// How many connections there are, those in use and the one that is being opened included.
    open: usize,
    /// How many there may be: one, until the host accepted the credentials.
    limit: usize,
    is_opening: bool,
    is_refused: bool,
    /// The calls that wait, by their tickets.
    line: BTreeMap<u64, Waiter>,
    next_ticket: u64,
}

struct Idle {
    connection: Connection,
    since: Instant,
    _closer: Closer,
}

/// The task that closes an idle connection in time. It ends with the idleness.
struct Closer(AbortHandle);

struct Waiter {
    wake: Arc<Notify>,
    /// The connection that it waited for could not be opened.
    failure: Option<Error>,
}

/// The presence of a call in the line. Dropping it leaves the line.
struct InLine<'a> {
    pool: &'a Pool,
    ticket: u64,
}

/// A connection for one request. Dropping it closes the connection, unless it was given back.
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    request_timeout: Duration,
    /// None while it is being opened, and when it was given back.
    connection: Option<Connection>,
    is_opening: bool,
}

impl Pool {
    pub(super) fn new(login: Login, settings: Settings, connections: usize) -> Self {
        let state = State {
            idle: Vec::new(),
            open: 0,
            limit: 1,
            is_opening: false,
            is_refused: false,
            line: BTreeMap::new(),
            next_ticket: 0,
        };
        Self {
            login,
            settings: Arc::new(settings),
            connections,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// How the host is reached.
    pub(super) const fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// How it is proven who we are.
    pub(super) async fn authentication(&self) -> Result<Authentication, Error> {
        if self.state().is_refused {
            return Err(self.refused());
        }
        let authentication = self.login.authentication().await;
        self.state().is_refused |= self.login.is_refused();
        authentication
    }

    /// The place in the line of a call that begins now, which it keeps when it comes again.
    pub(super) fn ticket(&self) -> u64 {
        let mut state = self.state();
        state.next_ticket += 1;
        state.next_ticket
    }

    /// Waits for a free connection, or makes one. `for_change`: an idle one is proven first. The place of the one that
    /// failed before, `previous`, is free for this call first.
    pub(super) async fn lease<'a>(
        &'a self,
        ticket: u64,
        mut previous: Option<Lease<'a>>,
        for_change: bool,
        request_timeout: Duration,
        deadline: Instant,
    ) -> Result<Lease<'a>, Error> {
        loop {
            let place = timeout_at(deadline, self.place(ticket, previous.take(), request_timeout));
            let (mut lease, since) = place.await.map_err(|_| {
                Error::new(ErrorKind::Timeout, "no connection became free in time")
            })??;
            if lease.connection.is_none() {
                lease.connection = Some(self.open(request_timeout, deadline).await?);
                lease.opened();
            } else if for_change
                && since.elapsed() >= PROVE_AFTER
                && let Err(error) = lease.prove(deadline).await
            {
                if self.state().is_refused {
                    return Err(error);
                }
                tracing::debug!(%error, "an idle connection is gone");
                previous = Some(lease);
                continue;
            }
            return Ok(lease);
        }
    }

    /// Waits in the line for an idle connection, with the time of its last use, or for the right to open one.
    async fn place<'a>(
        &'a self,
        ticket: u64,
        previous: Option<Lease<'a>>,
        request_timeout: Duration,
    ) -> Result<(Lease<'a>, Instant), Error> {
        let wake = Arc::new(Notify::new());
        let waiter = Waiter { wake: Arc::clone(&wake), failure: None };
        self.state().line.insert(ticket, waiter);
        let _in_line = InLine { pool: self, ticket };
        drop(previous);
        loop {
            if let Some((connection, since)) = self.take(ticket)? {
                let is_opening = connection.is_none();
                return Ok((Lease { pool: self, request_timeout, connection, is_opening }, since));
            }
            wake.notified().await;
        }
    }

    /// What the call with this ticket may have now.
    fn take(&self, ticket: u64) -> Result<Option<(Option<Connection>, Instant)>, Error> {
        let mut state = self.state();
        if state.is_refused {
            return Err(self.refused());
        }
        if let Some(failure) = state.line.get_mut(&ticket).and_then(|waiter| waiter.failure.take())
        {
            return Err(failure);
        }
        if state.line.first_key_value().is_none_or(|(first, _)| *first != ticket) {
            return Ok(None);
        }
        state.close_idle(RETIRE_AFTER);
        if let Some(Idle { connection, since, .. }) = state.idle.pop() {
            return Ok(Some((Some(connection), since)));
        }
        if state.is_opening || state.open >= state.limit {
            return Ok(None);
        }
        state.open += 1;
        state.is_opening = true;
        Ok(Some((None, Instant::now())))
    }

    /// Opens a connection. Whatever prevents it prevents it for all who wait, but that it broke: that took no time.
    async fn open(
        &self,
        request_timeout: Duration,
        deadline: Instant,
    ) -> Result<Connection, Error> {
        let mut is_broken = false;
        let open = async {
            let proof = self.login.proof().await?;
            let open = Connection::open(Arc::clone(&self.settings), proof, request_timeout);
            open.await.map_err(|error| {
                use transport::Error as E;
                if let E::Handshake(_) | E::CredentialsRefused { .. } = error {
                    self.login.forget_tickets();
                }
                is_broken = matches!(error, transport::Error::Broken(_) | transport::Error::Closed);
                self.describe(error)
            })
        };
        match timeout_at(deadline, open).await {
            Ok(Ok(connection)) => {
                if self.login.is_proven_by_opening() {
                    self.accepted();
                }
                Ok(connection)
            }
            Ok(Err(error)) => {
                self.state().is_refused |= self.login.is_refused();
                if !is_broken {
                    self.fail_waiting(&error);
                }
                Err(error)
            }
            Err(_) => {
                Err(Error::new(ErrorKind::Timeout, "the connection to the host took too long"))
            }
        }
    }

    /// An error of the transport, with the user where it is about the user. A password is not used again then; for a
    /// ticket no account is locked.
    pub(super) fn describe(&self, error: transport::Error) -> Error {
        match error {
            transport::Error::CredentialsRefused { what: "Kerberos ticket" } => {
                self.refused().with_source(error)
            }
            transport::Error::CredentialsRefused { .. } => {
                let mut state = self.state();
                state.is_refused = true;
                state.line.values().for_each(|waiter| waiter.wake.notify_one());
                self.refused().with_source(error)
            }
            // Where nothing is exchanged to log on, it is the first request that connects.
            error if error.is_unreachable() => {
                let error = error.into();
                self.fail_waiting(&error);
                error
            }
            error => error.into(),
        }
    }

    /// Fails all who wait for a connection.
    fn fail_waiting(&self, error: &Error) {
        for waiter in self.state().line.values_mut() {
            waiter.failure = Some(error.clone());
            waiter.wake.notify_one();
        }
    }

    /// What is said to those who come after the credentials were refused.
    fn refused(&self) -> Error {
        let user = self.login.credentials().user();
        // Who is right about the password would look for the mistake there.
        let message = match self.login.reason_for_ntlm() {
            Some(reason) => {
                format!("the host did not let {user} in by NTLM, which was used as {reason}")
            }
            None => format!("the host did not let {user} in"),
        };
        Error::new(ErrorKind::Authentication, message)
    }

    /// The host accepted the credentials.
    fn accepted(&self) {
        self.state().limit = self.connections;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn wake_first(&self) {
        if let Some((_, waiter)) = self.line.first_key_value() {
            waiter.wake.notify_one();
        }
    }

    /// Closes the connections that have been idle for so long.
    fn close_idle(&mut self, time: Duration) {
        let before = self.idle.len();
        self.idle.retain(|idle| idle.since.elapsed() < time);
        self.open -= before - self.idle.len();
    }
}

impl Closer {
    fn start(state: Weak<Mutex<State>>) -> Self {
        let end = Instant::now() + RETIRE_AFTER;
        let close = async move {
            sleep_until(end).await;
            if let Some(state) = state.upgrade() {
                lock(&state).close_idle(RETIRE_AFTER);
            }
        };
        Self(tokio::spawn(close).abort_handle())
    }
}

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.line.remove(&self.ticket);
        state.wake_first();
    }
}

impl Lease<'_> {
    pub(super) async fn exchange(
        &mut self,
        envelope: &[u8],
        deadline: Instant,
    ) -> Result<Answer, transport::Error> {
        use transport::Error as E;
        let limit = self.request_timeout.min(deadline.saturating_duration_since(Instant::now()));
        let Some(connection) = &mut self.connection else { return Err(E::Closed) };
        let answer = connection.exchange(envelope, limit).await;
        // What ended this connection may have ended those, too, of which nothing has been heard since.
        if let Err(E::Closed | E::Broken(_) | E::Unauthenticated | E::ContextLost) = &answer {
            self.pool.state().close_idle(Duration::ZERO);
        } else if matches!(&answer, Err(E::Timeout(time)) if *time >= self.request_timeout) {
            self.pool.state().close_idle(self.request_timeout);
        }
        answer
    }

    /// Asks the host something harmless on it.
    async fn prove(&mut self, deadline: Instant) -> Result<(), Error> {
        let identify = Identify::default().envelope().to_bytes()?;
        self.exchange(&identify, deadline)
            .await
            .map(drop)
            .map_err(|error| self.pool.describe(error))
    }

    fn opened(&mut self) {
        if mem::take(&mut self.is_opening) {
            let mut state = self.pool.state();
            state.is_opening = false;
            state.wake_first();
        }
    }

    /// Keeps the connection for the next request, if it is still good for one.
    pub(super) fn give_back(mut self) {
        self.pool.accepted();
        if let Some(connection) = self.connection.take_if(|connection| connection.is_usable()) {
            let closer = Closer::start(Arc::downgrade(&self.pool.state));
            let mut state = self.pool.state();
            state.idle.push(Idle { connection, since: Instant::now(), _closer: closer });
            // Dropping the lease takes it away.
            state.open += 1;
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        drop(self.connection.take());
        self.opened();
        let mut state = self.pool.state();
        state.open -= 1;
        state.wake_first();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
