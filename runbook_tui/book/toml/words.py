"""What a TOML plan says beside what is done: alerts, people, texts, blocks of commands, times.

Each comes behind what the plans say of it that this one takes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from runbook_tui.book import model as m
from runbook_tui.book.announcing import announced_by
from runbook_tui.book.lost import Lost
from runbook_tui.book.telling import told_by
from runbook_tui.book.toml import schema as t
from runbook_tui.book.toml.nodes import Nodes

Others = Sequence[m.Runbook]
"""The plans that are taken in."""


def with_words(
    runbook: m.Runbook, plan: t.PlanTable, nodes: Nodes, others: Others, lost: Lost
) -> m.Runbook:
    """A runbook with what its plan says about it; ``nodes`` have been read by now."""
    sections = list(_sections(plan, nodes))
    announced = (one for other in others for one in other.announcements)
    return replace(
        runbook,
        alerts=tuple(_alerts(plan, nodes, others)),
        contacts=tuple(_contacts(plan, nodes, others)),
        escalations=tuple(_escalations(plan, nodes, others)),
        tell=told_by((other.tell for other in others), plan.tell, nodes, lost=lost.telling),
        announcements=announced_by(announced, plan.announce, nodes),
        sections=(
            *(section for other in others for section in other.sections),
            *(section for section, rollback in sections if not rollback),
        ),
        rollback_sections=(
            *(section for other in others for section in other.rollback_sections),
            *(section for section, rollback in sections if rollback),
        ),
        commands=tuple(_commands(plan, nodes, others)),
        gates=tuple(_gates(plan, nodes, others)),
        estimates=tuple(_estimates(plan, nodes, others)),
        findings=(*(f for other in others for f in other.findings), *nodes.findings),
    )


def _alerts(plan: t.PlanTable, nodes: Nodes, others: Others) -> Iterator[m.Alert]:
    for other in others:
        yield from other.alerts
    for number, table in enumerate(plan.alert):
        yield m.Alert(
            severity=table.severity,
            condition=table.condition,
            line=nodes.line(("alert", number)),
            respond_within=table.respond_within,
        )


def _contacts(plan: t.PlanTable, nodes: Nodes, others: Others) -> Iterator[m.Contact]:
    for other in others:
        yield from other.contacts
    for number, table in enumerate(plan.contact):
        yield m.Contact(role=table.role, who=table.who, line=nodes.line(("contact", number)))


def _escalations(plan: t.PlanTable, nodes: Nodes, others: Others) -> Iterator[m.Escalation]:
    for other in others:
        yield from other.escalations
    for number, table in enumerate(plan.escalation):
        yield m.Escalation(
            topic=table.topic,
            ladder=tuple(table.ladder),
            within=table.within,
            on=tuple(table.on),
            line=nodes.line(("escalation", number)),
        )


def _sections(plan: t.PlanTable, nodes: Nodes) -> Iterator[tuple[m.Section, bool]]:
    """Its texts, each with whether it is about a rollback."""
    for number, table in enumerate(plan.section):
        line = nodes.line(("section", number))
        yield m.Section(title=table.title, text=table.text, line=line), table.rollback


def _commands(plan: t.PlanTable, nodes: Nodes, others: Others) -> Iterator[m.Command]:
    yield from nodes.replaced.left_commands(c for other in others for c in other.commands)
    yield from sorted(nodes.commands, key=lambda command: command.line)
    for number, table in enumerate(plan.command):
        yield m.Command(
            id=table.id,
            line=nodes.line(("command", number)),
            language=table.language,
            text=table.text,
            runnable=table.runnable,
            rollback=table.rollback,
            step=table.step,
            label=table.label,
            section=table.section,
            by_hand=table.by_hand,
            for_failure=table.for_failure,
        )


def _gates(plan: t.PlanTable, nodes: Nodes, others: Others) -> Iterator[m.GateStatement]:
    """Sentences that ask for an approval, those of nodes unless the plan says one of its own."""
    said = {table.before for table in plan.approval}
    yield from nodes.replaced.left_gates(g for other in others for g in other.gates)
    yield from (gate for gate in nodes.gates if gate.before not in said)
    for number, table in enumerate(plan.approval):
        line = nodes.line(("approval", number))
        yield m.GateStatement(approver=table.approver, before=table.before, line=line)


def _estimates(plan: t.PlanTable, nodes: Nodes, others: Others) -> Iterator[m.Estimate]:
    yield from nodes.replaced.left_estimates(e for other in others for e in other.estimates)
    yield from nodes.estimates
    for number, table in enumerate(plan.takes):
        least, most = table.takes
        line = nodes.line(("takes", number))
        yield m.Estimate(minimum=least, maximum=most, text=table.text, line=line)
