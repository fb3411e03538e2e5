"""From which line a shell text can be gone on with, so that the rest is what it would have been."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.shell.plain_lines import places, rest

BASH = ("bash", "-eo", "pipefail", "-c")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\nb\nc", (2, 3)),
        ("a\n\n# about b\nb --x 'y z' | grep \"$q\" > out 2>&1\nc && d || e; f", (4, 5)),
        ("X=1 a\nb", (2,)),
        ("a # 'not open\nb", (2,)),
        ("a \"$(cat x)\" ${y} $(date)\nb", (2,)),
        ("a\ncd there\nb", (2,)),
        ("a\nX=1\nb\nc", (2,)),
        ("a\nb\ntest $? = 0\nc", (4,)),
        ("! a\nb", (2,)),
    ],
)  # fmt: skip
def test_lines_that_are_whole_can_be_gone_on_with(text: str, lines: tuple[int, ...]) -> None:
    assert places(text, BASH)[0] == lines


@pytest.mark.parametrize(
    "text",
    [
        "only one",
        "if a\nthen b\nfi",
        "for x in 1 2; do\n  a\ndone",
        "while a; do b; done\nc",
        "a <<END\nb\nEND",
        "a <<< b\nc",
        "a \\\n  --b\nc",
        "a |\nb",
        "a &&\nb\nc",
        "a 'x\ny'\nb",
        'a "x\ny"\nb',
        "a $(b\nc)\nd",
        "a `b`\nc",
        "f() {\n  a\n}\nf",
        "f() { a; }\nf",
        "( a )\nb",
        "a &\nb",
        "a & b\nc",
        "[[ a ]]\nb",
        "a ${x:=1}\nb",
        "{ a; }\nb",
        "case x in\n  x) a;;\nesac",
        "a >\nb",
        "a 'unclosed",
    ],
)
def test_what_belongs_together_is_not_parted(text: str) -> None:
    lines, why = places(text, BASH)
    assert lines == ()
    assert why


@pytest.mark.parametrize(
    "line",
    ["cd x", "X=1", "export X", "set +e", ". ./env", "source env", "eval $x", "$tool a", "unset X",
     "read x < f", "printf -v x y", "exec > log", "a; cd x", "a && X=1", "alias a=b", "trap a EXIT",
     "mapfile x < f", "'c'd x", "umask 0", "let x=1", "\\cd x", "f?o"],
)  # fmt: skip
def test_what_sets_something_for_later_lines_is_not_left_out(line: str) -> None:
    assert places(f"{line}\nb\nc", BASH)[0] == ()


def test_a_text_of_another_program_is_left_whole() -> None:
    lines, why = places("a\nb", ("python3", "-c"))
    assert lines == ()
    assert "shell" in why


LINES = st.sampled_from(
    ["echo a >> log", "echo 'b c' >> log", "X=1 env | grep -c ^X=1 >> log", "V=2", "cd sub",
     "echo \"$V\" >> log", "echo \"$(pwd)\" >> \"$HOME/log\"", "true", "# a remark", "",
     "! false; echo d >> log", "false || echo e >> log", "for x in 1 2; do", "done",
     "cat <<END >> log", "END", "echo \\", "set +u", "export V=3", "echo $? >> log"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=2, max_size=5))
def test_the_rest_of_a_text_does_what_it_would_have_done(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = "\n".join(lines)
    for line in places(text, BASH)[0]:
        whole = tmp_path_factory.mktemp("whole")
        parts = tmp_path_factory.mktemp("parts")
        run(whole, text)
        head = "\n".join(lines[: line - 1])
        run(parts, head)
        run(parts, rest(text, line))
        assert said(parts) == said(whole)


def run(folder: Path, text: str) -> None:
    (folder / "sub").mkdir(exist_ok=True)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    # Without -e: a line that fails ends nothing here, as if a person had mended what it was for.
    argv = ["bash", "-c", text]
    subprocess.run(argv, cwd=folder, env=environment, capture_output=True, timeout=60, check=False)


def said(folder: Path) -> str:
    log = folder / "log"
    return log.read_text().replace(str(folder), "HERE") if log.exists() else ""
