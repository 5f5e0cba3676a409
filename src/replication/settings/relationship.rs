//! Settings of a replication relationship.

use std::time::Duration;

use jiff::civil::Time;

use super::{check::Check, settings, since_midnight, thumbprint, thumbprint_problem};
use crate::{
    error::Result,
    msvm::{ReplicationSettingData, values::AuthenticationType},
};

/// The provider of Hyper-V itself, from host to host.
const BUILT_IN_PROVIDER: &str = "22391CDC-272C-4DDF-BA88-9BEFB1A0975C";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// What hosts take where no `ReplicationInterval` is set.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(300);
const INTERVALS: [Duration; 3] =
    [Duration::from_secs(30), DEFAULT_INTERVAL, Duration::from_secs(900)];
const MAX_RECOVERY_HISTORY: u16 = 24;
/// The most characters of the name of a host.
const MAX_NAME: usize = 256;

/// How a primary authenticates to the recovery server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Authentication {
    /// Kerberos, over HTTP.
    Kerberos,
    /// A certificate, over HTTPS.
    Certificate {
        /// The thumbprint of a certificate of the sending host; see `GetSystemCertificates`.
        thumbprint: String,
    },
}

/// Settings of a replication relationship, for `CreateReplicationRelationship`, `ModifyReplicationSettings`,
/// `ReverseReplicationRelationship` and `InitiateFailback`.
///
/// They begin with what the host keeps, also for a new relationship:
/// [`replication_settings`](crate::replication::ReplicationService::replication_settings) reads it. What is not set here
/// stays as it is there.
///
/// On the wire: `Msvm_ReplicationSettingData`.
///
/// ```
/// use std::time::Duration;
/// use hyperv_replica::{msvm::ReplicationSettingData, replication::ReplicationSettings};
///
/// let read = ReplicationSettingData::default(); // as the host has it
/// let settings = ReplicationSettings::from(read)
///     .recovery_connection_point("hv02.example.com")
///     .port(80)
///     .kerberos()
///     .interval(Duration::from_secs(300))
///     .recovery_history(4)
///     .application_consistent_interval(2);
/// settings.check()?;
/// for change in settings.changes()? {
///     println!("{}: {} -> {}", change.property, change.old, change.new);
/// }
/// # Ok::<(), hyperv_replica::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[must_use = "settings change nothing until a method is called with them"]
pub struct ReplicationSettings {
    data: ReplicationSettingData,
    #[cfg_attr(feature = "serde", serde(skip))]
    read: ReplicationSettingData,
}

settings!(ReplicationSettings of ReplicationSettingData);

impl ReplicationSettings {
    /// The recovery host by name, or the Hyper-V Replica Broker's client access point if that is a cluster: 1 to 256
    /// characters.
    pub fn recovery_connection_point(mut self, name: impl Into<String>) -> Self {
        self.data.recovery_connection_point = Some(name.into());
        self
    }

    /// The port of the recovery host's listener. Hosts come with 80 for Kerberos and 443 for certificates.
    pub const fn port(mut self, port: u16) -> Self {
        self.data.recovery_server_port_number = Some(port);
        self
    }

    /// How to authenticate to the recovery host.
    pub fn authentication(self, authentication: Authentication) -> Self {
        match authentication {
            Authentication::Kerberos => self.kerberos(),
            Authentication::Certificate { thumbprint } => self.certificate(&thumbprint),
        }
    }

    /// Authenticates by Kerberos, over HTTP; the hosts are of one forest, or trust each other. No certificate is named then.
    pub fn kerberos(mut self) -> Self {
        self.data.authentication_type = Some(AuthenticationType::Kerberos);
        self.data.certificate_thumb_print = None;
        self.data.rest.forget("CertificateThumbPrint");
        self
    }

    /// Authenticates by the certificate of the sending host that has the thumbprint, over HTTPS. Spaces and colons are
    /// dropped from it.
    pub fn certificate(mut self, of: &str) -> Self {
        self.data.authentication_type = Some(AuthenticationType::Certificate);
        self.data.certificate_thumb_print = Some(thumbprint(of));
        self
    }

    /// Whether what is sent is compressed.
    pub const fn compression(mut self, yes: bool) -> Self {
        self.data.compression_enabled = Some(yes);
        self
    }

    /// Whether the recovery host is connected past the proxy.
    pub const fn bypass_proxy(mut self, yes: bool) -> Self {
        self.data.bypass_proxy_server = Some(yes);
        self
    }

    /// Whether the key-value pairs that only hosts see are replicated.
    pub const fn replicate_host_kvp_items(mut self, yes: bool) -> Self {
        self.data.replicate_host_kvp_items = Some(yes);
        self
    }

    /// The time between two cycles: 30, 300 or 900 seconds. An extended relationship has no 30, and none shorter than
    /// that of the primary one.
    ///
    /// Windows Server 2012 has 300 always, and no property for it.
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.data.replication_interval = Some(interval);
        self
    }

    /// How many recovery points are kept besides the latest: 0 to 24.
    ///
    /// The documentation and the cmdlets say 24, the schema of hosts has kept the 16 of Windows Server 2012 in its text; the
    /// former are followed, as hosts judge by themselves.
    pub const fn recovery_history(mut self, points: u16) -> Self {
        self.data.recovery_history = Some(points);
        self
    }

    /// The hours between application-consistent recovery points: 1 to 12, and 0 for none at all. They take recovery points,
    /// so that [`recovery_history`](Self::recovery_history) has to be above 0.
    ///
    /// The documentation and the schema say 1 to 12; the 0 is what the cmdlets send to switch them off.
    pub fn application_consistent_interval(mut self, hours: u16) -> Self {
        self.data.application_consistent_snapshot_interval =
            Some(HOUR.saturating_mul(u32::from(hours)));
        self
    }

    /// The disks that are replicated, one at least, in the form in which the host names them in `IncludedDisks`.
    ///
    /// The documentation says that these are the `InstanceID`s of `Msvm_StorageAllocationSettingData`, and a qualifier of the
    /// schema says that they are such instances as text. Neither is preferred here: what was read of a machine that
    /// replicates shows what the host takes.
    pub fn included_disks<D: Into<String>>(mut self, disks: impl IntoIterator<Item = D>) -> Self {
        self.data.included_disks = Some(disks.into_iter().map(D::into).collect());
        self
    }

    /// All disks are replicated: `IncludedDisks` is left out. That hosts take it so is not documented; it is how a new
    /// relationship comes to have all.
    pub fn all_disks(mut self) -> Self {
        self.data.included_disks = None;
        self.data.rest.forget("IncludedDisks");
        self
    }

    /// Whether the host resynchronizes by itself, within the window.
    ///
    /// Set it whenever it matters: the documentation has false for its default, and the schema of hosts true.
    pub const fn auto_resynchronize(mut self, yes: bool) -> Self {
        self.data.auto_resynchronize_enabled = Some(yes);
        self
    }

    /// The window in which the host resynchronizes by itself, in the local time of the host. One whose end is before its start
    /// goes over midnight; hosts come with 18:30 to 6:00.
    pub fn auto_resynchronize_window(mut self, start: Time, end: Time) -> Self {
        self.data.auto_resynchronize_interval_start = Some(since_midnight(start));
        self.data.auto_resynchronize_interval_end = Some(since_midnight(end));
        self
    }

    /// The path of an `Msvm_ReplicationProvider`. One that is not Hyper-V's own ignores the authentication, the
    /// recovery host and its port, and [`replicate_host_kvp_items`](Self::replicate_host_kvp_items).
    pub fn provider(mut self, path: impl Into<String>) -> Self {
        self.data.replication_provider = Some(path.into());
        self
    }

    /// Settings of the provider, which only that can read.
    pub fn additional_settings(mut self, settings: impl Into<String>) -> Self {
        self.data.additional_settings = Some(settings.into());
        self
    }

    /// The settings for `ReverseReplicationRelationship`: those of a virtual machine that failed over to this host, now
    /// towards the host that had been the primary. Its name is `primary_connection_point` of the settings, if the
    /// host says so; port and authentication are those of its listener, which may be others than here.
    ///
    /// What the service sets by itself is left to it: the names of the hosts, and the root of the certificate.
    pub fn reversed(
        &self,
        towards: impl Into<String>,
        port: u16,
        authentication: Authentication,
    ) -> Self {
        self.clone().recovery_connection_point(towards).port(port).authentication(authentication)
    }

    /// Checks the settings of a primary relationship.
    ///
    /// # Errors
    /// Kind [`Usage`](crate::ErrorKind::Usage), with everything that is not allowed: what is missing, out of range, or does
    /// not go together.
    pub fn check(&self) -> Result<()> {
        self.judge().finish()
    }

    /// Checks the settings of an extended relationship, from a replica to its own replica. `primary` is the interval of the
    /// replica's own relationship.
    ///
    /// # Errors
    /// As [`check`](Self::check), and when the interval is shorter than `primary`, or 30 seconds.
    pub fn check_extended(&self, primary: Duration) -> Result<()> {
        let mut check = self.judge();
        let interval = self.data.replication_interval.unwrap_or(DEFAULT_INTERVAL);
        check.demand(interval >= primary && interval > INTERVALS[0], || {
            format!(
                "ReplicationInterval is {interval:?}: an extended relationship takes 300s or 900s, and not less than the {primary:?} of the primary one"
            )
        });
        check.finish()
    }

    fn judge(&self) -> Check {
        let data = &self.data;
        let mut check = Check::new("replication settings", &self.read, data, &data.rest);
        if !self.is_external() {
            self.judge_connection(&mut check);
        }
        let interval = data.replication_interval;
        check.rule(
            &["ReplicationInterval"],
            interval.is_none_or(|interval| INTERVALS.contains(&interval)),
            || {
                let interval = interval.unwrap_or_default();
                format!("ReplicationInterval is {interval:?}: 30s, 300s and 900s are allowed")
            },
        );
        let history = data.recovery_history.unwrap_or_default();
        check.rule(&["RecoveryHistory"], history <= MAX_RECOVERY_HISTORY, || {
            format!("RecoveryHistory is {history}: 0 to {MAX_RECOVERY_HISTORY} are allowed")
        });
        let hours = data.application_consistent_snapshot_interval.unwrap_or_default();
        check.rule(
            &["ApplicationConsistentSnapshotInterval"],
            (0..=12).any(|allowed| hours == HOUR * allowed),
            || {
                format!(
                    "ApplicationConsistentSnapshotInterval is {hours:?}: whole hours from 1 to 12 are allowed, and 0 for none"
                )
            },
        );
        check.rule(
            &["ApplicationConsistentSnapshotInterval", "RecoveryHistory"],
            hours.is_zero() || history > 0,
            || {
                format!(
                    "ApplicationConsistentSnapshotInterval is {hours:?} and RecoveryHistory is 0: application-consistent points need a history of 1 at least"
                )
            },
        );
        check.rule(
            &["IncludedDisks"],
            data.included_disks.as_ref().is_none_or(|disks| !disks.is_empty()),
            || "IncludedDisks is empty: name one disk at least, or leave it out for all".to_owned(),
        );
        for (name, time) in [
            ("AutoResynchronizeIntervalStart", data.auto_resynchronize_interval_start),
            ("AutoResynchronizeIntervalEnd", data.auto_resynchronize_interval_end),
        ] {
            let time = time.unwrap_or_default();
            check.rule(&[name], time < DAY, || {
                format!("{name} is {time:?}: a time of day is allowed, which is less than 24 hours")
            });
        }
        check
    }

    /// What the provider of Hyper-V itself needs, and others ignore.
    fn judge_connection(&self, check: &mut Check) {
        let data = &self.data;
        let name = data.recovery_connection_point.as_deref().unwrap_or_default();
        check.demand(!name.trim().is_empty(), || {
            "RecoveryConnectionPoint is not set: it names the recovery host".to_owned()
        });
        check.rule(&["RecoveryConnectionPoint"], name.chars().count() <= MAX_NAME, || {
            format!(
                "RecoveryConnectionPoint has {} characters: {MAX_NAME} are allowed",
                name.chars().count()
            )
        });
        check.demand(data.recovery_server_port_number.is_some_and(|port| port > 0), || {
            "RecoveryServerPortNumber is not set: 1 to 65535 are allowed".to_owned()
        });
        check.demand(
            !matches!(data.authentication_type, None | Some(AuthenticationType::Unknown(0))),
            || {
                "AuthenticationType is not set: 1 (Kerberos) and 2 (certificate) are allowed"
                    .to_owned()
            },
        );
        if data.authentication_type == Some(AuthenticationType::Certificate) {
            let problem = thumbprint_problem(data.certificate_thumb_print.as_deref());
            check.rule(&["AuthenticationType", "CertificateThumbPrint"], problem.is_none(), || {
                problem.unwrap_or_default()
            });
        }
    }

    /// Whether another provider than that of Hyper-V replicates.
    fn is_external(&self) -> bool {
        self.data.replication_provider.as_ref().is_some_and(|path| {
            !path.is_empty() && !path.to_ascii_uppercase().contains(BUILT_IN_PROVIDER)
        })
    }
}
