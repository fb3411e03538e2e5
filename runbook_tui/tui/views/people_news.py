"""What others have done that concerns people: the lead, raised hands, remarks. Pure."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.events import Actor
from runbook_tui.run.handing_over import who_leads
from runbook_tui.run.state import Hand, RunState
from runbook_tui.session.presence import Here
from runbook_tui.tui.views.tone import Part

MOST_NAMES = 3


def people_news(before: RunState, now: RunState, me: Actor) -> list[Part]:
    """What is worth a word between two states of a run, the least urgent first."""
    return [*_noted(before, now, me), *_hands(before, now, me), *_lead(before, now, me)]


def _noted(before: RunState, now: RunState, me: Actor) -> list[Part]:
    found: list[Part] = []
    if now.notes is before.notes:
        return found
    for note in now.notes[len(before.notes) :]:
        if note.by.key != me.key:
            where = f" on “{now.outline[note.node].title}”" if note.node in now.outline else ""
            who = printable(note.by.name, 40)
            found.append((f"{who} notes{where}: {printable(note.text, 200)}", "plain"))
    return found


def _hands(before: RunState, now: RunState, me: Actor) -> list[Part]:
    up = [hand for hand in now.hands_up if hand.seq > before.seq and hand.by.key != me.key]
    return [(f"{words(now, hand)}; h answers", "bad") for hand in up]


def _lead(before: RunState, now: RunState, me: Actor) -> list[Part]:
    if now.led_since == before.led_since or now.lead is None or before.lead is None:
        return []
    if now.lead.key == before.lead.key and not now.lead_taken:
        return []  # Their own program goes on.
    said = printable(who_leads(now), 300)
    if now.lead.key != me.key:
        yours = "; you start no step any more" if before.lead.key == me.key else ""
        return [(said + yours, "bad" if yours else "warn")]
    if now.lead_taken:
        return [(f"you lead in another terminal: {printable(now.handed, 200)}", "bad")]
    by = printable(before.lead.name, 40)
    note = printable(now.handed, 200)
    return [(f"{by} hands the lead over to you: {note}; Ctrl+P “Lead the run” takes it", "warn")]


def words(state: RunState, hand: Hand) -> str:
    """“Grace raises a hand about “Merge”: wait”."""
    where = f" about “{state.outline[hand.node].title}”" if hand.node in state.outline else ""
    text = f": {printable(hand.text, 200)}" if hand.text else ""
    return f"{printable(hand.by.name, 40)} raises a hand{where}{text}"


def hands(state: RunState) -> str:
    """Whose hands are up, for the head; empty where nobody's."""
    return f"hand up: {_names([h.by.name for h in state.hands_up])}" if state.hands_up else ""


def here(people: tuple[Here, ...], me: Actor, width: int) -> str:
    """How many are here, with the names of the others where there is room; empty where alone."""
    others = [one for one in people if one.actor.key != me.key]
    if not others:
        return ""
    if width < WIDE:
        return f"{len(others) + 1} here"
    return f"here: you, {_names([one.name for one in others])}"


WIDE = 120
"""Columns from which on names are in the head."""


def _names(names: list[str]) -> str:
    shown = [printable(name, 20) for name in dict.fromkeys(names)]
    more = f" and {len(shown) - MOST_NAMES} more" if len(shown) > MOST_NAMES else ""
    return ", ".join(shown[:MOST_NAMES]) + more


def came_and_went(before: tuple[Here, ...], now: tuple[Here, ...], me: Actor) -> list[Part]:
    """Who is here that was not, and who has gone."""
    known, there = ({one.actor.key: one for one in some} for some in (before, now))
    came = [one for key, one in there.items() if key not in known and key != me.key]
    went = [one for key, one in known.items() if key not in there and key != me.key]
    return [
        *((f"{printable(one.name, 40)} has left", "dim") for one in went),
        *((printable(f"{one.name} {one.way} now", 80), "plain") for one in came),
    ]


def page(state: RunState, people: tuple[Here, ...], clock: list[str]) -> list[str]:
    """Everybody who is here, a line each; ``clock`` are the times since when."""
    lines = []
    for one, since in zip(people, clock, strict=True):
        lead = state.lead is not None and state.lead.key == one.actor.key
        word = "leads" if lead and one.way == "leads" else one.way
        login = f"{one.user}@{one.host}" if one.user else ""
        # Others write these files: what stands in them is a line, whatever it is.
        lines.append(
            printable(f"{one.actor.identity}  {word} since {since}  {login}", 200).rstrip()
        )
    lines += [words(state, hand) for hand in state.hands_up]
    return lines or ["nobody else is here"]
