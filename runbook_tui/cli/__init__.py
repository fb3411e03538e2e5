"""The same without a screen: one file per command; data on stdout, narration on stderr."""

from __future__ import annotations

import sys


def main() -> None:
    """The program ``runbook``; ends the process with the contract's exit status."""
    from runbook_tui.cli.ending import end
    from runbook_tui.cli.program import start

    end(start(sys.argv[1:]))
