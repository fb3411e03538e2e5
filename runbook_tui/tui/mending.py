"""What a person is asked about an undo that failed, before it is tried again or left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.book.plain_text import UNSAFE
from runbook_tui.book.shell.plain_lines import numbered, rest
from runbook_tui.run import requests as r
from runbook_tui.run.failing import failed_text
from runbook_tui.run.mending import resumable
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.dialogs.ask import Confirm

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp
    from runbook_tui.tui.dialogs.edit import Edited

SHOWN = 12
"""Lines of a block that are shown for choosing one."""


class Mending:
    """Asks with dialogs of the application, then asks the session."""

    def __init__(self, app: RunbookApp) -> None:
        self._app = app

    def retry(self, item: Item) -> None:
        """Try it again as it is."""
        request = r.RetryUndo(step=item.step)
        self._app.ask_values(list(item.missing), lambda: self._app.ask(request))

    def leave(self, item: Item) -> None:
        """It stays, with a reason."""
        self._app.with_text(
            f"Why does “{item.title}” stay?",
            lambda why: self._app.ask(r.LeaveUndo(step=item.step, reason=why)),
        )

    def edit(self, item: Item) -> None:
        """Another text in its place."""
        from runbook_tui.tui.dialogs.edit import EditCommand  # A text area is slow to load.

        app = self._app
        text = failed_text(app.session.state, item.step, item.texts) or item.text
        if UNSAFE.search(text):
            app.say("it holds characters that cannot be shown, so it cannot be edited here", "warn")
            return

        def edited(answer: Edited | None) -> None:
            if answer is not None:
                request = r.AmendUndo(step=item.step, text=answer.text, reason=answer.reason)
                app.ask(request)

        question = f"The undo of “{item.title}”, as it will run instead:"
        app.push_screen(EditCommand(question, text), edited)

    def go_on(self, item: Item) -> None:
        """Go on from a line: ask which where there are several, then show what would run."""
        app = self._app
        text, lines, why = resumable(app.session.state, item)
        if not lines:
            app.say(f"it cannot be gone on with from a line: {why}; e edits it", "warn")
        elif len(lines) == 1:
            self._confirm(item, text, lines[0])
        else:
            block = numbered(text)
            shown = "\n".join(f"{number:>3}  {line}" for number, line in block[:SHOWN])
            more = f"\n     … {len(block) - SHOWN} more, Enter on its row shows all" * (
                len(block) > SHOWN
            )
            numbers = ", ".join(str(number) for number in lines)
            question = f"From which line does “{item.title}” go on? ({numbers})\n\n{shown}{more}"
            app.with_text(question, lambda answer: self._chosen(item, text, lines, answer))

    def _chosen(self, item: Item, text: str, lines: tuple[int, ...], answer: str) -> None:
        if not answer.strip().isdecimal() or int(answer) not in lines:
            numbers = ", ".join(str(number) for number in lines)
            self._app.say(f"“{answer.strip()}” is none of the lines {numbers}", "warn")
            return
        self._confirm(item, text, int(answer))

    def _confirm(self, item: Item, text: str, line: int) -> None:
        """A yes to exactly what would run."""
        app = self._app
        request = r.ContinueUndo(step=item.step, line=line)
        what = rest(text, line)
        scroll = " (↑↓ scroll)" if what.count("\n") >= SHOWN - 2 else ""
        question = f"“{item.title}” goes on from line {line}. This runs{scroll}:\n\n{what}"
        app.push_screen(Confirm(question), lambda yes: app.ask(request) if yes else None)
