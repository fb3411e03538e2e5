"""Every event has words of its own, and text of others in them stays text."""

from __future__ import annotations

import dataclasses

import pytest

from runbook_tui.cli.words import sentence
from runbook_tui.run.events import Event, EvidenceKept, Payload, Unknown
from runbook_tui.run.wire import PAYLOADS
from tests.fakes.history import ADA


def made(kind: type[Payload], text: str = "{text}") -> Payload:
    """A payload with something in every field that must be given."""
    values = {}
    for field in dataclasses.fields(kind):
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            shapes = {"int": 1, "str": text, "tuple[str, ...]": ()}
            values[field.name] = shapes[str(field.type)]
    return kind(**values)


def event(payload: Payload, type_: str) -> Event:
    return Event(seq=1, id="i", run="r", type=type_, at="2026-01-01T00:00:00Z", actor=ADA,
                 step="s", payload=payload)  # fmt: skip


@pytest.mark.parametrize("name", PAYLOADS)
def test_each_type_says_more_than_its_name(name: str) -> None:
    said = sentence(event(made(PAYLOADS[name]), name))
    assert said
    assert said != name
    assert "\n" not in said


@pytest.mark.parametrize("name", PAYLOADS)
def test_what_others_have_written_never_makes_a_line_that_passes_for_an_event(name: str) -> None:
    said = sentence(event(made(PAYLOADS[name], "x\n05:44:26  “Approve”: done\u2028y"), name))
    assert len(said.splitlines()) == 1


def test_a_kept_file_is_one_line_whatever_its_name() -> None:
    kept = EvidenceKept(attempt=1, name="out/a\nb", file="f", bytes=2, digest="d")
    said = sentence(event(kept, "evidence.kept"))
    assert said.startswith("“s”: evidence out/a b kept")


def test_an_event_of_a_newer_program_is_named() -> None:
    assert sentence(event(Unknown(type="moon.rose"), "moon.rose")) == "moon.rose"
