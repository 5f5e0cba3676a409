//! The tie between an authentication and the TLS connection that it travels on.

use md5::{Digest as _, Md5};

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

    /// The 16 bytes on the wire.
    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}
