"""A feature flag in a file, as an action; the length of a queue, as a probe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runbook_tui.forge.teams import ActionError, ActionKind, put_out, quoted, say


class Flag:
    """``action = "team.flag"``, ``with = { file = "flags/new", value = "on" }``."""

    kind = ActionKind(required=("file", "value"), outputs=("was", "is_now"))

    def act(self, values: Mapping[str, str]) -> None:
        """Set the flag; one that is set already is none too many."""
        path = Path(values["file"])
        if not path.parent.is_dir():
            raise ActionError(f"there is no folder {path.parent}; make it, then run the step again")
        if path.exists() and path.read_text() == values["value"]:
            say(f"{path} is {values['value']} already")
        else:
            path.write_text(values["value"])
            say(f"{path} is {values['value']} now")
        put_out("is_now", values["value"])

    def texts(self, arguments: Mapping[str, str]) -> Mapping[str, str]:
        """Shell texts; ``${{ was }}`` is what ``before`` has put out."""
        file = quoted(arguments.get("file", ""))
        return {
            "before": f'echo "was=$(cat {file} 2> /dev/null || true)" >> "$RUNBOOK_OUTPUT"',
            "undo": f"printf %s ${{{{ was }}}} > {file}",
            "verify": f'test "$(cat {file})" = ${{{{ was }}}}',
            "ready": f'test -d "$(dirname {file})" || {{ echo "its folder is gone"; exit 1; }}',
        }


FLAG = Flag()


def queue(values: Mapping[str, str]) -> float:
    """``run = "runbook probe team.queue folder=jobs"``: how many files wait in a folder."""
    folder = Path(values.get("folder", "."))
    if not folder.is_dir():
        raise ActionError(f"there is no folder {folder}")
    return sum(1 for path in folder.iterdir() if path.is_file())
