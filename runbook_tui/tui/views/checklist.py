"""The checklist: which nodes are rows, and what a row says now."""

from __future__ import annotations

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.model import Change, Check, Phase, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.book.spreading import is_spread
from runbook_tui.run.finishing import probed_by
from runbook_tui.run.nodes import Kind, Node
from runbook_tui.run.once import of_parts
from runbook_tui.run.order import closed, gate_open
from runbook_tui.run.remaining import period
from runbook_tui.run.several import standing, status_of
from runbook_tui.run.state import BROKEN, OVER, RunState, Status, Tick, elapsed, undoing
from runbook_tui.run.times import said as said_at
from runbook_tui.run.upcoming import gates_waiting
from runbook_tui.run.watch_holds import holding
from runbook_tui.tui.views.merging import in_a_word
from runbook_tui.tui.views.outputs import ended_early, ending, in_background
from runbook_tui.tui.views.signing import rejection
from runbook_tui.tui.views.tone import GLYPHS, Line, Part, cells, spread
from runbook_tui.tui.views.words import said

LONGEST = 400
TAKEN_BACK = frozenset({"done", "taken back"})
ROOMY = 70
ROOM_FOR_TIMES = 12
ROOM_FOR_WORD = 10
ROOM_FOR_MOMENT = 17
ROOM_FOR_BACKGROUND = 18


def rows(state: RunState, folded: frozenset[str] = frozenset()) -> list[str]:
    """Ids of the nodes that are rows, in document order; what is folded hides what it holds."""
    shown: list[str] = []
    hidden_below: int | None = None
    for node in state.outline.nodes.values():
        if hidden_below is not None and node.depth > hidden_below:
            continue
        hidden_below = node.depth if node.id in folded else None
        shown.append(node.id)
    return shown


def row(state: RunState, id_: str, now: float, width: int, *, folded: bool = False) -> Line:
    """One row, ``width`` cells wide at most."""
    node = state.outline[id_]
    indent = "  " * node.depth
    title = said(node.title, LONGEST)
    if isinstance(node.item, Step):
        return _step(state, node.item, indent, title, now, width)
    if isinstance(node.item, Check):
        return _check(state, node, indent, title, width)
    return _holder(state, node, indent, title, now, width, folded)


@of_parts("outline")
def wanted_width(state: RunState) -> int:
    """Cells in which every row of the plan has room, with mark, scroll bar and what stands at its
    right; the same all through the run."""
    widest = 0
    for node in state.outline.nodes.values():
        around = 2 * node.depth + 4 + _room_at_right(state, node)
        title = node.title
        # Of thousands of titles those are looked at closely that might be the widest: shown, one of
        # plain letters never takes more cells than it has letters.
        if title.isascii() and title.isprintable() and around + len(title) <= widest:
            continue
        widest = max(widest, around + cells(said(title, LONGEST)))
    return 2 + widest


def _room_at_right(state: RunState, node: Node) -> int:
    """Cells for what may come to stand at the right of a row."""
    item = node.item
    right = ROOM_FOR_WORD
    if isinstance(item, Step):
        right = ROOM_FOR_BACKGROUND if item.background else ROOM_FOR_TIMES
    elif isinstance(item, Phase) and item.starts:
        right = ROOM_FOR_MOMENT
    if node.gate is not None:
        right = len(f"waits: {', '.join(node.gate.roles)}")
    if isinstance(item, Step):
        return right + cells(_where(state, item))
    if isinstance(item, Change) and item.pull_request:
        right += len(f" #{item.pull_request}")
    return right


def _step(state: RunState, step: Step, indent: str, title: str, now: float, width: int) -> Line:
    status = status_of(state, step.id)
    glyph, tone = GLYPHS[status]
    held = _waits_at_its_gate(state, step, status)
    glyph, tone = ("‖", "warn") if held else (glyph, tone)
    quiet = status in {Status.PENDING, *OVER} and not held
    name = "dim" if quiet else "strong" if status is Status.RUNNING else "plain"
    left: Line = [(f"{indent}{glyph} ", tone), (title, name)]
    if where := _where(state, step):
        left.append((where, "dim"))
    right = times(state, step, now)
    behind = in_background(state, step.id)
    if behind is not None:
        words = "▶ runs in the background" if width >= ROOMY else "▶ background"
        right = [(f"{words} {clock(max(0.0, now - behind.started))}", "busy")]
    if word := _word(state, step, status, width):
        right = [word, ("  " if right else "", "plain"), *right]
    return spread(left, right, width)


def _waits_at_its_gate(state: RunState, step: Step, status: Status) -> bool:
    """Whether nothing but its own gate keeps a step from being started."""
    if step.gate is None or status is not Status.PENDING:
        return False
    return step.id in gates_waiting(state)


def _where(state: RunState, step: Step) -> str:
    """The machine of a step, where its title does not say it; of several machines how many."""
    if is_spread(step):
        return f"  on {len(step.hosts)} machines"
    if not step.hosts or state.outline.on_one_of_several(step.id):
        return ""
    return f"  on {printable(step.hosts[0], 40)}"


def _word(state: RunState, step: Step, status: Status, width: int) -> Part | None:
    """What a row says beside its glyph, so that nothing hangs on the glyph alone."""
    record = ended_early(state, step.id)
    if record is not None:
        what = "its background command ended" if width >= ROOMY else "background ended"
        return (f"! {what} ({ending(record)})", "bad")
    if no := rejection(state, step.id):
        return (f"rejected by {printable(no.by.name, 20)}", "bad")
    if status is Status.SKIPPED and state.step(step.id).overridden:
        return ("skipped against the plan", "bad")
    if status in {Status.PENDING, Status.READY} and state.step(step.id).undo_result in TAKEN_BACK:
        return ("taken back", "dim")
    if step.gate is not None and _waits_at_its_gate(state, step, status):
        return (f"waits: {', '.join(step.gate.roles)}", "warn")
    if is_spread(step) and any(state.step(s.id).touched for s in step.steps):
        return (standing(state, step).words, GLYPHS[status][1])
    if status in {*BROKEN, Status.WAITING, Status.UNDOING, Status.SKIPPED, Status.REHEARSED}:
        return (status.value, GLYPHS[status][1])
    return None


def times(state: RunState, step: Step, now: float) -> Line:
    """Elapsed time against the estimate; an overrun says so."""
    status = state.step(step.id).status
    if status is Status.UNDOING:
        back = undoing(state, step.id, now)
        return [(clock(back), "busy")] if back is not None else []
    spent = elapsed(state, step.id, now)
    wanted = step.estimate.maximum if step.estimate else None
    if spent is None or status is Status.PENDING:
        return [(clock(wanted), "dim")] if wanted else []
    running = status in {Status.RUNNING, Status.WAITING}
    over = wanted is not None and spent > wanted
    tone = "bad" if over and running else "busy" if status is Status.RUNNING else "dim"
    text = clock(spent) + (f"/{clock(wanted)}" if wanted else "")
    if over and wanted is not None and running:
        text += f" +{spoken(spent - wanted)} over"
    return [(text, tone)]


def _check(state: RunState, node: Node, indent: str, title: str, width: int) -> Line:
    tick = state.ticks.get(node.id)
    box = "☑" if tick else "☐"
    # Cyan says by whose word it holds: a person's, against what its probe says.
    tone = "cyan" if tick and tick.override else "good" if tick else "plain"
    if tick is None and not _is_time_for(state, node):
        tone = "dim"
    return spread(
        [(f"{indent}{box} ", tone), (title, "dim" if tick else tone)],
        _ticked_by(state, node, tick),
        width,
    )


def _is_time_for(state: RunState, node: Node) -> bool:
    """Whether a box is one to look at: its step is under way, its phase or change was begun."""
    if node.owner in state.outline.steps:
        return status_of(state, node.owner) not in {Status.PENDING, *OVER}
    return _begun(state, node.owner)


def _ticked_by(state: RunState, node: Node, tick: Tick | None) -> Line:
    probe = probed_by(state, node.owner, node.id)
    if tick is not None and tick.override:
        return [(f"OVERRIDDEN by {printable(tick.by.name, 20)}", "cyan")]
    if tick is not None:
        by_probe = tick.probe or (probe and probe.ok)
        return [("by its probe" if by_probe else printable(tick.by.name, 20), "dim")]
    said = state.probed.get(node.id)
    if said is not None and not said.holds:
        return [("its probe says no" if said.holds is False else "its probe is unknown", "bad")]
    if node.kind is Kind.CRITERION:
        if (hold := next(holding(state, node.owner), None)) is not None:
            return [(f"held by {printable(hold.title, 30)}", "bad")]
        return [("criterion", "dim")]
    if probe is None or probe.ok:
        return []
    return [("its probe runs", "busy") if probe.running else ("its probe failed", "bad")]


def _holder(
    state: RunState, node: Node, indent: str, title: str, now: float, width: int, folded: bool
) -> Line:
    glyph, tone, word = _standing(state, node)
    name = "dim" if glyph == "✓" else "strong"
    left: Line = [(f"{indent}{glyph} ", tone), (title, name)]
    if isinstance(node.item, Change) and node.item.pull_request:
        left.append((f" #{node.item.pull_request}", "dim"))
        left += in_a_word(state, node.item) if glyph != "✓" else []
    if folded:
        left.append((" …", "dim"))
    right: Line = [(word, tone)] if word else []
    if not right and glyph == "○" and isinstance(node.item, Phase) and node.item.starts:
        begins = period(state, node.item)[0]
        if begins is not None and begins > now:
            right = [(f"from {said_at(begins, now)}", "dim")]
    if not right and isinstance(node.item, Phase | Change):
        right = [(_progress(state, node.id), "dim")]
    return spread(left, right, width)


def _standing(state: RunState, node: Node) -> tuple[str, str, str]:
    """Glyph, tone and word of a phase or change."""
    if closed(state, node.id):
        return "✓", "good", ""
    no = rejection(state, node.id)
    if no is not None:
        return "‖" if not gate_open(state, node.id) else "▶", "bad", f"rejected by {no.by.name}"
    if not gate_open(state, node.id):
        roles = ", ".join(node.gate.roles) if node.gate else ""
        waits = node.id in gates_waiting(state)
        return "‖", "warn" if waits else "dim", f"waits: {roles}"
    shuts = node.gate is not None or node.kind is Kind.PHASE
    if shuts and (hold := next(holding(state, node.id), None)) is not None:
        return "‖", "bad", f"held by {printable(hold.title, 30)}"
    if node.id in state.overridden_gates:
        return "▶", "bad", "gate overridden"
    return ("▶", "accent", "") if _begun(state, node.id) else ("○", "dim", "")


@of_parts("outline", "steps")
def _begun(state: RunState, id_: str) -> bool:
    """Whether anything in a node was begun."""
    return any(state.step(step.id).touched for step in state.outline.steps_inside(id_))


@of_parts("outline", "steps")
def _progress(state: RunState, id_: str) -> str:
    """How many steps in a node are over, of how many."""
    steps = [s for s in state.outline.steps_inside(id_) if not state.outline.is_group(s.id)]
    done = sum(state.step(s.id).status in OVER for s in steps)
    return f"{done}/{len(steps)}" if steps else ""
