"""Pull requests of the plan: what is recorded of them, and what their heads mean for sign-offs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbook_tui.book.model import Change
from runbook_tui.run.payload import Payload
from runbook_tui.run.pull_events import PullMoved, PullSeen
from runbook_tui.run.state import RunState
from runbook_tui.run.verdicts import Signoff

SHORT = 10


def numbers(state: RunState) -> tuple[int, ...]:
    """The pull requests of the plan, in its order, each once."""
    changes = (change for phase in state.runbook.phases for change in phase.changes)
    return tuple(dict.fromkeys(c.pull_request for c in changes if c.pull_request))


def about(state: RunState, node: str) -> tuple[int, ...]:
    """The pull requests that a decision on a node is about: those in it, and the one around it."""
    around = (state.outline[holder].item for holder in state.outline.holders(node))
    inside = (inner.item for inner in state.outline.inside(node))
    items = (item for item in (*around, *inside) if isinstance(item, Change))
    return tuple(dict.fromkeys(item.pull_request for item in items if item.pull_request))


def heads(state: RunState, node: str) -> Mapping[str, str] | None:
    """The heads that a decision on a node binds; None where none is known."""
    if not state.pulls:
        return None
    found = {str(n): state.pulls[n].head for n in about(state, node) if n in state.pulls}
    return found or None


def signed_heads(state: RunState, step: str) -> Mapping[str, str]:
    """The heads that the gates around a step were opened for, by number, moved since or not.

    What a gate was overridden for is not known; no gate stands around a command that is offered.
    """
    if step not in state.outline:
        return {}
    gates = [g for g in state.outline.holders(step) if g not in state.overridden_gates]
    found: dict[str, str] = {}
    for given in state.signoffs:
        if given.for_gate and given.approved and given.node in gates:
            found |= given.heads
    return found


def signed_for(state: RunState, step: str) -> Mapping[str, str]:
    """What a step's commands are told of what was signed, as variables; nothing where nothing was:
    the heads, and which of the pull requests the change around the step is, with its base."""
    signed = signed_heads(state, step)
    if not signed:
        return {}
    found = {"RUNBOOK_SIGNED_HEADS": " ".join(f"{n}={head}" for n, head in signed.items())}
    around = (state.outline[holder].item for holder in state.outline.holders(step))
    own = next((c.pull_request for c in around if isinstance(c, Change) and c.pull_request), None)
    if own is not None:
        found["RUNBOOK_PULL_REQUEST"] = str(own)
        if (seen := state.pulls.get(own)) is not None and seen.base:
            found["RUNBOOK_PULL_REQUEST_BASE"] = seen.base
    return found


def moved(state: RunState, given: Signoff) -> str:
    """Why a decision does not count any more since a head has moved; empty where none has."""
    for number, head in given.heads.items():
        now = state.pulls.get(int(number)) if number.isdigit() else None
        if now is not None and now.head != head and given.approved:
            return (
                f"signed #{number} at {head[:SHORT]}, which has moved to {now.head[:SHORT]} since"
            )
    return ""


def changed(state: RunState, seen: PullSeen) -> Iterator[Payload]:
    """What is to be recorded of what was seen; nothing where it is as it was."""
    was = state.pulls.get(seen.number)
    if was == seen:
        return
    yield seen
    if was is not None and was.head != seen.head:
        gone = (
            s.by.name
            for s in state.signoffs
            if s.approved and s.heads.get(str(seen.number), seen.head) != seen.head
        )
        yield PullMoved(number=seen.number, was=was.head, head=seen.head,
                        voids=tuple(dict.fromkeys(gone)))  # fmt: skip


def words(seen: PullSeen) -> tuple[tuple[str, str], ...]:
    """How a pull request stands, the worst first: words, and ``good``, ``warn`` or ``bad``."""
    if seen.state == "merged":
        return ((f"merged by {seen.merged_by or 'somebody'}", "good"),)
    if seen.state == "closed":
        return (("closed without being merged", "bad"),)
    found = []
    if seen.mergeable == "no":
        found.append((f"conflicts with {seen.base or 'its base'}", "bad"))
    if seen.checks == "failed":
        named = f": {', '.join(seen.failing)}" if seen.failing else ""
        found.append((f"checks failed{named}", "bad"))
    if seen.against:
        found.append((f"changes asked for by {', '.join(seen.against)}", "bad"))
    if seen.draft:
        found.append(("a draft", "warn"))
    if seen.checks == "pending":
        found.append(("checks run", "warn"))
    if seen.approved:
        found.append((f"approved by {', '.join(seen.approved)}", "good"))
    if seen.checks == "passed":
        found.append(("checks passed", "good"))
    if seen.mergeable == "yes":
        found.append(("mergeable", "good"))
    return tuple(found) or (("open", "good"),)
