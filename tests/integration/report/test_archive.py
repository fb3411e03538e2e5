"""A run's archive: whole it holds, and not one byte of it can be another."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.command.evidence import KeptLogs
from runbook_tui.journal.chain import link, start
from runbook_tui.journal.clock import SystemClock
from runbook_tui.journal.lines import chain_of, lines_of
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.report import archive
from runbook_tui.run import events as e
from runbook_tui.session.archiving import check, contents, folder_name, plan_texts, stamp
from runbook_tui.session.opening import plan_digest
from runbook_tui.session.ports.archive import NoArchive, Packed
from runbook_tui.session.ports.journal import Verdict
from tests.fakes.history import ADA

RUN = "20261126-cafe"
PLAN = "# A plan\n\n1. **Build**\n"
OTHER = {"../other plan.toml": 'title = "\u2028"\n', "second.md": "# Second\n"}
LOG = b"building\nbuilt\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of a run with one command, in a journal of its own."""
    folder = tmp_path / "runs" / RUN
    command = folder / "commands" / "build.1-run"
    command.mkdir(parents=True)
    (command / "log.head").write_bytes(LOG)
    payloads: list[tuple[e.Payload, str | None]] = [
        (e.RunStarted(title="A plan", source="plan.md", format="markdown", plan=PLAN,
                      digest=plan_digest(PLAN, OTHER), folder="/srv", includes=OTHER), None),
        (e.StepStarted(), "build"),
        (e.CommandStarted(attempt=1, kind="run", text="make", cwd="/srv", shell=("sh", "-c"),
                          folder=str(command)), "build"),
        (e.CommandFinished(attempt=1, kind="run", folder=str(command), exit=0, bytes=len(LOG),
                           lingered=False, digest=hashlib.sha256(LOG).hexdigest()), "build"),
        (e.StepFinished(result="done"), "build"),
        (e.NoteAdded(text="half a \ud800 and a \u2028 line"), None),
    ]  # fmt: skip
    with SqliteJournal(tmp_path / "journal.db", SystemClock()) as journal:
        journal.append(RUN, [e.Draft(payload=p, step=step) for p, step in payloads], ADA)
    return folder


def packed(place: Path) -> list[Packed]:
    with SqliteJournal.open_reading(place.parent.parent / "journal.db") as journal:
        lines, events = lines_of(journal, RUN), journal.events(RUN)
    return list(contents(lines, events, KeptLogs(), place))


def written(place: Path, files: list[Packed] | None = None) -> bytes:
    with SqliteJournal.open_reading(place.parent.parent / "journal.db") as journal:
        at = stamp(journal.events(RUN))
    file = io.BytesIO()
    archive.write(file, folder_name(RUN), at, packed(place) if files is None else files)
    return file.getvalue()


def checked(data: bytes, tmp_path: Path, anchor: str | None = None) -> Verdict:
    path = tmp_path / "checked.tar.gz"
    path.write_bytes(data)
    try:
        return check(archive.read(path), chain_of, anchor)
    except NoArchive as error:
        return Verdict(events=0, heads={}, problems=(str(error),))


def zipped(tar: bytes) -> bytes:
    """A tar packed as an archive is, so that only what is in it can be wrong."""
    file = io.BytesIO()
    out = archive._Zipped(file)
    out.write(tar)
    out.finish()
    return file.getvalue()


def test_it_holds_elsewhere_and_other_programs_can_read_it(place: Path, tmp_path: Path) -> None:
    data = written(place)
    verdict = checked(data, tmp_path)
    assert (verdict.problems, verdict.remarks) == ((), ())
    assert (verdict.events, verdict.logs, list(verdict.heads)) == (6, 1, [RUN])
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        names = [member.name for member in tar.getmembers()]
        assert all(member.isreg() for member in tar.getmembers())
        assert not [name for name in names if ".." in name or name.startswith("/")]
        log = tar.extractfile(f"runbook-{RUN}/logs/000004-build-run.log")
        assert log is not None
        assert log.read() == LOG
        plan = tar.extractfile(f"runbook-{RUN}/plan/plan.md")
        assert plan is not None
        assert plan.read().decode() == PLAN
    assert written(place) == data


def test_a_changed_byte_in_any_of_its_files_is_found(place: Path, tmp_path: Path) -> None:
    tar = gzip.decompress(written(place))
    assert zipped(tar) == written(place)
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        members = opened.getmembers()
    assert len(members) == 8
    places = [len(tar) - 1]
    for member in members:
        last = member.offset_data + member.size - 1
        places += range(member.offset, member.offset_data, 9)
        places += [member.offset_data, (member.offset_data + last) // 2, last]
        places += [last + 1] if member.size % 512 else []
    for at in places:
        changed = bytearray(tar)
        changed[at] ^= 1 << at % 8
        assert checked(zipped(bytes(changed)), tmp_path).problems, f"byte {at} of {len(tar)}"


def test_a_changed_byte_of_the_file_is_found(place: Path, tmp_path: Path) -> None:
    data = written(place)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        assert checked(bytes(changed), tmp_path).problems, f"byte {at} of {len(data)}"


@pytest.mark.parametrize("keep", [0, 5, 10, 11, 400, -1, -9])
def test_a_file_that_was_cut_off_or_goes_on_does_not_hold(
    place: Path, tmp_path: Path, keep: int
) -> None:
    data = written(place)
    assert checked(data[:keep], tmp_path).problems
    assert checked(data + b"x", tmp_path).problems


def replaced(files: list[Packed], name: str, data: bytes) -> list[Packed]:
    def blocks() -> Iterator[bytes]:
        yield data

    return [
        dataclasses.replace(f, size=len(data), blocks=blocks) if f.name == name else f
        for f in files
    ]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("logs/000004-build-run.log", b"nothing happened", "its log was changed"),
        ("logs/000004-build-run.log", LOG + b"more", "its log was changed"),
        ("plan/plan.md", b"# Another plan\n", "not the plan that the run was started with"),
        ("hashes", b"00\n", "hashes"),
        ("events.jsonl", b"{}\n", "its text is no event"),
        ("archive.json", b"{}", "format 1"),
    ],
)
def test_a_file_put_in_another_s_place_with_its_sum_is_found(
    place: Path, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    problems = checked(written(place, replaced(packed(place), name, data)), tmp_path).problems
    assert any(said in problem for problem in problems), problems


def test_a_title_that_is_not_the_run_s_is_found(place: Path, tmp_path: Path) -> None:
    files = packed(place)
    about = next(f for f in files if f.name == "archive.json")
    said = json.loads(b"".join(about.blocks()))
    told = json.dumps({**said, "title": "Another"}).encode()
    verdict = checked(written(place, replaced(files, "archive.json", told)), tmp_path)
    assert any("the title is not that of the run" in problem for problem in verdict.problems)


def test_files_that_were_taken_out_or_added_are_found(place: Path, tmp_path: Path) -> None:
    files = packed(place)
    for gone in files:
        left = [f for f in files if f.name != gone.name]
        assert checked(written(place, left), tmp_path).problems, gone.name
    more = [*files, dataclasses.replace(files[0], name="logs/000099-more-run.log")]
    assert any("knows no such file" in p for p in checked(written(place, more), tmp_path).problems)


def test_a_chain_computed_anew_holds_until_it_is_held_against_the_head_that_was_written_down(
    place: Path, tmp_path: Path
) -> None:
    files = packed(place)
    with SqliteJournal.open_reading(place.parent.parent / "journal.db") as journal:
        lines = lines_of(journal, RUN)
    bodies = [body.replace(b'"done"', b'"gone"') for body in lines.bodies]
    head, hashes = start(lines.genesis), []
    for body in bodies:
        head = link(head, body)
        hashes.append(head.hex())
    about = next(f for f in files if f.name == "archive.json")
    told = re.sub(rb'"head": "[0-9a-f]+"', b'"head": "%s"' % head.hex().encode(),
                  b"".join(about.blocks()))  # fmt: skip
    files = replaced(files, "events.jsonl", b"".join(body + b"\n" for body in bodies))
    files = replaced(files, "hashes", "".join(f"{h}\n" for h in hashes).encode())
    files = replaced(files, "archive.json", told)
    forged = written(place, files)
    assert not checked(forged, tmp_path).problems
    anchor = lines.hashes[-1]
    assert any("anchor" in p for p in checked(forged, tmp_path, anchor).problems)
    assert not checked(written(place), tmp_path, anchor).problems
    assert not checked(written(place), tmp_path, anchor[:16].upper()).problems


def test_a_log_that_was_changed_before_stays_changed_in_the_archive(
    place: Path, tmp_path: Path
) -> None:
    (place / "commands" / "build.1-run" / "log.head").write_bytes(b"nothing happened")
    assert any("its log" in p for p in checked(written(place), tmp_path).problems)


def test_a_plan_s_names_never_become_names_in_the_archive() -> None:
    begun = e.RunStarted(title="t", source="../../x.md", format="markdown", plan=PLAN, digest="d",
                         folder="/", includes=OTHER)  # fmt: skip
    assert list(plan_texts(begun)) == [
        "plan/plan.md", "plan/included-001.toml", "plan/included-002.md",
    ]  # fmt: skip


HOSTILE = (
    b"[]", b"null", b'"x"', b"{}", b"{" * 5000, b"\xff", b"",
    b'{"actor":[],"at":1,"data":[],"id":[],"run":"20261126-cafe","seq":1,"step":1,"type":"x"}',
    (b'{"actor":{"name":[]},"at":"x","data":{"plan":1,"includes":1,"title":1,"digest":1,'
    b'"source":1,"format":1,"folder":1},"id":"a","run":"20261126-cafe","seq":"1","step":null,'
    b'"type":"run.started"}'),
    (b'{"actor":{"name":"a"},"at":"x","data":[1],"id":"a","run":"20261126-cafe","seq":1,'
    b'"step":null,"type":"run.started"}'),
)  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_whatever_somebody_has_made_up_is_a_problem_and_never_a_fault_of_ours(
    place: Path, tmp_path: Path, body: bytes
) -> None:
    files = packed(place)
    about = b'{"format": 1, "run": "20261126-cafe", "genesis": [], "head": {}, "events": "x"}'
    for name, data in (
        ("events.jsonl", body + b"\n"),
        ("hashes", b"zz\n"),
        ("archive.json", about),
        ("archive.json", body),
    ):
        files = replaced(files, name, data)
        assert checked(written(place, files), tmp_path).problems
    first = next(f for f in packed(place) if f.name == "events.jsonl")
    lines = b"".join(first.blocks()).splitlines(keepends=True)
    whole = b"".join([*lines[:3], body + b"\n", *lines[3:]])
    assert checked(
        written(place, replaced(packed(place), "events.jsonl", whole)), tmp_path
    ).problems
