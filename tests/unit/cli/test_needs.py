"""What a run waits for is named with the command line that gives it."""

from __future__ import annotations

from runbook_tui.book.model import Check, Gate, Phase, Probe, Runbook, Step, Watch
from runbook_tui.cli.needs import needs
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from tests.fakes.history import ADA, GRACE, History
from tests.fakes.plans import two_phases

RUN = "20260101-cafe"


def how(history: History) -> list[str]:
    return [need.how.removeprefix("runbook ") for need in needs(history.state)]


def test_needs_change_as_they_are_given() -> None:
    history = History(two_phases())
    history.ran("merge")
    assert how(history) == [f"tick {RUN} look"]
    history.ask(r.FinishStep(step="look"))
    assert how(history) == [f"tick {RUN} look-a", f"tick {RUN} look-b"]
    history.ask(r.TickNode(node="look-a"))
    history.ask(r.TickNode(node="look-b"))
    history.ask(r.SkipStep(step="tag", reason="none", override=True))
    assert how(history) == [f"sign {RUN} one --role qa", f"tick {RUN} calm"][1:]
    history.ask(r.TickNode(node="calm"))
    assert how(history) == [f"sign {RUN} two --role cto"]
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    assert how(history) == []


def test_a_rejected_gate_still_waits() -> None:
    history = History(two_phases())
    history.ran("merge")
    for step in ("look", "tag"):
        history.ask(r.SkipStep(step=step, reason="none", override=True), ADA)
    history.ask(r.TickNode(node="calm"))
    history.ask(r.SignNode(node="two", role="cto", approve=False, comment="no"), GRACE)
    assert how(history) == [f"sign {RUN} two --role cto"]
    assert "rejected" in needs(history.state)[0].text


def test_a_markdown_plan_names_only_what_comes_next() -> None:
    steps = (Step(id="a", title="A"), Step(id="b", title="B"))
    history = History(
        Runbook(title="M", format="markdown", phases=(Phase(id="p", title="P", steps=steps),))
    )
    assert how(history) == [f"tick {RUN} a"]


def test_a_step_that_holds_others_waits_for_its_own_checks_last() -> None:
    inner = (Step(id="in", title="In", run="true"),)
    outer = Step(
        id="out",
        title="Out",
        steps=inner,
        checks=(Check(id="box", title="Box"),),
        signoff=Gate(roles=("qa",)),
    )
    history = History(
        Runbook(title="G", roles={"qa": ("*",)}, phases=(Phase(id="p", title="P", steps=(outer,)),))
    )
    assert how(history) == []
    history.ran("in")
    assert how(history) == [f"tick {RUN} box", f"sign {RUN} out --role qa"]
    history.ask(r.TickNode(node="box"))
    assert how(history) == [f"sign {RUN} out --role qa"]
    history.ask(r.SignNode(node="out", role="qa"))
    assert history.state.step("out").status == "done"
    assert how(history) == []


def test_criteria_of_the_whole_come_last() -> None:
    history = History(
        Runbook(
            title="C",
            phases=(Phase(id="p", title="P", steps=(Step(id="a", title="A", run="true"),)),),
            criteria=(Check(id="all", title="All is well"),),
        )
    )
    history.ran("a")
    assert how(history) == [f"tick {RUN} all"]


def test_a_watch_that_holds_the_next_step_says_how_to_go_on_without_a_gate() -> None:
    one = Watch(id="w", title="Health", probe=Probe(run="x"), on_breach="block")
    steps = (Step(id="a", title="A", run="true", undo="true"),)
    phases = (Phase(id="p", title="P", steps=steps),)
    history = History(Runbook(title="T", phases=phases, watches=(one,)))
    history.add(e.WatchBreached(watch="w", value=1.0))
    (need,) = needs(history.state)
    assert need.text == "nothing starts in “P” now: the watch “Health” is breached (1)"
    assert need.how == f"runbook override {history.state.run} w --reason …"
    history.add(e.WatchCleared(watch="w", value=0.0))
    assert needs(history.state) == []
