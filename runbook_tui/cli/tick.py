"""``runbook tick RUN NODE``: a box ticked, or a step done by hand finished, without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option

if TYPE_CHECKING:
    from runbook_tui.run.state import RunState


@click.command("tick")
@click.argument("run")
@click.argument("node", required=False)
@click.option("--off", is_flag=True, help="take the tick back")
@click.option("--override", is_flag=True, help="tick it though its probe says otherwise")
@click.option("--reason", default="", help="why, where it is ticked against its probe")
@click.option("--by", default="", metavar="'NAME <MAIL>'", help="who carries the step out")
@as_option
def command(
    run: str, node: str | None, off: bool, override: bool, reason: str, by: str, claimed: str | None
) -> int:
    """Tick a check or criterion, or finish a step that is done by hand.

    Also a stage of a procedure, a step in one, or who was called. Without NODE it ticks nothing
    and lists what can be ticked.
    """
    from runbook_tui.cli.opening import ask, taking_part
    from runbook_tui.cli.reading import run_named
    from runbook_tui.run.requests import TickNode

    chosen = run_named(run)
    with taking_part(chosen, actor(claimed)) as session:
        if node is None:
            raise Ended(exits.USAGE, "say what you tick", "\n".join(_to_tick(session.state)))
        ask(session, TickNode(node=node, off=off, override=override, reason=reason, by=by))
        state = session.state
    if off:
        say.err(f"{chosen}: {node} is no longer ticked", colour="green")
        return exits.DONE
    _say_ticked(state, node)
    return exits.DONE


def _to_tick(state: RunState) -> list[str]:
    from runbook_tui.cli.beside import to_tick
    from runbook_tui.cli.needs import needs

    own = [f"  {need.how}   {need.text}" for need in needs(state) if " tick " in need.how]
    return [*own, *to_tick(state)] or ["  nothing waits for a tick now"]


def _say_ticked(state: RunState, node: str) -> None:
    """That it is ticked, and what the step it belongs to still waits for."""
    from runbook_tui.cli.needs import to_conclude
    from runbook_tui.run.finishing import waits_for
    from runbook_tui.run.state import Status

    by_hand = node in state.outline.steps
    step = node if by_hand else state.outline[node].owner if node in state.outline else ""
    waits = step in state.outline.steps and state.step(step).status is Status.WAITING
    if by_hand and not waits:
        say.err(f"{state.run}: {node} done", colour="green")
        return
    word = "its own work is done" if by_hand else "ticked"
    say.err(f"{state.run}: {node}: {word}", colour="green")
    if waits:
        say.err(f"“{state.outline[step].title}” waits for {waits_for(state, step)}:")
        for need in to_conclude(state, step):
            say.err(f"  {need.text}")
            say.err(f"      {need.how}")
