"""``extends``: a TOML file adds to a plan that people already have, and every place stays true."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Runbook, Step
from tests.fakes.files import read_files, said

BASE = """\
# Move the database

## Phase 1: Prepare

1. **Announce** (5 minutes)
   ```bash
   echo moving to <TARGET>
   ```
2. **Stop writes**

## Phase 2: Move

CTO approval required before Phase 2.

1. **Copy**
   ```bash
   ./copy.sh <TARGET>
   ```
"""
STAYS = "“copy” is a step in “phase-2-move” of “plan.md”; a node stays where it is"
HEAD = 'format = 1\nextends = "plan.md"\n'


def extended(text: str, base: str = BASE, name: str = "plan.md") -> Runbook:
    return read_files({"plan.toml": f'format = 1\nextends = "{name}"\n{text}', name: base})


def faults(text: str, base: str = BASE) -> list[str]:
    return said({"plan.toml": HEAD + text, "plan.md": base})


def step(book: Runbook, id_: str) -> Step:
    return next(s for s in book.walk() if s.id == id_)


def test_without_anything_else_it_is_the_base() -> None:
    book = extended("")
    assert book.title == "Move the database"
    assert [s.id for s in book.walk()] == ["announce", "stop-writes", "copy"]
    assert {s.source for s in book.walk()} == {"plan.md"}


def test_a_table_with_the_id_of_a_node_amends_it() -> None:
    book = extended(
        '[[phase]]\nid = "phase-2-move"\nrollback_within = "5m"\n'
        '[[phase.step]]\nid = "copy"\nundo = "./back ${{ TARGET }}"\nestimate = "10m"\n'
        '[[phase]]\nid = "phase-1-prepare"\n'
        '[[phase.step]]\nid = "stop-writes"\nrun = "./stop"\nundo = "./start"\n'
    )
    copy, stop = step(book, "copy"), step(book, "stop-writes")
    assert [p.id for p in book.phases] == ["phase-1-prepare", "phase-2-move"]
    assert book.phases[1].rollback_within == 300.0
    assert book.phases[1].gate is not None
    assert (copy.run, copy.undo) == ("./copy.sh <TARGET>", "./back ${{ TARGET }}")
    assert copy.estimate is not None
    assert (stop.run, stop.title, stop.line, stop.source) == (
        "./stop", "Stop writes", 9, "plan.md",
    )  # fmt: skip
    assert {(c.id, c.step) for c in book.commands} >= {
        ("stop-writes.run", "stop-writes"), ("copy.undo", "copy"),
    }  # fmt: skip


def test_what_is_not_in_the_base_is_added_behind_it() -> None:
    book = extended(
        '[[phase]]\nid = "phase-1-prepare"\n[[phase.step]]\ntitle = "Lock"\nrun = "./lock"\n'
        '[[phase]]\ntitle = "Celebrate"\n[[phase.step]]\ntitle = "Announce"\n'
    )
    assert [s.id for s in book.walk()] == ["announce", "stop-writes", "lock", "copy", "announce-2"]
    assert book.phases[2].source == ""
    assert step(book, "lock").line == 5


def test_a_command_that_is_given_takes_the_place_of_the_blocks() -> None:
    book = extended(
        '[[phase]]\nid = "phase-2-move"\n[[phase.step]]\nid = "copy"\nrun = "./better"\n'
    )
    assert step(book, "copy").run == "./better"
    of_copy = [c for c in book.commands if c.step == "copy"]
    assert [(c.text, c.source) for c in of_copy] == [("./better", "")]
    assert "./copy.sh <TARGET>" in [c.text for c in book.commands if c.step is None]


def test_tables_over_the_whole_add_to_those_of_the_base() -> None:
    book = extended(
        '[parameters.TARGET]\nchoices = ["eu", "us"]\n[parameters.speed]\ndefault = "1"\n'
        '[roles]\ncto = ["Grace <g@x>"]\n[[section]]\ntitle = "More"\n'
        '[[watch]]\ntitle = "Lag"\nrun = "./lag"\nabove = 3\n'
        '[[procedure]]\ntitle = "Back"\napplies_to = ["phase-2-move"]\n'
        '[[contact]]\nrole = "dba"\nwho = "Edgar"\n'
    )
    target, speed = book.parameters
    assert (target.name, target.placeholder, target.choices) == ("TARGET", "<TARGET>", ("eu", "us"))
    assert (target.declared, target.required, target.source) == (True, True, "plan.md")
    assert (speed.name, speed.required) == ("speed", False)
    assert book.roles == {"cto": ("Grace <g@x>",)}
    assert book.sections[-1].title == "More"
    assert [w.id for w in book.watches] == ["lag"]
    assert book.contacts[-1].who == "Edgar"


def test_a_gate_that_is_replaced_is_noticed() -> None:
    book = extended(
        '[roles]\ndba = ["*"]\n[[phase]]\nid = "phase-2-move"\ngate = { roles = ["dba"] }\n'
    )
    assert book.phases[1].gate is not None
    assert book.phases[1].gate.roles == ("dba",)
    assert [(g.approver, g.source) for g in book.gates] == [("dba", "")]
    found = [f for f in book.findings if f.code == "gate-replaced"]
    assert [(f.line, f.source) for f in found] == [(7, "")]
    assert "line 13 of plan.md" in found[0].message


def test_a_plan_in_toml_is_extended_key_by_key() -> None:
    base = (
        'format = 1\ntitle = "Base"\n[parameters.a]\ndefault = "1"\ndescription = "old"\n'
        '[team.x]\npeople = ["Ada"]\nrate = 3\n'
        '[[phase]]\nid = "p"\ntitle = "P"\n[[phase.change]]\nid = "c"\ntitle = "C"\nrisk = "low"\n'
        '[[phase.change.step]]\nid = "s"\ntitle = "S"\naction = "git.merge"\n'
        'with = { branch = "x", push = "no" }\nenv = { A = "1" }\nestimate = "5m"\n'
        'checks = ["queue is empty"]\n'
        '[[watch]]\nid = "w"\ntitle = "W"\nrun = "x"\nabove = 3\nfor = 2\n'
        '[[procedure]]\nid = "back"\ntitle = "Back"\n[[procedure.stage]]\nid = "now"\n'
        'title = "Now"\nwindow = "0-5m"\n'
    )
    book = extended(
        'title = "New"\n[parameters.a]\ndefault = "2"\n[team.x]\nrate = 4\n'
        '[[phase]]\nid = "p"\n[[phase.change]]\nid = "c"\nrisk = "high"\n'
        '[[phase.change.step]]\nid = "s"\nwith = { push = "yes" }\nenv = { B = "2" }\n'
        'estimate = "9m"\n'
        'checks = [{ id = "queue-is-empty", probe = "./queue" }, "it is quiet"]\n'
        '[[watch]]\nid = "w"\nhttp = { url = "u" }\n'
        '[[procedure]]\nid = "back"\n[[procedure.stage]]\nid = "now"\nsteps = ["Call"]\n',
        base,
        "base.toml",
    )
    change = book.phases[0].changes[0]
    only = change.steps[0]
    assert (book.title, change.risk, change.title) == ("New", "high", "C")
    assert only.arguments == {"branch": "x", "push": "yes"}
    assert [(c.id, c.title, c.probe, c.source) for c in only.checks] == [
        ("queue-is-empty", "queue is empty", "./queue", "base.toml"),
        ("it-is-quiet", "it is quiet", None, ""),
    ]
    assert only.env == {"A": "1", "B": "2"}
    assert [e.maximum for e in book.estimates] == [540.0]
    assert (book.parameters[0].default, book.parameters[0].description) == ("2", "old")
    assert (book.teams[0].people, book.teams[0].rate) == (("Ada",), 4.0)
    watch = book.watches[0]
    assert (watch.probe.run, watch.probe.http, watch.samples) == (None, {"url": "u"}, 2)
    stage = book.procedures[0].stages[0]
    assert (stage.title, stage.to_minute, [s.title for s in stage.steps]) == ("Now", 5.0, ["Call"])


def test_a_base_may_have_a_base() -> None:
    files = {
        "plan.toml": 'format = 1\nextends = "sub/mid.toml"\n[[phase]]\nid = "phase-2-move"\n'
        'text = "top"\n',
        "sub/mid.toml": 'format = 1\nextends = "../plan.md"\n[[phase]]\nid = "phase-2-move"\n'
        'risk = "high"\n[[phase.step]]\ntitle = "Mid"\n',
        "plan.md": BASE,
    }
    book = read_files(files, folder="plans/")
    phase = book.phases[1]
    assert (phase.text, phase.risk, phase.source) == ("top", "high", "plans/plan.md")
    assert [s.source for s in phase.steps] == ["plans/plan.md", "plans/sub/mid.toml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[phase]]\nid = "phase-1-prepare"\n[[phase.step]]\nid = "copy"\n',
         f"plan.toml:6:1: {STAYS}"),
        ('[[phase]]\nid = "copy"\n',
         f"plan.toml:4:1: {STAYS}"),
        ('[[phase]]\nid = "phase-2-move"\n[[phase]]\nid = "phase-2-move"\n',
         "plan.toml:6:1: the id “phase-2-move” is used twice"),
        ('[[phase]]\nid = "phase-3"\n', "plan.toml:3:1: “title” is missing"),
        ('[[phase]]\nid = "phase-2-move"\n[[phase.step]]\nid = "copy"\nneeds = ["zz"]\n',
         "plan.toml:7:1: “copy” needs “zz”, which is not there"),
        ('[[phase]]\nid = "phase-2-move"\n[[phase.step]]\nid = "copy"\nundo = "x ${{ y }}"\n',
         "plan.toml:7:11: “y” is no parameter and no output of an earlier step"),
        ('[[phase]]\nid = "phase-2-move"\nsignoff = { roles = ["x"] }\n',
         "plan.toml:5:1: the role “x” is not listed"),
        ('[[phase]]\nid = "phase-2-move"\nrisky = "x"\n', "plan.toml:5:1: unknown key “risky”"),
        ('[[procedure]]\ntitle = "B"\napplies_to = ["x"]\n',
         "plan.toml:5:1: “B” applies to “x”, which is not there"),
    ],
)  # fmt: skip
def test_faults_are_where_the_words_stand(text: str, message: str) -> None:
    assert message in faults(text)


@pytest.mark.parametrize(
    ("name", "base", "message"),
    [
        ("gone.md", BASE, "plan.toml:2:1: “gone.md” cannot be read: it is not there"),
        ("plan.toml", BASE, "plan.toml:2:1: a ring of files: plan.toml → plan.toml"),
        ("./a/../plan.toml", BASE, "plan.toml:2:1: a ring of files: plan.toml → plan.toml"),
        ("plan.md", "nothing here", "plan.md:1:1: nothing to do: no step, box or command"),
    ],
)
def test_a_base_that_cannot_be_read_is_the_only_fault(name: str, base: str, message: str) -> None:
    text = f'format = 1\nextends = "{name}"\n[[phase]]\nid = "x"\n[[phase.step]]\nid = "y"\n'
    found = said({"plan.toml": text, "plan.md": base})
    assert len(found) == 1
    assert found[0].startswith(message)


def test_faults_of_the_base_name_the_base() -> None:
    text = 'format = 1\nextends = "base.toml"\ncolour = "red"\n'
    base = 'format = 1\ntitle = "B"\n[[phase]]\ntitle = "P"\nrisk = "none"\n'
    found = said({"plan.toml": text, "base.toml": base})
    assert found[:2] == [
        "plan.toml:1:1: nothing to do: the plan has no steps",
        "plan.toml:3:1: unknown key “colour”",
    ]
    assert found[2].startswith("base.toml:5:1: “risk”")
    assert len(found) == 3


def test_without_a_way_to_load_it_says_so() -> None:
    from runbook_tui.book.findings import PlanFaults
    from runbook_tui.book.reader import read

    with pytest.raises(PlanFaults) as caught:
        read(HEAD, "plan.toml")
    assert "other files cannot be read here" in caught.value.faults[0].message
