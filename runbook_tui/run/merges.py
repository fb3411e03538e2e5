"""The merges that are still to come, and what is to be said of them beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runbook_tui.book.model import Change, Step
from runbook_tui.frozen import frozen
from runbook_tui.run.prepare import substitute_plain, working_folder
from runbook_tui.run.state import OVER, RunState

MERGES = frozenset({"git.merge", "github.merge"})
FEW = 3
"""So many files are named."""


@frozen
class Ahead:
    """A merge that is to come: the step, what people call it, and the commit that comes.

    ``remote``: it is made there and not in the folder; ``base`` and ``fetch`` are refs of it.
    """

    step: str
    called: str
    commit: str
    folder: str
    base: str
    remote: str = ""
    fetch: str = ""


def ahead(state: RunState) -> tuple[Ahead, ...]:
    """The merges that are still to come, in the plan's order."""
    return tuple(_ahead(state)) if state.finished is None else ()


def _ahead(state: RunState) -> Iterator[Ahead]:
    for step in state.outline.steps.values():
        if step.action not in MERGES or state.step(step.id).status in OVER:
            continue
        found = _what(state, step)
        if found is not None and found.commit:
            yield found


def _what(state: RunState, step: Step) -> Ahead | None:
    """What one of them merges, and into what; None where that is not known yet."""
    folder = working_folder(state, step)
    given = {name: _value(state, text) for name, text in step.arguments.items()}
    change = next((item for holder in state.outline.holders(step.id)
                   if isinstance(item := state.outline[holder].item, Change)), None)  # fmt: skip
    number = change.pull_request if change is not None else None
    if step.action == "git.merge":
        branch = given.get("branch", "")
        return Ahead(
            step=step.id, called=f"#{number}" if number else branch, commit=branch, folder=folder,
            base=given.get("into") or "HEAD",
        )  # fmt: skip
    text = given.get("pull_request", "").lstrip("#")
    seen = state.pulls.get(int(text)) if text.isascii() and text.isdigit() else None
    if seen is None:
        return None
    return Ahead(
        step=step.id, called=f"#{text}", commit=seen.head, folder=folder,
        base=f"refs/heads/{seen.base}", remote=given.get("remote") or "origin",
        fetch=f"refs/pull/{text}/head",
    )  # fmt: skip


def _value(state: RunState, text: str) -> str:
    filled, missing = substitute_plain(text, state.values)
    return "" if missing else filled


def sentences(
    called: str, conflicts: Sequence[str], makes: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """What is to be said before a merge, a line each; nothing where nothing is in its way."""
    found = []
    if conflicts:
        found.append(f"{called} will conflict in {_files(conflicts)}")
    found += [f"merging {called} makes {o} conflict in {_files(f)}" for o, f in makes.items()]
    return tuple(found)


def _files(files: Sequence[str]) -> str:
    named = ", ".join(files[:FEW]) + (", …" if len(files) > FEW else "")
    return f"{len(files)} file{'' if len(files) == 1 else 's'}: {named}"
