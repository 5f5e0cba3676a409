//! `krb5.conf`.

use hyperv_replica::auth::kerberos::{Config, ConfigError, Include};
use proptest::prelude::*;

fn read(text: &str) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    config.read(text, &mut |include| panic!("{include:?}"))?;
    Ok(config)
}

const CONFIG: &str = r#"
# A comment.
; Another one.
[libdefaults]
	default_realm = EXAMPLE.COM
	default_realm = LATER.EXAMPLE.COM
	default_ccache_name = "FILE:/tmp/krb5cc_%{uid}"
	dns_lookup_kdc = False
	permitted_enctypes = aes256-cts aes128-cts

[realms]
	EXAMPLE.COM = {
		kdc = dc1.example.com
		kdc = tcp/dc2.example.com:1088
		admin_server = dc1.example.com
		auth_to_local_names = {
			kdc = not.one
		}
		kdc = [2001:db8::1]:88
	}
	EMPTY.EXAMPLE.COM = {
	}*

[domain_realm]
	.example.com = EXAMPLE.COM
	.Lab.Example.Com = LAB.EXAMPLE.COM
	web.lab.example.com = WEB.EXAMPLE.COM
	example.net = NET
	.net = OTHER

[realms]
	EXAMPLE.COM* = {
		kdc = dc3.example.com
	}
[plugins]
	kdc = not.one
"#;

#[test]
fn what_is_needed_is_read() {
    let config = read(CONFIG).unwrap();
    assert_eq!(config.default_realm(), Some("EXAMPLE.COM"), "the first one");
    assert_eq!(config.default_ccache_name(), Some("FILE:/tmp/krb5cc_%{uid}"));
    assert!(!config.dns_lookup_kdc());
    assert_eq!(config.realms().collect::<Vec<_>>(), ["EXAMPLE.COM", "EMPTY.EXAMPLE.COM"]);
    let kdcs =
        ["dc1.example.com", "tcp/dc2.example.com:1088", "[2001:db8::1]:88", "dc3.example.com"];
    assert_eq!(config.kdcs("EXAMPLE.COM"), kdcs);
    assert!(config.kdcs("EMPTY.EXAMPLE.COM").is_empty());
    assert!(config.kdcs("UNKNOWN").is_empty());

    let crlf = read(&CONFIG.replace('\n', "\r\n")).unwrap();
    assert_eq!(crlf, config);
    let empty = read("").unwrap();
    assert_eq!(empty, Config::default());
    assert!(empty.dns_lookup_kdc());
}

#[test]
fn host_belongs_to_the_longest_of_its_domains() {
    let config = read(CONFIG).unwrap();
    for (host, realm) in [
        ("hv01.example.com", Some("EXAMPLE.COM")),
        ("HV01.Example.COM", Some("EXAMPLE.COM")),
        ("a.b.example.com", Some("EXAMPLE.COM")),
        ("hv01.lab.example.com", Some("LAB.EXAMPLE.COM")),
        ("web.lab.example.com", Some("WEB.EXAMPLE.COM")),
        // A name of a host gives its domain, too.
        ("a.web.lab.example.com", Some("WEB.EXAMPLE.COM")),
        ("example.net", Some("NET")),
        ("hv01.example.net", Some("NET")),
        ("hv01.test.net", Some("OTHER")),
        // A domain is no host.
        ("example.com", None),
        ("notexample.com", None),
        ("net", None),
        ("hv01", None),
        ("", None),
        ("..", None),
    ] {
        assert_eq!(config.realm_of_host(host), realm, "{host}");
    }
}

#[test]
fn switch_is_off_by_every_word_for_no() {
    for (word, is_on) in
        [("no", false), ("N", false), ("off", false), ("0", false), ("true", true), ("yes", true)]
    {
        let config = read(&format!("[libdefaults]\ndns_lookup_kdc={word}")).unwrap();
        assert_eq!(config.dns_lookup_kdc(), is_on, "{word}");
    }
}

#[test]
fn other_files_are_included() {
    let mut config = Config::default();
    let mut asked = Vec::new();
    let text = "include /etc/a.conf\nincludedir  /etc/krb5.conf.d/\nmodule /lib/x.so:init\n\
                [realms]\nR = {\nkdc = last\n}\n";
    config
        .read(text, &mut |include| {
            asked.push(format!("{include:?}"));
            let of = |kdc| format!("[realms]\nR = {{\nkdc = {kdc}\n}}\n");
            Ok(match include {
                Include::File("/etc/a.conf") => vec![of("a")],
                Include::Folder("/etc/krb5.conf.d/") => vec![of("b"), of("c")],
                other => panic!("{other:?}"),
            })
        })
        .unwrap();
    assert_eq!(config.kdcs("R"), ["a", "b", "c", "last"]);
    assert_eq!(asked, [r#"File("/etc/a.conf")"#, r#"Folder("/etc/krb5.conf.d/")"#]);
}

#[test]
fn files_that_include_each_other_come_to_an_end() {
    let mut count = 0;
    let error = Config::default()
        .read("\ninclude itself", &mut |_| {
            count += 1;
            Ok(vec!["\ninclude itself".to_owned()])
        })
        .unwrap_err();
    assert_eq!((error.line, count), (2, 10));
    let error = Config::default().read("include gone", &mut |_| Err("it is gone".to_owned()));
    assert_eq!(error.unwrap_err().to_string(), "line 1: it is gone");
}

#[test]
fn errors_name_the_line() {
    for (text, line, reason) in [
        ("[libdefaults", 1, "no end"),
        ("[a]\n\nnothing", 3, "neither"),
        ("[a]\n}", 2, "not opened"),
        ("[a]\nb = {\n\n", 3, "not closed"),
        ("[a]\nb = {\n[c]", 3, "within braces"),
        (&format!("[a]\n{}", "b = {\n".repeat(100)), 11, "too deep"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(error.line, line, "{text}");
        assert!(error.to_string().contains(reason), "{error}");
    }
    // Nothing counts before the first section.
    assert_eq!(read("whatever\nx = y\n}\n"), Ok(Config::default()));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(
        lines in prop::collection::vec(
            prop_oneof![
                Just("[realms]".to_owned()),
                Just("R = {".to_owned()),
                Just("}*".to_owned()),
                Just("include x".to_owned()),
                Just("kdc = x".to_owned()),
                "\\PC{0,12}",
            ],
            0..12,
        ),
        host in "\\PC{0,12}",
    ) {
        let text = lines.join("\n");
        let mut config = Config::default();
        let mut left = 20;
        drop(config.read(&text, &mut |_| {
            left -= 1;
            if left > 0 { Ok(vec![text.clone()]) } else { Err("enough".to_owned()) }
        }));
        drop(config.realm_of_host(&host).map(str::to_owned));
    }
}
