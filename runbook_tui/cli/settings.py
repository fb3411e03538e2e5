"""``runbook settings``: every setting, its value, and where that comes from."""

from __future__ import annotations

import json

import click

from runbook_tui.cli import exits, say


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="as one JSON list")
@click.option("--keys", is_flag=True, help="the ids of all keys, and what they do")
def command(as_json: bool, keys: bool) -> int:
    """Every setting, its value, and where that comes from; faults of the file end with 2.

    The file is $RUNBOOK_CONFIG, else config.toml in the user's folder of settings.
    """
    from runbook_tui import wiring
    from runbook_tui.preferences.file import place
    from runbook_tui.preferences.telling import faults, told

    found = wiring.preferences()
    if keys:
        _say_keys()
    elif as_json:
        rows = [{"name": t.name, "value": t.value, "source": t.source} for t in told(found)]
        click.echo(json.dumps(rows, ensure_ascii=True, indent=1))
    else:
        for row in told(found):
            say.out(f"{row.name:<8} {row.value:<20} {row.source:<12} {row.words}")
    wrong = faults(found)
    for line in wrong:
        say.err(line, colour="red")
    if wrong:
        say.err("what is wrong there stays as it comes")
        return exits.USAGE
    say.err(f"the file: {place()}{'' if found.source else ' (there is none yet)'}")
    return exits.DONE


def _say_keys() -> None:
    from runbook_tui.preferences.key_names import shown
    from runbook_tui.preferences.known_keys import KNOWN

    for known in KNOWN:
        names = ", ".join(map(shown, known.keys))
        say.out(f"{known.part:<11} {known.id:<16} {names:<14} {known.words}")
