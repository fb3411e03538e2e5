"""``runbook resume [RUN]``: go on as lead."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option, by_option
from runbook_tui.cli.screen import need_terminal, show
from runbook_tui.cli.sharing import address, share_option

if TYPE_CHECKING:
    from runbook_tui.cli.leading import Takeover
    from runbook_tui.cli.taking import Taking
    from runbook_tui.cli.values import Values
    from runbook_tui.run.events import Actor
    from runbook_tui.tui.opening import Opened, Opening


@click.command("resume")
@click.argument("run", required=False)
@click.option("--no-tui", is_flag=True, help="work as lines of text; stop where a person is needed")
@click.option("--plain", is_flag=True, help="as lines, and ask: for screen readers")
@click.option("--yes", is_flag=True, help="answer confirmations; never a sign-off, gate or tick")
@click.option("-p", "pairs", multiple=True, metavar="NAME=VALUE", help="a value a step waits for")
@click.option(
    "--take-plan",
    "plan",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="go on with the plan as FILE says it, once the difference is shown",
)
@click.option("--take-over", "seize", is_flag=True, help="lead it though somebody else does")
@click.option(
    "--reason", default="", help="why the lead is taken over, or a plan that asks less; recorded"
)
@click.option("--trust", metavar="DIGEST", help="the plan from elsewhere that may be taken over")
@by_option
@click.option("--watch", is_flag=True, help="with --no-tui: start no step, keep watches alive")
@share_option
@as_option
def command(
    run: str | None,
    no_tui: bool,
    plain: bool,
    yes: bool,
    watch: bool,
    pairs: tuple[str, ...],
    plan: Path | None,
    seize: bool,
    reason: str,
    trust: str | None,
    people: tuple[str, ...],
    share: str | None,
    claimed: str | None,
) -> int:
    """Go on with a run as its lead; a step that failed is tried again."""
    may_ask = say.interactive() and not yes
    if watch and not no_tui:
        raise Ended(exits.USAGE, "--watch is without a screen: say --no-tui, too",
                    "a screen keeps the watches alive by itself")  # fmt: skip
    if plain:
        from runbook_tui.cli.plain import need_person

        need_person()
        no_tui = True
    if not no_tui:
        need_terminal()
    taking = _taken(seize=seize, reason=reason, may_ask=may_ask)
    if not no_tui and plan is None:
        return _on_screen(run, claimed, pairs, may_ask=may_ask, share=share, taking=taking)
    from runbook_tui.cli.leading import lead_lines
    from runbook_tui.cli.taking import agreed, look

    who = actor(claimed)
    if plan is not None:
        from runbook_tui.cli.replacing import replace_plan

        chosen = replace_plan(plan, run, who, may_ask=may_ask, yes=yes, reason=reason,
                              trust=trust)  # fmt: skip
        if not no_tui:
            return _on_screen(chosen, claimed, pairs, may_ask=may_ask, share=share)
    else:
        chosen = agreed(look(run, who), may_ask=may_ask)
    values = _given(chosen, pairs)
    where = _address(chosen, share)
    say.err(f"run {chosen}")
    return lead_lines(
        chosen, who, values, yes=yes, resume=plan is None, after=None, watch=watch, people=people,
        share=where, taking=taking, plain=plain,
    )  # fmt: skip


def on_screen(
    run: str, claimed: str | None = None, *, first: str = "", taking: Takeover | None = None
) -> int:
    """Go on with a run on the screen; ``first``: what is shown first."""
    return _on_screen(run, claimed, (), may_ask=True, first=first, taking=taking)


def _taken(*, seize: bool, reason: str, may_ask: bool) -> Takeover | None:
    """Whether the lead is taken over, and why; raises `Ended` where nobody says that."""
    if not seize and not reason:
        return None  # What it would load is not to be waited for.
    from runbook_tui.cli.leading import Takeover
    from runbook_tui.cli.values import asked
    from runbook_tui.run.people import says_something

    if seize and not says_something(reason):
        reason = asked("Why do you take the lead over?") if may_ask else ""
        if not says_something(reason):
            raise Ended(exits.USAGE, "taking the lead over needs a reason", "--reason TEXT")
    return Takeover(reason=reason, seize=seize)


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
    share: str | None = None,
    first: str = "",
    taking: Takeover | None = None,
) -> int:
    """The screen first, the run beside it; what only a terminal can answer in between."""
    from runbook_tui.tui.opening import Opening

    name = f"run {run}" if run else "the newest run"
    try:
        look = partial(_look, run, claimed, pairs, may_ask, share, taking)
        return show(Opening(name, look), "resume", first=first)
    except YesWanted as wanted:
        found = wanted.taking
    from runbook_tui.cli.taking import agreed

    chosen = agreed(found, may_ask=True)
    work = partial(_open, chosen, actor(claimed), pairs, share, taking=taking)
    return show(Opening(f"run {chosen}", work), "resume", first=first)


def _look(
    run: str | None, claimed: str | None, pairs: tuple[str, ...], may_ask: bool,
    share: str | None, how: Takeover | None, opening: Opening,
) -> Opened:  # fmt: skip
    from runbook_tui.cli.taking import look

    opening.doing = "looking the run up"
    who = actor(claimed)
    taking = look(run, who)
    if taking.question and may_ask:
        raise YesWanted(taking)
    opening.name = f"run {taking.run}"
    return _open(taking.run, who, pairs, share, opening, said=taking.words, taking=how)


def _open(
    run: str, who: Actor, pairs: tuple[str, ...], share: str | None, opening: Opening,
    *, said: str = "", taking: Takeover | None = None,
) -> Opened:  # fmt: skip
    from runbook_tui.cli.leading import led

    opening.doing = "reading the plan and the journal"
    values = _given(run, pairs)
    where = _address(run, share)
    return led(run, who, values, opening, resume=True, said=said, share=where, taking=taking)


def _address(run: str, share: str | None) -> str:
    """The remote that is meant, by its name in the plan's repository or as it is."""
    if share is None:
        return ""
    from runbook_tui.cli.reading import reading
    from runbook_tui.run.events import RunStarted

    with reading() as journal:
        begun = journal.events(run, 0, 1)[0].payload
    return address(share, begun.folder if isinstance(begun, RunStarted) else ".")


def _given(run: str, pairs: tuple[str, ...]) -> Values:
    """Values held against the run's own copy of the plan."""
    from runbook_tui.cli.values import Values, given

    if not pairs:
        return Values()
    from runbook_tui import wiring
    from runbook_tui.book.reader import read
    from runbook_tui.cli.reading import reading
    from runbook_tui.run.events import PlanCopy
    from runbook_tui.session.opening import expanded, plan_of

    with reading() as journal:
        copies = [x.payload for x in journal.events(run) if isinstance(x.payload, PlanCopy)]
    plan = plan_of(copies[-1], read)
    steps = expanded(plan, wiring.surroundings()).walk()
    return given(pairs, plan, {name for step in steps for name in step.outputs})
