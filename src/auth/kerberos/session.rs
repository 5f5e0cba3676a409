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
/// Key usages of signatures ([RFC 4121] section 2).
///
/// [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121
const ACCEPTOR_SIGN: u32 = 23;
const INITIATOR_SIGN: u32 = 25;

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
        let usage = if self.is_acceptor { ACCEPTOR_SIGN } else { INITIATOR_SIGN };
        let subkey = if self.is_acceptor_subkey { ACCEPTOR_SUBKEY } else { 0 };
        let sender = if self.is_acceptor { FROM_ACCEPTOR } else { 0 };
        let [id_0, id_1] = gss::TOK_ID_MIC;
        // kerbcore fills with zeros in part, which MIT does not take.
        let filled = [id_0, id_1, subkey | sender, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        let header = [filled, self.outgoing.to_be_bytes()].concat();
        let checksum = self.key.checksum(usage, &[message, &header].concat());
        self.outgoing = self.outgoing.wrapping_add(1);
        Ok([header, checksum].concat())
    }

    fn verify_mic(&mut self, message: &[u8], mic: &[u8]) -> Result<(), auth::Error> {
        self.check(mic, gss::TOK_ID_MIC, false)?;
        gss::verify_mic(&self.key, mic, message).map_err(Error::from)?;
        self.incoming = self.incoming.wrapping_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kerbcore::keys::Enctype;

    use super::*;

    fn session(is_acceptor: bool) -> KerberosSession {
        KerberosSession {
            key: KerberosKey::new(Enctype::Aes256CtsHmacSha1_96, vec![7; 32]).unwrap(),
            is_acceptor,
            is_acceptor_subkey: true,
            outgoing: 5,
            incoming: 5,
        }
    }

    #[test]
    fn signatures_have_the_layout_of_the_specification() {
        // RFC 4121 section 4.2.6.1
        for (is_acceptor, flags) in [(false, 4), (true, 5)] {
            let mut sender = session(is_acceptor);
            let mut receiver = session(!is_acceptor);
            let mic = sender.get_mic(b"list").unwrap();
            let [filler, number] = [[0xFF; 5].as_slice(), &[0, 0, 0, 0, 0, 0, 0, 5]];
            assert_eq!(mic[..16], [&[4, 4, flags], filler, number].concat());
            assert_eq!(mic.len(), 16 + 12);
            receiver.verify_mic(b"list", &mic).unwrap();
            assert!(receiver.verify_mic(b"list", &mic).is_err(), "a second time");
            assert!(session(is_acceptor).verify_mic(b"list", &mic).is_err(), "reflected");
            assert!(session(!is_acceptor).verify_mic(b"least", &mic).is_err());
            // Numbers go on.
            let wrapped = sender.wrap(b"text").unwrap();
            assert_eq!(wrapped.header[15], 6);
            assert_eq!(receiver.unwrap(&wrapped.header, &wrapped.ciphertext).unwrap(), b"text");
        }
    }
}
