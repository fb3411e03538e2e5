"""The shapes in which people write steps: headings, lists, tables, labels, text blocks."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book, codes, steps

FENCE = "```bash\n./do {}\n```\n"


def numbered(*titles: str) -> str:
    return "# Plan\n\n" + "\n".join(f"{t}\n\n" + FENCE.format(n) for n, t in enumerate(titles, 1))


@pytest.mark.parametrize(
    ("first", "second", "titles"),
    [
        ("## 1. Make it", "## 2. Ship it", ["Make it", "Ship it"]),
        ("### 1) Make it", "### 2) Ship it", ["Make it", "Ship it"]),
        ("## Step 1: Make it", "## Step 2: Ship it", ["Step 1: Make it", "Step 2: Ship it"]),
        ("## 1 - Make it", "## 2 - Ship it", ["Make it", "Ship it"]),
        ("## 1.1 Make it", "## 1.2 Ship it", ["Make it", "Ship it"]),
        ("1. Make it\n----------", "2. Ship it\n----------", ["Make it", "Ship it"]),
        ("**Step 1: Make it**", "**Step 2: Ship it**", ["Step 1: Make it", "Step 2: Ship it"]),
        ("Step 1. Make it", "Step 2. Ship it", ["Step 1. Make it", "Step 2. Ship it"]),
        ("## Schritt 1: A", "## Schritt 2: B", ["Schritt 1: A", "Schritt 2: B"]),
    ],
)
def test_a_numbered_title_with_a_command_is_a_step(
    first: str, second: str, titles: list[str]
) -> None:
    read = book(numbered(first, second))
    assert [(s.title, s.run) for s in read.walk()] == [
        (titles[0], "./do 1"), (titles[1], "./do 2"),
    ]  # fmt: skip
    assert len(read.phases) == 1
    assert all(c.step for c in read.commands)


def test_a_numbered_title_without_a_command_is_done_by_hand_beside_those_with_one() -> None:
    text = numbered("## 1. Make it") + "\n## 2. Tell support\n\nIn their channel.\n"
    make, tell = steps(text)
    assert (make.run, tell.title, tell.run, tell.text) == (
        "./do 1", "Tell support", None, "In their channel.",
    )  # fmt: skip


def test_a_numbered_title_that_restores_is_a_step_but_a_recovery_section_is_none() -> None:
    text = numbered("## 1. Stop", "## 2. Restore the dump") + "\n## Disaster recovery\n\n" + FENCE
    assert [(s.title, s.run) for s in steps(text)] == [
        ("Stop", "./do 1"), ("Restore the dump", "./do 2"),
    ]  # fmt: skip
    assert [c.section for c in book(text).commands if c.kept_for_failure] == ["Disaster recovery"]


def test_boxes_under_a_command_are_its_checks() -> None:
    (step,) = steps(numbered("## 1. Make it") + "\n- [ ] it hums\n- [ ] no smoke\n")
    assert [c.title for c in step.checks] == ["it hums", "no smoke"]


def test_a_numbered_title_with_a_list_holds_steps() -> None:
    text = numbered("## 1. Make it", "## 2. Ship it") + "\n## 3. Check\n\n1. look\n2. listen\n"
    *_, check, look, listen = steps(text)
    assert [s.title for s in check.steps] == ["look", "listen"] == [look.title, listen.title]


def test_numbered_titles_that_all_hold_lists_are_phases() -> None:
    read = book("# P\n\n## 1. Before\n\n- [ ] a\n\n## 2. After\n\n- [ ] b\n")
    assert [(p.title, [s.title for s in p.steps]) for p in read.phases] == [
        ("1. Before", ["a"]), ("2. After", ["b"]),
    ]  # fmt: skip


def test_dotted_titles_are_steps_of_the_numbered_title_above() -> None:
    text = (
        "# P\n\n## 1. Before\n\n### 1.1 Copy\n\n" + FENCE + "\n### 1.2 Tell\n\nsay so\n"
        "\n## 2. Move\n\n### 2.1 Switch\n\n" + FENCE + "\n## 3. After\n\n- reads work\n"
    )
    assert [(p.title, [s.title for s in p.steps]) for p in book(text).phases] == [
        ("1. Before", ["Copy", "Tell"]), ("2. Move", ["Switch"]), ("3. After", ["reads work"]),
    ]  # fmt: skip


def test_commands_below_a_plain_heading_are_a_step_too() -> None:
    text = "# P\n\n## Before\n\n- [ ] ready\n\n## Go\n\n" + FENCE
    assert [(s.title, s.run) for s in steps(text)] == [("ready", None), ("Go", "./do {}")]


def test_a_command_beside_the_boxes_of_a_section_is_a_step_before_them() -> None:
    text = "# P\n\n## Go\n\n" + FENCE + "\n- [ ] it hums\n\n## Then\n\n- [ ] rest\n"
    assert [(s.title, s.run) for s in steps(text)] == [
        ("Go", "./do {}"), ("it hums", None), ("rest", None),
    ]  # fmt: skip


def test_what_is_not_indented_under_a_number_still_belongs_to_it() -> None:
    text = (
        "# P\n\n1. Build\n\nOn the big host:\n\n```bash\nmake\n```\n\n"
        "2. Push\n```bash\nmake push\n```\n3. Rest\n"
    )
    assert [(s.title, s.run) for s in steps(text)] == [
        ("Build", "make"), ("Push", "make push"), ("Rest", None),
    ]  # fmt: skip


def test_numbers_nest_and_bullets_in_the_inner_ones_say_more_about_them() -> None:
    outer, inner, other = steps(
        "# P\n\n1. A\n   1. B\n      - ok\n      - fine\n   2. C\n   - it is up\n"
    )
    assert [s.title for s in outer.steps] == ["B", "C"] == [inner.title, other.title]
    assert (inner.checks, inner.text) == ((), "- ok\n- fine")
    assert [c.title for c in outer.checks] == ["it is up"]


def test_bullets_that_only_explain_are_notes_and_no_checks() -> None:
    text = (
        "# P\n\n1. Look at the message\n   - its `type`\n   - `reason`: why it is so\n   - links\n"
    )
    (step,) = steps(text)
    assert (step.checks, step.text) == ((), "- its `type`\n- `reason`: why it is so\n- links")
    (step,) = steps(
        "# P\n\n## 1. Look\n\n```sh\nls\n```\n\nReasons:\n\n- OCP version\n- Ceph health\n"
    )
    assert step.checks == ()


def test_bullets_that_ask_or_say_what_must_be_so_are_checks() -> None:
    (step,) = steps(
        "# P\n\n1. Ship\n   - Verify the page\n   - All tests passed\n   - price list\n"
    )
    assert [c.title for c in step.checks] == ["Verify the page", "All tests passed", "price list"]


def test_bullets_that_name_what_is_done_are_checks_without_a_verb_too() -> None:
    (step,) = steps(
        "# P\n\n1. Validate\n   - End-to-end journey validation\n   - Isolation verification\n"
        "   - Optimize resource use\n   - Performance under load\n"
    )
    assert len(step.checks) == 4


def test_fields_in_bullets_are_no_checks() -> None:
    (step,) = steps("# P\n\n1. A\n   - Owner: Ann\n   - Duration: 10 min\n   - it hums\n")
    assert [c.title for c in step.checks] == ["it hums"]
    assert step.estimate is not None
    assert step.estimate.maximum == 600


TABLE = """\
# Move

| # | Action | Owner | Duration | Command | Rollback |
|---|--------|-------|----------|---------|----------|
| 1 | Lower the flag | Ann | 5 min | `./flag down` | `./flag up` |
| 2 | Wait | Bob | 1h | | n/a |

## Contacts

| Name | Phone |
|------|-------|
| Ann  | 1     |
"""


def test_a_table_of_steps() -> None:
    lower, wait = steps(TABLE)
    assert (lower.title, lower.line, lower.run, lower.undo) == (
        "Lower the flag", 5, "./flag down", "./flag up",
    )  # fmt: skip
    assert wait.estimate is not None
    assert (wait.run, wait.undo, wait.estimate.minimum) == (None, None, 3600)


def test_front_matter_and_comments_say_nothing_but_the_title() -> None:
    text = "---\ntitle: Real\nowner: x\n---\n\n1. A <!-- note -->\n\n<!-- - [ ] not this -->\n"
    read = book(text)
    assert (read.title, [s.title for s in read.walk()]) == ("Real", ["A"])


@pytest.mark.parametrize(
    ("title", "name", "minutes"),
    [
        ("Copy (10 min)", "Copy", (10, 10)),
        ("Copy (~2h)", "Copy", (120, 120)),
        ("Copy — 15 minutes", "Copy", (15, 15)),
        ("Copy [1h30m]", "Copy", (90, 90)),
        ("Copy (est. 5-10 min, Ann)", "Copy", (5, 10)),
        ("Copy ~5 min", "Copy", (5, 5)),
        ("Wait 30 minutes", "Wait 30 minutes", (30, 30)),
    ],
)
@pytest.mark.parametrize("form", ["1. {}\n", "## 1. {}\n\n```bash\n./x\n```\n"])
def test_the_duration_behind_a_title_is_its_estimate(
    form: str, title: str, name: str, minutes: tuple[int, int]
) -> None:
    (step,) = steps("# P\n\n" + form.format(title))
    assert step.estimate is not None
    assert (step.title, step.estimate.minimum / 60, step.estimate.maximum / 60) == (name, *minutes)


@pytest.mark.parametrize("title", ["Day (Week 1)", "Stage (0-5 minutes)", "See (#324)", "Go (P0)"])
def test_other_parentheses_are_no_estimate(title: str) -> None:
    (step,) = steps(f"# P\n\n1. {title}\n")
    assert step.estimate is None


def test_a_command_in_no_step_is_a_finding() -> None:
    text = (
        "# P\n\n1. A\n\n## Useful commands\n\n"
        + FENCE
        + "\n> quoted\n>\n> ```bash\n> rm x\n> ```\n"
    )
    assert [c for c in codes(text) if c[0] == "command-outside-steps"] == [
        ("command-outside-steps", 7), ("command-outside-steps", 13),
    ]  # fmt: skip


def test_a_rollback_section_is_offered_elsewhere_and_no_finding() -> None:
    text = "# P\n\n1. A\n\n## Rollback\n\n" + FENCE
    assert codes(text) == []
    assert [(c.rollback, c.step) for c in book(text).commands] == [(True, None)]


def test_what_a_command_puts_out_is_not_run() -> None:
    text = (
        "# P\n\n1. A\n   ```bash\n   git push\n   ```\n"
        "   Expected output:\n   ```\n   git ok\n   ```\n"
        "2. B\n   ```console\n   1 server.go:12] started\n   ```\n"
        "3. C\n   ```\n   kubectl get pods\n\n   NAME    READY\n   a       1/1\n   ```\n"
    )
    assert [s.run for s in steps(text)] == ["git push", None, "kubectl get pods"]


def test_a_block_that_may_have_been_meant_as_a_command_is_a_finding() -> None:
    assert ("block-not-run", 4) in codes("# P\n\n1. A\n   ```\n   frobnicate all\n   ```\n")


def test_a_command_in_words_is_a_finding_and_alone_on_a_line_a_command() -> None:
    assert ("command-in-words", 3) in codes("# P\n\n1. Run `git push` on the big host\n")
    (step,) = steps("# P\n\n1. Ship\n\n   `git push`\n")
    assert step.run == "git push"


@pytest.mark.parametrize(
    "title", ["Escalation", "Escalation path", "5. Escalation", "On-call escalation", "Eskalation"]
)
@pytest.mark.parametrize("mark", ["1. ", "- [ ] ", "- "])
def test_who_is_told_next_is_no_step(title: str, mark: str) -> None:
    ladder = f"{mark}Call the lead\n{mark}Call the CTO\n"
    read = book(f"# P\n\n## Steps\n\n1. Deploy\n2. Look\n\n## {title}\n\n{ladder}")
    assert [s.title for s in read.walk()] == ["Deploy", "Look"]
    (escalation,) = read.escalations
    assert escalation.ladder == ("Call the lead", "Call the CTO")
    assert escalation.line == 8


@pytest.mark.parametrize("title", ["Step 3: Escalation", "Escalate to the vendor"])
def test_a_step_of_escalating_stays_one(title: str) -> None:
    read = book(f"# P\n\n## Step 1: Deploy\n\n1. a\n\n## {title}\n\n1. Call\n")
    assert "Call" in [s.title for s in read.walk()]


def test_a_plan_that_only_escalates_is_carried_out() -> None:
    read = book("# Call\n\n## Escalation\n\n- Call the lead\n- Call the CTO\n")
    assert [s.title for s in read.walk()] == ["Call the lead", "Call the CTO"]


PEOPLE = """\
# P

## Steps

1. Deploy
2. Look: it must be green

## Contact and Escalation

**Primary Contacts**:
- **Lead**: Ada Lovelace, +44 20 1234
- **Vendor**: see https://example.com

**Escalation Procedures**:
- **Technical Issues**: Lead → Director → CTO (within 30 minutes)
- **Security**: Lead -> CTO (immediately)
- **Customers**: Lead → Success
"""


def test_contacts_and_ladders_are_read_with_their_limits() -> None:
    read = book(PEOPLE)
    assert [(c.role, c.who, c.line) for c in read.contacts] == [
        ("Lead", "Ada Lovelace, +44 20 1234", 11), ("Vendor", "see https://example.com", 12),
    ]  # fmt: skip
    assert [(x.topic, x.ladder, x.within, x.line) for x in read.escalations] == [
        ("Technical Issues", ("Lead", "Director", "CTO"), 1800.0, 15),
        ("Security", ("Lead", "CTO"), 0.0, 16),
        ("Customers", ("Lead", "Success"), None, 17),
    ]
    assert [s.title for s in read.walk()] == ["Deploy", "Look: it must be green"]


@pytest.mark.parametrize("title", ["Contact customers", "Contact: the vendor"])
def test_who_is_contacted_as_a_step_is_no_contact(title: str) -> None:
    read = book(f"# P\n\n## {title}\n\n1. Support: tell them\n2. Sales: tell them\n")
    assert read.contacts == ()
    assert len(list(read.walk())) == 2


@pytest.mark.parametrize(
    ("period", "minutes"),
    [("First Hour", 60), ("First Day", 1440), ("first 3 days", 4320), ("First Week", 10080),
     ("erste Stunde", 60), ("primera semana", 10080)],
)  # fmt: skip
def test_the_period_of_a_recovery_is_the_window_of_its_stages(period: str, minutes: int) -> None:
    read = book(
        "# P\n\n## Steps\n\n1. Deploy\n\n## Recovery\n\n"
        f"**Recovery at once** ({period}):\n1. **Stabilize**:\n   - Look\n   - Tell\n"
    )
    (procedure,) = read.procedures
    assert procedure.kind == "recovery"
    assert [(s.from_minute, s.to_minute) for s in procedure.stages] == [(0, minutes)]
