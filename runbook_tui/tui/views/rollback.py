"""The rollback screen's rows: what will run, in order, and how it went."""

from __future__ import annotations

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.plain_text import printable
from runbook_tui.run.offers import Offer
from runbook_tui.run.rollback import SCOPES, Item, RollbackPlan
from runbook_tui.run.state import RollbackState, RunState, Status
from runbook_tui.tui.views.tone import Line, cut, spread


def title(state: RunState, plan: RollbackPlan, now: float, width: int) -> Line:
    """ROLLBACK, its scope, and the clock against the budget."""
    rollback = _running(state)
    word = " ROLLBACK "
    where = "the whole run"
    if plan.node and plan.node in state.outline:
        node = state.outline[plan.node]
        where = f"{node.kind.value} {printable(node.title, 60)}"
    spent = 0.0
    if rollback is not None and rollback.started is not None:
        end = rollback.finished if rollback.finished is not None else now
        spent = end - rollback.started
    budget = f" of {clock(plan.budget)}" if plan.budget else ""
    late = plan.budget is not None and spent > plan.budget
    right: Line = [(f"{clock(spent)}{budget} ", "bad" if late else "strong")]
    return spread([(word, "panic"), (f"  {where}", "strong")], right, width)


def scopes(plan: RollbackPlan) -> Line:
    """The scopes, the chosen one in capitals."""
    parts: Line = [(" scope  ", "dim")]
    for number, scope in enumerate(SCOPES):
        chosen = scope == plan.scope
        parts.append((" · " if number else "", "dim"))
        parts.append((scope.upper() if chosen else scope, "accent" if chosen else "dim"))
    return parts


def summary(state: RunState, plan: RollbackPlan) -> Line:
    """How it stands, in words; ends in ROLLED BACK or INCOMPLETE."""
    rollback = _running(state)
    if rollback is not None and rollback.finished is not None:
        if rollback.result == "complete":
            words = f"  everything is taken back, in {spoken(rollback.seconds)}"
            return [(" ROLLED BACK ", "won"), (words, "good")]
        left = ", ".join(printable(r, 60) for r in rollback.remaining)
        return [(" INCOMPLETE ", "panic"), (f"  remains: {left}", "bad")]
    if rollback is not None and rollback.started is not None:
        done = sum(r in {"done", "taken back"} for r in rollback.results.values())
        return [(f" {done} of {len(rollback.steps)} taken back", "busy")]
    if not plan.items:
        return [(" nothing to roll back here", "good")]
    hands = sum(i.kind == "manual" for i in plan.items)
    words = f" {plan.ready} of {plan.commands} commands ready"
    if plan.expected is not None:
        words += f", about {spoken(plan.expected)}"
    if hands:
        words += f"; {hands} by hand"
    return [(words, "good" if plan.ready == plan.commands else "warn")]


def row(item: Item, number: int, width: int) -> Line:
    """One undo: its number, title, and how it stands."""
    left: Line = [(f" {number:>2} ↶ ", "accent"), (printable(item.title, 200), "strong")]
    if item.text:
        first = item.text.strip().splitlines()[0]
        left.append((f"  {printable(first, 300)}", "dim"))
    return spread(left, _standing(item), width)


def offer_row(offer: Offer, width: int) -> Line:
    """One command that the plan keeps for a rollback; a person runs it."""
    left: Line = [("  $ ", "accent"), (printable(offer.title, 200), "plain")]
    first = offer.text.strip().splitlines()[0] if offer.text.strip() else ""
    left.append((f"  {printable(first, 300)}", "dim"))
    last = offer.last
    if last is not None and last.running:
        right: Line = [("▶ running ", "busy")]
    elif last is not None:
        right = [("✓ ended well ", "good")] if last.ok else [("✗ failed ", "bad")]
    elif offer.missing:
        right = [(f"needs {len(offer.missing)} values ", "warn")]
    else:
        right = [("o runs it ", "dim")]
    return spread(left, right, width)


def offer_command(offer: Offer, width: int, height: int) -> list[Line]:
    """What an offered command would run, and what it still needs."""
    if offer.missing:
        names = cut(f" needs {', '.join(offer.missing)}", width)
        return [[(names, "warn")], [(" o", "key"), (" asks for them and runs it", "plain")]]
    lines: list[Line] = [
        [(" $ ", "accent"), (cut(printable(text, 1000), width - 4), "plain")]
        for text in offer.text.strip().splitlines()
    ]
    return lines[:height]


def _standing(item: Item) -> Line:
    results = {
        "done": ("✓ taken back", "good"),
        "taken back": ("✓ taken back by hand", "good"),
        "failed": ("✗ failed", "bad"),
        "stays": ("✗ stays", "bad"),
        "none": ("– not undone", "bad"),
    }
    if item.result:
        text, tone = results.get(item.result, (item.result, "plain"))
        return [(f"{text} ", tone)]
    if item.status is Status.UNDOING:
        return [("▶ running ", "busy")]
    if item.ready:
        usual = f"{spoken(item.usual)} " if item.usual is not None else ""
        return [("✓ ready ", "good"), (usual, "dim")]
    return [(f"{item.why} ", "warn")]


def command(item: Item | None, width: int, height: int) -> list[Line]:
    """The resolved command of the chosen row."""
    if item is None:
        return []
    if item.kind == "manual":
        keys: Line = [(" done by hand: ", "warn"), ("t", "key"), (" taken back  ", "plain")]
        return [[*keys, ("x", "key"), (" stays, with a reason", "plain")]]
    if item.missing and not item.result:
        names = ", ".join(item.missing)
        return [[(f" needs {names}: ", "warn"), ("v", "key"), (" gives it", "plain")]]
    lines: list[Line] = []
    texts = item.text.strip().splitlines() or [item.reason]
    for text in texts[:height]:
        lines.append([(" $ " if not lines else "   ", "accent"),
                      (cut(printable(text, 1000), width - 4), "plain")])  # fmt: skip
    if len(texts) > height and lines:
        lines[-1] = [(f"   … {len(texts) - height + 1} more lines", "dim")]
    return lines


def stages(plan: RollbackPlan, spent: float, width: int) -> list[Line]:
    """The procedure's stages with their windows, and the steps of the one that it is time for."""
    lines: list[Line] = []
    for procedure in plan.procedures[:1]:
        for number, stage in enumerate(procedure.stages, 1):
            start = (stage.from_minute or 0) * 60
            end = stage.to_minute * 60 if stage.to_minute is not None else None
            now = start <= spent and (end is None or spent < end)
            window = f"{stage.from_minute or 0:g}–{stage.to_minute or 0:g} min" if end else ""
            steps = " · ".join(f"☐ {printable(s.title, 60)}" for s in stage.steps) if now else ""
            left: Line = [(f" stage {number} {window:<10} ", "accent" if now else "dim"),
                          (printable(stage.title, 40), "strong" if now else "dim"),
                          (f"  {steps}", "plain")]  # fmt: skip
            right: Line = [(f"{clock(end - spent)} left ", "warn")] if now and end else []
            lines.append(spread(left, right, width))
    return lines


def _running(state: RunState) -> RollbackState | None:
    rollback = state.rollback
    return rollback if rollback is not None and rollback.started is not None else None
