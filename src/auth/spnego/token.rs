//! The tokens: kerbcore's, which reads any bytes without a panic, and the names of the mechanisms.

pub(super) use kerbcore::spnego::{NegState, NegTokenInit, NegTokenResp};
use kerbcore::{
    der::encode_sequence,
    gss::KRB5_MECH_OID_DER,
    spnego::{MS_KRB5_OID_DER, SpnegoError},
};

use crate::auth::{Error, SecurityContext};

/// 1.3.6.1.4.1.311.2.2.10
const NTLMSSP_OID_DER: &[u8] =
    &[0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A];

/// A mechanism that can be negotiated ([MS-SPNG] 1.9).
///
/// [MS-SPNG]: https://learn.microsoft.com/openspecs/windows_protocols/ms-spng/
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MechType {
    /// Kerberos V5: 1.2.840.113554.1.2.2. Windows lists it a second time as 1.2.840.48018.1.2.2, which is understood.
    Kerberos,
    /// NTLM: 1.3.6.1.4.1.311.2.2.10.
    Ntlm,
}

impl MechType {
    /// The object identifier in DER.
    pub(super) fn oid(self) -> Vec<u8> {
        match self {
            Self::Kerberos => KRB5_MECH_OID_DER,
            Self::Ntlm => NTLMSSP_OID_DER,
        }
        .to_vec()
    }

    /// The mechanism that a peer names.
    pub(super) fn of(oid: &[u8]) -> Option<Self> {
        match oid {
            KRB5_MECH_OID_DER | MS_KRB5_OID_DER => Some(Self::Kerberos),
            NTLMSSP_OID_DER => Some(Self::Ntlm),
            _ => None,
        }
    }
}

/// The first token of a client, by its first bytes.
pub(super) enum FirstToken {
    Negotiation(NegTokenInit),
    /// A token of the mechanism itself, which Windows takes in place of SPNEGO's.
    Bare(MechType),
}

impl FirstToken {
    pub(super) fn read(token: &[u8]) -> Result<Self, Error> {
        if token.starts_with(b"NTLMSSP\0") {
            return Ok(Self::Bare(MechType::Ntlm));
        }
        match NegTokenInit::parse(token) {
            Ok(init) => Ok(Self::Negotiation(init)),
            Err(SpnegoError::NotSpnego) => Ok(Self::Bare(MechType::Kerberos)),
            Err(_) => Err(Error::MalformedSpnego("it is no NegTokenInit")),
        }
    }
}

pub(super) fn read_response(token: &[u8]) -> Result<NegTokenResp, Error> {
    let mut response =
        NegTokenResp::parse(token).map_err(|_| Error::MalformedSpnego("it is no NegTokenResp"))?;
    response.response_token.take_if(|token| token.is_empty());
    // Old hosts repeat the token of the mechanism in place of a signature.
    if response.mech_list_mic == response.response_token {
        response.mech_list_mic = None;
    }
    Ok(response)
}

/// What is signed: the list as it was in the client's first token.
pub(super) struct MechTypeList(Vec<u8>);

impl MechTypeList {
    pub(super) fn of(init: &NegTokenInit) -> Self {
        Self(encode_sequence(&init.mech_types.concat()))
    }

    pub(super) fn sign(&self, context: &mut SecurityContext) -> Result<Vec<u8>, Error> {
        context.get_mic(&self.0)
    }

    pub(super) fn verify(&self, context: &mut SecurityContext, mic: &[u8]) -> Result<(), Error> {
        context.verify_mic(&self.0, mic).map_err(|_| Error::WrongMechListMic)
    }
}
