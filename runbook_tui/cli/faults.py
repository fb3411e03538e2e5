"""Faults and findings of a plan as lines: ``file:line:column: severity: message``."""

from __future__ import annotations

from runbook_tui.book.findings import Fault, Finding, PlanFaults
from runbook_tui.book.plain_text import printable
from runbook_tui.cli import say

LONGEST = 2000


def fault_line(source: str, fault: Fault) -> str:
    """One fault, in the plan ``source`` or a file that it takes in; its hint stands behind it."""
    hint = f" ({fault.hint})" if fault.hint else ""
    place = f"{fault.source or source}:{fault.line}:{fault.column}"
    return _one_line(f"{place}: fault: {fault.message}{hint}")


def finding_line(source: str, finding: Finding) -> str:
    """One finding, with its code and the other line it is about."""
    other = f" (see line {finding.related_line})" if finding.related_line else ""
    place = f"{finding.source or source}:{max(finding.line, 1)}:{finding.column}"
    return _one_line(f"{place}: {finding.severity}: {finding.message}{other} [{finding.code}]")


def _one_line(text: str) -> str:
    """A name or title may hold anything; it must not look like another line."""
    return printable(text, LONGEST)


def print_faults(faults: PlanFaults) -> None:
    """All faults, on stderr: the command that asked has no data to give."""
    for fault in faults.faults:
        say.err(fault_line(faults.source, fault))
    say.err(count(len(faults.faults), "fault"))


def count(number: int, word: str) -> str:
    """``no faults``, ``1 fault``, ``3 faults``."""
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
