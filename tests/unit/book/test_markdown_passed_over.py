"""What looks like something to do and became nothing is told with its line, never in silence."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book

DO = "# Move the mill\n\n## Move\n\n1. Stop the wheel\n2. Lift the stones\n\n"


def passed(text: str) -> list[tuple[int, str]]:
    """Lines behind the steps, from 1, and the messages of what was passed over."""
    found = [f for f in book(DO + text).findings if f.code == "passed-over"]
    return [(f.line - DO.count("\n"), f.message) for f in found]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("## Examples\n\n1. Call the miller\n2. Wait\n", 3, "1 more below"),
        ("## Our approach\n\n1. Call the miller\n2. Wait\n", 3, "only read"),
        ("## Escalation\n\n- [ ] Call the miller\n", 3, "whom to tell"),
        ("## Appendix\n\n1. Call the miller\n2. Wait\n", 3, "only read"),
        ("> - [ ] Call the miller\n", 1, "quoted"),
        ("```\n- [ ] Call the miller\n```\n", 2, "code block"),
        ("```markdown\n## Steps\n\n1. Call\n2. Wait\n```\n", 4, "1 more below"),
        ("```text\nSteps:\n* [x] Call\n```\n", 3, "code block"),
        ("| what | done |\n|---|---|\n| Call | ☐ |\n", 3, "choice"),
        ("## Rollback\n\nTurn the wheel back by hand.\n", 1, "in sentences"),
        ("## Rollback triggers\n\n1. It smokes\n", 3, "right below its title"),
    ],
)
def test_it_is_told_where_and_why(text: str, line: int, says: str) -> None:
    ((at, message),) = passed(text)
    assert at == line
    assert says in message


@pytest.mark.parametrize(
    "text",
    [
        "", "- a bullet\n", "## Escalation\n\n1. Ann\n2. Bo\n", "<!-- - [ ] hidden -->\n",
        "```\nls\n```\n", "```yaml\nsteps:\n  - a\n  - b\n```\n", "```\n1. one number\n```\n",
        "## Success criteria\n\n- [ ] It turns\n", "## Rollback\n\n- [ ] Turn it back\n",
        "## Rollback\n\nNot possible.\n", "## Rollback\n\n```bash\n./back\n```\n",
        "## More\n\n- [ ] box\n  - [ ] in a box\n    1. in that\n", "- [ ]\n",
        "## Rollback\n\n1. a (0-5 minutes)\n   - b\n",
    ],
)  # fmt: skip
def test_what_became_something_is_not_told(text: str) -> None:
    assert passed(text) == []


def test_a_rollback_that_is_lost_weighs_more() -> None:
    found = book(DO + "## Rollback\n\nBy hand.\n\n## Escalation\n\n- [ ] a\n").findings
    assert [f.severity for f in found if f.code == "passed-over"] == ["medium", "info"]
