"""A run at a glance: making room touches no run."""

from __future__ import annotations

from runbook_tui.cli.choosing import glance
from runbook_tui.run import events as e
from runbook_tui.run.times import epoch
from runbook_tui.session.ports.journal import RunEntry
from tests.fakes.history import History, in_brief
from tests.fakes.plans import chain


def test_an_old_run_stays_as_old_as_it_was_when_its_output_is_removed() -> None:
    history = History(chain(1))
    history.ran("s0")
    last = history.add(e.RunFinished())
    pruned = history.add(e.OutputPruned(logs=1, bytes=6))
    entry = RunEntry(run=history.state.run, title="T", source="", digest="", opened_at="",
                     events=pruned.seq, head=pruned.hash)  # fmt: skip
    look = glance(entry, map(in_brief, history.events))
    assert (look.touched, look.word) == (epoch(last.at), "done")
    assert history.state.last_at == epoch(last.at)
    assert (history.state.seq, history.state.head) == (pruned.seq, pruned.hash)
    assert history.refold() == history.state
