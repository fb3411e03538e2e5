"""What the seed's rollback acts on: a real git remote, and programs that keep a state of their own.

`gh` stands for GitHub's command line: it really merges branches of the bare repository, and refuses
to close what is merged as the real one does. `gcloud` stands for Cloud Run: which revision of a
service answers. The Python scripts that the plan names stand for the team's own: `manage.py`
migrates, one deploys, the others check that what is there is what was there at first. An editor
that anything opens leaves a mark.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PULL_REQUEST = 324
BRANCH = "pr-docs"
AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
}  # fmt: skip
SCRIPT = re.compile(r"^python (\S+\.py)\b", re.MULTILINE)

COMMON = """\
#!{python}
import json, os, pathlib, subprocess, sys
ROOT = pathlib.Path({root!r})
STATE = ROOT / "state.json"
state = json.loads(STATE.read_text())
words = sys.argv[1:]

def keep():
    STATE.write_text(json.dumps(state))

def log():
    with (ROOT / "calls").open("a") as calls:
        calls.write(" ".join([pathlib.Path(sys.argv[0]).name, *words]) + "\\n")

def git(*arguments, cwd=ROOT / "merging"):
    done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip()
log()
"""

GH = (
    COMMON
    + """\
assert words[0] == "pr", words
pull = state["pulls"].get(words[2])
if pull is None:
    sys.exit(f"no pull requests found for {{words[2]}}")
if words[1] == "merge":
    git("fetch", "-q", "origin")
    git("checkout", "-q", "-B", "main", "origin/main")
    git("merge", "-q", "--no-ff", "-m", f"Merge #{{words[2]}}", "origin/" + pull["branch"])
    git("push", "-q", "origin", "main")
    pull.update(state="MERGED", commit=git("rev-parse", "HEAD"))
elif words[1] == "close":
    if pull["state"] == "MERGED":
        sys.exit(f"X Pull request #{{words[2]}} can't be closed because it was already merged")
    pull["state"] = "CLOSED"
    print(f"Closed pull request #{{words[2]}}")
elif words[1] == "view":
    jq = words[words.index("--jq") + 1]
    print({{".state": pull["state"], ".mergeCommit.oid": pull.get("commit", "")}}[jq])
keep()
"""
)

GCLOUD = (
    COMMON
    + """\
assert words[:2] == ["run", "services"], words
service = state["services"].get(words[3])
if service is None:
    sys.exit(f"ERROR: service {{words[3]}} was not found")
options = dict(word.partition("=")[::2] for word in words[4:])
if words[2] == "describe":
    print(service["serving"])
elif words[2] == "update":
    if options["--revision"] not in service["revisions"]:
        sys.exit("ERROR: there is no such revision")
    service["serving"] = options["--revision"]
keep()
"""
)

SCRIPTS = (
    COMMON
    + """\
if "--rollback-to-previous" in words:
    for service in state["services"].values():
        service["serving"] = service["revisions"][0]
elif words[:1] == ["migrate"]:
    state["migrations"][words[1]] = words[2]
else:
    tree = git("rev-parse", "main^{{tree}}", cwd=ROOT / "remote.git")
    whole = state["whole"]
    if "health" in sys.argv[0] and "golden" in sys.argv[0] and tree != whole["tree"]:
        sys.exit("main does not hold what it held")
    if "database" in sys.argv[0] and state["migrations"] != whole["migrations"]:
        sys.exit("the schema is not the old one")
    print("healthy")
keep()
"""
)


class World:
    """A remote, a working clone, and the programs on a PATH of their own."""

    def __init__(self, root: Path, work: Path, texts: Iterable[str]) -> None:
        self.root = root
        self.work = work
        self.bin = root / "bin"
        root.mkdir()
        self.bin.mkdir()
        self._repositories()
        self.before = self.tree()
        self._write_state()
        self._programs(texts)

    @property
    def environment(self) -> dict[str, str]:
        """What a person has: the programs, a name, and editors that must never be opened."""
        mark = f"sh -c 'echo opened >> {self.root}/opened'"
        editors = ("GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "EDITOR", "VISUAL", "GH_EDITOR")
        path = f"{self.bin}:{os.environ['PATH']}"
        return {"PATH": path, **AUTHOR, **dict.fromkeys(editors, mark)}

    def git(self, *words: str, cwd: Path | None = None) -> str:
        """Git in the working clone, or elsewhere."""
        done = subprocess.run(
            ["git", *words], cwd=cwd or self.work, env={**os.environ, **AUTHOR},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def tree(self) -> str:
        """What the remote's main holds."""
        return self.git("rev-parse", "main^{tree}", cwd=self.root / "remote.git")

    def subjects(self) -> list[str]:
        """The remote's main, the newest first."""
        found = self.git("log", "--first-parent", "--format=%s", "main",
                         cwd=self.root / "remote.git")  # fmt: skip
        return found.splitlines()

    def call(self, *words: str) -> str:
        """One of the programs, called by hand."""
        done = subprocess.run(
            words, cwd=self.work, env={**os.environ, **self.environment}, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        self.git("pull", "-q", "origin", "main")
        return done.stdout.strip()

    @property
    def state(self) -> dict[str, Any]:
        """What the programs keep."""
        found: dict[str, Any] = json.loads((self.root / "state.json").read_text())
        return found

    def change(self, **parts: Any) -> None:
        """Another state, as if somebody had deployed or migrated."""
        (self.root / "state.json").write_text(json.dumps({**self.state, **parts}))

    @property
    def calls(self) -> list[str]:
        """What was called, in order."""
        return (self.root / "calls").read_text().splitlines()

    @property
    def opened(self) -> bool:
        """Whether any editor was opened."""
        return (self.root / "opened").exists()

    def _repositories(self) -> None:
        self.git("init", "-q", "--bare", "-b", "main", str(self.root / "remote.git"), cwd=self.root)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", str(self.root / "remote.git"))
        mark = f"sh -c 'echo opened >> {self.root}/opened'"
        self.git("config", "core.editor", mark)
        (self.work / "page").write_text("old\n")
        (self.work / ".git" / "info" / "exclude").write_text("*\n!page\n")
        self.git("add", "page")
        self.git("commit", "-q", "-m", "start")
        self.git("push", "-q", "-u", "origin", "main")
        self.git("checkout", "-q", "-b", BRANCH)
        (self.work / "page").write_text("new\n")
        self.git("commit", "-q", "-a", "-m", "new page")
        self.git("push", "-q", "origin", BRANCH)
        self.git("checkout", "-q", "main")
        self.git("clone", "-q", str(self.root / "remote.git"), str(self.root / "merging"),
                 cwd=self.root)  # fmt: skip

    def _write_state(self) -> None:
        migrations = {"shop": "0041"}
        state = {
            "pulls": {str(PULL_REQUEST): {"state": "OPEN", "branch": BRANCH}},
            "services": {"checkout": {"serving": "checkout-7", "revisions": ["checkout-7"]}},
            "migrations": migrations,
            "whole": {"tree": self.before, "migrations": migrations},
        }
        (self.root / "state.json").write_text(json.dumps(state))

    def _programs(self, texts: Iterable[str]) -> None:
        filling = {"python": sys.executable, "root": str(self.root)}
        for name, text in (("gh", GH), ("gcloud", GCLOUD)):
            self._write(self.bin / name, text.format(**filling))
        self._write(self.bin / "python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        for text in texts:
            for name in SCRIPT.findall(text):
                self._write(self.work / name, SCRIPTS.format(**filling))

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
