"""``rollback.txt`` is one page, whatever the run."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import (
    Command,
    Contact,
    Escalation,
    Procedure,
    Runbook,
    Stage,
    StageStep,
)
from runbook_tui.session.undo_file import FiledUndo, UndoFile
from runbook_tui.session.undo_sheet import COLUMNS, LINES, sheet

PLACE = Path("/home/ada/.local/state/runbook/runs/r1")
BOOK = Runbook(
    title="Ship it",
    procedures=(
        Procedure(id="back", title="Core rollback", stages=(
            Stage(id="back-1", title="Emergency", from_minute=0, to_minute=5, steps=(
                StageStep(id="x", title="Check", run="./check.sh\nmore"),
                StageStep(id="y", title="Call the director"),
            )),
        )),
        Procedure(id="after", title="First hour", kind="recovery", stages=(
            Stage(id="after-1", title="Look around", from_minute=0, to_minute=60, steps=(
                StageStep(id="z", title="Count the cost"),
            )),
        )),
        Procedure(id="other", title="Not this one", applies_to=("elsewhere",)),
    ),
    contacts=(Contact(role="technical", who="Engineering Director"),),
    escalations=(Escalation(topic="technical", ladder=("Lead", "CTO"), within=1800.0),),
)  # fmt: skip
ITEMS = (
    FiledUndo(step="b", title="Deploy", kind="command", text="./deploy --rollback-to 41"),
    FiledUndo(step="a", title="Tell them", kind="manual", reason="done by hand"),
    FiledUndo(step="m", title="Migrate", kind="irreversible", reason="the old schema is gone"),
    FiledUndo(step="n", title="Merge", kind="command", text="one\ntwo", missing=("sha",)),
)


def page(*items: FiledUndo, book: Runbook = BOOK) -> list[str]:
    """The page's lines."""
    file = UndoFile(run="r1", title=book.title, at=0.0, items=items)
    return sheet(file, book, PLACE).splitlines()


def test_it_says_what_to_do_in_order_and_whom_to_call() -> None:
    text = "\n".join(page(*ITEMS))
    wanted = [
        "ROLLBACK  Ship it", "runbook rollback r1 --yes", f"cd {PLACE}", "sh rollback.sh -n",
        "How bad is it?   [ ] SEV 1",
        "1  Deploy", "$ ./deploy --rollback-to 41", "2  Tell them", "BY HAND: done by hand",
        "CANNOT BE TAKEN BACK: the old schema is gone", "$ one   … and 1 more lines",
        "needs sha", "By hand: Core rollback", "[ ] 0-5 min  Emergency", "[ ] Check   $ ./check.sh",
        "[ ] Call technical: Engineering Director",
        "Escalate technical: [ ] Lead at once [ ] CTO at 30 min",
        "Afterwards: First hour", "[ ] 0-1 h  Look around", "[ ] Count the cost",
        "Output of every command",
    ]  # fmt: skip
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)
    assert "Not this one" not in text


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 200), st.integers(0, 80), st.integers(0, 80), st.text(max_size=200))
def test_it_is_one_page(undos: int, stages: int, people: int, text: str) -> None:
    items = tuple(
        FiledUndo(step=f"s{n}", title=text, kind="command", text=text) for n in range(undos)
    )
    book = dataclasses.replace(
        BOOK,
        title=text,
        procedures=tuple(
            Procedure(id=f"p{n}", title=text, stages=(Stage(id=f"q{n}", title=text),))
            for n in range(stages)
        ),
        contacts=tuple(Contact(role=text, who=text) for _ in range(people)),
    )
    lines = page(*items, book=book)
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= COLUMNS
    assert any("sh rollback.sh -n" in line for line in lines)
    if undos > 60:
        assert any("more: rollback.sh -n" in line for line in lines)


def test_the_commands_that_the_plan_keeps_for_a_rollback_are_on_it() -> None:
    kept = [
        Command(id=f"c{n}", line=n, language="sh", text=text, rollback=True, section="Way back",
                step="s" if n == 3 else None)
        for n, text in enumerate(("./mill back\n./mill ring", "./tell", "./other", "./undo"))
    ]  # fmt: skip
    text = "\n".join(page(*ITEMS, book=dataclasses.replace(BOOK, commands=tuple(kept))))
    assert "The plan's commands for it: Way back" in text
    assert "[ ] $ ./mill back   … and 1 more lines" in text
    assert "[ ] $ ./tell" in text
    assert "./undo" not in text
