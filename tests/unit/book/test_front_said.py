"""What front matter does to a plan beside its values, and what typed blocks say of one another."""

from __future__ import annotations

from runbook_tui.book.model import Gate
from tests.unit.book.markdown_plans import book, codes

PLAN = """\
---
params:
  tag: v1
owners: [ann@example.com, bob]
approvers:
  - CTO
shell: {shell}
timeout: 30m
environments: [staging, production]
---
# Ship

## A

```step name="a"
./a
```

```step name="b" depends_on="a"
env: [staging]
---
./b <tag>
```
"""


def test_params_owners_approvers_and_the_shell_are_taken() -> None:
    read = book(PLAN.format(shell="/bin/zsh"))
    assert [(p.name, p.default) for p in read.parameters][:1] == [("tag", "v1")]
    assert [(c.role, c.who) for c in read.contacts] == [
        ("owner", "ann@example.com"), ("owner", "bob"),
    ]  # fmt: skip
    gate = read.phases[0].gate
    assert isinstance(gate, Gate)
    assert gate.roles == ("cto",)
    assert {s.shell for s in read.walk()} == {"zsh -e -c"}


def test_what_looks_as_if_it_did_something_is_said() -> None:
    said = [f.message for f in book(PLAN.format(shell="pwsh")).findings if f.code == "front-matter"]
    (left,) = [text for text in said if "not acted on" in text]
    assert "timeout: say it at each block" in left
    assert "bash, not by pwsh" in left
    assert {s.shell for s in book(PLAN.format(shell="bash")).walk()} == {None}


def test_a_typed_block_needs_what_it_names_and_is_wanted_where_it_says() -> None:
    read = book(PLAN.format(shell="bash"))
    a, b = read.walk()
    assert (a.needs, b.needs) == (None, (a.id,))
    assert b.when == "environment in ['staging']"
    (asked,) = [p for p in read.parameters if p.name == "environment"]
    assert asked.choices == ("staging", "production")
    assert "annotation" not in dict(codes(PLAN.format(shell="bash")))


def test_a_typed_block_that_names_nothing_is_told_so() -> None:
    text = PLAN.format(shell="bash").replace('depends_on="a"', 'depends_on="zz"')
    read = book(text)
    assert [s.needs for s in read.walk()] == [None, None]
    assert ("annotation", 19) in codes(text)
    bare = text.replace("environments: [staging, production]\n", "")
    assert sum(code == "annotation" for code, _ in codes(bare)) == 2
    assert [s.when for s in book(bare).walk()] == [None, None]
