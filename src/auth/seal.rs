//! Sealed messages as HTTP bodies: `multipart/encrypted` ([MS-WSMV] 2.2.9.1).
//!
//! It looks like MIME and is none: no empty line ends the headers of a part, and the closing boundary follows the
//! ciphertext without a line break. The ciphertext may hold any bytes, boundaries too, so nothing is searched in it:
//! what stands before it is read line by line, and what stands behind it is cut off the end.
//!
//! [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/

use super::{Error, SecurityContext};

/// What a sealed body names as its protocol. It follows the HTTP authentication scheme, not the mechanism within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// The scheme `Negotiate`.
    Spnego,
    /// The scheme `Kerberos`.
    Kerberos,
    /// The scheme `CredSSP`.
    CredSsp,
}

impl Protocol {
    /// The media type by which a body names the protocol.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Spnego => "application/HTTP-SPNEGO-session-encrypted",
            Self::Kerberos => "application/HTTP-Kerberos-session-encrypted",
            Self::CredSsp => "application/HTTP-CredSSP-session-encrypted",
        }
    }

    /// The `Content-Type` header of a sealed body.
    #[must_use]
    pub fn content_type(self) -> String {
        let protocol = self.media_type();
        format!("multipart/encrypted;protocol=\"{protocol}\";boundary=\"Encrypted Boundary\"")
    }
}

/// Seals a SOAP envelope in UTF-8 as the next body to the peer.
///
/// # Errors
/// If an earlier message of the peer was refused.
pub fn seal(
    context: &mut SecurityContext,
    protocol: Protocol,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let wrapped = context.wrap(plaintext)?;
    let head = format!(
        "--Encrypted Boundary\r\n\
         \tContent-Type: {}\r\n\
         \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={}\r\n\
         --Encrypted Boundary\r\n\
         \tContent-Type: application/octet-stream\r\n",
        protocol.media_type(),
        plaintext.len(),
    );
    // A header is the mechanism's own, some tens of bytes.
    let header_length = u32::try_from(wrapped.header.len()).unwrap_or(u32::MAX);
    Ok([
        head.as_bytes(),
        &header_length.to_le_bytes(),
        &wrapped.header,
        &wrapped.ciphertext,
        b"--Encrypted Boundary--\r\n",
    ]
    .concat())
}

/// Opens the next body of the peer.
///
/// Reads what implementations are known to send: headers of parts with and without the tab before them, and
/// `-- Encrypted Boundary` with a space. `content_type` is the header of that name, if there was one. After an error
/// the connection is of no use: the peer has counted a message that we have not.
///
/// # Errors
/// If the body is not sealed by this protocol, is malformed, holds something else than SOAP in UTF-8, or does not
/// stand the verification.
pub fn unseal(
    context: &mut SecurityContext,
    protocol: Protocol,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<Vec<u8>, Error> {
    check_content_type(content_type.unwrap_or_default(), protocol)?;
    let sealed = read(body, protocol)?;
    let plaintext = context.unwrap(sealed.header, sealed.ciphertext)?;
    if plaintext.len() != sealed.length {
        return Err(Error::SealedLength { stated: sealed.length, actual: plaintext.len() });
    }
    Ok(plaintext)
}

/// A body cut into its parts.
struct Sealed<'a> {
    /// The bytes of the plaintext, as the peer states them outside the seal.
    length: usize,
    header: &'a [u8],
    ciphertext: &'a [u8],
}

fn read(body: &[u8], protocol: Protocol) -> Result<Sealed<'_>, Error> {
    let (boundary, rest) = line(body)?;
    if boundary.strip_prefix(b"--").is_none_or(|name| name.trim_ascii().is_empty()) {
        return Err(Error::MalformedSeal("it does not begin with a boundary"));
    }
    let (part_type, rest) = field(rest, "Content-Type")?;
    if !part_type.eq_ignore_ascii_case(protocol.media_type()) {
        return Err(not_sealed(part_type, protocol));
    }
    let (original, rest) = field(rest, "OriginalContent")?;
    let length = original_length(original)?;
    let (second, rest) = line(rest)?;
    if second != boundary {
        return Err(Error::MalformedSeal("the second boundary is not the first one again"));
    }
    let (part_type, rest) = field(rest, "Content-Type")?;
    if !part_type.eq_ignore_ascii_case("application/octet-stream") {
        return Err(Error::MalformedSeal("the second part is not application/octet-stream"));
    }
    let payload = rest
        .strip_suffix(b"\r\n")
        .unwrap_or(rest)
        .strip_suffix(b"--")
        .and_then(|rest| rest.strip_suffix(boundary))
        .ok_or(Error::MalformedSeal("it does not end with the closing boundary"))?;
    let (header, ciphertext) = payload
        .split_first_chunk()
        .and_then(|(length, rest)| {
            rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
        })
        .ok_or(Error::MalformedSeal("it is shorter than its signature"))?;
    Ok(Sealed { length, header, ciphertext })
}

/// The next line, without its end, and what follows.
fn line(bytes: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    bytes
        .windows(2)
        .position(|pair| pair == b"\r\n")
        .and_then(|end| Some((bytes.get(..end)?, bytes.get(end + 2..)?)))
        .ok_or(Error::MalformedSeal("it ends within a line"))
}

/// The value of the header `name`, which the next line must be, and what follows.
fn field<'a>(bytes: &'a [u8], name: &'static str) -> Result<(&'a str, &'a [u8]), Error> {
    let (line, rest) = line(bytes)?;
    let value = str::from_utf8(line)
        .ok()
        .and_then(|line| line.split_once(':'))
        .filter(|(found, _)| found.trim_ascii().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_ascii())
        .ok_or(Error::MalformedSeal(match name {
            "Content-Type" => "a part has no Content-Type",
            _ => "the first part has no OriginalContent",
        }))?;
    Ok((value, rest))
}

/// Reads `type=application/soap+xml;charset=UTF-8;Length=1234`.
fn original_length(original: &str) -> Result<usize, Error> {
    let is = |name, expected| {
        parameter(original, name).is_some_and(|value: &str| value.eq_ignore_ascii_case(expected))
    };
    if !is("type", "application/soap+xml") || !is("charset", "utf-8") {
        return Err(Error::SealedContent(shortened(original)));
    }
    parameter(original, "Length")
        .and_then(|length| length.parse().ok())
        .ok_or(Error::MalformedSeal("OriginalContent has no Length, or one that is no number"))
}

fn check_content_type(content_type: &str, protocol: Protocol) -> Result<(), Error> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim_ascii();
    let named = parameter(content_type, "protocol").unwrap_or_default();
    if media_type.eq_ignore_ascii_case("multipart/encrypted")
        && named.eq_ignore_ascii_case(protocol.media_type())
    {
        Ok(())
    } else {
        Err(not_sealed(content_type, protocol))
    }
}

/// The value of `name` among parameters `name=value`, quoted or not, that semicolons separate. No value that we look
/// for has a semicolon in it.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(found, _)| found.trim_ascii().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_ascii().trim_matches('"'))
}

fn not_sealed(found: &str, protocol: Protocol) -> Error {
    Error::NotSealed { expected: protocol.media_type(), found: shortened(found) }
}

/// The beginning of a peer's text, as much as an error message can bear.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}
