//! What hosts answer to a ticket, in ways other than ours.

use std::time::Duration;

use hyperv_replica::auth::kerberos::{Error as KerberosError, Principal};
use hyperv_replica::auth::{Env, Error, Initiator as _, SecurityContext};
use kerbcore::acceptor::{
    Authenticator, build_ap_rep_with_confounder, parse_ap_req, parse_authenticator,
};
use kerbcore::der::{application, encode_integer, encode_sequence, explicit};
use kerbcore::gss;
use kerbcore::keys::KerberosKey;
use kerbcore::messages::KrbError;
use kerbcore::types::{EncryptedData, EncryptionKey, KerberosTime};

use super::kerberos::{finish, initiator, request};
use super::{now, sent};
use crate::kdc::{REALM, key, name};

/// The session key of the ticket.
fn session_key() -> KerberosKey {
    key(18, 0x33)
}

fn authenticator(token: &[u8]) -> Authenticator {
    let (id, request) = gss::parse_initial_context_token(token).unwrap();
    assert_eq!(id, gss::TOK_ID_AP_REQ);
    let request = parse_ap_req(&request).unwrap();
    parse_authenticator(&session_key().decrypt(11, &request.enc_auth.cipher).unwrap()).unwrap()
}

/// A client that has asked, and the answer that this makes of what it asked.
fn answered(answer: impl FnOnce(Authenticator) -> Vec<u8>) -> Result<SecurityContext, Error> {
    let (mut initiator, token) = request(18, None);
    finish(&mut initiator, &answer(authenticator(&token)))
}

fn framed(id: [u8; 2], message: &[u8]) -> Vec<u8> {
    gss::initial_context_token(id, message)
}

fn reply(of: &Authenticator, subkey: Option<&EncryptionKey>, number: Option<u32>) -> Vec<u8> {
    build_ap_rep_with_confounder(&session_key(), of, subkey, number, &[0; 16])
}

/// A reply with these fields.
fn reply_with(fields: &[Vec<u8>]) -> Vec<u8> {
    let part = application(27, &encode_sequence(&fields.concat()));
    let enc_part =
        EncryptedData { etype: 18, kvno: None, cipher: session_key().encrypt(12, &part) };
    let fields = [encode_integer(5), encode_integer(15), enc_part.encode()];
    let fields = [0, 1, 2].map(|n| explicit(n, &fields[usize::from(n)]));
    application(15, &encode_sequence(&fields.concat()))
}

fn time(of: &Authenticator) -> [Vec<u8>; 2] {
    let time = KerberosTime(of.ctime.clone()).encode();
    [explicit(0, &time), explicit(1, &encode_integer(of.cusec.into()))]
}

/// A message of the host by the client's own key, with as much filler and turned as far as it is said.
fn message(text: &[u8], number: u64, filler: u8, rotation: u8) -> Vec<u8> {
    let number = number.to_be_bytes();
    let header = |rotation| [&[5, 4, 3, 0xFF, 0, filler, 0, rotation], &number[..]].concat();
    let plaintext = [text, &vec![b'#'; filler.into()], &header(0)].concat();
    let mut body = key(18, 0x55).encrypt(22, &plaintext);
    let turned = usize::from(rotation) + usize::from(filler);
    let turned = turned % body.len();
    body.rotate_right(turned);
    [header(rotation), body].concat()
}

#[test]
fn reply_may_come_without_a_frame() {
    for is_framed in [true, false] {
        answered(|of| {
            let reply = reply(&of, None, Some(5));
            if is_framed { framed(gss::TOK_ID_AP_REP, &reply) } else { reply }
        })
        .unwrap();
    }
}

#[test]
fn sequence_number_may_be_negative_or_absent() {
    // Some write 32 bits without a sign as a signed number (RFC 4120 section 5.5.2 has them unsigned).
    for (written, number) in
        [(Some(-1), 0xFFFF_FFFF), (Some(0xFFFF_FFFF), 0xFFFF_FFFF), (Some(7), 7), (None, 0)]
    {
        let mut context = answered(|of| {
            let [time, microseconds] = time(&of);
            let number = written.map(|written| explicit(3, &encode_integer(written)));
            reply_with(&[time, microseconds, number.unwrap_or_default()])
        })
        .unwrap();
        let message = message(b"text", number, 0, 28);
        assert_eq!(context.unwrap(&message[..60], &message[60..]).unwrap(), b"text");
    }
    for written in [0x1_0000_0000, -0x8000_0001] {
        let result = answered(|of| {
            let [time, microseconds] = time(&of);
            reply_with(&[time, microseconds, explicit(3, &encode_integer(written))])
        });
        assert!(matches!(result, Err(Error::Kerberos(KerberosError::Malformed(_)))));
    }
}

#[test]
fn message_with_filler_and_any_rotation_is_opened() {
    for (filler, rotation) in [(0, 0), (0, 28), (3, 28), (16, 28), (0, 5), (3, 200)] {
        let mut context = answered(|of| reply(&of, None, Some(1))).unwrap();
        let message = message(b"some text", 1, filler, rotation);
        let text = context.unwrap(&message[..16], &message[16..]).unwrap();
        assert_eq!(text, b"some text", "{filler} {rotation}");
    }
}

#[test]
fn own_sequence_number_is_far_from_its_end() {
    let mut initiator = initiator(18);
    let mut env = Env {
        now: now(),
        random: &mut |buffer| buffer.fill(0xFF),
        channel_binding: None,
        target_name: None,
        workstation: None,
    };
    let token = sent(initiator.step(None, &mut env).unwrap());
    assert_eq!(authenticator(&token).seq_number, Some(0x3FFF_FFFF));
}

#[test]
fn request_says_what_the_specification_wants() {
    let (_, token) = request(18, None);
    let authenticator = authenticator(&token);
    // RFC 4121 section 4.1.1: the length of the binding, the binding, and the flags.
    let checksum = authenticator.cksum.unwrap();
    assert_eq!(checksum.cksumtype, 0x8003);
    let expected = [&[16, 0, 0, 0][..], &[0; 16], &[0x3E, 0, 0, 0]].concat();
    assert_eq!(checksum.checksum, expected);
    assert_eq!(
        (authenticator.crealm.as_str(), authenticator.cname.name_string),
        (REALM, vec!["admin".to_owned()])
    );
    let (_, request) = gss::parse_initial_context_token(&token).unwrap();
    assert_eq!(parse_ap_req(&request).unwrap().ap_options, 0x2000_0000, "mutual-required");
}

#[test]
fn key_of_the_host_must_be_strong() {
    for (keytype, length) in [(23, 16), (16, 24), (18, 16), (99, 32)] {
        let result = answered(|of| {
            let subkey = EncryptionKey { keytype, keyvalue: vec![1; length] };
            reply(&of, Some(&subkey), Some(1))
        });
        assert!(result.is_err(), "{keytype}");
    }
    // It may be of another type than that of the ticket.
    let subkey = EncryptionKey { keytype: 20, keyvalue: vec![1; 32] };
    let mut context = answered(|of| reply(&of, Some(&subkey), Some(1))).unwrap();
    assert_eq!(context.wrap(b"").unwrap().header.len(), 72);
}

#[test]
fn refusals_of_a_host_have_their_meaning() {
    let wrong = || KerberosError::WrongService(Principal::from("host/hv01@EXAMPLE.COM"));
    let skew = KerberosError::ClockSkew { ours: now(), theirs: now() + Duration::from_secs(3600) };
    for (error_code, expected) in [
        (37, skew),
        (41, wrong()),
        (31, wrong()),
        (35, wrong()),
        (44, wrong()),
        (45, wrong()),
        (32, KerberosError::TicketExpired),
        (34, KerberosError::Refused { code: 34, name: "KRB_AP_ERR_REPEAT" }),
    ] {
        for is_framed in [true, false] {
            let error = answered(|_| {
                let error = KrbError {
                    stime: KerberosTime("20260101010000Z".into()),
                    susec: 1,
                    error_code,
                    realm: REALM.into(),
                    sname: name(&["host", "hv01"]),
                    e_text: None,
                    e_data: None,
                };
                let error = error.encode();
                if is_framed { framed(gss::TOK_ID_KRB_ERROR, &error) } else { error }
            })
            .unwrap_err();
            assert_eq!(error, expected.clone().into());
        }
    }
}

#[test]
fn answer_that_is_none_is_malformed() {
    for token in [
        vec![],
        vec![0; 20],
        framed(gss::TOK_ID_AP_REQ, &[]),
        framed(gss::TOK_ID_AP_REP, &[]),
        framed(gss::TOK_ID_KRB_ERROR, &[0x7E, 0]),
    ] {
        let result = answered(|_| token);
        assert!(matches!(result, Err(Error::Kerberos(KerberosError::Malformed(_)))), "{result:?}");
    }
    let altered = answered(|of| {
        let mut reply = reply(&of, None, None);
        *reply.last_mut().unwrap() ^= 1;
        reply
    });
    assert!(matches!(altered, Err(Error::Kerberos(KerberosError::NotVerified(_)))));
}
