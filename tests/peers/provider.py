"""The operations of the host: Identify, Get, Put, Create, Delete, and the ways to enumerations and methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

import cimxml
from enumeration import Enumerations
from inventory import Inventory
from methods import Methods, read_input, write_output
from schema import CLASSES, NAMESPACE, PREFIX, Instance, find_class, fold
from soap import (
    FAULT_DETAIL,
    WSMID,
    A,
    N,
    Request,
    S,
    Selectors,
    SoapFault,
    W,
    X,
    answer,
    bad_selectors,
    name,
    not_found,
    schema_error,
    wmi_error,
    write_reference,
)
from values import read_properties, write_instance

INVALID_METHOD_PARAMETERS = 0x8004102F
INVALID_NAMESPACE = 0x8004100E


@dataclass
class Entry:
    """One line of the journal: a request that was decrypted, what it asked, and what the host did."""

    connection: int
    operation: str = ""
    action: str = ""
    resource: str = ""
    selectors: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    locale: str | None = None
    executed: bool = False
    answer: str = ""
    anonymous: bool = False

    @property
    def title(self) -> str:
        """The operation and the class that it is for."""
        return f"{self.operation} {self.resource.rpartition('/')[2]}"


class Provider:
    """Answers parsed requests from an inventory. Not thread safe: the host calls it under a lock."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.enumerations = Enumerations()
        self.methods = Methods(inventory)
        self.refuses_partial_key: int | None = None
        self.has_hyperv = True

    def describe(self, request: Request, entry: Entry) -> None:
        """Writes what a request asks into the journal."""
        entry.action, entry.resource = request.action, request.resource
        entry.selectors, entry.message_id, entry.locale = dict(request.selectors), request.message_id, request.locale
        entry.operation = "Identify" if request.is_identify else request.action.rpartition("/")[2]

    def handle(self, request: Request, entry: Entry) -> etree._Element:
        """Executes a request and gives the envelope of its answer."""
        if request.is_identify:
            entry.executed = True
            return _identify("0.0.0" if entry.anonymous else "10.0.20348")
        class_name, namespace = self._class_name(request.resource)
        transfer = {"Get": self._get, "Put": self._put, "Create": self._create, "Delete": self._delete}
        prefix, _, verb = request.action.rpartition("/")
        if prefix == X and verb in transfer:
            answered = transfer[verb](request, class_name)
        elif prefix == N:
            answered = self._enumeration(verb, request, class_name, namespace, entry)
        else:
            return self._invoke(request, class_name, entry)
        entry.executed = True
        return answered

    def _class_name(self, resource: str) -> tuple[str, str]:
        """The class of a resource URI, as the inventory spells it, or `*`; and the namespace."""
        namespace, _, class_name = resource.removeprefix(PREFIX).rpartition("/")
        namespace = namespace.lower()
        if not resource.startswith(PREFIX) or not class_name:
            raise SoapFault("a:DestinationUnreachable", 2150858811, "The resource URI is not valid.")
        known = {entry.namespace for entry in CLASSES.values()}
        if namespace not in known or (namespace == NAMESPACE and not self.has_hyperv):
            raise SoapFault(
                "a:DestinationUnreachable",
                INVALID_NAMESPACE,
                "The WMI namespace does not exist.",
                detail=FAULT_DETAIL + "InvalidResourceURI",
                provider="Invalid namespace",
            )
        if class_name == "*":
            return class_name, namespace
        entry = CLASSES.get(class_name.lower())
        if entry is None or entry.namespace != namespace:
            raise not_found()
        return entry.name, namespace

    def _instances(self, class_name: str, request: Request) -> list[Instance]:
        return self.inventory.instances(class_name, japanese=request.locale is None)

    def _find(self, class_name: str, selectors: Selectors, request: Request) -> Instance:
        if class_name == "*":
            raise not_found()
        keys = {key.lower(): key for key in find_class(class_name).keys}
        if not selectors:
            raise bad_selectors(2150858842, "The selectors are not sufficient to identify an instance.")
        for key, _ in selectors:
            if key.lower() not in keys:
                raise bad_selectors(2150858843, f"The selector {key} is no key of the class.")
        found = [
            instance
            for instance in self._instances(class_name, request)
            if all(fold(instance.properties[keys[key.lower()]]) == fold(value) for key, value in selectors)
        ]
        if not found:
            raise not_found()
        if len(found) > 1:
            raise bad_selectors(2150858846, "The selectors match more than one instance.")
        return found[0]

    # Get, Put, Create, Delete

    def _get(self, request: Request, class_name: str) -> etree._Element:
        if request.body is not None:
            raise schema_error("Get has an empty Body.")
        instance = self._find(class_name, request.selectors, request)
        envelope, body = answer("transfer", X + "/GetResponse", request.message_id)
        body.append(write_instance(instance))
        return envelope

    def _put(self, request: Request, class_name: str) -> etree._Element:
        """Sets the properties that are given; those that are left out keep their values."""
        old = self._find(class_name, request.selectors, request)
        changes = self._changes(request, class_name)
        new = Instance(old.class_name, {**old.properties, **changes})
        if new.keys() != old.keys():
            raise SoapFault("w:InvalidParameter", 2150859038, "A key cannot be changed.")
        self.inventory.extra[self.inventory.extra.index(old)] = new
        envelope, body = answer("transfer", X + "/PutResponse", request.message_id)
        body.append(write_instance(new))
        return envelope

    def _create(self, request: Request, class_name: str) -> etree._Element:
        if request.selectors:
            raise bad_selectors(2150858843, "Create takes no selectors.")
        given = self._changes(request, class_name)
        entry = find_class(class_name)
        if any(given.get(key) is None for key in entry.keys):
            raise SoapFault("w:InvalidParameter", 2150859038, "A key is missing.")
        new = Instance(class_name, {**dict.fromkeys(entry.properties), **given})
        if any(new.keys() == old.keys() for old in self._instances(class_name, request)):
            raise SoapFault("w:AlreadyExists", 2150858803, "The resource already exists.")
        self.inventory.extra.append(new)
        envelope, body = answer("transfer", X + "/CreateResponse", request.message_id)
        created = etree.SubElement(body, name(X, "ResourceCreated"), nsmap={"x": X, "a": A, "w": W})
        write_reference(created, *new.reference())
        return envelope

    def _delete(self, request: Request, class_name: str) -> etree._Element:
        if request.body is not None:
            raise schema_error("Delete has an empty Body.")
        instance = self._find(class_name, request.selectors, request)
        _demand_writable(class_name)
        self.inventory.extra.remove(instance)
        return answer("transfer", X + "/DeleteResponse", request.message_id)[0]

    def _changes(self, request: Request, class_name: str) -> dict[str, Any]:
        _demand_writable(class_name)
        if request.body is None:
            raise schema_error("The Body holds no instance.")
        return read_properties(request.body, class_name)

    # Enumerations

    def _enumeration(
        self, verb: str, request: Request, class_name: str, namespace: str, entry: Entry
    ) -> etree._Element:
        if request.selectors:
            raise bad_selectors(2150858843, "An enumeration takes no selectors.")
        if verb == "Enumerate":
            return self.enumerations.enumerate(
                request, class_name, namespace, lambda wanted: self._instances(wanted, request), entry.parameters
            )
        if verb == "Pull":
            return self.enumerations.pull(request, entry.parameters)
        if verb == "Release":
            return self.enumerations.release(request, entry.parameters)
        raise _unknown_action(request)

    # Invoke

    def _invoke(self, request: Request, class_name: str, entry: Entry) -> etree._Element:
        prefix, _, method_name = request.action.rpartition("/")
        methods = {} if class_name == "*" else {method.name: method for method in find_class(class_name).methods}
        if prefix.lower() != request.resource.lower() or method_name not in methods:
            raise _unknown_action(request)
        method = methods[method_name]
        self._select_target(request, class_name)
        try:
            entry.parameters = read_input(request, method)
        except cimxml.Refused as error:
            entry.executed = True
            return write_output(request, method, (error.return_value, {}))
        entry.executed = True
        return write_output(request, method, self.methods.run(method, entry.parameters))

    def _select_target(self, request: Request, class_name: str) -> None:
        """The instance must be named by selectors, and by all of its keys where the host was told to insist."""
        invalid = wmi_error(INVALID_METHOD_PARAMETERS, "Invalid method parameter(s)")
        if not request.selectors:
            raise invalid
        self._find(class_name, request.selectors, request)
        if self.refuses_partial_key is not None and len(request.selectors) < len(find_class(class_name).keys):
            if self.refuses_partial_key == INVALID_METHOD_PARAMETERS:
                raise invalid
            raise bad_selectors(self.refuses_partial_key, "The request contained invalid selectors for the resource.")


def _identify(version: str) -> etree._Element:
    envelope = etree.Element(name(S, "Envelope"), nsmap={"s": S, "wsmid": WSMID})
    etree.SubElement(envelope, name(S, "Header"))
    identity = etree.SubElement(etree.SubElement(envelope, name(S, "Body")), name(WSMID, "IdentifyResponse"))
    for key, value in [
        ("ProtocolVersion", W),
        ("ProductVendor", "Microsoft Corporation"),
        ("ProductVersion", f"OS: {version} SP: 0.0 Stack: 3.0"),
    ]:
        etree.SubElement(identity, name(WSMID, key)).text = value
    return envelope


def _unknown_action(request: Request) -> SoapFault:
    return SoapFault("a:ActionNotSupported", 2150858771, f"The action {request.action} is not supported.")


def _demand_writable(class_name: str) -> None:
    """The provider of Hyper-V refuses Put, Create and Delete; its classes are changed by methods."""
    if class_name == "*" or not find_class(class_name).writable:
        text = "The WMI provider is not capable of the operation."
        raise SoapFault("a:ActionNotSupported", 2150859010, text, provider=text, innocent=True)
