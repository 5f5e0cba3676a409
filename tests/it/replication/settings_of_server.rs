//! Settings of a replica server, its authorization entries, and the adapters of guests.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use hyperv_replica::{
    cim::Value,
    error::ErrorKind,
    msvm::{
        FailoverNetworkAdapterSettingData, ReplicationAuthorizationSettingData,
        ReplicationServiceSettingData,
        values::{AllowedAuthenticationType, ProtocolIFType},
    },
    replication::{AuthorizationEntry, FailoverNetworkSettings, ServiceSettings, settings::Subnet},
};
use jiff::civil::time;

use super::settings::{MINUTE, THUMBPRINT, problems, read, sent};

#[test]
fn a_replica_server_is_set_up() {
    let server = ServiceSettings::from(read::<ReplicationServiceSettingData>(
        "<p:InstanceID>x</p:InstanceID><p:RecoveryServerEnabled>false</p:RecoveryServerEnabled>\
         <p:AllowedAuthenticationType>0</p:AllowedAuthenticationType><p:MonitoringInterval>18000</p:MonitoringInterval>\
         <p:MonitoringStartTime><cim:Interval>P0DT1H0M0S</cim:Interval></p:MonitoringStartTime>",
    ));
    server.check().unwrap();
    assert_eq!(
        problems(server.clone().enabled(true).check()),
        [
            "RecoveryServerEnabled is true and AllowedAuthenticationType is not set: 1 (Kerberos), 2 (certificate) and 3 (both) are allowed"
        ]
    );
    let both = server
        .clone()
        .enabled(true)
        .certificate_and_kerberos(&THUMBPRINT.to_lowercase())
        .http_port(8080)
        .https_port(8443)
        .monitoring_interval(Duration::from_secs(12 * 3600))
        .monitoring_start(time(9, 0, 0, 0));
    both.check().unwrap();
    let changed: Vec<_> = both.changes().unwrap().into_iter().map(|c| c.property).collect();
    assert_eq!(
        changed,
        [
            "RecoveryServerEnabled",
            "AllowedAuthenticationType",
            "CertificateThumbPrint",
            "HttpsPort",
            "HttpPort",
            "MonitoringStartTime",
            "MonitoringInterval",
        ]
    );
    let nine = Value::Datetime("00000000090000.000000:000".parse().unwrap());
    assert_eq!(sent(both.data()).find("MonitoringStartTime"), Some(&nine));
    assert_eq!(both.kerberos().data().certificate_thumb_print, None);
    let only = server.certificate(THUMBPRINT).into_data().allowed_authentication_type;
    assert_eq!(only, Some(AllowedAuthenticationType::Certificate));
}

#[test]
fn what_a_replica_server_cannot_be_is_told_at_once() {
    let mut data = ReplicationServiceSettingData::default();
    data.monitoring_start_time = Some(Duration::from_secs(24 * 3600));
    let server = ServiceSettings::from(data)
        .certificate("x")
        .http_port(0)
        .https_port(0)
        .monitoring_interval(5 * 60 * MINUTE);
    assert_eq!(
        problems(server.check()),
        [
            r#"CertificateThumbPrint is "X": hexadecimal bytes are allowed, 128 digits at most"#,
            "HttpPort is 0: 1 to 65535 are allowed",
            "HttpsPort is 0: 1 to 65535 are allowed",
            "MonitoringInterval is 18000s: 1, 2, 3, 4, 6, 8, 12 and 24 hours and 2 to 7 days are allowed",
            "MonitoringStartTime is 86400s: a time of day is allowed, which is less than 24 hours",
        ]
    );
    let allowed: Vec<_> = (0..=200)
        .filter(|hours| {
            let data = ReplicationServiceSettingData::default();
            let length = Duration::from_secs(hours * 3600);
            ServiceSettings::from(data).monitoring_interval(length).check().is_ok()
        })
        .collect();
    assert_eq!(allowed, [1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 96, 120, 144, 168]);
}

#[test]
fn authorization_entries_name_servers_in_three_ways() {
    let entry = |primary: &str| AuthorizationEntry::new(primary, r"D:\Replica", "main");
    for good in ["hv01.example.com", "*.example.com", "*.local", "hv-1.müller.example", "1a.b"] {
        entry(good).check().unwrap();
    }
    for wrong in [
        "",
        "hv01",
        "*.",
        "**",
        "hv*.example.com",
        "hv01.*.com",
        ".example.com",
        "a..b",
        "10.0.0.1",
        "fe80::1",
        "-a.b",
        "a-.b",
        "a b.c",
        "http://a.b",
        &format!("{}.b", "a".repeat(64)),
    ] {
        let expected = format!(
            "AllowedPrimaryHostSystem is {wrong:?}: a full DNS name, *.domain and * are allowed"
        );
        assert_eq!(problems(entry(wrong).check()), [expected]);
    }
    assert_eq!(problems(AuthorizationEntry::new("hv01", " ", "").check()).len(), 3);
    let any = AuthorizationEntry::any_server(r"D:\Replica");
    any.check().unwrap();
    assert_eq!(any.data().trust_group.as_deref(), Some("DEFAULT"));
    assert_eq!(
        problems(any.trust_group("main").check()),
        [r#"TrustGroup is "main": for any server only DEFAULT is allowed"#]
    );
}

#[test]
fn an_entry_for_any_server_and_others_exclude_each_other() {
    let any = AuthorizationEntry::any_server(r"D:\Replica");
    let read = |primary: &str| {
        let data: ReplicationAuthorizationSettingData = read(&format!(
            "<p:AllowedPrimaryHostSystem>{primary}</p:AllowedPrimaryHostSystem>\
             <p:ReplicaStorageLocation>D:\\Replica</p:ReplicaStorageLocation><p:TrustGroup>main</p:TrustGroup>"
        ));
        AuthorizationEntry::from(data)
    };
    let named = [read("hv01.example.com"), read("*.example.org")];
    assert_eq!(
        problems(any.check_beside(&named)),
        [
            r#"AllowedPrimaryHostSystem is "*", and the host has hv01.example.com, *.example.org: the entry for any server and others exclude each other, so remove one kind first"#
        ]
    );
    any.check_beside(std::slice::from_ref(&any)).unwrap();
    assert!(named[0].excludes(&any) && any.excludes(&named[0]) && !named[0].excludes(&named[1]));
    let moved = named[0].clone().storage_location(r"E:\Replica");
    moved.check_beside(&named).unwrap();
    assert_eq!(moved.changes().unwrap().len(), 1);
    assert_eq!(problems(moved.check_beside(&[any])).len(), 1);
}

fn network() -> FailoverNetworkSettings {
    FailoverNetworkSettings::from(FailoverNetworkAdapterSettingData::default())
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn strings(texts: &[&str]) -> Option<Vec<String>> {
    Some(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn an_adapter_gets_addresses_of_both_protocols() {
    let both = network()
        .address(ip("10.0.0.5"), 24)
        .address(ip("fd00::5"), 64)
        .address(ip("10.0.1.5"), Ipv4Addr::new(255, 255, 0, 0))
        .gateway(ip("10.0.0.1"))
        .gateway(ip("fd00::1"))
        .dns_server(ip("10.0.0.2"));
    both.check().unwrap();
    let data = both.data();
    assert_eq!(data.protocol_if_type, Some(ProtocolIFType::IPv4AndIPv6));
    assert_eq!(data.dhcp_enabled, Some(false));
    assert_eq!(data.ip_addresses, strings(&["10.0.0.5", "fd00::5", "10.0.1.5"]));
    assert_eq!(data.subnets, strings(&["255.255.255.0", "64", "255.255.0.0"]));
    let six = both.clone().clear_ipv4();
    six.check().unwrap();
    let data = six.data();
    assert_eq!(data.protocol_if_type, Some(ProtocolIFType::IPv6));
    assert_eq!((&data.ip_addresses, &data.subnets), (&strings(&["fd00::5"]), &strings(&["64"])));
    assert_eq!(
        (&data.default_gateways, &data.dns_servers),
        (&strings(&["fd00::1"]), &strings(&[]))
    );
    let four = both.clone().clear_ipv6();
    assert_eq!(four.data().protocol_if_type, Some(ProtocolIFType::IPv4));
    assert_eq!(four.data().subnets, strings(&["255.255.255.0", "255.255.0.0"]));
    let dhcp = both.dhcp();
    dhcp.check().unwrap();
    assert_eq!(dhcp.data().protocol_if_type, Some(ProtocolIFType::IPv4AndIPv6));
    assert_eq!(
        (dhcp.data().dhcp_enabled, &dhcp.data().ip_addresses),
        (Some(true), &strings(&["fd00::5"]))
    );
    let only = dhcp.clear_ipv6();
    only.check().unwrap();
    assert_eq!(only.data().protocol_if_type, Some(ProtocolIFType::IPv4));
    // An address of IPv4 is in the place of DHCP.
    assert_eq!(only.address(ip("10.0.0.5"), 8).data().dhcp_enabled, Some(false));
}

#[test]
fn cleared_settings_are_sent_as_empty() {
    let data: FailoverNetworkAdapterSettingData = read(
        "<p:ProtocolIFType>4096</p:ProtocolIFType><p:DHCPEnabled>true</p:DHCPEnabled><p:Adapter>x</p:Adapter>\
         <p:DNSServers>10.0.0.2</p:DNSServers>",
    );
    let cleared = FailoverNetworkSettings::from(data).clear();
    cleared.check().unwrap();
    let instance = sent(cleared.data());
    assert_eq!(instance.find("ProtocolIFType"), Some(&Value::UInt16(4096)));
    assert_eq!(instance.find("DHCPEnabled"), Some(&Value::Boolean(false)));
    for list in ["IPAddresses", "DefaultGateways", "DNSServers"] {
        assert_eq!(instance.find(list), Some(&Value::Array(vec![])), "{list}");
    }
    assert_eq!(instance.text("Adapter"), Some("x"));
    let new = network().clear().into_data().protocol_if_type;
    assert_eq!(new, Some(ProtocolIFType::IPv4AndIPv6));
}

#[test]
fn a_list_that_cannot_be_read_is_neither_lost_nor_added_to() {
    let addresses = "<p:IPAddresses>10.0.0.5</p:IPAddresses><p:IPAddresses xsi:nil='true'/>";
    let data: FailoverNetworkAdapterSettingData = read(&format!(
        "<p:DHCPEnabled>false</p:DHCPEnabled>{addresses}<p:Subnets>255.0.0.0</p:Subnets>\
         <p:DNSServers>10.0.0.2</p:DNSServers><p:DNSServers xsi:nil='true'/>"
    ));
    let as_read = FailoverNetworkSettings::from(data);
    let kept = Value::Array(vec![Value::String("10.0.0.5".into()), Value::Null]);
    assert_eq!(sent(as_read.data()).find("IPAddresses"), Some(&kept));
    let lost = |list: &str| {
        format!(
            "the host's {list} cannot be read, and what it names would be lost: clear all settings first"
        )
    };
    for added in [
        as_read.clone().address(ip("10.0.0.6"), 24),
        as_read.clone().gateway(ip("10.0.0.1")),
        as_read.clone().clear_ipv6(),
    ] {
        assert!(problems(added.check()).contains(&lost("IPAddresses")), "{added:?}");
    }
    let servers = as_read.clone().dns_server(ip("10.0.0.3"));
    assert!(problems(servers.check()).contains(&lost("DNSServers")));
    let new = as_read.clear().address(ip("10.0.0.6"), 24).dns_server(ip("10.0.0.3"));
    new.check().unwrap();
    let sent = sent(new.data());
    let one = |text: &str| Value::Array(vec![Value::String(text.to_owned())]);
    assert_eq!(sent.find("IPAddresses"), Some(&one("10.0.0.6")));
    assert_eq!(sent.find("Subnets"), Some(&one("255.255.255.0")));
    assert_eq!(sent.find("DNSServers"), Some(&one("10.0.0.3")));
}

#[test]
fn what_an_adapter_cannot_have_is_told_at_once() {
    assert_eq!(
        problems(network().check()),
        [
            "IPAddresses and DHCPEnabled have to be set: give an address, or use DHCP, or clear the settings"
        ]
    );
    let mut data = FailoverNetworkAdapterSettingData::default();
    data.dhcp_enabled = Some(true);
    data.ip_addresses = strings(&["10.0.0.5", "hv01", "10.0.0.6", "10.0.0.7", "10.0.0.8"]);
    data.subnets = strings(&["255.0.255.0", "24", "33", "x"]);
    data.default_gateways =
        strings(&["10.0.0.1", "fd00::1", "y", "10.0.0.1", "10.0.0.1", "10.0.0.1"]);
    data.dns_servers = strings(&["fd00::2"]);
    let subnets = "a mask whose ones are at its begin, and a prefix length of 0 to 32 are allowed";
    assert_eq!(
        problems(FailoverNetworkSettings::from(data).check()),
        [
            "Subnets has 4 elements and IPAddresses 5: each address has its subnet at its index",
            r#"IPAddresses has "hv01", which is no address of IPv4 or IPv6"#,
            &format!(r#"Subnets has "255.0.255.0" for 10.0.0.5: {subnets}"#),
            &format!(r#"Subnets has "33" for 10.0.0.6: {subnets}"#),
            &format!(r#"Subnets has "x" for 10.0.0.7: {subnets}"#),
            "DHCPEnabled is true, and IPAddresses has addresses of IPv4: one of both is allowed",
            "DefaultGateways has 6 elements: 5 are allowed",
            r#"DefaultGateways has "fd00::1", for whose protocol the adapter gets no address"#,
            r#"DefaultGateways has "y", which is no address of IPv4 or IPv6"#,
            r#"DNSServers has "fd00::2", for whose protocol the adapter gets no address"#,
        ]
    );
}

#[test]
fn subnets_fit_their_addresses() {
    for length in 0..=u8::MAX {
        let four = network().address(ip("10.0.0.5"), length);
        assert_eq!(four.check().is_ok(), length <= 32, "{length}");
        let six = network().address(ip("fd00::5"), length);
        assert_eq!(six.check().is_ok(), length <= 128, "{length}");
    }
    let mask = |length: u8| network().address(ip("10.0.0.5"), length).into_data().subnets;
    assert_eq!(mask(0), strings(&["0.0.0.0"]));
    assert_eq!(mask(19), strings(&["255.255.224.0"]));
    assert_eq!(mask(32), strings(&["255.255.255.255"]));
    let of_six = network().address(ip("fd00::5"), Ipv4Addr::new(255, 0, 0, 0));
    assert!(of_six.check().is_err());
    assert_eq!("24".parse::<Subnet>().unwrap(), Subnet::PrefixLength(24));
    let mask = "255.255.255.0".parse::<Subnet>().unwrap();
    assert_eq!(
        (mask, mask.to_string().as_str()),
        (Ipv4Addr::new(255, 255, 255, 0).into(), "255.255.255.0")
    );
    for wrong in ["", "256", "/24", "255.255.255", "-1"] {
        let error = wrong.parse::<Subnet>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(
            error.to_string(),
            format!("{wrong:?} is neither a mask of IPv4 nor a prefix length")
        );
    }
}
