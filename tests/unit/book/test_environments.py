"""What a plan may say of its environments."""

from __future__ import annotations

import pytest

from runbook_tui.book.listing import listing
from runbook_tui.book.shown import shown
from runbook_tui.book.toml.overlay import overlay_text
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


BOTH = (
    '[environments.staging]\nvalues = { region = "eu" }\ncolour = "green"\n'
    "[environments.live]\nproduction = true\n"
)


def test_they_are_shown_and_listed() -> None:
    book = read_files({"plan.toml": HEAD + BOTH + REST})
    assert list(shown(book)["environments"]) == [
        {"name": "staging", "line": 3, "source": "plan.toml", "values": {"region": "eu"},
         "colour": "green", "production": False},
        {"name": "live", "line": 6, "source": "plan.toml", "values": {}, "colour": "",
         "production": True},
    ]  # fmt: skip
    lines = list(listing(book))
    at = lines.index("environments")
    assert lines[at + 1 : at + 3] == ["  staging, green: region = eu", "  LIVE (production)"]


def test_a_first_overlay_names_them_and_changes_none() -> None:
    files = {"base.toml": HEAD + BOTH + REST}
    base = read_files({"plan.toml": files["base.toml"]})
    text = overlay_text(base, "base.toml")
    assert "# [environments.staging]" in text
    assert '# values = { region = "eu" }' in text
    found = read_files({"plan.toml": text, **files}).environments
    assert [(e.name, e.values, e.production) for e in found] == [
        (e.name, e.values, e.production) for e in base.environments
    ]
    taken = text.replace("# [environments.live]", "[environments.live]").replace(
        "# production = true", "production = false"
    )
    assert [e.production for e in read_files({"plan.toml": taken, **files}).environments] == [
        False, False,
    ]  # fmt: skip


def test_a_first_overlay_of_a_plan_without_any_says_how_one_is_written() -> None:
    text = overlay_text(read_files({"plan.toml": HEAD + REST}), "plan.toml")
    assert "# [environments.production]\n# production = true" in text
