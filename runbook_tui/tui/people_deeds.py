"""What a person can do on the palette about other people: gates that wait too long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from runbook_tui.run.deadlines import GATE, SIGN_OFF, pending
from runbook_tui.run.requests import AskAnew, OverrideGate
from runbook_tui.run.state import RunState, gate_open
from runbook_tui.tui.screens.deeds import NodeScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def commands(app: RunbookApp, screen: Screen[object]) -> Iterator[SystemCommand]:
    """What is offered about the node that is chosen on the screen."""
    if isinstance(screen, NodeScreen):
        yield SystemCommand(
            "Ask anew for a sign-off", "its time begins again; the lead's, with a reason",
            lambda: _ask_anew(app, screen.chosen),
        )  # fmt: skip
        yield SystemCommand(
            "Override the gate", "opens it without its sign-offs; the lead's, with a reason",
            lambda: _override(app, screen.chosen),
        )  # fmt: skip


def _ask_anew(app: RunbookApp, chosen: str) -> None:
    state = app.session.state
    node = limited(state, chosen)
    if not node:
        app.say("nothing that holds this waits for a decision with a time")
        return
    title = state.outline[node].title
    app.with_text(
        f"Why is a decision on “{title}” asked for again?",
        lambda reason: app.ask(AskAnew(node=node, reason=reason)),
    )


def _override(app: RunbookApp, chosen: str) -> None:
    state = app.session.state
    shut = [h for h in _around(state, chosen) if not gate_open(state, h)]
    if not shut:
        app.say("no gate around this is shut")
        return
    title = state.outline[shut[0]].title
    app.with_text(
        f"Why is the gate of “{title}” opened without its sign-offs? It is shown red in the report",
        lambda reason: app.ask(OverrideGate(node=shut[0], reason=reason)),
    )


def _around(state: RunState, chosen: str) -> list[str]:
    return state.outline.holders(chosen) if chosen in state.outline else []


def limited(state: RunState, chosen: str) -> str:
    """The node, from the outermost around the chosen one, whose decision has a time; "" if none."""
    for holder in _around(state, chosen):
        if any(pending(state, holder, kind) is not None for kind in (GATE, SIGN_OFF)):
            return holder
    return ""
