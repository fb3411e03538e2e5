"""Whom to call, in which order and by when."""

from __future__ import annotations

import dataclasses

from runbook_tui.book.model import Contact, Step
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.calling import GRACE, Call, calls, overdue, pressing
from tests.fakes.history import GRACE as GRACE_HOPPER
from tests.fakes.history import History
from tests.fakes.incident import begun, finish, gone_wrong, plan


def started(history: History) -> float:
    assert history.state.rollback is not None
    assert history.state.rollback.started is not None
    return history.state.rollback.started


def dues(history: History) -> dict[str, float | None]:
    """When each is due, in seconds after the rollback's start."""
    start = started(history)
    return {c.callee.id: None if c.due is None else c.due - start for c in calls(history.state)}


def named(call: Call | None) -> str:
    return call.callee.id if call is not None else ""


def test_each_rung_is_due_its_time_after_the_one_before() -> None:
    assert dues(begun()) == {
        "call.deployment": None, "call.director": None,
        "call.technical.1": 0, "call.technical.2": 600, "call.technical.3": 1200,
        "call.customers.1": 0, "call.customers.2": 300,
    }  # fmt: skip


def test_a_rung_is_answered_by_the_contact_of_its_role() -> None:
    found = {c.callee.id: c.callee.answers for c in calls(begun().state)}
    assert found["call.technical.2"] == "Dana +49 30 1234"
    assert found["call.technical.3"] == ""


def test_who_is_due_longest_is_called_now_and_who_comes_next_is_named() -> None:
    history = begun()
    start = started(history)
    first, then = pressing(calls(history.state), start + 5)
    assert (named(first), named(then)) == ("call.technical.1", "call.customers.2")
    history.ask(r.TickNode(node="call.technical.1"), GRACE_HOPPER)
    # The other ladder is not in use: nobody is chased on it.
    first, then = pressing(calls(history.state), start + 5)
    assert (named(first), named(then)) == ("call.deployment", "call.technical.2")
    now = start + 600 + GRACE + 1
    late = [c.callee.id for c in calls(history.state) if overdue(c, now)]
    assert late == ["call.technical.2"]
    assert named(pressing(calls(history.state), now)[0]) == "call.technical.2"


def test_a_call_is_on_record_with_who_made_it_and_can_be_taken_back() -> None:
    history = begun()
    history.ask(r.TickNode(node="call.technical.2"), GRACE_HOPPER)
    made = next(c for c in calls(history.state) if c.callee.id == "call.technical.2")
    assert made.ticked is not None
    assert made.ticked.by == GRACE_HOPPER
    assert made.late is None
    assert isinstance(history.ask(r.TickNode(node="call.technical.2")), r.Refusal)
    history.ask(r.TickNode(node="call.technical.2", off=True))
    assert not any(c.ticked for c in calls(history.state))


def test_the_clock_begins_with_the_breach_where_there_was_one() -> None:
    history = gone_wrong()
    breach = history.add(e.WatchBreached(watch="golden", value=97.0))
    history.add(e.WatchBreached(watch="other", value=1.0))
    at = history.state.last_at - 1
    assert calls(history.state)[3].due == at + 600
    begun(history)
    assert calls(history.state)[3].due == at + 600
    assert breach.payload == e.WatchBreached(watch="golden", value=97.0)
    calm = gone_wrong()
    calm.add(e.WatchBreached(watch="golden", value=97.0))
    calm.add(e.WatchCleared(watch="golden", value=99.9))
    assert dues(begun(calm))["call.technical.1"] == 0


def test_what_is_not_due_when_everything_is_back_is_not_due_any_more() -> None:
    history = finish(begun())
    later = started(history) + 10_000
    assert [c.callee.id for c in calls(history.state) if c.needless] == [
        "call.technical.2", "call.technical.3", "call.customers.2",
    ]  # fmt: skip
    # Who was to be called by then may still be; nothing counts how late that is.
    assert not any(overdue(c, later) for c in calls(history.state))
    assert all(c.left(later) is None for c in calls(history.state))
    assert "call.technical.1" in [c.callee.id for c in calls(history.state) if c.open]
    beaten = finish(begun(), "incomplete")
    assert any(overdue(c, later) for c in calls(beaten.state))


def test_an_incomplete_rollback_and_the_next_one_are_one_thing_to_the_ladder() -> None:
    history = begun()
    start = started(history)
    history.ask(r.TickNode(node="call.technical.1"))
    finish(history, "incomplete")
    history.ask(r.OpenRollback())
    # Also for whoever only looks whether to go on.
    assert [c.callee.id for c in calls(history.state) if c.ticked] == ["call.technical.1"]
    assert isinstance(history.ask(r.TickNode(node="call.technical.1")), r.Refusal)
    assert calls(history.state)[3].due == start + 600
    begun(history)
    assert started(history) > start
    made = {c.callee.id: c for c in calls(history.state)}
    assert made["call.technical.1"].ticked is not None
    assert made["call.technical.2"].due == start + 600


def test_another_rollback_later_begins_anew() -> None:
    history = begun()
    history.ask(r.TickNode(node="call.technical.1"))
    history = finish(history)
    history.ran("merge")
    begun(history)
    assert not any(c.ticked for c in calls(history.state))
    assert dues(history)["call.technical.2"] == 600


def test_ids_of_calls_are_none_of_the_plans() -> None:
    book = plan()
    taken = dataclasses.replace(book.phases[0], steps=(Step(id="call.deployment", title="X"),))
    book = dataclasses.replace(
        book, phases=(taken, *book.phases[1:]),
        contacts=(*book.contacts, Contact(role="deployment", who="Someone else")),
    )  # fmt: skip
    found = list(History(book).state.outline.beside.calls)
    assert found[0] == "call.deployment-2"
    assert found[2] == "call.deployment-3"
    assert len(set(found)) == len(found) == 8


def test_who_comes_next_is_somebody_else() -> None:
    history = finish(begun())
    first, then = pressing(calls(history.state), started(history) + 30)
    assert first is not None
    assert first.callee.who == "Lead"
    assert then is not None
    assert then.callee.who == "Lead DevOps engineer"


def test_who_stands_among_contacts_and_on_a_ladder_is_called_once() -> None:
    """By the role that the contact has, or by the same name."""
    for called, other in (("call.director", "call.technical.2"),
                          ("call.technical.2", "call.director")):  # fmt: skip
        history = begun()
        history.ask(r.TickNode(node=called), GRACE_HOPPER)
        found = {c.callee.id: c for c in calls(history.state)}
        for id_ in (called, other):
            tick = found[id_].ticked
            assert tick is not None
            assert tick.by.name == "Grace"
            assert found[id_].box == called
            assert not overdue(found[id_], started(history) + 10_000)
        assert not found["call.technical.1"].ticked
        now = started(history) + 601 + GRACE
        # Who was called as a contact has begun no ladder.
        assert named(pressing(calls(history.state), now)[0]) == "call.technical.1"
        history.ask(r.TickNode(node=called, off=True), GRACE_HOPPER)
        assert all(c.ticked is None for c in calls(history.state))


def test_the_next_to_be_called_is_never_the_one_who_is_called_now() -> None:
    history = begun()
    history.ask(r.TickNode(node="call.deployment"), GRACE_HOPPER)
    untimed = [dataclasses.replace(c, due=None) for c in calls(history.state)]
    first, then = pressing([c for c in untimed if c.callee.id.endswith(("director", ".2"))], 0.0)
    assert named(first) == "call.director"
    assert named(then) == "call.customers.2"
