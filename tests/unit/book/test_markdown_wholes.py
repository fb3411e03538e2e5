"""What the title of the whole, and rows of titles, say about the parts of a plan."""

from __future__ import annotations

import pytest

from runbook_tui.book.markdown import headings
from tests.unit.book.markdown_plans import book, steps

FENCE = "```bash\n./do {}\n```\n"


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("Rollback playbook", "rollback"),
        ("Upgrade rollback procedure", "rollback"),
        ("Plan de rollback — producción", "rollback"),
        ("M5 环境回滚操作手册", "rollback"),
        ("Deployment and rollback", ""),
        ("数据库升级 & 回滚操作手册", ""),
        ("Testing the rollback", ""),
        ("Restore the database", "recovery"),
        ("Backup and restore", "recovery"),
        ("Disaster recovery scenarios", ""),
        ("Upgrade with a restore", ""),
        ("Ship it", ""),
    ],
)
def test_what_a_plan_is_there_for(title: str, about: str) -> None:
    assert headings.about(title) == about


@pytest.mark.parametrize("back", ["Rollback", "Restore"])
def test_a_plan_that_is_the_way_back_has_it_as_its_steps(back: str) -> None:
    text = (
        f"# {back} of the shop\n\n## {back} the service\n\n{FENCE.format(1)}\n"
        f"## {back} the data\n\n1. Stop it\n2. Load the dump\n"
    )
    read = book(text)
    assert next(read.walk()).run == "./do 1"
    assert [s.title for s in read.walk()][1:] == ["Stop it", "Load the dump"]
    assert read.procedures == ()
    forth = book(text.replace("of the shop\n", "and deployment\n\n## Deploy\n\n1. Go\n"))
    assert "./do 1" not in [s.run for s in forth.walk()]


def test_contacts_and_facts_below_a_rollback_are_no_stages() -> None:
    text = (
        "# Ship\n\n1. Go\n\n## Rollback\n\n### Contacts\n\n- DBA: Ann\n\n### Times\n\n"
        "- **Fast**: 5 min\n- **Whole**: 30 min\n\n### Steps\n\n- **Stop**: stop the service\n"
    )
    (procedure,) = book(text).procedures
    assert [s.title for s in procedure.stages] == ["Stop: stop the service"]


def test_titles_that_ask_are_steps_beside_such_that_hold_commands() -> None:
    text = (
        f"# Upgrade\n\n## Remove the test clusters\n\nAsk around first.\n\n"
        f"## Upgrade the modules\n\n{FENCE.format(1)}\n## Upgrade production\n\nThe same again.\n\n"
        "## Why we do this\n\nIt is old.\n\n## Goals\n\nNone.\n"
    )
    assert [s.title for s in steps(text)] == [
        "Remove the test clusters", "Upgrade the modules", "Upgrade production",
    ]  # fmt: skip


def test_next_steps_and_common_failures_are_only_read() -> None:
    text = (
        "# Ship\n\n## Do\n\n1. Go\n\n## Next steps\n\n1. Write more\n\n"
        "## Common issues\n\n1. Late\n"
    )
    assert [s.title for s in steps(text)] == ["Go"]


def test_a_title_that_a_program_fills_in_says_nothing() -> None:
    front = "---\ntitle: Restore the index\n---\n"
    for heading in ("<%= current_page.data.title %>", "{{ page.title }}"):
        assert book(f"{front}# {heading}\n\n1. Go\n").title == "Restore the index"


def test_directives_of_other_programs_are_no_commands() -> None:
    tip = "   ```{tip}\n   Take care.\n   ```\n"
    (step,) = steps(f"# P\n\n1. Go\n\n{tip}   ```{{code-block}} bash\n   ./go\n   ```\n")
    assert step.run == "./go"
    (step,) = steps("# P\n\n1. Go\n\n   ```{.bash .numbered}\n   ./go\n   ```\n")
    assert step.run == "./go"
