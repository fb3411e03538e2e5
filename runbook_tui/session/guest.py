"""Somebody who takes part through a browser: what they may ask of a run, and what not.

They reach nothing but the keys of a screen that runs under the login of whoever serves it. So all
that would let them choose what is executed there (steps, edited undos, offered commands, typing) is
refused here, below the screen, and not only left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runbook_tui.frozen import frozen
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.requests import Refusal, SignatureNeeded
from runbook_tui.run.rollback import plan
from runbook_tui.run.state import RunState, Status
from runbook_tui.session.answering import Answer, Pause
from runbook_tui.session.ports.surroundings import Surroundings

VIEWER, REVIEWER = "viewer", "reviewer"
"""Who looks only; who takes part. Any other word is a role of the plan: they sign in it alone."""
OPEN_TO_REVIEWERS = (
    r.SignNode, r.TickNode, r.AddNote, r.RaiseHand, r.LowerHand, r.Acknowledge,
    r.OpenRollback, r.CloseRollback, r.StartRollback, r.StopRollback, r.AnswerByHand,
    r.SetSeverity, r.RetryUndo, r.LeaveUndo, r.GiveValue,
)  # fmt: skip
WHY_NOT: Mapping[type[r.Request], str] = {
    r.StartStep: "steps are started by the lead",
    r.ProbeAgain: "steps are carried out by the lead",
    r.FinishStep: "steps are carried out by the lead",
    r.SkipStep: "what is left out is for the lead to say",
    r.StopCommands: "what runs is stopped from a terminal",
    r.RunOffered: "a command is run from a terminal",
    r.AmendUndo: "an undo is edited from a terminal",
    r.ContinueUndo: "an undo is gone on with from a terminal",
}
INSTEAD = "in a browser you may look, sign, tick, note, raise a hand and bring it back"


@frozen
class Guest:
    """Who it is and what they ``may``: `VIEWER`, `REVIEWER`, or a role.

    ``proves``: the keys on this machine are theirs, so that they may sign with one.
    """

    actor: Actor
    may: str = REVIEWER
    proves: bool = False
    lend: Callable[[frozenset[str]], Surroundings | None] = lambda names: None
    """Gets the variables of these names from whoever serves, for a rollback; with them the
    surroundings are these. None where there are none; may wait for a moment."""

    @property
    def acts(self) -> bool:
        """Whether they may do anything at all."""
        return self.may != VIEWER

    def refusal(self, state: RunState, request: r.Request, actor: Actor) -> Refusal | None:
        """Why this cannot be asked from a browser; None where it may be."""
        if isinstance(request, Pause):
            return None
        if not self.acts:
            return Refusal(reason="you look on: nothing can be done from here",
                           hint="ask whoever sent you the link for one with a role")  # fmt: skip
        if not isinstance(request, OPEN_TO_REVIEWERS):
            why = WHY_NOT.get(type(request), "that is done from a terminal")
            return Refusal(reason=why, hint=INSTEAD)
        if actor.key != self.actor.key or actor.identity != self.actor.identity:
            return Refusal(
                reason=f"this page is {self.actor.identity}'s, and acts in that name alone",
                hint="whoever else signs needs a link of their own",
            )
        return self._kept(state, request)

    def _kept(self, state: RunState, request: r.Request) -> Refusal | None:
        if isinstance(request, r.SignNode):
            if self.may not in {REVIEWER, request.role}:
                return Refusal(
                    reason=f"your link is for the role {self.may}, not for {request.role}",
                    hint="ask whoever sent it for one with that role",
                )
            if (request.prove or request.signature) and not self.proves:
                return self.no_key()
        if isinstance(request, r.TickNode) and request.node in state.outline.steps:
            begun = state.step(request.node).status in {Status.RUNNING, Status.WAITING}
            if not begun or request.by:
                return Refusal(reason=WHY_NOT[r.StartStep], hint=INSTEAD)
        if isinstance(request, r.GiveValue) and request.name not in _lacked(state):
            return Refusal(reason="values of steps are given by the lead", hint=INSTEAD)
        return None

    def heard(self, answer: Answer) -> Answer:
        """The answer as they may have it: nobody signs with a key that is not theirs."""
        if isinstance(answer, SignatureNeeded) and not self.proves:
            return self.no_key()
        return answer

    def no_key(self) -> Refusal:
        """What is said where a signature by key is wanted."""
        return Refusal(
            reason="this counts only with a signature by your own ssh key, and there is none of"
            " yours in a browser",
            hint="sign where your key is: runbook sign, join --share, or by a slip (sign --text)",
        )


def _lacked(state: RunState) -> frozenset[str]:
    """Names of the values that undos lack, while a rollback is looked at or runs; all others are
    not a guest's to give: the lead's steps would go on with them."""
    if state.rollback is None or state.rollback.finished is not None:
        return frozenset()
    return frozenset(name for item in plan(state, "run", "", True).items for name in item.missing)
