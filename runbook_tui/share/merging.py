"""What may be taken from a remote and what is refused, whatever stands there. Pure.

A ref only ever grows: from the commit that was seen last a straight line of commits leads to the
new one, each with one parent, and their lines go on counting where the last one ended. Anything
else is another history, which is said and never followed.
"""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.frozen import frozen
from runbook_tui.share.commits import Batch, Commit, Malformed, read_commit


class Rewritten(Exception):
    """The ref does not go on from what was seen of it; the message says how."""


@frozen
class Seen:
    """How far a ref is known: its commit (empty: nothing yet) and the number of its last line."""

    oid: str = ""
    number: int = 0


NOTHING = Seen()


@frozen
class Taken:
    """What is new in a ref, and how far it is known with that."""

    batches: tuple[Batch, ...]
    seen: Seen


def grown(seen: Seen, tip: str, commits: Sequence[Commit], run: str, who: str = "") -> Taken:
    """What a ref says beyond ``seen``, from the commits that lead from there to ``tip``, the oldest
    first; raises `Rewritten`.

    ``who`` is whose votes it holds; without, it is the run's log.
    """
    if not tip:
        raise Rewritten("it was deleted")
    if tip == seen.oid:
        return Taken(batches=(), seen=seen)
    if not commits:
        raise Rewritten("it was set back to an earlier state")
    at, number = seen.oid, seen.number
    batches = []
    for commit in commits:
        if commit.parents != ((at,) if at else ()):
            raise Rewritten("its history is another than the one that was seen")
        batch = _batch(commit)
        if (batch.run, batch.who) != (run, who):
            raise Rewritten(f"commit {commit.oid[:12]} is of something else")
        if batch.first != number + 1:
            raise Rewritten(
                f"commit {commit.oid[:12]} begins with number {batch.first} and not {number + 1}"
            )
        at, number = commit.oid, batch.last
        batches.append(batch)
    if at != tip:
        raise Rewritten("its history is another than the one that was seen")
    return Taken(batches=tuple(batches), seen=Seen(oid=at, number=number))


def _batch(commit: Commit) -> Batch:
    try:
        return read_commit(commit)
    except Malformed as error:
        raise Rewritten(f"commit {commit.oid[:12]} cannot be read: {error}") from None


def standing(mine: Sequence[str], sent: str, there: str) -> str:
    """How a ref that only we write stands on the remote: ``same``, ``behind``, ``set back``,
    ``gone``, ``new`` or ``other``.

    ``mine`` are our own commits, the oldest first, ``sent`` the last that we know was there,
    ``there`` the one that is there now (empty: none). A push that was given up may land later, so
    it may be ahead of ``sent``.
    """
    if not there:
        return "gone" if sent else "new"
    if there not in mine:
        return "other"
    if sent in mine and mine.index(there) < mine.index(sent):
        return "set back"
    return "same" if there == mine[-1] else "behind"
