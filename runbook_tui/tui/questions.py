"""What a person is asked before something can go on: values, a yes, an override, a signature."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_tui.book.plain_text import printable
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.people import parse_identity
from runbook_tui.run.prepare import missing_values
from runbook_tui.run.signing import content_digest
from runbook_tui.session.ports.signatures import Key
from runbook_tui.session.proving import proved
from runbook_tui.tui.dialogs.ask import AskSignoff, Confirm, Signature
from runbook_tui.tui.views import signing
from runbook_tui.tui.views.confirming import confirmation

if TYPE_CHECKING:
    from runbook_tui.session.answering import Answer
    from runbook_tui.tui.app import RunbookApp


NAMES_SOMEBODY = (r.StartStep, r.FinishStep, r.TickNode)
NamesSomebody = r.StartStep | r.FinishStep | r.TickNode


class Questions:
    """Asks with dialogs of the application, then asks the session again."""

    def __init__(self, app: RunbookApp) -> None:
        self._app = app

    def answered(self, message: RunbookApp.Answered) -> None:
        """The session has answered."""
        app, request, answer = self._app, message.request, message.answer
        if isinstance(answer, r.ValuesMissing):
            if answer.refused:
                app.say(answer.reason, "warn")
            self.values(list(answer.names), lambda: app.ask(request))
        elif isinstance(answer, r.ConfirmationNeeded) and isinstance(request, r.StartStep):
            self._confirm(request)
        elif isinstance(answer, r.PersonNeeded) and isinstance(request, NAMES_SOMEBODY):
            self._name_somebody(request, answer)
        elif isinstance(answer, r.Refusal):
            self._refused(request, answer)
        elif isinstance(answer, BaseException):
            app.say(f"a fault of this program: {answer!r}", "bad")
        elif message.then is not None:
            message.then()
        elif not isinstance(request, r.OpenRollback | r.CloseRollback):
            app.messages.answer(message.asked)
            app.show_message()

    def values(self, names: list[str], then: Callable[[], object]) -> None:
        """Ask for one value after the other, then go on with what needed them."""
        app = self._app
        if not names:
            then()
            return
        name, rest = names[0], names[1:]

        def given(value: str) -> None:
            app.give(name, value, lambda: self.values(rest, then))

        state = app.session.state
        if name in state.secrets:
            app.with_text(f"{name} = (a secret: it is not recorded)", given, secret=True)
        else:
            made = [state.outline[id_].title for id_ in state.outline.makers.get(name, ())]
            titles = ", ".join(f"“{printable(title, 40)}”" for title in made)
            why = f" ({titles} has not put it out, or not as it must be)" if made else ""
            app.with_text(f"{name}{why} =", given, value=state.values.get(name, ""))

    def sign(self, node: str) -> None:
        """Ask for the signature that holds a node: the gate around it first."""
        app = self._app
        state = app.session.state
        found = signing.awaited(state, node) if node else None
        if found is None:
            holds = signing.what_holds(state, node) if node else ()
            more = f"; it is held by: {'; '.join(holds)}" if holds else ""
            app.say(f"nothing that holds this waits for a sign-off{more}")
            return
        role = signing.may_sign(state, found, app.session.actor)
        name = app.session.actor.identity if role else ""
        seen = content_digest(state, found.node.id)

        def signed(signature: Signature | None) -> None:
            if signature is not None:
                request = r.SignNode(
                    node=found.node.id,
                    role=signature.role,
                    approve=signature.approve,
                    comment=signature.comment,
                    seen=seen,
                )
                who = self._who(signature.name)
                if found.asked.signed:
                    self._prove(request, who)
                else:
                    app.ask(request, who)

        dialog = AskSignoff(
            signing.question(state, found),
            signing.conditions(state, found, app.now(), app.session.actor),
            found.asked.roles,
            name,
            role,
        )
        app.push_screen(dialog, signed)

    def _prove(self, request: r.SignNode, who: Actor) -> None:
        """Sign with a key, on a thread of its own: it may have to be touched."""
        app = self._app
        asked = time.monotonic()

        def tell(key: Key) -> None:
            touch = "; touch it when it blinks" if key.touch else ""
            app.post(app.Said(f"signing with the key {key.name}{touch}"))

        def sign() -> None:
            try:
                answer: Answer | BaseException = proved(app.session, request, who, say=tell)
            except Exception as error:  # noqa: BLE001  shown as a fault of ours
                answer = error
            app.post(app.Answered(request, answer, asked))

        threading.Thread(target=sign, name="signing", daemon=True).start()

    def _who(self, text: str) -> Actor:
        """Somebody at this keyboard: the claimed name beside the system's view of it."""
        name, mail = parse_identity(text)
        own = self._app.session.actor
        return Actor(name=name or mail, email=mail, user=own.user, host=own.host)

    def _name_somebody(self, request: NamesSomebody, needed: r.PersonNeeded) -> None:
        """Ask who carries a step out that is for somebody in a role."""
        only = needed.listed[0] if len(needed.listed) == 1 else ""

        def named(text: str) -> None:
            self._app.ask(dataclasses.replace(request, by=text.strip()))

        self._app.with_text(f"{needed.reason} Name <mail>; {needed.hint}", named, value=only)

    def _confirm(self, request: r.StartStep) -> None:
        app = self._app
        state = app.session.state
        if names := missing_values(state, state.outline.steps[request.step]):
            # Whoever says yes must see the command as it will run.
            self.values(list(names), lambda: app.ask(request))
            return
        again = dataclasses.replace(request, confirmed=True)
        question = confirmation(state, request.step)
        app.push_screen(Confirm(question), lambda yes: app.ask(again) if yes else None)

    def _refused(self, request: r.Request, answer: r.Refusal) -> None:
        app = self._app
        if isinstance(request, r.SkipStep) and isinstance(answer, r.OverrideNeeded):
            question = f"{answer.reason}. Override? It is recorded and shown red in the report."
            again = r.SkipStep(step=request.step, reason=request.reason, override=True)
            app.push_screen(Confirm(question), lambda yes: app.ask(again) if yes else None)
            return
        if isinstance(request, r.TickNode) and isinstance(answer, r.OverrideNeeded):
            node = request.node
            app.with_text(
                f"Why tick it all the same? For {answer.reason}",
                lambda why: app.ask(r.TickNode(node=node, override=True, reason=why)),
            )
            return
        hint = f" ({answer.hint})" if answer.hint else ""
        app.say(answer.reason + hint, "warn")
