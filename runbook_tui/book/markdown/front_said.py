"""What front matter makes of a plan: approvals, folder and shell, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from runbook_tui.book.findings import Finding
from runbook_tui.book.markdown.front_matter import Front, alike
from runbook_tui.book.markdown.gates import Sentence
from runbook_tui.book.model import Parameter, Phase, Step


def approvals(front: Front) -> Iterable[Sentence]:
    """Who must approve before the first phase begins."""
    for who, line in front.approvers:
        yield Sentence(line, who, None, ())


def as_said(phases: tuple[Phase, ...], front: Front) -> tuple[Phase, ...]:
    """The phases with the folder and the shell for every command that names none."""
    folder = front.cwd if front.cwd.strip("./ ") or front.cwd.startswith("/") else ""
    if not folder and not front.shell:
        return phases

    def step(one: Step) -> Step:
        inner = tuple(map(step, one.steps))
        if not one.run:
            return replace(one, steps=inner)
        return replace(one, cwd=one.cwd or folder or None, shell=one.shell or front.shell or None,
                       steps=inner)  # fmt: skip

    return tuple(
        replace(
            p, steps=tuple(map(step, p.steps)),
            changes=tuple(replace(c, steps=tuple(map(step, c.steps))) for c in p.changes),
        )
        for p in phases
    )  # fmt: skip


def findings(front: Front, parameters: Iterable[Parameter]) -> Iterable[Finding]:
    """What was taken, so that nobody wonders where a value comes from."""
    values = [
        given.name for given in front.parameters
        if given.name not in front.secrets and any(alike(p.name, given.name) for p in parameters)
    ]  # fmt: skip
    taken = {
        "title": front.title,
        "values": ", ".join(values),
        "roles": ", ".join(front.roles),
        "environments": ", ".join(e.name for e in front.environments),
        "estimate": front.estimate.text if front.estimate else "",
        "folder": front.cwd,
        "shell": front.shell,
        "contacts": ", ".join(c.who for c in front.contacts),
        "approval by": ", ".join(who for who, _ in front.approvers),
    }
    said = "; ".join(f"{what} “{given}”" for what, given in taken.items() if given)
    if said:
        yield Finding(
            code="front-matter", severity="info", line=front.line,
            message=f"of the front matter is taken: {said}; the rest of it is for other programs",
        )  # fmt: skip
    if front.left:
        names = "; ".join(f"{key}: {why}" for key, why in front.left.items())
        yield Finding(
            code="front-matter", severity="low", line=front.line,
            message=f"of the front matter is not acted on: {names}",
        )  # fmt: skip
    if front.secrets:
        names = ", ".join(front.secrets)
        yield Finding(
            code="front-matter", severity="medium", line=front.line,
            message=f"{names}: it looks like a secret, so its value is not taken from the plan;"
            " take it out, and give it in the environment when the run starts",
        )  # fmt: skip
