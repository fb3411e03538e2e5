"""The rollback screen's rows: what will run, in order, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.model import Contact, Escalation
from runbook_tui.book.plain_text import printable
from runbook_tui.run.offers import Offer
from runbook_tui.run.procedures import Duty
from runbook_tui.run.rollback import SCOPES, Item, RollbackPlan, about_to_act
from runbook_tui.run.rollback import plan as rollback_plan
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


def _words(state: RunState, node: str) -> str:
    """The scope in words."""
    if not node or node not in state.outline:
        return "the run"
    return f"{state.outline[node].kind.value} “{printable(state.outline[node].title, 40)}”"


def outside(state: RunState, node: str) -> list[str]:
    """Ids of steps that ran outside a scope and could be taken back."""
    inside = {step.id for step in state.outline.steps_inside(node)}
    return [item.step for item in rollback_plan(state, "run", "").items if item.step not in inside]


def summary(state: RunState, plan: RollbackPlan) -> Line:
    """How it stands, in words; ends in ROLLED BACK or INCOMPLETE."""
    rollback = _running(state)
    if rollback is not None and rollback.finished is not None:
        if rollback.result == "complete":
            words = f"  everything in {_words(state, rollback.node)} is taken back"
            words += f", in {spoken(rollback.seconds)}"
            if away := outside(state, rollback.node):
                words += f"; {len(away)} steps outside it stay"
            return [(" ROLLED BACK ", "won"), (words, "good")]
        left = ", ".join(printable(r, 60) for r in rollback.remaining)
        return [(" INCOMPLETE ", "panic"), (f"  remains: {left}", "bad")]
    if rollback is not None and rollback.started is not None:
        done = sum(r in {"done", "taken back"} for r in rollback.results.values())
        return [(f" {done} of {len(rollback.steps)} taken back", "busy")]
    if not plan.items:
        if begun := about_to_act(state, plan.node):
            titles = ", ".join(f"“{printable(state.outline[id_].title, 60)}”" for id_ in begun)
            return [(f" nothing is changed yet; F9 stops {titles}", "warn")]
        return [(" nothing to roll back here", "good")]
    hands = sum(i.kind == "manual" for i in plan.items)
    words = f" {plan.ready} of {plan.commands} commands ready"
    if plan.expected is not None:
        words += f", about {spoken(plan.expected)}"
    if held := sum(i.held for i in plan.items):
        words += f"; {held} below the floor (f: undo that too)"
    if others := outside(state, plan.node):
        words += f"; {len(others)} outside stay (Tab)"
    if hands:
        words += f"; {hands} by hand"
    return [(words, "good" if plan.ready == plan.commands else "warn")]


def foot(
    state: RunState, waiting: tuple[Item, ...], *, running: bool, held: bool, width: int
) -> Line:
    """The keys that mean something now, and what the next step is."""
    if waiting:
        keys: Line = [
            (" t", "key"),
            (" taken back  ", "plain"),
            ("x", "key"),
            (" stays  ", "plain"),
        ]
        if waiting[0].missing:
            keys = [(" v", "key"), (" give the value  ", "plain")]
        keys += [("S", "key"), (" stop  ", "plain"), ("Esc", "key"), (" back", "plain")]
        return spread(keys, [(" it waits for you ", "panic")], width)
    if state.rolling_back:
        keys = [(" S", "key"), (" stop after this undo   ", "plain"), ("Esc", "key"),
                (" back, it goes on", "plain")]  # fmt: skip
        return spread(keys, [(" it runs ", "panic")], width)
    keys = [(" Esc", "key"), (" back  ", "plain"), ("Enter", "key"), (" look  ", "plain")]
    if not running:
        keys += [("Tab", "key"), (" scope  ", "plain")]
    if held:
        keys += [("f", "key"), (" past the floor  ", "plain")]
    keys += [("?", "key"), (" help", "plain")]
    return spread(keys, [] if running else [(" F9 again to START ", "panic")], width)


def row(item: Item, number: int, width: int) -> Line:
    """One undo: its number, title, and how it stands."""
    left: Line = [(f"{number:>2} ↶ ", "accent"), (printable(item.title, 200), "strong")]
    if item.text:
        first = item.text.strip().splitlines()[0]
        left.append((f"  {printable(first, 300)}", "dim"))
    return spread(left, _standing(item), width)


def duty_row(duty: Duty, spent: float, width: int) -> Line:
    """A stage with what is left of its window, or one of its boxes."""
    title_ = printable(duty.title, 200)
    box, tone = ("☑", "good") if duty.ticked else ("☐", "plain")
    if duty.is_stage:
        window = f"{duty.start / 60:g}–{duty.end / 60:g} min " if duty.end is not None else ""
        left: Line = [(f" stage {duty.number} ", "dim"), (f"{box} ", tone),
                      (f"{window}{title_}", "strong" if duty.now(spent) else "dim")]  # fmt: skip
    else:
        left = [(f"    {box} ", tone), (title_, "dim" if duty.ticked else "plain")]
        if duty.offer is not None:
            left.append(("  $", "accent"))
    return spread(left, _duty_standing(duty, spent), width)


def _duty_standing(duty: Duty, spent: float) -> Line:
    last = duty.offer.last if duty.offer is not None else None
    if duty.ticked:
        return [(f"{printable(duty.ticked.by.name, 20)} ", "dim")]
    if last is not None:
        return [("▶ running ", "busy")] if last.running else [("✗ failed ", "bad")]
    if duty.is_stage and duty.late(spent):
        return [("window over ", "warn")]
    if duty.is_stage and duty.end is not None and duty.now(spent):
        return [(f"{clock(duty.end - spent)} left ", "warn")]
    return []


def duty_command(duty: Duty, width: int) -> list[Line]:
    """What can be done with a box of the procedure."""
    word = " takes the tick back" if duty.ticked else " ticks it"
    return [[(cut(f" {printable(duty.title, 400)}", width), "plain")],
            [(" Space", "key"), (word, "plain")]]  # fmt: skip


def offer_row(offer: Offer, width: int) -> Line:
    """One command that the plan keeps for a rollback; a person runs it."""
    left: Line = [(" $ ", "accent"), (printable(offer.title, 200), "plain")]
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


def command(item: Item | None, width: int, height: int, past_floor: bool = False) -> list[Line]:
    """What taking the chosen row back means: its command and its check, or what a person does."""
    if item is None or (item.kind == "manual" and item.result):
        return []
    if item.kind == "manual":
        keys: Line = [(" done by hand: ", "warn"), ("t", "key"), (" taken back  ", "plain")]
        return [[*keys, ("x", "key"), (" stays, with a reason", "plain")]]
    if item.kind == "irreversible":
        reason = cut(f" ▔ floor: {printable(item.reason, 1000)}", width)
        word = (
            " what lies before it is undone too; not so: "
            if past_floor
            else (" what lies before it is undone only after ")
        )
        keys = [] if item.result else [(word, "plain"), ("f", "key")]
        return [[(reason, "warn")], keys]
    if item.kind == "none":
        return [[(" no undo in the plan: it stays, and is named under what remains", "warn")]]
    if item.missing and not item.result:
        names = ", ".join(item.missing)
        return [[(f" needs {names}: ", "warn"), ("v", "key"), (" gives it", "plain")]]
    return _text(item, width, height)


def _text(item: Item, width: int, height: int) -> list[Line]:
    texts = item.text.strip().splitlines() or [""]
    rows: list[tuple[str, str]] = [("   ", text) for text in texts]
    rows[0] = (" $ ", texts[0])
    for other in item.earlier:
        rows += [(" $ " if not at else "   ", t) for at, t in enumerate(other.splitlines())]
    checks = item.verify.strip().splitlines()
    rows += [(" ✓? " if not at else "    ", text) for at, text in enumerate(checks)]
    lines: list[Line] = [
        [(mark, "accent"), (cut(printable(text, 1000), width - 5), "plain")]
        for mark, text in rows[:height]
    ]
    if len(rows) > height:
        lines[-1] = [(f"   … {len(rows) - height + 1} more lines: ", "dim"), ("Enter", "key"),
                     (" shows all", "dim")]  # fmt: skip
    return lines


def strange(sentences: tuple[str, ...], width: int) -> Line:
    """Where this terminal differs from the one the steps ran in."""
    if not sentences:
        return []
    more = f" (+{len(sentences) - 1}, Enter shows)" if len(sentences) > 1 else ""
    first = cut(f" ! {printable(sentences[0], 1000)}", max(10, width - len(more)))
    return [(first, "warn"), (more, "warn")]


def whole(item: Item, differences: tuple[str, ...] = ()) -> str:
    """Everything about one undo, for a page of its own."""
    parts = [item.title, *(f"! {sentence}" for sentence in differences)]
    if item.reason:
        parts.append(item.reason)
    if item.missing:
        parts.append(f"needs {', '.join(item.missing)}")
    if item.text:
        parts.append(f"its undo, in {item.cwd or 'the folder of its step'}:\n\n{item.text.strip()}")
    parts += [f"then that of an attempt before it:\n\n{other.strip()}" for other in item.earlier]
    if item.verify:
        parts.append(f"then it is verified:\n\n{item.verify.strip()}")
    return "\n\n".join(parts)


def calls(contacts: Sequence[Contact], escalations: Sequence[Escalation]) -> Line:
    """Whom to call: the first contact, and how soon the next is told."""
    if not contacts and not escalations:
        return []
    who = printable(contacts[0].who, 40) if contacts else printable(escalations[0].ladder[0], 40)
    soon = next((e.within for e in escalations if e.within is not None), None)
    within = f" ({spoken(soon)})" if soon is not None else ""
    return [("call: ", "dim"), (f"{who}{within} ", "warn")]


def stages(duties: tuple[Duty, ...], spent: float, width: int, height: int) -> list[Line]:
    """The stages that it is time for or that come next; how much of each is done."""
    lines: list[tuple[bool, Line]] = []
    for at, stage in enumerate(duties):
        if not stage.is_stage:
            continue
        steps = list(takewhile(lambda duty: not duty.is_stage, duties[at + 1 :]))
        done = f"  {sum(d.ticked is not None for d in steps)} of {len(steps)} ☑" if steps else ""
        end = f"–{stage.end / 60:g}" if stage.end is not None else ""
        now = stage.now(spent) and not stage.ticked
        past = stage.ticked is not None or stage.late(spent)
        left: Line = [
            (f" stage {stage.number} {stage.start / 60:g}{end} min ", "accent" if now else "dim"),
            (printable(stage.title, 60), "strong" if now else "dim"),
            (done, "plain" if now else "dim"),
        ]
        lines.append((past, spread(left, _duty_standing(stage, spent), width)))
    open_ = [line for past, line in lines if not past]
    return (open_ if len(lines) > height else [line for _, line in lines])[:height]


def _running(state: RunState) -> RollbackState | None:
    rollback = state.rollback
    return rollback if rollback is not None and rollback.started is not None else None
