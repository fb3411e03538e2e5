"""What the decorator `frozen` makes is what ``dataclass(frozen=True, slots=True)`` makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.frozen import frozen


@frozen
class Point:
    """One of ours."""

    x: int
    y: int = 0
    names: tuple[str, ...] = dataclasses.field(default=(), compare=False, repr=False)
    seen: list[int] = dataclasses.field(default_factory=list, compare=False)

    @property
    def far(self) -> bool:
        return self.x > 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The same, made by the standard library."""

    x: int
    y: int = 0
    names: tuple[str, ...] = dataclasses.field(default=(), compare=False, repr=False)
    seen: list[int] = dataclasses.field(default_factory=list, compare=False)


@frozen
class Deep(Point):
    z: str = "deep"


@frozen(kw_only=False)
class Pair:
    left: object
    right: object = None


@frozen(kw_only=False, eq=False)
class Itself:
    value: int


@frozen
class Own:
    value: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and self.value % 10 == other.value % 10

    def __hash__(self) -> int:
        return self.value % 10

    def __repr__(self) -> str:
        return "its own"


NUMBERS = st.integers(-3, 3)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_equal_hashed_and_shown_as_those_of_the_standard_library(
    a: int, b: int, c: int, d: int
) -> None:
    ours, other = Point(x=a, y=b, names=("n",)), Point(x=c, y=d)
    known, second = Known(x=a, y=b, names=("n",)), Known(x=c, y=d)
    assert (ours == other) == (known == second)
    assert (ours != other) == (known != second)
    assert hash(ours) == hash(known)
    assert repr(ours) == repr(known).replace("Known", "Point")


@given(NUMBERS, NUMBERS)
def test_fields_replacing_copies_and_pickles_know_it(a: int, b: int) -> None:
    one = Deep(x=a, seen=[b])
    assert [f.name for f in dataclasses.fields(Deep)] == ["x", "y", "names", "seen", "z"]
    assert dataclasses.replace(one, y=b) == Deep(x=a, y=b)
    assert dataclasses.asdict(one) == {"x": a, "y": 0, "names": (), "seen": [b], "z": "deep"}
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert other.seen == [b]


def test_nothing_can_be_assigned_added_or_deleted() -> None:
    one = Deep(x=1)
    for name in ("x", "z", "other"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, name, 2)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(one, name)
    assert (one.x, one.z, one.far) == (1, "deep", False)
    assert not hasattr(one, "__dict__")


def test_values_are_given_as_the_class_says() -> None:
    assert Pair(1, 2) == Pair(left=1, right=2)
    match Pair(1, "r"):
        case Pair(left, "r"):
            assert left == 1
        case _:
            pytest.fail("the places of its values are not known")
    assert Point(x=1).seen is not Point(x=1).seen
    with pytest.raises(TypeError, match="positional"):
        Point(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="more"):
        Point(x=1, more=2)  # type: ignore[call-arg]


def test_those_of_two_classes_are_never_equal() -> None:
    assert Point(x=1) != Deep(x=1)
    assert Itself(1) != Itself(1)
    assert len({Itself(1), Itself(1)}) == 2


def test_methods_of_the_body_stay() -> None:
    assert Own(value=1) == Own(value=11)
    assert hash(Own(value=11)) == 1
    assert repr(Own(value=1)) == "its own"
