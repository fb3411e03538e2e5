"""Every event of the program survives being written down and read back."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.journal.jsonl import as_line
from runbook_tui.journal.record import Moment, body, entry, event, fresh_id, iso, placed
from runbook_tui.run.canonical import canonical
from runbook_tui.run.events import Actor, Draft, NoteAdded, Payload, RunStarted, Unknown
from runbook_tui.run.wire import PAYLOADS, limit
from runbook_tui.session.ports.journal import JournalError

ADA = Actor(name="Ada", email="ada@example.com", user="ada", host="lab")
MOMENT = Moment(at="2026-11-23T10:00:00.000001Z", mono=12.5, boot="b00t")

texts = st.text(max_size=40)
numbers = st.floats(allow_nan=False, allow_infinity=False)
BY_HINT: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    bool | None: st.none() | st.booleans(),
    int: st.integers(),
    float: numbers,
    int | None: st.none() | st.integers(),
    float | None: st.none() | numbers,
    tuple[float | None, ...] | None: st.none()
    | st.lists(st.none() | numbers, max_size=3).map(tuple),
    str | None: st.none() | texts,
    tuple[str, ...]: st.lists(texts, max_size=3).map(tuple),
    tuple[str, ...] | None: st.none() | st.lists(texts, max_size=3).map(tuple),
    Mapping[str, str]: st.dictionaries(texts, texts, max_size=3),
    Mapping[str, str] | None: st.none() | st.dictionaries(texts, texts, max_size=3),
    Mapping[str, int]: st.dictionaries(texts, st.integers(), max_size=3),
    Mapping[str, Sequence[Sequence[float | str | None]]]: st.dictionaries(
        texts, st.lists(st.lists(st.none() | numbers | texts, max_size=3), max_size=3), max_size=3
    ),
}


def payloads() -> st.SearchStrategy[Payload]:
    """Any payload that the program knows, all fields filled with anything they may hold."""

    def of(cls: type[Payload]) -> st.SearchStrategy[Payload]:
        hints = get_type_hints(cls)
        fields = {item.name: BY_HINT[hints[item.name]] for item in dataclasses.fields(cls)}
        return st.builds(cls, **fields)

    return st.sampled_from(sorted(PAYLOADS)).flatmap(lambda name: of(PAYLOADS[name]))


@given(payloads(), st.none() | texts)
@settings(max_examples=400)
def test_every_payload_round_trips(payload: Payload, step: str | None) -> None:
    what = entry(Draft(payload=payload, step=step), ADA, 0.0)
    text = body(what, "7f3a", 3, MOMENT)
    back = event(text, bytes(32))
    assert back.payload == payload
    assert placed(what, "7f3a", 3, MOMENT, bytes(32)) == back
    assert (back.run, back.seq, back.step, back.actor) == ("7f3a", 3, step, ADA)
    assert (back.at, back.mono, back.boot, back.hash) == (MOMENT.at, 12.5, "b00t", "00" * 32)
    assert canonical(json.loads(text)) == text


def test_the_body_is_this_text() -> None:
    what = entry(Draft(payload=NoteAdded(text="ü"), step="merge", id="e1"), ADA, 0.0)
    assert body(what, "7f3a", 2, MOMENT) == (
        '{"actor":{"email":"ada@example.com","host":"lab","name":"Ada","user":"ada"},'
        '"at":"2026-11-23T10:00:00.000001Z","boot":"b00t","data":{"node":"","text":"ü"},'
        '"id":"e1","mono":12.5,"run":"7f3a","seq":2,"step":"merge","type":"note.added"}'
    )


def test_an_event_of_a_newer_program_keeps_its_type_and_data() -> None:
    newer = Unknown(type="tea.served", data={"cups": [1, 2], "hot": {"very": True}})
    back = event(body(entry(Draft(payload=newer), ADA, 0.0), "r", 1, MOMENT), bytes(32))
    assert back.type == "tea.served"
    assert back.payload == newer
    assert as_line(back)["data"] == {"cups": [1, 2], "hot": {"very": True}}


def test_a_line_of_the_log_has_these_fields_in_this_order() -> None:
    what = entry(Draft(payload=NoteAdded(text="so"), id="e1"), ADA, 0.0)
    line = as_line(event(body(what, "7f3a", 1, MOMENT), bytes(32)))
    assert line == {
        "seq": 1,
        "id": "e1",
        "run": "7f3a",
        "type": "note.added",
        "at": MOMENT.at,
        "actor": {"name": "Ada", "email": "ada@example.com", "user": "ada", "host": "lab"},
        "step": None,
        "data": {"text": "so", "node": ""},
        "hash": "00" * 32,
        "mono": MOMENT.mono,
        "boot": MOMENT.boot,
    }
    first = ["seq", "id", "run", "type", "at", "actor", "step", "data", "hash"]
    assert list(line) == [*first, "mono", "boot"]


def test_a_draft_may_name_its_own_actor() -> None:
    grace = Actor(name="Grace")
    assert entry(Draft(payload=NoteAdded(text="x"), actor=grace), ADA, 0.0).actor == grace


def test_too_much_data_is_refused_and_a_long_plan_is_not() -> None:
    with pytest.raises(JournalError, match="the note is too large") as caught:
        entry(Draft(payload=NoteAdded(text="x" * limit("note.added"))), ADA, 0.0)
    assert caught.value.hint
    plan = RunStarted(
        title="t", source="s", format="md", plan='"' * 8_000_000, digest="", folder=""
    )
    assert entry(Draft(payload=plan), ADA, 0.0).data["plan"] == plan.plan


@pytest.mark.parametrize("value", [float("nan"), b"bytes", {1, 2}])
def test_what_json_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(JournalError, match="cannot be recorded"):
        entry(Draft(payload=Unknown(type="x", data={"value": value})), ADA, 0.0)


def test_ids_are_version_7_and_sort_by_time() -> None:
    made = [fresh_id(1_700_000_000 + second) for second in range(50)]
    assert made == sorted(made)
    assert len({fresh_id(1_700_000_000.0) for _ in range(1000)}) == 1000
    parsed = uuid.UUID(made[0])
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == 1_700_000_000_000


def test_times_are_utc_with_microseconds() -> None:
    assert iso(0.0) == "1970-01-01T00:00:00.000000Z"
    assert iso(1_795_428_000.25) == "2026-11-23T10:00:00.250000Z"
