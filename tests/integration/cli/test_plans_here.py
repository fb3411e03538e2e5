"""Which files home takes for plans, and what it says of those that it cannot have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runbook_tui.cli.home_source import HomeSource
from runbook_tui.cli.plans_here import MOST_FOLDERS, here, plans_here
from runbook_tui.tui.home.offers import NoForm, NoList, PlanRow

TOML = 'format = 1\ntitle = "Ship"\n[[phase]]\ntitle = "One"\n[[phase.step]]\ntitle = "Go"\n'


def put(folder: Path, name: str, text: str = TOML) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in plans_here(folder)]


def test_plans_of_the_folder_come_first_then_those_below_that_are_meant_to_be_plans(
    tmp_path: Path,
) -> None:
    for name in ("b.toml", "a.md", "README.md", "docs/notes.md", "ops/runbooks/deep/c.md",
                 "ops/d.toml", "Playbooks/e.md", ".git/f.toml", "node_modules/x/g.toml",
                 "a/b/c/d/too-deep.toml"):  # fmt: skip
        put(tmp_path, name)
    put(tmp_path, "pyproject.toml", '[tool.x]\nformat-strings = true\nformat = "json"\n')
    (tmp_path / "ops" / "round").symlink_to(tmp_path)
    (tmp_path / "nowhere.md").symlink_to(tmp_path / "gone.md")
    os.mkfifo(tmp_path / "pipe.md")
    assert names(tmp_path) == [
        "a.md", "b.toml", "Playbooks/e.md", "ops/d.toml", "ops/runbooks/deep/c.md"
    ]  # fmt: skip


def test_a_tree_without_an_end_is_not_gone_through(tmp_path: Path) -> None:
    for number in range(MOST_FOLDERS + 5):
        put(tmp_path, f"{number:04}/plan.toml")
    assert len(names(tmp_path)) == MOST_FOLDERS


def test_a_folder_that_is_gone_is_named_and_runs_need_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.setenv("PWD", str(gone))
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path / "home"))
    gone.rmdir()
    assert here() == gone
    source = HomeSource(here())
    assert source.runs() == []
    with pytest.raises(NoList, match="gone: No such file"):
        source.plans()


def test_a_plan_that_vanishes_is_said_to_be_gone(tmp_path: Path) -> None:
    path = put(tmp_path, "a.toml")
    source = HomeSource(tmp_path)
    (row,) = source.plans()
    path.unlink()
    found = source.read(row)
    assert (found.read, found.faults) == (True, 1)
    assert "No such file" in found.lines[0]
    with pytest.raises(NoForm, match=r"there is no file .*r looks again"):
        source.form(row.path)


@pytest.mark.parametrize(
    ("declared", "last", "value", "offered"),
    [
        ('choices = ["eu", "us"]\ndefault = "eu"', "us", "eu", "us"),
        ('choices = ["eu", "us"]\ndefault = "eu"', "asia", "eu", ""),
        ('pattern = "v[0-9]"', "2", "", ""),
        ('pattern = "v[0-9]"', "v2", "v2", ""),
    ],
)
def test_the_last_run_s_value_is_offered_where_the_plan_still_takes_it(
    declared: str,
    last: str,
    value: str,
    offered: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = put(tmp_path, "a.toml", f"{TOML}\n[parameters.x]\n{declared}\n")
    source = HomeSource(tmp_path)
    monkeypatch.setattr(source, "_last", lambda book, file: {"x": last})
    (field,) = source.form(str(path)).fields
    assert (field.value, field.last) == (value, offered)


def test_a_row_of_a_folder_below_is_read_like_any(tmp_path: Path) -> None:
    put(tmp_path, "runbooks/ship.toml")
    source = HomeSource(tmp_path)
    (row,) = source.plans()
    assert isinstance(row, PlanRow)
    assert source.read(row).title == "Ship"
