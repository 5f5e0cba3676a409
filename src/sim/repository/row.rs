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
const ADAPTER: &str = "Msvm_SyntheticEthernetPortSettingData";
const FAILOVER_SETTING: &str = "Msvm_FailoverNetworkAdapterSettingData";
const PROVIDER: &str = "Msvm_ReplicationProvider";
const SNAPSHOT: &str = "Msvm_SnapshotOfVirtualSystem";
const COMPONENT: &str = "Msvm_VirtualSystemSettingDataComponent";
const FAILOVER_COMPONENT: &str = "Msvm_EthernetPortFailoverSettingDataComponent";
const TEST_REPLICA: &str = "Msvm_ReplicaSystemDependency";
const AUTHORIZATION: &str = "Msvm_ReplicationAuthorizationSettingData";
const FURTHER_SETTINGS: &str = "Msvm_ElementSettingData";
const OWNING_ELEMENT: &str = "Msvm_OwningJobElement";

/// The classes that have instances, in the order in which an enumeration of a common superclass gives them.
pub(super) const CLASSES: [&str; 21] = [
    SERVICE,
    SERVICE_SETTING,
    AUTHORIZATION,
    PROVIDER,
    COMPUTER_SYSTEM,
    RELATIONSHIP,
    REPLICATION_SETTING,
    VM_SETTING,
    ADAPTER,
    FAILOVER_SETTING,
    JOB,
    HOSTED_SERVICE,
    SYSTEM_RELATIONSHIP,
    SETTINGS,
    FURTHER_SETTINGS,
    SNAPSHOT,
    COMPONENT,
    FAILOVER_COMPONENT,
    TEST_REPLICA,
    AFFECTED_ELEMENT,
    OWNING_ELEMENT,
];

/// Which instance; enumerations keep these, so that a page shows how things stand when it is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::sim) enum Row {
    Service,
    /// The settings of the service.
    ServiceSetting,
    /// An authorization entry.
    Authorization(Uuid),
    /// The provider of replication that is built in.
    Provider,
    Host,
    Vm(usize),
    /// The settings of a virtual machine.
    VmSetting(usize),
    /// A recovery point of a virtual machine.
    Point(usize, Uuid),
    /// A network adapter of a virtual machine.
    Adapter(usize, Uuid),
    /// What a network adapter gets at failover.
    FailoverSetting(usize, Uuid),
    /// A relationship of a virtual machine.
    Relationship(usize, usize),
    /// The settings of a relationship.
    Setting(usize, usize),
    Job(Uuid),
    /// The host and its service.
    HostedService,
    /// The service and its settings.
    ServiceSettings,
    /// A virtual machine and a relationship of it.
    SystemRelationship(usize, usize),
    /// A virtual machine and its settings.
    VmSettings(usize),
    /// A relationship and its settings.
    RelationshipSettings(usize, usize),
    /// A virtual machine and a recovery point of it.
    Snapshot(usize, Uuid),
    /// The settings of a virtual machine and those of a network adapter of it.
    Component(usize, Uuid),
    /// A network adapter and what it gets at failover.
    FailoverComponent(usize, Uuid),
    /// A replica and a test replica of it.
    TestReplica(usize, usize),
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
            Self::Authorization(_) => AUTHORIZATION,
            Self::Host | Self::Vm(_) => COMPUTER_SYSTEM,
            Self::Provider => PROVIDER,
            Self::VmSetting(_) | Self::Point(..) => VM_SETTING,
            Self::Adapter(..) => ADAPTER,
            Self::FailoverSetting(..) => FAILOVER_SETTING,
            Self::Relationship(..) => RELATIONSHIP,
            Self::Setting(..) => REPLICATION_SETTING,
            Self::Job(_) => JOB,
            Self::HostedService => HOSTED_SERVICE,
            Self::ServiceSettings => FURTHER_SETTINGS,
            Self::SystemRelationship(..) => SYSTEM_RELATIONSHIP,
            Self::VmSettings(_) | Self::RelationshipSettings(..) => SETTINGS,
            Self::Snapshot(..) => SNAPSHOT,
            Self::Component(..) => COMPONENT,
            Self::FailoverComponent(..) => FAILOVER_COMPONENT,
            Self::TestReplica(..) => TEST_REPLICA,
            Self::AffectedElement(..) => AFFECTED_ELEMENT,
            Self::OwningElement(_) => OWNING_ELEMENT,
        }
    }

    /// What an association refers to, by the names of its references; nothing for an instance of another kind.
    pub(in crate::sim) const fn ends(self) -> Option<[(&'static str, Self); 2]> {
        Some(match self {
            Self::HostedService => [("Antecedent", Self::Host), ("Dependent", Self::Service)],
            Self::ServiceSettings => {
                [("ManagedElement", Self::Service), ("SettingData", Self::ServiceSetting)]
            }
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
            Self::Snapshot(vm, point) => {
                [("Antecedent", Self::Vm(vm)), ("Dependent", Self::Point(vm, point))]
            }
            Self::Component(vm, adapter) => [
                ("GroupComponent", Self::VmSetting(vm)),
                ("PartComponent", Self::Adapter(vm, adapter)),
            ],
            Self::FailoverComponent(vm, adapter) => [
                ("GroupComponent", Self::Adapter(vm, adapter)),
                ("PartComponent", Self::FailoverSetting(vm, adapter)),
            ],
            Self::TestReplica(replica, test) => {
                [("Antecedent", Self::Vm(replica)), ("Dependent", Self::Vm(test))]
            }
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
        let adapters = |make: fn(usize, Uuid) -> Row| {
            self.vms
                .iter()
                .enumerate()
                .flat_map(move |(vm, of)| of.adapters.iter().map(move |it| make(vm, it.id)))
        };
        let points = |make: fn(usize, Uuid) -> Row| {
            self.vms
                .iter()
                .enumerate()
                .flat_map(move |(vm, of)| of.points.iter().map(move |it| make(vm, it.id)))
        };
        let jobs = self.jobs.iter().filter(|job| job.is_visible());
        match class {
            SERVICE => Box::new([Row::Service].into_iter()),
            SERVICE_SETTING => Box::new([Row::ServiceSetting].into_iter()),
            AUTHORIZATION => {
                Box::new(self.authorizations.iter().map(|entry| Row::Authorization(entry.id)))
            }
            FURTHER_SETTINGS => Box::new([Row::ServiceSettings].into_iter()),
            COMPUTER_SYSTEM => Box::new([Row::Host].into_iter().chain(vms.map(Row::Vm))),
            RELATIONSHIP => Box::new(relationships(Row::Relationship)),
            REPLICATION_SETTING => Box::new(relationships(Row::Setting)),
            VM_SETTING => Box::new(vms.map(Row::VmSetting).chain(points(Row::Point))),
            PROVIDER => Box::new([Row::Provider].into_iter()),
            ADAPTER => Box::new(adapters(Row::Adapter)),
            FAILOVER_SETTING => Box::new(adapters(Row::FailoverSetting)),
            SNAPSHOT => Box::new(points(Row::Snapshot)),
            COMPONENT => Box::new(adapters(Row::Component)),
            FAILOVER_COMPONENT => Box::new(adapters(Row::FailoverComponent)),
            TEST_REPLICA => Box::new(self.vms.iter().enumerate().filter_map(|(test, vm)| {
                let replica = self.vms.iter().position(|replica| Some(replica.id) == vm.test_of)?;
                Some(Row::TestReplica(replica, test))
            })),
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
