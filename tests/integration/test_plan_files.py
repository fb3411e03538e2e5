"""What is named as a plan and is none is refused at once, whatever it is: nothing is read."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.session.plan_files import read_files

PLAN = "# Plan\n\n1. **Look**\n   ```bash\n   ls\n   ```\n"
TOML = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "A"\n'


def refused(path: Path) -> tuple[str, str]:
    """The only fault of a file: its place and message, and its hint."""
    with pytest.raises(PlanFaults) as caught:
        read_files(path)
    (fault,) = caught.value.faults
    return f"{fault.line}:{fault.column}: {fault.message}", fault.hint


@contextmanager
def fifo(path: Path) -> Iterator[None]:
    os.mkfifo(path)
    yield


@contextmanager
def fifo_with_writer(path: Path) -> Iterator[None]:
    """A pipe that somebody holds open and writes nothing into."""
    os.mkfifo(path)
    end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield
    finally:
        os.close(end)


@contextmanager
def unix_socket(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        yield


@contextmanager
def loop(path: Path) -> Iterator[None]:
    path.symlink_to(path.name)
    yield


@contextmanager
def dangling(path: Path) -> Iterator[None]:
    path.symlink_to("nowhere")
    yield


@contextmanager
def huge(path: Path) -> Iterator[None]:
    with path.open("wb") as file:
        file.truncate(40 * 2**30)
    yield


def link_to(target: str) -> Callable[[Path], AbstractContextManager[None]]:
    @contextmanager
    def made(path: Path) -> Iterator[None]:
        path.symlink_to(target)
        yield

    return made


@contextmanager
def locked(path: Path) -> Iterator[None]:
    path.write_text(PLAN)
    path.chmod(0)
    yield


NO_FILES = {
    "missing": (link_to("gone"), "No such file or directory"),
    "folder": (link_to("."), "this is a folder, not a plan"),
    "pipe": (fifo, "this is a pipe, not a plan"),
    "pipe with a writer": (fifo_with_writer, "this is a pipe, not a plan"),
    "socket": (unix_socket, "this is a socket, not a plan"),
    "zeros": (link_to("/dev/zero"), "this is a device, not a plan"),
    "terminal": (link_to("/dev/tty"), "this is a device, not a plan"),
    "nothing": (link_to("/dev/null"), "this is a device, not a plan"),
    "input": (link_to("/dev/stdin"), "this is a device, not a plan"),
    "loop": (loop, "Too many levels of symbolic links"),
    "dangling link": (dangling, "No such file or directory"),
    "huge": (huge, "at most 4 MiB for a plan with all it takes in"),
}


@pytest.mark.parametrize("name", ["plan.md", "plan.toml"])
@pytest.mark.parametrize("case", NO_FILES)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, case: str, name: str) -> None:
    make, said = NO_FILES[case]
    path = tmp_path / name
    with make(path):
        assert refused(path)[0].startswith("1:1: ")
        assert said in refused(path)[0]
        # The same where a plan takes it in.
        (tmp_path / "over.toml").write_text(f'format = 1\nextends = "{name}"\n')
        assert f"2:1: “{tmp_path / name}” cannot be read: " in refused(tmp_path / "over.toml")[0]


def test_a_name_that_became_a_pipe_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.md"
    (tmp_path / "other").write_text("")
    looked = os.stat(tmp_path / "other")
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda self: looked)
    assert stat.S_ISREG(path.stat().st_mode)
    assert refused(path)[0] == "1:1: this is a pipe, not a plan"


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "plan.md"):
        assert refused(tmp_path / "plan.md")[0] == "1:1: cannot be read: Permission denied"


def test_a_large_plan_that_is_none_too_many_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_text(PLAN + "\n" + "word " * 800_000)
    assert len(list(read_files(path).runbook.walk())) == 1


CONTENTS = {
    "binary": (b"# x\n\0\1\2", "1:1: this is binary, not a plan"),
    "utf-16": (PLAN.encode("utf-16"), "1:1: this is UTF-16 or UTF-32 text"),
    "utf-16, other end": (b"\xfe\xff" + PLAN.encode("utf-16-be"), "1:1: this is UTF-16 or"),
    "utf-32": (PLAN.encode("utf-32"), "1:1: this is UTF-16 or UTF-32 text"),
    "latin-1": ("# Plan\n\n é é".encode() + b"\xe9", "3:5: this is not UTF-8 text"),
    "cut off": ("# Plané".encode()[:-1], "1:7: this is not UTF-8 text"),
    "empty": (b"", "1:1: nothing to do: there is no text in it"),
    "white": (b" \n\t\r\n\n", "1:1: nothing to do: there is no text in it"),
    "only a mark": (b"\xef\xbb\xbf", "1:1: nothing to do: there is no text in it"),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_what_is_no_text_is_refused(tmp_path: Path, case: str) -> None:
    data, said = CONTENTS[case]
    for name in ("plan.md", "plan.toml", "plan"):
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name)[0].startswith(said)


@pytest.mark.parametrize(
    "ending",
    ["yaml", "yml", "json", "jsonl", "rb", "ipynb", "mdx", "atrb", "html", "xml", "py", "sh",
     "rst", "adoc", "pdf", "docx", "YAML"],
)  # fmt: skip
def test_another_format_is_refused_with_what_to_do(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"plan.{ending}"
    path.write_text(PLAN)
    message, hint = refused(path)
    assert message.startswith("1:1: this is ")
    assert message.endswith("and only Markdown and TOML plans are read")
    assert hint == "write the steps in Markdown"


@pytest.mark.parametrize(("name", "text"), [("plan.md", PLAN), ("plan.toml", TOML)])
def test_ends_of_lines_and_a_mark_at_the_start_change_nothing(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    plain = read_files(path).runbook
    for data in (text.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + text.encode()):
        path.write_bytes(data)
        assert read_files(path).runbook == plain
