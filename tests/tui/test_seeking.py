"""Finding things: by words while one types, by what is open or whose it is; and the help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input

from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.reading import read_text
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.dialogs.seek import Seek
from runbook_tui.tui.screens.main import MainScreen
from runbook_tui.tui.views import keeping, keys, seeking
from runbook_tui.tui.views.node_index import index
from runbook_tui.tui.views.node_search import find
from runbook_tui.tui.views.tone import length
from tests.fakes.history import ADA, LINUS, History
from tests.fakes.plans import chain, two_phases
from tests.fakes.still import StillSession, StillTerminals
from tests.tui.piloting import text_of, until
from tests.tui.test_pictures import half_way


def still(state: object) -> RunbookApp:
    return RunbookApp(StillSession(state), StillTerminals())  # type: ignore[arg-type]


def rows(app: RunbookApp) -> list[str]:
    screen = app.screen_stack[-1]
    assert isinstance(screen, MainScreen)
    return screen.rows._rows


@pytest.fixture(autouse=True)
def nothing_looked_for() -> None:
    Seek.last = ""


async def test_what_fits_is_listed_while_one_types_and_enter_goes_there() -> None:
    app = still(History(chain(300)).state)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"step 250")
        await until(pilot, lambda: "1 found" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await until(pilot, lambda: app.screen.chosen == "s250")  # type: ignore[attr-defined]


async def test_enter_looks_at_all_of_a_large_plan_however_quickly_it_comes() -> None:
    app = still(History(chain(10_000)).state)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"p 9 8 7 6", "enter")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.screen.chosen == find(index(app.session.state), "p 9 8 7 6")[0].id  # type: ignore[attr-defined]


async def test_a_letter_ends_what_was_looked_for_before_and_all_is_made_ready_meanwhile() -> None:
    app = still(History(chain(10_000)).state)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"zz")
        await until(pilot, lambda: "0 found ·" in text_of(app))
        assert index(app.session.state).whole
        await pilot.press("backspace", "backspace", *"step 9999")
        await until(pilot, lambda: "1 found ·" in text_of(app))


async def test_the_arrows_choose_and_escape_stays() -> None:
    app = still(History(chain(30)).state)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"step 1", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.chosen)
        there = app.screen.chosen  # type: ignore[attr-defined]
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Seek))
        assert app.screen.query_one(Input).value == "step 1"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.screen.chosen == there  # type: ignore[attr-defined]


async def test_enter_on_an_empty_search_stays_where_one_is() -> None:
    app = still(History(chain(30)).state)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: app.screen.chosen == "s3")  # type: ignore[attr-defined]
        await pilot.press("slash", *"20", "backspace", "backspace")
        await until(pilot, lambda: "31 found" in text_of(app))
        await until(pilot, lambda: ">○ Step 3" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.screen.chosen == "s3"  # type: ignore[attr-defined]
        await pilot.press("slash", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await until(pilot, lambda: app.screen.chosen == "s4")  # type: ignore[attr-defined]


def test_words_are_looked_for_in_titles_then_in_commands_and_notes() -> None:
    history = History(two_phases())
    history.ask(r.AddNote(text="the tide was low", node="tag"))
    among = index(history.state)
    assert [hit.id for hit in find(among, "tag")] == ["tag"]
    assert find(among, "./deploy back")[0].line == "./deploy back"
    assert find(among, "TIDE low")[0].id == "tag"
    assert [hit.id for hit in find(among, "mgrt")] == ["migrate"]
    assert find(among, "no such words") == []


@given(st.text(max_size=12))
def test_nothing_that_is_typed_is_too_odd(text: str) -> None:
    among = index(History(two_phases()).state)
    for hit in find(among, text):
        assert length(seeking.row(History(two_phases()).state, hit, 60)) <= 60


@pytest.mark.parametrize(
    ("kind", "me", "wanted"),
    [
        ("open", ADA, {"look", "tag", "deploy"}),
        ("failed", ADA, {"merge"}),
        ("to sign", ADA, {"tag"}),
        ("mine", ADA, {"look", "tag"}),
        ("mine", LINUS, {"tag"}),
    ],
)
def test_rows_that_are_kept(kind: str, me: object, wanted: set[str]) -> None:
    history = History(two_phases())
    history.add(e.StepStarted(), "tag")
    history.add(e.StepWaiting(), "tag")
    history.add(e.StepStarted(), "look")
    history.add(e.StepStarted(), "merge")
    history.add(e.StepFinished(result="failed", reason="exit 1"), "merge")
    kept = set(keeping.kept(history.state, kind, me))  # type: ignore[arg-type]
    steps = {id_ for id_ in kept if id_ in history.state.outline.steps}
    if kind == "open":
        assert wanted <= steps
        assert "merge" in steps
    else:
        assert steps == wanted
    assert all(history.state.outline[s].parent in kept for s in steps)


async def test_f_keeps_rows_of_one_kind_after_the_other_then_all() -> None:
    app = half_way()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        everything = list(rows(app))
        await pilot.press("F")
        await until(pilot, lambda: "only open" in text_of(app).splitlines()[-1])
        assert "merge" not in rows(app)
        await pilot.press("F", "F")
        await until(pilot, lambda: "only failed" in text_of(app).splitlines()[-1])
        assert rows(app) == []
        await pilot.press("enter", "space", "x", "down", "end")
        await pilot.press("F", "F")
        await until(pilot, lambda: rows(app) == everything)


async def test_the_cursor_is_where_it_was_once_all_rows_are_shown_again() -> None:
    app = half_way()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        everything = list(rows(app))
        await pilot.press("o", "o")
        await until(pilot, lambda: app.screen.chosen == "migrate")  # type: ignore[attr-defined]
        await pilot.press("F", "F")
        await until(pilot, lambda: app.screen.chosen == "look")  # type: ignore[attr-defined]
        await pilot.press("F")
        await until(pilot, lambda: rows(app) == [])
        await pilot.press("F", "F")
        await until(pilot, lambda: rows(app) == everything)
        await until(pilot, lambda: app.screen.chosen == "migrate")  # type: ignore[attr-defined]


async def test_o_goes_to_the_next_open_step_and_round_again() -> None:
    app = half_way()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        seen = []
        for _ in range(6):
            await pilot.press("o")
            seen.append(app.screen.chosen)  # type: ignore[attr-defined]
        assert seen == ["deploy", "migrate", "watch", "look", "tag", "deploy"]


def test_the_help_names_every_key_that_there_is_and_fits() -> None:
    preferences = read_text('[keys]\nsign = "S"\n', "c")
    for part in keys.ORDER:
        page = keys.page(part, preferences, {}, 74)
        assert all(length(line) <= 74 for line in page)
    said = "\n".join("".join(t for t, _ in line) for line in keys.page("list", preferences, {}, 74))
    parts = keys.ORDER["list"]
    for known in KNOWN:
        if known.part in parts:
            assert known.words.split(" ")[0] in said
    assert "S               sign off" in said


async def test_the_help_knows_the_focused_part_and_says_why_a_key_does_nothing() -> None:
    app = half_way()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        await pilot.press("end", "question_mark")
        await until(pilot, lambda: "PANIC: shows the rollback" in text_of(app))
        shown = text_of(app)
        assert "The run" in shown
        assert "not now: " in shown
        assert "? q Esc leave" in shown
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        await pilot.press("home", "o", "o", "tab", "question_mark")
        await until(pilot, lambda: "In the pane" in text_of(app))
