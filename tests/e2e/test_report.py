"""``runbook report``: a real run that went wrong and was rolled back, written down."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.programs import GRACE, Program

PLAN = """\
format = 1
title = "Ship <b>it</b>"
[roles]
cto = ["Grace <grace@example.com>"]
[parameters.token]
secret = { env = "SHIP_TOKEN" }
[[phase]]
id = "one"
title = "One"
[[phase.step]]
id = "build"
title = "Build"
estimate = "1m"
run = 'echo "<i>built</i> with $token"; echo built > built.txt'
undo = "rm built.txt; echo unbuilt"
[[phase]]
id = "two"
title = "Two"
gate = { roles = ["cto"] }
[[phase.step]]
id = "deploy"
title = "Deploy"
run = "echo deploying; exit 3"
undo = "echo undeployed"
"""
SECRET = "s3cret-value-of-the-token"


def carried_out(runbook: Program) -> str:
    """A run whose gate was overridden, that failed, and that was rolled back."""
    known = {"SHIP_TOKEN": SECRET}
    assert runbook("run", runbook.plan(PLAN), "--no-tui", environment=known).status == 7
    run = runbook.run_id()
    reason = "the CTO is on a plane"
    assert runbook("override", run, "two", "--reason", reason).status == 0
    assert runbook("resume", run, "--no-tui", environment=known).status == 1
    ended = runbook("rollback", run, "--scope", "run", "--yes", "--as", GRACE)
    assert ended.status == 5
    return run


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, str]]:
    """Such a run for all tests that only read it."""
    program = Program(tmp_path_factory.mktemp("told"))
    yield program, carried_out(program)
    program.close()


def test_it_tells_what_happened_and_its_head_is_an_anchor(told: tuple[Program, str]) -> None:
    runbook, run = told
    ended = runbook("report")
    assert ended.status == 0
    for words in (
        "**rolled back**",
        "## Rollback: ROLLED BACK",
        "“Deploy” failed: its command ended with exit status 3",
        "by Grace",
        "🔴 **AGAINST THE PLAN**",
        "Reason: the CTO is on a plane",
        "failed, taken back",
        "undeployed",
        "Nothing remained.",
        "holds, with 4 logs of commands",
    ):
        assert words in ended.out, words
    head = runbook.events()[-1]["hash"]
    assert head in ended.out
    assert runbook("verify", run, "--anchor", head).status == 0


@pytest.mark.parametrize("format_", ["md", "html", "json"])
def test_no_secret_and_no_markup_of_others_is_in_it(
    told: tuple[Program, str], format_: str
) -> None:
    runbook, run = told
    ended = runbook("report", run, "--format", format_)
    assert ended.status == 0
    assert "built" in ended.out
    assert SECRET not in ended.out
    assert "env SHIP" in ended.out


def test_json_has_the_times_of_each_undo(told: tuple[Program, str]) -> None:
    runbook, run = told
    body = json.loads(runbook("report", run, "--format", "json").out)
    (back,) = body["rollbacks"]
    assert back["trigger"]["kind"] == "failure"
    assert 0 <= back["decision"] < 60
    assert back["restored"] > 0
    assert [undo["title"] for undo in back["undos"]] == ["Deploy", "Build"]
    assert all(undo["seconds"] > 0 for undo in back["undos"])
    (build,) = [part for part in body["parts"] if part["id"] == "build"]
    (lines,) = [c["lines"] for c in build["commands"] if c["kind"] == "run"]
    assert lines[0].startswith("<i>built</i> with ")
    assert len(lines) == 1


def test_a_file_s_ending_says_which_format_and_nothing_is_left_beside_it(
    told: tuple[Program, str],
) -> None:
    runbook, run = told
    assert runbook("report", run, "-o", "out.json").status == 0
    assert json.loads((runbook.work / "out.json").read_text())["run"] == run
    assert runbook("report", run, "-o", "out.md").status == 0
    assert (runbook.work / "out.md").read_text().startswith("# Ship \\<b\\>it\\</b\\>\n")
    assert runbook("report", run, "-o", "out.html").status == 0
    page = (runbook.work / "out.html").read_text()
    assert "<h1>Ship &lt;b&gt;it&lt;/b&gt;</h1>" in page
    assert "AGAINST THE PLAN" in page
    names = {path.name for path in runbook.work.iterdir()}
    assert names == {"plan.toml", "out.json", "out.md", "out.html"}


def test_where_it_cannot_be_written_ends_with_2_and_says_so(told: tuple[Program, str]) -> None:
    runbook, run = told
    ended = runbook("report", run, "-o", "no/such/folder.md")
    assert (ended.status, ended.out) == (2, "")
    assert "cannot be written" in ended.err


def test_a_record_that_does_not_hold_is_reported_as_such(runbook: Program) -> None:
    run = carried_out(runbook)
    (folder,) = (runbook.home / "runs" / run / "commands").glob("build.*-run")
    (folder / "log.head").write_text("nothing happened\n")
    ended = runbook("report", run)
    assert ended.status == 8
    assert "THE RECORD DOES NOT HOLD" in ended.out
    assert "step build, run" in ended.out
    assert "does NOT hold" in ended.err


def test_an_open_run_can_be_reported_and_without_one_it_ends_with_2(runbook: Program) -> None:
    assert runbook("report").status == 2
    runbook("run", runbook.plan(PLAN), "--no-tui", environment={"SHIP_TOKEN": SECRET})
    ended = runbook("report")
    assert ended.status == 0
    assert "**open**" in ended.out
