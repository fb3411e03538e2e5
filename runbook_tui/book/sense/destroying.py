"""Commands that destroy something for good, in steps that ask nobody first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from runbook_tui.book.findings import Finding
from runbook_tui.book.model import Change, Phase, Runbook, Step
from runbook_tui.book.sense.calls import Call

RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), what)
    for pattern, what in (
        (r"^git reset\b.*--hard", "throws away what was not committed"),
        (r"^git clean\b.*\s-\w*f", "removes files that git does not know"),
        ((r"^git push\b.*\s(?:-\w*f\b|--force(?!-with-lease|-if)|--delete\b|--mirror\b)|"
         r"^git push\s+\S+\s+(?:\+|:)\S"), "overwrites or removes what others have pushed"),
        (r"^git branch\b.*\s-\w*(?-i:D)\b", "removes a branch that was not merged"),
        (r"\bDROP\s+(?:TABLE|DATABASE|SCHEMA|INDEX|COLUMN|USER|ROLE)\b", "drops it"),
        (r"\bTRUNCATE\s+(?:TABLE\s+)?[\w\"`.]+", "empties a table"),
        (r"\bDELETE\s+FROM\s+[\w\"`.]+\s*(?:;|[\"']|$)", "deletes every row"),
        (r"^dropdb\b|^dropuser\b", "drops it"),
        (r"^redis-cli\b.*\bflush(?:all|db)\b", "empties the store"),
        ((r"^(?:kubectl|oc)\b.*\sdelete\b.*(?:\s(?:namespaces?|ns|pvc?|persistentvolume\w*|crds?"
         r"|customresourcedefinitions?|deploy\w*|statefulsets?|sts|secrets?|configmaps?|services?"
         r"|\w*webhookconfigurations?)\b|--all\b|--force\b|--grace-period=0)"),
         "deletes it from the cluster"),
        (r"^helm\b.*\s(?:uninstall|delete)\b", "takes the release away with its resources"),
        (r"^(?:terraform|tofu|pulumi)\b.*\sdestroy\b|^cdk destroy\b", "destroys the resources"),
        ((r"^docker\b.*\bvolume (?:prune|rm)\b|^docker\b.*\bsystem prune\b.*--volumes"
         r"|^docker[- ]compose\b.*\sdown\b.*\s(?:-v|--volumes)\b"),
         "removes volumes with their data"),
        (r"^docker\b.*\bsystem prune\b", "removes images, containers and networks not in use"),
        (r"^find\s+(?!/tmp\b|/var/tmp\b).*\s(?:-delete\b|-exec\s+rm\b)",
         "deletes whatever it finds"),
        (r"^(?:mkfs(?:\.\w+)?|wipefs|shred|blkdiscard)\b|^dd\b.*\sof=/dev/", "overwrites it"),
        (r"^(?:zfs|zpool) destroy\b|^(?:lv|vg|pv)remove\b", "destroys a volume"),
        ((r"^aws s3 (?:rm\b.*--recursive|rb\b)|^gsutil\b.*\srm\b.*\s-\w*r|^aws \S+ (?:delete|"
         r"terminate)-\S+"), "deletes it in the cloud"),
        (r"^(?:gcloud|az)\b(?:(?!\s-).)*\sdelete(?=\s|$)", "deletes it in the cloud"),
        (r"^(?:npm|yarn|pnpm|cargo|poetry) publish\b|^twine upload\b|^gem push\b",
         "publishes it: no registry takes that back"),
        (r"^userdel\b.*\s-\w*r", "removes a person's files"),
    )
)  # fmt: skip
REMOVES = re.compile(r"^rm\b(?=.*\s-\w*[rR]|.*\s--recursive)(?P<rest>.*)$", re.DOTALL)
PASSING = re.compile(
    r"^[\"']?(?:\./)?(?:/tmp/.|/var/tmp/.|(?:\S*/)?(?:node_modules|dist|build|target|out|tmp|temp"
    r"|\.cache|cache|coverage|__pycache__|\.terraform|venv|\.venv)/?(?:\*|\S*)?[\"']?$|\$\{?\w*TE?MP\w*)",
    re.IGNORECASE,
)
"""What is made again: folders of builds, temporary files."""

DRY = re.compile(r"\s--dry-?run\b|^git clean\b.*\s-\w*n")


def destroying(runbook: Runbook, calls: Iterable[Call]) -> Iterator[Finding]:
    """A finding for each such command on the way forth that starts without a question."""
    gated = _gated(runbook)
    for call in calls:
        step = call.step
        if call.back or step is None or step.confirm or step.irreversible or gated[step.id]:
            continue
        what = destroys(call.text)
        if not what:
            continue
        words = " ".join(call.text.split())[:60]
        markdown = runbook.format == "markdown" and not call.source.endswith(".toml")
        instead = (
            "open its block with ```bash {confirm=true}, or write “Rollback: not possible” below"
            " the step: then it asks before it runs" if markdown else
            'say confirm = "question", or irreversible = "reason" where nothing brings it back'
        )  # fmt: skip
        yield Finding(
            code="destructive", severity="medium" if step.undo else "high", line=call.line,
            source=call.source,
            related_line=step.line if step.line != call.line else None,
            message=f"“{words}” {what}, and nobody is asked first: {instead}",
        )  # fmt: skip


def destroys(text: str) -> str:
    """What a command destroys, in words; "" where it destroys nothing."""
    text = text[:2000]
    if DRY.search(text):
        return ""
    removed = REMOVES.match(text)
    if removed is not None:
        names = [w for w in removed.group("rest").split() if not w.startswith("-")]
        kept = [name for name in names if not PASSING.match(name)]
        return "removes folders with all that is in them" if kept else ""
    return next((what for pattern, what in RULES if pattern.search(text)), "")


def _gated(runbook: Runbook) -> Mapping[str, bool]:
    """Whether somebody has to approve each step before it starts, or some step around it."""
    found: dict[str, bool] = {}
    for phase in runbook.phases:
        for change in phase.changes:
            _gate(change, change.steps, phase.gate is not None, found)
        _gate(phase, phase.steps, False, found)
    return found


def _gate(
    holder: Phase | Change | Step, steps: tuple[Step, ...], outer: bool, found: dict[str, bool]
) -> None:
    around = outer or holder.gate is not None
    for step in steps:
        found[step.id] = around or step.gate is not None
        _gate(step, step.steps, around, found)
