"""Who looks at a run on other machines: a ref for each program that does, renewed meanwhile.

Nothing of it is recorded, decides anything, or is more than a claim: whoever may push can write it.
So it is read as text of others, in bounds, and where a remote refuses such refs there are none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.session.ports.clock import Clock
from runbook_tui.session.presence import Here
from runbook_tui.share.commits import EMPTY_TREE, Author, Commit
from runbook_tui.share.git import GitTrouble, Refused
from runbook_tui.share.refs import Layout
from runbook_tui.share.repository import THERE, Repository

HERE = f"{THERE}here/"
MINE = "refs/here"
EVERY = 120.0
"""Seconds after which one says again that one is there."""
GONE = 300.0
"""Seconds after which somebody who was not heard of counts as gone."""
MOST_BYTES = 16_384
MOST_REFS, MOST_PEOPLE = 64, 200


@frozen
class _Heard:
    oid: str
    at: float
    people: tuple[Here, ...]


def lasting(there: Mapping[str, str]) -> dict[str, str]:
    """The refs of a run without those that say who is there: whether anything has moved."""
    return {name: oid for name, oid in there.items() if not name.startswith(HERE)}


class FarPeople:
    """Says who is here, and hears who is elsewhere; ``who`` names the ref of this program.

    Used by one thread; ``people`` may be read by any.
    """

    def __init__(
        self,
        repository: Repository,
        who: str,
        author: Author,
        clock: Clock,
        mono: Callable[[], float],
    ) -> None:
        self._repository = repository
        self._who = who
        self._author = author
        self._clock = clock
        self._mono = mono
        self._heard: dict[str, _Heard] = {}
        self._told: tuple[Here, ...] = ()
        self._at = -EVERY
        self._number = 0
        self._off = False
        self.people: tuple[Here, ...] = ()
        """Who is elsewhere, as far as it was heard; since when is by the clock here."""

    def look(self, there: Mapping[str, str]) -> None:
        """Take in what the run's refs say, as they were fetched."""
        now = self._mono()
        named = [name for name in there if name.startswith(HERE)]
        refs = {name.removeprefix(HERE): there[name] for name in sorted(named)[:MOST_REFS]}
        for who, oid in refs.items():
            known = self._heard.get(who)
            if who != self._who and (known is None or known.oid != oid):
                people = self._since(known, self._read(oid))
                self._heard[who] = _Heard(oid=oid, at=now, people=people)
        self._heard = {
            who: heard
            for who, heard in self._heard.items()
            if who in refs and now - heard.at < GONE
        }
        found = tuple(one for _, heard in sorted(self._heard.items()) for one in heard.people)[
            :MOST_PEOPLE
        ]
        if found != self.people:
            self.people = found

    def heard_of(self, who: str) -> bool:
        """Whether that program was heard of and has not taken its leave."""
        return who in self._heard

    def tell(self, layout: Layout, here: Sequence[Here]) -> None:
        """Say who is here, where that is others than it was, or long since it was said."""
        now, people = self._mono(), tuple(here)[:MOST_PEOPLE]
        quiet = people == self._told and (not people or now - self._at < EVERY)
        if self._off or quiet:
            return
        self._told, self._at = people, now
        self._number += 1
        body = {"here": [asdict(one) for one in people], "n": self._number, "v": 1}
        text = json.dumps(body, ensure_ascii=True, sort_keys=True)
        line = self._author.line(int(self._clock.now()))
        data = (
            f"tree {EMPTY_TREE}\nauthor {line}\ncommitter {line}\n\n"
            f"runbook {layout.run} here{layout.mark}\n\n{text}\n"
        )
        self._safely(lambda: self._push(layout, data))

    def leave(self, layout: Layout) -> None:
        """Be there no more; where that does not come through, others see it after a while."""
        if self._told and not self._off:
            self._safely(lambda: self._repository.drop(f"{layout.here}/{self._who}"))

    def _push(self, layout: Layout, data: str) -> None:
        oid = self._repository.write(data.encode("utf-8", "replace"), f"{MINE}/{self._who}")
        self._repository.push(f"+{oid}", f"{layout.here}/{self._who}")

    def _safely(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except Refused:
            self._off = True  # The remote takes no such refs; all else goes on without.
        except (GitTrouble, OSError):
            self._repository.clear_away()

    def _read(self, oid: str) -> tuple[Here, ...]:
        try:
            return parsed(self._repository.one(oid, MOST_BYTES))
        except (GitTrouble, OSError, ValueError):
            return ()

    def _since(self, known: _Heard | None, people: tuple[Here, ...]) -> tuple[Here, ...]:
        """When each was first heard of, on the clock here."""
        before = {one.actor: one.since for one in known.people} if known is not None else {}
        now = self._clock.now()
        return tuple(replace(one, since=before.get(one.actor, now)) for one in people)


def parsed(commit: Commit) -> tuple[Here, ...]:
    """Whom a commit names; nobody where it is not what this program writes."""
    _, _, rest = commit.data.partition(b"\n\n")
    _, _, text = rest.partition(b"\n\n")
    try:
        body = json.loads(text)
        listed = body["here"] if body.get("v") == 1 else []
        return tuple(_one(one) for one in listed[:MOST_PEOPLE])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def _one(said: Mapping[str, Any]) -> Here:
    words = {k: printable(str(said[k]), 120) for k in ("name", "email", "user", "host", "way")}
    way = f"{words.pop('way')} elsewhere"
    return Here(way=way, since=0.0, **words)
