"""Home, its form and what it shows besides, at the moments that matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from textual.pilot import Pilot
from textual.widgets import Input

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.home.app import HomeApp
from runbook_tui.tui.home.form import AskValues
from tests.fakes.offered import READ, Evening
from tests.tui.piloting import text_of, until

ALL = ("version", "region", "nodes", "token", "password", "note")
TO_THE_PLAN = ("down", "down", "down", "down")
"""The second plan, below three open runs and the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeMoment:
    """A home, and the keys to where one looks."""

    here: Callable[[], Evening] = Evening
    keys: tuple[str, ...] = ()
    shows: str
    """Words that stand on the screen once it is there."""
    act: str = ""
    """An action of the application in place of keys."""
    form: bool = False
    """Whether the keys open the form of a plan, and ``typed`` are pressed in it."""
    typed: tuple[str, ...] = ()
    source: str = ""
    """The file of settings."""

    def app(self, preferences: Preferences = DEFAULTS) -> HomeApp:
        """The application at that moment."""
        app = HomeApp(self.here(), replace(preferences, source=self.source))
        app.folder = "shop"
        return app

    async def reach(self, pilot: Pilot[int], app: HomeApp) -> None:
        """Go there, and wait until it is drawn."""
        await all_read(pilot, app)
        await pilot.press(*self.keys)
        if self.act:
            await app.run_action(self.act)
        if self.form:
            await until(pilot, lambda: isinstance(app.screen, AskValues) and app.focused)
            await pilot.press(*self.typed)
        await until(pilot, lambda: self.shows in text_of(app))
        for line in app.screen.query(Input):
            line.cursor_blink = False


async def all_read(pilot: Pilot[int], app: HomeApp) -> None:
    """Every row is known, and drawn."""
    await until(pilot, lambda: app.known.loaded and all(plan.read for plan in app.known.plans))
    await until(pilot, lambda: all(row.looked for row in app.known.runs if row.open))


def asked(*names: str, environments: tuple[str, ...] = ()) -> Callable[[], Evening]:
    return lambda: Evening(*names, environments=environments)


def form(here: Callable[[], Evening], shows: str, *typed: str) -> HomeMoment:
    keys = (*TO_THE_PLAN, "enter")
    return HomeMoment(here=here, keys=keys, form=True, typed=typed, shows=shows)


HOME_MOMENTS: dict[str, HomeMoment] = {
    "home": HomeMoment(shows="3 open runs"),
    "home-nothing": HomeMoment(here=lambda: Evening(runs=(), plans=()), shows="nothing here yet"),
    "home-first-plan": HomeMoment(
        here=lambda: Evening(runs=(), plans=READ[:1]), shows="starts a run of it"
    ),
    "home-findings": HomeMoment(keys=TO_THE_PLAN, shows="line 31"),
    "home-faults": HomeMoment(keys=(*TO_THE_PLAN, "down", "enter"), shows="tells all"),
    "home-filter": HomeMoment(keys=("slash", *"checkout", "enter"), shows="only “checkout”"),
    "home-no-such": HomeMoment(keys=("slash", *"zzz", "enter"), shows="no row holds"),
    "home-asks": HomeMoment(keys=("slash",), shows="Only rows"),
    "home-help": HomeMoment(keys=("question_mark",), shows="only rows that hold"),
    "home-palette": HomeMoment(keys=("ctrl+p",), shows="Go on with"),
    "home-settings": HomeMoment(
        act="settings", shows="‹ runbook-dark ›", source="/home/ada/.config/runbook/config.toml"
    ),
    "home-guide": HomeMoment(act="guide", shows="WHAT TO BEGIN"),
    "home-report": HomeMoment(keys=(*TO_THE_PLAN, "down", "down", "enter"), shows="━━━━━━"),
    "home-report-tables": HomeMoment(
        keys=(*TO_THE_PLAN, "down", "down", "enter", "tab"), shows="−5 m 15 s"
    ),
    "form": form(asked(*ALL), "version"),
    "form-without-values": form(Evening, "Start “Checkout"),
    "form-wrong": form(asked(*ALL), "must match", *"2.4"),
    "form-secret": form(asked("token", "version"), "not recorded", *"hunter2"),
    "form-missing": form(asked("version", "note"), "is needed", "tab", "tab", "enter"),
    "form-environments": form(
        asked("version", environments=("staging", "eu-live")), "PRODUCTION", "enter"
    ),
}
