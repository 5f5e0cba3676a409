//! How tickets are got, from KDCs within the test.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use hyperv_replica::auth::Env;
use hyperv_replica::auth::kerberos::{
    Acquire, Acquisition, Keytab, Principal, Ticket, TicketError, Tickets,
};
use kerbcore::der::{
    TAG_SEQUENCE, application, application_tag, context_tag, encode_sequence, explicit, one_or,
};
use kerbcore::keys::KerberosKey;
use kerbcore::messages::{KdcRep, KdcReq, KrbError};
use kerbcore::types::{KerberosTime, encode_realm};
use proptest::prelude::*;

use super::now;
use crate::kdc::{Kdc, PASSWORD, REALM, asked, key, keytab, name};

fn client() -> Principal {
    Principal::new(["admin"], REALM)
}

fn service(text: &str) -> Principal {
    Principal::from(text)
}

fn by_password(services: &[&str]) -> Acquisition {
    let services = services.iter().map(|text| service(text)).collect();
    Acquisition::with_password(client(), PASSWORD.into(), services)
}

fn step(
    acquisition: &mut Acquisition,
    reply: Option<&[u8]>,
    later: u64,
) -> Result<Acquire, TicketError> {
    acquisition.step(
        reply,
        &mut Env {
            now: now() + Duration::from_secs(later),
            random: &mut |buffer| buffer.fill(0xF5),
            channel_binding: None,
            target_name: None,
            workstation: None,
        },
    )
}

type Got = Result<(Ticket, Vec<Ticket>), TicketError>;

/// Has the KDCs answer all that is asked; gives the ticket, those that are new, and the realms and names that were asked.
fn run(acquisition: &mut Acquisition, kdcs: &[Kdc]) -> (Got, Vec<String>) {
    let (mut reply, mut log) = (None::<Vec<u8>>, Vec::new());
    loop {
        match step(acquisition, reply.as_deref(), 0) {
            Ok(Acquire::Ask { realm, request }) => {
                let body = KdcReq::decode(&request).unwrap().req_body;
                log.push(format!("{}@{realm}", body.sname.unwrap().name_string.join("/")));
                let kdc = kdcs.iter().find(|kdc| kdc.realm == realm).unwrap();
                reply = Some(kdc.answer(&request));
            }
            Ok(Acquire::Done { ticket, new }) => return (Ok((*ticket, new)), log),
            Err(error) => {
                assert_eq!(step(acquisition, None, 0).unwrap_err(), TicketError::OutOfTurn);
                return (Err(error), log);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn ticket(kdc: Kdc) -> Result<Ticket, TicketError> {
    run(&mut by_password(&["host/hv01"]), &[kdc]).0.map(|(ticket, _)| ticket)
}

fn kdc() -> Kdc {
    Kdc::new(now())
}

#[test]
fn password_gets_a_ticket_of_every_encryption_type() {
    for (enctype, iterations) in [(17, 4096), (18, 4096), (19, 32_768), (20, 32_768), (18, 5000)] {
        for wants_proof in [true, false] {
            let kdc = Kdc { wants_proof, ..kdc().enctype(enctype, iterations) };
            let (result, asked) = run(&mut by_password(&["host/hv01"]), &[kdc]);
            let (ticket, new) = result.unwrap();
            assert_eq!(ticket.service(), &service("host/hv01@EXAMPLE.COM"));
            assert_eq!(ticket.client(), &client());
            assert_eq!(ticket.end_time(), now() + Duration::from_secs(36_000));
            assert_eq!(new.len(), 2);
            let first = "krbtgt/EXAMPLE.COM@EXAMPLE.COM";
            let expected = [first, first, "host/hv01@EXAMPLE.COM"];
            assert_eq!(asked, expected[usize::from(!wants_proof)..]);
        }
    }
}

#[test]
fn names_of_the_service_are_tried_in_order() {
    let kdc = Kdc { services: vec![("WSMAN/hv01", None)], ..kdc() };
    let (result, asked) = run(&mut by_password(&["host/hv01", "HTTP/hv01", "WSMAN/hv01"]), &[kdc]);
    assert_eq!(result.unwrap().0.service(), &service("WSMAN/hv01@EXAMPLE.COM"));
    let names = ["host", "HTTP", "WSMAN"].map(|name| format!("{name}/hv01@EXAMPLE.COM"));
    assert_eq!(asked[2..], names);

    let none = Kdc { services: vec![], ..self::kdc() };
    assert_eq!(ticket(none).unwrap_err(), TicketError::UnknownService(vec![service("host/hv01")]));
}

#[test]
fn work_on_the_password_has_bounds() {
    // RFC 3962 section 4: zero stands for 2^32. Fewer than usual would make it easy to guess.
    for (iterations, found) in [(262_145, 262_145), (0, u32::MAX), (4095, 4095)] {
        let kdc = Kdc { iterations: Some(iterations), ..kdc() };
        assert_eq!(ticket(kdc).unwrap_err(), TicketError::Iterations(found));
    }
}

#[test]
fn answer_to_another_request_is_refused() {
    let not_ours = |kdc: Kdc| {
        let error = ticket(kdc).unwrap_err();
        assert!(matches!(error, TicketError::NotOurs(_)), "{error:?}");
    };
    not_ours(Kdc { wrong_nonce: true, ..kdc() });
    not_ours(Kdc { client: ("admin", "EXAMPLE.NET"), ..kdc() });
    // Of a kind of message that was not asked for.
    not_ours(Kdc { alter: |reply| reply.msg_type = 24 - reply.msg_type, ..kdc() });
    // A ticket that is for something else than what is encrypted for us.
    not_ours(Kdc { alter: |reply| reply.ticket.realm.push('X'), ..kdc() });
    not_ours(Kdc { alter: |reply| reply.ticket.sname.name_string.push("x".into()), ..kdc() });
    // The ticket of a service is for whoever the first one was for.
    not_ours(Kdc {
        alter: |reply| {
            if reply.msg_type == 13 {
                reply.cname.name_string = vec!["other".into()];
            }
        },
        ..kdc()
    });
    assert!(matches!(
        ticket(Kdc { alter: |reply| reply.enc_part.cipher[20] ^= 1, ..kdc() }),
        Err(TicketError::WrongKey { .. })
    ));
}

#[test]
fn service_other_than_the_one_that_was_asked_for_is_refused() {
    let kdc = Kdc { services: vec![("host/hv01", None), ("host/hv02", None)], ..kdc() };
    // Both draw the same nonces.
    let [mut acquisition, mut other] = ["host/hv01", "host/hv02"].map(|name| by_password(&[name]));
    let [mut reply, mut reply_to_other] = [None, None];
    for _ in 0..3 {
        let (_, request) = asked(step(&mut acquisition, reply.as_deref(), 0).unwrap());
        reply = Some(kdc.answer(&request));
        let (_, request) = asked(step(&mut other, reply_to_other.as_deref(), 0).unwrap());
        reply_to_other = Some(kdc.answer(&request));
    }
    let error = step(&mut acquisition, reply_to_other.as_deref(), 0).unwrap_err();
    assert_eq!(error, TicketError::NotOurs("its ticket is for another service"));
}

#[test]
fn wrong_password_is_told() {
    for wants_proof in [true, false] {
        let kdc = Kdc { client_key: key(18, 1), wants_proof, ..kdc() };
        let error = ticket(kdc).unwrap_err();
        let expected = TicketError::WrongKey { client: client(), what: "password" };
        assert_eq!(error, expected);
        assert!(error.is_judgement());
    }
}

#[test]
fn errors_of_the_kdc_have_their_meaning() {
    let refused = |code, name| TicketError::Refused { code, name, text: "nomore".to_owned() };
    let wrong = || TicketError::WrongKey { client: client(), what: "password" };
    let skew = TicketError::ClockSkew { ours: now(), theirs: now() + Duration::from_secs(600) };
    for (code, expected) in [
        (6, TicketError::UnknownClient(client())),
        (12, refused(12, "KDC_ERR_POLICY")),
        (14, TicketError::ClientWithoutAes(client())),
        (18, TicketError::Revoked(client())),
        (23, TicketError::PasswordExpired(client())),
        (24, wrong()),
        (31, wrong()),
        (37, skew),
        (60, refused(60, "KRB_ERR_GENERIC")),
        (68, refused(68, "KDC_ERR_WRONG_REALM")),
        (-1, refused(-1, "an error of a number without a name here")),
    ] {
        let kdc =
            Kdc { errors: [Some(code), None], now: now() + Duration::from_secs(600), ..kdc() };
        assert_eq!(ticket(kdc).unwrap_err(), expected);
    }
    for (code, expected) in [
        (14, TicketError::ServiceWithoutAes(service("host/hv01@EXAMPLE.COM"))),
        (18, refused(18, "KDC_ERR_CLIENT_REVOKED")),
        (37, TicketError::ClockSkew { ours: now(), theirs: now() }),
    ] {
        let kdc = Kdc { errors: [None, Some(code)], ..kdc() };
        assert_eq!(ticket(kdc).unwrap_err(), expected);
    }
}

#[test]
fn encryption_types_that_are_too_weak_are_refused() {
    let kdc = Kdc { hinted_enctype: Some(23), ..kdc() };
    assert_eq!(ticket(kdc).unwrap_err(), TicketError::ClientWithoutAes(client()));
    let kdc = Kdc { wants_proof: false, alter: |reply| reply.enc_part.etype = 23, ..self::kdc() };
    assert_eq!(ticket(kdc).unwrap_err(), TicketError::ClientWithoutAes(client()));
}

fn realm(realm: &'static str, services: &[(&'static str, &'static str)]) -> Kdc {
    let referred = services
        .iter()
        .map(|&(service, next)| (service, if next.is_empty() { None } else { Some(next) }));
    Kdc { realm, services: referred.collect(), ..kdc() }
}

#[test]
fn referrals_are_followed() {
    let kdcs = [
        realm(REALM, &[("host/hv01", "B")]),
        realm("B", &[("host/hv01", "C")]),
        realm("C", &[("host/hv01", "")]),
    ];
    let (result, asked) = run(&mut by_password(&["host/hv01"]), &kdcs);
    let (ticket, new) = result.unwrap();
    assert_eq!(ticket.service(), &service("host/hv01@C"));
    assert_eq!(ticket.client(), &client());
    assert_eq!(new.len(), 4);
    assert_eq!(asked[2..], ["host/hv01@EXAMPLE.COM", "host/hv01@B", "host/hv01@C"]);

    // With the tickets at hand the next one is asked of nobody.
    let mut again = by_password(&["host/hv01"]).and_tickets(&new);
    assert!(matches!(step(&mut again, None, 0), Ok(Acquire::Done { new, .. }) if new.is_empty()));
}

#[test]
fn realm_that_is_known_is_asked_for_by_its_name() {
    let kdcs = [realm(REALM, &[("krbtgt/B", "B")]), realm("B", &[("HTTP/hv01", "")])];
    let mut acquisition = by_password(&["host/hv01@B", "HTTP/hv01@B"]);
    let (result, asked) = run(&mut acquisition, &kdcs);
    assert_eq!(result.unwrap().0.service(), &service("HTTP/hv01@B"));
    assert_eq!(asked[2..], ["krbtgt/B@EXAMPLE.COM", "host/hv01@B", "HTTP/hv01@B"]);
}

#[test]
fn realm_without_a_way_to_it_is_told_at_once() {
    let mut acquisition = by_password(&["host/hv01@B", "HTTP/hv01@B"]);
    let (result, asked) = run(&mut acquisition, &[kdc()]);
    let error = result.unwrap_err();
    assert_eq!(error, TicketError::NoWay(REALM.to_owned(), "B".to_owned()));
    assert!(error.to_string().contains("EXAMPLE.COM has no way to the realm B"), "{error}");
    assert_eq!(asked.len(), 3);
}

#[test]
fn name_of_two_accounts_gives_way_to_the_next_one() {
    // A KDC that says so of each name.
    let refuses = || Kdc { errors: [None, Some(8)], ..kdc() };
    let (result, asked) = run(&mut by_password(&["host/hv01", "HTTP/hv01"]), &[refuses()]);
    assert_eq!(asked[2..], ["host/hv01@EXAMPLE.COM", "HTTP/hv01@EXAMPLE.COM"]);
    let name = "KDC_ERR_PRINCIPAL_NOT_UNIQUE";
    let expected = TicketError::Refused { code: 8, name, text: "nomore".to_owned() };
    assert_eq!(result.unwrap_err(), expected);
}

#[test]
fn ticket_that_is_encrypted_weakly_for_the_service_is_refused() {
    // A ticket for tickets may be: the trust of two realms of Windows mostly is.
    let weaken = |reply: &mut KdcRep| {
        if reply.ticket.sname.name_string[0] == "host" {
            reply.ticket.enc_part.etype = 23;
        }
    };
    let error = ticket(Kdc { alter: weaken, ..kdc() }).unwrap_err();
    assert_eq!(error, TicketError::ServiceWithoutAes(service("host/hv01@EXAMPLE.COM")));
    let weaken = |reply: &mut KdcRep| {
        if reply.ticket.sname.name_string[0] == "krbtgt" {
            reply.ticket.enc_part.etype = 23;
        }
    };
    assert!(ticket(Kdc { alter: weaken, ..kdc() }).is_ok());
}

#[test]
fn tickets_are_kept_for_those_whom_they_lead_to() {
    let kdc = Kdc { services: vec![("host/hv01", None), ("HTTP/hv02", None)], ..kdc() };
    let tickets = Tickets::default();
    let client = Principal::from("admin@EXAMPLE.COM");
    let services = |tickets: &[Ticket]| -> Vec<_> {
        tickets.iter().map(|ticket| ticket.service().to_string()).collect()
    };
    let granting = "krbtgt/EXAMPLE.COM@EXAMPLE.COM";
    for name in ["host/hv01", "HTTP/hv02", "host/hv01"] {
        let (result, _) = run(&mut by_password(&[name]), slice::from_ref(&kdc));
        tickets.store(&client, result.unwrap().1);
    }
    let names = [service("host/hv02"), service("HTTP/hv02")];
    assert_eq!(services(&tickets.towards(&client, &names)), ["HTTP/hv02@EXAMPLE.COM", granting]);
    let names = [service("host/hv01@EXAMPLE.COM")];
    // Each once: a later one takes the place of an earlier one.
    assert_eq!(services(&tickets.towards(&client, &names)), [granting, "host/hv01@EXAMPLE.COM"]);
    let names = [service("host/hv01@ELSEWHERE")];
    assert_eq!(services(&tickets.towards(&client, &names)), [granting]);
    // Somebody else does not act as that client.
    assert!(tickets.towards(&Principal::from("other@EXAMPLE.COM"), &names).is_empty());
    assert_eq!(
        format!("{tickets:?}").matches("service: ").count(),
        3,
        "{tickets:?} has something else than three tickets"
    );
    assert!(!format!("{tickets:?}").contains("key"));
}

#[test]
fn referrals_without_end_are_given_up() {
    let kdcs = [realm(REALM, &[("host/hv01", "B")]), realm("B", &[("host/hv01", REALM)])];
    let (result, asked) = run(&mut by_password(&["host/hv01"]), &kdcs);
    assert!(matches!(result, Err(TicketError::Referrals(_))), "{result:?}");
    assert_eq!(asked.len(), 2 + 11);
}

#[test]
fn client_is_looked_for_where_the_kdc_says() {
    let wrong_realm = |realm: &str| {
        let (stime, sname) = (KerberosTime("20260101000000Z".into()), name(&["krbtgt", "A"]));
        let error = KrbError {
            stime,
            susec: 0,
            error_code: 68,
            realm: "A".into(),
            sname,
            e_text: None,
            e_data: None,
        };
        // Behind the error's code; kerbcore has no field for it.
        let text = error.encode();
        let fields = one_or(one_or(&text, application_tag(30)).unwrap(), TAG_SEQUENCE).unwrap();
        let at = fields.windows(2).position(|pair| pair == [context_tag(9), 3]).unwrap();
        let client = explicit(7, &encode_realm(realm));
        let fields = [&fields[..at], &client, &fields[at..]].concat();
        application(30, &encode_sequence(&fields))
    };
    let mut acquisition = by_password(&["host/hv01"]);
    step(&mut acquisition, None, 0).unwrap();
    let (realm, _) = asked(step(&mut acquisition, Some(&wrong_realm("B")), 0).unwrap());
    assert_eq!(realm, "B");
    let error = step(&mut acquisition, Some(&wrong_realm("B")), 0).unwrap_err();
    assert_eq!(error, TicketError::Referrals("B".into()));

    let mut acquisition = by_password(&["host/hv01"]);
    step(&mut acquisition, None, 0).unwrap();
    let asked = (0..100).take_while(|number| {
        step(&mut acquisition, Some(&wrong_realm(&number.to_string())), 0).is_ok()
    });
    assert_eq!(asked.count(), 10);
}

#[test]
fn ticket_at_hand_is_used_without_a_request() {
    let kdc = Kdc { services: vec![("HTTP/hv01", None), ("host/hv02", None)], ..kdc() };
    let (result, _) = run(&mut by_password(&["HTTP/hv01"]), &[kdc]);
    let (ticket, new) = result.unwrap();
    // Even if it is for a name that would be tried later.
    for services in [["HTTP/hv01", "host/hv01"], ["host/hv01", "HTTP/hv01@EXAMPLE.COM"]] {
        let mut again = by_password(&services).and_tickets(&new);
        match step(&mut again, None, 36_000 - 61).unwrap() {
            Acquire::Done { ticket: found, new } => {
                assert_eq!((found.service(), new.len()), (ticket.service(), 0));
            }
            other => panic!("{other:?}"),
        }
    }
    // One that ends soon is not used.
    let mut late = by_password(&["HTTP/hv01"]).and_tickets(&new);
    let (_, request) = asked(step(&mut late, None, 36_000 - 60).unwrap());
    assert_eq!(KdcReq::decode(&request).unwrap().msg_type, 10);
    let mut late = Acquisition::with_tickets(client(), &new, vec![service("HTTP/hv01")]);
    assert_eq!(step(&mut late, None, 36_000).unwrap_err(), TicketError::Expired(client()));

    // Another service is asked for by the ticket for tickets.
    let kdc = Kdc { services: vec![("host/hv02", None)], ..self::kdc() };
    let mut next = Acquisition::with_tickets(client(), &new, vec![service("host/hv02")]);
    let (result, asked) = run(&mut next, &[kdc]);
    assert_eq!((result.unwrap().1.len(), asked.len()), (1, 1));
}

#[test]
fn ticket_that_the_kdc_takes_no_longer_is_replaced_by_the_password() {
    let (result, _) = run(&mut by_password(&["host/hv02"]), &[realm(REALM, &[("host/hv02", "")])]);
    let (_, old) = result.unwrap();
    for code in [20, 31, 32, 41, 44] {
        let mut acquisition = by_password(&["host/hv01"]).and_tickets(&old);
        let (_, request) = asked(step(&mut acquisition, None, 0).unwrap());
        let refuses = Kdc { errors: [None, Some(code)], ..kdc() };
        let reply = refuses.answer(&request);
        let (_, request) = asked(step(&mut acquisition, Some(&reply), 0).unwrap());
        let (_, request) = asked(step(&mut acquisition, Some(&kdc().answer(&request)), 0).unwrap());
        let (_, request) = asked(step(&mut acquisition, Some(&kdc().answer(&request)), 0).unwrap());
        // Once.
        assert!(step(&mut acquisition, Some(&refuses.answer(&request)), 0).is_err());

        let mut acquisition = Acquisition::with_tickets(client(), &old, vec![service("host/hv01")]);
        step(&mut acquisition, None, 0).unwrap();
        assert!(step(&mut acquisition, Some(&reply), 0).is_err());
    }
}

fn by_keytab(keys: &[(&[&str], u8, KerberosKey)]) -> Acquisition {
    let keytab = Keytab::parse(&keytab(keys)).unwrap();
    Acquisition::with_keytab(client(), Arc::new(keytab), vec![service("host/hv01")])
}

#[test]
fn newest_key_of_the_right_type_is_taken_out_of_a_keytab() {
    let right = Kdc { client_key: key(18, 3), ..kdc() };
    for wants_proof in [true, false] {
        let kdc = Kdc { client_key: key(18, 3), wants_proof, ..kdc() };
        let mut acquisition = by_keytab(&[
            (&["other"], 9, key(18, 9)),
            (&["admin"], 1, key(18, 1)),
            (&["admin"], 3, key(17, 3)),
            (&["admin"], 3, key(18, 3)),
            (&["admin"], 2, key(18, 2)),
        ]);
        run(&mut acquisition, &[kdc]).0.unwrap();
    }
    // The types that are asked for are those that there is a key of.
    let (_, request) =
        asked(step(&mut by_keytab(&[(&["admin"], 1, key(17, 1))]), None, 0).unwrap());
    assert_eq!(KdcReq::decode(&request).unwrap().req_body.etypes, [17]);

    let error = |keys: &[(&[&str], u8, KerberosKey)], kdc: &Kdc| {
        let mut acquisition = by_keytab(keys);
        let (_, request) = asked(step(&mut acquisition, None, 0)?);
        let (_, request) = asked(step(&mut acquisition, Some(&kdc.answer(&request)), 0)?);
        step(&mut acquisition, Some(&kdc.answer(&request)), 0)
    };
    let other = error(&[(&["other"], 1, key(18, 3))], &right).unwrap_err();
    assert_eq!(other, TicketError::NotInKeytab(client()));
    let old = error(&[(&["admin"], 1, key(18, 1))], &right).unwrap_err();
    assert!(matches!(old, TicketError::WrongKey { what, .. } if what.contains("keytab")));
    let of_another_type = error(&[(&["admin"], 1, key(17, 1))], &right).unwrap_err();
    assert_eq!(of_another_type, TicketError::ClientWithoutAes(client()));
}

#[test]
fn client_that_the_kdc_writes_in_another_way_goes_on_by_that_name() {
    let renames = || Kdc { client: ("Admin", REALM), client_key: key(18, 3), ..kdc() };
    let keys: [(&[&str], _, _); 1] = [(&["admin"], 1, key(18, 3))];
    let (result, _) = run(&mut by_keytab(&keys), &[renames()]);
    let (ticket, new) = result.unwrap();
    assert_eq!(ticket.client(), &Principal::new(["Admin"], REALM));
    // When its tickets have ended, its key is still found.
    let mut later = by_keytab(&keys).and_tickets(&new);
    asked(step(&mut later, None, 40_000).unwrap());

    // Windows takes a realm in lower case, and answers in upper case.
    let client = Principal::new(["admin"], "example.com");
    let services = vec![service("host/hv01")];
    let mut acquisition = Acquisition::with_password(client, PASSWORD.into(), services);
    let lower = Kdc { realm: "example.com", ..kdc() };
    let (_, request) = asked(step(&mut acquisition, None, 0).unwrap());
    let (_, request) = asked(step(&mut acquisition, Some(&lower.answer(&request)), 0).unwrap());
    let mut request = KdcReq::decode(&request).unwrap();
    request.req_body.realm = REALM.into();
    request.req_body.sname = Some(name(&["krbtgt", REALM]));
    let (realm, _) =
        asked(step(&mut acquisition, Some(&kdc().answer(&request.encode())), 0).unwrap());
    assert_eq!(realm, REALM);
}

proptest! {
    #[test]
    fn no_reply_makes_an_acquisition_panic(
        steps in 0..3_usize,
        at in 0..900_usize,
        bytes in prop::collection::vec(any::<u8>(), 0..12),
    ) {
        // The last two need no work on a password.
        let kdc = Kdc { client_key: key(18, 3), ..kdc() };
        let mut acquisition = by_keytab(&[(&["admin"], 1, key(18, 3))]);
        let mut reply = None;
        for _ in 0..=steps {
            let (_, request) = asked(step(&mut acquisition, reply.as_deref(), 0).unwrap());
            reply = Some(kdc.answer(&request));
        }
        let mut reply = reply.unwrap();
        let at = at % reply.len();
        reply.splice(at..(at + bytes.len()).min(reply.len()), bytes);
        drop(step(&mut acquisition, Some(&reply), 0));
    }

    #[test]
    fn no_bytes_make_an_acquisition_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut acquisition = by_password(&["host/hv01"]);
        step(&mut acquisition, None, 0).unwrap();
        prop_assert!(step(&mut acquisition, Some(&bytes), 0).is_err());
    }
}
