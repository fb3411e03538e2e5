"""Reading Markdown plans beside markdown-it-py's parse of the same texts, alone.

Both in turn, in processor time, of the documents in ``RUNBOOK_CORPUS`` (else of small plans of our
own) and of one long plan, in whole and a quarter of it.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from markdown_it import MarkdownIt

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.reader import read

PART = """\
## Phase {n}: part {n}

### PR-{n}: change {n} (#{n})

- **Risk Level**: Low
- **Timeline**: Day {n} (2 hours)

**Execution Steps**:
1. **Merge it** (15 min)
   - all services start
   - paths are right
   ```bash
   git merge --no-ff origin/pr-{n}
   ./deploy --to <ENVIRONMENT>
   ```
   Rollback: `git revert -m 1 HEAD`
2. **Look at it** (30 min)
   - errors stay below 1 %

**Success Criteria**:
- [ ] Golden path answers within 2 s
- [ ] No error in the logs

"""
LINES = 100_000
NAMES = 20_000


def long_plan(lines: int) -> str:
    """A plan of about so many lines, in parts that all have something of everything."""
    return "# Long\n\n" + "".join(PART.format(n=n) for n in range(1, lines // PART.count("\n") + 1))


def names(count: int) -> str:
    """A plan whose one command has so many placeholders."""
    marks = " ".join(f"<name-{n}>" for n in range(count))
    return f"# Names\n\n1. Ship\n   ```bash\n   deploy {marks}\n   ```\n"


def texts() -> list[str]:
    """The documents that are read."""
    folder = os.environ.get("RUNBOOK_CORPUS", "")
    if folder:
        return [p.read_text() for p in sorted(Path(folder).glob("o*.*")) if p.suffix != ".rb"]
    return [long_plan(lines) for lines in (50, 200, 800)]


def parse(text: str) -> object:
    """What any reader that is built on markdown-it-py has to wait for."""
    return PARSER.parse(text)


def ready(text: str) -> object:
    """What a run waits for."""
    return _read(text, remarks=False)


def whole(text: str) -> object:
    """What ``check`` and ``show`` wait for: with all that is said of the plan's sense."""
    return _read(text, remarks=True)


def _read(text: str, *, remarks: bool) -> object:
    try:
        return read(text, "plan.md", remarks=remarks)
    except PlanFaults:
        return None


PARSER = MarkdownIt("commonmark").enable("table")
WHOLE = "read with remarks"
DEEDS: dict[str, Callable[[str], object]] = {
    "markdown-it-py's parse": parse, "read to be run": ready, WHOLE: whole,
}  # fmt: skip


def taken(documents: list[str], rounds: int) -> dict[str, float]:
    """The quickest of some rounds of each deed, taken in turn; seconds of the processor."""
    found: dict[str, list[float]] = {name: [] for name in DEEDS}
    for _ in range(rounds):
        for name, deed in DEEDS.items():
            gc.collect()
            gc.disable()  # As reading is in the program.
            began = time.process_time()
            for text in documents:
                deed(text)
            found[name].append(time.process_time() - began)
            gc.enable()
    return {name: min(times) for name, times in found.items()}


def main(rounds: int = 9) -> None:
    """Print the ratios."""
    documents = texts()
    for text in documents:
        whole(text)  # What is made at the first call stays out of it.
    lines = sum(text.count("\n") for text in documents)
    _print(f"{len(documents)} documents, {lines} lines", taken(documents, rounds))
    quarter, long = (taken([long_plan(size)], 3) for size in (LINES // 4, LINES))
    _print(f"one of {LINES} lines", long)
    for name in DEEDS:
        print(f"  {name}: four times the lines in {long[name] / quarter[name]:.1f} times the time")
    assert statistics.median(long[n] / quarter[n] for n in DEEDS) < 6
    few, many = (taken([names(count)], 3) for count in (NAMES // 4, NAMES))
    times = many[WHOLE] / few[WHOLE]
    print(f"{NAMES} names in one command: {many[WHOLE]:.2f} s, of a quarter {times:.1f} times")
    assert times < 6


def _print(what: str, times: dict[str, float]) -> None:
    bare = next(iter(times.values()))
    print(what)
    for name, took in times.items():
        print(f"  {name:<26}{took * 1000:9.1f} ms  x parse {took / bare:5.2f}")
