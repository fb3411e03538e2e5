"""git, as it is called here: with a time limit, without a question, a hook, or housekeeping."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from runbook_tui.book.plain_text import printable
from runbook_tui.run import remote as ssh
from runbook_tui.session.ports.runner import Outcome, Runner

LOCAL = 15.0
FETCHING = 20.0
PUSHING = 30.0
"""Seconds that git may take here, to fetch, and to push."""
SETTINGS = (
    "core.hooksPath=/dev/null", "core.askPass=", "credential.interactive=false",
    "gc.auto=0", "maintenance.auto=false", "fetch.writeCommitGraph=false",
    "fetch.recurseSubmodules=false", "fetch.fsckObjects=true", "push.gpgSign=false",
    "push.followTags=false", "push.recurseSubmodules=no", "http.lowSpeedLimit=500",
    "http.lowSpeedTime=10", "advice.pushUpdateRejected=false",
)  # fmt: skip
KEPT = frozenset({
    "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND", "GIT_EXEC_PATH",
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_NO_VERIFY", "GIT_ALLOW_PROTOCOL",
})  # fmt: skip
"""What may be said to git by the environment; the rest is about another repository."""
QUIET = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "false", "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
}  # fmt: skip
LOCK = re.compile(r"Unable to create '([^']+\.lock)': File exists")
REJECTED = re.compile(r"^!\t\S+\t\[(remote rejected|rejected)\] \((.*)\)", re.MULTILINE)
PASSWORD = re.compile(r"(//[^/@\s]*?):[^/@\s]+@")
EMPTY_WORDS = (
    "Could not read from remote repository", "Please make sure you have",
    "and the repository exists",
    "failed to push some refs", "the remote end hung up", "Done", "To ",
)  # fmt: skip


class GitTrouble(Exception):
    """git did not do it; the message says why, in one line without a password."""


class Unreachable(GitTrouble):
    """The remote did not answer, or not in time: what was asked may have been done all the same."""


class Refused(GitTrouble):
    """The remote has said no. ``ours``: because it has something that we have not."""

    def __init__(self, message: str, *, ours: bool = False) -> None:
        super().__init__(message)
        self.ours = ours


class Locked(GitTrouble):
    """A lock on the remote is in the way; ``file`` is its name there."""

    def __init__(self, file: str) -> None:
        super().__init__(f"a lock is in the way: {file}")
        self.file = file


def shown(remote: str) -> str:
    """A remote's address for people: without a password in it."""
    return PASSWORD.sub(r"\1:***@", printable(remote, 300))


def environment(inherited: Mapping[str, str], ssh_command: str = "") -> dict[str, str]:
    """What git finds in its environment; ``ssh_command`` is that of the person's own settings.
    Raises `GitTrouble`."""
    kept = {k: v for k, v in inherited.items() if not k.startswith("GIT_") or k in KEPT}
    given = inherited.get(ssh.PROGRAM) or kept.get("GIT_SSH_COMMAND") or ssh_command
    if given or "GIT_SSH" not in kept:
        try:
            kept["GIT_SSH_COMMAND"] = shlex.join(ssh.calling(given))
        except ValueError as error:
            raise GitTrouble(str(error)) from None
    return {**kept, **QUIET}


class Git:
    """Runs git in one bare repository."""

    def __init__(self, runner: Runner, folder: Path, inherited: Mapping[str, str]) -> None:
        self._runner = runner
        self._folder = folder
        self._inherited = inherited
        self._environment = environment(inherited)

    def ask_settings(self) -> None:
        """Call ssh as the person's own settings of git say."""
        done = self.run(["config", "--get", "core.sshCommand"])
        if own := (done.stdout.strip() if done.exit == 0 else ""):
            self._environment = environment(self._inherited, own)

    def run(
        self, words: Sequence[str], *, stdin: str = "", limit: float = LOCAL,
        into: Path | None = None, most: int = 0, bare: bool = True,
    ) -> Outcome:  # fmt: skip
        """Run git; ``into`` is a file for what it puts out, of at most ``most`` bytes."""
        settings = [word for setting in SETTINGS for word in ("-c", setting)]
        place = [f"--git-dir={self._folder}"] if bare else []
        argv = ["git", *place, *settings, *words]
        if into is not None:
            blocks = (most >> 9) + 1
            text = f'ulimit -f {blocks} && f=$1 && shift && exec "$@" >"$f"'
            argv = ["sh", "-c", text, "sh", str(into), *argv]
        there = self._folder.parent
        return self._runner.run(
            argv, cwd=str(there) if there.is_dir() else "/", environment=self._environment,
            stdin=stdin, timeout=limit,
        )  # fmt: skip

    def must(self, words: Sequence[str], *, stdin: str = "", into: Path | None = None,
             most: int = 0, bare: bool = True) -> str:  # fmt: skip
        """Run git here and return what it puts out; raises `GitTrouble`."""
        done = self.run(words, stdin=stdin, into=into, most=most, bare=bare)
        if done.exit != 0:
            raise GitTrouble(f"git {words[0]}: {reason(done)}")
        return done.stdout


def reason(done: Outcome) -> str:
    """Why git did not do it, in one line."""
    if done.exit is None and "No such file" in done.stderr:
        return "there is no git on this machine"
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    telling = [line for line in lines if not any(words in line for words in EMPTY_WORDS)]
    found = telling or lines or [f"it ended with {done.exit}"]
    return PASSWORD.sub(r"\1:***@", printable(found[0], 300))


def check_fetch(done: Outcome) -> None:
    """Raise what kept a fetch from being done."""
    if done.exit != 0:
        raise Unreachable(reason(done))


def check_push(done: Outcome) -> None:
    """Raise what kept a push from being done, or may have."""
    if done.exit == 0:
        return
    if lock := LOCK.search(done.stderr):
        raise Locked(lock[1])
    if no := REJECTED.search(done.stdout):
        told = [line for line in done.stderr.splitlines() if line.startswith("remote:")]
        said = told[0].removeprefix("remote:").strip() if told else ""
        why = f"{no[2]}: {said}" if said and no[1] == "remote rejected" else no[2]
        raise Refused(PASSWORD.sub(r"\1:***@", printable(why, 300)), ours=no[1] == "rejected")
    raise Unreachable(reason(done))
