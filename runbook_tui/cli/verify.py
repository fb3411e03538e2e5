"""``runbook verify [RUN]``: does the journal hold, or the archive of a run?"""

from __future__ import annotations

from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.anchor import Anchor
from runbook_tui.cli.exits import Ended
from runbook_tui.session.opening import NoSuchRun, find_run
from runbook_tui.session.ports.journal import Journal, Verdict


@click.command("verify")
@click.argument("run", required=False, metavar="[RUN or FILE]")
@click.option(
    "--anchor", type=Anchor(), help="a hash that was written down elsewhere and must still be there"
)
@click.option(
    "--signers", type=click.Path(path_type=Path, dir_okay=False),
    help="a file of allowed signers that counts in place of the one that each run has recorded",
)  # fmt: skip
def command(run: str | None, anchor: str | None, signers: Path | None) -> int:
    """Recompute the chain of one run or of the whole journal, compare the commands' logs, and check
    the signatures.

    FILE is what `runbook export` has written; it is checked without any journal. 8 where anything
    was changed, deleted or is missing.
    """
    allowed = _signers(signers)
    if run is not None and is_file(run):
        return _told(_archive(Path(run), anchor, allowed), "the archive")
    from runbook_tui.cli.reading import reading
    from runbook_tui.journal.faults import Damaged

    with reading() as journal:
        try:
            verdict = _verdict(journal, run, anchor, allowed)
        except Damaged as error:
            # What is no journal any more holds no list of runs to look a name up in.
            verdict = Verdict(events=0, heads={}, problems=(str(error),))
    return _told(verdict, "the journal")


def is_file(name: str) -> bool:
    """Whether a name means an archive: no run's id has a slash or such an ending."""
    return "/" in name or name.endswith((".tar.gz", ".tgz")) or Path(name).is_file()


def _signers(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        hint = "name a file in the format of ssh-keygen(1), a mail and a public key a line"
        raise Ended(exits.USAGE, f"{file}: {why}", hint) from None


def _archive(path: Path, anchor: str | None, signers: str | None) -> Verdict:
    from runbook_tui import wiring
    from runbook_tui.session.ports.archive import NoArchive

    if not path.is_file():
        kind = "is no file" if path.exists() else "there is no such file"
        raise Ended(exits.USAGE, f"{path}: {kind}", "`runbook export RUN -o FILE` writes one")
    try:
        return wiring.archive_verification(path, anchor, signers)
    except NoArchive as error:
        return Verdict(events=0, heads={}, problems=(str(error),))


def _told(verdict: Verdict, what: str) -> int:
    for remark in verdict.remarks:
        say.err(f"note: {remark}")
    if verdict.problems:
        say.out(f"{what} does NOT hold", colour="red")
        for problem in verdict.problems:
            say.out(problem)
        return exits.UNVERIFIED
    counts = f"{_many(verdict.events, 'event')} of {_many(len(verdict.heads), 'run')}"
    counts = f"{counts}, {_many(verdict.logs, 'log')}"
    if signatures := sum(map(len, verdict.proofs.values())):
        counts = f"{counts}, {_many(signatures, 'signature')}"
    say.out(f"{what} holds: {counts}", colour="green")
    for name, head in verdict.heads.items():
        say.out(f"{name}  {head}")
    return exits.DONE


def _verdict(journal: Journal, run: str | None, anchor: str | None, signers: str | None) -> Verdict:
    from runbook_tui import wiring
    from runbook_tui.session.verifying import gone, has_traces

    try:
        chosen = find_run(journal, run) if run else None
    except NoSuchRun:
        if run and "/" not in run and has_traces(wiring.settings().run_folder(run)):
            problem = gone(wiring.settings().run_folder(run))
            return Verdict(events=0, heads={}, problems=(problem,))
        raise
    return wiring.verification(journal, chosen, anchor, signers)


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
