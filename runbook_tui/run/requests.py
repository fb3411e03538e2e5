"""What a person or the session asks of a run; `decide` answers with events or a refusal."""

from __future__ import annotations

from collections.abc import Iterable

from runbook_tui.book.parameters import Refused
from runbook_tui.frozen import frozen
from runbook_tui.run.events import Announced, Payload, PlanChanged, Told
from runbook_tui.run.sources import ASKED


@frozen
class Request:
    """Something asked of a run."""


@frozen
class StartStep(Request):
    """Run the step, or start its timer; also the retry of a broken one.

    ``confirmed``: a person said yes to what the plan asks before this step. ``walk``: in a
    rehearsal, go through it only, though the plan says that it really runs. ``by``: who carries it
    out, ``Name <mail>``, where the plan asks for somebody in a role and that is not the lead.
    """

    step: str
    confirmed: bool = False
    walk: bool = False
    by: str = ""


@frozen
class ProbeAgain(Request):
    """Run the probes of a waiting step again that have failed."""

    step: str


@frozen
class FinishStep(Request):
    """A manual step is done; ``failed`` with a reason where it went wrong; ``by`` as in
    `StartStep`."""

    step: str
    failed: str = ""
    by: str = ""


@frozen
class TickNode(Request):
    """Tick a check or criterion (or finish a manual step); ``off`` takes the tick back.

    ``override``: tick it by hand though its probe or a watch says otherwise, for a ``reason``.
    ``by`` is as in `StartStep`, for a step that this begins and ends.
    """

    node: str
    off: bool = False
    override: bool = False
    reason: str = ""
    by: str = ""


@frozen
class SkipStep(Request):
    """Leave the step out; ``override`` where the plan requires it."""

    step: str
    reason: str
    override: bool = False


@frozen
class AddNote(Request):
    """Write a remark down."""

    text: str
    node: str = ""


@frozen
class SignNode(Request):
    """Approve or reject a node in a role.

    ``prove``: with a signature though the plan does not ask for one. ``signature`` counts only
    while ``statement``, the text that it is over, is still what would be recorded. ``seen`` is the
    digest of what the person was shown; it is refused once that is another. ``shown`` is that of
    the words which were read out to them (`reading_out`), and is signed with all else.
    """

    node: str
    role: str
    approve: bool = True
    comment: str = ""
    prove: bool = False
    signature: str = ""
    statement: str = ""
    seen: str = ""
    shown: str = ""


@frozen
class AskAnew(Request):
    """Ask again for a decision whose time is over, or shall be longer; the lead's."""

    node: str
    reason: str


@frozen
class RaiseHand(Request):
    """Ask to be heard, about a node or the run; holds nothing up."""

    text: str = ""
    node: str = ""


@frozen
class LowerHand(Request):
    """Lower a hand: that of event ``raised``, with 0 one's own."""

    raised: int = 0


@frozen
class HandOver(Request):
    """Give the lead to somebody (``Name <mail>``), with a note."""

    to: str
    note: str


@frozen
class Acknowledge(Request):
    """Somebody sees to what an alarm, by its id, is about."""

    alarm: str


@frozen
class RecordTold(Request):
    """Write down who was told of an alarm, or could not be."""

    told: Told


@frozen
class RecordAnnounced(Request):
    """Write down what became of something that is announced elsewhere."""

    announced: Announced


@frozen
class SealRun(Request):
    """Sign what the run came to, as its lead; ``signature`` and ``statement`` as in `SignNode`."""

    signature: str = ""
    statement: str = ""


@frozen
class TakePlan(Request):
    """Go on with another plan than until now, as the lead; ``plan`` is what would be recorded.

    ``instead`` is the digest of the plan in whose place it comes: what a person was shown the
    difference to. ``reason``: why, where it asks less of people than the run still waits for.
    """

    plan: PlanChanged
    instead: str
    reason: str = ""


@frozen
class OverrideGate(Request):
    """Open a gate without its sign-offs."""

    node: str
    reason: str


@frozen
class OverrideWatch(Request):
    """Go on though a watch is breached or unknown, for a reason; until it is clear."""

    watch: str
    reason: str


@frozen
class GiveValue(Request):
    """Give a value that was asked for, or given with ``-p`` (`run.sources`): of a parameter, or one
    that a step did not put out.

    ``step`` says which step, where the undos of several need one of that name.
    """

    name: str
    value: str
    step: str = ""
    source: str = ASKED


@frozen
class StopCommands(Request):
    """Stop running commands: of one step, or all with ``""``."""

    step: str = ""


@frozen
class OpenRollback(Request):
    """Look at the rollback; changes nothing."""

    scope: str = ""


@frozen
class CloseRollback(Request):
    """Leave the rollback without starting it."""


@frozen
class StartRollback(Request):
    """Bring it back: ``scope`` is step, change, phase or run, ``node`` its id (``""``: the run).

    ``watch`` is the one whose breach starts it, where no person does.
    """

    scope: str
    node: str = ""
    past_floor: bool = False
    attended: bool = True
    watch: str = ""


@frozen
class StopRollback(Request):
    """Stop the rollback after the undo that runs now."""


@frozen
class AnswerByHand(Request):
    """What was done by hand was taken back, or stays, with a reason."""

    step: str
    taken_back: bool
    reason: str = ""


@frozen
class SetSeverity(Request):
    """Say how bad it is: 1 (the worst), 2 or 3; 0 takes the word back. Holds nothing up."""

    level: int


@frozen
class RetryUndo(Request):
    """Try an undo again that failed or was not tried: what of it ended well is not repeated."""

    step: str


@frozen
class AmendUndo(Request):
    """Run this text in place of the undo that failed, for a reason."""

    step: str
    text: str
    reason: str


@frozen
class ContinueUndo(Request):
    """Go on from a line (1 is the first) of the undo that failed half-way."""

    step: str
    line: int


@frozen
class LeaveUndo(Request):
    """Leave an undo that failed as it is: its step stays, with a reason."""

    step: str
    reason: str


@frozen
class RunOffered(Request):
    """Run a command block that the plan keeps for a rollback, outside its steps.

    ``line``: one that failed goes on from that line; 0 runs all of it.
    """

    command: str
    line: int = 0


@frozen
class FinishRun(Request):
    """The run is over: ``done`` or ``abandoned``."""

    result: str = "done"


@frozen
class Refusal:
    """Why something cannot be done now, and what to do next. ``exit_code`` as in the contract."""

    reason: str
    hint: str = ""
    exit_code: int = 4


@frozen
class RollsBackAlready(Refusal):
    """Somebody else has the right to roll this run back now."""


@frozen
class ValuesMissing(Refusal):
    """The step needs values that nobody gave yet, or others than it has: ``refused``."""

    names: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    exit_code: int = 7


def needing(title: str, names: Iterable[str], refused: Iterable[Refused]) -> str:
    """Which values something needs, and what is wrong with those that it has."""
    why = "".join(f"; {r.reason}" for r in refused)
    return f"“{title}” needs a value for {', '.join(names)}{why}"


@frozen
class ConfirmationNeeded(Refusal):
    """The plan wants a person to say yes first; ask again with ``confirmed``."""

    exit_code: int = 7


@frozen
class ReasonNeeded(Refusal):
    """It is against what the plan asks and needs a reason; ask again with one."""


@frozen
class PersonNeeded(Refusal):
    """Somebody in a role has to carry the step out; ask again with ``by``. ``listed`` are those
    whom the plan names for it."""

    step: str
    role: str
    listed: tuple[str, ...] = ()
    exit_code: int = 7


@frozen
class SignatureNeeded(Refusal):
    """It counts only with a signature over ``statement``; ask again with both.

    ``purpose`` is what the key signs for, its namespace. The text binds the run's place: once
    anything else is recorded, another is needed.
    """

    statement: str
    purpose: str


@frozen
class OverrideNeeded(Refusal):
    """The plan, or a probe, stands against it; ask again with ``override``."""


@frozen
class Decision:
    """The events to record, each with the node it is about."""

    events: tuple[tuple[Payload, str | None], ...]
