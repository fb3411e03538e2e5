"""What a person answers while a run goes on as lines: confirmations, values, secrets."""

from __future__ import annotations

import re

from runbook_tui.book.model import Parameter, Step
from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.values import (
    Values,
    ask_for,
    asked,
    confirmed,
    secret_missing,
    source,
)
from runbook_tui.run.late_values import lacking
from runbook_tui.run.people import claimed
from runbook_tui.run.requests import (
    ConfirmationNeeded,
    GiveValue,
    PersonNeeded,
    Refusal,
    ValuesMissing,
)
from runbook_tui.run.signing import holds_role
from runbook_tui.run.sources import ASKED, GIVEN
from runbook_tui.run.state import RunState
from runbook_tui.session.session import Session

PATIENCE = 60.0


class Answers:
    """Answers from ``--yes``, from ``-p`` and from the terminal, where there is one."""

    def __init__(
        self, *, yes: bool, may_ask: bool, values: Values, people: tuple[str, ...] = ()
    ) -> None:
        self._yes = yes
        self._people = people
        self._may_ask = may_ask
        self._values = values
        self._held = set(values.secret)

    @property
    def may_ask(self) -> bool:
        """Whether a person is there to be asked."""
        return self._may_ask

    def hand_over(self, session: Session) -> None:
        """Give the session what is not in the journal: secrets, and values given on resuming."""
        hand_over(session, self._values)

    def confirm(self, question: str) -> bool:
        """Yes or no to what the plan asks."""
        if self._yes:
            say.out(f"{question}: yes (--yes)")
            return True
        return self._may_ask and confirmed(question)

    def choose(self, question: str) -> bool:
        """Yes or no to what only a person knows; ``--yes`` does not answer that."""
        return self._may_ask and confirmed(question)

    def said_yes(self, refusal: Refusal) -> bool:
        """Whether the refusal that was just answered was a confirmation."""
        return isinstance(refusal, ConfirmationNeeded)

    def values(self, session: Session, missing: ValuesMissing) -> None:
        """Ask for the values a step needs; raises `Ended` (7) where nobody can be asked."""
        run = session.state.run
        if not self._may_ask:
            how = " ".join(f"-p {name}=…" for name in missing.names)
            raise Ended(exits.WAITING, missing.reason, f"  runbook resume {run} --no-tui {how}")
        for refused in missing.refused:
            say.err(refused.reason)
        for name in missing.names:
            _give(session, name, ask_for(asked_as(session.state, name)))

    def person(self, state: RunState, needed: PersonNeeded) -> str:
        """Who carries a step out: one of those who were named with ``--by``, else as a person says;
        raises `Ended` (7) where nobody can be asked."""
        for named in self._people:
            if holds_role(state, claimed(named), needed.role):
                return named
        if not self._may_ask:
            how = f"  runbook resume {state.run} --no-tui --by 'NAME <MAIL>'"
            raise Ended(exits.WAITING, needed.reason, f"{how}\n  {needed.hint}")
        say.err(f"{needed.reason} ({needed.hint})")
        return asked("NAME <MAIL>").strip()

    def secrets(self, session: Session, step: Step) -> None:
        """See that every secret the step uses has a value; none is ever an empty string. Raises
        `Ended` where one cannot be had."""
        texts = "\n".join(t for t in (step.before, step.run, *step.env.values()) if t)
        begun = session.state.begun
        folder = begun.folder if begun is not None else "/"
        for parameter in session.state.runbook.parameters:
            used = re.search(rf"\b{re.escape(parameter.name)}\b", texts) is not None
            if not used or not secret_missing(parameter, self._held, folder):
                continue
            assert parameter.secret is not None
            if not self._may_ask:
                raise Ended(
                    exits.WAITING,
                    f"“{step.title}” needs the secret {parameter.name}"
                    f" from {source(parameter.secret)}",
                    f"  runbook resume {session.state.run} --no-tui",
                )
            session.give_secret(parameter.name, ask_for(parameter))
            self._held.add(parameter.name)


def hand_over(session: Session, values: Values) -> None:
    """Give an open session what was given with ``-p`` and is not in its journal; raises `Ended`."""
    for name, value in values.secret.items():
        session.give_secret(name, value)
    for name, value in values.plain.items():
        if session.state.values.get(name) != value or lacking(session.state, name):
            _give(session, name, value, GIVEN)


def asked_as(state: RunState, name: str) -> Parameter:
    """The parameter of this name, or what is asked in place of a value that a step puts out."""
    known = (p for p in state.runbook.parameters if p.name == name)
    never = Parameter(name=name, description="no step has put it out, or not as it must be")
    return next(known, never)


def _give(session: Session, name: str, value: str, source: str = ASKED) -> None:
    answer = session.ask(GiveValue(name=name, value=value, source=source)).result(PATIENCE)
    if isinstance(answer, Refusal):
        raise Ended(answer.exit_code, answer.reason, answer.hint)
