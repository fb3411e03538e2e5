"""``python -m runbook_tui.forge ACTION``: one action as a program of its own.

Values come in by the environment (``WITH_NAME``), outputs go out by ``$RUNBOOK_OUTPUT``.
"""

from __future__ import annotations

import sys

from runbook_tui.forge.program import main

sys.exit(main(sys.argv[1:]))
