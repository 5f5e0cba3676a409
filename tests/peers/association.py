"""Associators and references, asked for by a filter of DSP0227 or by WQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from schema import CLASSES, Instance, find_class, fold, is_a
from soap import B, Reference, elements, name, read_reference, schema_error
from wql import WqlError

# The parts of a filter in their order.
PARTS = {
    "AssociatedInstances": [
        "Object",
        "AssociationClassName",
        "Role",
        "ResultClassName",
        "ResultRole",
        "IncludeResultProperty",
    ],
    "AssociationInstances": ["Object", "ResultClassName", "Role", "IncludeResultProperty"],
}
TRAVERSAL = re.compile(
    r"\s*(associators|references)\s+of\s*\{(.*)\}\s*(?:where\s+(.*?))?\s*", re.IGNORECASE | re.DOTALL
)
PATH = re.compile(r"(?:(?:\\\\[^\\]+\\)?([A-Za-z0-9_/\\]+):)?([A-Za-z_]\w*)\.(.*)", re.DOTALL)
KEY = re.compile(
    r'\s*([A-Za-z_]\w*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+|true|false))\s*(?:,|$)', re.IGNORECASE | re.DOTALL
)


@dataclass
class Traversal:
    """What is asked: the other ends of associations, or with `gives_associations` these themselves."""

    start: Reference
    gives_associations: bool = False
    association_class: str | None = None
    role: str | None = None
    result_class: str | None = None
    result_role: str | None = None
    columns: list[str] | None = None

    def __post_init__(self) -> None:
        for class_name in (self.association_class, self.result_class):
            if class_name and class_name.lower() not in CLASSES:
                raise WqlError(f"the class {class_name} does not exist")

    def run(self, instances: list[Instance]) -> list[Instance]:
        """The instances that are found, each once and in the order of the inventory."""
        by_key = {fold(instance.reference()): instance for instance in instances}
        if fold(self.start) not in by_key:
            raise LookupError("there is no such instance")
        found: dict[object, Instance] = {}
        for instance in instances:
            for result in self._steps(instance, by_key):
                found.setdefault(fold(result.reference()), result)
        return list(found.values())

    def _steps(self, association: Instance, by_key: dict[object, Instance]) -> list[Instance]:
        ends = find_class(association.class_name).ends
        here = [end for end in ends if fold(association.properties[end]) == fold(self.start)]
        here = [end for end in here if _matches(self.role, end)]
        if not here:
            return []
        if self.gives_associations:
            return [association] if _is_wanted(association, self.result_class) else []
        if not _is_wanted(association, self.association_class):
            return []
        there = [end for end in ends if end not in here and _matches(self.result_role, end)]
        results = [by_key.get(fold(association.properties[end])) for end in there]
        return [result for result in results if result and _is_wanted(result, self.result_class)]


def _matches(wanted: str | None, end: str) -> bool:
    return wanted is None or wanted.lower() == end.lower()


def _is_wanted(instance: Instance, class_name: str | None) -> bool:
    return class_name is None or is_a(instance.class_name, class_name)


def read_filter(element: etree._Element) -> Traversal:
    """The content of a filter in the dialect for associations: DSP0227 section 17.1."""
    inner = elements(element)
    kind = etree.QName(inner[0]).localname if len(inner) == 1 else ""
    if kind not in PARTS or inner[0].tag != name(B, kind):
        raise schema_error("The filter holds no AssociatedInstances and no AssociationInstances.")
    order = [name(B, part) for part in PARTS[kind]]
    texts: dict[str, str | None] = {}
    columns: list[str] = []
    start = None
    at = -1
    for part in elements(inner[0]):
        tag = etree.QName(part).localname
        if part.tag not in order or order.index(part.tag) < at or tag in texts or (start and tag == "Object"):
            raise schema_error(f"{part.tag} is unknown, repeated or out of its order in the filter.")
        at = order.index(part.tag)
        if tag == "Object":
            start = read_reference(part)
        elif tag == "IncludeResultProperty":
            columns.append(part.text or "")
        else:
            texts[tag] = part.text
    if start is None:
        raise schema_error("The filter has no Object.")
    return Traversal(
        start,
        kind == "AssociationInstances",
        texts.get("AssociationClassName"),
        texts.get("Role"),
        texts.get("ResultClassName"),
        texts.get("ResultRole"),
        columns or None,
    )


def parse_query(text: str) -> Traversal | None:
    """A query that begins with `associators of` or `references of`; None for any other."""
    match = TRAVERSAL.fullmatch(text)
    if not match:
        return None
    allowed = {
        "associators": {
            "assocclass": "association_class",
            "resultclass": "result_class",
            "role": "role",
            "resultrole": "result_role",
        },
        "references": {"resultclass": "result_class", "role": "role"},
    }[match[1].lower()]
    conditions: dict[str, str] = {}
    rest = match[3] or ""
    while rest:
        condition = re.match(r"([A-Za-z]+)\s*=\s*(\w+)(?:\s+|$)", rest)
        if not condition or condition[1].lower() not in allowed or allowed[condition[1].lower()] in conditions:
            raise WqlError(f"unexpected {rest}")
        conditions[allowed[condition[1].lower()]] = condition[2]
        rest = rest[condition.end() :]
    return Traversal(parse_path(match[2].strip()), match[1].lower() == "references", **conditions)


def parse_path(text: str) -> Reference:
    """A WMI object path: `\\\\HOST\\namespace:Class.Key="value",...`, where quotes and backslashes are escaped."""
    match = PATH.fullmatch(text)
    if not match or match[2].lower() not in CLASSES:
        raise WqlError(f"{text} is no object path")
    entry = find_class(match[2])
    if match[1] and match[1].replace("\\", "/").lower() != entry.namespace:
        raise WqlError(f"{match[1]} is not the namespace of {entry.name}")
    selectors: list[tuple[str, object]] = []
    at = 0
    while at < len(match[3]):
        key = KEY.match(match[3], at)
        if not key:
            raise WqlError(f"{match[3][at:]} is no key of an object path")
        value = re.sub(r"\\(.)", r"\1", key[2]) if key[2] is not None else key[3]
        selectors.append((key[1], parse_path(value) if key[1] in entry.ends else value))
        at = key.end()
    return Reference(entry.uri, selectors)
