"""Questions: for a line of text, for yes or no, for a sign-off, and the help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Select, Static

from runbook_tui.book.plain_text import printable


def plain(text: str) -> Content:
    """Text that is never markup."""
    return Content(printable(text, 4000, lines=True))


class AskText(ModalScreen[str | None]):
    """Asks for one line; None where the person left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave")]

    def __init__(self, question: str, *, secret: bool = False, empty: bool = False) -> None:
        super().__init__()
        self._question = question
        self._secret = secret
        self._empty = empty

    def compose(self) -> ComposeResult:
        """The question above its answer."""
        with Vertical(classes="dialog"):
            yield Static(plain(self._question), classes="question")
            yield Input(password=self._secret)
            yield Static(plain("Enter answers · Esc leaves"), classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An answer."""
        event.stop()
        if event.value.strip() or self._empty:
            self.dismiss(event.value)

    def action_leave(self) -> None:
        """No answer."""
        self.dismiss(None)


class Confirm(ModalScreen[bool]):
    """Asks yes or no; No has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "no"),
        Binding("y", "answer(True)", "yes"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and two buttons."""
        with Vertical(classes="dialog"):
            yield Static(plain(self._question), classes="question")
            with Horizontal(classes="buttons"):
                yield Button("No", id="no", variant="primary")
                yield Button("Yes (y)", id="yes")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """A key."""
        self.dismiss(answer)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a person decided in which role."""

    name: str
    role: str
    approve: bool
    comment: str


class AskSignoff(ModalScreen[Signature | None]):
    """Asks for a decision: who, in which role, with which comment."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave")]

    def __init__(self, title: str, roles: tuple[str, ...], name: str) -> None:
        super().__init__()
        self._title = title
        self._roles = roles
        self._name = name

    def compose(self) -> ComposeResult:
        """Name, role, comment, decision."""
        with Vertical(classes="dialog"):
            yield Static(plain(f"Sign off: {self._title}"), classes="question")
            yield Input(value=self._name, placeholder="Name <mail>", id="name")
            choices = [(role, role) for role in self._roles]
            yield Select(choices, value=self._roles[0], allow_blank=False, id="role")
            yield Input(placeholder="comment (required to reject)", id="comment")
            with Horizontal(classes="buttons"):
                yield Button("Approve", id="approve", variant="success")
                yield Button("Reject", id="reject", variant="error")
                yield Button("Leave", id="leave")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A decision, or none."""
        if event.button.id == "leave":
            self.dismiss(None)
            return
        self.dismiss(
            Signature(
                name=self.query_one("#name", Input).value,
                role=str(self.query_one("#role", Select).value),
                approve=event.button.id == "approve",
                comment=self.query_one("#comment", Input).value,
            )
        )

    def action_leave(self) -> None:
        """No decision."""
        self.dismiss(None)


HELP = """\
F9 or Ctrl+\\   PANIC: shows the rollback; again, after a moment, starts it
↑ ↓ j k        move            PgUp PgDn Home End  further
Enter          run the step (a step without a command: start its timer)
Space          tick the check, or finish the step done by hand
s              sign off        x   skip, with a reason
r              try again       n   note
y              copy the command
Tab            look at the pane: ↑↓ scroll, / find, z zoom, i type into it
Ctrl+]         end typing
/              find a step     Ctrl+P  everything else
q              leave; commands go on, `runbook resume` comes back
"""


class Help(ModalScreen[None]):
    """The keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "leave", "leave")]

    def compose(self) -> ComposeResult:
        """A page of keys."""
        with VerticalScroll(classes="dialog help"):
            yield Static(plain(HELP))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)
