"""No two modules need one another, not for their types alone either: each can be read by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import runbook_tui

ROOT = Path(runbook_tui.__file__).parent
SUPERVISOR = "runbook_tui.command.supervisor"
SCREENS = "runbook_tui.tui"
"""A widget names the application that it stands in, which is made of widgets."""


def _modules() -> dict[str, Path]:
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imported(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """What a file imports at its head, under TYPE_CHECKING too; in its functions it may wait."""
    # The supervisor's modules run as a folder: they know one another by plain names.
    folder = ".".join(path.relative_to(ROOT.parent).parts[:-1])
    before = f"{SUPERVISOR}." if folder == SUPERVISOR else ""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        held = statement.body if isinstance(statement, ast.If) else [statement]
        for one in held:
            names = []
            if isinstance(one, ast.ImportFrom) and one.module:
                names = [f"{one.module}.{alias.name}" for alias in one.names] + [one.module]
            elif isinstance(one, ast.Import):
                names = [alias.name for alias in one.names]
            yield from (found for name in names if (found := before + name) in known)


def test_no_modules_import_one_another() -> None:
    modules = {name: path for name, path in _modules().items() if not name.startswith(SCREENS)}
    needs = {name: set(_imported(path, modules)) - {name} for name, path in modules.items()}
    for name, inside in needs.items():
        # A folder's own page gathers what is in it, and is not what these modules ask for.
        needs[name] = {one for one in inside if not name.startswith(f"{one}.")}
    assert sum(map(len, needs.values())) > len(modules)
    try:
        list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise AssertionError(" needs ".join(error.args[1])) from None
