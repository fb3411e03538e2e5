"""Opening a run as its lead, and going on with it on the screen or as lines."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import BackWanted, LedElsewhere
from runbook_tui.cli.sharing import begin, end, no_longer_shared, to_sign_again
from runbook_tui.cli.telling import begin_telling
from runbook_tui.cli.tracing import leave_traces
from runbook_tui.cli.values import Values
from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor
from runbook_tui.run.state import RunState
from runbook_tui.session.session import Session


@frozen
class Takeover:
    """Why somebody else leads from here on; ``seize``: though whoever leads is still there."""

    reason: str = ""
    seize: bool = False


LOOK_BACK = 0.5
"""Seconds that past runs may keep a run from going on as lines."""

if TYPE_CHECKING:
    from runbook_tui.session.plan_files import PlanFiles
    from runbook_tui.tui.opening import Opened, Opening


def lead_lines(
    run: str,
    who: Actor,
    values: Values,
    *,
    yes: bool,
    resume: bool,
    after: int | None,
    plan: PlanFiles | None = None,
    watch: bool = False,
    people: tuple[str, ...] = (),
    share: str = "",
    taking: Takeover | None = None,
    plain: bool = False,
) -> int:
    """Lead a run as lines of text; ``plain``: with a person who answers.

    ``after`` is the event after which to tell what happened (None: the newest), ``people`` carry
    out steps that are for a role of theirs. ``watch``: only keep its watches alive.
    """
    session = _session(run, who, plan)
    found = session.state
    begun = found.seq if after is None else after
    session.lookout.look_back(LOOK_BACK)
    session.measuring.attended = plain
    _open(session, resume=resume, taking=taking)
    session.presence.enter(session.actor, "leads without a screen")
    # Where nobody waits on a screen, a run would stop for a decision that is on its way.
    begin(session, share, look=resume and not watch)
    try:
        _say_before(session, found, resume=resume, shared=bool(share))
        if watch:
            return _watching(session, found, begun)
        return _lines(
            session, values, yes=yes, found=found, after=begun, people=people, plain=plain
        )
    except BackWanted:
        pass
    finally:
        end(session)
        session.close()
        leave_traces(session.state)
    from runbook_tui.cli.plain import roll_back

    ended = roll_back(run)
    if ended is not None:
        say.err(f"the run is open: `runbook resume {run} --plain` goes on with it")
        return ended
    return lead_lines(
        run, who, values, yes=yes, resume=True, after=None, people=people, share=share, plain=plain
    )


def _say_before(session: Session, found: RunState, *, resume: bool, shared: bool) -> None:
    """What whoever leads has to know before anything goes on; ``found``: how the run was opened."""
    known = () if shared else no_longer_shared(session.state)
    for line in (*open_to_all(), *other_runs(session.run), *plan_changed(session, resume=resume),
                 *known, *to_sign_again(session.state)):  # fmt: skip
        say.err(line)
    if resume and found.begun is not None and found.begun.environment:
        from runbook_tui.cli.environments import called

        say.err(f"in {called(found.begun.environment, found.runbook)}")


def led(
    run: str,
    who: Actor,
    values: Values,
    opening: Opening,
    *,
    resume: bool,
    plan: PlanFiles | None = None,
    said: str = "",
    share: str = "",
    taking: Takeover | None = None,
) -> Opened:
    """Lead a run for a screen, which says ``said`` first; raises `LedElsewhere`.

    It may be left until the run is opened in this person's name.
    """
    from runbook_tui.cli.asking import hand_over
    from runbook_tui.cli.screen import opened

    session = _session(run, who, plan)
    opening.commit()
    opening.doing = "opening the run"
    _open(session, resume=resume, taking=taking)
    try:
        hand_over(session, values)
        begin(session, share)
        known = () if share else no_longer_shared(session.state)
        known = (*known, *to_sign_again(session.state))
        notices = (
            *open_to_all(),
            *other_runs(run),
            *plan_changed(session, resume=resume, screen=True),
            *known,
        )
        return opened(session, "; ".join(filter(None, (said, *notices))))
    except BaseException:
        session.close()
        raise


def _session(run: str, who: Actor, plan: PlanFiles | None) -> Session:
    from runbook_tui import wiring

    return wiring.open_session(run, who, leads=True, plan=plan)


def _open(session: Session, *, resume: bool, taking: Takeover | None) -> None:
    why = taking or Takeover()
    if not session.open(resume=resume, reason=why.reason, seize=why.seize):
        raise led_by(session.run, session.lead.lock.holder())
    begin_telling(session)


def _lines(
    session: Session,
    values: Values,
    *,
    yes: bool,
    found: RunState,
    after: int,
    people: tuple[str, ...],
    plain: bool,
) -> int:
    from contextlib import closing

    from runbook_tui import wiring
    from runbook_tui.cli.asking import Answers
    from runbook_tui.cli.lines import Lines

    say.outlive_readers()
    may_ask = say.interactive() and not yes
    answers = Answers(yes=yes, may_ask=may_ask, values=values, people=people)
    with closing(wiring.journal(reading=True)) as journal:
        if found.rehearsal:
            from runbook_tui.cli.rehearsing import Rehearsal

            answers.hand_over(session)
            return Rehearsal(session, journal, answers, found, after).walk()
        kind = Lines
        if plain:
            from runbook_tui.cli.plain import PlainLines

            kind = PlainLines
        lines = kind(session, journal, answers, found, after)
        answers.hand_over(session)
        return lines.walk()


def _watching(session: Session, found: RunState, after: int) -> int:
    from contextlib import closing

    from runbook_tui import wiring
    from runbook_tui.cli.watching import Watching

    say.outlive_readers()
    with closing(wiring.journal(reading=True)) as journal:
        return Watching(session, journal, found, after).walk()


def led_by(run: str, holder: str) -> LedElsewhere:
    """Somebody else leads this run."""
    return LedElsewhere(
        exits.REFUSED,
        f"run {run} is led by {holder or 'somebody else'} now",
        f"take part with `runbook join {run}`, wait until they leave, or take it over:"
        f" runbook resume {run} --take-over --reason TEXT",
    )


def plan_changed(session: Session, *, resume: bool, screen: bool = False) -> list[str]:
    """That the plan's file says something else by now; the run goes on with its own copy."""
    if not resume:
        return []
    from runbook_tui.session.another_plan import changed

    found = changed(session.state)
    if found is None:
        return []
    if screen:
        more = "" if found.faulty else "; Ctrl+P “Changed plan” shows it"
        return [f"{found.words}; the run goes on with its own copy{more}"]
    take = f"runbook resume {session.run} --take-plan {shlex.quote(str(found.path))}"
    more = "" if found.faulty else f"; to see it and take it over: {take}"
    return [found.words, f"the run goes on with its own copy{more}"]


def open_to_all() -> tuple[str, ...]:
    """A warning where everybody on this machine may write the home."""
    from runbook_tui import wiring
    from runbook_tui.session.home import exposed

    found = exposed(wiring.settings().home)
    return (f"WARNING: {found}",) if found else ()


def other_runs(run: str) -> list[str]:
    """Other open runs of the same plan, a line each; they are allowed, but nobody forgets them."""
    from runbook_tui.cli.choosing import glances
    from runbook_tui.cli.reading import reading

    with reading() as journal:
        digest = next(entry.digest for entry in journal.runs() if entry.run == run)
        others = [g for g in glances(journal) if g.entry.digest == digest and g.entry.run != run]
    return [
        f"another run of this plan is open: {other.entry.run} ({other.lead})"
        for other in others
        if other.word in {"open", "running"}
    ]
