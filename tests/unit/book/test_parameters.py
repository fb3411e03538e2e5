"""Values in commands: quoted, once, and never an open placeholder by accident."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.durations import clock, parse_duration, spoken, write_duration
from runbook_tui.book.ids import VALID, Ids, slug
from runbook_tui.book.parameters import fill_in, reserved


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_value_is_one_word_of_the_shell(value: str) -> None:
    filled = fill_in("echo ${{ x }}", {"x": value})
    assert shlex.split(filled.text) == ["echo", value]
    assert filled.open == ()


@given(st.text(max_size=20))
def test_a_value_is_never_expanded_again(value: str) -> None:
    filled = fill_in("${{ a }}", {"a": "${{ b }}" + value, "b": "no"})
    assert shlex.quote("${{ b }}" + value) == filled.text
    assert filled.open == ()


def test_a_text_filled_in_two_goes_is_looked_at_where_its_names_stood() -> None:
    first = fill_in("echo ${{ a }} ${{ b }} <c>", {"a": "${{ b }} <c>"}, placeholders={"<c>": "c"})
    assert first.missing == ("b", "c")
    then = fill_in(first.text, {"b": "${{ a }}", "a": "no", "c": "${{ b }}"},
                   placeholders={"<c>": "c"}, places=first.places)  # fmt: skip
    assert shlex.split(then.text) == ["echo", "${{ b }} <c>", "${{ a }}", "${{ b }}"]
    assert then.open == ()
    assert not then.places


def test_what_has_no_value_stays_and_is_named() -> None:
    filled = fill_in("a ${{x}} ${{ y }} ${{ x }}", {"y": "1"})
    assert (filled.text, filled.missing) == ("a ${{x}} 1 ${{ x }}", ("x",))
    assert [filled.text[p.start : p.end] for p in filled.places] == ["${{x}}", "${{ x }}"]


def test_placeholders_are_filled_quoted() -> None:
    filled = fill_in("gh pr close <PR>", {"PR": "1; rm x"}, placeholders={"<PR>": "PR"})
    assert (filled.text, filled.open) == ("gh pr close '1; rm x'", ())


@given(st.integers(0, 10**7))
def test_a_duration_reads_back(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds


def test_durations_for_people() -> None:
    assert [clock(5), clock(65), clock(3661)] == ["0:05", "1:05", "1:01:01"]
    assert [spoken(12), spoken(220), spoken(15000)] == ["12 s", "3 m 40 s", "4 h 10 m"]


@given(st.lists(st.text(), max_size=20))
def test_ids_are_valid_and_never_twice(titles: list[str]) -> None:
    ids = Ids()
    made = [ids.make(title) for title in titles]
    assert len(set(made)) == len(made)
    assert all(VALID.fullmatch(id_) for id_ in made)
    assert all(slug(t) == slug(t) for t in titles)


@pytest.mark.parametrize("name", ["env", "path", "home", "Path", "KUBECONFIG", "HOSTNAME", "git"])
def test_a_name_that_only_looks_like_one_of_the_system_may_be_used(name: str) -> None:
    assert reserved(name) == ""


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "IFS", "BASH_ENV", "ENV", "GIT_DIR",
     "GIT_SSH_COMMAND", "PYTHONPATH", "PERL5OPT", "RUBYOPT", "NODE_OPTIONS", "PROMPT_COMMAND",
     "SHELLOPTS", "PS4", "LC_ALL", "RUNBOOK_OUTPUT", "SSH_ASKPASS", "BASH_FUNC_x", "UID"],
)  # fmt: skip
def test_a_name_that_commands_or_the_shell_rely_on_is_refused_with_the_reason(name: str) -> None:
    assert reserved(name) in {
        "commands rely on the real one", "the shell gives it a value of its own",
    }  # fmt: skip
