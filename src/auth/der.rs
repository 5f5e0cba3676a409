//! Values of DER ([X.690] 8.1), as far as certificates need them.
//!
//! [X.690]: https://www.itu.int/rec/T-REC-X.690

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;

/// The tag and the content of the first value, and what follows it.
pub(crate) fn first(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7F => (usize::from(length), rest),
        // The length is in so many bytes; a certificate has less than 4 GiB.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7F))?;
            let length = bytes.iter().fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
            (usize::try_from(length).ok()?, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The content of the first value, which has to have this tag, and what follows it.
pub(crate) fn tagged(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    first(der).and_then(|(is, content, rest)| (is == tag).then_some((content, rest)))
}
