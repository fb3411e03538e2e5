"""What a plan may say of its environments."""

from __future__ import annotations

import pytest

from tests.fakes.files import read_files, said

HEAD = 'format = 1\ntitle = "T"\n'
REST = """\
[parameters.region]
choices = ["eu", "us"]
[parameters.token]
secret = true
[[phase]]
title = "P"
[[phase.step]]
title = "S"
run = "true"
changes = false
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[environments.a]\nvalues = { regoin = "eu" }\n', "the plan has no parameter “regoin”"),
        ('[environments.a]\nvalues = { region = "asia" }\n', "“region” is one of eu, us"),
        ('[environments.a]\nvalues = { token = "x" }\n', "a plan is no place for one"),
        ('[environments."a b"]\n', "“a b” is no name of an environment"),
        ('[environments.a]\ncolour = "pink"\n', "red"),
    ],
)
def test_what_could_not_be_chosen_is_a_fault(text: str, message: str) -> None:
    assert [message in fault for fault in said({"plan.toml": HEAD + text + REST})] == [True]


def test_an_overlay_amends_them_by_name() -> None:
    base = HEAD + '[environments.a]\nvalues = { region = "eu" }\ncolour = "red"\n' + REST
    over = 'format = 1\nextends = "base.toml"\n[environments.a]\nproduction = true\n'
    (one,) = read_files({"plan.toml": over, "base.toml": base}).environments
    assert (one.values, one.colour, one.production) == ({"region": "eu"}, "red", True)
