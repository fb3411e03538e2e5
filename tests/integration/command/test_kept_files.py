"""Files that are kept as evidence: plain ones of the step's folder, within bounds."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import pytest

from runbook_tui.command import kept_files
from runbook_tui.command.kept_files import EvidenceFiles
from runbook_tui.session.ports.kept_files import FileKept


def keep(
    tmp_path: Path, *patterns: str, secrets: dict[str, str] | None = None
) -> dict[str, FileKept]:
    """What is kept of the folder ``work``, by name."""
    found = EvidenceFiles().keep(
        tmp_path / "work", patterns, tmp_path / "kept", secrets or {}
    )  # fmt: skip
    return {one.name: one for one in found}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "out" / "deep").mkdir(parents=True)
    (folder / "merge.log").write_text("merged")
    (folder / "out" / "a.png").write_bytes(b"a")
    (folder / "out" / "deep" / "b.png").write_bytes(b"b")
    return folder


def test_what_the_patterns_name_is_copied_with_its_digest(tmp_path: Path, work: Path) -> None:
    found = keep(tmp_path, "merge.log", "out/*.png", "out/**/*.png")
    assert list(found) == ["merge.log", "out/a.png", "out/deep/b.png"]
    for name, one in found.items():
        data = (work / name).read_bytes()
        assert (tmp_path / "kept" / one.file).read_bytes() == data
        assert (one.bytes, one.digest) == (len(data), hashlib.sha256(data).hexdigest())


def test_what_names_nothing_or_lies_outside_is_said(tmp_path: Path, work: Path) -> None:
    found = keep(tmp_path, "no.log", "../secret", "/etc/passwd", "~/x", "out/../../x", "")
    assert {one.reason for one in found.values()} == {
        "there is no such file", "it lies outside of the step's folder",
    }  # fmt: skip
    assert not (tmp_path / "kept").exists()


def test_links_devices_pipes_and_folders_are_not_followed(tmp_path: Path, work: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "x.log").write_text("x")
    (work / "link.log").symlink_to(tmp_path / "away" / "x.log")
    (work / "dir").symlink_to(tmp_path / "away")
    (work / "null").symlink_to("/dev/null")
    os.mkfifo(work / "pipe")
    found = keep(tmp_path, "*.log", "dir/x.log", "**/x.log", "pipe", "null", "out")
    assert found["link.log"].reason == "it is a link; name the file that it leads to"
    assert found["dir/x.log"].reason == "there is no such file"
    assert found["**/x.log"].reason == "there is no such file"
    assert found["pipe"].reason == "it is a pipe"
    assert "link" in found["null"].reason
    assert found["out"].reason == "it is a folder"
    assert found["merge.log"].digest


def test_a_file_that_holds_a_secret_is_not_kept_in_whatever_form(
    tmp_path: Path, work: Path
) -> None:
    (work / "plain.txt").write_text("token=hunter2secret")
    (work / "coded.txt").write_bytes(b"Basic " + base64.b64encode(b"me:hunter2secret"))
    found = keep(tmp_path, "*.txt", "merge.log", secrets={"token": "hunter2secret"})
    for name in ("plain.txt", "coded.txt"):
        assert found[name].reason == "it holds the value of the secret token"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["003-merge.log"]


def test_there_are_bounds(tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, "LARGEST", 10)
    monkeypatch.setattr(kept_files, "ROOM", 15)
    monkeypatch.setattr(kept_files, "MOST", 4)
    (work / "1.txt").write_bytes(bytes(10))
    (work / "2.txt").write_bytes(bytes(11))
    (work / "3.txt").write_bytes(bytes(6))
    (work / "4.txt").write_bytes(bytes(5))
    (work / "5.txt").write_bytes(b"")
    found = keep(tmp_path, "*.txt")
    kept = [bool(found[f"{n}.txt"].digest) for n in (1, 2, 3, 4)]
    assert kept == [True, False, False, True]
    assert "the rest is not kept" in found["*.txt"].reason
    monkeypatch.setattr(kept_files, "LOOKED", 2)
    assert "would have to be looked at" in keep(tmp_path, "**/*.png")["**/*.png"].reason
