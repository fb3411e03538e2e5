"""The end of a run that this session leads: recorded once nothing in it is open any more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runbook_tui.run.decide import left_open, left_out
from runbook_tui.run.events import RunFinished
from runbook_tui.run.rollback import ran
from runbook_tui.run.state import RunState
from runbook_tui.session.workbench import Workbench


class Ending:
    """Ends a run: what runs in the background is stopped first."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._ending: set[str] = set()
        """Folders of the commands that end with the run."""
        self._found_open: tuple[object, ...] = ()

    def look(self, active: set[str], background: Mapping[str, str]) -> None:
        """Nothing is open any more: end what runs in the background, then the run, and say so.

        ``active`` are the steps under way, ``background`` those whose commands alone go on, by the
        folders of these.
        """
        state = self._bench.state
        if state.finished is not None or not state.steps or state.begun is None:
            return
        if state.rehearsal:
            self._end_rehearsal()
            return
        if active - set(background.values()) or self._is_known_open(state):
            return
        if left_open(state) or left_out(state):
            # Where only what is optional is open, a person says whether that is all.
            self._found_open = _deciding(state)
            return
        if background:
            for folder in background.keys() - self._ending:
                self._bench.commands.stop(Path(folder))
            self._ending |= background.keys()
            return
        ended = RunFinished(stopped=self._ended_with_the_run())
        self._bench.recorder.record(lambda now: [] if now.finished is not None else [(ended, None)])

    def _is_known_open(self, state: RunState) -> bool:
        """Whether nothing has changed of what kept the run open when it was looked at last."""
        now = _deciding(state)
        known = self._found_open
        return len(known) == len(now) and all(a is b for a, b in zip(known, now, strict=True))

    def _end_rehearsal(self) -> None:
        """A rehearsal ends with its rollback, unless something that really ran still stands."""
        rollback = self._bench.state.rollback
        if rollback is None or rollback.finished is None or ran(self._bench.state):
            return
        ended = RunFinished(result="rehearsed")
        self._bench.recorder.record(lambda now: [] if now.finished is not None else [(ended, None)])

    def _ended_with_the_run(self) -> tuple[str, ...]:
        outline = self._bench.state.outline
        return tuple(
            outline[id_].title
            for id_, step in self._bench.state.steps.items()
            if id_ in outline and any(c.folder in self._ending for c in step.commands)
        )


def _deciding(state: RunState) -> tuple[object, ...]:
    """The parts of a state that decide whether a run is over; a fold hands on what is as it was."""
    return (state.steps, state.ticks, state.signoffs, state.opened_gates, state.overridden_gates,
            state.leads, state.workers)  # fmt: skip
