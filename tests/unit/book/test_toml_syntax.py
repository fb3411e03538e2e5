"""A line that is no TOML hides no other fault; what reaches over lines hides what follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.files import faults_of, said
from tests.unit.book.planting import Plant, planted, told
from tests.unit.book.test_faults_at_once import PLANTS

EVERY_KEY = (Path(__file__).parents[2] / "data" / "every_key.toml").read_text(encoding="utf-8")
LINES = (
    Plant(line="pull_request", text="pull_request = «#322", says="no TOML: Invalid value"),
    Plant(line='status = "ready"', text="status = «ready", says="no TOML: Invalid value"),
    Plant(line='status = "ready"', text='status «"ready"', says="no TOML: Expected '='"),
    Plant(line='before = ', text="before = 'echo« ", says="no TOML: Illegal character"),
    Plant(line='cwd = "repo"', text='cwd = "repo"\n«cwd = "there"', says="no TOML: Cannot overw"),
    Plant(line='evidence', text='evidence = ["a" «"b"]', says="no TOML: Unclosed array"),
    Plant(line='action = "git.push"', text="action = «git.push", says="no TOML: Invalid value"),
    Plant(line="id = \"pr-a\"", text="id = «pr-a", says="no TOML: Invalid value"),
    Plant(line="outputs", text="outputs = [«old]", says="no TOML: Invalid value"),
    Plant(line="prometheus", text="prometheus = { «}}", says="no TOML: "),
    Plant(line="[[alert]]", text="[[alert«", says="no TOML: Expected ']]' at the end"),
    Plant(line="[policy]", text="[policy«", says="no TOML: Expected ']' at the end"),
)  # fmt: skip


def at_line(wanted: list[str]) -> list[str]:
    """Where something is no TOML, the column is where reading it ended: the line counts."""
    return sorted(
        ":".join([*w.split(":")[:2], w.split(": ", 1)[1][:7]]) if "no TOML" in w else w
        for w in wanted
    )


@pytest.mark.parametrize("plant", LINES, ids=lambda p: p.text)
def test_a_line_that_is_no_toml_is_told_alone(plant: Plant) -> None:
    files, wanted = planted({"plan.toml": EVERY_KEY}, [plant])
    found = [w.replace(" (", ": ") for w in said(files)]
    assert at_line(found) == at_line(wanted)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), unique_by=lambda p: p.line, min_size=1, max_size=4),
    st.lists(st.sampled_from(PLANTS), unique_by=lambda p: p.line, max_size=6),
)
@pytest.mark.thorough
def test_lines_that_are_no_toml_hide_no_other_fault(
    lines: list[Plant], plants: list[Plant]
) -> None:
    taken = {p.line.split(" ")[0] for p in lines}
    # What could not be read may be what these are about.
    others = [p for p in plants if p.line.split(" ")[0] not in taken and " needs " not in p.says]
    others = [p for p in others if "applies" not in p.says and "«${{" not in p.text]
    files, wanted = planted({"plan.toml": EVERY_KEY}, [*lines, *others])
    assert at_line(told(faults_of(files), wanted)) == at_line(wanted)


@pytest.mark.parametrize(
    "more",
    ['text = """\nnot closed\n', "text = '''\nnot closed\n", 'needs = [\n"a",\n', "[[phase"],
)
def test_what_does_not_end_is_told_and_nothing_made_up(more: str) -> None:
    text = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "A"\n'
    found = said({"plan.toml": text + more + '[[phase.step]]\ntitle = "B"\nrnu = 1\n'})
    assert "no TOML" in found[0]
    assert len([f for f in found if "unknown key" not in f]) == 1


def test_a_plan_that_is_wrong_everywhere_ends_soon() -> None:
    found = said({"plan.toml": "what is this\n" * 2000})
    assert 1 < len(found) < 100
    assert all("no TOML" in line for line in found)


def test_columns_count_characters_however_long_the_line_is() -> None:
    steps = ", ".join(f'{{ title = "é{n}", run = "x", undo = "y", rnu = 1 }}' for n in range(300))
    text = f'format = 1\ntitle = "{"x" * 100_000}"\n[[phase]]\ntitle = "P"\nstep = [{steps}]\n'
    line = text.split("\n")[4]
    columns = [at + 1 for at in range(len(line)) if line.startswith("rnu", at)]
    found = faults_of({"plan.toml": text})
    assert [(f.line, f.column) for f in found] == [(5, column) for column in columns]
