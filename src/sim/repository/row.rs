//! Which instances there are, and what associations tie together.

use uuid::Uuid;

pub(super) const COMPUTER_SYSTEM: &str = "Msvm_ComputerSystem";
pub(super) const SERVICE: &str = "Msvm_ReplicationService";
const SERVICE_SETTING: &str = "Msvm_ReplicationServiceSettingData";
const RELATIONSHIP: &str = "Msvm_ReplicationRelationship";
const REPLICATION_SETTING: &str = "Msvm_ReplicationSettingData";
const VM_SETTING: &str = "Msvm_VirtualSystemSettingData";
const JOB: &str = "Msvm_ConcreteJob";
const HOSTED_SERVICE: &str = "Msvm_HostedService";
const SYSTEM_RELATIONSHIP: &str = "Msvm_SystemReplicationRelationship";
const SETTINGS: &str = "Msvm_SettingsDefineState";
const AFFECTED_ELEMENT: &str = "Msvm_AffectedJobElement";
const OWNING_ELEMENT: &str = "Msvm_OwningJobElement";

/// The classes that have instances, in the order in which an enumeration of a common superclass gives them.
pub(super) const CLASSES: [&str; 12] = [
    SERVICE,
    SERVICE_SETTING,
    COMPUTER_SYSTEM,
    RELATIONSHIP,
    REPLICATION_SETTING,
    VM_SETTING,
    JOB,
    HOSTED_SERVICE,
    SYSTEM_RELATIONSHIP,
    SETTINGS,
    AFFECTED_ELEMENT,
    OWNING_ELEMENT,
];

/// Which instance; enumerations keep these, so that a page shows how things stand when it is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::sim) enum Row {
    Service,
    /// The settings of the service.
    ServiceSetting,
    Host,
    Vm(usize),
    /// The settings of a virtual machine.
    VmSetting(usize),
    /// A relationship of a virtual machine.
    Relationship(usize, usize),
    /// The settings of a relationship.
    Setting(usize, usize),
    Job(Uuid),
    /// The host and its service.
    HostedService,
    /// A virtual machine and a relationship of it.
    SystemRelationship(usize, usize),
    /// A virtual machine and its settings.
    VmSettings(usize),
    /// A relationship and its settings.
    RelationshipSettings(usize, usize),
    /// A job and the virtual machine that it works on.
    AffectedElement(Uuid, usize),
    /// A job and the service that began it.
    OwningElement(Uuid),
}

impl Row {
    pub(in crate::sim) const fn class(self) -> &'static str {
        match self {
            Self::Service => SERVICE,
            Self::ServiceSetting => SERVICE_SETTING,
            Self::Host | Self::Vm(_) => COMPUTER_SYSTEM,
            Self::VmSetting(_) => VM_SETTING,
            Self::Relationship(..) => RELATIONSHIP,
            Self::Setting(..) => REPLICATION_SETTING,
            Self::Job(_) => JOB,
            Self::HostedService => HOSTED_SERVICE,
            Self::SystemRelationship(..) => SYSTEM_RELATIONSHIP,
            Self::VmSettings(_) | Self::RelationshipSettings(..) => SETTINGS,
            Self::AffectedElement(..) => AFFECTED_ELEMENT,
            Self::OwningElement(_) => OWNING_ELEMENT,
        }
    }

    /// What an association refers to, by the names of its references; nothing for an instance of another kind.
    pub(in crate::sim) const fn ends(self) -> Option<[(&'static str, Self); 2]> {
        Some(match self {
            Self::HostedService => [("Antecedent", Self::Host), ("Dependent", Self::Service)],
            Self::SystemRelationship(vm, relationship) => {
                [("Antecedent", Self::Vm(vm)), ("Dependent", Self::Relationship(vm, relationship))]
            }
            Self::VmSettings(vm) => {
                [("ManagedElement", Self::Vm(vm)), ("SettingData", Self::VmSetting(vm))]
            }
            Self::RelationshipSettings(vm, relationship) => [
                ("ManagedElement", Self::Relationship(vm, relationship)),
                ("SettingData", Self::Setting(vm, relationship)),
            ],
            Self::AffectedElement(job, vm) => {
                [("AffectedElement", Self::Vm(vm)), ("AffectingElement", Self::Job(job))]
            }
            Self::OwningElement(job) => {
                [("OwnedElement", Self::Job(job)), ("OwningElement", Self::Service)]
            }
            _ => return None,
        })
    }
}

impl super::Repository {
    /// The instances of a class and its subclasses.
    pub(in crate::sim) fn rows<'a>(&'a self, class: &'a str) -> impl Iterator<Item = Row> + 'a {
        CLASSES
            .into_iter()
            .filter(move |concrete| super::schema().is_a(concrete, class))
            .flat_map(|concrete| self.rows_of(concrete))
    }

    /// All instances of associations.
    pub(in crate::sim) fn associations(&self) -> impl Iterator<Item = Row> {
        CLASSES
            .into_iter()
            .filter(|class| super::schema().is_association(class))
            .flat_map(|class| self.rows_of(class))
    }

    /// The instances of one class alone.
    fn rows_of(&self, class: &str) -> Box<dyn Iterator<Item = Row> + '_> {
        let vms = 0..self.vms.len();
        let relationships = |make: fn(usize, usize) -> Row| {
            self.vms.iter().enumerate().flat_map(move |(vm, of)| {
                (0..of.relationships.len()).map(move |relationship| make(vm, relationship))
            })
        };
        let jobs = self.jobs.iter().filter(|job| job.is_visible());
        match class {
            SERVICE => Box::new([Row::Service].into_iter()),
            SERVICE_SETTING => Box::new([Row::ServiceSetting].into_iter()),
            COMPUTER_SYSTEM => Box::new([Row::Host].into_iter().chain(vms.map(Row::Vm))),
            RELATIONSHIP => Box::new(relationships(Row::Relationship)),
            REPLICATION_SETTING => Box::new(relationships(Row::Setting)),
            VM_SETTING => Box::new(vms.map(Row::VmSetting)),
            JOB => Box::new(jobs.map(|job| Row::Job(job.id))),
            HOSTED_SERVICE => Box::new([Row::HostedService].into_iter()),
            SYSTEM_RELATIONSHIP => Box::new(relationships(Row::SystemRelationship)),
            SETTINGS => {
                let of_relationships = relationships(Row::RelationshipSettings);
                Box::new(vms.map(Row::VmSettings).chain(of_relationships))
            }
            AFFECTED_ELEMENT => {
                Box::new(jobs.filter_map(|job| Some(Row::AffectedElement(job.id, job.plan.vm?))))
            }
            OWNING_ELEMENT => Box::new(jobs.map(|job| Row::OwningElement(job.id))),
            _ => Box::new([].into_iter()),
        }
    }
}
