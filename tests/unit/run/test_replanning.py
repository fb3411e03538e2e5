"""Another plan in the middle of a run: what stays, what is void, what is kept to be taken back."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Check, Gate, Phase, Runbook, Step
from runbook_tui.book.reader import read
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.content import content
from runbook_tui.run.decide import left_open
from runbook_tui.run.draft import Draft
from runbook_tui.run.fold import anew, fold
from runbook_tui.run.plan_diff import plan_differences
from runbook_tui.run.plan_words import explained, in_short
from runbook_tui.run.rollback import plan as rollback_plan
from runbook_tui.run.state import Status
from tests.fakes.history import ADA, GRACE, LINUS, History
from tests.fakes.plans import two_phases

STEPS = ("merge", "look", "tag", "deploy", "migrate", "watch")


class Replanned(History):
    """A run whose plan is changed now and then; plans are known by their digests."""

    def __init__(self, runbook: Runbook) -> None:
        super().__init__(runbook)
        self.plans: dict[str, Runbook] = {"d": runbook}
        self.state = dataclasses.replace(self.state, reads=lambda p: self.plans[p.digest])

    def taking(self, runbook: Runbook, **fields: object) -> r.TakePlan:
        digest = f"d{len(self.plans)}"
        self.plans[digest] = runbook
        assert self.state.plan is not None
        event = e.PlanChanged(title=runbook.title, source="plan.toml", format="toml", plan="",
                              digest=digest, **fields)  # type: ignore[arg-type]  # fmt: skip
        return r.TakePlan(plan=event, instead=self.state.plan.digest)

    def take(self, runbook: Runbook, **fields: object) -> None:
        answer = self.ask(self.taking(runbook, **fields))
        assert not isinstance(answer, r.Refusal), answer


def edited(runbook: Runbook, id_: str, **fields: object) -> Runbook:
    """The runbook with fields of a step, or a step taken out (no fields)."""

    def steps(found: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(
            dataclasses.replace(s, **fields) if s.id == id_ else s  # type: ignore[arg-type]
            for s in found
            if s.id != id_ or fields
        )

    return dataclasses.replace(runbook, phases=tuple(
        dataclasses.replace(
            p, steps=steps(p.steps),
            changes=tuple(dataclasses.replace(c, steps=steps(c.steps)) for c in p.changes),
        )
        for p in runbook.phases
    ))  # fmt: skip


def refused(history: History, request: r.Request, actor: e.Actor = ADA) -> str:
    answer = history.ask(request, actor)
    assert isinstance(answer, r.Refusal), answer
    return answer.reason


def test_a_step_that_is_not_done_yet_runs_as_the_new_plan_says() -> None:
    history = Replanned(two_phases())
    history.ran("merge")
    history.take(edited(two_phases(), "tag", run="git tag -a v2"))
    assert history.state.step("merge").status is Status.DONE
    assert history.state.outline.steps["tag"].run == "git tag -a v2"


def test_a_sign_off_and_a_tick_are_void_only_where_what_was_decided_on_is_another() -> None:
    history = Replanned(two_phases())
    history.ran("merge")
    history.ask(r.TickNode(node="look-a"))
    history.add(e.CheckTicked(node="look-b"), "look")
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    assert "two" in history.state.opened_gates
    history.take(edited(two_phases(), "look", checks=(
        Check(id="look-a", title="Page opens"), Check(id="look-b", title="All links work"),
    )))  # fmt: skip
    assert set(history.state.ticks) == {"look-a"}
    assert [s.node for s in history.state.signoffs] == ["two"]
    history.take(edited(two_phases(), "deploy", run="./deploy --all"))
    assert not history.state.signoffs
    assert "two" not in history.state.opened_gates


def test_what_was_seen_in_the_middle_of_a_change_does_not_change_any_more() -> None:
    draft = Draft(History(two_phases()).state)
    draft.change("merge", acted=True)
    draft.values["version"] = "1"
    seen = draft.so_far()
    draft.change("merge", acted=False)
    draft.values["version"] = "2"
    assert seen.step("merge").acted
    assert seen.values == {"version": "1"}
    assert not draft.freeze().step("merge").acted


SIGNED = Gate(roles=("cto",), signed=True)


def gated(gate: Gate | None, *, outside: bool = False) -> Runbook:
    steps = (Step(id="a", title="A", run="true"), Step(id="b", title="B", run="true"))
    out, behind = (steps[:1], steps[1:]) if outside else ((), steps)
    phases = (Phase(id="one", title="One", steps=out),
              Phase(id="two", title="Two", gate=gate, steps=behind))  # fmt: skip
    return Runbook(title="P", roles={"cto": ("*",), "qa": ("*",)}, phases=phases)


@pytest.mark.parametrize(
    "plan",
    [
        gated(None),
        gated(dataclasses.replace(SIGNED, signed=False)),
        gated(dataclasses.replace(SIGNED, roles=("qa",))),
        gated(SIGNED, outside=True),
        dataclasses.replace(gated(None), phases=gated(None).phases[:1]),
    ],
    ids=["no gate", "unsigned", "another role", "a step moved out", "no phase"],
)
def test_no_plan_takes_a_signed_gate_away_not_even_a_forged_event(plan: Runbook) -> None:
    history = Replanned(gated(SIGNED))
    request = history.taking(plan)
    assert "signatures of “Two”" in refused(history, request)
    before = history.state
    history.add(request.plan)
    assert history.state.plan is before.plan
    assert history.state.outline is before.outline
    assert refused(history, r.StartStep(step="a"))


def test_a_plan_may_ask_for_more_signatures_and_have_other_steps() -> None:
    history = Replanned(gated(SIGNED))
    more = dataclasses.replace(SIGNED, roles=("cto", "qa"), four_eyes=True)
    history.state = dataclasses.replace(
        history.state,
        begun=dataclasses.replace(history.state.begun, allowed_signers="x"),  # type: ignore[type-var]
    )
    history.take(edited(gated(more), "b"))
    assert history.state.outline["two"].gate == more


def test_a_done_step_whose_sign_off_or_tick_is_void_waits_for_another_and_is_not_run_again() -> (
    None
):
    asked = Gate(roles=("cto",))
    plan = Runbook(title="P", roles={"cto": ("*",)}, phases=(Phase(id="p", title="P", steps=(
        Step(id="a", title="A", run="true", signoff=asked),
        Step(id="b", title="B", run="true", needs=("a",), checks=(Check(id="ok", title="Ok"),)),
        Step(id="c", title="C", run="true", needs=("b",)),
    )),))  # fmt: skip
    history = Replanned(plan)
    history.ran("a")
    history.add(e.SignoffGiven(node="a", role="cto", decision="approved"), "a", GRACE)
    history.ran("b")
    history.add(e.CheckTicked(node="ok"), "b")
    history.take(edited(plan, "a", run="other"))
    assert history.state.step("a").status is Status.WAITING
    assert history.state.step("b").status is Status.DONE
    history.ask(r.SignNode(node="a", role="cto"), GRACE)
    assert history.state.step("a").status is Status.DONE
    assert history.state.step("a").attempt == 1
    history.take(edited(edited(plan, "a", run="other"), "b", checks=(Check(id="ok", title="No"),)))
    assert history.state.step("a").status is Status.DONE
    assert history.state.step("b").status is Status.WAITING
    assert "“B” comes first" in refused(history, r.StartStep(step="c"))
    history.ask(r.TickNode(node="ok"))
    assert history.state.step("b").status is Status.DONE


def test_what_a_plan_says_of_time_alone_voids_nothing() -> None:
    history = Replanned(two_phases())
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    history.take(edited(two_phases(), "deploy", effort="3h", line=99))
    assert [s.node for s in history.state.signoffs] == ["two"]


def test_another_value_of_a_command_is_another_content() -> None:
    plan = edited(two_phases(), "deploy", run="./deploy ${{ tag }}")
    history = Replanned(plan)
    history.add(e.ParameterCaptured(name="tag", value="v1", source="default"))
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    history.take(plan, parameters={"tag": "v2"}, sources={"tag": "default"})
    assert history.state.values["tag"] == "v2"
    assert not history.state.signoffs


def test_a_rollback_takes_back_what_really_ran_whatever_the_plan_says_now() -> None:
    history = Replanned(two_phases())
    history.ran("merge", e.UndoArmed(kind="command", text="git revert 1", cwd="/a"))
    history.ran("tag", e.UndoArmed(kind="command", text="git tag -d v1", cwd="/a"))
    history.take(edited(edited(two_phases(), "merge"), "tag", undo="git push --delete v1"))
    items = rollback_plan(history.state, "run", "").items
    assert [(item.step, item.text) for item in items] == [
        ("tag", "git tag -d v1"), ("merge", "git revert 1"),
    ]  # fmt: skip
    assert [i.step for i in rollback_plan(history.state, "phase", "one").items] == ["tag", "merge"]


def test_what_the_plan_has_lost_keeps_nothing_open_and_is_not_done_again() -> None:
    history = Replanned(two_phases())
    history.ran("merge", exit_=1)
    history.take(edited(two_phases(), "merge"))
    assert "Merge" not in left_open(history.state)
    assert "no longer in the plan" in refused(history, r.StartStep(step="merge"))
    history.ask(r.StartRollback(scope="run"))
    history.add(e.UndoStarted(), "merge")
    history.add(e.UndoFinished(result="done", exit=0), "merge")
    history.add(e.RollbackFinished(result="complete"))
    assert rollback_plan(history.state, "run", "").items == ()
    assert "Merge" not in left_open(history.state)
    assert "no longer in the plan" in refused(history, r.StartStep(step="merge"))


def test_a_plan_that_has_a_lost_step_again_has_it_as_it_was_left() -> None:
    history = Replanned(two_phases())
    history.ran("merge")
    history.ran("tag", exit_=1)
    history.take(edited(edited(two_phases(), "merge"), "tag"))
    history.take(edited(two_phases(), "watch", run="sleep 2"))
    assert history.state.step("merge").status is Status.DONE
    assert history.state.step("tag").status is Status.FAILED
    assert history.state.gone == frozenset()


def test_it_is_refused_while_something_runs_and_to_anybody_but_the_lead() -> None:
    history = Replanned(two_phases())
    other = edited(two_phases(), "tag", run="git tag v2")
    assert "only the lead" in refused(history, history.taking(other), GRACE)
    history.ran("merge")
    history.add(e.StepStarted(), "tag")
    assert "“Tag” runs" in refused(history, history.taking(other))
    history.add(e.StepFinished(result="failed"), "tag")
    history.ask(r.StartRollback(scope="run"))
    assert "rollback runs" in refused(history, history.taking(other))
    history.ask(r.StopRollback())
    late = history.taking(other)
    history.take(edited(two_phases(), "watch", run="sleep 3"))
    assert "meanwhile" in refused(history, late)
    phase = Phase(id="merge", title="Merge")
    clash = edited(two_phases(), "merge")
    clash = dataclasses.replace(clash, phases=(*clash.phases, phase))
    assert "a step that has run" in refused(history, history.taking(clash))
    signed = dataclasses.replace(
        two_phases(), phases=(*two_phases().phases,
                              Phase(id="s", title="S", gate=Gate(roles=("cto",), signed=True))),
    )  # fmt: skip
    assert "signatures" in refused(history, history.taking(signed))


def test_a_step_that_waited_for_what_is_no_longer_asked_is_over() -> None:
    history = Replanned(two_phases())
    history.ran("merge")
    history.ask(r.StartStep(step="look"))
    history.add(e.StepWaiting(), "look")
    history.take(edited(two_phases(), "look", checks=()))
    assert history.state.step("look").status is Status.DONE


def test_a_group_that_gets_an_open_step_is_open_again() -> None:
    inner = Step(id="a", title="A")
    plan = Runbook(title="G", phases=(
        Phase(id="p", title="P", steps=(Step(id="g", title="G", steps=(inner,)),)),
    ))  # fmt: skip
    history = Replanned(plan)
    history.ask(r.FinishStep(step="a"))
    assert history.state.step("g").status is Status.DONE
    history.take(edited(plan, "g", steps=(inner, Step(id="b", title="B"))))
    assert history.state.step("g").status is Status.PENDING
    history.ask(r.FinishStep(step="b"))
    assert history.state.step("g").status is Status.DONE


def test_the_difference_is_told_as_people_think_of_it() -> None:
    old = two_phases()
    new = edited(old, "tag", run="git tag -s v2")
    new = edited(new, "watch")
    one, two = new.phases
    renamed = Step(id="migrate-all", title="Migrate", run="./migrate")
    two = dataclasses.replace(two, steps=(*(s for s in two.steps if s.id != "migrate"), renamed))
    (docs,) = one.changes
    docs = dataclasses.replace(docs, steps=docs.steps[::-1])
    new = dataclasses.replace(new, phases=(dataclasses.replace(one, changes=(docs,)), two))
    found = {(d.how, d.kind, d.id): d for d in plan_differences(old, new)}
    (detail,) = found["changed", "step", "tag"].details
    assert (detail.name, detail.old, detail.new) == ("command", "git tag", "git tag -s v2")
    assert found["removed", "step", "migrate"].likely == "migrate-all"
    assert found["removed", "step", "watch"].likely == ""
    assert ("added", "step", "migrate-all") in found
    assert len([d for d in found if d[0] == "moved"]) == 1
    assert in_short(tuple(found.values())) == (
        "2 steps removed, 1 step added, 1 step changed, 1 step moved"
    )


def test_what_it_does_to_the_run_is_said_before_it_is_done() -> None:
    history = Replanned(two_phases())
    history.ran("merge")
    history.ran("tag")
    history.ask(r.SignNode(node="two", role="cto"), GRACE)
    new = edited(edited(two_phases(), "merge"), "tag", undo="other")
    new = edited(new, "deploy", run="./deploy --all")
    words = "\n".join(explained(history.state, history.taking(new).plan, new))
    assert "void: the sign-off of Grace as cto on “Core”" in words
    assert "kept: “Merge” ran; a rollback takes it back as recorded" in words
    assert "kept: “Tag” ran; its undo stays the one that was recorded" in words
    assert "command: ./deploy → ./deploy --all" in words


asked = st.one_of(
    st.builds(lambda s: r.StartStep(step=s, confirmed=True), st.sampled_from(STEPS)),
    st.builds(lambda n: r.TickNode(node=n), st.sampled_from((*STEPS, "look-a", "look-b", "calm"))),
    st.builds(lambda n: r.SignNode(node=n, role="cto", comment="c"), st.sampled_from(("two",))),
    st.builds(lambda s: r.SkipStep(step=s, reason="why"), st.sampled_from(STEPS)),
    st.just(r.StartRollback(scope="run")),
    st.just(r.StopRollback()),
)
edits: st.SearchStrategy[tuple[str, dict[str, str]]] = st.one_of(
    st.tuples(st.sampled_from(STEPS), st.just({})),
    st.tuples(st.sampled_from(STEPS), st.just({"run": "./other"})),
    st.tuples(st.sampled_from(STEPS), st.just({"title": "Other"})),
    st.tuples(st.sampled_from(STEPS), st.just({"effort": "1h"})),
)
deeds = st.one_of(
    st.tuples(asked, st.sampled_from((ADA, GRACE, LINUS))),
    st.sampled_from(STEPS),
    st.lists(edits, max_size=2),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(deeds, max_size=20))
def test_equal_nodes_keep_their_state_and_only_the_others_are_void(deeds: list[object]) -> None:
    history = Replanned(two_phases())
    for deed in deeds:
        if isinstance(deed, str):
            if not history.state.rolling_back and deed in history.state.outline.steps:
                history.ran(deed)
        elif isinstance(deed, tuple):
            history.ask(*deed)
        else:
            _replan(history, deed)  # type: ignore[arg-type]
    assert fold(anew(history.state), history.events) == history.state
    middle = fold(anew(history.state), history.events[: len(history.events) // 2])
    assert fold(middle, history.events) == history.state


def _replan(history: Replanned, changes: list[tuple[str, dict[str, object]]]) -> None:
    new = two_phases()
    for id_, fields in changes:
        new = edited(new, id_, **fields)
    before = history.state
    back = rollback_plan(before, "run", "")
    if isinstance(history.ask(history.taking(new)), r.Refusal):
        return
    now = history.state
    for id_ in before.outline.nodes.keys() & now.outline.nodes.keys():
        same = content(before, id_) == content(now, id_)
        assert (id_ in now.ticks) == (id_ in before.ticks and same)
        mine = [s for s in before.signoffs if s.node == id_]
        assert [s for s in now.signoffs if s.node == id_] == (mine if same else [])
        if same and id_ in before.outline.steps:
            assert now.step(id_) == before.step(id_)
    # What really ran is taken back, in the texts that were recorded for it.
    texts = {(i.step, i.kind, i.text) for i in back.items}
    assert {(i.step, i.kind, i.text) for i in rollback_plan(now, "run", "").items} == texts


MARKDOWN = """\
# Release

## Phase 1: Build

1. Build the image (10 min)

```bash
make image
```

2. Push it

```bash
make push
```

## Rollback

```bash
make back
```
"""


def test_a_markdown_plan_is_compared_by_its_titles_and_what_was_renamed_is_named() -> None:
    old = read(MARKDOWN, "plan.md", str)
    text = MARKDOWN.replace("Push it", "Push it out").replace("make back", "make back\nmake sure")
    new = read("An introduction.\n\n" + text, "plan.md", str)
    assert plan_differences(old, read("Words.\n\n" + MARKDOWN, "plan.md", str)) == ()
    found = plan_differences(old, new)
    (gone,) = [d for d in found if (d.how, d.kind) == ("removed", "step")]
    (fresh,) = [d for d in found if (d.how, d.kind) == ("added", "step")]
    assert (gone.title, gone.likely) == ("Push it", fresh.id)
    assert in_short(found) == "1 step removed, 1 command removed, 1 step added, 1 command added"
