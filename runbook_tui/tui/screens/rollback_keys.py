"""What a person does on the rollback screen by key: scope, floor, start, stop, how bad it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Button

from runbook_tui.run.rehearsal import as_if
from runbook_tui.run.requests import CloseRollback, SetSeverity, StartRollback, StopRollback
from runbook_tui.run.rollback import RollbackPlan, only_stopped
from runbook_tui.run.scopes import SCOPES, scope_node
from runbook_tui.run.state import RunState
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.widgets.painted import TonedScreen

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp

HELP = """\
F9 or Ctrl+\\   again, at least 0.4 s after the first: START
b Enter        to the button; press it
Esc            back to the run; a rollback that runs goes on
Tab            scope: step, change, phase, run
↑ ↓ j k        move
Enter z        all of an undo
t Space        taken back by hand; or tick a box of the
               procedure, or who was called
1 2 3          how bad it is: SEV 1 is the worst; 0 takes it back
x              it stays, with a reason: done by hand, or an undo
               that failed
r e l          of an undo that failed: try again, edit it, go on
               from one of its lines
v              give a value that an undo needs, or change those
               of an offered command
o              run a command that the plan keeps for this, after
               a yes; l goes on where it failed
f              also undo what lies before something irreversible
               (the floor)
S              stop after the undo that runs; F9 twice goes on
"""
RUNS = "the rollback runs: S stops it after this undo"
SLOW = 0.5
"""Seconds after which it is said that it is starting, where it does not run by then."""
STARTING = "the press was heard: it starts, within 5 s where somebody holds the journal"
KEYS_WIDE = 15
"""Where its words begin."""


class RollbackKeys(TonedScreen):
    """A screen that shows a rollback, as far as its keys go; drawing is somebody else's."""

    app: RunbookApp
    KEYS_OF: ClassVar[str] = "rollback"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", id="rollback-back", tooltip="back to the run"),
        Binding("tab,c", "scope", "scope", id="rollback-scope", tooltip="step, change, phase, run"),
        Binding("f", "floor", "past the floor", id="rollback-floor"),
        Binding("S", "stop", "stop", id="rollback-stop", tooltip="stop after the current undo"),
        Binding("b", "button", "button", id="rollback-button", tooltip="to the START button"),
        Binding("1", "severity(1)", "SEV 1", id="severity-1", tooltip="how bad it is: the worst"),
        Binding("2", "severity(2)", "SEV 2", id="severity-2"),
        Binding("3", "severity(3)", "SEV 3", id="severity-3"),
        Binding("0", "severity(0)", "no SEV", id="severity-0", tooltip="take the severity back"),
        Binding("question_mark", "help", "help", id="rollback-help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._scope = "run"
        self._node = ""
        self._past_floor = False
        self._plan = RollbackPlan(scope="run", node="")
        self._begun_at: float | None = None

    called_at = -1.0
    """When the panic key was pressed that shows this screen now, in monotonic seconds."""

    @property
    def state(self) -> RunState:
        """The run now; a rehearsal as if what it has only gone through had run."""
        return as_if(self.app.session.state)

    @property
    def running(self) -> bool:
        """Whether the rollback on this screen runs or ran since it was opened."""
        rollback = self.state.rollback
        if rollback is None or rollback.started is None:
            return False
        return rollback.active or rollback.started != self._begun_at

    @property
    def over(self) -> bool:
        """Whether what this screen shows is how a rollback has ended."""
        rollback = self.state.rollback
        return self.running and rollback is not None and rollback.finished is not None

    @property
    def startable(self) -> bool:
        """Whether a press of the panic key would start or stop anything."""
        acts = self._plan.items or only_stopped(self.state, self._plan.node)
        return not self.running and bool(acts)

    @property
    def _as_it_stands(self) -> str:
        """Why nothing is chosen or started any more; empty where it still can be."""
        if self.over:
            return "this rollback is over: F9 shows what else could be undone"
        return RUNS if self.running else ""

    def changed(self) -> None:
        """Draw the run as it is now."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it; called by the second press, or by the button."""
        if not self.running or self.over:
            self.app.say("")
            self.app.ask(self._request())
            self.set_timer(SLOW, self._starting)
        else:
            self.app.say(self._as_it_stands)

    def _starting(self) -> None:
        """Nobody shall believe that the press was not heard."""
        if not self.running and not self.app.said:
            self.app.say(STARTING, "warn")

    def prepare(self) -> None:
        """Perhaps it is started in a moment: what can be made ready is."""
        if not self.running:
            self.app.session.prepare_rollback(self._request())

    def _request(self) -> StartRollback:
        return StartRollback(scope=self._scope, node=self._node, past_floor=self._past_floor)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Enter on the button."""
        event.stop()
        self.start()

    def action_button(self) -> None:
        """Give the button the focus, while there is one."""
        if self.startable:
            self.query_one("#start", Button).focus()
        else:
            self.app.say(self._as_it_stands or "there is nothing to start: nothing can be undone")

    def action_leave(self) -> None:
        """Back to the run; what runs goes on."""
        if self.app.keyed <= self.called_at:
            return  # This key was pressed before the panic key, and meant for what was there then.
        # Below may be what somebody was typing over this very screen.
        if not self.running and self.app.screen_stack.count(self) == 1:
            self.app.ask(CloseRollback())
        self.app.say("")
        self.app.pop_screen()

    def action_scope(self) -> None:
        """The next scope."""
        if self.running:
            self.app.say(self._as_it_stands)
            return
        at = SCOPES.index(self._scope)
        for by in range(1, len(SCOPES) + 1):
            scope = SCOPES[(at + by) % len(SCOPES)]
            anchor = next(iter(item.step for item in self._plan.items), "")
            node = scope_node(self.state, scope, anchor)
            if scope == "change" and node and self.state.outline[node].kind != "change":
                continue
            self._scope, self._node = scope, node
            break
        self.changed()

    def action_floor(self) -> None:
        """Undo what lies below the floor, too; a person says so."""
        if self.running:
            self.app.say(self._as_it_stands)
        elif not self._past_floor and not any(item.held for item in self._plan.items):
            self.app.say("no undo lies below a floor here")
        else:
            self._past_floor = not self._past_floor
            self.changed()

    def action_help(self) -> None:
        """The keys of this screen."""
        self.app.push_screen(Page("\n".join(map(self._in_own_keys, HELP.splitlines()))))

    def _in_own_keys(self, line: str) -> str:
        """A line of the help with the keys of this person."""
        keys, words = line[:KEYS_WIDE].rstrip(), line[KEYS_WIDE:]
        return f"{self.cap(keys):<{KEYS_WIDE - 1}} {words}" if keys else line

    def action_stop(self) -> None:
        """Stop after the current undo."""
        self.app.ask(StopRollback())

    def action_severity(self, level: int) -> None:
        """Say how bad it is; nothing waits for it."""
        self.app.ask(SetSeverity(level=level))
