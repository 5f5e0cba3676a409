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
        let Direction { signing_key, stream, sequence } = &mut self.outgoing;
        let number = sequence.to_le_bytes();
        let mut ciphertext = plaintext.to_vec();
        stream.apply_keystream(&mut ciphertext);
        let mut checksum =
            digest(signing_key, &[&number, plaintext]).iter().copied().take(8).collect::<Vec<_>>();
        stream.apply_keystream(&mut checksum);
        *sequence = sequence.wrapping_add(1);
        Ok(Wrapped { header: [&SIGNATURE_VERSION[..], &checksum, &number].concat(), ciphertext })
    }

    fn unwrap(&mut self, header: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error> {
        let Direction { signing_key, stream, sequence } = &mut self.incoming;
        let (checksum, number) = header
            .strip_prefix(&SIGNATURE_VERSION)
            .and_then(|rest| rest.split_first_chunk::<8>())
            .ok_or(Error::NotASignature)?;
        let number: [u8; 4] = number.try_into().map_err(|_| Error::NotASignature)?;
        let found = u32::from_le_bytes(number);
        if found != *sequence {
            return Err(Error::WrongSequence { expected: *sequence, found });
        }
        let mut plaintext = ciphertext.to_vec();
        stream.apply_keystream(&mut plaintext);
        let mut checksum = *checksum;
        stream.apply_keystream(&mut checksum);
        mac(signing_key, &[&number, &plaintext])
            .verify_truncated_left(&checksum)
            .map_err(|_| Error::WrongSignature)?;
        *sequence = sequence.wrapping_add(1);
        Ok(plaintext)
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
        Self {
            signing_key: derive(signing),
            stream: Rc4::new((&*derive(sealing)).into()),
            sequence: 0,
        }
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
