"""github.merge, github.close, github.comment: idempotent, and taken up where one was killed."""

from __future__ import annotations

import os
import time
from typing import Any

from runbook_tui.forge.action import ActionFailed, Values, put_out, say, wanted
from runbook_tui.forge.github_client import GitHub, NotThere, Refused, Unclear
from runbook_tui.forge.signed import heads

METHODS = ("merge", "squash", "rebase")
PATIENCE = 60.0
"""Seconds in which GitHub must know whether a pull request can be merged."""


def number(values: Values) -> int:
    """The pull request that a step is about. Raises `ActionFailed` where it names none."""
    text = wanted(values, "pull_request").lstrip("#")
    if not text.isascii() or not text.isdigit():
        raise ActionFailed(f"“{text}” is no number of a pull request; say with.pull_request = 12")
    return int(text)


def before(values: Values) -> None:
    """Put out what the undo goes by: where things stood before."""
    hub = GitHub.of(values)
    pull = hub.get(f"/pulls/{number(values)}")
    put_out("repository", hub.repo)
    put_out("api_url", hub.url)
    put_out("head_sha", pull["head"]["sha"])
    put_out("was_state", "merged" if pull.get("merged") else pull["state"])
    put_out("base_branch", pull["base"]["ref"])
    put_out("old", hub.get(f"/branches/{pull['base']['ref']}")["commit"]["sha"])
    put_out("clone_url", pull["base"]["repo"]["clone_url"])


def before_comment(values: Values) -> None:
    """Put out how the comment will be known again."""
    hub = GitHub.of(values)
    put_out("repository", hub.repo)
    put_out("api_url", hub.url)
    put_out("marker", marker())


def merge(values: Values) -> None:
    """Merge a pull request, unless it is merged already; puts out ``merge_sha``. Raises
    `ActionFailed`."""
    hub, n = GitHub.of(values), number(values)
    method = values.get("method") or "merge"
    if method not in METHODS:
        raise ActionFailed(f"there is no way “{method}” to merge; there is {', '.join(METHODS)}")
    pull = _settled(hub, n)
    if pull["merged"]:
        _was_meant(pull, values)
        say(f"#{n} is merged already, as {pull['merge_commit_sha'][:10]}, by {_by(pull)}")
        put_out("merge_sha", pull["merge_commit_sha"])
        return
    _may_be_merged(pull, values.get("sha", ""))
    body: dict[str, Any] = {"merge_method": method, "sha": values.get("sha") or pull["head"]["sha"]}
    title = values.get("title", "")
    if method == "squash":
        # By the number in it the undo knows the commit again.
        title = title or pull["title"]
        title += "" if f"(#{n})" in title else f" (#{n})"
    body |= {"commit_title": title} if title else {}
    body |= {"commit_message": values["message"]} if values.get("message") else {}
    try:
        sha = hub.send("PUT", f"/pulls/{n}/merge", body, gives="sha")["sha"]
    except Unclear:
        say(f"the answer was cut off: looking whether #{n} is merged")
        sha = _merged_after_all(hub, n, values)
    except Refused as error:
        sha = _merged_after_all(hub, n, values) if error.status in (405, 409) else ""
        if not sha:
            raise _refused(error, n) from error
    if not sha:
        raise ActionFailed(f"#{n} is not merged; run the step again")
    say(f"merged #{n} “{pull['title']}” into {pull['base']['ref']} as {sha[:10]} ({method})")
    put_out("merge_sha", sha)


def _settled(hub: GitHub, n: int) -> Any:
    """The pull request, once GitHub has worked out whether it can be merged."""
    until = time.monotonic() + PATIENCE
    wait = 0.25
    while True:
        pull = hub.get(f"/pulls/{n}")
        if pull["merged"] or pull["state"] != "open" or pull["mergeable"] is not None:
            return pull
        if time.monotonic() > until:
            raise ActionFailed(
                f"GitHub does not say after {PATIENCE:.0f} s whether #{n} can be merged; look at "
                f"{pull['html_url']}, then run the step again"
            )
        say(f"GitHub is working out whether #{n} can be merged")
        time.sleep(wait)
        wait = min(wait * 2, 4.0)


def _was_meant(pull: Any, values: Values) -> None:
    """Refuse to count as done what somebody has merged at another head than was meant."""
    n, head = pull["number"], pull["head"]["sha"]
    signed, expected = heads().get(str(n), head), values.get("sha", "")
    what = f"{signed[:10]} was signed off" if signed != head else ""
    if expected and not head.startswith(expected):
        what = f"the step expects {expected[:10]}"
    if what:
        raise ActionFailed(
            f"{_by(pull)} has merged #{n} at {head[:10]}; {what}\nlook at what came in beside "
            f"that ({pull['html_url']}); have it signed off and run the step again with that "
            "head, or revert it at GitHub and skip the step"
        )


def _may_be_merged(pull: Any, expected: str) -> None:
    n, url = pull["number"], pull["html_url"]
    if pull["state"] != "open":
        raise ActionFailed(f"#{n} was closed without being merged; open it again ({url}), or skip")
    head = pull["head"]["sha"]
    if expected and not head.startswith(expected):
        raise ActionFailed(
            f"#{n} has moved: its head is {head[:10]}, not {expected[:10]}; nothing was merged\n"
            "look at what came since, have it signed off, then run the step with the new head"
        )
    signed = heads().get(str(n), head)
    if signed != head:
        raise ActionFailed(
            f"#{n} has moved: its head is {head[:10]}, not {signed[:10]}, which was signed off; "
            "nothing was merged\nlook at what came since, have it signed off, then run the step "
            "again"
        )
    if pull.get("draft"):
        raise ActionFailed(f"#{n} is a draft; mark it ready ({url}), then run the step again")
    if not pull["mergeable"]:
        raise ActionFailed(
            f"#{n} conflicts with {pull['base']['ref']}; nothing was merged\n"
            f"resolve it on {pull['head']['ref']} and push that, then run the step again"
        )


def _refused(error: Refused, n: int) -> ActionFailed:
    if error.status == 409:
        return ActionFailed(
            f"#{n} has moved while it was being merged (409: {error.said}); nothing was merged\n"
            "look at what came since, have it signed off, then run the step again"
        )
    if error.status == 405:
        return ActionFailed(
            f"GitHub does not merge #{n} (405: {error.said})\nlook at its checks, reviews and the "
            "rules of the branch, then run the step again"
        )
    return error


def _merged_after_all(hub: GitHub, n: int, values: Values) -> str:
    pull = hub.get(f"/pulls/{n}")
    if not pull["merged"]:
        return ""
    _was_meant(pull, values)
    return str(pull["merge_commit_sha"])


def _by(pull: Any) -> str:
    return str((pull.get("merged_by") or {}).get("login") or "somebody")


def close(values: Values) -> None:
    """Close a pull request; one that is merged or closed already is none too many."""
    hub, n = GitHub.of(values), number(values)
    pull = hub.get(f"/pulls/{n}")
    if pull["merged"]:
        say(f"#{n} is merged already, by {_by(pull)}: passed over")
        return
    if pull["state"] == "closed":
        say(f"#{n} is closed already")
        return
    try:
        hub.send("PATCH", f"/pulls/{n}", {"state": "closed"})
    except Unclear:
        if hub.get(f"/pulls/{n}")["state"] != "closed":
            raise
    say(f"closed #{n}")


def comment(values: Values) -> None:
    """Say something below a pull request, once for each step of a run."""
    hub, n = GitHub.of(values), number(values)
    text = wanted(values, "body")
    start = f"<!-- {marker()} -->"
    known = _comment(hub, n, start)
    if known is None:
        try:
            known = hub.send(
                "POST", f"/issues/{n}/comments", {"body": f"{start}\n{text}"}, gives="id"
            )
        except Unclear:
            known = _comment(hub, n, start)
            if known is None:
                raise
        say(f"commented on #{n}")
    else:
        say(f"the comment stands below #{n} already")
    put_out("comment_id", str(known["id"]))


def _comment(hub: GitHub, n: int, start: str) -> Any:
    try:
        found = hub.list(f"/issues/{n}/comments")
        return next((c for c in found if str(c.get("body") or "").startswith(start)), None)
    except NotThere as error:
        raise NotThere(f"there is no pull request #{n} in {hub.repo}: {error}") from error


def marker() -> str:
    """What a comment, deployment or branch of this step is known by."""
    run, step = os.environ.get("RUNBOOK_RUN", "by-hand"), os.environ.get("RUNBOOK_STEP", "step")
    return f"runbook:{run}/{step}"
