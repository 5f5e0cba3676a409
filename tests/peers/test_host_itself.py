"""pypsrp against our Python host: a client that works with Windows finds the host a fair and a strict judge."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from pypsrp.encryption import WinRMEncryption
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.wsman import WSMan

import wql
from failures import Broken
from inventory import JobScript
from psrp_client import (
    NAMESPACES,
    RELEASE,
    SERVICE,
    URI,
    Row,
    connect,
    connections,
    datetime_element,
    enumerate_request,
    get,
    identify,
    invoke,
    name,
    pages,
    pull_request,
    query_rows,
    read,
    resynchronize_input,
)
from soap import SoapFault
from winrm_host import PASSWORD, USER, Host


def fault_code(error: pytest.ExceptionInfo[WSManFaultError]) -> int:
    assert isinstance(error.value.code, int)
    return error.value.code


def test_identifies_itself(client: WSMan, host: Host) -> None:
    assert identify(client).findtext("wsmid:ProductVendor", namespaces=NAMESPACES) == "Microsoft Corporation"
    assert [entry.operation for entry in host.journal] == ["Identify"]


@pytest.mark.parametrize("user", [USER, f"EXAMPLE\\{USER}", f"{USER}@example.com"])
def test_accepts_every_form_of_a_user_name(host: Host, user: str) -> None:
    identify(connect(host.url, user, PASSWORD))


def test_refuses_a_wrong_password(host: Host) -> None:
    with pytest.raises(AuthenticationError):
        identify(connect(host.url, USER, "wrong"))
    assert host.failed_handshakes == 1 and host.journal == []


def test_refuses_a_body_in_clear(host: Host) -> None:
    with pytest.raises((AuthenticationError, WinRMTransportError)):
        identify(connect(host.url, USER, PASSWORD, encryption="never"))
    assert host.journal == [] and "a body was sent in clear" in host.offences
    host.offences.clear()


def test_pulls_one_item_when_no_number_is_asked_for(client: WSMan, host: Host) -> None:
    sizes = [len(items) for items in pages(client, URI + "*", "select * from Msvm_ComputerSystem")]
    assert sizes == [1] * 15
    assert not host.provider.enumerations.open


def test_pulls_pages_of_the_size_asked_for(client: WSMan) -> None:
    sizes = [len(items) for items in pages(client, URI + "Msvm_ComputerSystem", page=4)]
    assert sizes == [4, 4, 4, 3]


def test_optimized_enumeration_brings_items_at_once(client: WSMan, host: Host) -> None:
    body = client.enumerate(
        URI + "*", enumerate_request("select * from Msvm_ComputerSystem where Name = 'hv-peer'", 20, True)
    )
    (instance,) = body.find("n:EnumerateResponse/w:Items", NAMESPACES) or []
    assert read(instance)["ReplicationState"] is None and read(instance)["Name"] == "HV-PEER"
    assert body.find("n:EnumerateResponse/w:EndOfSequence", NAMESPACES) is not None
    assert not host.provider.enumerations.open


@pytest.mark.parametrize(
    ("quoted", "vm"),
    [
        (r"'O\'Brien\'s \"test\" VM'", "O'Brien's \"test\" VM"),
        ('"O\'Brien\'s \\"test\\" VM"', "O'Brien's \"test\" VM"),
        (r"'back\\slash\\'", "back\\slash\\"),
        ("'R&D <prod>'", "R&D <prod>"),
        ("'bücher größe ж 日本'", "Bücher Größe Ж 日本"),
        ("' padded '", " padded "),
    ],
)
def test_finds_odd_names_by_wql(client: WSMan, host: Host, quoted: str, vm: str) -> None:
    rows = query_rows(client, f"select Name, ElementName from Msvm_ComputerSystem where ElementName = {quoted}")
    assert rows == [{"Name": host.inventory.vm(vm).guid, "ElementName": vm}]


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("A = 'x' and B > 2", True),
        ("A = 'X' and not B <= 3", False),
        ("A is null or C is null", True),
        ("C = 1", False),
        ("A like 'x%'", True),
        ("A like '[a-c]_'", False),
        ("(A <> 'x' or B = '3') and C is not null", False),
        ("not (B < 2)", True),
    ],
)
def test_wql_conditions(where: str, holds: bool) -> None:
    query = wql.parse(f"SELECT * FROM T WHERE {where}")
    assert query.matches({"a": "x", "b": 3, "c": None}) == holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select from T",
        "select * from T where A = 'x",
        r"select * from T where A = 'a\b'",
        "select * from T where A 'x'",
        "select * from T x",
    ],
)
def test_wql_refuses_what_is_no_query(text: str) -> None:
    with pytest.raises(wql.WqlError):
        wql.parse(text)


def test_gives_the_whole_key_of_the_service_by_reference(client: WSMan) -> None:
    ((endpoint,),) = pages(client, URI + "Msvm_ReplicationService", mode="EnumerateEPR")
    keys = {key.get("Name"): key.text for key in endpoint.iter(name("w", "Selector"))}
    assert keys == {
        "CreationClassName": "Msvm_ReplicationService",
        "Name": "replicasvc",
        "SystemCreationClassName": "Msvm_ComputerSystem",
        "SystemName": "HV-PEER",
    }


def test_gets_instances(client: WSMan, host: Host) -> None:
    vm = host.inventory.vm("web01")
    row = get(client, "Msvm_ComputerSystem", {"Name": vm.guid.lower()})
    assert (row["ElementName"], row["ReplicationState"], row["OnTimeInMilliseconds"]) == ("web01", "9", "6138293824")
    assert row["InstallDate"] == "2025-12-17T09:55:22.702341Z" and row["InstanceID"] is None


@pytest.mark.parametrize(
    ("class_name", "keys", "code"),
    [
        ("Msvm_Nothing", {"Name": "x"}, 2150858752),
        ("Msvm_ComputerSystem", {"Name": "x"}, 2150858752),
        ("Msvm_ComputerSystem", {"Colour": "x"}, 2150858843),
        ("Msvm_ComputerSystem", {}, 2150858842),
        ("Msvm_ComputerSystem", {"CreationClassName": "Msvm_ComputerSystem"}, 2150858846),
    ],
)
def test_faults_of_get(client: WSMan, class_name: str, keys: dict[str, str], code: int) -> None:
    with pytest.raises(WSManFaultError) as error:
        get(client, class_name, keys)
    assert fault_code(error) == code
    identify(client)  # the connection is good for the next request


def test_wql_wants_the_star(client: WSMan) -> None:
    with pytest.raises(WSManFaultError) as error:
        list(pages(client, URI + "Msvm_ComputerSystem", "select * from Msvm_ComputerSystem"))
    assert fault_code(error) == 2150859003


@pytest.mark.parametrize(
    "query", ["select * from Msvm_Nothing", "select * from Msvm_ComputerSystem where Colour = 1", "delete everything"]
)
def test_bad_wql_is_a_fault(client: WSMan, host: Host, query: str) -> None:
    with pytest.raises(WSManFaultError) as error:
        query_rows(client, query)
    assert fault_code(error) == 2150858778
    host.offences.clear()


def test_a_used_context_is_gone(client: WSMan, host: Host) -> None:
    body = client.enumerate(URI + "Msvm_ComputerSystem", enumerate_request())
    context = body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)
    client.pull(URI + "Msvm_ComputerSystem", pull_request(context))
    with pytest.raises(WSManFaultError) as error:
        client.pull(URI + "Msvm_ComputerSystem", pull_request(context))
    assert fault_code(error) == 2150858779
    host.offences.clear()


def test_releases_an_enumeration(client: WSMan, host: Host) -> None:
    body = client.enumerate(URI + "Msvm_ComputerSystem", enumerate_request())
    request = ET.Element(name("n", "Release"))
    context = ET.SubElement(request, name("n", "EnumerationContext"))
    context.text = body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)
    assert len(host.provider.enumerations.open) == 1
    client.invoke(RELEASE, URI + "Msvm_ComputerSystem", request)
    assert not host.provider.enumerations.open


def test_runs_a_job_to_its_end(client: WSMan, host: Host) -> None:
    vm = host.inventory.vm("web01")
    value, job_class, job = invoke(client, resynchronize_input(vm.guid), SERVICE)
    assert (value, job_class) == (4096, "Msvm_ConcreteJob") and job and vm.state == 10
    seen: list[Row] = []
    while not seen or seen[-1]["JobState"] == "4":
        seen.append(get(client, "Msvm_ConcreteJob", {"InstanceID": job}))
        time.sleep(0.05)
    seen.append(get(client, "Msvm_ConcreteJob", {"InstanceID": job}))  # a request settles what is over by then
    percents = [int(row["PercentComplete"]) for row in seen]
    assert percents == sorted(percents) and percents[-1] == 100
    assert seen[-1]["JobState"] == "7" and seen[-1]["OperationalStatus"] == ["17", "2"] and vm.state == 3
    assert (
        seen[0]["OperationalStatus"] == "2" and seen[0]["Notify"] == "" and seen[0]["TimeBeforeRemoval"] == "P0DT0H5M0S"
    )


@pytest.mark.parametrize(
    ("script", "state", "vm_state"),
    [
        (JobScript(0, end_state=32768), "32768", 3),
        (JobScript(0, end_state=10, error_code=32768, error_description="no <space> & more"), "10", 9),
        (JobScript(0, end_state=8), "8", 9),
        (JobScript(0, job_class="Msvm_MigrationJob"), "7", 3),
    ],
)
def test_scripted_ends_of_a_job(client: WSMan, host: Host, script: JobScript, state: str, vm_state: int) -> None:
    host.inventory.script = script
    vm = host.inventory.vm("web01")
    _, job_class, job = invoke(client, resynchronize_input(vm.guid), SERVICE)
    (row,) = query_rows(client, f"select * from Msvm_ConcreteJob where InstanceID = '{job}'")
    assert (row["JobState"], row["ErrorCode"], row["ErrorDescription"]) == (
        state,
        str(script.error_code),
        script.error_description,
    )
    assert job_class == script.job_class and vm.state == vm_state


def test_a_job_can_vanish(client: WSMan, host: Host) -> None:
    host.inventory.script = JobScript(seconds=5, vanish_after=0.3)
    _, _, job = invoke(client, resynchronize_input(host.inventory.vm("web01").guid), SERVICE)
    assert get(client, "Msvm_ConcreteJob", {"InstanceID": job or ""})["JobState"] == "4"
    time.sleep(0.4)
    with pytest.raises(WSManFaultError) as error:
        get(client, "Msvm_ConcreteJob", {"InstanceID": job or ""})
    assert fault_code(error) == 2150858752


def test_immediate_and_refused_methods(client: WSMan, host: Host) -> None:
    vm = host.inventory.vm("web01")
    host.inventory.script = JobScript(return_value=32775)
    assert invoke(client, resynchronize_input(vm.guid), SERVICE) == (32775, None, None)
    host.inventory.script = JobScript(return_value=0)
    assert invoke(client, resynchronize_input(vm.guid), SERVICE) == (0, None, None)
    assert vm.state == 3
    assert invoke(client, resynchronize_input(host.inventory.vm("plain01").guid), SERVICE)[0] == 32775
    assert invoke(client, resynchronize_input("0"), SERVICE)[0] == 32773
    assert host.ran("Resynchronize") == 4


def test_records_a_scheduled_start(client: WSMan, host: Host) -> None:
    vm = host.inventory.vm("web01")
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    request = resynchronize_input(vm.guid, start=datetime_element("Datetime", f"{start:%Y-%m-%dT%H:%M:%SZ}"))
    assert invoke(client, request, SERVICE)[0] == 4096
    assert host.inventory.scheduled == [(vm, start)] and vm.state == 9


@pytest.mark.parametrize("code", [2150858843, 0x8004102F])
def test_can_insist_on_the_whole_key_of_the_service(client: WSMan, host: Host, code: int) -> None:
    host.provider.refuses_partial_key = code
    request = resynchronize_input(host.inventory.vm("web01").guid)
    with pytest.raises(WSManFaultError) as error:
        invoke(client, request, SERVICE)
    assert fault_code(error) == code and host.ran("Resynchronize") == 0
    whole = {**SERVICE, "Name": "replicasvc", "SystemCreationClassName": "Msvm_ComputerSystem", "SystemName": "HV-PEER"}
    assert invoke(client, request, whole)[0] == 4096


def test_the_service_needs_selectors(client: WSMan, host: Host) -> None:
    with pytest.raises(WSManFaultError) as error:
        invoke(client, resynchronize_input(host.inventory.vm("web01").guid), {})
    assert fault_code(error) == 0x8004102F


@pytest.mark.parametrize(
    "broken",
    [
        {"wrapper": True},
        {"swapped": True},
        {"start": datetime_element("CIM_DateTime", "20261008090000.000000+000")},
        {"start": datetime_element("Datetime", "tomorrow")},
    ],
)
def test_input_must_fit_the_schema(client: WSMan, host: Host, broken: dict[str, Any]) -> None:
    with pytest.raises(WSManFaultError) as error:
        invoke(client, resynchronize_input(host.inventory.vm("web01").guid, **broken), SERVICE)
    assert fault_code(error) == 2150858817 and host.ran("Resynchronize") == 0
    host.offences.clear()


def test_an_empty_datetime_is_not_null(client: WSMan, host: Host) -> None:
    request = resynchronize_input(host.inventory.vm("web01").guid)
    request[1].attrib.clear()
    with pytest.raises(WSManFaultError) as error:
        invoke(client, request, SERVICE)
    assert fault_code(error) == 2150858817
    host.offences.clear()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda header: header.remove(header.find("a:ReplyTo", NAMESPACES)), 2150858769),
        (lambda header: header.find("w:Locale", NAMESPACES).set(name("s", "mustUnderstand"), "true"), 2150858887),
        (lambda header: setattr(header.find("w:OperationTimeout", NAMESPACES), "text", "PT-1S"), 2150858767),
        (lambda header: setattr(header.find("w:MaxEnvelopeSize", NAMESPACES), "text", "4096"), 2150858878),
        (lambda header: setattr(header.find("a:MessageID", NAMESPACES), "text", "x"), 2150858767),
        (lambda header: ET.SubElement(header, "{urn:x}New", {name("s", "mustUnderstand"): "true"}), 2150858768),
    ],
)
def test_faults_of_bad_headers(
    client: WSMan, host: Host, monkeypatch: pytest.MonkeyPatch, change: Callable[[ET.Element], object], code: int
) -> None:
    create = client._create_header

    def changed(*arguments):
        message_id, header = create(*arguments)
        change(header)
        return message_id, header

    monkeypatch.setattr(client, "_create_header", changed)
    with pytest.raises(WSManFaultError) as error:
        get(client, "Msvm_ComputerSystem", {"Name": host.inventory.computer})
    assert fault_code(error) == code
    host.offences.clear()


def test_prefixes_do_not_matter(client: WSMan, host: Host) -> None:
    """The same request under other prefixes, which a host that looks for text would not understand."""
    plain = (
        f'<q0:Envelope xmlns:q0="{NAMESPACES["s"]}" xmlns:q1="{NAMESPACES["a"]}"><q0:Header><q1:To>{host.url}</q1:To>'
        f'<ResourceURI xmlns="{NAMESPACES["w"]}">{URI}Msvm_ComputerSystem</ResourceURI><q1:ReplyTo><q1:Address>{NAMESPACES["a"]}'
        "/role/anonymous</q1:Address></q1:ReplyTo><q1:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</q1:Action>"
        "<q1:MessageID>uuid:00000000-0000-4000-8000-000000000001</q1:MessageID>"
        f'<q9:SelectorSet xmlns:q9="{NAMESPACES["w"]}"><q9:Selector Name="Name">HV-PEER</q9:Selector></q9:SelectorSet>'
        "</q0:Header><q0:Body/></q0:Envelope>"
    )
    answer = ET.fromstring(client.transport.send(plain.encode()))
    assert answer.findtext("s:Header/a:RelatesTo", namespaces=NAMESPACES) == "uuid:00000000-0000-4000-8000-000000000001"


def test_the_framing_must_have_its_tabs(client: WSMan, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    wrap = WinRMEncryption.wrap_message

    def without_tabs(self: WinRMEncryption, message: bytes) -> tuple[str, bytes]:
        content_type, body = wrap(self, message)
        return content_type, body.replace(b"\tContent-Type", b"Content-Type")

    monkeypatch.setattr(WinRMEncryption, "wrap_message", without_tabs)
    with pytest.raises(WinRMTransportError) as error:
        identify(client)
    assert error.value.code == 400 and host.journal == []
    host.offences.clear()


def test_serves_many_requests_on_one_connection(client: WSMan, host: Host) -> None:
    for _ in range(50):
        get(client, "Msvm_ComputerSystem", {"Name": "HV-PEER"})
    assert connections(client) == 1 and host.connections == 1 and host.handshakes == 1


@pytest.mark.parametrize(
    ("broken", "error", "ran"),
    [
        (Broken.DROP_BEFORE, requests.ConnectionError, 0),
        (Broken.DROP_AFTER, requests.ConnectionError, 1),
        (Broken.TRUNCATED, Exception, 1),
        (Broken.BAD_REQUEST, WinRMTransportError, 0),
        (Broken.CORRUPT_SIGNATURE, Exception, 1),
        (Broken.WRONG_RELATES_TO, WinRMError, 1),
        (Broken.GARBAGE, UnicodeDecodeError, 1),
        (Broken.DELAY, requests.ReadTimeout, 1),
    ],
)
def test_scripted_failures(client: WSMan, host: Host, broken: Broken, error: type[Exception], ran: int) -> None:
    host.script("Resynchronize", broken, seconds=2)
    client.transport.read_timeout = 1
    with pytest.raises(error):
        invoke(client, resynchronize_input(host.inventory.vm("web01").guid), SERVICE)
    assert len(host.entries("Resynchronize")) == 1 and host.ran("Resynchronize") == ran


def test_scripted_soap_fault_is_sealed(client: WSMan, host: Host) -> None:
    host.script("*", Broken.SOAP_FAULT, fault=SoapFault("w:AccessDenied", 5, "Access is denied."))
    with pytest.raises(WSManFaultError) as error:
        get(client, "Msvm_ComputerSystem", {"Name": "HV-PEER"})
    assert fault_code(error) == 5
    identify(client)


def test_an_answer_in_clear_is_what_it_says(client: WSMan, host: Host) -> None:
    """pypsrp believes an answer in clear to a sealed request, which our own client must not."""
    host.script("*", Broken.CLEAR_ANSWER)
    assert get(client, "Msvm_ComputerSystem", {"Name": "HV-PEER"})["Name"] == "HV-PEER"


@pytest.mark.parametrize("way", ["announced", "silent", "idle"])
def test_can_close_connections(client: WSMan, host: Host, way: str) -> None:
    if way == "announced":
        host.closes_after_each_answer = True
    elif way == "silent":
        host.script("*", Broken.CLOSE_AFTER)
    else:
        host.idle_seconds = 0.2
    identify(client)
    time.sleep(0.5)
    with pytest.raises(WinRMTransportError) as error:
        identify(client)
    assert error.value.code == 400, "pypsrp sends the sealed body on a new connection"
    host.offences.clear()
