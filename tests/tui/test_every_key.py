"""Every key on every screen does something or says why not; none raises.

The keys are those of the table that is made from the bindings. What stands still here is only the
run: it refuses everything, and says so.
"""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.screens.rollback import RollbackScreen
from runbook_tui.tui.widgets.painted import RowList
from tests.fakes.still import StillSession
from tests.tui.moments import MOMENTS
from tests.tui.piloting import text_of, until

HEARD = {
    "opened": ("run", "list"), "gate": ("run", "list"), "running": ("run", "list"),
    "failed": ("run", "list"), "waiting": ("run", "list"), "focus": ("run", "list"),
    "pane": ("run", "pane"), "rollback": ("rollback", "list"),
    "rolling-back": ("rollback", "list"), "undo-failed": ("rollback", "list"),
    "rolled-back": ("rollback", "list"), "timeline": ("reading", "list"),
    "watches": ("reading", "list"), "environment": ("reading", "list"),
    "settings": ("reading", "list"), "wall": ("reading",),
}  # fmt: skip
"""By moment, the parts of the program whose keys are heard there, but those heard everywhere."""
MOVES = {"up", "down", "page-up", "page-down", "first", "last", "left", "right"}
"""At an end these have nothing to do."""
ELSEWHERE = {"sleep", "redraw", "leave"}
"""The first is the shell's, the second draws the same again, the last is pressed last."""
OWN = {
    "timeline": {"timeline", "timeline-calendar"},
    "watches": {"watches", "watch-override", "watch-open"},
    "environment": {"environment"},
    "settings": {"setting-next", "setting-before", "setting-drop"},
}
"""Of the screens that are read, the keys that only one has."""
SOON = 15.0
"""Seconds within which something is noticed; a key that does nothing takes all of them."""


def keys_of(name: str) -> list[tuple[str, str]]:
    """Every key that is heard at a moment, with its id."""
    others = set().union(*OWN.values()) - OWN.get(name, set())
    reads = "reading" in HEARD[name]
    return [
        (known.id, key)
        for known in KNOWN
        if known.part in (*HEARD[name], "everywhere")
        if known.id not in ELSEWHERE and not (reads and known.id in others)
        # What it does there hangs on how soon it comes: tests of its own (test_panic).
        if not (known.id == "panic" and "rollback" in HEARD[name])
        for key in known.keys
    ]


def seen(app: RunbookApp) -> tuple[object, ...]:
    """All that a person could notice."""
    session: object = app.session
    assert isinstance(session, StillSession)
    lists = [(rows.cursor, rows.scroll_offset) for rows in app.screen.query(RowList)]
    return (
        [type(screen) for screen in app.screen_stack], app.focused, app.said, lists,
        len(session.asked), text_of(app), app.clipboard, app.is_running,
    )  # fmt: skip


async def back(pilot: Pilot[int], app: RunbookApp, name: str, kind: type) -> None:
    """To where the keys are tried, as on the first day."""
    if not isinstance(app.screen, kind):
        while len(app.screen_stack) > 1 and not isinstance(app.screen, MainScreen):
            app.pop_screen()
        if not isinstance(app.screen, kind):
            app.screen.action_back_to_list()  # type: ignore[attr-defined]
            await MOMENTS[name].reach(pilot, app)
    screen = app.screen
    if isinstance(screen, MainScreen):
        if name == "pane":
            screen.remove_class("-zoom", "-beside")
            screen.every_output[0].pane.focus()
        else:
            screen.action_back_to_list()
        while screen.rows.kind:
            screen.rows.keep_next()
        if screen.focuses != (name == "focus"):
            screen.action_focus_mode()
        screen.go_on()
    if isinstance(screen, RollbackScreen):
        screen.rows.focus()
    app.say("")
    await pilot.pause()


async def notices(pilot: Pilot[int], app: RunbookApp, before: object) -> bool:
    try:
        await until(pilot, lambda: seen(app) != before, SOON)
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("name", HEARD)
async def test_it_acts_or_says_why_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "true")
    moment = MOMENTS[name]
    app = moment.app()
    silent = set()
    async with app.run_test(size=(80, 24)) as pilot:
        await moment.reach(pilot, app)
        kind = type(app.screen)
        session: object = app.session
        assert isinstance(session, StillSession)
        session.environment = {"PATH": "/nowhere"}
        for id_, key in keys_of(name):
            await back(pilot, app, name, kind)
            before = seen(app)
            await pilot.press(key)
            if id_ in MOVES:
                await pilot.pause()
            elif not await notices(pilot, app, before):
                silent.add((id_, key))
            assert app.is_running, key
        leaves = HEARD[name][0] == "run"
        if leaves:
            await back(pilot, app, name, kind)
            await pilot.press("q")
    assert (app.return_value is not None) == leaves
    assert not silent


def test_every_key_is_tried_somewhere() -> None:
    tried = {id_ for name in HEARD for id_, _ in keys_of(name)}
    rest = {known.id for known in KNOWN if known.part != "home"} - tried - ELSEWHERE
    assert rest == {"end-typing"}, "that is tried where one types (test_typing)"
