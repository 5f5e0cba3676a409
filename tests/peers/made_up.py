"""The instances of the made-up classes, which show what those of Hyper-V do not have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from schema import Instance, Interval, Raw
from soap import CIM, Reference

WILDCARD = f'<cim:CIM_DateTime xmlns:cim="{CIM}">20261008******.******+000</cim:CIM_DateTime>'
IMPOSSIBLE = f'<cim:Datetime xmlns:cim="{CIM}">tomorrow</cim:Datetime>'
UNKNOWN = f'<cim:Quaternion xmlns:cim="{CIM}"><cim:I>1</cim:I></cim:Quaternion>'
TEXT = " <a href=\"x\">&amp; 'b'</a> \\ Ж日本😀 "


def thing(name: str, number: int) -> Instance:
    """A thing of which every property but Partner is set."""
    return Instance(
        "Test_Thing",
        {
            "Name": name,
            "Number": number,
            "Enabled": number % 2 == 0,
            "Letter": "Ж",
            "Note": "",
            "Partner": None,
            "Ratio": -0.125,
            "Size": 2**53 + number,
            "Tags": ["one"],
            "When": datetime(2026, 10, 8, 9, 0, 0, 250000, UTC),
        },
    )


def everything(computer: Reference) -> Instance:
    """A value of every kind, each at an end of its range."""
    east = timezone(timedelta(hours=2))
    return Instance(
        "Test_Everything",
        {
            "InstanceID": 'Test\\everything "1"',
            "Boolean": True,
            "Uint8": 255,
            "Uint16": 65535,
            "Uint32": 2**32 - 1,
            "Uint64": 2**64 - 1,
            "Sint8": -128,
            "Sint16": -32768,
            "Sint32": -(2**31),
            "Sint64": -(2**63),
            "Real32": 0.5,
            "Real64": -1.7976931348623157e308,
            "Char16": "日",
            "String": TEXT,
            "Timestamp": datetime(2026, 10, 8, 11, 0, 0, 1, east).astimezone(UTC),
            "Interval": Interval(93784.000005),
            "Reference": computer,
            "Embedded": thing("inner <&>", 7),
            "Octets": [0, 127, 255],
            "Booleans": [True, False],
            "Uint64s": [2**53 + 1],
            "Reals": [0.1, 1e-300],
            "Strings": ["", TEXT],
            "Datetimes": [datetime(1601, 1, 1, tzinfo=UTC), Interval(1)],
            "References": [computer],
            "Embeddeds": [thing("first", 1), thing("second", 2)],
            "Nothing": None,
        },
    )


def made_up_instances(computer: Reference) -> list[Instance]:
    """What a fresh host has."""
    return [
        everything(computer),
        thing("lamp", 1),
        thing("lamp", 2),
        thing("table & chair", 3),
        Instance("Items", {"Name": "a", "EndOfSequence": "no", "Items": ["x", "y"]}),
        Instance("EndOfSequence", {"Name": "b", "EnumerationContext": "none"}),
        Instance("Test_Part", {"Name": "c"}),
        Instance("Test_Odd", {"Name": "before", "Strange": "fine", "When": datetime(2026, 1, 1, tzinfo=UTC)}),
        Instance("Test_Odd", {"Name": "wildcard", "Strange": "fine", "When": Raw(WILDCARD)}),
        Instance("Test_Odd", {"Name": "impossible", "Strange": "fine", "When": Raw(IMPOSSIBLE)}),
        Instance("Test_Odd", {"Name": "unknown", "Strange": Raw(UNKNOWN), "When": None}),
        Instance("Test_Odd", {"Name": "behind", "Strange": None, "When": datetime(2026, 1, 2, tzinfo=UTC)}),
    ]


def big(count: int, size: int) -> list[Instance]:
    """Instances with a long text each."""
    return [Instance("Test_Big", {"Name": f"{number:05}", "Text": "x" * size}) for number in range(count)]
