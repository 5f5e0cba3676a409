//! Per-message tokens ([RFC 4121] 4.2), in the layout of WinRM.
//!
//! A wrapped message is a token header, and behind it the encryption of message and header, turned so far that what
//! the encryption adds stands right after the header. WinRM takes it apart there: the first part is the header of
//! [`Wrapped`], the second is as long as the message.
//!
//! `kerbcore` reads the sender and the protection out of the token itself, so all of that is compared with what is due
//! before it is called. It draws the confounder of each message from the system.
//!
//! [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121

use kerbcore::{gss, keys::KerberosKey};

use super::Error;
use crate::auth::{self, Session, Wrapped};

/// Bytes of a token's header, and of a confounder of AES.
const HEADER: usize = 16;
const FROM_ACCEPTOR: u8 = 1;
const SEALED: u8 = 2;
const ACCEPTOR_SUBKEY: u8 = 4;

/// What both ends know after the exchange of tickets.
pub(super) struct KerberosSession {
    pub(super) key: KerberosKey,
    /// Whether we are the host.
    pub(super) is_acceptor: bool,
    /// Whether the key is one that the host chose.
    pub(super) is_acceptor_subkey: bool,
    /// The number of the next message to the peer, and of the next one of the peer's.
    pub(super) outgoing: u64,
    pub(super) incoming: u64,
}

impl KerberosSession {
    /// How far a token is turned: what the encryption adds behind the message, the second header and the checksum.
    fn rotation(&self) -> usize {
        let checksum = match self.key.enctype().to_i32() {
            19 => 16,
            20 => 24,
            _ => 12,
        };
        HEADER + checksum
    }

    /// Compares the header of a token with what is due.
    fn check(&self, token: &[u8], id: [u8; 2], seals: bool) -> Result<(), Error> {
        let short = || Error::Malformed("it is cut short".to_owned());
        let (header, _) = token.split_first_chunk::<HEADER>().ok_or_else(short)?;
        let [id_0, id_1, flags, filler, rest @ ..] = header;
        if [*id_0, *id_1] != id || *filler != 0xFF {
            return Err(Error::Malformed("it is no token of this kind".to_owned()));
        }
        if (flags & FROM_ACCEPTOR != 0) == self.is_acceptor {
            return Err(Error::Reflected);
        }
        if (flags & SEALED != 0) != seals {
            return Err(Error::NotSealed);
        }
        if (flags & ACCEPTOR_SUBKEY != 0) != self.is_acceptor_subkey {
            return Err(Error::WrongKey);
        }
        let (_, number) = rest.split_last_chunk::<8>().ok_or_else(short)?;
        let found = u64::from_be_bytes(*number);
        if found != self.incoming {
            return Err(Error::WrongSequence { expected: self.incoming, found });
        }
        Ok(())
    }

    fn open(&self, header: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error> {
        let mut token = [header, ciphertext].concat();
        self.check(&token, gss::TOK_ID_WRAP, true)?;
        let (header, body) = token
            .split_first_chunk_mut::<HEADER>()
            .filter(|(_, body)| !body.is_empty())
            .ok_or_else(|| Error::Malformed("it is cut short".to_owned()))?;
        let [.., ec_0, ec_1, rrc_0, rrc_1, _, _, _, _, _, _, _, _] = header;
        let extra = u16::from_be_bytes([*ec_0, *ec_1]);
        let rotation = u16::from_be_bytes([*rrc_0, *rrc_1]);
        // What filler there is turns with the rest ([MS-KILE] 3.4.5.4.1); kerbcore would not count it.
        let turned = (usize::from(rotation) + usize::from(extra)).checked_rem(body.len());
        body.rotate_left(turned.unwrap_or_default());
        (*rrc_0, *rrc_1) = (0, 0);
        Ok(gss::unwrap(&self.key, &token)?)
    }
}

impl Session for KerberosSession {
    fn wrap(&mut self, plaintext: &[u8]) -> Result<Wrapped, auth::Error> {
        let Self { key, is_acceptor, is_acceptor_subkey, outgoing, .. } = self;
        let mut token = gss::wrap(key, *outgoing, plaintext, *is_acceptor, *is_acceptor_subkey);
        *outgoing = outgoing.wrapping_add(1);
        let rotation = self.rotation();
        if let Some((header, body)) = token.split_first_chunk_mut::<HEADER>() {
            let [_, _, _, _, _, _, rrc @ .., _, _, _, _, _, _, _, _] = header;
            // Some tens of bytes.
            *rrc = u16::try_from(rotation).unwrap_or_default().to_be_bytes();
            body.rotate_right(rotation);
        }
        // Header, what was turned, and the confounder.
        let ciphertext = token.split_off((HEADER + rotation + HEADER).min(token.len()));
        Ok(Wrapped { header: token, ciphertext })
    }

    fn unwrap(&mut self, header: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, auth::Error> {
        let plaintext = self.open(header, ciphertext)?;
        self.incoming = self.incoming.wrapping_add(1);
        Ok(plaintext)
    }

    fn get_mic(&mut self, message: &[u8]) -> Result<Vec<u8>, auth::Error> {
        let Self { key, is_acceptor, is_acceptor_subkey, outgoing, .. } = self;
        let mic = gss::get_mic(key, *outgoing, message, *is_acceptor, *is_acceptor_subkey);
        *outgoing = outgoing.wrapping_add(1);
        Ok(mic)
    }

    fn verify_mic(&mut self, message: &[u8], mic: &[u8]) -> Result<(), auth::Error> {
        self.check(mic, gss::TOK_ID_MIC, false)?;
        gss::verify_mic(&self.key, mic, message).map_err(Error::from)?;
        self.incoming = self.incoming.wrapping_add(1);
        Ok(())
    }
}
