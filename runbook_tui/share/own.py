"""A ref that this machine alone writes: written here first, then sent, and it only ever grows.

A push that was given up may land all the same, and late. So a commit, once made, is never made
anew: what comes later goes on top of it, whether or not it was seen to arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runbook_tui.share.commits import Author, Batch, read_commit, sealed, written
from runbook_tui.share.git import Unreachable
from runbook_tui.share.merging import NOTHING, Rewritten, Taken, grown, standing
from runbook_tui.share.refs import Layout
from runbook_tui.share.repository import Repository

ALL = 1 << 30
"""Commits in one push."""


class OwnRef:
    """The log, or somebody's own votes (``who``)."""

    def __init__(
        self,
        repository: Repository,
        layout: Layout,
        author: Author,
        who: str = "",
        sign: Callable[[bytes], str] = lambda data: "",
    ) -> None:
        """``sign`` gives a signature over a commit, or none."""
        self._sign = sign
        self._repository = repository
        self._author = author
        self._who = who
        self._name = f"by/{who}" if who else "log"
        self.layout = layout
        self.number = 0
        """The number of the last line that was written."""
        self.known = 0
        """The number of the last line that is known to have arrived."""
        self._mine: list[str] = []
        self._most = ALL
        self._sent = ""

    @property
    def there(self) -> str:
        """By what name it is fetched."""
        return f"refs/there/{self._name}"

    @property
    def pending(self) -> bool:
        """Whether something is not known to be on the remote."""
        return bool(self._mine) and self._sent != self._mine[-1]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written yet."""
        return not self._mine

    def load(self, refs: Mapping[str, str]) -> None:
        """Go on from what an earlier program has written."""
        tip = refs.get(f"refs/mine/{self._name}", "")
        self._sent = refs.get(f"refs/sent/{self._name}", "")
        self._mine = self._repository.names(tip) if tip else []
        self.number = read_commit(self._repository.one(tip)).last if tip else 0
        self.known = 0 if self.pending else self.number

    def lines(self) -> list[bytes]:
        """All that was written, the oldest first."""
        line = self._repository.line(self._mine[-1]) if self._mine else []
        return [text for commit in line for text in read_commit(commit).lines]

    def adopt(self, tip: str, agrees: Callable[[Taken], str]) -> None:
        """Take what is on the remote for our own, where ``agrees`` finds nothing wrong with it:
        what was kept here is gone. Raises `Rewritten`."""
        taken = grown(NOTHING, tip, self._repository.line(tip), self.layout.run, self._who)
        if wrong := agrees(taken):
            raise Rewritten(wrong)
        self._repository.point(f"refs/mine/{self._name}", tip)
        self._repository.point(f"refs/sent/{self._name}", tip)
        self._mine, self._sent = self._repository.names(tip), tip
        self.number = self.known = taken.seen.number

    def add(self, batch: Batch, at: int) -> None:
        """Write a commit, here; ``at`` in epoch seconds."""
        parent = self._mine[-1] if self._mine else ""
        data = written(batch, self.layout, parent, self._author, at)
        if signature := self._sign(data):
            data = sealed(data, signature)
        self._mine.append(self._repository.write(data, f"refs/mine/{self._name}"))
        self.number = batch.last

    def look(self, there: str) -> str:
        """How it stands on the remote, as `standing` says; ``there`` is the commit it has there."""
        found = standing(self._mine, self._sent, there)
        if found in {"same", "behind"} and there != self._sent:
            self._note(there)
        if found == "same":
            self.known = self.number
        if found in {"set back", "gone"}:
            self._sent, self.known = "", 0
        return found

    def send(self) -> None:
        """Push what is pending; raises `GitTrouble`, and then it may have arrived all the same.

        What did not come through in time is tried in parts of half the size.
        """
        target = self.layout.by(self._who) if self._who else self.layout.log
        sent = self._mine.index(self._sent) + 1 if self._sent in self._mine else 0
        left = self._mine[sent : sent + self._most]
        try:
            self._repository.push(left[-1], target)
        except Unreachable:
            self._most = max(1, len(left) // 2)
            raise
        self._most = min(ALL, self._most * 2)
        self._note(left[-1])
        if not self.pending:
            self.known = self.number

    def _note(self, oid: str) -> None:
        self._sent = oid
        self._repository.point(f"refs/sent/{self._name}", oid)
