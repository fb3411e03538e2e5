"""Pull requests of a plan: what is recorded, what is said, and whose approval counts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.reader import read
from runbook_tui.report.building import build
from runbook_tui.run import requests as r
from runbook_tui.run.approving import approvals
from runbook_tui.run.events import Actor, PullMoved, PullSeen, SignoffGiven
from runbook_tui.run.order import gate_open
from runbook_tui.run.prepare import step_environment
from runbook_tui.run.pulls import about, changed, words
from runbook_tui.run.requests import Refusal
from runbook_tui.tui.views.card import card
from runbook_tui.tui.views.checklist import row
from runbook_tui.tui.views.news import news
from tests.fakes.history import GRACE, LINUS, START, History

SEEN = PullSeen(number=12, head="a" * 40, base="main")
PLAN = """\
format = 1
title = "T"
[roles]
cto = ["Grace <grace@example.com>"]
qa = ["*"]
[forge]
github = "team/shop"
logins = { gh-grace = "Grace <grace@example.com>", gh-linus = "Linus <linus@example.com>" }
[[phase]]
id = "p"
title = "P"
gate = { roles = ["qa"] }
[[phase.change]]
id = "c"
title = "C"
pull_request = 12
gate = { roles = ["cto"], github = true, four_eyes = true }
step = [{ id = "s", title = "S", run = "true", undo = "true" }]
[[phase.change]]
id = "d"
title = "D"
step = [{ id = "t", title = "T", run = "true", undo = "true" }]
"""


def history(text: str = PLAN) -> History:
    return History(read(text, "plan.toml"))


def see(found: History, **fields: Any) -> None:
    """Something is seen of #12, and recorded as the session does."""
    seen = dataclasses.replace(found.state.pulls.get(12, SEEN), **fields)
    for payload in list(changed(found.state, seen)):
        found.add(payload)


def test_what_is_as_it_was_is_not_recorded_and_a_head_that_moves_is_said() -> None:
    found = history()
    see(found)
    assert list(changed(found.state, SEEN)) == []
    found.ask(r.SignNode(node="c", role="cto"), GRACE)
    new = dataclasses.replace(SEEN, head="b" * 40)
    assert list(changed(found.state, new)) == [
        new, PullMoved(number=12, was=SEEN.head, head=new.head, voids=("Grace",)),
    ]  # fmt: skip


def test_a_sign_off_binds_the_heads_of_what_it_is_about_and_no_others() -> None:
    found = history()
    assert (about(found.state, "p"), about(found.state, "s"), about(found.state, "t")) == (
        (12,), (12,), (),
    )  # fmt: skip
    found.ask(r.SignNode(node="p", role="qa"), LINUS)
    see(found)
    found.ask(r.SignNode(node="c", role="cto"), GRACE)
    given = [e.payload.heads for e in found.events if isinstance(e.payload, SignoffGiven)]
    assert given == [None, {"12": SEEN.head}]
    see(found, checks="failed", failing=("build",))
    assert gate_open(found.state, "c")
    see(found, head="b" * 40)
    # What was signed before anything was seen is bound to nothing.
    assert (gate_open(found.state, "p"), gate_open(found.state, "c")) == (True, False)
    see(found, head=SEEN.head)
    assert gate_open(found.state, "c")


def test_a_rejection_stands_though_the_head_has_moved() -> None:
    found = history()
    see(found)
    found.ask(r.SignNode(node="c", role="cto", approve=False, comment="no"), GRACE)
    see(found, head="b" * 40)
    (given,) = found.state.signoffs
    assert not given.approved
    assert not gate_open(found.state, "c")


@pytest.mark.parametrize(
    ("fields", "says", "tone"),
    [
        ({"mergeable": "no"}, "conflicts with main", "bad"),
        ({"checks": "failed", "failing": ("x", "y")}, "checks failed: x, y", "bad"),
        ({"against": ("linus",)}, "changes asked for by linus", "bad"),
        ({"checks": "pending", "mergeable": "yes"}, "checks run", "warn"),
        ({"draft": True, "mergeable": "yes"}, "a draft", "warn"),
        ({"state": "closed"}, "closed without being merged", "bad"),
        ({"state": "merged", "merged_by": "linus"}, "merged by linus", "good"),
        ({"mergeable": "yes", "approved": ("grace",)}, "approved by grace", "good"),
        ({}, "open", "good"),
    ],
)
def test_the_worst_is_said_first_in_the_row_and_on_the_card(
    fields: dict[str, Any], says: str, tone: str
) -> None:
    assert words(dataclasses.replace(SEEN, **fields))[0] == (says, tone)
    found = history()
    see(found, **fields)
    drawn = "".join(text for text, _ in row(found.state, "c", 0.0, 80))
    assert (says[:20] in drawn) == (tone != "good")
    shown = ["".join(text for text, _ in line) for line in card(found.state, "c", 0.0, 60, 20)]
    assert any(says in line for line in shown)


def test_an_approval_is_asked_for_in_the_name_of_whom_the_plan_names() -> None:
    found = history()
    seen = dataclasses.replace(SEEN, approved=("gh-grace", "gh-linus", "stranger"))
    see(found, approved=seen.approved)
    asked = list(approvals(found.state, seen))
    assert [(actor.name, q.node, q.role) for actor, q in asked] == [
        ("Grace", "c", "cto"), ("Linus", "c", "cto"),
    ]  # fmt: skip
    answers = [found.ask(q, actor) for actor, q in asked]
    assert not isinstance(answers[0], Refusal)
    # Linus does not hold the role: it is decided as ever.
    assert isinstance(answers[1], Refusal)
    assert gate_open(found.state, "c")
    again = [q for actor, q in approvals(found.state, seen) if actor.name == "Grace"]
    assert again == []
    against = dataclasses.replace(SEEN, against=("gh-grace", "gh-linus"))
    ((actor, no),) = approvals(found.state, against)
    assert (actor.key, no.approve) == ("grace@example.com", False)
    found.ask(no, actor)
    assert not gate_open(found.state, "c")


def test_four_eyes_and_what_is_merged_are_as_ever() -> None:
    text = PLAN.replace("Grace <grace@example.com>", "Ada <ada@example.com>")
    found = history(text)
    seen = dataclasses.replace(SEEN, approved=("gh-grace",))
    ((actor, q),) = approvals(found.state, seen)
    assert actor == Actor(name="Ada", email="ada@example.com", user="gh-grace", host="github")
    answer = found.ask(q, actor)
    assert isinstance(answer, Refusal)
    assert "four eyes" in answer.reason
    assert list(approvals(found.state, dataclasses.replace(seen, state="merged"))) == []


def test_without_forge_nobody_can_count_on_github() -> None:
    begin, end = PLAN.index("[forge]"), PLAN.index("[[phase]]")
    with pytest.raises(PlanFaults) as caught:
        read(PLAN[:begin] + PLAN[end:], "plan.toml")
    assert [f.message for f in caught.value.faults] == [
        "an approval at GitHub counts only with [forge] github"
    ]


def test_what_a_merge_runs_into_stands_on_its_card() -> None:
    found = history()
    warnings = tuple(f"merging #12 makes #{n} conflict in 1 file: x" for n in range(13, 18))
    shown = ["".join(text for text, _ in line)
             for line in card(found.state, "s", 0.0, 60, 20, ahead=warnings)]  # fmt: skip
    assert "! merging #12 makes #13 conflict in 1 file: x" in shown
    assert "! and 3 more are made to conflict by it" in shown
    assert any("S" in line for line in shown[:1])


def test_what_keeps_a_pull_request_from_being_looked_at_is_read_whole_on_a_narrow_card() -> None:
    why = "#12 is not looked at now: GitHub does not take the token; set GH_TOKEN to one that works"
    lines = card(history().state, "s", 0.0, 60, 20, ahead=(why,))
    shown = ["".join(text for text, _ in line) for line in lines]
    assert all(len(row) <= 60 for row in shown)
    assert why in " ".join(" ".join(shown).split())


def test_whoever_looks_on_hears_of_a_head_that_moves_and_of_a_merge() -> None:
    found = history()
    see(found)
    found.ask(r.SignNode(node="c", role="cto"), GRACE)
    before = found.state
    see(found, head="b" * 40)
    moved = found.state
    see(found, state="merged", merged_by="linus")
    void = "#12 has moved to bbbbbbbbbb; what was signed of it counts no more"
    assert (void, "warn") in news(before, moved, LINUS)
    assert news(moved, found.state, LINUS) == [("#12 is merged, by linus", "good")]
    shown = ["".join(text for text, _ in line) for line in card(moved, "c", 0.0, 60, 20)]
    at = shown.index("s sign off, or approve the pull request at GitHub,")
    assert shown[at + 1] == "or from another terminal:"
    assert shown[at + 2].startswith("runbook sign ")


def test_a_step_is_told_for_which_head_its_gate_was_opened_also_once_that_has_moved() -> None:
    found = history()
    step = found.state.outline.steps["s"]

    def told() -> str | None:
        return step_environment(found.state, step, {}).get("RUNBOOK_SIGNED_HEADS")

    see(found)
    assert told() is None
    found.ask(r.SignNode(node="c", role="cto"), GRACE)
    assert told() == f"12={'a' * 40}"
    environment = step_environment(found.state, step, {})
    assert environment["RUNBOOK_PULL_REQUEST"] == "12"
    assert environment["RUNBOOK_PULL_REQUEST_BASE"] == "main"
    see(found, head="b" * 40)
    assert told() == f"12={'a' * 40}"
    found.ask(r.OverrideGate(node="c", reason="it burns"))
    assert told() is None


def test_the_report_says_what_moved_whose_word_is_void_and_who_merged() -> None:
    found = history()
    see(found)
    found.ask(r.SignNode(node="c", role="cto"), GRACE)
    see(found, head="b" * 40)
    see(found, state="merged", merged_by="linus")
    told = build(found.state.run, found.state.runbook, found.events, now=START + 900)
    moved, merged = told.notes
    assert {moved.title, merged.title} == {"pull request #12"}
    assert moved.text.startswith("seen: its head has moved from aaaaaaaaaa to bbbbbbbbbb")
    assert moved.text.endswith("what Grace signed of it counts no more")
    assert merged.text == "seen: merged at bbbbbbbbbb by linus at GitHub"
