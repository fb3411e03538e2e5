"""How a report names times, lengths and people. All of it is text still to be made safe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from runbook_tui.book.durations import spoken
from runbook_tui.frozen import frozen
from runbook_tui.report.attempts import Attempt, Box, Evidence, Ran
from runbook_tui.report.incidents import Remark, Rollback
from runbook_tui.report.model import Decision, Due, Part, PlanTaken, Report
from runbook_tui.run.events import Actor

DAY = 86400.0
CLAIMED = "claimed"
PROVEN = "Claimed: the person said so, and only the account was seen. Proven: a key signed it."
ANYBODY = "With it anybody can find out later whether these events were changed:"
COUNTED = (
    "from the start of each step to its end, and of each rollback, for the person who started it;"
    " what overlaps counts once, pauses do not count"
)
"""What hands-on time is."""


@frozen(kw_only=False)
class Clock:
    """Moments in a time zone (None: that of this machine), shorter on the day of ``base``."""

    base: float
    zone: tzinfo | None = None

    def _local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def full(self, at: float) -> str:
        """Day, time and the zone's distance from UTC."""
        return self._local(at).strftime("%Y-%m-%d %H:%M:%S %z")

    def short(self, at: float) -> str:
        """The time; with its day where that is not the day of ``base``."""
        local = self._local(at)
        same = local.date() == self._local(self.base).date()
        return local.strftime("%H:%M:%S" if same else "%Y-%m-%d %H:%M:%S")

    def zone_name(self) -> str:
        """What the times are, in words."""
        return f"Times are local (UTC{self._local(self.base).strftime('%z')})"


def length(seconds: float | None) -> str:
    """A length in short words; a dash where there is none."""
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if 0 < seconds < 9.95 else spoken(seconds)


def against(seconds: float | None) -> str:
    """How far something is from what was planned: ``+2 m``, ``−10 s``, ``on time``."""
    if seconds is None:
        return "–"
    if abs(seconds) < 1:
        return "on time"
    return f"+{spoken(seconds)}" if seconds > 0 else f"−{spoken(-seconds)}"


def many(number: int, thing: str) -> str:
    """``1 step``, ``2 steps``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def number(value: float) -> str:
    """A number with its thousands told apart, and no more digits than it needs."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def account(who: Actor) -> str:
    """The operating system's account that acted."""
    return f"{who.user}@{who.host}" if who.user or who.host else "unknown"


def standing(decision: Decision) -> str:
    """Whether it is proven who gave a sign-off, and the account that acted, in words."""
    word = f"proven: {decision.proof}" if decision.proof else CLAIMED
    return f"{word}, account {account(decision.by)}"


def verdict(decision: Decision) -> str:
    """A decision in words, with whether it counts."""
    word = "approved" if decision.approved else "REJECTED"
    return f"{word}, does not count: {decision.lapsed}" if decision.lapsed else word


def attempt(one: Attempt, clock: Clock) -> str:
    """One attempt in a sentence."""
    end = (
        "still open"
        if one.ended is None
        else f"{one.result} after " + length(one.ended - one.started)
    )
    words = f"attempt {one.number}, {clock.short(one.started)}, by {one.by.name}: {end}"
    why = f", {one.reason}" if one.reason else ""
    back = f"; taken back {clock.short(one.undone)}" if one.undone is not None else ""
    return words + why + back


KINDS = {"run": "command", "before": "before", "undo": "undo", "verify_undo": "check of the undo",
         "ready": "readiness", "probe": "probe", "stage": "procedure"}  # fmt: skip


def ran(command: Ran, clock: Clock) -> str:
    """How one command went, in a sentence."""
    took = "" if command.seconds is None else f" in {length(command.seconds)}"
    again = f", attempt {command.attempt}" if command.attempt > 1 else ""
    kind = KINDS.get(command.kind, command.kind)
    return f"{kind}{again}, {clock.short(command.started)}: {command.outcome}{took}"


SHOWN = 12
"""Lines of a command's own text that are shown; an action's can be long."""


def text(command: Ran) -> str:
    """What was run; of a long one the beginning, and how much more there is."""
    lines = command.text.strip("\n").split("\n")
    if len(lines) <= SHOWN + 2:
        return "\n".join(lines)
    more = f"… {len(lines) - SHOWN} more lines; the record has them"
    return "\n".join([*lines[:SHOWN], more])


def output(command: Ran) -> str:
    """What there is of its output beside the lines that are shown; empty where that is all."""
    if command.kept:
        return f"{command.kept} ({number(command.bytes)} bytes; sha256 {command.digest})"
    gone = f", {number(command.dropped)} of them not kept" if command.dropped else ""
    return f"{number(command.bytes)} bytes{gone}; sha256 {command.digest}" if command.digest else ""


def times(rollback: Rollback) -> list[tuple[str, str]]:
    """The times that count in a rollback, each with its name."""
    since = {
        "person": "from the rollback screen's opening to the start",
    }.get(rollback.trigger.kind, "from what opened it to the start")
    found = [("Decision", f"{length(rollback.decision)} ({since})")]
    if rollback.restored is None:
        found.append(("Restored", "not yet"))
    else:
        what = "Restored" if rollback.result == "complete" else "Ended"
        found.append((what, f"{length(rollback.restored)} after the start"))
        found.append(("Altogether", f"{length(rollback.away)} from what opened it"))
    return [*found, *budget(rollback)]


def budget(rollback: Rollback) -> list[tuple[str, str]]:
    """What the plan allowed for the way back, and whether that was kept; nothing where it is
    silent."""
    if rollback.budget is None:
        return []
    kept = ""
    if rollback.restored is not None:
        kept = ", EXCEEDED" if rollback.restored > rollback.budget else ", kept"
    return [("Budget", length(rollback.budget) + kept)]


def figures(rollback: Rollback) -> list[tuple[str, str]]:
    """The three times that are asked for first, each with its name."""
    since = "opening" if rollback.trigger.kind == "person" else "trigger"
    found = [(f"from {since} to start", length(rollback.decision))]
    if rollback.restored is not None:
        done = "from start to restored" if rollback.result == "complete" else "from start to end"
        found += [(done, length(rollback.restored)), ("altogether", length(rollback.away))]
    return found


def nothing_left(rollback: Rollback) -> str:
    """What is said of what remained where nothing is named."""
    if rollback.result == "complete":
        return "Nothing remained."
    return "It is not over." if rollback.ended is None else "What remained was not recorded."


RESULTS = {"complete": "ROLLED BACK", "incomplete": "INCOMPLETE", "stopped": "STOPPED by a person",
           "running": "NOT FINISHED"}  # fmt: skip


def counts(report: Report) -> list[tuple[str, int]]:
    """The steps by what became of them, in the order of how often people ask."""
    words = [part.status for part in report.steps]
    return [(word, words.count(word)) for word in dict.fromkeys(words)]


def became(part: Part) -> str:
    """What became of a part: how it ended, too, where it was taken back, and how often it began."""
    last = part.attempts[-1] if part.attempts else None
    word = part.status
    if last is not None and word in {"taken back", "open again"}:
        ended = "" if last.result in {"done", "waiting"} and word == "taken back" else last.result
        word = f"{ended}, {word}" if ended else word
    return word + (f", {len(part.attempts)} attempts" if len(part.attempts) > 1 else "")


def remarks(report: Report) -> list[str]:
    """What else is to be known of a run as a whole."""
    found = list(report.remarks)
    if report.stopped:
        found.append(f"the end of the run ended what still ran: {', '.join(report.stopped)}")
    if (looked := report.looked - len(report.rollbacks)) > 0:
        found.append(f"the rollback was looked at {many(looked, 'time')} without starting it")
    return found


def took(report: Report) -> tuple[str, str]:
    """How long the run took or takes, and what was planned."""
    real = length(ended_at(report) - report.started)
    if (ended_at(report) - report.started) >= DAY:
        real = f"{real}, of which it was worked on for {length(report.active)}"
    if not report.planned:
        return real, "the plan says nothing of how long it takes"
    return real, f"{length(report.planned)} planned"


def ended_at(report: Report) -> float:
    """When it ended, or when it was last looked at."""
    return report.ended if report.ended is not None else report.until


def due(one: Due, until: float, clock: Clock) -> tuple[str, str]:
    """When a phase was to begin and to be over; and how far from that it was, where it was."""
    parts = []
    for word, text, at in (("starts", one.starts, one.begins), ("ends", one.ends, one.due)):
        when = "" if at is None else f" ({clock.short(at)})"
        parts += [f"{word} {text}{when}"] if text else []
    found = []
    if one.begins is not None and one.began is not None and one.began < one.begins:
        found.append(f"begun {spoken(one.begins - one.began)} early")
    over = (until if one.ended is None else one.ended) - (one.due or 0.0)
    if one.due is not None and over > 0:
        found.append(f"over by {spoken(over)}")
    return f"{one.title}: {', '.join(parts)}", ", ".join(found)


def started_by(rollback: Rollback) -> str:
    """Who started a rollback: a person, or a watch by itself."""
    if rollback.watch:
        return f"the watch “{rollback.watch}” by itself, while {rollback.by.identity} led"
    return rollback.by.identity


def box(one: Box, clock: Clock) -> str:
    """A check or criterion, and who ticked it."""
    who = "its probe" if one.probe else one.by.identity if one.by else ""
    by = f" by {who}, {clock.short(one.at)}" if who and one.at else ""
    word = "ticked" if one.standing else "void since, ticked" if by else "not ticked"
    return f"{'☑' if one.standing else '☐'} {one.title}: {word}{by}"


def note(one: Remark, clock: Clock) -> str:
    """A remark, and whose it is."""
    on = f" on {one.title}" if one.title else ""
    return f"{clock.short(one.at)}, {one.by.identity}{on}: {one.text}"


def effort(report: Report) -> list[tuple[str, ...]]:
    """Each team's hours and cost against the plan: worked, planned, rate, cost, planned cost."""
    return [
        (e.team, number(e.worked), *("" if value is None else number(value)
         for value in (e.planned, e.rate, e.cost, e.planned_cost)))
        for e in report.effort
    ]  # fmt: skip


def effort_elsewhere(report: Report) -> list[str]:
    """Hours that the plan gives for phases and steps, a sentence each."""
    given = report.effort_elsewhere or {}
    return [f"Planned for its {what}: {number(h)} person-hours." for what, h in given.items()]


def holds(report: Report) -> str:
    """What the check of the record found, where it found nothing wrong."""
    if report.verified is None:
        return "It was not checked when this was written."
    logs = many(report.verified.logs, "log")
    return f"It was computed anew when this was written, and holds, with {logs} of commands."


def bound(report: Report) -> str:
    """The git commit of the plan that the run's chain holds on to."""
    if not report.commit:
        return "The chain is not bound to a git commit: none was known when the run started."
    return f"The chain is bound to the plan's git commit {report.commit}."


def sealed(report: Report, clock: Clock) -> list[str]:
    """Each seal in a sentence; that there is none."""
    if not report.seals:
        return ["The run is not sealed: no signature of the lead covers its end."]
    lines = []
    for seal in report.seals:
        more = report.events - seal.events - 1
        since = f"; {many(more, 'event')} since" if more else ""
        proof = f"proven: {seal.proof}" if seal.proof else "NOT PROVEN, see `runbook verify`"
        lines.append(f"Sealed by {seal.by.identity}, {clock.full(seal.at)}: "
                     f"{many(seal.events, 'event')}, {proof}{since}.")  # fmt: skip
    return lines


def check(report: Report) -> str:
    """The command that checks the record against the head."""
    return f"runbook verify {report.run} --anchor {report.head}"


ENVIRONMENT = ("Commands", "Where", "Shell", "Set by the plan", "Inherited", "Not written down")


def environment(report: Report) -> Iterator[tuple[str, ...]]:
    """A row for the commands that got the same."""
    for one in report.environments:
        where = one.folder or "the folder of the login"
        same = f"{one.inherited} (digest {one.digest})" if one.digest else str(one.inherited)
        yield (str(one.commands), f"{where} on {one.host}" if one.host else where, one.shell,
               ", ".join(one.plan), same, ", ".join(one.withheld))  # fmt: skip


SAME_PLAN = "Nothing that is carried out is another."


def plan_taken(plan: PlanTaken, clock: Clock) -> str:
    """Who took which plan over, and when."""
    commit = f", commit {plan.commit}" if plan.commit else ""
    return (
        f"{clock.full(plan.at)}, {plan.by.identity} went on with “{plan.title}”, {plan.source},"
        f" sha256 {plan.digest}{commit} (event {plan.seq})"
    )


def evidence(one: Evidence) -> str:
    """A file of evidence: its size and digest, or why it was not kept."""
    again = f" of attempt {one.attempt}" if one.attempt > 1 else ""
    if not one.digest:
        return f"evidence{again} NOT kept: {one.name}: {one.reason}"
    return f"evidence{again}: {one.name}, {one.bytes} bytes, sha256 {one.digest}"


ALARMS = ("When", "Watch", "Severity", "Breached", "Value", "Lasted", "Remark")
"""The columns of what was red."""
PLOTTED = ("What was measured: limits are dashed, breaches striped, grey is what could not be read."
           " Of many samples that are alike some are kept.")  # fmt: skip


def alarms(report: Report, clock: Clock) -> Iterator[tuple[str, ...]]:
    """What was red, a row each."""
    for one in report.alarms:
        yield (
            clock.short(one.began),
            one.title,
            one.severity,
            one.limit,
            "" if one.value is None else f"{one.value:g}",
            "to the end" if one.cleared is None else length(one.cleared - one.began),
            one.remark,
        )


ANNOUNCED = ("Announced", "What", "Opened", "Closed", "Remark")
"""The columns of what was opened elsewhere."""


def announced(report: Report, clock: Clock) -> Iterator[tuple[str, ...]]:
    """What was opened elsewhere with the run, a row each."""
    for one in report.announced:
        ref = f" ({one.ref})" if one.ref else ""
        never = one.opened is None
        yield (
            one.id,
            one.what + ref,
            "NOT" if one.opened is None else clock.short(one.opened),
            ("" if never else "NOT known") if one.closed is None else clock.short(one.closed),
            one.remark,
        )
