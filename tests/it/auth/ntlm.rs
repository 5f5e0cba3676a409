use hyperv_replica::auth::ntlm::NtlmInitiator;
use hyperv_replica::auth::{
    AcceptStep, Acceptor as _, ChannelBinding, Credentials, Env, Error, Hardening, Initiator as _,
    SecurityContext, Step, Wrapped,
};
use ntlmclient::{
    AuthenticateMessage, ChallengeMessage, Flags, Message, TargetInfoEntry, TargetInfoType,
};
use proptest::prelude::*;

use super::{
    Exchange, PASSWORD, Token, USER, acceptor, exchange, exchanged, initiator, sent, step,
    step_with,
};

fn try_exchange(user: &str, password: &str) -> Result<Exchange, Error> {
    let (mut initiator, mut acceptor) = (initiator(user, password), acceptor(USER, PASSWORD));
    exchange(&mut initiator, &mut acceptor, &mut |_, _| (), [None; 2])
}

fn altered(alter: &mut dyn FnMut(Token, &mut Vec<u8>)) -> Result<Exchange, Error> {
    let (mut initiator, mut acceptor) = (initiator(USER, PASSWORD), acceptor(USER, PASSWORD));
    exchange(&mut initiator, &mut acceptor, alter, [None; 2])
}

/// Answers a challenge with a fresh initiator.
fn answer(challenge: &[u8]) -> Result<Vec<u8>, Error> {
    let mut initiator = initiator(USER, PASSWORD);
    step(None, |env| initiator.step(None, env))?;
    match step(None, |env| initiator.step(Some(challenge), env))? {
        Step::Done { token, .. } => Ok(token.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn challenge_message(bytes: &[u8]) -> ChallengeMessage {
    match Message::try_from(bytes).unwrap() {
        Message::Challenge(message) => message,
        other => panic!("{other:?}"),
    }
}

fn authenticate_message(bytes: &[u8]) -> AuthenticateMessage {
    match Message::try_from(bytes).unwrap() {
        Message::Authenticate(message) => message,
        other => panic!("{other:?}"),
    }
}

/// The AV pairs of an NTLMv2 response, which begin after 44 bytes.
fn av_pairs(message: &AuthenticateMessage) -> Vec<TargetInfoEntry> {
    let mut rest = &message.ntlm_response[44..];
    let mut pairs = Vec::new();
    loop {
        let (pair, after) = TargetInfoEntry::try_from_bytes(rest).unwrap();
        if pair.entry_type == TargetInfoType::Terminator {
            return pairs;
        }
        pairs.push(pair);
        rest = after;
    }
}

fn av_value(message: &AuthenticateMessage, entry_type: TargetInfoType) -> Option<Vec<u8>> {
    av_pairs(message).into_iter().find(|pair| pair.entry_type == entry_type).map(|pair| pair.data)
}

/// A CHALLENGE with this target information, otherwise one of ours.
fn challenge_with(target_info: &[u8]) -> Vec<u8> {
    let mut challenge = exchanged().challenge;
    let length = u16::try_from(target_info.len()).unwrap().to_le_bytes();
    let offset = u32::try_from(challenge.len()).unwrap().to_le_bytes();
    challenge.splice(40..48, [length, length].concat().into_iter().chain(offset));
    challenge.extend(target_info);
    challenge
}

fn unwrap(context: &mut SecurityContext, message: &Wrapped) -> Result<Vec<u8>, Error> {
    context.unwrap(&message.header, &message.ciphertext)
}

#[test]
fn two_ends_exchange_messages_of_all_sizes() {
    let mut ends = exchanged();
    assert_eq!(ends.user.to_string(), USER);
    for size in (0..40).chain([1_000, 4_096, 65_535, 65_536, 70_000]) {
        let message: Vec<u8> = (0..size).map(|i: u32| i.to_le_bytes()[0]).collect();
        let request = ends.client.wrap(&message).unwrap();
        assert_eq!((request.header.len(), request.ciphertext.len()), (16, message.len()));
        assert_eq!(unwrap(&mut ends.host, &request).unwrap(), message);
        for _ in 0..2 {
            let answer = ends.host.wrap(&message).unwrap();
            assert_eq!(unwrap(&mut ends.client, &answer).unwrap(), message);
        }
    }
}

#[test]
fn contexts_can_be_sent_to_another_thread() {
    fn is_send(_: impl Send) {}
    is_send(exchanged().client);
    is_send(initiator(USER, PASSWORD));
    is_send(acceptor(USER, PASSWORD));
}

#[test]
fn any_altered_byte_of_the_exchange_is_refused() {
    let Exchange { negotiate, challenge, authenticate, .. } = exchanged();
    for (token, length) in [
        (Token::Negotiate, negotiate.len()),
        (Token::Challenge, challenge.len()),
        (Token::Authenticate, authenticate.len()),
    ] {
        for at in 0..length {
            let result = altered(&mut |which, bytes| {
                if which == token {
                    bytes[at] ^= 1;
                }
            });
            assert!(result.is_err(), "byte {at} of {token:?}");
        }
    }
}

#[test]
fn refuses_a_corrupted_integrity_code() {
    let result = altered(&mut |token, bytes| {
        if token == Token::Authenticate {
            bytes[72] ^= 1;
        }
    });
    assert_eq!(result.err(), Some(Error::WrongIntegrityCode));
}

#[test]
fn refuses_a_negotiation_that_was_weakened_on_its_way() {
    // ALWAYS_SIGN is not required, so only the integrity code tells.
    let result = altered(&mut |token, bytes| {
        if token == Token::Negotiate {
            bytes[13] &= !0x80;
        }
    });
    assert_eq!(result.err(), Some(Error::WrongIntegrityCode));
}

/// What a client sends that knows of no integrity code: written by `ntlmclient`, which has no place for one.
fn without_integrity_code(flags: u32) -> Result<AcceptStep, Error> {
    let mut acceptor = acceptor(r"EXAMPLE\admin", "secret");
    let negotiate = exchanged().negotiate;
    let AcceptStep::Send(challenge) = step(None, |env| acceptor.step(&negotiate, env))? else {
        panic!("no challenge")
    };
    let challenge = challenge_message(&challenge);
    let credentials = ntlmclient::Credentials {
        username: "admin".to_owned(),
        password: "secret".to_owned(),
        domain: "EXAMPLE".to_owned(),
    };
    let flags_pair =
        TargetInfoEntry { entry_type: TargetInfoType::Flags, data: flags.to_le_bytes().to_vec() };
    let target_info = [flags_pair.to_bytes(), vec![0; 4]].concat();
    let response =
        ntlmclient::respond_challenge_ntlm_v2(challenge.challenge, &target_info, 0, &credentials);
    let token = response.to_message(&credentials, "", challenge.flags).to_bytes().unwrap();
    step(None, |env| acceptor.step(&token, env))
}

#[test]
fn integrity_code_may_be_left_out_only_if_none_is_announced() {
    assert!(matches!(without_integrity_code(0), Ok(AcceptStep::Done { .. })));
    assert_eq!(without_integrity_code(2).err(), Some(Error::WrongIntegrityCode));
}

#[test]
fn refuses_a_wrong_password_and_an_unknown_user_alike() {
    for (user, password) in
        [(USER, "wrong"), (USER, ""), (r"EXAMPLE\nobody", PASSWORD), ("Jürgen", PASSWORD)]
    {
        assert_eq!(try_exchange(user, password).err(), Some(Error::LogonFailure), "{user}");
    }
}

#[test]
fn user_names_work_in_any_case() {
    for user in [r"EXAMPLE\jürgen", r"EXAMPLE\JÜRGEN", r"example\Jürgen"] {
        assert_eq!(try_exchange(user, PASSWORD).unwrap().user.to_string(), user);
    }
}

#[test]
fn user_names_without_domain_work() {
    for user in ["straße", "admin@example.com"] {
        let (mut initiator, mut acceptor) = (initiator(user, "x"), acceptor(user, "x"));
        let ends = exchange(&mut initiator, &mut acceptor, &mut |_, _| (), [None; 2]).unwrap();
        assert_eq!((ends.user.domain(), ends.user.name()), ("", user));
    }
}

#[test]
fn refuses_tokens_that_are_sent_back_to_their_sender() {
    let Exchange { negotiate, challenge, authenticate, mut client, mut host, .. } = exchanged();
    for token in [&negotiate, &authenticate] {
        assert!(matches!(answer(token), Err(Error::Malformed { message: "CHALLENGE", .. })));
    }
    let mut acceptor = acceptor(USER, PASSWORD);
    step(None, |env| acceptor.step(&negotiate, env)).unwrap();
    let refused = step(None, |env| acceptor.step(&challenge, env));
    assert!(matches!(refused, Err(Error::Malformed { message: "AUTHENTICATE", .. })));

    let message = client.wrap(b"hello").unwrap();
    assert_eq!(unwrap(&mut client, &message), Err(Error::WrongSignature));
    let message = host.wrap(b"hello").unwrap();
    assert_eq!(unwrap(&mut host, &message), Err(Error::WrongSignature));
}

#[test]
fn an_authentication_cannot_be_repeated() {
    let Exchange { negotiate, authenticate, .. } = exchanged();
    let mut acceptor = acceptor(USER, PASSWORD);
    step_with(&mut |challenge| challenge.fill(7), None, |env| acceptor.step(&negotiate, env))
        .unwrap();
    let refused = step(None, |env| acceptor.step(&authenticate, env));
    assert_eq!(refused.err(), Some(Error::LogonFailure));
}

#[test]
fn refuses_a_peer_that_agrees_to_less_than_sealing_needs() {
    for (flag, name) in [
        (Flags::NEGOTIATE_UNICODE, "NTLMSSP_NEGOTIATE_UNICODE"),
        (Flags::NEGOTIATE_SIGN, "NTLMSSP_NEGOTIATE_SIGN"),
        (Flags::NEGOTIATE_SEAL, "NTLMSSP_NEGOTIATE_SEAL"),
        (Flags::NEGOTIATE_NTLM2_KEY, "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY"),
        (Flags::NEGOTIATE_128BIT, "NTLMSSP_NEGOTIATE_128"),
        (Flags::NEGOTIATE_KEY_EXCHANGE, "NTLMSSP_NEGOTIATE_KEY_EXCH"),
    ] {
        for (token, message, at) in [
            (Token::Negotiate, "NEGOTIATE", 12),
            (Token::Challenge, "CHALLENGE", 20),
            (Token::Authenticate, "AUTHENTICATE", 60),
        ] {
            // All letters are ASCII, so that texts can be read as OEM too.
            let (mut initiator, mut acceptor) = (initiator("admin", "x"), acceptor("admin", "x"));
            let mut weaken = |which, bytes: &mut Vec<u8>| {
                if which == token {
                    for (byte, flag) in bytes[at..].iter_mut().zip(flag.bits().to_le_bytes()) {
                        *byte &= !flag;
                    }
                    bytes[at] |= 2; // OEM
                }
            };
            let result = exchange(&mut initiator, &mut acceptor, &mut weaken, [None; 2]);
            let expected = Error::TooWeak { message, missing: name.to_owned() };
            assert_eq!(result.err(), Some(expected));
        }
    }
}

#[test]
fn a_replayed_a_lost_and_an_overtaking_message_are_refused() {
    type Disturbance = fn(&mut SecurityContext, &[Wrapped; 3]) -> Result<Vec<u8>, Error>;
    let disturbances: [(Disturbance, u32, u32); 3] = [
        (|host, [first, ..]| unwrap(host, first).and_then(|_| unwrap(host, first)), 1, 0),
        (|host, [_, second, _]| unwrap(host, second), 0, 1),
        (|host, [first, _, third]| unwrap(host, first).and_then(|_| unwrap(host, third)), 1, 2),
    ];
    for (disturb, expected, found) in disturbances {
        let mut ends = exchanged();
        let messages = [b"1", b"2", b"3"].map(|text| ends.client.wrap(text).unwrap());
        let refused = disturb(&mut ends.host, &messages);
        assert_eq!(refused, Err(Error::WrongSequence { expected, found }));
    }
}

#[test]
fn an_altered_message_is_refused_and_ends_the_context() {
    let whole = exchanged().client.wrap(b"hello").unwrap();
    for at in 0..16 + 5 {
        let mut ends = exchanged();
        let mut message = ends.client.wrap(b"hello").unwrap();
        assert_eq!(message, whole);
        match at {
            0..16 => message.header[at] ^= 1,
            _ => message.ciphertext[at - 16] ^= 1,
        }
        let expected = match at {
            0..4 => Error::NotASignature,
            12..16 => Error::WrongSequence {
                expected: 0,
                found: 1 << (8 * u32::try_from(at - 12).unwrap()),
            },
            _ => Error::WrongSignature,
        };
        assert_eq!(unwrap(&mut ends.host, &message), Err(expected), "byte {at}");
        assert_eq!(unwrap(&mut ends.host, &whole), Err(Error::ContextFailed));
        assert_eq!(ends.host.wrap(b"hello"), Err(Error::ContextFailed));
    }
}

#[test]
fn a_signature_of_another_length_is_refused() {
    for length in [0, 4, 12, 15, 17, 60] {
        let mut ends = exchanged();
        let mut message = ends.client.wrap(b"hello").unwrap();
        message.header.resize(length, 0);
        assert_eq!(unwrap(&mut ends.host, &message), Err(Error::NotASignature));
    }
}

#[test]
fn a_channel_binding_is_judged_by_the_level_of_the_host() {
    let one = Some(ChannelBinding::tls_server_end_point(&[1; 32]));
    let other = Some(ChannelBinding::tls_server_end_point(&[2; 32]));
    // By the levels None, Relaxed and Strict.
    for (of_client, of_host, accepted) in [
        (None, None, [true, true, true]),
        (one, one, [true, true, true]),
        (one, None, [true, true, true]),
        (one, other, [true, false, false]),
        (None, one, [true, true, false]),
    ] {
        let levels = [Hardening::None, Hardening::Relaxed, Hardening::Strict];
        for (level, accepted) in levels.into_iter().zip(accepted) {
            let mut initiator = initiator(USER, PASSWORD);
            let mut acceptor = acceptor(USER, PASSWORD).hardening(level);
            let bindings = [of_client, of_host];
            let result = exchange(&mut initiator, &mut acceptor, &mut |_, _| (), bindings);
            let expected = if accepted { None } else { Some(Error::WrongChannelBinding) };
            assert_eq!(
                result.err(),
                expected,
                "{of_client:?} at a host with {of_host:?}, {level:?}"
            );
        }
    }
}

#[test]
fn the_response_carries_time_and_names_and_no_lm_response() {
    let Exchange { challenge, authenticate, .. } = exchanged();
    let host_time = challenge_message(&challenge)
        .target_information
        .into_iter()
        .find(|pair| pair.entry_type == TargetInfoType::Timestamp)
        .unwrap()
        .data;
    assert_eq!(host_time, 134_116_992_000_000_000_u64.to_le_bytes()); // 2026-01-01
    let message = authenticate_message(&authenticate);
    assert_eq!(message.lm_response, [0; 24]);
    assert_eq!(message.ntlm_response[24..32], host_time);
    assert_eq!(av_value(&message, TargetInfoType::Timestamp), Some(host_time));
    assert_eq!(av_value(&message, TargetInfoType::Flags), Some(vec![2, 0, 0, 0]));
    let target_name: Vec<u8> =
        "host/hv01.example.com".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(av_value(&message, TargetInfoType::TargetName), Some(target_name));
    assert_eq!(av_value(&message, TargetInfoType::ChannelBindings), None);
    assert_eq!(message.domain_name, "EXAMPLE");
    assert_eq!(message.user_name, "Jürgen");
    assert_eq!(message.workstation_name, "CLIENT");
    assert!(message.flags.contains(Flags::NEGOTIATE_VERSION));
    assert_eq!(message.os_version.ntlm_revision, 15);
}

#[test]
fn what_the_host_put_into_our_places_is_replaced() {
    let pair =
        |id: u8, data: &[u8]| [&[id, 0, u8::try_from(data.len()).unwrap(), 0], data].concat();
    let target_info = [
        pair(6, &[1, 0, 0, 0]),
        pair(9, b"x\0"),
        pair(10, &[7; 16]),
        pair(0, b""),
        pair(1, b"after the end\0"),
    ];
    let message = authenticate_message(&answer(&challenge_with(&target_info.concat())).unwrap());
    let pairs = av_pairs(&message);
    let types: Vec<_> = pairs.iter().map(|pair| pair.entry_type).collect();
    assert_eq!(types, [TargetInfoType::Flags, TargetInfoType::TargetName]);
    assert_eq!(pairs[0].data, [3, 0, 0, 0]);
}

#[test]
fn malformed_target_information_is_refused() {
    for target_info in [
        &[1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0][..], // an odd length
        &[0, 0, 0, 0, 1, 2, 3],                 // three bytes after the end
        &[1, 0, 0xFF, 0xFF],                    // longer than the message
        &[7, 0, 4, 0, 0, 0, 0, 0],              // a time of four bytes
        &[6, 0, 2, 0, 0, 0],                    // flags of two
    ] {
        let refused = answer(&challenge_with(target_info));
        assert!(matches!(refused, Err(Error::Malformed { message: "CHALLENGE", .. })));
    }
}

#[test]
fn a_negotiation_needs_no_more_than_its_flags() {
    let negotiate = exchanged().negotiate;
    for length in 0..=negotiate.len() {
        let mut acceptor = acceptor(USER, PASSWORD);
        let result = step(None, |env| acceptor.step(&negotiate[..length], env));
        assert_eq!(result.is_ok(), length >= 16, "{length} bytes");
    }
}

#[test]
fn a_challenge_that_is_too_short_is_refused() {
    let challenge = exchanged().challenge;
    for length in 0..56 {
        let refused = answer(&challenge[..length]);
        assert!(matches!(refused, Err(Error::Malformed { .. })), "{length} bytes");
    }
}

#[test]
fn an_error_shows_little_of_a_name_that_is_no_utf_16() {
    let mut challenge = challenge_with(&[]);
    let offset = u32::try_from(challenge.len()).unwrap().to_le_bytes();
    challenge.splice(12..20, [0xFE, 0xFF, 0xFE, 0xFF].into_iter().chain(offset));
    challenge.extend([0x00, 0xD8].repeat(0x7FFF)); // lone surrogates
    let error = answer(&challenge).unwrap_err();
    assert!(error.to_string().contains("not UTF-16") && error.to_string().len() < 200, "{error}");
}

#[test]
fn over_long_names_and_passwords_are_errors() {
    let long = "ü".repeat(1025);
    for (user, password, what) in [
        (long.as_str(), "", "user name"),
        (&format!(r"{long}\user"), "", "domain name"),
        ("user", &long, "password"),
    ] {
        let refused = NtlmInitiator::new(&Credentials::ntlm(user, password)).err();
        assert_eq!(refused, Some(Error::TooLong { what, length: 1025, limit: 1024 }));
    }
    assert!(NtlmInitiator::new(&Credentials::ntlm(&long[2..], &long[2..])).is_ok());
}

#[test]
fn what_does_not_fit_into_a_message_is_an_error() {
    let long = "x".repeat(40_000);
    let with = |challenge: &[u8], change: &dyn Fn(&mut Env<'_>)| {
        let mut initiator = initiator(USER, PASSWORD);
        step(None, |env| initiator.step(None, env)).unwrap();
        let step = step(None, |env| {
            change(env);
            initiator.step(Some(challenge), env)
        });
        match step {
            Err(Error::TooLong { what, limit: 65_535, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    let challenge = exchanged().challenge;
    assert_eq!(with(&challenge, &|env| env.workstation = Some(long.clone())), "workstation name");
    assert_eq!(with(&challenge, &|env| env.target_name = Some(long.clone())), "target information");
    let full = [&[1, 0, 0xEE, 0xFF][..], &vec![0; 0xFFEE], &[0; 4]].concat();
    assert_eq!(with(&challenge_with(&full), &|_| ()), "NTLMv2 response");
}

#[test]
fn a_step_out_of_turn_is_refused() {
    let challenge = exchanged().challenge;
    let mut early = initiator(USER, PASSWORD);
    let refused = step(None, |env| early.step(Some(&challenge), env));
    assert_eq!(refused.err(), Some(Error::OutOfTurn));
    let mut late = initiator(USER, PASSWORD);
    sent(step(None, |env| late.step(None, env)).unwrap());
    assert!(step(None, |env| late.step(Some(&challenge), env)).is_ok());
    let refused = step(None, |env| late.step(Some(&challenge), env));
    assert_eq!(refused.err(), Some(Error::OutOfTurn));

    let mut acceptor = acceptor(USER, PASSWORD);
    assert!(step(None, |env| acceptor.step(b"", env)).is_err());
    let refused = step(None, |env| acceptor.step(&exchanged().negotiate, env));
    assert_eq!(refused.err(), Some(Error::OutOfTurn));
}

proptest! {
    #[test]
    fn arbitrary_tokens_are_refused(token: Vec<u8>, typed: bool, kind in 0_u8..5) {
        let token = if typed {
            [&b"NTLMSSP\0"[..], &[kind, 0, 0, 0], &token[..]].concat()
        } else {
            token
        };
        prop_assert!(answer(&token).is_err());
        let mut acceptor = acceptor(USER, PASSWORD);
        let first = step(None, |env| acceptor.step(&token, env));
        if first.is_ok() {
            prop_assert!(step(None, |env| acceptor.step(&token, env)).is_err());
        }
    }

    #[test]
    fn tokens_with_several_altered_bytes_never_panic(
        which in prop::sample::select(vec![Token::Negotiate, Token::Challenge, Token::Authenticate]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length: prop::sample::Index,
    ) {
        // Whether it is refused is told elsewhere; a change may be none.
        let result = altered(&mut |token, bytes| {
            if token == which {
                for (at, to) in &changes {
                    *at.get_mut(bytes) = *to;
                }
                bytes.truncate(bytes.len() - length.index(bytes.len().min(20)));
            }
        });
        drop(result);
    }
}
