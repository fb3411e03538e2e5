"""The plans that ship with the program, rehearsed; two of them carried out and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import library_world as world
from tests.programs import GRACE, Program

FOLDER = Path(__file__).parents[2] / "runbooks"
VALUES = {
    "certificate-rotation": [
        "name=shop.example.com",
        "address=127.0.0.1:1",
        "certificate=now.crt",
        "key=now.key",
        "new_certificate=new.crt",
        "new_key=new.key",
    ],
    "failover": [
        "primary=host=a",
        "standby=host=b",
        "health_here=http://127.0.0.1:1/",
        "health_there=http://127.0.0.1:1/",
    ],
    "incident-response": ["what=nobody can pay", "health=http://127.0.0.1:1/"],
    "kubernetes-rollout": [
        "context=c",
        "namespace=shop",
        "deployment=web",
        "container=web",
        "image=registry.example.com/web:2",
    ],
    "postgresql-major-upgrade": [
        "old_bin=/opt/15",
        "new_bin=/opt/17",
        "old_data=old",
        "new_data=new",
        "backup=copy",
        "database=shop",
    ],
    "python-package-release": ["package=harbour", "version=1.4.0", "module=harbour"],
    "safe-merge": ["service=http://127.0.0.1:1"],
    "service-deploy": ["version=2", "root=/srv/shop", "service=shop", "health=http://127.0.0.1:1/"],
}

EXPECTED = ("is not on its PATH", "is not there", "by hand", "cannot be undone", "below the floor")
"""Programs that are not on this machine, what people do, and what a plan calls final."""


def given(values: list[str]) -> list[str]:
    return [word for value in values for word in ("-p", value)]


@pytest.mark.parametrize("name", sorted(VALUES))
def test_it_can_be_rehearsed_and_only_programs_are_missing(runbook: Program, name: str) -> None:
    ended = runbook("run", FOLDER / f"{name}.toml", *given(VALUES[name]), "--rehearse", "--no-tui")
    assert "not reached:" not in ended.out
    assert "REHEARSED" in ended.out, ended
    rest = ended.out.partition("REHEARSED")[2].splitlines()[1:]
    assert [line for line in rest if not any(words in line for words in EXPECTED)] == []
    assert list(runbook.work.iterdir()) == []


def test_every_plan_is_rehearsed_here() -> None:
    assert set(VALUES) == {path.stem for path in FOLDER.glob("*.toml")}


def test_a_certificate_is_rotated_and_the_old_one_comes_back(
    runbook: Program, tmp_path: Path
) -> None:
    with world.tls(tmp_path / "site") as site:
        old = site.served()
        ran = runbook(
            "run",
            FOLDER / "certificate-rotation.toml",
            *given(site.values),
            "--no-tui",
            environment=site.environment,
        )
        assert ran.status == 7, ran
        assert site.served() == old
        run = runbook.run_id()
        runbook("sign", run, "rotate", "--role", "second", "--as", GRACE)
        ran = runbook("resume", run, "--no-tui", environment=site.environment)
        assert "“The new certificate is what clients get”: done" in ran.out, ran
        assert site.served() != old
        back = runbook("rollback", run, "--scope", "run", "--yes", environment=site.environment)
        assert back.status == 5, back
        assert site.served() == old


def test_a_release_is_deployed_and_the_old_one_comes_back(runbook: Program, tmp_path: Path) -> None:
    with world.releases(tmp_path / "shop") as shop:
        ran = runbook(
            "run",
            FOLDER / "service-deploy.toml",
            *given(shop.values),
            "--no-tui",
            environment=shop.environment,
        )
        assert ran.status == 7, ran
        run = runbook.run_id()
        runbook("sign", run, "deploy", "--role", "second", "--as", GRACE)
        ran = runbook("resume", run, "--no-tui", environment=shop.environment)
        assert shop.answer() == "release 2"
        back = runbook("rollback", run, "--scope", "run", "--yes", environment=shop.environment)
        assert back.status == 5, back
        assert shop.answer() == "release 1"


def test_a_plan_to_begin_with_is_written_once_and_checks(runbook: Program) -> None:
    listed = runbook("init")
    assert listed.status == 0
    assert "failover" in listed.out
    made = runbook("init", "ours.toml", "--template", "failover", "--title", 'To "Lyon"\n')
    assert made.status == 0, made
    assert runbook("check", "ours.toml").status == 0
    assert 'To "Lyon"' in runbook("show", "ours.toml").out
    before = (runbook.work / "ours.toml").read_bytes()
    again = runbook("init", "ours.toml", "--template", "deploy")
    assert again.status == 2
    assert "there already" in again.err
    assert (runbook.work / "ours.toml").read_bytes() == before
    assert runbook("init", "ours.md", "--template", "deploy").status == 2
    assert runbook("init", "nowhere/ours.toml", "--template", "deploy").status == 2


def test_check_looks_again_when_a_file_of_the_plan_changes(runbook: Program) -> None:
    from tests.waiting import until

    runbook.plan('format = 1\ntitle = "A"\n[[phase]]\nid = "p"\ninclude = "part.toml"\n')
    child = runbook.start("check", "plan.toml", "--watch")
    until(lambda: runbook.output().count("waiting for changes") == 1)
    assert "part.toml" in runbook.output()
    runbook.plan(
        'format = 1\ntitle = "B"\n[[phase]]\ntitle = "Q"\n'
        '[[phase.step]]\ntitle = "S"\nrun = "ls"\nchanges = false\n',
        "part.toml",
    )
    until(lambda: "no faults" in runbook.output())
    assert runbook.kill(child, 2) == 0


def test_a_shell_completes_commands_options_and_runs(runbook: Program) -> None:
    runbook.plan(
        'format = 1\ntitle = "A"\n[[phase]]\nid = "first"\ntitle = "P"\n'
        '[[phase.step]]\nid = "look"\ntitle = "S"\nrun = "ls"\nchanges = false\n'
    )
    runbook("run", "plan.toml", "--no-tui")
    run = runbook.run_id()

    def offered(*words: str) -> set[str]:
        asked = {
            "_RUNBOOK_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(("runbook", *words)),
            "COMP_CWORD": str(len(words)),
        }
        found = runbook(environment=asked).out.splitlines()
        return {line.partition(",")[2] for line in found}

    assert {"rollback", "report"} <= offered("r")
    assert "--scope" in offered("rollback", "--s")
    assert offered("log", run[:6]) == {run}
    assert offered("tick", run, "l") == {"look"}
    assert "complete" in runbook("completion", "bash").out
    assert runbook("completion", "tcsh").status == 2
