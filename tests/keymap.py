"""``python -m tests.keymap`` makes what is known of the keys anew, from the bindings themselves.

It writes ``docs/keys.md``, and the table by which settings are checked before a screen is loaded.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import ModalScreen

import runbook_tui.tui
from runbook_tui.preferences.key_names import shown
from runbook_tui.preferences.known import Known
from tests.programs import ROOT

TABLE = ROOT / "runbook_tui" / "preferences" / "known_keys.py"
PAGE = ROOT / "docs" / "keys.md"
PARTS = {
    "everywhere": "Everywhere",
    "run": "The run: checklist and panes",
    "list": "In every list",
    "pane": "In a pane that is looked at",
    "typing": "While typing into a command",
    "rollback": "The rollback screen",
    "reading": "Screens that are read and left (watches, timeline, environment, settings)",
    "home": "Home",
    "dialog": "Dialogs (these keys are fixed)",
}
OF_CLASS = {
    "RunbookApp": "everywhere", "LeavingApp": "everywhere", "OwnTerminalApp": "everywhere",
    "NodeScreen": "run", "PaneScreen": "run", "MainScreen": "run", "FocusingScreen": "run",
    "SeekingScreen": "run",
    "RowList": "list", "ScrolledPane": "pane", "SelectingPane": "pane", "Pane": "pane",
    "OpeningScreen": "run",
    "RollbackKeys": "rollback", "UndoList": "rollback", "RowsScreen": "reading",
    "WatchesScreen": "reading", "SettingsScreen": "reading",
}  # fmt: skip
HEAD = """\
# Keys

Made by `make keys` from the bindings. Every key with an id can be changed in the settings
(`runbook settings`, [contract](contract.md)):

```toml
[keys]
sign = "S"                  # instead of s
run = ["enter", "ctrl+r"]   # both
panic = "f12"               # beside F9 and Ctrl+\\, which always stay
```

"""
END_TYPING = Known("end-typing", "typing", ("ctrl+right_square_bracket",), "end typing")


def classes() -> Iterator[type[DOMNode]]:
    """Every class of the screen's that has bindings of its own."""
    seen = set()
    for found in pkgutil.walk_packages(runbook_tui.tui.__path__, "runbook_tui.tui."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__ == module.__name__
            if own and issubclass(value, DOMNode) and "BINDINGS" in vars(value):
                seen.add(value)
    order = [*OF_CLASS]
    yield from sorted(
        seen,
        key=lambda c: (
            order.index(c.__name__) if c.__name__ in order else len(order),
            c.__module__,
            c.__name__,
        ),
    )


def part_of(kind: type[DOMNode]) -> str:
    """The part of the program that a class belongs to."""
    named_keys = any(b.id for b in Binding.make_bindings(vars(kind)["BINDINGS"]))
    if issubclass(kind, ModalScreen) or (issubclass(kind, App) and not named_keys):
        return "dialog"
    named: str | None = getattr(kind, "KEYS_OF", None) or OF_CLASS.get(kind.__name__)
    if named is None:
        base = next((b for b in kind.__mro__[1:] if b.__name__ in OF_CLASS), None)
        named = OF_CLASS[base.__name__] if base is not None else "reading"
    return named


def known() -> list[Known]:
    """Every act with an id, and the fixed keys of dialogs, in the order of `PARTS`."""
    found: dict[tuple[str, str], Known] = {}
    for kind in classes():
        part = part_of(kind)
        for binding in Binding.make_bindings(vars(kind)["BINDINGS"]):
            id_ = binding.id or (f"{kind.__name__}:{binding.action}" if part == "dialog" else "")
            if not id_:
                raise SystemExit(f"a key of {kind.__name__} has no id: {binding.action}")
            before = found.get((part, id_))
            words = binding.tooltip or binding.description
            keys = (*(before.keys if before else ()), binding.key)
            if before is not None and before.words != words and binding.key in before.keys:
                continue  # The key that opened a screen leaves it, too.
            found[part, id_] = Known(id_, part, tuple(dict.fromkeys(keys)), words)
    found["typing", "end-typing"] = END_TYPING
    order = list(PARTS)
    return sorted(found.values(), key=lambda k: order.index(k.part))


def table(found: list[Known]) -> str:
    """The module that settings are checked by."""
    rows = "\n".join(f"    {row(k)}," for k in found if k.part != "dialog")
    return f'''"""The acts that have keys; made by `make keys` from the bindings, never by hand."""

# fmt: off
from __future__ import annotations

from runbook_tui.preferences.known import Known

KNOWN: tuple[Known, ...] = (
{rows}
)
'''


def row(known: Known) -> str:
    """One act as Python, quoted as the formatter would."""
    return f"Known({', '.join(map(quoted, (known.id, known.part, known.keys, known.words)))})"


def quoted(value: object) -> str:
    """A text or texts in double quotes."""
    if isinstance(value, tuple):
        inner = ", ".join(map(quoted, value))
        return f"({inner}{',' if len(value) == 1 else ''})"
    return json.dumps(value, ensure_ascii=False)


def page(found: list[Known]) -> str:
    """``docs/keys.md``."""
    lines = HEAD.splitlines()
    for part, title in PARTS.items():
        rows = [k for k in found if k.part == part]
        if not rows:
            continue
        fixed = part == "dialog"
        lines += [f"## {title}", "", "| key | does |" if fixed else "| key | id | does |",
                  "|---|---|" if fixed else "|---|---|---|"]  # fmt: skip
        seen = set()
        for k in rows:
            keys = ", ".join(f"`{shown(key)}`" for key in k.keys).replace("|", "\\|")
            row = f"| {keys} | {k.words} |" if fixed else f"| {keys} | `{k.id}` | {k.words} |"
            if row not in seen:
                lines.append(row)
            seen.add(row)
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Write both."""
    found = known()
    TABLE.write_text(table(found), encoding="utf-8")
    Path(PAGE).write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
