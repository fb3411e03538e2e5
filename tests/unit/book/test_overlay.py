"""A first overlay says what its plan says, and finds its nodes again when that is edited."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import LARGEST, decode, read
from runbook_tui.book.toml.overlay import overlay_text
from tests.fakes.files import read_files, said
from tests.fakes.same import differences, plain

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("RUNBOOK_CORPUS", "/nowhere"))
PLANS = [
    *sorted((ROOT / "runbooks").glob("*.toml")),
    ROOT / "tests" / "data" / "every_key.toml",
    *sorted(p for p in CORPUS.glob("o*") if p.suffix != ".rb"),
]
PLAN = """\
# Ship it

## Phase 1: Prepare

1. **Announce** (5 minutes)
   - Support knows
   ```bash
   echo moving to <TARGET>
   ```
2. **Stop writes**

## Phase 2: Move

CTO approval required before Phase 2.

1. **Copy**
   ```bash
   ./copy.sh <TARGET> $SECRET_TOKEN
   ```
   Rollback: `./back.sh`
2. Look
   ```bash
   ls
   ```

## Rollback

- [ ] Put it back (0-5 minutes)
"""


def overlaid(text: str, name: str, overlay: str | None = None) -> Runbook:
    added = overlay_text(read(text, name), name) if overlay is None else overlay
    return read_files({"plan.toml": added, name: text})


def same(text: str, name: str) -> list[str]:
    return list(differences(plain(read(text, name)), plain(overlaid(text, name))))


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.name)
def test_unchanged_it_is_the_plan(path: Path) -> None:
    text = decode(path.read_bytes()[:LARGEST], path.name)
    assert same(text, path.name) == []


def test_unchanged_it_is_the_plan_with_something_of_everything() -> None:
    book = overlaid(PLAN, "plan.md")
    assert same(PLAN, "plan.md") == []
    assert book.advised
    assert {f.code for f in book.findings} & {"id-moved", "same-titles", "gate-replaced"} == set()


LINE = st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r"), max_size=20)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["## ", "1. ", "- [ ] ", "   - ", "   "]), LINE),
                min_size=1, max_size=12))  # fmt: skip
def test_whatever_is_written_in_the_plan(lines: list[tuple[str, str]]) -> None:
    text = "# T\n\n" + "\n".join(a + b for a, b in lines) + "\n1. `git push`\n"
    try:
        read(text, "plan.md")
    except PlanFaults:
        return
    assert same(text, "plan.md") == []


FILLED = overlay_text(read(PLAN, "plan.md"), "plan.md").replace(
    'id = "copy"\n', 'id = "copy"\nverify_undo = "./is-back"\n'
)


def undos(book: Runbook) -> dict[str, str | None]:
    return {s.title: s.verify_undo for s in book.walk()}


@pytest.mark.parametrize(
    "edit",
    [
        ("## Phase 1: Prepare", "## Phase 1: Ask\n\n1. Ask them\n\n## Phase 2: Prepare"),
        ("## Phase 2: Move", "## Phase 3: Move"),
        ("## Phase 2: Move", "## Phase 2: Relocation"),
        ("**Copy**", "**The copy:**"),
        ("1. **Copy**", "1. Lock\n1. **Copy**"),
        ("2. **Stop writes**", "2. **Stop all writes now**\n3. Stop writes"),
    ],
    ids=["before", "renumbered", "phase-reworded", "article", "step-before", "other-reworded"],
)
def test_what_was_filled_in_stays_at_its_step(edit: tuple[str, str]) -> None:
    text = PLAN.replace(*edit).replace("before Phase 2", "before Phase 3") if "3" in edit[1] else (
        PLAN.replace(*edit))  # fmt: skip
    assert text != PLAN
    book = overlaid(text, "plan.md", FILLED)
    found = {t: v for t, v in undos(book).items() if v}
    assert list(found.values()) == ["./is-back"]
    assert next(iter(found)).lower().strip(":").endswith("copy")
    ids = [s.id for s in read(text, "plan.md").walk()]
    assert [s.id for s in book.walk()] == ids


def test_what_is_reworded_is_a_fault_that_names_the_likely_one() -> None:
    text = PLAN.replace("**Copy**", "**Copy the tables**")
    faults = said({"plan.toml": FILLED, "plan.md": text})
    assert len(faults) == 1
    assert "“copy” (“Copy”) is not in the plan" in faults[0]
    with pytest.raises(PlanFaults) as raised:
        overlaid(text, "plan.md", FILLED)
    (fault,) = raised.value.faults
    assert 'Then write id = "copy-the-tables" and titled = "Copy the tables"' in fault.hint
    assert FILLED.split("\n")[fault.line - 1] == 'id = "copy"'


def test_an_undo_never_comes_to_another_step() -> None:
    """Of two that could be meant none is taken, and a step in place of another is not it."""
    for instead in ("1. **Copy back**", "1. 1) Copy\n\n   x\n2. 2) Copy\n"):
        text = PLAN.replace("1. **Copy**", instead)
        try:
            book = overlaid(text, "plan.md", FILLED)
        except PlanFaults:
            continue
        assert [s.title for s in book.walk() if s.verify_undo] in (["Copy"], ["1) Copy"])
        assert "same-titles" in {f.code for f in book.findings}


def test_more_of_one_title_than_were_named_is_a_finding() -> None:
    text = PLAN.replace("1. **Copy**", "1. Copy\n1. **Copy**")
    found = [f for f in overlaid(text, "plan.md", FILLED).findings if f.code == "same-titles"]
    assert ["2 are titled “Copy”" in f.message for f in found] == [True]


def test_what_was_found_again_is_told_with_its_new_id() -> None:
    book = overlaid(PLAN.replace("Phase 2: Move", "Phase 3: Move"), "plan.md", FILLED)
    (found,) = (f for f in book.findings if f.code == "id-moved")
    assert "“phase-2-move” is “phase-3-move” now" in found.message
    assert FILLED.split("\n")[found.line - 1] == 'id = "phase-2-move"'


def test_references_follow() -> None:
    over = FILLED.replace('id = "copy"\n', 'id = "copy"\nneeds = ["phase-1-prepare"]\n')
    book = overlaid(PLAN.replace("Phase 1: Prepare", "Phase 0: Prepare"), "plan.md", over)
    assert [s.needs for s in book.walk() if s.needs] == [("phase-0-prepare",)]


def test_an_id_without_a_title_gets_a_suggestion() -> None:
    over = 'format = 1\nextends = "plan.md"\n[[phase]]\nid = "phase-2-mov"\nrisk = "high"\n'
    assert ["“phase-2-mov” is not in the plan" in f for f in said(
        {"plan.toml": over, "plan.md": PLAN})] == [True]  # fmt: skip


def test_titled_is_for_a_plan_that_adds_to_another() -> None:
    text = 'format = 1\ntitle = "T"\n[[phase]]\ntitled = "P"\n[[phase.step]]\ntitle = "S"\n'
    assert ["adds to no other" in f for f in said({"plan.toml": text})] == [True]


def test_the_text_shows_what_was_recognised() -> None:
    words = (
        "# written <TARGET>",
        "#   echo moving to <TARGET>",
        "# is taken back by:\n#   ./back",
        "# only looks",
        '# undo = ""',
        '# gate = { roles = ["cto"]',
        "[[procedure.stage]]",
        '{ id = "support-knows", titled = "Support knows" }',
    )
    assert [w for w in words if w not in FILLED] == []
