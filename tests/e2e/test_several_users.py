"""Several Unix users share a home: its folder says so, and each takes part under their own id."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.cli.program import start
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run.events import Draft, NoteAdded
from tests.fakes.history import ADA
from tests.integration.journal.scenes import begun, opened

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be other users")
GROUP, ADAS, GRACES = 65101, 65102, 65103
PLAN = """\
format = 1
title = "Shared"
[roles]
cto = ["Grace <grace@example.com>"]
[[phase]]
id = "core"
title = "Core"
gate = { roles = ["cto"], four_eyes = true }
[[phase.step]]
id = "a"
title = "By hand"
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the group's, with a plan, in a place that others may enter."""
    place = Path(tempfile.mkdtemp(prefix="shared-"))
    place.chmod(0o755)
    made = place / "home"
    made.mkdir()
    os.chown(made, 0, GROUP)
    made.chmod(0o2770)
    (place / "plan.toml").write_text(PLAN, encoding="utf-8")
    (place / "plan.toml").chmod(0o644)
    monkeypatch.setenv("HOME", str(place))
    yield made
    shutil.rmtree(place)


def child(user: int, deed: Callable[[], int], said: Path) -> int:
    """A process of another user's that does something; its id. What it imports is loaded already:
    others may not read where Python lies."""
    pid = os.fork()
    if pid:
        return pid
    status = 99
    try:
        os.setgroups([GROUP])
        os.setgid(GROUP)
        os.setuid(user)
        os.umask(0o077)
        fd = os.open(said.parent / f"{said.name}.{user}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(fd, 1)
        os.dup2(fd, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        status = deed()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001  nothing of this process may go on in the test
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(status)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def as_user(user: int, home: Path, *words: str) -> int:
    """A command line of another user's."""
    os.environ["RUNBOOK_HOME"] = str(home)
    return ended(child(user, lambda: start(words), home / "said"))


def warm(home: Path, plan: Path) -> None:
    """Load all that the others will use, in a home of our own."""
    own = home.parent / "own"
    own.mkdir(mode=0o700)
    os.environ["RUNBOOK_HOME"] = str(own)
    grace = ("--as", "Grace <grace@example.com>")
    assert start(["run", str(plan), "--no-tui", "--as", "Ada"]) == 7
    with SqliteJournal.open_reading(own / "journal.db") as journal:
        run = journal.runs()[0].run
    assert start(["sign", run, "core", "--role", "cto", *grace]) == 0
    assert start(["tick", run, "a", "--as", "Ada"]) == 0
    assert start(["verify"]) == 0


def test_lead_and_reviewer_are_different_users_of_one_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", "")
    plan = home.parent / "plan.toml"
    warm(home, plan)
    os.chown(plan, ADAS, GROUP)  # The plan of whoever begins it.
    plan.chmod(0o644)
    said = home / f"said.{GRACES}"
    assert as_user(ADAS, home, "run", str(plan), "--no-tui", "--as", "Ada <ada@example.com>") == 7
    with SqliteJournal.open_reading(home / "journal.db") as journal:
        run = journal.runs()[0].run
    sign = ("sign", run, "core", "--role", "cto", "--as", "Grace <grace@example.com>")
    assert as_user(GRACES, home, *sign) == 0, said.read_text()
    assert as_user(ADAS, home, "tick", run, "a", "--as", "Ada <ada@example.com>") == 0
    assert as_user(GRACES, home, "verify") == 0, said.read_text()
    with SqliteJournal.open_reading(home / "journal.db") as journal:
        events = journal.events(run)
    assert {event.type for event in events} >= {"signoff.given", "gate.opened", "step.finished"}
    others = [path for path in home.rglob("*") if path.stat().st_mode & stat.S_IRWXO]
    assert others == []


def test_users_append_at_once_and_nothing_is_lost(home: Path) -> None:
    # As above: what is loaded here need not be loaded there.
    with opened(home.parent / "own.db") as own:
        own.append("x", begun_draft(), ADA)

    def append() -> int:
        with opened(home / "journal.db") as journal:
            journal.append("x", begun_draft(), ADA)
            for number in range(15):
                note = Draft(payload=NoteAdded(text=f"{os.geteuid()} {number}"))
                journal.append("x", [note], ADA)
        return 0

    children = [child(user, append, home / "said") for user in (ADAS, GRACES, ADAS, GRACES)]
    assert [ended(pid) for pid in children] == [0, 0, 0, 0]
    with SqliteJournal.open_reading(home / "journal.db") as reader:
        assert len(reader.events("x")) == 1 + 4 * 15
        assert reader.verify().problems == ()
    for name in ("journal.db", "journal.lock", "journal.bell"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o660
        assert (home / name).stat().st_gid == GROUP


def begun_draft() -> list[Draft]:
    """One start for all: an id that is recorded already is not recorded again."""
    return begun("x")


def test_a_home_of_one_person_stays_theirs(tmp_path: Path) -> None:
    with opened(tmp_path / "home" / "journal.db") as journal:
        journal.append("x", begun_draft(), ADA)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
