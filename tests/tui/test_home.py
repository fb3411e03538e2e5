"""Home: what there is, and what is handed back; the first frame waits for nothing."""

from __future__ import annotations

import threading

import pytest
from textual.color import Color
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input, Select

from runbook_tui.preferences.model import OWN_THEMES, Preferences
from runbook_tui.preferences.reading import read_text
from runbook_tui.tui.dialogs.ask import AskText
from runbook_tui.tui.home.app import HomeApp
from runbook_tui.tui.home.offers import Choice, Field, PlanRow, RunRow
from runbook_tui.tui.home.screen import HomeScreen, OfferList
from runbook_tui.tui.views import home as view
from tests.fakes.offered import FIELDS, Evening, Here, run, version
from tests.tui.home_moments import all_read
from tests.tui.piloting import text_of, until
from tests.tui.test_themes import contrast


async def test_the_first_frame_and_leaving_wait_for_nothing() -> None:
    here = Here(held=True)
    app = HomeApp(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "OPEN RUNS looking" in text_of(app))
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
        await until(pilot, lambda: "as soon as" in text_of(app))
        here.let_go.set()
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(run="r-2", panic=True)


async def test_a_plan_with_faults_says_so_and_starts_nothing() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "line 3: no" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "b.md has faults" in text_of(app))
    assert app.choice is None


async def test_a_filter_leaves_only_what_holds_the_words() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("slash", *"rotate", "enter")
        await until(pilot, lambda: "only “rotate”" in text_of(app))
        assert "Ship 2.4" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Ship 2.4" in text_of(app))


async def test_the_help_shows_a_person_s_own_keys() -> None:
    own = read_text('[keys]\nleave = "Q"\nfind = "ctrl+f"\n', "config.toml")
    app = HomeApp(Here(), preferences=own)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("question_mark")
        await until(pilot, lambda: "only rows that hold some words" in text_of(app))
        rows = [" ".join(line.strip(" │").split()) for line in text_of(app).splitlines()]
        assert "Ctrl+F only rows that hold some words" in rows
        assert "Q leave" in rows
        assert any("rollback of the chosen open run" in row for row in rows)
        await pilot.press("escape")
        await until(pilot, lambda: "OPEN RUNS" in text_of(app))


async def test_a_filter_that_nothing_holds_says_so_and_how_to_see_all_again() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("slash", *"zzz", "enter")
        await until(pilot, lambda: "no row holds “zzz”" in text_of(app))
        assert "Esc shows all again" in text_of(app)
        assert "nothing here yet" not in text_of(app)
        assert "runbook init" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Ship 2.4" in text_of(app))


def test_a_run_with_a_failed_step_says_that_first_and_never_by_colour_alone() -> None:
    failed = run("r-1", "Ship", waits=("“Look” is done by hand",), broken=("“Tag” failed",))
    text = "".join(part for part, _ in view.row(failed, 78))
    assert "✗ Ship" in text
    assert "“Tag” failed" in text
    lines = ["".join(part for part, _ in line) for line in view.card(failed, 78, 9)]
    assert lines.index("✗ “Tag” failed") < lines.index("waits: “Look” is done by hand")


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
        await until(pilot, lambda: "version must match v.*" in text_of(app))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.query_one("#value-0", Input).value == "v2.3")
        await until(pilot, lambda: "must match" not in text_of(app))
        await pilot.press("enter")
        assert app.choice is None
        app.screen.query_one("#start").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "token is needed" in text_of(app))
        await until(pilot, lambda: app.focused is not None and app.focused.id == "value-2")
        await pilot.press(*"hunter2")
        assert "hunter2" not in text_of(app)
        app.screen.query_one("#start").focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(
        plan="/here/a.toml", values={"version": "v2.3", "region": "eu", "token": "hunter2"}
    )


@pytest.mark.parametrize("size", [(80, 24), (80, 16)])
async def test_buttons_and_the_name_of_the_field_are_in_sight_however_many_fields_there_are(
    size: tuple[int, int],
) -> None:
    many = tuple(Field(name=f"value{n}", description="a value", last="7") for n in range(12))
    here = Here(fields=many)
    here.title = "出荷 a title that goes on " * 12
    app = HomeApp(here)
    async with app.run_test(size=size) as pilot:
        await form_open(pilot, app)
        await until(pilot, lambda: "value0 *" in text_of(app))
        for key, name in (("tab", "value1 *"), ("tab", "value2 *"), ("shift+tab", "value1 *")):
            await pilot.press(key)
            await until(pilot, lambda name=name: name in text_of(app))  # type: ignore[misc]
            assert "Rehearse" in text_of(app)
        await pilot.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "value-11")
        await until(pilot, lambda: "value11 *" in text_of(app))
        await pilot.press("shift+tab")
        await until(pilot, lambda: "value10 *" in text_of(app))


def stands_out(app: HomeApp, id_: str) -> bool:
    """Whether this field alone has its name reversed and another ground."""
    rows = [n.parent for n in app.screen.query(".name") if n.styles.text_style.reverse]
    named = [row.parent for row in rows if row is not None]
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
        await until(pilot, lambda: "what happened in r-0" in text_of(app))


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_report_is_laid_out_and_its_keys_scroll(size: tuple[int, int]) -> None:
    app = HomeApp(Evening())
    async with app.run_test(size=size) as pilot:
        await all_read(pilot, app)
        app.show_report("20261119-51e0")
        await until(pilot, lambda: "• Run: 20261119-51e0" in text_of(app))
        assert "**" not in text_of(app)
        text = app.screen.query_one(VerticalScroll)
        await until(pilot, lambda: text.max_scroll_y > 0)
        for key, at in (("j", 1), ("down", 2), ("k", 1), ("g", 0)):
            await pilot.press(key)
            await until(pilot, lambda at=at: text.scroll_y == at)  # type: ignore[misc]
        await pilot.press("tab")
        await until(pilot, lambda: shown_first(app).startswith("Planned and actual"))
        assert "| ---" not in text_of(app)
        await pilot.press("shift+tab")
        await until(pilot, lambda: text.scroll_y == 0)
        for row in ("Freeze the main branch", "Freeze the main branch: done"):
            before = text.scroll_y
            await pilot.press("slash")
            await until(pilot, lambda: isinstance(app.screen, AskText))
            await pilot.press(*("" if before else "FREEZE branch"), "enter")
            await until(pilot, lambda b=before: text.scroll_y > b)  # type: ignore[misc]
            await until(pilot, lambda row=row: row in text_of(app))  # type: ignore[misc]
        await pilot.press("end")
        await until(pilot, lambda: "[bold]frozen[/bold]" in text_of(app))
        await until(pilot, lambda: text.scroll_y == text.max_scroll_y)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


def shown_first(app: HomeApp) -> str:
    return text_of(app).splitlines()[1].strip("│ ")


async def of_the_palette(pilot: Pilot[int], app: HomeApp, typed: str, shows: str) -> None:
    """Choose what is first where these words are typed."""
    await pilot.press("ctrl+p", *typed)
    await until(pilot, lambda: shows in text_of(app))
    await pilot.press("enter")


@pytest.mark.parametrize(
    ("typed", "shows", "choice"),
    [
        ("go on rotate", "77aa, running", Choice(run="20261126-77aa")),
        ("roll back move", "0c3d: shows", Choice(run="20261124-0c3d", panic=True)),
        ("join rotate", "77aa: look on", Choice(run="20261126-77aa", beside=True)),
    ],
)
async def test_the_palette_goes_on_with_each_run(typed: str, shows: str, choice: Choice) -> None:
    app = HomeApp(Evening())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await of_the_palette(pilot, app, typed, shows)
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == choice


@pytest.mark.parametrize(
    ("typed", "shows", "then"),
    [
        ("new run checkout", "New run of “Checkout", "Start “Checkout 2.4"),
        ("report 2.2", "9e21, rolled back", "planned 67 m"),
        ("settings", "each with its value", "‹ runbook-dark ›"),
        ("guide", "what to begin with", "WHAT TO BEGIN WITH"),
        ("keys", "what each key does", "only rows that hold some words"),
        ("only some", "those with some words", "Only rows with these words"),
        ("read again", "runs and plans", "3 open runs"),
    ],
)
async def test_the_palette_offers_what_home_can_do(typed: str, shows: str, then: str) -> None:
    app = HomeApp(Evening())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await of_the_palette(pilot, app, typed, shows)
        await until(pilot, lambda: then in text_of(app))
        assert app.is_running


async def test_a_plan_elsewhere_and_a_run_on_another_machine_are_asked_for() -> None:
    app = HomeApp(Evening("version"))
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await of_the_palette(pilot, app, "open a plan", "a file anywhere")
        await until(pilot, lambda: "Which plan?" in text_of(app))
        await pilot.press(*"/srv/shop/checkout.toml", "enter")
        await until(pilot, lambda: "Start “Checkout" in text_of(app))
        await pilot.press("escape")
        await of_the_palette(pilot, app, "another machine", "shared over a git remote")
        await until(pilot, lambda: "Which git remote" in text_of(app))
        await pilot.press(*"origin", "enter")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(share="origin")


async def test_settings_are_changed_at_home_too() -> None:
    app = HomeApp(Evening())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        app.action_settings()
        await until(pilot, lambda: "‹ runbook-dark ›" in text_of(app))
        await pilot.press("right")
        await until(pilot, lambda: app.theme == "runbook-light")
        await until(pilot, lambda: "theme is changed" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "OPEN RUNS" in text_of(app))


async def test_ctrl_o_takes_the_last_run_s_choice_and_says_where_there_is_none() -> None:
    fields = (
        Field(name="region", choices=("eu", "us"), value="eu", last="us"),
        Field(name="version", last="v2.3", unfit=version),
        Field(name="note", required=False),
    )
    app = HomeApp(Here(fields=fields))
    async with app.run_test(size=(80, 30)) as pilot:
        await form_open(pilot, app)
        assert "last run: us (Ctrl+O takes it)" in text_of(app)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.query_one("#value-0", Select).value == "us")
        await pilot.press("tab", "x", "ctrl+o")
        await until(pilot, lambda: app.screen.query_one("#value-1", Input).value == "v2.3")
        await pilot.press("tab", "ctrl+o")
        await until(pilot, lambda: "there is no other value of a last run" in text_of(app))
        assert app.screen.query_one("#value-2", Input).value == ""
        app.screen.query_one("#start").focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.choice is not None)
    assert app.choice == Choice(plan="/here/a.toml", values={"region": "us", "version": "v2.3"})


async def test_enter_on_an_empty_search_shows_all_rows_again() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        await pilot.press("slash", "enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await until(pilot, lambda: "Ship 2.4" in text_of(app))
        assert "only “" not in text_of(app)
        await pilot.press("slash", *"rotate", "enter")
        await until(pilot, lambda: "only “rotate”" in text_of(app))
        await pilot.press("slash", *["backspace"] * 6, "enter")
        await until(pilot, lambda: "Ship 2.4" in text_of(app))
        assert "only “" not in text_of(app)


class Troubled(Here):
    """Some of what home asks for cannot be had."""

    def __init__(self, *parts: str) -> None:
        super().__init__()
        self._parts = parts

    def _fail(self, part: str) -> None:
        if part in self._parts:
            raise RuntimeError(f"no {part}\x1b[2J[b] here")

    def runs(self) -> list[RunRow]:
        self._fail("journal")
        return super().runs()

    def plans(self) -> list[PlanRow]:
        self._fail("folder")
        return super().plans()

    def read(self, row: PlanRow) -> PlanRow:
        self._fail("file")
        return super().read(row)

    def look(self, row: RunRow) -> RunRow:
        self._fail("copy")
        return super().look(row)


async def test_where_the_journal_cannot_be_read_plans_are_there_and_f9_says_what_does() -> None:
    app = HomeApp(Troubled("journal"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "OPEN RUNS cannot be read: no journal␛[2J[b]" in text_of(app))
        await until(pilot, lambda: "1 high" in text_of(app))
        assert "open runs not known" in text_of(app)
        await pilot.press("f9")
        await until(pilot, lambda: "`runbook rollback` does without it" in text_of(app))
        assert "no run is open" not in text_of(app)


async def test_where_neither_can_be_read_the_card_says_so_and_what_still_works() -> None:
    app = HomeApp(Troubled("journal", "folder"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "the runs cannot be read: no journal␛" in text_of(app))
        assert "runbook rollback brings one back" in text_of(app)
        assert "nothing here yet" not in text_of(app)


async def test_where_the_folder_or_a_plan_or_a_copy_cannot_be_read_all_else_is_there() -> None:
    app = HomeApp(Troubled("folder", "copy"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "PLANS HERE cannot be listed: no folder␛" in text_of(app))
        await until(pilot, lambda: "✗ cannot be read: no copy␛" in text_of(app))
        assert "Rotate the keys" in text_of(app)
    app = HomeApp(Troubled("file"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: text_of(app).count("✗ 1 fault") == 2)
        await pilot.press("tab")
        await until(pilot, lambda: "! cannot be read: no file␛[2J[b] here" in text_of(app))


async def test_a_long_message_has_two_rows() -> None:
    app = HomeApp(Here())
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        app.say("reading …")
        app.say("word " * 18 + "END")
        await until(pilot, lambda: "END" in text_of(app))
        app.action_settings()
        await until(pilot, lambda: "‹ runbook-dark ›" in text_of(app))
        await until(pilot, lambda: "END" in text_of(app))


async def test_reading_again_says_so_until_it_is_done() -> None:
    here = Here()
    app = HomeApp(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        here.let_go.clear()
        here.rows = here.rows[1:]
        await pilot.press("r")
        await until(pilot, lambda: "reading runs and plans again" in text_of(app))
        here.let_go.set()
        await until(pilot, lambda: "read again: 2 runs, 2 plans" in text_of(app))
        await until(pilot, lambda: "1 open run" in text_of(app))


async def test_tab_goes_to_the_next_list() -> None:
    many = tuple(PlanRow(path=f"/p/{n}.md", name=f"{n}.md", read=True) for n in range(300))
    app = HomeApp(Evening(plans=many))
    async with app.run_test(size=(80, 24)) as pilot:
        await all_read(pilot, app)
        chosen = []
        for _ in range(3):
            before = app.screen.query_one(OfferList).cursor
            await pilot.press("tab")
            await until(pilot, lambda b=before: app.screen.query_one(OfferList).cursor != b)  # type: ignore[misc]
            row = app.screen.query_one(OfferList).chosen
            chosen.append(row.title if isinstance(row, RunRow) else row and row.name)
        assert chosen[0] == "0.md"
        assert chosen[1:] == ["Checkout 2.3: merge and deploy", "Checkout 2.4: merge and deploy"]


class Slowly(Evening):
    """Three hundred plans, of which each is read when somebody lets it."""

    def __init__(self) -> None:
        super().__init__(
            runs=(),
            plans=[PlanRow(path=f"/p/{n}", name=f"{n:03}.md", read=True) for n in range(300)],
        )
        self.may = threading.Semaphore(1)
        self.order: list[str] = []

    def read(self, row: PlanRow) -> PlanRow:
        self.order.append(row.name)
        self.may.acquire(timeout=60)
        return super().read(row)


async def test_the_plan_that_one_looks_at_is_read_before_the_others() -> None:
    here = Slowly()
    app = HomeApp(here)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: here.order == ["000.md", "001.md"])
        await pilot.press("end")
        await until(pilot, lambda: app.known.chosen == "/p/299")
        here.may.release()
        await until(pilot, lambda: len(here.order) == 3)
        app.action_leave()
        here.may.release()
    assert here.order[:3] == ["000.md", "001.md", "299.md"]


def test_a_file_s_name_is_one_line_and_no_control_sequence() -> None:
    evil = PlanRow(path="/p/e", name="evil\nname\x1b[2J.md", title="Ship", read=True)
    lines = ["".join(part for part, _ in line) for line in view.card(evil, 78, 9)]
    lines.append("".join(part for part, _ in view.row(evil, 78)))
    assert not any("\n" in line or "\x1b" in line for line in lines)
    assert any("evil name␛[2J.md" in line for line in lines)
