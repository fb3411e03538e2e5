"""Settings: what is sound counts, what is not is told at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding
from textual.theme import BUILTIN_THEMES

from runbook_tui.preferences.file import preferences
from runbook_tui.preferences.key_names import normal, shown
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.model import DEFAULTS, OTHER_THEMES, SETTINGS, Preferences
from runbook_tui.preferences.reading import read_text


def told(text: str) -> list[tuple[int, str]]:
    return [(fault.line, f"{fault.message} {fault.hint}") for fault in read_text(text, "c").faults]


def test_a_sound_file_counts() -> None:
    found = read_text(
        'theme = "runbook-light"\nglyphs = "ascii"\nmotion = "reduced"\nbell = true\n'
        '[keys]\nsign = "S"\nrun = ["enter", "Ctrl+R"]\npanic = "f12"\n',
        "config.toml",
    )
    assert found.faults == ()
    assert (found.theme, found.glyphs, found.motion, found.bell) == (
        "runbook-light", "ascii", "reduced", True)  # fmt: skip
    assert found.keys("sign") == ("S",)
    assert found.keys("run") == ("enter", "ctrl+r")
    assert found.keys("skip") == ("x",)
    assert found.given == {"theme", "glyphs", "motion", "bell", "keys"}


def test_all_faults_come_at_once_each_at_its_line() -> None:
    text = (
        'theme = "runbok-dark"\ncolour = 1\nbell = "yes"\nglyphs = "unicode\n[keys]\nsing = "S"\n'
    )
    found = told(text)
    assert [line for line, _ in found] == [1, 2, 3, 4, 6]
    assert "did you mean “runbook-dark”" in found[0][1]
    assert "no setting “colour”" in found[1][1]
    assert "did you mean “sign”" in found[4][1]


def test_what_is_faulty_leaves_the_rest_as_it_is() -> None:
    found = read_text('theme = "nord"\nbell = 3\n', "c")
    assert found.theme == "nord"
    assert found.bell is DEFAULTS.bell


def test_of_the_keys_all_count_or_none() -> None:
    found = read_text('[keys]\nsign = "S"\nskip = "nokey"\n', "c")
    assert found.keymap == {}
    assert [fault.line for fault in found.faults] == [3]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("panic = []", "cannot be taken away"),
        ('panic = "p"', "heard while one types"),
        ('end-typing = "q"', "heard while one types"),
        ('sign = "f9"', "is the panic key"),
        ('sign = "ctrl+backslash"', "is the panic key"),
        ("sign = []", "no key at all"),
        ("sign = 3", "a text or a list"),
        ('sign = "x"', "“sign” and “skip” at once"),
        ('sign = "j"', "at once"),
        ('sign = "ctrl+c"', "its own meaning"),
    ],
)
def test_a_keymap_that_takes_something_away_is_refused(line: str, why: str) -> None:
    found = read_text(f"[keys]\n{line}\n", "c")
    assert len(found.faults) == 1
    assert why in found.faults[0].message
    assert found.faults[0].line == 2
    assert found.keymap == {}


def test_two_keys_may_change_places() -> None:
    found = read_text('[keys]\nsign = "x"\nskip = "s"\n', "c")
    assert found.faults == ()
    assert found.caps(("run",)) == {"s": "x", "x": "s"}


def test_panic_keys_are_only_added() -> None:
    assert read_text('[keys]\npanic = "f12"\n', "c").keys("panic") == (
        "f9", "ctrl+backslash", "f12")  # fmt: skip


def test_the_named_file_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.toml"
    monkeypatch.setenv("RUNBOOK_CONFIG", str(file))
    assert "not there" in preferences().faults[0].message
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in preferences().faults[0].message
    file.write_text('theme = "dracula"\n')
    assert preferences().theme == "dracula"
    assert preferences().source == str(file)


def test_without_a_file_all_is_as_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNBOOK_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert preferences() == DEFAULTS
    (tmp_path / "runbook").mkdir()
    (tmp_path / "runbook" / "config.toml").write_text("bell = true\n")
    assert preferences().bell is True


@given(st.text(alphabet="abk[]\"'=\n .,{}1é#", max_size=60))
def test_no_file_is_too_odd_to_be_told_about(text: str) -> None:
    found = read_text(text, "c")
    assert isinstance(found, Preferences)
    lines = text.count("\n") + 1
    assert all(1 <= fault.line <= lines for fault in found.faults)


def test_every_default_is_one_of_its_choices() -> None:
    for setting in SETTINGS:
        assert DEFAULTS.value(setting.name) == setting.default
        assert not setting.choices or setting.default in setting.choices
    assert set(OTHER_THEMES) == set(BUILTIN_THEMES)


@pytest.mark.parametrize("key", ["?", "S", "s", "[", "/", "+", "-", "_", "@", "\\", "ctrl+s", " "])
def test_keys_are_called_as_textual_calls_them(key: str) -> None:
    textual = next(iter(Binding.make_bindings([Binding("space" if key == " " else key, "x")])))
    assert normal(key) == textual.key


def test_every_key_of_the_program_is_a_key_that_can_be_written() -> None:
    for known in KNOWN:
        for key in known.keys:
            assert normal(key) == key
            assert normal(shown(key).replace("↑", "up").replace("↓", "down").replace("←", "left")
                          .replace("→", "right")) == key  # fmt: skip
