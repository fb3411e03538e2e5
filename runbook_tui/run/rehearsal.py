"""A rehearsal: the plan is gone through, and only what it marks for that really runs. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from runbook_tui.book.model import Step
from runbook_tui.frozen import frozen
from runbook_tui.run import events as e
from runbook_tui.run.failing import GOOD
from runbook_tui.run.finishing import Pairs
from runbook_tui.run.once import of_state
from runbook_tui.run.prepare import empty_in, missing_values, resolve, secrets_in, secrets_of
from runbook_tui.run.rollback_state import RollbackState
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import Item


@of_state
def as_if(state: RunState) -> RunState:
    """The state as if what was only gone through had run; a run that is no rehearsal as it is.

    Only to look at: what really is to be undone never comes from it.
    """
    if not state.rehearsal:
        return state
    steps = {
        id_: dataclasses.replace(step, acted=True) if step.rehearsed else step
        for id_, step in state.steps.items()
    }
    return dataclasses.replace(state, steps=steps)


def really_runs(state: RunState, step: Step) -> bool:
    """Whether anything of the step runs: in a run all of it, in a rehearsal what the plan marks."""
    if not state.rehearsal:
        return True
    return bool(step.rehearse) and not step.manual and not _cannot(state, step)


def gone_through(state: RunState, step: Step, *, walk: bool = False) -> Pairs | None:
    """What is recorded where a step is only gone through; None where something of it runs.

    ``walk``: it is not to run though the plan marks it.
    """
    if not state.rehearsal or (really_runs(state, step) and not walk):
        return None
    attempt = state.step(step.id).attempt + 1
    why = _why_not(state, step) if step.rehearse and not step.manual else ""
    through = rehearsed(state, step, reason=why)
    return [(e.StepStarted(attempt=attempt), step.id), (through, step.id)]


def _why_not(state: RunState, step: Step) -> str:
    """Why a step that the plan marks does not run."""
    if why := _cannot(state, step):
        return why
    if names := _needed(state, step):
        return f"nobody gave {', '.join(names)}"
    return "nobody was there to answer what it asks"


def rehearsed(state: RunState, step: Step, *, ran: str = "", reason: str = "") -> e.StepRehearsed:
    """That a step was gone through; ``ran`` is what ran in its place, ``reason`` why not."""
    parts = [resolve(state, t, state.values, shell=step.shell).text
             for t in (step.before, step.run) if t]  # fmt: skip
    waits = tuple(waits_for(state, step))
    return e.StepRehearsed(text="\n".join(parts), waits=waits, ran=ran, reason=reason)


def _cannot(state: RunState, step: Step) -> str:
    """Why a step that is marked to run cannot, in a rehearsal; empty where it can."""
    if len(step.hosts) > 1:
        return f"it is for {', '.join(step.hosts)}"
    names = _needed(state, step)
    unknown = [n for n in names if any(state.step(m).rehearsed for m in _makers(state, n))]
    return f"nothing has put out {', '.join(unknown)}" if unknown else ""


def _needed(state: RunState, step: Step) -> tuple[str, ...]:
    if (text := step.rehearsal_text) is not None:
        open_ = resolve(state, text, state.values, shell=step.shell).open
        return tuple(dict.fromkeys((*open_, *empty_in(state, step, text))))
    return missing_values(state, step)


def _makers(state: RunState, name: str) -> tuple[str, ...]:
    return state.outline.makers.get(name, ())


def waits_for(state: RunState, step: Step) -> Iterable[str]:
    """What the step would wait for in a run, a few words each: people, values, another machine."""
    for holder in state.outline.holders(step.id):
        gate = state.outline[holder].gate
        others = (s.id for s in state.outline.steps_inside(holder) if s.id != step.id)
        if gate is not None and not any(state.step(id_).touched for id_ in others):
            yield f"the gate of “{state.outline[holder].title}” ({', '.join(gate.roles)})"
    if step.hosts:
        yield f"its machine ({', '.join(step.hosts)})"
    if step.confirm or step.irreversible:
        yield f"a yes to “{step.confirm or step.irreversible}”"
    if names := [n for n in missing_values(state, step) if not _is_put_out(state, step, n)]:
        yield f"a value for {', '.join(names)}"
    if step.manual:
        yield "whoever does it by hand"
    if probes := sum(check.probe is not None for check in step.checks):
        yield f"{probes} probe{'' if probes == 1 else 's'}"
    if ticks := sum(check.probe is None for check in step.checks):
        yield f"{ticks} tick{'' if ticks == 1 else 's'}"
    if step.signoff is not None:
        yield f"the sign-off of {', '.join(step.signoff.roles)}"


def _is_put_out(state: RunState, step: Step, name: str) -> bool:
    return name in step.outputs or any(state.step(m).rehearsed for m in _makers(state, name))


def left_alone(state: RunState) -> frozenset[str]:
    """Secrets whose commands a rehearsal does not run: nothing that runs in it reads them."""
    if not state.rehearsal:
        return frozenset()
    fetched = {p.name for p in state.runbook.parameters if p.secret and p.secret.command}
    return frozenset(fetched - _read_by_marked(state))


def _read_by_marked(state: RunState) -> set[str]:
    found: set[str] = set()
    for step in state.outline.steps.values():
        if step.rehearse:
            undo = " ".join(t for t in (step.undo, step.verify_undo, step.rehearsal_text) if t)
            probes = " ".join(c.probe for c in step.checks if c.probe)
            found.update(secrets_of(state, step), secrets_in(state, f"{undo} {probes}"))
    return found


def would_be(state: RunState, item: Item) -> tuple[str, str]:
    """The result of an undo that is only rehearsed, and why: ``rehearsed`` or ``not ready``."""
    if not item.ready:
        return "not ready", "; ".join(_lacks(state, item)) or "not ready"
    return "rehearsed", once_known(state, item)


def _lacks(state: RunState, item: Item) -> Iterable[str]:
    """All that an undo lacks, not only what is in the way first."""
    if item.held:
        yield "below the floor"
        item = dataclasses.replace(item, held=False)
    secret = {name: state.secrets[name] for name in item.missing if name in state.secrets}
    for name, where in secret.items():
        yield f"needs the secret {name} ({where})"
    item = dataclasses.replace(item, missing=tuple(n for n in item.missing if n not in secret))
    if item.kind == "irreversible":
        yield f"cannot be undone: {item.reason}"
    elif not item.ready and item.why:
        yield item.why


@frozen
class Came:
    """What a rehearsed rollback came to, ids of steps: undos that would have been ``ready`` and
    that would not, and of what really ran what is ``taken_back`` and what ``stands``."""

    ready: tuple[str, ...]
    unready: tuple[str, ...]
    taken_back: tuple[str, ...]
    stands: tuple[str, ...]

    @property
    def would(self) -> str:
        """“1 of 2 undos would have been ready”."""
        every = len(self.ready) + len(self.unready)
        return f"{len(self.ready)} of {every} undos would have been ready"


def came_to(state: RunState, rollback: RollbackState) -> Came:
    """The same for whoever tells of it."""
    sorted_: dict[tuple[bool, bool], list[str]] = {}
    for id_, result in rollback.results.items():
        sorted_.setdefault((state.step(id_).rehearsed, result in GOOD), []).append(id_)
    found = {key: tuple(ids) for key, ids in sorted_.items()}
    return Came(
        ready=found.get((True, True), ()),
        unready=found.get((True, False), ()),
        taken_back=found.get((False, True), ()),
        stands=found.get((False, False), ()),
    )


def once_known(state: RunState, item: Item) -> str:
    """“once “Merge” has put out old”; empty where neither a value nor a folder is awaited."""
    parts = [f"“{item.made_by}” has made {item.cwd}"] if item.made_by else []
    for name in item.promised:
        makers = [m for m in _makers(state, name) if state.step(m).rehearsed]
        titles = ", ".join(f"“{state.outline[m].title}”" for m in makers)
        parts.append(f"{'it' if item.step in makers else titles} has put out {name}")
    return f"once {' and '.join(parts)}" if parts else ""
