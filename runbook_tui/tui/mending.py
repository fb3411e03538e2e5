"""What a person is asked about an undo that failed, before it is tried again or left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from runbook_tui.book.plain_text import UNSAFE
from runbook_tui.book.shell.plain_lines import numbered, rest
from runbook_tui.frozen import frozen
from runbook_tui.run import requests as r
from runbook_tui.run.failing import failed_text
from runbook_tui.run.mending import resumable
from runbook_tui.run.offers import Offer, lines_to_go_on_from
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.dialogs.ask import Confirm

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp
    from runbook_tui.tui.dialogs.edit import Edited

SHOWN = 12
"""Lines of a block that are shown for choosing one."""


@frozen(kw_only=False)
class Block:
    """Commands that failed half-way, and the lines from which they can be gone on with."""

    title: str
    text: str
    lines: tuple[int, ...]
    why: str
    """Why not from others."""

    @property
    def numbers(self) -> str:
        """The lines in words."""
        return ", ".join(str(number) for number in self.lines)


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
        text, lines, why = resumable(self._app.session.state, item)
        self._go_on(Block(item.title, text, lines, f"{why}; e edits it"),
                    lambda line: r.ContinueUndo(step=item.step, line=line))  # fmt: skip

    def go_on_with_offer(self, offer: Offer) -> None:
        """The same for a command that the plan offers, and that failed."""
        lines, why = lines_to_go_on_from(offer)
        self._go_on(Block(offer.title, offer.text, lines, why),
                    lambda line: r.RunOffered(command=offer.id, line=line))  # fmt: skip

    def _go_on(self, block: Block, request: Callable[[int], r.Request]) -> None:
        app = self._app
        if not block.lines:
            app.say(f"it cannot be gone on with from a line: {block.why}", "warn")
        elif len(block.lines) == 1:
            self._confirm(block, request, block.lines[0])
        else:
            found = numbered(block.text)
            shown = "\n".join(f"{number:>3}  {line}" for number, line in found[:SHOWN])
            more = f"\n     … {len(found) - SHOWN} more, Enter on its row shows all" * (
                len(found) > SHOWN
            )
            question = (
                f"From which line does “{block.title}” go on? ({block.numbers})\n\n{shown}{more}"
            )
            app.with_text(question, lambda answer: self._chosen(block, request, answer))

    def _chosen(self, block: Block, request: Callable[[int], r.Request], answer: str) -> None:
        if not answer.strip().isdecimal() or int(answer) not in block.lines:
            self._app.say(f"“{answer.strip()}” is none of the lines {block.numbers}", "warn")
            return
        self._confirm(block, request, int(answer))

    def _confirm(self, block: Block, request: Callable[[int], r.Request], line: int) -> None:
        """A yes to exactly what would run."""
        app = self._app
        what = rest(block.text, line)
        scroll = " (↑↓ scroll)" if what.count("\n") >= SHOWN - 2 else ""
        question = f"“{block.title}” goes on from line {line}. This runs{scroll}:\n\n{what}"
        app.push_screen(Confirm(question), lambda yes: app.ask(request(line)) if yes else None)
