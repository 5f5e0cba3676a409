"""pypsrp against our Python host: associators and references, by filter and by WQL."""

from __future__ import annotations

import pytest
from pypsrp.wsman import WSMan

import association
from on_host import fault_of, relationship, rows, vm_reference
from psrp_client import URI, Ref, association_filter, name, pages, query_rows, read, wrapped
from winrm_host import Host


def test_associators(client: WSMan, host: Host) -> None:
    vm = vm_reference(host, "chain01")
    found = query_rows(client, association_filter("AssociatedInstances", vm))
    assert [row.get("InstanceID") or row["Name"] for row in found] == [
        "replicasvc",
        relationship(host, "chain01"),
        relationship(host, "chain01", 1),
    ]
    conditions = [
        ("AssociationClassName", "CIM_Dependency"),
        ("Role", "antecedent"),
        ("ResultClassName", "Msvm_ReplicationRelationship"),
        ("ResultRole", "Dependent"),
    ]
    related = query_rows(client, association_filter("AssociatedInstances", vm, *conditions))
    assert [row["InstanceID"] for row in related] == [relationship(host, "chain01", number) for number in (0, 1)]
    for condition in (("Role", "Dependent"), ("ResultRole", "Antecedent"), ("ResultClassName", "Msvm_ConcreteJob")):
        narrow = association_filter("AssociatedInstances", vm, conditions[0], condition)
        assert query_rows(client, narrow) == []
    narrow = association_filter("AssociatedInstances", vm, *conditions, ("IncludeResultProperty", "InstanceID"))
    ((item,), _) = pages(client, URI + "*", narrow)
    assert item.tag == name("w", "XmlFragment") and read(item) == {"InstanceID": relationship(host, "chain01")}


def test_references(client: WSMan, host: Host) -> None:
    vm = vm_reference(host, "web01")
    found = query_rows(client, association_filter("AssociationInstances", vm))
    assert len(found) == 2 and found[1]["Antecedent"] == vm
    only = [("ResultClassName", "CIM_Dependency"), ("Role", "Antecedent")]
    assert query_rows(client, association_filter("AssociationInstances", vm, *only)) == found[1:]


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("", 2),
        ("where AssocClass = Msvm_SystemReplicationRelationship", 1),
        ("WHERE resultclass=Msvm_ReplicationRelationship Role=Antecedent ResultRole = Dependent", 1),
        ("where Role = Dependent", 0),
    ],
)
def test_associators_by_wql(client: WSMan, host: Host, where: str, count: int) -> None:
    guid = host.inventory.vm("web01").guid
    key = f'CreationClassName="Msvm_ComputerSystem",Name="{guid}"'
    path = f"\\\\HV-PEER\\root\\virtualization\\v2:Msvm_ComputerSystem.{key}"
    assert len(query_rows(client, f"associators of {{{path}}} {where}")) == count


def test_references_by_wql(client: WSMan, host: Host) -> None:
    key = relationship(host, "web01").replace("\\", "\\\\")
    path = f'Msvm_ReplicationRelationship.InstanceID="{key}"'
    text = f"references of {{{path}}} where ResultClass = Msvm_SettingsDefineState"
    (found,) = query_rows(client, text)
    assert found["ManagedElement"].keys == {"InstanceID": relationship(host, "web01")}


def test_object_paths() -> None:
    inner = 'Msvm_ReplicationRelationship.InstanceID=\\"a\\\\\\\\b\\"'
    path = association.parse_path(f'Msvm_SettingsDefineState.ManagedElement="{inner}",SettingData="{inner}"')
    assert path.selectors[0][1].selectors == [("InstanceID", "a\\b")]


def test_faults_of_associations(client: WSMan, host: Host) -> None:
    vm = vm_reference(host, "web01")
    gone = association_filter("AssociatedInstances", Ref(vm.resource, {**vm.keys, "Name": "gone"}))
    assert fault_of(host, lambda: query_rows(client, gone)) == 2150858752
    class_filter = association_filter("AssociatedInstances", vm)
    assert fault_of(host, lambda: rows(client, vm.resource, query=class_filter)) == 2150859003
    unknown = association_filter("AssociatedInstances", vm, ("ResultClassName", "Msvm_Nothing"))
    assert fault_of(host, lambda: query_rows(client, unknown), offends=True) == 2150858778
    swapped = association_filter("AssociatedInstances", vm, ("ResultRole", "x"), ("Role", "x"))
    assert fault_of(host, lambda: query_rows(client, swapped), offends=True) == 2150858817
    wrapper = association_filter("AssociatedInstances", vm)
    wrapper[0][0].clear()
    wrapper[0][0].append(wrapped(vm))
    assert fault_of(host, lambda: query_rows(client, wrapper), offends=True) == 2150858817
    for text in ("associators of {x}", 'references of {Test_Thing.Name="a"} where Role = 1 2', "associators {x}"):
        assert fault_of(host, lambda text=text: query_rows(client, text), offends=True) == 2150858778
