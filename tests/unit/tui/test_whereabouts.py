"""The environment of a run stands first in the head, whatever the width."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Environment, Runbook
from runbook_tui.run.events import RunStarted
from runbook_tui.run.outline import Outline
from runbook_tui.run.state import RunState
from runbook_tui.tui.views.whereabouts import environment


def state(chosen: str | None, *known: Environment) -> RunState:
    begun = RunStarted(title="T", source="s", format="toml", plan="", digest="", folder="/",
                       environment=chosen)  # fmt: skip
    book = Runbook(title="T", environments=known)
    return RunState(run="r", runbook=book, outline=Outline(book), begun=begun)


@pytest.mark.parametrize(
    ("one", "word", "tone"),
    [
        (Environment(name="live", production=True), " PRODUCTION LIVE ", "bad"),
        (Environment(name="production", production=True), " PRODUCTION ", "bad"),
        (Environment(name="stage", colour="green"), " stage ", "good"),
        (Environment(name="stage"), " stage ", "strong"),
    ],
)
def test_its_name_and_colour(one: Environment, word: str, tone: str) -> None:
    assert environment(state(one.name, one)) == [(word, tone)]


def test_without_one_there_is_nothing() -> None:
    assert environment(state(None)) == []
