//! The host over TCP, by a client of a few lines that can send anything.

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyperv_replica::{
    auth::{
        ChannelBinding, Credentials, Env, Initiator, SecurityContext, Step,
        ntlm::NtlmInitiator,
        seal::{self, Protocol},
    },
    cim::Value,
    sim::{Do, Error, Host, On, Script},
    soap::Envelope,
    wsman::{Fault, Get, Identify, Identity, Operation, read_answer},
    xml::Limits,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{WEB01, header, logon, resynchronize, vm_resource};

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Raw {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    pub(super) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.lines().filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

pub(super) struct Connection {
    stream: Box<dyn Stream>,
    context: Option<SecurityContext>,
    /// What sealed bodies name as their protocol.
    pub(super) protocol: Protocol,
    /// What the authentication is bound to.
    pub(super) binding: Option<ChannelBinding>,
}

/// Where a host listens.
pub(super) fn address(host: &Host) -> String {
    let url = host.url();
    let (_, rest) = url.split_once("://").unwrap();
    rest.strip_suffix("/wsman").unwrap().to_owned()
}

impl Connection {
    pub(super) async fn open(host: &Host) -> Self {
        let stream = TcpStream::connect(address(host)).await.unwrap();
        let stream: Box<dyn Stream> = if host.url().starts_with("https:") {
            Box::new(logon::tls(stream).await)
        } else {
            Box::new(stream)
        };
        Self { stream, context: None, protocol: Protocol::Spnego, binding: None }
    }

    pub(super) async fn authenticated(host: &Host) -> Self {
        let mut connection = Self::open(host).await;
        assert_eq!(connection.log_on("admin", "secret").await.status, 200);
        connection
    }

    /// Sends a request and reads the answer; nothing when the connection is closed before that is whole.
    async fn send(&mut self, line: &str, headers: &str, body: &[u8]) -> Option<Raw> {
        let length = body.len();
        let head =
            format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{headers}\r\n");
        self.stream.write_all(&[head.as_bytes(), body].concat()).await.ok()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut raw = Raw { status, head, body: Vec::new() };
        let length = raw.header("content-length").unwrap().parse().unwrap();
        raw.body.resize(length, 0);
        self.stream.read_exact(&mut raw.body).await.ok()?;
        Some(raw)
    }

    pub(super) async fn post(&mut self, headers: &str, body: &[u8]) -> Raw {
        self.send("POST /wsman", headers, body).await.unwrap()
    }

    pub(super) async fn log_on(&mut self, user: &str, password: &str) -> Raw {
        let mut initiator = NtlmInitiator::new(&Credentials::ntlm(user, password)).unwrap();
        self.exchange("Negotiate", &mut initiator, "", b"").await
    }

    /// Exchanges tokens, each with these headers and this body, and gives the last answer.
    pub(super) async fn exchange(
        &mut self,
        scheme: &str,
        initiator: &mut dyn Initiator,
        headers: &str,
        body: &[u8],
    ) -> Raw {
        let mut last: Option<(Raw, Vec<u8>)> = None;
        loop {
            let step = self.step(initiator, last.as_ref().map(|(_, token)| token.as_slice()));
            let (token, context) = match step {
                Step::Send(token) => (token, None),
                Step::Done { token: Some(token), context } => (token, Some(context)),
                Step::Done { token: None, context } => {
                    self.context = Some(context);
                    return last.unwrap().0;
                }
                step => panic!("{step:?}"),
            };
            let token = BASE64_STANDARD.encode(token);
            let headers = format!("Authorization: {scheme} {token}\r\n{headers}");
            let answer = self.post(&headers, body).await;
            if context.is_some() {
                self.context = context;
                return answer;
            }
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            match challenge.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(' ')) {
                Some(token) => {
                    let token = BASE64_STANDARD.decode(token).unwrap();
                    last = Some((answer, token));
                }
                None => return answer,
            }
        }
    }

    pub(super) fn step(&self, initiator: &mut dyn Initiator, token: Option<&[u8]>) -> Step {
        /// Hosts take no token twice.
        static RANDOM: AtomicU8 = AtomicU8::new(0);
        #[expect(clippy::disallowed_methods, reason = "tickets are good for some hours")]
        let now = SystemTime::now();
        let step = initiator.step(
            token,
            &mut Env {
                now,
                random: &mut |buffer| buffer.fill(RANDOM.fetch_add(1, Ordering::Relaxed)),
                channel_binding: self.binding,
                target_name: None,
                workstation: None,
            },
        );
        step.unwrap()
    }

    fn sealed(&mut self, plaintext: &[u8]) -> (String, Vec<u8>) {
        let context = self.context.as_mut().unwrap();
        let body = seal::seal(context, self.protocol, plaintext).unwrap();
        (format!("Content-Type: {}\r\n", self.protocol.content_type()), body)
    }

    pub(super) async fn send_sealed(&mut self, plaintext: &[u8]) -> Option<Raw> {
        let (headers, body) = self.sealed(plaintext);
        self.send("POST /wsman", &headers, &body).await
    }

    fn unseal(&mut self, answer: &Raw) -> Vec<u8> {
        let content_type = answer.header("content-type");
        let context = self.context.as_mut().unwrap();
        seal::unseal(context, self.protocol, content_type, &answer.body).unwrap()
    }

    pub(super) async fn run<O: Operation>(&mut self, operation: &O) -> O::Answer {
        let request = header().envelope(operation).to_bytes().unwrap();
        let answer = self.send_sealed(&request).await.unwrap();
        assert_eq!(answer.status, 200);
        let answer = Envelope::parse(&self.unseal(&answer), Limits::default()).unwrap();
        read_answer(operation, &header().message_id, &answer).unwrap()
    }
}

async fn host(script: Script) -> Host {
    let host = Host::builder().user("admin", "secret").user(r"CORP\ann", "hers").script(script);
    host.bind("127.0.0.1:0").await.unwrap()
}

pub(super) fn get() -> Get {
    Get { resource: vm_resource(WEB01) }
}

pub(super) fn resync() -> Vec<u8> {
    header().envelope(&resynchronize(WEB01, Value::Null)).to_bytes().unwrap()
}

pub(super) const SOAP: &str = "Content-Type: application/soap+xml;charset=UTF-8\r\n";

#[tokio::test]
async fn sealed_requests_are_answered_on_an_authenticated_connection() {
    let host = host(Script::new()).await;
    let mut connection = Connection::authenticated(&host).await;
    for _ in 0..20 {
        connection.run(&get()).await;
    }
    connection.run(&resynchronize(WEB01, Value::Null)).await;
    let journal = host.journal();
    assert_eq!((journal.len(), journal[0].user.as_str()), (1, "admin"));
}

#[tokio::test]
async fn a_fault_is_status_500_and_sealed() {
    let host = host(Script::new()).await;
    let mut connection = Connection::authenticated(&host).await;
    let gone = Get { resource: vm_resource("gone") };
    let request = header().envelope(&gone).to_bytes().unwrap();
    let answer = connection.send_sealed(&request).await.unwrap();
    assert_eq!(answer.status, 500);
    let envelope = Envelope::parse(&connection.unseal(&answer), Limits::default()).unwrap();
    let fault = Fault::new(envelope.fault().unwrap().unwrap());
    assert_eq!(fault.code, Some(2_150_858_752));
    connection.run(&get()).await;
}

#[tokio::test]
async fn the_password_and_the_domain_decide() {
    let host = host(Script::new()).await;
    for (user, password, status) in [
        ("admin", "secret", 200),
        ("ADMIN", "secret", 200),
        (r"HV01\admin", "secret", 200),
        (r".\admin", "secret", 200),
        (r"corp\Ann", "hers", 200),
        ("admin", "Secret", 401),
        ("admin", "", 401),
        ("nobody", "secret", 401),
        (r"CORP\admin", "secret", 401),
        ("ann", "hers", 401),
    ] {
        let answer = Connection::open(&host).await.log_on(user, password).await;
        assert_eq!(answer.status, status, "{user}");
        let offered = answer.header("www-authenticate");
        assert_eq!(offered, if status == 401 { Some("Negotiate") } else { None });
    }
}

#[tokio::test]
async fn nothing_is_answered_in_clear_or_without_authentication() {
    let host = host(Script::new()).await;
    let identify = Identify::default().envelope().to_bytes().unwrap();
    let mut connection = Connection::open(&host).await;
    for (headers, body, status) in [
        ("", &b""[..], 401),
        (SOAP, &identify, 401),
        (SOAP, &resync(), 401),
        ("Authorization: Basic YWRtaW46c2VjcmV0\r\n", b"", 401),
        ("Authorization: Negotiate !!!\r\n", b"", 401),
        ("Authorization: Negotiate AAAA\r\n", b"", 401),
        ("Authorization: Negotiate AAAA\r\n", b"x", 400),
    ] {
        let answer = connection.post(headers, body).await;
        assert_eq!((answer.status, answer.body.len()), (status, 0), "{headers}");
    }
    let mut connection = Connection::authenticated(&host).await;
    assert_eq!(connection.post(SOAP, &resync()).await.status, 401);
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn a_sealed_body_on_a_connection_of_its_own_is_a_bad_request() {
    let host = host(Script::new()).await;
    let mut first = Connection::authenticated(&host).await;
    let (headers, body) = first.sealed(&resync());
    let answer = Connection::open(&host).await.post(&headers, &body).await;
    assert_eq!((answer.status, answer.body.len()), (400, 0));
    assert!(host.journal().is_empty());
}

#[tokio::test]
async fn an_altered_or_repeated_body_ends_the_session() {
    let host = host(Script::new()).await;
    for repeat in [false, true] {
        let mut connection = Connection::authenticated(&host).await;
        let (headers, mut body) = connection.sealed(&header().envelope(&get()).to_bytes().unwrap());
        if repeat {
            assert_eq!(connection.post(&headers, &body).await.status, 200);
        } else {
            let middle = body.len() / 2;
            body[middle] ^= 1;
        }
        let answer = connection.post(&headers, &body).await;
        assert_eq!((answer.status, answer.body.len()), (400, 0));
        assert_eq!(answer.header("connection"), Some("close"));
    }
}

#[tokio::test]
async fn a_status_leaves_the_connection_as_it_is() {
    let host = host(Script::new().once(On::any(), Do::Status(503))).await;
    let mut connection = Connection::authenticated(&host).await;
    for status in [503, 200] {
        let (headers, body) = connection.sealed(&header().envelope(&get()).to_bytes().unwrap());
        let answer = connection.post(&headers, &body).await;
        assert_eq!((answer.status, answer.body.is_empty()), (status, status == 503));
    }
}

#[tokio::test]
async fn identify_without_authentication_hides_the_version() {
    let host = host(Script::new()).await;
    let mut connection = Connection::open(&host).await;
    let headers = format!("{SOAP}WSMANIDENTIFY: unauthenticated\r\n");
    let identify = Identify::default().envelope().to_bytes().unwrap();
    let answer = connection.post(&headers, &identify).await;
    assert_eq!(answer.status, 200);
    let identity =
        Identity::read(&Envelope::parse(&answer.body, Limits::default()).unwrap()).unwrap();
    assert_eq!(identity.product_version.as_deref(), Some("OS: 0.0.0 SP: 0.0 Stack: 3.0"));
    assert_eq!(connection.post(&headers, &resync()).await.status, 401);
    let wrong = "Content-Type: text/plain\r\nWSMANIDENTIFY: unauthenticated\r\n";
    assert_eq!(connection.post(wrong, &identify).await.status, 415);
}

#[tokio::test]
async fn refuses_what_is_no_request_for_it() {
    let host = host(Script::new()).await;
    let mut connection = Connection::authenticated(&host).await;
    let not_found = connection.send("POST /other", "", b"").await.unwrap();
    assert_eq!(not_found.status, 404);
    let not_allowed = connection.send("GET /wsman", "", b"").await.unwrap();
    assert_eq!((not_allowed.status, not_allowed.header("allow")), (405, Some("POST")));
    let wrong_type = connection.post("Content-Type: text/xml\r\n", b"<x/>").await;
    assert_eq!(wrong_type.status, 415);
    let kerberos = format!("Content-Type: {}\r\n", Protocol::Kerberos.content_type());
    assert_eq!(connection.post(&kerberos, b"x").await.status, 415);
    connection.run(&get()).await;
}

#[tokio::test]
async fn refuses_a_body_that_is_too_large() {
    let host = host(Script::new()).await;
    let stated = b"Content-Length: 4194305\r\n\r\n".to_vec();
    let chunked = [b"Transfer-Encoding: chunked\r\n\r\n400001\r\n", &[0; 0x40_0001][..]].concat();
    for rest in [stated, chunked] {
        let mut connection = Connection::open(&host).await;
        let head = format!("POST /wsman HTTP/1.1\r\nHost: x\r\n{SOAP}");
        connection.stream.write_all(&[head.as_bytes(), &rest].concat()).await.unwrap();
        let mut answer = vec![0; 12];
        connection.stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 413");
    }
}

#[tokio::test]
async fn a_dropped_connection_says_nothing_of_execution() {
    for (act, executed) in [(Do::DropBefore, 0), (Do::DropAfter, 1), (Do::Truncate, 1)] {
        let host = host(Script::new().once(On::action("Resynchronize"), act)).await;
        let mut connection = Connection::authenticated(&host).await;
        assert!(connection.send_sealed(&resync()).await.is_none());
        assert_eq!(host.journal().len(), executed);
        Connection::authenticated(&host).await.run(&get()).await;
    }
}

#[tokio::test]
async fn half_of_a_truncated_answer_arrives() {
    let host = host(Script::new().once(On::action("Get"), Do::Truncate)).await;
    let mut connection = Connection::authenticated(&host).await;
    let (headers, body) = connection.sealed(&header().envelope(&get()).to_bytes().unwrap());
    let head = format!(
        "POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    connection.stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    let mut answer = Vec::new();
    connection.stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    let (head, half) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && half.len() > 100, "{text}");
}

#[tokio::test]
async fn a_session_can_be_lost_and_begun_anew_on_the_connection() {
    for (act, status) in [(Do::Unauthorized, 401), (Do::BadRequest, 400)] {
        let host = host(Script::new().once(On::any(), act)).await;
        let mut connection = Connection::authenticated(&host).await;
        let answer = connection.send_sealed(&resync()).await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (status, 0));
        assert!(host.journal().is_empty());
        assert_eq!(connection.log_on("admin", "secret").await.status, 200);
        connection.run(&get()).await;
    }
}

#[tokio::test]
async fn answers_in_clear_and_closes_as_the_script_says() {
    let script = Script::new().once(On::any(), Do::Clear).nth(2, On::any(), Do::Close);
    let host = host(script).await;
    let mut connection = Connection::authenticated(&host).await;
    let request = header().envelope(&get()).to_bytes().unwrap();
    let clear = connection.send_sealed(&request).await.unwrap();
    assert_eq!(clear.header("content-type"), Some("application/soap+xml;charset=UTF-8"));
    assert!(clear.body.starts_with(b"<s:Envelope"));
    let closing = connection.send_sealed(&request).await.unwrap();
    assert_eq!(closing.header("connection"), Some("close"));
    assert!(connection.unseal(&closing).starts_with(b"<s:Envelope"));
    assert_eq!(connection.stream.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn jobs_advance_and_idle_connections_close_with_the_clock_of_the_runtime() {
    let host = host(Script::new()).await;
    let mut connection = Connection::authenticated(&host).await;
    connection.run(&resynchronize(WEB01, Value::Null)).await;
    tokio::time::advance(Duration::from_secs(3)).await;
    let vm = connection.run(&get()).await;
    assert_eq!(vm.text_of(vm_resource(WEB01).uri.as_str(), "ReplicationState"), Some("3"));
    tokio::time::advance(Duration::from_secs(121)).await;
    assert_eq!(connection.stream.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_host_stops_when_it_is_shut_down_or_dropped() {
    for shut_down in [true, false] {
        let host = host(Script::new()).await;
        let mut connection = Connection::authenticated(&host).await;
        if shut_down {
            host.shutdown().await;
        } else {
            drop(host);
        }
        assert_eq!(connection.stream.read(&mut [0]).await.unwrap_or(0), 0);
    }
}

#[tokio::test]
async fn a_host_needs_a_user_and_a_free_address() {
    let error = Host::builder().bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, Error::NoUser));
    let host = host(Script::new()).await;
    let error = Host::builder().user("a", "b").bind(address(&host)).await.unwrap_err();
    assert!(matches!(error, Error::Bind(_)));
}
