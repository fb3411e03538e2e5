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


@pytest.mark.parametrize(
    "title",
    ["In case of failure", "If something goes wrong", "What if the upgrade fails?", "Bei Problemen",
     "Si algo sale mal", "En cas d'échec", "Em caso de falha", "Если что-то пойдёт не так",
     "失败时", "Bei Fehler IMMER"],
)  # fmt: skip
@pytest.mark.parametrize("marks", ["## {}", "**{}**"])
def test_what_is_for_failures_is_no_part_of_the_way_forth(title: str, marks: str) -> None:
    head = marks.format(title)
    text = f"# Ship\n\n## Do\n\n1. Go\n\n{head}\n\n{FENCE.format(1)}\n1. Call\n2. Wait\n"
    read = book(text)
    assert [s.title for s in read.walk()] == ["Go"]
    assert [c.text for c in read.commands if c.kept_for_failure] == ["./do 1"]
    assert {f.code for f in read.findings} == {"passed-over"}


@pytest.mark.parametrize(
    "title", ["If the node is new", "When to start", "Errors in the log", "Falls nötig"]
)
def test_what_depends_on_something_else_is_a_step_that_keeps_nothing_waiting(title: str) -> None:
    text = f"# Ship\n\n## Do\n\n1. Go\n\n## {title}\n\n1. Call\n"
    assert [s.title for s in steps(text)] == ["Go", "Call"]


def test_days_before_are_steps_in_words() -> None:
    text = "# Ship\n\n## T-30m: Announce\n\nIn the channel.\n\n## T-0: Ship\n\n1. Go\n"
    assert [s.title for s in steps(text)] == ["T-30m: Announce", "Go"]


def test_an_item_that_is_only_a_command_is_that_command() -> None:
    text = "# P\n\n1. `helm upgrade shop ./chart`\n   - Rollback: `helm rollback shop`\n2. Wait\n"
    upgrade, wait = steps(text)
    assert (upgrade.run, upgrade.undo) == ("helm upgrade shop ./chart", "helm rollback shop")
    assert wait.run is None
    (step,) = steps("# P\n\n1. `the-thing`\n")
    assert step.run is None


def test_bullets_below_a_check_are_ticked_whatever_they_say() -> None:
    (step,) = steps("# P\n\n1. Verification\n   - login\n   - orders\n")
    assert [c.title for c in step.checks] == ["login", "orders"]


def test_a_shell_that_goes_on_at_a_database_s_prompt_is_not_run() -> None:
    (step,) = steps("# P\n\n1. Look\n\n   ```\n   psql -h db shop\n   shop=> SELECT 1;\n   ```\n")
    assert step.run is None


def test_a_block_of_drawn_boxes_is_a_checklist_beside_other_steps() -> None:
    boxes = "```\n☐ 1. Save the data\n☐ 2. Tell support\n```\n"
    text = f"# P\n\n## Before\n\n{boxes}\n## Do\n\n{FENCE.format(1)}"
    assert [s.title for s in steps(text)] == ["1. Save the data", "2. Tell support", "Do"]
    tree = text.replace("☐ 2.", "2.")
    assert [s.title for s in steps(tree)] == ["Do"]


def test_a_title_that_asks_may_have_bullets() -> None:
    text = (
        "# P\n\n## Stop the app\n\nCarefully.\n\n- the web one\n- the queue\n\n"
        f"## Start the app\n\n{FENCE.format(1)}"
    )
    stop, start = steps(text)
    assert (stop.title, stop.checks) == ("Stop the app", ())
    assert "- the queue" in stop.text
    assert start.run == "./do 1"


@pytest.mark.parametrize(
    "lead", ["If issues arise:", "If any errors are found:", "When problems occur:",
             "Im Fehlerfall:", "En cas de problème :"],
)  # fmt: skip
def test_numbers_behind_words_on_failures_keep_nothing_waiting(lead: str) -> None:
    read = book(f"# Ship\n\n## Do\n\n1. Go\n\n## Support\n\n{lead}\n1. Call\n2. Read the log\n")
    assert [(s.title, s.optional) for s in read.walk()] == [
        ("Go", False), ("Call", True), ("Read the log", True),
    ]  # fmt: skip


def test_rows_that_a_query_puts_out_are_no_query() -> None:
    rows = "```sql\n-- Then it is:\n| id | state |\n|----|-------|\n| 1  | open  |\n```\n"
    text = (
        f"# P\n\n## Do\n\n1. Go\n\n## Expected results\n\n### Before\n\n{rows}\n### After\n\n{rows}"
    )
    assert [s.title for s in book(text).walk()] == ["Go"]
    assert not any(c.runnable for c in book(text).commands)
