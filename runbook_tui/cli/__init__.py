"""The same without a screen: one file per command; data on stdout, narration on stderr."""

from __future__ import annotations

import gc
import sys

YOUNG = 50_000
"""Objects after which garbage is looked for: what is loaded at the start is none of it, and going
through that each 700 objects took 15 ms of the time to the first frame."""


def main() -> None:
    """The program ``runbook``; ends the process with the contract's exit status."""
    gc.set_threshold(YOUNG, 10, 10)
    from runbook_tui.cli.ending import end
    from runbook_tui.cli.program import start

    end(start(sys.argv[1:]))
