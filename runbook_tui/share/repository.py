"""The bare repository beside a run that stands between this machine and the team's remote.

refs/there/…   the run's refs on the remote, as they were fetched last
refs/mine/…    what we alone write, in the order in which it is pushed
refs/sent/…    how far of it the remote is known to have had
refs/seen/…    how far others' refs were taken in; refs/shut/… those that are read no more
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from runbook_tui.session.home import make_folder
from runbook_tui.session.ports.runner import Runner
from runbook_tui.share.commits import Commit
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
NEW = ".new"
MOST = 2 << 30
"""Bytes that are read of a log at once at most."""
LEFT_BEHIND = (
    "*.lock", "refs/**/*.lock", "refs/**/*.new", "objects/??/*.new", "objects/pack/tmp_*",
    "objects/??/tmp_obj_*", "read-*",
)  # fmt: skip
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
            files = ["-c", "init.defaultRefFormat=files"]
            self._git.must([*files, *words, str(self.folder)], bare=False)
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

    def drop(self, target: str) -> None:
        """Take a ref there away."""
        words = ["push", "--porcelain", "--no-verify", self.remote, f":{target}"]
        check_push(self._git.run(words, limit=PUSHING))

    # -- here --------------------------------------------------------------------------------------

    def refs(self, under: str = "refs/") -> dict[str, str]:
        """What the refs here point at, by their names.

        Read as git keeps them (it packs none in here), and written so: a process for each would
        take longer than all the rest that is done for a vote.
        """
        found = {}
        for path in sorted((self.folder / under).rglob("*")):
            if path.is_file() and not path.name.endswith((".lock", NEW)):
                name = path.relative_to(self.folder).as_posix()
                found[name] = path.read_text(encoding="ascii").strip()
        return found

    def point(self, ref: str, oid: str) -> None:
        """Let a ref here be this commit."""
        path = self.folder / ref
        path.parent.mkdir(parents=True, exist_ok=True)
        _put(path, f"{oid}\n".encode())

    def write(self, data: bytes, ref: str) -> str:
        """Keep a commit as the newest of a ref here; its name."""
        whole = b"commit %d\0" % len(data) + data
        oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        path = self.folder / "objects" / oid[:2] / oid[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            _put(path, zlib.compress(whole))
        self.point(ref, oid)
        return oid

    def line(self, tip: str, seen: str = "", most: int = MOST) -> list[Commit]:
        """The commits that lead from ``seen`` (empty: the first) to ``tip``, the oldest first."""
        newest = self.one(tip, most)
        if newest.parents == ((seen,) if seen else ()):
            return [newest]
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

    def one(self, oid: str, most: int = MOST) -> Commit:
        """A commit alone."""
        with self._file() as file:
            self._git.must(["cat-file", "--batch"], stdin=f"{oid}\n", into=file, most=most)
            found = next(_commits(file.read_bytes(), [[oid]]))
        head = found.data.partition(b"\n\n")[0].split(b"\n")
        parents = tuple(x[7:].decode("ascii", "replace") for x in head if x.startswith(b"parent "))
        return Commit(oid=oid, parents=parents, data=found.data)

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


def _put(path: Path, data: bytes) -> None:
    """Write a file, whole and on the disk, or not at all: what is written here may be nowhere
    else yet."""
    other = path.with_name(f"{path.name}{NEW}")
    with other.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    other.replace(path)


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
