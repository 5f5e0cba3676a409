//! The instances of the simulated host: what its classes hold at a moment.

mod row;
mod values;

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{
    change::{Change, Place},
    inventory::{Authorization, Inventory, Relationship, ReplicaServer, Vm},
    job::{Job, Stage},
};
use crate::{
    cim::{
        Instance, Value,
        class::{Property, Schema},
    },
    mof,
    wsman::{Resource, ResourceUri, Selector, SelectorSet},
};

pub(super) use row::Row;
pub(super) use values::{failover_id, relationship_id, texts};

/// The only WMI namespace of the host that has classes.
pub(super) const NAMESPACE: &str = "root/virtualization/v2";

/// 1601-01-01, by which Windows means "never".
pub(super) const NEVER: Timestamp = Timestamp::constant(-11_644_473_600, 0);

/// The state of the host.
pub(super) struct Repository {
    computer: String,
    caption: String,
    started: Timestamp,
    /// The present time: that of the last [`advance`](Self::advance).
    now: Timestamp,
    pub(super) vms: Vec<Vm>,
    pub(super) jobs: Vec<Job>,
    pub(super) server: ReplicaServer,
    pub(super) authorizations: Vec<Authorization>,
    /// What the schema says of each class that has instances, as it is wanted for each of them.
    classes: BTreeMap<&'static str, Facts>,
}

struct Facts {
    /// In alphabetical order, as hosts write them.
    properties: Vec<&'static Property>,
    keys: Vec<&'static str>,
}

impl Repository {
    pub(super) fn new(inventory: Inventory, started: Timestamp) -> Self {
        let before = |age: Duration| started.saturating_sub(age).unwrap_or(Timestamp::MIN);
        let ago = |minutes: u64| before(Duration::from_secs(60 * minutes));
        let mut vms = inventory.vms;
        for point in vms.iter_mut().flat_map(|vm| &mut vm.points) {
            point.time = before(point.age);
        }
        for relationship in vms.iter_mut().flat_map(|vm| &mut vm.relationships) {
            relationship.last = match relationship.state {
                0..=2 => NEVER,
                3 => ago(2),
                _ => ago(180),
            };
        }
        let classes = row::CLASSES.map(|class| {
            let mut properties = schema().properties(class);
            properties.sort_by_cached_key(|property| property.name.to_ascii_lowercase());
            (class, Facts { properties, keys: schema().keys(class) })
        });
        Self {
            computer: inventory.computer,
            caption: inventory.caption,
            started,
            now: started,
            server: ReplicaServer::new(vms.iter().any(|vm| vm.mode == 2)),
            vms,
            jobs: Vec::new(),
            authorizations: inventory.authorizations,
            classes: BTreeMap::from(classes),
        }
    }

    /// The host's `NetBIOS` name.
    pub(super) fn computer(&self) -> &str {
        &self.computer
    }

    /// Lets happen what has happened since: jobs begin, end and are removed.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.now = now;
        let mut due = Vec::new();
        for job in &mut self.jobs {
            let stage = job.stage_at(now);
            if stage == job.stage {
                continue;
            }
            // A job that is over before anybody looks has been running all the same.
            if job.stage == Stage::Waiting {
                due.push((job.plan.running.clone(), job.start));
            }
            job.stage = stage;
            due.push(match stage {
                Stage::Waiting | Stage::Running => continue,
                Stage::Ended if job.end.is_success() => (job.plan.success.clone(), job.ended_at()),
                Stage::Ended => (job.plan.failure.clone(), job.ended_at()),
            });
        }
        self.jobs.retain(|job| job.is_kept(now));
        for (changes, at) in due {
            self.apply(changes, at);
        }
    }

    /// Makes changes.
    pub(super) fn apply(&mut self, changes: Vec<Change>, at: Timestamp) {
        for change in changes {
            match change {
                Change::State(place, state) => self.relate(place, |it| it.state = state),
                Change::Health(place, health) => self.relate(place, |it| it.health = health),
                Change::Replicated(place) => self.relate(place, |it| it.last = at),
                Change::Running { vm, running } => {
                    if let Some(vm) = self.vms.get_mut(vm) {
                        vm.running = running;
                    }
                }
                Change::Server(server) => self.server = server,
                Change::Authorization(entry) => {
                    match self.authorizations.iter_mut().find(|known| known.id == entry.id) {
                        Some(known) => *known = entry,
                        None => self.authorizations.push(entry),
                    }
                }
                Change::Failover { vm, adapter, settings } => {
                    let vm = self.vms.get_mut(vm);
                    let mut adapters = vm.into_iter().flat_map(|vm| &mut vm.adapters);
                    if let Some(adapter) = adapters.find(|it| it.id == adapter) {
                        adapter.failover = settings;
                    }
                }
                Change::NoAuthorization(id) => self.authorizations.retain(|known| known.id != id),
                Change::AuthorizedBy { vm, authorization } => {
                    if let Some(vm) = self.vms.get_mut(vm) {
                        vm.authorized_by = Some(authorization);
                    }
                }
            }
        }
    }

    pub(super) fn relationship(&self, place: Place) -> Option<&Relationship> {
        self.vms.get(place.vm)?.relationships.get(place.relationship)
    }

    fn relate(&mut self, place: Place, change: impl FnOnce(&mut Relationship)) {
        let vm = self.vms.get_mut(place.vm);
        if let Some(relationship) = vm.and_then(|vm| vm.relationships.get_mut(place.relationship)) {
            change(relationship);
        }
    }

    /// The key of an instance, in alphabetical order; nothing when it is gone.
    pub(super) fn resource(&self, row: Row) -> Option<Resource> {
        let mut selectors = SelectorSet::new();
        for key in &self.classes.get(row.class())?.keys {
            let value = match self.property(row, key)? {
                // What has no key cannot be referred to: its reference lacks the selectors, and identifies nothing.
                Value::Null => continue,
                Value::Reference(resource) => Selector::Reference(resource),
                value => Selector::Text(value.to_string()),
            };
            selectors.insert(key, value);
        }
        Some(Resource { uri: ResourceUri::wmi(NAMESPACE, row.class()), selectors })
    }

    /// The instance; nothing when it is gone. A NULL array is left out, as hosts do.
    pub(super) fn instance(&self, row: Row) -> Option<Instance> {
        let mut instance = Instance::new(ResourceUri::wmi(NAMESPACE, row.class()));
        for property in &self.classes.get(row.class())?.properties {
            let value = self.property(row, &property.name)?;
            if !(property.array && value == Value::Null) {
                instance.properties.push((property.name.clone(), value));
            }
        }
        Some(instance)
    }

    /// A client has been shown an instance.
    pub(super) fn seen(&mut self, row: Row) {
        if let Row::Job(id) = row {
            for job in self.jobs.iter_mut().filter(|job| job.id == id) {
                job.seen = true;
            }
        }
    }
}

pub(super) fn schema() -> &'static Schema {
    mof::schema()
}
