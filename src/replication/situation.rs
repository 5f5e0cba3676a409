//! In what state a virtual machine is now, and what is being done to it.

use std::fmt;

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
    error::{Error, ErrorKind, Result},
    job::{Job, JobStatus},
    mof,
    msvm::values::JobType,
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
    /// It is as it is after that, and was not so before.
    Done,
    /// It is as it is after that, and was so before.
    Already,
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

    /// What it says of a verb, by the situation before. What was so before says nothing, nor does what was not known.
    pub(super) fn judge(&self, verb: &Verb, before: &Self) -> Verdict {
        let shows = |situation: &Self| match verb.done {
            Sign::State(states) => situation.state.map(|state| states.contains(&state)),
            Sign::Mode(mode) => situation.mode.map(|now| now == mode),
            Sign::Power(states) => situation.power.map(|state| states.contains(&state)),
            Sign::Gone => Some(!situation.exists),
            Sign::TestReplica => situation.has_test_replica,
            Sign::Nothing => None,
        };
        let is = |states: &[ReplicationState]| self.state.is_some_and(|s| states.contains(&s));
        let facts = |it: &Self| (it.exists, it.mode, it.state, it.power);
        let is_same = facts(self) == facts(before);
        match (shows(before), shows(self)) {
            (Some(false), Some(true)) => Verdict::Done,
            (Some(true), Some(true)) => Verdict::Already,
            (Some(false), Some(false)) if is_same => Verdict::Unchanged,
            (Some(_), _) if before.state.is_some() && self.state != before.state => match () {
                () if is(verb.failed) => Verdict::Failed,
                () if is(verb.runs) => Verdict::Running,
                () => Verdict::Unclear,
            },
            _ => Verdict::Unclear,
        }
    }

    /// The jobs that are to be blamed and waited for: not those that send and receive changes, which run all the time,
    /// unless nothing else does.
    pub(super) fn at_work(&self) -> impl Iterator<Item = &JobStatus> {
        let only_changes = self.only_changes();
        self.running.iter().filter(move |job| only_changes || !comes_by_itself(job))
    }

    /// Whether nothing else is at work than what begins by itself.
    pub(super) fn only_changes(&self) -> bool {
        self.running.iter().all(comes_by_itself)
    }
}

/// Whether a job begins at every interval, without anybody asking for it.
pub(super) fn comes_by_itself(job: &JobStatus) -> bool {
    use JobType::{ReplicationReceivingDelta, ReplicationSendingDelta};
    matches!(job.kind, Some(ReplicationSendingDelta | ReplicationReceivingDelta))
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
        for job in self.at_work() {
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

impl std::error::Error for Conflict {}

impl ReplicationService {
    /// Reads in what state a virtual machine is now, and which jobs have not ended on it. Of its relationships, the
    /// extended one or else that of the machine itself.
    ///
    /// On the wire: `Get` of the machine, a query for its extended relationship if that is meant, and the associators of
    /// the machine by `Msvm_AffectedJobElement`. Where the machine is not found, a query for `Msvm_ReplicationService`.
    ///
    /// # Errors
    /// When the host does not answer, or shows nothing of Hyper-V at all.
    pub async fn situation(&self, vm: &VirtualMachine, extended: bool) -> Result<Situation> {
        let mut situation = self.state_of(vm, extended).await?;
        if situation.exists {
            situation.running = self.jobs_on(vm).await?;
            situation.running.retain(|job| !job.state.has_ended());
        }
        Ok(situation)
    }

    /// The same without the jobs, and with what shows that a verb was done.
    pub(super) async fn situation_after(
        &self,
        verb: &Verb,
        vm: &VirtualMachine,
        extended: bool,
    ) -> Result<Situation> {
        let mut situation = self.state_of(vm, extended).await?;
        if verb.done == Sign::TestReplica && situation.exists {
            situation.has_test_replica = Some(self.find_test_replica(vm).await?.is_some());
        }
        Ok(situation)
    }

    async fn state_of(&self, vm: &VirtualMachine, extended: bool) -> Result<Situation> {
        let Some(instance) = self.client().find(&vm.reference).await? else {
            self.demand_service().await?;
            return Ok(Situation::default());
        };
        let mut situation = VirtualMachine::from_instance(&instance)
            .map_or_else(Situation::default, |vm| Situation::of(&vm));
        if extended {
            situation.state = self.extended_state(vm).await?;
        }
        Ok(situation)
    }

    /// A host whose Virtual Machine Management service is stopped shows nothing, as if all were gone.
    pub(super) async fn demand_service(&self) -> Result<()> {
        let class = "Msvm_ReplicationService";
        let query = Select::all_of(class)?;
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, query).collect().await?;
        if rows.is_empty() {
            let message = "the host does not show its replication service, so that it does not show something else says nothing: look whether its Virtual Machine Management service runs";
            let context = self.client().context("Enumerate", Some(class), None);
            return Err(Error::new(ErrorKind::Protocol, message).with_context(context));
        }
        Ok(())
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

    /// The state of the extended relationship. One that is not there is `Disabled`, as that of a machine is that does not
    /// replicate.
    pub(super) async fn extended_state(
        &self,
        vm: &VirtualMachine,
    ) -> Result<Option<ReplicationState>> {
        let id = format!(r"Microsoft:{}\HVR\1", vm.id);
        let query = Select::all_of("Msvm_ReplicationRelationship")?
            .filter(Condition::equals("InstanceID", id)?);
        let rows: Vec<Instance> = self.client().query(VIRTUALIZATION, query).collect().await?;
        Ok(match rows.first() {
            Some(row) => row.small("ReplicationState").map(ReplicationState::from),
            None => Some(ReplicationState::Disabled),
        })
    }
}
