"""Commands larger than the kernel takes as one argument, or in all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from runbook_tui.command.shells import base_environment
from tests.integration.command.running import Run, ended, output
from tests.on_disk import files_holding

PADDING = "# " + "x" * 200_000
SHELLS = {
    "bash": ("bash", "-eo", "pipefail", "-c"),
    "sh": ("sh", "-e", "-c"),
    "dash": ("dash", "-e", "-c"),
}
PROBE = """
echo "name=$0 source=${BASH_SOURCE:-none} arguments=$#"
here() { return 3; }
here || echo "returned=$?"
cat <<'END'
it's "quoted" $HOME
END
cat > seen
ls -l /proc/self/fd | grep -c memfd || true
(return 0) 2> /dev/null && echo sourced || echo not sourced
false | true
echo end
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_a_long_text_runs_as_a_short_one_does(run: Run, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    said = []
    # `return` in a subshell of POSIX shells differs between shells, not between lengths.
    for text in (PROBE, f"{PADDING}\n{PROBE}", f"{PROBE}\n{PADDING}"):
        folder = run(text, argv=(*SHELLS[shell], text))
        said.append((ended(folder).exit, output(folder)))
    assert said[0] == said[1] == said[2]
    assert f"name={shell} source=none arguments=0" in said[0][1]
    assert 'it\'s "quoted" $HOME\n0\n' in said[0][1]


def test_a_long_text_fails_where_it_fails(run: Run) -> None:
    folder = run(f"{PADDING}\necho one\nfalse | cat\necho two")
    assert ended(folder).exit == 1
    assert output(folder) == "one\n"
    folder = run(f"{PADDING}\nexit 42")
    assert ended(folder).exit == 42


def test_a_long_text_may_use_any_descriptor(run: Run, tmp_path: Path) -> None:
    folder = run(f"{PADDING}\nexec 3> three 4> four; echo a >&3; echo b >&4; cat /dev/fd/3 || true")
    assert ended(folder).exit == 0
    assert (tmp_path / "three").read_text() + (tmp_path / "four").read_text() == "a\nb\n"


def test_a_long_text_reaches_no_file(run: Run, tmp_path: Path) -> None:
    folder = run(f"{PADDING} only-here\necho done")
    ended(folder)
    assert output(folder) == "done\n"
    assert files_holding(tmp_path, "only-here") == []


def test_what_no_shell_takes_says_which_part_is_too_large(run: Run) -> None:
    text = f"{PADDING}\n1"
    found = ended(run(text, argv=("python3", "-c", text)))
    assert found.exit == 126
    assert "its text is longer than the 131071 bytes that one argument can have" in found.reason
    plain = base_environment(dict(os.environ))
    found = ended(run("true", environment={**plain, "BLOB": "x" * 131_071}))
    assert found.exit == 126
    assert "BLOB: longer than the 131071 bytes that a variable can have" in found.reason
    many = {f"V{n}": "x" * 100_000 for n in range(100)}
    found = ended(run("true", environment={**plain, **many}))
    assert "its environment of 100" in found.reason
    assert "V10" in found.reason


def test_the_longest_that_fits_is_given_as_ever(run: Run) -> None:
    text = "echo $(tr '\\0' '\\n' < /proc/$$/cmdline | wc -c) #"
    longest = text + "x" * (131_071 - len(text))
    folder = run(longest)
    assert ended(folder).exit == 0
    assert int(output(folder)) > 131_071
    plain = base_environment(dict(os.environ))
    assert ended(run("true", environment={**plain, "BLOB": "x" * (131_071 - 5)})).exit == 0
