//! What KDCs that nobody here wrote took from us, and gave.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hyperv_replica::auth::Env;
use hyperv_replica::auth::kerberos::{
    Acquire, Acquisition, Keytab, Principal, Ticket, TicketError,
};
use serde_json::Value;

use super::unhex;
use crate::fixture;

/// An exchange, told by a file.
struct Recording(Value);

impl Recording {
    fn read(name: &str) -> Self {
        Self(serde_json::from_slice(&fixture(&format!("auth/kerberos/{name}.json"))).unwrap())
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        self.0[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
    }

    fn acquisition(&self) -> Acquisition {
        let client = Principal::from(self.0["client"].as_str().unwrap());
        let services = self.texts("services").into_iter().map(Principal::from).collect();
        match (self.0["password"].as_str(), self.0["keytab"].as_str()) {
            (Some(password), None) => Acquisition::with_password(client, password.into(), services),
            (None, Some(keytab)) => {
                let keytab = Keytab::parse(&unhex(keytab)).unwrap();
                Acquisition::with_keytab(client, Arc::new(keytab), services)
            }
            other => panic!("{other:?}"),
        }
    }

    /// A step with the clock and the random bytes of the recording.
    fn step(
        &self,
        acquisition: &mut Acquisition,
        number: u8,
        reply: Option<&[u8]>,
    ) -> Result<Acquire, TicketError> {
        let start = Duration::from_secs(self.0["time"].as_u64().unwrap());
        let env = &mut Env {
            now: SystemTime::UNIX_EPOCH + start + Duration::from_millis(number.into()),
            random: &mut |buffer| buffer.fill(number),
            channel_binding: None,
            target_name: None,
            workstation: None,
        };
        acquisition.step(reply, env)
    }

    /// Has the requests be those that the KDC took, and gives the end.
    fn replay(&self) -> Result<Ticket, TicketError> {
        let mut acquisition = self.acquisition();
        let mut reply = None;
        for (number, exchange) in (1..).zip(self.texts("exchanges")) {
            let mut exchange = exchange.split(' ');
            let [realm, request, answer] = [(); 3].map(|()| exchange.next().unwrap());
            match self.step(&mut acquisition, number, reply.as_deref())? {
                Acquire::Ask { realm: asked, request: actual } => {
                    assert_eq!((asked.as_str(), actual), (realm, unhex(request)));
                }
                other => panic!("{other:?} in place of request {number}"),
            }
            reply = Some(unhex(answer));
        }
        match self.step(&mut acquisition, 0, reply.as_deref())? {
            Acquire::Done { ticket, .. } => Ok(*ticket),
            other => panic!("{other:?}"),
        }
    }
}

fn ends_with(name: &str, client: &str, service: &str) {
    let ticket = Recording::read(name).replay().unwrap();
    assert_eq!(ticket.client(), &Principal::from(client));
    assert_eq!(ticket.service(), &Principal::from(service));
}

#[test]
fn mit_gives_a_ticket_for_a_password_and_the_second_name_with_aes_sha2() {
    ends_with("mit-password", "admin@EXAMPLE.COM", "HTTP/hv01.example.com@EXAMPLE.COM");
}

#[test]
fn mit_refers_a_client_with_a_keytab_to_another_realm() {
    ends_with("mit-referral", "admin@EXAMPLE.COM", "host/hv01.example.net@EXAMPLE.NET");
}

#[test]
fn samba_resolves_a_user_principal_name() {
    ends_with("samba-enterprise", "admin@SAMBA.TEST", "host/hv01.samba.test@SAMBA.TEST");
}

#[test]
fn samba_minds_no_case_and_has_its_own_way_to_write_names() {
    ends_with("samba-case", "admin@SAMBA.TEST", "host/HV01.samba.test@SAMBA.TEST");
}

#[test]
fn samba_calls_a_realm_by_another_name_than_netbios() {
    let error = Recording::read("samba-netbios").replay().unwrap_err();
    let (asked, called) = ("SAMBA".to_owned(), "SAMBA.TEST".to_owned());
    assert_eq!(error, TicketError::OtherRealm { asked, called });
    assert!(error.to_string().contains("--realm SAMBA.TEST"), "{error}");
}
