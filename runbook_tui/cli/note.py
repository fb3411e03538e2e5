"""``runbook note RUN [NODE] TEXT``: a remark, without a screen."""

from __future__ import annotations

import click

from runbook_tui.cli.people import actor, as_option


@click.command("note")
@click.argument("run")
@click.argument("words", nargs=-1, required=True, metavar="[NODE] TEXT")
@as_option
def command(run: str, words: tuple[str, ...], claimed: str | None) -> int:
    """Write a remark down, on a node or on the whole run."""
    from runbook_tui.cli.opening import do_one
    from runbook_tui.run.requests import AddNote

    if len(words) > 2:
        raise click.UsageError("A note is one text: put it in quotes.")
    node, text = words if len(words) == 2 else ("", words[0])
    return do_one(run, actor(claimed), AddNote(text=text, node=node), "noted")
