//! What is read before a call, and again to see whether it ran.

use super::{
    RelationshipKind, ReplicationService, Situation, VirtualMachine,
    situation::{Verdict, comes_by_itself},
    verb::Verb,
};
use crate::{
    cim::{Instance, Value, typed::Class, wql::Select},
    client::VIRTUALIZATION,
    error::{ErrorKind, Result},
    job::JobStatus,
};

/// What a host shows of what a call is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// The virtual machine; nothing for a call that is about none.
    pub(super) situation: Option<Situation>,
    /// The jobs on it, or all of the host, also those that have ended; nothing where the host does not tell.
    pub(super) jobs: Option<Vec<JobStatus>>,
    /// The settings that the call is to change; nothing where the host does not tell.
    pub(super) settings: Option<Vec<Instance>>,
}

/// What a call is to make of settings.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    place: Place,
    /// As they were sent; none where they are to be gone. Nothing where they cannot be written, so that nothing is sent.
    settings: Option<Vec<Instance>>,
}

/// Which settings.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// The authorization entry for these servers.
    Entry(String),
    /// Those of the replica server.
    Server,
    /// Those of the relationship.
    Relationship,
    /// Those of the network adapters, at failover.
    Adapters,
}

impl Wanted {
    /// These settings.
    pub(super) fn some<'a, T: Class + 'a>(
        place: Place,
        settings: impl IntoIterator<Item = &'a T>,
    ) -> Self {
        let settings: std::result::Result<Vec<_>, _> =
            settings.into_iter().map(Class::to_instance).collect();
        Self { place, settings: settings.ok() }
    }

    /// No such settings.
    pub(super) const fn none(place: Place) -> Self {
        Self { place, settings: Some(Vec::new()) }
    }

    /// What settings say of a call, by those before: equal to what was sent, or as they were.
    ///
    /// A host writes some values in its own way. So what differs from what was sent means nothing but where it also is what
    /// it was before.
    pub(super) fn judge(&self, now: &Look, before: &Look) -> Verdict {
        let (Some(now), Some(before)) = (&now.settings, &before.settings) else {
            return Verdict::Unclear;
        };
        // What the host never shows tells nothing.
        let shown: Vec<&str> = [now, before]
            .into_iter()
            .flatten()
            .flat_map(|instance| &instance.properties)
            .filter(|(_, value)| !is_empty(value))
            .map(|(name, _)| name.as_str())
            .collect();
        match (self.is_in(before, &shown), self.is_in(now, &shown)) {
            (false, true) => Verdict::Done,
            (true, true) => Verdict::Already,
            (false, false) if now == before => Verdict::Unchanged,
            _ => Verdict::Unclear,
        }
    }

    fn is_in(&self, present: &[Instance], shown: &[&str]) -> bool {
        let Some(wanted) = self.settings.as_deref() else { return false };
        // Where there is one, it is the one, and new settings have no identifier yet.
        let is_one = matches!((wanted, present), ([_], [_]));
        let is_told = |name: &str| {
            shown.contains(&name) && !(is_one && name.eq_ignore_ascii_case("InstanceID"))
        };
        let agree = |wanted: &Instance, present: &Instance| {
            let mut told = wanted.properties.iter().filter(|(name, _)| is_told(name));
            told.all(|(name, value)| is_same(value, present.find(name).unwrap_or(&Value::Null)))
        };
        match wanted {
            [] => present.is_empty(),
            _ => wanted.iter().all(|wanted| present.iter().any(|present| agree(wanted, present))),
        }
    }
}

/// Without case, as hosts write thumbprints and names in their own.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.eq_ignore_ascii_case(other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        _ => one == other || is_empty(one) && is_empty(other),
    }
}

/// Hosts take the empty for NULL.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

impl Look {
    /// The jobs that were not there before and do not begin by themselves; nothing where that cannot be told.
    pub(super) fn new_jobs(&self, before: &Self) -> Option<Vec<&JobStatus>> {
        let (now, before) = (self.jobs.as_ref()?, before.jobs.as_ref()?);
        let is_new = |job: &&JobStatus| {
            !comes_by_itself(job) && !before.iter().any(|known| known.id == job.id)
        };
        Some(now.iter().filter(is_new).collect())
    }
}

impl ReplicationService {
    /// Reads what a verb is about. Jobs and settings that the host does not give are left out.
    ///
    /// # Errors
    /// When the host does not answer, or does not give the virtual machine.
    pub(super) async fn look(
        &self,
        verb: &Verb,
        vm: Option<&VirtualMachine>,
        extended: bool,
        wanted: Option<&Wanted>,
    ) -> Result<Look> {
        let mut situation = match vm {
            Some(vm) => Some(self.situation_after(verb, vm, extended).await?),
            None => None,
        };
        // Of what a stopped service does not show nothing can be told.
        if vm.is_none() && given(self.demand_service().await)?.is_none() {
            return Ok(Look::default());
        }
        let jobs = match (vm, &situation) {
            (Some(_), Some(situation)) if !situation.exists => Ok(Vec::new()),
            (Some(vm), _) => self.jobs_on(vm).await,
            (None, _) => self.all_jobs().await,
        };
        let settings = match wanted {
            Some(wanted) => given(self.present(&wanted.place, vm, extended).await)?,
            None => None,
        };
        let jobs = given(jobs)?;
        if let (Some(situation), Some(jobs)) = (&mut situation, &jobs) {
            situation.running = jobs.iter().filter(|job| !job.state.has_ended()).cloned().collect();
        }
        Ok(Look { situation, jobs, settings })
    }

    async fn present(
        &self,
        place: &Place,
        vm: Option<&VirtualMachine>,
        extended: bool,
    ) -> Result<Vec<Instance>> {
        let kind = if extended { RelationshipKind::Extended } else { RelationshipKind::Primary };
        let settings = match (place, vm) {
            (Place::Entry(primary), _) => {
                let entry = self.find_authorization_entry(primary).await?;
                entry.iter().map(|entry| entry.data().to_instance()).collect()
            }
            (Place::Server, _) => {
                [self.service_settings().await?.data().to_instance()].into_iter().collect()
            }
            (Place::Relationship, Some(vm)) => self
                .relationships_of(vm)
                .await?
                .iter()
                .filter(|relationship| relationship.kind == kind)
                .filter_map(|relationship| relationship.settings.as_ref())
                .map(Class::to_instance)
                .collect(),
            (Place::Adapters, Some(vm)) => self
                .failover_adapters(vm)
                .await?
                .iter()
                .flat_map(|adapter| &adapter.settings)
                .map(|settings| settings.data().to_instance())
                .collect(),
            (Place::Relationship | Place::Adapters, None) => Ok(Vec::new()),
        };
        let settings: std::result::Result<_, crate::cim::Error> = settings;
        Ok(settings?)
    }

    async fn all_jobs(&self) -> Result<Vec<JobStatus>> {
        let query = Select::all_of("CIM_ConcreteJob")?;
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, query).collect().await?;
        Ok(rows.iter().filter_map(JobStatus::from_instance).collect())
    }
}

/// What the host gives; nothing where it refuses it or gives something that cannot be read.
fn given<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::Fault | ErrorKind::Protocol) => {
            tracing::debug!(%error, "the host does not give what would tell whether the call ran");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
