"""The help: every key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from runbook_tui.tui.dialogs.ask import plain

HELP = """\
F9 or Ctrl+\\  PANIC: shows the rollback; again, after a moment, starts it
↑ ↓ k j       move one row   PgUp PgDn a page   Home g End G first, last
Enter         run the step; without a command: start its clock;
              where a probe has failed: probe again
Space         tick the check; on a step its next check, then finish it
s             sign: the gate around the row first, else its sign-off
x  r          skip, with a reason; try again
n  y  /  f  h  note; copy the command; find; one step alone; your hand

Tab Esc       look at the output, and back; ↑ ↓ k j PgUp PgDn Home g
              scroll, ← → go along, / find, End G follow
z  b          the output alone; another one beside it, Tab goes there
[ ]           output of earlier and later commands, other attempts
e             the first line that looks like an error, then the next
v  c          choose lines; copy them, else what is in view; the mouse
              chooses from letter to letter and copies
i             type into the command; only the panic keys stay ours
Ctrl+]        end typing; it also ends with the command

w t E Ctrl+P  watches; timeline; what a command got; everything else
q  Ctrl+Z     leave, to the shell; commands go on; `runbook resume`, `fg`
Ctrl+L  ?     draw the screen again; this help, which ? q Esc leave
"""


class Help(ModalScreen[None]):
    """The keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "leave", "leave")]

    def compose(self) -> ComposeResult:
        """A page of keys."""
        with VerticalScroll(classes="dialog help"):
            yield Static(plain(HELP.rstrip()))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
