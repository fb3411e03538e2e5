"""Variables of a Markdown plan that the terminal has are taken from there."""

from __future__ import annotations

import pytest

from runbook_tui.book.reader import read
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.values import Values, fill, given

PLAN = "# P\n\n1. Ship\n\n   ```bash\n   ship $MILL_NS <TAG> $MILL_TOKEN\n   ```\n"


def test_a_variable_that_the_plan_does_not_set_comes_from_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MILL_NS", "north")
    monkeypatch.setenv("TAG", "never: this is no variable")
    monkeypatch.setenv("MILL_TOKEN", "never: a secret is not recorded")
    values = Values()
    assert fill(values, read(PLAN, "p.md"), "/") == []
    assert (values.plain, values.secret) == ({"MILL_NS": "north"}, {})


def test_what_is_given_outranks_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILL_NS", "north")
    values = Values(plain={"MILL_NS": "south"})
    fill(values, read(PLAN, "p.md"), "/")
    assert values.plain == {"MILL_NS": "south"}


def test_what_the_terminal_lacks_is_asked_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MILL_NS", raising=False)
    values = Values()
    assert fill(values, read(PLAN, "p.md"), "/") == []
    assert values.plain == {}


def test_a_value_can_be_given_under_the_name_of_a_variable() -> None:
    one = read("# P\n\n1. Ship\n\n   ```bash\n   ship <mill-name>\n   ```\n", "p.md")
    assert given(["mill_name=a"], one).plain == {"mill-name": "a"}
    assert given(["mill-name=a"], one).plain == {"mill-name": "a"}


def test_a_name_that_means_two_is_none() -> None:
    two = read("# P\n\n1. Ship\n\n   ```bash\n   ship <a-b> <a b>\n   ```\n", "p.md")
    with pytest.raises(Ended):
        given(["a_b=1"], two)
