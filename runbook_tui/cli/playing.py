"""The demo as it is played: Ada leads, Grace signs, the service breaks, and all comes back."""

from __future__ import annotations

import contextlib
import os
import shlex
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from runbook_tui import wiring
from runbook_tui.cli import exits, say
from runbook_tui.cli.asking import Answers
from runbook_tui.cli.lines import Lines
from runbook_tui.cli.opening import ask, taking_part
from runbook_tui.cli.undo_list import print_plan
from runbook_tui.cli.undoing import Undoing
from runbook_tui.cli.values import Values
from runbook_tui.command.runner import HelperRunner
from runbook_tui.demo import story
from runbook_tui.demo.sandbox import make_sandbox, tree_of
from runbook_tui.run.requests import SignNode
from runbook_tui.run.rollback import plan
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.upcoming import gates_waiting
from runbook_tui.session.plan_files import read_files
from runbook_tui.session.session import Session

if TYPE_CHECKING:
    from runbook_tui.cli.demo_screen import DemoApp

COMMENT = "tests are green, go"
PATIENCE = 10.0
GRACE_SECONDS = 4.0
"""How long Grace takes to sign, once she was asked on the screen."""


class Play:
    """The sandbox, its service and a run on it; a context manager that ends the service."""

    def __init__(self, folder: Path) -> None:
        self._runner = HelperRunner()
        self._commands = wiring.commands()
        say.err(f"making a sandbox in {folder}")
        self._sandbox = make_sandbox(folder, self._runner)
        self._service = story.start_service(folder, self._commands)
        path = next(p / story.PLAN for p in wiring.shipped_plans() if (p / story.PLAN).exists())
        plan = read_files(path)
        self._run = wiring.start(
            path,
            plan,
            parameters={"service": self._service.url},
            actor=story.LEAD,
            folder=self._sandbox.work,
        )
        wiring.keep_reading(self._run, plan)
        self._session: Session = wiring.open_session(self._run, story.LEAD, leads=True)
        self.kept = False
        """Whether service and commands go on when the play is left."""

    def __enter__(self) -> Play:
        self._session.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.kept:
            self._session.close()
            return
        for step in self._session.state.steps.values():
            for record in step.commands:
                if record.running:
                    self._commands.stop(Path(record.folder), 0.5)
        self._session.close()
        self._service.stop(self._commands)

    @property
    def session(self) -> Session:
        """The lead's session."""
        return self._session

    @property
    def over(self) -> bool:
        """Whether there is nothing to come back to: it is done, or was never begun."""
        state = self._session.state
        return state.finished is not None or not state.steps

    @property
    def brought_back(self) -> bool:
        """Whether the last thing that happened was a rollback, and a whole one."""
        from runbook_tui.tui.leaving import exit_status

        return exit_status(self._session.state) == exits.ROLLED_BACK

    def on_screen(self) -> int:
        """The screen for a person who leads; Grace signs some seconds after she was asked."""
        from runbook_tui.tui.hangup import end_with_terminal

        end_with_terminal()
        self.screen(GRACE_SECONDS).run()
        code, text = story.health(self._service.url)
        say.err(f"the service answers {code}: {text}")
        return exits.DONE

    def as_lines(self) -> int:
        """Lines and questions for a person who leads; Grace signs once she is asked."""
        from runbook_tui.cli import demo_lines

        demo_lines.walk(self._session, self.approve)
        code, text = story.health(self._service.url)
        say.err(f"the service answers {code}: {text}")
        return exits.DONE

    def screen(self, pause: float) -> DemoApp:
        """The screen on which Grace signs ``pause`` seconds after she was asked."""
        from runbook_tui.cli.demo_screen import DemoApp

        return DemoApp(self._session, wiring.terminals(), self.approve, pause, wiring.preferences())

    def commands(self) -> list[tuple[str, str]]:
        """What takes part in the run from another terminal, and what each does."""
        home = f"RUNBOOK_HOME={shlex.quote(os.environ['RUNBOOK_HOME'])}"
        ada, grace = (f"{home} RUNBOOK_AS={shlex.quote(who.identity)}"
                      for who in (story.LEAD, story.APPROVER))  # fmt: skip
        return [
            ("look on as Grace", f"{grace} runbook join {self._run}"),
            ("sign as Grace", f"{grace} runbook sign {self._run}"),
            ("go on as Ada", f"{ada} runbook resume {self._run}"),
            ("bring it back", f"{ada} runbook rollback {self._run}"),
        ]

    def approve(self) -> None:
        """Let Grace sign what waits for her, from a session of her own."""
        with taking_part(self._run, story.APPROVER) as session:
            for gate in gates_waiting(session.state):
                ask(session, SignNode(node=gate, role=story.APPROVER_ROLE, comment=COMMENT))
            signed = session.state.seq
        self._hear(signed)

    def _hear(self, seq: int) -> None:
        """Wait until the lead's session knows of what another one has recorded."""
        heard = threading.Event()
        stop = self._session.listen(lambda state: heard.set() if state.seq >= seq else None)
        if self._session.state.seq < seq:
            heard.wait(PATIENCE)
        stop()

    def by_itself(self) -> int:
        """From the first step to the rollback's end; 0 only if all is really as before."""
        answers = Answers(yes=True, may_ask=False, values=Values())
        with contextlib.closing(wiring.journal(reading=True)) as journal:
            lines = Lines(self._session, journal, answers, self._session.state, 0)
            status = lines.walk(leaves=False)
            if status != exits.WAITING:
                return self._otherwise(f"the run stopped before the gate with status {status}")
            before = tree_of(self._sandbox, self._runner)
            say.err(f"{story.APPROVER.name} signs the gate, from a session of her own")
            self.approve()
            status = lines.walk(leaves=False)
        if status != exits.STEP_FAILED:
            return self._otherwise(f"a failure was due, and the status is {status}")
        code, text = story.health(self._service.url)
        say.out(f"the service answers {code}: {text}", colour="red")
        return self._bring_back(before)

    def _bring_back(self, before: str) -> int:
        scope, node = default_scope(self._session.state)
        state = self._session.state
        print_plan(state, plan(state, scope, node), self._session.environment)
        undoing = Undoing(self._session, may_ask=False)
        began = time.monotonic()
        undoing.start(scope, node, past_floor=False)
        status = undoing.follow()
        took = say.length(time.monotonic() - began)
        if status != exits.ROLLED_BACK:
            return self._otherwise("the rollback is incomplete")
        code, text = story.health(self._service.url)
        if code != 200:
            return self._otherwise(f"the service is not well: it answers {code}: {text}")
        if tree_of(self._sandbox, self._runner) != before:
            return self._otherwise("main does not hold what it held before")
        say.out("main holds what it held before, file by file")
        say.out(f"rolled back in {took}, service healthy", colour="green", bold=True)
        return exits.DONE

    def _otherwise(self, what: str) -> int:
        say.out(f"the demo went otherwise than it should: {what}", colour="red", bold=True)
        return exits.STEP_FAILED
