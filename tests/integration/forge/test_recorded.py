"""What talks to GitHub, against real answers of it, so that the fake is not the only witness.

Not part of ``make test``: the recordings are fetched from the package index.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from runbook_tui.forge import github_looks, github_ships, github_watch
from runbook_tui.forge.github_client import GitHub
from runbook_tui.forge.shell import COMMON
from runbook_tui.forge.undo_github import (
    API,
    COMMENTED,
    DEPLOYED,
    RELEASED,
    WHERE,
)
from tests.github.recorded import Answers, fetch, first, recorded, replaying

pytestmark = pytest.mark.skipif(
    not os.environ.get("RUNBOOK_LONG"), reason="fetches PyGithub's source package: make long"
)
REPO = "PyGithub/PyGithub"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fetch(tmp_path_factory.mktemp("recorded"))


def hub(monkeypatch: pytest.MonkeyPatch, url: str, repo: str = REPO) -> GitHub:
    monkeypatch.setenv("GITHUB_API_URL", url)
    monkeypatch.setenv("GH_TOKEN", "none")
    return GitHub(repo)


def test_a_real_pull_request_is_seen_and_a_real_merge_is_understood(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = recorded(folder, "PullRequest.testMerge", "PullRequest.setUp")
    with replaying(answers) as url:
        github = hub(monkeypatch, url)
        seen = github_watch._seen(github, 31)
        assert (seen.state, seen.merged_by, seen.base) == (
            "merged", "jacquev6", "topic/RewriteWithGeneratedCode",
        )  # fmt: skip
        open_one = github_watch._seen(hub(monkeypatch, url, "MarcoFalke/PyGithub"), 1)
        assert open_one.state == "closed"
        merged = github.send("PUT", "/pulls/31/merge", {"merge_method": "merge"})
        assert len(merged["sha"]) == 40


def test_real_check_runs_are_understood(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = recorded(folder, "CheckRun.testGetCheckRunsForRef")
    path, body = first(answers, "GET", "/check-runs$")
    sha = path.split("/")[-2]
    status = {"statuses": [{"context": "old", "state": "failure"}]}
    known = {**answers, ("GET", f"/repos/{REPO}/commits/{sha}/status"): (200, json.dumps(status))}
    with replaying(known) as url:
        found = github_looks.checks_of(hub(monkeypatch, url), sha)
    assert found.pop("old") == "failure"
    assert found == {run["name"]: run["conclusion"] for run in body["check_runs"]}


def test_a_real_deployment_is_known_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = recorded(folder, "Repository.testGetDeployments")
    (key, (_, text)) = next(iter(answers.items()))
    monkeypatch.setenv("RUNBOOK_RUN", "cafe")
    marked = text.replace('"payload":{"test":true}', '"payload":{"run":"runbook:cafe"}', 1)
    assert marked != text
    with replaying({key: (200, marked)}) as url:
        known = github_ships._deployment(hub(monkeypatch, url), "production")
    assert known["id"] == json.loads(text)[0]["id"]
    shell = DEPLOYED.format(where="production").partition("inactive()")[0]
    assert asked({key: (200, marked)}, shell, marker="runbook:cafe") == str(known["id"])


def test_an_undo_in_shell_finds_a_real_comment_and_a_real_release(folder: Path) -> None:
    answers = recorded(folder, "PaginatedList.testCustomPerPageIteration")
    path, comments = first(answers, "GET", r"/issues/\d+/comments$")
    mine = comments[1]
    marked = json.loads(json.dumps(comments))
    marked[1]["body"] = "<!-- runbook:cafe/ship -->\n" + mine["body"]
    marked[0]["body"] = "quoted: <!-- runbook:cafe/ship -->"
    number = path.split("/")[-2]
    known = {("GET", f"/repos/{REPO}/issues/{number}/comments"): (200, json.dumps(marked))}
    shell = COMMENTED.format(number=number)
    assert asked(known, shell, marker="runbook:cafe/ship") == str(mine["id"])
    _, release = first(recorded(folder, "GitRelease.setUp"), "GET", "/releases/")
    other = {**release, "tag_name": "v1.0.1", "url": release["url"] + "9"}
    known = {("GET", f"/repos/{REPO}/releases"): (200, json.dumps([other, release]))}
    shell = RELEASED.format(tag=release["tag_name"])
    assert asked(known, shell, had_release="") == str(release["id"])


def asked(answers: Answers, shell: str, **values: str) -> str:
    """The id that an undo's own shell text makes of answers."""
    with replaying(answers) as url:
        text = COMMON + WHERE + API + shell
        for name, value in {"repository": REPO, "api_url": url, **values}.items():
            text = text.replace(f"${{{{ {name} }}}}", f"'{value}'")
        done = subprocess.run(
            ["sh", "-e", "-c", text + '\nprintf %s "$id"\n'], capture_output=True, text=True,
            check=False, env={**os.environ, "GH_TOKEN": "none"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
