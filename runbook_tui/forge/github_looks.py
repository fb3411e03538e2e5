"""github.wait-checks and github.review-state: they look, wait, and change nothing."""

from __future__ import annotations

import re
import time
from typing import Any

from runbook_tui.book.durations import parse_duration
from runbook_tui.forge.action import ActionFailed, Values, put_out, say, yes
from runbook_tui.forge.github_client import GitHub
from runbook_tui.forge.github_pulls import number

GOOD = frozenset({"success", "neutral", "skipped"})


def wait_checks(values: Values) -> None:
    """Wait until the checks of a pull request's head, or of a commit, are all over and good. Raises
    `ActionFailed` where one is not, or the time is over."""
    hub = GitHub.of(values)
    every = _seconds(values, "every", 10.0)
    until = time.monotonic() + _seconds(values, "within", 3600.0)
    named = [name for name in re.split(r"\s*,\s*", values.get("checks", "")) if name]
    sha, told = "", ""
    while True:
        now = _head(hub, values)
        if sha and now != sha:
            raise ActionFailed(
                f"the head has moved from {sha[:10]} to {now[:10]} while its checks were waited "
                "for; look at what came since, then run the step again"
            )
        sha = now
        checks = checks_of(hub, sha)
        asked = {n: checks.get(n, "missing") for n in named} if named else checks
        bad = sorted(n for n, how in asked.items() if how not in GOOD | {"pending", "missing"})
        if bad:
            put_out("head_sha", sha)
            listed = "\n".join(f"  {name}: {asked[name]}" for name in bad)
            raise ActionFailed(
                f"{len(bad)} check(s) of {sha[:10]} did not pass\n{listed}\n"
                "mend it and push, or run them again at GitHub, then run the step again"
            )
        open_ = sorted(n for n, how in asked.items() if how not in GOOD)
        if not open_ and (asked or yes(values, "none_is_good")):
            say(f"all {len(asked)} check(s) of {sha[:10]} passed")
            put_out("head_sha", sha)
            return
        line = f"waiting for {len(open_)} of {len(asked)}: {', '.join(open_)}"
        line = line if asked else f"{sha[:10]} has no checks yet"
        if line != told:
            say(line)
        told = line
        if time.monotonic() + every > until:
            raise ActionFailed(f"{line}; that is too long: look at GitHub, then run the step again")
        time.sleep(every)


def _head(hub: GitHub, values: Values) -> str:
    if values.get("pull_request"):
        pull = hub.get(f"/pulls/{number(values)}")
        expected = values.get("sha", "")
        head = str(pull["head"]["sha"])
        if expected and not head.startswith(expected):
            raise ActionFailed(
                f"#{pull['number']} has moved: its head is {head[:10]}, not {expected[:10]}; look "
                "at what came since, then run the step with the new head"
            )
        return head
    if not values.get("sha"):
        raise ActionFailed("the action needs with.pull_request or with.sha")
    return values["sha"]


def checks_of(hub: GitHub, sha: str) -> dict[str, str]:
    """How each check of a commit stands: ``pending``, or its conclusion in GitHub's words."""
    found: dict[str, str] = {}
    for run in hub.look_all(f"/commits/{sha}/check-runs", "check_runs"):
        over = run["status"] == "completed"
        found[run["name"]] = str(run["conclusion"]) if over else "pending"
    for status in hub.look_all(f"/commits/{sha}/status", "statuses"):
        found[status["context"]] = str(status["state"])
    return found


def review_state(values: Values) -> None:
    """Whether a pull request's head is approved by as many people as the step asks for. Raises
    `ActionFailed` where it is not."""
    hub, n = GitHub.of(values), number(values)
    least = int(values.get("approvals") or 1)
    head = str(hub.get(f"/pulls/{n}")["head"]["sha"])
    last = last_words(list(hub.list(f"/pulls/{n}/reviews")))
    against = sorted(who for who, r in last.items() if r["state"] == "CHANGES_REQUESTED")
    approved = {who: r for who, r in last.items() if r["state"] == "APPROVED"}
    old = sorted(who for who, r in approved.items() if r["commit_id"] != head)
    if not yes(values, "any_commit"):
        approved = {who: r for who, r in approved.items() if who not in old}
    put_out("head_sha", head)
    put_out("approved_by", " ".join(sorted(approved)))
    say(f"#{n} at {head[:10]}: approved by {', '.join(sorted(approved)) or 'nobody'}")
    if against:
        raise ActionFailed(f"#{n}: changes are asked for by {', '.join(against)}; talk to them")
    if len(approved) < least:
        earlier = f"; {', '.join(old)} approved an earlier commit" if old else ""
        raise ActionFailed(
            f"#{n} has {len(approved)} of {least} approvals of its head{earlier}; ask for a "
            "review, then run the step again"
        )


def last_words(reviews: list[Any]) -> dict[str, Any]:
    """The review of each person that counts: the last that decides."""
    found: dict[str, Any] = {}
    for review in reviews:
        who = (review.get("user") or {}).get("login")
        if who and review["state"] in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            found[who] = review
    return found


def _seconds(values: Values, name: str, default: float) -> float:
    if not values.get(name):
        return default
    try:
        return parse_duration(values[name])
    except ValueError as error:
        raise ActionFailed(f"with.{name}: {error}; write 30s or 5m") from error
