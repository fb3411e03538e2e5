"""What merging a sequence of commits will run into, before anything is merged.

Each is tried with ``git merge-tree`` onto what is there once those before it are merged; nothing
of the repository changes, and what git writes goes into a folder that is thrown away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path

from runbook_tui.frozen import frozen

QUIETLY = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--no-auto-maintenance",
           "--no-recurse-submodules")  # fmt: skip
"""A fetch that leaves nothing: without the empty map it would move remote-tracking branches."""
NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "nobody"),
        ("EMAIL", "nobody@localhost"),
        ("DATE", "1000000000 +0000"),
    )
}


@frozen
class Outlook:
    """What merging one of the sequence means: where it conflicts itself when its turn comes, and
    which of those behind it will conflict only since then, each with the files."""

    name: str
    conflicts: tuple[str, ...] = ()
    makes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: bool = False
    """Its commit is not here: git fetch."""


def outlook(
    folder: str,
    base: str,
    sequence: Sequence[tuple[str, str]],
    remote: str = "",
    fetch: Sequence[str] = (),
) -> list[Outlook]:
    """Try the sequence, names and commits in order, onto a base; raises `LookupError`.

    With a ``remote`` the base is a ref there, and what it has under ``fetch`` is looked at, too.
    """
    with _aside(folder) as git:
        tip = git.brought(remote, base, fetch) if remote else git.commit(base)
        if tip is None:
            raise LookupError(f"there is no commit called {base} here")
        heads = {name: git.commit(rev) for name, rev in sequence}
        known = {name: sha for name, sha in heads.items() if sha is not None}
        trial = _Trial(git, tip, known)
        return [
            trial.merge(name) if name in known else Outlook(name=name, unknown=True)
            for name in heads
        ]


class _Trial:
    """A sequence that is merged step by step, and what of it would conflict now.

    What a merge has not come near is not tried again: the answer is the same.
    """

    def __init__(self, git: _Git, tip: str, heads: Mapping[str, str]) -> None:
        self._git = git
        self._tip = tip
        self._heads = heads
        self._left = list(heads)
        self._touched = {name: git.touched(tip, sha) for name, sha in heads.items()}
        self._trees = {name: git.merged(tip, sha) for name, sha in heads.items()}
        self._exact = set(heads)
        """Names whose tree is that of a merge with the tip as it is now."""

    def merge(self, name: str) -> Outlook:
        """Merge the next one, unless it conflicts."""
        self._left.remove(name)
        tree, conflicts = self._trees[name]
        if conflicts:
            return Outlook(name=name, conflicts=conflicts)
        if name not in self._exact:
            tree, _ = self._git.merged(self._tip, self._heads[name])
        self._tip = self._git.made(tree, self._tip, self._heads[name])
        self._exact.clear()
        makes = {}
        for other in self._left:
            if not self._touched[name].near(self._touched[other]):
                continue
            before = self._trees[other][1]
            self._trees[other] = self._git.merged(self._tip, self._heads[other])
            self._exact.add(other)
            files = self._trees[other][1]
            if files and not before:
                makes[other] = files
        return Outlook(name=name, makes=makes)


@frozen(kw_only=False)
class _Touched:
    """Which files a branch changes, and which folders it takes files out of: those may be moved,
    and what others put there would go with them."""

    files: frozenset[str]
    folders: frozenset[str]
    emptied: frozenset[str]

    def near(self, other: _Touched) -> bool:
        """Whether one can be in the way of the other."""
        return not (
            self.files.isdisjoint(other.files)
            and self.emptied.isdisjoint(other.folders)
            and other.emptied.isdisjoint(self.folders)
            and self.files.isdisjoint(other.folders)
            and other.files.isdisjoint(self.folders)
        )


class _Git:
    """git in a repository, with a folder of its own for what it writes."""

    def __init__(self, folder: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def run(self, *words: str, ends: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self._folder, env=self._environment, capture_output=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode not in ends:
            said = os.fsdecode(done.stderr).strip()
            raise LookupError(f"git {words[0]} says: {said}")
        return os.fsdecode(done.stdout)

    def commit(self, name: str) -> str | None:
        """The full name of a commit; None where it is not here."""
        found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options",
                         f"{name}^{{commit}}", ends=(0, 1, 128))  # fmt: skip
        return found.strip() or None

    def brought(self, remote: str, base: str, refs: Sequence[str]) -> str | None:
        """The commit of a remote's ref, brought here with others for as long as this is looked
        at; no ref of the repository is written. None where the remote has none."""
        rows = (row.split("\t") for row in
                self.run("ls-remote", "--", remote, base, *refs).splitlines())  # fmt: skip
        listed = {ref: sha for sha, ref in rows}
        wanted = [ref for ref, sha in listed.items() if self.commit(sha) is None]
        if wanted:
            self.run("fetch", *QUIETLY, "--", remote, *wanted)
        return self.commit(listed[base]) if base in listed else None

    def merged(self, one: str, other: str) -> tuple[str, tuple[str, ...]]:
        """The tree of a merge, and the files in which it conflicts."""
        words = ("--write-tree", "-z", "--name-only", "--no-messages", one, other)
        tree, *files = self.run("merge-tree", *words, ends=(0, 1)).split("\0")
        return tree, tuple(dict.fromkeys(name for name in files if name))

    def made(self, tree: str, *parents: str) -> str:
        """A commit that nobody will see."""
        named = [word for parent in parents for word in ("-p", parent)]
        return self.run("commit-tree", *named, "-m", "outlook", tree).strip()

    def touched(self, base: str, head: str) -> _Touched:
        """What a branch changes since it left the base."""
        words = ("--name-status", "--no-renames", "--no-ext-diff", "-z")
        found = self.run("diff", *words, f"{base}...{head}").split("\0")
        how, names = found[:-1:2], found[1::2]
        gone = (name for status, name in zip(how, names, strict=True) if status == "D")
        return _Touched(
            files=frozenset(names),
            folders=frozenset(above for name in names for above in _above(name)),
            emptied=frozenset(name.rpartition("/")[0] for name in gone),
        )


def _above(name: str) -> Iterator[str]:
    """The folders around a file; that of all is the empty one."""
    while name:
        name = name.rpartition("/")[0]
        yield name


@contextmanager
def _aside(folder: str) -> Iterator[_Git]:
    inherited = {name: value for name, value in os.environ.items() if name != "GIT_DIR"}
    inherited |= {"GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never"}
    plain = _Git(folder, inherited)
    objects = plain.run("rev-parse", "--git-path", "objects").strip()
    with tempfile.TemporaryDirectory(prefix="runbook-outlook-") as place:
        also = (
            os.pathsep + was if (was := os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES")) else ""
        )
        own = {
            "GIT_OBJECT_DIRECTORY": place,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(Path(folder, objects).resolve()) + also,
        }
        yield _Git(folder, {**inherited, **NOBODY, **own})


def main() -> int:
    """As a program: JSON in, ``{"folder", "base", "sequence": [[name, commit], …]}``, and out."""
    os.nice(5)  # Commands and the screen come first.
    asked = json.load(sys.stdin)
    try:
        found = outlook(
            asked["folder"], asked["base"], [tuple(s) for s in asked["sequence"]],
            asked.get("remote", ""), asked.get("fetch", ()),
        )  # fmt: skip
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    told = [{"name": o.name, "conflicts": o.conflicts, "makes": o.makes, "unknown": o.unknown}
            for o in found]  # fmt: skip
    json.dump(told, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
