"""A window is told in the largest unit that says it in whole numbers."""

from __future__ import annotations

import pytest

from runbook_tui.book.durations import window


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [(0, 120, "0–2 min"), (900, 3600, "15–60 min"), (0, 3600, "0–1 h"), (3600, 86400, "1–24 h"),
     (0, 86400, "0–1 d"), (86400, 604800, "1–7 d"), (0, 90, "0–90 s"), (0, 0, "0–0 s")],
)  # fmt: skip
def test_window(start: float, end: float, said: str) -> None:
    assert window(start, end) == said
    assert window(start, end, "-") == said.replace("–", "-")
