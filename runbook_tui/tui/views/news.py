"""What a person should hear of, though they may not look at it: the difference of two states."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.decide import left_open, left_out
from runbook_tui.run.events import Actor
from runbook_tui.run.order import keeps_open, passed, turned_red
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import BROKEN, RunState, Status
from runbook_tui.run.summary import summary
from runbook_tui.run.upcoming import open_before
from runbook_tui.tui.views import shared
from runbook_tui.tui.views.follow_up import opened
from runbook_tui.tui.views.merging import pull_news
from runbook_tui.tui.views.outputs import ended_early, ending
from runbook_tui.tui.views.people_news import people_news
from runbook_tui.tui.views.signing import verdict
from runbook_tui.tui.views.tone import Part
from runbook_tui.tui.views.verdict import in_words


def news(before: RunState, now: RunState, me: Actor) -> list[Part]:
    """What happened between two states of a run that needs a word, the least urgent first."""
    if now.seq <= before.seq:
        return []
    stepped = now.steps is not before.steps
    return [
        *people_news(before, now, me),
        *_replanned(before, now, me),
        *(_still_open(before, now) if stepped else ()),
        *(_turned_red(before, now) if stepped else ()),
        *(_out_of_order(before, now) if stepped else ()),
        *pull_news(before, now),
        *_signed(before, now, me),
        *_announced(before, now),
        *shared.refused(before, now),
        *_refused(before, now),
        *(_ended_early(before, now) if stepped else ()),
        *_finished(before, now),
    ]


def needs_somebody(before: RunState, now: RunState) -> bool:
    """Whether a step has failed, or has begun to wait for a person, between two states."""
    if now.steps is before.steps:
        return False
    calling = {*BROKEN, Status.WAITING}
    return any(
        step.status in calling and before.step(id_).status is not step.status
        for id_, step in now.steps.items()
        if step is not before.steps.get(id_)
    )


def _announced(before: RunState, now: RunState) -> list[Part]:
    """What could not be opened or closed elsewhere, and what somebody took away there."""
    found: list[Part] = []
    for id_, one in now.announced.items():
        known = before.announced.get(id_)
        if one is known:
            continue
        name = f"“{printable(id_, 40)}”, {printable(one.what, 80)}"
        if one.trouble and (known is None or known.trouble != one.trouble):
            found.append((f"{name}: {printable(one.trouble, 200)}; nothing waits for it", "warn"))
        elif one.word == "left" and (known is None or known.word != "left"):
            found.append((f"{name}: somebody has taken it away there; it stays away", "warn"))
    return found


def _replanned(before: RunState, now: RunState, me: Actor) -> list[Part]:
    """That the lead goes on with another plan, for those who look on."""
    if now.plan is before.plan or before.plan is None or now.plan is None:
        return []
    if now.lead is not None and now.lead.key == me.key:
        return []  # They are told of it as an answer.
    who = printable(now.lead.name, 40) if now.lead is not None else "the lead"
    return [(f"{who} goes on with another plan; `runbook log` and the report say more", "warn")]


def rollback_news(before: RunState, now: RunState) -> list[Part]:
    """That a rollback was started or is over, for those who do not look at it."""
    rollback, known = now.rollback, before.rollback
    if now.seq <= before.seq or rollback is None or rollback.started is None:
        return []
    anew = known is None or known.started != rollback.started
    who = _who_rolls_back(now, rollback)
    if rollback.finished is None:
        return (
            [(f"{who} rolls back {in_words(now, rollback.node)}; F9 looks at it", "bad")]
            if anew
            else []
        )
    if not anew and known is not None and known.finished is not None:
        return []
    more = f" · {told}" if (told := opened(now)) else ""
    if now.rehearsal:
        would = "all of it would" if rollback.result == "complete" else "NOT all of it would"
        return [(f"the rollback is rehearsed: {would} have been ready; F9 looks at it", "warn")]
    if rollback.result != "complete":
        left = ", ".join(printable(title, 60) for title in rollback.remaining)
        return [(f"rolled back by {who}, INCOMPLETE: {left} remain; F9 looks at it{more}", "bad")]
    many = f"{len(rollback.steps)} step{'' if len(rollback.steps) == 1 else 's'}"
    return [
        (f"rolled back by {who}: {many} of {in_words(now, rollback.node)} taken back{more}", "warn")
    ]


def _who_rolls_back(state: RunState, rollback: RollbackState) -> str:
    """The person, or the watch that did it by itself."""
    if rollback.watch:
        titles = {watch.id: watch.title for watch in state.runbook.watches}
        return f"the watch “{printable(titles.get(rollback.watch, rollback.watch), 40)}”"
    return printable(rollback.by.name, 40) if rollback.by is not None else "somebody"


def _finished(before: RunState, now: RunState) -> list[Part]:
    if now.finished is None or before.finished is not None:
        return []
    tone = "warn" if now.stopped else "good"
    if now.rehearsal:
        return []  # Its rollback has said it.
    return [(f"the run is over: {summary(now)}; q leaves, F9 takes it back", tone)]


def _still_open(before: RunState, now: RunState) -> list[Part]:
    """What keeps the run open once no step does that must be done."""
    if now.finished is not None or _steps_left(now) or not _steps_left(before):
        return []
    if now.rehearsal:
        return [("the plan is gone through: F9, and F9 again, rehearses its rollback", "good")]
    if optional := left_out(now):
        titles = ", ".join(f"“{now.outline[id_].title}”" for id_ in optional)
        return [(f"only what is optional is left: run or skip {titles}, or Ctrl+P finish", "warn")]
    what = [words for phase in now.runbook.phases for words in keeps_open(now, phase.id)]
    open_ = what or left_open(now)
    return [(f"every step is over; still open: {', '.join(open_)}", "warn")] if open_ else []


def _turned_red(before: RunState, now: RunState) -> list[Part]:
    """What was done and waits again, since the probe of what it needs says no."""
    found: list[Part] = []
    for id_, step in now.steps.items():
        again = step.status is Status.WAITING and before.step(id_).status is Status.DONE
        if not again or id_ not in now.outline or now.outline.is_group(id_):
            continue
        how = "nothing behind it starts until that holds, or Space ticks it with a reason"
        found += [(f"{printable(words, 300)}; {how}", "bad") for words in turned_red(now, id_)]
    return found


def _steps_left(state: RunState) -> bool:
    return not all(passed(state, id_) for id_ in state.outline.order)


def _out_of_order(before: RunState, now: RunState) -> list[Part]:
    found = []
    for id_, step in now.steps.items():
        if step.out_of_order and step.started_seq > before.seq:
            first = open_before(now, id_)
            told = f"“{now.outline[id_].title}” was started out of order"
            why = f": “{now.outline[first].title}” is still open" if first else ""
            found.append((told + why, "warn"))
    return found


def _signed(before: RunState, now: RunState, me: Actor) -> list[Part]:
    found = []
    for given in now.signoffs:
        own = given.decision == "approved" and given.by.key == me.key
        if given.seq > before.seq and not own:
            about = f"“{now.outline[given.node].title}”: {verdict(now, given)}"
            found.append((about, "good" if given.decision == "approved" else "bad"))
    return found


def _refused(before: RunState, now: RunState) -> list[Part]:
    """What a command put out and nobody can use; a step that has failed for it says so itself."""
    found: list[Part] = []
    for id_, step in now.steps.items():
        if id_ not in now.outline or step.refused == before.step(id_).refused:
            continue
        title = now.outline[id_].title
        found += [
            (f"“{title}”: what it put out as {printable(name, 40)} cannot be used: {why}", "warn")
            for name, why in step.refused.items()
            if name not in before.step(id_).refused
        ]
    return found


def _ended_early(before: RunState, now: RunState) -> list[Part]:
    found: list[Part] = []
    for id_ in now.steps:
        if id_ not in now.outline or ended_early(before, id_) is not None:
            continue
        record = ended_early(now, id_)
        if record is not None:
            title = now.outline[id_].title
            found.append((f"“{title}”: its background command ended ({ending(record)})", "bad"))
    return found
