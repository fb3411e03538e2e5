"""What takes too long is on the screen, once, and somebody says that they see to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runbook_tui.book.model import Escalation, Gate, Phase, Runbook, Step
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.notifying import sequence
from tests.fakes.still import StillTerminals
from tests.integration.session.scene import Scene
from tests.tui.piloting import text_of, until

Make = Callable[..., Scene]


async def test_an_alarm_is_told_listed_and_acknowledged(scene: Make) -> None:
    gate = Gate(roles=("qa",), within=0.0)
    ladder = Escalation(topic="late", ladder=("Lead", "CTO"), within=3600.0)
    phase = Phase(id="p", title="Core", gate=gate, steps=(Step(id="a", title="Alpha"),))
    runbook = Runbook(title="Ship", roles={"qa": ("*",)}, escalations=(ladder,), phases=(phase,))
    session = scene(runbook).open()
    app = RunbookApp(session, StillTerminals())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "tell Lead; Ctrl+P “Acknowledge”" in app.said)
        assert "1 alarm" in text_of(app)
        await pilot.press("ctrl+p", *"alarms", "enter")
        await until(pilot, lambda: "2. CTO: at" in text_of(app))
        await pilot.press("escape", "ctrl+p", *"acknowledge", "enter")
        await until(pilot, lambda: session.state.acknowledged)
        await until(pilot, lambda: "1 alarm" not in text_of(app))


@pytest.mark.parametrize(("terminal", "begins"), [
    ({"TERM": "xterm-kitty"}, "\x1b]99;"),
    ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "\x1b]9;"),
    ({"TERM": "foot"}, "\x1b]777;notify;"),
    ({"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, ""),
    ({"TERM": "screen-256color", "TERM_PROGRAM": "WezTerm"}, ""),
    ({"TERM": "xterm-256color"}, ""),
    ({}, ""),
])  # fmt: skip
def test_only_a_terminal_that_is_known_to_notify_is_asked_to(
    terminal: dict[str, str], begins: str
) -> None:
    evil = "a;b\x1b\\\x07\n\x1b[2J"
    told = sequence(terminal, evil, evil)
    assert bool(told) == bool(begins)
    assert told.startswith(begins)
    if told:
        body = told.removesuffix("\x1b\\").removeprefix(begins)
        assert not any(ord(c) < 32 or ord(c) == 127 for c in body)
        assert body.count(";") == (1 if "777" in begins or "99" in begins else 0)
