"""``python -m runbook_tui.forge github.watch``: how pull requests stand, a line of JSON each time
that one has changed.

The first line of its input says which, as JSON: ``repo``, ``numbers``, ``every`` (seconds). Each
line after that means: look now. It ends with its input, however whoever started it has ended.
"""

from __future__ import annotations

import dataclasses
import json
import os
import select
import sys
import time
from collections import Counter
from typing import Any

from runbook_tui.forge.action import ActionFailed, Values
from runbook_tui.forge.github_client import (
    AGAIN,
    NO_ANSWER,
    UNSHAPED,
    GitHub,
    Limited,
    NotThere,
    tell_by,
)
from runbook_tui.forge.github_looks import GOOD, checks_of, last_words
from runbook_tui.run.pull_events import PullSeen

PATIENCE = 5.0
"""Seconds of a pause that are slept through."""
SOON = 2.0
"""Seconds after which it is asked again what GitHub has not worked out yet, ``TRIES`` times."""
TRIES = 5


def watch(values: Values) -> None:
    """Look, tell what has changed, wait, look again."""
    asked = json.loads(sys.stdin.readline() or "{}")
    if not asked:
        return
    os.nice(5)  # Commands and the screen come first.
    tell_by(_trouble)  # Else what is told of waits would be no line of ours.
    looking = Looking(asked["repo"], asked["numbers"], float(asked["every"]))
    wait = 0.0
    while _wait(wait):
        wait = looking.look()


class Looking:
    """Looks at pull requests again and again."""

    def __init__(self, repo: str, numbers: list[int], every: float) -> None:
        self._repo = repo
        self._numbers = numbers
        self._every = every
        self._hub: GitHub | None = None
        self._told: dict[int, PullSeen] = {}
        self._unknown: Counter[int] = Counter()
        """How often in a row GitHub did not say yet whether it can be merged."""
        self._not_before = 0.0

    def look(self) -> float:
        """Look at all, tell what has changed, and return how long to wait then, in seconds."""
        if (left := self._not_before - time.monotonic()) > 0:
            return left
        try:
            # It does not sleep while GitHub wants a pause: it would outlive who started it.
            self._hub = self._hub or GitHub(self._repo, patience=PATIENCE)
            missing = [why for n in self._numbers if (why := self._one(self._hub, n))]
        except Limited as limited:
            wait = max(self._every, limited.wait)
            self._not_before = time.monotonic() + wait
            _trouble(str(limited))
            return wait
        except (ActionFailed, *UNSHAPED) as failure:
            self._hub = None  # With another token, should there be one by then.
            _trouble(NO_ANSWER if isinstance(failure, UNSHAPED) else str(failure))
            return self._every
        _trouble("; ".join(missing))
        soon = any(0 < count <= TRIES for count in self._unknown.values())
        return min(self._every, SOON) if soon else self._every

    def _one(self, hub: GitHub, number: int) -> str:
        """Look at one; returns why there is none."""
        try:
            seen = _seen(hub, number)
        except NotThere as error:
            return str(error)
        unknown = seen.state == "open" and not seen.mergeable
        self._unknown[number] = self._unknown[number] + 1 if unknown else 0
        was = self._told.get(number)
        if was is not None and was.head == seen.head and 0 < self._unknown[number] <= TRIES:
            # It is being worked out anew: what was true is told until that is done.
            seen = dataclasses.replace(seen, mergeable=was.mergeable)
        if was != seen:
            self._told[number] = seen
            _tell(dataclasses.asdict(seen))
        return ""


def _wait(seconds: float) -> bool:
    """Wait so long, or until somebody wants a look; False where nobody is there any more."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    # By the descriptor: what is buffered would be waited for in vain.
    return not ready or bool(os.read(sys.stdin.fileno(), 4096))


def _seen(hub: GitHub, number: int) -> PullSeen:
    pull = hub.look(f"/pulls/{number}")
    merged = bool(pull.get("merged"))
    found: dict[str, Any] = {
        "number": number,
        "head": pull["head"]["sha"],
        "base": pull["base"]["ref"],
        "state": "merged" if merged else pull["state"],
        "mergeable": {True: "yes", False: "no"}.get(pull.get("mergeable"), ""),
        "merged_by": ((pull.get("merged_by") or {}).get("login") or "") if merged else "",
        "draft": bool(pull.get("draft")),
    }
    if not merged and pull["state"] == "open":
        found |= _standing(hub, number, found["head"])
    return PullSeen(**found)


def _standing(hub: GitHub, number: int, head: str) -> dict[str, Any]:
    """Its checks, and what people have said of its head."""
    checks = checks_of(hub, head)
    failing = tuple(sorted(n for n, how in checks.items() if how not in GOOD | {"pending"}))
    words = last_words(hub.look_all(f"/pulls/{number}/reviews"))
    state = "none" if not checks else "passed"
    if "pending" in checks.values():
        state = "pending"
    return {
        "checks": "failed" if failing else state,
        "failing": failing,
        "approved": tuple(sorted(w for w, r in words.items()
                                 if r["state"] == "APPROVED" and r["commit_id"] == head)),
        "against": tuple(sorted(w for w, r in words.items() if r["state"] == "CHANGES_REQUESTED")),
    }  # fmt: skip


def _trouble(text: str) -> None:
    _tell({"trouble": text.replace(f", {AGAIN}", "")})  # No step is there to be run again.


def _tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
