//! Requests to a KDC, and what its replies hold (RFC 4120 sections 5.4 and 7.5).

use std::time::{Duration, SystemTime};

use kerbcore::{
    client as kdc,
    der::{
        Der, TAG_BIT_STRING, TAG_SEQUENCE, application_tag, context_tag, encode_integer,
        encode_sequence, explicit, one_or, tlv,
    },
    keys::{Enctype, KerberosKey},
    messages::{KdcRep, KdcReq, KdcReqBody, KrbError},
    types::{Checksum, EncryptedData, KerberosTime, PaData, PrincipalName, encode_realm},
};

use super::{ENCTYPES, Principal, Ticket, TicketError, kerberos_time};
use crate::auth::Env;

/// NT-ENTERPRISE: a name that has an at sign of its own (RFC 6806 section 5).
const NT_ENTERPRISE: i32 = 10;
/// The most iterations over a password: eight times the most that is usual (RFC 8009 section 4), so that no answer costs seconds.
const MAX_ITERATIONS: u32 = 262_144;
/// How long a ticket is wanted for; the KDC gives less.
const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// A nonce: positive in 31 bits, as Windows takes no other.
pub(super) fn nonce(env: &mut Env<'_>) -> u32 {
    let mut bytes = [0; 4];
    (env.random)(&mut bytes);
    u32::from_be_bytes(bytes) & 0x7FFF_FFFF
}

pub(super) fn ticket_granting(realm: &str) -> Principal {
    Principal::new(["krbtgt", realm], realm)
}

pub(super) fn service_name(service: &Principal) -> PrincipalName {
    PrincipalName { name_type: kdc::NT_SRV_INST, name_string: service.components().to_vec() }
}

pub(super) fn client_name(client: &Principal) -> PrincipalName {
    let is_enterprise = client.components().iter().any(|component| component.contains('@'));
    let name_type = if is_enterprise { NT_ENTERPRISE } else { kdc::NT_PRINCIPAL };
    PrincipalName { name_type, name_string: client.components().to_vec() }
}

/// Encrypts with a confounder from outside.
pub(super) fn encrypt(
    key: &KerberosKey,
    usage: u32,
    plaintext: &[u8],
    env: &mut Env<'_>,
) -> EncryptedData {
    let mut confounder = vec![0; key.enctype().confounder_len()];
    (env.random)(&mut confounder);
    EncryptedData {
        etype: key.enctype().to_i32(),
        kvno: None,
        cipher: key.encrypt_with_confounder(usage, &confounder, plaintext),
    }
}

/// A request for the first ticket of a client; with a key, with the present time encrypted by it as proof.
pub(super) fn initial_request(
    client: &Principal,
    enctypes: &[i32],
    key: Option<&KerberosKey>,
    nonce: u32,
    env: &mut Env<'_>,
) -> Vec<u8> {
    let proof = key.map(|key| {
        let (time, microseconds) = kerberos_time::write(env.now);
        let proof = kdc::encode_pa_enc_ts_enc(&time, microseconds);
        kdc::pa_enc_timestamp(&encrypt(key, kdc::KU_AS_REQ_PA_ENC_TS, &proof, env))
    });
    KdcReq {
        msg_type: 10,
        padata: proof.into_iter().collect(),
        req_body: body(
            Some(client_name(client)),
            client.realm(),
            kdc::krbtgt_sname(client.realm()),
            enctypes,
            nonce,
            env.now,
        ),
    }
    .encode()
}

/// A request for a ticket of a service, by the ticket for the tickets of a realm.
///
/// kerbcore has such a request as well, but not for AES-SHA2 session keys.
pub(super) fn ticket_request(
    granting: &Ticket,
    realm: &str,
    service: &Principal,
    nonce: u32,
    env: &mut Env<'_>,
) -> Vec<u8> {
    let key = &granting.session_key;
    let req_body = body(None, realm, service_name(service), &ENCTYPES, nonce, env.now);
    let checksum = Checksum {
        cksumtype: checksum_type(key.enctype()),
        checksum: key.checksum(kdc::KU_TGS_REQ_AUTH_CKSUM, &req_body.encode()),
    };
    let (time, microseconds) = kerberos_time::write(env.now);
    let authenticator = [
        explicit(0, &encode_integer(5)),
        explicit(1, &encode_realm(granting.client.realm())),
        explicit(2, &client_name(&granting.client).encode()),
        explicit(3, &checksum.encode()),
        explicit(4, &encode_integer(microseconds.into())),
        explicit(5, &KerberosTime(time).encode()),
    ];
    let authenticator = tlv(application_tag(2), &encode_sequence(&authenticator.concat()));
    let request = [
        explicit(0, &encode_integer(5)),
        explicit(1, &encode_integer(14)),
        explicit(2, &tlv(TAG_BIT_STRING, &[0; 5])), // no options
        explicit(3, &granting.ticket.encode()),
        explicit(4, &encrypt(key, kdc::KU_TGS_REQ_AUTH, &authenticator, env).encode()),
    ];
    let request = tlv(application_tag(14), &encode_sequence(&request.concat()));
    KdcReq {
        msg_type: 12,
        padata: vec![PaData { padata_type: kdc::PA_TGS_REQ, padata_value: request }],
        req_body,
    }
    .encode()
}

fn body(
    client: Option<PrincipalName>,
    realm: &str,
    service: PrincipalName,
    enctypes: &[i32],
    nonce: u32,
    now: SystemTime,
) -> KdcReqBody {
    KdcReqBody {
        kdc_options: kdc::KDC_OPT_CANONICALIZE,
        cname: client,
        realm: realm.to_owned(),
        sname: Some(service),
        from: None,
        till: KerberosTime(kerberos_time::write(now + LIFETIME).0),
        rtime: None,
        nonce,
        etypes: enctypes.to_vec(),
        addresses: None,
        enc_authorization_data: None,
        additional_tickets: None,
    }
}

/// The keyed checksum that goes with an encryption type (RFC 3962 section 7, RFC 8009 section 6).
const fn checksum_type(enctype: Enctype) -> i32 {
    match enctype {
        Enctype::Aes128CtsHmacSha1_96 => 15,
        Enctype::Aes256CtsHmacSha1_96 => 16,
        Enctype::Aes128CtsHmacSha256_128 => 19,
        Enctype::Aes256CtsHmacSha384_192 => 20,
        // HMAC-MD5 (RFC 4757 section 4). No such ticket is kept here.
        _ => -138,
    }
}

/// An answer of a KDC.
pub(super) enum Reply {
    Ticket(Box<KdcRep>),
    Error(Box<KrbError>),
}

impl Reply {
    /// Reads an answer to a request for a first ticket (11) or for another one (13).
    pub(super) fn read(bytes: &[u8], message_type: i32) -> Result<Self, TicketError> {
        if bytes.first() == Some(&application_tag(30)) {
            return Ok(Self::Error(Box::new(KrbError::decode(bytes)?)));
        }
        let reply = KdcRep::decode(bytes)?;
        if reply.msg_type == message_type {
            Ok(Self::Ticket(Box::new(reply)))
        } else {
            Err(TicketError::NotOurs("it answers another kind of request"))
        }
    }
}

/// Whether a KDC's reply says that it cannot serve just now (`KDC_ERR_SVC_UNAVAILABLE`), so that another one has to be asked.
#[must_use]
pub fn is_unavailable(reply: &[u8]) -> bool {
    KrbError::decode(reply).is_ok_and(|error| error.error_code == 29)
}

/// The ticket of a reply, opened by the key that it is for. Its service may be another than the one that was asked for.
pub(super) fn open(
    reply: KdcRep,
    key: &KerberosKey,
    usage: u32,
    nonce: u32,
) -> Result<Ticket, TicketError> {
    let plaintext = zeroize::Zeroizing::new(key.decrypt(usage, &reply.enc_part.cipher)?);
    let part = kdc::parse_enc_kdc_rep_part(&plaintext)?;
    if part.nonce != nonce {
        return Err(TicketError::NotOurs("its nonce is another"));
    }
    let service = Principal::new(part.sname.name_string, part.srealm);
    let issued = Principal::new(reply.ticket.sname.name_string.clone(), &*reply.ticket.realm);
    if service != issued {
        return Err(TicketError::NotOurs("its ticket is for another service than it says"));
    }
    if !super::is_supported(part.key.keytype) {
        return Err(TicketError::ServiceWithoutAes(service));
    }
    Ok(Ticket {
        client: Principal::new(reply.cname.name_string, reply.crealm),
        service,
        session_key: KerberosKey::from_i32(part.key.keytype, part.key.keyvalue)?,
        end_time: kerberos_time::read(&part.endtime)
            .ok_or_else(|| TicketError::Malformed("its end is no time".to_owned()))?,
        ticket: reply.ticket,
    })
}

/// How a password becomes a key (RFC 4120 section 5.2.7.5).
pub(super) struct Recipe {
    pub(super) enctype: Enctype,
    pub(super) salt: String,
    pub(super) iterations: u32,
}

impl Recipe {
    /// The KDC's first recipe for an encryption type that is wanted; without any the one that everybody has.
    pub(super) fn choose(
        padata: &[PaData],
        client: &Principal,
        enctype: impl Fn(i32) -> bool,
    ) -> Result<Option<Self>, TicketError> {
        let default_salt = || [client.realm(), &client.components().concat()].concat();
        let Some(info) = padata.iter().find(|data| data.padata_type == kdc::PA_ETYPE_INFO2) else {
            return Ok(None);
        };
        let entries = kdc::parse_etype_info2(&info.padata_value)?;
        let Some(entry) = entries.into_iter().find(|entry| enctype(entry.etype)) else {
            return Err(TicketError::ClientWithoutAes(client.clone()));
        };
        let Some(chosen) = Enctype::from_i32(entry.etype) else {
            return Err(TicketError::ClientWithoutAes(client.clone()));
        };
        let usual = default_iterations(chosen);
        let iterations = entry.s2k_iterations().unwrap_or(usual);
        // Fewer than usual would help whoever sits between to guess the password.
        if !(usual..=MAX_ITERATIONS).contains(&iterations) {
            return Err(TicketError::Iterations(iterations));
        }
        Ok(Some(Self {
            enctype: chosen,
            salt: entry.salt.unwrap_or_else(default_salt),
            iterations,
        }))
    }

    /// The recipe where the KDC gave none, for the encryption type of its reply.
    pub(super) fn default(enctype: Enctype, client: &Principal) -> Self {
        let salt = [client.realm(), &client.components().concat()].concat();
        Self { enctype, salt, iterations: default_iterations(enctype) }
    }
}

/// RFC 3962 section 4 and RFC 8009 section 4.
const fn default_iterations(enctype: Enctype) -> u32 {
    match enctype {
        Enctype::Aes128CtsHmacSha256_128 | Enctype::Aes256CtsHmacSha384_192 => 32_768,
        _ => 4096,
    }
}

/// The pre-authentication data that an error names (`METHOD-DATA`).
pub(super) fn method_data(error: &KrbError) -> Result<Vec<PaData>, TicketError> {
    let data = error.e_data.as_deref().unwrap_or_default();
    if data.is_empty() {
        return Ok(Vec::new());
    }
    let mut items = Der::new(one_or(data, TAG_SEQUENCE)?);
    let mut methods = Vec::new();
    while !items.is_empty() {
        let item = items.expect(TAG_SEQUENCE)?;
        methods.push(PaData::decode(&encode_sequence(item))?);
    }
    Ok(methods)
}

/// The realm of the client that an error names, which `kerbcore` passes over.
pub(super) fn client_realm(error: &[u8]) -> Option<String> {
    let fields = one_or(one_or(error, application_tag(30)).ok()?, TAG_SEQUENCE).ok()?;
    let mut fields = Der::new(fields);
    while !fields.is_empty() {
        let (tag, value) = fields.read_tlv().ok()?;
        if tag == context_tag(7) {
            return kerbcore::types::decode_realm(value).ok();
        }
    }
    None
}
