"""Every key of format 1, in every form that it may have."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.book import model as m
from runbook_tui.book.model import Runbook, Step
from runbook_tui.book.reader import read
from runbook_tui.book.toml.keys import arm, inner, is_table, keys
from runbook_tui.book.toml.schema import PlanTable
from tests.fakes.files import read_files

TEXT = (Path(__file__).parents[2] / "data" / "every_key.toml").read_text(encoding="utf-8")
TITLED = {(f"{kind}Table", "titled") for kind in ("Phase", "Change", "Step", "Check", "Procedure",
                                                  "Stage", "StageStep", "Watch")}  # fmt: skip
ELSEWHERE = TITLED | {("PlanTable", "extends"), ("PhaseTable", "include"), ("PhaseTable", "step"),
             ("StepTable", "hosts"), ("StepTable", "batch"),
             ("StepTable", "max_failures")}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Runbook:
    """The plan with everything in it."""
    return read(TEXT, "every_key.toml")


def step(book: Runbook, id_: str) -> Step:
    return next(s for s in book.walk() if s.id == id_)


def used(value: Any, kind: Any, found: set[tuple[str, str]]) -> None:
    """Gather the keys that tables in the value have, with the kind of the table."""
    table = arm(kind, value)
    if is_table(table) and isinstance(value, dict):
        for key, item in value.items():
            found.add((table.__name__, key))
            used(item, keys(table)[key].annotation, found)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            used(item, inner(kind, value), found)


def every(kind: Any, found: set[tuple[str, str]]) -> None:
    """Gather all keys of a table and of those in it."""
    if is_table(kind):
        for key, field in keys(kind).items():
            if (kind.__name__, key) not in found:
                found.add((kind.__name__, key))
                every(field.annotation, found)
    for part in getattr(kind, "__args__", ()):
        every(part, found)


def test_the_plan_has_every_key() -> None:
    there: set[tuple[str, str]] = set()
    all_: set[tuple[str, str]] = set()
    used(tomllib.loads(TEXT), PlanTable, there)
    every(PlanTable, all_)
    assert all_ - there <= ELSEWHERE
    assert len(all_) > 110


def test_parameters_roles_and_people(book: Runbook) -> None:
    by_name = {p.name: p for p in book.parameters}
    version = by_name["version"]
    assert (version.description, version.choices, version.pattern, version.required) == (
        "tag to ship", ("2.4", "2.5"), r"\d\.\d", True,
    )  # fmt: skip
    assert (by_name["env"].default, by_name["env"].required) == ("production", False)
    assert {name: p.secret for name, p in by_name.items() if p.secret} == {
        "token": m.Secret(env="TOKEN"),
        "licence": m.Secret(file="licence.txt"),
        "password": m.Secret(command="pass show shop"),
        "pin": m.Secret(ask=True),
    }
    assert book.roles == {"cto": ("Grace <grace@example.com>",), "qa": ("*",)}
    assert book.teams == (
        m.Team(id="backend", people=("Ada", "Edgar"), effort="200h", rate=200.0),
        m.Team(id="web", rate=99.5),
    )
    assert book.allowed_signers == "allowed_signers"
    assert book.undos_at_once == 2
    assert book.forge == m.Forge(
        github="team/shop", every=15.0, logins={"gracehopper": "Grace <grace@example.com>"}
    )


def test_phases_and_changes(book: Runbook) -> None:
    assert book.phases[0].text == "Tell everybody."
    core = book.phases[1]
    assert core.gate is not None
    assert (core.gate.roles, core.gate.count, core.gate.four_eyes, core.gate.signed) == (
        ("cto",), 1, True, True,
    )  # fmt: skip
    assert core.gate.within == 1800.0
    assert core.gate.github
    assert core.signoff is not None
    assert core.signoff.roles == ("cto", "qa")
    assert (core.risk, core.needs, core.starts, core.ends, core.effort) == (
        "critical", ("prepare",), "day 7", "day 9", "120h",
    )  # fmt: skip
    assert (core.rollback_within, core.cadence, core.when) == (300.0, 60.0, "env == 'production'")
    assert [(c.id, c.probe, c.required) for c in core.criteria] == [
        ("golden-path-answers-within-2-s", None, True), ("calm", "./calm", False),
    ]  # fmt: skip
    fixes, second = core.changes
    assert (fixes.text, fixes.pull_request, fixes.risk) == ("All of them.", 322, "low-medium")
    assert (fixes.status, fixes.priority, fixes.days) == (
        "ready", "P1", "2",
    )  # fmt: skip
    assert fixes.estimate is not None
    assert fixes.estimate.maximum == 7200.0
    assert fixes.gate is not None
    assert fixes.signoff is not None
    assert [c.title for c in fixes.criteria] == ["No finding is open"]
    assert (second.priority, second.days) == ("2", "1-2")


def test_steps(book: Runbook) -> None:
    merge = step(book, "merge")
    assert (merge.text, merge.timeout, merge.needs, merge.outputs) == (
        "From the green commit.", 1200.0, (), ("old",),
    )  # fmt: skip
    assert merge.estimate is not None
    assert merge.estimate.maximum == 900.0
    assert merge.before
    assert (merge.run, merge.undo) == (
        "git merge --no-ff --no-edit origin/pr-a", "git revert --no-edit -m 1 HEAD",
    )  # fmt: skip
    assert merge.verify_undo == "git diff --quiet ${{ old }} HEAD"
    assert merge.undo_ready == "git cat-file -e ${{ old }}"
    assert merge.undo_timeout == 1800.0
    assert [(c.title, c.probe) for c in merge.checks] == [
        ("Pipeline is green", None), ("Staging answers", "curl -fsS $staging/health"),
    ]  # fmt: skip
    assert merge.signoff is not None
    assert merge.signoff.four_eyes
    assert merge.gate is not None
    assert (merge.required, merge.rehearse, merge.on_failure) == (
        True, "git merge-tree HEAD origin/pr-a", "ask",
    )  # fmt: skip
    assert (merge.when, merge.effort, merge.evidence) == ("version != '2.3'", "2h", ("merge.log",))
    assert (merge.cwd, merge.env, merge.shell) == ("repo", {"LANG": "C"}, "bash -c")
    assert merge.expect == m.Expect(exits=(0, 1), output="Merge made")
    assert (merge.retries, merge.confirm, merge.role) == (2, "Merge now?", "lead")
    look = step(book, "look")
    assert (look.effect, look.interactive, look.optional) == (False, True, True)
    assert look.expect.exits == (0,)
    assert [s.id for s in merge.walk()] == ["merge", "look", "look-closer"]
    assert (step(book, "push").action, step(book, "push").arguments) == (
        "git.push", {"remote": "origin", "branch": "main"},
    )  # fmt: skip
    serve = step(book, "serve")
    assert (serve.background, serve.ready, serve.irreversible, serve.hosts) == (
        True, "curl -fsS $staging", "Customers see it", (),
    )  # fmt: skip


def test_watches_and_procedures(book: Runbook) -> None:
    golden, queue, health, speed, errors, depth, aimed = book.watches
    assert (aimed.title, aimed.target) == ("Success rate", "Success rate")
    assert golden.probe.prometheus == {"url": "http://127.0.0.1:9090", "query": "success_rate"}
    assert (golden.every, golden.below, golden.samples, golden.severity) == (
        30.0, 99.0, 2, "critical",
    )  # fmt: skip
    assert (golden.respond_within, golden.on_breach) == (0.0, "propose-rollback")
    assert (queue.probe.run, queue.above, queue.on_breach) == ("./queue", 10.0, "alert")
    assert health.probe.http == {"url": "http://127.0.0.1:8080/health", "json": "status"}
    assert (health.on_breach, errors.on_breach) == ("block", "rollback")
    assert (queue.clears_below, queue.clears_for, queue.failure_limit) == (8.0, 3, 5)
    assert (queue.error_limit, queue.unreadable, queue.timeout, queue.unit) == (
        4, "breach", 5.0, "jobs",
    )  # fmt: skip
    assert (health.probe.headers, health.equal) == ({"Authorization": "Bearer ${{ token }}"}, 0.0)
    assert speed.probe.http == {"url": "http://127.0.0.1:8080/health", "measure": "seconds"}
    assert (depth.every, depth.applies_to, depth.clears_above) == (None, ("core",), 6.0)
    assert depth.probe.headers == {"X-Scope": "shop"}
    assert depth.dashboard == "https://grafana.example.com/d/depth"
    back, recovery = book.procedures
    assert (back.id, back.kind, back.applies_to) == ("back", "rollback", ("core", "pr-a", "merge"))
    now = back.stages[0]
    assert (now.id, now.from_minute, now.to_minute) == ("now", 0.0, 2.0)
    assert [(s.title, s.run) for s in now.steps] == [
        ("Verify restoration", "./check.sh"), ("Call the director", None), ("Breathe", None),
    ]  # fmt: skip
    assert now.steps[0].id == "verify"
    assert (recovery.kind, recovery.stages[0].to_minute) == ("recovery", 7 * 1440.0)


def test_environments(book: Runbook) -> None:
    (one,) = book.environments
    assert (one.name, one.values, one.colour, one.production) == (
        "production", {"version": "2.4"}, "red", True,
    )  # fmt: skip


def test_targets_and_people_to_call(book: Runbook) -> None:
    assert [(t.name, t.op, t.value, t.unit, t.current) for t in book.thresholds] == [
        ("Success rate", ">", 99.5, "%", 99.2), ("Latency", "<", 200.0, "", None),
        ("Workers", ">=", 8.0, "", None), ("Queue", "<=", 10.0, "", None),
        ("Conflicts", "=", 0.0, "", None),
    ]  # fmt: skip
    assert book.thresholds[0].group == "Golden path"
    assert [(a.severity, a.condition, a.respond_within) for a in book.alerts] == [
        ("critical", "Success rate below 95 %", 300.0)
    ]
    assert [(s.title, s.text) for s in book.sections] == [("Key commands", "…")]
    assert [(c.role, c.who) for c in book.contacts] == [("technical", "Engineering Director")]
    assert [(e.topic, e.ladder, e.within) for e in book.escalations] == [
        ("technical", ("Lead", "Director", "CTO"), 1800.0)
    ]


def test_what_a_plan_in_markdown_says_beside_its_steps(book: Runbook) -> None:
    assert (book.advised, [c.title for c in book.criteria]) == (False, ["Nobody has complained"])
    ticket = next(p for p in book.parameters if p.name == "ticket")
    assert (ticket.placeholder, ticket.declared) == ("<TICKET>", False)
    closer = step(book, "look-closer").estimate
    assert closer is not None
    assert (closer.minimum, closer.maximum) == (3 * 3600.0, 4 * 3600.0)
    assert step(book, "look").parts == ("block-1",)
    by_id = {c.id: c for c in book.commands}
    assert "look.run" not in by_id
    assert (by_id["block-1"].step, by_id["block-1"].language) == ("look", "sh")
    orders = by_id["block-2"]
    assert (orders.runnable, orders.rollback, orders.by_hand) == (False, True, True)
    assert (orders.label, orders.section) == ("Orders", "Way back")
    assert [s.title for s in book.rollback_sections] == ["Way back"]
    assert ("Security board", "prepare") in [(g.approver, g.before) for g in book.gates]
    whole = book.estimates[-1]
    assert (whole.text, whole.maximum) == ("The whole", 9 * 86400.0)


def test_keys_that_need_other_files() -> None:
    files = {
        "plan.toml": 'format = 1\nextends = "base.toml"\n[[phase]]\nid = "more"\n'
        'include = "part.toml"\n[[phase.step]]\ntitle = "Far"\nhosts = ["a", "b"]\nrun = "x"\n'
        "batch = 1\nmax_failures = 2\n",
        "base.toml": 'format = 1\ntitle = "B"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = '
        '"S"\nhost = "h"\n',
        "part.toml": 'format = 1\ntitle = "Q"\n[[phase]]\ntitle = "R"\n[[phase.step]]\n'
        'title = "T"\n',
    }
    book = read_files(files)
    assert [s.id for s in book.walk()] == ["s", "more.t", "far"]
    assert [s.hosts for s in book.walk()] == [("h",), (), ("a", "b")]
    assert [(s.batch, s.max_failures) for s in book.walk()] == [(None, 0), (None, 0), (1, 2)]


def test_what_is_announced(book: Runbook) -> None:
    quiet, mark, change = book.announcements
    assert quiet == m.Announcement(
        id="quiet", form="alertmanager", url="http://alerts.example.com:9093", line=quiet.line,
        token=m.Secret(env="ALERTS_TOKEN"), expires=600.0, applies_to=("core",),
        matchers=('alertname=~"Shop.*"', 'env="${{ env }}"'),
    )  # fmt: skip
    assert (mark.id, mark.tags, mark.dashboard, mark.panel, mark.text) == (
        "grafana", ("deploy",), "shop", 3, "checkout ${{ version }}",
    )  # fmt: skip
    assert change.token == m.Secret(file="pagerduty.key")
