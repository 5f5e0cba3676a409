"""The operations of the host: Identify, Get, Enumerate, Pull, Release and Invoke of Resynchronize."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

import wql
from inventory import CLASSES, NAMESPACE, URI, Instance, Interval, Inventory, is_a
from soap import (
    A,
    CIM,
    FAULT_DETAIL,
    N,
    W,
    WSMID,
    X,
    XSI,
    Request,
    S,
    Selectors,
    SoapFault,
    answer,
    bad_header,
    bad_selectors,
    elements,
    name,
    not_found,
    read_reference,
    schema_error,
    write_reference,
)

PREFIX = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
INVALID_METHOD_PARAMETERS = 0x8004102F
INVALID_NAMESPACE = 0x8004100E
RESYNCHRONIZE = [("ComputerSystem", "reference"), ("StartTime", "datetime")]
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass
class Entry:
    """One line of the journal: a request that was decrypted, what it asked, and what the host did."""

    connection: int
    operation: str = ""
    action: str = ""
    resource: str = ""
    selectors: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    message_id: str | None = None
    locale: str | None = None
    executed: bool = False
    answer: str = ""

    @property
    def title(self) -> str:
        """The operation and the class that it is for."""
        return f"{self.operation} {self.resource.rpartition('/')[2]}"


@dataclass
class Enumeration:
    """An open enumeration: what is left, and how its items are written."""

    resource: str
    left: list[etree._Element]


class Provider:
    """Answers parsed requests from an inventory. Not thread safe: the host calls it under a lock."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.open: dict[str, Enumeration] = {}
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
            return self._identify()
        operations = {
            X + "/Get": self._get,
            N + "/Enumerate": self._enumerate,
            N + "/Pull": self._pull,
            N + "/Release": self._release,
        }
        class_name = self._class_name(request.resource)
        operation = operations.get(request.action)
        if operation is None:
            return self._invoke(request, class_name, entry)
        if request.action != X + "/Get" and request.selectors:
            raise bad_selectors(2150858843, "An enumeration takes no selectors.")
        return operation(request, class_name, entry)

    def _identify(self) -> etree._Element:
        envelope = etree.Element(name(S, "Envelope"), nsmap={"s": S, "wsmid": WSMID})
        etree.SubElement(envelope, name(S, "Header"))
        identity = etree.SubElement(etree.SubElement(envelope, name(S, "Body")), name(WSMID, "IdentifyResponse"))
        for key, value in [
            ("ProtocolVersion", W),
            ("ProductVendor", "Microsoft Corporation"),
            ("ProductVersion", "OS: 10.0.20348 SP: 0.0 Stack: 3.0"),
        ]:
            etree.SubElement(identity, name(WSMID, key)).text = value
        return envelope

    def _class_name(self, resource: str) -> str:
        """The class of a resource URI, as the inventory spells it, or `*`."""
        namespace, _, class_name = resource.removeprefix(PREFIX).rpartition("/")
        if not resource.startswith(PREFIX) or not class_name:
            raise SoapFault("a:DestinationUnreachable", 2150858811, "The resource URI is not valid.")
        if namespace.lower() != NAMESPACE or not self.has_hyperv:
            raise SoapFault(
                "a:DestinationUnreachable",
                INVALID_NAMESPACE,
                "The WMI namespace does not exist.",
                detail=FAULT_DETAIL + "InvalidResourceURI",
                provider="Invalid namespace",
            )
        if class_name == "*":
            return class_name
        if class_name.lower() not in CLASSES:
            raise not_found()
        return CLASSES[class_name.lower()].name

    def _instances(self, class_name: str, request: Request) -> list[Instance]:
        return self.inventory.instances(class_name, japanese=request.locale is None)

    # Get

    def _get(self, request: Request, class_name: str, entry: Entry) -> etree._Element:
        if request.body is not None:
            raise schema_error("Get has an empty Body.")
        if class_name == "*":
            raise not_found()
        entry.executed = True
        instance = self._find(class_name, request.selectors, request)
        envelope, body = answer("transfer", X + "/GetResponse", request.message_id)
        body.append(write_instance(instance))
        return envelope

    def _find(self, class_name: str, selectors: Selectors, request: Request) -> Instance:
        keys = {key.lower(): key for key in CLASSES[class_name.lower()].keys}
        if not selectors:
            raise bad_selectors(2150858842, "The selectors are not sufficient to identify an instance.")
        for key, _ in selectors:
            if key.lower() not in keys:
                raise bad_selectors(2150858843, f"The selector {key} is no key of the class.")
        found = [
            instance
            for instance in self._instances(class_name, request)
            if all(str(instance.properties[keys[key.lower()]]).lower() == value.lower() for key, value in selectors)
        ]
        if not found:
            raise not_found()
        if len(found) > 1:
            raise bad_selectors(2150858846, "The selectors match more than one instance.")
        return found[0]

    # Enumeration

    def _enumerate(self, request: Request, class_name: str, entry: Entry) -> etree._Element:
        parts = _sequence(
            request.body,
            name(N, "Enumerate"),
            [
                (N, "EndTo"),
                (N, "Expires"),
                (W, "Filter"),
                (W, "OptimizeEnumeration"),
                (W, "MaxElements"),
                (W, "EnumerationMode"),
            ],
        )
        query = parts.get("Filter")
        mode = parts["EnumerationMode"].text if "EnumerationMode" in parts else "EnumerateObject"
        count = _positive(parts.get("MaxElements"), 1)
        entry.parameters = {
            "query": None if query is None else query.text,
            "mode": mode,
            "max_elements": count,
            "optimized": "OptimizeEnumeration" in parts,
        }
        if mode not in ("EnumerateObject", "EnumerateEPR", "EnumerateObjectAndEPR"):
            raise SoapFault(
                "w:UnsupportedFeature", 2150858818, "Unknown EnumerationMode.", detail=FAULT_DETAIL + "EnumerationMode"
            )
        if query is not None:
            rows = self._query(query, class_name, mode, request)
        elif class_name == "*":
            raise SoapFault("w:InvalidParameter", 87, "Enumerating all classes needs a filter.")
        else:
            rows = [write_item(instance, mode, None) for instance in self._instances(class_name, request)]
        entry.executed = True

        envelope, body = answer("enumeration", N + "/EnumerateResponse", request.message_id)
        response = etree.SubElement(body, name(N, "EnumerateResponse"))
        context = etree.SubElement(response, name(N, "EnumerationContext"))
        enumeration = Enumeration(request.resource, rows)
        if "OptimizeEnumeration" in parts:
            items = etree.SubElement(response, name(W, "Items"))
            items.extend(self._page(enumeration, count, request.max_envelope_size))
            if not enumeration.left:
                context.text = ""
                etree.SubElement(response, name(W, "EndOfSequence"))
                return envelope
        context.text = self._keep(enumeration)
        return envelope

    def _query(self, query: etree._Element, class_name: str, mode: str, request: Request) -> list[etree._Element]:
        if query.get("Dialect") != WQL:
            raise SoapFault("n:FilterDialectRequestedUnavailable", 2150858777, "The filter dialect is not supported.")
        if class_name != "*":
            raise SoapFault(
                "a:DestinationUnreachable",
                2150859003,
                "A WQL filter needs a resource URI that ends in an asterisk, not in the name of a class.",
                detail=FAULT_DETAIL + "InvalidResourceURI",
            )
        try:
            parsed = wql.parse(query.text or "")
            if parsed.class_name.lower() not in CLASSES:
                raise wql.WqlError("The specified class does not exist in the given namespace.")
            selected = []
            for instance in self._instances(parsed.class_name, request):
                row = {key.lower(): value for key, value in instance.properties.items()}
                for column in [*(parsed.columns or []), *parsed.mentioned]:
                    if column.lower() not in row:
                        raise wql.WqlError(f"{parsed.class_name} has no property {column}")
                if parsed.matches(row):
                    selected.append(write_item(instance, mode, parsed.columns))
            return selected
        except wql.WqlError as error:
            raise SoapFault(
                "n:CannotProcessFilter",
                2150858778,
                "The data source could not process the filter.",
                provider=str(error),
            ) from error

    def _pull(self, request: Request, class_name: str, entry: Entry) -> etree._Element:
        parts = _sequence(
            request.body,
            name(N, "Pull"),
            [
                (N, "EnumerationContext"),
                (N, "MaxTime"),
                (N, "MaxElements"),
                (N, "MaxCharacters"),
            ],
        )
        count = _positive(parts.get("MaxElements"), 1)
        entry.parameters = {"max_elements": count}
        enumeration = self._take(parts, request.resource)
        entry.executed = True
        envelope, body = answer("enumeration", N + "/PullResponse", request.message_id)
        response = etree.SubElement(body, name(N, "PullResponse"))
        page = self._page(enumeration, count, request.max_envelope_size)
        if enumeration.left:
            etree.SubElement(response, name(N, "EnumerationContext")).text = self._keep(enumeration)
        etree.SubElement(response, name(N, "Items")).extend(page)
        if not enumeration.left:
            etree.SubElement(response, name(N, "EndOfSequence"))
        return envelope

    def _release(self, request: Request, class_name: str, entry: Entry) -> etree._Element:
        parts = _sequence(request.body, name(N, "Release"), [(N, "EnumerationContext")])
        self._take(parts, request.resource)
        entry.executed = True
        return answer("enumeration", N + "/ReleaseResponse", request.message_id)[0]

    def _keep(self, enumeration: Enumeration) -> str:
        """A new context for an enumeration: each answer has another one, and only the latest is good."""
        context = f"uuid:{str(uuid.uuid4()).upper()}"
        self.open[context] = enumeration
        return context

    def _take(self, parts: dict[str, etree._Element], resource: str) -> Enumeration:
        context = parts.get("EnumerationContext")
        enumeration = None if context is None else self.open.pop(context.text or "", None)
        if enumeration is None:
            raise SoapFault("n:InvalidEnumerationContext", 2150858779, "The enumeration context is not valid.")
        if enumeration.resource.rpartition("/")[0].lower() != resource.rpartition("/")[0].lower():
            raise bad_header("The ResourceURI is not that of the enumeration.")
        return enumeration

    @staticmethod
    def _page(enumeration: Enumeration, count: int, max_size: int) -> list[etree._Element]:
        """The next items: at most `count`, and no more than fit into an envelope, but at least one."""
        page: list[etree._Element] = []
        size = 2048
        while enumeration.left and len(page) < count:
            size += len(etree.tostring(enumeration.left[0]))
            if size > max_size and page:
                break
            page.append(enumeration.left.pop(0))
        return page

    # Invoke

    def _invoke(self, request: Request, class_name: str, entry: Entry) -> etree._Element:
        prefix, _, method = request.action.rpartition("/")
        if prefix.lower() != request.resource.lower() or (class_name, method) != (
            "Msvm_ReplicationService",
            "Resynchronize",
        ):
            raise SoapFault("a:ActionNotSupported", 2150858771, f"The action {request.action} is not supported.")
        self._select_service(request)
        entry.parameters = read_parameters(request.body, method, request.resource, RESYNCHRONIZE)
        target = entry.parameters.get("ComputerSystem")
        vm = None if target is None else self._vm_of(target)
        entry.executed = True
        value, job = (
            (32773, None) if vm is None else self.inventory.resynchronize(vm, entry.parameters.get("StartTime"))
        )

        envelope, body = answer("transfer", f"{request.action}Response", request.message_id)
        output = etree.SubElement(
            body, name(request.resource, method + "_OUTPUT"), nsmap={"xsi": XSI, "p": request.resource, "cim": CIM}
        )
        element = etree.SubElement(output, name(request.resource, "Job"), nsmap={"a": A, "w": W})
        if job is None:
            element.set(name(XSI, "nil"), "true")
        else:
            write_reference(element, URI + job.script.job_class, [("InstanceID", job.guid)])
        etree.SubElement(output, name(request.resource, "ReturnValue")).text = str(value)
        return envelope

    def _select_service(self, request: Request) -> None:
        """The service must be named by selectors, and by all of its keys where the host was told to insist."""
        if not request.selectors:
            raise SoapFault(
                "w:InternalError",
                INVALID_METHOD_PARAMETERS,
                "Invalid method parameter(s)",
                receiver=True,
                provider="Invalid method parameter(s)",
            )
        self._find("Msvm_ReplicationService", request.selectors, request)
        if self.refuses_partial_key is not None and len(request.selectors) < 4:
            if self.refuses_partial_key == INVALID_METHOD_PARAMETERS:
                raise SoapFault(
                    "w:InternalError",
                    INVALID_METHOD_PARAMETERS,
                    "Invalid method parameter(s)",
                    receiver=True,
                    provider="Invalid method parameter(s)",
                )
            raise bad_selectors(self.refuses_partial_key, "The request contained invalid selectors for the resource.")

    def _vm_of(self, target: tuple[str, Selectors]) -> str:
        """The Name in a reference to a computer system, which must have the whole key."""
        resource, selectors = target
        class_name = self._class_name(resource)
        if class_name == "*" or not is_a(class_name, "CIM_ComputerSystem"):
            raise schema_error("The reference is not one to a CIM_ComputerSystem.")
        if sorted(key for key, _ in selectors) != ["CreationClassName", "Name"]:
            raise bad_selectors(2150858843, "The reference does not have the keys of its class.")
        return dict(selectors)["Name"]


def _sequence(body: etree._Element | None, root: str, order: list[tuple[str, str]]) -> dict[str, etree._Element]:
    """The children of a body by local name; they must be known and stand in their order."""
    if body is None or body.tag != root:
        raise schema_error(f"The Body holds no {root}.")
    places = [name(namespace, local) for namespace, local in order]
    parts: dict[str, etree._Element] = {}
    last = -1
    for child in elements(body):
        if child.tag not in places or places.index(child.tag) <= last:
            raise schema_error(f"{child.tag} is unknown, repeated or out of its order.")
        last = places.index(child.tag)
        parts[etree.QName(child).localname] = child
    return parts


def _positive(element: etree._Element | None, default: int) -> int:
    if element is None:
        return default
    if not re.fullmatch(r"[1-9]\d*", element.text or ""):
        raise schema_error(f"{element.tag} is no positive number.")
    return int(element.text or "")


def read_parameters(
    body: etree._Element | None, method: str, resource: str, signature: list[tuple[str, str]]
) -> dict[str, Any]:
    """The input of a method, checked against its signature in MOF order; a NULL is None."""
    if body is None or body.tag != name(resource, method + "_INPUT"):
        raise schema_error(f"The Body holds no {method}_INPUT in the namespace of the class.")
    parts = _sequence(body, body.tag, [(resource, parameter) for parameter, _ in signature])
    values: dict[str, Any] = {}
    for parameter, kind in signature:
        element = parts.get(parameter)
        if element is None:
            continue
        nil = element.get(name(XSI, "nil"))
        if nil not in (None, "true", "false", "1", "0"):
            raise schema_error(f"xsi:nil of {parameter} is no boolean.")
        if nil in ("true", "1"):
            if len(element) or element.text:
                raise schema_error(f"{parameter} is nil and has content.")
            values[parameter] = None
        elif kind == "reference":
            values[parameter] = read_reference(element)
        else:
            values[parameter] = _read_datetime(element)
    return values


def _read_datetime(element: etree._Element) -> datetime:
    parts = elements(element)
    if [part.tag for part in parts] != [name(CIM, "Datetime")] or not DATETIME.fullmatch(parts[0].text or ""):
        raise schema_error(f"{element.tag} holds no cim:Datetime.")
    return datetime.fromisoformat(parts[0].text or "")


def write_item(instance: Instance, mode: str, columns: list[str] | None) -> etree._Element:
    """An item of an enumeration, in the mode that was asked for."""
    if mode == "EnumerateEPR":
        return _endpoint(instance)
    item = write_instance(instance) if columns is None else _write_fragment(instance, columns)
    if mode == "EnumerateObject":
        return item
    both = etree.Element(name(W, "Item"), nsmap={"w": W, "a": A})
    both.append(item)
    both.append(_endpoint(instance))
    return both


def _endpoint(instance: Instance) -> etree._Element:
    endpoint = etree.Element(name(A, "EndpointReference"), nsmap={"a": A, "w": W})
    write_reference(endpoint, URI + instance.class_name, instance.keys())
    return endpoint


def write_instance(instance: Instance) -> etree._Element:
    """An instance as Windows writes it: xsi:type on the root alone, the properties in alphabetical order."""
    uri = URI + instance.class_name
    root = etree.Element(name(uri, instance.class_name), nsmap={"xsi": XSI, "p": uri, "cim": CIM})
    root.set(name(XSI, "type"), f"p:{instance.class_name}_Type")
    for key in sorted(instance.properties, key=str.lower):
        _write_property(root, uri, key, instance.properties[key])
    return root


def _write_fragment(instance: Instance, columns: list[str]) -> etree._Element:
    uri = URI + instance.class_name
    root = etree.Element(name(W, "XmlFragment"), nsmap={"w": W, "xsi": XSI, "p": uri, "cim": CIM})
    names = {key.lower(): key for key in instance.properties}
    for column in columns:
        _write_property(root, uri, names[column.lower()], instance.properties[names[column.lower()]])
    return root


def _write_property(root: etree._Element, uri: str, key: str, value: Any) -> None:
    for single in value if isinstance(value, list) else [value]:
        element = etree.SubElement(root, name(uri, key))
        if single is None:
            element.set(name(XSI, "nil"), "true")
        elif isinstance(single, datetime):
            fraction = f".{single.microsecond:06d}".rstrip("0") if single.microsecond else ""
            etree.SubElement(element, name(CIM, "Datetime")).text = f"{single:%Y-%m-%dT%H:%M:%S}{fraction}Z"
        elif isinstance(single, Interval):
            minutes, seconds = divmod(single.seconds, 60)
            text = f"{seconds:.6f}".rstrip("0").rstrip(".")
            etree.SubElement(
                element, name(CIM, "Interval")
            ).text = f"P0DT{int(minutes // 60)}H{int(minutes % 60)}M{text}S"
        else:
            element.text = str(single).lower() if isinstance(single, bool) else str(single)
