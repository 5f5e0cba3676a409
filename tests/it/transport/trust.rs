//! What can be said about trust before anything is sent.

use hyperv_replica::{
    Client, Credentials, ErrorKind,
    client::{ClientBuilder, Pin},
    transport::{Error, Execution},
};

fn builder(host: &str) -> ClientBuilder {
    Client::builder(host).credentials(Credentials::ntlm("admin", "password"))
}

/// Why it cannot be built, level by level; it is usage.
fn refusal(builder: ClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    let source = std::error::Error::source(&error).map(ToString::to_string);
    format!("{error}: {}", source.unwrap_or_default())
}

#[test]
fn a_pin_wants_tls_and_excludes_accepting_any() {
    let pin = Pin::of_certificate(b"certificate");
    assert!(builder("https://hv01").pin_certificate(pin).build().is_ok());
    assert!(refusal(builder("hv01").pin_certificate(pin)).contains("use https"));
    let both = builder("https://hv01").pin_certificate(pin).dangerous_accept_invalid_certs(true);
    assert!(refusal(both).contains("choose one"));
    assert!(builder("hv01").dangerous_accept_invalid_certs(true).build().is_ok());
}

#[test]
fn a_certificate_is_needed_to_log_on_with_one() {
    let builder = Client::builder("https://hv01").credentials(Credentials::certificate());
    assert!(refusal(builder).contains("no client certificate"));
}

#[test]
fn says_what_is_wrong_with_a_client_certificate_and_not_what_it_is() {
    let builder = |chain: &str, key: &str| {
        let builder = builder("https://hv01").client_certificate(chain, key);
        assert!(!format!("{builder:?}").contains("c2VjcmV0"), "{builder:?}");
        builder
    };
    let certificate =
        |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    assert!(refusal(builder("", key)).contains("no certificate"));
    assert!(refusal(builder(&certificate("c2VjcmV0"), key)).contains("no certificate"));
    let chain = certificate(&ecdsa());
    assert!(refusal(builder(&chain, "")).contains("no private key"));
    assert!(refusal(builder(&chain, key)).contains("private key cannot be used"));
    let encrypted = key.replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE");
    assert!(refusal(builder(&chain, &encrypted)).contains("openssl pkey"));
}

#[test]
fn a_refused_certificate_has_executed_nothing() {
    for (error, status) in [
        (Error::CertificateRefused { status: 401 }, Some(401)),
        (Error::CertificateNotAskedFor { status: 403 }, Some(403)),
        (Error::CertificateAlert("alert".into()), None),
    ] {
        assert_eq!(error.execution(), Execution::No);
        assert_eq!(error.status(), status);
    }
}

/// A certificate in Base64.
fn ecdsa() -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(crate::fixture("auth/certificates/ecdsa-sha384.der"))
}
