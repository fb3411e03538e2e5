"""What one block of a document hands on to the next: only what a later one, or its undo, reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read
from runbook_tui.command.supervisor.values import account


def plan(*blocks: str) -> Runbook:
    steps = [
        f"1. **S{n}**\n\n   ```bash\n{indented(text)}\n   ```\n" for n, text in enumerate(blocks)
    ]
    return read("# T\n\n## Phase 1\n\n" + "\n".join(steps), "plan.md")


def indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.split("\n"))


def outputs(book: Runbook) -> list[tuple[str, ...]]:
    return [s.outputs for s in book.walk()]


def lost(book: Runbook) -> list[str]:
    return [f.message for f in book.findings if f.code == "variable-not-carried"]


def test_a_variable_that_a_later_block_reads_is_put_out() -> None:
    book = plan("export REGION=eu\nOTHER=x", "ls", 'deploy "$REGION"')
    assert outputs(book) == [("REGION",), (), ()]
    assert [s.run for s in book.walk()][1:] == ["ls", 'deploy "$REGION"']
    assert lost(book) == []
    # The block is shown as it is written.
    assert book.commands[0].text == "export REGION=eu\nOTHER=x"


def test_where_nothing_is_handed_on_nothing_changes() -> None:
    book = plan("A=1\necho $A", "make", "A=2\necho $A")
    assert outputs(book) == [(), (), ()]
    assert [s.run for s in book.walk()] == ["A=1\necho $A", "make", "A=2\necho $A"]


def test_no_secret_and_nothing_made_of_one_is_handed_on() -> None:
    book = plan(
        'export API_TOKEN=$(./token)\nexport URL="https://x:$API_TOKEN@h"\nHEAD="$URL/y"\nN=1',
        'curl "$URL" "$HEAD" -H "$API_TOKEN" $N',
    )
    assert outputs(book) == [("N",), ()]
    (said,) = lost(book)
    assert all(name in said for name in ("$API_TOKEN", "$URL", "$HEAD"))
    assert "$N" not in said


def test_a_variable_of_a_later_block_is_still_missing() -> None:
    book = plan('echo "$LATE"', "export LATE=1")
    assert outputs(book) == [(), ()]
    assert len(lost(book)) == 1


def run(book: Runbook, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Run the steps as they are run, each in a shell of its own; what they say and put out."""
    values: dict[str, str] = {}
    said = []
    for step in book.walk():
        file = folder / "output"
        file.write_bytes(b"")
        ended = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step.run or ""],
            cwd=folder, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "RUNBOOK_OUTPUT": str(file), **values},
        )  # fmt: skip
        said.append(f"{ended.stdout.strip()}{ended.stderr.strip()}|{ended.returncode}")
        found = account(file.read_bytes(), ended=True)["values"]
        values |= {n: v for n, v in found.items() if n in step.outputs}
    return said, values


def test_values_of_any_kind_arrive_and_a_block_that_fails_says_so(tmp_path: Path) -> None:
    book = plan(
        "A='one\ntwo = \"3\" $x'\nEMPTY=\nexport A\nfalse\nB=never",
        'echo "$A" "[$EMPTY]" "${B}"',
    )
    said, values = run(book, tmp_path)
    assert said == ["|1", 'one\ntwo = "3" $x []|0']
    assert values == {"A": 'one\ntwo = "3" $x', "EMPTY": ""}


def test_a_trap_of_the_block_stays(tmp_path: Path) -> None:
    said, values = run(plan("trap 'echo bye' EXIT\nA=1", 'echo "$A"'), tmp_path)
    assert said == ["bye|0", "1|0"]
    assert values == {"A": "1"}


def test_the_folder_reaches_the_next_block_and_the_undo(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    book = plan("pwd", "cd a", "pwd", "cd b\npwd", "cd ..\npwd", f"cd {tmp_path}\npwd", "pwd")
    said, _ = run(book, tmp_path)
    here = str(tmp_path)
    assert said == [f"{here}|0", "|0", f"{here}/a|0", f"{here}/a/b|0", f"{here}/a|0",
                    f"{here}|0", f"{here}|0"]  # fmt: skip


def test_blocks_that_go_to_the_same_folder_each_begin_in_the_plans(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    said, _ = run(plan("cd a\npwd", "cd a\npwd", "pwd"), tmp_path)
    assert said == [f"{tmp_path}/a|0", f"{tmp_path}/a|0", f"{tmp_path}|0"]


def test_a_folder_of_a_subshell_is_not_handed_on() -> None:
    assert outputs(plan("(cd a && make)", "ls")) == [(), ()]


def test_what_only_a_rollback_outside_the_steps_reads_is_handed_on_to_it() -> None:
    text = (
        "# T\n\n1. a\n   ```sh\n   GROUP=x\n   ```\n2. b\n\n## Rollback\n\n"
        "1. back\n   ```sh\n   ./back $GROUP\n   ```\n"
    )
    book = read(text, "plan.md")
    assert outputs(book) == [("GROUP",), ()]
    assert lost(book) == []
