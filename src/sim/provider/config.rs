//! The configuration of WinRM ([MS-WSMV] section 2.2.4.10): what the simulated host has of it.
//!
//! [MS-WSMV]: https://learn.microsoft.com/openspecs/windows_protocols/ms-wsmv/

use super::{super::limits, Logon};
use crate::xml::Element;

/// The resource, and the namespace of its elements.
pub(super) const CONFIG: &str = "http://schemas.microsoft.com/wbem/wsman/1/config";

/// The limits of the host, in the order of a recording. There is nothing of the host as a client, and nothing of
/// shells, which it does not have.
pub(super) fn service(logon: Logon) -> Element {
    let value = |name: &'static str, value: &dyn ToString| element(name).text(&value.to_string());
    let auth = element("Auth")
        .child(value("Basic", &logon.basic))
        .child(value("Kerberos", &logon.kerberos))
        .child(value("Negotiate", &true))
        .child(value("Certificate", &false))
        .child(value("CredSSP", &false))
        .child(value("CbtHardeningLevel", &format!("{:?}", logon.hardening)));
    let ports = element("DefaultPorts").child(value("HTTP", &5985)).child(value("HTTPS", &5986));
    let service = element("Service")
        .child(value("MaxConcurrentOperations", &u32::MAX))
        .child(value("MaxConcurrentOperationsPerUser", &limits::OPERATIONS))
        .child(value("EnumerationTimeoutms", &limits::ENUMERATION_TIMEOUT_MS))
        .child(value("MaxConnections", &limits::CONNECTIONS))
        .child(value("MaxPacketRetrievalTimeSeconds", &limits::PACKET_RETRIEVAL_TIME_SECONDS))
        .child(value("AllowUnencrypted", &false))
        .child(auth)
        .child(ports)
        .child(value("AllowRemoteAccess", &true));
    element("Config")
        .declare("cfg", CONFIG)
        .child(value("MaxEnvelopeSizekb", &limits::ENVELOPE_SIZE_KB))
        .child(value("MaxTimeoutms", &limits::TIMEOUT_MS))
        .child(value("MaxBatchItems", &limits::BATCH_ITEMS))
        .child(value("MaxProviderRequests", &u32::MAX))
        .child(service)
}

fn element(name: &'static str) -> Element {
    Element::new(CONFIG, name)
}
