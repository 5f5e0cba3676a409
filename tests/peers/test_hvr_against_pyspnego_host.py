"""`hvr` against a host of pyspnego and lxml: every command does what it says, and says what it did.

Each test also proves, by the fixture `host`, that no request broke a rule of the wire, and, by `Hvr.run`, that no
secret is printed.
"""

from __future__ import annotations

import http.server
import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hvr import Hvr, Run, word
from inventory import JobScript
from schema import URI
from winrm_host import PASSWORD, USER, Host

ODD_NAMES = ["O'Brien's \"test\" VM", "R&D <prod>", "back\\slash\\", "Bücher Größe Ж 日本", "100%_of[it]", " padded "]
LONG = JobScript(seconds=60)


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


def resynchronized(host: Host, vm_name: str) -> None:
    """The method ran once, for this VM, at once."""
    (entry,) = host.entries("Resynchronize")
    vm = next(vm for vm in host.inventory.vms if vm_name in (vm.name, vm.guid))
    resource, selectors = entry.parameters["ComputerSystem"]
    assert entry.executed and resource == URI + "Msvm_ComputerSystem"
    assert dict(selectors) == {"CreationClassName": "Msvm_ComputerSystem", "Name": vm.guid}
    assert entry.parameters.get("StartTime") is None


# identify, vm list


def test_identify(hvr: Hvr, host: Host) -> None:
    run = hvr.run("identify").expect(0)
    assert "Microsoft Corporation" in run.stdout and "10.0.20348" in run.stdout
    assert [entry.operation for entry in host.journal] == ["Identify"]
    assert isinstance(hvr.run("-o", "json", "identify").expect(0).json(), dict)


def test_vm_list_as_a_table(hvr: Hvr, host: Host) -> None:
    run = hvr.run("vm", "list").expect(0)
    for vm in host.inventory.vms:
        assert vm.name.strip() in run.stdout and vm.guid.lower() in run.stdout.lower()


def test_vm_list_as_json(hvr: Hvr, host: Host) -> None:
    rows = {row["id"].upper(): row for row in hvr.run("vm", "list", "-o", "json").expect(0).json()}
    assert {guid: row["name"] for guid, row in rows.items()} == {vm.guid: vm.name for vm in host.inventory.vms}

    def words(vm: str) -> list[str]:
        row = rows[host.inventory.vm(vm).guid]
        return [word(row[key]) for key in ("state", "replication_mode", "replication_state", "replication_health")]

    assert words("web01")[1:] == ["primary", "waitingtostartresynchronization", "critical"]
    assert words("web01")[0] == "running"
    assert words("db01")[1:] == ["primary", "replicating", "ok"]
    assert words("copy01") == ["off", "replica", "replicating", "ok"]
    assert words("plain01")[1:] == ["none", "disabled", "notapplicable"]
    assert words("odd42")[2] == "unknown(42)"


def test_vm_list_as_ndjson(hvr: Hvr, host: Host) -> None:
    lines = hvr.run("vm", "list", "-o", "ndjson").expect(0).stdout.splitlines()
    assert sorted(json.loads(line)["name"] for line in lines) == sorted(vm.name for vm in host.inventory.vms)


def test_asks_in_english_and_leaves_nothing_open(hvr: Hvr, host: Host) -> None:
    hvr.run("vm", "list").expect(0)
    assert {entry.locale for entry in host.journal if entry.operation != "Identify"} == {"en-US"}
    assert not host.provider.enumerations.open, "an enumeration was neither read to its end nor released"
    assert host.handshakes == host.connections, "a connection is authenticated once"


def test_an_account_that_sees_no_vm_is_warned(hvr: Hvr, host: Host) -> None:
    host.inventory.hides_vms = True
    run = hvr.run("vm", "list", "-o", "json").expect(0)
    assert run.json() == [] and run.stderr.strip()
    hvr.run("resync", "web01").expect(7)


def test_a_host_without_hyperv_says_so(hvr: Hvr, host: Host) -> None:
    host.provider.has_hyperv = False
    assert "Hyper-V" in hvr.run("vm", "list").expect(1).stderr


def test_a_closed_pipe_is_success(hvr: Hvr) -> None:
    process = hvr.start("vm", "list")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert "panicked" not in process.stderr.read()
    assert process.wait(20) == 0


# resync


def test_resync_by_name(hvr: Hvr, host: Host) -> None:
    vm = host.inventory.vm("web01")
    answer = hvr.run("-o", "json", "resync", "web01").expect(0).json()
    assert answer["vm"]["name"] == "web01" and answer["vm"]["id"].upper() == vm.guid
    assert (answer["result"], answer["return_value"]) == ("completed", 4096)
    job = answer["job"]
    assert job["id"].upper() == host.inventory.jobs[0].guid
    assert (word(job["state"]), job["percent"], job["error_code"] or 0, job["error_description"] or "") == (
        "completed",
        100,
        0,
        "",
    )
    assert word(answer["state_before"]) == "waitingtostartresynchronization"
    assert word(answer["state_after"]) == "replicating"
    resynchronized(host, "web01")


@pytest.mark.parametrize("form", [str.lower, str.upper])
def test_resync_by_guid(hvr: Hvr, host: Host, form) -> None:
    guid = [vm for vm in host.inventory.vms if vm.name == "twin"][1].guid
    hvr.run("resync", form(guid)).expect(0)
    resynchronized(host, guid)


@pytest.mark.parametrize("vm", ODD_NAMES)
def test_resync_of_odd_names(hvr: Hvr, host: Host, vm: str) -> None:
    answer = hvr.run("resync", vm, "-o", "json").expect(0).json()
    assert answer["vm"]["name"] == vm and answer["result"] == "completed"
    resynchronized(host, vm)


def test_resync_as_a_table_and_quietly(hvr: Hvr, host: Host) -> None:
    assert "web01" in hvr.run("resync", "web01").expect(0).both
    assert hvr.run("-q", "resync", "web01").expect(0).stderr == ""


def test_resync_as_ndjson(hvr: Hvr) -> None:
    (*_, last) = hvr.run("-o", "ndjson", "resync", "web01").expect(0).stdout.splitlines()
    assert json.loads(last)["result"] == "completed"


@pytest.mark.parametrize("return_value", [0, 4096])
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))])
def test_a_start_time_in_the_future_is_scheduled(hvr: Hvr, host: Host, return_value: int, zone: timezone) -> None:
    host.inventory.script = JobScript(return_value=return_value)
    start = datetime.now(zone).replace(microsecond=0) + timedelta(hours=3)
    answer = hvr.run("resync", "web01", "--at", start.isoformat(), "-o", "json").expect(0).json()
    assert (answer["result"], answer["return_value"]) == ("scheduled", return_value)
    assert host.inventory.scheduled == [(host.inventory.vm("web01"), start)]
    assert host.ran("Resynchronize") == 1


def test_a_scheduled_start_is_never_called_completed(hvr: Hvr) -> None:
    start = (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "completed" not in hvr.run("resync", "web01", "--at", start).expect(0).both.lower()


def test_no_wait_leaves_the_job_running(hvr: Hvr, host: Host) -> None:
    host.inventory.script = LONG
    answer = hvr.run("resync", "web01", "--no-wait", "-o", "json").expect(0).json()
    assert answer["result"] == "started" and answer["job"]["id"].upper() == host.inventory.jobs[0].guid
    assert host.ran("Resynchronize") == 1


def test_a_wait_has_its_limit(hvr: Hvr, host: Host) -> None:
    host.inventory.script = LONG
    run = hvr.run("resync", "web01", "--wait-timeout", "1s", "-o", "json").expect(5)
    assert run.seconds < 10 and host.inventory.jobs[0].guid.lower() in run.both.lower()
    assert '"completed"' not in run.both and host.ran("Resynchronize") == 1


def test_an_interrupted_wait(hvr: Hvr, host: Host) -> None:
    host.inventory.script = LONG
    process = hvr.start("resync", "web01")
    wait_until(lambda: host.ran("Resynchronize") == 1)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=15)
    assert process.returncode == 130 and "completed" not in stdout.lower()
    hvr.has_no_secret(stdout + stderr)


@pytest.mark.parametrize("vm", ["copy01", "chain01"])
def test_a_replica_is_refused_with_the_name_of_its_primary(hvr: Hvr, host: Host, vm: str) -> None:
    run = hvr.run("resync", vm)
    assert run.code in (1, 2), run
    assert "hv-primary.example.com" in run.stderr and host.entries("Resynchronize") == []


def test_extended_acts_on_the_extended_relationship(hvr: Hvr, host: Host) -> None:
    assert hvr.run("resync", "chain01", "--extended", "-o", "json").expect(0).json()["result"] == "completed"
    assert host.inventory.vm("chain01").extended_state == 3
    assert hvr.run("resync", "copy01", "--extended", "-o", "json").expect(1).error()["return_value"] == 32775


def test_a_vm_without_replication_is_refused(hvr: Hvr) -> None:
    hvr.run("resync", "plain01").expect(1)


@pytest.mark.parametrize("value", [32768, 32769, 32773, 32775, 32779, 40001])
def test_return_values_keep_their_number(hvr: Hvr, host: Host, value: int) -> None:
    host.inventory.script = JobScript(return_value=value)
    error = hvr.run("resync", "web01", "-o", "json").expect(1).error()
    assert error["return_value"] == value and str(value) in error["message"]
    assert str(value) in hvr.run("resync", "web01").expect(1).stderr


def test_a_method_may_be_done_at_once(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(return_value=0)
    answer = hvr.run("resync", "web01", "-o", "json").expect(0).json()
    assert (answer["result"], answer["return_value"], answer["job"]) == ("completed", 0, None)
    assert word(answer["state_after"]) == "replicating"


def test_warnings_are_success(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(end_state=32768)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed_with_warnings"


def test_a_failed_job_fails_with_its_text(hvr: Hvr, host: Host) -> None:
    text = 'Größe der Datei <D:\\web01.vhdx> & "mehr"'
    host.inventory.script = JobScript(end_state=10, error_code=32773, error_description=text, seconds=0.8)
    run = hvr.run("resync", "web01").expect(1)
    assert text in run.stderr and "32773" in run.stderr
    answer = hvr.run("resync", "web01", "-o", "json").expect(1).json()
    assert answer["result"] == "failed" and word(answer["job"]["state"]) == "exception"
    assert (answer["job"]["error_code"], answer["job"]["error_description"]) == (32773, text)
    assert word(answer["state_after"]) == "waitingtostartresynchronization"


@pytest.mark.parametrize("state", [8, 9])
def test_a_cancelled_job_is_no_success(hvr: Hvr, host: Host, state: int) -> None:
    host.inventory.script = JobScript(end_state=state)
    assert hvr.run("resync", "web01", "-o", "json").expect(1).json()["result"] == "cancelled"


def test_a_vanished_job_is_judged_by_the_state_of_the_vm(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(seconds=60, vanish_after=0.8, state_after=3)
    answer = hvr.run("resync", "web01", "-o", "json").expect(0).json()
    assert word(answer["state_after"]) == "replicating"
    host.inventory.script = JobScript(seconds=60, vanish_after=0.8, state_after=8)
    run = hvr.run("resync", "db01", "-o", "json")
    assert run.code in (1, 5), run
    assert '"completed' not in run.stdout and host.ran("Resynchronize") == 2


# jobs


def job_id(hvr: Hvr, host: Host) -> str:
    hvr.run("resync", "web01", "--no-wait").expect(0)
    return host.inventory.jobs[0].guid


@pytest.mark.parametrize("job_class", ["Msvm_ConcreteJob", "Msvm_MigrationJob"])
def test_job_show_and_wait(hvr: Hvr, host: Host, job_class: str) -> None:
    host.inventory.script = JobScript(seconds=3, job_class=job_class)
    job = job_id(hvr, host)
    shown = hvr.run("job", "show", job.lower(), "-o", "json").expect(0).json()
    assert shown["id"].upper() == job and word(shown["state"]) == "running" and 0 <= shown["percent"] < 100
    assert job.lower() in hvr.run("job", "show", job).expect(0).stdout.lower()
    waited = hvr.run("job", "wait", job, "-o", "json").expect(0)
    assert word(waited.json()["state"]) == "completed" and waited.json()["percent"] == 100


def test_resync_follows_a_job_of_a_derived_class(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(job_class="Msvm_MigrationJob")
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"


def test_job_wait_tells_a_failure(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(seconds=1, end_state=10, error_code=32768, error_description="the disk is full")
    job = job_id(hvr, host)
    run = hvr.run("job", "wait", job).expect(1)
    assert "the disk is full" in run.both and "32768" in run.both


def test_no_such_job(hvr: Hvr) -> None:
    hvr.run("job", "show", "00000000-0000-4000-8000-000000000000").expect(7)
    hvr.run("job", "wait", 'it\'s \\ "no" id').expect(7)


# names


@pytest.mark.parametrize(
    "vm",
    [
        "nothing",
        "HV-PEER",
        "web0",
        "web01' or ElementName like '%",
        "web01\\",
        "%",
        "00000000-0000-4000-8000-000000000000",
    ],
)
def test_no_such_vm(hvr: Hvr, host: Host, vm: str) -> None:
    hvr.run("resync", vm).expect(7)
    assert host.entries("Resynchronize") == []


def test_an_ambiguous_name_lists_the_candidates(hvr: Hvr, host: Host) -> None:
    run = hvr.run("resync", "twin").expect(7)
    for vm in host.inventory.vms:
        assert (vm.guid.lower() in run.stderr.lower()) == (vm.name == "twin")
    assert host.entries("Resynchronize") == []


# the service


@pytest.mark.parametrize("code", [2150858842, 2150858843, 2150858846, 0x8004102F])
def test_the_whole_key_of_the_service_is_the_second_try(hvr: Hvr, host: Host, code: int) -> None:
    host.provider.refuses_partial_key = code
    hvr.run("resync", "web01").expect(0)
    first, second = host.entries("Resynchronize")
    assert first.selectors == {"CreationClassName": "Msvm_ReplicationService"} and not first.executed
    assert second.executed and second.selectors == {
        "CreationClassName": "Msvm_ReplicationService",
        "Name": "replicasvc",
        "SystemCreationClassName": "Msvm_ComputerSystem",
        "SystemName": "HV-PEER",
    }


# connection and accounts


def test_wrong_password(hvr: Hvr, host: Host) -> None:
    hvr.password = "wrong ' \" password"
    hvr.password_file()
    error = hvr.run("-vvv", "vm", "list").expect(4)
    assert USER in error.stderr and host.journal == []
    assert host.failed_handshakes == 1, "a second try could lock the account"
    assert hvr.run("vm", "list", "-o", "json").expect(4).error()["kind"]


def test_unknown_user(hvr: Hvr) -> None:
    hvr.user = "nobody"
    hvr.run("vm", "list").expect(4)


@pytest.mark.parametrize("user", [f"EXAMPLE\\{USER}", f"{USER}@example.com"])
def test_forms_of_a_user_name(hvr: Hvr, user: str) -> None:
    hvr.user = user
    hvr.run("identify").expect(0)


def test_ways_of_giving_a_password(hvr: Hvr) -> None:
    hvr.password_file(newline=False)
    hvr.run("identify").expect(0)
    hvr.options = ["--password-stdin"]
    hvr.run("identify", stdin=PASSWORD + "\n").expect(0)
    hvr.options = []
    hvr.run("identify").expect(2)
    hvr.environment = {"HVR_PASSWORD": PASSWORD}
    hvr.run("identify").expect(0)
    hvr.environment = {"HVR_PASSWORD_FILE": str(hvr.password_file())}
    hvr.run("identify").expect(0)


def test_the_environment_stands_for_options(hvr: Hvr, host: Host) -> None:
    hvr.environment = {"HVR_HOST": host.url, "HVR_USER": USER, "HVR_PASSWORD": PASSWORD}
    hvr.host, hvr.user, hvr.options = None, None, []
    hvr.run("identify").expect(0)


def test_options_may_follow_the_command(hvr: Hvr, host: Host) -> None:
    hvr.host, hvr.user, options, hvr.options = None, None, hvr.options, []
    hvr.run("vm", "list", "--host", host.url, "--user", USER, *options).expect(0)


def test_host_and_port_mean_http(hvr: Hvr, host: Host) -> None:
    hvr.host = f"127.0.0.1:{host.port}"
    hvr.run("identify").expect(0)


def test_a_proxy_of_the_environment_is_not_used(hvr: Hvr) -> None:
    hvr.environment = {
        "http_proxy": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    hvr.run("identify").expect(0)


def test_an_unreachable_host(hvr: Hvr) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        hvr.host = f"http://127.0.0.1:{taken.getsockname()[1]}/wsman"
        assert "127.0.0.1" in hvr.run("vm", "list").expect(3).stderr
        assert "127.0.0.1" in hvr.run("vm", "list", "-o", "json").expect(3).error()["host"]
    hvr.host = "no-such-host.invalid"
    hvr.run("vm", "list").expect(3)


class _Page(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>It works!</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing goes to the terminal."""


@pytest.fixture
def web_page() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/wsman"
        server.shutdown()


def test_a_web_server_is_no_host(hvr: Hvr, web_page: str) -> None:
    hvr.host = web_page
    hvr.run("identify").expect(3)


def test_a_wrong_path_is_no_host(hvr: Hvr, host: Host) -> None:
    hvr.host = f"http://127.0.0.1:{host.port}/other"
    hvr.run("identify").expect(3)


def test_basic_over_http_is_not_sent(hvr: Hvr, host: Host) -> None:
    hvr.run("--auth", "basic", "identify").expect(2)
    assert host.offences == [], "a password in clear was sent"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        [],
        ["resync"],
        ["resync", "web01", "--at", "tomorrow"],
        ["vm", "list", "-o", "yaml"],
        ["--timeout", "soon", "identify"],
    ],
)
def test_usage(hvr: Hvr, host: Host, arguments: list[str]) -> None:
    hvr.run(*arguments).expect(2)
    assert host.connections == 0


def test_nothing_secret_is_printed_at_the_most_verbose(hvr: Hvr) -> None:
    """`Hvr.run` looks for the password, its hash and the AUTHENTICATE message; here there is much to look through."""
    for arguments in (["identify"], ["vm", "list"], ["resync", "web01"]):
        run: Run = hvr.run("-vvv", *arguments).expect(0)
        assert run.stderr, "-vvv says something"


def test_an_error_without_options_is_for_people(hvr: Hvr) -> None:
    run = hvr.run("resync", "nothing").expect(7)
    assert run.stdout == "" and "nothing" in run.stderr
    with pytest.raises(json.JSONDecodeError):
        run.error()


def test_help_is_success(hvr: Hvr) -> None:
    for arguments in (["--help"], ["resync", "--help"], ["--version"]):
        assert subprocess.run(hvr.command(*arguments), env=hvr.variables(), capture_output=True).returncode == 0
