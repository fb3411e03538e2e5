"""Whoever presses anything, at any size, loses nothing: no key raises, no event goes missing.

A real run on real parts. 10,000 keys with ``RUNBOOK_LONG``.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from runbook_tui.book.model import Check, Gate, Phase, Procedure, Runbook, Stage, Step
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.run import requests as r
from runbook_tui.run.fold import begin, fold
from runbook_tui.session.answering import Accepted
from runbook_tui.tui.app import RunbookApp
from tests.integration.session.scene import Scene
from tests.tui.piloting import until

KEYS = 10_000 if os.environ.get("RUNBOOK_LONG") else 90
SEEDS = range(6 if os.environ.get("RUNBOOK_LONG") else 1)
AT_ONCE = 5
SIZES = [(40, 10), (60, 16), (80, 24), (81, 23), (100, 30), (120, 40), (200, 60)]
PRESSED = [
    "enter", "space", "s", "x", "r", "n", "y", "u", "w", "t", "slash", "tab", "i", "z", "b", "e",
    "E", "left_square_bracket", "right_square_bracket", "escape", "up", "down", "j", "k", "pageup",
    "pagedown", "home", "end", "g", "G", "left", "right", "v", "c", "f", "F", "o", "h",
    "question_mark", "ctrl+p", "ctrl+l", "ctrl+c", "ctrl+right_square_bracket", "f9",
    "ctrl+backslash", "1", "2", "0", "S", "a", "T", "backspace",
]  # fmt: skip
LEAVING = {"enter", "escape", "down", "up", "tab", "space"}
"""Pressed more often than the others: they go on."""


def book() -> Runbook:
    return Runbook(
        title="Walk",
        roles={"qa": ("*",), "cto": ("*",)},
        phases=(
            Phase(id="one", title="One", criteria=(Check(id="calm", title="Calm"),), steps=(
                Step(id="made", title="Made", run="echo made; touch made", undo="rm -f made"),
                Step(id="hands", title="By hand", checks=(
                    Check(id="left", title="Left"), Check(id="right", title="Right"),
                )),
                Step(id="fails", title="Fails", run="echo no; exit 3", effect=False),
                Step(id="asks", title="Asks", run="read -r x; echo $x", undo="true",
                     interactive=True, confirm="Really?", signoff=Gate(roles=("qa",))),
            )),
            Phase(id="two", title="Two", gate=Gate(roles=("cto",)), steps=(
                Step(id="last", title="Last", run="true", irreversible="gone", optional=True),
            )),
        ),
        procedures=(Procedure(id="back", title="Back", stages=(
            Stage(id="back-1", title="First", from_minute=0, to_minute=5),
        )),),
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(7200)
async def test_no_key_raises_and_no_event_is_lost(
    scene: Callable[..., Scene], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A browser, an editor or the shell must not be reached from here.
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    chance = random.Random(seed)
    parts = scene(book())
    session = parts.open()
    accepted: list[int] = []

    def keep(request: r.Request, answer: object) -> None:
        if isinstance(answer, Accepted):
            accepted.append(session.state.seq)

    class Walked(RunbookApp):
        def action_leave(self) -> None:
            """The palette offers it; here it would only be the end of the walk."""
            self.say("stays")

        def on_runbook_app_answered(self, message: RunbookApp.Answered) -> None:
            keep(message.request, message.answer)
            assert not isinstance(message.answer, BaseException), message.answer

    app = Walked(session, LogTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(KEYS // AT_ONCE):
            pressed = chance.choices(PRESSED + 4 * sorted(LEAVING), k=AT_ONCE)
            await pilot.press(*pressed)
            if chance.random() < 0.15:
                await pilot.resize_terminal(*chance.choice(SIZES))
            assert app.is_running, pressed
        await pilot.resize_terminal(80, 24)
        for _ in range(8):
            await pilot.press("ctrl+right_square_bracket", "escape")
        await until(pilot, lambda: len(app.screen_stack) <= 3)
    session.close()
    events = parts.journal.events(parts.run)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert not accepted or max(accepted) <= len(events)
    assert parts.journal.verify(parts.run).problems == ()
    again = fold(begin(parts.run, book()), events)
    assert again.seq == session.state.seq
    assert again.ticks == session.state.ticks
    assert again.notes == session.state.notes
