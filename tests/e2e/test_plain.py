"""Plain mode: lines, one question at a time, and nothing that is drawn over."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pexpect
import pytest

from tests.programs import Program

PLAN = """\
format = 1
title = "Plain"
[roles]
qa = ["*"]
[[phase]]
title = "One"
[[phase.step]]
id = "made"
title = "Make it"
text = "Makes a file."
run = "touch made"
undo = "rm made"
[[phase.step]]
id = "hands"
title = "By hand"
[[phase.step]]
id = "fails"
title = "Fails once"
run = "test -e again || { touch again; exit 3; }"
changes = false
[[phase]]
title = "Two"
gate = { roles = ["qa"] }
[[phase.step]]
id = "last"
title = "Last"
run = "touch last"
undo = "rm last"
"""


@pytest.fixture
def plain(runbook: Program) -> Iterator[pexpect.spawn[str]]:
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "run", str(runbook.plan(PLAN)), "--plain"],
        cwd=str(runbook.work), env=runbook.environment(TERM="xterm", NO_COLOR="1"),
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    yield child
    child.close(force=True)


def say(child: pexpect.spawn[str], words: str) -> None:
    child.expect(r"do \[1\]")
    child.sendline(words)


def test_a_person_goes_through_all_of_it(runbook: Program, plain: pexpect.spawn[str]) -> None:
    plain.expect("step 1 of 4: Make it")
    plain.expect("Makes a file.")
    plain.expect("runs: touch made")
    plain.expect("undo: rm made")
    say(plain, "nonsense")
    plain.expect("that is no answer here")
    say(plain, "help")
    plain.expect("NUMBER +do what has that number")
    assert not (runbook.work / "made").exists()
    say(plain, "")
    plain.expect("“By hand” is done by hand")
    assert (runbook.work / "made").exists()
    say(plain, "note")
    plain.expect("note")
    plain.sendline("the tide is low")
    say(plain, "1")
    plain.expect("step 3 of 4: Fails once")
    say(plain, "run")
    plain.expect("Fails once” failed")
    plain.expect("1. try “Fails once” again")
    plain.expect("2. roll back: shows what would be taken back, and asks")
    plain.expect("3. leave it out; the reason is asked for")
    say(plain, "2")
    plain.expect("rm made")
    plain.expect("y/N")
    plain.sendline("n")
    plain.expect("nothing was started")
    plain.expect("Fails once” failed")
    say(plain, "list")
    plain.expect("failed: Fails once, open")
    say(plain, "1")
    # Who does not say yes has not rejected it.
    for answer in ("n", "y"):
        plain.expect("gate of “Two” waits for qa")
        say(plain, "")
        plain.expect("comment")
        plain.sendline("looks well")
        plain.expect("Approve as qa")
        plain.sendline(answer)
        if answer == "n":
            plain.expect("nothing was decided")
    plain.expect("step 4 of 4: Last")
    say(plain, "")
    plain.expect("Plain")
    plain.expect(pexpect.EOF)
    plain.close()
    assert plain.exitstatus == 0
    assert "\x1b[2J" not in (plain.before or "")
    assert {"note.added", "signoff.given", "run.finished"} <= set(runbook.types())
    assert runbook.types().count("signoff.given") == 1


LONG = """\
format = 1
title = "Long"
[[phase]]
title = "One"
[[phase.step]]
id = "made"
title = "Make it"
run = "echo value=7 >> $RUNBOOK_OUTPUT; touch made"
undo = '''
test -e made
rm made
echo gone
echo really
echo the last line
'''
outputs = ["value"]
"""


def test_who_listens_hears_the_beginning_of_a_long_undo_and_all_of_it_when_asked(
    runbook: Program,
) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "runbook_tui", "run", str(runbook.plan(LONG)), "--plain"],
        cwd=str(runbook.work), env=runbook.environment(TERM="xterm", NO_COLOR="1"),
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    child.expect(r"undo: test -e made … \(5 lines; whole reads them\)")
    say(child, "whole")
    assert "the last line" not in (child.before or "")
    child.expect("echo the last line")
    say(child, "")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    told = child.before or ""
    assert "“Make it”: started" in told
    assert "“Make it”: done" in told
    assert "value = 7" not in told
    assert "undo ready" not in told


def test_back_takes_everything_back(runbook: Program, plain: pexpect.spawn[str]) -> None:
    say(plain, "")
    plain.expect("“By hand” is done by hand")
    say(plain, "back")
    plain.expect("rm made")
    plain.expect("y/N")
    plain.sendline("y")
    plain.expect(r"the run is open: `runbook resume \S+ --plain` goes on with it")
    plain.expect(pexpect.EOF)
    plain.close()
    assert plain.exitstatus == 5
    assert not (runbook.work / "made").exists()


def test_skipping_asks_why_and_leaving_leaves(runbook: Program, plain: pexpect.spawn[str]) -> None:
    for word in ("back", "rollback", "\x1b[20~"):  # The last is what F9 sends.
        say(plain, word)
        plain.expect("nothing to roll back")
        plain.expect("step 1 of 4: Make it")
    say(plain, "skip")
    plain.expect("why is it skipped")
    plain.sendline("not today")
    plain.expect("“By hand” is done by hand")
    say(plain, "leave")
    plain.expect(r"go on with: +runbook resume \S+ --plain")
    plain.expect(pexpect.EOF)
    plain.close()
    assert plain.exitstatus == 7
    assert "step.skipped" in runbook.types()


def test_without_anybody_to_answer_it_is_refused(runbook: Program) -> None:
    ended = runbook("run", runbook.plan(PLAN), "--plain")
    assert ended.status == 2
    assert "--no-tui" in ended.err
