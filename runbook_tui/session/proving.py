"""A sign-off or seal with a signature, made beside the session: a key may want to be touched."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import Refusal, SignatureNeeded
from runbook_tui.run.statement import principal
from runbook_tui.session.answering import Answer
from runbook_tui.session.ports.signatures import Key, NotSigned
from runbook_tui.session.proofs import signers_of
from runbook_tui.session.session import Session

ATTEMPTS = 8
"""How often a signature is made anew because the run went on meanwhile."""
TOUCHES = 3
"""The same where each takes a person's touch."""


def proved(
    session: Session,
    request: r.SignNode | r.SealRun,
    actor: Actor,
    key: str = "",
    say: Callable[[Key], object] = lambda key: None,
) -> Answer:
    """Ask for it with a signature of ``actor``'s; waits for the key, so not on a screen's thread.

    ``key`` is its file; ``say`` is told which key signs, before it does.
    """
    asked = request
    chosen: Key | None = None
    for attempt in range(ATTEMPTS):
        answer = session.ask(asked, actor).result()
        if not isinstance(answer, SignatureNeeded):
            return answer
        if chosen is not None and chosen.touch and attempt >= TOUCHES:
            break
        try:
            if chosen is None:
                chosen = session.signatures.key(principal(actor), signers_of(session.state), key)
                say(chosen)
            signature = session.signatures.sign(answer.statement, answer.purpose, chosen)
        except NotSigned as error:
            return Refusal(reason=f"not signed: {error}", hint=error.hint)
        asked = dataclasses.replace(request, signature=signature, statement=answer.statement)
    return Refusal(
        reason="not signed: each time something else was recorded before the signature was there",
        hint="a signature holds on to what is recorded; try again when less is going on",
    )
