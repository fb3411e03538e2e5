"""Whatever the text: the reader answers, soon, and loses no command."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import SEVERITIES, PlanFaults
from runbook_tui.book.kept import pack, unpack
from runbook_tui.book.listing import listing
from runbook_tui.book.markdown.blocks import parse
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read
from runbook_tui.book.shown import shown

PARTS = (
    "# ", "## ", "## 1. ", "### Step 2: ", "1. ", "2. ", "- [ ] ", "- ", "   - ", "   ",
    "```bash\n./x\n```\n", "   ```sh\n   ./y\n   ```\n", "```\nls\n```\n", "```bash\n", "```\n",
    "**A**:\n", "**Step 3: B**\n", "Rollback: `./back`\n", "**Rollback:**\n", "Undo:\n",
    "Rollback\n", "Verify: `ls`\n", "Expected output:\n", "<details>\n", "</details>\n\n",
    "<summary>Rollback</summary>\n\n", "CTO must approve before step 2.\n", "before ",
    "(10 min)", "— 5 minutes", "(0-5 minutes)", "Phase 1", "rollback", "criteria", "Appendix",
    "| # | Action | Command | Rollback |\n|---|---|---|---|\n| 1 | a | `./x` | `./y` |\n",
    "```sql\ndrop x;\n```\n", "```step name=\"a\" rollback=\"b\"\n t: 1\n---\n./a\n```\n",
    "```rollback name=\"b\"\n./b\n```\n", "```check\ntrue\n```\n", "$X ", "wait 5 minutes ",
    "- **Timeline**: Day 1-2 (2 hours)\n", "- Day 3: PR-A\n", "### PR-A: b (#1)\n", "(5 days)",
    "## Metrics\n\n", "- a: > 5% (current: 3%)\n", "**HIGH alerts**:\n", "- a < 9%\n", "(Week 1)",
    "all 3 PRs\n", "the following 3 hosts:\n", "[a](#b) ", "rollback within 5 minutes\n",
    "| Metric | Target | Current |\n|---|---|---|\n| a | < 5% | 9% |\n", "```sh\n./a --to prod\n",
    "```bash\nrm -rf x && git commit; ./a staging --rollback\n```\n", "Tuesday, 2025-09-11 ",
    "\n", "\n\n", "word ", "`", "*", "> ", "<!-- ", "-->", "\r\n", "---\n", "===\n", "\t", "<X>",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=4)), max_size=60).map("".join)


def reading(text: str) -> Runbook | None:
    """What is read; None where there is nothing to do."""
    try:
        return read(text, "p.md")
    except PlanFaults as error:
        assert len(error.faults) == 1
        return None


@settings(max_examples=500, deadline=None)
@given(TEXTS)
@pytest.mark.thorough
def test_every_text_is_read_or_has_nothing_to_do(text: str) -> None:
    book = reading(text)
    if book is None:
        return
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for finding in book.findings:
        assert finding.severity in SEVERITIES
        assert 1 <= finding.line <= last
        assert finding.related_line is None or 1 <= finding.related_line <= last
        assert finding.message
        assert "\n" not in finding.message
    quick = read(text, "p.md", remarks=False)
    assert quick == replace(book, findings=())
    rows = shown(book)
    ids = [row["id"] for row in (*rows["phases"], *rows["changes"], *rows["ticks"])]
    assert len(ids) == len(set(ids))
    assert all(row["title"] for row in (*rows["phases"], *rows["ticks"]))
    assert list(listing(book))
    assert unpack(pack(book)) == book
    # What is carried out one after the other stands there one after the other.
    lines = [step.line for step in book.walk()]
    assert lines == sorted(lines)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_every_command_is_in_a_step_or_kept_for_a_rollback_or_a_finding(text: str) -> None:
    book = reading(text)
    if book is None:
        return
    steps = {step.id: f"{step.run}\n{step.undo}\n{step.text}" for step in book.walk()}
    for stage in (stage for p in book.procedures for stage in p.stages):
        steps[stage.id] = "\n".join(step.run or "" for step in stage.steps)
    found = {f.line for f in book.findings if f.code == "command-outside-steps"}
    for command in book.commands:
        if command.step is not None:
            texts = steps[command.step]
            assert not command.runnable or all(line in texts for line in command.text.split("\n"))
        elif command.runnable:
            assert command.rollback or command.kept_for_failure or command.line in found


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_box_is_lost_in_silence(text: str) -> None:
    text = "# P\n\n1. do\n\n" + text
    book = reading(text)
    assert book is not None
    rows = {row["line"] for row in shown(book)["ticks"]}
    rows |= {s.line for p in book.procedures for stage in p.stages for s in (stage, *stage.steps)}
    rows |= {command.line for command in book.commands}
    told = any(f.code == "passed-over" for f in book.findings)
    assert told or rows.issuperset(lines_of_boxes(text))


def lines_of_boxes(text: str) -> list[int]:
    """Lines of boxes with words behind them, as the parser sees them in a text."""
    found: list[int] = []
    todo = list(parse(text).blocks)
    while todo:
        block = todo.pop()
        todo += block.inner
        for item in block.items:
            todo += item.blocks
            if item.box is not None and item.text.strip():
                found.append(item.line)
    return found


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_gate_stands_on_a_node_that_is_there(text: str) -> None:
    book = reading(text)
    if book is None:
        return
    gated = {p.id for p in book.phases if p.gate}
    gated |= {c.id for p in book.phases for c in p.changes if c.gate}
    gated |= {s.id for s in book.walk() if s.gate}
    assert gated == {g.before for g in book.gates} - {None}


LONG = (
    "- [ ] a\n", "1. a (10 min)\n", "## 1. a\n\n```bash\n./x\n```\n\nRollback: `./y`\n\n",
    "CTO must approve before step 2. ", "**Rollback:**\n\n```\nls\n```\n\n",
    "[", "(", "*", "`", "1",
    " ", "<", "# ", "> ", "requires approval from ", "before ", "| a | b |\n",
    "## Phase 1\n\n- [ ] a\n\n", "1. a\n```bash\nx\n```\n", "<!-- ", "_", "rollback ", "\n",
    "a: ", "~", "- ", "\\", "takes 5 ", "<<'E'\n", "$X", "'", "X.Y", "- `git x`\n",
    "## Rollback\n\n- a\n\n", "```sh\necho $X <x> [ab_cd]\n```\n", "```\n- [ ] a\n- [ ] b\n```\n",
    "```step\n./x\n```\n", "| a | ☐ |\n", "wait ", "for a in ",
)  # fmt: skip
ON_SENSE = (
    "[a](#b) ", "## a\n\n[a](#a)\n\n",
    "- Day 1: PR-A (5 days)\n", "## Metrics\n\n- a: > 5% (current: 3%)\n", "all 3 PRs ", "above 5",
    "### PR-A: b\n\n- **Timeline**: Day 1 (1 hour)\n\n1. a (2 hours)\n2. b (2 hours)\n\n",
    "rollback within 5 minutes\n", "```sh\nrm -rf a; ./b prod\n```\n", "sudo ", "kubectl -n ",
    "### High alerts\n\n- a < 9%\n\n", "within ", "PR-A ", "- [ ] a below 5%\n",
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "part"),
    [(b, p) for p in LONG for b in ("", "1. a ", "# a ")] + [("# a ", p) for p in ON_SENSE],
)
@pytest.mark.thorough
def test_a_long_text_takes_no_longer_than_its_length(before: str, part: str) -> None:
    """Four times the text in well under sixteen times the time, or in next to no time."""

    def seconds(size: int) -> float:
        text = before + part * (size // len(part))
        start = time.process_time()
        reading(text)
        return time.process_time() - start

    if seconds(80_000) >= 1.5:
        # Garbage may have been gone through meanwhile: the quickest of some tries counts.
        assert min(seconds(80_000), seconds(80_000)) < 12 * min(seconds(20_000), seconds(20_000))
