"""What is remembered, proven, archived and pruned."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from runbook_tui.wiring.person import settings

if TYPE_CHECKING:
    from runbook_tui.run.events import Actor
    from runbook_tui.session.noting import Notes
    from runbook_tui.session.ports.durations import Durations
    from runbook_tui.session.ports.journal import Journal, Verdict
    from runbook_tui.session.ports.kept_files import KeptFiles
    from runbook_tui.session.ports.signatures import Signatures
    from runbook_tui.session.proofs import Examiner
    from runbook_tui.session.pruning import Output


def journal(reading: bool = False) -> Journal:
    """The journal of this host; with ``reading`` nothing is created or changed."""
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.journal.store import SqliteJournal

    path = settings().journal
    return SqliteJournal.open_reading(path) if reading else SqliteJournal(path, SystemClock())


def durations() -> Durations:
    """How long things took in past runs on this host."""
    from runbook_tui.journal.durations import PastDurations

    return PastDurations(settings().journal)


def kept_files() -> KeptFiles:
    """What copies files that steps name as evidence."""
    from runbook_tui.command.kept_files import EvidenceFiles

    return EvidenceFiles()


def signatures() -> Signatures:
    """What makes and checks signatures with this person's ssh keys."""
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.journal.signatures import SshSignatures

    return SshSignatures(HelperRunner())


def examiner(signers: str | None = None, *, here: bool = True) -> Examiner:
    """What looks at a run's signatures; ``signers`` count in place of those that it recorded.

    ``here``: it is a run of this host, so that its plan's repository is asked, too.
    """
    from runbook_tui.book.reader import read
    from runbook_tui.session.proofs import Examiner

    return Examiner(
        signatures=signatures(),
        read=partial(read, remarks=False),
        signers=signers,
        notes=notes() if here else None,
    )


def notes() -> Notes:
    """The heads of runs that are written down in their plans' repositories."""
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.session.noting import Notes

    return Notes(HelperRunner())


def verification(
    record: Journal, run: str | None, anchor: str | None, signers: str | None = None
) -> Verdict:
    """Whether the journal holds, the commands' logs are what it says of them, and its signatures
    are good."""
    from runbook_tui.command.evidence import KeptLogs
    from runbook_tui.journal.schema import is_copy
    from runbook_tui.session.verifying import verify

    copied = is_copy(settings().journal)
    return verify(
        record, KeptLogs(), settings().runs, run, anchor, examiner(signers), copied=copied
    )


def export(run: str, file: IO[bytes]) -> Verdict:
    """Write a run's archive; whether its record holds now. Raises `JournalError`, OSError."""
    from contextlib import closing

    from runbook_tui.command.evidence import KeptLogs
    from runbook_tui.journal.lines import lines_of
    from runbook_tui.journal.store import SqliteJournal
    from runbook_tui.report import archive
    from runbook_tui.session.archiving import contents, folder_name, stamp

    with closing(SqliteJournal.open_reading(settings().journal)) as record:
        verdict = verification(record, run, None)
        lines = lines_of(record, run)
        # What is written later is not in these lines, and is left out of the logs as well.
        events = record.events(run)[: len(lines.bodies)]
    packed = contents(lines, events, KeptLogs(), settings().run_folder(run))
    archive.write(file, folder_name(run), stamp(events), packed)
    return verdict


def archive_verification(path: Path, anchor: str | None, signers: str | None = None) -> Verdict:
    """Whether a run's archive holds; no journal is needed for it. Raises `NoArchive`."""
    from runbook_tui.journal.lines import chain_of
    from runbook_tui.report import archive
    from runbook_tui.session.archiving import check

    return check(archive.read(path), chain_of, anchor, examiner(signers, here=False))


def output_of(run: str) -> Output:
    """The logs that the commands of a run have left."""
    from runbook_tui.command.evidence import KeptLogs
    from runbook_tui.session import pruning

    return pruning.output_of(KeptLogs(), run, settings().run_folder(run))


def prune(record: Journal, output: Output, actor: Actor) -> None:
    """Record that these logs go, and remove them. Raises `JournalError`, OSError."""
    from runbook_tui.command.evidence import KeptLogs
    from runbook_tui.session import pruning

    pruning.prune(record, KeptLogs(), output, actor)
