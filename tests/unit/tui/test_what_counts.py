"""What a row, a card, the head and the timeline say of a step at moments when it counts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Estimate, Gate, Phase, Runbook, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.critical import critical
from runbook_tui.run.forecast import forecast
from runbook_tui.run.ticking import last_own
from runbook_tui.run.undo_items import NOTHING_ABSENT
from runbook_tui.tui.views import checklist, focus, seeking, signing, timeline, wall
from runbook_tui.tui.views import head as head_view
from runbook_tui.tui.views.card import card
from runbook_tui.tui.views.node_search import Hit
from runbook_tui.tui.views.tone import Line, cells, folded, length, wrap
from tests.fakes import night
from tests.fakes.history import ADA, GRACE, History


def words(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def shown(history: History, id_: str, after: float = 0.0) -> str:
    return words(card(history.state, id_, history.state.last_at + after, 100, 20))


def in_head(history: History, width: int = 120) -> str:
    return words([head_view.head(history.state, history.state.last_at, width)])


def held() -> History:
    """A step that only its gate keeps back, and one behind it."""
    gate = Gate(roles=("cto",), within=300.0)
    minute = Estimate(minimum=60, maximum=60)
    steps = (
        Step(id="live", title="Deploy", run="true", undo="true", gate=gate, estimate=minute),
        Step(id="tell", title="Tell", needs=("live",)),
    )
    phase = Phase(id="p", title="P", steps=steps)
    return History(Runbook(title="Held", roles={"cto": ("*",)}, phases=(phase,)))


def test_while_a_step_is_taken_back_its_clock_is_that_of_the_undo() -> None:
    history = night.rolling_back()
    step = next(id_ for id_, s in history.state.steps.items() if s.status.value == "undoing")
    command = history.state.step(step).running_command()
    assert command is not None
    assert command.kind == "undo"
    now = command.started + 5
    row = words([checklist.row(history.state, step, now, 100)])
    assert row.endswith("undoing  0:05")
    top = words(card(history.state, step, now, 100, 20)).splitlines()[0]
    assert top.endswith("0:05")
    assert "over" not in top
    alone = words(focus.focus(history.state, step, now, 100, 40))
    assert "over" not in alone


def test_a_step_whose_undo_failed_says_why_that_failed_not_why_it_had_failed_itself() -> None:
    history = night.undo_failed()
    step = next(id_ for id_, s in history.state.steps.items() if s.status.value == "undo failed")
    said = shown(history, step)
    assert "it was not taken back" in said
    assert "run the step again" in said
    assert "try its undo again" in said
    assert "bring it back" not in said


def test_that_a_rollback_was_incomplete_stays_in_the_head_until_somebody_goes_on() -> None:
    whole, part = night.rolled_back(), night.rolled_back("incomplete")
    assert "INCOMPLETE" not in in_head(whole)
    assert "rollback INCOMPLETE" in in_head(part)
    assert "INCOMPLETE" in in_head(part, 80)
    part.add(e.StepStarted(attempt=2), "migrate")
    assert "INCOMPLETE" not in in_head(part)


def test_a_step_that_was_left_out_counts_no_time_for_its_gate() -> None:
    history = held()
    assert "denied if not approved by" in shown(history, "live")
    history.ask(r.SkipStep(step="live", reason="done by hand", override=True))
    assert "skipped" in shown(history, "live")
    assert "denied" not in shown(history, "live")


def test_why_a_step_is_required_is_said_without_its_name_a_second_time() -> None:
    found = held().ask(r.SkipStep(step="live", reason="no time"))
    assert isinstance(found, r.OverrideNeeded)
    assert found.reason == "“Deploy” is required: it has a gate"


def test_a_step_that_waits_for_people_takes_no_more_time_in_any_reckoning() -> None:
    history = night.waiting()
    state, now = history.state, history.state.last_at + 60
    left = 20 * 60 + 10 * 60 + 2 * 60
    found = forecast(state, now)
    assert found is not None
    assert found.likely == now + left
    assert critical(state, now).left == left
    assert "migrate" not in critical(state, now).path
    ahead = timeline.ahead(state, now)
    assert ahead.expected["migrate"] == (now, now)
    assert max(end for _, end in ahead.expected.values()) == found.likely


def test_what_a_probe_has_ticked_is_nobodys_last_tick() -> None:
    history = night.waiting()
    first, second = (check.id for check in history.state.outline.steps["migrate"].checks)
    assert last_own(history.state, ADA) == first
    history.add(e.CheckTicked(node=second, probe=True), "migrate")
    assert last_own(history.state, ADA) == first


def test_the_words_for_an_undo_that_failed_fit_into_their_column() -> None:
    history = night.undo_failed()
    state, now = history.state, history.state.last_at
    slots, span = timeline.timeline(state, now)
    step = next(id_ for id_, s in state.steps.items() if s.status.value == "undo failed")
    slot = next(slot for slot in slots if slot.id == step)
    row = words([timeline.row(state, slot, span, now, 80)])
    assert row.rstrip().endswith("not undone")
    assert "…" not in row[-12:]


def test_a_gate_that_keeps_a_single_step_is_seen_in_its_row() -> None:
    history = held()
    row = words([checklist.row(history.state, "live", history.state.last_at, 80)])
    assert row.startswith("  ‖ Deploy")
    assert row.endswith("waits: cto  1:00")
    wall_ = words(wall.wall(history.state, history.state.last_at, 200, 60, NOTHING_ABSENT))
    assert "‖ waits for a sign-off: Deploy: cto" in wall_
    assert "denied if not approved by" in wall_
    history.ask(r.SignNode(node="live", role="cto"), GRACE)
    row = words([checklist.row(history.state, "live", history.state.last_at, 80)])
    assert "‖" not in row
    assert "waits" not in row


def test_a_long_command_is_shown_whole_where_there_is_room_and_no_character_is_lost() -> None:
    command = "kubectl --context production " + " ".join(f"--label=app{n}" for n in range(20))
    history = History(Runbook(title="Long", phases=(Phase(id="p", title="P", steps=(
        Step(id="a", title="A", run=command, undo="true"),
    )),)))  # fmt: skip
    lines = [words([line]) for line in card(history.state, "a", history.state.last_at, 78, 14)]
    first = next(n for n, line in enumerate(lines) if line.startswith("$ "))
    last = next(n for n, line in enumerate(lines) if line.startswith("↶"))
    rest = [line.removeprefix("    ") for line in lines[first + 1 : last]]
    assert "".join([lines[first].removeprefix("$ "), *rest]) == command
    assert all(len(line) <= 78 for line in lines)
    low = [words([line]) for line in card(history.state, "a", history.state.last_at, 78, 5)]
    assert sum("label" in line for line in low) == 1
    assert any(line.startswith("↶ true") for line in low)


@given(st.text(alphabet="ab  移é", max_size=60), st.integers(min_value=2, max_value=20))
def test_folding_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    pieces = folded(text, width)
    assert "".join(pieces) == text
    assert all(cells(piece) <= width for piece in pieces)


def test_a_number_stays_with_its_unit_and_a_key_with_its_word() -> None:
    assert wrap("everything is taken back, in 8 s; on", 32)[1] == "8 s; on"
    assert wrap("on its row: r again, e edit", 22)[1] == "e edit"


def test_the_last_safe_moment_comes_first_once_it_is_near() -> None:
    plan = night.night_plan()
    phase = replace(plan.phases[0], ends="45m")
    history = History(replace(plan, phases=(phase, *plan.phases[1:])))
    begun = history.state.started
    early = words([head_view.head(history.state, begun, 80)])
    assert "safe until" not in early
    near = words([head_view.head(history.state, begun + 20 * 60, 80)])
    assert "safe until" in near
    room = wall.wall(history.state, begun + 20 * 60, 120, 40, NOTHING_ABSENT)
    assert sum("▀" in words([line]) for line in room) >= 4


def test_what_nobody_has_estimated_is_not_foretold_as_done() -> None:
    plan = night.night_plan()
    first, second = plan.phases[0].steps
    bare = replace(plan.phases[0], steps=(first, replace(second, estimate=None)))
    history = History(replace(plan, phases=(bare, *plan.phases[1:])))
    now = history.state.last_at
    assert "done after" in in_head(history)
    about = timeline.summary(history.state, now, 120)
    assert "1 step not counted, without an estimate" in words(about[:1])
    assert "done by" in in_head(History(plan))


@given(st.integers(min_value=60, max_value=160), st.sampled_from(["", "open", "to be signed"]))
def test_the_foot_cuts_no_word_at_any_width(width: int, only: str) -> None:
    for guest in (False, True):
        line = head_view.foot(width, pane=False, typing=False, guest=guest, only=only)
        assert "…" not in words([line])
        assert length(line) <= width
        assert words([line]).endswith(" F9 PANIC: roll back ")


def test_what_is_found_says_in_what_it_lies_where_many_groups_are_called_alike() -> None:
    state = night.running().state
    found = Hit(id="merge-322", title="Merge the branch")
    assert words([seeking.row(state, found, 100)]).endswith("Core deployment › Security fixes")
    assert words([seeking.row(state, found, 60)]).endswith("  Security fixes")


def test_that_a_command_has_more_lines_is_seen_on_the_lowest_card_however_long_the_first_is() -> (
    None
):
    command = "\n".join(("echo " + "long " * 40, "rm --recursive everything", "true"))
    step = Step(id="a", title="A", run=command, undo="true")
    history = History(Runbook(title="Low", phases=(Phase(id="p", title="P", steps=(step,)),)))
    for height in (4, 5, 6, 9):
        lines = [
            words([line]) for line in card(history.state, "a", history.state.last_at, 78, height)
        ]
        assert len(lines) <= height
        assert all(len(line) <= 78 for line in lines)
        told = any("more" in line for line in lines)
        assert told or any(line.strip() == "true" for line in lines)
        assert told == (height < 6)


def test_why_it_cannot_be_taken_back_and_all_of_an_undo_are_shown_where_there_is_room() -> None:
    reason = "rows are rewritten into the new format, and the old ones are gone for good after it"
    undo = "\n".join(("kubectl rollout undo " + "deployment/shop " * 8, "./tell back", "true"))
    steps = (
        Step(id="a", title="A", run="true", irreversible=reason),
        Step(id="b", title="B", run="true", undo=undo),
        Step(id="c", title="C", run="\n".join(f"echo {n}" for n in range(20)), undo="true"),
    )
    state = History(Runbook(title="Back", phases=(Phase(id="p", title="P", steps=steps),))).state
    for draw in (card, focus.focus):
        lines = words(draw(state, "a", state.last_at, 78, 20)).splitlines()
        assert reason in " ".join(line.strip() for line in lines).replace("  ", " ")
        lines = words(draw(state, "b", state.last_at, 78, 24)).splitlines()
        assert any(line.strip() == "./tell back" for line in lines)
        assert words(draw(state, "b", state.last_at, 78, 24)).count("deployment/shop") == 8
        assert all(cells(line) <= 78 for line in lines)
        assert "more lines" in words(draw(state, "c", state.last_at, 78, 24))
    assert "… 2 more" in words(card(state, "b", state.last_at, 78, 4))


def test_who_may_not_sign_is_told_so_before_they_try() -> None:
    state = night.at_the_gate().state
    found = signing.awaited(state, "merge-322")
    assert found is not None
    assert "not you, Ada" in signing.conditions(state, found, state.last_at, ADA)
    assert "not you" not in signing.conditions(state, found, state.last_at, GRACE)
