"""Embedded instances as CIM-XML text (DSP0201), read as strictly as the parser of the Hyper-V service reads them.

That parser is not the one of SOAP: it refuses named character references where numeric ones are fine, and a method
then gives a return value and no fault.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lxml import etree

from scalars import read_scalar, write_scalar
from schema import CLASSES, PREFIX, Instance, Interval, is_a, properties_of
from soap import Reference

FAILED, INVALID_PARAMETER = 32768, 32773
STAMP = re.compile(r"(\d{14})\.(\d{6})([+-])(\d{3})")
SPAN = re.compile(r"(\d{8})(\d\d)(\d\d)(\d\d)\.(\d{6}):000")


class Refused(Exception):
    """The method answers with this value and does nothing."""

    def __init__(self, return_value: int, reason: str) -> None:
        super().__init__(reason)
        self.return_value = return_value


def parse(text: str, class_name: str) -> Instance:
    """An instance of a class, or of one that comes from it."""
    if "&amp;" in text:
        raise Refused(FAILED, "&amp; stands in an embedded instance")
    if re.search(r"&[A-Za-z]", text):
        raise Refused(INVALID_PARAMETER, "a named character reference stands in an embedded instance")
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        return _instance(root, class_name)
    except (etree.XMLSyntaxError, ValueError, KeyError) as error:
        raise Refused(INVALID_PARAMETER, str(error)) from error


def _instance(root: etree._Element, class_name: str) -> Instance:
    found = root.get("CLASSNAME", "")
    if root.tag != "INSTANCE" or found.lower() not in CLASSES or not is_a(found, class_name):
        raise ValueError(f"{root.tag} {found} is no instance of {class_name}")
    kinds, properties = properties_of(found), {}
    for element in root:
        key = element.get("NAME", "")
        if key not in kinds or key in properties:
            raise ValueError(f"{key} is repeated or no property of {found}")
        properties[key] = _property(element, kinds[key])
    return Instance(found, properties)


def _property(element: etree._Element, kind: str) -> Any:
    base = kind.removesuffix("[]")
    if element.tag == "PROPERTY.REFERENCE" and kind.startswith("ref "):
        return None if not len(element) else _reference(_only(_only(element, "VALUE.REFERENCE"), "INSTANCENAME"))
    if element.tag != ("PROPERTY" if base == kind else "PROPERTY.ARRAY") or element.get("TYPE") != base:
        raise ValueError(f"{element.get('NAME')} is a {kind}, not a {element.tag} of {element.get('TYPE')}")
    if not len(element):
        return None
    if base == kind:
        return _value(_only(element, "VALUE"), kind)
    array = _only(element, "VALUE.ARRAY")
    return [None if item.tag == "VALUE.NULL" else _value(item, base) for item in array]


def _value(element: etree._Element, kind: str) -> Any:
    if element.tag != "VALUE" or len(element):
        raise ValueError(f"{element.tag} stands where a VALUE belongs")
    text = element.text or ""
    return _datetime(text) if kind == "datetime" else read_scalar(text, kind)


def _only(element: etree._Element, tag: str) -> etree._Element:
    if [child.tag for child in element] != [tag]:
        raise ValueError(f"{element.tag} does not hold one {tag}")
    return element[0]


def _reference(instance_name: etree._Element) -> Reference:
    entry = CLASSES[instance_name.get("CLASSNAME", "").lower()]
    return Reference(entry.uri, [(key.get("NAME", ""), _only(key, "KEYVALUE").text or "") for key in instance_name])


def _datetime(text: str) -> datetime | Interval:
    """The 25 characters of DSP0004; an ISO 8601 time is refused here."""
    stamp, span = STAMP.fullmatch(text), SPAN.fullmatch(text)
    if stamp:
        offset = timedelta(minutes=int(stamp[3] + stamp[4]))
        return datetime.strptime(stamp[1] + stamp[2], "%Y%m%d%H%M%S%f").replace(tzinfo=timezone(offset))
    if span:
        days, hours, minutes, seconds, micros = map(int, span.groups())
        return Interval(((days * 24 + hours) * 60 + minutes) * 60 + seconds + micros / 1_000_000)
    raise ValueError(f"{text} is no datetime")


def write(instance: Instance) -> str:
    """The text of an embedded instance, as hosts give it."""
    kinds = properties_of(instance.class_name)
    root = etree.Element("INSTANCE", CLASSNAME=instance.class_name)
    for key, value in instance.properties.items():
        base = kinds[key].removesuffix("[]")
        if isinstance(value, Reference):
            _write_reference(etree.SubElement(root, "PROPERTY.REFERENCE", NAME=key), value)
            continue
        tag = "PROPERTY" if base == kinds[key] else "PROPERTY.ARRAY"
        if base.startswith("ref "):
            tag, base = "PROPERTY.REFERENCE", ""
        element = etree.SubElement(root, tag, NAME=key, **({"TYPE": base} if base else {}))
        if isinstance(value, list):
            array = etree.SubElement(element, "VALUE.ARRAY")
            for single in value:
                etree.SubElement(array, "VALUE").text = _text(single)
        elif value is not None:
            etree.SubElement(element, "VALUE").text = _text(value)
    return etree.tostring(root, encoding="unicode")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y%m%d%H%M%S.%f}+000"
    if isinstance(value, Interval):
        seconds, micros = divmod(round(value.seconds * 1_000_000), 1_000_000)
        return f"{seconds // 86400:08}{seconds // 3600 % 24:02}{seconds // 60 % 60:02}{seconds % 60:02}.{micros:06}:000"
    return write_scalar(value)


def _write_reference(element: etree._Element, reference: Reference) -> None:
    class_name = reference.resource.removeprefix(PREFIX).rpartition("/")[2]
    value = etree.SubElement(element, "VALUE.REFERENCE")
    instance_name = etree.SubElement(value, "INSTANCENAME", CLASSNAME=class_name)
    for key, text in reference.selectors:
        binding = etree.SubElement(instance_name, "KEYBINDING", NAME=key)
        etree.SubElement(binding, "KEYVALUE", VALUETYPE="string").text = text
