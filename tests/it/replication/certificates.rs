//! Certificates of a host, as `GetSystemCertificates` gives them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyperv_replica::{
    cim::{Output, Value, typed::Method as _},
    msvm::replication_service::GetSystemCertificates,
    replication::{CertificateError, SystemCertificate, Validity},
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use crate::fixture;

fn encoded() -> String {
    STANDARD.encode(fixture("auth/certificates/rsa-sha256.der"))
}

// What OpenSSL says of it.
const THUMBPRINT: &str = "743A4DB5EEAC053758DE452358721DD2D4673D96";

#[test]
fn a_certificate_is_told_by_thumbprint_and_names() {
    let certificate = SystemCertificate::from_base64(&encoded()).unwrap();
    assert_eq!(
        serde_json::to_value(&certificate).unwrap(),
        json!({
            "thumbprint": THUMBPRINT,
            "subject": "CN=hv01.example.com",
            "subject_name": "hv01.example.com",
            "issuer": "CN=hv01.example.com",
            "issuer_name": "hv01.example.com",
            "names": [],
            "not_before": "2026-11-24T08:28:15Z",
            "not_after": "2126-10-31T08:28:15Z",
        })
    );
    assert_eq!(
        certificate.to_string(),
        "hv01.example.com, issued by hv01.example.com, until 2126-10-31T08:28:15Z"
    );
}

#[test]
fn its_dates_say_whether_it_can_be_used() {
    let certificate = SystemCertificate::from_base64(&encoded()).unwrap();
    for (now, validity) in [
        ("2026-11-24T08:28:14Z", Validity::NotYet),
        ("2026-11-24T08:28:15Z", Validity::Valid),
        ("2126-10-31T08:28:15Z", Validity::Valid),
        ("2126-10-31T08:28:16Z", Validity::Expired),
    ] {
        let now: Timestamp = now.parse().unwrap();
        assert_eq!(certificate.validity(now), validity, "{now}");
    }
}

#[test]
fn one_without_an_end_is_valid_as_long_as_a_time_can_be_told() {
    let mut der = fixture("auth/certificates/rsa-sha256.der");
    let end = der.windows(15).position(|bytes| bytes == b"21261031082815Z").unwrap();
    let mut read = |text: &[u8; 15]| {
        der[end..end + 15].copy_from_slice(text);
        SystemCertificate::from_base64(&STANDARD.encode(&der))
    };
    // RFC 5280 4.1.2.5 has this time for "no end".
    let certificate = read(b"99991231235959Z").unwrap();
    assert_eq!(certificate.not_after, Timestamp::MAX);
    assert_eq!(certificate.validity(Timestamp::MAX), Validity::Valid);
    for no_time in [b"99991331235959Z", b"-9999010100000Z", b"99991231235959+"] {
        assert!(read(no_time).is_err(), "{no_time:?}");
    }
}

#[test]
fn one_that_cannot_be_read_costs_itself_alone() {
    let in_lines = encoded()
        .as_bytes()
        .chunks(64)
        .fold(String::new(), |text, line| text + std::str::from_utf8(line).unwrap() + "\r\n");
    let texts = ["?".to_owned(), in_lines, STANDARD.encode("abc"), String::new(), encoded()];
    let mut output = Output::default();
    let texts = texts.map(Value::String).to_vec();
    output.parameters.push(("EncodedCertificates".to_owned(), Value::Array(texts)));
    let output = GetSystemCertificates::output(&output).unwrap();
    let certificates = SystemCertificate::all(&output);
    let found: Vec<_> = certificates.into_iter().map(|one| one.map(|one| one.thumbprint)).collect();
    let unreadable = |thumbprint: &str| CertificateError::Der { thumbprint: thumbprint.to_owned() };
    let expected = [
        Err(CertificateError::Base64),
        Ok(THUMBPRINT.to_owned()),
        Err(unreadable("A9993E364706816ABA3E25717850C26C9CD0D89D")), // FIPS 180-4's own example
        Err(unreadable("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")),
        Ok(THUMBPRINT.to_owned()),
    ];
    assert_eq!(found, expected);
    assert_eq!(
        found[2].as_ref().unwrap_err().to_string(),
        "the host sent a certificate that cannot be read, with the thumbprint A9993E364706816ABA3E25717850C26C9CD0D89D"
    );

    let none = GetSystemCertificates::output(&Output::default()).unwrap();
    assert_eq!(SystemCertificate::all(&none), []);
}

#[test]
fn reads_the_certificates_of_openssl_and_no_part_of_one() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/auth/certificates");
    let read = |der: &[u8]| SystemCertificate::from_base64(&STANDARD.encode(der));
    let mut number = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "der") {
            continue;
        }
        number += 1;
        let der = std::fs::read(&path).unwrap();
        let certificate = read(&der).unwrap();
        assert!(certificate.subject.starts_with("CN="), "{certificate}");
        assert!(certificate.not_before < certificate.not_after, "{certificate}");
        for length in 0..der.len() {
            assert!(read(&der[..length]).is_err(), "{length} bytes");
            let mut altered = der.clone();
            altered[length] ^= 0xFF;
            // Whatever it says then: it does not panic.
            drop(read(&altered));
        }
    }
    assert!(number > 5, "{number} certificates");
}

proptest! {
    #[test]
    fn no_certificate_panics(position in any::<prop::sample::Index>(), byte: u8, text in ".{0,40}") {
        let mut der = fixture("auth/certificates/rsa-sha256.der");
        *position.get_mut(&mut der) = byte;
        drop(SystemCertificate::from_base64(&STANDARD.encode(der)));
        drop(SystemCertificate::from_base64(&text));
    }
}
