//! Hosts to talk to: the simulated one, a proxy in front of it that counts connections, one in clear text whose
//! answers a test reads and alters, and one that sends whatever bytes it likes.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use hyperv_replica::{
    auth::Credentials,
    client::{Client, ClientBuilder},
    sim::{Call, Host, HostBuilder, Inventory, Provider, Script},
    soap::Envelope,
    wsman::Identify,
    xml::Limits,
};
use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use uuid::Uuid;

pub(crate) const USER: &str = "admin";
pub(crate) const PASSWORD: &str = "Gr€€n & <grün>";

/// The simulated host, with the sample inventory unless it is given another one.
pub(crate) fn sim() -> HostBuilder {
    Host::builder().user(USER, PASSWORD).job_duration(Duration::ZERO)
}

pub(crate) async fn start(host: HostBuilder) -> Host {
    host.bind("127.0.0.1:0").await.unwrap()
}

pub(crate) fn builder(url: &str) -> ClientBuilder {
    Client::builder(url).credentials(Credentials::ntlm(USER, PASSWORD))
}

pub(crate) fn client(url: &str) -> Client {
    builder(url).build().unwrap()
}

/// Turns the clock of the runtime forward, which has to be a single-threaded one.
pub(crate) async fn advance(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
    settle().await;
}

/// Lets all tasks see what is in their sockets.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Waits until something holds that comes to pass in the background.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    let wait = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it never comes to pass");
}

/// Passes connections on to a host, and counts them.
pub(crate) struct Proxy {
    address: SocketAddr,
    counts: watch::Receiver<Counts>,
    task: JoinHandle<()>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All that there ever were.
    pub(crate) total: usize,
    /// Those that are open now.
    pub(crate) open: usize,
    /// The most that were open at once.
    pub(crate) most: usize,
}

impl Proxy {
    pub(crate) async fn start(host: &Host) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url: url::Url = host.url().parse().unwrap();
        let target = url.socket_addrs(|| None).unwrap();
        let (sender, counts) = watch::channel(Counts::default());
        let sender = Arc::new(sender);
        let task = tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                sender.send_modify(|counts| {
                    counts.total += 1;
                    counts.open += 1;
                    counts.most = counts.most.max(counts.open);
                });
                let (sender, target) = (Arc::clone(&sender), target.clone());
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(&*target).await.unwrap();
                    // Both ends may break it off.
                    drop(copy_bidirectional(&mut near, &mut far).await);
                    drop((near, far));
                    sender.send_modify(|counts| counts.open -= 1);
                });
            }
        });
        Self { address, counts, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/wsman", self.address)
    }

    pub(crate) fn counts(&self) -> Counts {
        *self.counts.borrow()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A host in clear text, which a test sees through: it keeps the requests, and alters what the simulated one answers.
pub(crate) struct ClearHost {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Envelope>>>,
    task: JoinHandle<()>,
}

impl ClearHost {
    /// `alter` gets the action of a request, by its last segment, how many of this action there were before, and the
    /// answer.
    pub(crate) async fn start(
        inventory: Inventory,
        script: Script,
        alter: impl Fn(&str, usize, String) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let provider = Provider::new(inventory, script, Duration::ZERO, now());
        let shared = Arc::new((Mutex::new(provider), alter));
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (kept, shared) = (Arc::clone(&kept), Arc::clone(&shared));
                tokio::spawn(async move {
                    while let Some(body) = read_request(&mut stream).await {
                        if body.is_empty() {
                            let answer = "HTTP/1.1 401 X\r\nContent-Length: 0\r\n\
                                          WWW-Authenticate: Basic realm=\"WSMAN\"\r\n\r\n";
                            stream.write_all(answer.as_bytes()).await.unwrap();
                            continue;
                        }
                        let request = Envelope::parse(&body, Limits::default()).unwrap();
                        let count = {
                            let mut kept = kept.lock().unwrap();
                            kept.push(request.clone());
                            kept.iter().filter(|other| action(other) == action(&request)).count()
                        };
                        let (message_id, new_id) = (numbered(count, 1), numbered(count, 2));
                        let call = Call { user: USER, now: now(), message_id, new_id };
                        let answer = shared.0.lock().unwrap().answer(&call, &body);
                        let text = String::from_utf8(answer.body).unwrap();
                        let text = (shared.1)(&action(&request), count - 1, text);
                        let answer = http(answer.status, "application/soap+xml", &text);
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        Self { address, requests, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/wsman", self.address)
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder(&self.url())
            .credentials(Credentials::basic(USER, PASSWORD))
            .dangerous_clear_text(true)
            .build()
            .unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Envelope> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for ClearHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server that does on each connection what the test says. Gives its address.
pub(crate) async fn serve<F>(on_connection: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(on_connection(stream));
        }
    });
    address
}

/// Reads one HTTP request and gives its body; nothing when the client is gone.
pub(crate) async fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

/// An HTTP answer.
pub(crate) fn http(status: u16, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn action(request: &Envelope) -> String {
    if Identify::is_in(request) {
        return "Identify".to_owned();
    }
    request.header.action.as_deref().unwrap().rsplit('/').next().unwrap().to_owned()
}

fn numbered(number: usize, kind: u128) -> Uuid {
    Uuid::from_u128(kind << 64 | number as u128)
}

#[expect(clippy::disallowed_methods, reason = "the test plays a host, which has a clock")]
fn now() -> Timestamp {
    Timestamp::now()
}
