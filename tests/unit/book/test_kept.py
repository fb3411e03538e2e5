"""What was read is the same again after it was kept as JSON."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from runbook_tui.book.kept import pack, unpack
from runbook_tui.book.model import Parameter, Probe, Risk, Secret, Watch
from runbook_tui.book.reader import read
from tests.fakes.plans import chain, two_phases

SHIPPED = Path(__file__).resolve().parents[3] / "runbooks" / "safe-merge.toml"


def test_a_reading_survives_json() -> None:
    shipped = read(SHIPPED.read_text(encoding="utf-8"), str(SHIPPED))
    phase = dataclasses.replace(two_phases().phases[0], risk=Risk.LOW_MEDIUM)
    rich = dataclasses.replace(
        two_phases(),
        phases=(phase,),
        parameters=(Parameter(name="x", secret=Secret(ask=True), choices=("a", "b")),),
        watches=(Watch(id="w", title="W", probe=Probe(http={"url": "u"}), every=1),),
    )
    for runbook in (shipped, rich, two_phases(), chain(5, "markdown")):
        assert unpack(json.loads(json.dumps(pack(runbook)))) == runbook


@pytest.mark.parametrize(
    "values", [[], {}, {"title": "x", "new": 1}, 7, {"title": "x", "phases": [7]}]
)
def test_what_is_no_reading_is_refused(values: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        unpack(values)
