"""After a rollback: the commands that the plan keeps for it, each run only after a yes to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from runbook_tui.book.plain_text import printable
from runbook_tui.book.shell.plain_lines import numbered, rest
from runbook_tui.cli import say
from runbook_tui.cli.output import LogFollower
from runbook_tui.cli.values import asked, confirmed
from runbook_tui.run import requests as r
from runbook_tui.run.offers import Offer, lines_to_go_on_from, offers
from runbook_tui.run.procedures import duties
from runbook_tui.run.requests import Refusal
from runbook_tui.run.rollback import running_plan
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.session.session import Session

PATIENCE = 60.0
POLL = 0.03


def offer_all(
    session: Session, ask_value: Callable[[str], bool], but: Collection[str] = ()
) -> frozenset[str]:
    """Offer each command that has not ended well yet, ``but`` these; returns which.

    ``ask_value`` asks for a value by name.
    """
    found = [offer.id for offer in _offered(session.state) if offer.id not in but]
    for id_ in found:
        _Offering(session, id_, ask_value).carry_out()
    return frozenset(found)


def _offered(state: RunState) -> Iterator[Offer]:
    """What the plan offers: commands in the stages of its procedures, then blocks beside them."""
    planned = running_plan(state)
    for duty in duties(state, planned.procedures if planned is not None else ()):
        if duty.offer is not None and duty.ticked is None:
            yield duty.offer
    for offer in offers(state):
        if offer.last is None or not offer.last.ok:
            yield offer


class _Offering:
    """One offered command, from the question to its end."""

    def __init__(self, session: Session, id_: str, ask_value: Callable[[str], bool]) -> None:
        self._session = session
        self._id = id_
        self._ask_value = ask_value

    @property
    def _offer(self) -> Offer:
        return next(offer for offer in _all(self._session.state) if offer.id == self._id)

    def carry_out(self) -> None:
        """Ask, run, and where it fails ask again what becomes of it."""
        offer = self._offer
        needs = f"; it needs {', '.join(offer.missing)}" if offer.missing else ""
        say.out(f"the plan offers “{offer.title}”{needs}:", bold=True)
        say.out(_shown(offer.text))
        if not confirmed("Run it now?"):
            return
        if offer.missing:
            for name in offer.missing:
                if not self._ask_value(name):
                    say.err(f"{name} is nothing that can be given here", colour="red")
                    return
            say.out(_shown(self._offer.text))
            if not confirmed("This runs now?"):
                return
        line: int | None = 0
        while line is not None:
            line = self._next(line)

    def _next(self, line: int) -> int | None:
        """Run it from a line on (0: all of it); the line to go on from, None where that is all."""
        before = len(self._session.state.step(self._id).commands)
        answer = self._session.ask(r.RunOffered(command=self._id, line=line)).result(PATIENCE)
        if isinstance(answer, Refusal):
            say.err(f"{answer.reason}{f' ({answer.hint})' if answer.hint else ''}", colour="red")
            return None
        record = self._followed(before)
        if record.ok:
            say.out(f"“{self._offer.title}”: ended well", colour="green")
            return None
        how = f"exit status {record.exit}" if record.signal is None else f"signal {record.signal}"
        say.err(f"“{self._offer.title}” failed: {how}", colour="red")
        return self._chosen()

    def _followed(self, number: int) -> CommandRecord:
        """Print its output until it has ended; returns how."""
        pause = threading.Event()
        follower: LogFollower | None = None
        while True:
            commands = self._session.state.step(self._id).commands
            if len(commands) > number:
                record = commands[number]
                follower = follower or LogFollower(Path(record.folder))
                for text in follower.lines(ended=not record.running):
                    say.out(f"  | {text}")
                if not record.running:
                    return record
            pause.wait(POLL)

    def _chosen(self) -> int | None:
        """What a person wants after it has failed: again (0), from a line, or nothing more."""
        offer = self._offer
        lines, why = lines_to_go_on_from(offer)
        while True:
            words = "r: all again, l: go on from a line, x: leave it" if lines else (
                "r: all again, x: leave it")  # fmt: skip
            choice = asked(f"{words}. Which?").strip().casefold()
            if choice == "r":
                return 0
            if choice == "x":
                return None
            if choice == "l" and lines:
                number = self._from(offer, lines)
                if number is not None:
                    return number
            elif choice == "l":
                say.err(f"it cannot be gone on with from a line: {why}")

    def _from(self, offer: Offer, lines: tuple[int, ...]) -> int | None:
        numbers = ", ".join(str(number) for number in lines)
        answer = asked(f"From which line? ({numbers})").strip()
        if not answer.isdecimal() or int(answer) not in lines:
            say.err(f"“{answer}” is none of the lines {numbers}")
            return None
        say.out(_shown(rest(offer.text, int(answer))))
        return int(answer) if confirmed("This runs now?") else None


def _all(state: RunState) -> Iterator[Offer]:
    planned = running_plan(state)
    for duty in duties(state, planned.procedures if planned is not None else ()):
        if duty.offer is not None:
            yield duty.offer
    yield from offers(state)


def _shown(text: str) -> str:
    return "\n".join(f"  {number:>3}  {printable(line)}" for number, line in numbered(text))
