"""`hvr get`, `enumerate`, `associators`, `references` and `invoke` against a host of pyspnego and lxml.

The class Test_Everything and its like are the host's own: the program has no schema of them, as of most classes. Those
of Hyper-V it knows. The fixture `host` proves that no request broke a rule of the wire.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from failures import Broken
from hvr import Hvr
from inventory import JobScript
from made_up import TEXT, big
from schema import MADE_UP, PREFIX, URI, Instance, Interval
from soap import N, Reference, S, W, name
from winrm_host import Host

ALL = 'InstanceID=Test\\everything "1"'
SYSTEM, RELATIONSHIP = "Msvm_ComputerSystem", "Msvm_ReplicationRelationship"
SELECTORS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"
ASSOCIATIONS = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"


@pytest.fixture
def test(hvr: Hvr) -> Hvr:
    """The program, in the namespace of the made-up classes."""
    hvr.of_command = ["--namespace", MADE_UP]
    return hvr


def vm_keys(host: Host, vm: str) -> dict[str, str]:
    return {"CreationClassName": SYSTEM, "Name": host.inventory.vm(vm).guid}


def selectors(keys: dict[str, str]) -> list[str]:
    return [argument for key, value in keys.items() for argument in ("-s", f"{key}={value}")]


def relationship(host: Host, vm: str, number: int = 0) -> str:
    return f"Microsoft:{host.inventory.vm(vm).guid}\\HVR\\{number}"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def columns(row: dict[str, Any]) -> set[str]:
    """The properties of a row, without what is said of them."""
    return {key for key in row if not key.startswith("__")}


# identify, get


def test_identify_without_credentials(hvr: Hvr, host: Host) -> None:
    hvr.user, hvr.options = None, []
    assert "OS: 0.0.0" in hvr.run("identify", "--unauthenticated").expect(0).stdout
    assert [entry.anonymous for entry in host.journal] == [True] and host.handshakes == 0


def test_get_of_a_class_without_schema(test: Hvr) -> None:
    row = test.run("get", "Test_Everything", "-s", ALL, "-o", "json").expect(0).json()
    texts = {key: str(value) for key, value in row.items()}
    assert (texts["Uint64"], texts["Sint64"], texts["Char16"]) == (str(2**64 - 1), str(-(2**63)), "日")
    assert texts["Boolean"].lower() == "true" and row["String"] == TEXT and row["Nothing"] is None
    assert row["Strings"] == ["", TEXT] and list(map(str, row["Octets"])) == ["0", "127", "255"]
    assert float(row["Real64"]) == -1.7976931348623157e308
    assert row["Timestamp"] == "2026-10-08T09:00:00.000001Z" and row["Interval"] == "P1DT2H3M4.000005S"
    host_keys = {"CreationClassName": SYSTEM, "Name": "HV-PEER"}
    assert row["Reference"] == {"class": SYSTEM, "keys": host_keys}


def test_get_of_a_class_with_schema(hvr: Hvr, host: Host) -> None:
    keys = {"InstanceID": relationship(host, "web01")}
    row = hvr.run("get", "Msvm_ReplicationSettingData", *selectors(keys), "-o", "json").expect(0).json()
    assert row["ReplicationInterval"] == 300 and row["CompressionEnabled"] is True
    assert row["AutoResynchronizeIntervalStart"] == "P0DT18H30M0S" and row["ReplicationProvider"] is None
    host.inventory.vm("web01").settings["IncludedDisks"] = ["one"]
    row = hvr.run("get", "Msvm_ReplicationSettingData", *selectors(keys), "-o", "json").expect(0).json()
    assert row["IncludedDisks"] == ["one"], "the schema knows an array of one element"


def test_get_keeps_large_numbers(hvr: Hvr, host: Host) -> None:
    row = hvr.run("get", SYSTEM, *selectors(vm_keys(host, "web01")), "-o", "json").expect(0).json()
    assert row["OnTimeInMilliseconds"] == 6138293824 and row["OperationalStatus"] == [2]
    assert row["LastReplicationTime"] in (None, "1601-01-01T00:00:00Z")


def test_get_of_an_association_by_its_references(hvr: Hvr, host: Host) -> None:
    key = relationship(host, "web01")
    path = key.replace("\\", "\\\\")
    ends = [f'ManagedElement={RELATIONSHIP}.InstanceID="{path}"']
    ends += [f'SettingData=Msvm_ReplicationSettingData.InstanceID="{path}"']
    run = hvr.run("get", "Msvm_SettingsDefineState", "-s", ends[0], "-s", ends[1], "-o", "json").expect(0)
    assert run.json()["ManagedElement"] == {"class": RELATIONSHIP, "keys": {"InstanceID": key}}


def test_get_by_a_whole_resource_uri(hvr: Hvr, host: Host) -> None:
    uri = PREFIX + MADE_UP + "/Test_Thing"
    hvr.run("get", "--resource-uri", uri, "-s", "Name=lamp", "-s", "Number=1").expect(0)
    assert host.entries("Get")[-1].resource == uri


def test_get_of_what_is_not_there(hvr: Hvr) -> None:
    error = hvr.run("get", SYSTEM, "-s", "Name=gone", "-o", "json").expect(1).error()
    assert error["fault_code"] == 2150858752
    assert hvr.run("get", "Msvm_Nothing", "-s", "Name=x", "-o", "json").expect(1).error()["fault_code"] == 2150858752


def test_the_answer_as_it_came(test: Hvr) -> None:
    root = etree.fromstring(test.run("get", "Test_Thing", "-s", "Name=lamp", "-s", "Number=2", "-o", "xml").stdout)
    found = root if etree.QName(root).localname == "Test_Thing" else root.find(".//{*}Test_Thing")
    assert found is not None and found.findtext("{*}Letter") == "Ж"


# enumerate


def test_enumerate_a_class(test: Hvr, host: Host) -> None:
    rows = test.run("enumerate", "Test_Thing", "-o", "json").expect(0).json()
    assert [(row["Name"], str(row["Number"])) for row in rows] == [("lamp", "1"), ("lamp", "2"), ("table & chair", "3")]
    assert not host.provider.enumerations.open
    assert "table & chair" in test.run("enumerate", "Test_Thing").expect(0).stdout


def test_enumerate_references(test: Hvr, host: Host) -> None:
    rows = test.run("enumerate", "Test_Thing", "--epr", "-o", "json").expect(0).json()
    assert rows[2] == {"class": "Test_Thing", "namespace": MADE_UP, "keys": {"Name": "table & chair", "Number": "3"}}
    assert host.entries("Enumerate")[0].parameters["mode"] == "EnumerateEPR"


def test_enumerate_objects_with_their_references(test: Hvr, host: Host) -> None:
    (row, *_) = test.run("enumerate", "Test_Thing", "--with-epr", "-o", "json").expect(0).json()
    assert "lamp" in json.dumps(row) and '"Number": "1"' in json.dumps(row)
    assert host.entries("Enumerate")[0].parameters["mode"] == "EnumerateObjectAndEPR"


def test_enumerate_by_wql(test: Hvr, host: Host) -> None:
    query = "select * from Test_Thing where Name = 'table & chair' and Size > 5"
    rows = test.run("enumerate", "--wql", query, "-o", "json").expect(0).json()
    assert [row["Name"] for row in rows] == ["table & chair"]
    (entry,) = host.entries("Enumerate")
    assert entry.resource.endswith("/*") and entry.parameters["query"] == query


def test_enumerate_a_projection(test: Hvr, host: Host) -> None:
    rows = test.run("enumerate", "--wql", "select Size, Tags from Test_Thing", "-o", "json").expect(0).json()
    assert [columns(row) for row in rows] == [{"Size", "Tags"}] * 3 and str(rows[0]["Size"]) == str(2**53 + 1)
    rows = test.run("enumerate", "Test_Thing", "--properties", "Name,Size", "-o", "json").expect(0).json()
    assert [columns(row) for row in rows] == [{"Name", "Size"}] * 3


def test_enumerate_a_bad_query(hvr: Hvr, host: Host) -> None:
    error = hvr.run("enumerate", "--wql", "select nothing", "-o", "json").expect(1).error()
    assert error["fault_code"] == 2150858778
    host.offences.clear()


def test_enumerate_what_is_named_as_the_parts_of_an_answer(test: Hvr, host: Host) -> None:
    for namespace in (N, W):
        host.provider.enumerations.items_namespace = namespace
        rows = test.run("enumerate", "Test_Part", "-o", "json").expect(0).json()
        assert [row["Name"] for row in rows] == ["a", "b", "c"]
        assert rows[0]["EndOfSequence"] == "no" and rows[0]["Items"] == ["x", "y"]


def test_enumerate_in_pages(test: Hvr, host: Host) -> None:
    host.inventory.extra = big(25, 10)
    rows = test.run("enumerate", "Test_Big", "--page-size", "10", "-o", "ndjson").expect(0)
    assert [row["Name"] for row in lines(rows.stdout)] == [f"{number:05}" for number in range(25)]
    asked = [entry for entry in host.journal if entry.operation in ("Enumerate", "Pull")]
    assert {entry.parameters["max_elements"] for entry in asked} == {10}


def test_enumerate_where_pages_are_refused(test: Hvr, host: Host) -> None:
    host.inventory.extra = big(25, 10)
    host.provider.enumerations.refuses_over = 6
    rows = test.run("enumerate", "Test_Big", "-o", "ndjson").expect(0)
    assert [row["Name"] for row in lines(rows.stdout)] == [f"{number:05}" for number in range(25)]


def test_enumerate_no_more_than_the_limit(test: Hvr, host: Host) -> None:
    host.inventory.extra = big(25, 10)
    rows = test.run("enumerate", "Test_Big", "--limit", "7", "--page-size", "5", "-o", "ndjson").expect(0)
    assert [row["Name"] for row in lines(rows.stdout)] == [f"{number:05}" for number in range(7)]
    assert len(host.entries("Pull")) <= 1
    (release,) = host.entries("Release")
    assert release.executed and not host.provider.enumerations.open


def test_lines_come_before_the_last_page_is_asked_for(test: Hvr, host: Host) -> None:
    host.inventory.extra = big(25, 10)
    host.script("Pull", Broken.DELAY, times=None, seconds=60)
    process = test.start("enumerate", "Test_Big", "--page-size", "5", "-o", "ndjson")
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["Name"] == "00000"
        assert len(host.entries("Pull")) <= 1
    finally:
        process.kill()
        process.communicate()


def test_an_enumeration_that_nobody_reads_is_released(test: Hvr, host: Host) -> None:
    host.inventory.extra = big(300, 1000)
    process = test.start("enumerate", "Test_Big", "--page-size", "5", "-o", "ndjson")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert "panicked" not in process.stderr.read()
    assert process.wait(20) == 0
    assert host.entries("Release")[0].executed and not host.provider.enumerations.open


def test_a_bad_value_loses_no_other(test: Hvr) -> None:
    run = test.run("enumerate", "Test_Odd", "-o", "json").expect(0)
    rows = {row["Name"]: row for row in run.json()}
    assert list(rows) == ["before", "wildcard", "impossible", "unknown", "behind"]
    assert rows["before"]["When"] == "2026-01-01T00:00:00Z" and rows["behind"]["When"] == "2026-01-02T00:00:00Z"
    assert rows["wildcard"]["When"] == "20261008******.******+000"
    assert "tomorrow" in rows["impossible"]["__invalid"]["When"] and "When" not in rows["impossible"]
    assert rows["impossible"]["Strange"] == "fine" and run.stderr == ""
    assert "tomorrow" in test.run("enumerate", "Test_Odd").expect(0).stderr
    assert "Quaternion" in json.dumps(rows["unknown"]["Strange"]) and rows["unknown"]["When"] is None


def test_a_value_that_is_not_of_its_type_loses_no_other(hvr: Hvr, host: Host) -> None:
    host.inventory.vm("web01").settings["ReplicationInterval"] = "many"
    run = hvr.run("enumerate", "Msvm_ReplicationSettingData", "-o", "json").expect(0)
    rows = {row["InstanceID"]: row for row in run.json()}
    bad = rows[relationship(host, "web01")]
    assert "many" in bad["__invalid"]["ReplicationInterval"] and bad["RecoveryServerPortNumber"] == 80
    assert rows[relationship(host, "db01")]["ReplicationInterval"] == 300 and run.stderr == ""
    assert "many" in hvr.run("enumerate", "Msvm_ReplicationSettingData").expect(0).stderr


# associators, references


def test_associators(hvr: Hvr, host: Host) -> None:
    keys = selectors(vm_keys(host, "chain01"))
    rows = hvr.run("associators", SYSTEM, *keys, "-o", "json").expect(0).json()
    assert len(rows) == 3 and {row["InstanceID"] for row in rows[1:]} == {
        relationship(host, "chain01"),
        relationship(host, "chain01", 1),
    }
    narrow = ["--assoc-class", "CIM_Dependency", "--role", "Antecedent"]
    narrow += ["--result-class", RELATIONSHIP, "--result-role", "Dependent"]
    rows = hvr.run("associators", SYSTEM, *keys, *narrow, "-o", "json").expect(0).json()
    assert len(rows) == 2
    assert hvr.run("associators", SYSTEM, *keys, "--role", "Dependent", "-o", "json").expect(0).json() == []
    assert not host.provider.enumerations.open


def test_references(hvr: Hvr, host: Host) -> None:
    keys = selectors(vm_keys(host, "web01"))
    narrow = ["--result-class", "Msvm_SystemReplicationRelationship", "--role", "Antecedent"]
    (row,) = hvr.run("references", SYSTEM, *keys, *narrow, "-o", "json").expect(0).json()
    assert row["Antecedent"] == {"class": SYSTEM, "keys": vm_keys(host, "web01")}
    assert row["Dependent"] == {"class": RELATIONSHIP, "keys": {"InstanceID": relationship(host, "web01")}}
    assert len(hvr.run("references", SYSTEM, *keys, "-o", "json").expect(0).json()) == 2


def test_associators_of_what_is_not_there(hvr: Hvr) -> None:
    keys = selectors({"CreationClassName": SYSTEM, "Name": "gone"})
    assert hvr.run("associators", SYSTEM, *keys, "-o", "json").expect(1).error()["fault_code"] == 2150858752


# invoke


def echo(test: Hvr, *parameters: str) -> dict[str, Any]:
    """Echoes parameters: what comes back as JSON."""
    arguments = [argument for parameter in parameters for argument in ("-p", parameter)]
    answer = test.run("invoke", "Test_Everything", "Echo", "-s", ALL, *arguments, "-o", "json").expect(0).json()
    assert answer["ReturnValue"] == 0
    return answer


def sent(host: Host, method: str = "Echo") -> dict[str, Any]:
    """The parameters that the host read."""
    return host.entries(method)[-1].parameters


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("Boolean:boolean=true", True),
        ("Uint8:uint8=255", 255),
        ("Uint64:uint64=18446744073709551615", 2**64 - 1),
        ("Uint64:uint64=9007199254740993", 2**53 + 1),
        ("Sint8:sint8=-128", -128),
        ("Sint64:sint64=-9223372036854775808", -(2**63)),
        ("Real32:real32=0.5", 0.5),
        ("Real64:real64=-1.7976931348623157e308", -1.7976931348623157e308),
        ("Char16:char16=日", "日"),
        ("String:string=" + TEXT, TEXT),
        ("String:string=", ""),
        ("String:string=a=b:c", "a=b:c"),
        ("Timestamp:datetime=2026-10-08T11:00:00.000001+02:00", datetime(2026, 10, 8, 9, 0, 0, 1, UTC)),
        ("Interval:datetime=P1DT2H3M4.000005S", Interval(93784.000005)),
        ("Nothing=null", None),
        ("String:string=null", "null"),
    ],
)
def test_parameters_of_a_method_without_schema(test: Hvr, host: Host, parameter: str, value: object) -> None:
    key = re.split("[:=]", parameter)[0]
    answer = echo(test, parameter)
    found = sent(host)[key]
    assert found == value and type(found) is type(value)
    if isinstance(value, (str, int)) or value is None:
        assert answer[key] == value or str(answer[key]).lower() == str(value).lower()
    assert answer["Uint16"] is None, "an out parameter that is NULL"


def test_arrays_of_a_method_without_schema(test: Hvr, host: Host) -> None:
    echo(test, "Octets:uint8=0", "Octets:uint8=255", "Strings:string=a", "Strings:string=", "Strings:string=c=d")
    assert sent(host) == {"Octets": [0, 255], "Strings": ["a", "", "c=d"]}
    echo(test, "Uint64s:uint64[]=9007199254740993")
    assert sent(host) == {"Uint64s": [2**53 + 1]}


def reference_text(host: Host, vm: str) -> str:
    return f'{SYSTEM}.CreationClassName="{SYSTEM}",Name="{host.inventory.vm(vm).guid}"'


@pytest.mark.parametrize("prefix", ["\\\\HV-PEER\\root\\virtualization\\v2:", "root/virtualization/v2:"])
def test_references_of_a_method_without_schema(test: Hvr, host: Host, prefix: str) -> None:
    paths = [prefix + reference_text(host, vm) for vm in ("web01", "db01")]
    given = [f"Reference:reference={paths[0]}", *(f"References:reference={path}" for path in paths)]
    answer = echo(test, *given)
    wanted = [Reference(URI + SYSTEM, list(vm_keys(host, vm).items())) for vm in ("web01", "db01")]
    assert sent(host) == {"Reference": wanted[0], "References": wanted}
    shown = [{"class": SYSTEM, "keys": vm_keys(host, vm)} for vm in ("web01", "db01")]
    assert answer["Reference"] == shown[0] and answer["References"] == shown
    echo(test, 'Reference:reference=Test_Thing.Name="la\\"m\\\\p",Number=1')
    thing = Reference(PREFIX + MADE_UP + "/Test_Thing", [("Name", 'la"m\\p'), ("Number", "1")])
    assert sent(host) == {"Reference": thing}


def test_text_of_a_file(test: Hvr, host: Host, tmp_path: Path) -> None:
    (tmp_path / "text").write_text(TEXT + "\n", encoding="utf-8")
    echo(test, f"String:string=@{tmp_path / 'text'}")
    assert sent(host)["String"] in (TEXT, TEXT + "\n")


def test_an_embedded_instance_of_a_file(hvr: Hvr, host: Host, tmp_path: Path) -> None:
    text = (
        '<INSTANCE CLASSNAME="Msvm_ReplicationSettingData">'
        '<PROPERTY NAME="RecoveryConnectionPoint" TYPE="string"><VALUE>a &#38; &#60;b&#62;</VALUE></PROPERTY>'
        '<PROPERTY NAME="ReplicationInterval" TYPE="uint16"><VALUE>30</VALUE></PROPERTY></INSTANCE>'
    )
    (tmp_path / "settings").write_text(text, encoding="utf-8")
    arguments = ["-p", f"ComputerSystem={reference_text(host, 'web01')}"]
    arguments += ["-p", f"ReplicationSettingData=@{tmp_path / 'settings'}"]
    hvr.run("invoke", "Msvm_ReplicationService", "ModifyReplicationSettings", *arguments).expect(0)
    settings = sent(host, "ModifyReplicationSettings")["ReplicationSettingData"]
    assert settings == Instance(
        "Msvm_ReplicationSettingData", {"RecoveryConnectionPoint": "a & <b>", "ReplicationInterval": 30}
    )
    entry = host.entries("ModifyReplicationSettings")[0]
    assert entry.selectors["CreationClassName"] == "Msvm_ReplicationService", "it is filled in"


def test_types_and_order_come_from_the_schema(hvr: Hvr, host: Host) -> None:
    arguments = ["-p", "BypassProxyServer=true", "-p", "CertificateThumbPrint=null", "-p", "AuthenticationType=1"]
    arguments += ["-p", "RecoveryServerPortNumber=80", "-p", "RecoveryConnectionPoint=b.example.com"]
    run = hvr.run("invoke", "Msvm_ReplicationService", "TestReplicationConnection", *arguments, "-o", "json").expect(0)
    assert run.json() == {"ReturnValue": 0, "Job": None}
    assert sent(host, "TestReplicationConnection") == {
        "RecoveryConnectionPoint": "b.example.com",
        "RecoveryServerPortNumber": 80,
        "AuthenticationType": 1,
        "CertificateThumbPrint": None,
        "BypassProxyServer": True,
    }
    hvr.run(
        "invoke", "Msvm_ReplicationService", "RequestStateChange", "-p", "TimeoutPeriod=PT1M", "-p", "RequestedState=2"
    ).expect(0)
    assert sent(host, "RequestStateChange") == {"RequestedState": 2, "TimeoutPeriod": Interval(60)}


@pytest.mark.parametrize("parameter", ["Colour=x", "RecoveryServerPortNumber=65536", "BypassProxyServer=perhaps"])
def test_what_does_not_fit_the_schema_is_not_sent(hvr: Hvr, host: Host, parameter: str) -> None:
    hvr.run("invoke", "Msvm_ReplicationService", "TestReplicationConnection", "-p", parameter).expect(2)
    assert host.journal == []


def test_out_parameters_of_a_method_with_schema(hvr: Hvr) -> None:
    answer = hvr.run("invoke", "Msvm_ReplicationService", "GetSystemCertificates", "-o", "json").expect(0).json()
    assert answer == {"ReturnValue": 0, "EncodedCertificates": ["MIIB", "MIIC"]}


def test_a_started_job_is_a_reference(hvr: Hvr, host: Host) -> None:
    start = datetime.now(timezone(timedelta(hours=-5))).replace(microsecond=0) + timedelta(hours=3)
    arguments = ["-p", f"ComputerSystem={reference_text(host, 'web01')}", "-p", f"StartTime={start.isoformat()}"]
    answer = hvr.run("invoke", "Msvm_ReplicationService", "Resynchronize", *arguments, "-o", "json").expect(0).json()
    job = {"class": "Msvm_ConcreteJob", "keys": {"InstanceID": host.inventory.jobs[0].guid}}
    assert answer == {"ReturnValue": 4096, "Job": job}
    assert host.inventory.scheduled == [(host.inventory.vm("web01"), start)]


def test_a_method_that_says_no(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(return_value=32775)
    arguments = ["-p", f"ComputerSystem={reference_text(host, 'web01')}", "-o", "json"]
    run = hvr.run("invoke", "Msvm_ReplicationService", "Resynchronize", *arguments).expect(1)
    assert "32775" in run.both


def test_a_method_of_unknown_outcome_is_not_sent_again(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.DROP_AFTER)
    arguments = ["-p", f"ComputerSystem={reference_text(host, 'web01')}", "-o", "json"]
    run = hvr.run("invoke", "Msvm_ReplicationService", "Resynchronize", *arguments).expect(5)
    assert run.error()["outcome_unknown"] is True
    assert len(host.entries("Resynchronize")) == host.ran("Resynchronize") == 1


def test_a_dry_run_sends_nothing(hvr: Hvr, host: Host) -> None:
    arguments = ["-p", f"ComputerSystem={reference_text(host, 'web01')}", "--dry-run"]
    run = hvr.run("invoke", "Msvm_ReplicationService", "Resynchronize", *arguments).expect(0)
    assert host.connections == 0
    envelope = etree.fromstring(run.stdout.encode())
    uri = URI + "Msvm_ReplicationService"
    assert envelope.findtext(f"{name(S, 'Header')}/{{*}}Action") == uri + "/Resynchronize"
    parameter = envelope.find(f"{name(S, 'Body')}/{name(uri, 'Resynchronize_INPUT')}/{name(uri, 'ComputerSystem')}")
    assert parameter is not None and [etree.QName(part).localname for part in parameter] == [
        "Address",
        "ReferenceParameters",
    ]
    assert len(run.stdout.splitlines()) > 10, "it is indented"


def test_numbers_that_are_none_in_json(test: Hvr, host: Host) -> None:
    """JSON has no infinity: whatever is shown for it has to be JSON."""
    echo(test, "Real64:real64=INF")
    assert math.isinf(sent(host)["Real64"])
