"""What a run keeps of its plan, and reads again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from runbook_tui.book.model import Runbook
from runbook_tui.run.events import RunStarted
from runbook_tui.run.wire import decode
from runbook_tui.session.opening import plan_digest, plan_of

OLD = {"title": "T", "source": "plan.toml", "format": "toml", "plan": "text", "digest": "d",
       "folder": "/"}  # fmt: skip


def test_the_digest_covers_every_file_and_stays_what_it_was_for_one() -> None:
    assert plan_digest("text", {}) == hashlib.sha256(b"text").hexdigest()
    found = {
        plan_digest("text", files)
        for files in ({}, {"a": "1"}, {"a": "2"}, {"b": "1"}, {"a": "1", "b": "1"}, {"a1": ""})
    }
    assert len(found) == 6
    assert plan_digest("x", {"a": "1", "b": "2"}) == plan_digest("x", {"b": "2", "a": "1"})


@pytest.mark.parametrize(
    ("more", "name"),
    [({}, "plan.toml"), ({"source": "plan"}, "p.toml"),
     ({"source": "plan", "format": "markdown"}, "plan")],
)  # fmt: skip
def test_a_start_without_files_is_read_as_ever(more: dict[str, str], name: str) -> None:
    begun = decode("run.started", OLD | more)
    assert isinstance(begun, RunStarted)
    seen: list[str] = []

    def read(text: str, name: str, load: Callable[[str], str]) -> Runbook:
        seen.extend((text, name))
        with pytest.raises(LookupError):
            load("other.toml")
        return Runbook(title="T")

    plan_of(begun, read)
    assert seen == ["text", name]
