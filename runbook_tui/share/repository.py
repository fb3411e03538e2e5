"""The bare repository beside a run that stands between this machine and the team's remote.

refs/there/…   the run's refs on the remote, as they were fetched last
refs/mine/…    what we alone write, in the order in which it is pushed
refs/sent/…    how far of it the remote is known to have had
refs/seen/…    how far others' refs were taken in; refs/shut/… those that are read no more
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from runbook_tui.session.home import make_folder
from runbook_tui.session.ports.runner import Runner
from runbook_tui.share.commits import OID, Commit
from runbook_tui.share.git import (
    FETCHING,
    PUSHING,
    Git,
    GitTrouble,
    check_fetch,
    check_push,
)
from runbook_tui.share.refs import PREFIXES, Layout, shared_run

THERE = "refs/there/"
MOST = 2 << 30
"""Bytes that are read of a log at once at most."""
LEFT_BEHIND = ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/??/tmp_obj_*")
"""What a git that was killed leaves in a repository that nobody else uses."""


class Repository:
    """One run's refs, here and on ``remote``. Used by one thread; raises `GitTrouble`."""

    def __init__(
        self, runner: Runner, folder: Path, remote: str, environment: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.remote = remote
        self._git = Git(runner, folder, environment)

    def prepare(self) -> None:
        """Make it where it is missing or cannot be used; clear away what was left of a kill."""
        make_folder(self.folder.parent)
        self.clear_away()
        if self.folder.exists() and self._git.run(["rev-parse", "--git-dir"]).exit != 0:
            shutil.rmtree(self.folder)
        if not self.folder.exists():
            words = ["init", "--quiet", "--bare", "--template=", "--object-format=sha1"]
            self._git.must([*words, str(self.folder)], bare=False)
            self.folder.chmod(0o700)
        self._git.must(["hash-object", "-t", "tree", "-w", "--stdin"])
        self._git.ask_settings()

    def clear_away(self) -> None:
        """Take away what a git that was ended here has left in the way of the next."""
        for pattern in LEFT_BEHIND:
            for left in self.folder.glob(pattern):
                left.unlink(missing_ok=True)

    def forget(self) -> None:
        """Begin anew: what is in it cannot be read."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.prepare()

    # -- the remote ------------------------------------------------------------------------------

    def shared(self) -> dict[str, Layout]:
        """The runs that are shared there, by their ids."""
        patterns = [f"{prefix}/*/log" for prefix in PREFIXES]
        words = ["ls-remote", "--quiet", self.remote, *patterns]
        done = self._git.run(words, limit=FETCHING, bare=self.folder.exists())
        check_fetch(done)
        found: dict[str, Layout] = {}
        for line in done.stdout.splitlines():
            layout = shared_run(line.partition("\t")[2])
            if layout is not None:
                found.setdefault(layout.run, layout)
        return found

    def fetch(self, layout: Layout) -> bool:
        """Bring the run's refs here; whether anything has changed."""
        words = ["fetch", "--no-tags", "--prune", "--no-write-fetch-head", "--no-auto-maintenance"]
        spec = f"+{layout.all}:{THERE}*"
        done = self._git.run([*words, self.remote, spec], limit=FETCHING)
        check_fetch(done)
        return bool(done.stderr.strip())

    def push(self, ref: str, target: str) -> None:
        """Send what a ref here has to one there, which only grows by that."""
        words = ["push", "--porcelain", "--no-verify", self.remote, f"{ref}:{target}"]
        check_push(self._git.run(words, limit=PUSHING))

    # -- here --------------------------------------------------------------------------------------

    def refs(self, under: str = "refs/") -> dict[str, str]:
        """The commits of the refs here, by their names."""
        form = "--format=%(objecttype) %(objectname) %(refname)"
        found = {}
        for line in self._git.must(["for-each-ref", form, under]).splitlines():
            kind, oid, name = line.split(" ", 2)
            # A ref to anything else is as good as none: nothing of it can be read.
            found[name] = oid if kind == "commit" else ""
        return found

    def point(self, ref: str, oid: str) -> None:
        """Let a ref here be this commit."""
        self._git.must(["update-ref", ref, oid])

    def write(self, data: bytes, ref: str) -> str:
        """Keep a commit as the newest of a ref here; its name."""
        words = ["hash-object", "-t", "commit", "-w", "--stdin"]
        oid = self._git.must(words, stdin=data.decode()).strip()
        if not OID.fullmatch(oid):
            raise GitTrouble("git hash-object gives no name")
        self.point(ref, oid)
        return oid

    def line(self, tip: str, seen: str = "", most: int = MOST) -> list[Commit]:
        """The commits that lead from ``seen`` (empty: the first) to ``tip``, the oldest first."""
        beyond = [f"^{seen}"] if seen else []
        with self._file() as file:
            words = ["rev-list", "--topo-order", "--reverse", "--parents", tip, *beyond]
            self._git.must([*words, "--"], into=file, most=most)
            rows = [row.split() for row in file.read_text(encoding="ascii").splitlines()]
            names = "".join(f"{row[0]}\n" for row in rows)
            self._git.must(["cat-file", "--batch"], stdin=names, into=file, most=most)
            return list(_commits(file.read_bytes(), rows))

    def names(self, tip: str) -> list[str]:
        """The names of the commits that lead to ``tip``, the oldest first."""
        with self._file() as file:
            self._git.must(["rev-list", "--reverse", tip, "--"], into=file, most=MOST)
            return file.read_text(encoding="ascii").split()

    def one(self, oid: str) -> Commit:
        """A commit alone."""
        with self._file() as file:
            self._git.must(["rev-list", "--parents", "-n", "1", oid, "--"], into=file, most=MOST)
            row = file.read_text(encoding="ascii").split()
            self._git.must(["cat-file", "--batch"], stdin=f"{oid}\n", into=file, most=MOST)
            return next(_commits(file.read_bytes(), [row]))

    def remote_of(self, name: str, folder: str) -> str:
        """The address of a remote that a repository at ``folder`` has by name; empty for none."""
        words = ["-C", folder, "remote", "get-url", "--push", name]
        done = self._git.run(words, bare=False)
        return done.stdout.strip() if done.exit == 0 else ""

    @contextmanager
    def _file(self) -> Iterator[Path]:
        handle, name = tempfile.mkstemp(prefix="read-", dir=self.folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def _commits(data: bytes, rows: Sequence[Sequence[str]]) -> Iterator[Commit]:
    """What ``cat-file --batch`` has put out, commit by commit; ``rows`` have name and parents."""
    at = 0
    for name, *parents in rows:
        end = data.index(b"\n", at)
        found, kind, size = data[at:end].split(b" ")
        if found.decode() != name or kind != b"commit":
            raise GitTrouble(f"{name[:12]} is no commit")
        text = data[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
        yield Commit(oid=name, parents=tuple(parents), data=text)
