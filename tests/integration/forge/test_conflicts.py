"""The outlook on conflicts, against what git says when everything is really tried."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from runbook_tui.forge.conflicts import Outlook, outlook
from tests.integration.forge.scenes import Place


def really(place: Place, names: list[str]) -> list[Outlook]:
    """The same by merging for real, and trying each branch behind after each merge."""

    def files(name: str) -> tuple[str, ...]:
        words = ("--write-tree", "-z", "--name-only", "--no-messages")
        done = subprocess.run(
            ["git", "merge-tree", *words, "HEAD", name],
            cwd=place.work, env=place.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return tuple(dict.fromkeys(f for f in done.stdout.split("\0")[1:] if f))

    place.git("switch", "-q", "--detach", "main")
    found = []
    before = {name: files(name) for name in names}
    for at, name in enumerate(names):
        behind = names[at + 1 :]
        mine = files(name)
        if not mine:
            place.git("merge", "-q", "--no-ff", name)
        now = {other: files(other) for other in behind}
        makes = {o: f for o, f in now.items() if f and not before[o]}
        found.append(Outlook(name=name, conflicts=mine, makes={} if mine else makes))
        before.update(now)
    place.git("switch", "-q", "main")
    return found


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Branches that edit, take away, move and add files at random in a small tree."""
    chance = random.Random(7)
    place = Place(tmp_path_factory.mktemp("many"))
    for n in range(24):
        path = place.work / f"part{n % 4}" / f"file{n}"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{n} line {line}\n" for line in range(9)))
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "files")
    for number in range(12):
        place.git("switch", "-q", "-c", f"pr{number}", "main")
        files = sorted(p for p in place.work.glob("part*/*") if p.is_file())
        for path in chance.sample(files, 3):
            lines = path.read_text().splitlines(keepends=True)
            lines[chance.randrange(9)] = f"changed by {number}\n"
            path.write_text("".join(lines))
        match number % 4:
            case 1:
                chance.choice(files).unlink()
            case 2:
                place.git("mv", "part3", f"moved{number}")
            case 3:
                (place.work / "part3" / f"new{number}").write_text(f"{number}\n")
        place.git("add", "-A")
        place.git("commit", "-q", "-m", f"pr {number}")
        place.git("switch", "-q", "main")
    return place


@pytest.mark.parametrize("seed", range(2))
def test_the_outlook_is_what_really_happens(many: Place, seed: int) -> None:
    names = [f"pr{n}" for n in range(12)]
    random.Random(seed).shuffle(names)
    expected = really(many, names)
    assert any(o.makes for o in expected)
    assert outlook(str(many.work), "main", [(n, n) for n in names]) == expected


def test_nothing_of_the_repository_changes_and_what_is_not_here_is_said(place: Place) -> None:
    place.branch("one", "base", "a\nONE\nc\n")
    place.branch("two", "base", "a\nTWO\nc\n")
    place.git("gc", "-q")
    objects = place.git("count-objects", "-v")
    asked = {"folder": str(place.work), "base": "main",
             "sequence": [["E", "origin/one"], ["C", "nowhere"], ["B", "origin/two"]]}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-P", "-m", "runbook_tui.forge.conflicts"], input=json.dumps(asked),
        env=place.env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    one, nowhere, two = json.loads(done.stdout)
    assert one["makes"] == {"B": ["base"]}
    assert nowhere["unknown"]
    assert two["conflicts"] == ["base"]
    assert place.git("count-objects", "-v") == objects
    with pytest.raises(LookupError, match="no commit called gone"):
        outlook(str(place.work), "gone", [])


def test_what_is_only_in_the_remote_is_looked_at_and_nothing_is_left_here(
    place: Place, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    place.git("clone", "-q", str(place.remote), str(other), cwd=tmp_path)
    for name in ("one", "two"):
        place.git("switch", "-q", "-c", name, "origin/main", cwd=other)
        (other / "base").write_text(f"a\n{name}\nc\n")
        place.git("commit", "-q", "-am", name, cwd=other)
        place.git("push", "-q", "origin", f"{name}:refs/pull/{name}/head", cwd=other)
    place.git("switch", "-q", "main", cwd=other)
    (other / "late").write_text("late\n")
    place.git("add", "-A", cwd=other)
    place.git("commit", "-q", "-m", "late", cwd=other)
    place.git("push", "-q", "origin", "main", cwd=other)
    heads = [(name, place.git("rev-parse", name, cwd=other)) for name in ("one", "two")]
    before = (place.git("for-each-ref"), place.git("count-objects", "-v"))
    refs = [f"refs/pull/{name}/head" for name in ("one", "two", "gone")]
    found = outlook(str(place.work), "refs/heads/main", heads, "origin", refs)
    assert found == [
        Outlook(name="one", makes={"two": ("base",)}), Outlook(name="two", conflicts=("base",)),
    ]  # fmt: skip
    assert (place.git("for-each-ref"), place.git("count-objects", "-v")) == before
    assert not (place.work / ".git" / "FETCH_HEAD").exists()
    place.git("fsck", "--connectivity-only")
