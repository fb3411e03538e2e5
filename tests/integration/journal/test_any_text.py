"""Whatever text an event holds: it is recorded, read back as it was, and the journal holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Actor, Draft, NoteAdded, RunStarted, Unknown
from tests.integration.journal.scenes import opened

SPECIAL = ["\0", "\udcff", "\ud83d", "\ude00", "\u2028", "\U0001f600", '"', "\\", "\\u0000", "\x7f"]
texts = st.lists(st.text(max_size=5) | st.sampled_from(SPECIAL), max_size=5).map("".join)
numbers = itertools.count()


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteJournal]:
    """One journal for all examples, each with a run of its own."""
    with opened(tmp_path_factory.mktemp("any") / "journal.db") as made:
        yield made


def joined(text: str) -> str:
    """The text as every reader sees it: two halves side by side are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@given(title=texts, source=texts, text=texts, step=texts, name=texts, key=texts)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_survives_and_verifies(
    journal: SqliteJournal, title: str, source: str, text: str, step: str, name: str, key: str
) -> None:
    run = f"run-{next(numbers)}"
    who = Actor(name=name, email=text)
    started = RunStarted(
        title=title, source=source, format="toml", plan=text, digest=key, folder=source,
        parameters={key: text},
    )  # fmt: skip
    id_ = f"{run} {key}"
    drafts = [
        Draft(payload=started),
        Draft(payload=NoteAdded(text=text, node=step), step=step, id=id_),
        Draft(payload=Unknown(type=f"x{name}", data={key: [text, {title: None}]})),
    ]
    journal.append(run, drafts, who)
    first, second, third = journal.events(run)
    assert isinstance(first.payload, RunStarted)
    assert (first.payload.title, first.payload.plan) == (joined(title), joined(text))
    assert first.payload.parameters == {joined(key): joined(text)}
    assert second.payload == NoteAdded(text=joined(text), node=joined(step))
    assert (second.step, second.id) == (joined(step), joined(id_))
    assert (second.actor.name, second.actor.email) == (joined(name), joined(text))
    assert isinstance(third.payload, Unknown)
    assert third.payload.data == {joined(key): [joined(text), {joined(title): None}]}
    assert journal.append(run, drafts[1:2], who)[0].seq == 2
    found = journal.verify(run)
    assert (found.problems, found.events) == ((), 3)
    assert journal.runs()[0].events == 3


def test_all_of_it_together_holds(journal: SqliteJournal) -> None:
    assert journal.verify().problems == ()
