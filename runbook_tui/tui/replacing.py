"""Looking at the plan's file while its run is open, and going on with what it says now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_tui.book.every_command import listed
from runbook_tui.book.findings import PlanFaults
from runbook_tui.run.requests import ReasonNeeded, Refusal
from runbook_tui.session.another_plan import AnotherPlan, plan_file, read_another, take
from runbook_tui.session.ports.journal import JournalError
from runbook_tui.session.session import Session
from runbook_tui.session.trust import Trust
from runbook_tui.tui.dialogs.page import Page
from runbook_tui.tui.dialogs.plan import AnotherPlanPage

if TYPE_CHECKING:
    from runbook_tui.tui.app import RunbookApp


def trust_of(session: Session) -> Trust:
    """What this user has trusted, in the home that the run is in."""
    return Trust(session.folder.parent.parent)


def is_strange(session: Session, found: AnotherPlan) -> bool:
    """Whether the plan's file is somebody else's too, and nobody has trusted it."""
    return bool(found.files.elsewhere) and not trust_of(session).knows(found.files.trusted_as)


SAME = "the plan's file says what the run has"


def look_at_plan(app: RunbookApp) -> None:
    """Read the plan's file beside the screen, and show how it differs from what runs."""
    path = plan_file(app.session.state)
    if path is None:
        app.say("the plan's file is not there any more; the run has its own copy", "warn")
        return
    app.say(f"reading {path}")
    _beside(lambda: _read(app, path))


def _beside(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="plan", daemon=True).start()


def _read(app: RunbookApp, path: Path) -> None:
    try:
        found = read_another(app.session, path)
        lines = found.words(app.session.state) if found.is_new else []
        if found.is_new and is_strange(app.session, found):
            lines = [*found.files.elsewhere, "T also trusts it to run all this:",
                     *listed(found.files.runbook), "", *lines]  # fmt: skip
    except PlanFaults as error:
        faults = "\n".join(
            f"{f.source or error.source}:{f.line}:{f.column}: {f.message}" for f in error.faults
        )
        page = Page(f"{path} cannot be run, so the run keeps its plan.\n\n{faults}")
        app.call_later(app.push_screen, page)
        return
    except (OSError, JournalError) as error:
        app.post(app.Said(f"the plan cannot be read: {error}"))
        return
    if not found.is_new:
        app.post(app.Said(SAME))
        return
    app.call_later(_show, app, path, found, lines)


def _show(app: RunbookApp, path: Path, found: AnotherPlan, lines: list[str]) -> None:
    def answered(yes: bool | None) -> None:
        if yes:
            _beside(lambda: _take(app, path, found))
        else:
            app.say("the run keeps its plan")

    title = f"{path}: what is another in it; the run goes on with its own copy until you take it"
    app.push_screen(AnotherPlanPage(title, lines or ["nothing that is carried out"]), answered)


def _take(app: RunbookApp, path: Path, found: AnotherPlan, reason: str = "") -> None:
    try:
        if is_strange(app.session, found):
            trust_of(app.session).remember(found.files.trusted_as, found.files.runbook.title)
        answer = take(app.session, found, reason)
    except Exception as error:  # noqa: BLE001  said on the screen, which lives on
        app.post(app.Said(f"the plan was not taken over: {error}"))
        return
    if isinstance(answer, ReasonNeeded) and not reason:
        question = f"{answer.reason}. Why is it taken over? It is shown red in the report"
        again = partial(_take, app, path, found)
        app.call_later(app.with_text, question, lambda why: _beside(partial(again, why)))
    elif isinstance(answer, Refusal):
        hint = f"; {answer.hint}" if answer.hint else ""
        app.post(app.Said(f"the plan was not taken over: {answer.reason}{hint}"))
    else:
        app.post(app.Said(f"the run goes on with {path}"))
