"""The settings as they are told, and their schema: it takes what the reader takes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from runbook_tui.cli.program import program
from runbook_tui.preferences.model import DEFAULTS, SETTINGS
from runbook_tui.preferences.reading import read_text
from runbook_tui.preferences.telling import AS_IT_COMES, faults, json_schema, told


def test_each_setting_is_told_with_its_value_and_source() -> None:
    found = {row.name: row for row in told(read_text('bell = true\n[keys]\nsign = "S"\n', "c"))}
    assert (found["bell"].value, found["bell"].source) == ("true", "c")
    assert (found["theme"].value, found["theme"].source) == ("runbook-dark", AS_IT_COMES)
    assert (found["keys.sign"].value, found["keys.sign"].words) == ("S", "sign off")
    assert {row.name for row in told(DEFAULTS)} == {*(s.name for s in SETTINGS), "keys"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        'theme = "nord"\nbell = true',
        'theme = "no"',
        "bell = 1",
        "unknown = 1",
        '[keys]\nsign = "S"',
        '[keys]\nsign = ["S", "f5"]',
        "[keys]\nsign = []",
        '[keys]\nsin = "S"',
        "keys = 3",
        '[tell]\ncommand = "./tell"',
        "tell = 1",
        "[tell]\ncommand = 1",
        '[tell]\nmail = "x"',
        '[[tell.apprise]]\nname = "ops"\nurl = { env = "X" }',
        '[[tell.apprise]]\nname = "ops"\nurl = "slack://x"',
        '[[tell.apprise]]\nname = "o p"\nurl = { env = "X" }',
        '[[tell.apprise]]\nurl = { env = "X" }',
        '[[tell.webhook]]\nurl = "https://example.com/x"',
        '[[tell.webhook]]\nurl = "ftp://example.com/x"',
        '[[tell.webhook]]\nform = "generic"',
        '[[tell.webhook]]\nurl = "https://x.y"\nform = "pagerduty"\nkey = { env = "K" }',
        '[[tell.webhook]]\nurl = "https://x.y"\nform = "pagerduty"\nkey = {env = "K", file = "f"}',
    ],
)
def test_the_schema_takes_what_the_reader_takes(text: str) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema).is_valid(tomllib.loads(text))
    assert valid == (not read_text(text, "c").faults)


def test_the_command_tells_faults_with_their_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "c.toml"
    file.write_text('glyphs = "ascii"\nmotion = "none"\n')
    monkeypatch.setenv("RUNBOOK_CONFIG", str(file))
    ended = CliRunner().invoke(program, ["settings"], standalone_mode=False)
    assert ended.return_value == 2
    assert f"{file}:2:1: fault: “none” is no motion" in ended.stderr
    assert "ascii" in ended.stdout
    assert faults(read_text(file.read_text(), "c"))[0].startswith("c:2:1: fault")
