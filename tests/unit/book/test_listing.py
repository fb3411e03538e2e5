"""``show`` names what binds a step and how it runs."""

from __future__ import annotations

import pytest

from runbook_tui.book.listing import listing
from runbook_tui.book.reader import read
from runbook_tui.book.recognised import recognised

PLAN = """\
format = 1
title = "T"
[parameters.where]
choices = ["eu", "us"]
description = "which region"
[roles]
cto = ["*"]
[[phase]]
title = "P"
gate = { roles = ["cto"], four_eyes = true, count = 2, within = "30m" }
criteria = ["All is calm"]
[[phase.step]]
id = "serve"
title = "Serve"
run = "serve"
undo = "stop"
verify_undo = "! serving"
background = true
ready = "curl -f x"
when = "where == 'eu'"
timeout = "20m"
retries = 2
expect = { exit = 3, output = "up" }
confirm = "Sure?"
checks = [{ title = "It answers", required = false }]
[[phase.step]]
title = "Elsewhere"
needs = ["serve"]
run = "x"
changes = false
host = "db1"
[[threshold]]
name = "Latency"
below = 200
unit = "ms"
[[contact]]
role = "lead"
who = "Ada"
[[watch]]
title = "Errors"
run = "count errors"
above = 10
for = 2
unit = "/s"
on_breach = "block"
[[watch]]
title = "Load"
prometheus = { url = "http://127.0.0.1:9090", query = "load" }
above = 3
"""


@pytest.mark.parametrize("words", [
    "gate: cto (2 each; four eyes; within 30 m)",
    "in the background", "at most 20 m", "tried 2 more times", "exit status 3 expected",
    "when where == 'eu'", "done when it holds: $ curl -f x", "its output must match: up",
    "taken back if it holds: $ ! serving", "asks first: Sure?",
    "☐ It answers  [it-answers]  (optional)", "☐ criterion: All is calm  [all-is-calm]",
    "on db1", "needs serve", "only looks",
    "where (asked for), one of eu, us: which region",
    "Latency < 200 ms", "lead: Ada",
    "[errors], above 10 /s, 2 in a row, on a breach: block  $ count errors",
    "[load], above 3  http://127.0.0.1:9090 load",
])  # fmt: skip
def test_it_says(words: str) -> None:
    assert words in "\n".join(listing(read(PLAN, "p.toml", lambda name: "")))


def test_who_is_told_next_and_when_and_what_comes_after_a_rollback() -> None:
    plan = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
title = "S"
[[procedure]]
title = "The day after"
kind = "recovery"
[[procedure.stage]]
title = "Stabilize"
window = "0-1d"
[[escalation]]
topic = "technical"
ladder = ["Lead", "CTO"]
within = "30m"
[[escalation]]
topic = "security"
ladder = ["Lead", "CTO"]
within = "0m"
"""
    lines = [line.strip() for line in listing(read(plan, "p.toml"))]
    assert "recovery: The day after  [the-day-after]" in lines
    assert "0–1 d  Stabilize  [stabilize]" in lines
    assert "technical: Lead → CTO, the next after 30 m" in lines
    assert "security: Lead → CTO, at once" in lines


def test_what_a_step_does_in_a_rehearsal_is_shown() -> None:
    text = """\
format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
title = "Real"
run = "true"
changes = false
rehearse = true
[[phase.step]]
title = "Dry"
run = "./ship"
undo = "./unship"
rehearse = "./ship --dry-run"
"""
    lines = "\n".join(listing(read(text, "p.toml")))
    assert "really runs in a rehearsal" in lines
    assert "in a rehearsal instead: $ ./ship --dry-run" in lines


def test_a_rollback_that_is_only_a_block_of_commands_is_shown() -> None:
    text = """\
# Ship

1. Deploy

```bash
./ship
```

## Rollback

```bash
./unship
```
"""
    lines = list(listing(read(text, "p.md")))
    assert lines[lines.index("rollback: Rollback") + 1] == "  $ ./unship"


ACTS = """\
format = 1
title = "T"
[[phase]]
title = "P"
step = [
  { title = "Merge", action = "git.merge", with = { branch = "x" } },
  { title = "Start", action = "github.dispatch", with = { workflow = "w" } },
  { title = "Cancels", action = "github.dispatch", with = { workflow = "w", on_undo = "cancel" } },
  { title = "Own", action = "github.dispatch", with = { workflow = "w" }, undo = "./back" },
  { title = "Look", action = "git.fetch" },
]
"""
ACTS_MD = """\
# T

1. Merge <!-- runbook: action="git.merge" with={branch="x"} -->
2. Start <!-- runbook: action="github.dispatch" with={workflow="w"} -->
3. Look <!-- runbook: action="git.fetch" -->
"""


@pytest.mark.parametrize(
    ("text", "name", "undone", "bare"), [(ACTS, "p.toml", 3, 7), (ACTS_MD, "p.md", 1, 4)]
)
def test_an_undo_that_an_action_brings_counts_and_one_that_it_lacks_is_missed(
    text: str, name: str, undone: int, bare: int
) -> None:
    found = read(text, name)
    assert f"with a command, {undone} with an undo)" in recognised(found)
    lines = [line.strip() for line in listing(found)]
    assert lines[lines.index("$ git.merge") + 1] == "↶ brought by the action"
    assert lines[lines.index("$ github.dispatch") + 1] != "↶ brought by the action"
    assert "only looks" in lines[lines.index("$ git.fetch") - 1]
    assert [f.line for f in found.findings if f.code == "no-undo"] == [bare]
