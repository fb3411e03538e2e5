"""The first thing that a press of the panic key shows, before the screen behind it is drawn.

Written to the terminal as it is: whoever presses that key must see at once that it was heard, also
where the screen has thousands of rows to lay out. The screen that follows is drawn over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

TEXT = " ROLLBACK  opening … nothing is started"


def paint(app: App[Any]) -> None:
    """Show it in the first row of the terminal."""
    driver = app._driver  # noqa: SLF001  Textual draws through nothing else
    if driver is None or app.is_headless or driver.is_inline or driver.is_web:
        return
    row = TEXT[: app.size.width].ljust(app.size.width)
    # The cursor is put back to where Textual believes it to be.
    driver.write(f"\x1b7\x1b[1;1H\x1b[0;7;1m{row}\x1b[0m\x1b8")
    driver.flush()
