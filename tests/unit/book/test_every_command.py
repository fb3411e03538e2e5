"""What somebody is shown who has to trust a plan: every text of it that can be run or read."""

from __future__ import annotations

from pathlib import Path

from runbook_tui.book.every_command import every_command, listed
from runbook_tui.book.reader import read

PLAN = """\
format = 1
title = "T"
[parameters.token]
secret = { command = "SECRET" }
[[phase]]
title = "P"
criteria = [{ title = "C", probe = "CRITERION" }]
[[phase.change]]
title = "Change"
[[phase.change.step]]
title = "S"
host = "web1"
before = 'BEFORE'
run = '''
RUN one
RUN two'''
undo = "UNDO"
verify_undo = "VERIFY"
undo_ready = "UNDO-READY"
rehearse = "REHEARSE"
shell = "SHELL -c"
env = { ENV = "value" }
background = true
ready = "READY"
checks = [{ title = "B", probe = "PROBE" }]
[[phase.step]]
title = "Holds"
[[phase.step.step]]
title = "Inner"
run = "INNER"
undo = "true"
[[phase.step]]
title = "Merge"
action = "git.merge"
with = { branch = "ACTION" }
[[watch]]
title = "W"
run = "WATCH"
every = "5s"
below = 1
[[watch]]
title = "H"
http = { url = "http://127.0.0.1/HTTP", json = "a" }
every = "5s"
below = 1
[[procedure]]
title = "Back"
kind = "rollback"
[[procedure.stage]]
title = "First"
window = "0-5m"
steps = [{ title = "Act", run = "STAGE" }]
"""


def test_nothing_that_runs_is_left_out() -> None:
    lines = "\n".join(listed(read(PLAN, "p.toml", lambda name: "")))
    for word in ("SECRET", "CRITERION", "BEFORE", "RUN one", "RUN two", "UNDO", "VERIFY",
                 "UNDO-READY", "REHEARSE", "SHELL -c", "ENV=value", "READY", "PROBE", "INNER",
                 "git.merge branch=ACTION", "WATCH", "http://127.0.0.1/HTTP", "STAGE",
                 "step “S” on web1"):  # fmt: skip
        assert word in lines


def test_each_runnable_fence_of_a_markdown_plan_is_in_it() -> None:
    text = Path("tests/data").parent.parent.joinpath("runbooks").glob("*.md")
    for path in text:
        runbook = read(path.read_text(encoding="utf-8"), path.name, lambda name: "")
        shown = "\n".join(found.text for found in every_command(runbook))
        for step in runbook.walk():
            assert step.run is None or step.run in shown
        for command in runbook.commands:
            if command.kept_for_rollback:
                assert command.text in shown
