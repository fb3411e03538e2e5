"""What runs on this machine, and how."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.book import other_actions
from runbook_tui.frozen import frozen

if TYPE_CHECKING:
    from runbook_tui.book.actions import ActionKind
    from runbook_tui.book.findings import Finding
    from runbook_tui.book.model import Runbook, Secret, Step
    from runbook_tui.session.ports.commands import Commands
    from runbook_tui.session.ports.probes import Sampler
    from runbook_tui.session.ports.terminals import Terminals


def _of_teams() -> Mapping[str, ActionKind | str]:
    from runbook_tui.forge.teams import kinds

    return kinds()


other_actions[:] = [_of_teams]


def commands(*, ready: bool = False) -> Commands:
    """What starts commands; ``ready`` where one will probably be started soon."""
    from runbook_tui.command.host import CommandHost

    host = CommandHost()
    if ready:
        host.make_ready()
    return host


def sampler() -> Sampler:
    """What measures watches and the probes of boxes."""
    from runbook_tui.command.lifeline import Lifeline
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.watch.sampler import ThreadSampler

    lifeline = Lifeline()
    return ThreadSampler(HelperRunner(lifeline), lifeline.close)


def terminals() -> Terminals:
    """What opens panes."""
    from runbook_tui.command.terminal import LogTerminals

    return LogTerminals()


def _before(step: Step, ours: str) -> str:
    """What runs before an action: what its undo needs comes first, apart from the plan's own."""
    if step.before is None:
        return ours
    return step.before if step.undo is not None else f"(\n{ours}\n)\n{step.before}"


@frozen(kw_only=False)
class LocalSurroundings:
    """Port `Surroundings` on this machine."""

    environment: Mapping[str, str] = field(default_factory=dict)
    interactive: Mapping[str, str] = field(default_factory=dict)
    program: str = sys.executable
    """The python that runs built-in actions: that of the machine on which they run."""

    def ours(self, *, interactive: bool) -> Collection[str]:
        """Names of the variables that this program sets for commands."""
        from runbook_tui.command.shells import ours

        return ours(interactive=interactive)

    def shell(self, shell: str | None) -> tuple[str, ...]:
        """The argument vector that runs a text appended to it."""
        from runbook_tui.command.shells import shell_argv

        return shell_argv(shell, "")[:-1]

    def expand(self, step: Step) -> Step:
        """The step's action as shell text that runs the forge's program."""
        import dataclasses

        from runbook_tui.book.actions import action_kind
        from runbook_tui.forge.texts import texts
        from runbook_tui.forge.undo import quoted

        known = action_kind(step.action or "")
        if step.action is None or known is None:
            return step
        given = step.arguments
        words = [f"WITH_{name.upper()}={quoted(value)}" for name, value in given.items()]
        program = f"{shlex.quote(self.program)} -P -m runbook_tui.forge {step.action}"
        made = texts(step.action, given)
        before = made.before
        if known.prepares:
            before = " ".join([*words, f"{program}.before"])
        own = step.undo is None
        return dataclasses.replace(
            step,
            before=_before(step, before) if before is not None else step.before,
            run=" ".join([*words, program]),
            undo=step.undo if step.undo is not None else made.undo,
            verify_undo=step.verify_undo if step.verify_undo is not None else made.verify,
            undo_ready=step.undo_ready or (made.ready if own else None),
            outputs=tuple(dict.fromkeys((*step.outputs, *known.outputs))),
            effect=step.effect and not known.looks,
        )

    def secret(self, source: Secret, folder: str) -> str | None:
        """The secret's value, fetched now: a file's or command's in the run's folder."""
        if source.env:
            return os.environ.get(source.env)
        if source.file:
            try:
                path = Path(folder) / Path(source.file).expanduser()
                return path.read_text(encoding="utf-8").rstrip("\n")
            except (OSError, UnicodeDecodeError):
                return None
        if source.command:
            from runbook_tui.command.runner import HelperRunner

            outcome = HelperRunner().run(["sh", "-c", source.command], cwd=folder, timeout=15.0)
            return outcome.stdout.rstrip("\n") if outcome.exit == 0 else None
        return None


def surroundings() -> LocalSurroundings:
    """The machine and person this process runs for."""
    from runbook_tui.command.shells import base_environment

    return LocalSurroundings(
        environment=base_environment(os.environ),
        interactive=base_environment(os.environ, interactive=True),
    )


def shell_faults(runbook: Runbook) -> tuple[Finding, ...] | None:
    """What ShellCheck says about a plan's commands; None where it does not answer."""
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.session.shell_faults import shell_faults as asked

    return asked(runbook, HelperRunner())
