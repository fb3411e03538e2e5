"""What a killed git leaves behind: locks, and files of a merge that was not committed.

A merge or revert notes what it is about to do in ``runbook-merging``, a file beside the index:
HEAD as it was, and two trees that differ in the files that it will change. So whoever comes next
knows which files are half-merged and whose they are; all else in the work tree is left alone.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, say

if TYPE_CHECKING:
    from git import Repo

MARK = "runbook-merging"
LOCKS = ("index.lock", "HEAD.lock")


@contextlib.contextmanager
def noted(repo: Repo, *, one: str, other: str) -> Iterator[None]:
    """Note which files will change, before they do: those in which two trees differ."""
    path = _in_git_folder(repo, MARK)
    with path.with_suffix(".new").open("w", encoding="ascii") as file:
        file.write(f"{repo.head.commit.hexsha} {one} {other}\n")
        file.flush()
        os.fsync(file.fileno())
    path.with_suffix(".new").replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def merging(repo: Repo, target: str) -> contextlib.AbstractContextManager[None]:
    """`noted`, of a merge of a commit."""
    import git

    try:
        tree = repo.git.merge_tree("--write-tree", "HEAD", target).split("\n")[0]
    except git.GitCommandError:
        # It conflicts, and then git leaves MERGE_HEAD; or git is too old to say.
        return contextlib.nullcontext()
    return noted(repo, one="HEAD^{tree}", other=tree)


def tidy(repo: Repo) -> None:
    """Put right what an action that was killed has left; nothing where none was."""
    mark = _in_git_folder(repo, MARK)
    _unlock(repo, ours=mark.exists())
    if not mark.exists():
        return
    words = mark.read_text(encoding="ascii").split()
    if len(words) == 3 and repo.head.commit.hexsha == words[0]:
        _restore(repo, *words)
    elif _is_made(repo):
        _forget(repo)
    mark.unlink(missing_ok=True)


def _restore(repo: Repo, head: str, one: str, other: str) -> None:
    """The files that were to change are again as HEAD has them."""
    changing = _names(repo.git.diff("--name-only", "--no-renames", "--no-ext-diff", "-z",
                                    one.replace("HEAD", head), other))  # fmt: skip
    known = set(_names(repo.git.ls_tree("-r", "-z", "--name-only", "--full-tree", head)))
    top = Path(os.fsdecode(repo.working_dir))
    for name in changing:
        path = top / name
        if name not in known and (path.is_file() or path.is_symlink()):
            path.unlink()
    repo.git.read_tree("--reset", head)
    repo.git.update_index("-q", "--refresh", with_exceptions=False)
    # What is as it was is not written anew: somebody's programs may be looking at its time.
    differing = set(_names(repo.git.diff_files("--name-only", "-z")))
    old = [name for name in changing if name in known and name in differing]
    if old:
        with tempfile.TemporaryFile() as names:
            names.write(os.fsencode("\0".join(old)))
            names.seek(0)
            repo.git.checkout("--pathspec-from-file=-", "--pathspec-file-nul", istream=names)
    _forget(repo)
    say("a merge or revert of ours was killed before it was committed: its files are put back")


def _is_made(repo: Repo) -> bool:
    """Whether the merge that was begun is HEAD already, and only its end was not noted."""
    begun = _in_git_folder(repo, "MERGE_HEAD")
    parents = [parent.hexsha for parent in repo.head.commit.parents]
    return begun.exists() and parents[1:] == begun.read_text(encoding="ascii").split()


def _forget(repo: Repo) -> None:
    for name in ("MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "REVERT_HEAD"):
        _in_git_folder(repo, name).unlink(missing_ok=True)


def _names(text: str) -> list[str]:
    return [name for name in text.split("\0") if name]


def _unlock(repo: Repo, *, ours: bool) -> None:
    """Take locks away that a killed git has left; one that is held is waited for by git itself."""
    locks = [_in_git_folder(repo, name) for name in LOCKS]
    if not repo.head.is_detached:
        locks.append(_common(repo) / f"{repo.head.reference.path}.lock")
    left = [lock for lock in locks if lock.exists()]
    if not left:
        return
    busy = _gits_in(repo)
    if busy:
        raise ActionFailed(
            f"git is at work here (process {busy[0]}) and holds {left[0].name}; wait for its end, "
            "then run the step again"
        )
    if not ours:
        raise ActionFailed(
            f"{left[0]} is left of a git that was killed, and no git runs here: look whether that "
            "is so, take the file away, then run the step again"
        )
    for lock in left:
        lock.unlink(missing_ok=True)
        say(f"{lock.name} was left of a git that was killed: taken away")


def _gits_in(repo: Repo) -> list[str]:
    """Processes called git that work in this repository, as far as they may be looked at."""
    places = [
        Path(os.fsdecode(repo.working_dir)).resolve(),
        Path(os.fsdecode(repo.git_dir)).resolve(),
    ]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if not (process / "comm").read_text().startswith("git"):
                continue
            if b"fsmonitor" in (process / "cmdline").read_bytes():
                continue  # It only looks, all day long.
            at = (process / "cwd").resolve(strict=True)
        except OSError:
            continue
        if any(at == place or place in at.parents for place in places):
            found.append(process.name)
    return found


def _in_git_folder(repo: Repo, name: str) -> Path:
    return Path(os.fsdecode(repo.git_dir)) / name


def _common(repo: Repo) -> Path:
    return Path(os.fsdecode(repo.common_dir))
