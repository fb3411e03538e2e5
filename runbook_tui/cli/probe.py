"""``runbook probe NAME [KEY=VALUE]…``: one look by a team's own probe, for a watch or a check."""

from __future__ import annotations

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended


@click.command("probe")
@click.argument("name")
@click.argument("given", nargs=-1)
def command(name: str, given: tuple[str, ...]) -> int:
    """Print the number that a team's own probe measures; of a truth the exit status tells.

    Probes come with installed packages, as entry points of the group runbook_tui.probes.
    """
    from runbook_tui.forge.teams import ActionError, probe

    values = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Ended(exits.USAGE, f"“{pair}” is no value", "say KEY=VALUE")
        values[key] = value
    try:
        found = probe(name)(values)
    except ActionError as failure:
        raise Ended(exits.STEP_FAILED, str(failure)) from failure
    except Exception as error:  # what a team's probe raises is its own
        raise Ended(exits.STEP_FAILED, f"the probe {name} failed: {error!r}") from error
    if isinstance(found, bool):
        return exits.DONE if found else exits.STEP_FAILED
    say.out(f"{found:.15g}")
    return exits.DONE
