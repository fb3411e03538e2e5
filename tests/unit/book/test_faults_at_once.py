"""However many faults a plan has, all are told at once, each at its place, and no other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import PlanFaults
from tests.fakes.files import faults_of, read_files, said
from tests.unit.book.planting import Plant, after, planted, told

EVERY_KEY = (Path(__file__).parents[2] / "data" / "every_key.toml").read_text(encoding="utf-8")

PLANTS = (
    # Keys
    after('title = "Ship checkout 2.4"', '«colour = "red"', "unknown key “colour”"),
    Plant(line='risk = "critical"', text='«riks = "critical"', says="unknown key “riks”"),
    Plant(line='id = "serve"', text='«di = "serve"', says="unknown key “di”"),
    Plant(line='title = "Prepare"', text='«tilte = "Prepare"', says="unknown key “tilte”"),
    Plant(line="[parameters.staging]", text="«[paramters.staging]", says="unknown key “paramters”"),
    Plant(line="[[procedure.stage]]", text="«[[procedure.stages]]", says="unknown key “stages”"),
    Plant(line="[[phase.change.step.step]]", text="«[[phase.change.step.stpe]]",
          says="unknown key “stpe”"),
    Plant(line="[[alert]]", text="«[[alerts]]", says="unknown key “alerts”"),
    Plant(line="prometheus = ", text='«promql = "success_rate"', says="unknown key “promql”"),
    # Values
    Plant(line='estimate = "15m"', text='«estimate = "15 parsecs"', says="“15 parsecs” is no"),
    Plant(line='before = ', text="«before = 5", says="“before” should be a text"),
    Plant(line="pull_request", text='«pull_request = "322"', says="“pull_request” should be a who"),
    Plant(line='when = "env', text="«when = true", says="“when” should be a text"),
    Plant(line="checks = [", text='checks = ["x", «5]',
          says="an item of “checks” should be a text or a table"),
    Plant(line="expect = { exit = [", text='expect = { «exit = "0", output = "M" }',
          says="“exit” should be a whole number or a list"),
    Plant(line='window = "0-2m"', text='«window = "soon"', says="“soon” is no window"),
    Plant(line='name = "Latency"', text="«name = []", says="“name” should be a text"),
    Plant(line='kind = "recovery"', text='«kind = "other"', says="“kind”: input should be"),
    Plant(line="retries = 2", text="«retries = 2000", says="“retries”: input should be less"),
    Plant(line="rate = 200", text='«rate = "200"', says="“rate” should be a number"),
    Plant(line="secret = true", text="«secret = 5", says="“secret” should be true or false or a t"),
    Plant(line='secret = { file', text="secret = { «file = 5 }", says="“file” should be a text"),
    Plant(line='on_breach = "block"', text='on_breach = "block"\n«every = -5',
          says="“every”: input should be greater than 0"),
    Plant(line='with = {', text="with = { remote = 'origin', «branch = 5 }",
          says="“branch” should be a text"),
    Plant(line='text = "From', text='«text = "a\\u0000b"', says="a NUL character"),
    Plant(line="[[contact]]", text='«[[contact]]\nrole = "x"\n[[contact]]', says="“who” is mis"),
    Plant(line='prometheus = ', text='prometheus = { url = "u", query = "q", «every = "1m" }',
          says="unknown key “every”"),
    Plant(line='http = ', text='«http = { json = "x" }', says="“url” is missing"),
    # Rules
    Plant(line='secret = { command', text='«secret = { env = "A", command = "b" }',
          says="the secret password wants one of env, file, command"),
    Plant(line='secret = { env', text='«secret = { }', says="the secret token wants one of"),
    Plant(line='[parameters.password]', text='[parameters.password]\n«default = "1234"',
          says="the secret password has its value in the plan"),
    after('title = "The second"', '«id = "merge"', "the id “merge” is used twice"),
    after('title = "Look closer"', '«needs = ["nowhere"]', "“look-closer” needs “nowhere”"),
    Plant(line='action = "git.push"', text='«action = "git.psuh"', says="there is no action"),
    Plant(line='ready = ', text='ready = "curl «${{ nobody }}"', says="“nobody” is no parameter"),
    Plant(line='role = "lead"', text='«role = "boss"', says="the role “boss” is not listed"),
    Plant(line='signoff = { roles = ["qa"] }', text='«signoff = { roles = ["chef"] }',
          says="the role “chef” is not listed"),
    Plant(line='[parameters.open]', text='«[parameters.PATH]\n[parameters.open]',
          says="no parameter may be called PATH"),
    Plant(line='[parameters.pin]', text='«[parameters.odd]\npattern = "("\n[parameters.pin]',
          says="the pattern of odd is no regular expression"),
    Plant(line='applies_to', text='«applies_to = ["core", "away"]', says="“Core rollback” applies"),
    Plant(line='when = "version', text="when = 'version «= 2'", says="“when”: to compare"),
    Plant(line='run = "./serve"', text='run = "./serve"\n«with = { a = "b" }',
          says="“Serve” has “with” but no action"),
    Plant(line='[[phase.change.step.step.step]]', text='[[phase.change.step.step.step]]\n'
          'id = "r1"\ntitle = "R1"\n«needs = ["r2"]\n[[phase.change.step.step.step]]\nid = "r2"\n'
          'title = "R2"\nneeds = ["r1"]\n[[phase.change.step.step.step]]',
          says="a cycle in needs: r1 → r2 → r1"),
    Plant(line='[[phase.change.step.step]]', text='[[phase.change.step.step]]\ntitle = "Self"\n'
          'id = "self"\n«needs = ["self"]\n[[phase.change.step.step]]',
          says="a cycle in needs: self → self"),
)  # fmt: skip


def test_the_plan_is_good_before_anything_is_planted() -> None:
    findings = read_files({"plan.toml": EVERY_KEY}).findings
    assert {finding.code for finding in findings} == {"threshold-missed"}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda p: p.text.replace("\n", " ")[:40])
def test_one_fault_is_told_alone(plant: Plant) -> None:
    files, wanted = planted({"plan.toml": EVERY_KEY}, [plant])
    assert told(faults_of(files), wanted) == wanted


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PLANTS), unique_by=lambda p: p.line, min_size=2, max_size=12))
@pytest.mark.thorough
def test_any_number_of_faults_is_told_at_once(plants: list[Plant]) -> None:
    files, wanted = planted({"plan.toml": EVERY_KEY}, plants)
    assert told(faults_of(files), wanted) == wanted


def test_all_faults_that_fit_into_one_plan_are_told_at_once() -> None:
    plants = list({p.line: p for p in PLANTS}.values())
    assert len(plants) > 30
    files, wanted = planted({"plan.toml": EVERY_KEY}, plants)
    assert told(faults_of(files), wanted) == wanted


FILES = {
    "plan.toml": """\
format = 1
extends = "base.toml"
[parameters.speed]
default = "1"
[[phase]]
id = "two"
[[phase.step]]
id = "b"
undo = "back ${{ old }}"
needs = ["a"]
[[phase]]
id = "smoke"
include = "part.toml"
needs = ["two"]
[[phase.step]]
id = "smoke.ping"
timeout = "1m"
[[phase.step]]
id = "own"
title = "Own"
needs = ["smoke.hear"]
""",
    "base.toml": """\
format = 1
title = "Base"
[parameters.site]
default = "eu"
[roles]
qa = ["*"]
[[phase]]
id = "one"
title = "One"
[[phase.step]]
id = "a"
title = "A"
run = "a ${{ site }}"
outputs = ["old"]
changes = false
[[phase]]
id = "two"
title = "Two"
gate = { roles = ["qa"] }
[[phase.step]]
id = "b"
title = "B"
run = "b"
""",
    "part.toml": """\
format = 1
title = "Smoke"
[parameters.site]
default = "eu"
[roles]
qa = ["*"]
[[phase]]
title = "All"
[[phase.step]]
id = "ping"
title = "Ping"
run = "ping ${{ site }}"
changes = false
[[phase.step]]
id = "hear"
title = "Hear"
needs = ["ping"]
signoff = { roles = ["qa"] }
""",
}


def of(file: str, *plants: Plant) -> list[Plant]:
    return [Plant(line=p.line, text=p.text, says=p.says, file=file) for p in plants]


IN_FILES = (
    *of("plan.toml",
        Plant(line="[parameters.speed]", text="«[parameter.speed]", says="unknown key “parameter”"),
        Plant(line='undo = "back', text='undo = "back «${{ new }}"', says="“new” is no parameter"),
        Plant(line='needs = ["a"]', text='«needs = ["z"]', says="“b” needs “z”"),
        Plant(line='needs = ["two"]', text='«needs = "two"', says="“needs” should be a list"),
        Plant(line='timeout = "1m"', text='«timeout = "1x"', says="“1x” is no duration"),
        Plant(line='title = "Own"', text='title = "Own"\n«role = "x"', says="the role “x” is not"),
        Plant(line='needs = ["smoke.hear"]', text='«needs = ["hear"]', says="“own” needs “hear”")),
    *of("base.toml",
        Plant(line='default = "eu"', text="«default = 5", says="“default” should be a text"),
        Plant(line='qa = ["*"]', text='«qa = "*"', says="“qa” should be a list"),
        Plant(line='id = "one"', text="«id = 1", says="“id” should be a text"),
        Plant(line='id = "a"', text="«id = 1", says="“id” should be a text"),
        Plant(line="outputs", text='«outptus = ["old"]', says="unknown key “outptus”"),
        Plant(line='title = "Two"', text="«name = 'Two'\ntitle = 'T'", says="unknown key “name”"),
        Plant(line='title = "B"', text="«title = 5", says="“title” should be a text"),
        Plant(line='run = "b"', text='run = "b «${{ nope }}"', says="“nope” is no parameter")),
    *of("part.toml",
        Plant(line='default = "eu"', text="«default = 5", says="“default” should be a text"),
        Plant(line='title = "Smoke"', text="«title = 5", says="“title” should be a text"),
        Plant(line='id = "ping"', text='id = "ping"\n«colour = 1', says="unknown key “colour”"),
        Plant(line='needs = ["ping"]', text='«needs = ["pong"]', says="“smoke.hear” needs “"),
        Plant(line="signoff", text='«signoff = { roles = ["x"] }', says="the role “x” is not")),
)  # fmt: skip


def test_the_files_are_good_before_anything_is_planted() -> None:
    assert {s.id for s in read_files(FILES).walk()} == {"a", "b", "smoke.ping", "smoke.hear", "own"}


@pytest.mark.parametrize("plant", IN_FILES, ids=lambda p: f"{p.file} {p.text}"[:40])
def test_one_fault_in_several_files_is_told_alone(plant: Plant) -> None:
    files, wanted = planted(FILES, [plant])
    assert told(faults_of(files), wanted) == wanted


def hidden(plants: list[Plant]) -> bool:
    """Whether one of them may be what another is about: an id that cannot be read is any id."""
    return any(p.text.startswith("«id = 1") for p in plants) and any(
        " needs " in p.says for p in plants
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(IN_FILES), unique_by=lambda p: (p.file, p.line), min_size=2, max_size=9
    ).filter(lambda plants: not hidden(plants))
)
@pytest.mark.thorough
def test_faults_of_all_files_are_told_at_once(plants: list[Plant]) -> None:
    files, wanted = planted(FILES, plants)
    assert told(faults_of(files), wanted) == wanted


@pytest.mark.parametrize("name", ["base.toml", "part.toml"])
def test_a_file_that_is_missing_hides_no_fault_of_the_others(name: str) -> None:
    more = 'colour = 1\naction = "git.psuh"\n[parameters.PATH]\n[parameters.odd]\npattern = "("\n'
    files = {**FILES, "plan.toml": FILES["plan.toml"] + more}
    del files[name]
    wanted = [
        "unknown key “colour”",
        "there is no action “git.psuh”",
        "no parameter may be called PATH",
        "the pattern of odd is no regular expression",
        f"“{name}” cannot be read: it is not there",
    ]
    found = [line.split(": ", 1)[1] for line in said(files)]
    assert len(found) == len(wanted)
    assert all(any(line.startswith(words) for line in found) for words in wanted)


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        # What is missing because it could not be read is not missed.
        ('title = 5\nrun = "x"\naction = "git.push"', ["“title” should be a text",
         "“the step” has both run and action"]),
        ('title = "A"\naction = 5\nwith = { branch = "x" }', ["“action” should be a text"]),
        ('title = "A"\naction = "git.murge"\n[[phase.step]]\ntitle = "B"\nrun = "${{ merge_sha }}"',
         ["there is no action “git.murge”"]),
        ('title = "A"\noutputs = 5\n[[phase.step]]\ntitle = "B"\nrun = "${{ x }} ${{ y }}"',
         ["“outputs” should be a list"]),
        ('title = "A"\noutput = "x"\n[[phase.step]]\ntitle = "B"\nrun = "${{ x }}"',
         ["unknown key “output”"]),
        (('title = "A"\n[[fase]]\ntitle = "P"\n[[fase.step]]\nid = "far"\n[[phase]]\ntitle = "Q"\n'
         'needs = ["far"]'), ["unknown key “fase”"]),
        ('title = "A"\nneeds = ["b"]\n[[phase.stepp]]\nid = "b"\ntitel = "B"\nneeds = ["c"]',
         ["unknown key “stepp”", "unknown key “titel”", "“b” needs “c”, which is not there"]),
        ('title = "A"\n[rolles]\nqa = ["*"]\n[[phase]]\ntitle = "Q"\ngate = { roles = ["qa"] }',
         ["unknown key “rolles”"]),
        (('title = "A"\nsignoff = { roles = ["lead"], signed = true }\n[policy]\n'
         'alowed_signers = "f"'), ["unknown key “alowed_signers”"]),
        (('title = "A"\nsignoff = { roles = ["lead"], signed = true }\n[policy]\n'
         'signers = 5\nallowed_signers = 5'), ["unknown key “signers”", "“allowed_signers” sh"]),
        ('title = "A"\n[[watch]]\ntitle = "W"\nrun = 5\n[[watch]]\ntitle = "V"',
         ["“run” should be a text", "the watch “V” wants one of run, http, prometheus"]),
        # An id that is used twice makes no ring of what needs the one or the other.
        (
            ('id = "a"\ntitle = "A"\n[[phase.step]]\nid = "b"\ntitle = "B"\nneeds = ["a"]\n'
            '[[phase.step]]\nid = "a"\ntitle = "C"\nneeds = ["b"]'),
            ["the id “a” is used twice"],
        ),
        # Two rings that have nothing to do with one another are two faults.
        (('id = "a"\ntitle = "A"\nneeds = ["b"]\n[[phase.step]]\nid = "b"\ntitle = "B"\n'
         'needs = ["a"]\n[[phase.step]]\nid = "c"\ntitle = "C"\nneeds = ["a", "c"]'),
         ["a cycle in needs: a → b → a", "a cycle in needs: c → c"]),
    ],
)  # fmt: skip
def test_nothing_is_said_of_what_follows_from_another_fault(step: str, wanted: list[str]) -> None:
    found = faults_of({"plan.toml": f'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n'
                                    f"[[phase.step]]\n{step}\n"})  # fmt: skip
    said_ = [f.message for f in found]
    assert len(said_) == len(wanted), said_
    assert all(any(s.startswith(w) for s in said_) for w in wanted), said_


@pytest.mark.parametrize(
    "key", ["parameters", "roles", "team", "policy", "phase", "watch", "procedure", "title"]
)
def test_a_table_that_is_none_is_one_fault(key: str) -> None:
    lines = EVERY_KEY.splitlines()
    head = [line for line in lines if not line.startswith(f"{key} = ")][:1]
    kept: list[str] = []
    skipping = False
    for line in lines[2:]:
        if line.startswith("["):
            skipping = line.strip("[]").split(".")[0] == key
        if not skipping:
            kept.append(line)
    rest = ['title = "T"'] if key != "title" else []
    text = "\n".join([*head, *rest, f"{key} = 5", *kept]) + "\n"
    (found,) = faults_of({"plan.toml": text})
    assert found.message.startswith(f"“{key}” should be")
    assert found.line == (2 if key == "title" else 3)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from paths(item, (*path, key))


ODD = st.sampled_from(
    [5, -1, 2.5, True, "", "x", "0-5m", [], ["x"], [5], [[]], {}, {"x": 1}, {"title": "y"},
     [{}], [{"title": 5}], [{"step": [{"id": 5}]}], float("inf"), "a\0b"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.data())
@pytest.mark.thorough
def test_a_plan_with_values_of_any_shape_does_no_more_than_fault(data: st.DataObject) -> None:
    body = tomllib.loads(EVERY_KEY)
    for _ in range(data.draw(st.integers(1, 4))):
        *around, key = data.draw(st.sampled_from(list(paths(body))))
        value: Any = body
        for part in around:
            value = value[part]
        how = data.draw(st.sampled_from(("put", "drop", "rename")))
        if how == "put" or isinstance(value, list):
            value[key] = deepcopy(data.draw(ODD))
        else:
            item = value.pop(key)
            if how == "rename":
                value[data.draw(st.sampled_from([f"{key}s", key[:-1], key[::-1], "odd key"]))] = (
                    item
                )
    text = tomli_w.dumps(body)
    try:
        read_files({"plan.toml": text})
    except PlanFaults as error:
        lines = text.split("\n")
        assert error.faults
        assert all(1 <= f.line <= len(lines) for f in error.faults)
        assert all(1 <= f.column <= len(lines[f.line - 1]) + 1 for f in error.faults)
        assert len({(f.line, f.column, f.message) for f in error.faults}) == len(error.faults)


PLACES = {tuple(k for k in p if isinstance(k, str)): p for p in paths(tomllib.loads(EVERY_KEY))}


@pytest.mark.parametrize("path", list(PLACES.values()), ids=str)
def test_a_value_of_the_wrong_shape_is_one_fault_wherever_it_stands(path: tuple[Any, ...]) -> None:
    body = tomllib.loads(EVERY_KEY)
    value: Any = body
    for part in path[:-1]:
        value = value[part]
    value[path[-1]] = date(2026, 1, 1)
    found = faults_of({"plan.toml": tomli_w.dumps(body)})
    assert len(found) == 1, [f.message for f in found]


def test_an_id_that_two_steps_have_is_said_once_and_not_of_their_commands() -> None:
    step = '[[phase.step]]\nid = "a"\ntitle = "A"\nrun = "true"\nundo = "true"\n'
    text = f'format = 1\ntitle = "T"\n[[phase]]\nid = "p"\ntitle = "P"\n{step}{step}'
    assert said({"plan.toml": text}) == ["plan.toml:12:1: the id “a” is used twice"]
