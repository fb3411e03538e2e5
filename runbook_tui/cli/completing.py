"""What a shell is offered for a run, a node or a role while somebody types; never a message."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

NEWEST = 30
"""Runs that are offered."""


class Runs(click.types.StringParamType):
    """The newest runs that begin so, each with its title."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """What could stand here."""
        from contextlib import closing

        from runbook_tui import wiring
        from runbook_tui.session.ports.journal import JournalError

        try:
            with closing(wiring.journal(reading=True)) as journal:
                entries = [entry for entry in journal.runs() if entry.run.startswith(incomplete)]
        except JournalError:
            return []
        return [CompletionItem(entry.run, help=entry.title) for entry in entries[:NEWEST]]


class Nodes(click.types.StringParamType):
    """The nodes of the run that was named before."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """What could stand here."""
        from runbook_tui import wiring
        from runbook_tui.run.outline import Outline

        run = ctx.params.get("run")
        runbook = wiring.kept_reading(run) if isinstance(run, str) else None
        nodes = Outline(runbook).nodes if runbook is not None else {}
        return [CompletionItem(id_, help=node.title)
                for id_, node in nodes.items() if id_.startswith(incomplete)]  # fmt: skip


def offer(command: click.Command) -> click.Command:
    """The command, whose arguments know what could stand there."""
    kinds = {"run": Runs, "node": Nodes}
    for parameter in command.params:
        if parameter.name in kinds and isinstance(parameter, click.Argument):
            parameter.type = kinds[parameter.name]()
    return command
