//! Names of the wire as names of Rust.

/// `DHCPEnabled` as `dhcp_enabled`, `IPAddresses` as `ip_addresses`.
pub(crate) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, c) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| characters[before]);
        let begins_word = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase()
                    || characters.get(index + 1).is_some_and(char::is_ascii_lowercase)
            });
        if begins_word && before != Some('_') {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// A name of `Values` as a variant: `OK` as `Ok`, `ACCESS_DENIED` as `AccessDenied`. `Unknown` is what an open
/// enumeration has for numbers that are not listed, so that a listed one of this name gets another.
pub(crate) fn variant(name: &str) -> String {
    if name == "Unknown" {
        return "NotKnown".to_owned();
    }
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    };
    if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        name.split('_').map(word).collect()
    } else {
        name.to_owned()
    }
}

/// A class without its prefix.
pub(crate) fn type_name(class: &str) -> &str {
    class.split_once('_').map_or(class, |(_, name)| name)
}

#[test]
fn names_of_the_wire_become_names_of_rust() {
    let cases = [
        ("InstanceID", "instance_id"),
        ("DHCPEnabled", "dhcp_enabled"),
        ("IPAddresses", "ip_addresses"),
        ("DNSServers", "dns_servers"),
        ("ProtocolIFType", "protocol_if_type"),
        ("CIMStatusCode", "cim_status_code"),
        ("CertificateThumbPrint", "certificate_thumb_print"),
    ];
    for (wire, rust) in cases {
        assert_eq!(snake_case(wire), rust);
    }
    assert_eq!(variant("ACCESS_DENIED"), "AccessDenied");
    assert_eq!(variant("OK"), "Ok");
    assert_eq!(variant("WaitingToStart"), "WaitingToStart");
}
