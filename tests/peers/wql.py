"""A small evaluator of WQL: SELECT with a projection, FROM one class, and a WHERE of comparisons.

String literals stand in single or double quotes; a backslash escapes the quote and itself, and no other
character. Comparisons of strings ignore case, a comparison with NULL is never true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Predicate = Callable[[Mapping[str, Any]], bool]


class WqlError(Exception):
    """The query is outside the grammar or names something that does not exist."""


@dataclass(frozen=True)
class Query:
    """A parsed query; `columns` is None for `*`, `mentioned` are the properties that WHERE names."""

    columns: list[str] | None
    class_name: str
    mentioned: frozenset[str]
    matches: Predicate


TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\['"\\])*'|"(?:[^"\\]|\\['"\\])*")"""
    r"""|(?P<number>-?\d+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<symbol><>|!=|<=|>=|[=<>(),*]))"""
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def parse(text: str) -> Query:
    """Parses a query or raises WqlError."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        text = text.strip()
        at = 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match or not match.lastgroup:
                raise WqlError(f"unexpected text at character {at}")
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        self.at = 0
        self.mentioned: set[str] = set()

    def query(self) -> Query:
        self.keyword("select")
        columns = None if self.accept("symbol", "*") else self.columns()
        self.keyword("from")
        class_name = self.take("word")
        matches: Predicate = _everything
        if self.at < len(self.tokens):
            self.keyword("where")
            matches = self.disjunction()
        if self.at < len(self.tokens):
            raise WqlError(f"unexpected {self.tokens[self.at][1]}")
        return Query(columns, class_name, frozenset(self.mentioned), matches)

    def columns(self) -> list[str]:
        columns = [self.take("word")]
        while self.accept("symbol", ","):
            columns.append(self.take("word"))
        return columns

    def disjunction(self) -> Predicate:
        terms = [self.conjunction()]
        while self.accept("word", "or"):
            terms.append(self.conjunction())
        return lambda row: any(term(row) for term in terms)

    def conjunction(self) -> Predicate:
        terms = [self.negation()]
        while self.accept("word", "and"):
            terms.append(self.negation())
        return lambda row: all(term(row) for term in terms)

    def negation(self) -> Predicate:
        if self.accept("word", "not"):
            inner = self.negation()
            return lambda row: not inner(row)
        if self.accept("symbol", "("):
            inner = self.disjunction()
            if not self.accept("symbol", ")"):
                raise WqlError("a parenthesis is not closed")
            return inner
        return self.comparison()

    def comparison(self) -> Predicate:
        column = self.take("word")
        self.mentioned.add(column)
        key = column.lower()
        if self.accept("word", "is"):
            negated = self.accept("word", "not")
            self.keyword("null")
            return lambda row: (row[key] is None) != negated
        kind, operator = self.next()
        if kind == "word" and operator.lower() == "like":
            pattern = _like(self.literal())
            return lambda row: isinstance(row[key], str) and bool(pattern.fullmatch(row[key]))
        if kind != "symbol" or operator not in COMPARE:
            raise WqlError(f"{operator} is no comparison")
        wanted = self.literal()
        if wanted is None:
            raise WqlError("NULL is compared with IS")
        compare = COMPARE[operator]

        def holds(row: Mapping[str, Any]) -> bool:
            actual, other = _alike(row[key], wanted)
            return actual is not None and compare(actual, other)

        return holds

    def literal(self) -> str | int | bool | None:
        kind, text = self.next()
        if kind == "string":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return int(text)
        if kind == "word" and text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise WqlError(f"{text} is no literal")

    def next(self) -> tuple[str, str]:
        if self.at == len(self.tokens):
            raise WqlError("the query ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, kind: str, text: str) -> bool:
        if self.at < len(self.tokens) and (self.tokens[self.at][0], self.tokens[self.at][1].lower()) == (kind, text):
            self.at += 1
            return True
        return False

    def take(self, kind: str) -> str:
        found, text = self.next()
        if found != kind:
            raise WqlError(f"{text} stands where a {kind} belongs")
        return text

    def keyword(self, word: str) -> None:
        if not self.accept("word", word):
            raise WqlError(f"{word.upper()} is missing")


def _everything(_: Mapping[str, Any]) -> bool:
    return True


def _alike(actual: Any, wanted: Any) -> tuple[Any, Any]:
    """Both sides in one type: strings fold their case, numbers may be written as strings."""
    if isinstance(actual, bool) or actual is None:
        return actual, wanted
    if isinstance(actual, int):
        try:
            return actual, int(wanted)
        except ValueError as error:
            raise WqlError(f"{wanted} is no number") from error
    if isinstance(actual, str) and isinstance(wanted, str):
        return actual.casefold(), wanted.casefold()
    raise WqlError("the literal does not fit the property")


def _like(pattern: Any) -> re.Pattern[str]:
    if not isinstance(pattern, str):
        raise WqlError("LIKE wants a string")
    parts = re.findall(r"\[\^?[^\]]+\]|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    regex = "".join(wild.get(part) or (part if len(part) > 1 else re.escape(part)) for part in parts)
    return re.compile(regex, re.IGNORECASE | re.DOTALL)
