"""What a plan asks before it starts: one line a parameter, held against the plan while typed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import DescendantFocus, Resize
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from runbook_tui.tui.dialogs.ask import Line, plain
from runbook_tui.tui.dialogs.dialog import Dialog
from runbook_tui.tui.home.offers import Choice, Field, Form

HINT = "only a button starts it · Esc leaves"
NEEDED = "* is needed · "
AROUND = 9
"""Rows that are needed above and below the fields."""
ROWS_OF_ONE = 4
"""Name, value, what is said of it, and a row between it and the next."""
NONE = "none"


class AskValues(Dialog[Choice | None]):
    """Asks for the values of a new run; None where the person left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave"),
        Binding("ctrl+o", "last", "the last run's value"),
    ]

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def compose(self) -> ComposeResult:
        """The plan, its fields, and how it is started."""
        form = self._form
        with Vertical(classes="dialog values"):
            yield Static(plain(form.title), classes="question")
            yield Static(plain(form.about), classes="told")
            with VerticalScroll(classes="fields", can_focus=False):
                if form.environments:
                    yield from self._environment()
                for number, field in enumerate(form.fields):
                    yield from self._field(number, field)
            needed = any(field.required and not field.source for field in form.fields)
            yield Static(plain(f"{NEEDED if needed else ''}{HINT}"), classes="missing")
            with Horizontal(classes="buttons"):
                yield Button("Start", id="start", variant="primary")
                yield Button("Rehearse", id="rehearse")
                yield Button("Leave", id="leave")

    def _called(self, name: str) -> str:
        return f"{name} (PRODUCTION)" if name in self._form.production else name

    def _environment(self) -> ComposeResult:
        names = [(self._called(name), name) for name in self._form.environments]
        with Vertical(classes="field"):
            yield from _named("environment", "where it is carried out")
            yield Select([(NONE, ""), *names], value="", allow_blank=False, id="environment",
                         compact=True)  # fmt: skip

    def _field(self, number: int, field: Field) -> ComposeResult:
        with Vertical(classes="field"):
            star = " *" if field.required and not field.source else ""
            yield from _named(f"{field.name}{star}", field.description)
            if field.source:
                yield Static(plain(field.source), classes="told")
                return
            if field.choices:
                known = [(choice, choice) for choice in field.choices]
                first = field.value if field.value in field.choices else ""
                blank = [] if first else [("choose …", "")]
                yield Select([*blank, *known], value=first, allow_blank=False,
                             id=f"value-{number}", compact=True)  # fmt: skip
            else:
                yield Line(field.value, password=field.secret, id=f"value-{number}",
                           compact=True)  # fmt: skip
            hint = self._hint(field)
            told = Static(plain(hint), classes="told", id=f"told-{number}")
            told.display = bool(hint)
            yield told

    def _hint(self, field: Field) -> str:
        if field.secret:
            return "a secret: not shown, not recorded"
        return f"last run: {field.last} (Ctrl+O takes it)" if field.last else ""

    def on_mount(self) -> None:
        """The first field has the keys, else the button that starts it."""
        fields = self.query("Input, Select")
        first = fields.first() if fields else self.query_one("#start")
        first.focus()

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """Textual's own way brings a field into sight without its name."""
        super().set_focus(widget, scroll_visible=False, from_app_focus=from_app_focus)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The name of the field that has the keys stands out, without colours too."""
        for field in self.query(".field"):
            field.set_class(field in event.widget.ancestors, "-has-keys")
        self.call_after_refresh(self._reveal)

    def on_resize(self, event: Resize) -> None:
        """The buttons, and the field that has the keys, are in sight however many there are."""
        room = max(3, event.size.height - AROUND)
        fields = self.query(".field")
        self.query_one(".fields").styles.max_height = room
        self.query_one(".values").set_class(len(fields) * ROWS_OF_ONE <= room, "-roomy")
        self.call_after_refresh(self._reveal)

    def _reveal(self) -> None:
        """Bring it into sight with its name, and what is said of it."""
        for field in self.query(".field.-has-keys"):
            field.scroll_visible(animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hold what is typed against the plan."""
        self._judge(event.input.id or "", event.value)

    def on_select_changed(self, event: Select.Changed) -> None:
        """A choice is made."""
        self._judge(event.select.id or "", str(event.value))

    def _judge(self, id_: str, value: str) -> None:
        if not id_.startswith("value-"):
            return
        number = int(id_[6:])
        field = self._form.fields[number]
        wrong = field.unfit(value) if value else ""
        told = self.query_one(f"#told-{number}", Static)
        words = wrong or self._hint(field)
        told.update(plain(words))
        told.display = bool(words)
        told.set_class(bool(wrong), "-wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field; only a button starts anything."""
        event.stop()
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Start it, once every value fits."""
        if event.button.id == "leave":
            self.dismiss(None)
            return
        values, wrong = self._values(secrets=event.button.id == "start")
        if wrong:
            number, words = wrong[0]
            missing = self.query_one(".missing", Static)
            missing.update(plain(words))
            missing.add_class("-wrong")
            self.query_one(f"#value-{number}").focus()
            return
        chosen = str(self.query_one("#environment", Select).value) if self._environments else ""
        self.dismiss(
            Choice(plan=self._form.path, values=values, environment=chosen,
                   rehearse=event.button.id == "rehearse")
        )  # fmt: skip

    @property
    def _environments(self) -> bool:
        return bool(self._form.environments)

    def _values(self, *, secrets: bool) -> tuple[dict[str, str], list[tuple[int, str]]]:
        """What was given, and what is wrong or missing; a rehearsal needs no secret."""
        values: dict[str, str] = {}
        wrong: list[tuple[int, str]] = []
        given = self._of_environment()
        for number, field in enumerate(self._form.fields):
            if field.source or (field.secret and not secrets):
                continue
            value = str(getattr(self.query_one(f"#value-{number}"), "value", ""))
            if not value:
                if field.required and field.name not in given:
                    wrong.append((number, f"{field.name} is needed"))
            elif words := field.unfit(value):
                wrong.append((number, words))
            elif not (field.name in given and value == field.value):
                values[field.name] = value
        return values, wrong

    def _of_environment(self) -> frozenset[str]:
        """Names that the chosen environment gives: a default left alone yields to it."""
        if not self._environments:
            return frozenset()
        chosen = str(self.query_one("#environment", Select).value)
        return self._form.given.get(chosen, frozenset())

    def action_last(self) -> None:
        """Take the last run's value into the field that is typed into."""
        focused = self.focused
        if isinstance(focused, Input | Select) and (focused.id or "").startswith("value-"):
            field = self._form.fields[int((focused.id or "")[6:])]
            if field.last:
                focused.value = field.last
                return
        missing = self.query_one(".missing", Static)
        missing.update(plain("there is no other value of a last run for this"))
        missing.remove_class("-wrong")

    def action_leave(self) -> None:
        """Nothing is started."""
        self.dismiss(None)


def _named(name: str, description: str) -> ComposeResult:
    """A field's name, and beside it what that is."""
    with Horizontal(classes="named"):
        yield Static(plain(name), classes="name")
        yield Static(plain(description), classes="about")
