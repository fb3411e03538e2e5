"""A watch that could not be measured as it is written is a fault at its key."""

from __future__ import annotations

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read

HEAD = """\
format = 1
title = "T"
[parameters.site]
default = "eu"
[[phase]]
id = "p"
title = "P"
[[phase.step]]
title = "S"
run = "true"
changes = false
[[watch]]
title = "W"
"""


def plan(watch: str) -> Runbook:
    return read(HEAD + watch, "p.toml", lambda name: "")


def told(watch: str) -> list[str]:
    with pytest.raises(PlanFaults) as found:
        plan(watch)
    return [f"{f.line}:{f.message}" for f in found.value.faults]


@pytest.mark.parametrize(
    ("watch", "message"),
    [
        ('run = "x"\napplies_to = ["q"]', "15:“W” applies to “q”, which is not there"),
        ('run = "x ${{ town }}"', "14:“town” is no parameter and no output of a step"),
        ('run = "x"\nbelow = 5\nclears_above = 4',
         "16:the watch “W”: it would be clear (clears_above = 4) where it is breached"),
        ('run = "x"\nbelow = 5\nclears_below = 4',
         "16:the watch “W”: “clears_below” needs “above”"),
        ('http = { url = "http://x", json = "a", measure = "seconds" }',
         ("14:the watch “W”: it looks at a field of the answer or at its status or time, not at"
         " both")),
        ('prometheus = { url = "http://x", query = "q", headers = { "a b" = "c" } }\nbelow = 1',
         "14:the watch “W”: “a b” is no name of a header"),
        ('prometheus = { url = "http://x", query = "q", headers = { a = "${{ b }}" } }\nbelow = 1',
         "14:“b” is no parameter and no output of a step"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_key(watch: str, message: str) -> None:
    assert told(watch) == [message]


def test_a_limit_that_cannot_be_read_makes_no_second_fault() -> None:
    assert len(told('run = "x"\nbelow = "five"\nclears_above = 4')) == 1


@pytest.mark.parametrize(
    ("watch", "code"),
    [
        ('http = { url = "ftp://x" }', "watch-address"),
        ('run = "x"\ndashboard = "grafana"', "watch-address"),
        ('prometheus = { url = "http://x", query = "q" }', "watch-no-limit"),
        ('http = { url = "http://x", json = "a.b" }', "watch-no-limit"),
        ('run = "x"\nbelow = 5\nabove = 3', "watch-always"),
    ],
)
def test_what_can_never_be_read_or_breached_is_a_finding(watch: str, code: str) -> None:
    assert [f.code for f in plan(watch).findings] == [code]


@pytest.mark.parametrize(
    "watch",
    ['http = { url = "https://${{ site }}.example.com/health" }', 'run = "./check"',
     'prometheus = { url = "${{ site }}", query = "up{site=\'${{ site }}\'}" }\nabove = 3'],
)  # fmt: skip
def test_what_has_a_limit_by_itself_or_by_the_plan_is_none(watch: str) -> None:
    assert plan(watch).findings == ()
