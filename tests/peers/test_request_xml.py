"""The requests in fixtures/wire/methods, read by lxml and held against Microsoft's pages of the methods.

The table is from those pages, not from our schemas: what both have wrong is the same mistake made twice.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "wire" / "methods"
FILES = sorted(FOLDER.glob("*.xml"))
V2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
ANONYMOUS = ADDRESSING[1:-1] + "/role/anonymous"
WSMAN = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
CIM = "{http://schemas.dmtf.org/wbem/wscim/1/common}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

SERVICE, SYSTEM, SHUTDOWN = "Msvm_ReplicationService", "Msvm_ComputerSystem", "Msvm_ShutdownComponent"
MANAGEMENT = "Msvm_VirtualSystemManagementService"
SETTINGS, RELATIONSHIP = "<Msvm_ReplicationSettingData>", "<Msvm_ReplicationRelationship>"
ENTRY = "<Msvm_ReplicationAuthorizationSettingData>"

# The in parameters of each method, in order: `<C>` carries an instance of C, `ref C` refers to one, `?` may be NULL, `[]` is
# an array.
VM = ("ComputerSystem", "ref Msvm_ComputerSystem")
RELATION = ("ReplicationRelationship", RELATIONSHIP)
SETTING = ("ReplicationSettingData", SETTINGS)
POINT = ("SnapshotSettingData", "ref Msvm_VirtualSystemSettingData ?")
START_TIME = ("StartTime", "datetime ?")
STATE = [("RequestedState", "uint16"), ("TimeoutPeriod", "interval ?")]
METHODS = {
    (SERVICE, "ModifyServiceSettings"): [("SettingData", "<Msvm_ReplicationServiceSettingData>")],
    (SERVICE, "AddAuthorizationEntry"): [("AuthorizationEntry", ENTRY)],
    (SERVICE, "ModifyAuthorizationEntry"): [("AuthorizationEntry", ENTRY)],
    (SERVICE, "RemoveAuthorizationEntry"): [("AllowedPrimaryHostSystem", "string")],
    (SERVICE, "TestReplicationConnection"): [
        ("RecoveryConnectionPoint", "string"),
        ("RecoveryServerPortNumber", "uint16"),
        ("AuthenticationType", "uint16"),
        ("CertificateThumbPrint", "string ?"),
        ("BypassProxyServer", "boolean"),
    ],
    (SERVICE, "CreateReplicationRelationship"): [VM, SETTING],
    (SERVICE, "ModifyReplicationSettings"): [VM, SETTING],
    (SERVICE, "RemoveReplicationRelationship"): [VM],
    (SERVICE, "RemoveReplicationRelationshipEx"): [VM, RELATION],
    (SERVICE, "StartReplication"): [
        VM,
        ("InitialReplicationType", "uint16"),
        ("InitialReplicationExportLocation", "string ?"),
        START_TIME,
    ],
    (SERVICE, "ImportInitialReplica"): [VM, ("InitialReplicationImportLocation", "string")],
    (SERVICE, "ReverseReplicationRelationship"): [VM, SETTING],
    (SERVICE, "InitiateFailover"): [VM, POINT],
    (SERVICE, "RevertFailover"): [VM],
    (SERVICE, "CommitFailover"): [VM],
    (SERVICE, "TestReplicaSystem"): [VM, POINT],
    (SERVICE, "RequestStateChange"): STATE,
    (SERVICE, "StartService"): [],
    (SERVICE, "StopService"): [],
    (SERVICE, "Resynchronize"): [VM, START_TIME],
    (SERVICE, "SetFailoverNetworkAdapterSettings"): [
        VM,
        ("NetworkSettings", "<Msvm_FailoverNetworkAdapterSettingData>[]"),
    ],
    (SERVICE, "GetReplicationStatistics"): [VM],
    (SERVICE, "GetReplicationStatisticsEx"): [VM, RELATION],
    (SERVICE, "ResetReplicationStatistics"): [VM],
    (SERVICE, "ResetReplicationStatisticsEx"): [VM, RELATION],
    (SERVICE, "SetAuthorizationEntry"): [VM, ("AuthorizationEntry", ENTRY)],
    (SERVICE, "GetSystemCertificates"): [],
    (SERVICE, "ChangeReplicationModeToPrimary"): [VM, RELATION],
    (SERVICE, "InitiateFailback"): [VM, SETTING, ("RecoveryPointIdentifier", "string ?")],
    (SYSTEM, "RequestReplicationStateChange"): STATE,
    (SYSTEM, "RequestReplicationStateChangeEx"): [
        ("ReplicationRelationship", RELATIONSHIP + " ?"),
        *STATE,
    ],
    (SYSTEM, "RequestStateChange"): STATE,
    (SHUTDOWN, "InitiateShutdown"): [("Force", "boolean"), ("Reason", "string")],
    (MANAGEMENT, "DestroySystem"): [("AffectedSystem", "ref Msvm_ComputerSystem")],
}
# The keys by which instances are named; of a service its class is enough.
KEYS = {
    SYSTEM: ["CreationClassName", "Name"],
    SHUTDOWN: ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"],
    "Msvm_VirtualSystemSettingData": ["InstanceID"],
}
# Properties of embedded instances that must be there for the method to know what is meant.
NEEDED = {
    "Msvm_ReplicationServiceSettingData": ["RecoveryServerEnabled", "AllowedAuthenticationType"],
    "Msvm_ReplicationAuthorizationSettingData": ["AllowedPrimaryHostSystem", "ReplicaStorageLocation", "TrustGroup"],
    "Msvm_ReplicationSettingData": ["InstanceID", "RecoveryConnectionPoint", "RecoveryServerPortNumber"],
    "Msvm_ReplicationRelationship": ["InstanceID"],
    "Msvm_FailoverNetworkAdapterSettingData": ["InstanceID", "DHCPEnabled", "IPAddresses"],
}
# What a property is where the page says something else than string.
INTEGER, BOOLEAN = re.compile(r"-?\d+"), re.compile("true|false")
STAMP, SPAN = re.compile(r"\d{14}\.\d{6}[+-]\d{3}"), re.compile(r"\d{8}[0-2]\d[0-5]\d[0-5]\d\.\d{6}:000")
VALUES = {
    "string": re.compile(".*", re.DOTALL),
    "boolean": BOOLEAN,
    "uint16": INTEGER,
    "uint32": INTEGER,
    "uint64": INTEGER,
    "datetime": re.compile(f"(?:{STAMP.pattern})|(?:{SPAN.pattern})"),
}
TYPES = {
    "RecoveryServerPortNumber": "uint16",
    "AuthenticationType": "uint16",
    "AllowedAuthenticationType": "uint16",
    "ReplicationInterval": "uint16",
    "RecoveryHistory": "uint16",
    "ApplicationConsistentSnapshotInterval": "uint16",
    "CompressionEnabled": "boolean",
    "BypassProxyServer": "boolean",
    "ReplicateHostKvpItems": "boolean",
    "AutoResynchronizeEnabled": "boolean",
    "AutoResynchronizeIntervalStart": "datetime",
    "AutoResynchronizeIntervalEnd": "datetime",
    "RecoveryServerEnabled": "boolean",
    "HttpPort": "uint16",
    "HttpsPort": "uint16",
    "MonitoringInterval": "uint32",
    "MonitoringStartTime": "datetime",
    "ReplicationState": "uint16",
    "ReplicationHealth": "uint16",
    "FailedOverReplicationType": "uint16",
    "LastReplicationType": "uint16",
    "LastReplicationTime": "datetime",
    "LastApplicationConsistentReplicationTime": "datetime",
    "OperationalStatus": "uint16",
    "ProtocolIFType": "uint16",
    "DHCPEnabled": "boolean",
}
ARRAYS = {"IncludedDisks", "OperationalStatus", "IPAddresses", "Subnets", "DefaultGateways", "DNSServers"}


def parse(text: bytes) -> etree._Element:
    return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))


def only(parent: etree._Element, tag: str) -> etree._Element:
    found = parent.findall(tag)
    assert len(found) == 1, f"{parent.tag} has {len(found)} of {tag}"
    return found[0]


def text_of(element: etree._Element) -> str:
    assert len(element) == 0, f"{element.tag} has children"
    return element.text or ""


def selectors(parent: etree._Element) -> dict[str, str]:
    found = only(parent, WSMAN + "SelectorSet")
    assert {child.tag for child in found} == {WSMAN + "Selector"}
    names = [child.get("Name", "") for child in found]
    assert len(set(names)) == len(names)
    return dict(zip(names, map(text_of, found), strict=True))


def check_reference(element: etree._Element, class_name: str) -> None:
    """The children of an endpoint reference, without a wrapper."""
    assert [child.tag for child in element] == [ADDRESSING + "Address", ADDRESSING + "ReferenceParameters"]
    assert not (element.text or "").strip()
    address, parameters = element
    assert text_of(address) == ANONYMOUS
    assert [child.tag for child in parameters] == [WSMAN + "ResourceURI", WSMAN + "SelectorSet"]
    assert text_of(parameters[0]) == V2 + class_name
    keys = selectors(parameters)
    assert list(keys) == KEYS[class_name]
    assert all(keys.values())


def check_instance(text: str, class_name: str) -> None:
    """CIM-XML of DTD 2.0, with numeric references alone."""
    assert not re.search(r"&[A-Za-z]", text), text
    root = parse(text.encode())
    assert (root.tag, dict(root.attrib)) == ("INSTANCE", {"CLASSNAME": class_name})
    names = [element.get("NAME", "") for element in root]
    assert len({name.lower() for name in names}) == len(names), names
    assert set(NEEDED[class_name]) <= set(names), names
    for element, name in zip(root, names, strict=True):
        kind = TYPES.get(name, "string")
        assert dict(element.attrib) == {"NAME": name, "TYPE": kind}
        assert (element.tag, len(element)) == ("PROPERTY.ARRAY" if name in ARRAYS else "PROPERTY", 1)
        values = list(only(element, "VALUE.ARRAY") if name in ARRAYS else element)
        assert {value.tag for value in values} <= {"VALUE"}
        for value in values:
            assert VALUES[kind].fullmatch(text_of(value)), f"{name}: {value.text}"


def check_value(element: etree._Element, kind: str) -> None:
    if kind.startswith("ref "):
        return check_reference(element, kind.removeprefix("ref "))
    if kind.startswith("<"):
        return check_instance(text_of(element), kind.strip("<>"))
    if kind in ("datetime", "interval"):
        (choice,) = element
        form = r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d+)?Z" if kind == "datetime" else r"P\d+DT\d+H\d+M\d+(\.\d+)?S"
        assert choice.tag == CIM + ("Datetime" if kind == "datetime" else "Interval")
        assert re.fullmatch(form, text_of(choice)), choice.text
        return None
    assert VALUES[kind].fullmatch(text_of(element)), element.text
    return None


def read(file: Path) -> tuple[etree._Element, etree._Element, str, str]:
    """Header, input, class and method."""
    envelope = parse(file.read_bytes())
    assert envelope.tag == SOAP + "Envelope"
    header, body = envelope
    assert (header.tag, body.tag, len(body)) == (SOAP + "Header", SOAP + "Body", 1)
    uri = text_of(only(header, WSMAN + "ResourceURI"))
    assert uri.startswith(V2)
    method = file.stem.partition("_")[0]
    assert text_of(only(header, ADDRESSING + "Action")) == f"{uri}/{method}"
    return header, body[0], uri.removeprefix(V2), method


def test_no_method_is_left_out() -> None:
    assert len([method for class_name, method in METHODS if class_name == SERVICE]) == 29
    assert {read(file)[2:] for file in FILES} == set(METHODS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_request_is_what_the_page_of_its_method_says(file: Path) -> None:
    header, body, class_name, method = read(file)
    target = selectors(header)
    assert list(target) == KEYS.get(class_name, ["CreationClassName"])
    assert target["CreationClassName"] == class_name

    namespace = f"{{{V2}{class_name}}}"
    assert body.tag == f"{namespace}{method}_INPUT"
    parameters = METHODS[class_name, method]
    names = list(dict.fromkeys(child.tag for child in body))
    assert names == [namespace + name for name, _ in parameters]
    for name, kind in parameters:
        bare, may_be_null = kind.removesuffix(" ?"), kind.endswith(" ?")
        elements = body.findall(namespace + name)
        assert len(elements) == 1 or kind.endswith("[]")
        for element in elements:
            if element.get(NIL) is None:
                check_value(element, bare.removesuffix("[]"))
            else:
                assert may_be_null, f"{name} must not be NULL"
                assert (element.get(NIL), len(element), element.text) == ("true", 0, None)


@pytest.mark.parametrize(
    "method",
    sorted({method for (_, method), parameters in METHODS.items() if any(kind.endswith("?") for _, kind in parameters)}),
)
def test_what_may_be_null_once_is_and_once_is_not(method: str) -> None:
    """But for the period that Hyper-V never looks at."""
    seen: dict[str, set[bool]] = {}
    for file in FILES:
        _, body, class_name, of_file = read(file)
        if of_file != method:
            continue
        optional = [name for name, kind in METHODS[class_name, method] if kind.endswith("?")]
        for name in optional:
            element = only(body, f"{{{V2}{class_name}}}{name}")
            seen.setdefault(name, set()).add(element.get(NIL) is None)
    assert seen
    for name, given in seen.items():
        assert given == ({False} if name == "TimeoutPeriod" else {True, False}), name
