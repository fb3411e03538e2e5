"""The decorator of what never changes: model, state, events, requests, answers.

It makes a dataclass with slots whose values cannot be assigned anew. ``dataclasses`` itself finds
its fields, so ``fields``, ``replace``, ``asdict`` and ``match`` know it; only the methods are made
here. ``dataclass(frozen=True)`` has Python compile the source of six methods for each class, at
every start of the program, for classes most of which that start never uses. Here one is compiled,
``__init__``, once the first of a class is made; the others are closures over its fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, cast, dataclass_transform, overload

Class = TypeVar("Class", bound=type)


@overload
def frozen(cls: Class, /) -> Class: ...
@overload
def frozen(*, kw_only: bool = True, eq: bool = True) -> Callable[[Class], Class]: ...
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(
    cls: Class | None = None, /, *, kw_only: bool = True, eq: bool = True
) -> Class | Callable[[Class], Class]:
    """Make a class frozen: its values are given by name unless ``kw_only`` is false, and without
    ``eq`` each is equal to itself alone.

    Assigning to a value raises ``FrozenInstanceError``. As in every class of slots that
    ``dataclasses`` makes, ``super()`` without arguments does not work in its methods.
    """

    def made(given: Class) -> Class:
        bare: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(given)
        _give_methods(bare, eq=eq)
        return cast("Class", bare)

    return made if cls is None else made(cls)


def _give_methods(cls: Any, *, eq: bool) -> None:
    """Set the methods of a class, each unless its own body has one."""
    methods: dict[str, Any] = {
        "__init__": _made_at_first(cls),
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _values,
        "__setstate__": _set_values,
        "__repr__": _shown,
    }
    if eq:
        methods |= _compared(cls)
    for name, method in methods.items():
        # A body with an ``__eq__`` alone has None for ``__hash__``.
        if cls.__dict__.get(name) is None:
            setattr(cls, name, method)


def _made_at_first(cls: Any) -> Callable[..., None]:
    def first(self: object, /, *args: object, **values: object) -> None:
        made = _initializer(cls)
        cls.__init__ = made
        made(self, *args, **values)

    return first


def _initializer(cls: Any) -> Callable[..., None]:
    """``__init__`` of a class, compiled: it sets each slot by its descriptor."""
    known: dict[str, Any] = {"MISSING": MISSING}
    lines = []
    for one in fields(cls):
        known[f"set_{one.name}"] = getattr(cls, one.name).__set__
        known[f"default_{one.name}"] = one.default
        value = one.name
        if one.default_factory is not MISSING:
            known[f"make_{one.name}"] = one.default_factory
            value = f"make_{one.name}() if {one.name} is MISSING else {one.name}"
        lines.append(f" set_{one.name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    places = [_parameter(one) for one in fields(cls) if not one.kw_only]
    names = [_parameter(one) for one in fields(cls) if one.kw_only]
    parameters = ", ".join(["self", *places, *(["*", *names] if names else [])])
    exec(f"def __init__({parameters}):\n" + ("\n".join(lines) or " pass"), known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _parameter(one: Field[Any]) -> str:
    if one.default_factory is not MISSING:
        return f"{one.name}=MISSING"
    return one.name if one.default is MISSING else f"{one.name}=default_{one.name}"


def _compared(cls: Any) -> dict[str, Any]:
    names = [one.name for one in fields(cls) if one.compare]
    key: Callable[[object], object] = attrgetter(*names) if names else lambda _: ()

    def equal(self: object, other: object) -> Any:
        if self is other:
            return True
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(key(self))

    return {"__eq__": equal, "__hash__": hashed}


def _shown(self: Any) -> str:
    said = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(said)})"


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _values(self: Any) -> list[object]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_values(self: Any, values: list[object]) -> None:
    for one, value in zip(fields(self), values, strict=True):
        object.__setattr__(self, one.name, value)
