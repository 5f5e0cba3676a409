//! A host as a replica server: its settings, whom it lets replicate to it, and by which providers.

use uuid::{Uuid, uuid};

use super::{AuthorizationEntry, ReplicationService, ServiceSettings, read};
use crate::{
    cim::{
        typed::Class,
        wql::{Condition, Select},
    },
    error::{Error, ErrorKind, Result},
    msvm::{
        self, ReplicationAuthorizationSettingData, ReplicationProvider,
        ReplicationServiceSettingData, values::OperationalStatus,
    },
};

/// The provider that each host has, which replicates from host to host.
pub const BUILT_IN_PROVIDER: Uuid = uuid!("22391CDC-272C-4DDF-BA88-9BEFB1A0975C");

/// A host as a replica server.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReplicaServer {
    /// How the service is, the first of its `OperationalStatus`.
    pub status: Option<OperationalStatus>,
    /// Its settings.
    pub settings: ServiceSettings,
}

impl ReplicationService {
    /// The host as a replica server: its settings, and whether it is up.
    ///
    /// On the wire: a query on `Msvm_ReplicationService`, and one on `Msvm_ReplicationServiceSettingData`.
    ///
    /// # Errors
    /// When the host does not answer, or has no service.
    pub async fn replica_server(&self) -> Result<ReplicaServer> {
        let service: msvm::ReplicationService = self.only().await?;
        let status = service.operational_status.unwrap_or_default().first().copied();
        Ok(ReplicaServer { status, settings: self.service_settings().await? })
    }

    /// The settings of the host as a replica server.
    ///
    /// On the wire: a query on `Msvm_ReplicationServiceSettingData`.
    ///
    /// # Errors
    /// When the host does not answer, or has no settings.
    pub async fn service_settings(&self) -> Result<ServiceSettings> {
        Ok(self.only::<ReplicationServiceSettingData>().await?.into())
    }

    /// Which primary servers may replicate to the host, in its order. None where it lets nobody, and where it was never made
    /// a replica server. That for any server, [if there is one](AuthorizationEntry::is_any_server), is the only one.
    ///
    /// On the wire: a query on `Msvm_ReplicationAuthorizationSettingData`, whose instances have no key: entries are told
    /// apart by `AllowedPrimaryHostSystem`.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn authorization_entries(&self) -> Result<Vec<AuthorizationEntry>> {
        let rows = read::all::<ReplicationAuthorizationSettingData>(self.client()).await?;
        Ok(rows.into_iter().map(AuthorizationEntry::from).collect())
    }

    /// The authorization entry whose servers are written so: compared without case, and `*` as what it is.
    ///
    /// On the wire: a query on `Msvm_ReplicationAuthorizationSettingData`, by `AllowedPrimaryHostSystem`.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn find_authorization_entry(
        &self,
        primary: &str,
    ) -> Result<Option<AuthorizationEntry>> {
        let query = Select::all_of(ReplicationAuthorizationSettingData::CLASS)?
            .filter(Condition::equals("AllowedPrimaryHostSystem", primary)?);
        let rows = read::select::<ReplicationAuthorizationSettingData>(self.client(), query);
        Ok(rows.await?.pop().map(AuthorizationEntry::from))
    }

    /// The ways to replicate that the host has. Server 2012 has no instances of them, as it has one way only.
    ///
    /// On the wire: a query on `Msvm_ReplicationProvider`, which Server 2012 refuses.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn providers(&self) -> Result<Vec<ReplicationProvider>> {
        let query = Select::all_of(ReplicationProvider::CLASS)?;
        Ok(read::find(self.client(), query).await?.unwrap_or_default())
    }

    /// The only instance of a class.
    async fn only<T: Class>(&self) -> Result<T> {
        read::all::<T>(self.client()).await?.pop().ok_or_else(|| {
            let message = format!("the host has no instance of {}", T::CLASS);
            let context = self.client().context("Enumerate", Some(T::CLASS), None);
            Error::new(ErrorKind::Protocol, message).with_context(context)
        })
    }
}

impl ReplicaServer {
    /// Whether the service and its listeners are up; nothing where the host does not say so, or says something that is not
    /// documented. It is up also where it accepts no replicas.
    #[must_use]
    pub const fn is_up(&self) -> Option<bool> {
        match self.status {
            Some(OperationalStatus::Ok) => Some(true),
            Some(OperationalStatus::Error) => Some(false),
            _ => None,
        }
    }

    /// Whether the host accepts replicas: that is enabled, and known to be up.
    #[must_use]
    pub fn accepts_replicas(&self) -> bool {
        self.settings.data().recovery_server_enabled == Some(true) && self.is_up() == Some(true)
    }
}
