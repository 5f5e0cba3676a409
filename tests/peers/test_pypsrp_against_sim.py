"""pypsrp, which works with Windows, against `hvr sim serve`: the simulated host speaks WinRM and not our dialect."""

from __future__ import annotations

import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pypsrp.encryption import WinRMEncryption
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.wsman import WSMan

from hvr import Hvr
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
from sim_host import PASSWORD, USER, fault_of, simulated

VMS = 60
VM_QUERY = "select * from Msvm_ComputerSystem"
NOT_FOUND = {2150858752, 2150858770, 2150858811}


def is_guid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with simulated(tmp_path_factory.mktemp("sim"), VMS) as url:
        yield url


@pytest.fixture
def client(endpoint: str) -> Iterator[WSMan]:
    with connect(endpoint, USER, PASSWORD) as connected:
        yield connected


TAKEN: set[str] = set()


def vm_in_need(client: WSMan) -> Row:
    """A primary VM that waits for a resynchronization; each test takes another one.

    One whose resynchronization is scheduled still waits, but refuses a second one, as its job exists.
    """
    rows = query_rows(client, f"{VM_QUERY} where ReplicationMode = 1 and ReplicationState = 9")
    rows = [row for row in rows if row["Name"] not in TAKEN]
    assert rows, "the simulated host has no VM left that needs resynchronization"
    TAKEN.add(rows[0]["Name"])
    return rows[0]


def follow(client: WSMan, job_class: str, job: str) -> list[Row]:
    """Reads a job until it is over."""
    end = time.monotonic() + 15
    seen: list[Row] = []
    while not seen or seen[-1]["JobState"] not in ("7", "8", "9", "10", "32768"):
        assert time.monotonic() < end, seen[-1]
        seen.append(get(client, job_class, {"InstanceID": job}))
        time.sleep(0.1)
    return seen


def test_identify(client: WSMan) -> None:
    identity = identify(client)
    assert identity.findtext("wsmid:ProductVendor", namespaces=NAMESPACES) == "Microsoft Corporation"
    assert (identity.findtext("wsmid:ProductVersion", namespaces=NAMESPACES) or "").startswith("OS: ")
    assert identity.findtext("wsmid:ProtocolVersion", namespaces=NAMESPACES) == NAMESPACES["w"]


@pytest.mark.parametrize(("page", "first"), [(None, 1), (5, 5), (VMS + 20, VMS + 1)])
def test_enumerates_over_several_pulls(client: WSMan, page: int | None, first: int) -> None:
    sizes, rows = [], []
    for items in pages(client, URI + "*", VM_QUERY, page):
        sizes.append(len(items))
        rows += [read(item) for item in items]
    assert sizes[0] == first and max(sizes) == first
    names = [row["Name"] for row in rows]
    assert len(set(names)) == len(names) == VMS + 1, "the VMs and the host itself"
    (host,) = [row for row in rows if not is_guid(row["Name"])]
    assert host["ReplicationState"] is None and host["ProcessID"] is None


def test_enumerates_a_class_without_a_filter(client: WSMan) -> None:
    assert sum(len(items) for items in pages(client, URI + "Msvm_ComputerSystem", page=100)) == VMS + 1


def test_optimized_enumeration(client: WSMan) -> None:
    body = client.enumerate(URI + "*", enumerate_request(VM_QUERY, VMS + 20, optimize=True))
    answer = body.find("n:EnumerateResponse", NAMESPACES)
    assert answer is not None and answer.find("n:EnumerationContext", NAMESPACES) is not None
    items = answer.find("w:Items", NAMESPACES)
    assert items is not None and len(items) == VMS + 1
    assert answer.find("w:EndOfSequence", NAMESPACES) is not None


def test_releases_an_enumeration(client: WSMan) -> None:
    body = client.enumerate(URI + "*", enumerate_request(VM_QUERY))
    context = body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)
    request = ET.Element(name("n", "Release"))
    ET.SubElement(request, name("n", "EnumerationContext")).text = context
    client.invoke(RELEASE, URI + "*", request)
    assert fault_of(client, lambda: client.pull(URI + "*", pull_request(context))) == 2150858779


def state(row: Row) -> int:
    """The replication state; the host itself has none and counts as less than any."""
    return -1 if row["ReplicationState"] is None else int(row["ReplicationState"])


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        (
            "ReplicationMode = 1 and not ReplicationState = 9",
            lambda row: row["ReplicationMode"] == "1" and state(row) != 9,
        ),
        ("ReplicationState is null", lambda row: not is_guid(row["Name"])),
        (
            "ElementName like '%' and (ReplicationState >= 3 or EnabledState <> 2)",
            lambda row: state(row) >= 3 or row["EnabledState"] != "2",
        ),
        ("ElementName = 'it\\'s \\\\ no \\\"name\\\"'", lambda row: False),
    ],
)
def test_wql_conditions(client: WSMan, where: str, holds: Callable[[Row], bool]) -> None:
    expected = sorted(row["Name"] for row in query_rows(client, VM_QUERY) if holds(row))
    assert sorted(row["Name"] for row in query_rows(client, f"{VM_QUERY} where {where}")) == expected


def test_a_projection_has_the_columns_asked_for(client: WSMan) -> None:
    rows = query_rows(client, "select Name, ElementName from Msvm_ComputerSystem")
    assert len(rows) == VMS + 1 and {tuple(sorted(row)) for row in rows} == {("ElementName", "Name")}


def test_gets_an_instance(client: WSMan) -> None:
    wanted = query_rows(client, VM_QUERY)[-1]
    for keys in (
        {"Name": wanted["Name"]},
        {"CreationClassName": "Msvm_ComputerSystem", "Name": wanted["Name"].lower()},
    ):
        assert get(client, "Msvm_ComputerSystem", keys)["ElementName"] == wanted["ElementName"]


def test_instances_look_as_windows_writes_them(client: WSMan) -> None:
    """Shape of the recordings: xsi:type on the root alone, names in order, NULL as nil, no white space between."""
    (item, *_) = next(pages(client, URI + "*", f"{VM_QUERY} where ReplicationMode = 1", 1))
    assert item.tag == f"{{{URI}Msvm_ComputerSystem}}Msvm_ComputerSystem"
    assert (item.get(name("xsi", "type")) or "").endswith(":Msvm_ComputerSystem_Type")
    properties = [element.tag.partition("}")[2] for element in item]
    assert properties == sorted(properties, key=str.lower) and not any(key.startswith("__") for key in properties)
    assert all(element.get(name("xsi", "type")) is None for element in item)
    assert item.text is None and all(element.tail is None for element in item)
    assert read(item)["InstanceID"] is None
    assert (read(item)["LastReplicationTime"] or "").endswith("Z")


def test_resynchronizes_and_follows_the_job(client: WSMan) -> None:
    vm = vm_in_need(client)
    value, job_class, job = invoke(client, resynchronize_input(vm["Name"]), SERVICE)
    assert value == 4096 and job_class and job
    seen = follow(client, job_class, job)
    percents = [int(row["PercentComplete"]) for row in seen]
    assert len(seen) > 2 and percents == sorted(percents) and percents[-1] == 100
    assert (seen[-1]["JobState"], seen[-1]["ErrorCode"], seen[-1]["ErrorDescription"]) == ("7", "0", "")
    assert seen[0]["TimeBeforeRemoval"].startswith("P0DT")
    assert get(client, "Msvm_ComputerSystem", {"Name": vm["Name"]})["ReplicationState"] == "3"
    (found,) = query_rows(client, f"select * from Msvm_ConcreteJob where InstanceID = '{job}'")
    assert found["JobState"] == "7"


def test_the_key_set_of_the_service_works_for_invoke(client: WSMan) -> None:
    ((endpoint,),) = pages(client, URI + "Msvm_ReplicationService", mode="EnumerateEPR")
    assert endpoint.tag == name("a", "EndpointReference")
    keys = {key.get("Name") or "": key.text or "" for key in endpoint.iter(name("w", "Selector"))}
    assert sorted(keys) == ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"]
    vm = vm_in_need(client)
    value, job_class, job = invoke(client, resynchronize_input(vm["Name"]), keys)
    assert value == 4096 and follow(client, job_class or "", job or "")[-1]["JobState"] == "7"


@pytest.mark.parametrize("kind", ["Datetime", "CIM_DateTime"])
def test_accepts_both_forms_of_a_start_time(client: WSMan, kind: str) -> None:
    vm = vm_in_need(client)
    when = datetime.now(UTC) + timedelta(hours=2)
    text = f"{when:%Y-%m-%dT%H:%M:%SZ}" if kind == "Datetime" else f"{when:%Y%m%d%H%M%S.%f}+000"
    value, _, _ = invoke(client, resynchronize_input(vm["Name"], start=datetime_element(kind, text)), SERVICE)
    assert value in (0, 4096)
    assert get(client, "Msvm_ComputerSystem", {"Name": vm["Name"]})["ReplicationState"] != "3"


def test_a_method_error_is_no_fault(client: WSMan) -> None:
    (row, *_) = query_rows(client, f"{VM_QUERY} where ReplicationMode = 0")
    value, job_class, job = invoke(client, resynchronize_input(row["Name"]), SERVICE)
    assert 32768 <= value <= 32779 and job_class is None and job is None


@pytest.mark.parametrize(
    ("class_name", "keys", "codes"),
    [
        ("Msvm_Nothing", {"Name": "x"}, NOT_FOUND),
        ("Msvm_ComputerSystem", {"Name": "00000000-0000-4000-8000-000000000000"}, {2150858752}),
        ("Msvm_ComputerSystem", {"Colour": "x"}, {2150858843}),
        ("Msvm_ComputerSystem", {}, {2150858842, 2150858843}),
        ("Msvm_ConcreteJob", {"InstanceID": "gone"}, {2150858752}),
    ],
)
def test_faults_of_get(client: WSMan, class_name: str, keys: dict[str, str], codes: set[int]) -> None:
    assert fault_of(client, lambda: get(client, class_name, keys)) in codes


def test_faults_of_enumerate(client: WSMan) -> None:
    concrete = fault_of(client, lambda: list(pages(client, URI + "Msvm_ComputerSystem", VM_QUERY)))
    assert concrete == 2150859003
    for query in (
        "select * from Msvm_Nothing",
        "select from",
        "drop table x",
        "select * from Msvm_ComputerSystem where",
    ):
        assert fault_of(client, lambda query=query: query_rows(client, query)) in (2150858778, 2150859042)
    stale = pull_request("uuid:00000000-0000-4000-8000-000000000000")
    assert fault_of(client, lambda: client.pull(URI + "*", stale)) == 2150858779


def test_faults_of_invoke(client: WSMan) -> None:
    vm = query_rows(client, f"{VM_QUERY} where ReplicationMode = 1")[0]["Name"]
    wrapped = resynchronize_input(vm, wrapper=True)
    assert fault_of(client, lambda: invoke(client, wrapped, SERVICE)) == 2150858817
    good = resynchronize_input(vm)
    assert fault_of(client, lambda: invoke(client, good, {})) in (0x8004102F, 2150858755, 2150858842, 2150858843)
    assert fault_of(client, lambda: invoke(client, good, {"Colour": "x"})) == 2150858843
    empty = resynchronize_input(vm)
    empty[1].attrib.clear()
    assert fault_of(client, lambda: invoke(client, empty, SERVICE)) == 2150858817
    uri = URI + "Msvm_ReplicationService"
    assert fault_of(client, lambda: client.invoke(uri + "/NoSuchMethod", uri, good)) in (
        2150858771,
        2150858755,
        2150858817,
    )


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (lambda header: header.remove(header.find("a:ReplyTo", NAMESPACES)), {2150858767, 2150858769}),
        (
            lambda header: header.find("w:Locale", NAMESPACES).set(name("s", "mustUnderstand"), "true"),
            {2150858818, 2150858887},
        ),
        (lambda header: setattr(header.find("w:OperationTimeout", NAMESPACES), "text", "PT-1S"), {2150858767}),
        (
            lambda header: setattr(header.find("w:MaxEnvelopeSize", NAMESPACES), "text", "4096"),
            {2150858805, 2150858878},
        ),
    ],
)
def test_faults_of_bad_headers(
    client: WSMan, monkeypatch: pytest.MonkeyPatch, change: Callable[[ET.Element], object], codes: set[int]
) -> None:
    create = client._create_header

    def changed(*arguments):
        message_id, header = create(*arguments)
        change(header)
        return message_id, header

    monkeypatch.setattr(client, "_create_header", changed)
    assert fault_of(client, lambda: query_rows(client, VM_QUERY)) in codes


def test_a_fault_is_http_500_and_sealed(client: WSMan, monkeypatch: pytest.MonkeyPatch) -> None:
    identify(client)
    answers: list[requests.Response] = []
    assert client.transport.session is not None
    send = client.transport.session.send

    def sent(*arguments: Any, **options: Any) -> requests.Response:
        answers.append(send(*arguments, **options))
        return answers[-1]

    monkeypatch.setattr(client.transport.session, "send", sent)
    with pytest.raises(WSManFaultError):
        get(client, "Msvm_ComputerSystem", {"Colour": "x"})
    sealed = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
    assert [(answer.status_code, answer.headers["Content-Type"]) for answer in answers] == [(500, sealed)]


def test_refuses_a_wrong_password(endpoint: str) -> None:
    for user, password in ((USER, "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(AuthenticationError):
            identify(connect(endpoint, user, password))


def test_refuses_a_body_in_clear(endpoint: str) -> None:
    with pytest.raises((AuthenticationError, WinRMTransportError)):
        identify(connect(endpoint, USER, PASSWORD, encryption="never"))


def test_refuses_a_request_without_authentication(endpoint: str) -> None:
    session = requests.Session()
    session.trust_env = False
    answer = session.post(endpoint, data=b"", timeout=10)
    assert answer.status_code == 401 and "Negotiate" in answer.headers["WWW-Authenticate"]


def test_a_sealed_body_on_a_fresh_connection_is_400(client: WSMan) -> None:
    identify(client)
    client.close()  # the next request goes out on a new connection, with the old context
    with pytest.raises(WinRMTransportError) as error:
        identify(client)
    assert error.value.code == 400 and error.value.response_text == ""


def test_a_changed_body_is_not_executed(client: WSMan, monkeypatch: pytest.MonkeyPatch) -> None:
    wrap = WinRMEncryption.wrap_message

    def changed(self: WinRMEncryption, message: bytes) -> tuple[str, bytes]:
        content_type, body = wrap(self, message)
        return content_type, body[:-30] + bytes([body[-30] ^ 1]) + body[-29:]

    monkeypatch.setattr(WinRMEncryption, "wrap_message", changed)
    with pytest.raises((WinRMTransportError, AuthenticationError)):
        identify(client)


def test_accepts_parts_without_the_tab(client: WSMan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows takes them from OMI and PSWSMan; its own answers have the tab, which pypsrp insists on."""
    wrap = WinRMEncryption.wrap_message

    def without_tabs(self: WinRMEncryption, message: bytes) -> tuple[str, bytes]:
        content_type, body = wrap(self, message)
        head, mark, rest = body.partition(b"application/octet-stream\r\n")
        return content_type, head.replace(b"\t", b"") + mark + rest

    monkeypatch.setattr(WinRMEncryption, "wrap_message", without_tabs)
    identify(client)


def test_many_requests_on_one_connection(client: WSMan) -> None:
    wanted = query_rows(client, VM_QUERY)[0]
    for _ in range(200):
        assert get(client, "Msvm_ComputerSystem", {"Name": wanted["Name"]})["ElementName"] == wanted["ElementName"]
    assert connections(client) == 1


def test_demo_ends_well(tmp_path: Path) -> None:
    run = Hvr(tmp_path, None, None, "no password is given here").run("demo", limit=20).expect(0)
    assert "resync" in run.both
