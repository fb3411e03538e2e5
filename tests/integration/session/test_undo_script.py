"""``rollback.sh``, run by real shells: whatever a plan holds, that is done, in order, once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_tui.book.model import Secret
from runbook_tui.book.parameters import places_in
from runbook_tui.command.shells import REDIRECTING
from runbook_tui.command.supervisor import values
from runbook_tui.session import account, spare, undo_script, undo_shell
from runbook_tui.session.ports.commands import PutOut
from runbook_tui.session.undo_file import FiledUndo, Running, UndoFile
from runbook_tui.session.undo_script import Owner, script
from tests.on_disk import files_holding

RECORD = """\
import json, os, sys
with open(os.environ["RECORD"], "a") as file:
    own = {k: v for k, v in os.environ.items() if k.startswith(("V_", "RUNBOOK_"))}
    file.write(json.dumps({"text": sys.argv[-1], "cwd": os.getcwd(), "env": own}) + "\\n")
"""
DONE = (
    '{{"id": "kept-1", "type": "undo.finished", "at": "", "step": "{step}", '
    '"actor": {{"name": "Ada"}}, "data": {{"result": "done", "reason": ""}}}}\n'
)
ME = Owner(uid=os.getuid(), name="me")
SHELLS = (["dash"], ["bash", "--posix"])
WITHOUT = (
    "env", "awk", "sed", "tr", "date", "cat", "mkdir", "rm", "mv", "grep", "find", "id", "uname",
    "od", "tail", "wc", "sleep", "touch", "readlink", "bash", "dash", "kill",
)  # fmt: skip
"""What a small system has: neither flock nor timeout, sha256sum, mktemp or sync."""
BASH = ("bash", "-eo", "pipefail", "-c")

words = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=60)
nasty = st.sampled_from([
    "it's", "a\nb\n", "\n", "'", "''", "\\'", "$(touch x)", "`touch x`", "$HOME", "\"", "\\",
    "\\\\n", "END_OF_THE_TEXT", "%s", "-n", "*", "\r\n", "\x01\x7f", "\x80\x81\x85", "日本語 ü",
    "~", "!x", "# no",
])  # fmt: skip
texts = st.one_of(words, nasty, st.lists(st.one_of(nasty, words), max_size=4).map("".join))
names = st.text("abcXYZ_09.-", min_size=1, max_size=8).map(lambda name: f"V_{name}")
folders = st.one_of(words, nasty).map(lambda t: t.replace("/", "_")[:40] + ".d")
parts = st.lists(
    st.tuples(texts, folders, st.dictionaries(names, texts, max_size=3), texts),
    min_size=1,
    max_size=3,
)


def undo(step: str, text: str, cwd: Path, **more: object) -> FiledUndo:
    """An undo by bash."""
    values = {"kind": "command", "title": step.upper(), "shell": BASH, "environment": {}, **more}
    return FiledUndo(step=step, text=text, cwd=str(cwd), **values)  # type: ignore[arg-type]


def write(place: Path, *items: FiledUndo, **more: object) -> Path:
    """The script of a run with these items, newest first, in its place."""
    file = UndoFile(run="r1", title="Test", at=0.0, items=items, **more)  # type: ignore[arg-type]
    place.mkdir(exist_ok=True)
    (place / "undo.json").touch()
    path = place / "rollback.sh"
    path.write_text(script(file, place, ME), encoding="utf-8")
    return path


def run(
    path: Path, *arguments: str, shell: list[str] = SHELLS[0], **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a script to its end."""
    return subprocess.run(
        [*shell, str(path), *arguments], env={**os.environ, **more}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=60, check=False, errors="surrogateescape",
    )  # fmt: skip


def lacks(tmp_path: Path, text: str, **more: object) -> FiledUndo:
    """An undo that lacks what its command, which ended after the program, may have put out."""
    folder = tmp_path / "command"
    folder.mkdir()
    (folder / "exit.json").write_text("{}")
    places = tuple(str(place) for place in places_in(text))
    return undo(
        "a", text, tmp_path, missing=("made",), outputs=("made",), running=(str(folder),),
        places=places, verify_places=(), **more,
    )  # fmt: skip


PUT_OUT = [
    "made=it\n", "made=old\nmade=it's \"$x\"\\\n", "made<<E\na\nb\nE\n", "made=\n",
    "x=1\r\nmade=2\r\n", "made=without-end", "made=~\n", "made=-n\n", "made=1\nmade<<E\nhalf\n",
    "other<<E\nmade=no\nE\n", "made =no\n", "", "made=a b", "made=" + "y" * 70_000 + "\n",
    "made=nul\0\n", "made=é\n",
    "made=Grüße an 日本 \U0001f600 \x01\x1b\x7f\n", "made=\ufffd\ud7ff\ue000\n",
    "made=a..b\n", "made=done\n", "made=x=y\n",
]  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
@pytest.mark.parametrize("guarded", [False, True], ids=["plain", "masked"])
def test_what_was_put_out_after_the_program_died_is_put_in_as_it_would_be(
    tmp_path: Path, shell: list[str], guarded: bool
) -> None:
    text = """printf '[%s]' ${{ made }} "$made" >> done"""
    for number, put_out in enumerate(PUT_OUT):
        place = tmp_path / str(number)
        place.mkdir()
        item = lacks(place, text)
        found = values.account(put_out.encode(), ended=True)
        if guarded:
            (place / "command" / "output.json").write_text(json.dumps(found))
        else:
            (place / "command" / "output").write_text(put_out, newline="")
        file = UndoFile(run="r1", title="Test", at=0.0, items=(item,))
        (wanted,) = file.completed(lambda _, put=found: PutOut(**put)).items  # type: ignore[misc]
        path = write(place / "run", item)
        look = run(path, "-n", shell=shell)
        ended = run(path, shell=shell)
        unknown = bool(wanted.missing)
        assert (look.returncode, ended.returncode) == ((6, 6) if unknown else (0, 5)), (
            put_out, ended,
        )  # fmt: skip
        assert not ended.stderr
        kept = account.left_behind(path.parent / "rollback-account.jsonl")
        texts = [d.payload.text for d in kept if d.payload.WIRE == "command.started"]  # type: ignore[attr-defined]
        assert texts == ([] if unknown else [wanted.text])
        if not unknown:
            assert (place / "done").read_text() == f"[{found['values']['made']}]" * 2


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ('rm "dir/${{ made }}"', "x", 5),
        ('rm "dir/${{ made }}"', "x y", 6),
        ("bash -c 'rm dir/${{ made }}'", "x", 5),
        ("bash -c 'rm dir/${{ made }}'", "x; touch PWN", 6),
        ("rm dir/$((${{ made }}))", "1", 6),
    ],
)
def test_where_a_value_is_no_word_of_its_own_only_a_plain_one_is_put_in(
    tmp_path: Path, text: str, value: str, status: int
) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / value).touch()
    item = lacks(tmp_path, text)
    (tmp_path / "command" / "output").write_text(f"made={value}\n")
    path = write(tmp_path / "run", item, undo("b", "touch other", tmp_path))
    ended = run(path)
    assert (ended.returncode, (tmp_path / "dir" / value).exists()) == (status, status == 6)
    # Whatever becomes of it, the others are taken back, and what remains is named.
    assert (tmp_path / "other").exists()
    assert ("needs made" in ended.stdout) == (status == 6)
    assert not (tmp_path / "PWN").exists()


def events(path: Path) -> list[tuple[str, str | None]]:
    """What the account beside a script says, as the program reads it."""
    drafts = account.left_behind(path.parent / "rollback-account.jsonl")
    return [(draft.payload.WIRE, draft.step) for draft in drafts]


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
@given(parts)
@settings(max_examples=12, deadline=None)
def test_exactly_the_recorded_texts_run_where_and_as_recorded(
    shell: list[str], drawn: list[tuple[str, str, dict[str, str], str]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "record.py").write_text(RECORD)
        argv = (sys.executable, "-I", "-S", str(base / "record.py"), "-c")
        items = []
        for number, (text, folder, values, title) in enumerate(drawn):
            cwd = base / f"{number}{folder}"
            cwd.mkdir()
            environment = {"RECORD": str(base / "record"), **values}
            items.append(
                undo(f"s{number}", text, cwd, title=title, shell=argv, environment=environment)
            )
        path = write(base / "it's a run", *items)
        ended = run(path, shell=shell)
        assert ended.returncode == 5, ended
        assert not ended.stderr
        done = [json.loads(line) for line in (base / "record").read_text().splitlines()]
        assert [d["text"] for d in done] == [item.text for item in items]
        assert [d["cwd"] for d in done] == [item.cwd for item in items]
        for number, (d, (_, _, values, _)) in enumerate(zip(done, drawn, strict=True)):
            assert {k: d["env"].get(k) for k in values} == values
            assert d["env"]["RUNBOOK_STEP"] == f"s{number}"
            assert d["env"]["RUNBOOK_RUN"] == "r1"
        kept = account.left_behind(path.parent / "rollback-account.jsonl")
        started = [d.payload for d in kept if d.payload.WIRE == "command.started"]
        assert [(p.text, p.cwd) for p in started] == [(i.text, i.cwd) for i in items]  # type: ignore[attr-defined]
        assert account.undone(kept) == {item.step for item in items}
        assert run(path, shell=shell).returncode == 0
        assert len((base / "record").read_text().splitlines()) == len(items)


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
@pytest.mark.parametrize("called", [BASH, ("dash", "-e", "-c")], ids=["bash", "sh"])
def test_a_text_longer_than_an_argument_runs(
    tmp_path: Path, shell: list[str], called: tuple[str, ...]
) -> None:
    text = f"x='{'é' * 100_000}'\nprintf '%s' \"${{#x}} $0\" > told"
    path = write(tmp_path / "run", undo("a", text, tmp_path, shell=called))
    assert run(path, shell=shell, LC_ALL="C.UTF-8").returncode == 5
    length, name = (tmp_path / "told").read_text().split()
    assert length in {"100000", "200000"}
    assert name == called[0]


def test_what_would_send_git_elsewhere_is_dropped_and_the_callers_other_variables_stay(
    tmp_path: Path,
) -> None:
    assert set(undo_shell.REDIRECTING.split()) == REDIRECTING
    text = 'echo "${GIT_DIR-none} $A_TOKEN $KNOWN" > told'
    item = undo("a", text, tmp_path, environment={"KNOWN": "then"}, withheld=("A_TOKEN", "B_TOKEN"))
    path = write(tmp_path / "run", item)
    ended = run(path, GIT_DIR="/elsewhere", A_TOKEN="t", KNOWN="now")
    assert ended.returncode == 5
    assert (tmp_path / "told").read_text() == "none t then\n"
    assert "B_TOKEN is not set here" in ended.stdout
    assert "A_TOKEN is not" not in ended.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_from_a_folder_that_is_gone_it_runs_without_complaining_of_it(
    tmp_path: Path, shell: list[str]
) -> None:
    path = write(tmp_path / "run", undo("a", "echo a > told", tmp_path))
    gone = tmp_path / "gone"
    gone.mkdir()
    begin = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    ended = subprocess.run(
        ["sh", "-c", begin, "sh", str(gone), *shell, str(path)], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, (tmp_path / "told").read_text()) == (5, "a\n"), ended
    # The shell itself says it once as it starts, before it reads a line of the script.
    assert (ended.stdout + ended.stderr).count("getcwd") <= 1, ended


def test_a_look_changes_nothing_and_tells_what_is_not_ready(tmp_path: Path) -> None:
    items = (
        undo("c", "touch c", tmp_path),
        undo("b", "rm ${{ name }}", tmp_path, missing=("name",)),
        FiledUndo(step="a", title="A", kind="manual"),
    )
    path = write(tmp_path / "run", *items)
    before = sorted(path.parent.iterdir())
    ended = run(path, "-n")
    assert ended.returncode == 6
    lines = ended.stdout.splitlines()
    assert lines[1] == "   1  C  [ready]"
    assert "        touch c" in lines
    assert "   2  B  [needs name]" in lines
    assert lines[-1] == "   3  A  [done by hand]"
    assert sorted(path.parent.iterdir()) == before
    assert not (tmp_path / "c").exists()
    assert run(write(tmp_path / "run", items[0]), "-n").returncode == 0


def test_every_other_undo_is_tried_and_what_remains_is_named(tmp_path: Path) -> None:
    items = (
        undo("e", "exit 3", tmp_path, needs=("d",)),
        undo("d", "touch d", tmp_path),
        undo("c", "touch c", tmp_path, verify="test -e nothing"),
        undo("b", "rm ${{ name }}", tmp_path, missing=("name",)),
        undo("a", "touch a", tmp_path),
        FiledUndo(step="z", title="Z", kind="manual"),
    )
    path = write(tmp_path / "run", *items)
    ended = run(path)
    assert ended.returncode == 6
    end = ended.stdout.splitlines()
    assert end[-6].startswith("INCOMPLETE")
    assert [line.strip() for line in end[-5:]] == ["E", "D", "C", "B", "Z"]
    assert (tmp_path / "a").exists()
    assert (tmp_path / "c").exists()
    assert not (tmp_path / "d").exists()
    assert "E: failed: the undo ended with exit status 3" in ended.stdout
    assert "D: failed: what needs it was not taken back" in ended.stdout
    assert "B: failed: needs name" in ended.stdout
    assert "the check after it ended with exit status 1" in ended.stdout


def test_a_floor_holds_what_lies_before_it_until_a_person_says_so(tmp_path: Path) -> None:
    items = (
        undo("c", "touch c", tmp_path),
        FiledUndo(step="b", title="B", kind="irreversible", reason="the old schema is gone"),
        undo("a", "touch a", tmp_path),
    )
    path = write(tmp_path / "run", *items)
    assert run(path).returncode == 6
    assert (tmp_path / "c").exists()
    assert not (tmp_path / "a").exists()
    assert run(path, "--past-floor").returncode == 6
    assert (tmp_path / "a").exists()


def test_the_default_scope_is_the_recorded_one_and_all_is_the_whole_run(tmp_path: Path) -> None:
    items = (
        undo("b", "touch b", tmp_path, inside=("two",)),
        undo("a", "touch a", tmp_path, inside=("one",)),
    )
    path = write(tmp_path / "run", *items, scope="phase", node="two")
    assert run(path).returncode == 5
    assert (tmp_path / "b").exists()
    assert not (tmp_path / "a").exists()
    assert run(path, "--all").returncode == 5
    assert (tmp_path / "a").exists()
    assert run(path, "--some").returncode == 2


@pytest.mark.parametrize("kind", ["env", "file", "command", "ask"])
def test_a_secret_is_fetched_again_and_is_not_written_down(tmp_path: Path, kind: str) -> None:
    (tmp_path / "key").write_text("s3cr3t-value\n")
    source = {
        "env": Secret(env="DEPLOY"), "file": Secret(file="key"),
        "command": Secret(command="cat key"), "ask": Secret(ask=True),
    }[kind]  # fmt: skip
    text = 'echo "it is $word"; printf "%s" "$word" > told'
    item = undo("a", text, tmp_path, secrets=("word",))
    path = write(tmp_path / "run", item, sources={"word": source}, base=str(tmp_path))
    if kind in {"env", "ask"}:
        ended = run(path)
        assert ended.returncode == 6
        assert "needs the secret word" in ended.stdout
    variable = {"env": "DEPLOY", "ask": "word"}.get(kind, "UNUSED")
    ended = run(path, **{variable: "s3cr3t-value"})  # type: ignore[arg-type]
    assert ended.returncode == 5, ended
    assert (tmp_path / "told").read_text() == "s3cr3t-value"
    assert "  | it is ***" in ended.stdout
    (tmp_path / "key").unlink()
    assert files_holding(path.parent, "s3cr3t") == []


def test_a_source_that_never_answers_is_given_up_and_the_other_undos_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_script, "SECRET_SECONDS", 1)
    items = (undo("b", "touch b", tmp_path, secrets=("word",)), undo("a", "touch a", tmp_path))
    source = Secret(command="sleep 50; echo x")
    path = write(tmp_path / "run", *items, sources={"word": source}, base=str(tmp_path))
    ended = run(path)
    assert ended.returncode == 6
    assert "needs the secret word" in ended.stdout
    assert (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()


def test_it_goes_on_where_nothing_at_all_can_be_written(tmp_path: Path) -> None:
    path = write(tmp_path / "run", undo("a", "echo x >> told", tmp_path))
    spare = tmp_path / "spare"
    spare.mkdir()
    limit = ["bash", "-c", 'ulimit -f 4; trap "" XFSZ; exec dash "$@"', "-"]
    ended = run(path, shell=limit, XDG_RUNTIME_DIR=str(spare), TMPDIR=str(spare))
    assert ended.returncode == 5, ended
    assert "no place at all" in ended.stdout
    assert (tmp_path / "told").read_text() == "x\n"


@pytest.mark.parametrize(("mode", "told"), [(0o700, ""), (0o755, "x\n")])
def test_an_account_in_a_spare_place_is_believed_if_it_is_ours_alone(
    tmp_path: Path, mode: int, told: str
) -> None:
    (tmp_path / "told").touch()
    path = write(tmp_path / "run", undo("a", "echo x >> told", tmp_path))
    beside = tmp_path / f"{spare.prefix(path.parent, 'r1')}abc"
    beside.mkdir()
    beside.chmod(mode)
    (beside / spare.NAME).write_text(DONE.format(step="a"))
    assert run(path, XDG_RUNTIME_DIR=str(tmp_path)).returncode == (5 if told else 0)
    assert (tmp_path / "told").read_text() == told


def test_an_account_of_another_home_s_run_of_the_same_id_is_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "run", undo("a", "touch undone", tmp_path))
    theirs = tmp_path / f"{spare.prefix(tmp_path / 'other' / 'run', 'r1')}abc"
    theirs.mkdir(mode=0o700)
    (theirs / spare.NAME).write_text(DONE.format(step="a"))
    assert run(path, XDG_RUNTIME_DIR=str(tmp_path)).returncode == 5
    assert (tmp_path / "undone").exists()


def test_an_account_of_the_program_is_believed_and_a_torn_line_spoils_nothing(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "run", undo("b", "touch b", tmp_path), undo("a", "touch a", tmp_path))
    kept = path.parent / "rollback-account.jsonl"
    kept.write_text(DONE.format(step="b") + '{"id": "kept-2", "type": "undo.fini')
    assert run(path).returncode == 5
    assert not (tmp_path / "b").exists()
    assert (tmp_path / "a").exists()
    assert ("rollback.started", None) in events(path)


def test_without_flock_and_timeout_it_works_and_two_do_not_run_at_once(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in WITHOUT:
        found = shutil.which(tool)
        if found:
            (tools / tool).symlink_to(found)
    path = write(tmp_path / "run", undo("a", "echo x >> told", tmp_path))
    (path.parent / "rollback.sh.lock").mkdir()
    (path.parent / "rollback.sh.lock" / "pid").write_text(str(os.getpid()))
    assert run(path, PATH=str(tools)).returncode == 4
    (path.parent / "rollback.sh.lock" / "pid").write_text("4194999")
    assert run(path, PATH=str(tools)).returncode == 5
    assert run(path, PATH=str(tools)).returncode == 0
    assert (tmp_path / "told").read_text() == "x\n"
    assert not (path.parent / "rollback.sh.lock").exists()


def test_another_user_is_told_whose_steps_these_are(tmp_path: Path) -> None:
    file = UndoFile(run="r1", title="T", at=0.0, items=(undo("a", "touch a", tmp_path),))
    path = tmp_path / "rollback.sh"
    path.write_text(script(file, tmp_path, Owner(uid=os.getuid() + 1, name="ada")))
    ended = run(path)
    assert ended.returncode == 4
    assert "ran as ada" in ended.stderr
    assert not (tmp_path / "a").exists()


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    program = shutil.which("shellcheck")
    if program is None:
        assert not os.environ.get("CI"), "shellcheck is not there"
        pytest.skip("shellcheck is not there")
    late = {"missing": ("v",), "outputs": ("v",), "running": (str(tmp_path),)}
    items = (
        undo("f", 'echo it"s" ${{ v }} "$v"', tmp_path, places=("11-19 v",), ready="x $v", **late),
        undo("e", 'it\'s\n$(x) "y" `z`', tmp_path, needs=("d",), verify="x", earlier=("y",)),
        undo("d", "x $word", tmp_path, secrets=("word", "a", "b"), withheld=("A_TOKEN",)),
        undo("c", "print(1)", tmp_path, shell=("python3", "-c"), environment={"a.b": "c\n'd'"}),
        undo("b", "rm ${{ name }}", tmp_path, missing=("name",), title="two\nlines"),
        FiledUndo(step="a", title="A", kind="irreversible"),
        FiledUndo(step="z", title="Z", kind="manual"),
    )
    sources = {"word": Secret(env="X"), "a": Secret(file="~/k"), "b": Secret(command="pass it's")}
    running = (Running(step="a", kind="run", attempt=2, folder="/tmp/it's"),)
    more = {"running": running, "sources": sources}
    for path in (write(tmp_path / "one", *items, **more), write(tmp_path / "two")):
        done = subprocess.run([program, path], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


def test_the_plan_may_stop_it_where_one_fails_and_give_an_undo_its_own_time(tmp_path: Path) -> None:
    path = write(
        tmp_path / "run",
        undo("c", "sleep 600; echo c >> ran", tmp_path, timeout=0.5),
        undo("b", "echo b >> ran; exit 3", tmp_path, on_failure="stop"),
        undo("a", "echo a >> ran", tmp_path),
    )
    ended = run(path)
    assert ended.returncode == 6, ended
    assert (tmp_path / "ran").read_text().split() == ["b"]
    assert "C: failed" in ended.stdout
    assert "A: not tried, the plan stops it where B fails" in ended.stdout


def test_an_undo_that_was_begun_before_and_failed_is_tried_again_by_the_next_call(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "begun"
    folder.mkdir()
    (folder / "exit.json").write_text('{"exit": 1, "seconds": 1.0, "bytes": 0, "digest": ""}\n')
    (folder / "log.head").touch()
    item = undo("a", "echo a >> ran", tmp_path, begun=str(folder))
    path = write(tmp_path / "run", item)
    assert run(path).returncode == 6
    assert run(path).returncode == 5
    assert (tmp_path / "ran").read_text().split() == ["a"]


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
def test_what_was_lost_is_not_run_again_by_who_goes_on_with_that_rollback(
    tmp_path: Path, shell: list[str]
) -> None:
    folder = tmp_path / "begun"
    folder.mkdir()
    (folder / "lock").touch()
    path = write(
        tmp_path / "run", undo("b", "echo b >> ran", tmp_path, begun=str(folder)),
        undo("a", "test -e go; echo a >> ran", tmp_path),
    )  # fmt: skip
    kept = path.parent / "rollback-account.jsonl"
    ended = run(path, shell=shell)
    assert "B: failed: the undo was lost" in ended.stdout
    # That script was killed before its end, and another one goes on.
    lines = kept.read_text().splitlines(keepends=True)
    assert '"rollback.finished"' in lines.pop()
    kept.write_text("".join(lines))
    ended = run(path, shell=shell)
    assert "B: failed: the undo was lost" in ended.stdout
    assert not (tmp_path / "ran").exists()
    # Once it has come to its end, another rollback tries it.
    (tmp_path / "go").touch()
    assert run(path, shell=shell).returncode == 5
    assert (tmp_path / "ran").read_text().split() == ["b", "a"]


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
def test_the_print_asks_what_says_whether_an_undo_could_work(
    tmp_path: Path, shell: list[str]
) -> None:
    check = 'test -e "$V_NAME" || { echo; echo "$V_NAME is away"; exit 1; }'
    path = write(
        tmp_path / "run", undo("a", "true", tmp_path, ready=check, environment={"V_NAME": "it"})
    )
    look = run(path, "-n", shell=shell)
    assert look.returncode == 6
    assert "A  [it is away]" in look.stdout
    (tmp_path / "it").touch()
    assert run(path, "-n", shell=shell).returncode == 0
    (tmp_path / "it").unlink()
    # It is tried all the same.
    assert run(path, shell=shell).returncode == 5


@pytest.mark.parametrize("shell", SHELLS, ids=["dash", "bash"])
@pytest.mark.parametrize("small", [False, True], ids=["timeout", "none"])
def test_an_undo_that_kills_what_holds_it_is_lost_and_verified_once_it_has_ended(
    tmp_path: Path, shell: list[str], small: bool
) -> None:
    text = "echo begin >> ran; kill -9 $PPID; sleep 0.5; echo end >> ran"
    path = write(
        tmp_path / "run", undo("b", text, tmp_path, verify="grep -q end ran"),
        undo("a", "echo a >> ran", tmp_path),
    )  # fmt: skip
    programs = str(tmp_path / "bin")
    if small:
        Path(programs).mkdir()
        for name in WITHOUT:
            if found := shutil.which(name):
                (Path(programs) / name).symlink_to(found)
    ended = run(path, shell=[shutil.which(shell[0]) or "", *shell[1:]],
                PATH=programs if small else os.environ["PATH"])  # fmt: skip
    assert ended.returncode == 5, ended
    assert (tmp_path / "ran").read_text().split() == ["begin", "end", "a"]
