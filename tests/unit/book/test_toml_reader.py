"""TOML plans: all of it is read, nothing unknown passes, every fault comes at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import decode, read

DATA = Path(__file__).parents[2] / "data"
COMPLETE = (DATA / "complete.toml").read_text()


def faults(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(PlanFaults) as caught:
        read(text, "plan.toml")
    return [(f.line, f.column, f.message) for f in caught.value.faults]


def minimal(step: str = "", phase: str = "", top: str = "") -> str:
    return (
        f'format = 1\ntitle = "T"\n{top}\n[[phase]]\ntitle = "P"\n{phase}\n'
        f'[[phase.step]]\nid = "a"\ntitle = "A"\n{step}\n'
    )


def test_a_whole_plan_is_read() -> None:
    book = read(COMPLETE, "complete.toml")
    phase = book.phases[0]
    step = phase.changes[0].steps[0]
    assert phase.gate is not None
    assert (phase.gate.roles, phase.gate.four_eyes, phase.gate.within) == (("cto",), True, 1800.0)
    assert step.estimate is not None
    assert (step.estimate.maximum, step.timeout, step.needs) == (900.0, 1200.0, ())
    assert [c.probe for c in step.checks] == [None, "curl -fsS $staging/health"]
    assert phase.changes[0].pull_request == 322
    assert book.watches[0].samples == 2
    assert book.procedures[0].stages[0].to_minute == 2.0
    assert book.thresholds[0].value == 99.5
    assert book.escalations[0].within == 1800.0
    assert book.teams[0].rate == 200.0
    assert COMPLETE.splitlines()[step.line - 1] == "[[phase.change.step]]"


def test_every_fault_comes_at_once_with_its_place() -> None:
    text = minimal('estimate = "15 parsecs"\nrun = 5', "gaet = 1", 'colour = "red"')
    found = faults(text)
    assert [(line, message.split(";")[0]) for line, _, message in found] == [
        (3, "unknown key “colour”"),
        (6, "unknown key “gaet”"),
        (10, "“15 parsecs” is no duration"),
        (11, "“run” should be a text"),
    ]


def test_an_unknown_key_gets_a_suggestion() -> None:
    with pytest.raises(PlanFaults) as caught:
        read(minimal(phase="gaet = 1"), "p.toml")
    assert caught.value.faults[0].hint == "did you mean “gate”?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (minimal('needs = ["zz"]'), "“a” needs “zz”, which is not there"),
        (minimal('needs = ["a"]'), "a cycle in needs: a → a"),
        (minimal('run = "x ${{ y }}"'), "“y” is no parameter and no output of an earlier step"),
        (minimal('run = "x"\naction = "git.push"'), "“A” has both run and action"),
        (minimal('action = "git.murge"'), "there is no action “git.murge”"),
        (minimal('action = "git.merge"'), "git.merge needs with.branch"),
        (minimal('signoff = { roles = ["boss"] }'), "the role “boss” is not listed"),
        (minimal('[[phase.step]]\nid = "a"\ntitle = "B"'), "the id “a” is used twice"),
        (minimal('[[phase.step]]\nid = "A!"\ntitle = "B"'), "“A!” is no id"),
        (minimal('[parameters.PATH]\ndefault = "x"'), "no parameter may be called PATH"),
        ('format = 1\ntitle = "T"\n', "nothing to do: the plan has no steps"),
        ('format = 2\ntitle = "T"\n', "“format”"),
        ("format = 1\ntitle = ", "no TOML"),
    ],
)  # fmt: skip
def test_what_a_plan_must_not_say(text: str, message: str) -> None:
    assert any(m.startswith(message) for _, _, m in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("key", "where", "message"),
    [
        ("when = 'a = 1'", (10, 11), "“when”: to compare, write =="),
        ("when = 'not (zz or b)'", (10, 14), "“zz” is no parameter"),
        ('when = """\nb and\n zz"""', (12, 2), "“zz” is no parameter"),
        ('when = "b == \\"x\\" and zz"', (10, 1), "“zz” is no parameter"),
        ("when = 'later'\noutputs = ['later']\nrun = 'x'", (10, 9), "“later” is no parameter"),
        ("when = 'b and c'", (10, 15), "“when” cannot look at the secret “c”"),
    ],
)
def test_a_condition_is_held_against_what_is_known(
    key: str, where: tuple[int, int], message: str
) -> None:
    text = minimal(key) + "[parameters.b]\n[parameters.c]\nsecret = true\n"
    (found,) = faults(text)
    assert found[2].startswith(message)
    # Words behind escapes are not looked for; then it is the key.
    assert found[:2] == where


def test_a_condition_may_look_at_what_an_earlier_step_puts_out() -> None:
    later = '[[phase.step]]\ntitle = "B"\nwhen = "sha != \'\' or p"\n[parameters.p]\n'
    book = read(minimal(f"run = 'x'\noutputs = ['sha']\n{later}"), "p.toml")
    assert book.phases[0].steps[1].when == "sha != '' or p"


def test_a_cycle_over_several_steps_is_named() -> None:
    text = minimal('needs = ["b"]\n[[phase.step]]\nid = "b"\ntitle = "B"\nneeds = ["a"]')
    assert any("a → b → a" in m for _, _, m in faults(text))


def test_an_output_is_usable_from_its_undo_and_by_later_steps_only() -> None:
    later = '[[phase.step]]\nid = "b"\ntitle = "B"\nrun = "echo ${{ sha }}"'
    own = 'run = "x"\noutputs = ["sha"]\nundo = "back ${{ sha }}"'
    book = read(minimal(f"{own}\n{later}"), "p.toml")
    assert {f.code for f in book.findings} == {"late-undo", "no-undo"}
    assert faults(minimal('run = "x ${{ sha }}"\noutputs = ["sha"]'))


def test_a_step_with_an_effect_and_no_undo_is_noticed() -> None:
    book = read(minimal('run = "x"'), "p.toml")
    assert [(f.code, f.line) for f in book.findings] == [("no-undo", 7)]
    assert not read(minimal('run = "x"\nchanges = false'), "p.toml").findings


def test_text_is_kept_as_it_is() -> None:
    text = minimal('text = "[bold]x[/] [@click=app.quit]y \\u001b[31m"')
    assert read(text, "p.toml").phases[0].steps[0].text == "[bold]x[/] [@click=app.quit]y \x1b[31m"


@pytest.mark.parametrize("name", ["x.yaml", "x.atrb", "x.rb", "x.mdx"])
def test_other_formats_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(PlanFaults) as caught:
        decode(b"a: 1", name)
    assert len(caught.value.faults) == 1


def test_binary_is_refused() -> None:
    with pytest.raises(PlanFaults, match=r"p\.md"):
        decode(b"\x7fELF\0\0", "p.md")


@settings(max_examples=200, deadline=None)
@given(st.data())
@pytest.mark.thorough
def test_no_mutilated_plan_does_more_than_fault(data: st.DataObject) -> None:
    lines = COMPLETE.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(("cut", "drop", "swap", "flip")))
    if how == "cut":
        lines = lines[:at]
    elif how == "drop":
        del lines[at]
    elif how == "swap":
        other = data.draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = lines[at][::-1]
    try:
        assert isinstance(read("\n".join(lines), "p.toml"), Runbook)
    except PlanFaults as error:
        assert error.faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("change = []", "belongs in [phase]"),
        ("[[phase]]\ntitle = 'P'\nchanges = []", "did you mean “change”?"),
        ("[[phase]]\ntitle = 'P'\ncriterions = []", "did you mean “criteria”?"),
    ],
)
def test_an_unknown_key_is_told_what_is_known_there_or_where_it_belongs(
    text: str, said: str
) -> None:
    with pytest.raises(PlanFaults) as raised:
        read(f'format = 1\ntitle = "T"\n{text}\n', "p.toml")
    assert any(said in fault.hint for fault in raised.value.faults), raised.value.faults


@pytest.mark.parametrize(
    ("line", "said"),
    [('on_failure = "retry"', "on_failure"), ('undo_timeout = "0s"', "undo_timeout")],
)
def test_what_follows_a_failed_undo_is_one_of_what_is_known(line: str, said: str) -> None:
    found = faults(minimal(f'run = "x"\nundo = "y"\n{line}'))
    assert len(found) == 1
    assert found[0][0] == 12
    assert said in found[0][2]
