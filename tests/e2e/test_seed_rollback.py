"""The rollback of the plan that the application exists for, carried out: as it stands, and bound.

Its blocks run as the plan has them, against a real git remote and programs that keep a state.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.e2e.seed_world import PULL_REQUEST, World
from tests.programs import Program

FOLDER = os.environ.get("RUNBOOK_CORPUS", "")
pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="RUNBOOK_CORPUS names no folder"),
]


class Seed:
    """The plan, read, beside a world that it can act on."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.path = program.plan(next(Path(FOLDER).glob("o00-*.md")).read_text(), "plan.md")
        shown: dict[str, Any] = json.loads(program("show", self.path, "--json").out)
        self.blocks = [c for c in shown["commands"] if c["rollback"]]
        self.github, self.cloud, self.database = self.blocks
        change = shown["changes"][0]
        self.phase, self.change = change["phase"], change["id"]
        self.steps = [t["id"] for t in shown["ticks"]
                      if t["kind"] == "step" and t["parent"] == self.change]  # fmt: skip
        texts = [block["text"] for block in self.blocks]
        self.world = World(program.folder / "world", program.work, texts)
        self.names = [p["name"] for p in shown["parameters"]]

    def __call__(self, *arguments: str | Path) -> Any:
        return self.program(*arguments, environment=self.world.environment)

    def shipped(self) -> dict[str, str]:
        """Ship by hand what the plan ships; returns the values that its blocks need."""
        world = self.world
        world.call("gh", "pr", "merge", str(PULL_REQUEST), "--merge")
        commit = world.call("gh", "pr", "view", str(PULL_REQUEST), "--json", "mergeCommit",
                            "--jq", ".mergeCommit.oid")  # fmt: skip
        services = {"checkout": {"serving": "checkout-8",
                                 "revisions": ["checkout-7", "checkout-8"]}}  # fmt: skip
        world.change(services=services, migrations={"shop": "0042"})
        values = (str(PULL_REQUEST), commit, "checkout", "checkout-7", "shop", "0041")
        return dict(zip(self.names, values, strict=True))

    def is_back(self) -> None:
        """Hold what is there against what was there at first."""
        world = self.world
        assert world.tree() == world.before
        assert world.subjects()[0].startswith("Revert")
        assert world.state["services"]["checkout"]["serving"] == "checkout-7"
        assert world.state["migrations"] == {"shop": "0041"}
        assert not world.opened

    def terminal(self, *arguments: str) -> pexpect.spawn[str]:
        """The program on a terminal of its own."""
        return pexpect.spawn(
            sys.executable, ["-m", "runbook_tui", *arguments], cwd=str(self.program.work),
            env=self.program.environment(TERM="xterm-256color", **self.world.environment),
            encoding="utf-8", dimensions=(50, 200), timeout=60,
        )  # fmt: skip


@pytest.fixture
def seed(runbook: Program) -> Seed:
    """The plan in a world of its own."""
    return Seed(runbook)


def test_as_it_stands_its_blocks_are_offered_after_what_was_done_by_hand(seed: Seed) -> None:
    assert seed("run", seed.path, "--no-tui").status == 7
    for step in seed.steps[:2]:
        assert seed("tick", seed.program.run_id(), step).status == 0
    values = seed.shipped()
    child = seed.terminal("rollback", seed.program.run_id())
    child.expect("Roll back now")
    child.sendline("y")
    for _ in seed.steps[:2]:
        child.expect("was it taken back by hand")
        child.sendline("y")
    child.expect("ROLLED BACK")
    for block in seed.blocks:
        child.expect("the plan offers ")
        child.expect("Run it now")
        child.sendline("y")
        for name in names_in(seed, block["text"]):
            child.expect(rf"{name}\S*:")
            child.sendline(values[name])
        child.expect("This runs now")
        child.sendline("y")
        child.expect("ended well")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5
    seed.is_back()
    calls = seed.world.calls
    closing = calls.index(f"gh pr close {PULL_REQUEST}")
    assert calls[closing + 1].startswith(f"gh pr view {PULL_REQUEST}")
    told = [log for log in logs(seed) if "can't be closed because it was already merged" in log]
    assert len(told) == 1
    assert "passed over" in told[0]


def names_in(seed: Seed, text: str) -> list[str]:
    """Values that a block needs, in the order in which it names them."""
    return [n for n in dict.fromkeys(re.findall(r"<([A-Z_]+)>", text)) if n in seed.names]


def logs(seed: Seed) -> list[str]:
    """What the commands of all runs have put out."""
    found = (seed.program.home / "runs").glob("*/commands/*/log*")
    return [path.read_bytes().decode("utf-8", "replace") for path in found if path.is_file()]


def overlay(seed: Seed, steps: str) -> Path:
    """A plan that adds to the Markdown plan: its second step merges, what follows it deploys."""
    text = f"""\
format = 1
extends = "plan.md"
[[phase]]
id = "{seed.phase}"
[[phase.change]]
id = "{seed.change}"
{steps}
"""
    return seed.program.plan(text, "overlay.toml")


def shipping(seed: Seed, *, undo: bool) -> str:
    """Steps that ship for real, and put out what the plan's blocks need to take them back."""
    pull, commit, service, revision, app, migration = seed.names
    number = PULL_REQUEST
    merge = f"""\
[[phase.change.step]]
id = "{seed.steps[1]}"
needs = []
outputs = ["{pull}", "{commit}"]
run = '''
gh pr merge {number} --merge
git pull -q origin main
echo "{pull}={number}" >> "$RUNBOOK_OUTPUT"
oid=$(gh pr view {number} --json mergeCommit --jq .mergeCommit.oid)
echo "{commit}=$oid" >> "$RUNBOOK_OUTPUT"'''
"""
    deploy = f"""\
[[phase.change.step]]
id = "deploy"
title = "Deploy"
needs = []
outputs = ["{service}", "{revision}"]
before = '''
echo "{service}=checkout" >> "$RUNBOOK_OUTPUT"
echo "{revision}=$(gcloud run services describe checkout)" >> "$RUNBOOK_OUTPUT"'''
run = "./deploy-new"
[[phase.change.step]]
id = "migrate"
title = "Migrate"
needs = []
outputs = ["{app}", "{migration}"]
before = '''
echo "{app}=shop" >> "$RUNBOOK_OUTPUT"
echo "{migration}=0041" >> "$RUNBOOK_OUTPUT"'''
run = "python manage.py migrate shop 0042"
"""
    if not undo:
        return merge + deploy
    back = [bound(seed, block["text"]) for block in seed.blocks]
    checks = ["test $(git rev-parse HEAD^{tree}) = " + seed.world.before,
              "test $(gcloud run services describe checkout) = ${{ " + revision + " }}",
              "true"]  # fmt: skip
    parts = (merge + deploy).split("[[phase.change.step]]\n")[1:]
    return "".join(
        f"[[phase.change.step]]\n{part}undo = '''\n{text}'''\nverify_undo = '''{check}'''\n"
        for part, text, check in zip(parts, back, checks, strict=True)
    )


def bound(seed: Seed, text: str) -> str:
    """A block of the plan, its placeholders bound to values of the run."""
    for name in seed.names:
        text = text.replace(f"<{name}>", f"${{{{ {name} }}}}")
    return text


def ship(seed: Seed, *, undo: bool) -> Any:
    """Carry the overlay out as far as it goes without a person."""
    (seed.program.work / "deploy-new").write_text(
        f"#!/bin/sh\nexec {sys.executable} - <<'EOF'\nimport json, pathlib\n"
        f"path = pathlib.Path({str(seed.world.root / 'state.json')!r})\n"
        "state = json.loads(path.read_text())\nservice = state['services']['checkout']\n"
        "service['revisions'].append('checkout-8')\nservice['serving'] = 'checkout-8'\n"
        "path.write_text(json.dumps(state))\nEOF\n"
    )
    (seed.program.work / "deploy-new").chmod(0o755)
    ended = seed("run", overlay(seed, shipping(seed, undo=undo)), "--no-tui")
    assert ended.status == 7, ended
    assert seed.world.tree() != seed.world.before
    assert seed.world.state["services"]["checkout"]["serving"] == "checkout-8"
    assert seed.world.state["migrations"] == {"shop": "0042"}
    return ended


def test_through_an_overlay_its_blocks_are_undos_and_need_nobody(seed: Seed) -> None:
    ship(seed, undo=True)
    plan = seed("rollback", "--plan")
    assert plan.status == 0, plan.out
    back = seed("rollback", "--yes")
    assert back.status == 5, back
    assert "passed over" in back.out
    seed.is_back()


def test_the_script_that_needs_no_program_passes_over_it_too(seed: Seed) -> None:
    ship(seed, undo=True)
    script = seed.program.home / "runs" / seed.program.run_id() / "rollback.sh"
    done = subprocess.run(
        ["sh", script], env={**os.environ, **seed.world.environment}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 5, done
    seed.is_back()


def test_through_an_overlay_the_blocks_are_offered_with_what_the_steps_put_out(seed: Seed) -> None:
    ship(seed, undo=False)
    child = seed.terminal("rollback", seed.program.run_id())
    child.expect("Roll back now")
    child.sendline("y")
    child.expect("INCOMPLETE")
    for _ in seed.blocks:
        child.expect("the plan offers “[^”]*”:")
        child.expect("Run it now")
        child.sendline("y")
        child.expect("ended well")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 6
    seed.is_back()


def test_what_else_keeps_a_pull_request_from_being_closed_stops_and_is_gone_on_from(
    seed: Seed,
) -> None:
    assert seed("run", seed.path, "--no-tui").status == 7
    assert seed("tick", seed.program.run_id(), seed.steps[0]).status == 0
    values = seed.shipped()
    seed.world.change(pulls={})  # As if GitHub did not know it, or could not be reached.
    given = [word for name, value in values.items() for word in ("-p", f"{name}={value}")]
    child = seed.terminal("rollback", seed.program.run_id(), *given)
    child.expect("Roll back now")
    child.sendline("y")
    child.expect("was it taken back by hand")
    child.sendline("y")
    child.expect("Run it now")
    child.sendline("y")
    child.expect("failed: exit status")
    tree = seed.world.tree()
    assert tree != seed.world.before
    child.expect("Which")
    child.sendline("l")
    child.expect(r"From which line\? \((\d+)")
    assert isinstance(child.match, re.Match)
    child.sendline(child.match.group(1))
    child.expect("This runs now")
    child.sendline("y")
    child.expect("ended well")
    assert seed.world.tree() == seed.world.before
    for _ in seed.blocks[1:]:
        child.expect("Run it now")
        child.sendline("n")
    child.expect(pexpect.EOF)
    assert not seed.world.opened
