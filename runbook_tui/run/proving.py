"""What has to be signed with a key, and whether what came back is a signature of just that.

Whether the signature itself is good is found out by whoever can run ssh; here it is only held
against the state, so that nothing is recorded on a state that its signer has not signed.
"""

from __future__ import annotations

from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor, Payload, RunSealed
from runbook_tui.run.finishing import Pairs
from runbook_tui.run.leading import not_lead
from runbook_tui.run.requests import Refusal, SignatureNeeded
from runbook_tui.run.state import RunState, Status
from runbook_tui.run.statement import SEAL, SIGN_OFF, statement

NO_SIGNERS = "[policy] allowed_signers of the plan names the file of the keys that count"


def unproven(
    state: RunState, payload: Payload, step: str | None, actor: Actor,
    q: r.SignNode | r.SealRun, why: str,
) -> Refusal | None:  # fmt: skip
    """A refusal where ``payload``, as the next event, is not what the request's signature is over.

    ``why`` says what asks for one.
    """
    purpose = SEAL if isinstance(payload, RunSealed) else SIGN_OFF
    if state.begun is None or not state.begun.allowed_signers:
        asked = isinstance(q, r.SignNode) and not q.prove
        way = f"; an override opens a gate: runbook override {state.run} NODE" if asked else ""
        return Refusal(
            reason="this run has no allowed signers, so no signature could be checked",
            hint=f"{NO_SIGNERS}; it is read when a run starts{way}",
            exit_code=4 if asked else 2,
        )
    if not state.head:
        return Refusal(
            reason="a signature holds on to what the journal has, and it cannot be written now",
            hint="sign once it can",
        )
    due = statement(state.head, state.run, state.seq + 1, step, actor, payload)
    if q.signature and q.statement == due:
        return None
    return SignatureNeeded(
        reason=why,
        hint="sign with `runbook sign … --key FILE`, or on the screen (s) with a key in ssh-agent",
        statement=due,
        purpose=purpose,
    )


def seal(state: RunState, q: r.SealRun, actor: Actor) -> Pairs | Refusal:
    """The lead's signature over all that was recorded, once nothing more is to come."""
    if (refusal := not_lead(state, actor, "seal the run")) is not None:
        return refusal
    if open_ := _still_open(state):
        return Refusal(reason=f"{open_}, so there is more to come", hint="seal it when it is over")
    if state.sealed and state.sealed == state.seq:
        return Refusal(reason="the run is sealed, and nothing was recorded since", exit_code=0)
    payload = RunSealed(head=state.head, events=state.seq, signature=q.signature)
    why = "a seal is a signature of the lead's"
    return unproven(state, payload, None, actor, q, why) or [(payload, None)]


def _still_open(state: RunState) -> str:
    if state.rolling_back:
        return "a rollback runs"
    running = [id_ for id_, step in state.steps.items() if step.running_command() is not None]
    running += [id_ for id_, step in state.steps.items() if step.status is Status.RUNNING]
    if running:
        return f"“{state.outline[running[0]].title}” runs"
    if state.finished is None and (state.rollback is None or state.rollback.finished is None):
        return "the run is open"
    return ""
