"""Names of other machines come from plans: what ssh could take for an option never gets there."""

from __future__ import annotations

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.hosts import wrong_with
from runbook_tui.book.reader import read

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
