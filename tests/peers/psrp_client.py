"""pypsrp as a client of the operations that these tests need."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pypsrp.wsman import SelectorSet, WSMan
from requests.adapters import HTTPAdapter

NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "b": "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "cim": "http://schemas.dmtf.org/wbem/wscim/1/common",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "wsmid": "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
}
URI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
RELEASE = NAMESPACES["n"] + "/Release"
SERVICE = {"CreationClassName": "Msvm_ReplicationService"}

Row = dict[str, Any]


class Ref(NamedTuple):
    """A reference: a resource URI and its selectors, which may be references themselves."""

    resource: str
    keys: dict[str, Any]


def name(prefix: str, local: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{local}"


def connect(url: str, user: str | None, password: str | None, encryption: str = "always", **options: Any) -> WSMan:
    """A client of one endpoint, with NTLM unless the options say otherwise; nothing is sent yet."""
    parts = urlsplit(url)
    return WSMan(
        parts.hostname or "",
        port=parts.port,
        username=user,
        password=password,
        ssl=parts.scheme == "https",
        cert_validation=False,
        encryption=encryption,
        no_proxy=True,
        path=parts.path.lstrip("/"),
        connection_timeout=10,
        read_timeout=20,
        **{"auth": "ntlm", **options},
    )


def connections(client: WSMan) -> int:
    """How many TCP connections the client has opened."""
    transport = client.transport
    assert transport.session is not None
    adapter = transport.session.get_adapter(transport.endpoint)
    assert isinstance(adapter, HTTPAdapter)
    pools = adapter.poolmanager.pools
    return sum(pools[key].num_connections for key in pools.keys())


def identify(client: WSMan) -> ET.Element:
    """Sends an Identify, which has no addressing headers and is thus no `invoke` of pypsrp."""
    envelope = ET.Element(name("s", "Envelope"))
    ET.SubElement(envelope, name("s", "Header"))
    ET.SubElement(ET.SubElement(envelope, name("s", "Body")), name("wsmid", "Identify"))
    answer = ET.fromstring(client.transport.send(ET.tostring(envelope)))
    identity = answer.find("s:Body/wsmid:IdentifyResponse", NAMESPACES)
    assert identity is not None
    return identity


class _Keys(SelectorSet):
    """A SelectorSet whose values may be references."""

    def __init__(self, keys: dict[str, Any]) -> None:
        super().__init__()
        self.keys = keys

    def pack(self) -> ET.Element:
        chosen = ET.Element(name("w", "SelectorSet"))
        write_selectors(chosen, self.keys)
        return chosen


def selectors(keys: dict[str, Any]) -> SelectorSet:
    """A SelectorSet of these keys."""
    return _Keys(keys)


def write_selectors(parent: ET.Element, keys: dict[str, Any]) -> None:
    for key, value in keys.items():
        selector = ET.SubElement(parent, name("w", "Selector"), Name=key)
        if isinstance(value, Ref):
            selector.append(wrapped(value))
        else:
            selector.text = value


def write_reference(parent: ET.Element, reference: Ref) -> None:
    """Puts the parts of a reference into an element."""
    ET.SubElement(parent, name("a", "Address")).text = NAMESPACES["a"] + "/role/anonymous"
    parameters = ET.SubElement(parent, name("a", "ReferenceParameters"))
    ET.SubElement(parameters, name("w", "ResourceURI")).text = reference.resource
    write_selectors(ET.SubElement(parameters, name("w", "SelectorSet")), reference.keys)


def wrapped(reference: Ref) -> ET.Element:
    """An EndpointReference, which items are and parameters must not have."""
    element = ET.Element(name("a", "EndpointReference"))
    write_reference(element, reference)
    return element


def read_reference(parent: ET.Element) -> Ref:
    """The reference whose parts are the children of an element."""
    assert [part.tag for part in parent] == [name("a", "Address"), name("a", "ReferenceParameters")]
    resource, chosen = parent[1]
    assert (resource.tag, chosen.tag) == (name("w", "ResourceURI"), name("w", "SelectorSet"))
    keys: dict[str, Any] = {}
    for selector in chosen:
        inner = selector.find("a:EndpointReference", NAMESPACES)
        keys[selector.get("Name") or ""] = (selector.text or "") if inner is None else read_reference(inner)
    return Ref(resource.text or "", keys)


def read(instance: ET.Element) -> Row:
    """The properties of an instance: NULL is None, a repeated one is a list, a date is its text, a reference a Ref."""
    row: Row = {}
    for element in instance:
        key = element.tag.partition("}")[2]
        if element.get(name("xsi", "nil")) == "true":
            value: Any = None
        elif element.find("a:ReferenceParameters", NAMESPACES) is not None:
            value = read_reference(element)
        else:
            inner = element.find("cim:Datetime", NAMESPACES)
            inner = element.find("cim:Interval", NAMESPACES) if inner is None else inner
            value = (element.text or "") if inner is None else inner.text
        if key in row:
            row[key] = [*(row[key] if isinstance(row[key], list) else [row[key]]), value]
        else:
            row[key] = value
    return row


def get(client: WSMan, class_name: str, keys: dict[str, Any]) -> Row:
    """Gets one instance."""
    body = client.get(URI + class_name, selector_set=selectors(keys))
    return read(body[0])


def enumerate_request(
    query: str | ET.Element | None = None,
    page: int | None = None,
    optimize: bool = False,
    mode: str | None = None,
    polymorphism: str | None = None,
) -> ET.Element:
    """The body of an Enumerate, its parts in the order of DSP0226; the query is WQL or a whole filter."""
    request = ET.Element(name("n", "Enumerate"))
    if isinstance(query, ET.Element):
        request.append(query)
    elif query is not None:
        ET.SubElement(request, name("w", "Filter"), Dialect=WQL).text = query
    if optimize:
        ET.SubElement(request, name("w", "OptimizeEnumeration"))
    if page is not None:
        ET.SubElement(request, name("w", "MaxElements")).text = str(page)
    if mode is not None:
        ET.SubElement(request, name("w", "EnumerationMode")).text = mode
    if polymorphism is not None:
        ET.SubElement(request, name("b", "PolymorphismMode")).text = polymorphism
    return request


def pull_request(context: str | None, page: int | None = None, max_time: str | None = None) -> ET.Element:
    """The body of a Pull."""
    request = ET.Element(name("n", "Pull"))
    ET.SubElement(request, name("n", "EnumerationContext")).text = context
    if max_time is not None:
        ET.SubElement(request, name("n", "MaxTime")).text = max_time
    if page is not None:
        ET.SubElement(request, name("n", "MaxElements")).text = str(page)
    return request


def pages(
    client: WSMan,
    resource: str,
    query: str | ET.Element | None = None,
    page: int | None = None,
    mode: str | None = None,
    polymorphism: str | None = None,
) -> Iterator[list[ET.Element]]:
    """Enumerates without optimization and gives the items of each Pull."""
    body = client.enumerate(resource, enumerate_request(query, mode=mode, polymorphism=polymorphism))
    context = body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)
    while context:
        answer = client.pull(resource, pull_request(context, page)).find("n:PullResponse", NAMESPACES)
        assert answer is not None
        yield list(answer.find("n:Items", NAMESPACES) or [])
        context = answer.findtext("n:EnumerationContext", namespaces=NAMESPACES)
        assert (context is None) == (answer.find("n:EndOfSequence", NAMESPACES) is not None)


def query_rows(client: WSMan, query: str | ET.Element, page: int | None = 20) -> list[Row]:
    """Every row of a query over all classes."""
    return [read(item) for items in pages(client, URI + "*", query, page) for item in items]


def selector_filter(keys: dict[str, Any]) -> ET.Element:
    """The filter that wants these values."""
    wanted = ET.Element(name("w", "Filter"), Dialect="http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter")
    write_selectors(ET.SubElement(wanted, name("w", "SelectorSet")), keys)
    return wanted


def association_filter(kind: str, start: Ref, *conditions: tuple[str, str]) -> ET.Element:
    """The filter for `AssociatedInstances` or `AssociationInstances` of an instance."""
    dialect = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"
    wanted = ET.Element(name("w", "Filter"), Dialect=dialect)
    inner = ET.SubElement(wanted, name("b", kind))
    write_reference(ET.SubElement(inner, name("b", "Object")), start)
    for key, value in conditions:
        ET.SubElement(inner, name("b", key)).text = value
    return wanted


def method_input(uri: str, method: str, parameters: list[tuple[str, Any]]) -> ET.Element:
    """The input of a method: None is nil, a list repeats its element, an element is put into the parameter."""
    request = ET.Element(f"{{{uri}}}{method}_INPUT")
    for key, values in parameters:
        for value in values if isinstance(values, list) else [values]:
            element = ET.SubElement(request, f"{{{uri}}}{key}")
            if value is None:
                element.set(name("xsi", "nil"), "true")
            elif isinstance(value, Ref):
                write_reference(element, value)
            elif isinstance(value, ET.Element):
                element.append(value)
            else:
                element.text = value
    return request


def call(client: WSMan, uri: str, method: str, parameters: list[tuple[str, Any]], keys: dict[str, Any]) -> Row:
    """Invokes a method: its out parameters and its ReturnValue, which comes last."""
    return send_input(client, uri, method, method_input(uri, method, parameters), keys)


def send_input(client: WSMan, uri: str, method: str, request: ET.Element, keys: dict[str, Any]) -> Row:
    """As `call`, with an input that may be wrong."""
    answer = client.invoke(f"{uri}/{method}", uri, request, selector_set=selectors(keys))
    output = answer.find(f"s:Body/{{{uri}}}{method}_OUTPUT", NAMESPACES)
    assert output is not None
    assert output[-1].tag == f"{{{uri}}}ReturnValue", "ReturnValue comes last"
    return read(output)


def resynchronize_input(
    vm_name: str, *, wrapper: bool = False, start: ET.Element | None = None, swapped: bool = False
) -> ET.Element:
    """The input of Resynchronize; `wrapper` adds the EndpointReference element that a host refuses."""
    system = Ref(URI + "Msvm_ComputerSystem", {"CreationClassName": "Msvm_ComputerSystem", "Name": vm_name})
    parameters = [("ComputerSystem", wrapped(system) if wrapper else system), ("StartTime", start)]
    return method_input(URI + "Msvm_ReplicationService", "Resynchronize", parameters[:: -1 if swapped else 1])


def datetime_element(kind: str, text: str) -> ET.Element:
    """One of the WS-CIM forms of a datetime."""
    element = ET.Element(name("cim", kind))
    element.text = text
    return element


def invoke(client: WSMan, request: ET.Element, service: dict[str, str]) -> tuple[int, str | None, str | None]:
    """Invokes Resynchronize: its ReturnValue, and class and InstanceID of its job."""
    output = send_input(client, URI + "Msvm_ReplicationService", "Resynchronize", request, service)
    job = output["Job"]  # a NULL out parameter is present, too
    if job is None:
        return int(output["ReturnValue"]), None, None
    assert list(job.keys) == ["InstanceID"]
    return int(output["ReturnValue"]), job.resource.removeprefix(URI), job.keys["InstanceID"]
