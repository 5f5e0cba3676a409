//! The client's side ([RFC 4121] 4.1).
//!
//! [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121

use std::time::SystemTime;

use kerbcore::{
    client as kdc,
    der::{Der, TAG_SEQUENCE, application_tag, context_tag, one_or},
    gss,
    keys::KerberosKey,
    messages::KrbError,
    types::{Checksum, EncryptionKey, KerberosTime},
};
use zeroize::Zeroizing;

use super::{
    CHECKSUM_TYPE, Error, FLAGS, Ticket, kdc_request::client_name, kerberos_time,
    session::KerberosSession,
};
use crate::auth::{self, Env, Initiator, SecurityContext, Step};

/// Proves by a ticket who the client is, and has the host prove who it is.
///
/// Two steps: the ticket, then the end with the host's answer. It draws a key, a sequence number and a confounder.
pub struct KerberosInitiator {
    ticket: Ticket,
    state: State,
}

enum State {
    Start,
    Sent(Sent),
    Finished,
}

/// What the host has to answer to.
struct Sent {
    time: String,
    microseconds: i32,
    subkey: KerberosKey,
    number: u32,
}

impl KerberosInitiator {
    /// Prepares an exchange with the service that the ticket is for.
    #[must_use]
    pub fn new(ticket: Ticket) -> Self {
        Self { ticket, state: State::Start }
    }

    fn request(&self, env: &mut Env<'_>) -> Result<(Vec<u8>, Sent), Error> {
        let key = &self.ticket.session_key;
        let (time, microseconds) = kerberos_time::write(env.now);
        let mut subkey = Zeroizing::new(vec![0; key.enctype().key_len()]);
        (env.random)(&mut subkey);
        let mut number = [0; 4];
        (env.random)(&mut number);
        // Far from the end of its 32 bits, and never taken for negative.
        let number = u32::from_be_bytes(number) & 0x3FFF_FFFF;
        let mut confounder = vec![0; key.enctype().confounder_len()];
        (env.random)(&mut confounder);

        let binding = env.channel_binding.map_or([0; 16], |binding| *binding.as_bytes());
        let checksum = Checksum {
            cksumtype: CHECKSUM_TYPE,
            checksum: [&16_u32.to_le_bytes()[..], &binding, &FLAGS.to_le_bytes()].concat(),
        };
        let mut sent_subkey =
            EncryptionKey { keytype: key.enctype().to_i32(), keyvalue: subkey.to_vec() };
        let request = kdc::build_ap_req_with_confounder(
            &self.ticket.ticket,
            key,
            self.ticket.client.realm(),
            &client_name(&self.ticket.client),
            &time,
            microseconds,
            kdc::AP_OPTS_MUTUAL_REQUIRED,
            Some(&checksum),
            Some(&sent_subkey),
            Some(number),
            &confounder,
        );
        zeroize::Zeroize::zeroize(&mut sent_subkey.keyvalue);
        let subkey = KerberosKey::new(key.enctype(), subkey.to_vec())?;
        let token = gss::initial_context_token(gss::TOK_ID_AP_REQ, &request);
        Ok((token, Sent { time, microseconds, subkey, number }))
    }

    fn accept(&self, sent: Sent, token: &[u8], now: SystemTime) -> Result<KerberosSession, Error> {
        // SPNEGO's hosts frame it, and others may not.
        let (id, message) = match gss::parse_initial_context_token(token) {
            Ok(framed) => framed,
            Err(_) if token.first() == Some(&application_tag(15)) => {
                (gss::TOK_ID_AP_REP, token.to_vec())
            }
            Err(_) if token.first() == Some(&application_tag(30)) => {
                (gss::TOK_ID_KRB_ERROR, token.to_vec())
            }
            Err(error) => return Err(error.into()),
        };
        if id == gss::TOK_ID_KRB_ERROR {
            let error = KrbError::decode(&message)?;
            return Err(Error::refused(&error, &self.ticket.service, now));
        }
        if id != gss::TOK_ID_AP_REP {
            return Err(Error::Malformed("it is no answer to a ticket".to_owned()));
        }
        let reply = kdc::parse_ap_rep(&message)?;
        let key = &self.ticket.session_key;
        let plaintext = Zeroizing::new(key.decrypt(kdc::KU_AP_REP_ENC_PART, &reply.cipher)?);
        let part = ReplyPart::read(&plaintext)?;
        if (part.time, part.microseconds) != (sent.time, sent.microseconds.into()) {
            return Err(Error::HostNotProven(self.ticket.service.clone()));
        }
        let is_acceptor_subkey = part.subkey.is_some();
        Ok(KerberosSession {
            key: part.subkey.unwrap_or(sent.subkey),
            is_acceptor: false,
            is_acceptor_subkey,
            outgoing: sent.number.into(),
            incoming: part.number.into(),
        })
    }
}

impl Initiator for KerberosInitiator {
    fn step(&mut self, token: Option<&[u8]>, env: &mut Env<'_>) -> Result<Step, auth::Error> {
        match (std::mem::replace(&mut self.state, State::Finished), token) {
            (State::Start, None) => {
                let (token, sent) = self.request(env)?;
                self.state = State::Sent(sent);
                Ok(Step::Send(token))
            }
            (State::Sent(sent), Some(token)) => {
                let session = self.accept(sent, token, env.now)?;
                Ok(Step::Done { token: None, context: SecurityContext::new(session) })
            }
            _ => Err(auth::Error::OutOfTurn),
        }
    }
}

/// What a host's answer holds ([RFC 4120] 5.5.2). `kerbcore` reads it as well, but refuses the negative sequence numbers
/// that some implementations write for those of more than 31 bits.
///
/// [RFC 4120]: https://www.rfc-editor.org/rfc/rfc4120
struct ReplyPart {
    time: String,
    microseconds: i64,
    subkey: Option<KerberosKey>,
    number: u32,
}

impl ReplyPart {
    fn read(plaintext: &[u8]) -> Result<Self, Error> {
        let (tag, content) = Der::new(plaintext).read_tlv()?;
        if tag != application_tag(27) {
            return Err(Error::Malformed("it holds something else".to_owned()));
        }
        let mut fields = Der::new(one_or(content, TAG_SEQUENCE)?);
        let time = KerberosTime::decode(fields.expect(context_tag(0))?)?.0;
        let microseconds = Der::new(fields.expect(context_tag(1))?).read_integer()?;
        let subkey = if fields.peek_tag() == Some(context_tag(2)) {
            let key = EncryptionKey::decode(fields.expect(context_tag(2))?)?;
            if !super::is_supported(key.keytype) {
                return Err(Error::Malformed("its key is of a type that is too weak".to_owned()));
            }
            Some(KerberosKey::from_i32(key.keytype, key.keyvalue)?)
        } else {
            None
        };
        let number = if fields.peek_tag() == Some(context_tag(3)) {
            let number = Der::new(fields.expect(context_tag(3))?).read_integer()?;
            let unsigned = u32::try_from(number);
            let signed = || i32::try_from(number).map(i32::cast_unsigned);
            unsigned.or_else(|_| signed()).map_err(|_| {
                Error::Malformed("its sequence number has more than 32 bits".to_owned())
            })?
        } else {
            0
        };
        Ok(Self { time, microseconds, subkey, number })
    }
}
