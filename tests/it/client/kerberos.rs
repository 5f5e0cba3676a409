//! Which mechanism is chosen, which KDC is asked, and for whom; against KDCs and hosts within the test.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use hyperv_replica::{
    auth::{
        Credentials,
        kerberos::{Config, Keytab, Principal},
    },
    client::{Client, Kerberos},
    error::ErrorKind,
    sim::{Host, HostBuilder},
    wsman::Resource,
};
use kerbcore::messages::KdcReq;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{id, vm};
use crate::{
    host::start,
    kdc::{Kdc, PASSWORD, REALM, data, key, keytab},
};

const NAME: &str = "hv01.example.com";
const SERVICE: &str = "host/hv01.example.com";
const USER: &str = "admin@EXAMPLE.COM";

#[expect(clippy::disallowed_methods, reason = "the client reads the clock as well")]
fn kdc() -> Kdc {
    Kdc { services: vec![(SERVICE, None)], ..Kdc::new(SystemTime::now()) }
}

/// A KDC that listens, and keeps who was asked for what.
struct Served {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<KdcReq>>>,
}

/// Serves a KDC; without one whatever is asked is cut off.
async fn serve(kdc: Option<Kdc>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<_>>>::default());
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; stream.read_u32().await.unwrap() as usize];
            stream.read_exact(&mut request).await.unwrap();
            log.lock().unwrap().push(KdcReq::decode(&request).unwrap());
            if let Some(kdc) = &kdc {
                stream.write_all(&data(&kdc.answer(&request))).await.unwrap();
            }
        }
    });
    Served { address, asked }
}

impl Served {
    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// krb5.conf with the KDCs of realms.
fn config(realms: &[(&str, &[&Served])]) -> Kerberos {
    let mut text = "[realms]\n".to_owned();
    for (realm, kdcs) in realms {
        let kdcs: String = kdcs.iter().map(|kdc| format!("kdc = {}\n", kdc.address)).collect();
        text += &format!("{realm} = {{\n{kdcs}}}\n");
    }
    configured(&text)
}

fn configured(text: &str) -> Kerberos {
    let mut config = Config::default();
    let text = format!("[libdefaults]\ndns_lookup_kdc = false\n{text}");
    config.read(&text, &mut |_| Err("there is nothing to include".to_owned())).unwrap();
    Kerberos::new().config(config)
}

/// A host that takes Kerberos and no other mechanism.
fn kerberos_host() -> HostBuilder {
    let keys: [(&[&str], _, _); 1] = [(&["host", NAME], 1, key(18, 0x22))];
    Host::builder().keytab(Keytab::parse(&keytab(&keys)).unwrap())
}

/// A host that takes NTLM and no other mechanism.
fn ntlm_host() -> HostBuilder {
    Host::builder().user(USER, PASSWORD).user("admin", PASSWORD)
}

/// A client that names the host, through a proxy that knows all names as those of the host.
async fn client(host: &Host, credentials: Credentials, kerberos: Kerberos) -> Client {
    let (url, proxy) = named(host).await;
    let client = Client::builder(&url).credentials(credentials).kerberos(kerberos);
    client.proxy(proxy.parse().unwrap()).build().unwrap()
}

/// The URL of the host by its name, and a proxy that knows the name.
async fn named(host: &Host) -> (String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("socks5h://{}", listener.local_addr().unwrap());
    let url: url::Url = host.url().parse().unwrap();
    let target = url.socket_addrs(|| None).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let target = target.clone();
            tokio::spawn(async move {
                let mut greeting = [0; 2];
                near.read_exact(&mut greeting).await.unwrap();
                near.read_exact(&mut vec![0; greeting[1].into()]).await.unwrap();
                near.write_all(&[5, 0]).await.unwrap();
                let mut request = [0; 5];
                near.read_exact(&mut request).await.unwrap();
                assert_eq!(request[..4], [5, 1, 0, 3], "a connection to a name");
                near.read_exact(&mut vec![0; usize::from(request[4]) + 2]).await.unwrap();
                near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
                let mut far = TcpStream::connect(&*target).await.unwrap();
                drop(copy_bidirectional(&mut near, &mut far).await);
            });
        }
    });
    (format!("http://{NAME}:{}", url.port().unwrap()), proxy)
}

fn first_vm() -> Resource {
    vm(&id(1))
}

#[tokio::test]
async fn auto_takes_kerberos_where_a_kdc_gives_a_ticket() {
    let (kdc, host) = (serve(Some(kdc())).await, start(kerberos_host()).await);
    let client = client(&host, Credentials::new(USER, PASSWORD), config(&[(REALM, &[&kdc])])).await;
    let mut calls = JoinSet::new();
    for _ in 0..16 {
        let client = client.clone();
        calls.spawn(async move { client.get(&first_vm()).await.unwrap() });
    }
    calls.join_all().await;
    assert_eq!(host.logons(), host.connections());
    assert!(host.logons() > 1);
    // Two for the first ticket, one for that of the host, which all connections share.
    assert_eq!(kdc.count(), 3);
}

#[tokio::test]
async fn tickets_are_shared_by_clients_of_the_same_credentials() {
    let (kdc, host) = (serve(Some(kdc())).await, start(kerberos_host()).await);
    let credentials = Credentials::new(USER, PASSWORD);
    for _ in 0..2 {
        let kerberos = config(&[(REALM, &[&kdc])]);
        client(&host, credentials.clone(), kerberos).await.get(&first_vm()).await.unwrap();
    }
    assert_eq!((host.logons(), kdc.count()), (2, 3));
}

#[tokio::test]
async fn auto_takes_ntlm_where_kerberos_cannot_be_had() {
    let unknown = serve(Some(Kdc { errors: [Some(6), None], ..kdc() })).await;
    let unknown_service = serve(Some(Kdc { services: vec![], ..kdc() })).await;
    let dead = serve(None).await;
    for (user, kerberos, what) in [
        ("admin", config(&[(REALM, &[&unknown])]), "the realm of admin is not known"),
        (USER, config(&[]), "no KDC of the realm EXAMPLE.COM is known"),
        (USER, config(&[(REALM, &[&dead])]), "no KDC of the realm EXAMPLE.COM can be reached"),
        (USER, config(&[(REALM, &[&unknown])]), "the KDC knows no admin@EXAMPLE.COM"),
        (USER, config(&[(REALM, &[&unknown_service])]), "the KDC knows no service host/"),
        (
            USER,
            configured("[realms]\nEXAMPLE.COM = {\nkdc = two words\n}"),
            "a KDC of the realm EXAMPLE.COM cannot be used: \"two words\" is no HOST",
        ),
    ] {
        let host = start(ntlm_host()).await;
        let credentials = Credentials::new(user, PASSWORD);
        let client = client(&host, credentials.clone(), kerberos.clone()).await;
        client.get(&first_vm()).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!(host.logons(), 1);

        let client = self::client(&host, credentials.without_ntlm(), kerberos).await;
        let error = client.get(&first_vm()).await.unwrap_err();
        assert!(chain(&error).contains(what), "{}", chain(&error));
        assert_eq!((host.logons(), host.connections()), (1, 1));
    }
    assert_eq!(dead.count(), 2);
}

fn chain(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}

#[tokio::test]
async fn dot_at_the_end_is_no_part_of_the_name_of_the_service() {
    let (kdc, host) = (serve(Some(kdc())).await, start(kerberos_host()).await);
    let (url, proxy) = named(&host).await;
    let client = Client::builder(&url.replace(NAME, "HV01.example.com."))
        .credentials(Credentials::kerberos(USER, PASSWORD))
        .kerberos(config(&[(REALM, &[&kdc])]))
        .proxy(proxy.parse().unwrap());
    client.build().unwrap().get(&first_vm()).await.unwrap();
    assert_eq!(kdc.count(), 3);
}

#[tokio::test]
async fn addresses_and_localhost_are_for_ntlm() {
    let kdc = serve(Some(kdc())).await;
    let host = start(ntlm_host()).await;
    for url in [host.url(), host.url().replace("127.0.0.1", "localhost")] {
        let client = Client::builder(&url)
            .credentials(Credentials::new(USER, PASSWORD))
            .kerberos(config(&[(REALM, &[&kdc])]));
        client.build().unwrap().get(&first_vm()).await.unwrap();
    }
    assert_eq!((host.logons(), kdc.count()), (2, 0));
}

#[tokio::test]
async fn service_that_was_named_is_that_of_an_address() {
    let (kdc, host) = (serve(Some(kdc())).await, start(kerberos_host()).await);
    let client = Client::builder(&host.url())
        .credentials(Credentials::kerberos(USER, PASSWORD))
        .kerberos(config(&[(REALM, &[&kdc])]))
        .service_principal_name(SERVICE);
    client.build().unwrap().get(&first_vm()).await.unwrap();
    assert_eq!((host.logons(), kdc.count()), (1, 3));
}

#[tokio::test]
async fn password_that_the_kdc_refused_is_used_no_more() {
    for code in [18, 23, 24] {
        let kdc = serve(Some(Kdc { errors: [Some(code), None], ..kdc() })).await;
        let host = start(ntlm_host()).await;
        let credentials = Credentials::new(USER, PASSWORD);
        let client = client(&host, credentials, config(&[(REALM, &[&kdc])])).await;
        for _ in 0..3 {
            let error = client.get(&first_vm()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
        }
        assert_eq!((kdc.count(), host.connections()), (1, 0));
    }
}

#[tokio::test]
async fn kerberos_that_was_named_is_not_replaced() {
    let host = start(ntlm_host()).await;
    let dead = serve(None).await;
    for credentials in [
        Credentials::kerberos(USER, PASSWORD),
        Credentials::keytab(Principal::from(USER), user_keytab()),
        Credentials::keytab(Principal::from(USER), user_keytab()).with_negotiate(),
    ] {
        let client = client(&host, credentials, config(&[(REALM, &[&dead])])).await;
        let error = client.get(&first_vm()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
        assert!(!error.outcome_unknown());
    }
    assert_eq!(host.connections(), 0);
}

fn user_keytab() -> Keytab {
    Keytab::parse(&keytab(&[(&["admin"], 1, key(18, 3))])).unwrap()
}

#[tokio::test]
async fn keytab_is_as_good_as_a_password() {
    let kdc = serve(Some(Kdc { client_key: key(18, 3), ..kdc() })).await;
    let host = start(kerberos_host()).await;
    let credentials = Credentials::keytab(Principal::from(USER), user_keytab());
    for credentials in [credentials.clone(), credentials.with_negotiate()] {
        let client = client(&host, credentials, config(&[(REALM, &[&kdc])])).await;
        client.get(&first_vm()).await.unwrap();
    }
    assert_eq!(host.logons(), 2);
}

#[tokio::test]
async fn negotiate_offers_what_there_is() {
    let kdc = serve(Some(kdc())).await;
    let credentials = Credentials::negotiate(USER, PASSWORD);
    let host = start(kerberos_host()).await;
    let known = client(&host, credentials.clone(), config(&[(REALM, &[&kdc])])).await;
    known.get(&first_vm()).await.unwrap();
    let host = start(ntlm_host()).await;
    client(&host, credentials, config(&[])).await.get(&first_vm()).await.unwrap();
}

#[tokio::test]
async fn kdc_that_answered_is_asked_next() {
    let (dead, kdc) = (serve(None).await, serve(Some(kdc())).await);
    let unavailable = serve(Some(Kdc { errors: [Some(29), Some(29)], ..self::kdc() })).await;
    let host = start(kerberos_host()).await;
    let kerberos = config(&[(REALM, &[&dead, &unavailable, &kdc])]);
    let client = client(&host, Credentials::kerberos(USER, PASSWORD), kerberos).await;
    client.get(&first_vm()).await.unwrap();
    assert_eq!([&dead, &unavailable, &kdc].map(Served::count), [1, 1, 3]);
}

#[tokio::test]
async fn kdcs_that_are_all_unavailable_say_so() {
    let unavailable = serve(Some(Kdc { errors: [Some(29), None], ..kdc() })).await;
    let host = start(kerberos_host()).await;
    let kerberos = config(&[(REALM, &[&unavailable])]);
    let client = client(&host, Credentials::kerberos(USER, PASSWORD), kerberos).await;
    let error = chain(&client.get(&first_vm()).await.unwrap_err());
    assert!(error.contains("the KDC refused: KDC_ERR_SVC_UNAVAILABLE (29)"), "{error}");
}

#[tokio::test]
async fn kdc_that_was_named_is_that_of_the_users_realm() {
    let of_user = serve(Some(Kdc {
        realm: "A.TEST",
        client: ("admin", "A.TEST"),
        services: vec![(SERVICE, Some(REALM))],
        ..kdc()
    }))
    .await;
    let of_host = serve(Some(kdc())).await;
    let host = start(kerberos_host()).await;
    for realm in [None, Some("A.TEST")] {
        let kerberos = config(&[(REALM, &[&of_host])]).kdc(&of_user.address.to_string()).unwrap();
        let kerberos = match realm {
            Some(realm) => kerberos.realm(realm),
            None => kerberos,
        };
        let credentials = Credentials::kerberos("admin@A.TEST", PASSWORD);
        client(&host, credentials, kerberos).await.get(&first_vm()).await.unwrap();
    }
    assert_eq!((of_user.count(), of_host.count()), (6, 2));
}

#[tokio::test]
async fn user_is_a_principal_of_a_realm() {
    const KNOWN: &str = "[libdefaults]\ndefault_realm = DEFAULT.TEST\n[realms]\n";
    const PLAIN: i32 = 1;
    const ENTERPRISE: i32 = 10;
    for (user, realm, expected) in [
        ("admin@EXAMPLE.COM", None, ("admin", PLAIN, "EXAMPLE.COM")),
        ("admin@example.com", None, ("admin", PLAIN, "EXAMPLE.COM")),
        ("admin@lower.test", None, ("admin", PLAIN, "lower.test")),
        (r"EXAMPLE\admin", None, ("admin", PLAIN, "EXAMPLE.COM")),
        (r"example.com\admin", None, ("admin", PLAIN, "EXAMPLE.COM")),
        (r"default\admin", None, ("admin", PLAIN, "DEFAULT.TEST")),
        (r"EXAMPLE\admin", Some("OTHER.TEST"), ("admin", PLAIN, "OTHER.TEST")),
        ("admin", None, ("admin", PLAIN, "DEFAULT.TEST")),
        ("admin", Some("EXAMPLE.COM"), ("admin", PLAIN, "EXAMPLE.COM")),
        ("admin@example.com", Some("EXAMPLE.COM"), ("admin", PLAIN, "EXAMPLE.COM")),
        ("admin@mail.test", Some("EXAMPLE.COM"), ("admin@mail.test", ENTERPRISE, "EXAMPLE.COM")),
        ("a@mail.test@example.com", None, ("a@mail.test", ENTERPRISE, "EXAMPLE.COM")),
    ] {
        let kdc = serve(None).await;
        let realms = ["EXAMPLE.COM", "lower.test", "DEFAULT.TEST", "OTHER.TEST"];
        let realms = realms.map(|realm| format!("{realm} = {{\nkdc = {}\n}}\n", kdc.address));
        let mut kerberos = configured(&[KNOWN, &realms.concat()].concat());
        if let Some(realm) = realm {
            kerberos = kerberos.realm(realm);
        }
        let host = start(ntlm_host()).await;
        let client = client(&host, Credentials::kerberos(user, PASSWORD), kerberos).await;
        client.get(&first_vm()).await.unwrap_err();
        let asked = kdc.asked.lock().unwrap();
        let [request] = asked.as_slice() else { panic!("{user}: {} requests", asked.len()) };
        let name = request.req_body.cname.as_ref().unwrap();
        let [component] = name.name_string.as_slice() else { panic!("{user}: {name:?}") };
        let actual = (component.as_str(), name.name_type, request.req_body.realm.as_str());
        assert_eq!(actual, expected, "{user}, {realm:?}");
    }
}

#[tokio::test]
async fn realm_that_is_not_known_has_to_be_named() {
    let host = start(ntlm_host()).await;
    for user in ["admin", r"NETBIOS\admin"] {
        let client = client(&host, Credentials::kerberos(user, PASSWORD), config(&[])).await;
        let error = client.get(&first_vm()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(chain(&error).contains("--realm"), "{error}");
    }
    assert_eq!(host.connections(), 0);
}

#[tokio::test]
async fn realm_of_the_host_is_that_of_the_configuration() {
    let (kdc, host) = (serve(Some(kdc())).await, start(kerberos_host()).await);
    let text = format!(
        "[realms]\nEXAMPLE.COM = {{\nkdc = {}\n}}\n[domain_realm]\n.example.com = ELSEWHERE.TEST",
        kdc.address
    );
    let client =
        client(&host, Credentials::new(USER, PASSWORD).without_ntlm(), configured(&text)).await;
    let error = chain(&client.get(&first_vm()).await.unwrap_err());
    assert!(error.contains("EXAMPLE.COM has no way to the realm ELSEWHERE.TEST"), "{error}");
}

/// What the program says of a host, with the configuration in the file.
#[cfg(feature = "cli")]
async fn run(host: &Host, config: &std::path::Path) -> String {
    let (url, proxy) = named(host).await;
    let mut hvr = std::process::Command::new(env!("CARGO_BIN_EXE_hvr"));
    hvr.args(["--host", &url, "--user", USER, "--proxy", &proxy, "-v", "vm", "list"]);
    hvr.env_clear().env("HVR_PASSWORD", PASSWORD).env("KRB5_CONFIG", config);
    let output = tokio::task::spawn_blocking(move || hvr.output().unwrap()).await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    stderr
}

#[cfg(feature = "cli")]
#[tokio::test]
async fn configuration_of_the_machine_is_read_with_what_it_includes() {
    let (kdc, host) = (serve(Some(kdc())).await, start(kerberos_host()).await);
    let folder = tempfile::tempdir().unwrap();
    let parts = folder.path().join("parts");
    std::fs::create_dir(&parts).unwrap();
    let path = |name: &str| folder.path().join(name);
    let shown = |name: &str| path(name).display().to_string();
    let (part, more) = (shown("part"), parts.display());
    std::fs::write(path("krb5.conf"), format!("include {part}\nincludedir {more}\n")).unwrap();
    std::fs::write(&part, "[libdefaults]\ndns_lookup_kdc = no\n").unwrap();
    let realm = |kdc: &str| format!("[realms]\nEXAMPLE.COM = {{\nkdc = {kdc}\n}}\n");
    std::fs::write(parts.join("10-realm.conf"), realm(&kdc.address.to_string())).unwrap();
    // Neither is read.
    std::fs::write(parts.join("00-realm.conf~"), realm("two words")).unwrap();
    std::fs::write(parts.join(".hidden.conf"), realm("two words")).unwrap();
    let stderr = run(&host, &path("krb5.conf")).await;
    assert!(stderr.contains("service=host/hv01.example.com@EXAMPLE.COM"), "{stderr}");
    assert_eq!(kdc.count(), 3);
}

#[cfg(feature = "cli")]
#[tokio::test]
async fn configuration_that_is_wrong_is_in_the_way_of_kerberos_alone() {
    let host = start(ntlm_host()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("krb5.conf");
    for (text, reason) in [(None, "cannot be read"), (Some("[realms"), "line 1")] {
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let stderr = run(&host, &path).await;
        assert!(stderr.contains("mechanism=\"NTLM\""), "{stderr}");
        assert!(
            stderr.contains(&path.display().to_string()) && stderr.contains(reason),
            "{stderr}"
        );
    }
}
