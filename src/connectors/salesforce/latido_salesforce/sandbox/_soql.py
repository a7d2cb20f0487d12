"""SOQL, read: what a query says, with the place of each word for the complaints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*')
      | (?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
      | (?P<date>\d{4}-\d\d-\d\d)
      | (?P<number>[+-]?\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][\w.]*)
      | (?P<sign><=|>=|!=|<>|[(),=<>])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class Malformed(Exception):
    """The text is not SOQL."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a condition: its kind is text, instant, date, number, boolean or null."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator literals`; only `in` and `not in` have several."""

    path: str
    at: int
    operator: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Conditions joined by AND."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Conditions joined by OR."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    part: Condition


Condition: TypeAlias = Comparison | All | Some | Negated


@dataclass(frozen=True, slots=True)
class Order:
    path: str
    at: int
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query. `fields` is empty for one that only counts."""

    text: str
    fields: tuple[tuple[str, int], ...]
    sobject: str
    sobject_at: int
    where: Condition | None
    orders: tuple[Order, ...]
    limit: int | None
    offset: int | None

    @property
    def counts(self) -> bool:
        return not self.fields


def parse(text: str) -> Query:
    """Return what *text* asks; `Malformed` if it is not SOQL."""
    return _Parser(text).query()


def place(text: str, at: int) -> str:
    """Return the beginning of a complaint about what stands at *at*."""
    line = text[:at].count("\n") + 1
    column = at - (text.rfind("\n", 0, at) + 1)
    return f"\n{text}\n{' ' * column}^\nERROR at Row:{line}:Column:{column + 1}\n"


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def query(self) -> Query:
        self._expect("select")
        fields = self._fields()
        self._expect("from")
        sobject = self._word()
        where = self._condition() if self._accept("where") else None
        orders = self._orders() if self._accept("order", "by") else ()
        limit = self._whole() if self._accept("limit") else None
        offset = self._whole() if self._accept("offset") else None
        if self._peek() is not None:
            self._unexpected()
        return Query(self._text, fields, sobject.text, sobject.at, where, orders, limit, offset)

    def _fields(self) -> tuple[tuple[str, int], ...]:
        if self._accept("count", "(", ")"):
            return ()
        return tuple((word.text, word.at) for word in self._listed(self._word))

    def _condition(self) -> Condition:
        parts = [self._conjunction()]
        while self._accept("or"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _conjunction(self) -> Condition:
        parts = [self._single()]
        while self._accept("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _single(self) -> Condition:
        if self._accept("not"):
            return Negated(self._single())
        if self._accept("("):
            inner = self._condition()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        path = self._word()
        operator = self._operator()
        if operator.endswith("in"):
            self._expect("(")
            literals = self._listed(self._literal)
            self._expect(")")
        else:
            literals = [self._literal()]
        return Comparison(path.text, path.at, operator, tuple(literals))

    def _operator(self) -> str:
        if self._accept("not", "in"):
            return "not in"
        token = self._take()
        text = token.text.lower()
        if token.kind == "sign" and text not in "(),":
            return "!=" if text == "<>" else text
        if text in {"in", "like"}:
            return text
        raise self._complaint(token)

    def _literal(self) -> Literal:
        token = self._take()
        text = token.text
        match token.kind:
            case "text":
                return Literal("text", _unescaped(text[1:-1]))
            case "instant" | "date":
                return Literal(token.kind, text)
            case "number":
                return Literal("number", float(text) if "." in text else int(text))
            case "word" if text.lower() in {"true", "false"}:
                return Literal("boolean", text.lower() == "true")
            case "word" if text.lower() == "null":
                return Literal("null", None)
            case _:
                raise self._complaint(token)

    def _orders(self) -> tuple[Order, ...]:
        return tuple(self._listed(self._order))

    def _order(self) -> Order:
        path = self._word()
        descending = self._accept("desc")
        if not descending:
            self._accept("asc")
        nulls_last = False
        if self._accept("nulls"):
            nulls_last = self._accept("last")
            if not nulls_last:
                self._expect("first")
        return Order(path.text, path.at, descending, nulls_last)

    def _listed(self, each: Callable[[], Any]) -> list[Any]:
        found = [each()]
        while self._accept(","):
            found.append(each())
        return found

    def _whole(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.text.isdecimal():
            raise self._complaint(token)
        return int(token.text)

    def _word(self) -> Token:
        token = self._take()
        if token.kind != "word":
            raise self._complaint(token)
        return token

    def _accept(self, *words: str) -> bool:
        ahead = self._tokens[self._next : self._next + len(words)]
        if [token.text.lower() for token in ahead] != list(words):
            return False
        self._next += len(words)
        return True

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            self._unexpected()

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> Token:
        token = self._peek()
        if token is None:
            self._unexpected()
        self._next += 1
        return token

    def _unexpected(self) -> NoReturn:
        token = self._peek()
        if token is None:
            raise Malformed("unexpected token: '<EOF>'")
        raise self._complaint(token)

    def _complaint(self, token: Token) -> Malformed:
        return Malformed(f"{place(self._text, token.at)}unexpected token: '{token.text}'")


def _tokens(text: str) -> list[Token]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise Malformed(
                f"{place(text, at)}line 1:{at} no viable alternative at character '{text[at:].lstrip()[:1]}'"
            )
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)
