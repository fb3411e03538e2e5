"""A line that only closes a pull request does not keep the revert behind it from running."""

from __future__ import annotations

import pytest

from runbook_tui.book.shell.passing_over import passing_over

BASH = ("bash", "-eo", "pipefail", "-c")
PASSES = "--json state --jq .state | sed -nE 's/^(MERGED|CLOSED)$/passed over: "


@pytest.mark.parametrize(("line", "asks"), [
    ("gh pr close 12", "gh pr view 12 "),
    ("gh pr close <PR>", "gh pr view <PR> "),
    ("  gh pr close ${{ pr }} # the one", "gh pr view ${{ pr }} "),
    ('gh pr close "$pr" --comment "rolled back"', 'gh pr view "$pr" '),
    ("gh pr close -R a/b 12 -d", "gh pr view 12 -R a/b "),
])  # fmt: skip
def test_it_passes_where_nothing_is_left_to_close(line: str, asks: str) -> None:
    found = passing_over(f"# first\n{line}\ngit revert -m 1 x\n", BASH, ["<PR>"])
    closing = found.split("\n")[1]
    assert f" || {asks}{PASSES}" in closing
    assert found.split("\n")[2] == "git revert -m 1 x"


@pytest.mark.parametrize("text", [
    "gh pr close 12",
    "git revert x\ngh pr close 12\n",
    "cat <<EOF\ngh pr close 12\nEOF\ngit revert x",
    "if true; then\ngh pr close 12\nfi\ngit revert x",
    "gh pr close 12 && git revert x\ngit push",
    "gh pr close $(pr)\ngit push",
    "gh pr close 12 13\ngit push",
    "gh pr close 12\necho $?",
    "gh pr merge 12\ngit push",
    "echo 'a\ngh pr close 12\nb'\ngit push",
])  # fmt: skip
def test_whatever_else_stays_as_it_is(text: str) -> None:
    assert passing_over(text, BASH) == text


def test_only_a_text_of_a_shell_is_touched() -> None:
    text = "gh pr close 12\ngit push"
    assert passing_over(text, ("python3", "-c")) == text
