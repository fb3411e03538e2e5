"""A proposal as a plan in TOML, ready to be edited."""

from __future__ import annotations

from typing import Any

import tomli_w

from runbook_tui.forge.conflicts import Outlook
from runbook_tui.forge.proposing import RISKS, Candidate, Proposal

HEAD = """\
# The open pull requests of {repo}{labels}, in the order in which to merge them: what others depend
# on first, then the least risky, then what meets the fewest others in the same files.
# Edit it as you like; `runbook check` holds it right, `runbook run FILE --rehearse` goes through
# it.
#
# Each step that merges brings its own undo: it reverts what came in, by git alone, and pushes.
# `sha` is the head that was looked at: of a pull request that has moved since nothing is merged.
# A gate: gate = {{ roles = ["cto"], github = true }} on a change, with the roles in [roles] and who
# is who at GitHub in [forge] logins.
"""
FEW = 5
LONGEST = 4000


def plan(proposal: Proposal, labels: tuple[str, ...], method: str) -> str:
    """The plan's text."""
    named = f", labelled {', '.join(labels)}" if labels else ""
    head = HEAD.format(repo=_line(proposal.repo), labels=_line(named))
    for remark in proposal.remarks:
        head += f"# Note: {_line(remark)}\n"
    riskiest = max((p.risk for p in proposal.order), key=RISKS.index)
    bases = list(dict.fromkeys(p.base for p in _roots(proposal)))
    table: dict[str, Any] = {
        "format": 1,
        "title": f"Merge {len(proposal.order)} pull requests of {proposal.repo}",
        "forge": {"github": proposal.repo},
        "phase": [
            {
                "id": "merge",
                "title": f"Merge into {', '.join(bases)}",
                "risk": riskiest,
                "change": [_change(p, proposal, method) for p in proposal.order],
            }
        ],
    }
    return head + "\n" + tomli_w.dumps(table, multiline_strings=True)


def _roots(proposal: Proposal) -> list[Candidate]:
    branches = {p.branch for p in proposal.order}
    return [p for p in proposal.order if p.base not in branches] or list(proposal.order)


def _line(text: str) -> str:
    """On one line of a comment, whatever is in it."""
    return "".join(c if c.isprintable() else " " for c in text)[:300]


def _change(pull: Candidate, proposal: Proposal, method: str) -> dict[str, Any]:
    n = pull.number
    about = {"repo": proposal.repo, "pull_request": str(n)}
    under = next((p for p in proposal.order if p.branch == pull.base and p.number != n), None)
    steps: list[dict[str, Any]] = []
    if under is not None:
        steps.append({
            "id": f"pr-{n}-base",
            "title": f"Point #{n} at {under.base}: its base is the branch of #{under.number}",
        })  # fmt: skip
    steps += [
        {
            "id": f"pr-{n}-checks",
            "title": f"Checks of #{n} passed",
            "action": "github.wait-checks",
            "with": {**about, "sha": pull.head, "none_is_good": "yes"},
            "timeout": "1h",
        },
        {
            "id": f"pr-{n}-review",
            "title": f"#{n} is approved",
            "action": "github.review-state",
            "with": dict(about),
        },
        {
            "id": f"pr-{n}-merge",
            "title": f"Merge #{n}",
            "needs": [f"pr-{n}-review", *(f"pr-{d}-merge" for d in pull.needs)],
            "action": "github.merge",
            "with": {**about, "sha": pull.head, "method": method},
            "timeout": "15m",
        },
        {
            "id": f"pr-{n}-after",
            "title": f"Checks passed after #{n}",
            "action": "github.wait-checks",
            "with": {"repo": proposal.repo, "sha": "${{ merge_sha }}", "none_is_good": "yes"},
            "timeout": "1h",
        },
    ]
    return {
        "id": f"pr-{n}",
        "title": pull.title or f"#{n}",
        "text": _text(pull, proposal.outlooks.get(n)),
        "pull_request": n,
        "risk": pull.risk,
        "step": steps,
    }


def _text(pull: Candidate, seen: Outlook | None) -> str:
    lines = [f"{pull.url} by {pull.author}: {pull.lines} lines in {len(pull.files)} files"]
    if pull.needs:
        lines.append(f"Depends on {', '.join(f'#{n}' for n in pull.needs)}.")
    if seen is not None and seen.unknown:
        lines.append("Its commits could not be fetched: what it conflicts with is not known.")
    if seen is not None and seen.conflicts:
        lines.append(f"It will conflict when its turn comes, in {_files(seen.conflicts)}.")
    for other, files in (seen.makes if seen is not None else {}).items():
        lines.append(f"Merging it makes #{other} conflict, in {_files(files)}.")
    return "\n".join(lines)[:LONGEST]


def _files(files: tuple[str, ...]) -> str:
    more = f" and {len(files) - FEW} more" if len(files) > FEW else ""
    return ", ".join(files[:FEW]) + more
