//! What is on the simulated host.

mod network;
mod point;
mod server;

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::repository::NEVER;

pub(super) use network::{Adapter, FailoverSettings};
pub(super) use point::Point;
pub use point::PointKind;
pub(super) use server::{Authorization, ReplicaServer};

/// A host and its virtual machines, as they are when the simulation begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    pub(super) computer: String,
    pub(super) caption: String,
    pub(super) vms: Vec<Vm>,
    pub(super) authorizations: Vec<Authorization>,
}

/// A virtual machine.
///
/// States, healths and modes are the numbers of the classes `Msvm_ComputerSystem` and `Msvm_ReplicationRelationship`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vm {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) running: bool,
    /// `ReplicationMode`: 0 none, 1 primary, 2 replica, 3 test replica, 4 extended replica.
    pub(super) mode: u16,
    /// The relationships: the primary one first, then the extended one.
    pub(super) relationships: Vec<Relationship>,
    /// The authorization entry that a replica was told to use.
    pub(super) authorized_by: Option<Uuid>,
    /// Its recovery points, in the order in which they were made.
    pub(super) points: Vec<Point>,
    pub(super) adapters: Vec<Adapter>,
    /// The replica that it is a test replica of.
    pub(super) test_of: Option<Uuid>,
}

/// Where the changes of a virtual machine go, and how that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship {
    pub(super) primary_host: String,
    pub(super) recovery_host: String,
    /// `ReplicationState`
    pub(super) state: u16,
    /// `ReplicationHealth`: 0 not applicable, 1 ok, 2 warning, 3 critical.
    pub(super) health: u16,
    /// When a replica was sent last; the simulation sets it.
    pub(super) last: Timestamp,
}

impl Inventory {
    /// A host without virtual machines, by its `NetBIOS` name.
    #[must_use]
    pub fn new(computer: &str) -> Self {
        Self {
            computer: computer.to_owned(),
            caption: "Hosting Computer System".to_owned(),
            vms: Vec::new(),
            authorizations: Vec::new(),
        }
    }

    /// Sets the host's own `Caption`, which a host writes in its language.
    #[must_use]
    pub fn caption(mut self, caption: &str) -> Self {
        caption.clone_into(&mut self.caption);
        self
    }

    /// The host's `NetBIOS` name.
    #[must_use]
    pub fn computer(&self) -> &str {
        &self.computer
    }

    /// Adds a virtual machine.
    #[must_use]
    pub fn vm(mut self, vm: Vm) -> Self {
        self.vms.push(vm);
        self
    }

    /// Lets a primary server replicate to the host, or those that a wildcard means: the directory is for the replicas
    /// that come from there, and servers of one trust group may stand in for each other.
    #[must_use]
    pub fn authorization(mut self, primary: &str, trust_group: &str, storage: &str) -> Self {
        self.authorizations.push(Authorization {
            id: made(0x4155_5448, self.authorizations.len()),
            primary: primary.to_owned(),
            trust_group: trust_group.to_owned(),
            storage: storage.to_owned(),
        });
        self
    }

    /// Six virtual machines of the kinds that a host of a small company has; `web01` needs resynchronization.
    #[must_use]
    pub fn sample() -> Self {
        const HERE: &str = "hv01.example.com";
        const THERE: &str = "hv02.example.com";
        let vm = |number, name| Vm::new(numbered(number), name).adapter("Network Adapter");
        let replicating = || Relationship::new(HERE, THERE);
        Self::new("HV01")
            .vm(vm(1, "web01").primary(replicating().state(9).health(3)))
            .vm(vm(2, "sql01").primary(replicating()))
            .vm((0..4).rev().fold(
                vm(3, "dc02").replica(Relationship::new(THERE, HERE)).off(),
                |dc02, hours| {
                    let kind = match hours {
                        2 => PointKind::ApplicationConsistent,
                        _ => PointKind::Standard,
                    };
                    dc02.point(kind, Duration::from_secs(120 + 3600 * hours))
                },
            ))
            .vm(vm(4, "files01").primary(replicating().health(2)))
            .vm(vm(5, "legacy"))
            .vm(vm(6, "O'Brien & <Söhne>").primary(replicating()))
            .authorization(THERE, "EXAMPLE", r"D:\Replicas")
            .authorization("*.branch.example.com", "BRANCHES", r"D:\Replicas\Branches")
    }

    /// As many virtual machines as asked for, named `vm-0001` and so on, always the same for a number.
    ///
    /// Every third, `vm-0001` first, needs resynchronization. Of the others some replicate and some are replicas,
    /// critical or suspended, and some do not replicate.
    #[must_use]
    pub fn with_vms(count: u32) -> Self {
        const HERE: &str = "hv01.example.com";
        const THERE: &str = "hv02.example.com";
        let vm = |number: u32| {
            let vm = Vm::new(numbered(number), &format!("vm-{number:04}"));
            let replicating = Relationship::new(HERE, THERE);
            match number % 12 {
                1 | 4 | 7 | 10 => vm.primary(replicating.state(9).health(3)),
                2 => vm.replica(Relationship::new(THERE, HERE)).off(),
                3 => vm.primary(replicating.health(2)),
                5 => vm,
                6 => vm.primary(replicating.state(8).health(3)),
                8 => vm.off(),
                9 => vm.primary(replicating.state(7).health(2)),
                _ => vm.primary(replicating),
            }
        };
        (1..=count).map(vm).fold(Self::new("HV01"), Self::vm)
    }
}

impl Vm {
    /// A running virtual machine that does not replicate, by its identifier and the name that people use, which need
    /// not be unique.
    #[must_use]
    pub fn new(id: Uuid, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            running: true,
            mode: 0,
            relationships: Vec::new(),
            authorized_by: None,
            points: Vec::new(),
            adapters: Vec::new(),
            test_of: None,
        }
    }

    /// It is switched off.
    #[must_use]
    pub fn off(mut self) -> Self {
        self.running = false;
        self
    }

    /// It is the primary of this relationship.
    #[must_use]
    pub fn primary(self, relationship: Relationship) -> Self {
        Self { mode: 1, relationships: vec![relationship], ..self }
    }

    /// It is the replica of this relationship.
    #[must_use]
    pub fn replica(self, relationship: Relationship) -> Self {
        Self { mode: 2, relationships: vec![relationship], ..self }
    }

    /// It is the replica of the first relationship and replicates on by the second.
    #[must_use]
    pub fn extended(self, relationship: Relationship, extended: Relationship) -> Self {
        Self { mode: 2, relationships: vec![relationship, extended], ..self }
    }

    /// It is a test replica of another virtual machine.
    #[must_use]
    pub fn test_replica(self, of: Uuid) -> Self {
        Self { mode: 3, test_of: Some(of), ..self }
    }

    /// It has a recovery point that was made this long before the simulation begins. Points are added in the order in
    /// which they were made.
    #[must_use]
    pub fn point(mut self, kind: PointKind, age: Duration) -> Self {
        let id = part(self.id, 0x5052, self.points.len());
        self.points.push(Point { id, kind, age, time: NEVER });
        self
    }

    /// It has a synthetic network adapter, whose guest gets its address by DHCP after a failover.
    #[must_use]
    pub fn adapter(mut self, name: &str) -> Self {
        let number = self.adapters.len();
        self.adapters.push(Adapter {
            id: part(self.id, 0x4E49, number),
            name: name.to_owned(),
            mac: format!("00155D{:04X}{number:02X}", self.id.as_u128() & 0xFFFF),
            failover: FailoverSettings { protocol: 4096, dhcp: true, ..Default::default() },
        });
        self
    }

    /// Whether this host is the primary one in a relationship: that of a primary, or the extended one of a replica.
    pub(super) fn is_primary_in(&self, relationship: usize) -> bool {
        matches!((self.mode, relationship), (1, 0) | (2, 1))
    }

    /// `Name` of the virtual machine: its identifier as Windows writes it.
    pub(super) fn guid(&self) -> String {
        guid(self.id)
    }
}

impl Relationship {
    /// A relationship that replicates well, by the DNS names of its hosts.
    #[must_use]
    pub fn new(primary_host: &str, recovery_host: &str) -> Self {
        Self {
            primary_host: primary_host.to_owned(),
            recovery_host: recovery_host.to_owned(),
            state: 3,
            health: 1,
            last: NEVER,
        }
    }

    /// Sets `ReplicationState`, such as 9 for one that needs resynchronization.
    #[must_use]
    pub fn state(mut self, state: u16) -> Self {
        self.state = state;
        self
    }

    /// Sets `ReplicationHealth`.
    #[must_use]
    pub fn health(mut self, health: u16) -> Self {
        self.health = health;
        self
    }
}

/// A GUID as Windows writes it: upper case, no braces.
pub(super) fn guid(id: Uuid) -> String {
    id.as_hyphenated().to_string().to_ascii_uppercase()
}

/// The GUID of a virtual machine that anyone can recompute.
fn numbered(number: u32) -> Uuid {
    made(0x5649_5254, usize::try_from(number).unwrap_or_default())
}

/// A GUID that anyone can recompute, for one of many things of a kind.
fn made(kind: u32, number: usize) -> Uuid {
    let number = u128::try_from(number).unwrap_or_default();
    Uuid::from_u128((u128::from(kind) << 96) | 0x4000_8000_0000_0000_0000 | number)
}

/// A GUID that anyone can recompute, for one of the parts of a kind that a virtual machine has.
fn part(vm: Uuid, kind: u16, number: usize) -> Uuid {
    let number = u128::try_from(number).unwrap_or_default() & 0xFFFF;
    Uuid::from_u128(vm.as_u128() ^ (u128::from(kind) << 96) ^ (number << 80))
}
