//! The proof of the password ([MS-NLMP] 3.3.2), and the keys and codes that follow from it.
//!
//! [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/

use hmac::{Hmac, Mac as _};
use md4::Md4;
use md5::{Digest as _, Md5};
use rc4::consts::U16;
use rc4::{KeyInit as _, Rc4, StreamCipher as _};
use zeroize::Zeroizing;

use super::message::utf16;
use super::{Error, Key};
use crate::auth::credentials::upper_case;
use crate::auth::{Secret, UserName};

/// The key that stands for the user's password: `NTOWFv2`.
pub(super) fn response_key(user: &UserName, password: &Secret) -> Key {
    let password = password.expose();
    // UTF-16 never takes more than twice the bytes of UTF-8, so this does not grow and leave copies behind.
    let mut utf16_password = Zeroizing::new(Vec::with_capacity(password.len() * 2));
    utf16_password.extend(password.encode_utf16().flat_map(u16::to_le_bytes));
    let password_hash = Zeroizing::new(<[u8; 16]>::from(Md4::digest(&*utf16_password)));
    digest(&password_hash, &[&utf16(&upper_case(user.name())), &utf16(user.domain())])
}

/// A client's answer to a challenge: 16 bytes that prove the password, then what they were computed over.
pub(super) struct NtlmV2Response {
    pub(super) bytes: Vec<u8>,
    /// The key that the answer leads to. It encrypts the session key.
    pub(super) base_key: Key,
}

/// Bytes of the response before the AV pairs: the proof, version and padding, time, client challenge, padding.
const AV_PAIRS_OFFSET: usize = 16 + 8 + 8 + 8 + 4;

impl NtlmV2Response {
    /// Answers the challenge. `target_info` are AV pairs with their terminator.
    pub(super) fn new(
        key: &Key,
        server_challenge: [u8; 8],
        client_challenge: [u8; 8],
        file_time: u64,
        target_info: &[u8],
    ) -> Self {
        let blob = [
            &[1, 1, 0, 0, 0, 0, 0, 0],
            &file_time.to_le_bytes()[..],
            &client_challenge,
            &[0; 4],
            target_info,
            &[0; 4],
        ]
        .concat();
        let proof = digest(key, &[&server_challenge, &blob]);
        Self { base_key: digest(key, &[&*proof]), bytes: [&*proof, &blob[..]].concat() }
    }

    /// Verifies a client's answer and gives its base key.
    pub(super) fn verify(
        response: &[u8],
        key: &Key,
        server_challenge: [u8; 8],
    ) -> Result<Key, Error> {
        let (proof, blob) = response.split_first_chunk::<16>().ok_or(Error::LogonFailure)?;
        mac(key, &[&server_challenge, blob])
            .verify_slice(proof)
            .map_err(|_| Error::LogonFailure)?;
        Ok(digest(key, &[proof]))
    }

    /// The AV pairs of a client's answer, still as bytes; `None` if it is too short to be an NTLMv2 response.
    pub(super) fn av_pairs(response: &[u8]) -> Option<&[u8]> {
        response.get(AV_PAIRS_OFFSET..)
    }
}

/// Encrypts and decrypts the session key on its way: RC4 from a fresh start.
pub(super) fn exchange(base_key: &Key, session_key: &Key) -> Key {
    let mut exchanged = session_key.clone();
    Rc4::<U16>::new((&**base_key).into()).apply_keystream(&mut *exchanged);
    exchanged
}

/// HMAC-MD5 over the concatenation of `data`.
pub(super) fn digest(key: &[u8; 16], data: &[&[u8]]) -> Key {
    Zeroizing::new(mac(key, data).finalize().into_bytes().into())
}

/// HMAC-MD5 over the concatenation of `data`, for a comparison in constant time.
pub(super) fn mac(key: &[u8; 16], data: &[&[u8]]) -> Hmac<Md5> {
    // HMAC pads a short key with zeros to its block size. A key of that size cannot be refused.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <Hmac<Md5> as hmac::Mac>::new((&*block).into());
    data.iter().for_each(|data| mac.update(data));
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of [MS-NLMP] 4.2.4.
    const SERVER_CHALLENGE: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
    const CLIENT_CHALLENGE: [u8; 8] = [0xAA; 8];

    fn key() -> Key {
        response_key(&UserName::new("Domain", "User"), &"Password".into())
    }

    fn target_info() -> Vec<u8> {
        [&[2, 0, 12, 0], &utf16("Domain")[..], &[1, 0, 12, 0], &utf16("Server"), &[0; 4]].concat()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn response_has_the_values_of_the_specification() {
        let response =
            NtlmV2Response::new(&key(), SERVER_CHALLENGE, CLIENT_CHALLENGE, 0, &target_info());
        assert_eq!(hex(&*key()), "0c868a403bfd7a93a3001ef22ef02e3f");
        assert_eq!(hex(&response.bytes[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
        assert_eq!(hex(&*response.base_key), "8de40ccadbc14a82f15cb0ad0de95ca3");
        let session_key = Zeroizing::new([0x55; 16]);
        let exchanged = exchange(&response.base_key, &session_key);
        assert_eq!(hex(&*exchanged), "c5dad2544fc9799094ce1ce90bc9d03e");
        assert_eq!(exchange(&response.base_key, &exchanged), session_key);
    }

    #[test]
    fn response_is_that_of_another_implementation() {
        let target_info = target_info();
        let theirs = ntlmclient::respond_challenge_ntlm_v2(
            SERVER_CHALLENGE,
            &target_info,
            0x01DA_0000_0000_0000,
            &ntlmclient::Credentials {
                username: "Jürgen".to_owned(),
                password: "Gr€€n 🔑".to_owned(),
                domain: "Example".to_owned(),
            },
        );
        let client_challenge = theirs.ntlm_response[32..40].try_into().unwrap();
        let key = response_key(&r"Example\jürgen".into(), &"Gr€€n 🔑".into());
        let ours = NtlmV2Response::new(
            &key,
            SERVER_CHALLENGE,
            client_challenge,
            0x01DA_0000_0000_0000,
            &target_info,
        );
        assert_eq!(ours.bytes, theirs.ntlm_response);
        assert_eq!(ours.base_key.to_vec(), theirs.session_key);
    }
}
