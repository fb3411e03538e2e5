"""The plan's pull requests beside an open run: what is seen of them is recorded, an approval at
GitHub counts where the plan says so, and what merges will run into is worked out beforehand.

On threads of their own, and in programs of their own: neither the session nor the screen waits.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from runbook_tui.book.model import Forge
from runbook_tui.run.approving import approvals
from runbook_tui.run.decide import decide
from runbook_tui.run.merges import Ahead, ahead, sentences
from runbook_tui.run.pull_events import PullSeen
from runbook_tui.run.pulls import changed, numbers
from runbook_tui.run.requests import Refusal
from runbook_tui.run.state import RunState
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.ports.pulls import Pulls
from runbook_tui.session.recorder import Pair
from runbook_tui.session.workbench import Workbench

SETTING = "RUNBOOK_GITHUB"
"""The variable that says where, for plans that do not: OWNER/NAME."""
AGAIN = 5.0
"""Seconds before what looks at pull requests is started again, should it have died."""

Told = Mapping[str, tuple[str, ...]]


class PullWatch:
    """Looks at the pull requests of a run that this session leads.

    ``call`` has something done on the session's thread.
    """

    def __init__(
        self, bench: Workbench, pulls: Pulls | None, call: Callable[[Callable[[], None]], None]
    ) -> None:
        self._bench = bench
        self._pulls = pulls
        self._call = call
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._tried: tuple[object, ...] = ()
        self._fresh = False
        self._begun: set[str] = set()
        self._left: dict[int, PullSeen] = {}
        """What was seen and could not be recorded."""
        self._retry = 0.0
        self._one = threading.Lock()
        """One outlook is worked out at a time."""
        self._looked: RunState | None = None
        self.ahead: Told = {}
        """What is to be said before each merge, by its step; anybody may read it."""
        self.trouble = ""
        """What keeps pull requests from being looked at; empty where nothing does."""

    def start(self) -> None:
        """Begin, where the plan has pull requests and says where they are, or merges."""
        state = self._bench.state
        if self._pulls is None or state.rehearsal:
            return
        if self._where is not None and numbers(state):
            self._begin("pulls", self._follow)
        if ahead(state) or self._where is not None:
            self._begin("outlook", self._look_ahead)

    def _begin(self, name: str, what: Callable[[], None]) -> None:
        if name not in self._begun:
            self._begun.add(name)
            threading.Thread(target=what, name=name, daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        self._wake.set()
        if self._pulls is not None:
            self._pulls.close()

    def take_in(self) -> bool:
        """On the session's thread: whether anything new is to be shown."""
        state = self._bench.state
        if state is not self._looked:
            before = self._looked
            if before is not None and state.busy != before.busy:
                self._nudge()
            if before is not None and state.runbook is not before.runbook and self._pulls:
                # Another plan has been taken over: other pull requests, or elsewhere.
                self._pulls.stop()
                self.start()
            self._looked = state
            self._wake.set()
        now = self._bench.clock.mono()
        if self._left and now >= self._retry:
            self._retry = now + AGAIN
            for seen in tuple(self._left.values()):
                self._enter(seen)
        fresh, self._fresh = self._fresh, False
        return fresh

    def said_of(self, node: str) -> tuple[str, ...]:
        """What is to be said of a node: that nobody can look, and what its merge will run into."""
        return (*self._unseen(node), *self.ahead.get(node, ()))

    def _unseen(self, node: str) -> tuple[str, ...]:
        """Why the pull request of a change, or of the one around a step, is not looked at."""
        outline = self._bench.state.outline
        if not self.trouble or node not in outline:
            return ()
        around = (getattr(outline[n].item, "pull_request", None) for n in outline.holders(node))
        why = self.trouble.splitlines()[0]
        return tuple(f"#{number} is not looked at now: {why}" for number in around if number)

    def look_ahead_once(self) -> Told:
        """What is to be said before each merge, worked out here and now."""
        if self._pulls is not None and not self._bench.state.rehearsal:
            self._outlook(self._pulls, self._bench.state)
        return self.ahead

    @property
    def _where(self) -> Forge | None:
        """Where pull requests are looked at: what the plan says, else what the setting does."""
        setting = self._bench.surroundings.environment.get(SETTING, "")
        named = Forge(github=setting) if re.fullmatch(r"[\w.-]+/[\w.-]+", setting) else None
        return self._bench.state.runbook.forge or named

    # -- GitHub --------------------------------------------------------------------------------

    def _nudge(self) -> None:
        """A step has ended or begun: it may have changed a pull request."""
        if self._pulls is not None and self._where is not None:
            self._pulls.look()

    def _follow(self) -> None:
        assert self._pulls is not None
        while not self._closing.is_set():
            state = self._bench.state
            forge = self._where
            if forge is not None:
                self._pulls.watch(forge.github, numbers(state), forge.every)
                self._read(self._pulls)
            self._closing.wait(AGAIN)

    def _read(self, pulls: Pulls) -> None:
        while not self._closing.is_set() and (told := pulls.next()) is not None:
            if isinstance(told, str):
                self._fresh = self._fresh or told != self.trouble
                self.trouble = told
            else:
                self._call(lambda seen=told: self._enter(seen))  # type: ignore[misc]

    def _enter(self, seen: PullSeen) -> None:
        """On the session's thread: record what has changed, and whose approval counts."""
        self._left[seen.number] = seen
        recorder = self._bench.recorder
        with suppress(JournalError):  # What cannot be recorded now is tried again.
            recorder.sync()
            if self._bench.state.finished is None:
                self._record(seen)
            del self._left[seen.number]

    def _record(self, seen: PullSeen) -> None:
        recorder = self._bench.recorder
        recorder.record(lambda state: [(payload, None) for payload in changed(state, seen)])
        for actor, request in approvals(self._bench.state, seen):

            def given(state: RunState, actor=actor, request=request) -> list[Pair]:  # type: ignore[no-untyped-def]
                decision = decide(state, request, actor)
                return [] if isinstance(decision, Refusal) else list(decision.events)

            recorder.record(given, actor)

    # -- what merges run into --------------------------------------------------------------------

    def _look_ahead(self) -> None:
        assert self._pulls is not None
        while not self._closing.is_set():
            state = self._bench.state
            if not state.rolling_back and not state.busy:
                self._outlook(self._pulls, state)
            self._wake.wait()
            self._wake.clear()

    def _outlook(self, pulls: Pulls, state: RunState) -> None:
        with self._one:
            self._worked_out(pulls, state)

    def _worked_out(self, pulls: Pulls, state: RunState) -> None:
        merges = ahead(state)
        done = (step.finished for step in state.steps.values() if step.finished)
        tried = (merges, max(done, default=0.0))
        if tried == self._tried:
            return
        self._tried = tried
        found: dict[str, tuple[str, ...]] = {}
        for (folder, base, remote), group in _grouped(merges).items():
            sequence = [(one.step, one.commit) for one in group]
            fetch = [one.fetch for one in group if one.fetch]
            outlook = pulls.outlook(folder, base, sequence, remote, fetch)
            called = {one.step: one.called for one in group}
            for one in outlook:
                makes = {called[name]: files for name, files in one.makes.items()}
                if said := sentences(called[one.name], one.conflicts, makes):
                    found[one.name] = said
        self._fresh = self._fresh or found != self.ahead
        self.ahead = found


def _grouped(merges: Iterable[Ahead]) -> dict[tuple[str, str, str], list[Ahead]]:
    found: dict[tuple[str, str, str], list[Ahead]] = {}
    for one in merges:
        found.setdefault((one.folder, one.base, one.remote), []).append(one)
    return found
