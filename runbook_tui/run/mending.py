"""Decisions about an undo that failed: try it again, change it, go on from a line, leave it."""

from __future__ import annotations

import re

from runbook_tui.book.shell import plain_lines
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.events import Actor
from runbook_tui.run.failing import failed_text, hindered
from runbook_tui.run.finishing import Pairs
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState
from runbook_tui.run.undo_items import Item, item_of

LONGEST_REASON = 64 * 1024
"""Bytes; as of all that a person writes."""
OPEN = re.compile(r"\$\{\{.*?\}\}")


def retry_undo(state: RunState, q: r.RetryUndo, actor: Actor) -> Pairs | Refusal:
    """Another attempt of an undo that failed, or that one which failed kept from being tried."""
    item = _failed(state, q.step, ("failed", "not tried"))
    if isinstance(item, Refusal):
        return item
    reason = hindered(state, answerable=False)(q.step)
    if reason and item.result == "not tried":
        return Refusal(reason=reason, hint="take that one back first")
    if item.missing:
        return Refusal(
            reason=f"“{item.title}” needs a value for {', '.join(item.missing)}",
            hint="give it first",
            exit_code=7,
        )
    return [_begun(state, q.step)]


def amend_undo(state: RunState, q: r.AmendUndo, actor: Actor) -> Pairs | Refusal:
    """Another text in place of the one that failed, and the attempt with it."""
    item = _failed(state, q.step)
    if isinstance(item, Refusal):
        return item
    was = failed_text(state, q.step, item.texts) or item.text
    if refusal := _unfit(was, q) or _no_reason(q.reason, "an edited undo needs a reason"):
        return refusal
    amended = e.UndoAmended(text=q.text, was=was, reason=q.reason.strip())
    return [(amended, q.step), _begun(state, q.step)]


def continue_undo(state: RunState, q: r.ContinueUndo, actor: Actor) -> Pairs | Refusal:
    """The rest of the text that failed, from a line that a person names, and its attempt."""
    item = _failed(state, q.step)
    if isinstance(item, Refusal):
        return item
    text, lines, why = resumable(state, item)
    if q.line not in lines:
        reason = why or f"there is no command to go on from in line {q.line}"
        return Refusal(reason=f"“{item.title}”: {reason}", hint="edit the command instead")
    rest = plain_lines.rest(text, q.line)
    amended = e.UndoAmended(text=rest, was=text, from_line=q.line)
    return [(amended, q.step), _begun(state, q.step)]


def leave_undo(state: RunState, q: r.LeaveUndo, actor: Actor) -> Pairs | Refusal:
    """The undo failed and nobody tries it again: its step stays."""
    item = _failed(state, q.step)
    if isinstance(item, Refusal):
        return item
    if refusal := _no_reason(q.reason, "what stays needs a reason"):
        return refusal
    return [(e.UndoFinished(result="stays", reason=q.reason.strip()), q.step)]


def resumable(state: RunState, item: Item) -> tuple[str, tuple[int, ...], str]:
    """The text that failed, lines from which it can be gone on with, and why not from others."""
    text = failed_text(state, item.step, item.texts)
    armed = state.step(item.step).undo
    if not text:
        return "", (), "its undo ended well, and only the check after it failed"
    if armed is None:
        return "", (), "its undo is not known any more"
    return (text, *plain_lines.places(text, armed.shell))


def _failed(state: RunState, id_: str, results: tuple[str, ...] = ("failed",)) -> Item | Refusal:
    rollback = state.rollback
    if rollback is None or not rollback.active or id_ not in rollback.steps:
        return Refusal(reason="no rollback that runs takes this back", hint="start a rollback")
    item = item_of(state, id_, held=False)
    result = rollback.results.get(id_, "")
    if result not in results or item is None or item.kind != "command":
        title = state.outline[id_].title if id_ in state.outline else id_
        how = result or state.step(id_).status.value
        return Refusal(reason=f"“{title}” has no undo that failed and is open: {how}")
    return item


def _begun(state: RunState, id_: str) -> tuple[e.UndoStarted, str]:
    undos = sum(c.kind == "undo" for c in state.step(id_).commands)
    return e.UndoStarted(attempt=1 + undos), id_


def _no_reason(reason: str, words: str) -> Refusal | None:
    if not reason.strip():
        return Refusal(reason=words, exit_code=2)
    if len(reason.encode("utf-8", "backslashreplace")) > LONGEST_REASON:
        return Refusal(reason="a reason has at most 64 KiB", exit_code=2)
    return None


def _unfit(was: str, q: r.AmendUndo) -> Refusal | None:
    if not q.text.strip():
        return Refusal(
            reason="an empty command takes nothing back", hint="leave it instead", exit_code=2
        )
    if "\0" in q.text:
        return Refusal(reason="a command may not hold a NUL character", exit_code=2)
    fresh = [name for name in OPEN.findall(q.text) if name not in was]
    if fresh:
        return Refusal(
            reason=f"{fresh[0]} is not filled in here",
            hint="write the value itself",
            exit_code=2,
        )
    return None
