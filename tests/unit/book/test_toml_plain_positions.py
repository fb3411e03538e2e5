"""Places in plain TOML are those that a whole parse finds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.toml.plain_positions import plain_positions
from runbook_tui.book.toml.positions import positions
from tests.bench.plans import plan

ROOT = Path(__file__).parents[3]
FILES = sorted([*ROOT.glob("runbooks/**/*.toml"), *ROOT.glob("tests/data/*.toml")])

NAME = st.sampled_from(["a", "b", "c-d", "e_1", "7"])
NAMES = st.lists(NAME, min_size=1, max_size=3).map(".".join)
SCALARS = st.sampled_from([
    '"x"', '"a \\" ] } # b"', "'y # \\'", "''", '""', "-1", "+0.5e3", "true", "1979-05-27",
    "1979-05-27 07:32:00", "1979-05-27T07:32:00Z", "07:32:00", '"""one\n[two]\nx = 1 \\""" """',
    "'''\n# a ' b '' c'''", '"""q""""', "'''z'''''", '"ü 漢 =" ', "0xFF", "inf", "[]", "{}",
    '"""\\\n  x"""', "[ # c ]\n]",
])  # fmt: skip
BETWEEN = ",\n # in between, ]\n\t"
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: f"[\n  {BETWEEN.join(items)}\n]"),
        st.lists(st.builds("{} = {}".format, NAMES, inner), max_size=2).map(
            lambda pairs: f"{{ {', '.join(pairs)} }}"
        ),
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.builds("{}{} = {}{}".format, st.sampled_from(["", "  ", "\t"]), NAMES, VALUES,
              st.sampled_from(["", "  # [a]", " "])),
    st.builds("[{}]".format, NAMES),
    st.builds("  [[ {} ]] # b".format, NAMES),
    st.builds("[[{}]]".format, NAMES),
    st.sampled_from(["", "   ", "# x = 1", "\t# [[a]]"]),
)  # fmt: skip


def is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def grown(lines: list[str]) -> str:
    """As many of the lines as are TOML together, in order."""
    text = ""
    for line in lines:
        if is_toml(more := f"{text}{line}\n"):
            text = more
    return text


@given(st.lists(LINES, max_size=10))
def test_every_place_is_the_same(lines: list[str]) -> None:
    text = grown(lines)
    assert plain_positions(text) == positions(text)
    assert plain_positions(text.removesuffix("\n")) == positions(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_in_plans_that_people_write(path: Path) -> None:
    text = path.read_text()
    found = plain_positions(text)
    if found is not None:
        assert found == positions(text)
    else:
        assert '"' in text


def test_a_large_plan_needs_no_parse() -> None:
    text = plan(2, 3, 10)
    assert plain_positions(text) == positions(text)


@pytest.mark.parametrize(
    "text", ['"a b" = 1', "a . b = 1", "['a']", f"a = {'[' * 40}{']' * 40}", "[ a . b ]"]
)
def test_of_what_is_not_plain_nothing_is_said(text: str) -> None:
    assert is_toml(text)
    assert plain_positions(text) is None
