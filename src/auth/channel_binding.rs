//! The tie between an authentication and the TLS connection that it travels on.

use md5::{Digest as _, Md5};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::{
    Error,
    der::{OBJECT_IDENTIFIER, SEQUENCE, tagged},
};

/// Names one TLS connection, as NTLM and Kerberos carry it: the MD5 of a `gss_channel_bindings_struct` ([RFC 4121]
/// 4.1.1.2, [MS-NLMP] 2.2.2.1).
///
/// [RFC 4121]: https://www.rfc-editor.org/rfc/rfc4121
/// [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelBinding([u8; 16]);

impl ChannelBinding {
    /// The binding `tls-server-end-point` of [RFC 5929] 4.1.
    ///
    /// The hash is that of the server's certificate in DER, by the hash function of its signature, with SHA-256 in
    /// place of MD5 and SHA-1.
    ///
    /// [RFC 5929]: https://www.rfc-editor.org/rfc/rfc5929
    #[must_use]
    pub fn tls_server_end_point(certificate_hash: &[u8]) -> Self {
        const PREFIX: &[u8] = b"tls-server-end-point:";
        // Hashes have at most 64 bytes, so the length cannot overflow.
        let length = u32::try_from(PREFIX.len() + certificate_hash.len()).unwrap_or(u32::MAX);
        let hash = Md5::new()
            .chain_update([0; 16]) // no addresses of initiator and acceptor
            .chain_update(length.to_le_bytes())
            .chain_update(PREFIX)
            .chain_update(certificate_hash)
            .finalize();
        Self(hash.into())
    }

    /// The binding `tls-server-end-point` to a host with this certificate, in DER.
    ///
    /// Nothing where the certificate is none, or where its signature has no hash function of its own, as that of Ed25519
    /// has not: RFC 5929 leaves these undefined.
    #[must_use]
    pub fn to_certificate(der: &[u8]) -> Option<Self> {
        end_point_hash(der).map(|hash| Self::tls_server_end_point(&hash))
    }

    /// The 16 bytes on the wire.
    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The hash of a host's certificate, in DER, by which an authentication is [bound](ChannelBinding) to it; nothing where
/// none is defined.
#[must_use]
pub fn end_point_hash(der: &[u8]) -> Option<Vec<u8>> {
    Some(match signature_hash(der)? {
        Hash::Sha224 => Sha224::digest(der).to_vec(),
        Hash::Sha256 => Sha256::digest(der).to_vec(),
        Hash::Sha384 => Sha384::digest(der).to_vec(),
        Hash::Sha512 => Sha512::digest(der).to_vec(),
    })
}

/// How much a host insists on channel bindings: `CbtHardeningLevel` of WinRM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hardening {
    /// No binding is looked at.
    None,
    /// A wrong binding is refused, a missing one is not: the setting of a host as installed.
    #[default]
    Relaxed,
    /// Only the right binding is let in.
    Strict,
}

impl Hardening {
    /// Judges the binding that a client sent, on a TLS connection with `binding`. Without TLS there is nothing to judge.
    pub(super) fn check(
        self,
        binding: Option<ChannelBinding>,
        sent: Option<&[u8]>,
    ) -> Result<(), Error> {
        let Some(binding) = binding else { return Ok(()) };
        // Zeros stand for no binding.
        match (self, sent.filter(|sent| sent.iter().any(|byte| *byte != 0))) {
            (Self::None, _) | (Self::Relaxed, None) => Ok(()),
            (_, Some(sent)) if sent == binding.as_bytes() => Ok(()),
            _ => Err(Error::WrongChannelBinding),
        }
    }
}

/// The hash functions that a binding may be made with.
#[derive(Clone, Copy)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// RSASSA-PSS ([RFC 4055] 3.1), which has its hash function among its parameters.
///
/// [RFC 4055]: https://www.rfc-editor.org/rfc/rfc4055
const RSA_PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];

/// The hash function by which a certificate is signed, or SHA-256 in place of MD5 and SHA-1 ([RFC 5280] 4.1).
///
/// [RFC 5280]: https://www.rfc-editor.org/rfc/rfc5280
fn signature_hash(certificate: &[u8]) -> Option<Hash> {
    let (certificate, _) = tagged(certificate, SEQUENCE)?;
    let (_to_be_signed, rest) = tagged(certificate, SEQUENCE)?;
    let (algorithm, _signature) = tagged(rest, SEQUENCE)?;
    let (identifier, parameters) = tagged(algorithm, OBJECT_IDENTIFIER)?;
    if identifier != RSA_PSS {
        return hash_of(identifier);
    }
    let (parameters, _) = tagged(parameters, SEQUENCE)?;
    // The hash function is the parameter `[0]`; SHA-1 where it is left out.
    let Some((hash, _)) = tagged(parameters, 0xA0) else { return Some(Hash::Sha256) };
    let (hash, _) = tagged(hash, SEQUENCE)?;
    let (identifier, _) = tagged(hash, OBJECT_IDENTIFIER)?;
    hash_of(identifier)
}

/// The hash function of a signature algorithm, or by its own identifier.
fn hash_of(identifier: &[u8]) -> Option<Hash> {
    // Signatures: RSA (1.2.840.113549.1.1), ECDSA (1.2.840.10045.4) and DSA (1.2.840.10040.4, 2.16.840.1.101.3.4.3).
    // Hash functions: 1.3.14.3.2.26 is SHA-1, 2.16.840.1.101.3.4.2 has the others.
    Some(match identifier {
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0E]
        | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x01]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x01]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04] => Hash::Sha224,
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x04 | 0x05 | 0x0B]
        | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01]
        | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
        | [0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x03]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x02]
        | [0x2B, 0x0E, 0x03, 0x02, 0x1A]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01] => Hash::Sha256,
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C]
        | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x03]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02] => Hash::Sha384,
        [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D]
        | [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x04]
        | [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03] => Hash::Sha512,
        _ => return None,
    })
}
