"""The rollback screen's rows: what will run, in order, and how it went."""

from __future__ import annotations

from runbook_tui.book.durations import clock
from runbook_tui.book.plain_text import printable
from runbook_tui.run.offers import Offer
from runbook_tui.run.reach import expected, takes
from runbook_tui.run.rollback import RollbackPlan, only_stopped
from runbook_tui.run.scopes import SCOPES
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.views import severity
from runbook_tui.tui.views.tone import Line, spread
from runbook_tui.tui.views.verdict import running
from runbook_tui.tui.views.whereabouts import environment

MENDING: Line = [(" r", "key"), (" again  ", "plain"), ("e", "key"), (" edit  ", "plain"),
                 ("l", "key"), (" go on  ", "plain"), ("x", "key"),
                 (" it stays  ", "plain")]  # fmt: skip
"""The keys of an undo that failed."""

STARTS = "F9 again to START"
ALL_SCOPES = 36
"""Columns that it takes to show all scopes."""


def title(state: RunState, plan: RollbackPlan, now: float, width: int) -> Line:
    """ROLLBACK, its scope, and the clock against the budget."""
    rollback = running(state)
    word = " ROLLBACK "
    where = "the whole run"
    if plan.node and plan.node in state.outline:
        node = state.outline[plan.node]
        where = printable(node.title, 60)
        if not where.casefold().startswith(node.kind.value):
            where = f"{node.kind.value} {where}"
    spent = 0.0
    if rollback is not None and rollback.started is not None:
        end = rollback.finished if rollback.finished is not None else now
        spent = end - rollback.started
    budget = f" of {clock(plan.budget)}" if plan.budget else ""
    late = plan.budget is not None and spent > plan.budget
    right: Line = [(f"{clock(spent)}{budget} ", "bad" if late else "strong")]
    if rollback is None and (words := expected(plan)):
        right = [(f"{words} ", "bad" if plan.over_budget else "strong")]
    level = severity.word(state.severity)
    more: Line = [("  ", "plain"), (level, "bad")] if level else []
    more = [(" REHEARSAL ", "won"), *more] if state.rehearsal else more
    more = [*environment(state), *more]
    return spread([(word, "panic"), *more, (f"  {where}", "strong")], right, width)


def scopes(plan: RollbackPlan, width: int) -> Line:
    """The scopes, the chosen one in capitals; that one alone where there is no room for more."""
    parts: Line = [(" scope  ", "dim")]
    if width < ALL_SCOPES:
        return [*parts, (plan.scope.upper(), "accent"), ("  Tab", "key"), (" another", "plain")]
    for number, scope in enumerate(SCOPES):
        chosen = scope == plan.scope
        parts.append((" · " if number else "", "dim"))
        parts.append((scope.upper() if chosen else scope, "accent" if chosen else "dim"))
    return parts


def procedures(plan: RollbackPlan) -> Line:
    """What the plan wants to be done beside it, once the scope is no question any more."""
    return [(f" {printable(' · '.join(p.title for p in plan.procedures), 80)}", "dim")]


def starts(state: RunState, plan: RollbackPlan) -> str:
    """What another press of the panic key does, where nothing runs yet."""
    if plan.items:
        return STARTS
    titles = [state.outline[id_].title for id_ in only_stopped(state, plan.node)]
    what = f"“{printable(titles[0], 16)}”" if len(titles) == 1 else f"{len(titles)} steps"
    return f"F9 again stops {what}" if titles else ""


def foot(
    state: RunState, plan: RollbackPlan, waiting: tuple[Item, ...], chosen: Item | None,
    *, runs: bool, width: int, start: str = STARTS,
) -> Line:  # fmt: skip
    """The keys that mean something now, and what the next step is; ``start``: what the panic key
    would do now, empty for nothing."""
    if waiting:
        keys: Line = [
            (" t", "key"),
            (" taken back  ", "plain"),
            ("x", "key"),
            (" stays  ", "plain"),
        ]
        if waiting[0].asks:
            keys = [*MENDING]
        elif waiting[0].missing:
            keys = [(" v", "key"), (" give the value  ", "plain")]
        keys += [("S", "key"), (" stop  ", "plain"), ("Esc", "key"), (" back", "plain")]
        return spread(keys, [(" it waits for you ", "panic")], width)
    if state.rolling_back:
        return _running(plan, chosen, width)
    keys = [(" Esc", "key"), (" back  ", "plain"), ("Enter", "key"), (" look  ", "plain")]
    if not runs:
        keys += [("Tab", "key"), (" scope  ", "plain")]
    if any(item.held for item in plan.items):
        keys += [("f", "key"), (" past the floor  ", "plain")]
    keys += [("?", "key"), (" help", "plain")]
    return spread(keys, [(f" {start} ", "panic")] if start and not runs else [], width)


def _running(plan: RollbackPlan, chosen: Item | None, width: int) -> Line:
    """The keys while an undo runs; one that has failed meanwhile is mended beside it."""
    asks = next((n for n, item in enumerate(plan.items, 1) if item.asks), None)
    if asks is None:
        keys: Line = [(" S", "key"), (" stop after this undo   ", "plain"), ("Esc", "key"),
                      (" back, it goes on", "plain")]  # fmt: skip
        return spread(keys, [(" it runs ", "panic")], width)
    on_it = chosen is not None and chosen.asks
    keys = [*MENDING] if on_it else [(" ↑↓", "key"), (f" to {asks}, which failed  ", "plain")]
    keys += [("S", "key"), (" stop  ", "plain"), ("Esc", "key"), (" back", "plain")]
    return spread(keys, [(" it runs, and asks you ", "panic")], width)


def row(item: Item, number: int, width: int) -> Line:
    """One undo: its number, title, and how it stands."""
    left: Line = [(f"{number:>2} ↶ ", "accent"), (printable(item.title, 200), "strong")]
    if item.within:
        left.append((f"  {printable(item.within, 40)}", "plain"))
    if item.there:
        left.append((f"  {printable(item.there, 40)}", "plain"))
    if item.edited:
        left.append(("  edited", "warn"))
    if item.text:
        first = item.text.strip().splitlines()[0]
        left.append((f"  {printable(first, 300)}", "dim"))
    return spread(left, _standing(item), width)


def offer_row(offer: Offer, width: int) -> Line:
    """One command that the plan keeps for a rollback; a person runs it."""
    left: Line = [(" $ ", "accent"), (printable(offer.title, 200), "plain")]
    first = offer.text.strip().splitlines()[0] if offer.text.strip() else ""
    left.append((f"  {printable(first, 300)}", "dim"))
    last = offer.last
    if last is not None and last.running:
        right: Line = [("▶ running ", "busy")]
    elif last is not None:
        again = "✗ failed: l goes on from a line, o all again "
        right = [("✓ ended well ", "good")] if last.ok else [(again, "bad")]
    elif offer.missing:
        right = [(f"needs {len(offer.missing)} values ", "warn")]
    else:
        right = [("o runs it ", "dim")]
    return spread(left, right, width)


def _standing(item: Item) -> Line:
    results = {
        "done": ("✓ taken back", "good"),
        "taken back": ("✓ taken back by hand", "good"),
        "failed": ("✗ failed", "bad"),
        "stays": ("✗ stays", "bad"),
        "not tried": ("– not tried", "bad"),
        "none": ("– not undone", "bad"),
        "rehearsed": ("~ would be ready", "good"),
        "not ready": ("✗ would not be ready", "bad"),
    }
    if item.asks:
        return [("✗ failed, asks you ", "bad")]
    if item.result:
        text, tone = results.get(item.result, (item.result, "plain"))
        return [(f"{text} ", tone)]
    if item.status is Status.UNDOING:
        return [("▶ running ", "busy")]
    if item.behind:
        return [(f"waits for “{printable(item.behind, 16)}” ", "warn")]
    if item.ready and item.made_by:
        return [(f"✓ ready once “{printable(item.made_by, 20)}” has run ", "good")]
    if item.ready and item.promised:
        return [(f"✓ ready once {printable(', '.join(item.promised), 24)} is known ", "good")]
    if item.ready:
        return [("✓ ready ", "good"), (f"{takes(item)} " if takes(item) else "", "dim")]
    return [(f"{item.why} ", "warn")]
