//! Connections that are cut at every step of a request, and what is sent again then.

use std::{net::SocketAddr, time::Duration};

use hyperv_replica::{error::ErrorKind, sim::Host};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{id, resynchronize, vm};
use crate::host::{client, sim, start};

/// Where a request or its answer is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Before anything of it has come: at the connect, or while the connection is idle.
    Before,
    /// After its head.
    BeforeBody,
    InBody,
    /// The host gets all of it. Nobody gets the answer.
    AfterBody,
    InAnswerHead,
    InAnswerBody,
    /// After the answer.
    AfterAnswer,
}

const STEPS: [Step; 7] = [
    Step::Before,
    Step::BeforeBody,
    Step::InBody,
    Step::AfterBody,
    Step::InAnswerHead,
    Step::InAnswerBody,
    Step::AfterAnswer,
];

/// A relay to a host that cuts its first connection at a step of a request, by its number; the handshake is requests 0
/// and 1. It passes on all others.
async fn cutting(host: &Host, request: usize, step: Step, by_reset: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let url: url::Url = host.url().parse().unwrap();
    let target = url.socket_addrs(|| None).unwrap();
    tokio::spawn(async move {
        let mut cut = Some((request, step));
        loop {
            let (near, _) = listener.accept().await.unwrap();
            let far = TcpStream::connect(&*target).await.unwrap();
            tokio::spawn(relay(near, far, cut.take(), by_reset));
        }
    });
    address
}

async fn relay(mut near: TcpStream, mut far: TcpStream, cut: Option<(usize, Step)>, reset: bool) {
    if reset && cut.is_some() {
        near.set_zero_linger().unwrap();
    }
    for number in 0.. {
        let step = cut.filter(|(request, _)| *request == number).map(|(_, step)| step);
        if step == Some(Step::Before) {
            return;
        }
        let Some((head, length)) = head(&mut near).await else { return };
        if step == Some(Step::BeforeBody) {
            return;
        }
        let mut body = vec![0; if step == Some(Step::InBody) { length / 2 } else { length }];
        if near.read_exact(&mut body).await.is_err() {
            return;
        }
        far.write_all(&[head, body].concat()).await.unwrap();
        if step == Some(Step::InBody) {
            return;
        }
        let Some((head, length)) = self::head(&mut far).await else { return };
        let mut body = vec![0; length];
        far.read_exact(&mut body).await.unwrap();
        let answer = match step {
            Some(Step::AfterBody) => &[],
            Some(Step::InAnswerHead) => &head[..head.len() / 2],
            Some(Step::InAnswerBody) => &[&*head, &body[..length / 2]].concat()[..],
            _ => &[&*head, &*body].concat()[..],
        };
        if near.write_all(answer).await.is_err() {
            return;
        }
        if step.is_some() {
            // A reset takes with it what the other end has not read yet.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return;
        }
    }
}

/// The head of a message, and the length of the body that follows.
async fn head(stream: &mut TcpStream) -> Option<(Vec<u8>, usize)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8(head.clone()).unwrap().to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    Some((head, length.map_or(0, |length| length.parse().unwrap())))
}

#[tokio::test]
async fn nothing_runs_when_the_handshake_is_cut() {
    for step in STEPS {
        for request in [0, 1] {
            for by_reset in [false, true] {
                // After the handshake is no step of it, and neither has an empty body a middle.
                let is_after = request == 1 && step == Step::AfterAnswer;
                // The host's last token has no body: whoever has the head has all.
                let is_whole = step == Step::InAnswerBody;
                if is_after || is_whole {
                    continue;
                }
                let at = format!("{step:?} of message {request}, reset: {by_reset}");
                let host = start(sim()).await;
                let client = client(&cutting(&host, request, step, by_reset).await.to_string());
                let error = resynchronize(&client).send().await.expect_err(&at);
                assert_eq!(error.kind(), ErrorKind::Connect, "{at}: {error:?}");
                assert!(!error.outcome_unknown(), "{at}");
                assert_eq!(host.journal().len(), 0, "{at}");
                client.get(&vm(&id(1))).await.expect(&at);

                let client =
                    self::client(&cutting(&host, request, step, by_reset).await.to_string());
                let error = client.get(&vm(&id(1))).await.expect_err(&at);
                assert_eq!(error.kind(), ErrorKind::Connect, "{at}: {error:?}");
                assert!(!error.outcome_unknown(), "{at}");
                assert_eq!(resynchronize(&client).send().await.unwrap().return_value, 4096, "{at}");
            }
        }
    }
}

#[tokio::test]
async fn a_method_that_is_cut_runs_at_most_once_and_says_so() {
    // The first request after the handshake, and one on a connection that has carried others.
    for (before, step) in [0, 2].into_iter().flat_map(|before| STEPS.map(|step| (before, step))) {
        for by_reset in [false, true] {
            let at = format!("{step:?}, {before} requests before, reset: {by_reset}");
            let host = start(sim()).await;
            let address = cutting(&host, 2 + before, step, by_reset).await;
            let client = client(&address.to_string());
            for _ in 0..before {
                client.identify().await.unwrap();
            }
            // A connection that is closed while it is idle is seen to be so.
            tokio::time::sleep(Duration::from_millis(5)).await;
            let result = resynchronize(&client).send().await;
            let executions = host.journal().len();
            match step {
                Step::AfterAnswer => {
                    assert_eq!((result.unwrap().return_value, executions), (4096, 1));
                }
                // Either it was seen in time, or nobody can know.
                Step::Before if result.is_ok() => assert_eq!(executions, 1, "{at}"),
                _ => {
                    let error = result.expect_err(&at);
                    assert_eq!(error.kind(), ErrorKind::Connect, "{at}: {error:?}");
                    assert!(error.outcome_unknown(), "{at}: {error:?}");
                    let ran =
                        matches!(step, Step::AfterBody | Step::InAnswerHead | Step::InAnswerBody);
                    assert_eq!(executions, usize::from(ran), "{at}");
                }
            }
            client.get(&vm(&id(1))).await.expect(&at);
            assert_eq!(host.journal().len(), executions, "{at}: not sent again later");
        }
    }
}

#[tokio::test]
async fn a_read_that_is_cut_is_answered() {
    for (before, step) in [0, 2].into_iter().flat_map(|before| STEPS.map(|step| (before, step))) {
        for by_reset in [false, true] {
            let at = format!("{step:?}, {before} requests before, reset: {by_reset}");
            let host = start(sim()).await;
            let address = cutting(&host, 2 + before, step, by_reset).await;
            let client = client(&address.to_string());
            for _ in 0..before {
                client.identify().await.unwrap();
            }
            let instance = client.get(&vm(&id(1))).await.expect(&at);
            assert_eq!(instance.text("ElementName"), Some("web01"), "{at}");
            client.get(&vm(&id(2))).await.expect(&at);
            assert_eq!((host.connections(), host.logons()), (2, 2), "{at}");
        }
    }
}
