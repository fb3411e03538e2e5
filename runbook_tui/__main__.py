"""``python -m runbook_tui`` is the program ``runbook``."""

from __future__ import annotations

from runbook_tui.cli import main

if __name__ == "__main__":
    main()
