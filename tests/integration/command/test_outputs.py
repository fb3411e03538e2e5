"""What a command puts out: no secret of it ever reaches the disk, and nothing is lost unsaid."""

from __future__ import annotations

import base64
import os
import shlex
import signal
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.command.host import CommandHost
from runbook_tui.command.output_values import place
from runbook_tui.command.shells import base_environment
from runbook_tui.session.ports.commands import CommandSpec, Phase
from tests.integration.command.running import HOST, Run, alive, ended, supervisor_of
from tests.on_disk import files_holding
from tests.waiting import until

SECRET = "pa55 w0rd/'=?x"
PUT = 'printf "token=%s\\nplain=well\\n" "$S" >> "$RUNBOOK_OUTPUT"'
WAIT = "until test -e go; do sleep 0.02; done"


def knowing(secret: str = SECRET) -> dict[str, object]:
    """What a command gets that knows a secret."""
    return {"environment": {**base_environment(dict(os.environ)), "S": secret},
            "secrets": (secret,)}  # fmt: skip


def on_disk(folder: Path, secret: str = SECRET) -> list[Path]:
    """Files of a command's folder that hold a secret; what its links lead to lies elsewhere."""
    return files_holding(folder, secret)


def kept(folder: Path) -> dict[str, str]:
    """What stands in the folder for everybody, whoever lives."""
    return dict(HOST.outputs(folder, None).values)


def test_a_secret_that_is_put_out_is_never_on_disk_not_even_while_it_runs(
    run: Run, tmp_path: Path
) -> None:
    folder = run(f"{PUT}; {WAIT}; echo late=1 >> $RUNBOOK_OUTPUT", **knowing())
    until(lambda: "plain" in kept(folder))
    assert SECRET.encode() in place(folder).read_bytes()
    assert on_disk(folder) == []
    (tmp_path / "go").touch()
    assert ended(folder).exit == 0
    assert kept(folder) == {"token": "***", "plain": "well", "late": "1"}
    assert HOST.outputs(folder).faults == {"token": "it holds a secret"}
    assert on_disk(folder) == []


def test_the_file_in_memory_goes_with_its_command(run: Run) -> None:
    folder = run(f"{PUT}; echo $RUNBOOK_OUTPUT", **knowing())
    ended(folder)
    own = Path(HOST.tail(folder).decode().strip())
    assert own.parent.parent != folder
    until(lambda: not own.parent.exists())
    assert not (folder / "output").is_symlink()


def test_where_no_memory_is_the_file_is_cleaned_before_the_end_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outputs = Path("runbook_tui/command/supervisor").absolute()
    copied = tmp_path / "supervisor"
    copied.mkdir()
    for path in outputs.glob("*.py"):
        text = path.read_text()
        (copied / path.name).write_text(text.replace('"tmpfs", "ramfs"', '"no-such"'))
    monkeypatch.setattr(HOST, "start", CommandHost(copied).start)
    folder = run(PUT, **knowing())
    until((folder / "exit.json").exists)
    assert on_disk(folder) == []
    assert kept(folder) == {"token": "***", "plain": "well"}


@pytest.mark.parametrize(
    "form",
    [
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode()).decode(),
        urllib.parse.quote(SECRET, safe=""),
        shlex.quote(SECRET),
        f"postgres://u:{SECRET}@host/db",
    ],
)
def test_the_other_forms_of_a_secret_are_masked_too(run: Run, form: str) -> None:
    folder = run(f"printf '%s\\n' {shlex.quote('token=' + form)} >> $RUNBOOK_OUTPUT", **knowing())
    ended(folder)
    found = HOST.outputs(folder)
    assert found.values["token"] != form
    assert found.faults == {"token": "it holds a secret"}


def test_what_of_a_secret_looks_like_a_name_is_no_value(run: Run) -> None:
    secret = "first line\nabc=def"
    folder = run('printf "token=%s\\n" "$S" >> "$RUNBOOK_OUTPUT"', **knowing(secret))
    ended(folder)
    assert "def" not in (folder / "output.json").read_text()
    assert "first line" not in (folder / "output.json").read_text()


@pytest.mark.parametrize("how", ["stop", "signal", "timeout"])
def test_however_it_ends_nothing_in_clear_is_left(run: Run, how: str) -> None:
    fields = {"timeout": 0.5, "grace": 0.1} if how == "timeout" else {}
    text = {"signal": f"{PUT}; kill -KILL $$"}.get(how, f"{PUT}; sleep 60")
    folder = run(text, **knowing(), **fields)
    until(lambda: "plain" in kept(folder))
    own = place(folder)
    if how == "stop":
        HOST.stop(folder, 0.1)
    assert ended(folder).exit is None
    assert kept(folder) == {"token": "***", "plain": "well"}
    until(lambda: not own.exists())
    assert on_disk(folder) == []


def test_what_lingers_holds_nothing_back_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    lingering = f"(setsid sh -c 'echo $$ > pid; {WAIT}; echo x=$S >> $RUNBOOK_OUTPUT; sleep 60' &)"
    folder = run(f"{PUT}; {lingering}; until test -s pid; do :; done", **knowing())
    found = ended(folder)
    assert found.lingering
    assert kept(folder) == {"token": "***", "plain": "well"}
    own = place(folder)
    HOST.settle(folder, (SECRET,))
    assert place(folder) == own, "whoever lingers is still known by its file"
    (tmp_path / "go").touch()
    until(own.exists)
    HOST.stop(folder, 0.1)
    until(lambda: not own.parent.exists())
    assert on_disk(folder) == []


def test_a_killed_supervisor_leaves_values_but_no_secret(run: Run) -> None:
    folder = run(f"trap '' HUP; {PUT}; sleep 60", **knowing())
    until(lambda: "plain" in kept(folder))
    own = place(folder)
    os.kill(supervisor_of(folder), signal.SIGKILL)
    until(lambda: HOST.status(folder).reason == "its supervisor is gone")
    with own.open("a") as file:
        file.write("later=2\nunfin")
    assert kept(folder) == {"token": "***", "plain": "well"}
    assert HOST.outputs(folder, (SECRET,)).values == {
        "token": "***", "plain": "well", "later": "2",
    }  # fmt: skip
    HOST.stop(folder, 0.1)
    assert ended(folder).phase is Phase.LOST
    HOST.settle(folder, (SECRET,))
    assert not own.parent.exists()
    assert kept(folder)["later"] == "2"
    assert on_disk(folder) == []


def test_a_reboot_takes_the_file_and_leaves_what_was_kept(run: Run) -> None:
    folder = run(f"{PUT}; sleep 60", **knowing())
    until(lambda: "plain" in kept(folder))
    own = place(folder)
    child = supervisor_of(folder)
    os.kill(child, signal.SIGKILL)
    until(lambda: not alive(child))
    own.unlink()
    own.parent.rmdir()
    assert HOST.outputs(folder, (SECRET,)).values == {"token": "***", "plain": "well"}


def test_a_command_may_use_the_file_like_any_other(run: Run) -> None:
    text = """
    echo a=1 > "$RUNBOOK_OUTPUT"
    sed -i 's/1/2/' "$RUNBOOK_OUTPUT"
    cp "$RUNBOOK_OUTPUT" "$RUNBOOK_OUTPUT.new"; echo b=3 >> "$RUNBOOK_OUTPUT.new"
    mv "$RUNBOOK_OUTPUT.new" "$RUNBOOK_OUTPUT"
    echo c=4 | tee -a "$RUNBOOK_OUTPUT"
    """
    folder = run(text, **knowing())
    assert ended(folder).exit == 0
    assert kept(folder) == {"a": "2", "b": "3", "c": "4"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("big=$(head -c 65537 /dev/zero | tr '\\0' x)", "it has 65537 bytes, at most 65536"),
        ("", "it holds a NUL byte"),
        ("big<<END", "the line that ends its block is missing"),
    ],
)
def test_a_value_that_is_left_out_is_said(run: Run, text: str, fault: str) -> None:
    line = f'echo "{text}"' if text else "printf 'big=a\\0b\\n'"
    folder = run(f'echo big=first >> $RUNBOOK_OUTPUT; {line} >> "$RUNBOOK_OUTPUT"')
    ended(folder)
    found = HOST.outputs(folder)
    # Not the value before it either: an undo would act on what is not true any more.
    assert "big" not in found.values
    assert found.faults["big"].startswith(fault)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte, for one command's folder."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_values_that_a_full_disk_does_not_take_are_said_to_be_lost(
    small: Path, tmp_path: Path
) -> None:
    folder = small / "0"
    # More than the room that was taken before: nothing of it may be half there.
    text = """
    head -c 2M /dev/zero > small/filling 2> /dev/null || true
    long=$(head -c 9000 /dev/zero | tr '\\0' x)
    for n in 1 2 3; do echo "value$n=$long"; done >> $RUNBOOK_OUTPUT
    """
    HOST.start(CommandSpec(folder=folder, argv=("bash", "-ec", text), cwd=str(tmp_path),
                           **knowing()))  # type: ignore[arg-type]  # fmt: skip
    found = ended(folder)
    lost = "they could not be kept: the disk takes nothing"
    assert (found.exit, found.reason) == (0, f"its output values are lost: {lost}")
    assert HOST.outputs(folder).faults == {"RUNBOOK_OUTPUT": lost}
    assert HOST.outputs(folder).values == {}


def test_more_than_is_read_is_said(run: Run) -> None:
    folder = run('yes "x=1" | head -c 5000000 >> "$RUNBOOK_OUTPUT" || true')
    ended(folder)
    assert HOST.outputs(folder).faults == {"RUNBOOK_OUTPUT": "only its first 4 MiB are read"}
