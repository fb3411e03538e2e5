"""The head and the foot: where the run stands, in one line each."""

from __future__ import annotations

import unicodedata

from runbook_tui.book.durations import clock, spoken
from runbook_tui.book.plain_text import printable
from runbook_tui.run.active import DAY, active
from runbook_tui.run.forecast import Forecast, Window, forecast, window
from runbook_tui.run.offers import open_values
from runbook_tui.run.once import of_state
from runbook_tui.run.readiness import counted
from runbook_tui.run.rehearsal import as_if
from runbook_tui.run.rollback import plan, without
from runbook_tui.run.state import RunState
from runbook_tui.run.tampering import unseen
from runbook_tui.run.times import day_of, said
from runbook_tui.run.undo_items import NOTHING_ABSENT, Absent
from runbook_tui.session.sharing import SharingStatus
from runbook_tui.tui.views import follow_up, people_news, severity, shared
from runbook_tui.tui.views.tone import Line, length, spread
from runbook_tui.tui.views.whereabouts import environment

SHORTEST_TITLE = 12
READABLE_TITLE = 24
RUN, AGAIN = ("Enter", "run"), ("r", "again")
LEADS = (RUN, AGAIN, ("x", "skip"), ("i", "type"))
"""Keys in the foot that only the lead has."""
ROOM_FOR_SPREAD = 110
SOON = 900.0
"""Seconds before the last safe moment from which on it is told before anything else."""
WORTH_SAYING = 60.0
"""Seconds by which a run must be late or early for the head to say so."""


@of_state
def readiness(state: RunState, absent: Absent = NOTHING_ABSENT) -> Line:
    """The light: how many undos are ready, and how long they take."""
    found = without(plan(as_if(state), "run", ""), absent)
    values = len(open_values(state))
    asks = f", {values} values open" if values else ""
    if not found.items:
        return [(f"↶ nothing to undo{asks}", "warn" if values else "dim")]
    words = f"↶ {counted(found)}"
    open_ = found.commands - found.ready
    stays = sum(item.kind in {"none", "irreversible"} for item in found.items)
    if found.expected is not None and found.ready:
        words += f", {'~' if found.guessed else ''}{spoken(found.expected)}"
    return [(words + asks, "warn" if open_ or values or stays else "good")]


@of_state
def incomplete(state: RunState) -> bool:
    """Whether the last rollback has left something, and nobody has gone on since."""
    rollback = state.rollback
    if rollback is None or rollback.started is None or rollback.result != "incomplete":
        return False
    return all(step.started_seq < rollback.seq for step in state.steps.values())


def head(
    state: RunState,
    now: float,
    width: int,
    trouble: str = "",
    absent: Absent = NOTHING_ABSENT,
    *,
    you: str = "",
    leaderless: bool = False,
    sharing: SharingStatus | None = None,
    here: str = "",
    alarms: str = "",
) -> Line:
    """The top line; what goes first where it is narrow: run, lead, finish; never readiness.

    ``you``: who looks on, where that is not the lead. ``leaderless``: nobody leads now.
    ``sharing``: how the run fares on other machines. ``here``: who else looks at it.
    ``alarms``: how much takes too long.
    """
    if state.rolling_back:
        started = state.rollback.started if state.rollback else None
        light: Line = [(f"↶ rolling back {clock(now - (started or now))}", "panic")]
    else:
        light = readiness(state, absent)
    saved: Line = [("● not saved", "bad")] if trouble else [("● saved", "good")]
    title: Line = [(f" {_calm(printable(state.runbook.title, 120))}", "strong")]
    if state.rehearsal:
        title = [(" REHEARSAL ", "won"), *title]
    place = environment(state)
    title = [*place, *title]
    right: Line = [*light, ("  ", "plain"), *saved, (" ", "plain")]
    elsewhere = shared.facts(sharing, width, unseen=bool(unseen(state)))
    own = [fact for fact in elsewhere if shared.is_loud(fact)]
    own += [[(you, "strong")]] if you else []
    own += [fact for fact in elsewhere if not shared.is_loud(fact)]
    if raised := people_news.hands(state):
        own.insert(0, [(raised, "bad")])
    if alarms:
        own.insert(0, [(alarms, "bad")])
    if level := severity.word(state.severity):
        own.insert(0, [(level, "bad")])
    if incomplete(state):
        own.insert(0, [("rollback INCOMPLETE", "bad")])
    if left := follow_up.fact(state, now, width):
        own.append(left)
    for number, fact in enumerate([*own, *_facts(state, now, absent, width, leaderless, here)]):
        # These stay beside the shortest title; whatever else only beside a readable one.
        least = SHORTEST_TITLE if number < max(2, len(own)) else READABLE_TITLE
        least += length(place)
        if length(right) + length(fact) + 3 + min(least, length(title)) > width:
            break
        right = [*fact, (" · ", "dim"), *right]
    return spread(title, right, width)


def _facts(
    state: RunState, now: float, absent: Absent, width: int, leaderless: bool, here: str
) -> list[Line]:
    """What is said beside the light where there is room, the most important first."""
    until = state.finished if state.finished is not None else now
    facts: list[Line] = [[(since(state, until), "plain")]]
    if state.finished is not None:
        facts.append([(f"run {state.result}", "good")])
    elif not state.rolling_back and (found := forecast(state, now, absent.past)) is not None:
        facts.append(done_by(found, now, exact=width >= ROOM_FOR_SPREAD))
    if (limit := nearest_window(state, now, absent)) is not None:
        # That it is not safe to go on, or soon, comes before how long it has taken.
        facts.insert(0 if presses(limit, now) else len(facts), safety(limit, now))
    if leaderless:
        facts.insert(0, [("nobody leads", "bad")])
    elif state.lead is not None:
        facts.append([(f"lead {printable(state.lead.name, 24)}", "dim")])
    if here:
        facts.append([(here, "plain")])
    return [*facts, [(f"run {state.run[-4:]}", "dim")]]


def since(state: RunState, until: float) -> str:
    """How long it has taken; over days which day it is, and how long it was worked on."""
    if until - state.started < DAY:
        return clock(until - state.started)
    return f"day {day_of(until, state.started)}, active {clock(active(state, until))}"


def done_by(found: Forecast, now: float, *, exact: bool) -> Line:
    """When it will be done, and how far that lies from the plan; ``exact``: with its spread. Where
    nobody knows how long a step takes, only after when."""
    end, slow = said(found.likely, now), said(found.slow, now)
    until = f"–{slow}" if exact and found.slow - found.likely >= WORTH_SAYING else ""
    word = "done after" if found.unknown else "done by"
    when: Line = [(f"{word} {end}{until}", "plain")]
    if abs(found.late) >= WORTH_SAYING:
        sign, tone = ("+", "warn") if found.late > 0 else ("−", "dim")
        when.append((f" ({sign}{spoken(round(abs(found.late) / 60) * 60)})", tone))
    return when


def nearest_window(state: RunState, now: float, absent: Absent) -> Window | None:
    """The window that leaves the least time, with what a rollback of the run would take."""
    if state.finished is not None or not any(phase.ends for phase in state.runbook.phases):
        return None
    back = without(plan(as_if(state), "run", ""), absent)
    longest = max(back.budget or 0.0, back.expected or 0.0)
    return window(state, now, absent.past, back=longest)


def presses(found: Window, now: float) -> bool:
    """Whether it is not safe to go on, or soon will not be."""
    return now > found.safe_until - SOON


def safety(found: Window, now: float) -> Line:
    """Until when one may go on so that a rollback still fits into the window."""
    if now <= found.safe_until:
        tone = "warn" if presses(found, now) else "plain"
        return [(f"safe until {said(found.safe_until, now)}", tone)]
    if now <= found.turn_back_by:
        return [(f"UNSAFE since {said(found.safe_until, now)}", "warn")]
    return [(f"TOO LATE to roll back by {said(found.ends, now)}", "bad")]


def _calm(title: str) -> str:
    """A title without pictures, which take two cells and say nothing."""
    return "".join(c for c in title if unicodedata.category(c) != "So").strip()


def foot(
    width: int,
    *,
    pane: bool,
    typing: bool,
    guest: bool = False,
    running: bool = True,
    again: bool = False,
    only: str = "",
    idle: frozenset[str] = frozenset(),
) -> Line:
    """The keys of what is in focus; the panic key always. ``guest``: somebody else leads;
    ``running``: the command in the pane can still be typed into; ``again``: what is chosen has
    gone wrong; ``idle``: keys that do nothing on it now."""
    panic: Line = [(" F9 PANIC: roll back ", "panic")]
    keys: tuple[tuple[str, str], ...]
    if typing:
        keys = (("Ctrl+]", "end typing"),)
    elif pane:
        types = (("i", "type"),) if running else ()
        keys = (("Tab", "back"), *types, ("[ ]", "others"), ("↑↓", "scroll"),
                ("/", "find"), ("z", "zoom"), ("?", "help"), ("e", "error"), ("b", "beside"),
                ("v", "choose"), ("c", "copy"))  # fmt: skip
    else:
        keys = (AGAIN if again else RUN, ("Space", "tick"), ("s", "sign"), ("x", "skip"),
                ("Tab", "pane"), ("?", "help"), ("q", "leave"), ("/", "find"), ("n", "note"),
                ("o", "next open"), ("f", "focus"), ("F", "filter"),
                ("[ ]", "outputs"))  # fmt: skip
    left: Line = [(" ", "plain")]
    if only and not pane:
        left += [(f"only {only}", "warn"), ("  ", "plain"), ("F", "key"), (" next  ", "plain")]
    if guest:
        keys = tuple(entry for entry in keys if entry not in LEADS)
    for key, word in keys:
        part: Line = [(key, "key"), (f" {word}  ", "plain")]
        if key in idle and not pane and not typing:
            part = [(key, "off"), (f" {word}  ", "dim")]
        # One of the two blanks behind it gives way to the one before the panic key.
        if length(left) + length(part) - 1 + length(panic) > width:
            break
        left += part
    left[-1] = (left[-1][0].rstrip() or " ", left[-1][1])
    return spread(left, panic, width)
