"""What people write in a TOML plan for what format 1 calls otherwise, in words that help."""

from __future__ import annotations

from collections.abc import Collection

TEXT = 'say text = "…"'
INTERACTIVE = "say interactive = true; it is then typed into its pane"
BY_HAND = "leave run out: a step without a command is done by hand"

_KEYS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("description", "desc", "details", "body", "notes"), ("text", TEXT)),
    **dict.fromkeys(("manual", "by_hand", "human"), ("run", BY_HAND)),
    **dict.fromkeys(("terminal", "tty", "stdin", "pty", "input"), ("interactive", INTERACTIVE)),
    **dict.fromkeys(("command", "cmd", "script", "exec"), ("run", "say run = \"…\"")),
    **dict.fromkeys(("rollback", "revert", "reverse"), ("undo", "say undo = \"…\"")),
    **dict.fromkeys(("depends_on", "depends", "requires", "after"), ("needs", "say needs = […]")),
    **dict.fromkeys(("if", "only_if", "condition"), ("when", "say when = \"…\"")),
    **dict.fromkeys(("workdir", "dir", "directory", "folder"), ("cwd", "say cwd = \"…\"")),
    **dict.fromkeys(("duration", "takes"), ("estimate", "say estimate = \"5m\"")),
    **dict.fromkeys(("approval", "approvals", "approvers"),
                    ("gate", "say gate = { roles = [\"…\"] }")),
    "parallel": ("needs", "say needs = []: the step then waits for nothing"),
    "name": ("title", "say title = \"…\""),
}  # fmt: skip
"""An unknown key: the key that a table must know for it to have been meant, and what to say."""

_VALUES = {
    "irreversible": 'say the reason, in words: irreversible = "the old data is gone"',
    "confirm": 'say the question, in words: confirm = "Is the site in maintenance?"',
    "run": 'say the command, as a text; for several lines """…"""',
    "undo": 'say the command, as a text; what cannot be undone says irreversible = "why"',
    "changes": "say changes = false where the step only looks",
}


def instead_of(key: str, known: Collection[str]) -> str:
    """What to write for a key that a table does not know; empty where nobody can tell."""
    meant, words = _KEYS.get(key.lower().replace("-", "_"), ("", ""))
    return words if meant in known else ""


def value_of(key: str) -> str:
    """What a key wants whose value is of another kind; empty where its name says it."""
    return _VALUES.get(key, "")
