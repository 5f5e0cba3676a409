"""pypsrp against our Python host: parameters of every kind, and Identify of anyone."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import requests
from pypsrp.wsman import WSMan

from on_host import TEST, fault_of, relationship, vm_reference
from psrp_client import (
    NAMESPACES,
    SERVICE,
    URI,
    Ref,
    Row,
    call,
    datetime_element,
    get,
    method_input,
    selectors,
    wrapped,
)
from schema import Interval
from winrm_host import Host

LAMP = {"Name": "lamp", "Number": "1"}
ALL = {"InstanceID": 'Test\\everything "1"'}
SETTINGS_TEXT = (
    '<INSTANCE CLASSNAME="Msvm_ReplicationSettingData">'
    '<PROPERTY NAME="RecoveryConnectionPoint" TYPE="string"><VALUE>a &#38; &#60;b&#62;</VALUE></PROPERTY>'
    '<PROPERTY NAME="ReplicationInterval" TYPE="uint16"><VALUE>30</VALUE></PROPERTY>'
    '<PROPERTY NAME="CompressionEnabled" TYPE="boolean"><VALUE>false</VALUE></PROPERTY>'
    '<PROPERTY NAME="AutoResynchronizeIntervalStart" TYPE="datetime">'
    "<VALUE>00000000003000.000000:000</VALUE></PROPERTY>"
    '<PROPERTY NAME="CertificateThumbPrint" TYPE="string"></PROPERTY>'
    '<PROPERTY.ARRAY NAME="IncludedDisks" TYPE="string"><VALUE.ARRAY><VALUE>x</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>'
    "</INSTANCE>"
)


def echo(client: WSMan, *parameters: tuple[str, Any]) -> Row:
    return call(client, TEST + "Test_Everything", "Echo", list(parameters), ALL)


def test_echoes_every_kind_of_value(client: WSMan, host: Host) -> None:
    vm = vm_reference(host, "web01")
    inner = (
        '<INSTANCE CLASSNAME="Test_Thing"><PROPERTY NAME="Size" TYPE="uint64"><VALUE>1</VALUE></PROPERTY></INSTANCE>'
    )
    given = [
        ("Boolean", "true"),
        ("Uint64", str(2**53 + 1)),
        ("Sint64", str(-(2**63))),
        ("Real64", "0.1"),
        ("Char16", "Ж"),
        ("String", ""),
        ("Timestamp", datetime_element("Datetime", "2026-10-08T11:00:00.25+02:00")),
        ("Interval", datetime_element("Interval", "PT90M")),
        ("Reference", vm),
        ("Embedded", inner),
        ("Octets", ["0", "255"]),
        ("Uint64s", ["5"]),
        ("Strings", ["a", ""]),
        ("References", [vm, vm]),
        ("Embeddeds", [inner]),
        ("Nothing", None),
    ]
    answer = echo(client, *given)
    changed = {"Timestamp": "2026-10-08T09:00:00.25Z", "Interval": "P0DT1H30M0S", "Uint64s": "5", "Embeddeds": inner}
    for key, value in given:
        assert answer[key] == changed.get(key, value), key
    assert answer["Uint8"] is None and answer["ReturnValue"] == "0"
    (entry,) = host.entries("Echo")
    assert entry.parameters["Nothing"] is None and "Uint8" not in entry.parameters
    assert entry.parameters["Uint64s"] == [5] and entry.parameters["Interval"] == Interval(5400)
    assert entry.parameters["Timestamp"] == datetime(2026, 10, 8, 9, 0, 0, 250000, UTC)


@pytest.mark.parametrize(
    "parameters",
    [
        [("Boolean", "TRUE")],
        [("Uint8", "256")],
        [("Sint8", "-129")],
        [("Uint64", "1.0")],
        [("Real64", "1,5")],
        [("Char16", "")],
        [("Uint8", "")],
        [("Timestamp", "2026-10-08T11:00:00Z")],
        [("Timestamp", datetime_element("Datetime", "20261008090000.000000+000"))],
        [("Uint8", ["1", "2"])],
        [("Uint16", "1"), ("Uint8", "1")],
        [("Colour", "x")],
        [("Embedded", ET.Element(f"{{{TEST}Test_Thing}}Test_Thing"))],
        [("Reference", "x")],
        [("Reference", Ref(TEST + "Test_Nothing", LAMP))],
    ],
)
def test_parameters_must_fit_the_signature(client: WSMan, host: Host, parameters: list[tuple[str, Any]]) -> None:
    assert fault_of(host, lambda: echo(client, *parameters), offends=True) == 2150858817
    assert host.ran("Echo") == 0


def test_a_reference_has_no_wrapper(client: WSMan, host: Host) -> None:
    wrapper = wrapped(vm_reference(host, "web01"))
    assert fault_of(host, lambda: echo(client, ("Reference", wrapper)), offends=True) == 2150858817
    partial = Ref(TEST + "Test_Thing", {"Name": "lamp"})
    assert fault_of(host, lambda: echo(client, ("Reference", partial))) == 2150858843


def modify(client: WSMan, host: Host, text: str) -> int:
    parameters = [("ComputerSystem", vm_reference(host, "web01")), ("ReplicationSettingData", text)]
    uri = URI + "Msvm_ReplicationService"
    return int(call(client, uri, "ModifyReplicationSettings", parameters, SERVICE)["ReturnValue"])


def test_takes_over_an_embedded_instance(client: WSMan, host: Host) -> None:
    assert modify(client, host, SETTINGS_TEXT) == 0
    row = get(client, "Msvm_ReplicationSettingData", {"InstanceID": relationship(host, "web01")})
    assert (row["RecoveryConnectionPoint"], row["ReplicationInterval"], row["CompressionEnabled"]) == (
        "a & <b>",
        "30",
        "false",
    )
    assert row["AutoResynchronizeIntervalStart"] == "P0DT0H30M0S" and row["IncludedDisks"] == "x"
    assert row["CertificateThumbPrint"] is None and row["RecoveryServerPortNumber"] == "80"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("&#38;", "&amp;", 32768),
        ("&#60;", "&lt;", 32773),
        ('TYPE="uint16"', "", 32773),
        ('TYPE="uint16"', 'TYPE="uint32"', 32773),
        (">false<", ">FALSE<", 32773),
        ("00000000003000.000000:000", "PT30M", 32773),
        ("Msvm_ReplicationSettingData", "Test_Thing", 32773),
        ("PROPERTY.ARRAY", "PROPERTY", 32773),
        ("RecoveryConnectionPoint", "Colour", 32773),
        ("<INSTANCE", "INSTANCE", 32773),
    ],
)
def test_a_wrong_embedded_instance_is_a_return_value(client: WSMan, host: Host, old: str, new: str, code: int) -> None:
    assert modify(client, host, SETTINGS_TEXT.replace(old, new)) == code
    assert host.inventory.vm("web01").settings == {}


def test_other_methods_of_the_service(client: WSMan, host: Host) -> None:
    uri, vm = URI + "Msvm_ReplicationService", vm_reference(host, "web01")
    answer = call(client, uri, "GetSystemCertificates", [], SERVICE)
    assert answer == {"EncodedCertificates": ["MIIB", "MIIC"], "ReturnValue": "0"}
    adapter = (
        '<INSTANCE CLASSNAME="Msvm_FailoverNetworkAdapterSettingData">'
        '<PROPERTY NAME="DHCPEnabled" TYPE="boolean"><VALUE>true</VALUE></PROPERTY></INSTANCE>'
    )
    given = [("ComputerSystem", vm), ("NetworkSettings", [adapter, adapter])]
    answer = call(client, uri, "SetFailoverNetworkAdapterSettings", given, SERVICE)
    assert answer == {"Job": None, "ReturnValue": "0"}
    given = [("RequestedState", "2"), ("TimeoutPeriod", datetime_element("Interval", "P0DT0H1M0S"))]
    assert call(client, uri, "RequestStateChange", given, SERVICE)["ReturnValue"] == "0"
    other = partial(call, client, uri, "NoSuchMethod", [], SERVICE)
    assert fault_of(host, other, offends=True) == 2150858771
    wrong = method_input(uri, "StartService", [])
    start = partial(client.invoke, uri + "/GetSystemCertificates", uri, wrong, selector_set=selectors(SERVICE))
    assert fault_of(host, start, offends=True) == 2150858817


# Identify without credentials


def anonymous(host: Host, body: bytes, headers: dict[str, str]) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    headers = {"Content-Type": "application/soap+xml;charset=UTF-8", **headers}
    return session.post(host.url, data=body, headers=headers, timeout=10)


IDENTIFY = (
    f'<s:Envelope xmlns:s="{NAMESPACES["s"]}"><s:Header/><s:Body>'
    f'<i:Identify xmlns:i="{NAMESPACES["wsmid"]}"/></s:Body></s:Envelope>'
).encode()


def test_identifies_itself_to_anyone(host: Host) -> None:
    answer = anonymous(host, IDENTIFY, {"WSMANIDENTIFY": "unauthenticated"})
    assert answer.status_code == 200 and "OS: 0.0.0 SP: 0.0 Stack: 3.0" in answer.text
    assert [(entry.operation, entry.anonymous) for entry in host.journal] == [("Identify", True)]
    assert host.handshakes == 0


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (IDENTIFY, {}),
        (IDENTIFY, {"WSMANIDENTIFY": "yes"}),
        (IDENTIFY.replace(b"Identify", b"Other"), {"WSMANIDENTIFY": "unauthenticated"}),
    ],
)
def test_nothing_else_goes_without_credentials(host: Host, body: bytes, headers: dict[str, str]) -> None:
    assert anonymous(host, body, headers).status_code == 401
    assert host.journal == [] and host.offences
    host.offences.clear()


def test_can_refuse_an_identify_of_anyone(host: Host) -> None:
    host.answers_anyone = False
    assert anonymous(host, IDENTIFY, {"WSMANIDENTIFY": "unauthenticated"}).status_code == 401
