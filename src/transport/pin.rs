//! The hash of a certificate, as a name for it.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a certificate in DER.
///
/// Written as `sha256:` and 64 hexadecimal digits; read in any case, and with colons between the digits, as
/// `openssl x509 -noout -fingerprint -sha256` prints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pin([u8; 32]);

/// A text that is no pin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a pin is sha256: and the SHA-256 of a certificate in 64 hexadecimal digits; the thumbprint that Windows shows is a SHA-1, and will not do"
)]
pub struct PinError;

impl Pin {
    /// The pin of a certificate in DER.
    #[must_use]
    pub fn of_certificate(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        let (algorithm, digits) = text.trim().split_once(':').ok_or(PinError)?;
        let digits: String = digits.chars().filter(|&c| c != ':').collect();
        let is_hex = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !algorithm.eq_ignore_ascii_case("sha256") || !is_hex {
            return Err(PinError);
        }
        let mut hash = [0; 32];
        for (at, byte) in (0..).step_by(2).zip(&mut hash) {
            let pair = digits.get(at..at + 2).ok_or(PinError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| PinError)?;
        }
        Ok(Self(hash))
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
