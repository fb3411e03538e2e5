"""The outlook on conflicts of 50 pull requests in a repository of 10,000 files, against the bare
``git merge-tree`` calls: each onto the base, and each onto what is there after every merge before
it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from runbook_tui.forge.conflicts import outlook

FILES = 10_000
PULLS = 50
ROUNDS = 3


def build(folder: Path, files: int = FILES, pulls: int = PULLS) -> list[str]:
    """A repository, and branches that change a few files each; every tenth clashes with the one
    before it."""

    def git(*words: str, stdin: str = "") -> str:
        return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True,
                              text=True, input=stdin, env=ENV).stdout.strip()  # fmt: skip

    folder.mkdir(exist_ok=True)
    git("init", "-q", "--bare", "-b", "main")
    stream = ["commit refs/heads/main", "committer A <a@b> 0 +0000", "data 4", "base"]
    for n in range(files):
        text = "\n".join(f"{n} {line}" for line in range(20)) + "\n"
        stream += [f"M 100644 inline {_name(n)}", f"data {len(text)}", text]
    for pull in range(pulls):
        stream += [f"commit refs/heads/pr{pull}", "committer A <a@b> 0 +0000", "data 2", "pr",
                   "from refs/heads/main"]  # fmt: skip
        first = pull * 37 if pull % 10 else max(0, pull - 1) * 37
        for n in range(first, first + 8):
            text = "\n".join(f"{n} {line} of {pull}" for line in range(20)) + "\n"
            stream += [f"M 100644 inline {_name(n)}", f"data {len(text)}", text]
    git("fast-import", "--quiet", stdin="\n".join(stream) + "\n")
    return [f"refs/heads/pr{n}" for n in range(pulls)]


def _name(n: int) -> str:
    return f"part{n % 40}/deep{n % 7}/file{n}.txt"


ENV = {
    **os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b",
}  # fmt: skip


def bare(folder: Path, heads: list[str]) -> tuple[float, int]:
    """Seconds and number of the calls that a loop without any thought would make."""
    begun, calls = time.perf_counter(), 0
    tip = "refs/heads/main"
    for at, _ in enumerate([tip, *heads]):
        tree = ""
        for n, head in enumerate(heads[at:]):
            done = subprocess.run(
                ["git", "merge-tree", "--write-tree", "-z", "--name-only", tip, head],
                cwd=folder, env=ENV, capture_output=True, text=True, check=False,
            )  # fmt: skip
            calls += 1
            if n == 0 and done.returncode == 0:
                tree = done.stdout.split("\0")[0]
        if tree:
            tip = subprocess.run(
                ["git", "commit-tree", "-p", tip, "-p", heads[at], "-m", "m", tree], cwd=folder,
                env=ENV, capture_output=True, text=True, check=True,
            ).stdout.strip()  # fmt: skip
    return time.perf_counter() - begun, calls


def simple(folder: Path, heads: list[str]) -> float:
    """Seconds of one call for each pull request onto the base: the least that must be asked."""
    begun = time.perf_counter()
    for head in heads:
        subprocess.run(
            ["git", "merge-tree", "--write-tree", "-z", "--name-only", "refs/heads/main", head],
            cwd=folder, env=ENV, capture_output=True, check=False,
        )  # fmt: skip
    return time.perf_counter() - begun


def run() -> dict[str, float]:
    """The figures."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "bare"
        heads = build(folder)
        sequence = [(head, head) for head in heads]
        ours, least = [], []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            outlook(str(folder), "refs/heads/main", sequence)
            ours.append(time.perf_counter() - begun)
            least.append(simple(folder, heads))
        whole, calls = bare(folder, heads)
    return {"outlook": min(ours), "bare calls": whole, "calls": calls, "one call each": min(least)}


def main() -> None:
    """Measure, print, and hold the ratio."""
    found = run()
    for name, value in found.items():
        print(f"{name}: {value:.2f}")
    print(f"against the bare calls: {found['outlook'] / found['bare calls']:.2f}")
    print(f"against one call each: {found['outlook'] / found['one call each']:.2f}")


if __name__ == "__main__":
    main()
