"""The runbook of a Markdown document, put together from its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from runbook_tui.book.findings import Fault, Finding, PlanFaults
from runbook_tui.book.markdown import front_matter, front_said, headings, placeholders, words
from runbook_tui.book.markdown.blocks import Page, parse
from runbook_tui.book.markdown.carrying import handed_on
from runbook_tui.book.markdown.criteria import ticked, with_criteria
from runbook_tui.book.markdown.escalations import contacts, escalations
from runbook_tui.book.markdown.findings import alternatives, findings, from_a_block
from runbook_tui.book.markdown.gates import sentences
from runbook_tui.book.markdown.joining import joined
from runbook_tui.book.markdown.leftover import code, record_estimates, record_leftover
from runbook_tui.book.markdown.passed_over import passed_over
from runbook_tui.book.markdown.phase_facts import with_facts
from runbook_tui.book.markdown.phases import phases_of
from runbook_tui.book.markdown.placing import gated
from runbook_tui.book.markdown.procedures import procedures
from runbook_tui.book.markdown.remembered import forget
from runbook_tui.book.markdown.sections import Section, tree
from runbook_tui.book.markdown.steps import Gathered
from runbook_tui.book.markdown.thresholds import alerts, thresholds
from runbook_tui.book.markdown.tied import tied
from runbook_tui.book.markdown.unwrapping import unwrapped
from runbook_tui.book.markdown.variables import variables
from runbook_tui.book.model import Runbook
from runbook_tui.book.model import Section as TextSection

FILLED_IN = re.compile(r"\s*(?:<%.*%>|\{\{.*\}\}|\{%.*%\})\s*")
"""A title that a program puts there: it says nothing here."""


def read_markdown(text: str, source: str, *, remarks: bool = True, whole: bool = True) -> Runbook:
    """The runbook of a Markdown text; raises `PlanFaults` where there is nothing to do.

    Without ``remarks`` nothing is said about the plan's sense: it is only made ready to be run.
    ``whole`` is False where it is a part of another plan: then that is looked at, not this.
    """
    try:
        return _read(text, source, remarks=remarks, whole=whole)
    finally:
        forget()


def _read(text: str, source: str, *, remarks: bool, whole: bool) -> Runbook:
    page = parse(text)
    blocks, wrapped = unwrapped(page.blocks)
    root = tree(joined(blocks))
    gathered = Gathered()
    title = _title(page, root, source)
    root.about = headings.about(title)
    phases = phases_of(root, title, gathered)
    if not any(True for p in phases for _ in p.walk()):
        raise PlanFaults(
            source, (Fault(message="nothing to do: no step, box or command was found"),)
        )
    phases, overall = with_criteria(root, phases, gathered)
    numbers = {p.id: headings.number(p.title) for p in phases} | gathered.numbers
    phases = with_facts(root, phases)
    asked = [*front_said.approvals(page.front), *sentences(root)]
    phases, roles, statements = gated(asked, phases, numbers, title)
    back = procedures(root, phases, gathered)
    record_leftover(root, gathered)
    record_estimates(root, gathered)
    found = sorted(gathered.commands, key=lambda c: c.line)
    known = variables(code(root))
    parameters = placeholders.parameters(found, known, gathered.inline, gathered.said)
    front = page.front
    parameters = front_matter.with_values(parameters, front, known.set_at)
    bound = tied(gathered.ties, phases, parameters, front.environments)
    phases, parameters = bound.phases, bound.parameters
    made = Runbook(
        title=title,
        source=source,
        format="markdown",
        phases=phases,
        criteria=overall,
        parameters=parameters,
        roles={**roles, **front.roles},
        environments=front_matter.in_places(front.environments, parameters),
        commands=tuple(c for c in found if c.rollback or c.id not in gathered.inline),
        procedures=back,
        gates=statements,
    )
    made = _with_texts(made, root, front, gathered)
    handed = handed_on(phases, parameters, found)
    whole_plan = replace(made, phases=front_said.as_said(handed.phases, front))
    if not remarks:
        return whole_plan
    found_in_it = _by_line(
        *findings(phases, statements, gathered, parameters, known, handed),
        *map(from_a_block, wrapped),
        *front_said.findings(front, parameters),
        *bound.findings,
        *alternatives(root, phases),
        *passed_over(root, phases, overall, back, gathered),
        *_of_the_whole(page, text, root, made if whole else None),
    )
    return replace(whole_plan, findings=found_in_it)


def _with_texts(
    made: Runbook, root: Section, front: front_matter.Front, gathered: Gathered
) -> Runbook:
    """The runbook with what is written beside what is done."""
    estimates = [*gathered.estimates, *filter(None, [front.estimate])]
    return replace(
        made,
        thresholds=thresholds(root, ticked(made.phases, made.criteria)),
        alerts=alerts(root),
        contacts=(*front.contacts, *contacts(root)),
        escalations=escalations(root),
        sections=tuple(
            TextSection(title=s.title, line=s.line, text=s.said) for s in _titled(root) if s.said
        ),
        rollback_sections=tuple(
            TextSection(title=s.title, line=s.line)
            for s in _titled(root)
            if headings.ROLLBACK.search(s.text)
        ),
        estimates=tuple(sorted(estimates, key=lambda e: e.line)),
    )


def _of_the_whole(page: Page, text: str, root: Section, made: Runbook | None) -> Iterator[Finding]:
    """Links to nowhere, and what is wrong with the sense of a plan that is no part of another."""
    from runbook_tui.book.markdown.links import dead_links
    from runbook_tui.book.markdown.saying import said
    from runbook_tui.book.sense import sense

    yield from dead_links(page.blocks, text)
    if made is not None:
        yield from sense(made, said(root))


def _titled(root: Section) -> Iterator[Section]:
    """The sections below headings, without labels and what stands above all of them."""
    return (s for s in root.walk() if 0 < s.level < 7)


def _by_line(*found: Finding) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda f: f.line))


def _title(page: Page, root: Section, source: str) -> str:
    named_ones = [s for s in _titled(root) if not FILLED_IN.fullmatch(s.text)]
    heads = [s for s in named_ones if s.level == 1]
    first = next(iter(named_ones), None)
    only = words.plain(heads[0].text) if len(heads) == 1 else ""
    named = words.plain(first.text) if first else ""
    return only or page.front.title or named or PurePath(source).stem or "plan"
