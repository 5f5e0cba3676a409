//! Authorization entries of a replica server.

use super::{check::Check, settings};
use crate::{error::Result, msvm::ReplicationAuthorizationSettingData};

/// The name that means all servers.
const ANY_SERVER: &str = "*";
/// The trust group of the entry for all servers.
const DEFAULT_GROUP: &str = "DEFAULT";
/// The most characters of a label of DNS, and of a name.
const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 255;

/// Which primary servers may replicate to a host, and where their replicas are kept: for `AddAuthorizationEntry`,
/// `ModifyAuthorizationEntry` and `SetAuthorizationEntry`. Entries are told apart by the servers.
///
/// On the wire: `Msvm_ReplicationAuthorizationSettingData`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[must_use = "an entry changes nothing until a method is called with it"]
pub struct AuthorizationEntry {
    data: ReplicationAuthorizationSettingData,
    #[cfg_attr(feature = "serde", serde(skip))]
    read: ReplicationAuthorizationSettingData,
}

settings!(AuthorizationEntry of ReplicationAuthorizationSettingData);

impl AuthorizationEntry {
    /// A new entry. `primary` is the full DNS name of a server, or `*.` and a domain for all servers of that domain;
    /// `storage_location` a directory of the replica server; `trust_group` any name, common to the servers between which
    /// virtual machines may move.
    pub fn new(
        primary: impl Into<String>,
        storage_location: impl Into<String>,
        trust_group: impl Into<String>,
    ) -> Self {
        let data = ReplicationAuthorizationSettingData {
            allowed_primary_host_system: Some(primary.into()),
            replica_storage_location: Some(storage_location.into()),
            trust_group: Some(trust_group.into()),
            ..ReplicationAuthorizationSettingData::default()
        };
        Self { data, read: ReplicationAuthorizationSettingData::default() }
    }

    /// The entry for any server that authenticates: `*`, in the trust group `DEFAULT`. It does not go together with others.
    pub fn any_server(storage_location: impl Into<String>) -> Self {
        Self::new(ANY_SERVER, storage_location, DEFAULT_GROUP)
    }

    /// The directory for replicas that come from there. Those that are there already stay where they are.
    pub fn storage_location(mut self, directory: impl Into<String>) -> Self {
        self.data.replica_storage_location = Some(directory.into());
        self
    }

    /// The name that is common to the entries whose servers may stand in for each other.
    pub fn trust_group(mut self, name: impl Into<String>) -> Self {
        self.data.trust_group = Some(name.into());
        self
    }

    /// Whether it is the entry for any server.
    #[must_use]
    pub fn is_any_server(&self) -> bool {
        self.primary() == ANY_SERVER
    }

    /// Whether a host cannot have both entries: the one for any server excludes those that name servers, and they it.
    ///
    /// The cmdlets document that; that the entry for any server is the one with `*` is a conclusion.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        self.is_any_server() != other.is_any_server()
    }

    /// Checks the entry by itself.
    ///
    /// # Errors
    /// Kind [`Usage`](crate::ErrorKind::Usage), with everything that is not allowed.
    pub fn check(&self) -> Result<()> {
        self.judge().finish()
    }

    /// Checks the entry, which is new or changed, beside those that the host has.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when one of them [`excludes`](Self::excludes) it.
    pub fn check_beside(&self, others: &[Self]) -> Result<()> {
        let mut check = self.judge();
        let excluded: Vec<_> = others.iter().filter(|other| self.excludes(other)).collect();
        check.demand(excluded.is_empty(), || {
            let names: Vec<_> = excluded.iter().map(|other| other.primary()).collect();
            format!(
                "AllowedPrimaryHostSystem is {:?}, and the host has {}: the entry for any server and others exclude each other, so remove one kind first",
                self.primary(),
                names.join(", "),
            )
        });
        check.finish()
    }

    fn judge(&self) -> Check {
        let data = &self.data;
        let mut check = Check::new("authorization entry", &self.read, data, &data.rest);
        let primary = self.primary();
        check.rule(&["AllowedPrimaryHostSystem"], is_allowed(primary), || {
            format!(
                "AllowedPrimaryHostSystem is {primary:?}: a full DNS name, *.domain and * are allowed"
            )
        });
        let is_set =
            |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        check.demand(is_set(&data.replica_storage_location), || {
            "ReplicaStorageLocation is not set: it is a directory of the replica server".to_owned()
        });
        let group = data.trust_group.as_deref().unwrap_or_default();
        check.demand(is_set(&data.trust_group), || "TrustGroup is not set".to_owned());
        check.rule(
            &["AllowedPrimaryHostSystem", "TrustGroup"],
            !self.is_any_server() || group.is_empty() || group == DEFAULT_GROUP,
            || format!("TrustGroup is {group:?}: for any server only {DEFAULT_GROUP} is allowed"),
        );
        check
    }

    fn primary(&self) -> &str {
        self.data.allowed_primary_host_system.as_deref().unwrap_or_default()
    }
}

/// Whether a text names primary servers as the cmdlets allow it: a full name, which may be international, with a `*` in
/// the place of the first label at most.
fn is_allowed(primary: &str) -> bool {
    let domain = primary.strip_prefix("*.");
    let name = domain.unwrap_or(primary);
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.chars().count())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    primary == ANY_SERVER
        || (name.split('.').all(is_label)
            && name.chars().count() <= MAX_NAME
            && (domain.is_some() || (name.contains('.') && !is_ipv4(name))))
}

fn is_ipv4(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}
