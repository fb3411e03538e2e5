"""The few lines of shell in the documentation check a run that this program has recorded."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from runbook_tui.command.evidence import KeptLogs
from runbook_tui.journal.lines import lines_of
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.session.archiving import contents
from tests.integration.session import test_attacks
from tests.integration.session.test_attacks import Told

told = test_attacks.told
DOCS = Path(__file__).parents[3] / "docs" / "journal.md"


@pytest.fixture
def unpacked(told: Told, tmp_path: Path) -> Path:
    """What an archive of the run unpacks into."""
    with SqliteJournal.open_reading(told.path) as journal:
        lines, events = lines_of(journal, told.run), journal.events(told.run)
    place = told.path.parent / "runs" / told.run
    for packed in contents(lines, events, KeptLogs(), place):
        file = tmp_path / "run" / packed.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"".join(packed.blocks()))
    return tmp_path / "run"


def checked(folder: Path, *more: str) -> tuple[int, str]:
    (script,) = re.findall(r"```bash\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    words = ["bash", "-c", script, "check", str(folder), *more]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_it_says_of_an_honest_run_what_we_say(told: Told, unpacked: Path) -> None:
    status, said = checked(unpacked)
    assert (status, said) == (0, f"holds: {told.sealed} events, 2 signatures, head {told.head}\n")


def test_a_changed_event_and_a_forged_signature_are_found(told: Told, unpacked: Path) -> None:
    file = unpacked / "events.jsonl"
    honest = file.read_text(encoding="utf-8")
    file.write_text(honest.replace("the disk is red", "the disk is fine"), encoding="utf-8")
    assert checked(unpacked) == (8, "event 2: changed\n")
    file.write_text(honest, encoding="utf-8")
    trusted = unpacked / "trusted"
    trusted.write_text(told.keys.allowed("ada", "eve").replace("eve@", "grace@"), encoding="utf-8")
    status, said = checked(unpacked, str(trusted))
    assert status == 8
    assert "event 3: signature of grace@example.com" in said


def test_hashes_made_anew_after_an_edit_do_not_help(told: Told, unpacked: Path) -> None:
    """The same with the arithmetic of the documentation, not with ours."""
    file = unpacked / "events.jsonl"
    changed = file.read_text(encoding="utf-8").replace("the disk is red", "the disk is fine")
    file.write_text(changed, encoding="utf-8")
    genesis = json.loads((unpacked / "archive.json").read_text(encoding="utf-8"))["genesis"]
    head, hashes = hashlib.sha256(genesis.encode()).digest(), []
    for line in changed.encode().splitlines():
        head = hashlib.sha256(head + line).digest()
        hashes.append(f"{head.hex()}\n")
    (unpacked / "hashes").write_text("".join(hashes), encoding="utf-8")
    status, said = checked(unpacked)
    assert status == 8
    assert "event 3: signature of grace@example.com" in said
