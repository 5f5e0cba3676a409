"""SOAP 1.2 envelopes of WS-Management, read and written with lxml.

Names are compared by namespace and local name, never by prefix and never as text. What a Windows host demands of
a request header is demanded here: DSP0226 and MS-WSMV 3.1.4.1.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

S = "http://www.w3.org/2003/05/soap-envelope"
A = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
P = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
B = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
X = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
E = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
F = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSMID = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
XML = "http://www.w3.org/XML/1998/namespace"

ANONYMOUS = A + "/role/anonymous"
FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"

# The value of a selector is a text, or a reference where the key of an association is one.
Selectors = list[tuple[str, Any]]


class Reference(NamedTuple):
    """A reference to an instance: a resource URI and the key."""

    resource: str
    selectors: Selectors


def name(namespace: str, local: str) -> str:
    """A name as lxml writes it."""
    return f"{{{namespace}}}{local}"


class SoapFault(Exception):
    """A fault that the host answers with, HTTP status 500."""

    def __init__(
        self,
        subcode: str,
        code: int,
        reason: str,
        *,
        detail: str | None = None,
        receiver: bool = False,
        provider: str | None = None,
        not_understood: tuple[str, str] | None = None,
        innocent: bool = False,
    ) -> None:
        super().__init__(f"{subcode} {code}: {reason}")
        self.subcode, self.code, self.reason = subcode, code, reason
        self.detail, self.receiver, self.provider = detail, receiver, provider
        self.not_understood = not_understood
        self.innocent = innocent  # a right client meets it, too

    @property
    def action(self) -> str:
        """The action URI of the fault, which follows from the namespace of the subcode."""
        return {"a": A + "/fault", "s": A + "/fault", "n": N + "/fault"}.get(
            self.subcode.partition(":")[0], "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
        )


def bad_header(reason: str) -> SoapFault:
    return SoapFault("a:InvalidMessageInformationHeader", 2150858767, reason)


def schema_error(reason: str) -> SoapFault:
    return SoapFault("w:SchemaValidationError", 2150858817, reason)


def bad_selectors(code: int, reason: str) -> SoapFault:
    return SoapFault("w:InvalidSelectors", code, reason, detail=FAULT_DETAIL + "UnexpectedSelectors")


def wmi_error(code: int, reason: str) -> SoapFault:
    """What WMI or a provider refuses, in the form that WinRM gives it."""
    return SoapFault("w:InternalError", code, reason, receiver=True, provider=reason)


def too_large(code: int, reason: str) -> SoapFault:
    return SoapFault("w:EncodingLimit", code, reason, detail=FAULT_DETAIL + "MaxEnvelopeSizeExceeded", innocent=True)


def not_found(
    reason: str = "The service cannot find the resource identified by the resource URI and selectors.",
) -> SoapFault:
    return SoapFault(
        "a:DestinationUnreachable", 2150858752, reason, detail=FAULT_DETAIL + "InvalidResourceURI", provider=reason
    )


@dataclass
class Request:
    """A request whose headers have passed every check."""

    action: str = ""
    message_id: str | None = None
    resource: str = ""
    selectors: Selectors = field(default_factory=list)
    max_envelope_size: int = 512000
    operation_timeout: float | None = None
    locale: str | None = None
    data_locale: str | None = None
    body: etree._Element | None = None

    @property
    def is_identify(self) -> bool:
        return self.body is not None and self.body.tag == name(WSMID, "Identify")


def parse_xml(data: bytes) -> etree._Element:
    """Parses without touching entities, files or the network; a document type declaration is an error."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        raise schema_error("A document type declaration is not allowed.")
    return root


def elements(parent: etree._Element) -> list[etree._Element]:
    """The child elements; text other than white space between them is an error."""
    for text in [parent.text, *(child.tail for child in parent)]:
        if text and text.strip():
            raise schema_error(f"Text is not allowed between the children of {parent.tag}.")
    return [child for child in parent if isinstance(child.tag, str)]


def sequence(body: etree._Element | None, root: str, order: list[tuple[str, str]]) -> dict[str, etree._Element]:
    """The children of a body by local name; they must be known and stand in their order."""
    found = repeatable_sequence(body, root, order)
    for key, parts in found.items():
        if len(parts) > 1:
            raise schema_error(f"{key} is repeated.")
    return {key: parts[0] for key, parts in found.items()}


def repeatable_sequence(
    body: etree._Element | None, root: str, order: list[tuple[str, str]]
) -> dict[str, list[etree._Element]]:
    """As `sequence`, for children that may be arrays and come as often as these have elements."""
    if body is None or body.tag != root:
        raise schema_error(f"The Body holds no {root}.")
    places = [name(namespace, local) for namespace, local in order]
    found: dict[str, list[etree._Element]] = {}
    last = 0
    for child in elements(body):
        if child.tag not in places or places.index(child.tag) < last:
            raise schema_error(f"{child.tag} is unknown or out of its order.")
        last = places.index(child.tag)
        found.setdefault(etree.QName(child).localname, []).append(child)
    return found


def read_message_id(data: bytes) -> str | None:
    """The MessageID if there is a readable one, for faults about the rest of the header."""
    try:
        found = parse_xml(data).find(f"{name(S, 'Header')}/{name(A, 'MessageID')}")
    except (etree.XMLSyntaxError, SoapFault):
        return None
    return None if found is None else found.text


# The headers that this host understands, and whether they must come.
KNOWN = {
    name(A, "To"): True,
    name(W, "ResourceURI"): True,
    name(A, "ReplyTo"): True,
    name(A, "Action"): True,
    name(A, "MessageID"): True,
    name(W, "MaxEnvelopeSize"): False,
    name(W, "OperationTimeout"): False,
    name(W, "Locale"): False,
    name(P, "DataLocale"): False,
    name(W, "SelectorSet"): False,
    name(W, "OptionSet"): False,
    name(P, "SessionId"): False,
    name(P, "OperationID"): False,
    name(P, "SequenceId"): False,
}
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def parse_request(data: bytes) -> Request:
    """Reads a request and raises the fault of the first rule that it breaks."""
    try:
        root = parse_xml(data)
    except etree.XMLSyntaxError as error:
        raise schema_error(f"The request is no well-formed XML: {error}") from error
    parts = elements(root)
    if root.tag != name(S, "Envelope") or [part.tag for part in parts] != [name(S, "Header"), name(S, "Body")]:
        raise schema_error("The request is no SOAP 1.2 envelope of one Header and one Body.")
    body = elements(parts[1])
    if len(body) > 1:
        raise schema_error("The Body has more than one child.")
    request = Request(body=body[0] if body else None)
    if not request.is_identify:
        _read_header(elements(parts[0]), request)
    return request


def _read_header(headers: Sequence[etree._Element], request: Request) -> None:
    by_name: dict[str, etree._Element] = {}
    for header in headers:
        if header.tag in by_name:
            raise bad_header(f"The header {header.tag} is repeated.")
        by_name[header.tag] = header
        if header.tag not in KNOWN and _must_understand(header):
            tag = etree.QName(header)
            raise SoapFault(
                "s:MustUnderstand",
                2150858768,
                "A mandatory header is not understood.",
                not_understood=(tag.namespace or "", tag.localname),
            )
    for tag, required in KNOWN.items():
        if required and tag not in by_name:
            raise SoapFault("a:MessageInformationHeaderRequired", 2150858769, f"The header {tag} is missing.")

    request.message_id = _text(by_name[name(A, "MessageID")])
    if not re.fullmatch(r"uuid:[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", request.message_id):
        raise bad_header("The MessageID is no uuid: URI.")
    if not re.fullmatch(r"https?://[^/]+/wsman", _text(by_name[name(A, "To")])):
        raise bad_header("To is not the URL of this endpoint.")
    address = by_name[name(A, "ReplyTo")].find(name(A, "Address"))
    if address is None or _text(address) != ANONYMOUS:
        raise SoapFault(
            "w:UnsupportedFeature",
            2150858870,
            "Only the anonymous ReplyTo is supported.",
            detail=FAULT_DETAIL + "AddressingMode",
        )
    request.action = _text(by_name[name(A, "Action")])
    request.resource = _text(by_name[name(W, "ResourceURI")])
    request.max_envelope_size = _envelope_size(by_name.get(name(W, "MaxEnvelopeSize")))
    if name(W, "OperationTimeout") in by_name:
        request.operation_timeout = read_duration(by_name[name(W, "OperationTimeout")])
    request.locale = _locale(by_name.get(name(W, "Locale")), 2150858887, "Locale")
    request.data_locale = _locale(by_name.get(name(P, "DataLocale")), 2150858818, "DataLocale")
    for tag in ("SessionId", "OperationID"):
        header_id = by_name.get(name(P, tag))
        if header_id is not None and not _text(header_id).startswith("uuid:"):
            raise bad_header(f"{tag} is no uuid: URI.")
    selector_set = by_name.get(name(W, "SelectorSet"))
    if selector_set is not None:
        request.selectors = read_selectors(selector_set)


def _text(element: etree._Element) -> str:
    if not element.text or len(element):
        raise bad_header(f"The header {element.tag} holds no plain text.")
    return element.text


def _must_understand(header: etree._Element) -> bool:
    value = header.get(name(S, "mustUnderstand"), "false")
    if value not in ("true", "false", "1", "0"):
        raise bad_header(f"mustUnderstand of {header.tag} is no boolean: {value}.")
    return value in ("true", "1")


def _envelope_size(header: etree._Element | None) -> int:
    if header is None:
        return 512000
    if not re.fullmatch(r"\d+", _text(header)):
        raise bad_header("MaxEnvelopeSize is no number of bytes.")
    size = int(_text(header))
    if size < 8192:
        raise SoapFault(
            "w:EncodingLimit",
            2150858878,
            "MaxEnvelopeSize must be 8192 or more.",
            detail=FAULT_DETAIL + "MinimumEnvelopeLimit",
        )
    return size


def read_duration(element: etree._Element) -> float:
    """An xs:duration in seconds."""
    match = DURATION.fullmatch(_text(element))
    if not match or not any(match.groups()):
        raise bad_header(f"{element.tag} is no duration: {element.text}.")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _locale(header: etree._Element | None, code: int, header_name: str) -> str | None:
    if header is None:
        return None
    if _must_understand(header):
        raise SoapFault(
            "w:UnsupportedFeature",
            code,
            f"mustUnderstand must be false on {header_name}.",
            detail=FAULT_DETAIL + header_name,
        )
    language = header.get(name(XML, "lang"))
    if not language:
        raise bad_header(f"{header_name} has no xml:lang.")
    return language


def read_selectors(selector_set: etree._Element) -> Selectors:
    """The selectors of a SelectorSet in their order; a repeated name is a fault."""
    selectors: Selectors = []
    for selector in elements(selector_set):
        key = selector.get("Name")
        if selector.tag != name(W, "Selector") or not key:
            raise bad_selectors(2150858843, "The SelectorSet holds something else than selectors.")
        if key.lower() in (seen.lower() for seen, _ in selectors):
            raise bad_selectors(2150858847, f"The selector {key} is repeated.")
        selectors.append((key, _selector_value(selector)))
    return selectors


def _selector_value(selector: etree._Element) -> Any:
    """A text, or the one reference that a selector may hold: DSP0226 section 5.4.2.2."""
    if not len(selector):
        return selector.text or ""
    inner = elements(selector)
    if [part.tag for part in inner] != [name(A, "EndpointReference")]:
        raise bad_selectors(2150858845, "A selector holds something else than a text or a reference.")
    return read_reference(inner[0])


def read_reference(parent: etree._Element) -> Reference:
    """The resource URI and the selectors of an endpoint reference whose parts are the children of `parent`."""
    parts = elements(parent)
    if [part.tag for part in parts] != [name(A, "Address"), name(A, "ReferenceParameters")]:
        raise schema_error(
            f"{parent.tag} holds something else than Address and ReferenceParameters, perhaps an EndpointReference."
        )
    if parts[0].text != ANONYMOUS:
        raise schema_error("The Address of a reference must be the anonymous one.")
    inner = elements(parts[1])
    if [part.tag for part in inner] != [name(W, "ResourceURI"), name(W, "SelectorSet")]:
        raise schema_error("ReferenceParameters are not a ResourceURI and a SelectorSet.")
    return Reference(inner[0].text or "", read_selectors(inner[1]))


def write_reference(parent: etree._Element, resource: str, selectors: Iterable[tuple[str, Any]]) -> None:
    """Writes an endpoint reference into `parent`, selectors in alphabetical order as Windows has them."""
    etree.SubElement(parent, name(A, "Address")).text = ANONYMOUS
    parameters = etree.SubElement(parent, name(A, "ReferenceParameters"))
    etree.SubElement(parameters, name(W, "ResourceURI")).text = resource
    selector_set = etree.SubElement(parameters, name(W, "SelectorSet"))
    for key, value in sorted(selectors, key=lambda selector: selector[0].lower()):
        selector = etree.SubElement(selector_set, name(W, "Selector"), Name=key)
        if isinstance(value, Reference):
            write_reference(etree.SubElement(selector, name(A, "EndpointReference")), *value)
        else:
            selector.text = value


PREFIXES = {
    "enumeration": {"s": S, "a": A, "n": N, "w": W},
    "transfer": {"s": S, "a": A, "x": X, "w": W, "p": P},
    "fault": {"s": S, "a": A, "x": X, "e": E, "n": N, "w": W, "p": P},
}


def answer(kind: str, action: str, relates_to: str | None) -> tuple[etree._Element, etree._Element]:
    """A fresh answer: its envelope and its empty Body."""
    envelope = etree.Element(name(S, "Envelope"), nsmap=PREFIXES[kind])
    envelope.set(name(XML, "lang"), "en-US")
    header = etree.SubElement(envelope, name(S, "Header"))
    etree.SubElement(header, name(A, "Action")).text = action
    etree.SubElement(header, name(A, "MessageID")).text = f"uuid:{uuid.uuid4()}".upper().replace("UUID", "uuid")
    etree.SubElement(header, name(A, "To")).text = ANONYMOUS
    if relates_to is not None:
        etree.SubElement(header, name(A, "RelatesTo")).text = relates_to
    return envelope, etree.SubElement(envelope, name(S, "Body"))


def write_fault(fault: SoapFault, relates_to: str | None, machine: str) -> etree._Element:
    """The envelope of a fault, in the shape that Windows gives it."""
    envelope, body = answer("fault", fault.action, relates_to)
    if fault.not_understood:
        namespace, local = fault.not_understood
        header = envelope[0]
        etree.SubElement(header, name(S, "NotUnderstood"), qname=f"q:{local}", nsmap={"q": namespace})
    element = etree.SubElement(body, name(S, "Fault"))
    code = etree.SubElement(element, name(S, "Code"))
    if fault.subcode == "s:MustUnderstand":
        etree.SubElement(code, name(S, "Value")).text = fault.subcode
    else:
        etree.SubElement(code, name(S, "Value")).text = "s:Receiver" if fault.receiver else "s:Sender"
        etree.SubElement(etree.SubElement(code, name(S, "Subcode")), name(S, "Value")).text = fault.subcode
    text = etree.SubElement(etree.SubElement(element, name(S, "Reason")), name(S, "Text"))
    text.set(name(XML, "lang"), "en-US")
    text.text = fault.reason + " "
    detail = etree.SubElement(element, name(S, "Detail"))
    if fault.detail:
        etree.SubElement(detail, name(W, "FaultDetail")).text = fault.detail
    wsman = etree.SubElement(detail, name(F, "WSManFault"), Code=str(fault.code), Machine=machine, nsmap={"f": F})
    message = etree.SubElement(wsman, name(F, "Message"))
    if fault.provider is None:
        message.text = fault.reason + " "
    else:
        outer = etree.SubElement(
            message, name(F, "ProviderFault"), provider="WMI Provider", path=r"%systemroot%\system32\WsmWmiPl.dll"
        )
        inner = etree.SubElement(outer, name(F, "WSManFault"), Code=str(fault.code), Machine=machine)
        etree.SubElement(inner, name(F, "Message")).text = fault.provider + " "
    return envelope


def to_bytes(envelope: etree._Element) -> bytes:
    """One line of UTF-8 without an XML declaration, as Windows sends it."""
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=False)
