//! Settings that methods take: read from a host, changed, checked, and sent back.
//!
//! Each begins with the instance that the host has, so that what is not changed, and what is not known here, goes back as
//! it came. For new settings that is the default which the host keeps for them.
//!
//! What Microsoft documents as allowed is checked before anything is sent, all of it at once. The host's own values are
//! not judged: a newer host may know better. Where its pages, its cmdlets and the schemas of hosts contradict each other, the
//! setter says which of them is followed, and why.

mod authorization;
mod check;
mod network;
mod relationship;
mod server;

use std::time::Duration;

use jiff::civil::Time;

pub use authorization::AuthorizationEntry;
pub use check::Change;
pub use network::{FailoverNetworkSettings, Subnet};
pub use relationship::{Authentication, ReplicationSettings};
pub use server::ServiceSettings;

/// The constructor and the readers that all have in common.
macro_rules! settings {
    ($type:ident of $data:ident) => {
        impl From<$data> for $type {
            /// Begins with what the host has.
            fn from(data: $data) -> Self {
                Self { read: data.clone(), data }
            }
        }

        impl $type {
            /// The instance as it would be sent.
            #[must_use]
            pub const fn data(&self) -> &$data {
                &self.data
            }

            /// The instance, as methods take it. It is not checked.
            #[must_use]
            pub fn into_data(self) -> $data {
                self.data
            }

            /// What differs from what was read.
            ///
            /// # Errors
            /// When a value cannot be written, such as half a second; `check` says so, too.
            pub fn changes(
                &self,
            ) -> $crate::error::Result<Vec<$crate::replication::settings::Change>> {
                $crate::replication::settings::check::changes(&self.read, &self.data)
            }
        }
    };
}
use settings;

/// A time of day as intervals tell it: what has passed since midnight.
fn since_midnight(time: Time) -> Duration {
    time.duration_since(Time::midnight()).unsigned_abs()
}

/// The thumbprint of a certificate in the form of Windows. People copy them with spaces, colons and marks of direction.
fn thumbprint(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != ':' && *c != '\u{200e}')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Why a text is no thumbprint.
fn thumbprint_problem(thumbprint: Option<&str>) -> Option<String> {
    const MAX: usize = 128;
    let text = thumbprint.unwrap_or_default();
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.is_empty() {
        Some(
            "CertificateThumbPrint is not set, which authentication by certificate needs"
                .to_owned(),
        )
    } else if !is_hex || !text.len().is_multiple_of(2) || text.len() > MAX {
        Some(format!(
            "CertificateThumbPrint is {text:?}: hexadecimal bytes are allowed, {MAX} digits at most"
        ))
    } else {
        None
    }
}
