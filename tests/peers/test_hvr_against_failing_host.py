"""`hvr` against a host that fails on purpose: nothing runs twice, nothing unknown is called a success.

An Invoke that was written to the wire is sent again only after an answer which proves that it did not run: 401, or
400 with an empty body, on a sealed connection. Reads may be repeated.
"""

from __future__ import annotations

from typing import Any

import pytest

from failures import Broken
from hvr import Hvr
from inventory import JobScript
from soap import SoapFault
from winrm_host import Host

TIMED_OUT = SoapFault(
    "w:TimedOut", 2150858793, "The service cannot complete the operation within the time specified.", receiver=True
)
BUSY = SoapFault("a:EndpointUnavailable", 2150858772, "The service is busy.", receiver=True)
DENIED = SoapFault("w:AccessDenied", 5, "Access is denied.")
PROVIDER = SoapFault("w:InternalError", 2150858755, "The provider failed.", receiver=True, provider="It broke within.")
UNREADABLE = [Broken.CLEAR_ANSWER, Broken.CORRUPT_SIGNATURE, Broken.WRONG_RELATES_TO, Broken.GARBAGE, Broken.DOCTYPE]


def sent_once(host: Host, ran: int) -> None:
    """The method was sent exactly once, and ran this often."""
    assert len(host.entries("Resynchronize")) == 1, "an Invoke of unknown outcome was sent again"
    assert host.ran("Resynchronize") == ran


# The connection ends where it may


def test_survives_idle_closes(hvr: Hvr, host: Host) -> None:
    host.idle_seconds = 0.4
    host.inventory.script = JobScript(seconds=4)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    sent_once(host, 1)
    assert host.connections > 1 and host.handshakes == host.connections


def test_obeys_connection_close(hvr: Hvr, host: Host) -> None:
    host.closes_after_each_answer = True
    assert len(hvr.run("vm", "list", "-o", "json").expect(0).json()) == len(host.inventory.vms)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    sent_once(host, 1)


def test_copes_with_silent_closes(hvr: Hvr, host: Host) -> None:
    """The host closes unannounced after each answer: the next request may be lost, but never runs twice."""
    host.script("*", Broken.CLOSE_AFTER, times=None)
    assert len(hvr.run("vm", "list", "-o", "json").expect(0).json()) == len(host.inventory.vms)
    run = hvr.run("resync", "web01", "-o", "json")
    assert run.code in (0, 5), run
    assert len(host.entries("Resynchronize")) <= 1
    assert run.code == 5 or (run.json()["result"], host.ran("Resynchronize")) == ("completed", 1)


@pytest.mark.parametrize("broken", [Broken.UNAUTHORIZED, Broken.BAD_REQUEST])
@pytest.mark.parametrize("operation", ["*", "Resynchronize", "Get Msvm_ConcreteJob"])
def test_authenticates_anew_in_mid_session(hvr: Hvr, host: Host, broken: Broken, operation: str) -> None:
    host.script(operation, broken)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    assert host.ran("Resynchronize") == 1
    assert len(host.entries("Resynchronize")) == (2 if operation == "Resynchronize" else 1)
    assert host.handshakes >= 2


@pytest.mark.parametrize("broken", [Broken.UNAUTHORIZED, Broken.BAD_REQUEST])
def test_tries_only_once_more(hvr: Hvr, host: Host, broken: Broken) -> None:
    host.script("Resynchronize", broken, times=None)
    run = hvr.run("resync", "web01")
    assert run.code in (1, 3, 4), run
    assert len(host.entries("Resynchronize")) == 2 and host.ran("Resynchronize") == 0


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("broken", [Broken.DROP_BEFORE, Broken.DROP_AFTER])
def test_a_read_may_be_repeated(hvr: Hvr, host: Host, broken: Broken, reset: bool) -> None:
    host.script("*", broken, reset=reset)
    assert len(hvr.run("vm", "list", "-o", "json").expect(0).json()) == len(host.inventory.vms)


# The outcome of a method is unknown


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize(("broken", "ran"), [(Broken.DROP_BEFORE, 0), (Broken.DROP_AFTER, 1), (Broken.TRUNCATED, 1)])
def test_a_dropped_connection_leaves_the_outcome_unknown(
    hvr: Hvr, host: Host, broken: Broken, ran: int, reset: bool
) -> None:
    host.script("Resynchronize", broken, reset=reset)
    hvr.run("resync", "web01", "-o", "json").expect_unknown()
    sent_once(host, ran)


def test_people_are_told_that_the_outcome_is_unknown(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.DROP_AFTER)
    run = hvr.run("resync", "web01").expect(5)
    assert "unknown" in run.stderr.lower() and "completed" not in run.stdout.lower()


@pytest.mark.parametrize("broken", UNREADABLE)
def test_an_unreadable_answer_leaves_the_outcome_unknown(hvr: Hvr, host: Host, broken: Broken) -> None:
    host.script("Resynchronize", broken)
    hvr.run("resync", "web01", "-o", "json").expect_unknown()
    sent_once(host, 1)


def test_a_late_answer_leaves_the_outcome_unknown(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.DELAY, seconds=60)
    run = hvr.run("--timeout", "2s", "resync", "web01", "-o", "json").expect_unknown()
    assert run.seconds < 30
    sent_once(host, 1)


def test_the_time_out_of_the_host_leaves_the_outcome_unknown(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.SOAP_FAULT, fault=TIMED_OUT)
    hvr.run("resync", "web01", "-o", "json").expect_unknown()
    sent_once(host, 0)


def test_a_fault_from_within_the_method_is_not_tried_again(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.SOAP_FAULT, fault=PROVIDER)
    run = hvr.run("resync", "web01")
    assert run.code in (1, 5) and "It broke within." in run.stderr and "2150858755" in run.stderr, run
    sent_once(host, 0)


# Answers that must not be believed


@pytest.mark.parametrize(
    ("command", "broken"),
    [
        (command, broken)
        for command in ("identify", "vm list")
        for broken in UNREADABLE
        if (command, broken) != ("identify", Broken.WRONG_RELATES_TO)  # Identify has no message id
    ],
)
def test_an_unreadable_answer_to_a_read_is_refused(hvr: Hvr, host: Host, command: str, broken: Broken) -> None:
    host.script("*", broken, times=None)
    run = hvr.run(*command.split(), "-o", "json").expect(3)
    assert run.stdout == "" and run.error()["message"]


def test_an_answer_in_clear_is_named_as_such(hvr: Hvr, host: Host) -> None:
    host.script("*", Broken.CLEAR_ANSWER, times=None)
    assert "clear" in hvr.run("vm", "list").expect(3).stderr.lower()


def test_a_truncated_answer_to_a_read_is_refused(hvr: Hvr, host: Host) -> None:
    host.script("*", Broken.TRUNCATED, times=None)
    run = hvr.run("vm", "list")
    assert run.code in (3, 5) and run.stdout == "", run


def test_a_late_answer_to_a_read_is_a_time_out(hvr: Hvr, host: Host) -> None:
    host.script("*", Broken.DELAY, times=None, seconds=60)
    run = hvr.run("--timeout", "2s", "identify").expect(5)
    assert run.seconds < 30


# Sealed faults


@pytest.mark.parametrize("command", [["vm", "list"], ["resync", "web01"]])
def test_a_sealed_fault_is_read(hvr: Hvr, host: Host, command: list[str]) -> None:
    host.script("*", Broken.SOAP_FAULT, times=None, fault=DENIED)
    error = hvr.run(*command, "-o", "json").expect(1).error()
    assert "Access is denied." in str(error) and 5 in _numbers(error)


def _numbers(error: dict[str, Any]) -> list[int]:
    """Every number in an error, however deep."""
    values: list[Any] = [error]
    found: list[int] = []
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
        elif isinstance(value, int):
            found.append(value)
    return found


def test_a_denied_method_did_not_run(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.SOAP_FAULT, fault=DENIED)
    run = hvr.run("resync", "web01").expect(1)
    assert "Access is denied." in run.stderr
    sent_once(host, 0)


# Polls


def test_some_failed_polls_are_tolerated(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(seconds=0.5)
    host.script("Get Msvm_ConcreteJob", Broken.SOAP_FAULT, times=5, fault=BUSY)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    sent_once(host, 1)


def test_a_dropped_poll_is_repeated(hvr: Hvr, host: Host) -> None:
    host.script("Get Msvm_ConcreteJob", Broken.DROP_AFTER, times=2, reset=True)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    sent_once(host, 1)


def test_polls_that_never_work_leave_the_outcome_unknown(hvr: Hvr, host: Host) -> None:
    host.inventory.script = JobScript(seconds=60)
    host.script("Get Msvm_ConcreteJob", Broken.SOAP_FAULT, times=None, fault=BUSY)
    run = hvr.run("resync", "web01", "-o", "json").expect(5)
    assert '"completed"' not in run.stdout and host.inventory.jobs[0].guid.lower() in run.both.lower()
    sent_once(host, 1)
