"""Keys can be changed, are shown as they are, and the page about them is that of the bindings."""

from __future__ import annotations

from textual.pilot import Pilot

from runbook_tui.preferences.model import Preferences
from runbook_tui.preferences.reading import read_text
from runbook_tui.run import requests as r
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests import keymap
from tests.fakes.still import StillSession
from tests.tui.piloting import text_of, until
from tests.tui.test_pictures import half_way


def asked(app: RunbookApp) -> list[r.Request]:
    session: object = app.session
    assert isinstance(session, StillSession)
    return session.asked


def with_keys(text: str) -> RunbookApp:
    preferences = read_text(f"[keys]\n{text}\n", "config.toml")
    assert preferences.faults == ()
    return half_way(preferences)


async def to_merge(pilot: Pilot[int], app: RunbookApp) -> None:
    await until(pilot, lambda: "Merge" in text_of(app))


def test_page_and_table_are_those_of_the_bindings() -> None:
    found = keymap.known()
    assert keymap.TABLE.read_text() == keymap.table(found), "make keys"
    assert keymap.PAGE.read_text() == keymap.page(found), "make keys"


async def test_a_changed_key_does_the_act_and_its_old_one_does_nothing() -> None:
    app = with_keys('tick = "T"')
    async with app.run_test(size=(80, 24)) as pilot:
        await to_merge(pilot, app)
        await pilot.press("home", "space")
        await pilot.pause()
        assert not asked(app)
        await pilot.press("down", "down", "T")
        await until(pilot, lambda: asked(app) or "choose" in text_of(app))


async def test_the_screen_shows_the_key_that_there_is() -> None:
    app = with_keys('tick = "T"\nskip = "ctrl+k"')
    async with app.run_test(size=(120, 40)) as pilot:
        await to_merge(pilot, app)
        foot = text_of(app).splitlines()[-1]
        assert " T tick" in foot
        assert "Ctrl+K skip" in foot
        assert "Space" not in foot


async def test_a_further_panic_key_opens_the_rollback_and_f9_does_so_still() -> None:
    for key in ("f12", "f9", "ctrl+backslash"):
        app = with_keys('panic = "f12"')
        async with app.run_test(size=(80, 24)) as pilot:
            await to_merge(pilot, app)
            await pilot.press(key)
            await until(pilot, lambda app=app: isinstance(app.screen, RollbackScreen))  # type: ignore[misc]


async def test_a_faulty_file_is_said_and_keeps_no_rollback_from_opening() -> None:
    app = half_way(read_text('theme = "drak"\n[keys]\npanic = "p"\nsign = "S"\n', "config.toml"))
    async with app.run_test(size=(80, 24)) as pilot:
        await to_merge(pilot, app)
        await until(pilot, lambda: "settings, line 1" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))


async def test_without_settings_every_key_is_its_own() -> None:
    app = half_way(Preferences())
    async with app.run_test(size=(80, 24)) as pilot:
        await to_merge(pilot, app)
        assert "Space tick" in text_of(app)


async def test_longer_keys_never_push_the_panic_key_out_of_the_foot() -> None:
    app = with_keys('sign = "ctrl+s"\nskip = "ctrl+x"\ntick = "ctrl+pagedown"')
    async with app.run_test(size=(80, 24)) as pilot:
        await to_merge(pilot, app)
        foot = text_of(app).splitlines()[-1]
        assert "Ctrl+S sign" in foot
        assert foot.rstrip().endswith("F9 PANIC: roll back")
        await pilot.click("#foot", offset=(75, 0))
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))


async def test_the_help_of_the_rollback_shows_changed_keys() -> None:
    app = with_keys('rollback-scope = "ctrl+t"')
    async with app.run_test(size=(80, 30)) as pilot:
        await to_merge(pilot, app)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: "Ctrl+T         scope: step, change, phase, run" in text_of(app))
        assert "Tab            scope" not in text_of(app)
