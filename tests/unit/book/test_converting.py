"""A plan written as TOML says what it said before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runbook_tui.book import model as m
from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.reader import LARGEST, decode, read
from runbook_tui.book.toml.text import toml_text
from tests.fakes.files import read_files
from tests.fakes.same import differences, plain

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("RUNBOOK_CORPUS", "/nowhere"))
PLACES = """\
format = 1
title = "T"
[parameters.url]
[environments.staging]
values = { url = "x" }
colour = "blue"
[environments.live]
production = true
[[threshold]]
name = "N"
exactly = 0
group = "G"
[[phase]]
title = "P"
[[phase.step]]
title = "S"
"""
PLANS = [
    ROOT / "tests" / "data" / "every_key.toml",
    *sorted((ROOT / "runbooks").glob("*.toml")),
    *sorted(p for p in CORPUS.glob("o*") if p.suffix != ".rb"),
]
MARKDOWN = """\
# Ship it (about 3 hours)

Takes 2-3 hours.

## Phase 1: Prepare

Requires approval from the CTO.

1. **Merge** (15-20 min)
   - [ ] Pipeline is green
   ```bash
   git merge <BRANCH>
   ```
   Rollback: `git reset --hard <OLD_HEAD>`
2. Tell *everybody*
   - [ ] Support
   - [ ] Support

## Rollback

- [ ] Put it back (0-5 minutes)
  ```bash
  ./deploy <OLD>
  ```

## Escalation

- Technical: Lead → CTO (within 30 minutes)
"""
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
NAMED = ANY.filter(lambda text: bool(text.strip()))
WHOLE = st.integers(0, 10**6).map(float)


def same(runbook: m.Runbook) -> list[str]:
    return list(differences(plain(runbook), plain(read(toml_text(runbook), "made.toml"))))


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.name)
def test_a_plan_as_people_write_it(path: Path) -> None:
    assert same(read(decode(path.read_bytes()[:LARGEST], path.name), path.name)) == []


def test_a_plan_in_markdown_with_something_of_everything() -> None:
    runbook = read(MARKDOWN, "plan.md")
    assert {p.placeholder for p in runbook.parameters} == {"<BRANCH>", "<OLD_HEAD>", "<OLD>"}
    assert [c.rollback for c in runbook.commands if c.step is None or "back" in c.step]
    assert same(runbook) == []


def test_environments_and_groups() -> None:
    runbook = read(PLACES, "plan.toml")
    assert [e.name for e in runbook.environments] == ["staging", "live"]
    assert same(runbook) == []


def test_what_it_takes_in_is_in_the_one_file() -> None:
    runbook = read_files({
        "plan.toml": 'format = 1\nextends = "base.md"\n[[phase]]\nid = "more"\n'
        'include = "part.toml"\n[[phase.step]]\ntitle = "Far"\nhosts = ["a", "b"]\nrun = "x"\n',
        "base.md": MARKDOWN,
        "part.toml": 'format = 1\ntitle = "Q"\n[[phase]]\ntitle = "R"\n[[phase.step]]\n'
        'title = "T"\nchecks = ["T", "T"]\n',
    })  # fmt: skip
    assert not runbook.advised
    assert same(runbook) == []


@example(titles=["0"], texts=["", "", "\r\n"], takes=[0.0, 0.0], env={}, advised=False)
@given(
    titles=st.lists(NAMED, min_size=1, max_size=4),
    texts=st.lists(ANY, min_size=3, max_size=3),
    takes=st.tuples(WHOLE, WHOLE).map(sorted),
    env=st.dictionaries(st.text("ABC_", min_size=1), ANY, max_size=2),
    advised=st.booleans(),
)
def test_whatever_stands_in_the_texts(
    titles: list[str], texts: list[str], takes: list[float], env: dict[str, str], advised: bool
) -> None:
    from runbook_tui.book.ids import Ids

    ids = Ids()
    checks = tuple(m.Check(id=ids.make(t), title=t) for t in titles)
    estimate = m.Estimate(minimum=takes[0], maximum=takes[1])
    step = m.Step(id=ids.make(titles[0]), title=titles[0], text=texts[0], checks=checks, env=env,
                  estimate=estimate, confirm=texts[1], evidence=tuple(texts))  # fmt: skip
    phase = m.Phase(id=ids.make("p"), title=titles[-1], text=texts[2], steps=(step,))
    order = "advised" if advised else "required"
    runbook = m.Runbook(title=titles[-1], phases=(phase,), order=order, estimates=(estimate,))
    try:
        found = same(runbook)
    except PlanFaults as faults:
        # Only what no plan may say at all.
        assert all("control" in f.message or "NUL" in f.message for f in faults.faults), faults
        return
    assert found == []
