//! `Msvm_ReplicationServiceSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use std::time::Duration;

use super::{NAMESPACE, values};
use crate::cim::typed::{Rest, class, codec};

/// Replica server settings of a host; only `ModifyServiceSettings` changes them.
///
/// On the wire: `Msvm_ReplicationServiceSettingData`, derived from `CIM_SettingData`. Since Windows Server
/// 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicationServiceSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Whether the host accepts replicas. The default of the class is `false`.
    pub recovery_server_enabled: Option<bool>,
    /// What authentication the listeners accept. The default of the class is `0`.
    pub allowed_authentication_type: Option<values::AllowedAuthenticationType>,
    /// Thumbprint of the listener's certificate, where certificates are accepted. At most 128 characters.
    pub certificate_thumb_print: Option<String>,
    /// Port of the listener with certificates. The default of the class is `443`.
    pub https_port: Option<u16>,
    /// Port of the listener with Kerberos. The default of the class is `80`.
    pub http_port: Option<u16>,
    /// Time of day at which the statistics periods start, in UTC.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub monitoring_start_time: Option<Duration>,
    /// Length of a statistics period, 3600 to 604800. The default of the class is `43200`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "codec::as_seconds"))]
    pub monitoring_interval: Option<Duration>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    ReplicationServiceSettingData is "Msvm_ReplicationServiceSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    recovery_server_enabled = codec::Plain, "RecoveryServerEnabled";
    allowed_authentication_type = codec::Number<u16>, "AllowedAuthenticationType";
    certificate_thumb_print = codec::Plain, "CertificateThumbPrint";
    https_port = codec::Plain, "HttpsPort";
    http_port = codec::Plain, "HttpPort";
    monitoring_start_time = codec::Interval, "MonitoringStartTime";
    monitoring_interval = codec::Seconds<u32>, "MonitoringInterval";
}
