"""Looking for a text in what every command of a run has put out, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.session.ports.terminals import Terminals

MOST = 50
"""Outputs that are told of; more are no help to anybody."""
SHORTEST = 3
"""Characters from which on a text is looked for."""
WIDE = 1000


@frozen
class OutputHit:
    """The step whose command put it out, the folder of that command, and the line itself."""

    step: str
    folder: str
    line: str


def searched(state: RunState) -> list[tuple[str, CommandRecord]]:
    """Every command of the run whose output may hold something, the newest first."""
    found = [
        (id_, record)
        for id_, step in state.steps.items()
        if id_ in state.outline.steps
        for record in step.commands
        if record.folder
    ]
    return sorted(found, key=lambda each: each[1].seq, reverse=True)


class OutputSearch:
    """Looks at once; ``tell`` gets all that was found so far, from that thread, whenever there is
    more and once at the end."""

    def __init__(
        self,
        terminals: Terminals,
        among: Sequence[tuple[str, CommandRecord]],
        text: str,
        tell: Callable[[OutputSearch], object],
    ) -> None:
        self.text = text
        self.hits: tuple[OutputHit, ...] = ()
        self.over = False
        self._terminals = terminals
        self._among = among
        self._tell = tell
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="outputs", daemon=True).start()

    def stop(self) -> None:
        """It is wanted no more: ``tell`` is not called again."""
        self._stopped.set()

    def _run(self) -> None:
        for step, record in self._among:
            if self._stopped.is_set() or len(self.hits) >= MOST:
                break
            found = self._in(step, record.folder)
            if found is not None and not self._stopped.is_set():
                self.hits = (*self.hits, found)
                self._tell(self)
        self.over = True
        if not self._stopped.is_set():
            self._tell(self)

    def _in(self, step: str, folder: str) -> OutputHit | None:
        """Its newest line that holds the text; of a log that cannot be read nothing."""
        try:
            terminal = self._terminals.open(Path(folder))
            at = terminal.find(self.text, None, self._stopped.is_set)
            if at is None:
                return None
            view = terminal.view(1, WIDE, at)
        except OSError:
            return None
        line = "".join(span.text for row in view.rows[:1] for span in row)
        return OutputHit(step=step, folder=folder, line=line.strip())
