"""The CIM values that are a text in XML: the same in DSP0230 and DSP0201."""

from __future__ import annotations

import re
from typing import Any

REAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|INF|-INF|NaN")


def read_scalar(text: str, kind: str) -> Any:
    """A value that is a text in XML, or a ValueError."""
    if kind == "boolean":
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if kind.startswith("real"):
        if not REAL.fullmatch(text):
            raise ValueError(text)
        return float(text)
    if kind == "char16":
        if len(text.encode("utf-16-le")) != 2:
            raise ValueError(text)
        return text
    if kind == "string":
        return text
    if not re.fullmatch(r"-?\d+", text) or not _is_in_range(kind, int(text)):
        raise ValueError(text)
    return int(text)


def _is_in_range(kind: str, number: int) -> bool:
    """Whether an integer fits its type, `uint16` or the like."""
    bits = int(kind[4:])
    least, end = (0, 1 << bits) if kind[0] == "u" else (-(1 << (bits - 1)), 1 << (bits - 1))
    return least <= number < end


def write_scalar(value: Any) -> str:
    """A value that is a text in XML."""
    if isinstance(value, float):
        return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(value), repr(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
