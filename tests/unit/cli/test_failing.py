"""A fault of ours is one line and a file, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbook_tui.cli.failing import explain


def test_a_crash_is_one_line_and_the_path_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path))
    try:
        raise KeyError("a\nb \x1b[31m")
    except KeyError as error:
        assert explain(error) == 70
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said
    (log,) = tmp_path.glob("crash-*.log")
    assert str(log) in said
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_without_a_home_the_log_goes_to_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(tmp_path / "missing"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert explain(RuntimeError("x")) == 70
    assert str(tmp_path / "crash-") in capsys.readouterr().err
