"""A setting that is changed from the screen: its own line alone is another."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.preferences.writing import Unwritable, change, changed

FILE = """\
# mine
theme = "nord"   # at night
bell = true

[tell]
command = \"\"\"notify
theme = "no setting"
\"\"\"

[keys] # left hand
sign = "S"
run = [
  "enter",  # as ever
  "ctrl+r",
]
"""


def diff(new: str) -> list[str]:
    old = FILE.splitlines()
    return [line for line in new.splitlines() if line not in old]


def test_only_its_line_is_another_and_its_comment_stays() -> None:
    new = changed(FILE, "theme", "dracula")
    assert diff(new) == ['theme = "dracula"   # at night']
    assert len(new.splitlines()) == len(FILE.splitlines())


def test_what_is_not_there_comes_behind_the_others_of_its_table() -> None:
    lines = changed(FILE, "glyphs", "ascii").splitlines()
    assert lines[lines.index("bell = true") + 1] == 'glyphs = "ascii"'
    assert changed(FILE, "keys.skip", ["X"]).endswith('"ctrl+r",\n]\nskip = "X"\n')
    assert changed("", "theme", "nord") == 'theme = "nord"\n'
    assert changed("bell = true", "keys.sign", ["S"]) == 'bell = true\n\n[keys]\nsign = "S"\n'


def test_as_it_comes_takes_the_line_away() -> None:
    new = changed(FILE, "keys.sign", None)
    assert "sign" not in new
    assert tomllib.loads(new)["keys"] == {"run": ["enter", "ctrl+r"]}
    assert changed("", "theme", None) == ""


def test_a_value_of_several_lines_is_replaced_whole() -> None:
    assert changed(FILE, "keys.run", ["enter", "f5"]).endswith('run = ["enter", "f5"]\n')


@pytest.mark.parametrize(
    "text", ["keys = { sign = 's' }\n", "theme = \n", '"the\\u006de" = "nord"']
)
def test_what_it_does_not_know_how_to_change_is_left_to_a_person(text: str) -> None:
    name = "keys.sign" if "keys" in text else "theme"
    with pytest.raises(Unwritable):
        changed(text, name, "S" if name == "keys.sign" else "dracula")


def test_a_wrong_value_is_said_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    for name, value in (("theme", "drak"), ("keys.sign", ["x"]), ("keys.panic", ["p"])):
        with pytest.raises(Unwritable) as told:
            change(path, name, value)
        assert str(told.value)
    assert path.read_text() == FILE


def test_a_link_stays_one_and_the_mode_stays(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles"
    kept.write_text(FILE)
    kept.chmod(0o640)
    path = tmp_path / "config.toml"
    path.symlink_to(kept)
    found = change(path, "theme", "dracula")
    assert found.theme == "dracula"
    assert found.source == str(path)
    assert path.is_symlink()
    assert 'theme = "dracula"' in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.toml", "dotfiles"]


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    with pytest.raises(Unwritable, match="cannot be written"):
        change(tmp_path / "no folder" / "config.toml", "theme", "nord")


@given(
    st.lists(
        st.sampled_from([*FILE.splitlines(), "", "hints = false", "keys.x = 'y'", "[[a]]"]),
        max_size=8,
    ),
    st.sampled_from(["theme", "bell", "keys.sign", "keys.run"]),
)
def test_whatever_the_file_nothing_else_is_changed(lines: list[str], name: str) -> None:
    text = "\n".join(lines)
    try:
        before = tomllib.loads(text)
        new = changed(text, name, "v")
    except (tomllib.TOMLDecodeError, Unwritable):
        return
    after = tomllib.loads(new)
    table, _, key = name.rpartition(".")
    assert (after[table] if table else after)[key] == "v"
    for body in (before, after):
        (body.get(table, {}) if table else body).pop(key, None)
        if table and not body.get(table, True):
            del body[table]
    assert after == before
