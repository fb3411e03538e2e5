"""Ways to do the same of which one is taken."""

from __future__ import annotations

import pytest

from runbook_tui.book.markdown import choices
from tests.unit.book.markdown_plans import book, codes, steps


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Option A: fast", "option"),
        ("**Method 2**", "option"),
        ("方案B: 迁移", "option"),
        ("Debian / Ubuntu", "platform"),
        ("On Red Hat Enterprise Linux 9", "platform"),
        ("Using Homebrew", "platform"),
        ("Optional clean-up", ""),
        ("Restart the Linux hosts and verify", ""),
        ("Shell", ""),
        ("Options", ""),
    ],
)
def test_titles_of_choices(title: str, kind: str) -> None:
    assert choices.kind(title) == kind


def way(title: str, run: str) -> str:
    return f"{title}\n\n```bash\n{run}\n```\n\n"


@pytest.mark.parametrize("marks", ["### {}", "**{}**", "<details><summary>{}</summary>"])
def test_ways_below_one_title_are_steps_of_their_own_that_keep_nothing_waiting(marks: str) -> None:
    text = (
        "# Install\n\n" + way("## 1. Stop", "./stop") + "## 2. Get it\n\n"
        + way(marks.format("Debian"), "apt-get install x")
        + way(marks.format("RHEL"), "yum install x")
    )  # fmt: skip
    assert [(s.run, s.optional) for s in steps(text)] == [
        ("./stop", False), ("apt-get install x", True), ("yum install x", True),
    ]  # fmt: skip
    assert "alternatives" in dict(codes(text))


def test_tabs_are_ways() -> None:
    text = (
        '# Install\n\n## Get it\n\n=== "Linux"\n\n    ```bash\n    apt-get install x\n    ```\n\n'
        '=== "macOS"\n\n    ```bash\n    brew install x\n    ```\n'
    )
    assert [(s.title, s.run, s.optional) for s in steps(text)] == [
        ("Linux", "apt-get install x", True), ("macOS", "brew install x", True),
    ]  # fmt: skip


def test_ways_in_an_item_are_never_run_one_after_the_other() -> None:
    text = (
        "# P\n\n1. Get the tool:\n\n   **macOS:**\n\n   ```bash\n   brew install t\n   ```\n\n"
        "   **Linux:**\n\n   ```bash\n   apt-get install t\n   ```\n\n   Look at it.\n2. Go\n"
    )
    get, mac, linux, go = steps(text)
    assert get.run is None
    assert get.steps == (mac, linux)
    assert [(s.title, s.run, s.optional) for s in (mac, linux)] == [
        ("macOS", "brew install t", True), ("Linux", "apt-get install t", True),
    ]  # fmt: skip
    assert "Look at it." in get.text
    assert (go.title, go.optional) == ("Go", False)


def test_one_alone_is_no_choice() -> None:
    text = "# P\n\n## Linux\n\n```bash\n./one\n```\n\n## Tell support\n\n1. Write\n"
    assert [s.optional for s in steps(text)] == [False, False]
    assert "alternatives" not in dict(codes(text))
    assert book(text).phases[0].title == "Linux"
