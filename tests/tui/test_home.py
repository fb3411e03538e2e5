"""Home: what there is, and what is handed back; the first frame waits for nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.color import Color
from textual.pilot import Pilot
from textual.widgets import Input

from runbook_tui.preferences.model import OWN_THEMES, Preferences
from runbook_tui.preferences.reading import read_text
from runbook_tui.tui.home.app import HomeApp
from runbook_tui.tui.home.offers import Choice, Field, Form, NoForm, PlanRow, RunRow
from runbook_tui.tui.views import home as view
from tests.tui.test_themes import contrast
from tests.waiting import PATIENCE

SIZES = [(80, 24), (120, 40)]


def run(id_: str, title: str, **more: object) -> RunRow:
    return RunRow(**{  # type: ignore[arg-type]
        "run": id_, "title": title, "word": "open", "when": "09:12", "lead": "Ada", "open": True,
        **more,
    })  # fmt: skip


def version(value: str) -> str:
    return "" if value.startswith("v") else "version must match v.*"


class Here:
    """Two open runs, two plans, a past run."""

    def __init__(self, *, held: bool = False, fields: tuple[Field, ...] = ()) -> None:
        self.let_go = threading.Event()
        if not held:
            self.let_go.set()
        self.fields = fields
        self.rows = [
            run("r-2", "Ship 2.4", word="rollback not finished", urgent=True),
            run("r-1", "Rotate the keys"),
            run("r-0", "Ship 2.3", open=False, word="done"),
        ]

    def runs(self) -> list[RunRow]:
        self.let_go.wait(60)
        return self.rows

    def look(self, row: RunRow) -> RunRow:
        waits = ("gate of “Two” waits for cto",)
        return run(row.run, row.title, word=row.word, urgent=row.urgent, waits=waits,
                   undo="↶ 3 ready", looked=True)  # fmt: skip

    def plans(self) -> list[PlanRow]:
        return [PlanRow(path="/here/a.toml", name="a.toml"), PlanRow(path="/here/b", name="b.md")]

    def read(self, row: PlanRow) -> PlanRow:
        if row.name == "b.md":
            return PlanRow(path=row.path, name=row.name, faults=2, lines=("line 3: no",), read=True)
        return PlanRow(path=row.path, name=row.name, title="Ship 2.4", about="2 phases", read=True,
                       findings=(("high", 1), ("low", 3)), lines=("line 7: bad",))  # fmt: skip

    def form(self, path: str) -> Form:
        if path == "/here/b":
            raise NoForm("b.md:3: no")
        return Form(path=path, title="Start “Ship 2.4”?", about="2 phases", fields=self.fields)

    def report(self, run: str) -> str:
        return f"# what happened in {run}"


def shown(app: HomeApp) -> str:
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in line) for line in lines)


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, shown(pilot.app)  # type: ignore[arg-type]
        await pilot.pause(0.02)


async def all_read(pilot: Pilot[int], app: HomeApp) -> None:
    await until(pilot, lambda: app.loaded and all(p.read for p in app.plans))
    await until(pilot, lambda: all(r.looked for r in app.runs if r.open))


@pytest.mark.parametrize("size", SIZES)
async def test_home(picture: SnapshotAssertion, size: tuple[int, int]) -> None:
    app = HomeApp(Here())
    app.folder = "here"
    async with app.run_test(size=size) as pilot:
        await all_read(pilot, app)
        await pilot.pause(0.1)
        assert app.export_screenshot(title="Runbook") == picture


async def test_the_first_frame_and_leaving_wait_for_nothing() -> None:
    here = Here(held=True)
    app = HomeApp(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "OPEN RUNS looking" in shown(app))
        await pilot.press("q")
    here.let_go.set()
    assert app.choice is None


async def test_enter_goes_on_with_the_run_under_the_cursor() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(run="r-1")


async def test_f9_shows_the_rollback_of_the_chosen_run() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("f9")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(run="r-2", panic=True)


async def test_f9_before_anything_is_known_is_not_lost() -> None:
    here = Here(held=True)
    here.rows = here.rows[:1]
    app = HomeApp(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f9")
        await until(pilot, lambda: "as soon as" in shown(app))
        here.let_go.set()
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(run="r-2", panic=True)


async def test_a_plan_with_faults_says_so_and_starts_nothing() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "line 3: no" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "b.md has faults" in shown(app))
    assert app.choice is None


async def test_a_filter_leaves_only_what_holds_the_words() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("slash", *"rotate", "enter")
        await until(pilot, lambda: "only “rotate”" in shown(app))
        assert "Ship 2.4" not in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Ship 2.4" in shown(app))


async def test_the_help_shows_a_person_s_own_keys() -> None:
    own = read_text('[keys]\nleave = "Q"\nfind = "ctrl+f"\n', "config.toml")
    app = HomeApp(Here(), preferences=own)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("question_mark")
        await until(pilot, lambda: "only rows that hold some words" in shown(app))
        rows = [" ".join(line.strip(" │").split()) for line in shown(app).splitlines()]
        assert "Ctrl+F only rows that hold some words" in rows
        assert "Q leave" in rows
        assert any("rollback of the chosen open run" in row for row in rows)
        await pilot.press("escape")
        await until(pilot, lambda: "OPEN RUNS" in shown(app))


async def test_a_filter_that_nothing_holds_says_so_and_how_to_see_all_again() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: "no row holds “zzz”" in shown(app))
        assert "Esc shows all again" in shown(app)
        assert "nothing here yet" not in shown(app)
        assert "runbook init" not in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Ship 2.4" in shown(app))


def test_a_run_with_a_failed_step_says_that_first_and_never_by_colour_alone() -> None:
    failed = run("r-1", "Ship", waits=("“Look” is done by hand",), broken=("“Tag” failed",))
    text = "".join(part for part, _ in view.row(failed, 78))
    assert "✗ Ship" in text
    assert "“Tag” failed" in text
    lines = ["".join(part for part, _ in line) for line in view.card(failed, 78, 9)]
    assert lines.index("✗ “Tag” failed") < lines.index("waits: “Look” is done by hand")


FIELDS = (
    Field(name="version", last="v2.3", unfit=version),
    Field(name="region", choices=("eu", "us"), value="eu"),
    Field(name="token", secret=True),
    Field(name="key", secret=True, source="a secret, from the file k"),
    Field(name="note", required=False),
)


async def form_open(pilot: Pilot[int], app: HomeApp) -> None:
    await all_read(pilot, app)
    await pilot.press("down", "down", "enter")
    await until(pilot, lambda: app.screen.query("#value-0"))
    await until(pilot, lambda: app.focused is not None and app.focused.id == "value-0")


async def test_what_is_typed_is_held_against_the_plan_and_only_a_button_starts() -> None:
    app = HomeApp(Here(fields=FIELDS))
    async with app.run_test(size=(80, 30)) as pilot:
        await form_open(pilot, app)
        await pilot.press(*"2.4")
        await until(pilot, lambda: "version must match v.*" in shown(app))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.query_one("#value-0", Input).value == "v2.3")
        await until(pilot, lambda: "must match" not in shown(app))
        await pilot.press("enter")
        assert app.choice is None
        app.screen.query_one("#start").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "token is needed" in shown(app))
        await until(pilot, lambda: app.focused is not None and app.focused.id == "value-2")
        await pilot.press(*"hunter2")
        assert "hunter2" not in shown(app)
        app.screen.query_one("#start").focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(
        plan="/here/a.toml", values={"version": "v2.3", "region": "eu", "token": "hunter2"}
    )


def stands_out(app: HomeApp, id_: str) -> bool:
    """Whether this field alone has its name reversed and another ground."""
    named = [n.parent for n in app.screen.query(".name") if n.styles.text_style.reverse]
    grounds: dict[bool, set[Color]] = {True: set(), False: set()}
    for field in app.screen.query("Input, SelectCurrent"):
        grounds[id_ in (field.id, field.parent.id)].add(field.background_colors[1])  # type: ignore[union-attr]
    apart = all(contrast(on, off) > 1.2 for on in grounds[True] for off in grounds[False])
    return named == [app.screen.query_one(f"#{id_}").parent] and apart


@pytest.mark.parametrize("theme", OWN_THEMES)
async def test_the_field_that_has_the_keys_looks_different_with_and_without_colours(
    theme: str,
) -> None:
    app = HomeApp(Here(fields=FIELDS), preferences=Preferences(theme=theme))
    async with app.run_test(size=(80, 30)) as pilot:
        await form_open(pilot, app)
        for focused in ("value-0", "value-1", "value-2"):
            await until(pilot, lambda id_=focused: stands_out(app, id_))  # type: ignore[misc]
            await pilot.press("tab")


async def test_a_rehearsal_asks_for_no_secret() -> None:
    app = HomeApp(Here(fields=FIELDS))
    async with app.run_test(size=(80, 30)) as pilot:
        await form_open(pilot, app)
        await pilot.press("v", "1")
        app.screen.query_one("#rehearse").focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice is not None
    assert app.choice.rehearse
    assert app.choice.values == {"version": "v1", "region": "eu"}


async def test_a_past_run_is_read() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "what happened in r-0" in shown(app))
