"""The language of ``when``: whether a step or phase is wanted, by the values of the run.

    condition  := both ("or" both)*
    both       := single ("and" single)*
    single     := "not" single | "(" condition ")" | operand [test]
    test       := ("==" | "!=") operand | ["not"] "in" "[" operand ("," operand)* "]"
    operand    := name | 'text' | "text" | number

A name is a parameter or an output; alone it holds unless its value is empty, ``false``, ``0`` or
``no``. All values are text and compared as such. A value that is not known yet makes what depends
on it unknown, and nothing else: ``a and b`` is false as soon as one of them is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from runbook_tui.frozen import frozen

DEEPEST = 50
"""How deep conditions may be nested; nobody writes that, and reading must not exhaust the stack."""

NOTHING = frozenset({"", "0", "false", "no"})
WORDS = frozenset({"and", "or", "not", "in"})
TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>-?[0-9]+(?:\.[0-9]+)*)(?![A-Za-z0-9_])
      | (?P<sign>==|!=|[()\[\],])
    )""",
    re.VERBOSE | re.DOTALL,
)


class ConditionError(ValueError):
    """A text that is no condition; ``column`` counts from 1 and says where it goes wrong."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@frozen(kw_only=False)
class Name:
    """The value of a parameter or output."""

    name: str

    def __str__(self) -> str:
        return self.name

    def value(self, values: Mapping[str, str]) -> str | None:
        """The value; None while it is not known."""
        return values.get(self.name)


@frozen(kw_only=False)
class Text:
    """A text, or a number as it is written."""

    text: str

    def __str__(self) -> str:
        return "'" + self.text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def value(self, values: Mapping[str, str]) -> str | None:
        """The text itself."""
        return self.text


Operand = Name | Text


class Condition:
    """What a ``when`` says; as text it is what `parse` reads back to an equal condition."""

    __slots__ = ()

    def holds(self, values: Mapping[str, str]) -> bool | None:
        """Whether it holds; None while that depends on a value that is not known yet."""
        raise NotImplementedError

    @property
    def names(self) -> frozenset[str]:
        """The names of every value it looks at."""
        return frozenset(self._names())

    def _names(self) -> Iterator[str]:
        raise NotImplementedError


@frozen(kw_only=False)
class Given(Condition):
    """A value alone: it holds unless it is empty, ``false``, ``0`` or ``no``."""

    operand: Operand

    def __str__(self) -> str:
        return str(self.operand)

    def holds(self, values: Mapping[str, str]) -> bool | None:
        """Whether the value says yes."""
        value = self.operand.value(values)
        return None if value is None else value.strip().lower() not in NOTHING

    def _names(self) -> Iterator[str]:
        yield from _named(self.operand)


@frozen(kw_only=False)
class OneOf(Condition):
    """Whether a value is one of several; ``==`` and ``!=`` where ``listed`` is false."""

    operand: Operand
    others: tuple[Operand, ...]
    wanted: bool = True
    listed: bool = True

    def __str__(self) -> str:
        if not self.listed:
            return f"{self.operand} {'==' if self.wanted else '!='} {self.others[0]}"
        word = "in" if self.wanted else "not in"
        return f"{self.operand} {word} [{', '.join(map(str, self.others))}]"

    def holds(self, values: Mapping[str, str]) -> bool | None:
        """Whether the value is among them, or is not where that is wanted."""
        value = self.operand.value(values)
        others = [other.value(values) for other in self.others]
        if value is None:
            return None
        if value in others:
            return self.wanted
        return None if None in others else not self.wanted

    def _names(self) -> Iterator[str]:
        yield from _named(self.operand, *self.others)


@frozen(kw_only=False)
class Not(Condition):
    """The opposite."""

    part: Condition

    def __str__(self) -> str:
        return f"not {_inside(self.part, Both, Either)}"

    def holds(self, values: Mapping[str, str]) -> bool | None:
        """Whether the part does not hold."""
        held = self.part.holds(values)
        return None if held is None else not held

    def _names(self) -> Iterator[str]:
        yield from self.part.names


@frozen(kw_only=False)
class Both(Condition):
    """All parts: ``and``."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(_inside(part, Both, Either) for part in self.parts)

    def holds(self, values: Mapping[str, str]) -> bool | None:
        """False as soon as one part is, unknown while one is unknown."""
        held = [part.holds(values) for part in self.parts]
        return False if False in held else None if None in held else True

    def _names(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.names


@frozen(kw_only=False)
class Either(Condition):
    """Any part: ``or``."""

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(_inside(part, Either) for part in self.parts)

    def holds(self, values: Mapping[str, str]) -> bool | None:
        """True as soon as one part is, unknown while one is unknown."""
        held = [part.holds(values) for part in self.parts]
        return True if True in held else None if None in held else False

    def _names(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.names


def parse(text: str) -> Condition:
    """The condition that a text says; raises `ConditionError`."""
    return _Reader(text).whole()


def _named(*operands: Operand) -> Iterator[str]:
    return (operand.name for operand in operands if isinstance(operand, Name))


def _inside(part: Condition, *looser: type[Condition]) -> str:
    return f"({part})" if isinstance(part, looser) else str(part)


@frozen(kw_only=False)
class _Token:
    kind: str
    text: str
    column: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _refusal(text, at)
        kind, column = match.lastgroup, match.start(match.lastgroup) + 1
        word = match.group(kind)
        yield _Token("word" if kind == "name" and word in WORDS else kind, word, column)
        at = match.end()
    yield _Token("end", "", end + 1)


def _refusal(text: str, at: int) -> ConditionError:
    """What is wrong with a text that begins no token."""
    rest = text[at:].lstrip()
    column = len(text) - len(rest) + 1
    if rest[0] in "'\"":
        return ConditionError(f"this text has no closing {rest[0]}", column)
    if rest.startswith("${{"):
        return ConditionError("a condition names a value without ${{ }}", column)
    if rest[0] == "=":
        return ConditionError("to compare, write ==", column)
    for sign, word in (("&", "and"), ("|", "or"), ("!", "not")):
        if rest[0] == sign:
            return ConditionError(f"write “{word}” in place of “{sign}”", column)
    return ConditionError(f"“{rest.split()[0][:20]}” is not understood", column)


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        if self._next.kind == "end":
            raise ConditionError("the condition is empty", 1)
        found = self._either()
        if self._next.kind != "end":
            raise self._unexpected("“and”, “or” or the end")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> bool:
        """Go past the next word or sign if it is one of these."""
        if self._next.kind in {"word", "sign"} and self._next.text in texts:
            self._at += 1
            return True
        return False

    def _unexpected(self, wanted: str) -> ConditionError:
        found = f"“{self._next.text}”" if self._next.text else "the end"
        return ConditionError(f"{wanted} is expected here, not {found}", self._next.column)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _single(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ConditionError("the condition is nested too deeply", self._next.column)
        if self._take("not"):
            found: Condition = Not(self._single())
        elif self._take("("):
            found = self._either()
            if not self._take(")"):
                raise self._unexpected("“)”")
        else:
            found = self._test(self._operand())
        self._depth -= 1
        return found

    def _test(self, operand: Operand) -> Condition:
        for sign, wanted in (("==", True), ("!=", False)):
            if self._take(sign):
                return OneOf(operand, (self._operand(),), wanted, listed=False)
        if self._take("not"):
            if not self._take("in"):
                raise self._unexpected("“in”")
            return OneOf(operand, self._list(), wanted=False)
        if self._take("in"):
            return OneOf(operand, self._list())
        return Given(operand)

    def _list(self) -> tuple[Operand, ...]:
        if not self._take("["):
            raise self._unexpected("“[”")
        found = [self._operand()]
        while self._take(","):
            found.append(self._operand())
        if not self._take("]"):
            raise self._unexpected("“,” or “]”")
        return tuple(found)

    def _operand(self) -> Operand:
        token = self._next
        if token.kind not in {"name", "text", "number"}:
            raise self._unexpected("a name or a text")
        self._at += 1
        if token.kind == "name":
            return Name(token.text)
        if token.kind == "number":
            return Text(token.text)
        return Text(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL))
