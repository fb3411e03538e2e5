"""All that a plan can have run or read: what somebody is shown who has to trust it."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import (
    Announcement,
    Change,
    Check,
    Parameter,
    Phase,
    Runbook,
    Secret,
    Step,
    Tell,
    Watch,
)
from runbook_tui.frozen import frozen

TEXTS = ("before", "run", "ready", "undo", "verify_undo", "undo_ready")


@frozen
class Runs:
    """Something that is run: ``where`` in the plan, ``what`` it is for, and its ``text``."""

    where: str
    what: str
    text: str


def every_command(runbook: Runbook) -> Iterator[Runs]:
    """Everything, in the order of the plan; what stands beside its steps comes last."""
    for parameter in runbook.parameters:
        yield from _of_secret(parameter)
    for phase in runbook.phases:
        nodes: list[Phase | Change] = [phase, *phase.changes]
        for node in nodes:
            yield from _probes(f"“{node.title}”", node.criteria)
        for step in phase.walk():
            yield from _of_step(step)
    yield from _probes("the whole", runbook.criteria)
    for watch in runbook.watches:
        yield from _of_watch(watch)
    yield from _to_others(runbook)
    for procedure in runbook.procedures:
        for stage in procedure.stages:
            for inner in stage.steps:
                if inner.run is not None:
                    yield Runs(where=f"procedure “{procedure.title}”, “{inner.title}”",
                               what="run", text=inner.run)  # fmt: skip
    for command in runbook.commands:
        if command.kept_for_rollback or command.kept_for_failure:
            when = "after a rollback" if command.kept_for_rollback else "where something failed"
            yield Runs(where=f"offered {when} (line {command.line})", what="run",
                       text=command.text)  # fmt: skip


def _of_step(step: Step) -> Iterator[Runs]:
    on = f" on {', '.join(step.hosts)}" if step.hosts else ""
    where = f"step “{step.title}”{on}"
    if step.action is not None:
        given = " ".join(f"{name}={value}" for name, value in step.arguments.items())
        yield Runs(where=where, what="action", text=f"{step.action} {given}".strip())
    for name in TEXTS:
        if text := getattr(step, name):
            yield Runs(where=where, what=name, text=text)
    if step.rehearsal_text is not None:
        yield Runs(where=where, what="rehearse", text=step.rehearsal_text)
    yield from _probes(where, step.checks)
    if step.shell is not None:
        yield Runs(where=where, what="shell", text=step.shell)
    for name, value in step.env.items():
        yield Runs(where=where, what="env", text=f"{name}={value}")


def _probes(where: str, checks: tuple[Check, ...]) -> Iterator[Runs]:
    for check in checks:
        if check.probe is not None:
            yield Runs(where=where, what=f"probe of “{check.title}”", text=check.probe)


def _of_secret(parameter: Parameter) -> Iterator[Runs]:
    yield from _of_source(f"secret “{parameter.name}”", parameter.secret)


def _of_source(where: str, secret: Secret | None) -> Iterator[Runs]:
    if secret is None:
        return
    for what, text in (("run", secret.command), ("reads the file", secret.file),
                       ("reads the variable", secret.env)):  # fmt: skip
        if text:
            yield Runs(where=where, what=what, text=text)


def _of_watch(watch: Watch) -> Iterator[Runs]:
    where = f"watch “{watch.title}”"
    if watch.probe.run is not None:
        yield Runs(where=where, what="run", text=watch.probe.run)
    for what, asked in (("asks", watch.probe.http), ("asks", watch.probe.prometheus)):
        if asked is not None:
            yield Runs(where=where, what=what, text=asked.get("url", ""))


def _to_others(runbook: Runbook) -> Iterator[Runs]:
    yield from _of_telling(runbook.tell)
    for one in runbook.announcements:
        yield from _of_announcement(one)


def _of_announcement(one: Announcement) -> Iterator[Runs]:
    where = f"announcement “{one.id}”"
    yield Runs(where=where, what=f"tells ({one.form})", text=one.url)
    if one.matchers:
        yield Runs(where=where, what="silences", text=", ".join(one.matchers))
    yield from _of_source(where, one.token)


def _of_telling(tell: Tell) -> Iterator[Runs]:
    where = "alarms"
    if tell.command is not None:
        yield Runs(where=where, what="run", text=tell.command)
    for hook in tell.webhooks:
        yield Runs(where=where, what="tells", text=hook.url)
        yield from _of_source(where, hook.key)
    for reached in tell.apprise:
        yield Runs(where=where, what="tells, over Apprise", text=reached.name)
        yield from _of_source(where, reached.url)


def listed(runbook: Runbook) -> list[str]:
    """The same in lines: each place once, then what runs there, to its end."""
    lines: list[str] = []
    place = ""
    for found in every_command(runbook):
        if found.where != place:
            lines.append(found.where)
            place = found.where
        first, *rest = found.text.strip().splitlines() or [""]
        lines.append(f"    {found.what}: {first}")
        lines += [f"        {line}" for line in rest]
    return lines or ["it runs nothing"]
