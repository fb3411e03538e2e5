"""A run in memory: the real decisions and the real fold, with a list in place of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from runbook_tui.book.model import Runbook
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.decide import decide
from runbook_tui.run.events import Actor, Draft, Event, Payload
from runbook_tui.run.fold import begin, fold
from runbook_tui.run.state import RunState
from runbook_tui.run.wire import wire_name
from runbook_tui.session.ports.journal import Brief

ADA = Actor(name="Ada", email="ada@example.com", user="ada", host="here")
GRACE = Actor(name="Grace", email="grace@example.com", user="grace", host="here")
LINUS = Actor(name="Linus", email="linus@example.com", user="linus", host="here")
START = 1_700_000_000.0


class History:
    """Events in order and the state they make; each event is one second after the last.

    ``delay`` is added to that: seconds that have passed beside the events.
    """

    delay = 0.0

    def __init__(
        self,
        runbook: Runbook,
        values: dict[str, str] | None = None,
        *,
        rehearse: bool = False,
        environment: str | None = None,
    ) -> None:
        self.events: list[Event] = []
        self.state: RunState = begin("20260101-cafe", runbook)
        self.add(
            e.RunStarted(
                title=runbook.title, source="plan.toml", format=runbook.format, plan="",
                digest="d", folder="/srv/plan", parameters=values or {},
                rehearse=rehearse, environment=environment,
            )
        )  # fmt: skip

    def add(self, payload: Payload, step: str | None = None, actor: Actor = ADA) -> Event:
        """Append one event."""
        seq = len(self.events) + 1
        event = Event(
            seq=seq,
            id=f"id-{seq}",
            run=self.state.run,
            type=wire_name(payload),
            at=datetime.fromtimestamp(START + seq + self.delay, UTC).isoformat(),
            actor=actor,
            step=step,
            payload=payload,
            hash=f"{seq:064x}",
        )
        self.events.append(event)
        self.state = fold(self.state, [event])
        return event

    def ask(self, request: r.Request, actor: Actor = ADA) -> r.Refusal | Sequence[Event]:
        """Decide and append what was decided."""
        answer = decide(self.state, request, actor)
        if isinstance(answer, r.Refusal):
            return answer
        return [self.add(payload, step, actor) for payload, step in answer.events]

    def ran(self, step: str, undo: e.UndoArmed | None = None, exit_: int = 0) -> None:
        """A step with a command that started and ended."""
        attempt = self.state.step(step).attempt + 1
        self.add(e.StepStarted(attempt=attempt), step)
        self.add(undo or e.UndoArmed(kind="command", text=f"undo {step}"), step)
        folder = f"/runs/{step}.{attempt}"
        self.add(
            e.CommandStarted(attempt=attempt, kind="run", text="true", cwd="/", shell=("sh", "-c"),
                             folder=folder),
            step,
        )  # fmt: skip
        self.add(
            e.CommandFinished(attempt=attempt, kind="run", folder=folder, exit=exit_, seconds=2.0),
            step,
        )
        result = "done" if exit_ == 0 else "failed"
        self.add(e.StepFinished(result=result), step)

    def refold(self) -> RunState:
        """The same events folded at once."""
        return fold(begin(self.state.run, self.state.runbook), self.events)


class HistoryJournal:
    """As much of a journal as a recorder needs, over a history."""

    def __init__(self, history: History) -> None:
        self._history = history

    def events(self, run: str, after: int = 0) -> list[Event]:
        return self._history.events[after:]

    def append(
        self, run: str, drafts: Sequence[Draft], actor: Actor, expect: int | None = None
    ) -> list[Event]:
        assert expect in {None, len(self._history.events)}
        return [self._history.add(d.payload, d.step, d.actor or actor) for d in drafts]


def in_brief(event: Event) -> Brief:
    """What a journal tells of an event in brief, taken from the event itself."""
    data = event.payload
    who = data if isinstance(data, e.LeadHandedOver) else event.actor
    words = {name: str(getattr(data, name, "")) for name in ("kind", "result", "folder")}
    return Brief(event.type, event.step, event.at, who.name, who.email, **words,
                 rehearse=bool(getattr(data, "rehearse", False)))  # fmt: skip
