"""Evidence that a step names: kept as its attempts end, signed, verified, exported, pruned."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.book.model import Check, Parameter, Secret, Step
from runbook_tui.command.evidence import KeptLogs
from runbook_tui.journal.lines import chain_of, lines_of
from runbook_tui.report import archive
from runbook_tui.report.building import build
from runbook_tui.report.html import to_html
from runbook_tui.report.markdown import to_markdown
from runbook_tui.run import requests as r
from runbook_tui.run.signing import content_digest
from runbook_tui.run.state import Status
from runbook_tui.session.archiving import check, contents, folder_name, stamp
from runbook_tui.session.pruning import output_of, prune
from runbook_tui.session.verifying import verify
from tests.fakes.history import ADA
from tests.integration.session.scene import Scene, ask, book, run_step

Make = Callable[..., Scene]


def problems(this: Scene) -> tuple[str, ...]:
    return verify(this.journal, KeptLogs(), this.folder / "home" / "runs").problems


def packed(this: Scene, path: Path) -> Path:
    events = this.journal.events(this.run)
    with path.open("wb") as file:
        inside = contents(lines_of(this.journal, this.run), events, KeptLogs(), this.place)
        archive.write(file, folder_name(this.run), stamp(events), inside)
    return path


def test_it_is_kept_of_each_attempt_also_of_one_that_failed(scene: Make) -> None:
    step = Step(id="a", title="A", evidence=("out.log", "no.png"), effect=False,
                run="echo x >> out.log; test $(wc -l < out.log) -gt 1")  # fmt: skip
    this = scene(book(step))
    session = this.open()
    run_step(session, "a", Status.FAILED)
    run_step(session, "a")
    kept = session.state.step("a").evidence
    assert [(k.attempt, k.name, k.bytes, k.reason) for k in kept] == [
        (1, "out.log", 2, ""), (1, "no.png", 0, "there is no such file"),
        (2, "out.log", 4, ""), (2, "no.png", 0, "there is no such file"),
    ]  # fmt: skip
    assert [(this.place / k.file).read_text() for k in kept if k.file] == ["x\n", "x\nx\n"]
    types = this.types()
    assert types.index("evidence.kept") < types.index("step.finished")


def test_work_of_hands_and_a_step_that_waits_have_it_once(scene: Make) -> None:
    hands = Step(id="h", title="H", evidence=("h.txt",), checks=(Check(id="c", title="C"),))
    this = scene(book(hands))
    (this.work / "h.txt").write_text("seen")
    session = this.open()
    ask(session, r.FinishStep(step="h"))
    assert session.state.step("h").status is Status.WAITING
    ask(session, r.TickNode(node="c"))
    assert session.state.step("h").status is Status.DONE
    assert [k.name for k in session.state.step("h").evidence] == ["h.txt"]


def test_a_sign_off_signs_it(scene: Make) -> None:
    step = Step(id="a", title="A", evidence=("e",), run="echo x > e", effect=False)
    session = scene(book(step)).open()
    run_step(session, "a")
    state = session.state
    kept = state.step("a")

    def digest(**fields: str) -> str:
        other = dataclasses.replace(kept.evidence[0], **fields)  # type: ignore[arg-type]
        steps = {"a": dataclasses.replace(kept, evidence=(other,))}
        return content_digest(dataclasses.replace(state, steps=steps), "a")

    assert digest() == content_digest(state, "a")
    assert len({digest(), digest(digest="0" * 64), digest(name="f"), digest(reason="r")}) == 4


def test_verify_export_and_the_report_have_it(scene: Make, tmp_path: Path) -> None:
    this = scene(book(Step(id="a", title="A", evidence=("e.log", "*.no"), run="echo x > e.log",
                           effect=False)))  # fmt: skip
    session = this.open()
    run_step(session, "a")
    assert problems(this) == ()
    found = archive.read(packed(this, tmp_path / "x.tar.gz"))
    (name,) = [name for name in found.members if name.startswith("evidence/")]
    assert check(found, chain_of).problems == ()
    del found.members[name]  # type: ignore[attr-defined]
    assert any("evidence e.log" in p for p in check(found, chain_of).problems)

    events = this.journal.events(this.run)
    report = build(this.run, this.runbook, events, now=0.0)
    digest = session.state.step("a").evidence[0].digest
    for text in (to_markdown(report), to_html(report)):
        assert digest in text
        assert "NOT kept" in text

    copy = this.place / session.state.step("a").evidence[0].file
    copy.write_text("y\n")
    assert any("evidence e.log" in p and "was changed" in p for p in problems(this))
    copy.unlink()
    assert any("evidence e.log" in p and "missing" in p for p in problems(this))


def test_prune_takes_it_away_as_it_does_logs(scene: Make) -> None:
    this = scene(book(Step(id="a", title="A", evidence=("e.log",), run="echo x > e.log",
                           effect=False)))  # fmt: skip
    session = this.open()
    run_step(session, "a")
    copy = this.place / session.state.step("a").evidence[0].file
    prune(this.journal, KeptLogs(), output_of(KeptLogs(), this.run, this.place), ADA)
    assert not copy.exists()
    verdict = verify(this.journal, KeptLogs(), this.folder / "home" / "runs")
    assert verdict.problems == ()
    assert any("2 logs and files of evidence removed" in remark for remark in verdict.remarks)


def test_a_secret_is_not_kept(scene: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_TEST", "hunter2secret")
    step = Step(id="a", title="A", evidence=("e.log",), effect=False,
                run="echo hunter2secret > e.log")  # fmt: skip
    token = Parameter(name="token", secret=Secret(env="TOKEN_OF_TEST"))
    this = scene(book(step, parameters=(token,)))
    session = this.open()
    run_step(session, "a")
    (kept,) = session.state.step("a").evidence
    assert kept.reason == "it holds the value of the secret token"
    assert not list((this.place / "evidence").rglob("*.log"))
