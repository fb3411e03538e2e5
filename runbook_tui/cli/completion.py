"""``runbook completion SHELL``: what makes a shell complete commands, options, plans and runs."""

from __future__ import annotations

import click

from runbook_tui.cli import exits

HOW = {
    "bash": 'eval "$(runbook completion bash)"   in ~/.bashrc',
    "zsh": 'eval "$(runbook completion zsh)"   in ~/.zshrc, after compinit',
    "fish": "runbook completion fish > ~/.config/fish/completions/runbook.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(HOW)))
def command(shell: str) -> int:
    """Print what makes a shell complete commands, options, files of plans, runs and nodes."""
    from click.shell_completion import get_completion_class

    from runbook_tui.cli import say
    from runbook_tui.cli.program import COMPLETING, program

    kind = get_completion_class(shell)
    assert kind is not None, shell
    click.echo(kind(program, {}, "runbook", COMPLETING).source())
    say.err(HOW[shell])
    return exits.DONE
