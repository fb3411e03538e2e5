"""Pull requests beside an open run: what is seen is recorded, and what it means for sign-offs."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.book.model import Change, Phase, Runbook, Step
from runbook_tui.book.reader import read
from runbook_tui.forge.pull_programs import PullPrograms
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, PlanChanged, PullMoved
from runbook_tui.run.order import blockers, gate_open
from runbook_tui.session.opening import expanded
from runbook_tui.session.session import Session
from runbook_tui.wiring import surroundings
from tests.github.fake import FakeGitHub
from tests.integration.forge.hub import at_github
from tests.integration.forge.scenes import Place
from tests.integration.session.scene import Scene, ask
from tests.waiting import until

GRACE = Actor(name="Grace", email="grace@example.com")
PLAN = """\
format = 1
title = "Ship"
[roles]
cto = ["Grace <grace@example.com>"]
[forge]
github = "team/shop"
every = "1s"
logins = { gracehopper = "Grace <grace@example.com>" }
[[phase]]
id = "one"
title = "One"
[[phase.change]]
id = "a"
title = "A"
pull_request = 1
gate = { roles = ["cto"], GITHUB }
step = [{ id = "merge-a", title = "Merge A", action = "git.merge", with = { branch = "origin/a" } }]
[[phase.change]]
id = "b"
title = "B"
pull_request = 2
step = [{ id = "merge-b", title = "Merge B", action = "git.merge", with = { branch = "origin/b" } }]
"""


def plan(github: bool = False) -> Runbook:
    return read(PLAN.replace("GITHUB", f"github = {str(github).lower()}"), "plan.toml")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Place, FakeGitHub]]:
    with at_github(tmp_path) as (place, hub):
        place.branch("a", "base", "a\nA\nc\n")
        place.branch("b", "base", "a\nB\nc\n")
        hub.pull("a", number=1)
        hub.pull("b", number=2)
        yield place, hub


@pytest.fixture
def opened(both: tuple[Place, FakeGitHub], request: pytest.FixtureRequest) -> Iterator[Session]:
    place, _ = both
    scene = Scene(place.work.parent, plan(getattr(request, "param", False)))
    scene.pulls = PullPrograms(place.env)
    session = scene.open()
    try:
        yield session
    finally:
        scene.close()


def push_more(place: Place, branch: str) -> str:
    """Somebody pushes to a branch; its head then."""
    place.git("switch", "-q", branch)
    place.commit("more", f"{branch}\n")
    place.git("push", "-q", "origin", branch)
    place.git("switch", "-q", "main")
    return place.git("rev-parse", branch)


def test_how_pull_requests_stand_is_seen_and_a_head_that_moves_voids_the_sign_off(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    place, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    head = place.git("rev-parse", "a")
    assert (opened.state.pulls[1].head, opened.state.pulls[1].mergeable) == (head, "yes")
    ask_as = opened.ask(r.SignNode(node="a", role="cto"), GRACE).result(60)
    assert gate_open(opened.state, "a"), ask_as
    hub.checks[head] = [("build", "completed", "failure")]
    until(lambda: opened.state.pulls[1].failing == ("build",))
    assert gate_open(opened.state, "a")
    new = push_more(place, "a")
    until(lambda: opened.state.pulls[1].head == new)
    assert not gate_open(opened.state, "a")
    (why,) = blockers(opened.state, "merge-a")
    assert f"signed #1 at {head[:10]}, which has moved to {new[:10]} since" in why
    ask_again = opened.ask(r.SignNode(node="a", role="cto"), GRACE).result(60)
    assert gate_open(opened.state, "a"), ask_again
    hub.merged_by("linus", 2)
    until(lambda: opened.state.pulls[2].state == "merged")
    assert opened.state.pulls[2].merged_by == "linus"
    until(lambda: opened.state.pulls[1].mergeable == "no")


def test_a_head_that_moves_is_an_event_with_whose_word_is_void(
    both: tuple[Place, FakeGitHub], tmp_path: Path
) -> None:
    place, _ = both
    scene = Scene(tmp_path, plan())
    scene.pulls = PullPrograms(place.env)
    session = scene.open()
    try:
        until(lambda: 1 in session.state.pulls)
        was = session.state.pulls[1].head
        session.ask(r.SignNode(node="a", role="cto"), GRACE).result(60)
        new = push_more(place, "a")
        until(lambda: "pull.moved" in scene.types())
        (moved,) = (e.payload for e in scene.journal.events(scene.run)
                    if isinstance(e.payload, PullMoved))  # fmt: skip
        assert moved == PullMoved(number=1, was=was, head=new, voids=("Grace",))
    finally:
        scene.close()


def test_what_has_not_changed_is_asked_for_conditionally_and_recorded_once(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    _, hub = both
    until(lambda: [a for a in hub.asked_for("GET", "/pulls/2$") if a.status == 304])
    assert opened.state.pulls[2].state == "open"
    seq = opened.state.seq
    until(lambda: len([a for a in hub.asked_for("GET", "/pulls/2$") if a.status == 304]) > 2)
    assert opened.state.seq == seq
    assert all(t.name != "MainThread" for t in threading.enumerate() if t.name == "pulls")


@pytest.mark.parametrize("opened", [True], indirect=True)
def test_an_approval_at_github_signs_the_gate_for_that_head_alone(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    place, hub = both
    until(lambda: 1 in opened.state.pulls)
    hub.review(1, "somebody")
    until(lambda: opened.state.pulls[1].approved == ("somebody",))
    assert not gate_open(opened.state, "a")
    hub.review(1, "gracehopper")
    until(lambda: gate_open(opened.state, "a"))
    (given,) = opened.state.signoffs
    assert (given.by.identity, given.by.user, given.by.host) == (
        GRACE.identity, "gracehopper", "github",
    )  # fmt: skip
    assert given.heads == {"1": place.git("rev-parse", "a")}
    push_more(place, "a")
    until(lambda: not gate_open(opened.state, "a"))
    hub.review(1, "gracehopper")
    until(lambda: gate_open(opened.state, "a"))
    hub.review(1, "gracehopper", "CHANGES_REQUESTED")
    until(lambda: not gate_open(opened.state, "a"))
    (why,) = blockers(opened.state, "merge-a")
    assert "rejected by Grace (changes asked for at GitHub" in why


def test_a_token_that_is_revoked_is_told_and_looked_past(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    _, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    tokens, hub.tokens = hub.tokens, {}
    until(lambda: opened.pulls.trouble)
    for node in ("a", "merge-a"):
        said, *_ = opened.pulls.said_of(node)
        assert said.startswith("#1 is not looked at now: GitHub does not take the token")
        assert "run the step" not in said
    hub.tokens = tokens
    until(lambda: not opened.pulls.trouble)


@pytest.mark.parametrize("instead", [b"<html>Log in</html>", b"{}", b'{"number": 1'])
def test_what_is_no_answer_of_github_is_told_and_looked_past(
    both: tuple[Place, FakeGitHub], opened: Session, instead: bytes
) -> None:
    _, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    fault = hub.goes_wrong("GET", instead=instead, times=10**6)
    until(lambda: "no answer of GitHub's" in opened.pulls.trouble)
    assert opened.state.pulls[1].state == "open"
    fault.times = 0
    until(lambda: not opened.pulls.trouble)


def test_without_forge_in_the_plan_nothing_is_asked_anywhere(
    both: tuple[Place, FakeGitHub],
) -> None:
    place, hub = both
    text = PLAN.replace("GITHUB", "count = 1")
    begin, end = text.index("[forge]"), text.index("[[phase]]")
    scene = Scene(place.work.parent, read(text[:begin] + text[end:], "plan.toml"))
    scene.pulls = PullPrograms(place.env)
    session = scene.open()
    try:
        until(lambda: session.pulls.ahead)
    finally:
        scene.close()
    assert hub.asked == []


def test_a_setting_says_where_for_a_plan_that_does_not(
    both: tuple[Place, FakeGitHub], tmp_path: Path
) -> None:
    place, _ = both
    change = Change(id="x", title="X", pull_request=2, steps=(Step(id="s", title="S"),))
    phase = Phase(id="p", title="P", changes=(change,))
    scene = Scene(tmp_path, Runbook(title="Markdown", format="markdown", phases=(phase,)))
    scene.pulls = PullPrograms(place.env)
    inherited = {**scene.around.environment, "RUNBOOK_GITHUB": "team/shop"}
    scene.around = dataclasses.replace(scene.around, environment=inherited)
    session = scene.open()
    try:
        until(lambda: 2 in session.state.pulls)
    finally:
        scene.close()


def test_what_a_merge_will_run_into_is_said_before_it_and_after_it_of_what_is_left(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    place, _ = both
    ends = {"merge-b": ("#2 will conflict in 1 file: base",)}
    begins = {"merge-a": ("merging #1 makes #2 conflict in 1 file: base",), **ends}
    until(lambda: opened.pulls.ahead)
    assert opened.pulls.ahead == opened.pulls.look_ahead_once() == begins
    place.git("merge", "-q", "--no-ff", "origin/a")
    ask(opened, r.SkipStep(step="merge-a", reason="merged by hand", override=True))
    until(lambda: opened.pulls.ahead == ends)


def test_a_pause_that_github_wants_is_told_and_kept(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    _, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    hub.rate_limited("GET", seconds=600)
    until(lambda: "rate limit is reached, until" in opened.pulls.trouble)
    asked = len(hub.asked)
    opened.pulls._nudge()
    opened.pulls._nudge()
    assert "rate limit" in opened.pulls.said_of("b")[0]
    assert len(hub.asked) == asked


def test_another_plan_is_looked_at_from_then_on(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    place, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    place.branch("c", "c", "c\n")
    hub.pull("c", number=3)
    text = PLAN.replace("GITHUB", "github = false").replace("pull_request = 2", "pull_request = 3")
    taken = PlanChanged(title="Ship", source="plan.toml", format="toml", plan=text, digest="new")
    plan = opened.state.plan
    assert plan is not None
    ask(opened, r.TakePlan(plan=taken, instead=plan.digest))
    until(lambda: 3 in opened.state.pulls)


def test_without_a_screen_it_is_said_in_a_line_before_the_merge(
    both: tuple[Place, FakeGitHub],
) -> None:
    place, _ = both
    place.env |= {"RUNBOOK_HOME": str(place.work.parent / "home"), "RUNBOOK_AS": "Ada <a@b.de>"}
    text = PLAN.replace('gate = { roles = ["cto"], GITHUB }\n', "")
    begin, end = text.index("[forge]"), text.index("[[phase]]")
    (place.work.parent / "plan.toml").write_text(text[:begin] + text[end:])
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", "run", "../plan.toml", "--no-tui", "--cwd", "."],
        cwd=place.work, env=place.env, capture_output=True, text=True, timeout=100, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    first = done.stderr.index("merging #1 makes #2 conflict in 1 file: base")
    assert first < done.stderr.index("#2 will conflict in 1 file: base")
    assert "conflict: base" in done.stdout


def test_actions_at_github_are_about_the_plans_own_repository_unless_they_name_another() -> None:
    book = plan()
    named = {"repo": "other/shop", "pull_request": "1"}
    steps = [Step(id="x", title="X", action="github.close", arguments={"pull_request": "1"}),
             Step(id="y", title="Y", action="github.close", arguments=named)]  # fmt: skip
    phase = dataclasses.replace(book.phases[0], changes=(), steps=tuple(steps))
    made = expanded(dataclasses.replace(book, phases=(phase,)), surroundings())
    texts = [f"{step.before} {step.run}" for step in made.walk()]
    assert [text.count("WITH_REPO=team/shop") for text in texts] == [2, 0]
    assert texts[1].count("WITH_REPO=other/shop") == 2


def test_a_github_that_is_slow_holds_nothing_up(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    _, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    held = threading.Event()
    hub.goes_wrong("GET", wait=held, times=99)
    try:
        until(lambda: hub.asked and not hub.asked[-1].status)
        begun = time.monotonic()
        ask(opened, r.AddNote(text="still here"))
        assert time.monotonic() - begun < 5
        assert not hub.asked[-1].status
    finally:
        held.set()


def test_one_that_is_not_there_is_said_and_the_others_are_seen(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    place, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    gone = hub.pulls.pop(1)
    until(lambda: "GitHub has no /repos/team/shop/pulls/1" in opened.pulls.trouble)
    new = push_more(place, "b")
    until(lambda: opened.state.pulls[2].head == new)
    hub.pulls[1] = gone
    until(lambda: not opened.pulls.trouble)


def test_what_github_works_out_anew_is_not_recorded_as_unknown_and_nothing_is_once_it_is_over(
    both: tuple[Place, FakeGitHub], opened: Session
) -> None:
    place, hub = both
    until(lambda: len(opened.state.pulls) == 2)
    seq = opened.state.seq
    hub.unknown_looks = 2
    push_base = place.git("rev-parse", "main")
    place.commit("other", "o\n")
    place.git("push", "-q", "origin", "main")
    head, base = place.git("rev-parse", "b"), place.git("rev-parse", "main")
    until(lambda: hub._looked[head, base] > 2)
    assert (opened.state.seq, push_base != base) == (seq, True)
    ask(opened, r.FinishRun(result="abandoned"))
    seq = opened.state.seq
    asked = len(hub.asked)
    new = push_more(place, "b")
    until(lambda: [a for a in hub.asked_for("GET", f"/commits/{new}/check-runs") if a.status])
    until(lambda: len(hub.asked) > asked + 12)
    assert opened.state.seq == seq


def test_what_merges_at_github_run_into_is_known_without_their_commits_being_here(
    both: tuple[Place, FakeGitHub], tmp_path: Path
) -> None:
    place, _ = both
    for name in ("a", "b"):
        place.git("branch", "-q", "-D", name)
        place.git("update-ref", "-d", f"refs/remotes/origin/{name}")
    place.git("reflog", "expire", "--expire=now", "--all")
    place.git("gc", "-q", "--prune=now")
    text = PLAN.replace("GITHUB", "github = false").replace("git.merge", "github.merge")
    for name, number in (("a", 1), ("b", 2)):
        text = text.replace(f'branch = "origin/{name}"', f'pull_request = "{number}"')
    scene = Scene(tmp_path, read(text, "plan.toml"))
    scene.pulls = PullPrograms(place.env)
    session = scene.open()
    try:
        until(lambda: len(session.pulls.ahead) == 2)
        (said,) = session.pulls.ahead["merge-a"]
        assert said == "merging #1 makes #2 conflict in 1 file: base"
    finally:
        scene.close()
