//! One connection: its authentication, and the requests on it.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::{Body as _, Bytes, Incoming},
    header::{AUTHORIZATION, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time,
};
use uuid::Uuid;

use super::{Shared, logon::Scheme, response::Reply};
use crate::{
    auth::{self, AcceptStep, Acceptor, Env, SecurityContext, seal},
    sim::{Answer, Call, Delivery, limits},
};

/// The largest body that is read.
const LARGEST_BODY: u64 = 4 << 20;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(limits::PACKET_RETRIEVAL_TIME_SECONDS);
/// How long a connection is kept on which an answer never comes.
const NEVER: Duration = Duration::from_secs(600);
/// SOAP in clear.
const SOAP: &str = "application/soap+xml;charset=UTF-8";

/// Serves a connection until it is closed.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    match shared.tls.as_ref().map(|tls| tls.acceptor.clone()) {
        None => serve_http(stream, shared).await,
        Some(acceptor) => {
            // A client that does not get through the handshake is gone, which is all there is to say to it.
            if let Ok(Ok(stream)) = time::timeout(BODY_TIMEOUT, acceptor.accept(stream)).await {
                serve_http(stream, shared).await;
            }
        }
    }
}

async fn serve_http(stream: impl AsyncRead + AsyncWrite + Unpin, shared: Arc<Shared>) {
    let idle_timeout = shared.idle_timeout;
    let connection = Connection { shared, state: Mutex::new(State::Anonymous) };
    let service = service_fn(|request| async {
        match connection.answer(request).await {
            Ok(reply) => Ok(reply.into_response()),
            Err(Dropped) => Err(Dropped),
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // It ended with an error if either side broke it off, which both may.
    drop(served);
}

struct Connection {
    shared: Arc<Shared>,
    state: Mutex<State>,
}

/// The authentication of a connection: it holds for all requests on it, and for no other connection.
enum State {
    Anonymous,
    Challenged(Scheme, Box<dyn Acceptor>),
    Authenticated { scheme: Scheme, context: SecurityContext, user: String },
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
struct Dropped;

/// What becomes of a request once its body is here.
enum Outcome {
    Reply(Reply),
    /// The provider has answered, and the answer has to be sealed if the request was.
    Answer(Answer, Option<Scheme>),
}

impl Connection {
    async fn answer(&self, request: Request<Incoming>) -> Result<Reply, Dropped> {
        if !request.uri().path().eq_ignore_ascii_case("/wsman") {
            return Ok(Reply::empty(StatusCode::NOT_FOUND));
        }
        if request.method() != Method::POST {
            return Ok(Reply::method_not_allowed());
        }
        let (head, body) = request.into_parts();
        let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let too_large = || Reply::empty(StatusCode::PAYLOAD_TOO_LARGE).close();
        if body.size_hint().lower() > LARGEST_BODY {
            return Ok(too_large());
        }
        let limited = Limited::new(body, usize::try_from(LARGEST_BODY).unwrap_or(usize::MAX));
        let body = match time::timeout(BODY_TIMEOUT, limited.collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return Ok(too_large()),
            Ok(Err(_)) | Err(_) => return Err(Dropped),
        };
        let content_type = header(CONTENT_TYPE.as_str()).unwrap_or_default();
        if let Some(authorization) = header(AUTHORIZATION.as_str()) {
            if let Some(user) = self.shared.logon.basic(authorization) {
                return self.answer_in_clear(&user, content_type, &body).await;
            }
            let (reply, user) = self.authenticate(authorization, &body)?;
            // Within TLS a request may come together with the last token.
            return match user {
                Some(user) if !body.is_empty() => {
                    let answer = self.answer_in_clear(&user, content_type, &body).await?;
                    Ok(answer.with_headers_of(reply))
                }
                _ => Ok(reply),
            };
        }
        let wants_identity = header("WSMANIDENTIFY")
            .is_some_and(|value| value.eq_ignore_ascii_case("unauthenticated"));
        match self.request(content_type, &body, wants_identity)? {
            Outcome::Reply(reply) => Ok(reply),
            Outcome::Answer(answer, sealed) => self.deliver(answer, sealed).await,
        }
    }

    /// One step of the handshake, and the user once it is over. Without TLS it has requests of its own, with empty bodies.
    fn authenticate(
        &self,
        authorization: &str,
        body: &Bytes,
    ) -> Result<(Reply, Option<String>), Dropped> {
        let unauthorized = || Reply::unauthorized(&self.shared.logon.challenges());
        let mut state = self.state();
        let begun = std::mem::replace(&mut *state, State::Anonymous);
        let Some((scheme, token)) = self.shared.logon.token(authorization) else {
            return Ok((unauthorized(), None));
        };
        if !body.is_empty() && self.shared.tls.is_none() {
            return Ok((Reply::empty(StatusCode::BAD_REQUEST), None));
        }
        let mut acceptor = match begun {
            State::Challenged(begun, acceptor) if begun == scheme => acceptor,
            _ => self.shared.logon.acceptor(scheme),
        };
        let mut random_failed = false;
        #[expect(clippy::disallowed_methods, reason = "authentication wants the time of day")]
        let now = SystemTime::now();
        let step = acceptor.step(
            &token,
            &mut Env {
                now,
                random: &mut |buffer| random_failed |= random(buffer).is_err(),
                channel_binding: self.shared.logon.binding,
                target_name: None,
                workstation: None,
            },
        );
        if random_failed {
            return Err(Dropped);
        }
        let reply = |status, token: Option<Vec<u8>>| {
            let token = token.map(|token| BASE64_STANDARD.encode(token));
            Reply::token(status, scheme.name(), token.as_deref())
        };
        Ok(match step {
            Ok(AcceptStep::Send(token)) => {
                *state = State::Challenged(scheme, acceptor);
                (reply(StatusCode::UNAUTHORIZED, Some(token)), None)
            }
            Ok(AcceptStep::Done { token, context, user }) => {
                let user = user.to_string();
                *state = State::Authenticated { scheme, context, user: user.clone() };
                self.shared.logons.fetch_add(1, Ordering::Relaxed);
                (reply(StatusCode::OK, token), Some(user))
            }
            Err(_) => (unauthorized(), None),
        })
    }

    /// Answers a request that nothing but TLS protects.
    async fn answer_in_clear(
        &self,
        user: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Reply, Dropped> {
        if !is(content_type, "application/soap+xml") {
            return Ok(Reply::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        self.deliver(self.execute(user, body)?, None).await
    }

    /// Has the provider answer a request.
    fn execute(&self, user: &str, request: &[u8]) -> Result<Answer, Dropped> {
        let [message_id, new_id] = identifiers().map_err(|_| Dropped)?;
        let call = Call { user, now: self.shared.now(), message_id, new_id };
        Ok(self.shared.service().answer(&call, request))
    }

    /// A request without `Authorization`: one on an authenticated connection, or one that cannot be.
    fn request(
        &self,
        content_type: &str,
        body: &[u8],
        wants_identity: bool,
    ) -> Result<Outcome, Dropped> {
        let mut state = self.state();
        let is = |media_type| is(content_type, media_type);
        let State::Authenticated { scheme, context, user } = &mut *state else {
            *state = State::Anonymous;
            // Real hosts answer so when the connection on which the client authenticated was closed meanwhile.
            if is("multipart/encrypted") {
                return Ok(Outcome::Reply(Reply::empty(StatusCode::BAD_REQUEST)));
            }
            if !wants_identity {
                return Ok(Outcome::Reply(Reply::unauthorized(&self.shared.logon.challenges())));
            }
            if !is("application/soap+xml") {
                return Ok(Outcome::Reply(Reply::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE)));
            }
            return Ok(Outcome::Reply(match self.shared.service().anonymous(body) {
                Some(identity) => Reply::empty(StatusCode::OK).body(SOAP, identity),
                None => Reply::unauthorized(&self.shared.logon.challenges()),
            }));
        };
        if is("application/soap+xml") {
            if self.shared.tls.is_some() {
                return Ok(Outcome::Answer(self.execute(user, body)?, None));
            }
            // Not sealed: reported to be answered so.
            *state = State::Anonymous;
            return Ok(Outcome::Reply(Reply::unauthorized(&self.shared.logon.challenges())));
        }
        let request = match seal::unseal(context, scheme.protocol(), Some(content_type), body) {
            Ok(request) => request,
            Err(auth::Error::NotSealed { .. }) => {
                return Ok(Outcome::Reply(Reply::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE)));
            }
            Err(_) => {
                *state = State::Anonymous;
                return Ok(Outcome::Reply(Reply::empty(StatusCode::BAD_REQUEST).close()));
            }
        };
        Ok(Outcome::Answer(self.execute(user, &request)?, Some(*scheme)))
    }

    async fn deliver(&self, answer: Answer, sealed: Option<Scheme>) -> Result<Reply, Dropped> {
        time::sleep(answer.delay).await;
        match answer.delivery {
            Delivery::Never => {
                time::sleep(NEVER).await;
                return Err(Dropped);
            }
            Delivery::Dropped => return Err(Dropped),
            Delivery::Unauthorized => {
                *self.state() = State::Anonymous;
                return Ok(Reply::unauthorized(&self.shared.logon.challenges()));
            }
            Delivery::BadRequest => {
                *self.state() = State::Anonymous;
                return Ok(Reply::empty(StatusCode::BAD_REQUEST));
            }
            _ => {}
        }
        let status = StatusCode::from_u16(answer.status).unwrap_or_default();
        let reply = Reply::empty(status);
        match answer.delivery {
            Delivery::Empty => return Ok(reply),
            Delivery::Clear => return Ok(reply.body(SOAP, answer.body)),
            _ => {}
        }
        let reply = match sealed.map(Scheme::protocol) {
            None => reply.body(SOAP, answer.body),
            Some(protocol) => {
                let State::Authenticated { context, .. } = &mut *self.state() else {
                    return Err(Dropped);
                };
                let body = seal::seal(context, protocol, &answer.body).map_err(|_| Dropped)?;
                reply.body(&protocol.content_type(), body)
            }
        };
        Ok(match answer.delivery {
            Delivery::Close => reply.close(),
            Delivery::Truncated => reply.truncated(),
            _ => reply,
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a `Content-Type` names this media type.
fn is(content_type: &str, media_type: &str) -> bool {
    let given = content_type.split(';').next().unwrap_or_default();
    given.trim().eq_ignore_ascii_case(media_type)
}

/// Two identifiers that nobody has used.
fn identifiers() -> Result<[Uuid; 2], getrandom::Error> {
    let mut bytes = [[0; 16]; 2];
    for bytes in &mut bytes {
        random(bytes)?;
    }
    Ok(bytes.map(|bytes| uuid::Builder::from_random_bytes(bytes).into_uuid()))
}

#[expect(clippy::disallowed_methods, reason = "the host asks the system for randomness here")]
fn random(buffer: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::getrandom(buffer)
}
