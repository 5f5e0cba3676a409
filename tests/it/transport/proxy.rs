//! Proxies, and which hosts they are for.

use hyperv_replica::{
    client::{Endpoint, Proxy, ProxyError},
    transport::{Error, Execution, ProxyProblem},
};

fn endpoint(text: &str) -> Endpoint {
    text.parse().unwrap()
}

/// Whether the proxy of the environment is for a host.
fn is_used(no_proxy: &str, host: &str) -> bool {
    Proxy::from_variables("http://proxy:3128", no_proxy, &endpoint(host)).unwrap().is_some()
}

#[test]
fn reads_urls_of_proxies() {
    for (text, shown) in [
        ("http://proxy:3128", "http://proxy:3128"),
        ("proxy:3128", "http://proxy:3128"),
        (" HTTP://Proxy/ ", "http://proxy"),
        ("http://user:secret@192.0.2.1:3128", "http://192.0.2.1:3128"),
        ("socks5://user@proxy", "socks5://proxy"),
        ("socks5h://user:p%40ss%3a@[2001:db8::1]:1080", "socks5h://[2001:db8::1]:1080"),
    ] {
        let proxy: Proxy = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(proxy.to_string(), shown);
        assert_eq!(format!("{proxy:?}"), format!("Proxy({shown})"));
    }
}

#[test]
fn refuses_what_is_no_proxy_without_printing_it() {
    for text in [
        "",
        " ",
        "http://",
        "http://user:secret@",
        "https://user:secret@proxy",
        "socks4://user:secret@proxy",
        "http://user:secret@proxy:99999",
        "http://user:secret@two words",
    ] {
        let error = text.parse::<Proxy>().unwrap_err();
        assert_eq!(error, ProxyError::Invalid, "{text}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[test]
fn forwards_nothing_over_http() {
    let check = |proxy: &str, host: &str| proxy.parse::<Proxy>().unwrap().check(&endpoint(host));
    assert_eq!(check("http://proxy", "hv01"), Err(ProxyError::Forwarding));
    assert_eq!(check("http://proxy", "https://hv01"), Ok(()));
    assert_eq!(check("socks5://proxy", "hv01"), Ok(()));
    assert_eq!(check("socks5h://proxy", "https://hv01"), Ok(()));
    assert_eq!(check("socks5h://proxy", "http://[2001:db8::1]"), Ok(()));
    assert_eq!(check("socks5h://proxy", "https://[2001:db8::1]"), Err(ProxyError::Ipv6));
    assert_eq!(check("http://proxy", "https://[2001:db8::1]"), Err(ProxyError::Ipv6));
}

#[test]
fn the_environment_is_about_other_machines_and_https_alone() {
    assert!(is_used("", "https://hv01"));
    assert!(is_used("", "https://192.0.2.1"));
    for host in [
        "hv01",
        "http://hv01.example.com",
        "https://localhost",
        "https://LOCALHOST:5986",
        "https://hv01.localhost",
        "https://127.0.0.1",
        "https://127.9.9.9",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
    ] {
        assert!(!is_used("", host), "{host}");
    }
    let none = |text| Proxy::from_variables(text, "", &endpoint("https://hv01"));
    assert!(none("").unwrap().is_none());
    assert!(none(" ").unwrap().is_none());
    assert_eq!(none("ftp://proxy").unwrap_err(), ProxyError::Invalid);
    // What is not used need not be right.
    assert!(Proxy::from_variables("ftp://x", "*", &endpoint("https://hv01")).unwrap().is_none());
}

#[test]
fn exceptions_are_those_of_curl() {
    for (no_proxy, excepted, used) in [
        ("*", &["hv01", "192.0.2.1", "[2001:db8::1]"][..], &[][..]),
        (
            "hv01",
            &["hv01", "HV01", "hv01:443", "a.hv01", "hv01."],
            &["hv011", "xhv01", "hv01.test"],
        ),
        ("local.com", &["local.com", "www.local.com"], &["www.notlocal.com", "local.com.test"]),
        (".local.com", &["local.com", "www.local.com"], &["notlocal.com"]),
        ("LOCAL.com.", &["www.local.com"], &["com"]),
        ("a.test, b.test c.test\td.test", &["a.test", "b.test", "c.test", "d.test"], &["e.test"]),
        (",, ,", &[], &["hv01"]),
        (".", &[], &["hv01"]),
        ("hv01:5986", &["hv01", "hv01:5986"], &["hv01:443"]),
        ("hv01:443", &["hv01:443"], &["hv01"]),
        ("hv01:x", &[], &["hv01"]),
        ("192.0.2.1", &["192.0.2.1"], &["192.0.2.10", "1.192.0.2.1.test"]),
        ("192.0.2.1:5986", &["192.0.2.1"], &["192.0.2.1:443"]),
        ("192.0.2.0/24", &["192.0.2.0", "192.0.2.255"], &["192.0.3.0", "hv01"]),
        ("192.0.2.128/25", &["192.0.2.129"], &["192.0.2.127"]),
        ("192.0.2.1/32", &["192.0.2.1"], &["192.0.2.2"]),
        ("0.0.0.0/0", &["192.0.2.1"], &["[2001:db8::1]"]),
        ("192.0.2.1/33", &[], &["192.0.2.1"]),
        ("192.0.2.1/-1", &[], &["192.0.2.1"]),
        ("192.0.2.1/", &[], &["192.0.2.1"]),
        ("2001:db8::1", &["[2001:db8::1]", "[2001:0db8:0::1]:443"], &["[2001:db8::2]"]),
        ("[2001:db8::1]:5986", &["[2001:db8::1]"], &["[2001:db8::1]:443"]),
        ("[2001:db8::1]", &["[2001:db8::1]"], &["[2001:db8::2]"]),
        ("2001:db8::/32", &["[2001:db8:1::1]"], &["[2001:db9::1]", "32.1.13.184"]),
        ("::/0", &["[2001:db8::1]"], &["192.0.2.1"]),
    ] {
        for host in excepted {
            assert!(!is_used(no_proxy, &format!("https://{host}")), "{no_proxy:?} excepts {host}");
        }
        for host in used {
            assert!(is_used(no_proxy, &format!("https://{host}")), "{no_proxy:?}, but {host}");
        }
    }
}

#[test]
fn a_proxy_that_fails_has_executed_nothing() {
    let error = Error::Proxy { proxy: "http://proxy".to_owned(), problem: ProxyProblem::Login };
    assert_eq!(error.execution(), Execution::No);
    assert_eq!(error.status(), None);
}
