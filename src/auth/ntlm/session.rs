//! Signing and sealing with extended session security ([MS-NLMP] 3.4).
//!
//! [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/

use hmac::Mac as _;
use md5::{Digest as _, Md5};
use rc4::consts::U16;
use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use zeroize::Zeroizing;

use super::Key;
use super::response::{digest, mac};
use crate::auth::{Error, Session, Wrapped};

/// The two directions of an established exchange. They share nothing but the session key that they come from.
pub(super) struct NtlmSession {
    outgoing: Direction,
    incoming: Direction,
}

/// Keys and counters of the messages that go one way. The RC4 stream runs on from message to message.
struct Direction {
    signing_key: Key,
    sealing_key: Key,
    stream: Rc4<U16>,
    sequence: u32,
}

const SIGNATURE_VERSION: [u8; 4] = 1_u32.to_le_bytes();

impl NtlmSession {
    pub(super) fn of_client(session_key: &Key) -> Self {
        Self {
            outgoing: Direction::client_to_server(session_key),
            incoming: Direction::server_to_client(session_key),
        }
    }

    pub(super) fn of_server(session_key: &Key) -> Self {
        Self {
            outgoing: Direction::server_to_client(session_key),
            incoming: Direction::client_to_server(session_key),
        }
    }
}

impl Session for NtlmSession {
    fn wrap(&mut self, plaintext: &[u8]) -> Result<Wrapped, Error> {
        let mut ciphertext = plaintext.to_vec();
        self.outgoing.stream.apply_keystream(&mut ciphertext);
        Ok(Wrapped { header: self.outgoing.sign(plaintext), ciphertext })
    }

    fn unwrap(&mut self, header: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.incoming.read_signature(header)?;
        let mut plaintext = ciphertext.to_vec();
        self.incoming.stream.apply_keystream(&mut plaintext);
        self.incoming.verify(&plaintext, signature)?;
        Ok(plaintext)
    }

    fn get_mic(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.outgoing.sign(message);
        self.outgoing.restart_stream();
        Ok(signature)
    }

    fn verify_mic(&mut self, message: &[u8], mic: &[u8]) -> Result<(), Error> {
        let signature = self.incoming.read_signature(mic)?;
        self.incoming.verify(message, signature)?;
        self.incoming.restart_stream();
        Ok(())
    }
}

impl Direction {
    fn client_to_server(session_key: &Key) -> Self {
        Self::new(
            session_key,
            b"session key to client-to-server signing key magic constant\0",
            b"session key to client-to-server sealing key magic constant\0",
        )
    }

    fn server_to_client(session_key: &Key) -> Self {
        Self::new(
            session_key,
            b"session key to server-to-client signing key magic constant\0",
            b"session key to server-to-client sealing key magic constant\0",
        )
    }

    fn new(session_key: &Key, signing: &[u8], sealing: &[u8]) -> Self {
        let derive = |purpose| -> Key {
            let hash = Md5::new().chain_update(**session_key).chain_update(purpose).finalize();
            Zeroizing::new(hash.into())
        };
        let sealing_key = derive(sealing);
        Self {
            signing_key: derive(signing),
            stream: Rc4::new((&*sealing_key).into()),
            sealing_key,
            sequence: 0,
        }
    }

    /// The signature of the next message, which is already encrypted if it is to be.
    fn sign(&mut self, message: &[u8]) -> Vec<u8> {
        let number = self.sequence.to_le_bytes();
        let mut checksum = digest(&self.signing_key, &[&number, message])
            .iter()
            .copied()
            .take(8)
            .collect::<Vec<_>>();
        self.stream.apply_keystream(&mut checksum);
        self.sequence = self.sequence.wrapping_add(1);
        [&SIGNATURE_VERSION[..], &checksum, &number].concat()
    }

    /// The encrypted checksum in the signature of the message that is due.
    fn read_signature(&self, signature: &[u8]) -> Result<[u8; 8], Error> {
        let (checksum, number) = signature
            .strip_prefix(&SIGNATURE_VERSION)
            .and_then(|rest| rest.split_first_chunk::<8>())
            .ok_or(Error::NotASignature)?;
        let found = u32::from_le_bytes(number.try_into().map_err(|_| Error::NotASignature)?);
        if found != self.sequence {
            return Err(Error::WrongSequence { expected: self.sequence, found });
        }
        Ok(*checksum)
    }

    /// Verifies the next message, which is already decrypted if it was encrypted.
    fn verify(&mut self, message: &[u8], mut checksum: [u8; 8]) -> Result<(), Error> {
        self.stream.apply_keystream(&mut checksum);
        mac(&self.signing_key, &[&self.sequence.to_le_bytes(), message])
            .verify_truncated_left(&checksum)
            .map_err(|_| Error::WrongSignature)?;
        self.sequence = self.sequence.wrapping_add(1);
        Ok(())
    }

    /// After the signature of SPNEGO's list the keystream begins anew, and the sequence number counts on ([MS-SPNG]
    /// 3.3.5.1).
    ///
    /// [MS-SPNG]: https://learn.microsoft.com/openspecs/windows_protocols/ms-spng/b87587b3-9d72-4027-8131-b76b5368115f
    fn restart_stream(&mut self) {
        self.stream = Rc4::new((&*self.sealing_key).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::ntlm::message::utf16;

    #[test]
    fn first_message_of_the_client_has_the_bytes_of_the_specification() {
        // [MS-NLMP] 4.2.4.4
        let wrapped =
            NtlmSession::of_client(&Zeroizing::new([0x55; 16])).wrap(&utf16("Plaintext")).unwrap();
        assert_eq!(
            wrapped.ciphertext,
            [
                0x54, 0xE5, 0x01, 0x65, 0xBF, 0x19, 0x36, 0xDC, 0x99, 0x60, 0x20, 0xC1, 0x81, 0x1B,
                0x0F, 0x06, 0xFB, 0x5F,
            ]
        );
        assert_eq!(
            wrapped.header,
            [1, 0, 0, 0, 0x7F, 0xB3, 0x8E, 0xC5, 0xC5, 0x5D, 0x49, 0x76, 0, 0, 0, 0]
        );
    }
}
