"""A change as teams carry it out at night, at its moments: running, late, failed, held, back."""

from __future__ import annotations

from dataclasses import replace

from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from tests.fakes.history import ADA, GRACE, LINUS, History

PLAN = """
format = 1
title = "Checkout 2.4: merge and deploy"

[roles]
cto = ["Grace <grace@example.com>"]
qa = ["*"]

[[phase]]
id = "prepare"
title = "Prepare"
risk = "low"
[[phase.step]]
id = "freeze"
title = "Freeze the main branch"
estimate = "5m"
effort = "1h"
run = "./freeze on"
undo = "./freeze off"
[[phase.step]]
id = "backup"
title = "Back the database up"
estimate = "12m"
effort = "1h"
run = "pg_dump --format=custom shop > shop.dump"
changes = false

[[phase]]
id = "core"
title = "Core deployment"
risk = "high"
gate = { roles = ["cto"], four_eyes = true, within = "30m" }
criteria = ["Golden path answers within 2 s"]
rollback_within = "10m"
[[phase.change]]
id = "pr-322"
title = "Security fixes"
pull_request = 322
risk = "medium"
[[phase.change.step]]
id = "merge-322"
title = "Merge the branch"
estimate = "5m"
run = "git merge --no-ff --no-edit origin/security-fixes"
undo = "git revert --no-edit -m 1 4f2c91a"
[[phase.change.step]]
id = "tests-322"
title = "Run the tests of what was merged"
estimate = "15m"
effort = "2h"
run = "make test"
changes = false
checks = ["Pipeline is green", "No new warnings", "Coverage is what it was"]
[[phase.change]]
id = "pr-323"
title = "Performance"
pull_request = 323
risk = "high"
[[phase.change.step]]
id = "migrate"
title = "Migrate the schema of orders and invoices"
estimate = "8m"
effort = "3h"
text = "Watch the locks. Stop if a lock waits longer than 30 s: the shop stands still then."
run = \'\'\'
psql -v ON_ERROR_STOP=1 -f migrations/0042_orders.sql
psql -v ON_ERROR_STOP=1 -f migrations/0043_invoices.sql
\'\'\'
undo = "psql -v ON_ERROR_STOP=1 -f migrations/back.sql"
checks = ["No lock waits longer than 30 s", "Replica has caught up"]
signoff = { roles = ["qa"], four_eyes = true }
[[phase.change.step]]
id = "deploy"
title = "Deploy 2.4 to all nodes"
estimate = "20m"
effort = "2h"
run = "./deploy 2.4"
undo = "./deploy 2.3"

[[phase]]
id = "after"
title = "Look after it"
[[phase.step]]
id = "tell"
title = "Tell support and sales"
estimate = "10m"
[[phase.step]]
id = "thaw"
title = "Open the main branch again"
estimate = "2m"
run = "./freeze off"
undo = "./freeze on"

[[procedure]]
title = "Core rollback"
kind = "rollback"
applies_to = ["core"]
[[procedure.stage]]
title = "Emergency actions"
window = "0-2m"
steps = [{ title = "Put the banner up" }, { title = "Call the director" }]
[[procedure.stage]]
title = "Verification"
window = "2-10m"
steps = [{ title = "Golden path is back", run = "./check.sh" }]

[[contact]]
role = "technical"
who = "Dana, +49 30 1234"
[[escalation]]
topic = "technical"
ladder = ["Lead", "Director", "CTO"]
within = "10m"
"""
OUTPUT = (
    "psql: connected to shop@db-1",
    "BEGIN",
    "ALTER TABLE orders ADD COLUMN paid_at timestamptz",
    "UPDATE orders SET paid_at = invoices.at FROM invoices",
    "UPDATE 418204",
    "CREATE INDEX orders_paid_at ON orders (paid_at)",
)


def night_plan() -> Runbook:
    """Three phases, a gate, two pull requests, a procedure with two stages."""
    return read(PLAN, "checkout.toml")


def weeks() -> History:
    """The same over three weeks, on its second day: each phase in its own time."""
    plan = night_plan()
    prepare, core, after = plan.phases
    phases = (
        replace(prepare, ends="day 2"),
        replace(core, starts="day 4", ends="day 6", effort="120h"),
        replace(after, starts="day 9", ends="day 20"),
    )
    history = History(replace(plan, phases=phases))
    _ran(history, "freeze", 100)
    history.delay += 86_400
    return history


def opened() -> History:
    """The run was begun and nothing done."""
    return History(night_plan())


def _ran(history: History, step: str, seconds: float, exit_: int = 0) -> None:
    undo = history.state.outline.steps[step].undo
    history.add(e.StepStarted(attempt=1), step)
    if undo:
        history.add(e.UndoArmed(kind="command", text=undo), step)
    _command(history, step)
    history.delay += seconds
    history.add(
        e.CommandFinished(attempt=1, kind="run", folder=f"/runs/{step}.1", exit=exit_,
                          seconds=seconds),
        step,
    )  # fmt: skip
    if exit_:
        history.add(e.StepFinished(result="failed"), step)
    elif history.state.outline.steps[step].checks:
        history.add(e.StepWaiting(), step)
    else:
        history.add(e.StepFinished(result="done"), step)


def _command(history: History, step: str) -> None:
    history.add(
        e.CommandStarted(
            attempt=1, kind="run", text=history.state.outline.steps[step].run or "",
            cwd="/srv/shop",
            shell=("bash", "-eo", "pipefail", "-c"), folder=f"/runs/{step}.1",
            environment={"HOME": "/home/ada", "PGHOST": "db-1", "PATH": "/usr/bin:/bin",
                         "RUNBOOK_STEP": step, "version": "2.4"},
            sources={"version": "parameter", "RUNBOOK_STEP": "runbook"}, withheld=("PGPASSWORD",),
        ),
        step,
    )  # fmt: skip


def at_the_gate() -> History:
    """The first phase is done; the second waits for Grace."""
    history = opened()
    _ran(history, "freeze", 100)
    _ran(history, "backup", 800)
    history.ask(r.AddNote(text="the dump is on backup-2, too", node="backup"), LINUS)
    return history


def running() -> History:
    """The schema is being migrated."""
    history = at_the_gate()
    history.delay += 240
    history.ask(r.SignNode(node="core", role="cto", comment="go"), GRACE)
    _ran(history, "merge-322", 40)
    _ran(history, "tests-322", 1010)
    for check in [check.id for check in history.state.outline.steps["tests-322"].checks]:
        history.ask(r.TickNode(node=check))
    history.delay += 30
    history.add(e.StepStarted(attempt=1), "migrate")
    history.add(
        e.UndoArmed(kind="command", text=history.state.outline.steps["migrate"].undo or ""),
        "migrate",
    )
    _command(history, "migrate")
    return history


def failed() -> History:
    """The schema's migration has failed."""
    history = running()
    history.delay += 200
    history.add(
        e.CommandFinished(attempt=1, kind="run", folder="/runs/migrate.1", exit=3, seconds=200),
        "migrate",
    )
    history.add(e.StepFinished(result="failed"), "migrate")
    return history


def waiting() -> History:
    """The migration has run; boxes and the sign-off of qa are open."""
    history = running()
    history.delay += 300
    history.add(
        e.CommandFinished(attempt=1, kind="run", folder="/runs/migrate.1", exit=0, seconds=300),
        "migrate",
    )
    history.add(e.StepWaiting(), "migrate")
    history.ask(r.TickNode(node=history.state.outline.steps["migrate"].checks[0].id), ADA)
    return history


def rolling_back() -> History:
    """Two of four undos are done, the third runs."""
    history = failed()
    history.ask(r.OpenRollback())
    history.ask(r.StartRollback(scope="run", node=""))
    rollback = history.state.rollback
    assert rollback is not None
    for step in rollback.steps[:1]:
        _undo(history, step)
        history.delay += 20
        history.add(e.UndoFinished(result="done", exit=0), step)
    _undo(history, rollback.steps[1])
    return history


def _undo(history: History, step: str) -> None:
    history.add(e.UndoStarted(), step)
    history.add(
        e.CommandStarted(attempt=1, kind="undo", text=history.state.outline.steps[step].undo or "",
                         cwd="/srv/shop", shell=("bash", "-eo", "pipefail", "-c"),
                         folder=f"/runs/{step}.undo"),
        step,
    )  # fmt: skip


def undo_failed() -> History:
    """An undo has failed, the others are done; a person has to say what comes next."""
    history = rolling_back()
    rollback = history.state.rollback
    assert rollback is not None
    history.delay += 9
    history.add(e.UndoFinished(result="failed", exit=1, reason="exit status 1"), rollback.steps[1])
    _undo(history, rollback.steps[2])
    history.add(e.UndoFinished(result="done", exit=0), rollback.steps[2])
    return history


def rolled_back(result: str = "complete") -> History:
    """The rollback has come to its end."""
    history = rolling_back()
    rollback = history.state.rollback
    assert rollback is not None
    outcome = "done" if result == "complete" else "failed"
    history.delay += 12
    history.add(e.UndoFinished(result=outcome, exit=0 if outcome == "done" else 1),
                rollback.steps[1])  # fmt: skip
    for step in rollback.steps[2:]:
        history.add(e.UndoStarted(), step)
        history.delay += 12
        history.add(e.UndoFinished(result="done", exit=0), step)
    left = () if result == "complete" else ("Merge the branch",)
    history.add(e.RollbackFinished(result=result, remaining=left, seconds=60.0))
    return history
