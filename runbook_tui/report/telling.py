"""Who was told of what took too long, over which channel, and who saw to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook_tui.report.gathered import Gathered
from runbook_tui.report.incidents import Telling
from runbook_tui.report.words import Clock
from runbook_tui.run import events as e
from runbook_tui.run.events import Event
from runbook_tui.run.times import epoch

COLUMNS = ("When", "Alarm", "Who", "How", "Result")
WHAT = {
    "overrun": "over its estimate", "gate": "not approved in time",
    "sign-off": "not approved in time", "stage": "its window has closed",
}  # fmt: skip


def told(found: Gathered, event: Event, payload: e.Told) -> None:
    """Somebody was told, or not."""
    sent = payload.result == "sent"
    over = "that it is over: " if not payload.rung else ""
    tries = f" after {payload.attempts} attempts" if payload.attempts > 1 else ""
    why = "" if sent else f": {payload.reason}"
    found.told.append(
        Telling(
            at=epoch(event.at), alarm=_words(found, payload.alarm), who=payload.to,
            rung=payload.rung, channel=payload.channel, good=sent,
            result=f"{over}{'told' if sent else 'NOT told'}{tries}{why}",
        )
    )  # fmt: skip


def acknowledged(found: Gathered, event: Event, payload: e.AlarmAcknowledged) -> None:
    """Somebody sees to it."""
    found.told.append(
        Telling(at=epoch(event.at), alarm=_words(found, payload.alarm), who=event.actor.identity,
                result="sees to it")
    )  # fmt: skip


def _words(found: Gathered, alarm: str) -> str:
    """An alarm by what it is about; as it is called where that is not known."""
    kind, _, rest = alarm.partition(" ")
    node = rest.partition(" ")[0]
    what = WHAT.get(kind)
    return f"{found.title(node)}: {what}" if what and node else alarm


def rows(tellings: Iterable[Telling], clock: Clock) -> Iterator[tuple[str, ...]]:
    """A row each."""
    for one in tellings:
        rung = f" (rung {one.rung})" if one.rung else ""
        yield clock.short(one.at), one.alarm, f"{one.who}{rung}".strip(), one.channel, one.result
