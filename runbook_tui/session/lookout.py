"""Whether undos could work now: the programs they need, and what their own checks say.

On a thread of its own, beside the session: a look may wait for a disk or a network.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runbook_tui.book.plain_text import printable
from runbook_tui.book.shell.programs import programs
from runbook_tui.frozen import frozen
from runbook_tui.run import remote
from runbook_tui.run.differing import differing_in
from runbook_tui.run.durations import NO_PAST, Past
from runbook_tui.run.events import UndoArmed
from runbook_tui.run.reach import reach
from runbook_tui.run.rehearsal import as_if, left_alone
from runbook_tui.run.rollback import RollbackPlan, plan, without
from runbook_tui.run.scopes import default_scope
from runbook_tui.run.state import RunState, StepState
from runbook_tui.run.undo_items import Item
from runbook_tui.session.ports.durations import Durations
from runbook_tui.session.ports.runner import Outcome, Runner
from runbook_tui.session.putting_out import masked
from runbook_tui.session.workbench import Workbench

EVERY = 2.0
"""Seconds between two looks for programs."""
AGAIN = 60.0
"""Seconds before an undo's own check is made again."""
SOON = 2.0
"""The same where somebody opens the rollback."""
MOMENT = 0.15
"""Seconds after which that is: what opens is drawn first."""
LIMIT = 5.0
"""Seconds that a check may take."""
AT_ONCE = 16
"""Checks between two looks for programs; ``BESIDE`` of them run beside one another."""
BESIDE = 4
FIRST_LOOK = 3.0
"""Seconds that sources of secrets have to answer before a rollback is shown without a screen."""
PATIENCE = 20.0
"""Seconds that past runs are read for at most, of those that nobody has read yet."""
LONGEST = 200

Found = tuple[tuple[tuple[str, str], ...], Past, tuple[str, ...]]
"""What hinders steps' undos, how long things took in past runs, and which have machines that were
asked."""


@frozen(kw_only=False)
class _Check:
    """What says whether undos could work now; the same for all steps with the same check."""

    text: str
    cwd: str
    shell: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    host: str = ""
    """The machine that is asked whether it is there, and has the folder, the shell, and these:"""
    programs: tuple[str, ...] = ()
    ssh: str = ""


@dataclass(slots=True, eq=False)
class _Undo:
    """One undo to be looked at."""

    step: str
    cwd: str
    path: str | None
    shell: tuple[str, ...]
    needs: tuple[str, ...]
    check: _Check | None


class Lookout:
    """Looks at what the undos of a run need, as long as no rollback runs.

    Without ``here`` they would run on another machine, of which nothing can be seen from this one.
    """

    def __init__(
        self, bench: Workbench, durations: Durations, runner: Runner, *, here: bool = True
    ) -> None:
        self._bench = bench
        self._here = here
        self._thread = threading.Thread(target=self._go_on, name="lookout", daemon=True)
        self._durations = durations
        self._runner = runner
        self._wake = threading.Event()
        self._closed = False
        self._known: tuple[RollbackPlan, Mapping[str, StepState]] | None = None
        self._undos: list[_Undo] = []
        self._read: dict[str, tuple[Item, UndoArmed, _Undo | None]] = {}
        self._answers: dict[_Check, tuple[float, str]] = {}
        self._past: Past | None = None
        self._hurried = False
        self._last: Found = ((), NO_PAST, ())
        self._news: deque[Found] = deque(maxlen=1)

    def keep_looking(self) -> None:
        """Look every few seconds from here on: somebody looks at the light."""
        if self._here and not self._thread.is_alive():
            self._thread.start()

    def _go_on(self) -> None:
        while not self._closed:
            state = self._bench.state
            if not state.rolling_back:
                self._look(state, AT_ONCE)
                self._foresee(state)
            self._wake.wait(EVERY)
            self._wake.clear()
            if self._hurried and not self._closed:
                self._wake.wait(MOMENT)

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._wake.set()

    def hurry(self) -> None:
        """Somebody opens the rollback: look at once."""
        self._hurried = True
        self._wake.set()

    def take_in(self) -> bool:
        """Have what was found in the bench, on the session's thread; whether that is new."""
        try:
            self._bench.found(*self._news.pop())
        except IndexError:
            return False
        return True

    def look_for_rehearsal(self) -> None:
        """What undos lack is what a rehearsal is about: it is known before their turn comes."""
        if self._thread.is_alive():
            # The checks are made on that thread meanwhile.
            self._bench.look_for_secrets()
            self._bench.look_for_folders()
        else:
            self.look_around(checks=True)

    def look_around(self, *, checks: bool = False) -> None:
        """One whole look, here and now; before the session is opened, or on its thread.

        ``checks``: also by the undos' own checks and all sources of secrets, which takes seconds;
        without them nothing is started or waited for.
        """
        self._bench.look_for_secrets(tuple(self._bench.state.secrets) if checks else (), FIRST_LOOK)
        self._bench.look_for_folders()
        self._look(self._bench.state, None if checks else 0)
        self.take_in()

    def _look(self, state: RunState, most: int | None) -> None:
        """``most``: how many checks are made at most."""
        planned = plan(as_if(state), "run", "", past_floor=True)
        known = self._known
        # What is planned is the same object while nothing of it has changed.
        if known is None or known[0] is not planned or known[1] is not state.steps:
            self._undos = [undo for undo in self._undos_of(state, planned) if undo is not None]
            self._known = (planned, state.steps)
        if self._past is None and most != 0:
            self._past = self._looked_back(state, PATIENCE)
        missing = self._missing()
        self._tell(missing)
        if most != 0:
            self._ask(most, missing)

    def _foresee(self, state: RunState) -> None:
        """Work out what the rollback's screen shows first; it is remembered for that screen."""
        shown = as_if(state)
        # Asked as that screen asks: what is remembered goes by the words of the question.
        planned = without(plan(shown, *default_scope(shown), False), self._bench.absent)
        differing_in(shown, planned, self._bench.surroundings.environment)
        reach(shown, planned)

    def _tell(self, missing: Mapping[str, str]) -> None:
        """Tell what was found, if that has changed."""
        found = []
        asked = []
        for undo in self._undos:
            answer = self._answers.get(undo.check) if undo.check is not None else None
            why = missing.get(undo.step) or (answer[1] if answer is not None else "")
            if why:
                found.append((undo.step, why))
            if answer is not None and undo.check is not None and undo.check.host:
                asked.append(undo.step)
        told: Found = (tuple(found), self._past or NO_PAST, tuple(asked))
        if told != self._last:
            self._last = told
            self._news.append(told)

    # -- what there is to look at --------------------------------------------------------------

    def _undos_of(self, state: RunState, planned: RollbackPlan) -> Iterable[_Undo | None]:
        """Of thousands of undos those that are as they were are not read again."""
        before, self._read = self._read, {}
        for item in planned.items:
            armed = state.step(item.step).undo
            if item.kind != "command" or armed is None:
                continue
            known = before.get(item.step)
            same = known is not None and known[1] is armed and known[0] == item
            undo = known[2] if known is not None and same else self._undo(state, item, armed)
            self._read[item.step] = (item, armed, undo)
            yield undo

    def _undo(self, state: RunState, item: Item, armed: UndoArmed) -> _Undo:
        inherited = self._bench.surroundings.environment
        environment = armed.environment
        path = environment.get("PATH", inherited.get("PATH"))
        texts = (*item.left, item.verify)
        needs: tuple[str, ...] = ()
        if "BASH_ENV" not in environment and "BASH_ENV" not in inherited:
            named = dict.fromkeys(n for text in texts for n in programs(text, armed.shell))
            needs = tuple(n for n in named if f"BASH_FUNC_{n}%%" not in inherited)
        if state.rehearsal:
            needs += _fetching(state, item)
        check = None
        own = tuple(sorted({**environment, "RUNBOOK_STEP": ""}.items()))
        # What a rehearsal has only gone through is not asked either.
        acted = state.step(item.step).acted
        asks = item.check if acted and not item.missing else ""
        if armed.host:
            # Steps without a check of their own ask the same, and are asked about once.
            own = own if asks else tuple(pair for pair in own if pair[0] == "PATH")
            check = _Check(asks, armed.cwd, armed.shell, own, armed.host, needs, armed.ssh)
            return _Undo(item.step, "", None, (), (), check)
        if asks:
            check = _Check(asks, armed.cwd, armed.shell, own)
        return _Undo(item.step, armed.cwd, path, armed.shell, needs, check)

    # -- programs ------------------------------------------------------------------------------

    def _missing(self) -> dict[str, str]:
        """Steps whose undo needs a program that is not there, and which."""
        known: dict[tuple[str, str, str], bool] = {}

        def there(name: str, undo: _Undo) -> bool:
            path = undo.path or ""
            near = "/" in name or any(not part.startswith("/") for part in path.split(":"))
            key = (name, path, undo.cwd if near else "")
            if key not in known:
                known[key] = _found(name, path, undo.cwd)
            return known[key]

        found = {}
        folders: dict[str, bool] = {}
        for undo in self._undos:
            if undo.cwd not in folders:
                folders[undo.cwd] = os.path.isdir(undo.cwd)
            if undo.path is None or not folders[undo.cwd]:
                continue  # What is not known, or that its folder is gone, is said elsewhere.
            if undo.shell and not there(undo.shell[0], undo):
                found[undo.step] = f"its shell {printable(undo.shell[0], LONGEST)} is gone"
                continue
            name = next((name for name in undo.needs if not there(name, undo)), None)
            if name is not None:
                where = "not there" if "/" in name else "not on its PATH"
                found[undo.step] = f"`{printable(name, LONGEST)}` is {where}"
        return found

    # -- the undos' own checks -------------------------------------------------------------------

    def _ask(self, most: int | None, missing: Mapping[str, str]) -> None:
        """Make the checks that it is time for, the one that waits longest first."""
        now = self._bench.clock.mono()
        again = SOON if self._hurried else AGAIN
        self._hurried = False
        wanted = dict.fromkeys(
            u.check for u in self._undos if u.check and (u.check.host or os.path.isdir(u.cwd))
        )
        self._answers = {c: answer for c, answer in self._answers.items() if c in wanted}
        never = (-AGAIN * 2, "")
        due = [c for c in wanted if now - self._answers.get(c, never)[0] >= again]
        due.sort(key=lambda check: self._answers.get(check, never)[0])
        if not due:
            return
        turns = deque(due[:most])
        # No pool: the program would wait for its threads, and for a remote, when it is left.
        beside = [
            threading.Thread(target=self._take_turns, args=(turns,), name="check", daemon=True)
            for _ in range(min(BESIDE, len(turns)))
        ]
        for thread in beside:
            thread.start()
        for thread in beside:
            thread.join()
        self._tell(missing)

    def _take_turns(self, turns: deque[_Check]) -> None:
        while not self._closed:
            try:
                check = turns.popleft()
            except IndexError:
                return
            why = self._checked(check)
            if why is not None:
                self._answers[check] = (self._bench.clock.mono(), why)

    def _checked(self, check: _Check) -> str | None:
        """Why undos with this check could not work now; None where it could not be asked."""
        state = self._bench.state
        held = dict(self._bench.vault)
        reads = [name for name in state.secrets if name in check.text]
        if self._closed or state.rolling_back or any(not held.get(name) for name in reads):
            return None
        own = {
            **dict(check.environment),
            **{name: held[name] for name in reads},
            "RUNBOOK_RUN": state.run,
        }
        hidden = [value for value in held.values() if value]
        if check.host:
            return self._asked_there(check, own, hidden)
        environment = {**self._bench.surroundings.environment, **own}
        # A helper whose program was killed ends all the same.
        limited = shutil.which("timeout")
        guard = (limited, "-s", "KILL", f"{LIMIT + 1:g}") if limited else ()
        argv = (*guard, *check.shell, check.text)
        outcome = self._runner.run(
            argv, cwd=check.cwd or None, environment=environment, timeout=LIMIT
        )
        return _why(outcome, hidden)

    def _asked_there(self, check: _Check, environment: Mapping[str, str], hidden: list[str]) -> str:
        """What the machine says on which undos with this check act; that it is away, if it is."""
        script = remote.asking(
            text=check.text, shell=check.shell, cwd=check.cwd, environment=environment,
            programs=check.programs, seconds=LIMIT + 1,
        )  # fmt: skip
        here = self._bench.surroundings.environment
        try:
            ssh = remote.calling(check.ssh or here.get(remote.PROGRAM, ""))
        except ValueError as error:
            return str(error)
        argv = (*ssh, "--", check.host, "exec sh -s")
        outcome = self._runner.run(argv, environment=here, stdin=script, timeout=LIMIT)
        _, came_through, said = outcome.stdout.partition(f"{remote.HERE}\n")
        if came_through:
            return _why(dataclasses.replace(outcome, stdout=said), hidden)
        why = (outcome.stderr.strip().splitlines() or ["it says nothing"])[-1]
        return printable(f"{check.host} is not there: {why}", LONGEST)

    # -- past runs -------------------------------------------------------------------------------

    def look_back(self, patience: float) -> None:
        """Learn how long things took in past runs, before the session is opened.

        Runs that nobody has read yet are read for ``patience`` seconds at most.
        """
        if self._past is None:
            self._past = self._looked_back(self._bench.state, patience)
            self._tell({})
            self.take_in()

    def _looked_back(self, state: RunState, patience: float) -> Past:
        title = state.begun.title if state.begun is not None else state.runbook.title
        return self._durations.past(title, but=state.run, patience=patience)


def _fetching(state: RunState, item: Item) -> tuple[str, ...]:
    """Programs that fetch the secrets of an undo; a rehearsal does not run them."""
    left = left_alone(state)
    secrets = (p.secret for p in state.runbook.parameters
               if p.name in item.secrets and p.name in left)  # fmt: skip
    texts = (secret.command or "" for secret in secrets if secret is not None)
    return tuple(name for text in texts for name in programs(text, ("sh", "-c")))


def _found(name: str, path: str, cwd: str) -> bool:
    """Whether there is such a program, as the shell would look for it."""
    places = [name] if "/" in name else [os.path.join(part, name) for part in path.split(":")]
    for place in places:
        whole = os.path.join(cwd, place)
        if os.path.isfile(whole) and os.access(whole, os.X_OK):
            return True
    return False


def _why(outcome: Outcome, hidden: list[str]) -> str:
    """What a check says, in one line; empty where the undo could work."""
    if outcome.exit == 0:
        return ""
    if outcome.exit is None:
        return f"its check gave {outcome.stderr}" if "no answer" in outcome.stderr else ""
    said = [line for text in (outcome.stdout, outcome.stderr) for line in text.splitlines()]
    first = next((line.strip() for line in said if line.strip()), "")
    return printable(masked(first, hidden), LONGEST) or f"its check ended with {outcome.exit}"
