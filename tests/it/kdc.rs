//! A KDC that does what a test wants, on a fixed clock or a real one.

use std::time::{Duration, SystemTime};

use hyperv_replica::auth::kerberos::Acquire;
use kerbcore::acceptor::{parse_ap_req, parse_authenticator, parse_enc_ticket_part};
use kerbcore::client::{parse_enc_kdc_rep_part, unix_to_kerberos_time};
use kerbcore::der::{
    application, encode_integer, encode_octet_string, encode_sequence, explicit, tlv,
};
use kerbcore::keys::{Enctype, KerberosKey};
use kerbcore::messages::{KdcRep, KdcReq, KrbError, Ticket};
use kerbcore::types::{
    EncryptedData, EncryptionKey, KerberosTime, PaData, PrincipalName, encode_realm,
};

pub(crate) const REALM: &str = "EXAMPLE.COM";
pub(crate) const PASSWORD: &str = "Gr€€n 🔑";
const ETYPE_INFO2: i32 = 19;

pub(crate) fn key(enctype: u8, byte: u8) -> KerberosKey {
    let length = if enctype.is_multiple_of(2) { 32 } else { 16 };
    KerberosKey::from_i32(enctype.into(), vec![byte; length]).unwrap()
}

pub(crate) fn name(components: &[&str]) -> PrincipalName {
    PrincipalName { name_type: 1, name_string: components.iter().map(|&c| c.into()).collect() }
}

pub(crate) fn data(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// A keytab file, version 2, with keys of principals of the realm, each with its version.
pub(crate) fn keytab(keys: &[(&[&str], u8, KerberosKey)]) -> Vec<u8> {
    let text = |text: &[u8]| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text].concat();
    let entry = |(components, version, key): &(&[&str], u8, KerberosKey)| {
        let count = u16::try_from(components.len()).unwrap().to_be_bytes();
        let names: Vec<_> = components.iter().flat_map(|name| text(name.as_bytes())).collect();
        let enctype = u8::try_from(key.enctype().to_i32()).unwrap();
        let rest = [0, 0, 0, 1, 0, 0, 0, 0, *version, 0, enctype];
        data(&[&count[..], &text(REALM.as_bytes()), &names, &rest, &text(key.key())].concat())
    };
    [vec![5, 2], keys.iter().flat_map(entry).collect()].concat()
}

/// What it knows, and how it misbehaves.
pub(crate) struct Kdc {
    pub(crate) realm: &'static str,
    pub(crate) now: SystemTime,
    /// Of the client's key, and of all that it makes.
    pub(crate) enctype: u8,
    /// Of the client's key in the hints, where they are to say something else.
    pub(crate) hinted_enctype: Option<u8>,
    pub(crate) iterations: Option<u32>,
    pub(crate) client_key: KerberosKey,
    /// How it writes the client.
    pub(crate) client: (&'static str, &'static str),
    pub(crate) wants_proof: bool,
    /// The services, and with them the realms that it refers to.
    pub(crate) services: Vec<(&'static str, Option<&'static str>)>,
    /// The errors that it gives to requests for first tickets, and for others.
    pub(crate) errors: [Option<i32>; 2],
    pub(crate) lifetime: u64,
    pub(crate) alter: fn(&mut KdcRep),
    pub(crate) wrong_nonce: bool,
}

impl Kdc {
    pub(crate) fn new(now: SystemTime) -> Self {
        Self {
            realm: REALM,
            now,
            enctype: 18,
            hinted_enctype: None,
            iterations: None,
            client_key: KerberosKey::string_to_key(
                Enctype::Aes256CtsHmacSha1_96,
                PASSWORD,
                b"SALT",
                4096,
            ),
            client: ("admin", REALM),
            wants_proof: true,
            services: vec![("host/hv01", None)],
            errors: [None; 2],
            lifetime: 36_000,
            alter: |_| (),
            wrong_nonce: false,
        }
    }

    /// With the key of the password of another encryption type.
    pub(crate) fn enctype(self, enctype: u8, iterations: u32) -> Self {
        let known = Enctype::from_i32(enctype.into()).unwrap();
        let client_key = KerberosKey::string_to_key(known, PASSWORD, b"SALT", iterations);
        Self { enctype, iterations: Some(iterations), client_key, ..self }
    }

    pub(crate) fn answer(&self, request: &[u8]) -> Vec<u8> {
        let request = KdcReq::decode(request).unwrap();
        assert_eq!(request.req_body.realm, self.realm);
        assert!(i32::try_from(request.req_body.nonce).is_ok(), "a nonce that Windows refuses");
        match request.msg_type {
            10 => self.initial(&request),
            12 => self.granting(&request),
            other => panic!("a request of type {other}"),
        }
    }

    fn initial(&self, request: &KdcReq) -> Vec<u8> {
        let hints = PaData { padata_type: ETYPE_INFO2, padata_value: self.hints() };
        let proof = request.padata.iter().find(|data| data.padata_type == 2);
        match (self.errors[0], proof) {
            (Some(code), _) => return self.error(code, None),
            (None, None) if self.wants_proof => {
                return self.error(25, Some(encode_sequence(&hints.encode())));
            }
            (None, Some(proof)) => {
                let proof = EncryptedData::decode(&proof.padata_value).unwrap();
                if self.client_key.decrypt(1, &proof.cipher).is_err() {
                    return self.error(24, None);
                }
            }
            (None, None) => {}
        }
        let service = request.req_body.sname.clone().unwrap();
        let client = name(&[self.client.0]);
        let padata = if self.wants_proof { vec![] } else { vec![hints] };
        self.reply(11, padata, (client, self.client.1), service, &self.client_key, 3, request)
    }

    fn granting(&self, request: &KdcReq) -> Vec<u8> {
        if let Some(code) = self.errors[1] {
            return self.error(code, None);
        }
        let proof = &request.padata[0];
        assert_eq!(proof.padata_type, 1);
        let proof = parse_ap_req(&proof.padata_value).unwrap();
        let ticket = key(self.enctype, 0x22).decrypt(2, &proof.ticket.enc_part.cipher).unwrap();
        let ticket = parse_enc_ticket_part(&ticket).unwrap();
        let session_key = KerberosKey::from_i32(ticket.key.keytype, ticket.key.keyvalue).unwrap();
        let authenticator = session_key.decrypt(7, &proof.enc_auth.cipher).unwrap();
        let authenticator = parse_authenticator(&authenticator).unwrap();
        assert_eq!(
            (authenticator.cname.name_string, authenticator.crealm),
            (ticket.cname.name_string.clone(), ticket.crealm.clone())
        );
        let checksum = authenticator.cksum.unwrap();
        // RFC 3962 section 7, RFC 8009 section 6.
        let expected = [(17, 15), (18, 16), (19, 19), (20, 20)];
        assert!(expected.contains(&(ticket.key.keytype, checksum.cksumtype)));
        assert_eq!(checksum.checksum, session_key.checksum(6, &request.req_body.encode()));

        let asked = request.req_body.sname.clone().unwrap();
        let asked_text = asked.name_string.join("/");
        let service = match self.services.iter().find(|(service, _)| *service == asked_text) {
            None => return self.error(7, None),
            Some((_, None)) => asked,
            Some((_, Some(next))) => name(&["krbtgt", next]),
        };
        let client = (ticket.cname, &*ticket.crealm);
        self.reply(13, vec![], client, service, &session_key, 8, request)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a message")]
    fn reply(
        &self,
        msg_type: i32,
        padata: Vec<PaData>,
        client: (PrincipalName, &str),
        service: PrincipalName,
        key: &KerberosKey,
        usage: u32,
        request: &KdcReq,
    ) -> Vec<u8> {
        let session_key = self::key(self.enctype, 0x33);
        let session_key =
            EncryptionKey { keytype: self.enctype.into(), keyvalue: session_key.key().to_vec() };
        let nonce = request.req_body.nonce ^ u32::from(self.wrong_nonce);
        let part = [
            explicit(0, &session_key.encode()),
            explicit(1, &encode_sequence(&[])),
            explicit(2, &encode_integer(nonce.into())),
            explicit(4, &tlv(3, &[0; 5])),
            explicit(5, &self.time(0).encode()),
            explicit(7, &self.time(self.lifetime).encode()),
            explicit(9, &encode_realm(self.realm)),
            explicit(10, &service.encode()),
        ];
        let part = application(25, &encode_sequence(&part.concat()));
        parse_enc_kdc_rep_part(&part).unwrap();
        let mut reply = KdcRep {
            msg_type,
            padata,
            crealm: client.1.to_owned(),
            cname: client.0.clone(),
            ticket: self.ticket(client, service, &session_key),
            enc_part: EncryptedData {
                etype: key.enctype().to_i32(),
                kvno: None,
                cipher: key.encrypt(usage, &part),
            },
        };
        (self.alter)(&mut reply);
        reply.encode()
    }

    fn ticket(
        &self,
        client: (PrincipalName, &str),
        service: PrincipalName,
        session_key: &EncryptionKey,
    ) -> Ticket {
        let transited = [explicit(0, &encode_integer(1)), explicit(1, &encode_octet_string(&[]))];
        let part = [
            explicit(0, &tlv(3, &[0; 5])),
            explicit(1, &session_key.encode()),
            explicit(2, &encode_realm(client.1)),
            explicit(3, &client.0.encode()),
            explicit(4, &encode_sequence(&transited.concat())),
            explicit(5, &self.time(0).encode()),
            explicit(7, &self.time(self.lifetime).encode()),
        ];
        let part = application(3, &encode_sequence(&part.concat()));
        Ticket {
            tkt_vno: 5,
            realm: self.realm.into(),
            sname: service,
            enc_part: EncryptedData {
                etype: self.enctype.into(),
                kvno: Some(1),
                cipher: key(self.enctype, 0x22).encrypt(2, &part),
            },
        }
    }

    /// How the password becomes a key.
    fn hints(&self) -> Vec<u8> {
        let enctype = self.hinted_enctype.unwrap_or(self.enctype);
        let mut entry =
            [explicit(0, &encode_integer(enctype.into())), explicit(1, &tlv(0x1B, b"SALT"))]
                .concat();
        if let Some(iterations) = self.iterations {
            entry.extend(explicit(2, &encode_octet_string(&iterations.to_be_bytes())));
        }
        encode_sequence(&encode_sequence(&entry))
    }

    fn error(&self, error_code: i32, e_data: Option<Vec<u8>>) -> Vec<u8> {
        let (realm, sname) = (self.realm.to_owned(), name(&["krbtgt", self.realm]));
        let e_text = Some("no\nmore".to_owned());
        KrbError { stime: self.time(0), susec: 0, error_code, realm, sname, e_text, e_data }
            .encode()
    }

    fn time(&self, ahead: u64) -> KerberosTime {
        let time = self.now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        KerberosTime(unix_to_kerberos_time((time + Duration::from_secs(ahead)).as_secs()))
    }
}

/// The request of a step that has one.
pub(crate) fn asked(step: Acquire) -> (String, Vec<u8>) {
    match step {
        Acquire::Ask { realm, request } => (realm, request),
        other => panic!("{other:?} in place of a request"),
    }
}
