"""Where a token for GitHub is looked for, in order, and how that is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from runbook_tui.cli.doctor import command
from runbook_tui.forge.tokens import API, sources, token

ENTERPRISE = "https://git.example.com/api/v3"
RING = """\
import sys
if sys.argv[1:] != ["get", "runbook", "git.example.com"]:
    sys.exit(1)
print("ring")
"""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No token anywhere, and a folder of programs and libraries of the test's own."""
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN",
                 "GITHUB_API_URL"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    return tmp_path


def program(place: Path, text: str) -> None:
    gh = place / "gh"
    gh.write_text(f"#!/bin/sh\n{text}\n")
    gh.chmod(0o755)


def keyring(place: Path) -> None:
    """One that has a token for one host, as its program is called."""
    library = place / "lib" / "keyring"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("")
    (library / "__main__.py").write_text(RING)


def test_the_environment_comes_before_gh_and_gh_before_the_keyring(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring(bare)
    (bare / "keyring.py").write_text("print('not the keyring')")
    monkeypatch.chdir(bare)
    assert token(ENTERPRISE) == "ring"
    assert token(API) == ""
    program(bare, 'test "$*" = "auth token --hostname git.example.com" && echo of-gh')
    assert token(ENTERPRISE) == "of-gh"
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_ENTERPRISE_TOKEN"):
        monkeypatch.setenv(name, f"of-{name}")
        assert token(ENTERPRISE) == f"of-{name}"


def test_one_that_is_not_there_or_does_not_work_is_passed_over_and_says_why(bare: Path) -> None:
    program(bare, "exit 1")
    said = {one.name: one.why for one in sources(API)}
    assert said["GH_TOKEN"] == "not set"
    assert said["gh auth token"] == "has none"
    assert list(said)[-1].startswith("keyring (runbook, github.com)")


def test_the_doctor_shows_the_order_and_never_a_token(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
    program(bare, "echo of-gh")
    shown = CliRunner().invoke(command).output
    (line,) = (x for x in shown.splitlines() if x.split()[1:2] == ["github"])
    assert "GH_TOKEN: not set, GITHUB_TOKEN: USED, gh auth token: there, not used" in line
    assert "hunter2" not in shown
    assert "of-gh" not in shown
