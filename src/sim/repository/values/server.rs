//! The service, and the replica server that it is.

use super::{
    super::{
        Repository,
        row::{COMPUTER_SYSTEM, SERVICE},
    },
    text, texts,
};
use crate::{
    cim::{Datetime, Value},
    sim::inventory::Authorization,
};

impl Repository {
    pub(super) fn service(&self, name: &str) -> Value {
        match name {
            "SystemCreationClassName" => text(COMPUTER_SYSTEM),
            "SystemName" => text(&self.computer),
            "CreationClassName" => text(SERVICE),
            "Name" => text("replicasvc"),
            "Caption" | "ElementName" => text("Hyper-V Replication Service"),
            "Description" => text("Service for replicating virtual machines"),
            "Started" => Value::Boolean(true),
            "HealthState" => Value::UInt16(5),
            "EnabledDefault" | "EnabledState" => Value::UInt16(2),
            "RequestedState" => Value::UInt16(12),
            "OperationalStatus" => Value::Array(vec![Value::UInt16(2)]),
            "StatusDescriptions" => texts(&["OK"]),
            "Status" => text("OK"),
            _ => Value::Null,
        }
    }

    /// The provider that replicates from host to host.
    pub(super) fn provider(&self, name: &str) -> Value {
        const BUILT_IN: &str = "22391CDC-272C-4DDF-BA88-9BEFB1A0975C";
        match name {
            "Name" => text(BUILT_IN),
            "InstanceID" => {
                text(&format!(r"Microsoft:{}\ReplicationProvider\{BUILT_IN}", self.computer))
            }
            "Caption" | "ElementName" => text("Hyper-V Replica"),
            "Description" => text("Replication from host to host"),
            "HealthState" => Value::UInt16(5),
            "OperationalStatus" => Value::Array(vec![Value::UInt16(2)]),
            "StatusDescriptions" => texts(&["OK"]),
            "Status" => text("OK"),
            _ => Value::Null,
        }
    }

    /// The settings of the replica server.
    pub(super) fn service_setting(&self, name: &str) -> Value {
        let server = &self.server;
        match name {
            "InstanceID" => text(&format!("Microsoft:{}", self.computer)),
            "Caption" | "ElementName" => text("Replication Service Settings"),
            "Description" => text("Settings of the service for replicating virtual machines"),
            "RecoveryServerEnabled" => Value::Boolean(server.enabled),
            "AllowedAuthenticationType" => Value::UInt16(server.authentication),
            "CertificateThumbPrint" => server.thumbprint.as_deref().map_or(Value::Null, text),
            "HttpPort" => Value::UInt16(server.http_port),
            "HttpsPort" => Value::UInt16(server.https_port),
            "MonitoringStartTime" => Value::Datetime(Datetime::Interval(server.monitoring_start)),
            "MonitoringInterval" => Value::UInt32(server.monitoring_interval),
            _ => Value::Null,
        }
    }
}

/// An authorization entry. Its key is documented as always NULL: it can be enumerated and queried, and not got.
pub(super) fn authorization(entry: &Authorization, name: &str) -> Value {
    match name {
        "Caption" | "ElementName" => text("Replication Authorization Settings"),
        "Description" => text("Authorization entry of a replica server"),
        "AllowedPrimaryHostSystem" => text(&entry.primary),
        "TrustGroup" => text(&entry.trust_group),
        "ReplicaStorageLocation" => text(&entry.storage),
        _ => Value::Null,
    }
}
