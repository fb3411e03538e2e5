"""Commands under their supervisors: what a person relies on, on real terminals and processes."""

from __future__ import annotations

import os
import select
import signal
import socket
from pathlib import Path

import pytest

from runbook_tui.command.host import CommandHost
from runbook_tui.command.shells import base_environment
from runbook_tui.command.terminal import LogTerminals
from runbook_tui.session.ports.commands import Phase
from tests.integration.command.running import HOST, Run, alive, ended, output, supervisor_of
from tests.on_disk import files_holding
from tests.waiting import until


@pytest.mark.parametrize("status", [0, 1, 42, 255])
def test_the_exit_status_is_the_command_s(run: Run, status: int) -> None:
    assert ended(run(f"exit {status}")).exit == status


def test_a_signal_is_told_apart_from_a_status(run: Run) -> None:
    found = ended(run("kill -USR1 $$"))
    assert (found.exit, found.signal) == (None, signal.SIGUSR1)


def test_output_is_whole_and_in_order(run: Run) -> None:
    folder = run("seq 1 20000")
    ended(folder)
    assert output(folder).split() == [str(n) for n in range(1, 20001)]


def test_a_command_has_a_terminal_and_no_input(run: Run) -> None:
    folder = run("test -t 1 && test -t 2 && ! test -t 0 && ! read x && echo well")
    assert ended(folder).exit == 0
    assert "well" in output(folder)


def test_an_interactive_command_can_be_typed_into_and_knows_its_size(run: Run) -> None:
    folder = run("stty size; read x; stty size; echo got:$x", interactive=True, rows=30, columns=90)
    until(lambda: "30 90" in output(folder))
    HOST.resize(folder, 40, 100)
    HOST.write(folder, b"hello\r")
    assert ended(folder).exit == 0
    assert "40 100" in output(folder)
    assert "got:hello" in output(folder)


def test_a_supervisor_that_was_killed_means_lost_never_ok(run: Run) -> None:
    folder = run("sleep 60")
    os.kill(supervisor_of(folder), signal.SIGKILL)
    assert ended(folder).phase is Phase.LOST
    assert ended(folder).exit is None


def test_stop_ends_the_whole_tree_daemons_too(run: Run, tmp_path: Path) -> None:
    text = """
    trap '' TERM
    (setsid sh -c 'trap "" TERM HUP; echo $$ > daemon; sleep 60' &)
    sh -c 'echo $$ > child; sleep 60' &
    echo $$ > main
    sleep 60; sleep 60
    """
    folder = run(text)
    names = ("daemon", "child", "main")
    until(lambda: all((tmp_path / n).exists() and (tmp_path / n).read_text() for n in names))
    pids = [int((tmp_path / n).read_text()) for n in names]
    HOST.stop(folder, 0.2)
    assert ended(folder).stopped
    until(lambda: not any(alive(pid) for pid in pids))


def test_a_daemon_that_lingers_does_not_hold_the_end_back(run: Run, tmp_path: Path) -> None:
    folder = run("(setsid sh -c 'echo $$ > daemon; sleep 60' &); until test -s daemon; do :; done")
    assert ended(folder).exit == 0
    pid = int((tmp_path / "daemon").read_text())
    assert alive(pid)
    HOST.stop(folder, 0.1)
    until(lambda: not alive(pid))


def test_time_runs_out(run: Run) -> None:
    found = ended(run("sleep 60", timeout=0.3, grace=0.1))
    assert found.timed_out
    assert found.signal is not None


def test_a_flood_is_bounded_on_disk_and_its_end_is_kept(run: Run) -> None:
    folder = run("yes 0123456789012345678901234567890 | head -c 40000000 || true; echo the-end")
    found = ended(folder)
    assert found.bytes > 40_000_000
    assert found.dropped > 0
    kept = sum(p.stat().st_size for p in folder.glob("log.*"))
    assert kept < 13 * (1 << 20)
    assert output(folder).endswith("the-end\n")


def test_a_secret_is_masked_however_it_is_put_out(run: Run) -> None:
    secret = "pa55-w0rd/=?x"
    text = """
    printf 'pa55-w0'; sleep 0.2; printf 'rd/=?x\\n'
    printf %s "$S" | base64
    echo "done"
    """
    environment = {**base_environment(dict(os.environ)), "S": secret}
    folder = run(text, environment=environment, secrets=(secret,))
    ended(folder)
    assert "done" in output(folder)
    assert files_holding(folder, secret) == []
    assert "cGE1NS13MHJkLz0/eA" not in output(folder)


def test_the_spec_is_never_on_disk_or_in_arguments(run: Run) -> None:
    environment = {**base_environment(dict(os.environ)), "MARK": "only-in-the-environment"}
    folder = run("sleep 60", environment=environment)
    supervisor = supervisor_of(folder)
    assert b"only-in" not in Path(f"/proc/{supervisor}/cmdline").read_bytes()
    assert files_holding(folder, "only-in") == []
    assert folder.stat().st_mode & 0o077 == 0


def test_values_are_read_while_it_runs_and_after(run: Run) -> None:
    folder = run(
        'echo a=1 >> "$RUNBOOK_OUTPUT";'
        'printf "m<<E\\none\\ntwo\\nE\\nlast=x" >> "$RUNBOOK_OUTPUT"; read x',
        interactive=True,
    )
    until(lambda: HOST.outputs(folder).values.get("m"))
    assert HOST.outputs(folder).values == {"a": "1", "m": "one\ntwo"}
    HOST.write(folder, b"\r")
    ended(folder)
    assert HOST.outputs(folder).values["last"] == "x"


@pytest.mark.parametrize("shell", [("bash", "-eo", "pipefail", "-c"), ("sh", "-e", "-c")])
@pytest.mark.parametrize("size", [131_071, 131_072, 400_000])
def test_a_text_longer_than_an_argument_may_be_is_run_like_any_other(
    run: Run, shell: tuple[str, ...], size: int
) -> None:
    for end, status in (("exit 7", 7), ("false\necho on", 1), ("echo done", 0)):
        text = f"{end}\n#"
        folder = run("", argv=(*shell, text + "x" * (size - len(text))))
        assert ended(folder).exit == status, HOST.status(folder)
        assert output(folder) == ("done\n" if status == 0 else "")


@pytest.mark.parametrize("fields", [{"cwd": "/nowhere"}, {"argv": ("no-such-shell", "-c", "true")}])
def test_what_cannot_start_ends_with_127_and_says_why(run: Run, fields: dict[str, object]) -> None:
    found = ended(run("true", **fields))
    assert found.exit == 127
    assert "No such file" in found.reason


def test_control_sequences_never_reach_the_pane_as_such(run: Run) -> None:
    folder = run(r"printf '\033]0;title\007\033[31mred\033[0m plain\033[999X\n'")
    ended(folder)
    view = LogTerminals().open(folder).view(5, 80)
    text = "".join(span.text for row in view.rows for span in row)
    assert text == "red plain"
    assert view.rows[0][0].style.foreground == "ansi:1"


def test_a_program_that_addresses_the_cursor_gets_a_whole_screen(run: Run) -> None:
    folder = run(r"printf '\033[?1049h\033[2J\033[3;5Hhere\033[>4;2m'; sleep 0.1")
    ended(folder)
    view = LogTerminals().open(folder).view(6, 40)
    assert view.full_screen
    assert "".join(s.text for s in view.rows[2]).rstrip() == "    here"


def test_a_log_is_searched_and_scrolled(run: Run) -> None:
    folder = run("seq 1 5000 | sed 's/^/line /'")
    ended(folder)
    terminal = LogTerminals().open(folder)
    assert terminal.find("LINE 4321", None, lambda: False) == 4320
    view = terminal.view(3, 80, scroll=4320)
    assert ["".join(s.text for s in row) for row in view.rows] == [
        "line 4321", "line 4322", "line 4323",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [b"", b"\xff", b"[" * 60_000, b"null", b'{"verb": "stop", "grace": []}', b'{"verb": "write"}',
     b'{"verb": "signal", "number": 999}', b'{"verb": "resize", "rows": 1e999, "columns": 1}'],
)  # fmt: skip
def test_what_makes_no_sense_on_its_socket_is_passed_over(run: Run, message: bytes) -> None:
    folder = run("read line; echo got:$line", interactive=True)
    supervisor_of(folder)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        at = os.open(folder, os.O_RDONLY)
        out.sendto(message, f"/proc/self/fd/{at}/control")
        os.close(at)
    HOST.write(folder, b"hello\r")
    assert ended(folder).exit == 0
    assert "got:hello" in output(folder)


def test_a_prompt_appears_though_it_may_be_the_beginning_of_a_secret(run: Run) -> None:
    secret = "password of the database"
    folder = run(
        "printf 'Please give the p'; read x; printf 'again, the password'; read x",
        interactive=True, secrets=(secret,),
    )  # fmt: skip
    until(lambda: output(folder).endswith("give the p"))
    HOST.write(folder, b"\r")
    until(lambda: output(folder).endswith("again, the ***"))
    HOST.write(folder, b"\r")
    assert ended(folder).exit == 0


def test_a_secret_that_is_typed_slowly_is_masked_in_its_echo(run: Run) -> None:
    secret = "0123456789abcdef"
    folder = run("read x; echo got it", interactive=True, secrets=(secret,))
    for letter in secret.encode():
        before = output(folder)
        HOST.write(folder, bytes([letter]))
        # Longer than anything is held back: so each letter comes by itself.
        until(lambda before=before: output(folder) != before or before.endswith("***"))  # type: ignore[misc]
    HOST.write(folder, b"\r")
    assert ended(folder).exit == 0
    assert output(folder) == "012***\ngot it\n"


def test_keys_are_sent_at_once_where_the_way_is_known_and_nothing_has_to_wait(run: Run) -> None:
    host = CommandHost()
    folder = run("read x; echo got:$x", interactive=True)
    supervisor = supervisor_of(folder)
    assert not host.write_now(folder, b"h")
    host.write(folder, b"he")
    assert host.write_now(folder, b"llo")
    until(lambda: output(folder) == "hello")
    os.kill(supervisor, signal.SIGSTOP)
    sent = 0
    while host.write_now(folder, b"."):
        sent += 1
        assert sent < 100_000
    os.kill(supervisor, signal.SIGCONT)
    host.write(folder, b"\r")
    assert ended(folder).exit == 0
    assert f"got:hello{'.' * sent}\n" in output(folder)
    until(lambda: not host.write_now(folder, b"x"))


def test_a_viewer_hears_of_output_as_it_is_written(run: Run) -> None:
    """In the head and behind it, and not of what it has heard of."""
    folder = run("read x; echo one; read x; seq 1000000; read x; echo three", interactive=True)
    supervisor_of(folder)
    terminal = LogTerminals().open(folder)
    ear = terminal.listen()
    assert ear >= 0
    for said in ("one", "1000000", "three"):
        terminal.heard()
        assert not select.select([ear], [], [], 0)[0]
        HOST.write(folder, b"\r")
        while said not in output(folder)[-40:]:
            assert select.select([ear], [], [], 20)[0], "nothing is heard"
            terminal.heard()
