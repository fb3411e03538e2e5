"""Events in plain words: one line each."""

from __future__ import annotations

from collections.abc import Callable

from runbook_tui.cli import measured, say
from runbook_tui.run import events as e
from runbook_tui.run import pulls
from runbook_tui.run.announced import WORDS
from runbook_tui.run.events import Event
from runbook_tui.run.statement import fingerprint
from runbook_tui.run.times import epoch

Title = Callable[[str], str]


def plain(id_: str) -> str:
    """A node by its id, where no plan is at hand."""
    return f"“{id_}”"


def line(event: Event, title: Title = plain) -> str:
    """Time, and what happened."""
    return f"{say.clock(epoch(event.at))}  {sentence(event, title)}"


def sentence(event: Event, title: Title = plain) -> str:
    """What happened, in a few words; ``title`` names a node.

    It is one line whatever is in it: the name of a file, or a note, could pass for another event.
    """
    saying = _SAYINGS.get(type(event.payload))
    if saying is None:
        return event.type
    about = title(event.step) if event.step else "the run"
    return " ".join(saying(event, about, title).splitlines())


def result_of(payload: e.CommandFinished) -> str:
    """How a command ended."""
    took = f" after {say.length(payload.seconds)}"
    if payload.lost:
        return f"lost: {payload.reason or 'its exit status is unknown'}"
    if payload.timed_out:
        return f"ran out of time{took}"
    if payload.stopped:
        return f"stopped{took}"
    if payload.signal is not None:
        return f"ended by signal {payload.signal}{took}"
    return f"exit status {payload.exit}{took}"


def _command_started(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.CommandStarted)
    words = {"run": "$", "before": "before $", "undo": "undo $", "verify_undo": "verify $"}
    there = f" on {p.host}" if p.host else ""
    there = "" if about.rstrip("”").endswith(there) else there
    return f"{about}{there}: {words.get(p.kind, p.kind + ' $')} {_one_line(p.text)}"


def _command_finished(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.CommandFinished)
    return f"{about}: {p.kind.replace('_', ' ')} {result_of(p)}"


def _step_started(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.StepStarted)
    more = f" (attempt {p.attempt})" if p.attempt > 1 else ""
    by = f", carried out by {p.by}" if p.by else ""
    return f"{about}: started{more}{by}" + (", out of order" if p.out_of_order else "")


def _step_finished(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.StepFinished)
    return f"{about}: {p.result}" + (f": {p.reason}" if p.reason else "")


def _skipped(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.StepSkipped)
    if p.not_applicable:
        return f"{about}: does not apply, {p.reason}"
    return f"{about}: skipped{' against the plan' if p.override else ''}: {p.reason}"


def _rehearsed(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.StepRehearsed)
    would = f"would run $ {_one_line(p.text)}" if p.text else "nothing runs"
    ran = f", in its place ran $ {_one_line(p.ran)}" if p.ran else ""
    marked = f" (marked to run, but {p.reason})" if p.reason else ""
    waits = f"; would wait for {', '.join(p.waits)}" if p.waits else ""
    return f"{about}: rehearsed, {would}{ran}{marked}{waits}"


def _run_started(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.RunStarted)
    what = "REHEARSAL" if p.rehearse else "run"
    return f"{what} started by {event.actor.name}: {p.title}"


def _armed(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.UndoArmed)
    if p.kind != "command":
        return f"{about}: no undo: {p.reason or p.kind}"
    if p.missing:
        known = "is known" if len(p.missing) == 1 else "are known"
        return f"{about}: undo, once {', '.join(p.missing)} {known}: {_one_line(p.text)}"
    return f"{about}: undo ready: {_one_line(p.text)}"


def _captured(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.ParameterCaptured)
    if p.reason:
        return f"{about}: what it put out as {p.name} cannot be used: {p.reason}"
    unused = "" if p.usable else " (not declared, not usable)"
    return f"{about}: {p.name} = {_one_line(p.value)}{unused}"


def _evidence(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.EvidenceKept)
    if not p.digest:
        return f"{about}: evidence {p.name} NOT kept: {p.reason}"
    return f"{about}: evidence {p.name} kept, {say.size(p.bytes)}"


def _signed(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.SignoffGiven)
    comment = f": {p.comment}" if p.comment else ""
    # Who made it, not whether it is good: `verify` looks at that.
    key = f", signed with {fingerprint(p.signature)}" if p.signature else ""
    return f"{title(p.node)} {p.decision} as {p.role} by {event.actor.identity}{key}{comment}"


def _plan_changed(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.PlanChanged)
    return f"{event.actor.name} goes on with another plan: {p.title}, {p.source}, {p.digest[:16]}"


def _sealed(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.RunSealed)
    return f"sealed by {event.actor.identity}, {p.events} events, with {fingerprint(p.signature)}"


def _shared(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.RunShared)
    return f"{event.actor.name} shares the run over {p.remote}, under {p.refs}"


def _vote_refused(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.VoteRefused)
    who = f" of {p.name}" if p.name else ""
    node = f" on {title(p.node)}" if p.node else ""
    if p.overtaken is not None:
        what = "rejection" if p.decision == "rejected" else "approval"
        return f"the {what}{who}{node}, as {p.role}, is void: {p.reason} ({p.vote})"
    what = f"{'ALARM: ' if p.alarm else ''}what came from another machine{who}{node} is refused"
    return f"{what}: {p.reason} ({p.vote})"


def _run_finished(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.RunFinished)
    ended = f"; ended what still ran: {', '.join(p.stopped)}" if p.stopped else ""
    return f"run {p.result}{ended}"


def _amended(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.UndoAmended)
    how = f"goes on from line {p.from_line}" if p.from_line else f"edited: {p.reason}"
    return f"{about}: undo {how}, by {event.actor.name}: {_one_line(p.text)}"


def _undone(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.UndoFinished)
    if p.result in {"rehearsed", "not ready"}:
        would = "would have been ready" if p.result == "rehearsed" else "would NOT have been ready"
        return f"{about}: its undo {would}" + (f": {p.reason}" if p.reason else "")
    undo = "" if p.result == "none" else "undo "
    return f"{about}: {undo}{came_of(p.result)}" + (f": {p.reason}" if p.reason else "")


def came_of(result: str) -> str:
    """The result of an undo in words: there is not always one."""
    return "not undone" if result == "none" else result


def _rolled_back(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.RollbackFinished)
    left = f"; remaining: {', '.join(p.remaining)}" if p.remaining else ""
    return f"rollback {p.result} in {say.length(p.seconds)}{left}"


def _rollback_started(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.RollbackStarted)
    where = f" of {title(p.node)}" if p.node else ""
    by = f"the watch {title(p.watch)}" if p.watch else event.actor.name
    return f"rollback of the {p.scope}{where} started by {by}: {len(p.steps)} to undo"


def _severity(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.SeveritySet)
    if not p.level:
        return f"{event.actor.name} takes the severity back"
    return f"SEV {p.level}, says {event.actor.name}"


def _pruned(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.OutputPruned)
    what = f"{p.logs} log{'' if p.logs == 1 else 's'}"
    if p.files:
        what += f" and {p.files} file{'' if p.files == 1 else 's'} of evidence"
    return f"{what} removed by {event.actor.name}, to save {say.size(p.bytes)}; digests stay"


def _note(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.NoteAdded)
    where = f" on {title(p.node)}" if p.node else ""
    return f"note{where} by {event.actor.name}: {p.text}"


def _pull_seen(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.PullSeen)
    return f"#{p.number} at {p.head[:10]}: {', '.join(text for text, _ in pulls.words(p))}"


def _pull_moved(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.PullMoved)
    void = f"; what {', '.join(p.voids)} signed of it counts no more" if p.voids else ""
    return f"#{p.number} has moved from {p.was[:10]} to {p.head[:10]}{void}"


def _hand_raised(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.HandRaised)
    where = f" about {title(p.node)}" if p.node else ""
    return f"{event.actor.name} raises a hand{where}" + (f": {p.text}" if p.text else "")


def _told(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.Told)
    who = f"{p.to} " if p.to else ""
    what = f"alarm “{p.alarm}”" if p.rung else f"that the alarm “{p.alarm}” is over"
    if p.result == "sent":
        return f"{who}told of {what} by {p.channel}"
    return f"{who}NOT told of {what} by {p.channel}: {p.reason}"


def _announced(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.Announced)
    what = f"{WORDS.get(p.form, p.form)} “{p.announcement}” at {p.where}"
    ref = f" ({p.ref})" if p.ref else ""
    if p.result == "begun":
        return f"{what} is being opened"
    if p.result == "left":
        return f"{what} was taken away there; it is not opened again"
    if p.result == "failed":
        return f"{what} could NOT be {p.deed}: {p.reason}"
    until = f", ends by itself at {p.until} unless it is prolonged" if p.until else ""
    return f"{what} {p.deed}{ref}{until}"


def _handed_over(event: Event, about: str, title: Title) -> str:
    p = event.payload
    assert isinstance(p, e.LeadHandedOver)
    taken = " (taken over)" if p.taken else ""
    why = f": {p.reason}" if p.reason else ""
    return f"{p.name} leads from here on{taken}{why}"


def _node(text: str) -> Callable[[Event, str, Title], str]:
    """A sentence about the node that the payload names."""

    def saying(event: Event, about: str, title: Title) -> str:
        node = title(str(getattr(event.payload, "node", "")))
        reason = str(getattr(event.payload, "reason", ""))
        return text.format(node=node, by=event.actor.name, reason=reason)

    return saying


def _about(text: str) -> Callable[[Event, str, Title], str]:
    """A sentence about the event's own step, or the run."""

    def saying(event: Event, about: str, title: Title) -> str:
        name = str(getattr(event.payload, "name", "") or getattr(event.payload, "title", ""))
        return text.format(about=about, by=event.actor.name, name=name, of=event.payload)

    return saying


def _one_line(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    return lines[0] + (f" … ({len(lines)} lines)" if len(lines) > 1 else "")


_SAYINGS: dict[type[e.Payload], Callable[[Event, str, Title], str]] = {
    e.RunStarted: _run_started,
    e.RunPaused: _about("{by} left; commands go on"),
    e.RunResumed: _about("{by} goes on as lead"),
    e.RunFinished: _run_finished,
    e.RunSealed: _sealed,
    e.RunShared: _shared,
    e.VoteRefused: _vote_refused,
    e.PlanChanged: _plan_changed,
    e.LeadHandedOver: _handed_over,
    e.StepStarted: _step_started,
    e.StepWaiting: _about("{about}: waits for its checks or sign-off"),
    e.StepFinished: _step_finished,
    e.StepSkipped: _skipped,
    e.StepRehearsed: _rehearsed,
    e.CheckTicked: measured.ticked,
    e.CheckUnticked: measured.unticked,
    e.NoteAdded: _note,
    e.HandRaised: _hand_raised,
    e.Told: _told,
    e.Announced: _announced,
    e.AlarmAcknowledged: _about("{by} sees to the alarm “{of.alarm}”"),
    e.HandLowered: _about("a hand is down again ({by})"),
    e.CommandStarted: _command_started,
    e.CommandFinished: _command_finished,
    e.EvidenceKept: _evidence,
    e.ParameterCaptured: _captured,
    e.PullSeen: _pull_seen,
    e.PullMoved: _pull_moved,
    e.SignoffGiven: _signed,
    e.GateOpened: _node("gate of {node} open"),
    e.ApprovalAsked: _node("{by} asks anew for a decision on {node}: {reason}"),
    e.GateOverridden: _node("gate of {node} OVERRIDDEN by {by}: {reason}"),
    e.UndoArmed: _armed,
    e.RollbackOpened: _about("{by} looks at the rollback"),
    e.RollbackClosed: _about("rollback left by {by}"),
    e.RollbackStarted: _rollback_started,
    e.UndoStarted: _about("{about}: undo started"),
    e.UndoAmended: _amended,
    e.UndoFinished: _undone,
    e.RollbackFinished: _rolled_back,
    e.SeveritySet: _severity,
    e.OutputPruned: _pruned,
    e.WatchBreached: measured.breached,
    e.WatchCleared: measured.cleared,
    e.WatchUnknown: measured.unknown,
    e.WatchOverridden: measured.overridden,
    e.WatchSampled: measured.sampled,
    e.CheckProbed: measured.probed,
}
