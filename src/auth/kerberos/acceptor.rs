//! The host's side ([RFC 4121] 4.1, [RFC 4120] 3.2.3).
//!
//! [RFC 4120]: https://www.rfc-editor.org/rfc/rfc4120
//! [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use kerbcore::{
    acceptor::{
        Authenticator, build_ap_rep_with_confounder, parse_ap_req, parse_authenticator,
        parse_enc_ticket_part,
    },
    client as kdc, gss,
    keys::KerberosKey,
    types::EncryptionKey,
};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use super::{
    CHECKSUM_TYPE, Error, FLAGS, Keytab, Principal, kerberos_time, session::KerberosSession,
};
use crate::auth::{self, AcceptStep, Acceptor, Env, Hardening, SecurityContext, UserName};

/// How far the clocks may differ.
const SKEW: Duration = Duration::from_secs(300);
/// The key usage of a ticket's encrypted part (RFC 4120 section 7.5.1).
const TICKET: u32 = 2;
/// How many requests are remembered, the newest.
const MOST_REQUESTS: usize = 10_000;

/// The requests that a host has taken, so that it takes none a second time. All acceptors of one host share them.
#[derive(Debug, Default)]
pub struct Replays(Mutex<VecDeque<(SystemTime, [u8; 32])>>);

impl Replays {
    /// Remembers a request; whether it is new.
    fn is_new(&self, request: &[u8], now: SystemTime) -> bool {
        let hash: [u8; 32] = Sha256::digest(request).into();
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is older fails for its time.
        while requests.front().is_some_and(|(time, _)| *time + 2 * SKEW < now)
            || requests.len() >= MOST_REQUESTS
        {
            requests.pop_front();
        }
        let is_new = !requests.iter().any(|(_, known)| *known == hash);
        if is_new {
            requests.push_back((now, hash));
        }
        is_new
    }
}

/// Verifies a client that has a ticket, and proves that it can read it.
///
/// One step, which gives the last token. It draws a key, a sequence number and a confounder.
pub struct KerberosAcceptor {
    keytab: Arc<Keytab>,
    replays: Arc<Replays>,
    hardening: Hardening,
    is_finished: bool,
}

impl KerberosAcceptor {
    /// A host with the keys of its services.
    #[must_use]
    pub fn new(keytab: Arc<Keytab>, replays: Arc<Replays>) -> Self {
        Self { keytab, replays, hardening: Hardening::default(), is_finished: false }
    }

    /// How much it insists on channel bindings over TLS; relaxed, as a host is installed.
    #[must_use]
    pub fn hardening(self, hardening: Hardening) -> Self {
        Self { hardening, ..self }
    }

    /// Verifies a request: its ticket, then what the client encrypted by the key that is in it.
    fn verify(&self, token: &[u8], env: &mut Env<'_>) -> Result<AcceptStep, auth::Error> {
        let (id, message) = gss::parse_initial_context_token(token).map_err(Error::from)?;
        if id != gss::TOK_ID_AP_REQ {
            return Err(Error::Malformed("it is no ticket".to_owned()).into());
        }
        let request = parse_ap_req(&message).map_err(Error::from)?;
        let sealed = &request.ticket.enc_part;
        let service =
            Principal::new(request.ticket.sname.name_string.clone(), &*request.ticket.realm);
        let key = self
            .keytab
            .key(&service, sealed.etype, sealed.kvno)
            .ok_or(Error::UnknownService(service))?;
        let plaintext = Zeroizing::new(key.decrypt(TICKET, &sealed.cipher).map_err(Error::from)?);
        let ticket = parse_enc_ticket_part(&plaintext).map_err(Error::from)?;
        if !super::is_supported(ticket.key.keytype) {
            return Err(Error::ClientRefused("the key of its ticket is too weak").into());
        }
        let session_key =
            KerberosKey::from_i32(ticket.key.keytype, ticket.key.keyvalue).map_err(Error::from)?;
        let plaintext = session_key
            .decrypt(kdc::KU_AP_REQ_AUTH, &request.enc_auth.cipher)
            .map_err(Error::from)?;
        let authenticator = parse_authenticator(&Zeroizing::new(plaintext)).map_err(Error::from)?;

        if (&authenticator.crealm, &authenticator.cname.name_string)
            != (&ticket.crealm, &ticket.cname.name_string)
        {
            return Err(Error::ClientRefused("the ticket is another client's").into());
        }
        check_times(&ticket.starttime.unwrap_or(ticket.authtime), &ticket.endtime, env.now)?;
        check_clock(&authenticator, env.now)?;
        if request.ap_options & kdc::AP_OPTS_MUTUAL_REQUIRED == 0 {
            return Err(Error::ClientRefused("it does not ask for a proof of the host").into());
        }
        self.check_checksum(&authenticator, env)?;
        if !self.replays.is_new(&request.enc_auth.cipher, env.now) {
            return Err(Error::ClientRefused("the request was sent before").into());
        }
        let user =
            UserName::new("", Principal::new(ticket.cname.name_string, ticket.crealm).to_string());
        let (token, session) = answer(&session_key, &authenticator, env)?;
        Ok(AcceptStep::Done { token: Some(token), context: SecurityContext::new(session), user })
    }

    /// The checksum is none: it carries channel binding and flags ([RFC 4121] 4.1.1).
    ///
    /// [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121
    fn check_checksum(
        &self,
        authenticator: &Authenticator,
        env: &Env<'_>,
    ) -> Result<(), auth::Error> {
        let checksum = authenticator
            .cksum
            .as_ref()
            .filter(|checksum| checksum.cksumtype == CHECKSUM_TYPE)
            .and_then(|checksum| checksum.checksum.strip_prefix(&16_u32.to_le_bytes()))
            .and_then(|rest| rest.split_first_chunk::<16>())
            .and_then(|(binding, rest)| Some((binding, rest.first_chunk::<4>()?)));
        let Some((binding, flags)) = checksum else {
            return Err(Error::ClientRefused("it is not made for GSS-API").into());
        };
        if u32::from_le_bytes(*flags) & FLAGS != FLAGS {
            return Err(Error::ClientRefused("it does not ask for sealed messages").into());
        }
        self.hardening.check(env.channel_binding, Some(binding))
    }
}

impl Acceptor for KerberosAcceptor {
    fn step(&mut self, token: &[u8], env: &mut Env<'_>) -> Result<AcceptStep, auth::Error> {
        if std::mem::replace(&mut self.is_finished, true) {
            return Err(auth::Error::OutOfTurn);
        }
        self.verify(token, env)
    }
}

/// The proof for the client, and what both know then.
fn answer(
    session_key: &KerberosKey,
    authenticator: &Authenticator,
    env: &mut Env<'_>,
) -> Result<(Vec<u8>, KerberosSession), Error> {
    let enctype = session_key.enctype();
    let mut subkey = Zeroizing::new(vec![0; enctype.key_len()]);
    (env.random)(&mut subkey);
    let mut number = [0; 4];
    (env.random)(&mut number);
    let number = u32::from_be_bytes(number) & 0x3FFF_FFFF;
    let mut confounder = vec![0; enctype.confounder_len()];
    (env.random)(&mut confounder);
    let mut sent = EncryptionKey { keytype: enctype.to_i32(), keyvalue: subkey.to_vec() };
    let reply = build_ap_rep_with_confounder(
        session_key,
        authenticator,
        Some(&sent),
        Some(number),
        &confounder,
    );
    sent.keyvalue.zeroize();
    let session = KerberosSession {
        key: KerberosKey::new(enctype, subkey.to_vec())?,
        is_acceptor: true,
        is_acceptor_subkey: true,
        outgoing: number.into(),
        incoming: authenticator.seq_number.unwrap_or_default().into(),
    };
    Ok((gss::initial_context_token(gss::TOK_ID_AP_REP, &reply), session))
}

/// Whether a ticket has begun and not ended.
fn check_times(start: &str, end: &str, now: SystemTime) -> Result<(), Error> {
    let time = |text| {
        kerberos_time::read(text)
            .ok_or_else(|| Error::Malformed("a time of the ticket is none".to_owned()))
    };
    if now + SKEW < time(start)? || now > time(end)? + SKEW {
        return Err(Error::TicketExpired);
    }
    Ok(())
}

/// Whether the client's clock is near ours.
fn check_clock(authenticator: &Authenticator, now: SystemTime) -> Result<(), Error> {
    let theirs = kerberos_time::read(&authenticator.ctime)
        .ok_or_else(|| Error::Malformed("its time is none".to_owned()))?;
    let difference = match theirs.duration_since(now) {
        Ok(ahead) => ahead,
        Err(behind) => behind.duration(),
    };
    if difference > SKEW { Err(Error::ClockSkew { ours: now, theirs }) } else { Ok(()) }
}
