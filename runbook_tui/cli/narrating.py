"""A run told as lines: each event in plain words, each command's output as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from runbook_tui.cli import say, words
from runbook_tui.cli.output import LogFollower
from runbook_tui.run import events as e
from runbook_tui.run.events import Event
from runbook_tui.run.state import CommandRecord, RunState
from runbook_tui.session.ports.journal import Journal

QUIET = (e.RollbackOpened, e.RollbackClosed, e.WatchSampled)
GOOD = "green"
BAD = "red"


class Narrator:
    """Prints what the journal and the logs say, in the order in which it happened."""

    def __init__(
        self,
        journal: Journal,
        state: RunState,
        after: int,
        *,
        logs: bool = True,
        terse: bool = False,
    ) -> None:
        """``logs``: what commands put out is on this machine; ``terse``: who listens was told
        before what a step runs and how it is taken back."""
        self._terse = terse
        self._logs = logs
        self._journal = journal
        self._outline = state.outline
        self._watches = {watch.id: watch for watch in state.runbook.watches}
        self._run = state.run
        self._seen = after
        self._followed: dict[str, LogFollower] = {}
        for id_, step in state.steps.items():
            for record in step.commands:
                if record.running and after >= state.seq:
                    self._follow(record.folder)
                    title = state.outline[id_].title if id_ in state.outline else id_
                    say.out(f"{say.clock(record.started)}  “{title}”: running since then")

    def tell(self) -> None:
        """Everything that is new."""
        for event in self._journal.events(self._run, self._seen):
            self._seen = event.seq
            self._before(event)
            if not isinstance(event.payload, QUIET) and not (self._terse and _is_known(event)):
                say.out(words.line(event, self.title), colour=self._colour(event))
        for follower in self._followed.values():
            self._print(follower.lines(ended=False))

    def title(self, id_: str) -> str:
        """A node's title in quotes."""
        node = self._outline.named(id_) or self._watches.get(id_)
        return f"“{node.title if node is not None else id_}”"

    def last_lines(self, commands: Sequence[CommandRecord], count: int) -> list[str]:
        """The end of what the newest command put out."""
        if not commands:
            return []
        return LogFollower(Path(commands[-1].folder)).lines(ended=True)[-count:]

    def _before(self, event: Event) -> None:
        """Begin or end following a log, so that output stands between the two events."""
        payload = event.payload
        if isinstance(payload, e.CommandStarted):
            self._follow(payload.folder)
        elif isinstance(payload, e.CommandFinished):
            follower = self._followed.pop(payload.folder, None)
            if follower is not None:
                self._print(follower.lines(ended=True))

    def _follow(self, folder: str) -> None:
        if self._logs:
            self._followed[folder] = LogFollower(Path(folder))

    def _print(self, lines: list[str]) -> None:
        for line in lines:
            say.out(f"  | {line}")

    def _colour(self, event: Event) -> str | None:
        payload = event.payload
        if isinstance(payload, e.StepFinished):
            return GOOD if payload.result == "done" else BAD
        if isinstance(payload, e.CommandFinished):
            step = self._outline.steps.get(event.step or "")
            expected = step.expect.exits if step is not None and payload.kind == "run" else (0,)
            return None if payload.exit in expected and not payload.lost else BAD
        if isinstance(payload, e.WatchBreached | e.WatchUnknown):
            return BAD
        if isinstance(payload, e.Announced) and payload.result == "failed":
            return BAD
        if isinstance(payload, e.WatchCleared):
            return GOOD
        if isinstance(payload, e.UndoFinished):
            return GOOD if payload.result in {"done", "taken back"} else BAD
        return None


def _is_known(event: Event) -> bool:
    """Whether it only says what was said before the step, or what all went well by."""
    payload = event.payload
    if isinstance(payload, e.CommandFinished):
        return payload.kind in {"before", "run"} and payload.exit == 0 and not payload.lost
    if isinstance(payload, e.CommandStarted):
        return payload.kind in {"before", "run"} and payload.attempt == 1
    if isinstance(payload, e.UndoArmed):
        return not payload.missing
    return isinstance(payload, e.ParameterCaptured)
