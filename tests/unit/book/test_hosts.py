"""Names of other machines come from plans: what ssh could take for an option never gets there."""

from __future__ import annotations

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.hosts import wrong_with
from runbook_tui.book.reader import read
from runbook_tui.book.spreading import spread

PLAN = """format = 1
title = "T"
[[phase]]
title = "P"
[[phase.step]]
title = "S"
changes = false
"""


@pytest.mark.parametrize("name", ["db1", "root@db-1.example", "[::1]", "fe80::1%eth0"])
def test_a_name_as_ssh_takes_it_is_good(name: str) -> None:
    assert wrong_with(name) == ""


@pytest.mark.parametrize(
    "name", ["", "-oProxyCommand=x", "a b", "a;b", "$(x)", "a\nb", "ssh://x/y", "'a'", "x" * 256]
)
def test_any_other_is_not(name: str) -> None:
    assert wrong_with(name)


@pytest.mark.parametrize("key", ['host = "-J x"', 'hosts = ["good", "-J x"]'])
def test_a_plan_with_such_a_name_has_a_fault_at_its_line(key: str) -> None:
    with pytest.raises(PlanFaults) as raised:
        read(PLAN + f'run = "true"\n{key}\n', "plan.toml")
    (fault,) = raised.value.faults
    assert "cannot begin with “-”" in fault.message
    assert fault.line == 9


def test_a_name_may_be_a_value_and_one_that_is_not_known_is_a_fault() -> None:
    with pytest.raises(PlanFaults) as raised:
        read(PLAN + 'run = "true"\nhost = "${{ where }}"\n', "plan.toml")
    (fault,) = raised.value.faults
    assert "“where” is no parameter" in fault.message


def test_a_built_in_action_has_no_host() -> None:
    with pytest.raises(PlanFaults) as raised:
        read(PLAN + 'action = "git.push"\nhost = "db1"\n', "plan.toml")
    assert "runs on this machine alone" in raised.value.faults[0].message


SEVERAL = 'run = "x"\nhosts = ["a", "b"]\n'
INNER = '[[phase.step.step]]\ntitle = "I"\nchanges = false\nrun = "x"'
CALLED = '[[phase.step]]\nid = "s.b"\ntitle = "I"\nrun = "x"\nchanges = false'
USING = 'outputs = ["o"]\n[[phase.step]]\ntitle = "I"\nrun = "echo ${{ o }}"\nchanges = false'


@pytest.mark.parametrize(("keys", "said"), [
    ('run = "x"\nbatch = 2', "“batch” is for a step on several hosts"),
    ('run = "x"\nhost = "a"\nmax_failures = 1', "“max_failures” is for a step on several hosts"),
    ('run = "x"\nhosts = ["a", "b", "a"]', "named twice: a"),
    ('hosts = ["a", "b"]', "needs a command"),
    (SEVERAL + "batch = 0", "batch"),
    (SEVERAL + INNER, "holds no other steps"),
    (SEVERAL + CALLED, "called “s.b”"),
    (SEVERAL + USING, "“o” is put out by “S” on several hosts"),
])  # fmt: skip
def test_what_cannot_be_carried_out_on_several_is_a_fault(keys: str, said: str) -> None:
    with pytest.raises(PlanFaults) as raised:
        read(PLAN + keys + "\n", "plan.toml")
    assert any(said in fault.message for fault in raised.value.faults), raised.value.faults


def test_what_is_put_out_on_several_is_for_their_own_commands() -> None:
    keys = (
        'run = "x ${{ o }}"\nbefore = "y"\nhosts = ["A.example", "${{ h }}", "h"]\n'
        'outputs = ["o"]\nverify_undo = "z ${{ o }}"\n[parameters.h]\n'
    )
    book = spread(read(PLAN + keys, "plan.toml"))
    assert [s.id for s in book.walk()] == ["s", "s.a.example", "s.h", "s.h-2"]
    assert [s.hosts for s in book.walk()][1:] == [("A.example",), ("${{ h }}",), ("h",)]
    assert spread(book) is book
