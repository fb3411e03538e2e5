"""``runbook`` alone: plans here, open runs, past runs."""

from __future__ import annotations

import sys
from pathlib import Path

from runbook_tui.cli import exits, say
from runbook_tui.cli.choosing import Glance, glances
from runbook_tui.cli.opening import reading
from runbook_tui.cli.runs import line

PAST = 10
INDENT = 6
NO_PLANS = frozenset(
    {"readme.md", "changelog.md", "contributing.md", "license.md", "code_of_conduct.md"}
)


def home() -> int:
    """Print what is here; on a terminal, offer it by number."""
    with reading() as journal:
        found = glances(journal)
    open_runs = [run for run in found if not run.finished]
    open_runs.sort(key=lambda run: not run.rolling_back)
    plans = plans_here(Path.cwd())
    _print(open_runs, plans, [run for run in found if run.finished][:PAST])
    if sys.stdin.isatty() and sys.stdout.isatty() and (open_runs or plans):
        return _offer(open_runs, plans)
    return exits.DONE


def plans_here(folder: Path) -> list[Path]:
    """Files of the folder that look like plans: TOML of format 1, and Markdown."""
    found = []
    for path in sorted(folder.iterdir()):
        name = path.name.lower()
        if name.startswith(".") or name in NO_PLANS or not path.is_file():
            continue
        if name.endswith(".md") or (name.endswith(".toml") and _is_plan(path)):
            found.append(path)
    return found


def _is_plan(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            text = file.read(4096).decode("utf-8", "replace")
    except OSError:
        return False
    return any(part.strip().startswith("format") for part in text.splitlines()[:20])


def _print(open_runs: list[Glance], plans: list[Path], past: list[Glance]) -> None:
    number = 0
    for title, lines in (
        ("open runs", [line(run, INDENT) for run in open_runs]),
        ("plans here", [path.name for path in plans]),
    ):
        say.out(title, bold=True)
        for text in lines:
            number += 1
            say.out(f"  {number:>2}  {text}")
        if not lines:
            say.out("      none")
    say.out("past runs", bold=True)
    for run in past:
        say.out(f"      {line(run, INDENT)}")
    if not past:
        say.out("      none")
    for run in open_runs:
        if run.rolling_back:
            name = run.entry.run
            say.err(f"the rollback of {name} is not finished: `runbook rollback {name}` goes on")
    say.err("runbook run FILE starts, runbook resume goes on, runbook --help says the rest")


def _offer(open_runs: list[Glance], plans: list[Path]) -> int:
    import click

    from runbook_tui.cli.program import program

    most = len(open_runs) + len(plans)

    def number(said: str) -> int:
        if said.strip() in {str(n) for n in range(most + 1)}:
            return int(said)
        raise click.UsageError(f"write one of the numbers above, 1 to {most}, or 0 to leave")

    choice: int = click.prompt("number (0 leaves)", default="0", value_proc=number, err=True)
    if choice == 0:
        return exits.DONE
    if choice <= len(open_runs):
        arguments = ["resume", open_runs[choice - 1].entry.run]
    else:
        arguments = ["run", str(plans[choice - 1 - len(open_runs)])]
    result = program.main(arguments, prog_name="runbook", standalone_mode=False)
    return result if isinstance(result, int) else exits.DONE
