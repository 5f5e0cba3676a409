//! Files of keys and tickets that MIT Kerberos wrote.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hyperv_replica::auth::kerberos::{
    Acquire, Acquisition, Ccache, CcacheName, KerberosAcceptor, KerberosInitiator, Keytab,
    Principal, TicketError,
};
use hyperv_replica::auth::{AcceptStep, Acceptor as _, Env, Initiator as _, Step};
use proptest::prelude::*;

use super::sent;
use crate::{
    fixture,
    kdc::{data, key, keytab},
};

const VERSIONS: [&str; 2] = ["ccache_v3", "ccache_v4"];
/// 2026-11-24T20:47:56Z, as `klist` shows it.
const END: u64 = 1_795_553_276;

fn file(name: &str) -> Vec<u8> {
    fixture(&format!("auth/kerberos/{name}"))
}

fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn step<T>(now: SystemTime, run: impl FnOnce(&mut Env<'_>) -> T) -> T {
    run(&mut Env {
        now,
        random: &mut |buffer| buffer.fill(0x55),
        channel_binding: None,
        target_name: None,
        workstation: None,
    })
}

#[test]
fn tickets_of_a_cache_are_read_and_its_settings_are_not() {
    for name in VERSIONS {
        let bytes = file(name);
        assert!(bytes.windows(11).any(|window| window == b"X-CACHECONF"));
        let ccache = Ccache::parse(&bytes).unwrap();
        assert_eq!(ccache.principal(), &Principal::from("admin@EXAMPLE.COM"));
        let services: Vec<_> = ccache.tickets().iter().map(|t| t.service().to_string()).collect();
        let expected = ["krbtgt/EXAMPLE.COM@EXAMPLE.COM", "host/hv01.example.com@EXAMPLE.COM"];
        assert_eq!(services, expected);
        for ticket in ccache.tickets() {
            assert_eq!((ticket.client(), ticket.end_time()), (ccache.principal(), time(END)));
        }
    }
}

#[test]
fn ticket_of_a_cache_and_key_of_a_keytab_fit_together() {
    let keytab = Arc::new(Keytab::parse(&file("keytab")).unwrap());
    let now = time(END - 3600);
    for name in VERSIONS {
        let ccache = Ccache::parse(&file(name)).unwrap();
        let services = vec![Principal::from("host/hv01.example.com")];
        let mut acquisition =
            Acquisition::with_tickets(ccache.principal().clone(), ccache.tickets(), services);
        let Acquire::Done { ticket, .. } = step(now, |env| acquisition.step(None, env)).unwrap()
        else {
            panic!("it is at hand")
        };
        let mut initiator = KerberosInitiator::new(*ticket);
        let token = sent(step(now, |env| initiator.step(None, env)).unwrap());
        let mut acceptor = KerberosAcceptor::new(Arc::clone(&keytab), Arc::default());
        let AcceptStep::Done { token, user, .. } =
            step(now, |env| acceptor.step(&token, env)).unwrap()
        else {
            panic!("not done")
        };
        assert_eq!(user.to_string(), "admin@EXAMPLE.COM");
        let end = step(now, |env| initiator.step(token.as_deref(), env)).unwrap();
        assert!(matches!(end, Step::Done { .. }));
    }
}

#[test]
fn difference_of_the_clocks_in_a_cache_moves_the_end() {
    let mut bytes = file("ccache_v4");
    assert_eq!(bytes[..16], [5, 4, 0, 12, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (offset, end) in [(100_i32, END - 100), (-100, END + 100)] {
        bytes[8..12].copy_from_slice(&offset.to_be_bytes());
        assert_eq!(Ccache::parse(&bytes).unwrap().tickets()[0].end_time(), time(end));
    }
    // Fields of the header that are not known have a length.
    let other = [&[5, 4, 0, 6, 0, 9, 0, 2, 7, 7], &bytes[16..]].concat();
    assert_eq!(Ccache::parse(&other).unwrap().tickets()[0].end_time(), time(END));
}

#[test]
fn tickets_of_others_are_passed_over() {
    let bytes = file("ccache_v4");
    let admin = [data(b"EXAMPLE.COM"), data(b"admin")].concat();
    let at: Vec<_> = (0..bytes.len()).filter(|&i| bytes[i..].starts_with(&admin)).collect();
    // Of the cache, of a setting and two tickets: the last one is that of the service.
    let last = at.last().unwrap() + admin.len() - 1;
    let mut bytes = bytes;
    bytes[last] = b'x';
    let ccache = Ccache::parse(&bytes).unwrap();
    assert_eq!(ccache.tickets().len(), 1);
    assert_eq!(ccache.tickets()[0].client(), ccache.principal());
}

#[test]
fn cache_that_is_cut_short_or_of_another_version_is_refused() {
    for name in VERSIONS {
        let bytes = file(name);
        // Behind the header, the principal and each entry there is an end.
        let ends = (0..bytes.len()).filter(|&length| Ccache::parse(&bytes[..length]).is_ok());
        assert_eq!(ends.count(), 3, "the principal, and entries before the last one");
    }
    for version in [0, 1, 2, 5] {
        let mut bytes = file("ccache_v4");
        bytes[1] = version;
        assert!(matches!(Ccache::parse(&bytes), Err(TicketError::MalformedCcache(_))));
    }
}

#[test]
fn only_caches_in_files_have_a_name() {
    for (name, path) in [
        ("FILE:/tmp/krb5cc_0", "/tmp/krb5cc_0"),
        ("/tmp/krb5cc_0", "/tmp/krb5cc_0"),
        ("krb5cc", "krb5cc"),
        ("/tmp/a:b", "/tmp/a:b"),
        ("FILE:a:b", "a:b"),
    ] {
        let name: CcacheName = name.parse().unwrap();
        assert_eq!(name.path().to_str(), Some(path));
        assert_eq!(name.to_string(), format!("FILE:{path}"));
        assert_eq!(name.to_string().parse(), Ok(name));
    }
    for kind in ["KEYRING", "KCM", "API", "DIR", "MEMORY", "MSLSA"] {
        let error = format!("{kind}:persistent:0").parse::<CcacheName>().unwrap_err();
        assert_eq!(error, TicketError::CcacheKind(kind.to_owned()));
        assert!(error.to_string().contains("KRB5CCNAME=FILE:"), "{error}");
    }
    for empty in ["", "FILE:"] {
        assert!(matches!(empty.parse::<CcacheName>(), Err(TicketError::MalformedCcache(_))));
    }
}

#[test]
fn keytab_is_read_with_its_holes() {
    let parsed = Keytab::parse(&file("keytab")).unwrap();
    let principals: Vec<_> = parsed.principals().map(ToString::to_string).collect();
    assert_eq!(principals, ["host/hv01.example.com@EXAMPLE.COM"]);
    assert_eq!(format!("{parsed:?}"), r#"["host/hv01.example.com@EXAMPLE.COM"]"#);

    // What was deleted is a length below zero, and as many bytes.
    let bytes = keytab(&[(&["a"], 1, key(18, 1))]);
    let hole = [&(-3_i32).to_be_bytes()[..], &[0; 3]].concat();
    let holed = [&bytes[..2], &hole, &bytes[2..], &hole].concat();
    assert_eq!(Keytab::parse(&holed).unwrap().principals().count(), 1);

    assert_eq!(Keytab::parse(&[5, 2]).unwrap_err(), TicketError::NoAesKey);
    for bytes in [&b""[..], b"5", b"text that is none", &bytes[..bytes.len() - 1]] {
        assert!(matches!(Keytab::parse(bytes), Err(TicketError::MalformedKeytab(_))));
    }
}

proptest! {
    #[test]
    fn no_file_makes_the_readers_panic(
        at in 0..1400_usize,
        bytes in prop::collection::vec(prop_oneof![Just(0xFF), Just(0), any::<u8>()], 0..20),
    ) {
        drop((Ccache::parse(&bytes), Keytab::parse(&bytes)));
        for name in ["ccache_v3", "ccache_v4", "keytab"] {
            let mut file = file(name);
            let at = at % file.len();
            file.splice(at..(at + bytes.len()).min(file.len()), bytes.iter().copied());
            drop((Ccache::parse(&file), Keytab::parse(&file)));
        }
    }
}
