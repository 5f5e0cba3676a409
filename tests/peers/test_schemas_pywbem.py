"""The classes of `schemas/` as pywbem's compiler of MOF reads them, against what hvr knows of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pywbem import CIMClass, CIMMethod, CIMParameter, CIMProperty, MOFCompiler

from hvr import Hvr

SCHEMAS = Path(__file__).parents[2] / "schemas"
NAMESPACE = "root/virtualization/v2"
# A class is compiled after those that it names.
ORDER = (
    "qualifiers cim jobs replication computer_system summary management_service failover_network storage shutdown"
    " heartbeat reference_point replication_service"
).split()

Element = CIMProperty | CIMParameter | CIMMethod


class Schema:
    """What pywbem made of the files; it leaves to its user what a class inherits."""

    def __init__(self, texts: list[str]) -> None:
        compiler = MOFCompiler(handle=None, log_func=logging.debug)  # None is a repository in memory
        for text in texts:
            compiler.compile_string(text, NAMESPACE)
        self.classes: dict[str, CIMClass] = dict(compiler.handle.classes[NAMESPACE].items())

    def lineage(self, name: str | None) -> Iterator[CIMClass]:
        """The class, its superclass, and so on."""
        while name:
            yield self.classes[name]
            name = self.classes[name].superclass

    def properties(self, name: str) -> dict[str, list[CIMProperty]]:
        """Every declaration of each property, the nearest first."""
        found: dict[str, list[CIMProperty]] = {}
        for of in self.lineage(name):
            for key, declared in of.properties.items():
                found.setdefault(key, []).append(declared)
        return found

    def methods(self, name: str) -> dict[str, list[CIMMethod]]:
        """Every declaration of each method, the nearest first."""
        found: dict[str, list[CIMMethod]] = {}
        for of in self.lineage(name):
            for key, declared in of.methods.items():
                found.setdefault(key, []).append(declared)
        return found


def qualifier(declarations: list[Element], name: str) -> Any:
    """The value of a qualifier, which passes from the overridden element to what overrides it."""
    return next((d.qualifiers[name].value for d in declarations if name in d.qualifiers), None)


def values(declarations: list[Element]) -> list[tuple[str, str, str | None]]:
    """`ValueMap`, `Values` and `HvrMeanings`, side by side."""
    numbers, names = qualifier(declarations, "ValueMap") or [], qualifier(declarations, "Values") or []
    meanings = qualifier(declarations, "HvrMeanings") or [""] * len(names)
    return list(zip(numbers, names, [meaning or None for meaning in meanings], strict=True))


def member(declarations: list[CIMProperty] | list[CIMParameter]) -> dict[str, Any]:
    """A property or a parameter in the words of hvr."""
    nearest = declarations[0]
    return {
        "name": nearest.name,
        "type": f"{nearest.reference_class} REF" if nearest.type == "reference" else nearest.type,
        "array": bool(nearest.is_array),
        "embedded": qualifier(declarations, "EmbeddedInstance"),
        "meaning": qualifier(declarations, "Description"),
        "unit": qualifier(declarations, "Units") or qualifier(declarations, "SubType"),
        "since_build": qualifier(declarations, "HvrSince"),
        "deprecated": "Deprecated" in nearest.qualifiers,
        "values": values(declarations),
    }


def parameter(declarations: list[CIMParameter]) -> dict[str, Any]:
    is_in, is_out = qualifier(declarations, "In") is not False, qualifier(declarations, "Out") is True
    direction = {(True, True): "inout", (True, False): "in", (False, True): "out"}[is_in, is_out]
    return member(declarations) | {
        "direction": direction,
        "required": qualifier(declarations, "Required") is True,
    }


def method(declarations: list[CIMMethod]) -> dict[str, Any]:
    nearest = declarations[0]
    parameters = [
        parameter([d.parameters[name] for d in declarations if name in d.parameters]) for name in nearest.parameters
    ]
    return {
        "name": nearest.name,
        "type": nearest.return_type,
        "parameters": parameters,
        "meaning": qualifier(declarations, "Description"),
        "since_build": qualifier(declarations, "HvrSince"),
        "deprecated": "Deprecated" in nearest.qualifiers,
        "values": values(declarations),
    }


def expected(schema: Schema, name: str) -> dict[str, Any]:
    """A class as `hvr explain` has to tell it."""
    lineage, properties = list(schema.lineage(name)), schema.properties(name)
    return {
        "class": name,
        "superclass": lineage[0].superclass,
        "subclasses": sorted((of.classname for of in schema.classes.values() if of.superclass == name), key=str.lower),
        "association": qualifier(lineage, "Association") is True,
        "abstract": "Abstract" in lineage[0].qualifiers and lineage[0].qualifiers["Abstract"].value,
        "meaning": lineage[0].qualifiers["Description"].value,
        "since_build": lineage[0].qualifiers["HvrSince"].value if "HvrSince" in lineage[0].qualifiers else None,
        "keys": sorted(d[0].name for d in properties.values() if qualifier(d, "Key")),
        "properties": {key: member(declarations) for key, declarations in properties.items()},
        "methods": {key: method(declarations) for key, declarations in schema.methods(name).items()},
    }


def told(explained: dict[str, Any]) -> dict[str, Any]:
    """The answer of hvr, in which only parameters have an order that counts."""

    def plain(element: dict[str, Any]) -> dict[str, Any]:
        names = [(value["value"], value["name"], value["meaning"]) for value in element["values"]]
        parameters = {"parameters": [plain(p) for p in element["parameters"]]} if "parameters" in element else {}
        return element | {"values": names} | parameters

    lists = {key: {element["name"]: plain(element) for element in explained[key]} for key in ("properties", "methods")}
    return explained | lists | {"keys": sorted(explained["keys"])}


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema([(SCHEMAS / f"{name}.mof").read_text(encoding="utf-8") for name in ORDER])


@pytest.fixture
def offline(tmp_path: Path) -> Hvr:
    return Hvr(tmp_path, None, None, "no password", ["-o", "json"])


def test_pywbem_compiles_every_file(schema: Schema) -> None:
    assert sorted(ORDER) == sorted(path.stem for path in SCHEMAS.glob("*.mof"))
    assert len(schema.classes) > 70


def test_pywbem_and_hvr_read_the_same(schema: Schema, offline: Hvr) -> None:
    for name in schema.classes:
        [explained] = offline.run("explain", name).expect(0).json()
        assert told(explained) == expected(schema, name), name


@pytest.mark.parametrize(
    ("file", "name", "old", "new"),
    [
        ("replication", "Msvm_ReplicationRelationship", "CIM_ManagedSystemElement", "CIM_LogicalElement"),
        ("reference_point", "Msvm_VirtualSystemReferencePoint", "[Key, Read, Override", "[Read, Override"),
        ("replication", "Msvm_ReplicationStatistics", "uint64 ReplicationSize;", "uint32 ReplicationSize;"),
        ("replication", "Msvm_ReplicationRelationship", '"Suspended", "Critical"', '"Critical", "Suspended"'),
        ("summary", "Msvm_SummaryInformation", "ReplicationHealthEx[]", "ReplicationHealthEx"),
        ("shutdown", "Msvm_ShutdownComponent", "boolean Force", "boolean Forced"),
        (
            "replication_service",
            "Msvm_ReplicationService",
            'EmbeddedInstance("Msvm_ReplicationServiceSettingData")',
            'EmbeddedInstance("Msvm_ReplicationSettingData")',
        ),
        (
            "replication_service",
            "Msvm_ReplicationService",
            "CIM_VirtualSystemSettingData REF SnapshotSettingData",
            "CIM_SettingData REF SnapshotSettingData",
        ),
        ("replication_service", "Msvm_ReplicationService", "[In(false), Out, ", "[In, Out, "),
    ],
)
def test_what_differs_is_noticed(offline: Hvr, file: str, name: str, old: str, new: str) -> None:
    """One word that is changed on the side of pywbem alone, for each kind of fact."""
    texts = {key: (SCHEMAS / f"{key}.mof").read_text(encoding="utf-8") for key in ORDER}
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1)
    [explained] = offline.run("explain", name).expect(0).json()
    assert told(explained) != expected(Schema(list(texts.values())), name)
