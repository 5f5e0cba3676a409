//! In what state a virtual machine is now, and what is being done to it.

use std::{error, fmt};

use super::{
    ReplicationService, VirtualMachine,
    states::{ReplicationMode, ReplicationState, VmState},
    verb::{Sign, Verb},
};
use crate::{
    cim::{
        Instance, ObjectPath,
        wql::{Associators, Condition, Select},
    },
    client::VIRTUALIZATION,
    error::Result,
    job::{Job, JobStatus},
    mof,
};

/// A virtual machine as it was read a moment ago.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Situation {
    /// Whether the host has the machine.
    pub exists: bool,
    /// Its role.
    pub mode: Option<ReplicationMode>,
    /// The state of the relationship that is meant.
    pub state: Option<ReplicationState>,
    /// What the machine does.
    pub power: Option<VmState>,
    /// Whether it has a test replica; nothing where that was not asked for.
    pub has_test_replica: Option<bool>,
    /// The jobs on it that have not ended. Those that send and receive changes begin by themselves, at every interval.
    pub running: Vec<JobStatus>,
}

/// Why a host probably said no: what it wants, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Conflict {
    /// The virtual machine.
    pub vm: String,
    /// What the method wants, as a clause.
    pub wants: &'static str,
    /// What was read after the refusal.
    pub situation: Situation,
}

/// What a situation says of something that may have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is as it is only after that.
    Done,
    /// It ran, and failed.
    Failed,
    /// It is on its way.
    Running,
    /// It is as it was before.
    Unchanged,
    /// It says nothing.
    Unclear,
}

impl Situation {
    /// What is known without asking anybody.
    pub(super) fn of(vm: &VirtualMachine) -> Self {
        Self {
            exists: true,
            mode: vm.replication_mode,
            state: vm.replication_state,
            power: vm.state,
            has_test_replica: None,
            running: Vec::new(),
        }
    }

    /// What it says of a verb, by the situation before. A sign that was there before says nothing.
    pub(super) fn judge(&self, verb: &Verb, before: &Self) -> Verdict {
        let shows = |situation: &Self| match verb.done {
            Sign::State(states) => situation.state.is_some_and(|state| states.contains(&state)),
            Sign::Mode(mode) => situation.mode == Some(mode),
            Sign::Power(states) => situation.power.is_some_and(|state| states.contains(&state)),
            Sign::Gone => !situation.exists,
            Sign::TestReplica => situation.has_test_replica == Some(true),
            Sign::Nothing => false,
        };
        let is = |states: &[ReplicationState]| self.state.is_some_and(|s| states.contains(&s));
        let same = (self.exists, self.mode, self.state, self.power)
            == (before.exists, before.mode, before.state, before.power);
        let is_by_state = matches!(verb.done, Sign::State(_));
        match () {
            // Without a state before nothing can have changed.
            () if is_by_state && before.state.is_none() => Verdict::Unclear,
            () if same && verb.done != Sign::Nothing && !shows(before) => Verdict::Unchanged,
            () if same => Verdict::Unclear,
            () if shows(self) && !shows(before) => Verdict::Done,
            () if is(verb.failed) => Verdict::Failed,
            () if is(verb.runs) => Verdict::Running,
            () => Verdict::Unclear,
        }
    }
}

/// As in `a Replica, in state Recovered, Off`.
impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.exists {
            return f.write_str("no longer there");
        }
        match self.mode {
            Some(mode) => write!(f, "in mode {mode}")?,
            None => f.write_str("in a mode that is not known")?,
        }
        match self.state {
            Some(state) => write!(f, ", in state {state}")?,
            None => f.write_str(", in a state that is not known")?,
        }
        if let Some(power) = self.power {
            write!(f, ", {power}")?;
        }
        for job in &self.running {
            write!(f, "; the job {}", job.id)?;
            if let Some(name) = &job.name {
                write!(f, " ({name})")?;
            }
            f.write_str(" is not done")?;
        }
        Ok(())
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it takes {}; {} is {}", self.wants, self.vm, self.situation)
    }
}

impl error::Error for Conflict {}

impl ReplicationService {
    /// Reads in what state a virtual machine is now, and which jobs have not ended on it. Of its relationships, the
    /// extended one or else that of the machine itself.
    ///
    /// On the wire: `Get` of the machine, a query for its extended relationship if that is meant, and the associators of
    /// the machine by `Msvm_AffectedJobElement`.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn situation(&self, vm: &VirtualMachine, extended: bool) -> Result<Situation> {
        let Some(instance) = self.client().find(&vm.reference).await? else {
            return Ok(Situation::default());
        };
        let mut situation = VirtualMachine::from_instance(&instance)
            .map_or_else(Situation::default, |vm| Situation::of(&vm));
        if extended {
            situation.state = self.extended_state(vm).await?;
        }
        situation.running = self.jobs_on(vm).await?;
        situation.running.retain(|job| !job.state.has_ended());
        Ok(situation)
    }

    /// The same, with what shows that a verb was done.
    pub(super) async fn situation_after(
        &self,
        verb: &Verb,
        vm: &VirtualMachine,
        extended: bool,
    ) -> Result<Situation> {
        let mut situation = self.situation(vm, extended).await?;
        if verb.done == Sign::TestReplica && situation.exists {
            situation.has_test_replica = Some(self.find_test_replica(vm).await?.is_some());
        }
        Ok(situation)
    }

    /// The test replica of a replica, if it has one.
    ///
    /// On the wire: the associators of the replica by `Msvm_ReplicaSystemDependency`.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn find_test_replica(&self, vm: &VirtualMachine) -> Result<Option<VirtualMachine>> {
        let path = ObjectPath::of(&vm.reference, mof::schema())?;
        let tests = Associators::of(path)
            .association_class("Msvm_ReplicaSystemDependency")?
            .role("Antecedent")?;
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, tests).collect().await?;
        Ok(rows.iter().find_map(VirtualMachine::from_instance))
    }

    /// The jobs on a virtual machine that the host still knows.
    ///
    /// On the wire: the associators of the machine by `Msvm_AffectedJobElement`.
    ///
    /// # Errors
    /// When the host does not answer.
    pub async fn jobs_on(&self, vm: &VirtualMachine) -> Result<Vec<JobStatus>> {
        let path = ObjectPath::of(&vm.reference, mof::schema())?;
        let jobs = Associators::of(path)
            .association_class("Msvm_AffectedJobElement")?
            .result_class("CIM_ConcreteJob")?;
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, jobs).collect().await?;
        Ok(rows.iter().filter_map(JobStatus::from_instance).collect())
    }

    /// The virtual machines that a job acts on, or made.
    pub(super) async fn machines_of(&self, job: &Job) -> Result<Vec<VirtualMachine>> {
        let path = ObjectPath::of(job.reference(), mof::schema())?;
        let machines = Associators::of(path)
            .association_class("Msvm_AffectedJobElement")?
            .result_class("Msvm_ComputerSystem")?;
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, machines).collect().await?;
        Ok(rows.iter().filter_map(VirtualMachine::from_instance).collect())
    }

    /// The state of the extended relationship.
    pub(super) async fn extended_state(
        &self,
        vm: &VirtualMachine,
    ) -> Result<Option<ReplicationState>> {
        let id = format!(r"Microsoft:{}\HVR\1", vm.id);
        let query = Select::all_of("Msvm_ReplicationRelationship")?
            .filter(Condition::equals("InstanceID", id)?);
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, query).collect().await?;
        let state = rows.first().and_then(|row| row.small("ReplicationState"));
        Ok(state.map(ReplicationState::from))
    }
}
