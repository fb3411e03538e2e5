"""What should stand elsewhere while a run lasts, and what is left to be closed."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Announcement, Phase, Runbook, Step
from runbook_tui.cli.words import sentence
from runbook_tui.report.building import build
from runbook_tui.report.html import to_html
from runbook_tui.report.markdown import to_markdown
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.announcing import digest, how_it_ended, over, to_close, wanted
from runbook_tui.run.events import Announced
from runbook_tui.tui.views.news import news
from runbook_tui.tui.views.watching import rows
from tests.fakes.history import ADA, START, History

QUIET = Announcement(id="quiet", form="alertmanager", url="http://x")


def history(*announcements: Announcement, rehearse: bool = False) -> History:
    def step(id_: str) -> Step:
        return Step(id=id_, title=id_, run="true", undo="true")

    phases = (
        Phase(id="one", title="One", steps=(step("a"),)),
        Phase(id="two", title="Two", steps=(step("b"), step("c"))),
    )
    return History(Runbook(title="T", phases=phases, announcements=announcements),
                   rehearse=rehearse)  # fmt: skip


def told(at: History, one: Announcement, deed: str = "opened", result: str = "done",
         **keys: str) -> None:  # fmt: skip
    at.add(Announced(announcement=one.id, deed=deed, result=result, form=one.form, where="x:9093",
                     plan=digest(one), **keys))  # type: ignore[arg-type]  # fmt: skip


def ids(at: History) -> list[str]:
    return [one.id for one in wanted(at.state)]


def rolled_back(at: History, *steps: str, result: str = "complete") -> None:
    at.add(e.RollbackStarted(scope="run", steps=steps))
    for step in steps:
        at.add(e.UndoStarted(), step)
        at.add(e.UndoFinished(result="done"), step)
    at.add(e.RollbackFinished(result=result))


def test_it_stands_from_the_start_of_the_run_to_its_end() -> None:
    at = history(QUIET)
    assert ids(at) == ["quiet"]
    told(at, QUIET)
    assert to_close(at.state) == ()
    at.add(e.RunFinished(result="abandoned"))
    assert (ids(at), to_close(at.state), over(at.state)) == ([], ("quiet",), True)
    told(at, QUIET, "closed")
    assert to_close(at.state) == ()


def test_it_stands_while_the_phase_that_it_is_about_goes_on() -> None:
    one = Announcement(id="quiet", form="alertmanager", url="http://x", applies_to=("two",))
    at = history(one)
    at.ran("a")
    assert ids(at) == []  # The turn of the phase has come, and nothing of it has begun.
    at.ran("b")
    assert ids(at) == ["quiet"]
    told(at, one)
    at.ran("c")
    assert (ids(at), to_close(at.state)) == ([], ("quiet",))


@pytest.mark.parametrize("result", ["complete", "incomplete"])
def test_a_rollback_changes_nothing_while_it_runs_and_ends_it_however_it_ends(result: str) -> None:
    at = history(QUIET)
    told(at, QUIET)
    at.ran("a")
    at.add(e.RollbackStarted(scope="run", steps=("a",)))
    assert (ids(at), to_close(at.state)) == (["quiet"], ())
    at.add(e.RollbackFinished(result=result))
    assert (ids(at), to_close(at.state)) == ([], ("quiet",))
    assert how_it_ended(at.state).startswith("rolled back")
    told(at, QUIET, "closed")
    at.ran("a")
    assert ids(at) == ["quiet"]


def test_what_was_begun_may_stand_there_and_is_closed() -> None:
    at = history(QUIET)
    told(at, QUIET, result="begun")
    told(at, QUIET, result="failed", reason="no answer")
    at.add(e.RunFinished())
    assert to_close(at.state) == ("quiet",)


def test_what_failed_before_anything_was_sent_need_not_be_closed() -> None:
    at = history(QUIET)
    told(at, QUIET, result="failed", reason="it needs a value for env")
    at.add(e.RunFinished())
    assert to_close(at.state) == ()


def test_what_the_plan_says_otherwise_or_no_more_is_closed() -> None:
    for before in (
        Announcement(id="quiet", form="alertmanager", url="http://y"),
        Announcement(id="other", form="alertmanager", url="http://x"),
    ):
        at = history(QUIET)
        told(at, before)
        assert to_close(at.state) == (before.id,)


def test_nothing_is_opened_that_is_not_wanted_and_nothing_recorded_twice() -> None:
    at = history(QUIET)
    begun = Announced(announcement="quiet", deed="opened", result="begun", form="alertmanager",
                      where="x")  # fmt: skip
    at.ask(r.RecordAnnounced(announced=begun))
    count = len(at.events)
    again = r.RecordAnnounced(announced=begun)
    assert isinstance(at.ask(again), r.Refusal)
    at.add(e.RunFinished())
    assert isinstance(at.ask(again), r.Refusal)
    assert len(at.events) == count + 1
    assert ids(history(QUIET, rehearse=True)) == []


def test_it_is_no_act_in_the_run() -> None:
    at = history(QUIET)
    before = at.state.last_at
    told(at, QUIET)
    assert at.state.last_at == before


def test_it_is_said_on_the_screen_in_lines_and_in_the_report() -> None:
    at = history(QUIET)
    before = at.state
    told(at, QUIET, result="begun")
    told(at, QUIET, ref="SILENCE-1")
    told(at, QUIET, "prolonged", "failed", reason="no answer within 5 s")
    said = sentence(at.events[-1])
    assert said == (
        "silence “quiet” at x:9093 could NOT be prolonged: no answer within 5 s"
    )  # fmt: skip
    screen = "\n".join("".join(t for t, _ in row.line) for row in rows(at.state, (), START, 100))
    assert "quiet  silence at x:9093  open" in screen
    assert "could not be prolonged: no answer within 5 s; it is tried again" in screen
    assert any("no answer within 5 s" in text for text, _ in news(before, at.state, ADA))
    at.add(e.RunFinished())
    told(at, QUIET, "closed")
    report = build(at.state.run, at.state.runbook, at.events, now=START + 60)
    (one,) = report.announced
    assert (one.what, one.ref) == ("silence at x:9093", "SILENCE-1")
    assert one.opened is not None
    assert one.closed is not None
    for page in (to_markdown(report), to_html(report)):
        assert "Announced elsewhere" in page
        assert "SILENCE" in page
