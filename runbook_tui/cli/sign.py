"""``runbook sign RUN NODE --role ROLE``: a sign-off without a screen, from elsewhere, too."""

from __future__ import annotations

import queue
import shlex
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.people import actor, as_option

if TYPE_CHECKING:
    from runbook_tui.run.requests import SignNode
    from runbook_tui.session.session import Session

ANSWER = 60.0
"""Seconds in which the lead's machine has to answer to a sign-off from another one."""


@click.command("sign")
@click.argument("run")
@click.argument("node", required=False)
@click.option("--role", help="the role in which you sign; needed")
@click.option("--reject", is_flag=True, help="reject instead of approve; needs --comment")
@click.option("--comment", default="", help="stands in the record")
@click.option(
    "--key",
    type=click.Path(),
    help="the file of an ssh key that proves who you are; needed where"
    " the plan says signed, unless an agent or ~/.ssh has one that the plan allows",
)
@click.option("--text", is_flag=True, help="sign nothing: print what to carry to whoever signs")
@click.option("--paste", metavar="FILE", help="record the signature that came back; - is the input")
@click.option("--share", metavar="REMOTE", help="the run is led on another machine, and shared so")
@as_option
def command(
    run: str,
    node: str | None,
    role: str | None,
    reject: bool,
    comment: str,
    key: str | None,
    text: bool,
    paste: str | None,
    share: str | None,
    claimed: str | None,
) -> int:
    """Approve or reject a gate, phase, change or step in a role.

    Without NODE or --role it signs nothing and lists what waits for a sign-off.
    """
    from runbook_tui.cli.to_sign import asks_for, by_key, to_sign
    from runbook_tui.run.requests import SignNode

    with _taking_part(run, share, claimed) as session:
        more = f" --share {shlex.quote(share)}" if share is not None else ""
        listed = "\n".join(to_sign(session.state, session.now(), more))
        if node is None or role is None:
            lacks = "say what you sign" if node is None else "say in which role you sign: --role"
            raise Ended(exits.USAGE, lacks, listed)
        request = SignNode(
            node=node, role=role, approve=not reject, comment=comment, prove=key is not None
        )
        if text:
            from runbook_tui.cli.slips import say_slip

            say_slip(session, request, more)
            return exits.DONE
        try:
            keyed = key is not None or by_key(session.state, node)
            _within(session, lambda: _given(session, request, key, paste), keyed=keyed)
        except Ended as ended:
            if ended.status == exits.WAITING or asks_for(session.state, node, role):
                raise
            hint = "\n".join(filter(None, (ended.hint, listed)))
            raise Ended(ended.status, ended.message, hint) from None
        chosen, who = session.run, session.actor.identity
    if paste is not None:
        say.err(f"{chosen}: {node} signed as {role} by {who}")
    else:
        verb = "rejected" if reject else "approved"
        say.err(f"{chosen}: {node} {verb} as {role}", colour="green")
    return exits.DONE


def _given(session: Session, request: SignNode, key: str | None, paste: str | None) -> None:
    """Give the decision; raises `Ended` where it is refused."""
    if paste is not None:
        from runbook_tui.cli import slips

        slips.paste(session, request, paste)
        return
    from runbook_tui.cli.seal import signed

    signed(session, request, key or "")


@contextmanager
def _taking_part(run: str, share: str | None, claimed: str | None) -> Iterator[Session]:
    """A session beside the lead: on this machine, or on another one than the lead's."""
    if share is None:
        from runbook_tui.cli.opening import taking_part
        from runbook_tui.cli.reading import run_named

        with taking_part(run_named(run), actor(claimed)) as session:
            yield session
        return
    from runbook_tui.cli.sharing import address, follow, shared_run

    remote = address(share, ".")
    session, said = follow(shared_run(remote, run), remote, actor(claimed))
    if said:
        say.err(said, colour="yellow")
    try:
        yield session
    finally:
        if session.sharing is not None:
            session.sharing.close()
        session.close()


def _within(session: Session, deed: Callable[[], None], *, keyed: bool) -> None:
    """Do it; from another machine only as long as the lead's can be expected to answer.

    ``keyed``: a signature is given, which holds in one place of the record alone.

    Raises what it raises, and `Ended` (7) where nobody has answered: what was sent stays sent.
    """
    if session.elsewhere is None:
        deed()
        return
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def do() -> None:
        try:
            deed()
        except BaseException as error:  # noqa: BLE001  raised where it is waited for
            ended.put(error)
        else:
            ended.put(None)

    threading.Thread(target=do, name="signing", daemon=True).start()
    try:
        error = ended.get(timeout=ANSWER)
    except queue.Empty:
        away = session.elsewhere.standing()
        words = f"{away.words}; " if away.away else ""
        left = session.elsewhere.left or "it was not asked for in time"
        there = f"runbook resume {session.run} --share … there"
        hint = (
            f"a signature counts in one place of the record: once the lead goes on ({there}) sign"
            " again with the same words; join --share does so by itself while it is open"
            if keyed
            else f"it counts once the lead goes on: {there};"
            " whether it does shows with the same words, or join --share"
        )
        raise Ended(exits.WAITING, f"{words}{left}", hint) from None
    if error is not None:
        raise error
