"""``runbook resume [RUN]``: go on as lead."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import say
from runbook_tui.cli.people import actor, as_option, by_option
from runbook_tui.cli.screen import need_terminal, show

if TYPE_CHECKING:
    from runbook_tui.cli.taking import Taking
    from runbook_tui.cli.values import Values
    from runbook_tui.run.events import Actor
    from runbook_tui.tui.opening import Opened, Opening


@click.command("resume")
@click.argument("run", required=False)
@click.option("--no-tui", is_flag=True, help="work as lines of text; stop where a person is needed")
@click.option("--yes", is_flag=True, help="answer confirmations; never a sign-off, gate or tick")
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="a value a step waits for")
@click.option(
    "--take-plan",
    "plan",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="go on with the plan as FILE says it, once the difference is shown",
)
@click.option("--reason", default="", help="why, where a plan is taken over that asks less")
@click.option("--trust", metavar="DIGEST", help="the plan from elsewhere that may be taken over")
@by_option
@as_option
def command(
    run: str | None,
    no_tui: bool,
    yes: bool,
    pairs: tuple[str, ...],
    plan: Path | None,
    reason: str,
    trust: str | None,
    people: tuple[str, ...],
    claimed: str | None,
) -> int:
    """Go on with a run as its lead; a step that failed is tried again."""
    may_ask = say.interactive() and not yes
    if not no_tui:
        need_terminal()
        if plan is None:
            return _on_screen(run, claimed, pairs, may_ask=may_ask)
    from runbook_tui.cli.leading import lead_lines
    from runbook_tui.cli.taking import agreed, look

    who = actor(claimed)
    if plan is not None:
        from runbook_tui.cli.replacing import replace_plan

        chosen = replace_plan(plan, run, who, may_ask=may_ask, yes=yes, reason=reason,
                              trust=trust)  # fmt: skip
        if not no_tui:
            return _on_screen(chosen, claimed, pairs, may_ask=may_ask)
    else:
        chosen = agreed(look(run, who), may_ask=may_ask)
    values = _given(chosen, pairs)
    say.err(f"run {chosen}")
    return lead_lines(chosen, who, values, yes=yes, resume=plan is None, after=None, people=people)


def on_screen(run: str, *, first: str = "") -> int:
    """Go on with a run on the screen; ``first``: what is shown first."""
    return _on_screen(run, None, (), may_ask=True, first=first)


class YesWanted(Exception):
    """The run is found, and the terminal is needed to ask whether it is to change hands."""

    def __init__(self, taking: Taking) -> None:
        super().__init__()
        self.taking = taking


def _on_screen(
    run: str | None,
    claimed: str | None,
    pairs: tuple[str, ...],
    *,
    may_ask: bool,
    first: str = "",
) -> int:
    """The screen first, the run beside it; what only a terminal can answer in between."""
    from runbook_tui.tui.opening import Opening

    name = f"run {run}" if run else "the newest run"
    try:
        opening = Opening(name, partial(_look, run, claimed, pairs, may_ask))
        return show(opening, "resume", first=first)
    except YesWanted as wanted:
        taking = wanted.taking
    from runbook_tui.cli.taking import agreed

    chosen = agreed(taking, may_ask=True)
    opening = Opening(f"run {chosen}", partial(_open, chosen, actor(claimed), pairs))
    return show(opening, "resume", first=first)


def _look(
    run: str | None, claimed: str | None, pairs: tuple[str, ...], may_ask: bool, opening: Opening
) -> Opened:
    from runbook_tui.cli.taking import look

    opening.doing = "looking the run up"
    who = actor(claimed)
    taking = look(run, who)
    if taking.question and may_ask:
        raise YesWanted(taking)
    opening.name = f"run {taking.run}"
    return _open(taking.run, who, pairs, opening, said=taking.words)


def _open(
    run: str, who: Actor, pairs: tuple[str, ...], opening: Opening, *, said: str = ""
) -> Opened:
    from runbook_tui.cli.leading import led

    opening.doing = "reading the plan and the journal"
    values = _given(run, pairs)
    return led(run, who, values, opening, resume=True, said=said)


def _given(run: str, pairs: tuple[str, ...]) -> Values:
    """Values held against the run's own copy of the plan."""
    from runbook_tui.cli.values import Values, given

    if not pairs:
        return Values()
    from runbook_tui import wiring
    from runbook_tui.book.reader import read
    from runbook_tui.cli.opening import reading
    from runbook_tui.run.events import PlanCopy
    from runbook_tui.session.opening import expanded, plan_of

    with reading() as journal:
        copies = [x.payload for x in journal.events(run) if isinstance(x.payload, PlanCopy)]
    plan = plan_of(copies[-1], read)
    steps = expanded(plan, wiring.surroundings()).walk()
    return given(pairs, plan, {name for step in steps for name in step.outputs})
