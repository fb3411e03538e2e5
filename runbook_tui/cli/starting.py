"""A new run: its plan is read, its values are gathered, and it is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.cli import exits
from runbook_tui.cli.exits import Ended
from runbook_tui.frozen import frozen

if TYPE_CHECKING:
    from runbook_tui.book.model import Environment, Runbook
    from runbook_tui.cli.values import Values
    from runbook_tui.run.events import Actor
    from runbook_tui.session.plan_files import PlanFiles

FROM = "--from"


@frozen
class Start:
    """What ``runbook run`` was told."""

    file: Path
    pairs: tuple[str, ...] = ()
    environment: str | None = None
    claimed: str | None = None
    role: str = "lead"
    cwd: Path | None = None
    first: str | None = None
    rehearse: bool = False
    people: tuple[str, ...] = ()
    """Who carries out steps that are for a role of theirs."""
    trust: str | None = None
    """The digest of a plan from elsewhere that may run what it says."""
    automatic_rollback: bool = False
    share: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    """Values that a person has typed for it, held against the plan already."""

    def check(self) -> None:
        """Refuse what no plan is needed for; raises `Ended`."""
        if self.cwd is not None and not self.cwd.is_dir():
            raise Ended(exits.USAGE, f"--cwd {self.cwd} is not a folder")
        if self.share is not None and self.rehearse:
            raise Ended(exits.USAGE, "a rehearsal asks nobody, so there is nothing to --share")


@dataclass(kw_only=True, eq=False, repr=False)
class Prepared:
    """A plan that was read, with its values as far as they are known."""

    start: Start
    plan: PlanFiles
    values: Values
    skipped: list[str]
    environment: Environment | None = None
    share: str = ""
    """The address of the remote that it is mirrored to."""

    @property
    def folder(self) -> str:
        """Where its commands will run."""
        from runbook_tui import wiring

        return str(self.start.cwd or wiring.folder_of(self.start.file))

    def needs_terminal(self) -> bool:
        """Whether a person, or a program that fetches a secret, has to use the terminal first."""
        from runbook_tui.cli.values import needs_terminal

        return (
            self._is_strange
            or self._must_confirm
            or needs_terminal(self.values, self._asked, self.folder)
        )

    @property
    def _is_strange(self) -> bool:
        from runbook_tui.cli.trusting import is_strange

        return is_strange(self.start.file, self.plan)

    def trust(self, *, may_ask: bool) -> None:
        """See that a plan from elsewhere may run what it says; raises `Ended`."""
        if self.plan.elsewhere or self.start.trust is not None:
            from runbook_tui.cli.trusting import trusted

            trusted(self.start.file, self.plan, self.start.trust, may_ask=may_ask)

    def trust_on_screen(self) -> None:
        """The same on a screen of its own, where that is needed."""
        if self._is_strange:
            from runbook_tui.cli.trusting import trusted_on_screen

            trusted_on_screen(self.start.file, self.plan, self.start.trust)
        else:
            self.trust(may_ask=False)

    @property
    def where(self) -> str:
        """The environment, in words behind the title; empty without one."""
        from runbook_tui.cli.environments import called

        one = self.environment
        return f", in {called(one.name, self.plan.runbook)}" if one is not None else ""

    @property
    def _must_confirm(self) -> bool:
        one = self.environment
        return one is not None and one.production and not self.start.rehearse

    def confirm(self, *, may_ask: bool, yes: bool) -> None:
        """Have the name of a production environment typed; raises `Ended` without it.

        Without a terminal it counts as typed where the command line has it and says ``--yes``.
        """
        from runbook_tui.cli.values import asked

        one = self.environment
        if one is None or not self._must_confirm or (yes and self.start.environment == one.name):
            return
        if not may_ask:
            raise Ended(
                exits.WAITING,
                f"“{one.name}” is production: a person types its name before a run there begins",
                f"on a terminal, or: --env {one.name} --yes",
            )
        if asked(f"This runs in PRODUCTION. Type “{one.name}” to begin").strip() != one.name:
            raise Ended(exits.WAITING, f"that is not “{one.name}”; nothing was recorded or started")

    @property
    def _asked(self) -> Runbook:
        """The plan as far as its values are gathered: a rehearsal leaves secrets where they are."""
        runbook = self.plan.runbook
        if not self.start.rehearse:
            return runbook
        plain = tuple(p for p in runbook.parameters if p.secret is None)
        return replace(runbook, parameters=plain)

    def complete(self, *, may_ask: bool) -> None:
        """Gather the values that are missing; raises `Ended` (3) naming all."""
        from runbook_tui.cli.values import complete

        self.values = complete(self.values, self._asked, self.folder, may_ask=may_ask)

    def record(self, who: Actor) -> str:
        """Record the run, and skip what is to be skipped; returns the run's id."""
        from runbook_tui import wiring

        start = self.start
        run = wiring.start(
            start.file,
            self.plan,
            parameters=self.values.plain,
            sources=self.values.sources,
            actor=who,
            folder=start.cwd,
            role=start.role,
            rehearse=start.rehearse,
            environment=self.environment.name if self.environment else None,
            automatic_rollback=start.automatic_rollback,
        )
        if self.skipped:
            self._skip(run, who)
        return run

    def _skip(self, run: str, who: Actor) -> None:
        from runbook_tui.cli.opening import ask, taking_part
        from runbook_tui.run.requests import SkipStep
        from runbook_tui.run.state import OVER

        with taking_part(run, who, self.plan) as session:
            for step in self.skipped:
                if session.state.step(step).status not in OVER:
                    ask(session, SkipStep(step=step, reason=FROM))


def prepare(start: Start) -> Prepared:
    """Read the plan and hold against it what was given; raises `PlanFaults` and `Ended`."""
    from runbook_tui.cli.environments import chosen
    from runbook_tui.cli.sharing import address
    from runbook_tui.cli.starting_at import left_out
    from runbook_tui.cli.values import given, put_typed
    from runbook_tui.session.plan_files import read_files, with_signers

    plan = read_files(start.file)
    if not start.rehearse:
        plan = with_signers(start.file, plan)
    values = given(start.pairs, plan.runbook)
    put_typed(values, start.typed, plan.runbook)
    environment = chosen(start.environment, values, plan.runbook)
    skipped = left_out(plan.runbook, start.first) if start.first else []
    share = address(start.share, str(start.file.absolute().parent))
    return Prepared(start=start, plan=plan, values=values, skipped=skipped, environment=environment,
                    share=share)  # fmt: skip
