"""What every dialog is: it lies over a screen, and Esc leaves it."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A dialog. Below it the keys of the application are not heard, so some are answered here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "copy_or_say", "copy what is chosen, else say what leaves", show=False,
                priority=True),
    ]  # fmt: skip

    def action_copy_or_say(self) -> None:
        """What is chosen is copied; else nothing ends by this key, and it says what does."""
        focused = self.focused
        chosen = str(getattr(focused, "selected_text", "") or self.get_selected_text() or "")
        if chosen and not getattr(focused, "password", False):
            self.app.copy_to_clipboard(chosen)
            self.app.notify("copied", markup=False)
        else:
            self.app.notify("Esc leaves this", markup=False)
