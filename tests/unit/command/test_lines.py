"""Output as lines, and secrets masked in it, however it arrives."""

from __future__ import annotations

import base64
import importlib.util
import itertools
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import runbook_tui.command
from runbook_tui.command.lines import newest, parse_line, written
from runbook_tui.command.supervisor.values import account
from runbook_tui.session.ports.terminals import PLAIN, Style


def _masking() -> ModuleType:
    """The supervisor's module, loaded as the supervisor itself would."""
    path = Path(runbook_tui.command.__file__).parent / "supervisor" / "masking.py"
    spec = importlib.util.spec_from_file_location("supervisor_masking", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["supervisor_masking"] = module
    spec.loader.exec_module(module)
    return module


masking = _masking()


def text_of(line: str) -> str:
    return "".join(span.text for span in parse_line(line)[0])


def test_colours_of_every_kind() -> None:
    spans, style = parse_line("\x1b[1;31ma\x1b[38;5;200mb\x1b[48;2;1;2;3mc\x1b[0md\x1b[4m")
    assert [s.text for s in spans] == ["a", "b", "c", "d"]
    assert spans[0].style == Style(foreground="ansi:1", bold=True)
    assert spans[1].style.foreground == "ansi:200"
    assert spans[2].style.background == "#010203"
    assert spans[3].style == Style()
    assert style.underline


def test_a_progress_line_is_rewritten() -> None:
    assert text_of("10 %\r20 %\r100 %") == "100 %"
    assert text_of("a long line\r\x1b[Kshort") == "short"
    assert text_of("ab\bc") == "ac"


PIECES = st.sampled_from(
    [
        "\r",
        "\r\x1b[K",
        "\x1b[K",
        "\x1b[1K",
        "\x1b[31m",
        "\x1b[44m",
        "\x1b[0m",
        "█",
        "━",
        "日",
        "\t",
        "\b",
    ]
)


@example(["\r", "\r\x1b[K", "\r"], Style(background="ansi:4"), 2)
@given(
    st.lists(st.one_of(PIECES, st.text("ab ", max_size=7)), max_size=40),
    st.sampled_from([PLAIN, Style(foreground="ansi:2"), Style(background="ansi:4")]),
    st.integers(2, 9),
)
def test_of_a_rewritten_line_only_what_cannot_be_seen_is_left_out(
    pieces: list[str], style: Style, columns: int
) -> None:
    line = "".join(pieces)
    assert written(newest(line, columns), style, columns) == written(line, style, columns)


def test_of_a_line_that_is_rewritten_often_little_is_looked_at() -> None:
    line = "".join(f"\r\x1b[K\x1b[32m{n:5}/4000 {'█' * (n % 40)}\x1b[0m" for n in range(4000))
    assert len(newest(line, 80)) < 100


@given(st.text())
def test_no_control_character_ever_reaches_a_pane(line: str) -> None:
    shown = text_of(line.replace("\n", ""))
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)


@given(
    st.text(alphabet="abcxyz/+= ", min_size=4, max_size=12).filter(lambda s: len(s.strip()) >= 4),
    st.lists(st.text(alphabet="abcxyz/+= \n", max_size=8), max_size=5),
    st.integers(1, 7),
)
def test_a_secret_is_masked_however_the_output_is_cut(
    secret: str, around: list[str], size: int
) -> None:
    data = (secret.join(around) + secret).encode()
    masker = masking.Masker([secret])
    out = b"".join(masker.feed(data[n : n + size]) for n in range(0, len(data), size))
    out += masker.flush()
    assert secret.encode() not in out


@given(
    st.text(alphabet="abcdefgh", min_size=4, max_size=24),
    st.lists(st.text(alphabet="#! \n", max_size=4), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1),
)
def test_of_a_secret_that_comes_slowly_at_most_its_first_letters_are_seen(
    secret: str, around: list[str], cuts: list[tuple[int, bool]]
) -> None:
    """Between two pieces there may be a pause, in which what was held back is given out."""
    data = secret.join(around).encode()
    masker = masking.Masker([secret])
    out = b""
    for size, pause in itertools.cycle(cuts):
        if not data:
            break
        out += masker.feed(data[:size])
        data = data[size:]
        if pause:
            out += masker.release()
            assert not masker.held
    out += masker.flush()
    seen = sum(letter in b"abcdefgh" for letter in out)
    assert seen <= (len(around) - 1) * min(3, len(secret) // 4)
    assert out.count(b"*") % 3 == 0
    # All that is no secret is there: the mask is for secrets, not for what stands around them.
    assert re.sub(rb"[a-h*]", b"", out) == "".join(around).encode()


@pytest.mark.parametrize(
    ("put_out", "seen"),
    [
        ("Name: ", "Name: "),
        ("Is it right", "Is it right"),
        ("Say pass", "Say ***"),
    ],
)
def test_a_prompt_is_seen_after_a_moment_though_it_may_begin_a_secret(
    put_out: str, seen: str
) -> None:
    masker = masking.Masker(["password-of-mine", " token behind a blank", "t0123456789"])
    at_once = masker.feed(put_out.encode())
    assert masker.held == len(put_out) - len(at_once) > 0
    assert at_once + masker.release() == seen.encode()
    assert masker.feed(b"\n") == b"\n"


@given(st.binary(max_size=200), st.integers(1, 9))
def test_output_without_secrets_passes_unchanged(data: bytes, size: int) -> None:
    masker = masking.Masker(["a-secret-that-does-not-occur"])
    out = b"".join(masker.feed(data[n : n + size]) for n in range(0, len(data), size))
    assert out + masker.flush() == data


def test_values_put_out() -> None:
    text = b"a=1\nbad name=2\nm<<END\nx\ny=z\nEND\na=3\nopen=4"
    assert account(text, ended=False)["values"] == {"a": "3", "m": "x\ny=z"}
    assert account(text, ended=True)["values"]["open"] == "4"


@given(st.binary())
def test_any_bytes_are_read_for_values(data: bytes) -> None:
    found = account(data, ended=True)
    assert all(name.isidentifier() for name in (*found["values"], *found["faults"]))


@given(
    st.text(alphabet="ab=\n<", min_size=1, max_size=9).filter(lambda s: s.strip()),
    st.lists(st.text(alphabet="ab=\n<", max_size=9), max_size=5),
)
def test_no_value_holds_a_secret_however_it_was_put_out(secret: str, around: list[str]) -> None:
    data = ("x=" + secret.join(around) + secret).encode()
    found = account(data, ended=True, mask=masking.whole([secret]))
    assert not any(secret in text for pair in found["values"].items() for text in pair)


@pytest.mark.parametrize("width", [64, 76, 10_000])
def test_a_key_of_many_lines_is_masked_raw_in_base64_and_in_hexadecimal(width: int) -> None:
    body = "\n".join(f"{n:02}" + "Ab9+/kZ" * 9 for n in range(20))
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    coded = base64.b64encode(f"{key}\n".encode()).decode()
    broken = "\r\n".join(textwrap.wrap(coded, width))
    shown = key.replace("\n", "\r\n")
    data = f"key:\r\n{shown}\r\ncoded:\r\n{broken}\r\n{key.encode().hex()}\r\n".encode()
    masker = masking.Masker([key])
    out = b"".join(masker.feed(data[n : n + 997]) for n in range(0, len(data), 997))
    out += masker.flush()
    left = out.replace(b"\r\n", b"").decode()
    assert "key:" in left
    assert "coded:" in left
    for text in (coded, key.replace("\n", ""), key.encode().hex()):
        assert not any(text[n : n + 12] in left for n in range(len(text) - 12))
