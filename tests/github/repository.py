"""What the fake keeps: a real bare repository, and the pull requests on it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENV = {
    **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
    "GIT_AUTHOR_NAME": "GitHub", "GIT_AUTHOR_EMAIL": "noreply@example.com",
    "GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_EDITOR": "true",
}  # fmt: skip


class NotMergeable(Exception):
    """It conflicts."""


@dataclass(kw_only=True)
class Pull:
    """One pull request."""

    number: int
    title: str
    head: str
    base: str
    body: str = ""
    labels: tuple[str, ...] = ()
    draft: bool = False
    state: str = "open"
    merged: bool = False
    merged_by: str = ""
    merge_sha: str | None = None
    last_head: str = ""
    reviews: list[dict[str, Any]] = field(default_factory=list)


class Repository:
    """A bare repository; a merge is a real commit in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *words: str, cwd: Path | None = None, stdin: str = "") -> str:
        """Run git in it; raises `CalledProcessError`."""
        done = subprocess.run(
            ["git", *words], cwd=cwd or self.path, env=ENV, check=True, capture_output=True,
            text=True, input=stdin,
        )  # fmt: skip
        return done.stdout.strip()

    def sha(self, name: str) -> str:
        """The commit of a name; empty where there is none."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except subprocess.CalledProcessError:
            return ""

    def head_of(self, pull: Pull) -> str:
        """The head of a pull request; that of a closed one stays as it was."""
        if pull.state == "open" and (sha := self.sha(f"refs/heads/{pull.head}")):
            if sha != pull.last_head:
                self.git("update-ref", f"refs/pull/{pull.number}/head", sha)
            pull.last_head = sha
        return pull.last_head

    def count(self, base: str, head: str) -> int:
        """How many commits a pull request has."""
        return int(self.git("rev-list", "--count", f"{base}..{head}") or 0)

    def size(self, base: str, head: str) -> dict[str, int]:
        """Lines that a pull request adds and takes away, and in how many files."""
        rows = [row.split("\t") for row in
                self.git("diff", "--numstat", f"{base}...{head}").splitlines()]  # fmt: skip
        return {"additions": sum(int(r[0]) for r in rows), "changed_files": len(rows),
                "deletions": sum(int(r[1]) for r in rows)}  # fmt: skip

    def merged_tree(self, base: str, head: str) -> str:
        """The tree of a merge; raises `NotMergeable`."""
        try:
            return self.git("merge-tree", "--write-tree", base, head).split("\n")[0]
        except subprocess.CalledProcessError as error:
            raise NotMergeable from error

    def merge(self, pull: Pull, method: str, title: str, message: str) -> str:
        """Merge it as GitHub does, and return the commit at the base's tip."""
        base, head = self.sha(f"refs/heads/{pull.base}"), self.head_of(pull)
        text = f"{title}\n\n{message}".strip()
        if method == "rebase":
            tip = self._rebased(base, head)
        else:
            tree = self.merged_tree(base, head)
            parents = ["-p", base, *(["-p", head] if method == "merge" else [])]
            tip = self.git("commit-tree", tree, *parents, stdin=text)
        self.git("update-ref", f"refs/heads/{pull.base}", tip, base)
        return tip

    def _rebased(self, base: str, head: str) -> str:
        with tempfile.TemporaryDirectory() as place:
            at = Path(place) / "w"
            self.git("worktree", "add", "-q", "--detach", str(at), head)
            try:
                self.git("rebase", "-q", base, cwd=at)
                return self.git("rev-parse", "HEAD", cwd=at)
            except subprocess.CalledProcessError as error:
                raise NotMergeable from error
            finally:
                self.git("worktree", "remove", "--force", str(at))
