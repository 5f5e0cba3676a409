//! `Msvm_ReplicationProvider`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use jiff::Timestamp;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// A provider of replication that the host has.
///
/// On the wire: `Msvm_ReplicationProvider`, derived from `CIM_ManagedSystemElement`. Since Windows Server
/// 2012 R2.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationProvider {
    /// Opaque identity of the instance.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// When it was installed or made.
    pub install_date: Option<Timestamp>,
    /// GUID of the provider: `22391CDC-272C-4DDF-BA88-9BEFB1A0975C` is the built-in one, another the CLSID of
    /// its COM class. At most 256 characters. Part of the key.
    pub name: Option<String>,
    /// Status, the most important first.
    pub operational_status: Option<Vec<values::OperationalStatus>>,
    /// Text to each element of `OperationalStatus`.
    pub status_descriptions: Option<Vec<String>>,
    /// Status as one word. At most 10 characters. Deprecated: `CIM_ManagedSystemElement.OperationalStatus`.
    pub status: Option<String>,
    /// Health as a whole.
    pub health_state: Option<values::HealthState>,
    /// Whether it can be reached, a number of the DMTF.
    pub communication_status: Option<u16>,
    /// Detail to `PrimaryStatus`, a number of the DMTF.
    pub detailed_status: Option<u16>,
    /// What it is doing, a number of the DMTF.
    pub operating_status: Option<u16>,
    /// Health at a glance, a number of the DMTF.
    pub primary_status: Option<u16>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationProvider is "Msvm_ReplicationProvider" in NAMESPACE, keys ["Name"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    install_date = codec::Time, "InstallDate";
    name = codec::Plain, "Name";
    operational_status = codec::Array<codec::Number<u16>>, "OperationalStatus";
    status_descriptions = codec::Array<codec::Plain>, "StatusDescriptions";
    status = codec::Plain, "Status";
    health_state = codec::Number<u16>, "HealthState";
    communication_status = codec::Plain, "CommunicationStatus";
    detailed_status = codec::Plain, "DetailedStatus";
    operating_status = codec::Plain, "OperatingStatus";
    primary_status = codec::Plain, "PrimaryStatus";
}
