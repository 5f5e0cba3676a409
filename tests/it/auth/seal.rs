use hyperv_replica::auth::seal::{Protocol, seal, unseal};
use hyperv_replica::auth::{Error, SecurityContext};
use proptest::prelude::*;

use super::exchanged;

const SPNEGO: Protocol = Protocol::Spnego;

fn open(context: &mut SecurityContext, body: &[u8]) -> Result<Vec<u8>, Error> {
    unseal(context, SPNEGO, Some(&SPNEGO.content_type()), body)
}

/// A body in the given layout, where `%` stands for length, signature and ciphertext of `plaintext`.
fn body(context: &mut SecurityContext, layout: &str, plaintext: &[u8]) -> Vec<u8> {
    let wrapped = context.wrap(plaintext).unwrap();
    let (before, after) = layout.split_once('%').unwrap();
    let length = u32::try_from(wrapped.header.len()).unwrap().to_le_bytes();
    [before.as_bytes(), &length, &wrapped.header, &wrapped.ciphertext, after.as_bytes()].concat()
}

const SPECIFIED: &str = "--Encrypted Boundary\r\n\
    \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
    \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n\
    --Encrypted Boundary\r\n\
    \tContent-Type: application/octet-stream\r\n\
    %--Encrypted Boundary--\r\n";

#[test]
fn a_sealed_body_is_written_as_specified() {
    let sealed = seal(&mut exchanged().client, SPNEGO, b"<a/>\n").unwrap();
    assert_eq!(sealed, body(&mut exchanged().client, SPECIFIED, b"<a/>\n"));
}

#[test]
fn length_counts_bytes_and_not_letters() {
    let sealed = seal(&mut exchanged().client, SPNEGO, "<ü/>".as_bytes()).unwrap();
    assert_eq!(sealed, body(&mut exchanged().client, SPECIFIED, "<ü/>".as_bytes()));
}

#[test]
fn each_protocol_is_named_in_header_and_body() {
    for (protocol, name) in [
        (Protocol::Spnego, "SPNEGO"),
        (Protocol::Kerberos, "Kerberos"),
        (Protocol::CredSsp, "CredSSP"),
    ] {
        let content_type = protocol.content_type();
        assert_eq!(
            content_type,
            format!(
                "multipart/encrypted;protocol=\"application/HTTP-{name}-session-encrypted\";boundary=\"Encrypted Boundary\""
            )
        );
        let mut ends = exchanged();
        let sealed = seal(&mut ends.client, protocol, b"hello").unwrap();
        let opened = unseal(&mut ends.host, protocol, Some(&content_type), &sealed);
        assert_eq!(opened.unwrap(), b"hello");
        let other = if protocol == SPNEGO { Protocol::Kerberos } else { SPNEGO };
        let refused = unseal(&mut ends.host, other, Some(&other.content_type()), &sealed);
        assert!(matches!(refused, Err(Error::NotSealed { .. })), "{refused:?}");
    }
}

#[test]
fn what_other_implementations_write_is_read() {
    for layout in [
        SPECIFIED.to_owned(),
        SPECIFIED.replace('\t', ""),
        SPECIFIED.replace("--Encrypted Boundary", "-- Encrypted Boundary"),
        SPECIFIED.replace("Encrypted Boundary", "another"),
        SPECIFIED.replace("Content-Type: ", "content-type:"),
        SPECIFIED.replace(";charset=UTF-8;", "; charset=\"utf-8\"; "),
        SPECIFIED.replace("SPNEGO", "spnego"),
        SPECIFIED.strip_suffix("\r\n").unwrap().to_owned(),
    ] {
        let mut ends = exchanged();
        let sealed = body(&mut ends.host, &layout, b"hello");
        assert_eq!(open(&mut ends.client, &sealed).unwrap(), b"hello", "{layout}");
    }
    let mut ends = exchanged();
    let sealed = body(&mut ends.host, SPECIFIED, b"hello");
    let spaced = SPNEGO.content_type().replace(';', " ; ").replace("multipart", "Multipart");
    assert_eq!(unseal(&mut ends.client, SPNEGO, Some(&spaced), &sealed).unwrap(), b"hello");
}

#[test]
fn ciphertext_may_look_like_boundaries() {
    let wanted = b"--Encrypted Boundary--\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n--Encrypted Boundary--\r\n";
    // The key stream is what zeros are encrypted to.
    let stream = exchanged().host.wrap(&vec![0; wanted.len()]).unwrap().ciphertext;
    let plaintext: Vec<u8> = stream.iter().zip(wanted).map(|(a, b)| a ^ b).collect();
    let mut ends = exchanged();
    let sealed = seal(&mut ends.host, SPNEGO, &plaintext).unwrap();
    assert!(sealed.windows(wanted.len()).any(|window| window == wanted));
    assert_eq!(open(&mut ends.client, &sealed).unwrap(), plaintext);
}

#[test]
fn a_body_in_clear_is_refused() {
    for content_type in [
        None,
        Some(""),
        Some("application/soap+xml;charset=UTF-8"),
        Some("multipart/encrypted"),
        Some("multipart/x-multi-encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\""),
        Some("multipart/encrypted;protocol=\"application/HTTP-Kerberos-session-encrypted\""),
    ] {
        let mut ends = exchanged();
        let sealed = seal(&mut ends.host, SPNEGO, b"hello").unwrap();
        let refused = unseal(&mut ends.client, SPNEGO, content_type, &sealed);
        assert_eq!(
            refused,
            Err(Error::NotSealed {
                expected: "application/HTTP-SPNEGO-session-encrypted",
                found: content_type.unwrap_or_default().to_owned(),
            })
        );
    }
}

#[test]
fn a_malformed_body_is_refused_with_its_fault() {
    let cases = [
        ("", "", "ends within a line"),
        ("--Encrypted Boundary\r\n\t", "--\r\n\t", "begin with a boundary"),
        ("--Encrypted Boundary\r\n\t", "Encrypted Boundary\r\n\t", "begin with a boundary"),
        ("\tContent-Type: application/HTTP", "\tContent-Kind: application/HTTP", "no Content-Type"),
        ("\tOriginalContent: ", "\r\n\tOriginalContent: ", "no OriginalContent"),
        (";Length=5", "", "no Length"),
        (";Length=5", ";Length=-5", "no Length"),
        (";Length=5", ";Length=99999999999999999999", "no Length"),
        ("5\r\n--Encrypted Boundary\r\n", "5\r\n--Encrypted\r\n", "second boundary"),
        ("octet-stream", "octets", "not application/octet-stream"),
        ("%--Encrypted Boundary--", "%--Encrypted Boundary", "closing boundary"),
        ("%--Encrypted Boundary--\r\n", "%", "closing boundary"),
        ("%--Encrypted Boundary--", "--Encrypted Boundary--%", "closing boundary"),
    ];
    for (from, to, fault) in cases {
        let layout = if from.is_empty() { "%".to_owned() } else { SPECIFIED.replacen(from, to, 1) };
        let mut ends = exchanged();
        let sealed = body(&mut ends.host, &layout, b"hello");
        let error = open(&mut ends.client, &sealed).unwrap_err();
        assert!(matches!(error, Error::MalformedSeal(_)), "{layout}: {error:?}");
        assert!(error.to_string().contains(fault), "{layout}: {error}");
    }
}

#[test]
fn a_signature_that_does_not_fit_is_refused() {
    let (before, after) = SPECIFIED.split_once('%').unwrap();
    for payload in [&[][..], &[16, 0, 0], &[16, 0, 0, 0], &[0xFF; 40]] {
        let sealed = [before.as_bytes(), payload, after.as_bytes()].concat();
        let refused = open(&mut exchanged().client, &sealed);
        assert_eq!(refused, Err(Error::MalformedSeal("it is shorter than its signature")));
    }
    let empty = [before.as_bytes(), &[0; 9], after.as_bytes()].concat();
    assert_eq!(open(&mut exchanged().client, &empty), Err(Error::NotASignature));
}

#[test]
fn a_line_break_before_the_closing_boundary_is_no_part_of_the_form() {
    let mut ends = exchanged();
    let sealed = body(&mut ends.host, &SPECIFIED.replace('%', "%\r\n"), b"hello");
    assert_eq!(open(&mut ends.client, &sealed), Err(Error::WrongSignature));
}

#[test]
fn a_wrong_length_is_refused() {
    for length in [0, 4, 6] {
        let mut ends = exchanged();
        let layout = SPECIFIED.replace("=5", &format!("={length}"));
        let sealed = body(&mut ends.host, &layout, b"hello");
        let refused = open(&mut ends.client, &sealed);
        assert_eq!(refused, Err(Error::SealedLength { stated: length, actual: 5 }));
    }
}

#[test]
fn other_content_than_soap_in_utf_8_is_refused_by_name() {
    for (from, to) in [("UTF-8", "UTF-16"), ("soap+xml", "json"), (";charset=UTF-8", "")] {
        let mut ends = exchanged();
        let sealed = body(&mut ends.host, &SPECIFIED.replace(from, to), b"hello");
        let error = open(&mut ends.client, &sealed).unwrap_err();
        assert!(matches!(error, Error::SealedContent(_)), "{error:?}");
        assert!(error.to_string().contains(to), "{error}");
    }
}

#[test]
fn errors_show_little_of_what_the_peer_sent() {
    let content_type = format!("text/html;{}", "x".repeat(1_000_000));
    let error = unseal(&mut exchanged().client, SPNEGO, Some(&content_type), b"").unwrap_err();
    assert!(error.to_string().len() < 300);
}

proptest! {
    #[test]
    fn what_is_sealed_is_unsealed(messages: Vec<Vec<u8>>) {
        let mut ends = exchanged();
        for message in messages {
            let request = seal(&mut ends.client, SPNEGO, &message).unwrap();
            prop_assert_eq!(open(&mut ends.host, &request).unwrap(), message.clone());
            let answer = seal(&mut ends.host, SPNEGO, &message).unwrap();
            prop_assert_eq!(open(&mut ends.client, &answer).unwrap(), message);
        }
    }

    #[test]
    fn arbitrary_bodies_are_refused(content_type: String, body: Vec<u8>) {
        let mut ends = exchanged();
        prop_assert!(unseal(&mut ends.client, SPNEGO, Some(&content_type), &body).is_err());
        prop_assert!(open(&mut ends.client, &body).is_err());
    }

    #[test]
    fn a_body_altered_in_one_byte_gives_the_message_or_an_error(at: prop::sample::Index, to: u8) {
        let mut ends = exchanged();
        let mut sealed = seal(&mut ends.host, SPNEGO, b"hello").unwrap();
        *at.get_mut(&mut sealed) = to;
        if let Ok(opened) = open(&mut ends.client, &sealed) {
            prop_assert_eq!(opened, b"hello");
        }
    }

    #[test]
    fn a_body_cut_short_is_refused(at: prop::sample::Index) {
        let mut ends = exchanged();
        let sealed = seal(&mut ends.host, SPNEGO, b"hello").unwrap();
        // All but the last line break is needed.
        let cut = &sealed[..at.index(sealed.len() - 2)];
        prop_assert!(open(&mut ends.client, cut).is_err());
    }
}
