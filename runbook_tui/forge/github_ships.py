"""github.release, github.deployment, github.dispatch: what is shipped, told to GitHub."""

from __future__ import annotations

import json
import time
from typing import Any

from runbook_tui.forge.action import ActionFailed, Values, put_out, say, wanted, yes
from runbook_tui.forge.github_client import GitHub, Unclear
from runbook_tui.forge.github_pulls import marker

STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
SOON = 60.0
"""Seconds in which a run that was asked for must show."""


def _common(values: Values) -> GitHub:
    hub = GitHub.of(values)
    put_out("repository", hub.repo)
    put_out("api_url", hub.url)
    return hub


def before_release(values: Values) -> None:
    """Put out whether the release is there already."""
    hub = _common(values)
    put_out("had_release", "yes" if _release(hub, wanted(values, "tag")) else "")


def release(values: Values) -> None:
    """Publish a release of a tag; one that is there already is none too many."""
    hub, tag = GitHub.of(values), wanted(values, "tag")
    known = _release(hub, tag)
    if known is None:
        body: dict[str, Any] = {"tag_name": tag, "name": values.get("title") or tag,
                                "body": values.get("notes", ""), "draft": yes(values, "draft"),
                                "prerelease": yes(values, "prerelease")}  # fmt: skip
        body |= {"target_commitish": values["commit"]} if values.get("commit") else {}
        try:
            known = hub.send("POST", "/releases", body, gives="id")
        except Unclear:
            known = _release(hub, tag)
            if known is None:
                raise
        say(f"released {tag}: {known['html_url']}")
    else:
        say(f"{tag} is released already: {known['html_url']}")
    put_out("release_id", str(known["id"]))


def _release(hub: GitHub, tag: str) -> Any:
    return next((r for r in hub.list("/releases") if r["tag_name"] == tag), None)


def before_deployment(values: Values) -> None:
    """Put out how the deployment is known again."""
    _common(values)
    put_out("marker", marker().partition("/")[0])


def deployment(values: Values) -> None:
    """Say how a deployment of this run stands in an environment; the first word makes it.

    Each phase may say it anew: ``in_progress`` at the beginning, ``success`` at the end.
    Raises `ActionFailed`.
    """
    hub = GitHub.of(values)
    where = wanted(values, "environment")
    state = values.get("state") or "in_progress"
    if state not in STATES:
        raise ActionFailed(f"there is no state “{state}”; there is {', '.join(STATES)}")
    known = _deployment(hub, where)
    if known is None:
        body = {"ref": wanted(values, "ref"), "environment": where, "auto_merge": False,
                "required_contexts": [], "description": values.get("description", ""),
                "payload": {"run": marker().partition("/")[0]}}  # fmt: skip
        try:
            known = hub.send("POST", "/deployments", body, gives="id")
        except Unclear:
            known = _deployment(hub, where)
            if known is None:
                raise
        say(f"deployment {known['id']} of {known['ref']} to {where}")
    at = f"/deployments/{known['id']}/statuses"
    last = next(iter(hub.list(at)), None)
    if last is None or last["state"] != state:
        hub.send("POST", at, {"state": state, "description": values.get("description", "")[:140],
                              "auto_inactive": False})  # fmt: skip
    say(f"deployment {known['id']} to {where} is {state}")
    put_out("deployment_id", str(known["id"]))


def _deployment(hub: GitHub, where: str) -> Any:
    ours = marker().partition("/")[0]
    for known in hub.list("/deployments", environment=where):
        payload = known["payload"]
        if isinstance(payload, str):
            try:
                payload = json.loads(payload)
            except ValueError:
                continue
        if isinstance(payload, dict) and payload.get("run") == ours:
            return known
    return None


def before_dispatch(values: Values) -> None:
    """Put out which run of the workflow was under way before: that one is somebody else's."""
    _common(values)
    going = None
    if values.get("on_undo"):
        hub, workflow = GitHub.of(values), wanted(values, "workflow")
        ref = values.get("ref") or str(hub.get("")["default_branch"])
        going = next((r for r in _runs(hub, workflow, ref) if r["status"] != "completed"), None)
    put_out("had_run", "none" if going is None else str(going["id"]))


def dispatch(values: Values) -> None:
    """Start a workflow and, unless it is told not to, wait until its run is over and good.

    A run of it at the same commit that has not ended is taken up, not started twice.
    Raises `ActionFailed`.
    """
    hub, workflow = GitHub.of(values), wanted(values, "workflow")
    ref = values.get("ref") or str(hub.get("")["default_branch"])
    try:
        inputs = json.loads(values.get("inputs") or "{}")
    except ValueError as error:
        raise ActionFailed(f"with.inputs is no JSON: {error}") from error
    known = {r["id"] for r in _runs(hub, workflow, ref)}
    going = next((r for r in _runs(hub, workflow, ref) if r["status"] != "completed"), None)
    if going is None:
        hub.send("POST", f"/actions/workflows/{workflow}/dispatches",
                 {"ref": ref, "inputs": inputs})  # fmt: skip
        say(f"started {workflow} at {ref}")
        going = _appeared(hub, workflow, ref, known)
    else:
        say(f"{workflow} runs already: {going['html_url']}")
    put_out("run_id", str(going["id"]))
    if values.get("wait", "yes").lower() in ("no", "false", "0"):
        return
    told = ""
    while going["status"] != "completed":
        if told != going["status"]:
            say(f"{workflow} is {going['status']}: {going['html_url']}")
        told = going["status"]
        time.sleep(float(values.get("every") or 10))
        going = hub.get(f"/actions/runs/{going['id']}")
    if going["conclusion"] != "success":
        raise ActionFailed(
            f"{workflow} ended with {going['conclusion']}: look at {going['html_url']}, then run "
            "the step again"
        )
    say(f"{workflow} has succeeded")


def _runs(hub: GitHub, workflow: str, ref: str) -> list[Any]:
    found = hub.get(f"/actions/workflows/{workflow}/runs", event="workflow_dispatch", per_page=30)
    return [r for r in found["workflow_runs"] if r["head_branch"] == ref]


def _appeared(hub: GitHub, workflow: str, ref: str, known: set[int]) -> Any:
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        new = next((r for r in _runs(hub, workflow, ref) if r["id"] not in known), None)
        if new is not None:
            return new
        time.sleep(1.0)
    raise ActionFailed(
        f"{workflow} was started, and no run of it shows after {SOON:.0f} s; look at GitHub before "
        "you run the step again: it may start it twice"
    )
