"""`hvr` against a host with limits: refused pages, small envelopes, quotas, contexts that expire."""

from __future__ import annotations

import pytest

from failures import Broken
from hvr import Hvr
from inventory import Vm
from soap import N, SoapFault, W
from winrm_host import Host

QUOTA = SoapFault("w:QuotaLimit", 2150859174, "The user has too many operations open.")


def lists_all(hvr: Hvr, host: Host) -> None:
    """Every VM is listed, and once."""
    rows = hvr.run("vm", "list", "-o", "json").expect(0).json()
    assert sorted(row["id"].upper() for row in rows) == sorted(vm.guid for vm in host.inventory.vms)
    assert not host.provider.enumerations.open


def page_sizes(host: Host) -> list[int]:
    asked = [entry for entry in host.journal if entry.operation in ("Enumerate", "Pull")]
    return [entry.parameters["max_elements"] for entry in asked]


def test_asks_for_less_where_a_page_is_refused(hvr: Hvr, host: Host) -> None:
    host.provider.enumerations.refuses_over = 4
    lists_all(hvr, host)
    sizes = page_sizes(host)
    assert sizes == sorted(sizes, reverse=True) and 1 < sizes[-1] <= 4, sizes
    refused = [entry for entry in host.journal if entry.answer == "2150858823"]
    assert all(entry.parameters["max_elements"] > 4 for entry in refused) and len(refused) < 12


def test_asks_for_more_pages_where_an_envelope_is_full(hvr: Hvr, host: Host) -> None:
    host.largest_answer = 8192
    lists_all(hvr, host)
    assert len(host.entries("Pull")) > 1


def test_asks_for_a_larger_envelope_where_an_item_does_not_fit(hvr: Hvr, host: Host) -> None:
    host.inventory.vms.append(Vm("x" * 600_000))
    host.largest_answer = 1_000_000
    lists_all(hvr, host)


def test_an_item_that_fits_into_no_envelope_is_a_fault(hvr: Hvr, host: Host) -> None:
    host.inventory.vms.append(Vm("x" * 600_000))
    run = hvr.run("vm", "list", "-o", "json").expect(1)
    assert run.error()["fault_code"] == 2150858824 and len(host.journal) < 30


@pytest.mark.parametrize("namespace", [N, W])
def test_takes_items_of_both_namespaces(hvr: Hvr, host: Host, namespace: str) -> None:
    host.provider.enumerations.items_namespace = namespace
    lists_all(hvr, host)
    host.provider.enumerations.refuses_over = 4
    lists_all(hvr, host)


def test_an_enumeration_that_expires_is_a_fault(hvr: Hvr, host: Host) -> None:
    host.largest_answer = 8192
    host.provider.enumerations.expires_after = 1
    run = hvr.run("vm", "list", "-o", "json").expect(1)
    assert run.error()["fault_code"] in (2150858779, 2150858780)
    assert len(host.entries("Pull")) == 2, "an enumeration that has given items is not begun again"


def test_waits_where_a_quota_is_exceeded(hvr: Hvr, host: Host) -> None:
    host.script("Enumerate", Broken.SOAP_FAULT, times=2, fault=QUOTA)
    lists_all(hvr, host)
    assert [entry.answer for entry in host.entries("Enumerate")] == ["2150859174", "2150859174", "ok"]


def test_waits_with_a_method_that_a_quota_refused(hvr: Hvr, host: Host) -> None:
    host.script("Resynchronize", Broken.SOAP_FAULT, times=1, fault=QUOTA)
    hvr.run("resync", "web01").expect(0)
    assert len(host.entries("Resynchronize")) == 2 and host.ran("Resynchronize") == 1


def test_a_quota_that_stays_exceeded_ends_the_waiting(hvr: Hvr, host: Host) -> None:
    host.script("*", Broken.SOAP_FAULT, times=None, fault=QUOTA)
    run = hvr.run("vm", "list", "-o", "json").expect(1)
    assert run.error()["fault_code"] == 2150859174 and 2 <= len(host.journal) <= 10
