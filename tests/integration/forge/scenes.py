"""A bare remote, a clone of it, and actions as a step runs them there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from runbook_tui.book.model import Step
from runbook_tui.book.parameters import fill_in
from runbook_tui.wiring import surroundings

ENV = {
    **os.environ,
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_EDITOR": "false", "PYTHONPATH": str(Path(__file__).parents[3]),
}  # fmt: skip


class Place:
    """A bare remote and a clone with branches."""

    def __init__(self, folder: Path) -> None:
        self.env = dict(ENV)
        self.remote = folder / "remote.git"
        self.work = folder / "work"
        self.output = folder / "output"
        self.git("init", "-q", "--bare", "-b", "main", str(self.remote), cwd=folder)
        self.git("clone", "-q", str(self.remote), str(self.work), cwd=folder)
        self.git("switch", "-q", "-c", "main")
        self.commit("base", "a\nb\nc\n")
        self.git("push", "-q", "-u", "origin", "main")

    def git(self, *words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *words], cwd=cwd or self.work, env=self.env, check=True, capture_output=True,
            text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, name: str, text: str) -> None:
        (self.work / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"write {name}")

    def branch(self, name: str, file: str, text: str) -> None:
        self.git("switch", "-q", "-c", name, "main")
        self.commit(file, text)
        self.git("push", "-q", "origin", name)
        self.git("switch", "-q", "main")

    def shell(self, text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", text], cwd=self.work, check=False,
            env={**self.env, "RUNBOOK_OUTPUT": str(self.output)}, capture_output=True, text=True,
        )  # fmt: skip

    def act(self, action: str, **values: str) -> tuple[subprocess.CompletedProcess[str], str, str]:
        """Run an action as a step would; returns its end, its undo and the verification."""
        self.output.write_text("")
        given = Step(id="s", title="S", action=action, arguments=values)
        step = surroundings().expand(given)
        before = self.shell(step.before or "")
        done = before if before.returncode else self.shell(step.run or "")
        known = self.outputs
        undo = fill_in(step.undo or "", known)
        assert done.returncode or not undo.open
        return done, undo.text, fill_in(step.verify_undo or "", known).text

    @property
    def outputs(self) -> dict[str, str]:
        """What the last action put out."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    @property
    def tree(self) -> str:
        return self.git("rev-parse", "HEAD^{tree}")

    @property
    def published(self) -> str:
        return self.git("rev-parse", "main^{tree}", cwd=self.remote)
