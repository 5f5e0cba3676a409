"""What the host of these tests holds: virtual machines, their replication, and jobs that run by the clock."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from made_up import made_up_instances
from schema import Instance, Interval, is_a

NEVER = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass
class Vm:
    """A virtual machine; `extended_state` is the state of its extended relationship, if it has one.

    `settings` are those of its replication that were changed by a method.
    """

    name: str
    mode: int = 0
    state: int = 0
    enabled: int = 2
    health: int = 1
    extended_state: int | None = None
    primary_host: str | None = None
    guid: str = field(default_factory=lambda: str(uuid.uuid4()).upper())
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass
class JobScript:
    """How the host answers the next Resynchronize, and what becomes of its job.

    `vanish_after` counts seconds from the start; `state_after` is the replication state of the VM at the end.
    """

    seconds: float = 0.4
    return_value: int = 4096
    end_state: int = 7
    error_code: int = 0
    error_description: str = ""
    job_class: str = "Msvm_ConcreteJob"
    vanish_after: float | None = None
    state_after: int | None = None


@dataclass
class Job:
    """A job that runs by the clock."""

    vm: Vm
    script: JobScript
    extended: bool
    started: float = field(default_factory=time.monotonic)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    guid: str = field(default_factory=lambda: str(uuid.uuid4()).upper())
    settled: bool = False

    @property
    def elapsed(self) -> float:
        return min(time.monotonic() - self.started, self.script.seconds)

    @property
    def over(self) -> bool:
        return self.elapsed >= self.script.seconds

    @property
    def gone(self) -> bool:
        limit = self.script.vanish_after
        return limit is not None and time.monotonic() - self.started >= limit

    @property
    def state(self) -> int:
        return self.script.end_state if self.over else 4


class Inventory:
    """The virtual machines and jobs of one host. Every method may be called from several threads."""

    def __init__(self, computer: str, vms: list[Vm]) -> None:
        self.computer = computer
        self.vms = vms
        self.jobs: list[Job] = []
        self.scheduled: list[tuple[Vm, datetime]] = []
        self.script = JobScript()
        self.hides_vms = False
        self.extra = made_up_instances(self._host(japanese=False).reference())
        self._lock = threading.RLock()

    def vm(self, wanted: str) -> Vm:
        """The first VM with this name."""
        return next(vm for vm in self.vms if vm.name == wanted)

    def instances(self, class_name: str, japanese: bool = False) -> list[Instance]:
        """Every instance of a class and of the classes that come from it, or of all classes for `*`."""
        with self._lock:
            self._settle()
            vms = [] if self.hides_vms else self.vms
            host, service = self._host(japanese), self._service()
            all_instances = [host, service, _associate("Msvm_HostedService", Antecedent=host, Dependent=service)]
            for vm in vms:
                all_instances += _of_vm(vm, _computer_system(vm, japanese), service)
            for job in self.jobs:
                if not job.gone:
                    target = _computer_system(job.vm, japanese)
                    all_instances += [_job(job), _affected(target, _job(job))]
            all_instances += self.extra
            return [
                instance for instance in all_instances if class_name == "*" or is_a(instance.class_name, class_name)
            ]

    def find_vm(self, guid: str) -> Vm | None:
        return next((vm for vm in self.vms if vm.guid.lower() == guid.lower()), None)

    def resynchronize(self, vm: Vm, start: datetime | None) -> tuple[int, Job | None]:
        """Runs the method: its return value and its job."""
        with self._lock:
            self._settle()
            if self.script.return_value not in (0, 4096):
                return self.script.return_value, None
            extended = vm.mode == 2
            if vm.mode not in (1, 2) or (extended and vm.extended_state is None):
                return 32775, None
            if any(job.vm is vm and not job.over for job in self.jobs):
                return 32775, None
            job = Job(vm, self.script, extended)
            if start is not None and start > datetime.now(UTC):
                self.scheduled.append((vm, start))
                job.script = replace(job.script, seconds=0, state_after=vm.extended_state if extended else vm.state)
            else:
                _set_state(job, 10)
            if self.script.return_value == 0:
                job.script = replace(job.script, seconds=0)
            self.jobs.append(job)
            self._settle()
            if self.script.return_value == 0:
                self.jobs.remove(job)
                return 0, None
            return 4096, job

    def _settle(self) -> None:
        for job in self.jobs:
            if (job.over or job.gone) and not job.settled:
                job.settled = True
                good = job.script.end_state in (7, 32768)
                _set_state(job, job.script.state_after if job.script.state_after is not None else 3 if good else 9)

    def _host(self, japanese: bool) -> Instance:
        host = _computer_system(Vm(self.computer, guid=self.computer), japanese)
        unset = dict.fromkeys(
            [
                "ReplicationHealth",
                "ReplicationMode",
                "ReplicationState",
                "ProcessID",
                "OnTimeInMilliseconds",
                "InstallDate",
                "LastReplicationTime",
                "LastApplicationConsistentReplicationTime",
                "LastReplicationType",
                "FailedOverReplicationType",
                "EnhancedSessionModeState",
            ]
        )
        caption = "ホスト コンピューター システム" if japanese else "Hosting Computer System"
        return Instance(host.class_name, {**host.properties, **unset, "Caption": caption, "Description": caption})

    def _service(self) -> Instance:
        return Instance(
            "Msvm_ReplicationService",
            {
                "Caption": "Hyper-V Replica Service",
                "CreationClassName": "Msvm_ReplicationService",
                "Description": "Hyper-V Replica Service",
                "ElementName": "Hyper-V Replica Service",
                "EnabledState": 2,
                "HealthState": 5,
                "InstallDate": None,
                "InstanceID": None,
                "Name": "replicasvc",
                "OperationalStatus": [2],
                "RequestedState": 12,
                "Started": True,
                "StatusDescriptions": ["OK"],
                "SystemCreationClassName": "Msvm_ComputerSystem",
                "SystemName": self.computer,
            },
        )


def _associate(class_name: str, **ends: Instance) -> Instance:
    return Instance(class_name, {end: instance.reference() for end, instance in ends.items()})


def _affected(target: Instance, job: Instance) -> Instance:
    association = _associate("Msvm_AffectedJobElement", AffectedElement=target, AffectingElement=job)
    return Instance(association.class_name, {**association.properties, "ElementEffects": [0]})


def _of_vm(vm: Vm, system: Instance, service: Instance) -> list[Instance]:
    """A VM with its relationships, their settings, and what connects them."""
    found = [system, _associate("Msvm_ServiceAffectsElement", AffectedElement=system, AffectingElement=service)]
    for number in _relationships(vm):
        relationship, settings = _relationship(vm, number), _settings(vm, number)
        found += [
            relationship,
            settings,
            _associate("Msvm_SystemReplicationRelationship", Antecedent=system, Dependent=relationship),
            _associate("Msvm_SettingsDefineState", ManagedElement=relationship, SettingData=settings),
        ]
    return found


def _set_state(job: Job, state: int) -> None:
    if job.extended:
        job.vm.extended_state = state
    else:
        job.vm.state = state
        job.vm.health = 1 if state in (3, 10) else 3


def _relationships(vm: Vm) -> list[int]:
    return [] if vm.mode == 0 else [0] if vm.extended_state is None else [0, 1]


def _relationship(vm: Vm, number: int) -> Instance:
    return Instance(
        "Msvm_ReplicationRelationship",
        {
            "Caption": "Replication Relationship",
            "FailedOverReplicationType": 0,
            "InstanceID": f"Microsoft:{vm.guid}\\HVR\\{number}",
            "LastApplicationConsistentReplicationTime": NEVER,
            "LastApplyTime": NEVER,
            "LastReplicationTime": datetime(2026, 10, 8, 9, 0, 0, 250000, UTC),
            "LastReplicationType": 1,
            "ReplicationHealth": vm.health,
            "ReplicationState": vm.extended_state if number else vm.state,
        },
    )


def _settings(vm: Vm, number: int) -> Instance:
    return Instance(
        "Msvm_ReplicationSettingData",
        {
            "AuthenticationType": 1,
            "AutoResynchronizeEnabled": False,
            "AutoResynchronizeIntervalEnd": Interval(6 * 3600),
            "AutoResynchronizeIntervalStart": Interval(18.5 * 3600),
            "CompressionEnabled": True,
            "ElementName": vm.name,
            "IncludedDisks": [],
            "InstanceID": f"Microsoft:{vm.guid}\\HVR\\{number}",
            "PrimaryConnectionPoint": vm.primary_host,
            "PrimaryHostSystem": vm.primary_host,
            "RecoveryConnectionPoint": "hv-replica.example.com",
            "RecoveryHostSystem": "hv-replica.example.com",
            "RecoveryServerPortNumber": 80,
            "ReplicationInterval": 300,
            "ReplicationProvider": None,
            "VirtualSystemIdentifier": vm.guid,
            "VirtualSystemType": "Microsoft:Hyper-V:Replica",
            **vm.settings,
        },
    )


def _computer_system(vm: Vm, japanese: bool) -> Instance:
    running = vm.enabled == 2
    return Instance(
        "Msvm_ComputerSystem",
        {
            "Caption": "仮想マシン" if japanese else "Virtual Machine",
            "CommunicationStatus": None,
            "CreationClassName": "Msvm_ComputerSystem",
            "Description": "Microsoft Virtual Machine",
            "DetailedStatus": None,
            "ElementName": vm.name,
            "EnabledDefault": 2,
            "EnabledState": vm.enabled,
            "EnhancedSessionModeState": 6,
            "FailedOverReplicationType": 0,
            "HealthState": 5,
            "HwThreadsPerCoreRealized": None,
            "InstallDate": datetime(2025, 12, 17, 9, 55, 22, 702341, UTC) if running else None,
            "InstanceID": None,
            "LastApplicationConsistentReplicationTime": NEVER,
            "LastReplicationTime": NEVER,
            "LastReplicationType": 0,
            "LastSuccessfulBackupTime": None,
            "Name": vm.guid,
            "NameFormat": None,
            "NumberOfNumaNodes": 1,
            "OnTimeInMilliseconds": 6138293824 if running else None,
            "OperatingStatus": None,
            "OperationalStatus": [2],
            "OtherEnabledState": None,
            "PrimaryOwnerContact": None,
            "PrimaryOwnerName": None,
            "PrimaryStatus": None,
            "ProcessID": 8748 if running else None,
            "ReplicationHealth": vm.health,
            "ReplicationMode": vm.mode,
            "ReplicationState": vm.state,
            "RequestedState": 5,
            "ResetCapability": 1,
            "Status": "OK",
            "StatusDescriptions": ["正常稼働中" if japanese else "Operating normally"],
            "TimeOfLastConfigurationChange": datetime(2026, 7, 29, 14, 11, 0, 26037, UTC),
            "TimeOfLastStateChange": datetime(2026, 7, 29, 14, 11, 0, 0, UTC),
            "TransitioningToState": None,
        },
    )


def _job(job: Job) -> Instance:
    failed = job.over and job.state == 10
    texts = {
        4: "Job is running",
        7: "Job has completed",
        8: "Job was terminated",
        10: "Job failed",
        32768: "Job completed with warnings",
    }
    return Instance(
        job.script.job_class,
        {
            "Cancellable": True,
            "Caption": "Resynchronizing",
            "Child": None,
            "CommunicationStatus": None,
            "DeleteOnCompletion": False,
            "Description": "Resynchronizing",
            "DetailedStatus": None,
            "ElapsedTime": Interval(job.elapsed),
            "ElementName": "Resynchronizing",
            "ErrorCode": job.script.error_code if job.over else 0,
            "ErrorDescription": job.script.error_description if job.over else "",
            "ErrorSummaryDescription": job.script.error_description if failed else "",
            "HealthState": 25 if failed else 5,
            "InstallDate": NEVER,
            "InstanceID": job.guid,
            "JobCompletionStatusCode": 0,
            "JobRunTimes": 1,
            "JobState": job.state,
            "JobStatus": texts.get(job.state, "Job state"),
            "JobType": 121 if job.extended else 107,
            "LocalOrUtcTime": 2,
            "Name": "Resynchronizing",
            "Notify": "",
            "OperatingStatus": None,
            "OperationalStatus": [17, 2] if job.over else [2],
            "OtherRecoveryAction": "",
            "Owner": "EXAMPLE\\peer",
            "Parent": None,
            "PercentComplete": _percent(job),
            "PrimaryStatus": None,
            "Priority": 0,
            "RecoveryAction": 2,
            "RunDay": None,
            "RunDayOfWeek": None,
            "RunMonth": None,
            "RunStartInterval": None,
            "ScheduledStartTime": job.started_at,
            "StartTime": job.started_at,
            "Status": "OK",
            "StatusDescriptions": [texts.get(job.state, "Job state")],
            "TimeBeforeRemoval": Interval(300),
            "TimeOfLastStateChange": job.started_at,
            "TimeSubmitted": job.started_at,
            "UntilTime": None,
        },
    )


def _percent(job: Job) -> int:
    if job.over:
        return 100 if job.state in (7, 32768) else 42
    return int(99 * job.elapsed / job.script.seconds)


def peer_inventory() -> Inventory:
    """The machines of the tests; the names hold every character that quoting may get wrong."""
    return Inventory(
        "HV-PEER",
        [
            Vm("web01", mode=1, state=9, health=3),
            Vm("db01", mode=1, state=3),
            Vm("O'Brien's \"test\" VM", mode=1, state=9, health=3),
            Vm("R&D <prod>", mode=1, state=9, health=2),
            Vm("back\\slash\\", mode=1, state=9, health=3),
            Vm("Bücher Größe Ж 日本", mode=1, state=9, health=3),
            Vm("100%_of[it]", mode=1, state=9, health=3),
            Vm(" padded ", mode=1, state=9, health=3),
            Vm("twin", mode=1, state=9, health=3),
            Vm("twin", mode=1, state=3),
            Vm("copy01", mode=2, state=3, enabled=3, primary_host="hv-primary.example.com"),
            Vm("chain01", mode=2, state=3, enabled=3, extended_state=9, primary_host="hv-primary.example.com"),
            Vm("plain01", enabled=3, health=0),
            Vm("odd42", mode=1, state=42, health=0),
        ],
    )
