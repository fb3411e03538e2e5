"""Open pull requests of a repository: in which order to merge them, how risky each is, and what
conflicts."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from runbook_tui.forge.action import ActionFailed
from runbook_tui.forge.conflicts import Outlook, outlook
from runbook_tui.forge.github_client import REPOSITORY, GitHub, NotThere
from runbook_tui.frozen import frozen

RISKS = ("low", "medium", "high", "critical")
LARGE = (30, 300, 1500)
"""Changed lines above which it is riskier by one."""
TOUCHY = re.compile(
    r"(^|/)(migrations?|alembic|terraform|\.github|helm|k8s)/|auth|secur|payment|secret"
    r"|(^|/)(Dockerfile|docker-compose[^/]*|requirements[^/]*|package(-lock)?\.json)$|\.sql$",
    re.IGNORECASE,
)
"""Files whose change is riskier than its size."""
NUMBER = r"(?:[\w.-]+/[\w.-]+)?#\d+|https?://\S+/pull/\d+"
NEEDS = re.compile(
    rf"(?<!not )(?<!n't )\b(?:depends? on|requires?|blocked by|needs|based on|merge after|after)"
    rf":?\s+((?:(?:{NUMBER})(?:\s*(?:,|and|&)\s*)*)+)",
    re.IGNORECASE,
)


@frozen
class Candidate:
    """One open pull request, as far as a plan is made of it."""

    number: int
    title: str
    author: str
    url: str
    head: str
    branch: str
    base: str
    lines: int
    labels: tuple[str, ...] = ()
    needs: tuple[int, ...] = ()
    files: frozenset[str] = frozenset()

    @property
    def risk(self) -> str:
        """What its label says (``risk: high``), else by its size and what it touches."""
        for label in self.labels:
            said = label.lower().replace("risk", "").strip(" :/-_")
            if "risk" in label.lower() and said in RISKS:
                return said
        rank = sum(self.lines > most for most in LARGE)
        return RISKS[min(rank + any(map(TOUCHY.search, self.files)), len(RISKS) - 1)]


@frozen
class Proposal:
    """Pull requests in the order in which to merge them, and what is to be known of that."""

    repo: str
    order: tuple[Candidate, ...]
    outlooks: Mapping[int, Outlook]
    remarks: tuple[str, ...] = ()


def propose(
    repo: str, labels: Sequence[str], *, drafts: bool = False, tell: Callable[[str], None]
) -> Proposal:
    """Look at the open pull requests that have all these labels; raises `ActionFailed`."""
    hub = GitHub(repo)
    wanted = {label.casefold() for label in labels}
    found: list[Any] = []
    remarks: list[str] = []
    for pull in hub.list("/pulls", state="open"):
        if not wanted <= {label["name"].casefold() for label in pull["labels"]}:
            continue
        if pull.get("draft") and not drafts:
            remarks.append(f"#{pull['number']} is a draft and left out")
        else:
            found.append(pull)
    if not found:
        named = f" labelled {', '.join(labels)}" if labels else ""
        raise ActionFailed(f"{repo} has no open pull request{named} that is ready: nothing to plan")
    tell(f"{len(found)} pull requests of {repo}")
    known = {pull["number"]: pull["head"]["ref"] for pull in found}
    with _clone(hub, found) as folder:
        pulls = [_candidate(hub, pull["number"], known, folder) for pull in found]
        pulls, more = _known_needs(hub, pulls)
        order, cycles = ordered(pulls)
        remarks += [*more, *cycles]
        outlooks = _outlooks(folder, order)
    return Proposal(repo=repo, order=tuple(order), outlooks=outlooks, remarks=tuple(remarks))


def _candidate(hub: GitHub, number: int, known: Mapping[int, str], folder: str) -> Candidate:
    pull = hub.get(f"/pulls/{number}")
    base, head = pull["base"]["ref"], pull["head"]["sha"]
    stacked = [n for n, branch in known.items() if branch == base and n != number]
    return Candidate(
        number=number,
        title=" ".join(str(pull["title"]).split()),
        author=str((pull.get("user") or {}).get("login") or ""),
        url=pull["html_url"],
        head=head,
        branch=pull["head"]["ref"],
        base=base,
        lines=int(pull["additions"]) + int(pull["deletions"]),
        labels=tuple(label["name"] for label in pull["labels"]),
        needs=tuple(dict.fromkeys([*stacked, *needs_of(pull.get("body") or "", hub.repo)])),
        files=_files(folder, base, head),
    )


def needs_of(text: str, repo: str) -> list[int]:
    """The pull requests of the repository on which a description says that it depends."""
    found = []
    for sentence in NEEDS.finditer(text):
        for word in re.findall(NUMBER, sentence.group(1)):
            where, _, number = word.replace("/pull/", "#").rpartition("#")
            if not where or where.casefold().endswith(repo.casefold()):
                found.append(int(number))
    return found


def _known_needs(hub: GitHub, pulls: list[Candidate]) -> tuple[list[Candidate], list[str]]:
    """Only what is in the plan can be waited for; what is open outside of it is said."""
    ours = {pull.number for pull in pulls}
    remarks = []
    for pull in pulls:
        for number in pull.needs:
            if number in ours:
                continue
            try:
                other = hub.get(f"/pulls/{number}")
            except NotThere:
                continue  # An issue, or another repository's.
            if not other["merged"]:
                remarks.append(f"#{pull.number} depends on #{number}, which is not in the plan")
    kept = [dataclasses.replace(p, needs=tuple(n for n in p.needs if n in ours and n != p.number))
            for p in pulls]  # fmt: skip
    return kept, remarks


def ordered(pulls: Sequence[Candidate]) -> tuple[list[Candidate], list[str]]:
    """What others depend on first; of the rest the least risky, then what meets the fewest others
    in the same files, then the oldest. What depends on itself in a ring is said."""
    meets = {p.number: sum(not p.files.isdisjoint(o.files) for o in pulls) for p in pulls}

    def rank(pull: Candidate) -> tuple[int, int, int]:
        return RISKS.index(pull.risk), meets[pull.number], pull.number

    left = sorted(pulls, key=rank)
    done: set[int] = set()
    order: list[Candidate] = []
    remarks = []
    while left:
        free = next((p for p in left if set(p.needs) <= done), None)
        if free is None:
            free = left[0]
            ring = ", ".join(f"#{n}" for n in free.needs if n not in done)
            remarks.append(f"#{free.number} depends on {ring}, and that on it: a guess was made")
        left.remove(free)
        done.add(free.number)
        order.append(free)
    return order, remarks


@contextmanager
def _clone(hub: GitHub, pulls: list[Any]) -> Iterator[str]:
    """A folder in which heads and bases are known; what the clone here has is not fetched anew."""
    bases = sorted({f"refs/heads/{pull['base']['ref']}" for pull in pulls})
    heads = [f"refs/pull/{pull['number']}/head" for pull in pulls]
    wanted = [f"+{ref}:refs/runbook/{ref.removeprefix('refs/')}" for ref in (*bases, *heads)]
    here = _git(".", "remote", "get-url", "--", "origin", fails=True)
    named = REPOSITORY.search(here)
    with tempfile.TemporaryDirectory(prefix="runbook-plan-") as place:
        url = here
        alternate = []
        if named is None or named.group(1).casefold() != hub.repo.casefold():
            url = str(pulls[0]["base"]["repo"]["clone_url"])
        else:
            alternate = ["--reference", "."]
        _git(".", "clone", "--quiet", "--bare", "--no-tags", *alternate, "--", url, place)
        _git(place, "fetch", "--quiet", "--no-tags", "--", url, *wanted)
        yield place


def _base(branch: str) -> str:
    return f"refs/runbook/heads/{branch}"


def _files(folder: str, base: str, head: str) -> frozenset[str]:
    names = _git(folder, "diff", "--name-only", "--no-renames", "-z", f"{_base(base)}...{head}")
    return frozenset(name for name in names.split("\0") if name)


def _outlooks(folder: str, order: Sequence[Candidate]) -> dict[int, Outlook]:
    found = {}
    branches = {pull.branch for pull in order}
    roots = dict.fromkeys(p.base for p in order if p.base not in branches)
    for root in roots:
        # What stands on another's branch comes to its base with that.
        group = [p for p in order if p.base == root or p.base in branches]
        for one in outlook(folder, _base(root), [(str(p.number), p.head) for p in group]):
            found[int(one.name)] = one
    return found


def _git(folder: str, *words: str, fails: bool = False) -> str:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, check=False, env=environment,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode and not fails:
        said = os.fsdecode(done.stderr).strip()
        raise ActionFailed(
            f"git {words[0]} says: {said}\nthe plan is made with a clone: look at it"
        )
    return os.fsdecode(done.stdout).strip("\n")
