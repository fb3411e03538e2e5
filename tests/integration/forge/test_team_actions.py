"""Actions and probes of a team's own: the example package, installed as a team would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLAN = """\
format = 1
title = "Flags"
[[phase]]
title = "One"
[[phase.step]]
id = "set"
title = "Set the flag"
action = "team.flag"
with = { file = "flags/new", value = "on" }
[[phase.step]]
title = "Look"
run = 'test "$is_now" = on'
changes = false
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--no-build-isolation", "--disable-pip-version-check", "--target", str(place),
         str(ROOT / "docs" / "example-actions")],
        check=True, capture_output=True,
    )  # fmt: skip
    return place


class Team:
    def __init__(self, folder: Path, installed: Path) -> None:
        self.work = folder / "work"
        (self.work / "flags").mkdir(parents=True)
        (self.work / "plan.toml").write_text(PLAN)
        self.env = {
            **os.environ, "RUNBOOK_HOME": str(folder / "home"), "RUNBOOK_AS": "Ada <a@example.com>",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{installed}",
        }  # fmt: skip

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "runbook_tui", *words], cwd=self.work, env=self.env,
            text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=100,
        )  # fmt: skip


@pytest.fixture
def team(tmp_path: Path, installed: Path) -> Team:
    return Team(tmp_path, installed)


def test_a_teams_action_runs_and_is_taken_back_without_its_package(team: Team) -> None:
    flag = team.work / "flags" / "new"
    flag.write_text("off")
    done = team("run", "plan.toml", "--no-tui")
    assert done.returncode == 0, done.stdout + done.stderr
    assert flag.read_text() == "on"
    team.env["PYTHONPATH"] = str(ROOT)
    back = team("rollback", "--yes", "--scope", "run")
    assert back.returncode == 5, back.stdout + back.stderr
    assert flag.read_text() == "off"


def test_check_knows_what_it_takes_and_says_what_there_is(team: Team) -> None:
    assert team("check", "plan.toml").returncode == 0
    path = team.work / "plan.toml"
    path.write_text(PLAN.replace("value =", "valve ="))
    told = team("check", "plan.toml")
    assert told.returncode == 3
    assert "team.flag needs with.value" in told.stdout
    path.write_text(PLAN.replace("team.flag", "team.fleg"))
    assert "github.merge" in (told := team("check", "plan.toml")).stdout
    assert "team.flag" in told.stdout
    team.env["PYTHONPATH"] = str(ROOT)
    path.write_text(PLAN)
    assert "there is no action “team.flag”" in team("check", "plan.toml").stdout


def test_a_package_that_cannot_be_loaded_is_named(team: Team, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "broken-1.0.dist-info").mkdir(parents=True)
    (broken / "broken-1.0.dist-info" / "METADATA").write_text("Name: broken\nVersion: 1.0\n")
    (broken / "broken-1.0.dist-info" / "entry_points.txt").write_text(
        "[runbook_tui.actions]\nteam.broken = nowhere_at_all:ACTION\n"
    )
    team.env["PYTHONPATH"] += f"{os.pathsep}{broken}"
    assert team("check", "plan.toml").returncode == 0
    (team.work / "plan.toml").write_text(PLAN.replace("team.flag", "team.broken"))
    told = team("check", "plan.toml")
    assert told.returncode == 3
    assert "team.broken (nowhere_at_all:ACTION) cannot be loaded" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


def test_a_teams_probe_is_a_command_with_a_number(team: Team) -> None:
    (team.work / "flags" / "a").write_text("")
    (team.work / "flags" / "b").write_text("")
    told = team("probe", "team.queue", "folder=flags")
    assert (told.returncode, told.stdout) == (0, "2\n"), told.stderr
    told = team("probe", "team.queue", "folder=nowhere")
    assert (told.returncode, told.stdout) == (1, "")
    assert "there is no folder nowhere" in told.stderr
    assert "there is team.queue" in team("probe", "team.what").stderr
