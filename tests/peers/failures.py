"""What a test may plan to go wrong."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from soap import SoapFault


class Broken(enum.Enum):
    """What goes wrong with one request; the first group before it is executed, the second after."""

    DROP_BEFORE = enum.auto()
    UNAUTHORIZED = enum.auto()
    BAD_REQUEST = enum.auto()
    SOAP_FAULT = enum.auto()

    DROP_AFTER = enum.auto()
    CLOSE_AFTER = enum.auto()
    DELAY = enum.auto()
    CLEAR_ANSWER = enum.auto()
    CORRUPT_SIGNATURE = enum.auto()
    WRONG_RELATES_TO = enum.auto()
    GARBAGE = enum.auto()
    DOCTYPE = enum.auto()
    TRUNCATED = enum.auto()
    HTML = enum.auto()
    JSON = enum.auto()


# What something that is no WinRM answers.
FOREIGN = {
    Broken.HTML: (b"<html><body>Sign in first</body></html>", "text/html; charset=utf-8"),
    Broken.JSON: (b'{"status": "ok"}', "application/json"),
}


@dataclass
class Script:
    """One planned failure: on which operation, what, and how often (None is always)."""

    operation: str
    broken: Broken
    times: int | None
    seconds: float
    fault: SoapFault | None
    reset: bool
