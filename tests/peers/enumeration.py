"""Enumerate, Pull and Release: filters, modes, pages and the contexts between them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

import association
import wql
from schema import CLASSES, Instance, find_class, fold, properties_of
from soap import (
    FAULT_DETAIL,
    A,
    B,
    N,
    Request,
    SoapFault,
    W,
    answer,
    bad_header,
    bad_selectors,
    elements,
    name,
    not_found,
    read_duration,
    read_selectors,
    schema_error,
    sequence,
    too_large,
)
from values import as_ancestor, write_endpoint, write_fragment, write_instance

WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
SELECTOR_FILTER = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"
ASSOCIATION_FILTER = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"
ENUMERATE = [
    (N, "EndTo"),
    (N, "Expires"),
    (W, "Filter"),
    (W, "OptimizeEnumeration"),
    (W, "MaxElements"),
    (W, "EnumerationMode"),
    (B, "PolymorphismMode"),
]
PULL = [(N, "EnumerationContext"), (N, "MaxTime"), (N, "MaxElements"), (N, "MaxCharacters")]
MODES = ("EnumerateObject", "EnumerateEPR", "EnumerateObjectAndEPR")
POLYMORPHISM = ("IncludeSubClassProperties", "ExcludeSubClassProperties", "None")
# What an envelope has besides its items.
ENVELOPE = 2048

Find = Callable[[str], list[Instance]]


@dataclass
class Enumeration:
    """An open enumeration: what is left, how its items are written, and how often it was pulled."""

    resource: str
    left: list[etree._Element]
    pulls: int = 0


class Enumerations:
    """The open enumerations, and what a test may set about them.

    `refuses_over` is the largest MaxElements that is not refused, `expires_after` the number of pulls that an
    enumeration lives for, `seconds_per_item` what each item is said to take, and `items_namespace` that of Items and
    EndOfSequence in an optimized answer, about which sources disagree.
    """

    def __init__(self) -> None:
        self.open: dict[str, Enumeration] = {}
        self.expired: set[str] = set()
        self.items_namespace = W
        self.refuses_over: int | None = None
        self.expires_after: int | None = None
        self.seconds_per_item: float = 0

    def enumerate(
        self, request: Request, class_name: str, namespace: str, find: Find, told: dict[str, Any]
    ) -> etree._Element:
        """Begins an enumeration; `told` is the line of the journal."""
        parts = sequence(request.body, name(N, "Enumerate"), ENUMERATE)
        mode, polymorphism = _choice(parts, "EnumerationMode", MODES), _choice(parts, "PolymorphismMode", POLYMORPHISM)
        count = _positive(parts.get("MaxElements"))
        query = parts.get("Filter")
        told |= {
            "query": None if query is None else query.text,
            "dialect": None if query is None else query.get("Dialect"),
            "mode": mode,
            "polymorphism": polymorphism,
            "max_elements": count,
            "optimized": "OptimizeEnumeration" in parts,
        }
        if "Expires" in parts:
            read_duration(parts["Expires"])
        selected, columns = _select(query, class_name, namespace, find, polymorphism)
        rows = [_write_item(instance, mode, columns) for instance in selected]
        self._refuse(count)

        envelope, body = answer("enumeration", N + "/EnumerateResponse", request.message_id)
        response = etree.SubElement(body, name(N, "EnumerateResponse"))
        context = etree.SubElement(response, name(N, "EnumerationContext"))
        enumeration = Enumeration(request.resource, rows)
        if "OptimizeEnumeration" in parts:
            items = etree.SubElement(response, name(self.items_namespace, "Items"))
            items.extend(self._page(enumeration, count, request.max_envelope_size, None))
            if not enumeration.left:
                context.text = ""
                etree.SubElement(response, name(self.items_namespace, "EndOfSequence"))
                return envelope
        context.text = self._keep(enumeration)
        return envelope

    def pull(self, request: Request, told: dict[str, Any]) -> etree._Element:
        """Gives the next page; a page that is refused leaves the enumeration as it was."""
        parts = sequence(request.body, name(N, "Pull"), PULL)
        count = _positive(parts.get("MaxElements"))
        max_time = read_duration(parts["MaxTime"]) if "MaxTime" in parts else None
        context, enumeration = self._find(parts, request.resource)
        told |= {"max_elements": count, "max_time": max_time, "context": context}
        self._refuse(count)
        if self.expires_after is not None and enumeration.pulls >= self.expires_after:
            del self.open[context]
            self.expired.add(context)
            raise SoapFault("n:InvalidEnumerationContext", 2150858780, "The enumeration has timed out.", innocent=True)
        page = self._page(enumeration, count, request.max_envelope_size, max_time)
        del self.open[context]
        enumeration.pulls += 1
        envelope, body = answer("enumeration", N + "/PullResponse", request.message_id)
        response = etree.SubElement(body, name(N, "PullResponse"))
        if enumeration.left:
            etree.SubElement(response, name(N, "EnumerationContext")).text = self._keep(enumeration)
        etree.SubElement(response, name(N, "Items")).extend(page)
        if not enumeration.left:
            etree.SubElement(response, name(N, "EndOfSequence"))
        return envelope

    def release(self, request: Request, told: dict[str, Any]) -> etree._Element:
        parts = sequence(request.body, name(N, "Release"), [(N, "EnumerationContext")])
        context, _ = self._find(parts, request.resource)
        told["context"] = context
        del self.open[context]
        return answer("enumeration", N + "/ReleaseResponse", request.message_id)[0]

    def _refuse(self, count: int) -> None:
        if self.refuses_over is not None and count > self.refuses_over:
            raise too_large(2150858823, "The answer would be larger than the maximum envelope size.")

    def _keep(self, enumeration: Enumeration) -> str:
        """A new context for an enumeration: each answer has another one, and only the latest is good."""
        context = f"uuid:{str(uuid.uuid4()).upper()}"
        self.open[context] = enumeration
        return context

    def _find(self, parts: dict[str, etree._Element], resource: str) -> tuple[str, Enumeration]:
        element = parts.get("EnumerationContext")
        context = "" if element is None else element.text or ""
        if context not in self.open:
            reason = "The enumeration context is not valid."
            raise SoapFault("n:InvalidEnumerationContext", 2150858779, reason, innocent=context in self.expired)
        enumeration = self.open[context]
        if enumeration.resource.rpartition("/")[0].lower() != resource.rpartition("/")[0].lower():
            raise bad_header("The ResourceURI is not that of the enumeration.")
        return context, enumeration

    def _page(
        self, enumeration: Enumeration, count: int, max_size: int, max_time: float | None
    ) -> list[etree._Element]:
        """The next items: at most `count`, and no more than fit into an envelope and into the time."""
        if max_time is not None and self.seconds_per_item:
            count = min(count, int(max_time / self.seconds_per_item))
        if count == 0:
            raise SoapFault("w:TimedOut", 2150858793, "No item came in time.", receiver=True)
        size, fitting = ENVELOPE, 0
        for row in enumeration.left[:count]:
            size += len(etree.tostring(row))
            if size > max_size:
                break
            fitting += 1
        if enumeration.left and not fitting:
            raise too_large(2150858824, "An item is larger than MaxEnvelopeSize.")
        page, enumeration.left = enumeration.left[:fitting], enumeration.left[fitting:]
        return page


def _choice(parts: dict[str, etree._Element], key: str, allowed: tuple[str, ...]) -> str:
    value = parts[key].text or "" if key in parts else allowed[0]
    if value not in allowed:
        raise SoapFault("w:UnsupportedFeature", 2150858818, f"Unknown {key}.", detail=FAULT_DETAIL + key)
    return value


def _positive(element: etree._Element | None) -> int:
    """A number of elements, which is one unless something else is said."""
    if element is None:
        return 1
    if not re.fullmatch(r"[1-9]\d*", element.text or ""):
        raise schema_error(f"{element.tag} is no positive number.")
    return int(element.text or "")


# Filters


def _select(
    query: etree._Element | None, class_name: str, namespace: str, find: Find, polymorphism: str
) -> tuple[list[Instance], list[str] | None]:
    """The instances that are asked for, and the properties of them, where not all are."""
    dialect = None if query is None else query.get("Dialect")
    if dialect == WQL:
        if polymorphism != POLYMORPHISM[0]:
            raise SoapFault("w:UnsupportedFeature", 2150859063, "The polymorphism mode is not supported with WQL.")
        _demand_star(class_name)
        return _query(query.text or "", namespace, find)
    if dialect == ASSOCIATION_FILTER:
        _demand_star(class_name)
        try:
            return _traverse(association.read_filter(query), find)
        except wql.WqlError as error:
            raise _cannot_process(str(error)) from error
    if query is not None and dialect != SELECTOR_FILTER:
        raise SoapFault("n:FilterDialectRequestedUnavailable", 2150858777, "The filter dialect is not supported.")
    if class_name == "*":
        raise SoapFault("w:InvalidParameter", 87, "Enumerating all classes needs a filter.")
    instances = find(class_name)
    if query is not None:
        instances = _by_selectors(query, class_name, instances)
    if polymorphism == "None":
        instances = [instance for instance in instances if instance.class_name == class_name]
    elif polymorphism == "ExcludeSubClassProperties":
        instances = [as_ancestor(instance, class_name) for instance in instances]
    return instances, None


def _demand_star(class_name: str) -> None:
    if class_name != "*":
        raise SoapFault(
            "a:DestinationUnreachable",
            2150859003,
            "This filter needs a resource URI that ends in an asterisk, not in the name of a class.",
            detail=FAULT_DETAIL + "InvalidResourceURI",
        )


def _cannot_process(reason: str) -> SoapFault:
    text = "The data source could not process the filter."
    return SoapFault("n:CannotProcessFilter", 2150858778, text, provider=reason)


def _query(text: str, namespace: str, find: Find) -> tuple[list[Instance], list[str] | None]:
    try:
        traversal = association.parse_query(text)
        if traversal:
            return _traverse(traversal, find)
        parsed = wql.parse(text)
        entry = CLASSES.get(parsed.class_name.lower())
        if entry is None or entry.namespace != namespace:
            raise wql.WqlError("The specified class does not exist in the given namespace.")
        declared = [key.lower() for key in properties_of(entry.name)]
        selected = []
        for instance in find(entry.name):
            row = {**dict.fromkeys(declared), **{key.lower(): value for key, value in instance.properties.items()}}
            for column in [*(parsed.columns or []), *parsed.mentioned]:
                if column.lower() not in row:
                    raise wql.WqlError(f"{parsed.class_name} has no property {column}")
            if parsed.matches(row):
                selected.append(instance)
        return selected, parsed.columns
    except wql.WqlError as error:
        raise _cannot_process(str(error)) from error


def _traverse(traversal: association.Traversal, find: Find) -> tuple[list[Instance], list[str] | None]:
    try:
        return traversal.run(find("*")), traversal.columns
    except LookupError:
        raise not_found() from None


def _by_selectors(query: etree._Element, class_name: str, instances: list[Instance]) -> list[Instance]:
    """DSP0226 section 8.2.2: the instances that have all these values, whether or not they are keys."""
    inner = elements(query)
    if [part.tag for part in inner] != [name(W, "SelectorSet")]:
        raise schema_error("The filter holds no SelectorSet.")
    wanted = {key.lower(): fold(value) for key, value in read_selectors(inner[0])}
    known = {key.lower() for key in [*properties_of(class_name), *find_class(class_name).keys]}
    known |= {key.lower() for instance in instances for key in instance.properties}
    if not wanted.keys() <= known:
        raise bad_selectors(2150858843, "The filter names what is no property of the class.")

    def holds(instance: Instance) -> bool:
        row = {key.lower(): fold(value) for key, value in instance.properties.items()}
        return all(row.get(key) == value for key, value in wanted.items())

    return [instance for instance in instances if holds(instance)]


def _write_item(instance: Instance, mode: str, columns: list[str] | None) -> etree._Element:
    """An item, in the mode that was asked for."""
    if mode == "EnumerateEPR":
        return write_endpoint(instance)
    item = write_instance(instance) if columns is None else write_fragment(instance, columns)
    if mode == "EnumerateObject":
        return item
    both = etree.Element(name(W, "Item"), nsmap={"w": W, "a": A})
    both.extend([item, write_endpoint(instance)])
    return both
