"""What the host knows of its classes: parents, keys, properties and methods.

A kind is a CIM type (`uint64`, `datetime`), `ref CLASS` for a reference or `instance CLASS` for an embedded instance;
`[]` behind it makes an array.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from soap import Reference

PREFIX = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
NAMESPACE, MADE_UP = "root/virtualization/v2", "root/test"
URI = PREFIX + NAMESPACE + "/"


@dataclass(frozen=True)
class Interval:
    """A CIM interval, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Raw:
    """An element that stands as it is in a property, for values that no class allows."""

    xml: str


@dataclass(frozen=True)
class Method:
    """A method and its parameters in MOF order: name, kind and whether they go `in`, `out` or `inout`."""

    name: str
    parameters: tuple[tuple[str, str, str], ...]

    def inputs(self) -> list[tuple[str, str]]:
        return [(key, kind) for key, kind, way in self.parameters if way != "out"]

    def outputs(self) -> list[str]:
        return [key for key, _, way in self.parameters if way != "in"]


@dataclass(frozen=True)
class Class:
    """A class; `ends` are the references of an association, `writable` allows Put, Create and Delete."""

    name: str
    parent: str | None = None
    keys: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    methods: tuple[Method, ...] = ()
    namespace: str = NAMESPACE
    writable: bool = False

    @property
    def uri(self) -> str:
        return PREFIX + self.namespace + "/" + self.name


def _method(name: str, *parameters: str) -> Method:
    """A method whose parameters are written as `in uint16 Name`."""
    split = [parameter.split() for parameter in parameters]
    return Method(name, tuple((parts[-1], " ".join(parts[1:-1]), parts[0]) for parts in split))


VM, JOB = "in ref CIM_ComputerSystem ComputerSystem", "out ref CIM_ConcreteJob Job"
SERVICE_KEYS = ("SystemCreationClassName", "SystemName", "CreationClassName", "Name")

REPLICATION_METHODS = (
    _method("Resynchronize", VM, "in datetime StartTime", JOB),
    _method(
        "StartReplication",
        VM,
        "in uint16 InitialReplicationType",
        "in string InitialReplicationExportLocation",
        "in datetime StartTime",
        JOB,
    ),
    _method(
        "TestReplicationConnection",
        "in string RecoveryConnectionPoint",
        "in uint16 RecoveryServerPortNumber",
        "in uint16 AuthenticationType",
        "in string CertificateThumbPrint",
        "in boolean BypassProxyServer",
        JOB,
    ),
    _method("ModifyReplicationSettings", VM, "in instance Msvm_ReplicationSettingData ReplicationSettingData", JOB),
    _method(
        "SetFailoverNetworkAdapterSettings",
        VM,
        "in instance Msvm_FailoverNetworkAdapterSettingData[] NetworkSettings",
        JOB,
    ),
    _method("GetSystemCertificates", "out string[] EncodedCertificates"),
    _method("RequestStateChange", "in uint16 RequestedState", JOB, "in datetime TimeoutPeriod"),
)

# The texts of errors are in the properties of a job; more than those no job here has.
JOB_METHODS = (_method("GetErrorEx", "out string[] Errors"),)

# The keys of the class come first, and then one property of each kind; Echo has them as parameters.
EVERYTHING = {
    "Boolean": "boolean",
    "Uint8": "uint8",
    "Uint16": "uint16",
    "Uint32": "uint32",
    "Uint64": "uint64",
    "Sint8": "sint8",
    "Sint16": "sint16",
    "Sint32": "sint32",
    "Sint64": "sint64",
    "Real32": "real32",
    "Real64": "real64",
    "Char16": "char16",
    "String": "string",
    "Timestamp": "datetime",
    "Interval": "datetime",
    "Reference": "ref CIM_ManagedElement",
    "Embedded": "instance Test_Thing",
    "Octets": "uint8[]",
    "Booleans": "boolean[]",
    "Uint64s": "uint64[]",
    "Reals": "real64[]",
    "Strings": "string[]",
    "Datetimes": "datetime[]",
    "References": "ref CIM_ManagedElement[]",
    "Embeddeds": "instance Test_Thing[]",
    "Nothing": "string",
}
THING = {
    "Name": "string",
    "Number": "uint8",
    "Enabled": "boolean",
    "Letter": "char16",
    "Note": "string",
    "Partner": "ref CIM_ManagedElement",
    "Ratio": "real64",
    "Size": "uint64",
    "Tags": "string[]",
    "When": "datetime",
}
SETTINGS = {
    "AdditionalSettings": "string",
    "ApplicationConsistentSnapshotInterval": "uint16",
    "AuthenticationType": "uint16",
    "AutoResynchronizeEnabled": "boolean",
    "AutoResynchronizeIntervalEnd": "datetime",
    "AutoResynchronizeIntervalStart": "datetime",
    "BypassProxyServer": "boolean",
    "Caption": "string",
    "CertificateThumbPrint": "string",
    "CompressionEnabled": "boolean",
    "ElementName": "string",
    "IncludedDisks": "string[]",
    "InstanceID": "string",
    "PrimaryConnectionPoint": "string",
    "PrimaryHostSystem": "string",
    "RecoveryConnectionPoint": "string",
    "RecoveryHistory": "uint16",
    "RecoveryHostSystem": "string",
    "RecoveryServerPortNumber": "uint16",
    "ReplicateHostKvpItems": "boolean",
    "ReplicationInterval": "uint16",
    "ReplicationProvider": "string",
    "VirtualSystemIdentifier": "string",
    "VirtualSystemType": "string",
}
ADAPTER = {
    "DHCPEnabled": "boolean",
    "DNSServers": "string[]",
    "DefaultGateways": "string[]",
    "IPAddresses": "string[]",
    "InstanceID": "string",
    "ProtocolIFType": "uint16",
    "Subnets": "string[]",
}
SYSTEM = dict.fromkeys(["Caption", "CreationClassName", "ElementName", "Name", "Status"], "string")


def _association(name: str, ends: tuple[str, str], parent: str | None = None) -> Class:
    return Class(name, parent, ends, ends)


def _made_up(name: str, parent: str | None, keys: tuple[str, ...], properties: dict[str, str], **more: Any) -> Class:
    return Class(name, parent, keys, properties=properties, namespace=MADE_UP, **more)


ANTECEDENT, MANAGED = ("Antecedent", "Dependent"), ("ManagedElement", "SettingData")
AFFECTED = ("AffectedElement", "AffectingElement")

CLASSES = {
    entry.name.lower(): entry
    for entry in [
        Class("CIM_ComputerSystem", None, ("CreationClassName", "Name"), properties=SYSTEM),
        Class("Msvm_ComputerSystem", "CIM_ComputerSystem", ("CreationClassName", "Name")),
        Class("Msvm_ReplicationService", None, SERVICE_KEYS, methods=REPLICATION_METHODS),
        Class("Msvm_ReplicationRelationship", None, ("InstanceID",)),
        Class("Msvm_ReplicationSettingData", None, ("InstanceID",), properties=SETTINGS),
        Class("Msvm_FailoverNetworkAdapterSettingData", None, ("InstanceID",), properties=ADAPTER),
        Class("CIM_ConcreteJob", None, ("InstanceID",)),
        Class("Msvm_ConcreteJob", "CIM_ConcreteJob", ("InstanceID",), methods=JOB_METHODS),
        Class("Msvm_MigrationJob", "Msvm_ConcreteJob", ("InstanceID",)),
        _association("CIM_Dependency", ANTECEDENT),
        _association("Msvm_SystemReplicationRelationship", ANTECEDENT, "CIM_Dependency"),
        _association("Msvm_HostedService", ANTECEDENT, "CIM_Dependency"),
        _association("Msvm_SettingsDefineState", MANAGED),
        _association("Msvm_ServiceAffectsElement", AFFECTED),
        _association("Msvm_AffectedJobElement", AFFECTED),
        # Made-up classes, for what those of Hyper-V do not have.
        _made_up(
            "Test_Everything",
            None,
            ("InstanceID",),
            {"InstanceID": "string", **EVERYTHING},
            methods=(Method("Echo", tuple((key, kind, "inout") for key, kind in EVERYTHING.items())),),
        ),
        _made_up("Test_Thing", None, ("Name", "Number"), THING, writable=True),
        _made_up("Test_Big", None, ("Name",), {"Name": "string", "Text": "string"}),
        # Classes and properties that are named as the parts of an answer are.
        _made_up("Test_Part", None, ("Name",), {"Name": "string"}),
        _made_up("Items", "Test_Part", ("Name",), {"EndOfSequence": "string", "Items": "string[]"}),
        _made_up("EndOfSequence", "Test_Part", ("Name",), {"EnumerationContext": "string"}),
        # Values that are wrong or unknown.
        _made_up("Test_Odd", None, ("Name",), {"Name": "string", "Strange": "string", "When": "datetime"}),
    ]
}


def find_class(name: str) -> Class:
    """A class that exists, whatever the case of its name."""
    return CLASSES[name.lower()]


def ancestry(class_name: str) -> list[Class]:
    """A class, its parent, and so on."""
    line = [find_class(class_name)]
    while line[-1].parent:
        line.append(find_class(line[-1].parent))
    return line


def is_a(class_name: str, ancestor: str) -> bool:
    """Whether a class is another one or comes from it."""
    return any(entry.name.lower() == ancestor.lower() for entry in ancestry(class_name))


def properties_of(class_name: str) -> dict[str, str]:
    """The declared properties of a class and their kinds, inherited ones included."""
    return {key: kind for entry in reversed(ancestry(class_name)) for key, kind in entry.properties.items()}


def fold(value: Any) -> Any:
    """The value of a selector as it is compared: without case, and key by key in references."""
    if isinstance(value, Reference):
        return value.resource.lower(), frozenset((key.lower(), fold(inner)) for key, inner in value.selectors)
    return None if value is None else str(value).lower()


@dataclass(frozen=True)
class Instance:
    """One instance: its class and its properties; None is NULL, a list is an array."""

    class_name: str
    properties: dict[str, Any]

    @property
    def uri(self) -> str:
        return find_class(self.class_name).uri

    def keys(self) -> list[tuple[str, Any]]:
        keys = [(key, self.properties[key]) for key in find_class(self.class_name).keys]
        return [(key, value if isinstance(value, Reference) else str(value)) for key, value in keys]

    def reference(self) -> Reference:
        """A reference with the whole key, its selectors in alphabetical order."""
        return Reference(self.uri, sorted(self.keys(), key=lambda selector: selector[0].lower()))
