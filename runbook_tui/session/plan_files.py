"""A plan's files: each read once, within bounds, together with what they say."""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from runbook_tui.book.files import Load
from runbook_tui.book.findings import Fault, PlanFaults
from runbook_tui.book.model import Change, Phase, Runbook, Step
from runbook_tui.book.reader import LARGEST, decode, read, too_large
from runbook_tui.session.opening import Reader, plan_digest
from runbook_tui.session.trust import why_elsewhere

SIGNERS = "allowed signers"
MOST_SIGNERS = 1 << 20
"""Bytes of a list of allowed signers."""
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


@dataclass(frozen=True, kw_only=True)
class PlanFiles:
    """A plan's text, the texts of the files it takes in by their names, and what they say.

    ``signers`` is the text of its allowed signers, where they were read. ``elsewhere`` says of each
    file that is not this user's alone why: such a plan runs nothing before somebody has trusted it.
    """

    text: str
    includes: Mapping[str, str]
    runbook: Runbook
    signers: str | None = None
    elsewhere: tuple[str, ...] = ()

    @property
    def trusted_as(self) -> str:
        """The digest of what is trusted: the plan, all that it takes in, and whose keys count."""
        signers = {} if self.signers is None else {SIGNERS: self.signers}
        return plan_digest(self.text, {**self.includes, **signers})

    def reader(self, otherwise: Reader) -> Reader:
        """A reader that knows what these files say, and reads any others."""

        def known(text: str, name: str, load: Load) -> Runbook:
            same = text == self.text and all(load(n) == t for n, t in self.includes.items())
            return self.runbook if same else otherwise(text, name, load)

        return known


@contextmanager
def steady() -> Iterator[None]:
    """What is made here stays: it is not gone through for garbage again and again meanwhile."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if before:
            gc.enable()


def read_files(
    path: Path, *, remarks: bool = False, opens: Callable[[Path], None] = lambda _: None
) -> PlanFiles:
    """The plan and every file that it takes in, with remarks on it for whoever shows them.

    ``opens`` is told of each file before it is read, whether or not it is there. Raises
    `PlanFaults`.
    """
    includes: dict[str, str] = {}
    elsewhere: list[str] = []
    room = LARGEST

    def take(file: Path, name: str) -> str:
        nonlocal room
        opens(file)
        data = _plan_bytes(file, name, room, elsewhere)
        room -= len(data)
        return decode(data, name)

    def load(name: str) -> str:
        includes[name] = take(path.parent / name, name)
        return includes[name]

    try:
        text = take(path, str(path))
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "a plan is read from a file: save it and name that" if str(path) == "-" else ""
        raise refused(path, f"cannot be read: {reason}", hint) from None
    with steady():
        runbook = read(text, str(path), load, remarks=remarks)
    found = tuple(dict.fromkeys(elsewhere))
    return PlanFiles(text=text, includes=includes, runbook=runbook, elsewhere=found)


def with_signers(path: Path, plan: PlanFiles) -> PlanFiles:
    """The plan with the text of its allowed signers, which a run keeps as it keeps the plan.

    Raises `PlanFaults` where a sign-off has to be signed and that file cannot be read.
    """
    name = plan.runbook.allowed_signers
    if name is None:
        return plan
    file = path.parent / Path(name).expanduser()
    elsewhere: list[str] = []
    try:
        text = decode(_plan_bytes(file, name, MOST_SIGNERS, elsewhere), name)
    except (OSError, PlanFaults) as error:
        if not wants_signatures(plan.runbook):
            return plan
        why = error.strerror if isinstance(error, OSError) else error.faults[0].message
        raise refused(
            path,
            f"the allowed signers “{name}” cannot be read: {why}",
            "[policy] allowed_signers names a file from the plan's folder, in the format of"
            " ssh-keygen(1): a mail and a public key a line",
        ) from None
    return replace(plan, signers=text, elsewhere=(*plan.elsewhere, *elsewhere))


def wants_signatures(runbook: Runbook) -> bool:
    """Whether anything in the plan waits for a sign-off that is proven by a key."""
    nodes: list[Phase | Change | Step] = []
    for phase in runbook.phases:
        nodes += [phase, *phase.changes, *phase.walk()]
    asked = (gate for node in nodes for gate in (node.gate, node.signoff))
    return any(gate is not None and gate.signed for gate in asked)


def _plan_bytes(path: Path, name: str, room: int, elsewhere: list[str]) -> bytes:
    """What is in a plan's file; ``elsewhere`` learns whether that is somebody else's, too. Raises
    OSError, and `PlanFaults` where it is no file, or larger than the ``room`` that is left for the
    plan, in bytes.

    Opening a pipe may wait for ever, and reading a device never ends.
    """
    kind = stat.S_IFMT(path.stat().st_mode)
    data = b""
    if kind == stat.S_IFREG:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags), "rb") as file:
            # What the name stands for may have changed since.
            seen = os.fstat(file.fileno())
            kind = stat.S_IFMT(seen.st_mode)
            if kind == stat.S_IFREG:
                elsewhere += filter(None, (why_elsewhere(str(path), seen),))
                data = file.read(room + 1)
        if len(data) > room:
            raise too_large(name, LARGEST - room + max(len(data), path.stat().st_size))
    if kind != stat.S_IFREG:
        what = KINDS.get(kind, "something else")
        raise refused(path, f"this is {what}, not a plan", "a plan is read from a file")
    return data


def refused(path: Path, message: str, hint: str = "") -> PlanFaults:
    """A plan that is not read at all, or cannot be run from where it is."""
    return PlanFaults(str(path), (Fault(message=message, hint=hint),))
