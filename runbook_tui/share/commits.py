"""What stands in a commit of the log or of somebody's votes, as text and back. Pure.

A commit has the empty tree. Its message is a subject for people, an empty line, and the events or
votes of one push, one a line, byte by byte as they are kept. The first commit of a log has the text
that the run's first event holds on to (its genesis) in the line before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from runbook_tui.frozen import frozen
from runbook_tui.share.refs import Layout

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
SEAL = b"runbook-signature"
"""The last line of a signed commit's head begins so."""
SUBJECT = re.compile(r"runbook (\S+) (?:by (\S+) )?(\d+)-(\d+)(?: \[skip ci\])?")
NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f<>\ud800-\udfff]")


class Malformed(ValueError):
    """A commit that this program does not write."""


@frozen
class Author:
    """Whom git names; it proves nothing."""

    name: str
    mail: str

    def line(self, at: int) -> str:
        """As a commit has it; ``at`` is in epoch seconds."""
        name = NOT_IN_A_NAME.sub("", self.name).strip() or "runbook"
        return f"{name} <{NOT_IN_A_NAME.sub('', self.mail).strip()}> {max(0, at)} +0000"


@frozen
class Commit:
    """A commit as it was read."""

    oid: str
    parents: tuple[str, ...]
    data: bytes


@frozen
class Batch:
    """Events, or votes, ``first`` to ``last`` of ``run``; ``who`` is empty for events.

    ``at`` is when it was written, by the clock there, in epoch seconds.
    """

    run: str
    first: int
    lines: tuple[bytes, ...]
    who: str = ""
    genesis: str = ""
    at: int = 0

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.first + len(self.lines) - 1


def written(batch: Batch, layout: Layout, parent: str, author: Author, at: int) -> bytes:
    """The commit's text, as git keeps it."""
    who = f"by {batch.who} " if batch.who else ""
    head = [f"tree {EMPTY_TREE}"]
    head += [f"parent {parent}"] if parent else []
    head += [f"author {author.line(at)}", f"committer {author.line(at)}", ""]
    head.append(f"runbook {batch.run} {who}{batch.first}-{batch.last}{layout.mark}")
    head.append("")
    head += [batch.genesis] if batch.genesis else []
    return b"\n".join(("\n".join(head).encode(), *batch.lines, b""))


def sealed(data: bytes, signature: str) -> bytes:
    """A commit's text with a signature over it in its head, as git keeps one."""
    head, parted, rest = data.partition(b"\n\n")
    lines = signature.strip().encode("ascii", "replace").replace(b"\n", b"\n ")
    return head + b"\n" + SEAL + b" " + lines + parted + rest


def unsealed(data: bytes) -> tuple[bytes, str]:
    """A commit's text without its signature, and that; empty where it has none."""
    head, parted, rest = data.partition(b"\n\n")
    before, found, signature = head.partition(b"\n" + SEAL + b" ")
    if not found:
        return data, ""
    lines = signature.replace(b"\n ", b"\n").decode("ascii", "replace")
    return before + parted + rest, f"{lines}\n"


def read_commit(commit: Commit) -> Batch:
    """What a commit says; raises `Malformed`."""
    head, _, message = commit.data.partition(b"\n\n")
    fields = head.split(b"\n")
    if not fields or fields[0] != f"tree {EMPTY_TREE}".encode():
        raise Malformed("it has files in it")
    subject, parted, rest = message.partition(b"\n\n")
    found = SUBJECT.fullmatch(subject.decode("utf-8", "replace"))
    if found is None or not parted or not rest.endswith(b"\n"):
        raise Malformed("it is no commit of runbook")
    lines = rest[:-1].split(b"\n")
    genesis = ""
    if not commit.parents and not found[2]:
        genesis = lines.pop(0).decode("utf-8", "replace")
    first, last = int(found[3]), int(found[4])
    if not lines or first < 1 or last - first + 1 != len(lines):
        raise Malformed("it says another number of lines than it has")
    return Batch(run=found[1], first=first, lines=tuple(lines), who=found[2] or "",
                 genesis=genesis, at=_time_of(fields))  # fmt: skip


def _time_of(fields: Sequence[bytes]) -> int:
    """When a commit says that it was written; 0 where it does not."""
    for field in fields:
        if field.startswith(b"committer "):
            stamp = field.split(b" ")[-2]
            return int(stamp) if stamp.isdigit() else 0
    return 0


def in_batches(
    run: str, first: int, lines: Sequence[bytes], most: int, *, who: str = "", genesis: str = ""
) -> list[Batch]:
    """Lines as batches of at most ``most`` bytes, or one line where that is longer."""
    found: list[Batch] = []
    taken: list[bytes] = []
    size = 0
    for line in lines:
        if taken and size + len(line) > most:
            found.append(_batch(run, first, taken, who, genesis if not found else ""))
            first += len(taken)
            taken, size = [], 0
        taken.append(line)
        size += len(line)
    if taken:
        found.append(_batch(run, first, taken, who, genesis if not found else ""))
    return found


def _batch(run: str, first: int, lines: list[bytes], who: str, genesis: str) -> Batch:
    return Batch(run=run, first=first, lines=tuple(lines), who=who, genesis=genesis)
