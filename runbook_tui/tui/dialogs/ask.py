"""Questions: for a line of text, for yes or no, for a sign-off, and the help."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, Static

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.run.people import NoIdentity, parse_identity
from runbook_tui.tui.dialogs.dialog import Dialog

LONGEST_LINE = 2000


LONGEST = 4000
LONGEST_COMMAND = 200_000


def plain(text: str, longest: int = LONGEST) -> Content:
    """Text that is never markup."""
    return Content(printable(text, longest, lines=True))


class Line(Input):
    """One line of text; of a paste its lines stand behind one another, and no more than fits."""

    def __init__(self, value: str | None = None, **more: Any) -> None:
        super().__init__(value, **more)
        self._first = value or ""

    @property
    def typed(self) -> bool:
        """Whether somebody has typed into it."""
        return bool(self.value != self._first)

    def _on_paste(self, event: events.Paste) -> None:
        room = LONGEST_LINE - len(self.value) + len(self.selected_text)
        text = " ".join(event.text[: 4 * LONGEST_LINE].splitlines())
        # What textual would do with it: only its first line goes in, however long that is.
        event.prevent_default()
        event.stop()
        self.replace(text[: max(0, room)], *sorted(self.selection))
        if len(text) > room or len(event.text) > 4 * LONGEST_LINE:
            self.app.notify(f"the paste was cut: a line holds {LONGEST_LINE:,} characters")


@runtime_checkable
class Typed(Protocol):
    """A dialog that may hold what somebody has typed and not said yet."""

    @property
    def typed(self) -> bool:
        """Whether it does."""
        ...


class AskText(Dialog[str | None]):
    """Asks for one line; None where the person left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave")]

    def __init__(
        self, question: str, *, secret: bool = False, empty: bool = False, value: str = ""
    ) -> None:
        super().__init__()
        self._question = question
        self._secret = secret
        self._empty = empty
        self._value = value

    @property
    def typed(self) -> bool:
        """Whether somebody has typed here."""
        return any(line.typed for line in self.query(Line))

    def compose(self) -> ComposeResult:
        """The question above its answer."""
        with Vertical(classes="dialog"):
            yield Static(plain(self._question), classes="question")
            yield Line(self._value, password=self._secret, compact=True)
            yield Static(plain("Enter answers · Esc leaves"), classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An answer."""
        event.stop()
        if event.value.strip() or self._empty:
            self.dismiss(event.value)
            return
        hint = self.query_one(".hint", Static)
        hint.update(plain("it needs an answer: type one, Enter; or Esc leaves"))
        hint.add_class("missing")

    def action_leave(self) -> None:
        """No answer."""
        self.dismiss(None)


class Confirm(Dialog[bool]):
    """Asks yes or no; No has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "no"),
        Binding("y", "answer(True)", "yes"),
        Binding("up,k", "scroll(-1)", "up", show=False),
        Binding("down,j", "scroll(1)", "down", show=False),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question, which the arrows scroll, and two buttons."""
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="asked", can_focus=False):
                # A command is shown to its end: nobody says yes to what they have not seen.
                yield Static(plain(self._question, LONGEST_COMMAND), classes="question")
            with Horizontal(classes="buttons"):
                yield Button("No", id="no", variant="primary")
                yield Button("Yes (y)", id="yes")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button."""
        self.dismiss(event.button.id == "yes")

    def action_scroll(self, rows: int) -> None:
        """What is asked is longer than the screen."""
        asked = self.query_one(".asked", VerticalScroll)
        asked.scroll_relative(y=rows, animate=False)

    def action_answer(self, answer: bool) -> None:
        """A key."""
        self.dismiss(answer)


@frozen(kw_only=False)
class Signature:
    """What a person decided in which role."""

    name: str
    role: str
    approve: bool
    comment: str


class AskSignoff(Dialog[Signature | None]):
    """Asks for a decision: who, in which role, with which comment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave"),
        Binding("up", "scroll(-1)", "up", show=False),
        Binding("down", "scroll(1)", "down", show=False),
    ]

    def __init__(
        self, question: str, conditions: str, roles: tuple[str, ...], name: str, role: str = ""
    ) -> None:
        super().__init__()
        self._question = question
        self._conditions = conditions
        self._roles = roles
        self._name = name
        self._role = role or roles[0]

    @property
    def typed(self) -> bool:
        """Whether somebody has typed here."""
        return any(line.typed for line in self.query(Line))

    def compose(self) -> ComposeResult:
        """What is signed, then name, role, comment, decision."""
        with Vertical(classes="dialog signoff"):
            # What is asked for may be long; the buttons are in sight however long it is.
            with VerticalScroll(classes="asked", can_focus=False):
                yield Static(plain(self._question), classes="question")
                yield Static(plain(self._conditions), classes="hint")
            yield Line(self._name, placeholder="Name <mail> of who signs", id="name",
                        compact=True)  # fmt: skip
            choices = [(role, role) for role in self._roles]
            yield Select(choices, value=self._role, allow_blank=False, id="role", compact=True)
            yield Line(placeholder="comment (required to reject)", id="comment", compact=True)
            yield Static("", classes="missing")
            with Horizontal(classes="buttons"):
                yield Button("Approve", id="approve", variant="success")
                yield Button("Reject", id="reject", variant="error")
                yield Button("Leave", id="leave")

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field; only a button decides."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A decision, or none."""
        if event.button.id == "leave":
            self.dismiss(None)
            return
        approve = event.button.id == "approve"
        name, comment = (self.query_one(f"#{id_}", Input) for id_ in ("name", "comment"))
        for field, words in ((name, "who signs?"), (comment, "a rejection needs a comment")):
            if not field.value.strip() and (field is name or not approve):
                # Nobody signs in a name that was not given.
                self.query_one(".missing", Static).update(plain(words))
                field.focus()
                return
        try:
            parse_identity(name.value)
        except NoIdentity as error:
            self.query_one(".missing", Static).update(plain(str(error)))
            name.focus()
            return
        role = str(self.query_one("#role", Select).value)
        self.dismiss(Signature(name=name.value, role=role, approve=approve, comment=comment.value))

    def action_scroll(self, rows: int) -> None:
        """What is asked for is longer than its room."""
        self.query_one(".asked", VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_leave(self) -> None:
        """No decision."""
        self.dismiss(None)
