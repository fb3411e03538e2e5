"""The one module that knows every concrete object; it imports inside its functions.

What `log`, `rollback`, `stop` and `sign` load decides how fast help comes: nothing here may pull
in textual, GitHub, git or pydantic before it is needed.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from runbook_tui import settings as settings_module
from runbook_tui.settings import Settings

REPORTED_ROWS, REPORTED_COLUMNS = 12, 160
"""So much of a command's output stands in a report."""

if TYPE_CHECKING:
    from runbook_tui.book.findings import Finding
    from runbook_tui.book.model import Runbook, Secret, Step
    from runbook_tui.report.model import Report
    from runbook_tui.run.events import Actor
    from runbook_tui.run.state import RunState
    from runbook_tui.session.noting import Notes
    from runbook_tui.session.opening import Reader
    from runbook_tui.session.plan_files import PlanFiles
    from runbook_tui.session.ports.commands import Commands
    from runbook_tui.session.ports.durations import Durations
    from runbook_tui.session.ports.journal import Journal, Verdict
    from runbook_tui.session.ports.kept_files import KeptFiles
    from runbook_tui.session.ports.signatures import Signatures
    from runbook_tui.session.ports.terminals import Terminals
    from runbook_tui.session.proofs import Examiner
    from runbook_tui.session.pruning import Output
    from runbook_tui.session.session import Session


def settings() -> Settings:
    """The settings of this process."""
    return settings_module.load()


def identity(claimed: str | None = None) -> Actor:
    """Who acts: ``--as``, else ``RUNBOOK_AS``, else git's, else the login. Raises `NoIdentity`."""
    import socket

    from runbook_tui.run.events import Actor
    from runbook_tui.run.people import parse_identity

    user = login()
    host = socket.gethostname()
    text = claimed or settings().identity
    name, email = parse_identity(text) if text else _git_identity()
    return Actor(name=name or user, email=email, user=user, host=host)


def login() -> str:
    """The operating system's name of this user, else its number."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _git_identity() -> tuple[str, str]:
    from runbook_tui.command.runner import HelperRunner

    runner = HelperRunner()
    values = []
    for key in ("user.name", "user.email"):
        outcome = runner.run(["git", "config", "--get", key], timeout=3.0)
        text = outcome.stdout if outcome.exit == 0 else ""
        # Whatever git was told, help must not fail over it: what would mislead is left out.
        values.append(
            " ".join("".join(c for c in text if c.isprintable() and c not in "<>").split())
        )
    return values[0], values[1].replace(" ", "")


def now(state: RunState) -> float:
    """The time (epoch seconds) on the scale of a run's own times, for one without a session."""
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.run.frame import now_in

    clock = SystemClock()
    return now_in(state.frame, wall=clock.now(), mono=clock.mono(), boot=clock.boot())


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


def commands(*, ready: bool = False) -> Commands:
    """What starts commands; ``ready`` where one will probably be started soon."""
    from runbook_tui.command.host import CommandHost

    host = CommandHost()
    if ready:
        host.make_ready()
    return host


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
    from runbook_tui.session.verifying import verify

    return verify(record, KeptLogs(), settings().runs, run, anchor, examiner(signers))


def report(run: str) -> Report:
    """What happened in a run, with its record checked now. Raises `JournalError`."""
    from contextlib import closing

    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.report.building import build
    from runbook_tui.report.model import Check
    from runbook_tui.session.plan_files import recorded_plans

    with closing(journal(reading=True)) as record:
        verdict = verification(record, run, None)
        events = record.events(run)
    plans = recorded_plans(run, events, settings().run_folder(run))
    return build(
        run,
        plans.first,
        events,
        reads=plans.reads,
        now=SystemClock().now(),
        verified=Check(
            events=verdict.events,
            logs=verdict.logs,
            problems=verdict.problems,
            remarks=verdict.remarks,
        ),
        lines=partial(last_lines, settings().run_folder(run)),
        proofs=verdict.proofs.get(run, {}),
        remarks=plans.remarks,
    )


def traces(run: str) -> str:
    """A run as spans, one request in one line. Raises `JournalError`."""
    from contextlib import closing

    from runbook_tui import __version__
    from runbook_tui.report.building import build
    from runbook_tui.report.traces import to_otlp
    from runbook_tui.session.plan_files import recorded_plans

    with closing(journal(reading=True)) as record:
        events = record.events(run)
    plans = recorded_plans(run, events, settings().run_folder(run))
    from runbook_tui.journal.clock import SystemClock

    found = build(run, plans.first, events, reads=plans.reads, now=SystemClock().now())
    return to_otlp(found, __version__)


def is_address(where: str) -> bool:
    """Whether traces go to a collector there, rather than into a file."""
    from runbook_tui.report import sending

    return sending.is_address(where)


def hand_on(spans: str, where: str, *, patience: float) -> str:
    """Add spans to a file or send them to a collector; why not, empty where that was done."""
    from runbook_tui.report import sending

    if not sending.is_address(where):
        return sending.append(Path(where).expanduser(), spans)
    headers = os.environ.get("OTEL_EXPORTER_OTLP_HEADERS", "")
    return sending.post(spans, where, headers, patience=patience)


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


def last_lines(place: Path, folder: str) -> tuple[str, ...] | None:
    """The last lines that a command of a run has put out; None where they are not kept."""
    from runbook_tui.command.folder import log_parts
    from runbook_tui.session.verifying import current

    log = current(folder, place)
    if not any(path.is_file() for path, _ in log_parts(log).parts):
        return None
    rows = terminals().open(log).view(REPORTED_ROWS, REPORTED_COLUMNS).rows
    lines = ["".join(span.text for span in row).rstrip() for row in rows]
    while lines and not lines[-1]:
        lines.pop()
    return tuple(lines)


def terminals() -> Terminals:
    """What opens panes."""
    from runbook_tui.command.terminal import LogTerminals

    return LogTerminals()


def _before(step: Step, ours: str) -> str:
    """What runs before an action: what its undo needs comes first, apart from the plan's own."""
    if step.before is None:
        return ours
    return step.before if step.undo is not None else f"(\n{ours}\n)\n{step.before}"


@dataclass(frozen=True)
class LocalSurroundings:
    """Port `Surroundings` on this machine."""

    environment: Mapping[str, str] = field(default_factory=dict)
    interactive: Mapping[str, str] = field(default_factory=dict)

    def ours(self, *, interactive: bool) -> Collection[str]:
        """Names of the variables that this program sets for commands."""
        from runbook_tui.command.shells import ours

        return ours(interactive=interactive)

    def shell(self, shell: str | None) -> tuple[str, ...]:
        """The argument vector that runs a text appended to it."""
        from runbook_tui.command.shells import shell_argv

        return shell_argv(shell, "")[:-1]

    def expand(self, step: Step) -> Step:
        """The step's action as shell text that runs the forge's program."""
        import dataclasses

        from runbook_tui.book.actions import ACTIONS
        from runbook_tui.forge.readiness import ready_text
        from runbook_tui.forge.undo import before_text, quoted, undo_text

        if step.action is None:
            return step
        known = ACTIONS[step.action]
        given = step.arguments
        words = [f"WITH_{name.upper()}={quoted(value)}" for name, value in given.items()]
        program = f"{shlex.quote(sys.executable)} -P -m runbook_tui.forge {step.action}"
        undo, verify = undo_text(step.action, given)
        own = step.undo is None
        return dataclasses.replace(
            step,
            before=_before(step, before_text(step.action, given)),
            run=" ".join([*words, program]),
            undo=step.undo if step.undo is not None else undo,
            verify_undo=step.verify_undo if step.verify_undo is not None else verify,
            undo_ready=step.undo_ready or (ready_text(step.action, given) if own else None),
            outputs=tuple(dict.fromkeys((*step.outputs, *known.outputs))),
        )

    def secret(self, source: Secret, folder: str) -> str | None:
        """The secret's value, fetched now: a file's or command's in the run's folder."""
        if source.env:
            return os.environ.get(source.env)
        if source.file:
            try:
                path = Path(folder) / Path(source.file).expanduser()
                return path.read_text(encoding="utf-8").rstrip("\n")
            except (OSError, UnicodeDecodeError):
                return None
        if source.command:
            from runbook_tui.command.runner import HelperRunner

            outcome = HelperRunner().run(["sh", "-c", source.command], cwd=folder, timeout=15.0)
            return outcome.stdout.rstrip("\n") if outcome.exit == 0 else None
        return None


def surroundings() -> LocalSurroundings:
    """The machine and person this process runs for."""
    from runbook_tui.command.shells import base_environment

    return LocalSurroundings(
        environment=base_environment(os.environ),
        interactive=base_environment(os.environ, interactive=True),
    )


def folder_of(path: Path) -> Path:
    """Where a plan runs: its own folder, or the current one if it ships with the program."""
    shipped = any(path.resolve().is_relative_to(place) for place in shipped_plans())
    return Path.cwd() if shipped else path.resolve().parent


def start(
    path: Path,
    plan: PlanFiles,
    *,
    parameters: Mapping[str, str],
    actor: Actor,
    sources: Mapping[str, str] = {},
    folder: Path | None = None,
    role: str = "lead",
    rehearse: bool = False,
    environment: str | None = None,
) -> str:
    """Record a new run of a plan that was read and return its id; raises `JournalError`."""
    from contextlib import closing

    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.session.opening import start_run
    from runbook_tui.session.plan_commit import plan_commit
    from runbook_tui.session.plan_files import refused

    base = (folder or folder_of(path)).absolute()
    if not _is_text(str(base)):
        raise refused(path, f"the name of the folder {base} is not UTF-8", "rename it")
    with closing(journal()) as record:
        return start_run(
            record,
            plan=plan.text,
            includes=plan.includes,
            runbook=plan.runbook,
            # A name is for people: bytes that are no text may not keep a run from being recorded.
            source=os.fsencode(path).decode("utf-8", "backslashreplace"),
            folder=str(base),
            parameters=parameters,
            sources=sources,
            actor=actor,
            clock=SystemClock(),
            role=role,
            rehearse=rehearse,
            environment=environment,
            signers=plan.signers,
            commit=plan_commit(HelperRunner(), [path, *(path.parent / n for n in plan.includes)]),
        )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def keep_reading(run: str, plan: PlanFiles) -> None:
    """Keep what was read beside the run, for sessions that may not wait for a parser."""
    from runbook_tui.session import plan_files

    plan_files.keep_reading(settings().run_folder(run), plan)


def state_of(run: str) -> RunState | None:
    """A run as its events make it, to be looked at; None where its reading was not kept.

    No plan is parsed for this: a list of runs must not wait for that. Raises `JournalError`.
    """
    from contextlib import closing

    from runbook_tui.session.opening import UnreadablePlan, open_run
    from runbook_tui.session.plan_files import only_kept

    reader: Reader = partial(only_kept, settings().run_folder(run))
    if kept_reading(run) is None:
        return None
    try:
        with closing(journal(reading=True)) as record:
            return open_run(record, run, reader, surroundings())
    except (LookupError, UnreadablePlan):
        return None


def kept_reading(run: str) -> Runbook | None:
    """What was read when a run began, to name its nodes; None where it was not kept."""
    from runbook_tui.session import plan_files

    return plan_files.kept_reading(settings().run_folder(run))


def kept_before(run: str) -> tuple[Runbook, ...]:
    """What was read of the plans that a run had before its newest one, as far as it was kept."""
    from runbook_tui.session import plan_files

    return tuple(plan_files.kept_before(settings().run_folder(run)))


def shell_faults(runbook: Runbook) -> tuple[Finding, ...] | None:
    """What ShellCheck says about a plan's commands; None where it does not answer."""
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.session.shell_faults import shell_faults as asked

    return asked(runbook, HelperRunner())


def shipped_plans() -> tuple[Path, ...]:
    """Folders of the plans that come with the program."""
    here = Path(__file__).resolve().parent
    return (here / "runbooks", here.parent / "runbooks")


def open_session(
    run: str,
    actor: Actor,
    *,
    leads: bool,
    unattended: bool = False,
    plan: PlanFiles | None = None,
) -> Session:
    """A session on a run; ``open()`` it before use, ``close()`` it after. Raises `JournalError`.

    ``plan`` is what was read already; it counts only where the run's own copy says the same.
    """
    from runbook_tui.book.reader import read
    from runbook_tui.command.runner import HelperRunner
    from runbook_tui.journal.clock import SystemClock
    from runbook_tui.session import account, spare, undo_writing
    from runbook_tui.session.home import make_folder
    from runbook_tui.session.locks import ROLLBACK_LOCK, RunLock
    from runbook_tui.session.opening import open_run
    from runbook_tui.session.plan_files import read_kept, steady
    from runbook_tui.session.session import Session

    place = settings().run_folder(run)
    make_folder(place)
    around = surroundings()
    record = journal()
    # Whoever rolls back now still writes; the session that comes to hold the lock takes it in.
    free = RunLock(place / ROLLBACK_LOCK).free()
    waiting = spare.accounts(place, run) if free else []
    entered = [p for p in waiting if account.enter_left_behind(record, run, p, actor)]
    # Who leads carries out what the plan says, and reads it; help must not wait for a parser.
    reader: Reader = partial(read, remarks=False) if leads else partial(read_kept, place)
    if plan is not None:
        reader = plan.reader(reader)
    with steady():
        state = open_run(record, run, reader, around)
    clock = SystemClock()
    if entered:
        # What the account says is done must not stand in the script without the account.
        undo_writing.renew(place, state, clock.now())
        account.forget(entered)
    return Session(
        state=state,
        actor=actor,
        journal=record,
        commands=commands(ready=leads),
        surroundings=around,
        clock=clock,
        runner=HelperRunner(),
        signatures=signatures(),
        files=kept_files(),
        folder=place,
        leads=leads,
        unattended=unattended,
        owns_journal=True,
        durations=durations(),
    )
