"""Blocks without a label, and pasted sessions: which of their lines are commands, and whose."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Command
from tests.unit.book.markdown_plans import book, codes


def only(block: str, before: str = "Do it", label: str = "") -> Command:
    """The one block of a plan with one step."""
    (command,) = book(f"# Plan\n\n1. {before}\n\n   ```{label}\n   {block}\n   ```\n").commands
    return command


@pytest.mark.parametrize(
    "line",
    [
        "fly -t manager unpause-job -j search/snapshots",
        'gpg --edit-key "ann@example.com" trust quit',
        "cat users | xargs -I{} gpg --recv-key {}",
        "thing --check",
    ],
)
def test_a_program_with_options_is_a_command_whatever_its_name(line: str) -> None:
    command = only(line)
    assert command.runnable
    assert not command.by_hand
    assert command.text == line
    assert command.step is not None


@pytest.mark.parametrize(
    "line",
    [
        "Release “shop” is there - with all that it needs",
        "key: --value",
        "shop-2.4 ready",
        "├── a -- b",
        "1. Open the page --now",
    ],
)
def test_words_without_a_label_are_none(line: str) -> None:
    assert not only(line).runnable


def test_words_before_a_block_say_that_it_is_run() -> None:
    assert only("vault-thing unlock", "Run this:").runnable
    assert only("vault-thing unlock", "解锁，执行如下命令：").runnable
    assert not only("vault-thing unlock", "It says this:").runnable
    assert not only("http {", "It runs with this configuration:").runnable


@pytest.mark.parametrize(
    "line",
    [
        "➕ config/new.yaml",
        "Warning: Interpolation-only expressions are deprecated",
        "1. Open the page",
        "├── config",
        "Task: apply it",
    ],
)
def test_what_no_shell_could_run_is_none_in_a_shell_s_block_either(line: str) -> None:
    assert not only(line, label="bash").runnable
    assert only(f"{line}\n   git pull", label="bash").runnable


def test_a_prompt_alone_is_nothing_to_run() -> None:
    assert not only("ann@db1:~$", label="sh").runnable


@pytest.mark.parametrize("label", ["", "console", "sh"])
@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("ann@db1:~$ rm -rf /srv/old", "a shell there"),
        ("[root@db1 ~]# systemctl stop shop", "a shell there"),
        ("db1 $ consul maint -enable", "a shell there"),
        ("shop=# DROP TABLE old;", "a database"),
        ("mysql> DROP TABLE old;", "a database"),
    ],
)
def test_what_is_typed_elsewhere_is_not_run_here(line: str, typed: str, label: str) -> None:
    del typed
    plan = f"# Plan\n\n1. Do it\n\n   ```{label}\n   {line}\n   ```\n"
    (command,) = book(plan).commands
    assert command.runnable
    assert command.by_hand
    (step,) = book(plan).walk()
    assert step.run is None
    assert line in step.text
    assert "block-not-run" in dict(codes(plan))


def test_a_pasted_session_that_is_mostly_output_is_a_log() -> None:
    text = "ann@db1:~$ kubectl get nodes\n   a Ready\n   b Ready"
    assert not only(text, "Then we saw").runnable
    assert only(text, "Run this:").runnable


def test_root_s_prompt_is_no_comment_where_nothing_else_is_a_command() -> None:
    command = only("# systemctl stop shop\n   # rm -f /run/shop.pid\n   gone", label="console")
    assert (command.runnable, command.text) == (True, "systemctl stop shop\nrm -f /run/shop.pid")
    assert only("# stop it\n   systemctl stop shop").text == "# stop it\nsystemctl stop shop"


def test_queries_without_a_label_are_for_a_person() -> None:
    command = only("SELECT count(*) FROM jobs;")
    assert command.runnable
    assert command.by_hand
