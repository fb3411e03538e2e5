"""Killing at random moments whatever takes part: the program, supervisors, commands."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.programs import Program, processes
from tests.waiting import until

PLAN = '''\
format = 1
title = "Kills"
[[phase]]
id = "one"
title = "One"
[[phase.step]]
id = "file"
title = "File"
run = "sleep 0.06; echo new > settings; echo did-file >> done.log; sleep 0.06"
undo = "sleep 0.06; echo file >> undone.log; echo old > settings; sleep 0.06"
[[phase.step]]
id = "merge"
title = "Merge"
outputs = ["old"]
before = 'sleep 0.06; echo "old=$(git rev-parse HEAD)" >> "$RUNBOOK_OUTPUT"; sleep 0.06'
run = "git merge -q --no-ff --no-edit feature; echo did-merge >> done.log; sleep 0.06"
undo = "git revert --no-edit -m 1 HEAD; echo merge >> undone.log"
verify_undo = 'git diff --quiet ${{ old }} HEAD'
[[phase.step]]
id = "late"
title = "Late"
outputs = ["made"]
run = """
name=made.$RANDOM; echo "made=$name" >> "$RUNBOOK_OUTPUT"
touch $name; echo did-late >> done.log; sleep 0.05"""
undo = "sleep 0.06; echo late >> undone.log; rm -f ${{ made }}"
verify_undo = "test ! -e ${{ made }}"
[[phase.step]]
id = "plain"
title = "Plain"
run = "echo did-plain >> done.log"
undo = "echo plain >> undone.log; sleep 0.05"
'''
STEPS = ("file", "merge", "late", "plain")
TITLES = {step: step.capitalize() for step in STEPS}
IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
PAUSE = threading.Event()
BACK = ("rollback", "--yes", "--scope", "run")


@dataclass(kw_only=True)
class Round:
    """What one round came to; ``broken`` says what is not as it must be."""

    seed: int
    kills: list[str] = field(default_factory=list)
    status: int = -1
    by_script: bool = False
    remaining: tuple[str, ...] = ()
    broken: list[str] = field(default_factory=list)


def prepare(work: Path) -> None:
    """A small repository with a branch to merge, and a file that is not in it."""

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", work, *IDENTITY, *words], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("config", "user.name", "Ada")
    git("config", "user.email", "ada@example.com")
    (work / ".git" / "info" / "exclude").write_text("settings\n*.log\nmade.*\nplan.toml\n")
    (work / "app").write_text("1\n")
    (work / "settings").write_text("old\n")
    git("add", "app")
    git("commit", "-q", "-m", "start")
    git("checkout", "-q", "-b", "feature")
    (work / "app").write_text("2\n")
    (work / "more").write_text("more\n")
    git("add", ".")
    git("commit", "-q", "-m", "feature")
    git("checkout", "-q", "main")


def kill(pid: int, *, group: bool = False) -> None:
    """Kill -9; who is gone already needs none."""
    try:
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    except OSError:
        return


def folders(home: Path) -> set[Path]:
    """The folders of all commands that were begun."""
    return set(home.glob("runs/*/commands/*"))


def disturb(program: Program, child: subprocess.Popen[str], rng: random.Random) -> str:
    """Kill something while ``child`` lives, a moment after a command's folder came; says what.

    Half of the time the program itself is met while it starts the command.
    """
    known = folders(program.home)
    skipped = rng.choice((0, 0, 0, 1, 2, 3))
    while child.poll() is None and len(folders(program.home) - known) <= skipped:
        PAUSE.wait(0.002)
    PAUSE.wait(rng.choice((rng.uniform(0.0, 0.08), rng.uniform(0.0, 0.3))))
    what = rng.choice(("program", "program", "supervisor", "child", "both"))
    hit = []
    if what in {"program", "both"}:
        kill(child.pid)
        hit = [child.pid]
    if what in {"supervisor", "both"}:
        hit += (found := processes(program.home, "supervisor"))
        for pid in found:
            kill(pid)
    if what == "child":
        hit += (found := processes(program.home, "child"))
        for pid in found:
            kill(pid, group=True)
    return f"{what}:{len(hit)}"


def bring_back(
    program: Program, rng: random.Random, kills: int, result: Round, *, scripts: bool = False
) -> None:
    """Roll back, disturbed ``kills`` times, until the program itself says how it ended.

    ``scripts``: whoever takes over may be ``rollback.sh``, too, and the one that ends it is.
    """
    while True:
        script = scripts and (kills == 0 or rng.random() < 0.3)
        child = by_script(program) if script else program.start(*BACK)
        while kills > 0 and child.poll() is None:
            kills -= 1
            result.kills.append(("sh-" if script else "") + disturb(program, child, rng))
        result.status = child.wait(timeout=90)
        if result.status != -signal.SIGKILL:
            result.by_script = script
            return


def by_script(program: Program) -> subprocess.Popen[str]:
    """``rollback.sh`` of the only run; what it says goes into the file ``script.out``."""
    (script,) = program.home.glob("runs/*/rollback.sh")
    with (program.folder / "script.out").open("wb") as file:
        child = subprocess.Popen(
            ["sh", str(script), "--all"], env=program.environment(), cwd="/", text=True,
            stdin=subprocess.DEVNULL, stdout=file, stderr=file,
        )  # fmt: skip
    program.adopt(child)
    return child


def named(program: Program, result: Round) -> tuple[str, ...]:
    """The titles of what the rollback said that it has left."""
    if result.by_script:
        lines = (program.folder / "script.out").read_text().splitlines()
        return tuple(line.strip() for line in lines if line.strip() in TITLES.values())
    last = next((e for e in reversed(program.events()) if e["type"] == "rollback.finished"), None)
    return tuple(last["data"]["remaining"]) if last else ()


def judge(program: Program, result: Round) -> None:
    """Hold the end against that of an undisturbed rollback."""
    work = program.work
    lines = (work / "undone.log").read_text().split() if (work / "undone.log").exists() else []
    did = (work / "done.log").read_text().split() if (work / "done.log").exists() else []
    result.remaining = named(program, result)
    expected = {0: (), 5: (), 6: result.remaining}.get(result.status)
    if expected is None or (result.status == 6 and not result.remaining):
        result.broken.append(f"exit {result.status}, remaining {result.remaining}")
    for step in STEPS:
        unknown = TITLES[step] in result.remaining
        count = lines.count(step)
        acted = f"did-{step}" in did
        if count > 1:
            result.broken.append(f"{step} undone {count} times")
        if acted and count != 1 and not unknown and not (step == "merge" and verified(work)):
            result.broken.append(f"{step} took effect, undone {count} times, not named")
    if not {"File"} & set(result.remaining) and (work / "settings").read_text() != "old\n":
        result.broken.append("settings are new")
    if "Merge" not in result.remaining and not verified(work):
        result.broken.append("the merge is still there")
    if "Late" not in result.remaining and list(work.glob("made.*")):
        result.broken.append("made.* is still there")
    try:
        until(lambda: not any(processes(program.home, w) for w in ("supervisor", "child")))
    except AssertionError:
        result.broken.append("a supervisor or command still lives")


def verified(work: Path) -> bool:
    """Whether the repository holds what it held at first, and nothing is half done."""
    found = subprocess.run(
        ["git", "-C", work, "status", "--porcelain"], capture_output=True, text=True, check=True
    )
    return not found.stdout and (work / "app").read_text() == "1\n" and not (work / "more").exists()
