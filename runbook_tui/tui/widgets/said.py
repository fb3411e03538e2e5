"""The message line: as high as its message needs, two lines at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size

from runbook_tui.tui.views.tone import Line, cut, wrap
from runbook_tui.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from runbook_tui.tui.speaking import SpeakingApp

MOST = 2


class Said(Lines):
    """What the application has said last."""

    app: SpeakingApp

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(self._wrapped, id=id)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line, or two where the message needs them."""
        return max(1, len(self._wrapped(width, MOST)))

    def _wrapped(self, width: int, height: int) -> list[Line]:
        lines = wrap(self.app.said, width - 2)
        if len(lines) > MOST:
            lines = [*lines[: MOST - 1], cut(" ".join(lines[MOST - 1 :]), width - 2)]
        return [[(f" {line}", self.app.said_tone)] for line in lines]
