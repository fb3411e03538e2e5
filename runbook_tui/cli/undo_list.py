"""A rollback as it would be carried out, as lines to look at before it is."""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.cli import beside, say
from runbook_tui.run.differing import differing
from runbook_tui.run.reach import expected, reach, takes
from runbook_tui.run.rollback import RollbackPlan, only_stopped, plan
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import Item


def print_plan(
    state: RunState, planned: RollbackPlan, here: Mapping[str, str], *, whole: bool = False
) -> None:
    """The list as it would be carried out, newest first; ``whole``: long undos to their end.

    ``here`` is this terminal's environment, which the undos' may differ from.
    """
    where = f" “{state.outline[planned.node].title}”" if planned.node else ""
    rehearsed = "REHEARSAL OF THE " if state.rehearsal else ""
    say.out(f"{rehearsed}ROLLBACK  {planned.scope}{where}  of {state.runbook.title}", bold=True)
    if (said := state.severity) is not None:
        say.out(f"  SEV {said.level}, says {said.by.name}, {say.moment(said.at)}")
    for number, item in enumerate(planned.items, 1):
        _print_item(item, number, whole=whole)
    for id_ in only_stopped(state, planned.node):
        how = "has changed nothing yet" if state.outline.steps[id_].effect else "changes nothing"
        say.out(f"      “{state.outline[id_].title}” {how}: it is stopped")
    words = f"  {planned.ready} of {len(planned.items)} ready"
    words += f", {expected(planned)}" if expected(planned) else ""
    say.out(words, colour="red" if planned.over_budget else None)
    if planned.over_budget:
        say.out("  ! it takes longer than it may", colour="red")
    if found := reach(state, planned):
        say.out(f"  reaches back to “{found.title}”, {say.moment(found.at)}")
    if any(item.held for item in planned.items):
        say.out("  what lies below a floor is undone only with --past-floor")
    inside = {item.step for item in planned.items}
    outside = [i.title for i in plan(state, "run", "").items if i.step not in inside]
    if outside:
        say.out(f"  outside this scope and left as it is: {', '.join(outside)} (--scope run)")
    for sentence in differing(state, (item.step for item in planned.items), here):
        say.out(f"  ! {sentence}", colour="yellow")
    for line in beside.beside(state, planned, whole=whole):
        say.out(line)


def _print_item(item: Item, number: int, *, whole: bool) -> None:
    within = f"  in {item.within}" if item.within else ""
    there = f"  {item.there}" if item.there else ""
    say.out(f"  {number:>2}  {item.title}{within}{there}  [{_readiness(item)}]")
    for sentence in item.edited:
        say.out(f"        ! {sentence}", colour="yellow")
    for number, text in enumerate(item.texts):
        if text in item.went:
            say.out("      went well before, and is not run again:")
        elif number:
            say.out("      then that of an attempt before it:")
        _print_text(text, whole=whole)
    if item.listed:
        say.out(f"        no undo of its own; the plan says how: {item.listed}")
    if item.kind == "irreversible":
        say.out(f"        ▔ floor: {item.reason}")
    if item.verify:
        say.out("      then it is verified:")
        _print_text(item.verify, whole=whole)
    if item.gone:
        say.out(f"        acts in {item.cwd}, which is not there", colour="yellow")
    if item.secrets:
        say.out(f"        needs the secrets {', '.join(item.secrets)}")


def _print_text(text: str, *, whole: bool) -> None:
    for line in beside.commands(text, whole=whole):
        say.out(line)


def _readiness(item: Item) -> str:
    if not item.ready:
        return item.why
    if item.promised or item.made_by:
        made = [f"“{item.made_by}” has made its folder"] if item.made_by else []
        out = [f"{' and '.join(item.promised)} is put out"] if item.promised else []
        known = f"ready once {' and '.join([*made, *out])}"
        return f"{known}, {takes(item)}" if takes(item) else known
    if item.usual is not None:
        return f"ready, usually {say.length(item.usual)}"
    return f"ready, {takes(item)}" if takes(item) else "ready"
