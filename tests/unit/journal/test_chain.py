"""The bytes that are hashed: golden vectors that no later version may change."""

from __future__ import annotations

import json
import math
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.journal.chain import genesis, link, start
from runbook_tui.run.canonical import canonical

GOLDEN = [
    ({}, "{}"),
    ({"b": 1, "a": [True, None, 1.5, "x"]}, '{"a":[true,null,1.5,"x"],"b":1}'),
    ({"text": 'a "quote"\\ \n\t'}, '{"text":"a \\"quote\\"\\\\ \\n\\t"}'),
    ({"é": "ü 日本 \U0001f600"}, '{"é":"ü 日本 \U0001f600"}'),
    ({"control": "\x00\x1b[31m\x7f"}, '{"control":"\\u0000\\u001b[31m\x7f"}'),
    ({"path": "caf\udce9"}, '{"path":"caf\\udce9"}'),
    ({"pair": "\ud83d\ude00"}, '{"pair":"\U0001f600"}'),
    (-0.0, "-0.0"),
    (1e300, "1e+300"),
    (2**70, "1180591620717411303424"),
]


@pytest.mark.parametrize(("value", "text"), GOLDEN)
def test_canonical_text_is_this_and_no_other(value: Any, text: str) -> None:
    assert canonical(value) == text
    text.encode("utf-8")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_does_not_know_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"value": value})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(json_values)
def test_canonical_text_of_what_it_reads_back_is_the_same(value: Any) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text
    assert json.loads(text.encode("utf-8")) == json.loads(text)


def test_genesis_binds_run_plan_and_the_run_before() -> None:
    first = genesis("7f3a", "abc", None)
    assert first == '{"digest":"abc","format":1,"previous":null,"run":"7f3a"}'
    second = genesis("8c01", "def", ("7f3a", "00ff"))
    assert second == (
        '{"digest":"def","format":1,"previous":{"head":"00ff","run":"7f3a"},"run":"8c01"}'
    )
    assert start(first).hex() == "c2c0e3d9b28e94ea448a1654c5475667940a5c5d79dab4a4b5e8879dd3385fd6"
    texts = {first, second, genesis("7f3b", "abc", None), genesis("7f3a", "abd", None)}
    assert len({start(text) for text in texts}) == 4


def test_a_hash_covers_the_hash_before_it_and_the_body() -> None:
    before = start(genesis("7f3a", "abc", None))
    body = '{"note":"ü"}'.encode()
    assert link(before, body) == sha256(before + body).digest()
    assert (
        link(before, body).hex()
        == "81d869b8ce6f05c0150fa43fc0352c47d0e582b70053da29994be7d72075c328"
    )
    assert link(before, body + b" ") != link(before, body)
    assert link(bytes(32), body) != link(before, body)
