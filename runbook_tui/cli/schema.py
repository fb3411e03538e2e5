"""``runbook schema``: the TOML format, or the settings, as a JSON Schema, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from runbook_tui.cli import exits
from runbook_tui.cli.written import STANDARD, write

FILE = "format-1.schema.json"


@click.command("schema")
@click.option("-o", "target", type=click.Path(path_type=Path), default=STANDARD, help="into a file")
@click.option("--settings", is_flag=True, help="of the file of settings instead")
def command(target: Path, settings: bool) -> int:
    """The TOML format as a JSON Schema: editors complete keys and show what they mean.

    A plan names it in its first line: #:schema ./format-1.schema.json
    """
    if settings:
        import json

        from runbook_tui.preferences.telling import json_schema

        write(target, json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n")
        return exits.DONE
    from runbook_tui import wiring

    path = next(p / FILE for p in wiring.shipped_plans() if (p / FILE).exists())
    write(target, path.read_text(encoding="utf-8"))
    return exits.DONE
