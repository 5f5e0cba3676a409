//! The example of the specification, and exchanges with an implementation that no one here wrote.

use hyperv_replica::auth::seal::{Protocol, seal, unseal};
use hyperv_replica::auth::spnego::{MechType, SpnegoAcceptor, SpnegoInitiator};
use hyperv_replica::auth::{
    AcceptStep, Acceptor as _, ChannelBinding, Initiator, SecurityContext, Step,
};
use ntlmclient::Message;
use serde_json::Value;

use super::spnego::Unknown;
use super::{acceptor, initiator, sent, step, step_with, unhex};

struct Recording(Value);

impl Recording {
    fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(self.text(name))
    }

    fn bodies(&self, name: &str) -> Vec<Vec<u8>> {
        self.0[name].as_array().unwrap().iter().map(|body| unhex(body.as_str().unwrap())).collect()
    }

    /// The tokens of the client with the host's answers.
    fn tokens(&self) -> Vec<[Vec<u8>; 2]> {
        self.bodies("tokens").chunks(2).map(|pair| pair.to_vec().try_into().unwrap()).collect()
    }

    fn binding(&self) -> Option<ChannelBinding> {
        Some(ChannelBinding::tls_server_end_point(&self.bytes("certificate_hash")))
    }
}

fn server_challenge(buffer: &mut [u8]) {
    buffer.copy_from_slice(&0x0123_4567_89AB_CDEF_u64.to_be_bytes());
}

fn client_text(n: usize) -> String {
    format!(r#"<client n="{n}"/>"#)
}

fn host_text(n: usize) -> String {
    format!(r#"<host n="{n}">{}</host>"#, "ü".repeat(n))
}

/// Our end as host, with the bodies of a recording.
fn assert_host_reads_and_writes(recording: &Recording, context: &mut SecurityContext) {
    let content_type = Protocol::Spnego.content_type();
    let bodies = recording.bodies("client_bodies").into_iter().zip(recording.bodies("host_bodies"));
    for (n, (request, answer)) in bodies.enumerate() {
        let plain = unseal(context, Protocol::Spnego, Some(&content_type), &request).unwrap();
        assert_eq!(plain, client_text(n).as_bytes());
        assert_eq!(seal(context, Protocol::Spnego, host_text(n).as_bytes()).unwrap(), answer);
    }
}

/// Our end as client, with the bodies of a recording.
fn assert_client_writes_and_reads(recording: &Recording, context: &mut SecurityContext) {
    let content_type = Protocol::Spnego.content_type();
    let bodies = recording.bodies("client_bodies").into_iter().zip(recording.bodies("host_bodies"));
    for (n, (request, answer)) in bodies.enumerate() {
        let sealed = seal(context, Protocol::Spnego, client_text(n).as_bytes()).unwrap();
        assert_eq!(sealed, request);
        let plain = unseal(context, Protocol::Spnego, Some(&content_type), &answer).unwrap();
        assert_eq!(plain, host_text(n).as_bytes());
    }
}

#[test]
fn the_example_of_the_specification_is_understood() {
    let example = Recording::read(include_str!("../../../fixtures/auth/ms-nlmp-4.2.4.json"));
    let mut acceptor = acceptor(r"Domain\User", "Password");
    let mut initiator = initiator(r"Domain\User", "Password");
    // Its NEGOTIATE is not in the specification; without an integrity code it does not matter.
    let negotiate = sent(step(None, |env| initiator.step(None, env).unwrap()));
    step_with(&mut server_challenge, None, |env| acceptor.step(&negotiate, env).unwrap());
    let done = step(None, |env| acceptor.step(&example.bytes("authenticate"), env).unwrap());
    let AcceptStep::Done { mut context, .. } = done else { panic!("{done:?}") };
    let plain = context.unwrap(&example.bytes("signature"), &example.bytes("ciphertext"));
    assert_eq!(plain.unwrap(), example.bytes("plaintext"));
}

#[test]
fn a_host_without_a_clock_gets_our_time() {
    let example = Recording::read(include_str!("../../../fixtures/auth/ms-nlmp-4.2.4.json"));
    let mut initiator = initiator(r"Domain\User", "Password");
    step(None, |env| initiator.step(None, env).unwrap());
    let done = step(None, |env| initiator.step(Some(&example.bytes("challenge")), env).unwrap());
    let Step::Done { token: Some(authenticate), .. } = done else { panic!("{done:?}") };
    let Ok(Message::Authenticate(message)) = Message::try_from(&*authenticate) else { panic!() };
    assert_eq!(message.ntlm_response[24..32], 134_116_992_000_000_000_u64.to_le_bytes());
}

#[test]
fn pyspnego_as_client_is_understood() {
    let recording = Recording::read(include_str!("../../../fixtures/auth/pyspnego-client.json"));
    let mut acceptor = acceptor(recording.text("user"), recording.text("password"));
    let challenge = step_with(&mut server_challenge, recording.binding(), |env| {
        acceptor.step(&recording.bytes("negotiate"), env).unwrap()
    });
    assert!(
        matches!(challenge, AcceptStep::Send(token) if token == recording.bytes("challenge")),
        "our challenge has changed: the recording answers another one"
    );
    let done = step(recording.binding(), |env| {
        acceptor.step(&recording.bytes("authenticate"), env).unwrap()
    });
    let AcceptStep::Done { mut context, user, .. } = done else { panic!("{done:?}") };
    assert_eq!(user.to_string(), recording.text("user"));

    assert_host_reads_and_writes(&recording, &mut context);
}

#[test]
fn pyspnego_as_host_is_understood() {
    let recording = Recording::read(include_str!("../../../fixtures/auth/pyspnego-host.json"));
    let mut initiator = initiator(recording.text("user"), recording.text("password"));
    let negotiate = sent(step(recording.binding(), |env| initiator.step(None, env).unwrap()));
    assert_eq!(negotiate, recording.bytes("negotiate"));
    let done = step(recording.binding(), |env| {
        initiator.step(Some(&recording.bytes("challenge")), env).unwrap()
    });
    let Step::Done { token, mut context } = done else { panic!("{done:?}") };
    assert_eq!(token.unwrap(), recording.bytes("authenticate"));

    assert_client_writes_and_reads(&recording, &mut context);
}

#[test]
fn pyspnego_as_negotiating_client_is_understood() {
    for recording in [
        include_str!("../../../fixtures/auth/spnego/pyspnego-client.json"),
        include_str!("../../../fixtures/auth/spnego/pyspnego-client-second.json"),
    ] {
        let recording = Recording::read(recording);
        let ntlm = acceptor(recording.text("user"), recording.text("password"));
        let mut acceptor = SpnegoAcceptor::new(vec![(MechType::Ntlm, Box::new(ntlm))]);
        let mut established = None;
        for [token, answer] in recording.tokens() {
            let step = step_with(&mut server_challenge, recording.binding(), |env| {
                acceptor.step(&token, env).unwrap()
            });
            let ours = match step {
                AcceptStep::Send(token) => token,
                AcceptStep::Done { token, context, user } => {
                    assert_eq!(user.to_string(), recording.text("user"));
                    established = Some(context);
                    token.unwrap()
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(ours, answer, "our tokens have changed: the recording answers other ones");
        }
        assert_host_reads_and_writes(&recording, &mut established.unwrap());
    }
}

#[test]
fn pyspnego_as_negotiating_host_is_understood() {
    for (recording, is_second_choice) in [
        (include_str!("../../../fixtures/auth/spnego/pyspnego-host.json"), false),
        (include_str!("../../../fixtures/auth/spnego/pyspnego-host-asks.json"), false),
        (include_str!("../../../fixtures/auth/spnego/pyspnego-host-second.json"), true),
    ] {
        let recording = Recording::read(recording);
        let ntlm = initiator(recording.text("user"), recording.text("password"));
        let mut offers = vec![(MechType::Ntlm, Box::new(ntlm) as Box<dyn Initiator>)];
        if is_second_choice {
            offers.insert(0, (MechType::Kerberos, Box::new(Unknown)));
        }
        let mut initiator = SpnegoInitiator::new(offers);
        let mut last = step(recording.binding(), |env| initiator.step(None, env).unwrap());
        for [token, answer] in recording.tokens() {
            assert_eq!(sent(last), token);
            last = step(recording.binding(), |env| initiator.step(Some(&answer), env).unwrap());
        }
        let Step::Done { token: None, mut context } = last else { panic!("{last:?}") };
        assert_client_writes_and_reads(&recording, &mut context);
    }
}
