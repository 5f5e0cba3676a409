//! Servers that are no WS-Management hosts, or bad ones.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyperv_replica::{
    auth::{
        AcceptStep, Acceptor as _, Credentials, Env,
        ntlm::NtlmAcceptor,
        spnego::{MechType, SpnegoAcceptor},
    },
    client::{Client, ClientBuilder},
    error::{Error, ErrorKind},
    transport,
};
use kerbcore::spnego::{NegState, NegTokenResp};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::host::{builder, client, http, read_request, serve, sim, start};

/// A client that takes clear text, so that the server is past authentication at once.
fn trusting(address: SocketAddr) -> ClientBuilder {
    builder(&address.to_string())
        .credentials(Credentials::basic("admin", "secret"))
        .dangerous_clear_text(true)
}

async fn identify(client: &Client) -> Error {
    let error = tokio::time::timeout(Duration::from_secs(20), client.identify())
        .await
        .expect("the call does not end")
        .unwrap_err();
    assert!(!error.outcome_unknown());
    error
}

fn transport_error(error: &Error) -> &transport::Error {
    std::error::Error::source(error).unwrap().downcast_ref().unwrap()
}

/// Reads a request and writes some bytes, on each connection; then waits for the client to leave.
async fn answer(mut stream: TcpStream, bytes: impl AsRef<[u8]>) {
    while read_request(&mut stream).await.is_some() {
        stream.write_all(bytes.as_ref()).await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_has_a_limit_whatever_it_says_of_its_length() {
    for head in [
        "Transfer-Encoding: chunked\r\n\r\n",
        "Content-Length: 99999999999\r\n\r\n100000\r\n",
        "\r\n",
    ] {
        let address = serve(move |mut stream| async move {
            read_request(&mut stream).await;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n{head}");
            let mut bytes = head.into_bytes();
            let chunk = [b"100000\r\n".to_vec(), vec![b'x'; 0x10_0000], b"\r\n".to_vec()].concat();
            // The client leaves at some time.
            while stream.write_all(&bytes).await.is_ok() {
                bytes.clone_from(&chunk);
            }
        })
        .await;
        let error = identify(&trusting(address).build().unwrap()).await;
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(
            matches!(transport_error(&error), transport::Error::TooLarge { limit: 8_388_608 }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_http_is_an_error() {
    for bytes in [&b"SSH-2.0-OpenSSH_9.6\r\n"[..], b"\0\xFF\0\xFF\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"]
    {
        let address = serve(move |stream| answer(stream, bytes)).await;
        for client in [trusting(address).build().unwrap(), client(&address.to_string())] {
            let error = identify(&client).await;
            assert!(matches!(transport_error(&error), transport::Error::Broken(_)), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_head_without_end_is_an_error() {
    let address = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
        while stream.write_all(&bytes).await.is_ok() {
            bytes = b"X-Filler: x\r\n".repeat(1000);
        }
    })
    .await;
    let error = identify(&trusting(address).build().unwrap()).await;
    assert!(matches!(transport_error(&error), transport::Error::Broken(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_trickles_ends_with_the_time() {
    for head in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"] {
        let address = serve(move |mut stream| async move {
            read_request(&mut stream).await;
            stream.write_all(head.as_bytes()).await.unwrap();
            while stream.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        let total = Duration::from_millis(100);
        let client = trusting(address).total_timeout(total).build().unwrap();
        assert!(identify(&client).await.is_timeout());
        let client = builder(&address.to_string()).total_timeout(total).build().unwrap();
        assert!(identify(&client).await.is_timeout(), "in the handshake, too");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_ends_with_the_time() {
    let address = serve(|mut stream| async move { while stream.read_u8().await.is_ok() {} }).await;
    for url in [format!("http://{address}"), format!("https://{address}")] {
        let client = builder(&url)
            .trust_pem(CERTIFICATE)
            .total_timeout(Duration::from_millis(100))
            .build()
            .unwrap();
        assert!(identify(&client).await.is_timeout(), "{url}");
    }
}

#[tokio::test]
async fn tls_with_a_server_that_does_not_speak_it_is_a_tls_error() {
    let host = start(sim()).await;
    let url = host.url().replace("http:", "https:");
    let error = identify(&builder(&url).trust_pem(CERTIFICATE).build().unwrap()).await;
    assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}");
}

#[tokio::test]
async fn a_tls_server_is_no_http_server() {
    // What a TLS server says to a request in clear: the alert "unexpected message".
    let address = serve(|mut stream| async move {
        let mut some = [0; 16];
        drop(stream.read(&mut some).await);
        drop(stream.write_all(&[0x15, 3, 1, 0, 2, 2, 10]).await);
    })
    .await;
    let error = identify(&client(&address.to_string())).await;
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
}

#[tokio::test]
async fn a_mechanism_that_is_not_offered_names_those_that_are() {
    let address = serve(|stream| {
        answer(
            stream,
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Kerberos\r\n\
             WWW-Authenticate: Basic realm=\"WSMAN\"\r\nContent-Length: 0\r\n\r\n",
        )
    })
    .await;
    let error = identify(&client(&address.to_string())).await;
    assert_eq!(error.kind(), ErrorKind::Authentication);
    let source = transport_error(&error);
    assert!(
        matches!(source, transport::Error::MechanismRefused { wanted: "NTLM", offered } if offered == &["Kerberos", "Basic"]),
        "{source:?}"
    );
    assert_eq!(
        source.to_string(),
        "the host does not accept NTLM authentication; it offers Kerberos, Basic"
    );

    // Basic is offered, so it is the password that is refused.
    let error = identify(&trusting(address).build().unwrap()).await;
    assert!(
        matches!(transport_error(&error), transport::Error::CredentialsRefused { .. }),
        "{error:?}"
    );
    assert_eq!(error.to_string(), "the host did not let admin in");
}

#[tokio::test]
async fn the_challenge_is_found_among_several_headers() {
    let host = start(sim()).await;
    let target: url::Url = host.url().parse().unwrap();
    let target = target.socket_addrs(|| None).unwrap()[0];
    // Puts another challenge before each one of the host.
    let address = serve(move |mut near| async move {
        let mut far = TcpStream::connect(target).await.unwrap();
        let (mut from_client, mut to_client) = near.split();
        let (mut from_host, mut to_host) = far.split();
        let back = async {
            let mut bytes = vec![0; 65536];
            loop {
                let n = from_host.read(&mut bytes).await.unwrap_or(0);
                let Some(some) = bytes.get(..n).filter(|some| !some.is_empty()) else { return };
                let second = b"www-authenticate: Negotiate";
                let at = some.windows(second.len()).position(|part| part == second);
                let (head, tail) = some.split_at(at.unwrap_or(0));
                let other: &[u8] =
                    if at.is_some() { b"WWW-Authenticate: Basic realm=\"WSMAN\"\r\n" } else { b"" };
                to_client.write_all(&[head, other, tail].concat()).await.unwrap();
            }
        };
        tokio::select! {
            () = back => {}
            _ = tokio::io::copy(&mut from_client, &mut to_host) => {}
        }
    })
    .await;
    client(&address.to_string()).identify().await.unwrap();
}

#[tokio::test]
async fn a_web_server_is_no_management_host() {
    let page = "<html>\x1b[31m<body>It works!</body></html>";
    let address = serve(move |stream| answer(stream, http(200, "text/html", page))).await;
    for client in [trusting(address).build().unwrap(), client(&address.to_string())] {
        let error = identify(&client).await;
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    }
    let address = serve(move |stream| answer(stream, http(404, "text/html", page))).await;
    let error = identify(&client(&address.to_string())).await;
    let source = transport_error(&error).to_string();
    assert!(source.contains("HTTP 404") && source.contains("It works!"), "{source}");
    assert!(!source.contains('\x1b'));
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let target = serve(|_| async { panic!("somebody came") }).await;
    let answered = format!(
        "HTTP/1.1 307 Moved\r\nLocation: http://{target}/wsman\r\nContent-Length: 0\r\n\r\n"
    );
    let address = serve(move |stream| answer(stream, answered.clone())).await;
    for client in [trusting(address).build().unwrap(), client(&address.to_string())] {
        let error = identify(&client).await;
        assert!(
            matches!(transport_error(&error), transport::Error::Status { status: 307, .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn soap_that_is_not_the_answer_is_an_error() {
    const EMPTY: &str =
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>"#;
    for body in ["", "<html/>", "{}", EMPTY] {
        let address =
            serve(move |stream| answer(stream, http(200, "application/soap+xml", body))).await;
        let error = identify(&trusting(address).build().unwrap()).await;
        assert_eq!(error.kind(), ErrorKind::Protocol, "{body:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_goes_on_for_ever_is_refused() {
    // A token that is none, and one that never ends the exchange.
    for token in ["", " ", " ????", " TlRMTVNTUAABAAAA"] {
        let answered = format!(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate{token}\r\nContent-Length: 0\r\n\r\n"
        );
        let address = serve(move |stream| answer(stream, answered.clone())).await;
        let error = identify(&client(&address.to_string())).await;
        assert_eq!(error.kind(), ErrorKind::Authentication, "{token:?}: {error:?}");
    }
}

/// Of nobody; a host that is not the simulated one.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBjDCCATOgAwIBAgIUR7b12QZKDWHU9mlnUVvpGk+ZHeYwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQaHYwMS5leGFtcGxlLmNvbTAgFw0yNjExMjMwOTQ0MzdaGA8y
MTI2MTAzMDA5NDQzN1owGzEZMBcGA1UEAwwQaHYwMS5leGFtcGxlLmNvbTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABH/k42fKV9CtFZn/4++n0hY2jmP5t+4+KB+N
AMF7IK4FdRLlyf+XmHJV9Q+V18Tpzb2ZHdrLwVCsq5CD/Pe0bVCjUzBRMB0GA1Ud
DgQWBBQTP4oZq7RIHavh6meJ0j+7HErBCDAfBgNVHSMEGDAWgBQTP4oZq7RIHavh
6meJ0j+7HErBCDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIE83
q/KFzmR2eRNPZFMAV1xdfF2yABTpQpDYuPFqrUrCAiB3bWBVEBjh3Opcp1VrFIFm
df71tec0xPlms0NYE7AYDw==
-----END CERTIFICATE-----
";

#[tokio::test]
async fn several_schemes_may_be_offered_in_one_header() {
    let head = "HTTP/1.1 401 X\r\nContent-Length: 0\r\nWWW-Authenticate: Negotiate, Basic realm=\"a, \\\" Kerberos, b\", charset = \"UTF-8\",\r\n\r\n";
    let address = serve(move |stream| answer(stream, head)).await;
    let basic = trusting(address).build().unwrap();
    let error = identify(&basic).await;
    assert!(
        matches!(transport_error(&error), transport::Error::CredentialsRefused { .. }),
        "{error:?}"
    );
    let ntlm = client(&address.to_string());
    let error = identify(&ntlm).await;
    match transport_error(&error) {
        transport::Error::MechanismRefused { offered, .. } => {
            assert_eq!(*offered, ["Negotiate", "Basic"]);
        }
        other => panic!("{other:?}"),
    }
}

/// A host that answers to the second token of SPNEGO by its token for no. Counts those second tokens.
async fn rejecting(mut stream: TcpStream, judged: Arc<AtomicUsize>) {
    let ntlm = NtlmAcceptor::new("HV01", "HV01", |_| None);
    let mut acceptor = SpnegoAcceptor::new(vec![(MechType::Ntlm, Box::new(ntlm))]);
    for round in 0.. {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            head.push(byte);
        }
        let head = String::from_utf8(head).unwrap();
        let token = head.lines().find_map(|line| line.split_once("Negotiate ")).unwrap().1;
        let token = BASE64_STANDARD.decode(token).unwrap();
        let answer = if round == 0 {
            let mut env = Env {
                now: std::time::SystemTime::UNIX_EPOCH,
                random: &mut |buffer| buffer.fill(7),
                channel_binding: None,
                target_name: None,
                workstation: None,
            };
            match acceptor.step(&token, &mut env).unwrap() {
                AcceptStep::Send(token) => token,
                other => panic!("{other:?}"),
            }
        } else {
            judged.fetch_add(1, Ordering::SeqCst);
            NegTokenResp { neg_state: Some(NegState::Reject), ..NegTokenResp::default() }.encode()
        };
        let answer = BASE64_STANDARD.encode(answer);
        let answer = format!(
            "HTTP/1.1 401 X\r\nWWW-Authenticate: Negotiate {answer}\r\nContent-Length: 0\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn a_password_that_spnego_rejects_is_not_tried_again() {
    let judged = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&judged);
    let address = serve(move |stream| rejecting(stream, Arc::clone(&seen))).await;
    let client = builder(&address.to_string())
        .credentials(Credentials::negotiate("admin", "wrong"))
        .build()
        .unwrap();
    for _ in 0..3 {
        let error = identify(&client).await;
        assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
    }
    assert_eq!(judged.load(Ordering::SeqCst), 1);
}
