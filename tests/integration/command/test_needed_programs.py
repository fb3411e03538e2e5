"""What is called needed is: without it the text fails, as bash itself says."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_tui.book.shell.programs import programs

BASH = shutil.which("bash") or "bash"
NAMES = ("alpha", "beta", "gamma", "./delta")
COMMANDS = st.sampled_from(
    ["alpha", "beta x", "gamma 'beta; alpha'", "./delta", "cd .", "cd sub", "true", "false",
     "test -e none", "echo alpha", "echo $(alpha)", "exit 0", "exit 1", "A=b alpha", "A=$(beta)",
     "! alpha", "beta > out 2>&1", "alpha() { :; }", "eval true", '"gamma"',
     "# alpha", "set +e", "set -e", "set -euo pipefail",
     "(alpha)", "{ beta; }", "$none", "command -v beta", "export B=c", "alpha <<< x"]
)  # fmt: skip
JOINTS = st.sampled_from(["; ", "\n", " && ", " || ", " | ", " & ", " || exit 1\n", " || true; "])
FRAMES = st.sampled_from(["{}", "if true; then\n{}\nfi", "{}\nalpha", "beta && {}",
                          "while false; do {}\ndone; gamma"])  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    text = draw(COMMANDS)
    for _ in range(draw(st.integers(0, 4))):
        text += draw(JOINTS) + draw(COMMANDS)
    return draw(FRAMES).format(text)


SHELLS = st.sampled_from([("-eo", "pipefail", "-c"), ("-e", "-c"), ("-c",)])


def ends(text: str, options: tuple[str, ...], without: str) -> int:
    """The text's exit status where all of the programs but one are there."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sub").mkdir()
        for name in NAMES:
            if name != without:
                stub = Path(folder) / name
                stub.write_text(f"#!{BASH}\ntrue\n")
                stub.chmod(0o755)
        done = subprocess.run(
            [BASH, *options, text], cwd=folder, env={"PATH": folder}, check=False,
            capture_output=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts(), SHELLS)
def test_a_text_fails_without_a_program_that_it_is_said_to_need(
    text: str, options: tuple[str, ...]
) -> None:
    for name in programs(text, ("bash", *options)):
        # A text that failed before it got there needs nothing.
        assert ends(text, options, without=name) != 0, (text, name)


@settings(max_examples=60, deadline=None)
@given(texts())
def test_what_is_called_needed_is_a_file_to_bash(text: str) -> None:
    found = programs(text, ("bash", "-eo", "pipefail", "-c"))
    for name in (n for n in found if "/" not in n):
        asked = subprocess.run(
            [BASH, "-c", f"type -t {name}"], env={"PATH": "/none"}, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert asked.stdout.strip() == "", name
