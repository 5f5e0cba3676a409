//! Pins.

use hyperv_replica::client::Pin;

use crate::fixture;

#[test]
fn is_the_sha_256_of_the_certificate() {
    // By sha256sum, which knows nothing of certificates.
    let sum = "b7ffb26746c1264c4f46f93446a21ef3c69f9524acff0f6c65d8a049d928a26b";
    let pin = Pin::of_certificate(&fixture("auth/certificates/ecdsa-sha384.der"));
    assert_eq!(pin.to_string(), format!("sha256:{sum}"));
}

#[test]
fn reads_what_it_writes_and_what_openssl_prints() {
    let digits = "0123456789abcdef".repeat(4);
    let pin: Pin = format!("sha256:{digits}").parse().unwrap();
    assert_eq!(pin.to_string(), format!("sha256:{digits}"));
    let pairs: Vec<_> =
        digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    for text in [
        format!("SHA256:{}", digits.to_uppercase()),
        format!(" sha256:{} ", pairs.join(":")),
        format!("Sha256:{}", pairs.join(":").to_uppercase()),
    ] {
        assert_eq!(text.parse(), Ok(pin), "{text}");
    }
}

#[test]
fn refuses_what_is_no_pin() {
    for text in [
        String::new(),
        "sha256".to_owned(),
        "sha256:".to_owned(),
        format!("sha256:{}", "0".repeat(63)),
        format!("sha256:{}", "0".repeat(65)),
        format!("sha256:{}g", "0".repeat(63)),
        format!("sha256:+{}", "0".repeat(63)),
        format!("sha256:{}é", "0".repeat(62)),
        format!("sha1:{}", "0".repeat(64)),
        "0".repeat(64),
        "0".repeat(40),
    ] {
        assert!(text.parse::<Pin>().is_err(), "{text}");
    }
}
