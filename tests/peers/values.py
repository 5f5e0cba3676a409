"""CIM values as XML: DSP0230, in the spelling of Windows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

import cimxml
from scalars import read_scalar, write_scalar
from schema import Instance, Interval, Raw, ancestry, find_class, is_a, properties_of
from soap import CIM, XSI, A, Reference, W, elements, name, read_reference, schema_error, write_reference

DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
INTERVAL = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,6})?)S)?)?")


# Reading


def read_values(found: Sequence[etree._Element], key: str, kind: str) -> Any:
    """The value of a property or parameter from its elements, of which an array may have any number."""
    values = [_read(element, kind.removesuffix("[]")) for element in found]
    if kind.endswith("[]"):
        return None if values == [None] else values
    if len(values) != 1:
        raise schema_error(f"{key} is no array and is repeated.")
    return values[0]


def _read(element: etree._Element, kind: str) -> Any:
    nil = element.get(name(XSI, "nil"))
    if nil not in (None, "true", "false", "1", "0"):
        raise schema_error(f"xsi:nil of {element.tag} is no boolean.")
    if nil in ("true", "1"):
        if len(element) or element.text:
            raise schema_error(f"{element.tag} is nil and has content.")
        return None
    if kind.startswith("ref "):
        return read_reference(element)
    if kind == "datetime":
        return _read_datetime(element)
    if len(element):
        raise schema_error(f"{element.tag} holds elements in place of a text.")
    text = element.text or ""
    if kind.startswith("instance "):
        return cimxml.parse(text, kind.removeprefix("instance "))
    try:
        return read_scalar(text, kind)
    except ValueError as error:
        raise schema_error(f"{element.tag} is no {kind}: {text!r}.") from error


def _read_datetime(element: etree._Element) -> datetime | Interval:
    parts = elements(element)
    text = parts[0].text or "" if parts else ""
    tags = [part.tag for part in parts]
    if tags == [name(CIM, "Datetime")] and DATETIME.fullmatch(text):
        return datetime.fromisoformat(text)
    interval = INTERVAL.fullmatch(text)
    if tags == [name(CIM, "Interval")] and interval:
        days, hours, minutes, seconds = (float(part or 0) for part in interval.groups())
        return Interval(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    raise schema_error(f"{element.tag} holds no cim:Datetime and no cim:Interval.")


def read_properties(root: etree._Element, class_name: str) -> dict[str, Any]:
    """The properties that an instance in a request has, with their spelling and their types of the class."""
    uri, kinds = find_class(class_name).uri, properties_of(class_name)
    if (etree.QName(root).namespace or "").lower() != uri.lower() or etree.QName(root).localname != class_name:
        raise schema_error(f"The Body holds no {class_name} in the namespace of the class.")
    found: dict[str, list[etree._Element]] = {}
    for element in elements(root):
        tag = etree.QName(element)
        if tag.localname not in kinds or (tag.namespace or "").lower() != uri.lower():
            raise schema_error(f"{element.tag} is no property of {class_name}.")
        found.setdefault(tag.localname, []).append(element)
    return {key: read_values(values, key, kinds[key]) for key, values in found.items()}


# Writing


def write_values(root: etree._Element, uri: str, key: str, value: Any) -> None:
    """Adds the elements of one property or parameter."""
    for single in value if isinstance(value, list) else [value]:
        nsmap = {"a": A, "w": W} if isinstance(single, Reference) else None
        _write(etree.SubElement(root, name(uri, key), nsmap=nsmap), single)


def _write(element: etree._Element, value: Any) -> None:
    if value is None:
        element.set(name(XSI, "nil"), "true")
    elif isinstance(value, Reference):
        write_reference(element, *value)
    elif isinstance(value, datetime):
        fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
        utc = value.astimezone(UTC)
        etree.SubElement(element, name(CIM, "Datetime")).text = f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z"
    elif isinstance(value, Interval):
        days, seconds = divmod(round(value.seconds * 1_000_000), 86_400_000_000)
        hours, seconds = divmod(seconds, 3_600_000_000)
        minutes, seconds = divmod(seconds, 60_000_000)
        text = f"{seconds / 1_000_000:.6f}".rstrip("0").rstrip(".")
        etree.SubElement(element, name(CIM, "Interval")).text = f"P{days}DT{hours}H{minutes}M{text}S"
    elif isinstance(value, Instance):
        element.text = cimxml.write(value)
    elif isinstance(value, Raw):
        element.append(etree.fromstring(value.xml))
    else:
        element.text = write_scalar(value)


def write_instance(instance: Instance) -> etree._Element:
    """An instance as Windows writes it: xsi:type on the root alone, the properties in alphabetical order."""
    uri, class_name = instance.uri, find_class(instance.class_name).name
    root = etree.Element(name(uri, class_name), nsmap={"xsi": XSI, "p": uri, "cim": CIM})
    root.set(name(XSI, "type"), f"p:{class_name}_Type")
    for key in sorted(instance.properties, key=str.lower):
        write_values(root, uri, key, instance.properties[key])
    return root


def write_fragment(instance: Instance, columns: Sequence[str]) -> etree._Element:
    """Some properties of an instance, which then has no name: what a projection gives."""
    uri = instance.uri
    root = etree.Element(name(W, "XmlFragment"), nsmap={"w": W, "xsi": XSI, "p": uri, "cim": CIM})
    names = {key.lower(): key for key in instance.properties}
    for column in columns:
        if column.lower() in names:
            write_values(root, uri, names[column.lower()], instance.properties[names[column.lower()]])
    return root


def write_endpoint(instance: Instance) -> etree._Element:
    """An a:EndpointReference, which is what enumerations give; parameters have its children alone."""
    endpoint = etree.Element(name(A, "EndpointReference"), nsmap={"a": A, "w": W})
    write_reference(endpoint, *instance.reference())
    return endpoint


def as_ancestor(instance: Instance, class_name: str) -> Instance:
    """An instance as one of a class that it comes from, without what only its own class has."""
    if not any(entry.properties for entry in ancestry(class_name)) or not is_a(instance.class_name, class_name):
        return instance
    kept = properties_of(class_name)
    return Instance(class_name, {key: value for key, value in instance.properties.items() if key in kept})
