"""A plan for open pull requests: in order, with risks and conflicts; it runs, and comes back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.book.reader import read
from runbook_tui.forge.proposing import Candidate, needs_of, ordered
from tests.github.fake import FakeGitHub
from tests.integration.forge.hub import at_github
from tests.integration.forge.scenes import Place

Both = tuple[Place, FakeGitHub]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    with at_github(tmp_path) as found:
        place, _ = found
        place.env |= {"RUNBOOK_HOME": str(tmp_path / "home"), "RUNBOOK_AS": "Ada <ada@example.com>"}
        yield found


def runbook(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runbook_tui", *words], cwd=place.work, env=place.env, text=True,
        capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=110,
    )  # fmt: skip


def test_the_order_goes_by_needs_then_risk_and_conflicts_are_foretold(both: Both) -> None:
    place, hub = both
    place.branch("clash", "base", "a\nCLASH\nc\n")
    place.branch("late", "late", "1\n" * 200)
    place.branch("first", "first", "1\n")
    place.branch("edit", "base", "a\nEDIT\nc\n")
    hub.pull(
        "clash", 'Say "clash" [bold]${{ now }}', number=4, body="blocked by: #9", labels=("go",)
    )
    hub.pull("late", number=5, body="Depends on #7 and team/shop#6.", labels=("go",))
    hub.pull("first", number=6, labels=("go",))
    hub.pull("edit", number=7, labels=("go", "risk: high"))
    hub.pull("first", number=8, draft=True, labels=("go",))
    hub.pull("first", number=9, labels=("other",))
    # What the clone here has is not fetched anew.
    address = f"https://{hub.url.removeprefix('http://')}/team/shop.git"
    place.git("remote", "set-url", "origin", address)
    place.env |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{place.remote}.insteadOf",
                  "GIT_CONFIG_VALUE_0": address}  # fmt: skip
    objects = place.git("for-each-ref")
    done = runbook(place, "from-github", "team/shop", "--label", "GO", "-o", "plan.toml")
    assert done.returncode == 0, done.stderr
    assert "#8 is a draft and left out" in done.stderr
    assert "#4 depends on #9, which is not in the plan" in done.stderr
    assert place.git("for-each-ref") == objects
    book = read((place.work / "plan.toml").read_text(), "plan.toml")
    (phase,) = book.phases
    assert [(c.pull_request, c.risk) for c in phase.changes] == [
        (6, "low"), (4, "low"), (7, "high"), (5, "medium"),
    ]  # fmt: skip
    assert phase.changes[1].title == 'Say "clash" [bold]${{ now }}'
    assert "Merging it makes #7 conflict, in base." in phase.changes[1].text
    assert "It will conflict when its turn comes, in base." in phase.changes[2].text
    assert "Depends on #7, #6." in phase.changes[3].text
    assert {"pr-7-merge", "pr-6-merge"} < set(phase.changes[3].steps[2].needs or ())
    checked = runbook(place, "check", "plan.toml")
    assert (checked.returncode, "fault:" in checked.stdout) == (0, False), checked.stdout
    again = runbook(place, "from-github", "team/shop", "-o", "plan.toml")
    assert (again.returncode, "there already" in again.stderr) == (2, True)
    other = runbook(place, "from-github", "team/nosuch")
    assert (other.returncode, "step" in other.stderr) == (1, False)
    assert other.stderr.endswith("what the token may do, then ask again\n")
    none = runbook(place, "from-github", "team/shop", "--label", "nothing")
    assert (none.returncode, "nothing to plan" in none.stderr) == (1, True)


def test_the_plan_is_carried_out_and_comes_back(both: Both) -> None:
    place, hub = both
    before = place.published
    place.branch("one", "one", "1\n")
    place.git("switch", "-q", "-c", "two", "one" if place.git("branch", "-l", "one") else "main")
    place.commit("two", "2\n")
    place.git("push", "-q", "origin", "two")
    place.git("switch", "-q", "main")
    for number, branch in enumerate(("one", "two"), 1):
        hub.pull(branch, number=number)
        hub.review(number, "grace")
    done = runbook(place, "from-github", "team/shop", "-o", "../plan.toml", "--method", "squash")
    assert done.returncode == 0, done.stderr
    run = runbook(place, "run", "../plan.toml", "--no-tui", "--cwd", str(place.work))
    assert run.returncode == 0, run.stdout + run.stderr
    assert [p.merged for p in hub.pulls.values()] == [True, True]
    back = runbook(place, "rollback", "--yes", "--scope", "run")
    assert back.returncode == 5, back.stdout + back.stderr
    assert place.published == before


def candidate(number: int, **fields: object) -> Candidate:
    given: dict[str, object] = {"title": "t", "author": "a", "url": "u", "head": "h", "lines": 1,
                                "branch": f"b{number}", "base": "main", **fields}  # fmt: skip
    return Candidate(number=number, **given)  # type: ignore[arg-type]


def test_what_depends_on_itself_is_said_and_all_are_in_the_order() -> None:
    order, remarks = ordered([candidate(1, needs=(2,)), candidate(2, needs=(1,)), candidate(3)])
    assert [p.number for p in order] == [3, 1, 2]
    assert remarks == ["#1 depends on #2, and that on it: a guess was made"]


def test_risk_is_the_labels_or_that_of_size_and_of_what_is_touched() -> None:
    assert candidate(1).risk == "low"
    assert candidate(1, lines=500).risk == "high"
    assert candidate(1, files=frozenset({"db/migrations/1.py"})).risk == "medium"
    assert candidate(1, lines=9000, labels=("Risk/Low",)).risk == "low"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Depends on #12", [12]),
        ("depends on: #1, #2 and #3.", [1, 2, 3]),
        ("Merge after https://github.com/team/shop/pull/4", [4]),
        ("needs team/other#5", []),
        ("This does not depend on #6, see #7", []),
        ("", []),
    ],
)
def test_dependencies_are_read_from_what_people_write(text: str, found: list[int]) -> None:
    assert needs_of(text, "team/shop") == found
