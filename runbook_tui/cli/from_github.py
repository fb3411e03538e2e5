"""``runbook from-github OWNER/REPO -o plan.toml``: a plan for the open pull requests."""

from __future__ import annotations

import re
from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.written import STANDARD, write, write_new


@click.command("from-github")
@click.argument("repository")
@click.option(
    "--label", "labels", multiple=True, help="only those with it; again: with all of them"
)
@click.option("-o", "target", type=click.Path(path_type=Path), default=STANDARD, help="into a file")
@click.option("--method", type=click.Choice(["merge", "squash", "rebase"]), default="merge",
              help="how they are merged")  # fmt: skip
@click.option("--drafts", is_flag=True, help="drafts, too")
def command(
    repository: str, labels: tuple[str, ...], target: Path, method: str, drafts: bool
) -> int:
    """Write a plan for the open pull requests of OWNER/NAME: in order, each with its checks,
    review, merge and undo, ready to edit.

    The order goes by what depends on what (“depends on #12” in a description, a branch on a
    branch), by risk, and by conflicts that `git merge-tree` foretells. It asks GitHub, or what
    GITHUB_API_URL names, with the token of the environment or of gh; a file that is there is not
    overwritten.
    """
    from runbook_tui.book.findings import PlanFaults
    from runbook_tui.book.reader import read
    from runbook_tui.forge.action import ActionFailed
    from runbook_tui.forge.github_client import AGAIN, tell_by
    from runbook_tui.forge.proposed_plan import plan
    from runbook_tui.forge.proposing import propose

    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise Ended(exits.USAGE, f"“{repository}” is no repository", "say OWNER/NAME")
    if target != STANDARD and target.suffix != ".toml":
        raise Ended(exits.USAGE, f"{target}: a plan in TOML ends in .toml", "name it so")
    if target != STANDARD and target.exists():
        raise Ended(exits.USAGE, f"{target} is there already; nothing was changed",
                    "name another file")  # fmt: skip
    tell_by(say.err)
    try:
        found = propose(repository, labels, drafts=drafts, tell=say.err)
    except ActionFailed as failure:
        why = str(failure).replace(AGAIN, "then ask again")
        raise Ended(exits.STEP_FAILED, why) from failure
    text = plan(found, labels, method)
    try:
        read(text, "plan.toml")
    except PlanFaults as faults:  # A fault of ours: whoever sees it can still mend the file.
        say.err(f"what was made has faults: {faults.faults[0].message}")
    if target == STANDARD:
        write(target, text)
    else:
        write_new(target, text)
        say.out(f"{target} is there")
    for remark in found.remarks:
        say.err(f"note: {remark}", colour="yellow")
    if target != STANDARD:
        say.err(f"look at it:    runbook show {target}")
        say.err(f"hold it right: runbook check {target}")
        say.err(f"rehearse it:   runbook run {target} --rehearse")
    return exits.DONE
