"""Failures that a drill brings about in the sandbox, each at one step, half-way through its work.

Hooks of git and a `tar` of our own are what the steps come through: there the step is held while
something is killed, or fails, or ships what is broken. Each acts once: what takes the step back
comes through the same places.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from runbook_tui.frozen import frozen

MERGES = {
    "docs-merge": "Merge the documentation",
    "config-merge": "Merge the configuration",
    "tests-merge": "Merge the tests",
    "tools-merge": "Merge the developer tools",
    "security-merge": "Merge the security fixes",
    "performance-merge": "Merge the performance change",
    "conflict-resolve": "Resolve on a branch, performance on top of security",
}
"""Steps of the demo's plan that git carries out, and their titles."""
DEPLOYS = {
    "foundation-deploy": "Deploy the foundation",
    "security-deploy": "Deploy the security fixes",
    "performance-deploy": "Deploy the performance change",
}
STEPS = {**MERGES, **DEPLOYS}
UNPUSHED = "conflict-resolve"
"""The one merge that is not pushed: it fails when it is committed."""

FAILS = "the command fails half-way"
COMMAND = "the command is killed"
APPLICATION = "the application is killed"
SUPERVISOR = "the supervisor is killed"
SERVICE = "the service gets unhealthy"
JOURNAL = "the journal cannot be read"
KINDS = (FAILS, COMMAND, APPLICATION, SUPERVISOR, SERVICE, JOURNAL)
HELD = (COMMAND, APPLICATION, SUPERVISOR, JOURNAL)
"""What happens while the step is held in the middle of its work."""

POLL = 0.01
HOOK = """\
#!/bin/sh
# {name}: acts once, at one step.
place={place}
test "$RUNBOOK_STEP" = "$(cat "$place/step" 2>/dev/null)" || exit 0
test "$(cat "$place/where" 2>/dev/null)" = {name} || exit 0
mv "$place/step" "$place/acted" 2>/dev/null || exit 0
case "$(cat "$place/how")" in
  fail) exit 1 ;;
  hold) n=0; while test ! -e "$place/go" && test $n -lt 600; do n=$((n + 1)); sleep 0.05; done ;;
esac
exit 0
"""
TAR = """\
#!/bin/sh
# Extracts as the real one does; at one step, once, only half of it, or what is broken, or slowly.
place={place}
for last; do :; done
if test "$RUNBOOK_STEP" != "$(cat "$place/step" 2>/dev/null)" ||
   ! mv "$place/step" "$place/acted" 2>/dev/null; then exec {tar} "$@"; fi
case "$(cat "$place/how")" in
  fail) head -c 1500 | {tar} "$@" 2>/dev/null; exit 1 ;;
  break) {tar} "$@" && echo 'raise RuntimeError("a broken release")' > "$last/checkout.py" ;;
  hold) {tar} "$@" || exit
        n=0; while test ! -e "$place/go" && test $n -lt 600; do n=$((n + 1)); sleep 0.05; done ;;
esac
"""


@frozen
class Failure:
    """What goes wrong, and at which step."""

    kind: str
    step: str

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.kind} at “{STEPS[self.step]}”"


class NotBroken(Exception):
    """The failure could not be brought about; the message says why."""


class Trap:
    """A failure that waits in a sandbox for its step; ``home`` is the drill's journal."""

    def __init__(self, failure: Failure, work: Path, home: Path) -> None:
        self.failure = failure
        self._place = home.parent / "trap"
        self._home = home
        self._place.mkdir()
        self._lay(work)

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """What the run's commands find: our `tar`, and no settings of git from elsewhere."""
        return {**base, "PATH": f"{self._place / 'bin'}:{base.get('PATH', os.defpath)}"}

    @property
    def acted(self) -> bool:
        """Whether the step has come to it."""
        return (self._place / "acted").exists()

    def spring(self, application: int) -> float:
        """Bring the failure about, now that its step is there; returns when (monotonic).

        ``application`` is the process that leads the run. Raises `NotBroken`.
        """
        kind = self.failure.kind
        if kind in {APPLICATION, JOURNAL}:
            os.kill(application, signal.SIGKILL)
        if kind == JOURNAL:
            self._spoil_journal()
        if kind == COMMAND:
            _kill(self._process("child"), group=True)
        if kind == SUPERVISOR:
            _kill(self._process("supervisor"))
        at = time.monotonic()
        (self._place / "go").touch()
        return at

    def _lay(self, work: Path) -> None:
        failure = self.failure
        merges = failure.step in MERGES
        how = "fail" if failure.kind == FAILS else "break" if failure.kind == SERVICE else "hold"
        failing = "pre-merge-commit" if failure.step == UNPUSHED else "pre-push"
        (self._place / "step").write_text(failure.step)
        (self._place / "how").write_text(how)
        (self._place / "where").write_text(failing if how == "fail" else "post-merge")
        if merges:
            for name in ("post-merge", "pre-push", "pre-merge-commit"):
                text = HOOK.format(name=name, place=_quoted(self._place))
                _write(work / ".git" / "hooks" / name, text)
            return
        tar = shutil.which("tar")
        if tar is None:
            raise NotBroken("there is no tar here")
        (self._place / "bin").mkdir()
        text = TAR.format(place=_quoted(self._place), tar=_quoted(Path(tar)))
        _write(self._place / "bin" / "tar", text)

    def _spoil_journal(self) -> None:
        for path in self._home.glob("journal.db*"):
            path.rename(path.with_name(f"lost-{path.name}"))
        (self._home / "journal.db").write_bytes(b"this is no database\n" * 512)

    def _process(self, what: str) -> int:
        """The id of the step's ``child`` or ``supervisor``."""
        found: list[int] = []

        def there() -> bool:
            for folder in self._home.glob(f"runs/*/commands/{self.failure.step}.*-run"):
                try:
                    found.append(int(json.loads((folder / "meta.json").read_text())[what]))
                except (OSError, ValueError, KeyError):
                    continue
            return bool(found)

        if not wait(there, 2.0):
            raise NotBroken(f"no {what} of “{self.failure.step}” is known")
        return found[-1]


def wait(holds: Callable[[], object], seconds: float) -> bool:
    """Wait until something holds; False where it did not in this time."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        pause.wait(POLL)
    return True


def _kill(pid: int, *, group: bool = False) -> None:
    try:
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    except ProcessLookupError:
        raise NotBroken(f"process {pid} was gone already") from None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
