"""What the tests of the Python host have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pypsrp.exceptions import WSManFaultError
from pypsrp.wsman import WSMan

from psrp_client import URI, Ref, Row, pages, read
from schema import PREFIX
from winrm_host import Host

TEST = PREFIX + "root/test/"


def fault_of(host: Host, call: Callable[[], object], offends: bool = False) -> int:
    """The code of the fault that a call ends with, and whether a right client never earns it."""
    with pytest.raises(WSManFaultError) as error:
        call()
    assert bool(host.offences) == offends, host.offences
    host.offences.clear()
    assert isinstance(error.value.code, int)
    return error.value.code


def vm_reference(host: Host, vm: str) -> Ref:
    keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": host.inventory.vm(vm).guid}
    return Ref(URI + "Msvm_ComputerSystem", keys)


def relationship(host: Host, vm: str, number: int = 0) -> str:
    return f"Microsoft:{host.inventory.vm(vm).guid}\\HVR\\{number}"


def rows(client: WSMan, resource: str, **options: Any) -> list[Row]:
    """All items of an enumeration."""
    return [read(item) for items in pages(client, resource, page=50, **options) for item in items]
