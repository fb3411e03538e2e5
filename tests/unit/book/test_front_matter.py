"""Front matter of any kind: what is known there is used, the rest never becomes a step."""

from __future__ import annotations

import pytest

from runbook_tui.book.markdown.front_yaml import read_yaml
from runbook_tui.book.model import Parameter, Secret
from tests.unit.book.markdown_plans import book, steps

BODY = (
    "\n## Go\n\n1. Build for {{ region }}\n\n   ```bash\n   ./build {{ region }} $STAGE\n   ```\n"
)
YAML = """\
---
title: 'Ship: the shop'   # as people call it
tags: [a, "b, c"]
layout: page
parameters:
  region:
    description: where it goes
    default: eu
    choices:
      - eu
      - us
env:
  STAGE: test
roles:
  cto: [Grace <grace@example.com>]
environments: [staging, production]
estimate: 45 minutes
steps:
  - 1. this is no step
  - nor this
...
"""
TOML = """\
+++
title = "Ship: the shop"
date = 2026-11-26
tags = ["a"]
estimate = "45 min"
environments = ["staging", "production"]
[parameters.region]
description = "where it goes"
default = "eu"
choices = ["eu", "us"]
[env]
STAGE = "test"
[roles]
cto = ["Grace <grace@example.com>"]
[params]
theme = "dark"
+++
"""
JSON = """\
{
  "title": "Ship: the shop",
  "weight": 3,
  "estimate": "45 min",
  "environments": ["staging", "production"],
  "parameters": {"region": {"description": "where it goes", "default": "eu",
                            "choices": ["eu", "us"]}},
  "env": {"STAGE": "test"},
  "roles": {"cto": ["Grace <grace@example.com>"]},
  "steps": ["1. no step"]
}
"""


@pytest.mark.parametrize(
    "front",
    [YAML, TOML, JSON, f"---json\n{JSON}---\n", f";;;\n{JSON};;;\n"],
    ids=["yaml", "toml", "json", "json in rules", "json in semicolons"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_what_is_known_is_used_and_the_rest_left_alone(front: str, end: str) -> None:
    read = book((front + BODY).replace("\n", end))
    assert read.title == "Ship: the shop"
    region, stage = read.parameters
    assert (region.default, region.choices, region.description) == (
        "eu", ("eu", "us"), "where it goes",
    )  # fmt: skip
    assert (region.placeholder, region.declared) == ("{{ region }}", True)
    assert (stage.name, stage.default, stage.placeholder) == ("STAGE", "test", "$STAGE")
    assert read.roles == {"cto": ("Grace <grace@example.com>",)}
    assert [(e.name, e.production) for e in read.environments] == [
        ("staging", False), ("production", True),
    ]  # fmt: skip
    (estimate,) = read.estimates
    assert estimate.maximum == 2700
    # The lines are those of the file.
    assert [(s.title, s.line) for s in read.walk()] == [
        ("Build for {{ region }}", front.count("\n") + 4)
    ]
    (said,) = (f for f in read.findings if f.code == "front-matter")
    assert (said.severity, said.line) == ("info", 1)
    for word in ("Ship: the shop", "region, STAGE", "cto", "staging, production", "45 min"):
        assert word in said.message


def test_a_value_that_no_command_names_is_there_for_what_they_start() -> None:
    read = book("---\nenv:\n  STAGE: test\n  OTHER:\n---\n\n1. Go\n\n   ```sh\n   ./go\n   ```\n")
    assert [(p.name, p.default) for p in read.parameters] == [("STAGE", "test")]


def test_what_a_block_sets_itself_is_not_set_by_the_front_matter() -> None:
    text = "---\nenv: {STAGE: test}\n---\n1. Go\n   ```sh\n   STAGE=live\n   ./go $STAGE\n   ```\n"
    assert book(text).parameters == ()


def test_a_secret_is_taken_from_where_it_is_and_never_from_the_plan() -> None:
    text = (
        "---\nenv:\n  API_TOKEN: s3cr3t\n"
        "parameters:\n  - name: KEY\n    secret: {env: MY_KEY}\n---\n"
        "1. Go\n   ```sh\n   ./go $API_TOKEN $KEY\n   ```\n"
    )
    read = book(text)
    token, key = read.parameters
    assert (token.default, token.secret, key.secret) == (
        None, Secret(env="API_TOKEN"), Secret(env="MY_KEY"),
    )  # fmt: skip
    assert [f.severity for f in read.findings if "API_TOKEN" in f.message] == ["medium"]
    assert "s3cr3t" not in repr(read)


def test_a_folder_is_that_of_every_command() -> None:
    text = "---\ncwd: ./infra\nshell: bash\n---\n1. Go\n   ```sh\n   ./go\n   ```\n2. Look\n"
    assert [s.cwd for s in steps(text)] == ["./infra", None]


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n- [ ] a\n- [ ] b\n\n---\n\n- [ ] c\n",
        "---\nNote: be careful\n- [ ] a\n- [ ] b\n---\n- [ ] c\n",
        "---\nDo it\n\n1. a\n2. b\n\n---\n\n1. c\n",
        "{\n\n- [ ] a\n- [ ] b\n- [ ] c\n",
    ],
)
def test_words_between_two_rules_are_no_front_matter(text: str) -> None:
    assert [s.title for s in steps(text)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "front",
    [
        "---\nx: [\n---\n", "---\nx: {a: [b}\n---\n", "---\n? a\n: b\nx: 1\n---\n",
        "---\n- a: b\n---\n", "+++\nx = = y\ntitle = \"T\"\n+++\n", "---json\n{\"a\": \n---\n",
        "---\nx: !!set {a, b}\n---\n",
        "---\nparameters: 3\nroles: x\nenvironments: {a b: 1}\nenv: [A=1, 2, [3]]\n---\n",
        "---\nparameters:\n- {name: a, pattern: '(', choices: 4, default: [1]}\n---\n",
        '{"title": {"a": [1, null]}, "env": {"PATH": "/x", "": 1}}\n',
        "---\na:\n" + "".join(" " * n + "- b:\n" for n in range(60)) + "---\n",
        "---\na: " + "[" * 2000 + "\n---\n", '{"a": ' + "[" * 5000 + "\n",
    ],
)  # fmt: skip
def test_whatever_it_is_it_keeps_nobody_from_the_steps(front: str) -> None:
    read = book(front + "\n1. Go\n2. Look\n")
    assert [s.title for s in read.walk()][-2:] == ["Go", "Look"]
    assert "PATH" not in {p.name for p in read.parameters}


def test_the_yaml_that_documents_have() -> None:
    text = """\
# a remark
name: "a \\"b\\" # c"   # d
its: 'it''s'
long: >
  one
  two

kept: |
  1
    2
plain: words
  that go on
none: ~
list:
- a
-   b: 1
    c: 2
- [d, {e: f}]
over: [a,
  b]  # end
deep: {a: {b: c}}
"""
    assert read_yaml(text) == {
        "name": 'a "b" # c', "its": "it's", "long": "one two", "kept": "1\n  2",
        "plain": "words that go on", "none": None,
        "list": ["a", {"b": "1", "c": "2"}, ["d", {"e": "f"}]],
        "over": ["a", "b"], "deep": {"a": {"b": "c"}},
    }  # fmt: skip


def test_a_placeholder_is_described_whatever_its_mark() -> None:
    front = "---\nparameters: {pod-name: {description: which}}\n---\n"
    text = front + "1. a\n   ```sh\n   ls <POD_NAME>\n   ```\n"
    (one,) = book(text).parameters
    assert isinstance(one, Parameter)
    assert (one.name, one.description, one.required, one.declared) == (
        "POD_NAME", "which", True, True,
    )  # fmt: skip
