"""What blocks say of themselves: another tool's code, a step of its own, a whole checklist."""

from __future__ import annotations

import pytest

from runbook_tui.run.outline import Outline
from tests.unit.book.markdown_plans import book, codes, steps


@pytest.mark.parametrize("label", ["sql", "powershell", "pwsh"])
def test_what_no_shell_runs_is_done_by_hand(label: str) -> None:
    text = f"# P\n\n1. Clear\n\n   ```{label}\n   clear the mill\n   ```\n\n2. Rest\n"
    read = book(text)
    clear, _ = read.walk()
    assert (clear.run, "clear the mill" in clear.text, clear.parts) == (None, True, ())
    (command,) = read.commands
    assert (command.runnable, command.by_hand, command.step) == (True, True, clear.id)
    assert ("block-not-run", 5) in codes(text)


def test_a_title_with_nothing_else_is_a_step_too() -> None:
    assert [s.title for s in steps("# P\n\n## Step 1: Clear\n\n```sql\nx\n```\n")] == [
        "Step 1: Clear"
    ]


def test_a_rollback_that_no_shell_runs_is_never_offered_to_one() -> None:
    text = "# P\n\n1. a\n\n## Rollback\n\n```sql\ndrop table mill;\n```\n"
    read = book(text)
    assert [(c.rollback, c.runnable, c.by_hand) for c in read.commands] == [(True, True, True)]
    assert Outline(read).beside.offered == ()
    assert "a rollback does not offer it" in "".join(f.message for f in read.findings)


def test_an_undo_that_no_shell_runs_is_one_in_words() -> None:
    text = "# P\n\n1. a\n\n   ```bash\n   ./a\n   ```\n\n"
    text += "   Rollback:\n\n   ```sql\n   drop x;\n   ```\n"
    (step,) = steps(text)
    assert (step.run, step.undo, "drop x;" in step.text) == ("./a", None, True)


def test_how_to_start_the_document_is_no_step_of_it() -> None:
    text = "# P\n\nStart it:\n\n```bash\n# here\nrunbook run this.md --env x\n```\n\n1. a\n"
    read = book(text)
    assert [s.title for s in read.walk()] == ["a"]
    assert [c.runnable for c in read.commands] == [False]


@pytest.mark.parametrize(
    "code", ["for m in a b; do grind $m; done", "NOW=$(date)\ngrind $NOW", "skopeo login mill.io"]
)
def test_an_unlabelled_block_in_the_syntax_of_a_shell_is_a_command(code: str) -> None:
    (step,) = steps(f"# P\n\n## Step 1: Grind\n\n```\n{code}\n```\n")
    assert step.run == code


TYPED = """\
# P

## Before

```check name="dry"
test -d mill
```

## Go

Words.

```step name="grind" rollback="empty"
  timeout: 10s
---
./grind "{{grain}}"
```

```step
./ship
```

```rollback
./unship
```

```rollback name="empty"
./empty
```
"""


def test_typed_blocks_are_steps_of_the_section_that_they_stand_in() -> None:
    read = book(TYPED)
    found = [(p.title, [(s.title, s.run, s.undo) for s in p.steps]) for p in read.phases]
    assert found == [
        ("Before", [("dry", "test -d mill", None)]),
        ("Go", [("grind", './grind "{{grain}}"', "./empty"), ("Go", "./ship", "./unship")]),
    ]
    assert "timeout: 10s" in read.phases[1].steps[0].text
    assert [p.name for p in read.parameters] == ["grain"]
    assert "passed-over" not in dict(codes(TYPED))


LIST = "- [ ] Stop the mill\n  - [ ] and the wheel\n- [ ] wait for 5 minutes\n"


@pytest.mark.parametrize("label", ["", "markdown", "text"])
def test_a_checklist_in_a_block_is_read_where_there_is_nothing_else_to_do(label: str) -> None:
    text = f"# P\n\nCopy this:\n\n- it is short\n\n```{label}\n{LIST}```\n"
    read = book(text)
    assert [(s.title, s.line) for s in read.walk()] == [
        ("Stop the mill", 8), ("and the wheel", 9), ("wait for 5 minutes", 10),
    ]  # fmt: skip
    assert [e.line for e in read.estimates] == [10]
    assert ("read-from-block", 7) in codes(text)


@pytest.mark.parametrize("more", ["1. a\n", "- [ ] a\n", "```bash\n./a\n```\n", "- a\n  - [ ] b\n"])
def test_a_checklist_in_a_block_beside_other_things_to_do_is_an_example(more: str) -> None:
    text = f"# P\n\n{more}\nAn example:\n\n```\n{LIST}```\n"
    assert all("mill" not in s.title for s in steps(text))
    assert "passed-over" in dict(codes(text))


def test_an_empty_box_with_something_below_it_is_a_step() -> None:
    first, second = steps("# P\n\n1. [] \n\n   wait: 2 minutes\n\n2. [] Go\n")
    assert (first.title, second.title) == ("wait: 2 minutes", "Go")
    assert first.estimate is not None
