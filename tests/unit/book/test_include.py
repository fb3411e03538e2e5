"""``include``: a whole plan as a phase of another, without touching either's names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Runbook, Step
from runbook_tui.run.outline import Outline
from tests.fakes.files import faults_of, read_files, said

PART = """\
format = 1
title = "Smoke test"
[parameters.site]
default = "eu"
[roles]
qa = ["*"]
[[phase]]
id = "all"
title = "All"
gate = { roles = ["qa"] }
criteria = ["It is calm"]
[[phase.step]]
id = "ping"
title = "Ping"
run = "ping -c 1 $site"
outputs = ["rtt"]
changes = false
[[phase.step]]
id = "curl"
title = "Curl"
run = "curl ${{ rtt }}"
needs = ["ping"]
checks = ["fast"]
changes = false
[[watch]]
title = "Lag"
run = "./lag"
above = 3
[[procedure]]
title = "Panic"
applies_to = ["all"]
[[procedure.stage]]
title = "Now"
steps = ["Call"]
"""
PLAN = """\
format = 1
title = "Ship"
[[phase]]
id = "db"
title = "Database"
[[phase.step]]
id = "ping"
title = "Ping it"
[[phase]]
id = "smoke"
include = "part.toml"
"""


def plan(more: str = "", part: str = PART, text: str = PLAN) -> Runbook:
    return read_files({"plan.toml": text + more, "part.toml": part})


def faults(more: str = "", part: str = PART, text: str = PLAN) -> list[str]:
    return said({"plan.toml": text + more, "part.toml": part})


def step(book: Runbook, id_: str) -> Step:
    return next(s for s in book.walk() if s.id == id_)


def test_a_plan_of_one_phase_becomes_the_phase() -> None:
    book = plan()
    phase = book.phases[1]
    assert (phase.id, phase.title, phase.line, phase.source) == ("smoke", "Smoke test", 9, "")
    assert [(c.id, c.source) for c in phase.criteria] == [("smoke.it-is-calm", "part.toml")]
    assert phase.gate is not None
    assert phase.gate.source == "part.toml"
    assert [s.id for s in book.walk()] == ["ping", "smoke.ping", "smoke.curl"]
    assert (step(book, "smoke.curl").line, step(book, "smoke.curl").source) == (18, "part.toml")


def test_references_inside_it_stay_inside_it() -> None:
    book = plan()
    assert step(book, "smoke.curl").needs == ("smoke.ping",)
    assert book.procedures[0].id == "smoke.panic"
    assert book.procedures[0].applies_to == ("smoke",)
    assert [w.id for w in book.watches] == ["smoke.lag"]
    assert [g.before for g in book.gates] == ["smoke"]
    assert {(c.id, c.step) for c in book.commands} == {
        ("smoke.ping.run", "smoke.ping"), ("smoke.curl.run", "smoke.curl"),
    }  # fmt: skip
    assert [p.name for p in book.parameters] == ["site"]
    assert book.roles == {"qa": ("*",)}


def test_one_plan_twice_is_two_of_everything() -> None:
    book = plan('[[phase]]\ntitle = "After"\ninclude = "part.toml"\n')
    assert [p.id for p in book.phases] == ["db", "smoke", "after"]
    assert [s.id for s in book.walk()][1:] == [
        "smoke.ping", "smoke.curl", "after.ping", "after.curl",
    ]  # fmt: skip
    assert step(book, "after.curl").needs == ("after.ping",)
    assert [p.applies_to for p in book.procedures] == [("smoke",), ("after",)]


def test_the_phase_adds_to_what_it_includes() -> None:
    book = plan(
        'title = "Look"\nrisk = "low"\ncriteria = ["Ada is happy"]\n'
        '[[phase.step]]\nid = "smoke.ping"\ntimeout = "1m"\n'
        '[[phase.step]]\nid = "more"\ntitle = "More"\nneeds = ["smoke.ping"]\n'
    )
    phase = book.phases[1]
    assert (phase.title, phase.risk, phase.gate is not None) == ("Look", "low", True)
    assert [c.title for c in phase.criteria] == ["It is calm", "Ada is happy"]
    assert [s.id for s in phase.steps] == ["smoke.ping", "smoke.curl", "more"]
    assert (phase.steps[0].timeout, phase.steps[0].run) == (60.0, "ping -c 1 $site")


def test_what_is_needed_from_outside_has_the_long_name() -> None:
    last = '[[phase]]\ntitle = "End"\nneeds = ["smoke"]\n[[phase.step]]\ntitle = "E"\n'
    assert plan(last + 'needs = ["smoke.curl"]\nrun = "echo ${{ rtt }}"\n').phases[2].needs
    assert "plan.toml:17:1: “e” needs “curl”, which is not there" in faults(
        last + 'needs = ["curl"]\n'
    )


def test_several_phases_become_steps_that_wait_for_one_another() -> None:
    part = (
        'format = 1\ntitle = "Move"\n[roles]\nqa = ["*"]\n'
        '[[phase]]\nid = "one"\ntitle = "One"\ncriteria = ["calm"]\nsignoff = { roles = ["qa"] }\n'
        '[[phase.change]]\nid = "pr"\ntitle = "Fix"\npull_request = 7\n'
        '[[phase.change.step]]\nid = "a"\ntitle = "A"\n'
        '[[phase]]\nid = "two"\ntitle = "Two"\ngate = { roles = ["qa"] }\nwhen = "x"\n'
        '[[phase.step]]\nid = "b"\ntitle = "B"\n[parameters.x]\n'
    )
    book = plan(part=part)
    one, two = book.phases[1].steps
    assert [s.id for s in book.phases[1].walk()] == [
        "smoke.one", "smoke.pr", "smoke.a", "smoke.two", "smoke.b",
    ]  # fmt: skip
    assert [c.id for c in one.checks] == ["smoke.calm"]
    assert (one.signoff is not None, two.gate is not None, two.when) == (True, True, "x")
    assert one.steps[0].title == "Fix (#7)"
    assert Outline(book)["smoke.two"].needs == ("smoke.one",)


def test_markdown_can_be_included_with_what_it_asks_for() -> None:
    text = PLAN.replace("part.toml", "part.md") + '[parameters.SITE]\nchoices = ["a"]\n'
    part = "# Part\n\n1. **Ping**\n   ```bash\n   ping <SITE> ${{ github.sha }}\n   ```\n"
    book = read_files({"plan.toml": text, "part.md": part})
    ping = step(book, "smoke.ping")
    assert (ping.run, ping.source) == ("ping <SITE> ${{ github.sha }}", "part.md")
    assert [(p.name, p.placeholder, p.declared) for p in book.parameters] == [
        ("SITE", "<SITE>", True)
    ]
    assert ping.parts == tuple(c.id for c in book.commands if c.step == "smoke.ping")


def test_a_file_is_named_from_the_folder_of_the_file_that_names_it() -> None:
    one = 'format = 1\ntitle = "One"\n[[phase]]\nid = "in"\ninclude = "{}"\n'
    asked: list[str] = []
    files = {
        "plan.toml": one.format("parts/a.toml"),
        "parts/a.toml": one.format("../b.toml"),
        "b.toml": PART,
    }

    def load(name: str) -> str:
        asked.append(name)
        return files[name]

    from runbook_tui.book.reader import read

    book = read(files["plan.toml"], "/srv/plans/plan.toml", load)
    assert asked == ["parts/a.toml", "b.toml"]
    assert [(s.id, s.source) for s in book.walk()] == [
        ("in.in.ping", "/srv/plans/b.toml"), ("in.in.curl", "/srv/plans/b.toml"),
    ]  # fmt: skip


def test_faults_and_findings_name_the_file_they_are_in() -> None:
    part = PART.replace('needs = ["ping"]', 'needs = ["zz"]\nundo = "x ${{ y }}"')
    assert faults(part=part) == [
        "part.toml:22:1: “smoke.curl” needs “smoke.zz”, which is not there",
        "part.toml:23:11: “y” is no parameter and no output of an earlier step",
    ]
    book = plan(part=PART.replace("changes = false\n", "", 1))
    assert [(f.code, f.line, f.source) for f in book.findings] == [
        ("no-undo", 12, "part.toml"),
    ]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('[parameters.site]\ndefault = "us"\n',
         "part.toml:3:1: the parameter “site” is defined otherwise in the plan, line 12"),
        ('[roles]\nqa = ["Ada <a@x>"]\n',
         "plan.toml:11:1: the role “qa” has other people in “part.toml”"),
        ('[[phase]]\ninclude = "gone.toml"\n',
         "plan.toml:13:1: “gone.toml” cannot be read: it is not there"),
        ('[[phase]]\nid = "smoke"\ninclude = "part.toml"\n',
         "plan.toml:13:1: the id “smoke” is used twice"),
        ('[[phase.step]]\nid = "ping"\ntitle = "P"\n',
         "plan.toml:13:1: the id “ping” is used twice"),
        ('[[phase.step]]\nid = "smoke.curl2"\n',
         "plan.toml:13:1: “smoke.curl2” is not in the plan that this adds to, or not here"),
    ],
)  # fmt: skip
def test_what_clashes_is_a_fault(more: str, message: str) -> None:
    assert message in faults(more)


def test_ids_that_meet_on_the_way_are_a_fault() -> None:
    head = 'format = 1\ntitle = "T"\n'
    phase = '[[phase]]\nid = "x"\ntitle = "X"\n[[phase.step]]\nid = "{}"\ntitle = "C"\n'
    one = '[[phase]]\nid = "{}"\ninclude = "{}.toml"\n'
    files = {
        "plan.toml": head + one.format("a", "one") + one.format("a.b", "two"),
        "one.toml": head + phase.replace("{}", "b.c"),
        "two.toml": head + phase.replace("{}", "c"),
    }
    assert said(files) == ["plan.toml:8:1: the id “a.b.c” is there already"]


def test_the_same_definition_twice_is_none() -> None:
    book = plan('[parameters.site]\ndefault = "eu"\ndescription = "where"\n[roles]\nqa = ["*"]\n')
    assert [p.description for p in book.parameters] == ["where"]


def test_a_ring_is_named() -> None:
    one = 'format = 1\ntitle = "T"\n[[phase]]\ninclude = "{}"\n'
    files = {"plan.toml": one.format("a.toml"), "a.toml": one.format("b.toml"),
             "b.toml": 'format = 1\nextends = "a.toml"\n'}  # fmt: skip
    assert said(files) == ["b.toml:2:1: a ring of files: a.toml → b.toml → a.toml"]


@pytest.mark.thorough
def test_a_plan_that_doubles_at_each_level_ends() -> None:
    one = '[[phase]]\nid = "{1}"\ninclude = "{0}"\n'
    two = 'format = 1\ntitle = "T"\n' + one.replace("{1}", "a") + one.replace("{1}", "b")
    files = {f"{n}.toml": two.format(f"{n + 1}.toml") for n in range(12)} | {"12.toml": PART}
    assert any("too many files" in f.message for f in faults_of(files, "0.toml"))


@dataclass
class Plan:
    """A plan to be written: phases of step titles, or of another plan."""

    phases: list[list[str] | Plan] = field(default_factory=list)

    def titles(self) -> Iterator[str]:
        """The titles of its steps, those of plans inside where they are taken in."""
        for phase in self.phases:
            yield from phase.titles() if isinstance(phase, Plan) else phase

    def write(self, name: str, files: dict[str, str]) -> None:
        """Write it and the plans in it."""
        text = ["format = 1", 'title = "T"']
        for number, phase in enumerate(self.phases):
            text += ["[[phase]]", f'id = "p{number}"', 'title = "P"']
            if isinstance(phase, Plan):
                other = f"{name}-{number}.toml"
                phase.write(f"{name}-{number}", files)
                text.append(f'include = "{other}"')
            else:
                for at, title in enumerate(phase):
                    text += ["[[phase.step]]", f'id = "s{at}"', f'title = "{title}"']
                    text += [f'run = "{title}"', "changes = false"]
                    text += [f'needs = ["s{at - 1}"]'] if at else []
        files[f"{name}.toml"] = "\n".join(text)


titles = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=3)
plans = st.recursive(
    st.lists(titles, min_size=1, max_size=1).map(lambda phases: Plan(list(phases))),
    lambda inner: st.lists(titles | inner, min_size=1, max_size=3).map(lambda ps: Plan(list(ps))),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_steps_stand_in_the_order_of_the_text_wherever_it_comes_from(tree: Plan) -> None:
    files: dict[str, str] = {}
    # Ids are unique over one file, so its phases may not share those of their steps.
    tree.write("plan", files)
    files = {name: _unique(text) for name, text in files.items()}
    book = read_files(files)
    done = [s for s in book.walk() if s.run is not None]
    assert [s.title for s in done] == list(tree.titles())
    outline = Outline(book)
    assert len(outline.order) == len(list(book.walk()))
    for found in done:
        lines = files[found.source or "plan.toml"].splitlines()
        assert f'title = "{found.title}"' in lines[found.line : found.line + 2]
        assert all(need in outline.steps for need in found.needs or ())


def _unique(text: str) -> str:
    """The file with the number of the phase in the ids of its steps."""
    number = -1
    lines = []
    for line in text.splitlines():
        number += line == "[[phase]]"
        lines.append(
            line.replace('"s', f'"s{number}-') if line.startswith(("id", "needs")) else line
        )
    return "\n".join(lines)


WHOLE = {
    "plan.toml": PLAN.replace("part.toml", "mid.toml").replace('"Ship"', '"Ship"\nextends = "b.md"')
    + '[[phase.step]]\nid = "smoke.in"\n[[phase.step.step]]\nid = "smoke.in.ping"\n'
    'when = "site"\nchecks = [{ id = "x", title = "X" }]\n'
    + '[[phase]]\nid = "base"\n[[phase.step]]\nid = "look"\nundo = "x"\n'
    'gate = { roles = ["qa"] }\n',
    "mid.toml": 'format = 1\ntitle = "Mid"\n[[phase]]\nid = "in"\ninclude = "part.toml"\n'
    '[[phase]]\ntitle = "More"\n[[phase.step]]\nid = "ping"\ntitle = "P"\n',
    "part.toml": PART,
    "b.md": "# Base\n\n1. **Look**\n   ```bash\n   ls <DIR>\n   ```\n",
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.data())
@pytest.mark.thorough
def test_no_mutilated_file_does_more_than_fault(data: st.DataObject) -> None:
    files = dict(WHOLE)
    for _ in range(data.draw(st.integers(0, 2))):
        name = data.draw(st.sampled_from(sorted(files)))
        lines = files[name].splitlines() or [""]
        at, other = data.draw(st.tuples(*[st.integers(0, len(lines) - 1)] * 2))
        donor = data.draw(st.sampled_from([WHOLE[name], *WHOLE.values()])).splitlines()
        lines[at] = data.draw(st.sampled_from([lines[at][::-1], "", lines[other], *donor]))
        files[name] = "\n".join(lines)
    try:
        book = read_files(files)
    except PlanFaults as error:
        assert all(f.line >= 1 and f.column >= 1 and f.source in {*files, ""} for f in error.faults)
    else:
        ids = [p.id for p in book.phases] + [s.id for s in book.walk()]
        ids += [c.id for s in book.walk() for c in s.checks]
        assert len(ids) == len({*ids})
