//! The status of all virtual machines of a host, in as many requests for a thousand as for one.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    ReplicationMode, ReplicationService, ReplicationSettings, ReplicationState, VirtualMachine,
    read,
    relationship::{Relationship, RelationshipKind, facts_of, ids_of, parse_id},
};
use crate::{
    cim::{
        FromInstance as _, Instance, Reference,
        typed::Class as _,
        wql::{Condition, Select},
    },
    error::Result,
    job::JobStatus,
    msvm::{
        AffectedJobElement, ComputerSystem, ConcreteJob, NAMESPACE, ReplicaSystemDependency,
        ReplicationRelationship, ReplicationSettingData,
    },
};

/// A virtual machine, and all about its replication.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VirtualMachineStatus {
    /// The virtual machine. Its own state and health are those of its primary relationship.
    pub vm: VirtualMachine,
    /// Its relationships, the primary one first. None where it is not replicated.
    pub relationships: Vec<Relationship>,
    /// Of which replica it is the test replica, as a GUID in upper case.
    pub test_of: Option<String>,
    /// The test replica that was made of it, as a GUID in upper case.
    pub test_replica: Option<String>,
    /// The jobs that work on it and have not ended, of whatever kind.
    pub jobs: Vec<JobStatus>,
}

impl ReplicationService {
    /// The status of all virtual machines that the account sees, in the order of the host.
    ///
    /// It is put together from rows that are read one after the other, so a change in between may be in one of them and not
    /// in another. An account whose token is filtered by UAC sees none, without any error.
    ///
    /// On the wire: six queries, each an `Enumerate` and, where the rows do not fit into one answer, the `Pull`s of
    /// further pages, however many virtual machines there are: all instances of `Msvm_ComputerSystem`,
    /// `Msvm_ReplicationRelationship`, `Msvm_ReplicationSettingData`, `Msvm_ReplicaSystemDependency`,
    /// `Msvm_AffectedJobElement` and, where there are any of the latter, `Msvm_ConcreteJob`. Server 2012 has no class of
    /// relationships and refuses that query: there the virtual machine itself says how its one relationship stands.
    ///
    /// # Errors
    /// When the host does not answer, or has no namespace of Hyper-V.
    ///
    /// # Cancellation
    /// Nothing is left on the host but perhaps an enumeration that nobody reads, which it forgets after some minutes.
    pub async fn status(&self) -> Result<Vec<VirtualMachineStatus>> {
        let client = self.client();
        let systems = client.query(NAMESPACE, Select::all_of(ComputerSystem::CLASS)?);
        let systems: Vec<Instance> = systems.collect().await?;
        let query = Select::all_of(ReplicationRelationship::CLASS)?;
        let relationships = read::find::<ReplicationRelationship>(client, query).await?;
        let settings = read::all::<ReplicationSettingData>(client).await?;
        let mut rows = Rows::new(relationships, settings);
        for dependency in read::all::<ReplicaSystemDependency>(client).await? {
            rows.add_test(&dependency);
        }
        let affected = read::all::<AffectedJobElement>(client).await?;
        if !affected.is_empty() {
            let jobs = client.query(NAMESPACE, Select::all_of(ConcreteJob::CLASS)?);
            rows.add_jobs(&affected, &jobs.collect().await?);
        }
        let with_row = |row: Instance| Some((VirtualMachine::from_instance(&row)?, row));
        systems.into_iter().filter_map(with_row).map(|(vm, row)| rows.status(vm, row)).collect()
    }

    /// The relationships of a virtual machine, the primary one first. None where it is not replicated.
    ///
    /// On the wire: a query on `Msvm_ReplicationRelationship` and one on `Msvm_ReplicationSettingData`, each by every
    /// `InstanceID` that is possible; on Server 2012, which refuses the first one, also `Get` of the virtual machine.
    ///
    /// # Errors
    /// When the host does not answer, or, on Server 2012, no longer has the virtual machine.
    pub async fn relationships_of(&self, vm: &VirtualMachine) -> Result<Vec<Relationship>> {
        let client = self.client();
        let [one, two, three] = ids_of(&vm.id);
        let by_id = Condition::equals("InstanceID", one)?
            .or(Condition::equals("InstanceID", two)?)
            .or(Condition::equals("InstanceID", three)?);
        let query = Select::all_of(ReplicationRelationship::CLASS)?.filter(by_id.clone());
        let relationships = read::find::<ReplicationRelationship>(client, query).await?;
        let is_2012 = relationships.is_none();
        let query = Select::all_of(ReplicationSettingData::CLASS)?.filter(by_id);
        let mut rows = Rows::new(relationships, read::select(client, query).await?);
        let Some(id) = guid(&vm.id) else { return Ok(Vec::new()) };
        if !is_2012 {
            return Ok(rows.relationships(id, vm.replication_mode));
        }
        let system = ComputerSystem::from_instance(client.get(&vm.reference).await?)?;
        Ok(rows.relationship_of(id, system))
    }

    /// The settings of a relationship of a virtual machine as the host keeps them, to be changed and sent back. Hosts keep
    /// settings of machines that are not replicated, too: a new relationship begins with them. Where the host keeps none,
    /// nothing is set.
    ///
    /// On the wire: a query on `Msvm_ReplicationSettingData`, by every `InstanceID` that is possible.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn replication_settings(
        &self,
        vm: &VirtualMachine,
        kind: RelationshipKind,
    ) -> Result<ReplicationSettings> {
        let [bare, primary, extended] = ids_of(&vm.id);
        let by_id = match kind {
            RelationshipKind::Extended => Condition::equals("InstanceID", extended)?,
            _ => Condition::equals("InstanceID", &primary)?
                .or(Condition::equals("InstanceID", bare)?),
        };
        let query = Select::all_of(ReplicationSettingData::CLASS)?.filter(by_id);
        let mut rows = read::select::<ReplicationSettingData>(self.client(), query).await?;
        // The form without a number is that of Server 2012.
        let has_number = |row: &ReplicationSettingData| {
            row.instance_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(&primary))
        };
        let position = rows.iter().position(has_number).unwrap_or_default();
        let kept = (position < rows.len()).then(|| rows.swap_remove(position));
        Ok(kept.unwrap_or_default().into())
    }
}

/// What was read, by the virtual machine that it is of.
#[derive(Default)]
struct Rows {
    /// Nothing where the host has no class of them.
    relationships: Option<HashMap<Uuid, Vec<(RelationshipKind, ReplicationRelationship)>>>,
    settings: HashMap<(Uuid, RelationshipKind), ReplicationSettingData>,
    test_of: HashMap<Uuid, Uuid>,
    test_replicas: HashMap<Uuid, Uuid>,
    jobs: HashMap<Uuid, Vec<JobStatus>>,
}

impl Rows {
    fn new(
        relationships: Option<Vec<ReplicationRelationship>>,
        mut settings: Vec<ReplicationSettingData>,
    ) -> Self {
        let relationships = relationships.map(|rows| {
            let mut by_vm = HashMap::<_, Vec<_>>::new();
            for row in rows {
                if let Some((vm, kind)) = row.instance_id.as_deref().and_then(parse_id) {
                    by_vm.entry(vm).or_default().push((kind, row));
                }
            }
            by_vm
        });
        // The last one counts: that with the number, should there be one without it as well.
        settings.sort_by_key(|row| row.instance_id.as_ref().map(String::len));
        let settings = settings
            .into_iter()
            .filter_map(|row| Some((parse_id(row.instance_id.as_deref()?)?, row)))
            .collect();
        Self { relationships, settings, ..Self::default() }
    }

    fn add_test(&mut self, dependency: &ReplicaSystemDependency) {
        let end = |end: &Option<Reference>| vm_of(end.as_ref()?);
        if let Some(replica) = end(&dependency.antecedent)
            && let Some(test) = end(&dependency.dependent)
        {
            self.test_of.insert(test, replica);
            self.test_replicas.insert(replica, test);
        }
    }

    fn add_jobs(&mut self, affected: &[AffectedJobElement], jobs: &[Instance]) {
        let running: HashMap<_, _> = jobs
            .iter()
            .filter_map(JobStatus::from_instance)
            .filter(|job| !job.state.has_ended())
            .map(|job| (job.id.to_uppercase(), job))
            .collect();
        for pair in affected {
            let vm = pair.affected_element.as_ref().and_then(vm_of);
            let job = pair.affecting_element.as_ref();
            let job = job.and_then(|job| job.selectors.find("InstanceID"));
            if let Some(vm) = vm
                && let Some(job) = job.and_then(|id| running.get(&id.to_uppercase()))
            {
                self.jobs.entry(vm).or_default().push(job.clone());
            }
        }
    }

    /// Takes what is known of a virtual machine. The row is the one that it was read from.
    fn status(&mut self, vm: VirtualMachine, row: Instance) -> Result<VirtualMachineStatus> {
        let id = guid(&vm.id).unwrap_or_default();
        let relationships = match self.relationships {
            Some(_) => self.relationships(id, vm.replication_mode),
            None => self.relationship_of(id, ComputerSystem::from_instance(row)?),
        };
        Ok(VirtualMachineStatus {
            vm,
            relationships,
            test_of: self.test_of.get(&id).map(to_text),
            test_replica: self.test_replicas.get(&id).map(to_text),
            jobs: self.jobs.remove(&id).unwrap_or_default(),
        })
    }

    fn relationships(&mut self, vm: Uuid, mode: Option<ReplicationMode>) -> Vec<Relationship> {
        let mut found = self.relationships.as_mut().and_then(|all| all.remove(&vm));
        let found = found.get_or_insert_default();
        found.sort_by_key(|(kind, _)| u16::from(*kind));
        // Whether a host has instances where nothing is replicated is documented nowhere; their state would tell.
        let replicates = |facts: &ReplicationRelationship| {
            facts.replication_state != Some(ReplicationState::Disabled)
        };
        found
            .drain(..)
            .filter(|(_, facts)| replicates(facts))
            .map(|(kind, facts)| {
                Relationship::new(kind, mode, facts, self.settings.remove(&(vm, kind)))
            })
            .collect()
    }

    /// The one relationship on a host that has it with the virtual machine.
    fn relationship_of(&mut self, vm: Uuid, system: ComputerSystem) -> Vec<Relationship> {
        let mode = system.replication_mode;
        let replicates = mode.is_some_and(|mode| mode != ReplicationMode::None)
            && system.replication_state != Some(ReplicationState::Disabled);
        if !replicates {
            return Vec::new();
        }
        let kind = RelationshipKind::Primary;
        let settings = self.settings.remove(&(vm, kind));
        vec![Relationship::new(kind, mode, facts_of(system), settings)]
    }
}

/// The virtual machine that a reference is to.
fn vm_of(reference: &Reference) -> Option<Uuid> {
    let is_one = reference.class().eq_ignore_ascii_case(ComputerSystem::CLASS);
    guid(reference.selectors.find("Name").filter(|_| is_one)?)
}

fn guid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

fn to_text(id: &Uuid) -> String {
    id.as_hyphenated().to_string().to_uppercase()
}
