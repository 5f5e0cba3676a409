//! Who may log on, over http and https, and how what follows is protected.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyperv_replica::{
    Client, Credentials,
    auth::{
        ChannelBinding, Hardening, Initiator, Step,
        kerberos::{KerberosInitiator, Keytab},
        ntlm::NtlmInitiator,
        seal::Protocol,
        spnego::{MechType, SpnegoInitiator},
    },
    cim::Value,
    sim::{Error, Host, HostBuilder},
};
use jiff::Timestamp;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    header,
    http::{Connection, Raw, SOAP, address, get, resync},
    service,
};
use crate::{
    auth::kerberos::{ENCTYPES, initiator_at, keytab},
    fixture,
    host::{advance, start},
};

/// A certificate for 127.0.0.1 and its key.
fn pem() -> Vec<u8> {
    fixture("sim/host.pem")
}

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(&pem()).unwrap()
}

/// The client's end of TLS with a host that has that certificate.
pub(super) async fn tls(stream: TcpStream) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

fn provider() -> CryptoProvider {
    #[cfg(feature = "ring")]
    return rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "graviola", not(feature = "ring")))]
    return rustls_graviola::default_provider();
}

fn http() -> HostBuilder {
    Host::builder().user("admin", "secret")
}

fn https() -> HostBuilder {
    http().tls(&pem(), &pem()).unwrap()
}

fn keys(enctype: u8) -> Keytab {
    (*keytab(enctype, 0x22)).clone()
}

/// A client with a ticket for a host with these keys.
fn kerberos(enctype: u8) -> KerberosInitiator {
    #[expect(clippy::disallowed_methods, reason = "tickets are good for some hours")]
    let now = u32::try_from(Timestamp::now().as_second()).unwrap();
    initiator_at(now, enctype)
}

fn ntlm() -> NtlmInitiator {
    NtlmInitiator::new(&Credentials::ntlm("admin", "secret")).unwrap()
}

fn plain_get() -> Vec<u8> {
    header().envelope(&get()).to_bytes().unwrap()
}

fn is_envelope(answer: &Raw) -> bool {
    answer.status == 200
        && answer.header("content-type") == Some("application/soap+xml;charset=UTF-8")
        && answer.body.starts_with(b"<s:Envelope")
}

fn basic(text: &str) -> String {
    format!("{SOAP}Authorization: Basic {}\r\n", BASE64_STANDARD.encode(text))
}

fn token(scheme: &str, step: Step) -> String {
    let Step::Send(token) = step else { panic!("{step:?}") };
    format!("Authorization: {scheme} {}\r\n", BASE64_STANDARD.encode(token))
}

#[tokio::test]
async fn within_tls_bodies_may_be_plain_and_sealed_ones_are_answered_sealed() {
    let host = start(https()).await;
    assert!(host.url().starts_with("https://127.0.0.1:"));
    let mut connection = Connection::open(&host).await;
    assert_eq!(connection.post(SOAP, &plain_get()).await.status, 401);
    assert_eq!(connection.log_on("admin", "secret").await.status, 200);
    for _ in 0..2 {
        assert!(is_envelope(&connection.post(SOAP, &plain_get()).await));
        connection.run(&get()).await;
    }
    let wrong_type = connection.post("Content-Type: text/xml\r\n", &plain_get()).await;
    assert_eq!((wrong_type.status, wrong_type.body.len()), (415, 0));
}

#[tokio::test]
async fn within_tls_a_plain_request_may_come_with_the_tokens() {
    let host = start(https()).await;
    let mut connection = Connection::open(&host).await;
    let answer = connection.exchange("Negotiate", &mut ntlm(), SOAP, &resync()).await;
    assert!(is_envelope(&answer), "{answer:?}");
    assert_eq!(host.journal().len(), 1, "it came with two tokens, and is executed once");
    connection.run(&get()).await;
    for content_type in ["text/xml", &Protocol::Spnego.content_type()] {
        let mut connection = Connection::open(&host).await;
        let headers = format!("Content-Type: {content_type}\r\n");
        let answer = connection.exchange("Negotiate", &mut ntlm(), &headers, &resync()).await;
        assert_eq!((answer.status, answer.body.len()), (415, 0));
    }
    assert_eq!(host.journal().len(), 1);

    let host = start(http()).await;
    let mut connection = Connection::open(&host).await;
    let answer = connection.exchange("Negotiate", &mut ntlm(), SOAP, &resync()).await;
    assert_eq!((answer.status, host.journal().len()), (400, 0));
}

#[tokio::test]
async fn channel_bindings_are_judged_by_the_level() {
    let ours = ChannelBinding::to_certificate(&certificate());
    let others = Some(ChannelBinding::tls_server_end_point(b"another"));
    assert!(ours.is_some());
    for (level, of_missing, of_wrong) in
        [(Hardening::None, 200, 200), (Hardening::Relaxed, 200, 401), (Hardening::Strict, 401, 401)]
    {
        let host = start(https().keytab(keys(18)).hardening(level)).await;
        for (binding, status) in [(ours, 200), (None, of_missing), (others, of_wrong)] {
            let mut spnego =
                SpnegoInitiator::new(vec![(MechType::Kerberos, Box::new(kerberos(18)))]);
            let exchanges: [(&str, &mut dyn Initiator); 3] = [
                ("Negotiate", &mut ntlm()),
                ("Negotiate", &mut spnego),
                ("Kerberos", &mut kerberos(18)),
            ];
            for (at, (scheme, initiator)) in exchanges.into_iter().enumerate() {
                let mut connection = Connection::open(&host).await;
                connection.binding = binding;
                let answer = connection.exchange(scheme, initiator, "", b"").await;
                assert_eq!(answer.status, status, "{level:?} {binding:?} {at}");
            }
        }
    }
    let host = start(http().hardening(Hardening::Strict)).await;
    Connection::authenticated(&host).await.run(&get()).await;
}

#[tokio::test]
async fn our_client_gets_in_where_bindings_are_demanded() {
    let host = start(https().hardening(Hardening::Strict)).await;
    let client = Client::builder(&host.url())
        .credentials(Credentials::ntlm("admin", "secret"))
        .trust_pem(pem())
        .build()
        .unwrap();
    client.identify().await.unwrap();
}

#[tokio::test]
async fn kerberos_is_sealed_by_the_protocol_of_its_scheme() {
    for enctype in ENCTYPES {
        // Who has a ticket is a user.
        let host = start(Host::builder().keytab(keys(enctype))).await;
        for (scheme, protocol, other) in [
            ("Kerberos", Protocol::Kerberos, Protocol::Spnego),
            ("Negotiate", Protocol::Spnego, Protocol::Kerberos),
        ] {
            let mut connection = Connection::open(&host).await;
            connection.protocol = protocol;
            let answer = connection.exchange(scheme, &mut kerberos(enctype), "", b"").await;
            assert_eq!(answer.status, 200);
            let proof = answer.header("www-authenticate").unwrap();
            assert!(proof.starts_with(&format!("{scheme} ")), "the host proves itself: {proof}");
            let content_type = format!("Content-Type: {}\r\n", other.content_type());
            assert_eq!(connection.post(&content_type, b"x").await.status, 415);
            connection.run(&get()).await;
            connection.send_sealed(&resync()).await.unwrap();
        }
        let users: Vec<_> = host.journal().into_iter().map(|call| call.user).collect();
        assert_eq!(users, ["admin@EXAMPLE.COM"; 2]);
    }
}

#[tokio::test]
async fn spnego_takes_kerberos_and_ntlm() {
    let host = start(http().keytab(keys(18))).await;
    for (mechanism, initiator) in [
        (MechType::Kerberos, Box::new(kerberos(18)) as Box<dyn Initiator>),
        (MechType::Ntlm, Box::new(ntlm())),
    ] {
        let mut connection = Connection::open(&host).await;
        let mut spnego = SpnegoInitiator::new(vec![(mechanism, initiator)]);
        let answer = connection.exchange("Negotiate", &mut spnego, "", b"").await;
        assert_eq!(answer.status, 200);
        connection.run(&get()).await;
    }
}

#[tokio::test]
async fn a_ticket_is_taken_once() {
    let host = start(Host::builder().keytab(keys(18))).await;
    let mut connection = Connection::open(&host).await;
    let request = token("Kerberos", connection.step(&mut kerberos(18), None));
    assert_eq!(connection.post(&request, b"").await.status, 200);
    let mut other = Connection::open(&host).await;
    assert_eq!(other.post(&request, b"").await.status, 401);
}

#[tokio::test]
async fn a_ticket_for_other_keys_is_refused() {
    let host = start(Host::builder().keytab((*keytab(18, 0x23)).clone())).await;
    let mut connection = Connection::open(&host).await;
    let answer = connection.exchange("Kerberos", &mut kerberos(18), "", b"").await;
    assert_eq!((answer.status, host.logons()), (401, 0));
}

#[tokio::test]
async fn each_scheme_takes_its_own_tokens() {
    let host = start(http()).await;
    let mut connection = Connection::open(&host).await;
    for scheme in ["Kerberos", "Negotiate"] {
        let answer = connection.exchange(scheme, &mut kerberos(18), "", b"").await;
        assert_eq!(answer.status, 401, "there is no keytab");
    }
    let host = start(http().keytab(keys(18))).await;
    let mut connection = Connection::open(&host).await;
    assert_eq!(connection.exchange("Kerberos", &mut ntlm(), "", b"").await.status, 401);
    // An exchange ends where one of another scheme begins.
    let begun = token("Negotiate", connection.step(&mut ntlm(), None));
    assert_eq!(connection.post(&begun, b"").await.status, 401);
    assert_eq!(connection.exchange("Kerberos", &mut kerberos(18), "", b"").await.status, 200);
}

#[tokio::test]
async fn a_refusal_offers_what_is_taken() {
    let basic = "Basic realm=\"WSMAN\"";
    for (host, offered) in [
        (http(), &["Negotiate"][..]),
        (http().keytab(keys(18)), &["Negotiate", "Kerberos"]),
        (https().basic(true), &["Negotiate", basic]),
        (https().basic(true).keytab(keys(18)), &["Negotiate", "Kerberos", basic]),
    ] {
        let host = start(host).await;
        let mut connection = Connection::open(&host).await;
        for authorization in ["", "Basic eDp5", "Kerberos AAAA", "Negotiate AAAA", "Digest x", "x"]
        {
            let headers = match authorization {
                "" => String::new(),
                value => format!("Authorization: {value}\r\n"),
            };
            let answer = connection.post(&headers, b"").await;
            assert_eq!((answer.status, answer.body.len()), (401, 0));
            assert_eq!(answer.headers("www-authenticate").collect::<Vec<_>>(), offered);
        }
    }
}

#[tokio::test]
async fn basic_is_good_for_its_request_and_only_where_it_is_allowed() {
    let host = start(https().basic(true)).await;
    let mut connection = Connection::open(&host).await;
    assert!(is_envelope(&connection.post(&basic("admin:secret"), &resync()).await));
    assert_eq!(connection.post(SOAP, &resync()).await.status, 401);
    for wrong in ["admin:Secret", "admin:secre", "admin", "nobody:secret", ":", ""] {
        let answer = connection.post(&basic(wrong), &resync()).await;
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{wrong}");
    }
    let wrong_type = basic("admin:secret").replace("application/soap+xml", "text/xml");
    assert_eq!(connection.post(&wrong_type, &resync()).await.status, 415);
    let users: Vec<_> = host.journal().into_iter().map(|call| call.user).collect();
    assert_eq!(users, ["admin"]);

    let host = start(https()).await;
    let answer = Connection::open(&host).await.post(&basic("admin:secret"), &resync()).await;
    assert_eq!((answer.status, host.journal().len()), (401, 0));
    let error = http().basic(true).bind("127.0.0.1:0").await.unwrap_err();
    assert!(matches!(error, Error::BasicInClear));
}

#[tokio::test]
async fn what_is_no_tls_gets_no_answer_and_keeps_nobody_waiting() {
    let host = start(https()).await;
    let mut silent = TcpStream::connect(address(&host)).await.unwrap();
    for garbage in
        [&b"POST /wsman HTTP/1.1\r\nHost: x\r\n\r\n"[..], &[0x16, 3, 1, 0xFF, 0xFF], &[0; 64]]
    {
        let mut stream = TcpStream::connect(address(&host)).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        drop(read.expect("the connection is closed"));
        assert!(!answer.starts_with(b"HTTP"));
    }
    Connection::authenticated(&host).await.run(&get()).await;
    advance(Duration::from_secs(31)).await;
    let read = timeout(Duration::from_secs(5), silent.read(&mut [0])).await;
    assert_eq!(read.expect("the handshake takes too long").unwrap_or(0), 0);
}

#[tokio::test]
async fn a_certificate_and_its_key_have_to_fit() {
    let pem = String::from_utf8(pem()).unwrap();
    let (certificate, key) = pem.split_at(pem.find("-----BEGIN PRIVATE").unwrap());
    let der = BASE64_STANDARD.encode(fixture("auth/certificates/ecdsa-sha384.der"));
    let other = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
    let builder = http().tls(certificate.as_bytes(), key.as_bytes()).unwrap();
    let debug = format!("{builder:?}");
    assert!(!debug.contains("secret") && !debug.contains(&key[30..60]), "{debug}");
    for (certificate, key) in [
        ("", key),
        (key, key),
        (certificate, ""),
        (certificate, certificate),
        (&other, key),
        ("-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n", key),
    ] {
        let error = http().tls(certificate.as_bytes(), key.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Certificate(_)), "{certificate}");
    }
}

#[tokio::test]
async fn the_certificate_of_the_host_is_in_its_store() {
    let host = start(https()).await;
    let client = Client::builder(&host.url())
        .credentials(Credentials::ntlm("admin", "secret"))
        .trust_pem(pem())
        .build()
        .unwrap();
    let output = client.invoke(service(), "GetSystemCertificates").send().await.unwrap();
    let encoded = Value::String(BASE64_STANDARD.encode(certificate()));
    assert_eq!(output.find("EncodedCertificates"), Some(&Value::Array(vec![encoded])));
}
