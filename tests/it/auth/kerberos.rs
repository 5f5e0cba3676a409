//! A client with a ticket and a host with a keytab, both made here, on a fixed clock.

use std::sync::Arc;
use std::time::Duration;

use hyperv_replica::auth::kerberos::{
    Ccache, Error as KerberosError, KerberosAcceptor, KerberosInitiator, Keytab, Replays,
};
use hyperv_replica::auth::{
    AcceptStep, Acceptor as _, ChannelBinding, Env, Error, Hardening, Initiator as _,
    SecurityContext, Step, UserName, Wrapped,
};
use kerbcore::client::unix_to_kerberos_time;
use kerbcore::der::{
    application, encode_integer, encode_octet_string, encode_sequence, explicit, tlv,
};
use kerbcore::messages::Ticket;
use kerbcore::types::{EncryptedData, EncryptionKey, KerberosTime, encode_realm};
use proptest::prelude::*;

use super::{now, sent};
use crate::kdc::{REALM, data, key, name};

pub(super) const START: u32 = 1_767_225_600; // now()
pub(crate) const ENCTYPES: [u8; 4] = [17, 18, 19, 20];

/// A keytab with one key of `host/hv01`.
pub(crate) fn keytab(enctype: u8, byte: u8) -> Arc<Keytab> {
    let keys: [(&[&str], _, _); 1] = [(&["host", "hv01"], 1, key(enctype, byte))];
    Arc::new(Keytab::parse(&crate::kdc::keytab(&keys)).unwrap())
}

pub(super) fn initiator(enctype: u8) -> KerberosInitiator {
    initiator_at(START, enctype)
}

/// A client with a ticket for `host/hv01` from this time on, out of a cache file, version 4.
pub(crate) fn initiator_at(start: u32, enctype: u8) -> KerberosInitiator {
    let session_key = key(enctype, 0x33);
    let time = |seconds: u32| KerberosTime(unix_to_kerberos_time(seconds.into())).encode();
    let part = [
        explicit(0, &tlv(3, &[0; 5])),
        explicit(
            1,
            &EncryptionKey { keytype: enctype.into(), keyvalue: session_key.key().to_vec() }
                .encode(),
        ),
        explicit(2, &encode_realm(REALM)),
        explicit(3, &name(&["admin"]).encode()),
        explicit(
            4,
            &encode_sequence(
                &[explicit(0, &encode_integer(1)), explicit(1, &encode_octet_string(&[]))].concat(),
            ),
        ),
        explicit(5, &time(start)),
        explicit(7, &time(start + 36_000)),
    ]
    .concat();
    let ticket = Ticket {
        tkt_vno: 5,
        realm: REALM.into(),
        sname: name(&["host", "hv01"]),
        enc_part: EncryptedData {
            etype: enctype.into(),
            kvno: Some(1),
            cipher: key(enctype, 0x22).encrypt(2, &application(3, &encode_sequence(&part))),
        },
    };
    let principal = |components: &[&str]| {
        let count = u32::try_from(components.len()).unwrap().to_be_bytes();
        let texts: Vec<_> = components.iter().flat_map(|c| data(c.as_bytes())).collect();
        [&[0, 0, 0, 1][..], &count, &data(REALM.as_bytes()), &texts].concat()
    };
    let cache = [
        vec![5, 4, 0, 0],
        principal(&["admin"]),
        principal(&["admin"]),
        principal(&["host", "hv01"]),
        vec![0, enctype],
        data(session_key.key()),
        [start, start, start + 36_000, 0].map(u32::to_be_bytes).concat(),
        vec![0; 13],
        data(&ticket.encode()),
        data(&[]),
    ]
    .concat();
    KerberosInitiator::new(Ccache::parse(&cache).unwrap().tickets()[0].clone())
}

pub(super) fn step<T>(
    ahead: u64,
    binding: Option<ChannelBinding>,
    run: impl FnOnce(&mut Env<'_>) -> T,
) -> T {
    let random = &mut |buffer: &mut [u8]| buffer.fill(0x55);
    run(&mut Env {
        now: now() + Duration::from_secs(ahead),
        random,
        channel_binding: binding,
        target_name: None,
        workstation: None,
    })
}

pub(super) fn request(
    enctype: u8,
    binding: Option<ChannelBinding>,
) -> (KerberosInitiator, Vec<u8>) {
    let mut initiator = initiator(enctype);
    let token = sent(step(0, binding, |env| initiator.step(None, env)).unwrap());
    (initiator, token)
}

fn accept(
    acceptor: &mut KerberosAcceptor,
    token: &[u8],
) -> Result<(Vec<u8>, SecurityContext, UserName), Error> {
    match step(0, None, |env| acceptor.step(token, env))? {
        AcceptStep::Done { token, context, user } => Ok((token.unwrap(), context, user)),
        other => panic!("{other:?}"),
    }
}

fn acceptor(enctype: u8) -> KerberosAcceptor {
    KerberosAcceptor::new(keytab(enctype, 0x22), Arc::default())
}

pub(super) fn finish(
    initiator: &mut KerberosInitiator,
    token: &[u8],
) -> Result<SecurityContext, Error> {
    match step(0, None, |env| initiator.step(Some(token), env))? {
        Step::Done { token: None, context } => Ok(context),
        other => panic!("{other:?}"),
    }
}

fn contexts(enctype: u8) -> [SecurityContext; 2] {
    let (mut initiator, token) = request(enctype, None);
    let (reply, host, user) = accept(&mut acceptor(enctype), &token).unwrap();
    assert_eq!(user.to_string(), "admin@EXAMPLE.COM");
    [finish(&mut initiator, &reply).unwrap(), host]
}

fn unwrap(context: &mut SecurityContext, message: &Wrapped) -> Result<Vec<u8>, Error> {
    context.unwrap(&message.header, &message.ciphertext)
}

#[test]
fn messages_of_every_encryption_type_have_the_layout_of_winrm() {
    for (enctype, header) in ENCTYPES.into_iter().zip([60, 60, 64, 72]) {
        let [mut client, mut host] = contexts(enctype);
        for text in [&b""[..], b"a", &[7; 70_000]] {
            for from_client in [true, false] {
                let (from, to) =
                    if from_client { (&mut client, &mut host) } else { (&mut host, &mut client) };
                let wrapped = from.wrap(text).unwrap();
                assert_eq!((wrapped.header.len(), wrapped.ciphertext.len()), (header, text.len()));
                assert_eq!(unwrap(to, &wrapped).unwrap(), text);
            }
        }
    }
}

#[test]
fn own_message_sent_back_is_refused() {
    let [mut client, _] = contexts(18);
    let message = client.wrap(b"text").unwrap();
    assert_eq!(unwrap(&mut client, &message), Err(KerberosError::Reflected.into()));
}

#[test]
fn message_that_is_only_signed_is_refused() {
    let [mut client, mut host] = contexts(18);
    let mut message = host.wrap(b"text").unwrap();
    message.header[2] &= !2;
    assert_eq!(unwrap(&mut client, &message), Err(KerberosError::NotSealed.into()));
}

#[test]
fn message_that_is_repeated_or_overtaken_is_refused() {
    let [mut client, mut host] = contexts(18);
    let first = client.wrap(b"1").unwrap();
    unwrap(&mut host, &first).unwrap();
    assert!(matches!(
        unwrap(&mut host, &first),
        Err(Error::Kerberos(KerberosError::WrongSequence { .. }))
    ));
    let [mut client, mut host] = contexts(18);
    client.wrap(b"lost").unwrap();
    let second = client.wrap(b"2").unwrap();
    assert!(matches!(
        unwrap(&mut host, &second),
        Err(Error::Kerberos(KerberosError::WrongSequence { .. }))
    ));
}

#[test]
fn message_that_is_altered_or_cut_anywhere_is_refused() {
    for enctype in ENCTYPES {
        let [mut client, _] = contexts(enctype);
        let Wrapped { header, ciphertext } = client.wrap(b"text").unwrap();
        let token = [header, ciphertext].concat();
        for i in 0..token.len() {
            let mut altered = token.clone();
            altered[i] ^= 1;
            assert!(contexts(enctype)[1].unwrap(&altered[..16], &altered[16..]).is_err(), "{i}");
            assert!(contexts(enctype)[1].unwrap(&token[..i], &[]).is_err(), "{i}");
        }
        // However the peer takes it apart.
        assert_eq!(contexts(enctype)[1].unwrap(&token[..16], &token[16..]).unwrap(), b"text");
    }
}

#[test]
fn request_is_taken_once_by_all_acceptors_of_a_host() {
    let (keytab, replays) = (keytab(18, 0x22), Arc::<Replays>::default());
    let (_, token) = request(18, None);
    let acceptor = || KerberosAcceptor::new(Arc::clone(&keytab), Arc::clone(&replays));
    accept(&mut acceptor(), &token).unwrap();
    assert!(matches!(
        accept(&mut acceptor(), &token),
        Err(Error::Kerberos(KerberosError::ClientRefused(_)))
    ));
}

#[test]
fn host_with_another_key_reads_no_ticket_and_clocks_must_agree() {
    let (_, token) = request(18, None);
    let mut wrong = KerberosAcceptor::new(keytab(18, 0x23), Arc::default());
    assert!(matches!(
        accept(&mut wrong, &token),
        Err(Error::Kerberos(KerberosError::NotVerified(_)))
    ));
    let late = |seconds| step(seconds, None, |env| acceptor(18).step(&token, env));
    late(300).unwrap();
    assert!(matches!(late(301), Err(Error::Kerberos(KerberosError::ClockSkew { .. }))));
    assert!(matches!(late(36_301), Err(Error::Kerberos(KerberosError::TicketExpired))));
}

#[test]
fn answer_to_another_request_does_not_prove_the_host() {
    let (_, token) = request(18, None);
    let (reply, ..) = accept(&mut acceptor(18), &token).unwrap();
    let mut later = initiator(18);
    step(1, None, |env| later.step(None, env)).unwrap();
    assert!(matches!(
        finish(&mut later, &reply),
        Err(Error::Kerberos(KerberosError::HostNotProven(_)))
    ));
}

#[test]
fn hardening_judges_the_binding_of_the_client() {
    let [right, wrong] = [1, 2].map(|byte| ChannelBinding::tls_server_end_point(&[byte; 32]));
    for (hardening, expected) in [
        (Hardening::None, [true, true, true]),
        (Hardening::Relaxed, [true, false, true]),
        (Hardening::Strict, [true, false, false]),
    ] {
        let accepted = [Some(right), Some(wrong), None].map(|binding| {
            let (_, token) = request(18, binding);
            step(0, Some(right), |env| acceptor(18).hardening(hardening).step(&token, env)).is_ok()
        });
        assert_eq!(accepted, expected, "{hardening:?}");
    }
}

proptest! {
    #[test]
    fn no_token_makes_an_end_panic(at in 0..400_usize, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let (mut initiator, mut token) = request(20, None);
        let (mut reply, ..) = accept(&mut acceptor(20), &token).unwrap();
        for token in [&mut token, &mut reply] {
            let at = at.min(token.len());
            token.splice(at..(at + bytes.len()).min(token.len()), bytes.iter().copied());
        }
        drop(accept(&mut acceptor(20), &token));
        drop(finish(&mut initiator, &reply));
        drop(contexts(20)[0].unwrap(&bytes, &reply));
    }
}
