"""What a step's commands find in their environment."""

from __future__ import annotations

from runbook_tui.book.reader import read
from runbook_tui.run.prepare import step_environment
from tests.fakes.history import History

PLAN = "# Move\n\n1. **Look**\n   ```bash\n   ls <PATH> <LD_PRELOAD> <TARGET>\n   ```\n"


def test_a_placeholder_called_like_a_variable_of_the_system_does_not_take_its_place() -> None:
    book = read(PLAN, "p.md")
    values = {p.name: "/srv" for p in book.parameters}
    assert set(values) == {"PATH", "LD_PRELOAD", "TARGET"}
    state = History(book, values).state
    found = step_environment(state, next(book.walk()), {"PATH": "/usr/bin"})
    assert found["PATH"] == "/usr/bin"
    assert found["TARGET"] == "/srv"
    assert "LD_PRELOAD" not in found
