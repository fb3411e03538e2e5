"""Values are held against the plan before anything is recorded."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Parameter, Runbook, Secret
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.values import complete, given

BOOK = Runbook(
    title="V",
    parameters=(
        Parameter(name="plain"),
        Parameter(name="tag", default="1", pattern="[0-9]+"),
        Parameter(name="colour", choices=("red", "green")),
        Parameter(name="word", secret=Secret(ask=True)),
        Parameter(name="token", secret=Secret(env="NO_SUCH_VARIABLE_HERE")),
        Parameter(name="free", required=False),
        Parameter(name="found", declared=False, placeholder="<FOUND>"),
    ),
)


@pytest.mark.parametrize(
    "pair", ["plian=1", "plain", "tag=x", "tag=1\n2", "colour=blue", "plain=a\0b", "=x"]
)
def test_what_does_not_fit_is_wrong_usage(pair: str) -> None:
    with pytest.raises(Ended) as ended:
        given([pair], BOOK)
    assert ended.value.status == 2


def test_secrets_are_kept_apart_and_the_last_value_wins() -> None:
    values = given(["plain=a", "plain=b=c", "word=s", "tag=2"], BOOK)
    assert values.plain == {"plain": "b=c", "tag": "2"}
    assert values.secret == {"word": "s"}


def test_all_that_is_missing_is_named_at_once_but_no_placeholder() -> None:
    with pytest.raises(Ended) as ended:
        complete(given([], BOOK), BOOK, ".", may_ask=False)
    assert ended.value.status == 3
    for name in ("plain", "colour", "word", "token", "NO_SUCH_VARIABLE_HERE"):
        assert name in ended.value.message
    for name in ("tag", "free", "found"):
        assert name not in ended.value.message


def test_defaults_are_put_in() -> None:
    pairs = ["plain=a", "colour=red", "word=w", "token=t"]
    values = complete(given(pairs, BOOK), BOOK, ".", may_ask=False)
    assert values.plain == {"plain": "a", "colour": "red", "tag": "1"}
