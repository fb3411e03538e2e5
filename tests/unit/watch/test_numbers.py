"""Numbers in what others put out; what is none says why and is never taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.watch.numbers import NoNumber, at_path, decoded, last_number, of_prometheus


@pytest.mark.parametrize(
    ("output", "value"),
    [("99.5\n", 99.5), ("checking\n 12 jobs\n\n", 12.0), ("99.2 %", 99.2), ("98%\n", 98.0),
     ("-1e3", -1000.0), ("# TYPE rate gauge\nrate 75.0", 75.0),
     ("up{job=\"a b\"} 1 1700000000", 1.0),
     ("success rate: 99.2 %", 99.2), ("rate=3", 3.0)],
)  # fmt: skip
def test_the_last_line_of_a_command_begins_with_its_number(output: str, value: float) -> None:
    assert last_number(output) == value


@pytest.mark.parametrize(
    ("output", "why"),
    [("", "puts out nothing"), ("ok\n", "“ok” is no number"), ("all is well", "“all” is no number"),
     ("error: none", "“none” is no number"), ("nan", "nan, which is no number"),
     ("inf", "inf, which"), ("9" * 5000, "too long"), ("1e999", "inf, which")],
)  # fmt: skip
def test_what_is_no_number_is_none(output: str, why: str) -> None:
    with pytest.raises(NoNumber, match=why):
        last_number(output)


BODY = b'{"a": {"b": [1, {"c": 99.5}]}, "ok": true, "text": "99.5", "none": null}'


@pytest.mark.parametrize(
    ("path", "value"), [("a.b[1].c", 99.5), ("$.a.b[0]", 1.0), ("ok", 1.0), ("$.ok", 1.0)]
)
def test_a_path_leads_to_a_number(path: str, value: float) -> None:
    assert at_path(decoded(BODY), path) == value


@pytest.mark.parametrize(
    ("path", "why"),
    [("text", "is text, no number"), ("none", "is null"), ("a", "is an object"), ("a.b", "a list"),
     ("a.b[2]", "there is no"), ("x", "there is no"), ("a..b", "is no path"), ("a.b.c", "there is"),
     ("", "is an object")],
)  # fmt: skip
def test_a_path_that_leads_to_none_says_so(path: str, why: str) -> None:
    with pytest.raises(NoNumber, match=why):
        at_path(decoded(BODY), path)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b"\xff\xfe"]
)
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(NoNumber):
        at_path(decoded(body), "a")


def vector(*values: str) -> dict[str, Any]:
    result = [{"metric": {}, "value": [1.0, value]} for value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_an_answer_of_prometheus_gives_its_one_number() -> None:
    assert of_prometheus(vector("99.5")) == 99.5
    scalar = {"status": "success", "data": {"resultType": "scalar", "result": [1.0, "3"]}}
    assert of_prometheus(scalar) == 3.0


@pytest.mark.parametrize(
    ("answer", "why"),
    [(vector(), "finds nothing"), (vector("1", "2"), "finds 2 series"), (vector("NaN"), "nan"),
     ({"status": "error", "error": "parse error"}, "Prometheus says: parse error"),
     ([], "no answer"),
     ({"status": "success", "data": {"resultType": "matrix", "result": []}}, "gives matrix"),
     ({"status": "success", "data": {"resultType": "vector", "result": [7]}}, "no answer")],
)  # fmt: skip
def test_any_other_answer_says_what_is_wrong(answer: Any, why: str) -> None:
    with pytest.raises(NoNumber, match=why):
        of_prometheus(answer)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["status", "data", "result", "value", "x"]), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@given(JSON)
def test_whatever_a_server_says_is_a_finite_number_or_none(data: Any) -> None:
    for read in (of_prometheus, lambda found: at_path(found, "x"), lambda f: at_path(f, "x[0]")):
        try:
            value = read(json.loads(json.dumps(data)))
        except NoNumber:
            continue
        assert abs(value) < float("inf")
