"""pypsrp against `hvr sim serve`: all operations, modes and filters, and parameters of every kind the schema has."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests
from pypsrp.exceptions import WSManFaultError
from pypsrp.wsman import WSMan

from psrp_client import (
    NAMESPACES,
    RELEASE,
    SERVICE,
    URI,
    Ref,
    Row,
    association_filter,
    call,
    connect,
    datetime_element,
    enumerate_request,
    get,
    name,
    pages,
    pull_request,
    query_rows,
    read,
    read_reference,
    selector_filter,
    selectors,
    wrapped,
)
from sim_host import PASSWORD, USER, fault_of, simulated

VMS = 25
SYSTEM, RELATIONSHIP = "Msvm_ComputerSystem", "Msvm_ReplicationRelationship"
SETTINGS, OF_SYSTEM = "Msvm_ReplicationSettingData", "Msvm_SystemReplicationRelationship"
SERVICE_URI = URI + "Msvm_ReplicationService"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with simulated(tmp_path_factory.mktemp("sim"), VMS) as url:
        yield url


@pytest.fixture
def client(endpoint: str) -> Iterator[WSMan]:
    with connect(endpoint, USER, PASSWORD) as connected:
        yield connected


def rows(client: WSMan, class_name: str, **options: Any) -> list[Row]:
    return [read(item) for items in pages(client, URI + class_name, page=50, **options) for item in items]


def protected_vm(client: WSMan) -> Ref:
    """A primary VM, which has one relationship."""
    row = query_rows(client, f"select * from {SYSTEM} where ReplicationMode = 1")[0]
    return Ref(URI + SYSTEM, {"CreationClassName": SYSTEM, "Name": row["Name"]})


def relationship_of(vm: Ref) -> str:
    return f"Microsoft:{vm.keys['Name']}\\HVR\\0"


# Identify, Get, Put, Create, Delete


def test_identifies_itself_to_anyone(endpoint: str) -> None:
    body = (
        f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"><s:Header/><s:Body>'
        f'<i:Identify xmlns:i="{NAMESPACES["wsmid"]}"/></s:Body></s:Envelope>'
    )
    session = requests.Session()
    session.trust_env = False
    headers = {"Content-Type": "application/soap+xml;charset=UTF-8", "WSMANIDENTIFY": "unauthenticated"}
    answer = session.post(endpoint, data=body, headers=headers, timeout=10)
    assert answer.status_code == 200 and "OS: 0.0.0 SP: 0.0 Stack: 3.0" in answer.text
    del headers["WSMANIDENTIFY"]
    assert session.post(endpoint, data=body, headers=headers, timeout=10).status_code in (401, 500)


def test_gets_every_instance_by_its_reference(client: WSMan) -> None:
    for class_name in (SYSTEM, RELATIONSHIP, SETTINGS, OF_SYSTEM, "Msvm_ReplicationService"):
        (both, *_) = next(pages(client, URI + class_name, page=1, mode="EnumerateObjectAndEPR"))
        assert both.tag == name("w", "Item") and [part.tag for part in both][1:] == [name("a", "EndpointReference")]
        assert get(client, class_name, read_reference(both[1]).keys) == read(both[0])


@pytest.mark.parametrize("operation", ["put", "create", "delete"])
def test_nothing_is_written(client: WSMan, operation: str) -> None:
    vm = protected_vm(client)
    instance = ET.Element(f"{{{vm.resource}}}{SYSTEM}")
    ET.SubElement(instance, f"{{{vm.resource}}}ElementName").text = "renamed"
    attempt = {
        "put": partial(client.put, vm.resource, instance, selector_set=selectors(vm.keys)),
        "create": partial(client.create, vm.resource, instance),
        "delete": partial(client.delete, vm.resource, selector_set=selectors(vm.keys)),
    }[operation]
    before = [(row["Name"], row["ElementName"]) for row in rows(client, SYSTEM)]
    assert fault_of(client, attempt) == 2150859010
    assert [(row["Name"], row["ElementName"]) for row in rows(client, SYSTEM)] == before


# Enumerate


def test_references_in_place_of_objects(client: WSMan) -> None:
    items = [item for page in pages(client, URI + SYSTEM, page=50, mode="EnumerateEPR") for item in page]
    assert {item.tag for item in items} == {name("a", "EndpointReference")}
    keys = [read_reference(item).keys for item in items]
    assert sorted(key["Name"] for key in keys) == sorted(row["Name"] for row in rows(client, SYSTEM))
    assert {tuple(key) for key in keys} == {("CreationClassName", "Name")}


def test_polymorphism(client: WSMan) -> None:
    def shown(class_name: str, mode: str | None) -> list[ET.Element]:
        found = pages(client, URI + class_name, page=50, polymorphism=mode)
        return [item for items in found for item in items]

    for mode in (None, "IncludeSubClassProperties"):
        items = shown("CIM_ComputerSystem", mode)
        assert {item.tag.rpartition("}")[2] for item in items} == {SYSTEM} and len(items) == VMS + 1
    base = shown("CIM_ComputerSystem", "ExcludeSubClassProperties")
    assert {item.tag for item in base} == {f"{{{URI}CIM_ComputerSystem}}CIM_ComputerSystem"} and len(base) == VMS + 1
    assert "ElementName" in read(base[0]) and "ReplicationState" not in read(base[0])
    assert shown("CIM_ComputerSystem", "None") == [] and len(shown(SYSTEM, "None")) == VMS + 1
    query = partial(rows, client, "*", query=f"select * from {SYSTEM}", polymorphism="None")
    assert fault_of(client, query) == 2150859063


def test_selector_filter(client: WSMan) -> None:
    vm = protected_vm(client)
    (row,) = rows(client, SYSTEM, query=selector_filter({"Name": vm.keys["Name"].lower()}))
    assert row["Name"] == vm.keys["Name"]
    wanted = sorted(row["Name"] for row in rows(client, SYSTEM) if row["ReplicationMode"] == "1")
    found = rows(client, SYSTEM, query=selector_filter({"ReplicationMode": "1"}))
    assert sorted(row["Name"] for row in found) == wanted
    assert rows(client, SYSTEM, query=selector_filter({"Name": "nothing"})) == []


def test_an_unknown_dialect_is_refused(client: WSMan) -> None:
    wanted = ET.Element(name("w", "Filter"), {"Dialect": "urn:x"})
    assert fault_of(client, partial(rows, client, SYSTEM, query=wanted)) == 2150858777


def test_a_projection_is_a_fragment(client: WSMan) -> None:
    items = [item for page in pages(client, URI + "*", f"select Name from {SYSTEM}", 50) for item in page]
    assert {item.tag for item in items} == {name("w", "XmlFragment")} and len(items) == VMS + 1
    assert {child.tag for item in items for child in item} == {f"{{{URI}{SYSTEM}}}Name"}


def test_pages_fit_into_the_envelope(client: WSMan) -> None:
    client.max_envelope_size = 16384
    sizes = [len(items) for items in pages(client, URI + SYSTEM, page=50)]
    assert sum(sizes) == VMS + 1 and 1 <= max(sizes) < VMS


def test_accepts_the_order_and_the_times_of_the_specification(client: WSMan) -> None:
    request = enumerate_request(page=2, optimize=True, mode="EnumerateObject", polymorphism="IncludeSubClassProperties")
    expires = ET.Element(name("n", "Expires"))
    expires.text = "PT1M"
    request.insert(0, expires)
    answer = client.enumerate(URI + SYSTEM, request).find("n:EnumerateResponse", NAMESPACES)
    assert answer is not None
    items = answer.find("w:Items", NAMESPACES)
    assert items is not None and len(items) == 2 and answer.find("w:EndOfSequence", NAMESPACES) is None
    context = answer.findtext("n:EnumerationContext", namespaces=NAMESPACES)
    body = client.pull(URI + SYSTEM, pull_request(context, 50, "PT30S"))
    rest = body.find("n:PullResponse/n:Items", NAMESPACES)
    assert rest is not None and len(rest) == VMS - 1


def test_a_context_is_good_for_any_connection_until_it_is_released(client: WSMan, endpoint: str) -> None:
    body = client.enumerate(URI + SYSTEM, enumerate_request())
    context = body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)
    with connect(endpoint, USER, PASSWORD) as other:
        body = other.pull(URI + SYSTEM, pull_request(context, 2))
        context = body.findtext("n:PullResponse/n:EnumerationContext", namespaces=NAMESPACES)
    request = ET.Element(name("n", "Release"))
    ET.SubElement(request, name("n", "EnumerationContext")).text = context
    client.invoke(RELEASE, URI + SYSTEM, request)
    assert fault_of(client, partial(client.pull, URI + SYSTEM, pull_request(context))) == 2150858779
    assert fault_of(client, partial(client.invoke, RELEASE, URI + SYSTEM, request)) == 2150858779


# Associations


def test_associators(client: WSMan) -> None:
    vm = protected_vm(client)
    narrow = [
        ("AssociationClassName", OF_SYSTEM),
        ("Role", "Antecedent"),
        ("ResultClassName", RELATIONSHIP),
        ("ResultRole", "Dependent"),
    ]
    (row,) = query_rows(client, association_filter("AssociatedInstances", vm, *narrow))
    assert row["InstanceID"] == relationship_of(vm)
    wider = association_filter("AssociatedInstances", vm, ("AssociationClassName", "CIM_Dependency"), narrow[2])
    assert query_rows(client, wider) == [row]
    for condition in (("Role", "Dependent"), ("ResultRole", "Antecedent"), ("ResultClassName", SYSTEM)):
        assert query_rows(client, association_filter("AssociatedInstances", vm, narrow[0], condition)) == []
    (settings,) = query_rows(
        client,
        association_filter(
            "AssociatedInstances",
            Ref(URI + RELATIONSHIP, {"InstanceID": row["InstanceID"]}),
            ("AssociationClassName", "Msvm_SettingsDefineState"),
        ),
    )
    assert settings["InstanceID"] == row["InstanceID"] and "ReplicationInterval" in settings


def test_references(client: WSMan) -> None:
    vm = protected_vm(client)
    only = association_filter("AssociationInstances", vm, ("ResultClassName", OF_SYSTEM), ("Role", "Antecedent"))
    (row,) = query_rows(client, only)
    assert row == {
        "Antecedent": vm,
        "Dependent": Ref(URI + RELATIONSHIP, {"InstanceID": relationship_of(vm)}),
    }
    assert get(client, OF_SYSTEM, row) == row
    everything = query_rows(client, association_filter("AssociationInstances", vm))
    assert row in everything


def test_associations_by_wql(client: WSMan) -> None:
    vm = protected_vm(client)
    path = f'Msvm_ComputerSystem.CreationClassName="Msvm_ComputerSystem",Name="{vm.keys["Name"]}"'
    where = f"where AssocClass = {OF_SYSTEM} ResultClass = {RELATIONSHIP} Role = Antecedent"
    (row,) = query_rows(client, f"associators of {{{path}}} {where}")
    assert row["InstanceID"] == relationship_of(vm)
    path = f'{RELATIONSHIP}.InstanceID="{row["InstanceID"]}"'.replace("\\", "\\\\")
    (reference,) = query_rows(client, f"references of {{{path}}} where ResultClass = {OF_SYSTEM}")
    assert reference["Antecedent"] == vm


def test_faults_of_associations(client: WSMan) -> None:
    vm = protected_vm(client)
    on_a_class = partial(rows, client, SYSTEM, query=association_filter("AssociatedInstances", vm))
    assert fault_of(client, on_a_class) in (2150859003, 2150858778)
    without_object = association_filter("AssociatedInstances", vm)
    without_object[0].clear()
    assert fault_of(client, partial(query_rows, client, without_object)) in (2150858817, 2150858778, 2150859015)
    gone = association_filter("AssociatedInstances", Ref(vm.resource, {**vm.keys, "Name": "gone"}))
    assert fault_of(client, partial(query_rows, client, gone)) in (2150858752, 2150858778)


# Invoke


def invoke(client: WSMan, method: str, *parameters: tuple[str, Any]) -> int:
    return int(call(client, SERVICE_URI, method, list(parameters), SERVICE)["ReturnValue"])


def embedded(class_name: str, *properties: str) -> str:
    return f'<INSTANCE CLASSNAME="{class_name}">{"".join(properties)}</INSTANCE>'


ADAPTER = embedded(
    "Msvm_FailoverNetworkAdapterSettingData",
    '<PROPERTY NAME="DHCPEnabled" TYPE="boolean"><VALUE>false</VALUE></PROPERTY>',
    '<PROPERTY.ARRAY NAME="IPAddresses" TYPE="string"><VALUE.ARRAY>'
    "<VALUE>10.0.0.1</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>",
)
CHANGED = embedded(
    SETTINGS,
    '<PROPERTY NAME="RecoveryConnectionPoint" TYPE="string"><VALUE>a&#38;b</VALUE></PROPERTY>',
    '<PROPERTY NAME="ReplicationInterval" TYPE="uint16"><VALUE>30</VALUE></PROPERTY>',
    '<PROPERTY NAME="AutoResynchronizeIntervalStart" TYPE="datetime">'
    "<VALUE>00000000003000.000000:000</VALUE></PROPERTY>",
)


def well_formed(client: WSMan) -> list[tuple[str, list[tuple[str, Any]]]]:
    """A call for each kind of parameter that the schema has."""
    vm = ("ComputerSystem", protected_vm(client))
    return [
        ("ModifyReplicationSettings", [vm, ("ReplicationSettingData", CHANGED)]),
        ("SetFailoverNetworkAdapterSettings", [vm, ("NetworkSettings", [ADAPTER])]),
        ("SetFailoverNetworkAdapterSettings", [vm, ("NetworkSettings", [ADAPTER, ADAPTER])]),
        (
            "TestReplicationConnection",
            [
                ("RecoveryConnectionPoint", "replica.example.com"),
                ("RecoveryServerPortNumber", "80"),
                ("AuthenticationType", "1"),
                ("CertificateThumbPrint", None),
                ("BypassProxyServer", "true"),
            ],
        ),
        (
            "StartReplication",
            [
                vm,
                ("InitialReplicationType", "1"),
                ("InitialReplicationExportLocation", ""),
                ("StartTime", datetime_element("Datetime", "2099-10-08T09:00:00.25Z")),
            ],
        ),
        (
            "RequestStateChange",
            [("RequestedState", "2"), ("TimeoutPeriod", datetime_element("Interval", "P0DT0H1M0S"))],
        ),
        ("RemoveAuthorizationEntry", [("AllowedPrimaryHostSystem", "*.example.com")]),
        ("GetSystemCertificates", []),
    ]


def test_accepts_parameters_of_every_kind(client: WSMan) -> None:
    """A method that is not simulated says so when its parameters are right, and not before."""
    for method, parameters in well_formed(client):
        try:
            value = invoke(client, method, *parameters)
            assert value in (0, 1, 4096) or 32768 <= value <= 32779, method
        except WSManFaultError as error:
            assert error.code == 2150858771, method


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("TestReplicationConnection", [("RecoveryServerPortNumber", "65536")]),
        ("TestReplicationConnection", [("RecoveryServerPortNumber", "")]),
        ("TestReplicationConnection", [("AuthenticationType", ["1", "2"])]),
        ("TestReplicationConnection", [("BypassProxyServer", "perhaps")]),
        ("TestReplicationConnection", [("Colour", "blue")]),
        ("StartReplication", [("StartTime", datetime_element("Datetime", "tomorrow"))]),
        ("StartReplication", [("StartTime", "")]),
        ("Resynchronize", [("ComputerSystem", "web01")]),
        ("ModifyReplicationSettings", [("ReplicationSettingData", ET.Element(f"{{{URI}{SETTINGS}}}{SETTINGS}"))]),
    ],
)
def test_parameters_must_fit_the_signature(client: WSMan, method: str, parameters: list[tuple[str, Any]]) -> None:
    assert fault_of(client, partial(invoke, client, method, *parameters)) == 2150858817


def test_a_reference_has_no_wrapper(client: WSMan) -> None:
    attempt = partial(invoke, client, "CommitFailover", ("ComputerSystem", wrapped(protected_vm(client))))
    assert fault_of(client, attempt) == 2150858817


@pytest.mark.parametrize("named", ["&amp;", "&lt;"])
def test_a_named_reference_in_an_embedded_instance_is_a_return_value(client: WSMan, named: str) -> None:
    text = CHANGED.replace("&#38;", named)
    parameters = [("ComputerSystem", protected_vm(client)), ("ReplicationSettingData", text)]
    assert invoke(client, "ModifyReplicationSettings", *parameters) in (32768, 32773)
