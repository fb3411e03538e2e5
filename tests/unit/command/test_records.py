"""The supervisor's own JSON is that of everybody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.command.supervisor import records

KEYS = st.text(st.characters(), max_size=9)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=9,
)  # fmt: skip


@given(st.dictionaries(KEYS, ANY, max_size=5))
def test_what_it_writes_and_reads_is_what_the_package_does(body: dict[str, object]) -> None:
    assert records.text_of(body) == json.dumps(body)
    assert records.parsed(json.dumps(body)) == json.loads(json.dumps(body)) == body


@pytest.mark.parametrize("text", ["", "{", '{"a": }', "no", '{"verb": "stop"} and more', "\x00"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|Unterminated"):
        records.parsed(text)


def test_surrogates_of_names_that_are_no_text_come_through() -> None:
    assert records.parsed(json.dumps({"a": "\udcff"})) == {"a": "\udcff"}
