//! The tie between an authentication and the certificate of the host.

use hyperv_replica::auth::ChannelBinding;
use serde_json::{Map, Value};

use crate::fixture;

/// The hashes that each certificate has to be bound by, as another program computed them; none for Ed25519.
fn hashes() -> Map<String, Value> {
    serde_json::from_slice(&fixture("auth/certificates/hashes.json")).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn the_hash_is_that_of_the_signature_or_better() {
    let hashes = hashes();
    assert_eq!(hashes.len(), 8);
    for (name, hash) in hashes {
        let certificate = fixture(&format!("auth/certificates/{name}.der"));
        let expected = hash.as_str().map(|hash| ChannelBinding::tls_server_end_point(&bytes(hash)));
        assert_eq!(ChannelBinding::to_certificate(&certificate), expected, "{name}");
    }
}

#[test]
fn what_is_no_certificate_binds_nothing() {
    let certificate = fixture("auth/certificates/rsa-sha256.der");
    for length in 0..certificate.len() {
        assert_eq!(ChannelBinding::to_certificate(&certificate[..length]), None, "{length}");
    }
    for garbage in [&b"\x30\x84\xff\xff\xff\xff"[..], b"\x30\x80", b"\x30\x89", b"text"] {
        assert_eq!(ChannelBinding::to_certificate(garbage), None);
    }
}
