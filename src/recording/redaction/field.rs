//! What a text is, by the place where it stands.

use super::{
    names::{Kind, Names},
    text::is_specification,
};
use crate::{
    soap::{ADDRESSING, SOAP},
    wsman::{ResourceUri, WSMAN},
    xml::{Open, Place, XML, XSI},
};

/// Which property or parameter of which class a text is the value of. An unknown class is empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub(super) class: &'a str,
    pub(super) name: &'a str,
}

/// What the value of a field is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Computer,
    Account,
    Folder,
    Url,
    Is(Kind),
}

/// Properties, parameters and attributes whose value is the name of a computer, if it is no GUID.
const COMPUTERS: &[&str] = &[
    "Machine",
    "HOST",
    "__SERVER",
    "SystemName",
    "CSName",
    "ComputerName",
    "PSComputerName",
    "DNSHostName",
    "HostName",
    "HostComputerSystemName",
    "FullyQualifiedDomainName",
    "PrimaryHostSystem",
    "RecoveryHostSystem",
    "PrimaryConnectionPoint",
    "RecoveryConnectionPoint",
    "AllowedPrimaryHostSystem",
];
const ACCOUNTS: &[&str] = &["Owner", "PrimaryOwnerName", "User", "UserName"];
/// Classes whose `Name` is that of a computer, if it is no GUID.
const NAMED_AS_COMPUTERS: &[&str] =
    &["Msvm_ComputerSystem", "CIM_ComputerSystem", "Win32_ComputerSystem"];
/// Classes whose `ElementName` is that of a virtual machine.
const NAMED_AS_VMS: &[&str] = &[
    "",
    "CIM_ComputerSystem",
    "Msvm_ComputerSystem",
    "Msvm_PlannedComputerSystem",
    "Msvm_ReplicationRelationship",
    "Msvm_SummaryInformation",
    "Msvm_SummaryInformationBase",
    "Msvm_VirtualSystemSettingData",
];

impl<'a> Field<'a> {
    /// The field of a text. `resource` is the class that the message is about there.
    pub(super) fn of(place: Place<'a>, resource: &'a str) -> Self {
        let Some(element) = place.open.last() else { return Self { class: "", name: "" } };
        if let Some(attribute) = place.attribute {
            return Self { class: "", name: attribute.local() };
        }
        let name = element.name.local();
        let ancestor = |attribute: &str| {
            let mut values = place.open.iter().rev().filter_map(|open| value_of(open, attribute));
            values.next().unwrap_or_default()
        };
        match element.name.namespace() {
            Some(WSMAN) if name == "Selector" => Self { class: resource, name: ancestor("Name") },
            Some(WSMAN) if name == "Option" => Self { class: "", name: ancestor("Name") },
            // CIM-XML: PROPERTY, PARAMVALUE or KEYBINDING has the name.
            None if name.starts_with("VALUE") || name == "KEYVALUE" => {
                Self { class: ancestor("CLASSNAME"), name: ancestor("NAME") }
            }
            Some(uri) if uri.contains("/wmi/") => Self { class: last_segment(uri), name },
            _ => Self { class: "", name },
        }
    }

    /// What a value of it is the name of.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        let is = |name: &&str| name.eq_ignore_ascii_case(self.name);
        let of = |class: &&str| class.eq_ignore_ascii_case(self.class);
        Some(match self.name.to_ascii_lowercase().as_str() {
            _ if COMPUTERS.iter().any(is) => Meaning::Computer,
            _ if ACCOUNTS.iter().any(is) => Meaning::Account,
            "name" if NAMED_AS_COMPUTERS.iter().any(of) => Meaning::Computer,
            "elementname" if NAMED_AS_VMS.iter().any(of) => Meaning::Is(Kind::Vm),
            "virtualsystemname" | "virtualmachinename" | "vmname" => Meaning::Is(Kind::Vm),
            "domain" | "dnsdomain" => Meaning::Is(Kind::Domain),
            "trustgroup" => Meaning::Is(Kind::Group),
            "to" | "address" => Meaning::Url,
            name if name.ends_with("storagelocation") => Meaning::Folder,
            _ => return None,
        })
    }

    /// Whether its value is a secret.
    pub(super) fn is_secret(&self) -> bool {
        const SECRETS: [&str; 8] = [
            "password",
            "passphrase",
            "secret",
            "token",
            "credential",
            "keyblob",
            "keyprotector",
            "privatekey",
        ];
        let name = self.name.to_ascii_lowercase();
        name.ends_with("key")
            || name.ends_with("keys")
            || SECRETS.iter().any(|secret| name.contains(secret))
    }

    /// Whether its value is an address of a network card.
    pub(super) fn is_address(&self) -> bool {
        self.name.to_ascii_lowercase().contains("address")
    }
}

impl Meaning {
    /// Learns the names in a value.
    pub(super) fn learn(self, value: &str, names: &mut Names) {
        match self {
            Self::Computer => names.computer(value),
            Self::Account => names.account(value),
            Self::Folder => names.folder(value),
            Self::Url => {
                if let Some(host) = host_of(value) {
                    names.computer(host);
                }
            }
            Self::Is(Kind::Group) if value.trim().eq_ignore_ascii_case("default") => {}
            Self::Is(kind) => drop(names.learn(kind, value)),
        }
    }
}

/// Whether a text is a secret, or within one: the value of a secret may be an instance.
pub(super) fn is_secret(place: Place<'_>) -> bool {
    let tells = |name: &str| Field { class: "", name }.is_secret();
    place.attribute.is_some_and(|attribute| tells(attribute.local()))
        || place.open.iter().enumerate().any(|(index, open)| {
            let name = open.name.local();
            // What all of a class or method is in is no value, whatever it is called.
            let is_class = |uri: &str| uri.contains("/wmi/") && last_segment(uri) == name;
            let is_frame = index + 1 < place.open.len()
                && (name.ends_with("_INPUT")
                    || name.ends_with("_OUTPUT")
                    || open.name.namespace().is_some_and(is_class));
            let names = ["NAME", "Name"].into_iter().filter_map(|name| value_of(open, name));
            names.chain((!is_frame).then_some(name)).any(tells)
        })
}

/// Attributes of CIM-XML (DSP0201) that describe values, and have none.
const OF_CIM_XML: &[&str] = &[
    "ARRAYSIZE",
    "CIMVERSION",
    "CLASSNAME",
    "CLASSORIGIN",
    "DTDVERSION",
    "EMBEDDEDOBJECT",
    "EmbeddedObject",
    "ISARRAY",
    "NAME",
    "OVERRIDABLE",
    "PARAMTYPE",
    "PROPAGATED",
    "REFERENCECLASS",
    "SUPERCLASS",
    "TOINSTANCE",
    "TOSUBCLASS",
    "TRANSLATABLE",
    "TYPE",
    "VALUETYPE",
];

/// Whether a text is syntax of the message itself, in which nothing is a name.
pub(super) fn is_syntax(place: Place<'_>) -> bool {
    let Some(element) = place.open.last() else { return true };
    if let Some(attribute) = place.attribute {
        let local = attribute.local();
        return match attribute.namespace() {
            Some(XSI | XML | SOAP) => true,
            // Of selectors and options, and CIM-XML's.
            _ => {
                local == "Name" && element.name.namespace() == Some(WSMAN)
                    || element.name.namespace().is_none() && OF_CIM_XML.contains(&local)
            }
        };
    }
    let local = element.name.local();
    match element.name.namespace() {
        Some(SOAP) => local == "Value",
        Some(ADDRESSING) => matches!(local, "Action" | "MessageID" | "RelatesTo"),
        Some(WSMAN) => matches!(local, "ResourceURI" | "MaxEnvelopeSize" | "OperationTimeout"),
        _ => false,
    }
}

/// The class that a `w:ResourceURI` names.
pub(super) fn resource_class(place: Place<'_>, text: &str) -> Option<String> {
    let element = place.open.last().filter(|_| place.attribute.is_none())?;
    element.name.is(WSMAN, "ResourceURI").then(|| ResourceUri::new(text.trim()).class().to_owned())
}

/// The host of a URL of http or https.
fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let is_http = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split('/').next().filter(|_| is_http && !is_specification(url))?;
    authority.split(':').next()
}

fn value_of<'a>(element: &'a Open, attribute: &str) -> Option<&'a str> {
    let is_it = |name: &crate::xml::Name| name.namespace().is_none() && name.local() == attribute;
    element.attributes.iter().find(|(name, _)| is_it(name)).map(|(_, value)| value.as_str())
}

fn last_segment(uri: &str) -> &str {
    uri.rsplit('/').next().unwrap_or(uri)
}
