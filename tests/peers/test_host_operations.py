"""pypsrp against our Python host: what it must judge `hvr` by in Get, Put, Create, Delete and enumerations."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial

import pytest
from pypsrp.wsman import WSMan

import cimxml
from failures import Broken
from made_up import big
from on_host import TEST, fault_of, relationship, rows
from psrp_client import (
    NAMESPACES,
    RELEASE,
    URI,
    Ref,
    enumerate_request,
    get,
    name,
    pages,
    pull_request,
    read,
    read_reference,
    selector_filter,
    selectors,
)
from soap import SoapFault
from winrm_host import Host

LAMP = {"Name": "lamp", "Number": "1"}
ALL = {"InstanceID": 'Test\\everything "1"'}


def thing(**properties: str | None) -> ET.Element:
    """An instance of Test_Thing with some of its properties."""
    root = ET.Element(f"{{{TEST}Test_Thing}}Test_Thing")
    for key, value in properties.items():
        element = ET.SubElement(root, f"{{{TEST}Test_Thing}}{key}")
        if value is None:
            element.set(name("xsi", "nil"), "true")
        element.text = value
    return root


# Get, Put, Create, Delete


def test_gets_every_kind_of_value(client: WSMan) -> None:
    row = read(client.get(TEST + "Test_Everything", selector_set=selectors(ALL))[0])
    assert (row["Uint64"], row["Sint64"], row["Boolean"], row["Char16"]) == (
        str(2**64 - 1),
        str(-(2**63)),
        "true",
        "日",
    )
    assert (row["Real64"], row["Octets"], row["Uint64s"]) == (
        "-1.7976931348623157e+308",
        ["0", "127", "255"],
        str(2**53 + 1),
    )
    assert (row["Timestamp"], row["Interval"]) == ("2026-10-08T09:00:00.000001Z", "P1DT2H3M4.000005S")
    assert row["Reference"].keys["Name"] == "HV-PEER" and row["References"] == row["Reference"]
    assert row["Nothing"] is None and row["Strings"][0] == ""
    embedded = cimxml.parse(
        row["Embedded"].replace("&amp;", "&#38;").replace("&lt;", "&#60;").replace("&gt;", "&#62;"), "Test_Thing"
    )
    assert embedded.properties["Name"] == "inner <&>" and embedded.properties["Size"] == 2**53 + 7


def test_gets_an_association_by_references(client: WSMan, host: Host) -> None:
    settings = Ref(URI + "Msvm_ReplicationSettingData", {"InstanceID": relationship(host, "web01")})
    ends = {"ManagedElement": Ref(URI + "Msvm_ReplicationRelationship", settings.keys), "SettingData": settings}
    assert get(client, "Msvm_SettingsDefineState", ends) == ends
    assert fault_of(host, lambda: get(client, "Msvm_SettingsDefineState", {**ends, "SettingData": "x"})) == 2150858752


def test_puts_some_properties(client: WSMan, host: Host) -> None:
    body = client.put(TEST + "Test_Thing", thing(Size=str(2**63), Note=None), selector_set=selectors(LAMP))
    row = read(body[0])
    assert (row["Size"], row["Note"], row["Letter"], row["Name"]) == (str(2**63), None, "Ж", "lamp")
    assert row == read(client.get(TEST + "Test_Thing", selector_set=selectors(LAMP))[0])


def test_creates_and_deletes(client: WSMan, host: Host) -> None:
    body = client.create(TEST + "Test_Thing", thing(Name="new", Number="9", Enabled="true"))
    created = read_reference(body[0])
    assert body[0].tag == name("x", "ResourceCreated")
    assert created == Ref(TEST + "Test_Thing", {"Name": "new", "Number": "9"})
    row = read(client.get(created.resource, selector_set=selectors(created.keys))[0])
    assert (row["Enabled"], row["Size"]) == ("true", None)
    again = partial(client.create, TEST + "Test_Thing", thing(Name="new", Number="9"))
    assert fault_of(host, again) == 2150858803
    assert len(client.delete(created.resource, selector_set=selectors(created.keys))) == 0
    assert fault_of(host, lambda: client.get(created.resource, selector_set=selectors(created.keys))) == 2150858752


@pytest.mark.parametrize("properties", [{"Colour": "x"}, {"Size": "-1"}, {"Enabled": "yes"}, {"Letter": "ab"}])
def test_put_must_fit_the_class(client: WSMan, host: Host, properties: dict[str, str]) -> None:
    put = partial(client.put, TEST + "Test_Thing", thing(**properties), selector_set=selectors(LAMP))
    assert fault_of(host, put, offends=True) == 2150858817


def test_the_classes_of_hyperv_are_not_written(client: WSMan, host: Host) -> None:
    keys = selectors({"Name": host.inventory.vm("web01").guid})
    instance = ET.Element(f"{{{URI}Msvm_ComputerSystem}}Msvm_ComputerSystem")
    resource = URI + "Msvm_ComputerSystem"
    for attempt in (
        lambda: client.put(resource, instance, selector_set=keys),
        lambda: client.create(resource, instance),
        lambda: client.delete(resource, selector_set=keys),
    ):
        assert fault_of(host, attempt) == 2150859010


# Enumerate


def test_modes_of_enumeration(client: WSMan) -> None:
    ((endpoint,), *_) = pages(client, TEST + "Test_Thing", mode="EnumerateEPR")
    assert endpoint.tag == name("a", "EndpointReference")
    assert read_reference(endpoint) == Ref(TEST + "Test_Thing", LAMP)
    ((both,), *_) = pages(client, TEST + "Test_Thing", mode="EnumerateObjectAndEPR")
    assert both.tag == name("w", "Item") and read(both[0])["Letter"] == "Ж"
    assert read_reference(both[1]) == Ref(TEST + "Test_Thing", LAMP)


def test_polymorphism(client: WSMan, host: Host) -> None:
    def shown(mode: str | None) -> list[tuple[str, list[str]]]:
        found = pages(client, TEST + "Test_Part", page=9, polymorphism=mode)
        return [(item.tag.rpartition("}")[2], sorted(read(item))) for items in found for item in items]

    whole = [("Items", ["EndOfSequence", "Items", "Name"]), ("EndOfSequence", ["EnumerationContext", "Name"])]
    assert shown(None) == shown("IncludeSubClassProperties") == [*whole, ("Test_Part", ["Name"])]
    assert shown("ExcludeSubClassProperties") == [("Test_Part", ["Name"])] * 3
    assert shown("None") == [("Test_Part", ["Name"])]
    assert fault_of(host, lambda: shown("Some"), offends=True) == 2150858818
    query = partial(rows, client, TEST + "*", query="select * from Test_Part", polymorphism="None")
    assert fault_of(host, query, offends=True) == 2150859063


def test_selector_filter(client: WSMan, host: Host) -> None:
    found = rows(client, TEST + "Test_Thing", query=selector_filter({"name": "LAMP", "Enabled": "true"}))
    assert [row["Number"] for row in found] == ["2"]
    unknown = partial(rows, client, TEST + "Test_Thing", query=selector_filter({"Colour": "x"}))
    assert fault_of(host, unknown) == 2150858843


def test_a_projection_is_a_fragment(client: WSMan) -> None:
    ((item,),) = pages(client, TEST + "*", "select Size, Tags from Test_Thing where Number = 2")
    assert item.tag == name("w", "XmlFragment")
    assert read(item) == {"Size": str(2**53 + 2), "Tags": "one"}


def test_an_unknown_dialect_is_refused(client: WSMan, host: Host) -> None:
    for dialect in ({"Dialect": "urn:x"}, {}):
        wanted = ET.Element(name("w", "Filter"), dialect)
        enumerate_all = partial(rows, client, TEST + "Test_Thing", query=wanted)
        assert fault_of(host, enumerate_all, offends=True) == 2150858777


def test_the_children_of_a_body_have_their_order(client: WSMan, host: Host) -> None:
    request = enumerate_request(page=5, mode="EnumerateEPR")
    request.insert(0, request[1])
    assert fault_of(host, lambda: client.enumerate(TEST + "Test_Thing", request), offends=True) == 2150858817
    body = client.enumerate(TEST + "Test_Thing", enumerate_request())
    context = body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)
    pull = pull_request(context, 5)
    pull.insert(0, pull[1])
    assert fault_of(host, lambda: client.pull(TEST + "Test_Thing", pull), offends=True) == 2150858817


@pytest.mark.parametrize("prefix", ["w", "n"])
def test_parts_of_an_optimized_answer_in_both_namespaces(client: WSMan, host: Host, prefix: str) -> None:
    """Items and properties that are named as the parts of the answer are told apart by where they stand."""
    host.provider.enumerations.items_namespace = NAMESPACES[prefix]
    body = client.enumerate(TEST + "Test_Part", enumerate_request(page=9, optimize=True))
    answer = body.find("n:EnumerateResponse", NAMESPACES)
    assert answer is not None
    tags = [name("n", "EnumerationContext"), name(prefix, "Items"), name(prefix, "EndOfSequence")]
    assert [part.tag for part in answer] == tags
    assert [item.tag.rpartition("}")[2] for item in answer[1]] == ["Items", "EndOfSequence", "Test_Part"]


def test_a_bad_value_spoils_no_other(client: WSMan) -> None:
    items = [item for page in pages(client, TEST + "Test_Odd", page=9) for item in page]
    assert [read(item)["Name"] for item in items] == ["before", "wildcard", "impossible", "unknown", "behind"]
    assert items[1].find(f"{{{TEST}Test_Odd}}When/cim:CIM_DateTime", NAMESPACES) is not None
    assert items[2].findtext(f"{{{TEST}Test_Odd}}When/cim:Datetime", namespaces=NAMESPACES) == "tomorrow"
    assert items[3].find(f"{{{TEST}Test_Odd}}Strange/cim:Quaternion", NAMESPACES) is not None


# Pages


def first_context(client: WSMan, resource: str) -> str | None:
    body = client.enumerate(resource, enumerate_request())
    return body.findtext("n:EnumerateResponse/n:EnumerationContext", namespaces=NAMESPACES)


def test_the_context_changes_with_each_pull(client: WSMan, host: Host) -> None:
    host.inventory.extra = big(3, 10)
    list(pages(client, TEST + "Test_Big"))
    contexts = [entry.parameters["context"] for entry in host.entries("Pull")]
    assert len(set(contexts)) == len(contexts) == 3


def test_pages_fit_into_the_envelope(client: WSMan, host: Host) -> None:
    host.inventory.extra = big(10, 40_000)
    client.max_envelope_size = 100_000
    assert [len(items) for items in pages(client, TEST + "Test_Big", page=9)] == [2] * 5
    client.max_envelope_size = 20_000
    assert fault_of(host, lambda: list(pages(client, TEST + "Test_Big", page=9))) == 2150858824


def test_can_refuse_large_pages(client: WSMan, host: Host) -> None:
    host.inventory.extra = big(10, 10)
    host.provider.enumerations.refuses_over = 4
    resource = TEST + "Test_Big"
    context = first_context(client, resource)
    assert fault_of(host, lambda: client.pull(resource, pull_request(context, 5))) == 2150858823
    answer = client.pull(resource, pull_request(context, 4)).find("n:PullResponse/n:Items", NAMESPACES)
    assert answer is not None and len(answer) == 4
    optimized = partial(client.enumerate, resource, enumerate_request(page=5, optimize=True))
    assert fault_of(host, optimized) == 2150858823


def test_a_page_ends_when_its_time_is_over(client: WSMan, host: Host) -> None:
    host.inventory.extra = big(10, 10)
    host.provider.enumerations.seconds_per_item = 1.5
    resource = TEST + "Test_Big"
    context = first_context(client, resource)
    assert fault_of(host, lambda: client.pull(resource, pull_request(context, 9, "PT1S"))) == 2150858793
    answer = client.pull(resource, pull_request(context, 9, "PT5S")).find("n:PullResponse/n:Items", NAMESPACES)
    assert answer is not None and len(answer) == 3


def test_enumerations_expire(client: WSMan, host: Host) -> None:
    host.inventory.extra = big(3, 10)
    host.provider.enumerations.expires_after = 1
    context = None

    def pull_all() -> None:
        nonlocal context
        context = first_context(client, TEST + "Test_Big")
        for _ in range(3):
            body = client.pull(TEST + "Test_Big", pull_request(context))
            context = body.findtext("n:PullResponse/n:EnumerationContext", namespaces=NAMESPACES)

    assert fault_of(host, pull_all) == 2150858780
    assert fault_of(host, lambda: client.pull(TEST + "Test_Big", pull_request(context))) == 2150858779


def test_the_journal_shows_a_release(client: WSMan, host: Host) -> None:
    request = ET.Element(name("n", "Release"))
    ET.SubElement(request, name("n", "EnumerationContext")).text = first_context(client, TEST + "Test_Thing")
    client.invoke(RELEASE, TEST + "Test_Thing", request)
    (entry,) = host.entries("Release")
    assert entry.executed and entry.parameters["context"] == request[0].text
    assert not host.provider.enumerations.open


def test_a_quota_is_exceeded_for_a_while(client: WSMan, host: Host) -> None:
    fault = SoapFault("w:QuotaLimit", 2150859174, "The user has too many operations open.")
    host.script("*", Broken.SOAP_FAULT, times=2, fault=fault)
    for _ in range(2):
        assert fault_of(host, lambda: rows(client, TEST + "Test_Thing")) == 2150859174
    assert len(rows(client, TEST + "Test_Thing")) == 3
