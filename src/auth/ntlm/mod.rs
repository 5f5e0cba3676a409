//! NTLMv2 with sealed messages ([MS-NLMP]).
//!
//! Three messages: the client's NEGOTIATE offers, the host's CHALLENGE chooses and carries a random challenge, the
//! client's AUTHENTICATE proves the password and brings a random session key, from which both sides derive the keys of
//! the [`SecurityContext`](super::SecurityContext).
//!
//! Only the strongest form is spoken: NTLMv2 responses, extended session security, 128-bit keys, an exchanged key,
//! signing and sealing, and an integrity code (MIC) over the three messages. A peer that offers less is refused.
//!
//! The messages are values of the crate `ntlmclient`, which parses them. It does not write them: its writer panics on
//! long fields and has no place for the MIC. Nor does it answer the challenge: it draws the client challenge itself,
//! and upper-cases the user name in another way than Windows.
//!
//! [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/

mod acceptor;
mod initiator;
mod message;
mod response;
mod session;

use std::time::{Duration, SystemTime};

use ntlmclient::Flags;
use zeroize::Zeroizing;

pub use acceptor::NtlmAcceptor;
pub use initiator::NtlmInitiator;
use session::NtlmSession;

use super::Error;

/// Every key of NTLMv2 has 128 bits.
type Key = Zeroizing<[u8; 16]>;

/// What both sides must agree to, by the names of [MS-NLMP] 2.2.2.5: without these a message cannot be sealed, or not
/// well enough.
const REQUIRED: [(Flags, &str); 6] = [
    (Flags::NEGOTIATE_UNICODE, "NTLMSSP_NEGOTIATE_UNICODE"),
    (Flags::NEGOTIATE_SIGN, "NTLMSSP_NEGOTIATE_SIGN"),
    (Flags::NEGOTIATE_SEAL, "NTLMSSP_NEGOTIATE_SEAL"),
    (Flags::NEGOTIATE_NTLM2_KEY, "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY"),
    (Flags::NEGOTIATE_128BIT, "NTLMSSP_NEGOTIATE_128"),
    (Flags::NEGOTIATE_KEY_EXCHANGE, "NTLMSSP_NEGOTIATE_KEY_EXCH"),
];

/// What we offer and accept.
const SUPPORTED: Flags = Flags::NEGOTIATE_UNICODE
    .union(Flags::REQUEST_TARGET)
    .union(Flags::NEGOTIATE_SIGN)
    .union(Flags::NEGOTIATE_SEAL)
    .union(Flags::NEGOTIATE_NTLM)
    .union(Flags::NEGOTIATE_ALWAYS_SIGN)
    .union(Flags::NEGOTIATE_NTLM2_KEY)
    .union(Flags::NEGOTIATE_VERSION)
    .union(Flags::NEGOTIATE_128BIT)
    .union(Flags::NEGOTIATE_KEY_EXCHANGE)
    .union(Flags::NEGOTIATE_56BIT);

/// `MsvAvFlags`: the AUTHENTICATE message has an integrity code. [MS-NLMP] 2.2.2.1.
const MIC_PROVIDED: u32 = 2;

fn require(flags: Flags, message: &'static str) -> Result<(), Error> {
    let missing: Vec<&str> =
        REQUIRED.iter().filter(|(flag, _)| !flags.contains(*flag)).map(|(_, name)| *name).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Error::TooWeak { message, missing: missing.join(", ") })
    }
}

/// A time as FILETIME: units of 100 ns since 1601-01-01 UTC, 0 for all that was before.
fn file_time(time: SystemTime) -> u64 {
    const UNIX_EPOCH: Duration = Duration::from_secs(11_644_473_600);
    let since_1601 = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => UNIX_EPOCH.saturating_add(after),
        Err(before) => UNIX_EPOCH.saturating_sub(before.duration()),
    };
    u64::try_from(since_1601.as_nanos() / 100).unwrap_or(u64::MAX)
}
