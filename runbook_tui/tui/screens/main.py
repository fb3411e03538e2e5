"""The main screen: the checklist, the chosen step, and the panes of its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from runbook_tui.run.outline import Kind
from runbook_tui.run.requests import SkipStep, StartStep, TickNode
from runbook_tui.run.state import CommandRecord, RunState, Status, next_open
from runbook_tui.tui.views import card as card_view
from runbook_tui.tui.views import checklist, head
from runbook_tui.tui.views.tone import Line
from runbook_tui.tui.widgets.output import Output
from runbook_tui.tui.widgets.painted import Lines, RowList
from runbook_tui.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

MINIMUM = (60, 16)
WIDE = (100, 30)


class MainScreen(Screen[None]):
    """Where the lead stands for the whole run."""

    app: RunbookApp
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "run", id="run", tooltip="run the step, or start its timer"),
        Binding("space", "tick", "tick", id="tick", tooltip="tick the check, finish by hand"),
        Binding("s", "sign", "sign", id="sign", tooltip="sign off"),
        Binding("x", "skip", "skip", id="skip", tooltip="leave the step out, with a reason"),
        Binding("r", "run", "retry", id="retry", tooltip="try the step again"),
        Binding("n", "note", "note", id="note", tooltip="write a remark down"),
        Binding("y", "copy", "copy", id="copy", tooltip="copy the step's command"),
        Binding("w", "later('watches')", "watches", id="watches", tooltip="what is measured"),
        Binding("t", "later('the timeline')", "timeline", id="timeline", tooltip="plan and time"),
        Binding("slash", "find", "find", id="find", tooltip="find a step, or text in the pane"),
        Binding("tab", "next_part", "pane", id="next-part", tooltip="look at the pane"),
        Binding("i", "type", "type", id="type", tooltip="type into the pane"),
        Binding("z", "zoom", "zoom", id="zoom", tooltip="the pane alone"),
        Binding("left_square_bracket", "pane(-1)", "earlier pane", id="pane-before"),
        Binding("right_square_bracket", "pane(1)", "later pane", id="pane-after"),
        Binding("question_mark", "app.help", "help", id="help", tooltip="the keys"),
        Binding("q", "app.leave", "leave", id="leave", tooltip="leave; commands go on"),
        Binding("escape", "back_to_list", "list", id="list", tooltip="back to the list"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str] = []
        self._index: dict[str, int] = {}
        self._held = False
        self._was: dict[str, Status] = {}

    @property
    def state(self) -> RunState:
        """The run now."""
        return self.app.session.state

    def compose(self) -> ComposeResult:
        """Head, list, card, pane, message, foot."""
        yield Lines(lambda w, h: [head.head(self.state, self.app.now(), w, self.app.trouble)],
                    id="head")  # fmt: skip
        with Horizontal(id="body"):
            yield RowList(self._paint_row, id="list")
            with Vertical(id="right"):
                yield Lines(self._paint_card, id="card")
                yield Output(self.app.terminals, id="output")
        yield Lines(lambda w, h: [[(f" {self.app.said}", self.app.said_tone)]], id="said")
        yield Lines(self._paint_foot, id="foot")
        yield Lines(lambda w, h: TOO_SMALL, id="small")

    def on_mount(self) -> None:
        """The cursor stands on the next open step."""
        self._rows = checklist.rows(self.state)
        self._index = {id_: n for n, id_ in enumerate(self._rows)}
        self.rows.set_count(len(self._rows))
        self.rows.focus()
        self.set_interval(1.0, self.tick)
        self.call_after_refresh(self._to_next_open)

    @property
    def rows(self) -> RowList:
        """The checklist."""
        return self.query_one("#list", RowList)

    @property
    def output(self) -> Output:
        """What commands have put out."""
        return self.query_one("#output", Output)

    @property
    def pane(self) -> Pane:
        """The pane."""
        return self.output.pane

    @property
    def chosen(self) -> str:
        """The id of the node under the cursor."""
        return self._rows[self.rows.cursor] if self._rows else ""

    @property
    def chosen_step(self) -> str:
        """The step under the cursor, or the one that holds the check there."""
        outline, id_ = self.state.outline, self.chosen
        while id_ and id_ not in outline.steps:
            id_ = outline[id_].parent
        return id_

    def on_resize(self, event: events.Resize) -> None:
        """One column where two do not fit."""
        width, height = event.size.width, event.size.height
        self.set_class(width < WIDE[0] or height < WIDE[1], "-narrow")
        self.set_class(width < MINIMUM[0] or height < MINIMUM[1], "-small")

    # -- what is drawn ---------------------------------------------------------------------------

    def _paint_row(self, row: int, width: int) -> Line:
        return [
            (" ", "plain"),
            *checklist.row(self.state, self._rows[row], self.app.now(), width - 2),
        ]

    def _paint_card(self, width: int, height: int) -> list[Line]:
        lines = card_view.card(self.state, self.chosen, self.app.now(), width - 2, height)
        return [[(" ", "plain"), *line] for line in lines]

    def _paint_foot(self, width: int, height: int) -> list[Line]:
        return [head.foot(width, pane=self.pane.has_focus, typing=self.pane.typing)]

    def tick(self) -> None:
        """Once a second: the clocks, and nothing else."""
        self.query_one("#head").refresh()
        self.query_one("#card").refresh()
        for row in self.rows.visible_rows():
            id_ = self._rows[row]
            if self.state.step(id_).status in {Status.RUNNING, Status.WAITING}:
                self.rows.refresh_row(row)

    def changed(self) -> None:
        """The run's state is another: draw it, and let the cursor move on."""
        for part in ("#head", "#card", "#list"):
            self.query_one(part).refresh()
        step = self.chosen_step
        if step:
            status = self.state.step(step).status
            over = status in {Status.DONE, Status.SKIPPED}
            if over and self._was.get(step) not in {None, status} and not self._held:
                self._to_next_open()
            self._was[step] = status
        self._show_pane()

    def _to_next_open(self) -> None:
        open_ = next_open(self.state)
        if open_ is not None and open_ in self._index:
            self.rows.put_cursor(self._index[open_])
            self._was[open_] = self.state.step(open_).status
        self._show_pane()

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """Another row is chosen."""
        self._held = message.by_person
        step = self.chosen_step
        if step:
            self._was[step] = self.state.step(step).status
        self.query_one("#card").refresh()
        self._show_pane(anew=True)

    # -- panes -----------------------------------------------------------------------------------

    def _commands(self) -> list[CommandRecord]:
        """The chosen step's commands, the newest first; else what runs anywhere."""
        step = self.chosen_step
        own = list(reversed(self.state.step(step).commands)) if step else []
        if own:
            return own
        return [c for s in self.state.steps.values() for c in s.commands if c.running]

    def _show_pane(self, *, anew: bool = False) -> None:
        commands = self._commands()
        self.output.show(commands, anew=anew)
        self.set_class(bool(commands), "-output")

    def action_pane(self, by: int) -> None:
        """Another command's pane."""
        self.output.step(by)

    def action_next_part(self) -> None:
        """List, then pane, then list again."""
        if self.pane.has_focus:
            self.action_back_to_list()
        elif self.output.command is not None:
            self.add_class("-pane")
            self.pane.focus()
            self.query_one("#foot").refresh()
        else:
            self.app.say("there is no output to look at yet")

    def action_back_to_list(self) -> None:
        """The list has the keys again."""
        self.remove_class("-pane", "-zoom")
        self.rows.focus()
        self.query_one("#foot").refresh()
        self.output.name_it()

    def action_type(self) -> None:
        """Every key but the panic key goes to the command."""
        command = self.output.command
        if command is None or not command.running:
            self.app.say("no command runs here that could be typed into")
            return
        self.add_class("-pane")
        self.pane.focus()
        self.pane.typing = True
        self.output.name_it()
        self.query_one("#foot").refresh()

    def action_zoom(self) -> None:
        """The pane alone, or everything again."""
        self.toggle_class("-zoom")

    def on_pane_typed(self, message: Pane.Typed) -> None:
        """Keys for a command."""
        self.app.session.write(message.folder, message.data)

    def on_pane_resized(self, message: Pane.Resized) -> None:
        """The command's terminal is as large as its pane."""
        self.app.session.resize(message.folder, message.rows, message.columns)

    # -- deeds -----------------------------------------------------------------------------------

    def action_run(self) -> None:
        """Run the step, or start its timer."""
        self._held = False
        if step := self.chosen_step:
            self.app.ask(StartStep(step=step))
        else:
            self._to_next_open()

    def action_tick(self) -> None:
        """Tick the check under the cursor, or finish a step done by hand."""
        node = self.state.outline[self.chosen] if self.chosen else None
        if node is None or node.kind in {Kind.PHASE, Kind.CHANGE}:
            self.app.say("choose a check or a step")
            return
        self._held = False
        self.app.ask(TickNode(node=node.id, off=node.id in self.state.ticks))

    def action_sign(self) -> None:
        """Sign the node under the cursor, or the gate around it."""
        self.app.sign(self.chosen)

    def action_skip(self) -> None:
        """Leave the step out."""
        if step := self.chosen_step:
            self.app.with_text(
                f"Why is “{self.state.outline[step].title}” skipped?",
                lambda reason: self.app.ask(SkipStep(step=step, reason=reason)),
            )

    def action_note(self) -> None:
        """Write a remark down."""
        self.app.note(self.chosen)

    def action_copy(self) -> None:
        """Copy the step's command."""
        item = self.state.outline.steps.get(self.chosen_step)
        if item is None or item.run is None:
            self.app.say("there is no command to copy")
            return
        self.app.copy_to_clipboard(item.run)
        self.app.say("copied")

    def action_find(self) -> None:
        """Find a step by its title, or text in the pane."""
        if self.pane.has_focus:
            self.app.with_text("Find in the output", self._find_output)
        else:
            self.app.with_text("Find a step", self._find_step)

    def _find_output(self, text: str) -> None:
        if not self.pane.find(text):
            self.app.say(f"“{text}” is not in the output")

    def _find_step(self, text: str) -> None:
        wanted, here = text.casefold(), self.rows.cursor
        order = [*range(here + 1, len(self._rows)), *range(here + 1)]
        for row in order:
            if wanted in self.state.outline[self._rows[row]].title.casefold():
                self.rows.put_cursor(row, by_person=True)
                return
        self.app.say(f"no step holds “{text}”")

    def action_later(self, what: str) -> None:
        """What this version does not show."""
        self.app.say(f"{what} cannot be shown by this version")


TOO_SMALL: list[Line] = [
    [("at least 60×16, please", "strong")],
    [("F9 PANIC: roll back", "panic")],
]
