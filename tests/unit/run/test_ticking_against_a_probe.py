"""A check whose probe has failed is ticked by hand only against it, and a note says so."""

from __future__ import annotations

from runbook_tui.book.model import Check, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from tests.fakes.history import GRACE, History


def probed(exit_: int | None) -> History:
    """A step that waits for its check, whose probe has ended (None: was never run)."""
    step = Step(id="deploy", title="Deploy", run="true",
                checks=(Check(id="up", title="It is up", probe="curl -f x"),))  # fmt: skip
    history = History(Runbook(title="T", phases=(Phase(id="p", title="P", steps=(step,)),)))
    history.add(e.StepStarted(attempt=1), "deploy")
    history.add(e.StepWaiting(), "deploy")
    if exit_ is not None:
        history.add(e.CommandStarted(attempt=1, kind="probe", text="x", cwd="/", shell=("sh",),
                                     folder="/f", node="up"), "deploy")  # fmt: skip
        history.add(
            e.CommandFinished(attempt=1, kind="probe", folder="/f", exit=exit_, seconds=1.0),
            "deploy",
        )
    return history


def test_a_red_probe_stands_against_a_tick() -> None:
    history = probed(exit_=1)
    refused = history.ask(r.TickNode(node="up"), GRACE)
    assert isinstance(refused, r.OverrideNeeded)
    assert "“It is up” says otherwise" in refused.reason
    assert "up" not in history.state.ticks


def test_an_override_needs_a_reason_and_leaves_a_note() -> None:
    history = probed(exit_=1)
    refused = history.ask(r.TickNode(node="up", override=True), GRACE)
    assert isinstance(refused, r.Refusal)
    assert refused.exit_code == 2
    assert history.state.ticks == {}
    history.ask(r.TickNode(node="up", override=True, reason="the proxy is down"), GRACE)
    assert history.state.step("deploy").status is Status.DONE
    assert history.state.ticks["up"].override == "the proxy is down"
    (note,) = history.state.notes
    assert (note.node, note.by, note.text) == (
        "up",
        GRACE,
        "ticked against it (the probe of “It is up” says otherwise): the proxy is down",
    )


def test_without_a_red_probe_a_tick_is_a_tick() -> None:
    for exit_ in (None, 0):
        history = probed(exit_)
        history.ask(r.TickNode(node="up"), GRACE)
        assert "up" in history.state.ticks
        assert history.state.notes == ()
