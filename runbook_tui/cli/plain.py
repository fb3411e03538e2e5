"""A run carried out as lines by a person who answers: for screen readers and plain terminals.

Nothing is drawn over: what happened stands above, one question below it. Each question names its
answers; Enter takes the first. Steps wait for a yes, unlike those that nobody attends.
"""

from __future__ import annotations

import sys
import threading

import click

from runbook_tui.book.durations import spoken
from runbook_tui.book.model import Step
from runbook_tui.book.plain_text import printable
from runbook_tui.book.spreading import is_spread
from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import BackWanted, Ended
from runbook_tui.cli.lines import Lines
from runbook_tui.cli.needs import Need, needs
from runbook_tui.cli.values import asked, confirmed
from runbook_tui.run import requests as r
from runbook_tui.run.prepare import resolve
from runbook_tui.run.several import standing, status_of
from runbook_tui.run.state import OVER, RunState

HELP = """\
Enter or run   run the step, or the first thing that is asked for
NUMBER         do what has that number
skip           leave the step out; the reason is asked for
note           write a remark down
list           every step and how it stands
whole          all of the step's command and of its undo
back           roll back: shows what would be taken back, and asks; `rollback` and F9 do so, too
stop           stop what runs
leave          leave; what runs goes on, `runbook resume RUN --plain` comes back
"""
BACK = frozenset({"back", "rollback", "roll", "undo", "panic", "f9", "\x1b[20~"})
"""What somebody types who wants it back; the last is what F9 sends."""
SPOKEN = 4
"""Lines of a command that are told before it is run."""
LONGEST = 100_000
DECISIONS = {"y": True, "yes": True, "approve": True, "r": False, "reject": False}
FAILED = {
    "back": "roll back: shows what would be taken back, and asks",
    "skip": "leave it out; the reason is asked for",
}
"""What else is offered with its number when a step has failed."""


class PlainLines(Lines):
    """Walks through an open session, and asks before each step and for all that a person gives."""

    comes_back = "--plain"
    terse = True

    def walk(self, *, leaves: bool = True) -> int:
        """To the end, or until the person leaves; raises `BackWanted`."""
        say.err(
            "lines only; `help` and Enter lists what can be answered, `back` shows how all is"
            " taken back",
            bold=True,
        )
        # What has failed before is told and asked about, not merely offered as the next step.
        self._retry.clear()
        return super().walk(leaves=leaves)

    def _walk(self, leave: threading.Event) -> int:
        try:
            return super()._walk(leave)
        except (KeyboardInterrupt, click.Abort):
            return self._leave()

    def _start(self, id_: str) -> int | None:
        self._foretell(id_)
        step = self._state.outline.steps[id_]
        self._tell_step(step)
        number = self._ask_for([f"run “{printable(step.title, 80)}”"], step=id_)
        if number is None:
            return None
        return self._leave() if number < 0 else super()._start(id_)

    def _tell_step(self, step: Step) -> None:
        steps = [s for s in self._state.outline.order if not self._state.outline.is_group(s)]
        place = f"step {steps.index(step.id) + 1} of {len(steps)}: " if step.id in steps else ""
        about = f", about {spoken(step.estimate.maximum)}" if step.estimate else ""
        say.out(f"{place}{printable(step.title, 200)}{about}", bold=True)
        if step.text.strip():
            say.out(printable(step.text.strip(), 2000, lines=True))
        if step.run:
            filled = resolve(self._state, step.run, self._state.values, shell=step.shell)
            say.out(f"runs: {_short(filled.text)}")
        undo = step.undo or (f"cannot be taken back: {step.irreversible}" if step.irreversible
                             else "it only looks" if not step.effect else "no undo")  # fmt: skip
        say.out(f"undo: {_short(undo)}")

    def _tell_whole(self, id_: str) -> None:
        """Every line of what the step runs, and of what takes it back."""
        step = self._state.outline.steps[id_]
        for name, text in (("runs", step.run), ("undo", step.undo)):
            if text:
                filled = resolve(self._state, text, self._state.values, shell=step.shell)
                say.out(f"{name}: {printable(filled.text.strip(), LONGEST, lines=True)}")

    def _needed(self, state: RunState) -> int | None:
        wanted = needs(state)
        if not wanted:
            return super()._needed(state)
        self._narrator.tell()
        number = self._ask_for([need.text for need in wanted])
        if number is not None and number >= 0:
            self._give(wanted[number])
        return self._leave() if number is not None and number < 0 else None

    def _failed(self, id_: str) -> int | None:
        self._narrator.tell()
        step = self._state.outline.steps[id_]
        parts = standing(self._state, step).broken if is_spread(step) else (id_,)
        for part in parts:
            found = self._state.step(part)
            say.err(f"{self._narrator.title(part)} {found.status.value}: {found.reason}",
                    colour="red", bold=True)  # fmt: skip
        offers = [f"try “{printable(step.title, 80)}” again", *FAILED.values()]
        number = self._ask_for(offers, step=id_)
        if number is not None and number < 0:
            return self._leave()
        if number:
            self._done(list(FAILED)[number - 1], id_)
        elif number == 0:
            self._retry.add(id_)
            return super()._start(id_)
        return None

    # -- questions -------------------------------------------------------------------------------

    def _ask_for(self, offers: list[str], step: str = "") -> int | None:
        """What a person chose: the number of an offer from 0, -1 to leave, None where something
        else was done and the run is to be looked at again."""
        for number, offer in enumerate(offers, 1):
            say.err(f"  {number}. {offer}")
        while True:
            words = asked("do", default="1").strip()
            first = words.split(" ")[0].lower()
            if first in {"leave", "q", "quit"}:
                return -1
            if first in {"run", "yes", "y"}:
                return 0
            if first.isdigit() and 1 <= int(first) <= len(offers):
                return int(first) - 1
            if self._done(first, step):
                return None

    def _done(self, word: str, step: str) -> bool:
        """Do what a word says; False where that was only said, and the question stands."""
        if word in BACK:
            raise BackWanted
        if word == "skip" and step:
            reason = asked("why is it skipped").strip()
            self._say_refusal(self._skip(step, reason))
            return True
        if word == "note":
            self._say_refusal(self._ask(r.AddNote(text=asked("note").strip(), node=step)))
        elif word == "stop":
            self._say_refusal(self._ask(r.StopCommands()))
            return True
        elif word == "list":
            self._list()
        elif word == "whole" and step:
            self._tell_whole(step)
        elif word in {"help", "?", "h"}:
            say.err(HELP.rstrip())
        else:
            say.err("that is no answer here; `help` lists them")
        return False

    def _skip(self, step: str, reason: str) -> r.Refusal | None:
        refusal = self._ask(r.SkipStep(step=step, reason=reason))
        if isinstance(refusal, r.OverrideNeeded) and confirmed(f"{refusal.reason}. Override?"):
            return self._ask(r.SkipStep(step=step, reason=reason, override=True))
        return refusal

    def _list(self) -> None:
        state = self._state
        for id_ in state.outline.order:
            if not state.outline.is_group(id_):
                title = printable(state.outline[id_].title, 200)
                over = "" if status_of(state, id_) in OVER else ", open"
                say.out(f"{status_of(state, id_).value}: {title}{over}")

    def _give(self, need: Need) -> None:
        """Tick or sign what is asked for."""
        if not need.role:
            self._say_refusal(self._ask(r.TickNode(node=need.node)))
            return
        comment = asked("comment", default="").strip()
        word = asked(f"Approve as {need.role}? yes, reject, or Enter to leave it", default="")
        # Whoever only presses Enter, or says no to approving, has not rejected it.
        approve = DECISIONS.get(word.strip().lower())
        if approve is None:
            say.err("nothing was decided")
            return
        request = r.SignNode(node=need.node, role=need.role, approve=approve, comment=comment)
        refusal = self._ask(request)
        if isinstance(refusal, r.SignatureNeeded):
            say.err(f"this is signed with a key: {need.how}")
        else:
            self._say_refusal(refusal)

    def _say_refusal(self, refusal: r.Refusal | None) -> None:
        if refusal is not None:
            hint = f" ({refusal.hint})" if refusal.hint else ""
            say.err(f"{refusal.reason}{hint}", colour="yellow")


def _short(text: str) -> str:
    """A few lines as they are; of more the first, since who listens hears all that is said."""
    lines = printable(text.strip(), LONGEST, lines=True).splitlines() or [""]
    more = f" … ({len(lines)} lines; whole reads them)" if len(lines) > SPOKEN else ""
    return lines[0] + more if more else "\n".join(lines)


def need_person() -> None:
    """Refuse where nobody can answer."""
    if not sys.stdin.isatty():
        raise Ended(exits.USAGE, "--plain asks, and nobody can answer here", "say --no-tui")


def roll_back(run: str) -> int | None:
    """The rollback as lines, with its own questions; None where nothing was started after all."""
    from runbook_tui.cli.rollback import command

    try:
        ended = command.main([run], prog_name="runbook rollback", standalone_mode=False)
    except Ended as refused:
        if refused.status != exits.WAITING:
            raise
        say.err(refused.message)
        return None
    # Nothing to roll back ends with this; a rollback never does.
    return ended if isinstance(ended, int) and ended != exits.DONE else None
