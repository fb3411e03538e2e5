"""A run on other machines, from the command line: begun, told of in lines, ended, followed."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended

if TYPE_CHECKING:
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.session import Session
    from runbook_tui.session.sharing import Sharing
    from runbook_tui.share.refs import Layout

share_option = click.option(
    "--share", metavar="REMOTE", help="mirror the run to a git remote, for reviewers elsewhere"
)


def address(remote: str | None, folder: str) -> str:
    """The address of the remote that is meant; empty where none is. Raises `Ended` (2)."""
    from runbook_tui import wiring

    if remote is None:
        return ""
    folder = os.path.abspath(folder)
    found = wiring.remote_address(remote, folder)
    if not found:
        raise Ended(
            exits.USAGE,
            f"there is no git remote “{remote}”",
            f"name an address or a folder, or a remote of the repository at {folder}: git remote",
        )
    return found


SOON, FIRST_LOOK = 1.0, 9.0
"""Seconds that the remote may keep a run from going on as lines: unsaid, and then said."""


def begin(session: Session, remote: str, *, look: bool = False) -> None:
    """Mirror a run that is led here from now on; nothing for an empty address.

    ``look``: come back once what was decided elsewhere meanwhile is known, or the remote is not
    to be reached.
    """
    from runbook_tui import wiring

    if remote and session.state.rehearsal:
        say.err("a rehearsal asks nobody, so it is not shared", colour="yellow")
    elif remote:
        mirror = wiring.share(session, remote)
        session.sharing = mirror
        mirror.start()
        if look and not mirror.look(SOON):
            say.err(f"looks for what was decided elsewhere meanwhile: {mirror.remote} …")
            mirror.look(FIRST_LOOK)


def to_sign_again(state: RunState, who: Actor | None = None) -> tuple[str, ...]:
    """Whose signed decisions came too late and were not given anew, of everybody or of one."""
    from runbook_tui.run.void_votes import in_words, void

    return tuple(in_words(state, one) for one in void(state, who))


def no_longer_shared(state: RunState) -> tuple[str, ...]:
    """That a run was shared, and is not by who leads it now."""
    if state.shared is None:
        return ()
    how = f"runbook resume {state.run} --share {shlex.quote(state.shared.remote)}"
    return (f"the run was shared over {state.shared.remote}, and is not now; to go on: {how}",)


def end(session: Session) -> None:
    """End the run's life on other machines, before its session; say what is left to be sent."""
    from runbook_tui.run.tampering import unseen

    sharing = session.sharing
    if sharing is None:
        return
    if sharing.left and not sharing.standing().away:
        say.err(f"the last goes to {sharing.remote} …")
    known = to_sign_again(session.state)
    sharing.close()
    for line in to_sign_again(session.state):
        if line not in known:
            say.err(line, colour="yellow")
    if left := sharing.left:
        say.err(left, colour="yellow")
    found = [one.reason for one in unseen(session.state).values()]
    for alarm in dict.fromkeys((*found, sharing.standing().alarm)):
        if alarm:
            say.err(f"ALARM: {alarm}", colour="red")
    if found:
        say.err(f"it is shown until somebody sees to it: runbook ack {session.run}")


class Teller:
    """Says how the mirror stands where a person reads lines, each time that it is otherwise."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said = ""
        self._alarm = ""

    def tell(self) -> None:
        """Say what is new."""
        sharing: Sharing | None = self._session.sharing
        if sharing is None:
            return
        now = sharing.standing()
        if now.news and now.news != self._said:
            say.err(now.news, colour="yellow" if now.away else None)
            self._said = now.news
        if now.alarm and now.alarm != self._alarm:
            say.err(f"ALARM: {now.alarm}", colour="red")
        self._alarm = now.alarm


def shared_run(remote: str, run: str | None) -> Layout:
    """The run on a remote that is meant: by its id, or the unique end or beginning of one. Raises
    `Ended` where none or several are."""
    from runbook_tui import wiring
    from runbook_tui.share.git import GitTrouble, shown

    try:
        there = wiring.shared_runs(remote)
    except GitTrouble as error:
        raise Ended(exits.STEP_FAILED, f"{shown(remote)} is not reached: {error}") from None
    fits = [id_ for id_ in there if not run or id_ == run]
    fits = fits or [id_ for id_ in there if id_.endswith(run or "") or id_.startswith(run or "")]
    if len(fits) == 1:
        return there[fits[0]]
    if not there:
        hint = "the lead shares it with: runbook run PLAN --share REMOTE"
        raise Ended(exits.USAGE, f"no run is shared over {shown(remote)}", hint)
    lines = "\n".join(f"  {id_}" for id_ in sorted(fits or there, reverse=True))
    words = f"“{run}” fits {len(fits)} runs" if run and fits else "say which run"
    words = f"no run “{run}” is shared over {shown(remote)}" if run and not fits else words
    raise Ended(exits.USAGE, words, lines)


def follow(layout: Layout, remote: str, who: Actor) -> tuple[Session, str]:
    """A session on a run that is led on another machine, and what to say of it first. Raises
    `Ended` where the remote or the run cannot be followed."""
    from runbook_tui import wiring
    from runbook_tui.book.findings import PlanFaults
    from runbook_tui.session.ports.replica import NotTaken
    from runbook_tui.share.git import GitTrouble, shown
    from runbook_tui.share.merging import Rewritten

    try:
        session, said = wiring.follow_session(remote, layout, who)
        return session, "; ".join(filter(None, (said, *to_sign_again(session.state, who))))
    except GitTrouble as error:
        raise Ended(exits.STEP_FAILED, f"{shown(remote)}: {error}") from None
    except (Rewritten, NotTaken) as error:
        raise _tampered(layout, remote, str(error)) from None
    except PlanFaults as error:
        raise Ended(
            exits.PLAN_FAULTS, f"the run's plan cannot be read by this version of runbook: {error}"
        ) from None


def _tampered(layout: Layout, remote: str, why: str) -> Ended:
    from runbook_tui import wiring
    from runbook_tui.share.git import shown

    place = wiring.settings().shared / layout.run
    return Ended(
        exits.UNVERIFIED,
        f"what stands under {layout.log} on {shown(remote)} is not followed: {why}",
        "ask the lead whether the remote was tampered with; what was seen of the run before is in"
        f" {place}",
    )
