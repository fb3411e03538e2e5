"""An undo that failed, asked about in words: again, edited, from a line on, or left."""

from __future__ import annotations

from collections.abc import Callable

import click

from runbook_tui.book.plain_text import printable
from runbook_tui.book.shell.plain_lines import numbered, rest
from runbook_tui.cli import say
from runbook_tui.cli.leaving import answering
from runbook_tui.cli.values import asked, confirmed
from runbook_tui.run import requests as r
from runbook_tui.run.failing import failed_text
from runbook_tui.run.mending import resumable
from runbook_tui.run.requests import Refusal
from runbook_tui.run.undo_items import Item
from runbook_tui.session.session import Session

PATIENCE = 60.0


def mended(session: Session, item: Item, ask_value: Callable[[str], bool]) -> None:
    """Ask what becomes of it and have it done; ``ask_value`` asks for a value by its name."""
    say.err(f"“{item.title}” was not taken back: {item.outcome}", colour="red")
    text = failed_text(session.state, item.step, item.texts) or item.text
    say.err(_shown(text))
    if item.missing and ask_value(item.missing[0]):
        return
    request = _chosen(session, item, text)
    if request is None:
        return
    answer = session.ask(request).result(PATIENCE)
    if isinstance(answer, Refusal):
        say.err(f"{answer.reason}{f' ({answer.hint})' if answer.hint else ''}", colour="red")


def _chosen(session: Session, item: Item, text: str) -> r.Request | None:
    """What a person wants; None where they have thought better of it, and are asked again."""
    _, lines, why = resumable(session.state, item)
    words = ["r: try it again", "e: edit it"]
    if lines:
        words.append("l: go on from a line")
    words.append("x: leave it")
    choice = asked(f"{', '.join(words)}. Which?").strip().casefold()
    if choice == "r":
        return r.RetryUndo(step=item.step)
    if choice == "e":
        return _edited(item, text)
    if choice == "l" and lines:
        return _from_a_line(item, text, lines)
    if choice == "x":
        return r.LeaveUndo(step=item.step, reason=asked("Why does it stay?"))
    say.err(f"it cannot be gone on with from a line: {why}" if choice == "l" else "one letter")
    return None


def _edited(item: Item, text: str) -> r.Request | None:
    try:
        with answering():
            changed = click.edit(text, extension=".sh")
    except click.ClickException as error:
        say.err(f"no editor: {error.format_message()}; set EDITOR, or edit it on the screen")
        return None
    if changed is None:
        say.err("it was not saved, so nothing has changed")
        return None
    say.err(_shown(changed))
    reason = asked("It runs instead. Why is it changed?")
    return r.AmendUndo(step=item.step, text=changed.rstrip("\n"), reason=reason)


def _from_a_line(item: Item, text: str, lines: tuple[int, ...]) -> r.Request | None:
    numbers = ", ".join(str(number) for number in lines)
    answer = asked(f"From which line? ({numbers})").strip()
    if not answer.isdecimal() or int(answer) not in lines:
        say.err(f"“{answer}” is none of the lines {numbers}")
        return None
    say.err(_shown(rest(text, int(answer))))
    if not confirmed("This runs now?"):
        return None
    return r.ContinueUndo(step=item.step, line=int(answer))


def _shown(text: str) -> str:
    return "\n".join(f"  {n:>3}  {printable(line)}" for n, line in numbered(text))
