//! Two real ends against each other, on a fixed clock and fixed random bytes, and recorded exchanges with pyspnego.

mod channel_binding;
mod credentials;
pub(crate) mod kerberos;
mod kerberos_answers;
mod kerberos_config;
mod kerberos_files;
mod kerberos_recorded;
mod kerberos_tickets;
mod ntlm;
mod recorded;
mod seal;
mod spnego;

use std::time::{Duration, SystemTime};

use hyperv_replica::auth::ntlm::{NtlmAcceptor, NtlmInitiator};
use hyperv_replica::auth::{
    AcceptStep, Acceptor, ChannelBinding, Credentials, Env, Error, Initiator, Secret,
    SecurityContext, Step, UserName,
};

const USER: &str = r"EXAMPLE\Jürgen";
const PASSWORD: &str = "Gr€€n 🔑";

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600) // 2026-01-01T00:00:00Z
}

/// Runs a step in a world where client challenge, session key and server challenge are known.
fn step<T>(binding: Option<ChannelBinding>, run: impl FnOnce(&mut Env<'_>) -> T) -> T {
    step_with(&mut |buffer| buffer.fill(if buffer.len() == 8 { 0xAA } else { 0x55 }), binding, run)
}

fn step_with<T>(
    random: &mut (dyn FnMut(&mut [u8]) + Send),
    channel_binding: Option<ChannelBinding>,
    run: impl FnOnce(&mut Env<'_>) -> T,
) -> T {
    run(&mut Env {
        now: now(),
        random,
        channel_binding,
        target_name: Some("host/hv01.example.com".to_owned()),
        workstation: Some("CLIENT".to_owned()),
    })
}

fn initiator(user: &str, password: &str) -> NtlmInitiator {
    NtlmInitiator::new(&Credentials::ntlm(user, password)).unwrap()
}

/// A host that knows one account.
fn acceptor(
    user: &str,
    password: &str,
) -> NtlmAcceptor<impl Fn(&UserName) -> Option<Secret> + use<>> {
    let (account, password) = (UserName::from(user), Secret::from(password));
    NtlmAcceptor::new("HV01", "EXAMPLE", move |user: &UserName| {
        user.is_same_account(&account).then(|| password.clone())
    })
}

/// The client's side of an exchange, where each token can be altered on its way.
struct Exchange {
    negotiate: Vec<u8>,
    challenge: Vec<u8>,
    authenticate: Vec<u8>,
    client: SecurityContext,
    host: SecurityContext,
    user: UserName,
}

fn exchange(
    initiator: &mut dyn Initiator,
    acceptor: &mut dyn Acceptor,
    alter: &mut dyn FnMut(Token, &mut Vec<u8>),
    bindings: [Option<ChannelBinding>; 2],
) -> Result<Exchange, Error> {
    let mut negotiate = sent(step(bindings[0], |env| initiator.step(None, env))?);
    alter(Token::Negotiate, &mut negotiate);
    let AcceptStep::Send(mut challenge) = step(bindings[1], |env| acceptor.step(&negotiate, env))?
    else {
        panic!("no challenge")
    };
    alter(Token::Challenge, &mut challenge);
    let Step::Done { token, context: client } =
        step(bindings[0], |env| initiator.step(Some(&challenge), env))?
    else {
        panic!("not done")
    };
    let mut authenticate = token.unwrap();
    alter(Token::Authenticate, &mut authenticate);
    let AcceptStep::Done { token: None, context: host, user } =
        step(bindings[1], |env| acceptor.step(&authenticate, env))?
    else {
        panic!("not done")
    };
    Ok(Exchange { negotiate, challenge, authenticate, client, host, user })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    Negotiate,
    Challenge,
    Authenticate,
}

fn sent(step: Step) -> Vec<u8> {
    match step {
        Step::Send(token) => token,
        other => panic!("{other:?} instead of a token"),
    }
}

/// An exchange that nobody disturbs.
fn exchanged() -> Exchange {
    let (mut initiator, mut acceptor) = (initiator(USER, PASSWORD), acceptor(USER, PASSWORD));
    exchange(&mut initiator, &mut acceptor, &mut |_, _| (), [None; 2]).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2));
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}
