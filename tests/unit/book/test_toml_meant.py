"""What people write for something that is called otherwise is answered with how it is written."""

from __future__ import annotations

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.reader import read
from runbook_tui.book.toml.meant import instead_of

STEP = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "S"\n'


def hints(more: str) -> list[str]:
    with pytest.raises(PlanFaults) as raised:
        read(STEP + more + "\n", "p.toml", lambda name: "")
    return [fault.hint for fault in raised.value.faults]


@pytest.mark.parametrize(("line", "words"), [
    ('description = "what it does"', "say text"),
    ("manual = true", "leave run out"),
    ("terminal = true", "interactive = true"),
    ("tty = true", "interactive = true"),
    ('stdin = "yes"', "interactive = true"),
    ('script = "make"', "say run"),
    ('rollback = "make back"', "say undo"),
    ('depends_on = ["x"]', "say needs"),
    ("irreversible = true", "say the reason, in words"),
    ("run = [1]", "as a text"),
])  # fmt: skip
def test_the_hint_says_what_to_write(line: str, words: str) -> None:
    found = hints(line)
    assert len(found) == 1
    assert words in found[0]


def test_only_where_the_key_that_is_meant_belongs() -> None:
    assert instead_of("description", {"text"})
    assert instead_of("description", {"env", "file"}) == ""
    assert instead_of("nonsense", {"text"}) == ""
