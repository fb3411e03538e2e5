# ruff: noqa: E501  (a context is read on one line)
"""Values in shell texts: real shells see each as it is, wherever it stands, and run none of it."""

from __future__ import annotations

import functools
import itertools
import os
import re
import subprocess
from pathlib import Path

import pytest

from runbook_tui.book.shell.cursor import Mark
from runbook_tui.book.shell.inner import fill

MARK = re.compile(r"@@")
"""Stands for the value in the texts of this file."""

CONTEXTS = {
    "alone": "printf %s @@",
    "in a word": "printf %s 'ab'@@",
    "double": 'printf %s "@@"',
    "single": "printf %s '@@'",
    "double in words": 'printf %s "a b @@ $((1 + 1)) c"',
    "single in words": "printf %s 'a $b @@ \"c'",
    "twice": "printf %s @@\"@@\"'@@'",
    "escaped": "printf %s \\@@",
    "dollar": "printf %s $@@",
    "dollar in double": 'printf %s "$@@"',
    "backslash in double": 'printf %s "\\@@"',
    "two backslashes": "printf %s \\\\@@",
    "digits before a redirection": "printf %s @@>&1",
    "assigned": 'x=@@; printf %s "$x"',
    "reserved": 'if true; then printf %s @@; fi',
    "heredoc": "cat <<EOF\n@@\nEOF",
    "heredoc with more": "x=1; cat <<EOF | cat\na $x \"@@\" '@@' \\$x\n@@\nEOF\nprintf x",
    "heredoc, beginning its delimiter": "cat <<EOF\nE@@OF\nEO@@\n@@F\nEOF",
    "heredoc with tabs": "cat <<-EOF\n\tx\n@@\n\tb@@\n\tEOF",
    "heredoc quoted": "cat <<'EOF'\n@@ $x `y` \\\n@@\nEOF",
    "heredoc quoted with tabs": "cat <<-\\EOF\n\t$x @@\n\tEOF\nprintf x",
    "heredoc of odd name": "cat <<'E O F'\n@@ $x\nE O F\nprintf x",
    "two heredocs": "cat <<A; cat <<'B'\na@@\nA\nb@@\nB\nprintf %s @@",
    "heredoc beside": "cat <<A; printf %s \"@@\"\n@@\nA",
    "heredoc in substitution": 'printf %s "$(cat <<EOF\n@@.\nEOF\n)"',
    "substitution in heredoc": "cat <<EOF\n$(printf %s. @@) $(printf %s. \"@@\") `printf %s. @@`\nEOF",
    "quotes in heredoc": "cat <<EOF\n$(printf %s. '@@')\nEOF",
    "substitution": "printf %s \"$(printf %s. @@)\"",
    "quotes in substitution": "printf %s \"$(printf %s. \"@@\" '@@')\"",
    "deep": "printf %s \"$(printf %s. \"$(printf %s. \"@@\")\")\"",
    "backticks": "printf %s \"`printf %s. @@`\"",
    "quotes in backticks": "printf %s \"`printf %s. '@@'`\"",
    "escaped quotes in backticks": "printf %s \"`printf %s. \\\"@@\\\"`\"",
    "backticks in backticks": "x=`printf %s. \\`printf %s. '@@' | tr -d '\\n\\t '\\``; printf %s \"$x\"",
    "comment in backticks": "x=`printf %s. '@@' # it's @@`; printf %s \"$x\"",
    "default": "unset v; printf %s \"${v:-@@}\"",
    "default, quoted": "unset v; printf %s \"${v:-\"@@\"}\"",
    "default, plain": "unset v; x=${v:-@@}; printf %s \"$x\"",
    "default, single": "unset v; x=${v:-'@@'}; printf %s \"$x\"",
    "alternative": 'v=1; printf %s "${v:+a @@ b}"',
    "prefix": "v=1@@2; printf %s \"${v#1@@}\" @@",
    "default in heredoc": "unset v; cat <<EOF\n${v:-@@}\nEOF",
    "comment": "# it's @@ \"\nprintf %s @@",
    "comment behind": "printf %s @@ # it's @@ \"\nprintf %s '@@'",
    "no comment": "printf %s a#'@@'",
    "case": "case @@ in @@) printf %s \"@@\";; *) printf no;; esac",
    "case in substitution": "printf %s \"$(case x in y) ;; x) printf %s. \"@@\";; esac)\"",
    "case with parentheses": "printf %s \"$(case x in (x) printf %s. \"@@\";; esac; printf %s. '@@')\"",
    "word case": "printf %s \"$(echo case; printf %s. \"@@\")\"",
    "subshell": "(printf %s \"$( (printf %s. '@@') )\"; printf %s @@)",
    "function": "f() { printf %s \"$1\" '@@'; }; f @@",
    "loop": "for x in @@ \"@@\"; do printf %s. \"$x\"; done",
    "pipe": "printf %s @@ | cat && printf %s '@@'",
    "arithmetic around": "printf %s \"$((1 + (2)))@@\"",
    "line continued": "printf %s \\\n  @@ \\\n  '@@'",
    "special variables": "printf %s \"$#$?@@\" '@@'",
    "length": "v=1; printf %s \"${#v}@@\"",
    "one in the other": "printf %s \"a'@@'b\" 'c\"@@\"d'",
    "behind a variable": "x=1; printf %s $x@@; printf %s \"$x@@\"; set a; printf %s $1@@ \"$1@@\"",
    "nothing": "printf '<%s>' @@ \"\" ''",
}  # fmt: skip
BASH = {
    "ansi": "printf %s $'a\\'b\\t@@\\n@@'",
    "translated": 'printf %s $"a @@"',
    "here-string": "cat <<<@@",
    "here-string, quoted": 'cat <<<"a @@"',
    "condition": "if [[ @@ == \"@@\" && '@@' == @@ ]]; then printf %s @@; fi",
    "array": "a=(@@ \"@@\" '@@'); printf %s. \"${a[@]}\"",
    "arithmetic": "((1 + 1)); printf %s @@; for ((i = 0; i < 1; i++)); do printf %s \"@@\"; done",
    "replaced": "v=1@@; printf %s \"${v/1@@/x}\" @@",
    "process": "cat <(printf %s @@; printf %s \"@@\")",
    "extended patterns": "shopt -s extglob\nprintf %s \"$(case x in @(x|y)) printf %s. \"@@\";; esac)\"",
}  # fmt: skip
NASTY = (
    "a b$(touch PWN)", "`touch PWN`", "'; touch PWN; '", '"; touch PWN; "', "\\", "\\\\", "", " ",
    "x\nEOF\ntouch PWN\n", "EOF", "E", "F\ntouch PWN", "OF\ntouch PWN", "\tEOF\ntouch PWN\n", "\t",
    "$x", "${x}", "}", "\\}", "}$(touch PWN)", "'", '"', "''", "-n", "--", "-", "# no", "a\\\nb",
    "!", "*", "~", "[a]", "if", "case", "esac", "2", "a=b", "{a,b}", "1..3", ")", "$(", "((", "`",
    "(touch PWN)", "{x}", "@@", "A\nB\ntouch PWN", "E O F\ntouch PWN\n", "\n", "a\n", "\n\n", "é☃",
    "\r\n", "EOF)\ntouch PWN", "\\$(touch PWN)", "\\'", '\\"', "\\`", "$'a'", "x; touch PWN #",
)  # fmt: skip
SHELLS = (("bash", "-eo", "pipefail", "-c"), ("sh", "-e", "-c"))
UNIQUE = "QqValueqQ"
"""No shell does anything to it, so that it shows what a text puts out beside the values."""


def output(shell: tuple[str, ...], text: str, folder: Path, **environment: str) -> str:
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment}
    done = subprocess.run(
        [*shell, text], cwd=folder, env=env, capture_output=True, timeout=60, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert not list(folder.iterdir()), "a value was run"
    assert not done.stderr, (text, done.stderr.decode())
    assert done.returncode == 0, text
    return done.stdout.decode("utf-8")


def wanted(shell: tuple[str, ...], text: str, value: str, folder: Path) -> str:
    return harmless(shell, text.replace("@@", UNIQUE), folder).replace(UNIQUE, value)


@functools.cache
def harmless(shell: tuple[str, ...], text: str, folder: Path) -> str:
    return output(shell, text, folder)


CASES = [
    *itertools.product(SHELLS, CONTEXTS.values()),
    *((SHELLS[0], text) for text in BASH.values()),
]
NAMES = [f"{shell[0]}: {name}" for shell in SHELLS for name in CONTEXTS] + [*BASH]
BACKSLASHED = {CONTEXTS["escaped"], CONTEXTS["dollar"], CONTEXTS["dollar in double"]}


IN_BRACES = {
    CONTEXTS[name]
    for name in (
        "default", "default, quoted", "default, plain", "default, single", "alternative", "prefix",
        "default in heredoc",
    )
} | {BASH["replaced"]}  # fmt: skip
"""Where shells read braces in quotes, too: a value with any is refused."""


def expected(shell: tuple[str, ...], text: str, value: str, folder: Path) -> str:
    """What comes out with a harmless value, with the true one in its place."""
    plain = text
    if text == CONTEXTS["escaped"]:
        plain = text.replace("\\", "")
    elif text == CONTEXTS["behind a variable"]:
        plain = re.sub(r"\$(\w)", r"${\1}", text)
    elif text in BACKSLASHED:
        plain = text.replace("$", "\\$")
    got = wanted(shell, plain, value, folder)
    if "tr -d" in text:
        got = re.sub(r"[\n\t ]", "", got)
    return got


@pytest.mark.parametrize(("shell", "text"), CASES, ids=NAMES)
@pytest.mark.thorough
def test_a_nasty_value_comes_out_as_it_is(
    shell: tuple[str, ...], text: str, tmp_path: Path
) -> None:
    for value in NASTY:
        marks = [Mark(m.start(), m.end(), value) for m in MARK.finditer(text)]
        done = fill(text, marks)
        if done.refused:
            assert text in IN_BRACES
            assert set(value) & {*"{}<>'\""}, value
            continue
        got = output(shell, done.text, tmp_path)
        assert got == expected(shell, text, value, tmp_path), (value, done.text)
