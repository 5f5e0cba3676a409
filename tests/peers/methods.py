"""Invoke: the input of a method is checked against its signature, then it runs, then its output is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from inventory import Inventory, Vm
from schema import CLASSES, URI, Instance, Interval, Method, is_a
from soap import (
    CIM,
    XSI,
    Reference,
    Request,
    answer,
    bad_selectors,
    name,
    repeatable_sequence,
    schema_error,
)
from values import read_values, write_values

JOB_STARTED, INVALID_PARAMETER = 4096, 32773

# A return value, and the out parameters that are not NULL.
Outcome = tuple[int, dict[str, Any]]


def read_input(request: Request, method: Method) -> dict[str, Any]:
    """The parameters by name, in MOF order; one that is left out is missing, one that is nil is None.

    References must be to a class that the signature allows, with the whole key and nothing else.
    """
    order = [(request.resource, key) for key, _ in method.inputs()]
    found = repeatable_sequence(request.body, name(request.resource, method.name + "_INPUT"), order)
    values = {key: read_values(found[key], key, kind) for key, kind in method.inputs() if key in found}
    for key, kind in method.inputs():
        if kind.startswith("ref ") and values.get(key) is not None:
            for reference in values[key] if isinstance(values[key], list) else [values[key]]:
                _check_reference(reference, kind.removeprefix("ref ").removesuffix("[]"))
    return values


def _check_reference(reference: Reference | None, wanted: str) -> None:
    class_name = "" if reference is None else reference.resource.rpartition("/")[2].lower()
    entry = CLASSES.get(class_name)
    if reference is None or entry is None or entry.uri.lower() != reference.resource.lower():
        raise schema_error(f"The reference is not one to a class: {reference}.")
    if wanted != "CIM_ManagedElement" and not is_a(entry.name, wanted):
        raise schema_error(f"The reference is not one to a {wanted}.")
    if sorted(key for key, _ in reference.selectors) != sorted(entry.keys):
        raise bad_selectors(2150858843, "The reference does not have the keys of its class.")


def write_output(request: Request, method: Method, outcome: Outcome) -> etree._Element:
    """The answer: out parameters first, NULL ones as nil, and ReturnValue last."""
    uri, (return_value, outputs) = request.resource, outcome
    envelope, body = answer("transfer", f"{request.action}Response", request.message_id)
    output = etree.SubElement(body, name(uri, method.name + "_OUTPUT"), nsmap={"xsi": XSI, "p": uri, "cim": CIM})
    for key in method.outputs():
        write_values(output, uri, key, outputs.get(key))
    etree.SubElement(output, name(uri, "ReturnValue")).text = str(return_value)
    return envelope


class Methods:
    """What the methods do."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory

    def run(self, method: Method, parameters: dict[str, Any]) -> Outcome:
        """Runs a method. Those that need a VM have it by their parameter ComputerSystem."""
        if method.name == "Echo":
            return 0, parameters
        if method.name == "GetSystemCertificates":
            return 0, {"EncodedCertificates": ["MIIB", "MIIC"]}
        if not any(key == "ComputerSystem" for key, _ in method.inputs()):
            return 0, {}
        target = parameters.get("ComputerSystem")
        vm = None if target is None else self.inventory.find_vm(dict(target.selectors)["Name"])
        if vm is None:
            return INVALID_PARAMETER, {}
        does: Callable[[Vm, dict[str, Any]], Outcome] = {
            "Resynchronize": self._resynchronize,
            "ModifyReplicationSettings": _modify_settings,
            "SetFailoverNetworkAdapterSettings": _set_adapters,
        }.get(method.name, _do_nothing)
        return does(vm, parameters)

    def _resynchronize(self, vm: Vm, parameters: dict[str, Any]) -> Outcome:
        start = parameters.get("StartTime")
        if isinstance(start, Interval):
            return INVALID_PARAMETER, {}
        value, job = self.inventory.resynchronize(vm, start)
        if job is None:
            return value, {}
        return value, {"Job": Reference(URI + job.script.job_class, [("InstanceID", job.guid)])}


def _modify_settings(vm: Vm, parameters: dict[str, Any]) -> Outcome:
    """Takes over what the embedded instance has; what it leaves out stays as it is."""
    settings: Instance | None = parameters.get("ReplicationSettingData")
    if settings is None or vm.mode == 0:
        return INVALID_PARAMETER, {}
    vm.settings |= {key: value for key, value in settings.properties.items() if key != "InstanceID"}
    return 0, {}


def _set_adapters(vm: Vm, parameters: dict[str, Any]) -> Outcome:
    return (0 if parameters.get("NetworkSettings") else INVALID_PARAMETER), {}


def _do_nothing(vm: Vm, parameters: dict[str, Any]) -> Outcome:
    return 0, {}
