"""What is said of a journal that cannot be read while it cannot be written either."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from runbook_tui.session.following import Following

GONE = "the journal is gone: what was recorded is no longer in it"
UNWRITTEN = "the journal cannot be written: it was moved"


class Lost:
    """A journal that holds nothing any more, until it is back."""

    def __init__(self, turns: list[Any]) -> None:
        self._turns = turns
        self.held = False

    def wait(self, run: str, seq: int, patience: float) -> bool:
        if patience == 0.0:
            return self.held  # Whether what was recorded is still there.
        self._turns.pop(0)()
        return False


def test_one_trouble_does_not_take_the_place_of_the_other_again_and_again() -> None:
    seen: list[str] = []
    closing = threading.Event()
    recorder: Any = SimpleNamespace(state=SimpleNamespace(run="r", seq=3), trouble="")

    def look() -> None:
        seen.append(recorder.trouble)

    def unwritten() -> None:
        look()
        recorder.trouble = UNWRITTEN

    def written() -> None:
        look()
        recorder.trouble = ""

    def back() -> None:
        look()
        journal.held = True

    def end() -> None:
        look()
        closing.set()

    journal = Lost([look, look, unwritten, look, written, back, end])
    Following(journal, recorder, lambda act: act(), closing).go_on()  # type: ignore[arg-type]
    assert seen == ["", GONE, GONE, UNWRITTEN, UNWRITTEN, GONE, ""]
