"""What somebody decides on, in words that can be read out over a phone, and the digest that binds
them. Pure.

The digest stands in the sign-off and so is signed with it. It is over words and not over bytes:
mail may end lines otherwise, quote and break them. Every line begins with a bar, so that lines that
were made one are other words.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Check, Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run.deadlines import GATE, SIGN_OFF, asked_of, pending
from runbook_tui.run.events import Actor
from runbook_tui.run.nodes import Node
from runbook_tui.run.prepare import own_values, resolve
from runbook_tui.run.requests import SignNode
from runbook_tui.run.signing import about_the_gate, content_digest
from runbook_tui.run.state import RunState

BAR = "|"
WIDTH = 68
"""Columns of a line: mail breaks none that is as short."""
FIRST_LINES = 4
LONGEST = 300
MOST = 300
"""Lines of one text, characters of one line, and lines in all that are read out."""
HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Characters in which nothing can be seen; they are written as escapes."""
BLANK = re.compile(r"[ \t\r\n]+")


def read_out(state: RunState, q: SignNode, actor: Actor) -> tuple[str, ...]:
    """The lines; the node must be one of the run's. What is shown does not hang on the time."""
    node = state.outline[q.node]
    kind = GATE if about_the_gate(state, node, q) else SIGN_OFF
    verb = "APPROVE" if q.approve else "REJECT"
    lines = [
        f"plan:     {_seen(state.runbook.title)}",
        f"run:      {state.run}, as its event {state.seq + 1}",
        f"who:      {_seen(actor.identity)}, as {_seen(q.role)}",
        f"decision: {verb} the {kind} of {node.kind} {_named(node)}",
        *([f"comment:  {line}" for line in _lines(q.comment)] if q.comment else []),
        f"until:    {_until(state, node, kind)}",
        "content, as sha256:",
    ]
    inside = [line for inner in state.outline.inside(node.id) for line in _told(state, inner)]
    if len(inside) > MOST:
        left = len(inside) - MOST
        inside = [*inside[:MOST], f"… {left} more lines: see runbook show, and the digest above"]
    rows = [row for line in lines for row in _rows(line)]
    rows.append(f"{BAR} {content_digest(state, node.id)}")
    return (*rows, *(row for line in inside for row in _rows(line)))


def digest(lines: Iterable[str]) -> str:
    """sha256 (hex) over the words of these lines, with one blank between two of them."""
    words = " ".join(word for line in lines for word in BLANK.split(line) if word)
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _until(state: RunState, node: Node, kind: str) -> str:
    found = pending(state, node.id, kind)
    if found is not None:
        at = datetime.fromtimestamp(found.until, UTC)
        return f"{at:%Y-%m-%d %H:%M:%S} UTC, then it is denied"
    asked = asked_of(node, kind)
    if asked is not None and asked.within is not None:
        return f"{spoken(asked.within)} once its time has begun"
    return "no limit of time"


def _told(state: RunState, node: Node) -> Iterator[str]:
    item = node.item
    yield f"{node.kind} {_named(node)}"
    if isinstance(item, Check):
        yield f"  {'ticked' if node.id in state.ticks else 'not ticked'}"
    if not isinstance(item, Step):
        return
    values, own = state.values, own_values(state, item)
    for label, text in (("before", item.before), ("run", item.run)):
        if text:
            yield from _texts(label, resolve(state, text, values, shell=item.shell).text)
    if not item.run:
        yield "  by hand"
    for label, text in (("undo", item.undo), ("verify undo", item.verify_undo)):
        if text:
            yield from _texts(label, resolve(state, text, own, shell=item.shell).text)
    if item.irreversible:
        yield from _texts("cannot be taken back", item.irreversible)
    elif not item.undo:
        yield "  no undo" if item.effect else "  only looks"
    ran = state.step(node.id).commands
    if ran:
        last = ran[-1]
        ended = "runs" if last.running else f"ended with {last.exit}"
        yield f"  {len(ran)} commands so far, the last {ended}"


def _texts(label: str, text: str) -> Iterator[str]:
    lines = list(_lines(text))
    for line in lines[:FIRST_LINES]:
        yield f"  {label}: {line}"
    if len(lines) > FIRST_LINES:
        yield f"  {label}: … {len(lines) - FIRST_LINES} more lines"


def _named(node: Node) -> str:
    return f"“{_seen(node.title)}” ({node.id})"


def _lines(text: str) -> Iterator[str]:
    for line in text.strip("\n").split("\n"):
        yield _seen(line)


def _seen(text: str) -> str:
    """Nothing in it is hidden, or anything but text."""
    shown = printable(text, LONGEST)
    return "".join(_escaped(c) if unicodedata.category(c) in HIDDEN else c for c in shown)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _rows(line: str) -> Sequence[str]:
    rows = textwrap.wrap(
        line, WIDTH - 2, subsequent_indent="      ", replace_whitespace=False,
        drop_whitespace=False, expand_tabs=False, break_on_hyphens=False,
    )  # fmt: skip
    return [f"{BAR} {row.rstrip()}" for row in rows]
