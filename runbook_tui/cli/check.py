"""``runbook check FILE``: every fault and finding with its place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from runbook_tui.book.findings import Fault, Finding, PlanFaults, by_weight
from runbook_tui.cli import exits, say
from runbook_tui.cli.faults import count, fault_line, finding_line


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="as one JSON object")
@click.option("--watch", is_flag=True, help="check it again whenever one of its files changes")
def command(file: Path, as_json: bool, watch: bool) -> int:
    """Every fault and finding of a plan; faults end with 3, findings never change the status."""
    if not watch:
        return _check(file, as_json, lambda _: None)
    from runbook_tui.cli.rechecking import until_told

    def look() -> tuple[int, tuple[Path, ...]]:
        files: list[Path] = []
        status = _check(file, as_json, files.append)
        return status, tuple(files)

    return until_told(look)


def _check(file: Path, as_json: bool, opens: Callable[[Path], None]) -> int:
    from runbook_tui import wiring
    from runbook_tui.session.plan_files import read_files, with_signers

    try:
        plan = read_files(file, remarks=True, opens=opens)
        runbook = with_signers(file, plan).runbook
    except PlanFaults as faults:
        return _faulty(str(file), faults, as_json)
    shell = wiring.shell_faults(runbook)
    found = by_weight((*runbook.findings, *(shell or ())))
    if shell is None:
        say.err("no ShellCheck answered, so the shell texts were not looked at; to have them looked"
                " at: pip install 'runbook-tui[check]'")  # fmt: skip
    if as_json:
        _print_json(str(file), [], found)
        return exits.DONE
    from runbook_tui.book.recognised import recognised

    say.err(f"read: {recognised(runbook)}")
    for finding in found:
        say.out(finding_line(str(file), finding))
    say.out(f"no faults, {count(len(found), 'finding')}")
    return exits.DONE


def _faulty(file: str, faults: PlanFaults, as_json: bool) -> int:
    if as_json:
        _print_json(file, faults.faults, [])
        return exits.PLAN_FAULTS
    for fault in faults.faults:
        say.out(fault_line(file, fault), colour="red")
    say.out(count(len(faults.faults), "fault"))
    return exits.PLAN_FAULTS


def _print_json(file: str, faults: Sequence[Fault], findings: Sequence[Finding]) -> None:
    body = {
        "file": file,
        "faults": [{**dataclasses.asdict(x), "source": x.source or file} for x in faults],
        "findings": [{**dataclasses.asdict(x), "source": x.source or file} for x in findings],
    }
    click.echo(json.dumps(body, ensure_ascii=True, indent=1))
