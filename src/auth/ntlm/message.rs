//! The three messages as bytes ([MS-NLMP] 2.2.1).
//!
//! [MS-NLMP]: https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/

use std::ops::Range;

use ntlmclient::{
    AuthenticateMessage, ChallengeMessage, Flags, Message, OsVersion, ParsingError,
    TargetInfoEntry, TargetInfoType,
};

use super::Error;

pub(super) const NEGOTIATE: &str = "NEGOTIATE";
pub(super) const CHALLENGE: &str = "CHALLENGE";
pub(super) const AUTHENTICATE: &str = "AUTHENTICATE";

/// Where the AUTHENTICATE message has its integrity code.
pub(super) const MIC: Range<usize> = 72..88;

/// What the VERSION field holds, for diagnosis only: no product of Microsoft's, the current revision of NTLMSSP.
pub(super) const VERSION: OsVersion = OsVersion {
    major_version: 0,
    minor_version: 0,
    build_number: 0,
    reserved: [0; 3],
    ntlm_revision: 15,
};

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
/// The greatest length of a field: its length has 16 bits.
const MAX_FIELD: usize = 0xFFFF;

/// Reads the flags of a NEGOTIATE message. Its other fields are hints that no one needs, and `ntlmclient` asks for more
/// bytes than the 32 or 40 that most clients send.
pub(super) fn read_negotiate(bytes: &[u8]) -> Result<Flags, Error> {
    let flags = bytes
        .strip_prefix(SIGNATURE)
        .and_then(|rest| rest.strip_prefix(&1_u32.to_le_bytes()))
        .and_then(|rest| rest.first_chunk())
        .ok_or_else(|| malformed(NEGOTIATE, "it is too short, or another message"))?;
    Ok(Flags::from_bits_retain(u32::from_le_bytes(*flags)))
}

pub(super) fn read_challenge(bytes: &[u8]) -> Result<ChallengeMessage, Error> {
    match read(bytes, CHALLENGE)? {
        Message::Challenge(message) => Ok(message),
        other => Err(another(CHALLENGE, &other)),
    }
}

pub(super) fn read_authenticate(bytes: &[u8]) -> Result<AuthenticateMessage, Error> {
    match read(bytes, AUTHENTICATE)? {
        Message::Authenticate(message) => Ok(message),
        other => Err(another(AUTHENTICATE, &other)),
    }
}

fn read(bytes: &[u8], message: &'static str) -> Result<Message, Error> {
    Message::try_from(bytes).map_err(|error| match error {
        // These print all that they could not read.
        ParsingError::InvalidUtf16 { .. } => malformed(message, "a text is not UTF-16"),
        ParsingError::InvalidOemEncoding { .. } => malformed(message, "a text cannot be decoded"),
        error => malformed(message, error),
    })
}

fn another(expected: &'static str, found: &Message) -> Error {
    malformed(expected, format_args!("it is of type {}", found.message_number()))
}

pub(super) fn malformed(message: &'static str, reason: impl ToString) -> Error {
    Error::Malformed { message, reason: reason.to_string() }
}

pub(super) fn write_negotiate(flags: Flags) -> Vec<u8> {
    // Domain and workstation stay empty: they are for old hosts only, and their length is 0 without the flags.
    let mut writer = Writer::new(1, 40);
    writer.bytes(&flags.bits().to_le_bytes());
    writer.bytes(&[0; 16]);
    writer.bytes(&VERSION.to_bytes());
    writer.finish()
}

pub(super) fn write_challenge(message: &ChallengeMessage) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new(2, 56);
    writer.field("target name", &utf16(&message.target_name))?;
    writer.bytes(&message.flags.bits().to_le_bytes());
    writer.bytes(&message.challenge);
    writer.bytes(&[0; 8]);
    writer.field("target information", &write_target_info(&message.target_information)?)?;
    writer.bytes(&message.os_version.to_bytes());
    Ok(writer.finish())
}

/// Writes the message with an integrity code of zeros, which is what the code is computed over.
pub(super) fn write_authenticate(message: &AuthenticateMessage) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new(3, MIC.end);
    writer.field("LM response", &message.lm_response)?;
    writer.field("NTLMv2 response", &message.ntlm_response)?;
    writer.field("domain name", &utf16(&message.domain_name))?;
    writer.field("user name", &utf16(&message.user_name))?;
    writer.field("workstation name", &utf16(&message.workstation_name))?;
    writer.field("session key", &message.session_key)?;
    writer.bytes(&message.flags.bits().to_le_bytes());
    writer.bytes(&message.os_version.to_bytes());
    writer.bytes(&[0; 16]);
    Ok(writer.finish())
}

/// Reads AV pairs up to the terminator, which is not among them.
pub(super) fn read_target_info(
    mut bytes: &[u8],
    message: &'static str,
) -> Result<Vec<TargetInfoEntry>, Error> {
    let mut pairs = Vec::new();
    loop {
        let (pair, rest) =
            TargetInfoEntry::try_from_bytes(bytes).map_err(|error| malformed(message, error))?;
        if pair.entry_type == TargetInfoType::Terminator {
            return Ok(pairs);
        }
        pairs.push(pair);
        bytes = rest;
    }
}

/// Writes AV pairs, and the terminator after them.
pub(super) fn write_target_info(pairs: &[TargetInfoEntry]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for pair in pairs {
        bytes.extend(u16::from(pair.entry_type).to_le_bytes());
        bytes.extend(field_length("target information", &pair.data)?.to_le_bytes());
        bytes.extend(&pair.data);
    }
    bytes.extend([0; 4]);
    Ok(bytes)
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn field_length(what: &'static str, data: &[u8]) -> Result<u16, Error> {
    let length = data.len();
    u16::try_from(length).map_err(|_| Error::TooLong { what, length, limit: MAX_FIELD })
}

/// Writes a message: a fixed part, with the place of each field, and the fields behind it.
struct Writer {
    fixed: Vec<u8>,
    fields: Vec<u8>,
    /// The length that the fixed part will have.
    fields_offset: usize,
}

impl Writer {
    fn new(message_type: u32, fields_offset: usize) -> Self {
        let mut fixed = SIGNATURE.to_vec();
        fixed.extend(message_type.to_le_bytes());
        Self { fixed, fields: Vec::new(), fields_offset }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.fixed.extend(bytes);
    }

    fn field(&mut self, what: &'static str, data: &[u8]) -> Result<(), Error> {
        let length = field_length(what, data)?;
        let offset = self.fields_offset + self.fields.len();
        // Six fields of 16-bit length at most: the offset cannot overflow.
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.fixed.extend(length.to_le_bytes());
        self.fixed.extend(length.to_le_bytes()); // the space reserved
        self.fixed.extend(offset.to_le_bytes());
        self.fields.extend(data);
        Ok(())
    }

    fn finish(mut self) -> Vec<u8> {
        self.fixed.append(&mut self.fields);
        self.fixed
    }
}
