"""``when``: what it reads, what it refuses, and what it says while values are still missing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.conditions import (
    WORDS,
    Both,
    Condition,
    ConditionError,
    Either,
    Given,
    Name,
    Not,
    OneOf,
    Text,
    parse,
)

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,4}", fullmatch=True).filter(
    lambda name: name not in WORDS
)
operands = names.map(Name) | st.text(max_size=6).map(Text)
single = st.builds(Given, operands) | st.builds(
    OneOf, operands, st.lists(operands, min_size=1, max_size=3).map(tuple), st.booleans()
)
compared = st.builds(
    OneOf, operands, st.tuples(operands), st.booleans(), listed=st.just(False)
)  # fmt: skip


def several(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    many = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(Both, many) | st.builds(Either, many)


conditions = st.recursive(single | compared, several, max_leaves=8)


@settings(deadline=None)
@given(conditions)
def test_what_is_printed_reads_back(condition: Condition) -> None:
    assert parse(str(condition)) == condition


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("ab'\"()[]=!,0 \\", max_size=30))
def test_any_text_is_a_condition_or_refused_at_a_column_of_it(text: str) -> None:
    try:
        found = parse(text)
    except ConditionError as error:
        assert 1 <= error.column <= len(text) + 1
    else:
        assert parse(str(found)) == found


@settings(deadline=None)
@given(conditions, st.dictionaries(names, st.text(max_size=6)), st.data())
def test_an_answer_never_changes_when_more_becomes_known(
    condition: Condition, values: dict[str, str], data: st.DataObject
) -> None:
    before = condition.holds(values)
    more = {name: data.draw(st.text(max_size=3)) for name in condition.names} | values
    after = condition.holds(more)
    assert after is not None
    assert before in {None, after}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("environment == 'production'", True),
        ('environment != "production"', False),
        ("environment in ['staging', 'production']", True),
        ("environment not in ['staging', target]", False),
        ("environment == target", True),
        ("'production' == environment", True),
        ("replicas == 3", True),
        ("replicas == 3.0", False),
        ("fast", True),
        ("slow or empty or nil or off", False),
        ("not slow", True),
        ("slow and fast or fast", True),
        ("slow and (fast or fast)", False),
        ("not slow and not off", True),
        ("later", None),
        ("later and slow", False),
        ("later or fast", True),
        ("not later", None),
        ("later == 'x'", None),
        ("environment in ['production', later]", True),
        ("environment in ['staging', later]", None),
    ],
)
def test_what_holds(text: str, held: bool | None) -> None:
    values = {
        "environment": "production", "target": "production", "replicas": "3",
        "fast": "yes", "slow": "no", "empty": " ", "nil": "0", "off": "False",
    }  # fmt: skip
    assert parse(text).holds(values) is held


def test_the_names_it_looks_at() -> None:
    text = "not (a == b) and c in ['x', d] or e"
    assert parse(text).names == frozenset("abcde")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        ("a =", 3, "write =="),
        ("a == ", 5, "a name or a text is expected here, not the end"),
        ("a && b", 3, "write “and”"),
        ("a || b", 3, "write “or”"),
        ("!a", 1, "write “not”"),
        ("a == 'x", 6, "no closing '"),
        ("${{ a }}", 1, "without ${{ }}"),
        ("a b", 3, "“and”, “or” or the end is expected here, not “b”"),
        ("(a or b", 8, "“)”"),
        ("a in 'x'", 6, "“[”"),
        ("a in ['x' 'y']", 11, "“,” or “]”"),
        ("a not b", 7, "“in”"),
        ("a < 3", 3, "“<” is not understood"),
        ("a == 3x", 6, "“3x” is not understood"),
        ("not " * 60 + "a", 201, "too deeply"),
        ("(" * 10_000, 51, "too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_its_column(text: str, column: int, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert message in str(caught.value)
