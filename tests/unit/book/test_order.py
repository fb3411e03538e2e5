"""What waits for what, as the plan says it and as its order says it; and rings in it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.cycles import cycles
from runbook_tui.book.listing import listing
from runbook_tui.book.model import Runbook
from runbook_tui.book.order import needs
from runbook_tui.book.reader import read
from runbook_tui.book.shown import shown
from runbook_tui.book.toml.text import toml_text
from runbook_tui.run.nodes import Kind
from runbook_tui.run.outline import Outline
from tests.fakes.files import faults_of, read_files

EVERY_KEY = (Path(__file__).parents[2] / "data" / "every_key.toml").read_text(encoding="utf-8")
HEAD = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n'
STEP = '[[phase.step]]\nid = "{0}"\ntitle = "{0}"\n'
a, b, c = (STEP.format(name) for name in "abc")


STEP_BEFORE_CHANGE = """\
format = 1
title = "T"
[[phase]]
id = "p"
title = "P"
[[phase.step]]
id = "save"
title = "Save"
[[phase.change]]
id = "one"
title = "One"
[[phase.change.step]]
id = "ship"
title = "Ship"
[[phase.step]]
id = "look"
title = "Look"
[[phase.change]]
id = "two"
title = "Two"
[[phase.change.step]]
id = "more"
title = "More"
[[phase.step]]
id = "end"
title = "End"
"""
IN_TURN = ["save", "ship", "look", "more", "end"]


def in_turn(runbook: Runbook) -> None:
    """What stands before comes first, in all that tells of it."""
    outline = Outline(runbook)
    assert list(outline.order) == IN_TURN
    assert [outline[id_].needs for id_ in IN_TURN] == [(), *((id_,) for id_ in IN_TURN[:-1])]
    assert [step.id for step in runbook.walk()] == IN_TURN
    said = "\n".join(listing(runbook))
    assert sorted(IN_TURN, key=lambda id_: said.index(f"[{id_}]")) == IN_TURN
    ticks = shown(runbook)["ticks"]
    assert [tick["id"] for tick in ticks if tick["kind"] == "step"] == IN_TURN


def test_a_step_that_stands_before_a_change_is_carried_out_before_it() -> None:
    book = read(STEP_BEFORE_CHANGE, "p.toml")
    in_turn(book)
    in_turn(read(toml_text(book), "q.toml"))
    files = {"base.toml": STEP_BEFORE_CHANGE, "p.toml": """\
format = 1
title = "U"
extends = "base.toml"
[[phase]]
id = "p"
[[phase.change]]
id = "one"
risk = "high"
[[phase.step]]
id = "look"
timeout = "5m"
"""}  # fmt: skip
    in_turn(read_files(files, "p.toml"))
    inside = 'format = 1\ntitle = "V"\n[[phase]]\nid = "i"\ntitle = "I"\ninclude = "base.toml"\n'
    taken = read_files({**files, "p.toml": inside}, "p.toml")
    assert list(Outline(taken).order) == [f"i.{id_}" for id_ in IN_TURN]


def test_where_a_plan_is_silent_what_stands_before_comes_first() -> None:
    text = """\
format = 1
title = "T"
[[phase]]
id = "p"
title = "P"
[[phase.change]]
id = "one"
title = "One"
[[phase.change.step]]
id = "a"
title = "A"
run = "true"
[[phase.change.step.step]]
id = "a1"
title = "A1"
[[phase.change.step.step]]
id = "a2"
title = "A2"
[[phase.change]]
id = "two"
title = "Two"
[[phase.change.step]]
id = "b"
title = "B"
[[phase.change.step.step]]
id = "b1"
title = "B1"
[[phase.step]]
id = "c"
title = "C"
needs = []
[[phase.step]]
id = "d"
title = "D"
[[phase]]
id = "q"
title = "Q"
[[phase.step]]
id = "e"
title = "E"
[[phase]]
id = "r"
title = "R"
needs = ["p"]
"""
    book = read(text, "p.toml")
    wanted = {
        "p": (), "a": (), "a1": ("a",), "a2": ("a1",), "b": ("a",), "b1": ("a",), "c": (),
        "d": ("c",), "q": ("p",), "e": (), "r": ("p",),
    }  # fmt: skip
    assert needs(book) == wanted
    nodes = Outline(book).nodes.values()
    assert {n.id: n.needs for n in nodes if n.kind in {Kind.PHASE, Kind.STEP}} == wanted


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (a + 'needs = ["b"]\n' + b, 8, "a cycle in needs: a → b → a",
         "“b” needs the step before it; say needs = [] there"),
        (a + b + 'needs = ["c"]\n' + c, 11, "a cycle in needs: b → c → b",
         "“c” needs the step before it; say needs = [] there"),
        (a + 'needs = ["c"]\n' + b + c, 8, "a cycle in needs: a → c → b → a",
         "“c” needs the step before it; say needs = [] there"),
    ],
)  # fmt: skip
def test_a_step_that_waits_for_one_behind_it_is_a_ring(
    text: str, line: int, message: str, hint: str
) -> None:
    (found,) = faults_of({"plan.toml": HEAD + text})
    assert (found.line, found.message, found.hint) == (line, message, hint)


@pytest.mark.parametrize(
    "text",
    [
        a + 'needs = ["b"]\n' + b + "needs = []\n",
        a + b + "needs = []\n" + c + 'needs = ["a"]\n',
        # The order is not known where a step is misspelt.
        a + 'needs = ["b"]\n' + b.replace("step]]", "stepp]]") + "needs = []\n",
    ],
)
def test_what_has_a_beginning_is_no_ring(text: str) -> None:
    files = {"plan.toml": HEAD + text}
    if "stepp" in text:
        assert [f.message for f in faults_of(files)] == ["unknown key “stepp”"]
    else:
        assert read_files(files).phases


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=3))
)
def test_every_ring_is_one_and_none_is_missed(some: dict[str, list[str]]) -> None:
    wanted = {name: some.get(name, []) for name in "abcdefgh"}
    found = list(cycles(wanted))
    for ring in found:
        assert ring[0] == ring[-1]
        assert all(there in wanted[here] for here, there in itertools.pairwise(ring))
    reach = {name: set(needed) for name, needed in wanted.items()}
    for _ in wanted:
        reach = {n: r | {x for m in r for x in reach[m]} for n, r in reach.items()}
    in_rings = {name for name in wanted if name in reach[name]}
    knots = {frozenset(m for m in in_rings if m in reach[n] and n in reach[m]) for n in in_rings}
    assert len(found) == len(knots)
    assert {next(knot for knot in knots if ring[0] in knot) for ring in found} == knots
