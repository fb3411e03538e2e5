# ruff: noqa: E501  (a command is read on one line)
"""Values where another program takes them as code: quoted for it, or refused, and never run."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.parameters import FilledIn, fill_in, in_code
from runbook_tui.book.reader import read
from tests.unit.book.test_quoting import BASH, CONTEXTS, NASTY, SHELLS, expected, output

QUOTED = {
    "bash -c": "bash -c 'printf %s @@'",
    "double": 'bash -c "printf %s \\"a @@\\""',
    "joined words": "sh -c 'printf %s '@@",
    "eval": "eval 'printf %s' @@",
    "eval of one word": "eval \"printf %s 'x@@'\"",
    "read, not expanded": "bash <<'EOF'\nprintf %s @@\nEOF",
    "read": "sh <<EOF\nprintf %s '@@'\nEOF",
    "here-string": "bash <<< 'printf %s @@'",
    "twice": "bash -c \"sh -c 'printf %s @@'\"",
    "eval inside": "bash -c 'eval \"printf %s @@\"'",
    "substitution": "printf %s. \"$(bash -c 'printf %s. @@')\"",
    "trap": "trap 'printf %s @@' EXIT",
    "wrapped": 'timeout 20 env -i PATH="$PATH" sh -c \'printf %s @@; printf %s "@@"\'',
    "here-document inside": "bash -c 'cat <<EOF\n@@ a\nEOF'",
    "here-document in one": "bash <<'X'\ncat <<'EOF'\n@@ $a\nEOF\nX",
    "behind a keyword": "if true; then bash -c 'printf %s @@'; fi",
    "argument": "bash -c 'printf %s \"$1\"' _ @@",
    "variable before it": "bash -c 'x=2; printf %s \"$x@@\"'",
}
REFUSED = {
    "variable in it": ("x=1; bash -c \"printf %s $x '@@'\"", "bash"),
    "read with a variable": ("bash <<EOF\nprintf %s $PATH '@@'\nEOF", "bash"),
    "substitution": ("bash -c \"$(printf 'printf %s %s' @@)\"", "bash"),
    "backticks": ("x=`bash -c 'printf %s @@'`", "bash"),
    "pipe": ("printf 'printf %s x%s' @@ | bash", "bash"),
    "longer pipe": ("cat <<EOF | tr a b | sh\nprintf %s @@\nEOF", "sh"),
    "process": ("bash <(echo printf %s @@)", "bash"),
    "source": (". <(echo printf %s @@)", "shell"),
    "xargs": ("echo a | xargs -I{} sh -c 'printf %s {}@@'", "sh"),
    "find": ("find . -maxdepth 0 -exec bash -c 'printf %s @@' \\;", "bash"),
    "python": ("python3 -c 'print(\"@@\")'", "Python"),
    "python reads": ("python3 - <<'EOF'\nprint('@@')\nEOF", "Python"),
    "perl": ("perl -ne 'print \"@@\"' /dev/null", "Perl"),
    "awk": ("awk '/@@/ { print }' /dev/null", "awk"),
    "awk with options": ("awk -F : -v a=1 '$1 == \"@@\"' /dev/null", "awk"),
    "sed": ("sed -n 's/a/@@/p' /dev/null", "sed"),
    "sed -e": ("sed -n -e 's/a/b/' -e '/@@/d' /dev/null", "sed"),
    "psql": ("psql -h db -c \"select '@@'\"", "SQL"),
    "psql in a pod": ("kubectl exec db -- psql --command=\"select '@@'\"", "SQL"),
    "mysql reads": ("mysql app <<SQL\nselect '@@';\nSQL", "SQL"),
    "sqlite": ("sqlite3 a.db \"select '@@'\"", "SQL"),
    "jq": ("jq --arg a b '.x == \"@@\"' f", "jq"),
    "login shell of sudo": ("sudo -i bash -c 'ls @@'", "bash"),
    "fish": ("fish -c 'ls @@'", "fish"),
    "remote, with a variable": ('ssh host "ls $HOME @@"', "remote shell"),
    "remote reads": ("ssh host <<EOF\nls $HOME @@\nEOF", "remote shell"),
    "remote program reads": ("ssh host psql <<'EOF'\nselect '@@'\nEOF", "SQL"),
}
REMOTE = {
    "ssh h rm -rf @@": "rm -rf",
    "ssh -p 22 -o A=b u@h 'rm @@'": "rm",
    "docker exec -it c sh -c 'rm @@'": "rm",
    'kubectl -n x exec p -- sh -c "rm @@"': "rm",
    "su - bob -c 'rm @@'": "rm",
    "sudo -u x bash -lc 'rm @@'": "rm",
    "watch -n 1 'rm @@'": "rm",
    "ssh h <<'E'\nrm @@\nE": "rm",
}
CALCULATED = {
    "compared": "[[ @@ -gt 5 ]]",
    "compared in a longer condition": "[[ x == y || ( 3 -lt @@ ) ]]",
    "command": "(( @@ > 1 ))",
    "expansion": "echo $(( @@ + 1 ))",
    "old expansion": "echo $[ @@ + 1 ]",
    "in quotes": 'echo "$(( 1 + "@@" ))"',
    "let": "let x=@@",
    "let, quoted": 'let "x = @@"',
    "integer": "declare -i n=@@",
    "index": "a=(1 2); echo ${a[@@]}",
    "index that is assigned": "a[@@]=1",
    "substring": "v=abc; echo ${v:@@:1}",
    "loop": "for ((i = 0; i < @@; i++)); do echo; done",
}
NAMED = {"printf -v @@ x": 0, "test -v @@": 1, "[[ -v @@ ]]": 1, "read @@ < /dev/null": 1,
         "unset @@": 0, "declare @@": 0, "echo ${@@}": 0}  # fmt: skip
HOSTILE = (
    "a[$(touch PWN)]",
    "$(touch PWN)",
    "x[`touch PWN`]",
    "1 + a[$(touch PWN)]",
    "1]; touch PWN #",
)
VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.lists(
        st.one_of(st.sampled_from([*"'\"\\$`(){}<>|&;#\n\t =!*?[]~-EOFAB1x"]), st.sampled_from(NASTY)),
        max_size=8,
    ).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
)  # fmt: skip


def filled(text: str, value: str) -> FilledIn:
    return fill_in(text, {"x": value}, placeholders={"@@": "x"})


def languages(text: str, shell: str = "") -> list[str]:
    return [danger.language for _, danger in in_code(text, {"@@": "x"}, shell=shell)]


@pytest.mark.parametrize("text", QUOTED.values(), ids=[*QUOTED])
def test_code_of_a_shell_gets_the_value_as_it_is(text: str, tmp_path: Path) -> None:
    assert languages(text) == []
    plain = re.sub(r"\$x@@", "${x}@@", text)
    for value in NASTY[::2]:
        done = filled(text, value)
        assert not done.refused
        assert output(SHELLS[0], done.text, tmp_path) == expected(SHELLS[0], plain, value, tmp_path)


@pytest.mark.parametrize(("text", "language"), REFUSED.values(), ids=[*REFUSED])
def test_other_code_takes_plain_values_alone(text: str, language: str) -> None:
    assert languages(text) == [language]
    plain = re.sub(r"`(.*)`", r"$(\1)", text).replace("@@", "v1-2.rc_3")
    assert filled(text, "v1-2.rc_3").text == plain
    for value in ("'; touch PWN; '", "$(touch PWN)", "a b", '"', "x\ny", "a;b", "\\"):
        done = filled(text, value)
        assert [r.name for r in done.refused] == ["x"], value
        assert "@@" in done.text
        assert "PWN" not in done.text


@pytest.mark.parametrize(("text", "command"), REMOTE.items(), ids=[*REMOTE])
def test_a_shell_elsewhere_gets_the_value_quoted_for_it(
    text: str, command: str, tmp_path: Path
) -> None:
    """A program that runs nothing but what it was given stands for the other machine."""
    names = ["ssh", "docker", "kubectl", "su", "sudo", "watch"]
    shown = "told() { printf '%s' \"${@: -1}\"; case $# in 1) cat;; esac; }\n" + "\n".join(
        f'{name}() {{ told "$@"; }}' for name in names
    )
    for value in ("a'b $(touch PWN)", "x; touch PWN", "it's", "`touch PWN`\n"):
        code = output(SHELLS[0], f"{shown}\n{filled(text, value).text}", tmp_path)
        code = code.removeprefix("h").strip("\n") if "<<" in text else code
        there = f"rm() {{ printf '%s' \"${{@: -1}}\"; }}\n{code}"
        assert output(SHELLS[0], there, tmp_path) == value


@pytest.mark.parametrize("text", CALCULATED.values(), ids=[*CALCULATED])
def test_what_is_calculated_takes_numbers_alone(text: str) -> None:
    assert filled(text, "-12").open == ()
    for value in (*HOSTILE, "other", "", "1.5", "1 2"):
        done = filled(text, value)
        assert [r.name for r in done.refused] == ["x"], value
        assert "must be a number" in done.refused[0].reason
        assert "PWN" not in done.text


@pytest.mark.parametrize("text", CALCULATED.values(), ids=[*CALCULATED])
def test_bash_would_run_a_value_in_what_is_calculated(text: str, tmp_path: Path) -> None:
    """Were it put in with its quotes alone: this is why it is refused."""
    raw = text.replace('"@@"', "@@").replace("@@", "a[$(touch PWN)0]")
    if "'" in raw or text.startswith(("a[", "let x", "declare")):
        raw = text.replace("@@", "'a[$(touch PWN)0]'") if not text.startswith("a[") else raw
    subprocess.run(["bash", "-c", raw], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert [p.name for p in tmp_path.iterdir()] == ["PWN"]


@pytest.mark.parametrize("text", NAMED)
def test_where_a_variable_is_named_only_a_name_goes_in(text: str) -> None:
    assert filled(text, "name").text == text.replace("@@", "name")
    for value in HOSTILE:
        assert filled(text, value).refused, value


@pytest.mark.parametrize(
    "text",
    ["grep @@ f | psql", "printf %s bash -c @@", "bash script.sh @@", "awk -v a=@@ '{print a}'",
     "psql -v x=@@ -c 'select 1'", "jq --arg a @@ .x", "ssh @@", "python3 -m http.server @@",
     "sed -n 1p @@", "echo a | bash; echo @@", "[ @@ -gt 5 ]", "cat > f <<EOF\n@@\nEOF",
     "ssh h 'cat > f' <<'EOF'\n@@\nEOF", "FOO=@@ bash x.sh", "pip install python -c @@",
     "apt-get install awk @@", "curl -d @@ http://h | jq .x", "export x=@@", "# bash -c '@@'"],
)  # fmt: skip
def test_what_is_data_is_no_code(text: str) -> None:
    assert languages(text) == []
    assert not filled(text, "a'b $(x)").refused


def test_a_secret_is_never_looked_at_and_so_refused_in_code() -> None:
    for text in ("echo $(( @@ ))", "psql -c \"select '@@'\"", "ssh h 'login @@'", "[[ 1 -lt @@ ]]"):
        done = fill_in(text, {}, placeholders={"@@": "s"}, secrets=("s",))
        assert [r.name for r in done.refused] == ["s"], text
        assert done.text == text


def test_a_shell_that_inherits_its_environment_reads_a_secret_there(tmp_path: Path) -> None:
    text = fill_in("bash -c 'printf %s @@'", {}, placeholders={"@@": "s"}, secrets=("s",)).text
    assert output(SHELLS[0], text, tmp_path, s="a'b $(touch PWN)") == "a'b $(touch PWN)"


def test_a_step_of_another_language_takes_plain_values() -> None:
    text = "print('@@')\nprint(@@)"
    assert languages(text, "python3 -c") == ["python3", "python3"]
    good = fill_in(text, {"x": "v1.2"}, placeholders={"@@": "x"}, shell="/usr/bin/env python3 -c")
    assert good.text == "print('v1.2')\nprint(v1.2)"
    bad = fill_in(text, {"x": "'+f()+'"}, placeholders={"@@": "x"}, shell="python3 -c")
    assert bad.text == text
    assert "line 1" in bad.refused[0].reason
    assert languages(text, "sh -eu -c") == []


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(list({**CONTEXTS, **BASH, **QUOTED}.values())), VALUES)
@pytest.mark.thorough
def test_any_value_comes_out_of_any_command_as_it_is(text: str, value: str) -> None:
    if "tr -d" in text or "$x@@" in text:
        return  # What they put out is not the value alone.
    done = filled(text, value)
    if done.refused:
        assert "${" in text
        assert set(value) & {*"{}<>'\""}
        return
    with tempfile.TemporaryDirectory() as folder:
        got = output(SHELLS[0], done.text, Path(folder))
        assert got == expected(SHELLS[0], text, value, Path(folder))


def test_findings_say_where_and_what_to_do() -> None:
    plan = '''format = 1
title = "T"
[parameters.x]
default = "1"
[[phase]]
id = "p"
title = "P"
[[phase.step]]
id = "a"
title = "A"
run = """
bash -c 'echo ${{ x }}'
ssh h "echo $HOME ${{ x }}"
psql -c "select ${{ x }}"
"""
undo = "true"
'''
    found = [f for f in read(plan, "a.toml").findings if f.code == "value-in-inner-code"]
    assert [(f.severity, f.line) for f in found] == [("high", 13), ("medium", 14)]
    assert "“x” stands in remote shell code" in found[0].message
    assert "pass it as an argument or an environment variable" in found[0].message


def test_findings_of_markdown_have_their_lines() -> None:
    text = '# T\n\n## 1. Do\n\n```bash\necho\nssh h "echo $(date) <x>"\n```\n\nRollback: `psql -c "drop <y>"`\n'
    found = [f for f in read(text, "a.md").findings if f.code == "value-in-inner-code"]
    assert [(f.severity, f.line) for f in found] == [("high", 7), ("medium", 10)]


def test_a_secret_in_code_is_a_fault() -> None:
    plan = """format = 1
title = "T"
[parameters.s]
secret = { env = "S" }
[[phase]]
id = "p"
title = "P"
[[phase.step]]
id = "a"
title = "A"
run = "true"
undo = "echo $(( ${{ s }} ))"
"""
    with pytest.raises(PlanFaults) as caught:
        read(plan, "a.toml")
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (12, 18)
    assert "the secret “s”" in fault.message
