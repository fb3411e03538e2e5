"""A run that an earlier version has recorded, byte by byte: it holds, and no later version may say
otherwise. It is bound to no commit and no signers, and its sign-off is claimed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.book.reader import read
from runbook_tui.journal.lines import chain_of
from runbook_tui.report.building import build
from runbook_tui.run.counting import counted
from runbook_tui.run.events import RunStarted, SignoffGiven
from runbook_tui.run.fold import begin, fold
from runbook_tui.session.ports.archive import Chained

FILE = Path(__file__).parents[2] / "data" / "run_recorded_before.json"


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    text = FILE.read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def chained(kept: dict[str, Any], **other: Any) -> Chained:
    said = {**kept, **other}
    bodies = [body.encode() for body in said["bodies"]]
    return chain_of(said["run"], said["genesis"], bodies, said["hashes"])


def test_it_holds_as_it_did(kept: dict[str, Any]) -> None:
    found = chained(kept)
    assert found.problems == ()
    assert found.head == kept["hashes"][-1]


def test_one_letter_more_and_it_does_not(kept: dict[str, Any]) -> None:
    changed = [body.replace("go on, ", "go on,  ") for body in kept["bodies"]]
    assert chained(kept, bodies=changed).problems
    other = kept["genesis"].replace('"format":1', '"commit":"00","format":2')
    assert any("genesis" in problem for problem in chained(kept, genesis=other).problems)


def test_it_is_read_and_counts_as_it_did(kept: dict[str, Any]) -> None:
    events = chained(kept).events
    begun = events[0].payload
    assert isinstance(begun, RunStarted)
    assert (begun.commit, begun.allowed_signers) == (None, None)
    given = next(ev.payload for ev in events if isinstance(ev.payload, SignoffGiven))
    assert given.signature is None
    runbook = read(begun.plan, "plan.toml", lambda name: "")
    state = fold(begin(events[0].run, runbook), events)
    assert [s.by.name for s in counted(state, "core", gate=True)] == ["Grace"]
    report = build(events[0].run, runbook, events, now=state.last_at)
    assert (report.commit, report.seals, report.decisions[0].proof) == ("", (), "")
