"""github.revert: a branch that takes a merged pull request back, and a pull request of it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from runbook_tui.forge.action import ActionFailed, Values, put_out, say
from runbook_tui.forge.github_client import GitHub, Unclear
from runbook_tui.forge.github_pulls import number
from runbook_tui.forge.work_tree import UNSHALLOW


def before(values: Values) -> None:
    """Put out what the undo goes by."""
    hub, n = GitHub.of(values), number(values)
    put_out("repository", hub.repo)
    put_out("api_url", hub.url)
    put_out("revert_branch", _branch(values, n))
    put_out("had_pull", str((_open_one(hub, _branch(values, n)) or {}).get("number", "")))


def _branch(values: Values, n: int) -> str:
    return values.get("branch") or f"revert-{n}"


def revert(values: Values) -> None:
    """Have a merged pull request taken back by another one; puts out its number. Raises
    `ActionFailed`."""
    hub, n = GitHub.of(values), number(values)
    branch = _branch(values, n)
    pull = hub.get(f"/pulls/{n}")
    if not pull["merged"]:
        raise ActionFailed(f"#{n} is not merged: there is nothing to take back; close it instead")
    known = _open_one(hub, branch)
    if known is None:
        _push_revert(hub, pull, branch, values.get("remote") or "origin")
        body = {"title": values.get("title") or f"Revert “{pull['title']}”", "head": branch,
                "base": pull["base"]["ref"],
                "body": values.get("message") or f"Takes #{n} back."}  # fmt: skip
        try:
            known = hub.send("POST", "/pulls", body, gives="number")
        except Unclear:
            known = _open_one(hub, branch)
            if known is None:
                raise
        say(f"opened #{known['number']}, which takes #{n} back: {known['html_url']}")
    else:
        say(f"#{known['number']} takes #{n} back already: {known['html_url']}")
    put_out("revert_pull_request", str(known["number"]))


def _open_one(hub: GitHub, branch: str) -> Any:
    owner = hub.repo.partition("/")[0]
    return next(hub.list("/pulls", state="open", head=f"{owner}:{branch}"), None)


def _push_revert(hub: GitHub, pull: Any, branch: str, remote: str) -> None:
    """Revert in a work tree of its own, so that nobody's files are touched, and push that."""
    base, merged = pull["base"]["ref"], pull["merge_commit_sha"]
    _git("fetch", "--quiet", "--no-tags", "--", remote, f"refs/heads/{base}",
         f"refs/pull/{pull['number']}/head")  # fmt: skip
    tip = _git("ls-remote", "--", remote, f"refs/heads/{base}").split()[0]
    made = _made(pull, merged)
    _must_have_parents(made)
    with tempfile.TemporaryDirectory(prefix="runbook-revert-") as place:
        at = str(Path(place) / "work")
        _git("worktree", "add", "--quiet", "--detach", at, tip)
        try:
            for sha in made:
                mainline = (
                    ["-m", "1"] if len(_git("rev-list", "--parents", "-1", sha).split()) > 2 else []
                )
                _revert_one(at, mainline, sha, pull["number"])
            _git("push", "--quiet", "--", remote, f"HEAD:refs/heads/{branch}", at=at)
        finally:
            _git("worktree", "remove", "--force", at)
    say(f"pushed {branch}, which takes {merged[:10]} back")


def _must_have_parents(commits: list[str]) -> None:
    """Reverted without what came before it, a commit would take every file out."""
    if _git("rev-parse", "--is-shallow-repository") != "true":
        return
    edges = Path(_git("rev-parse", "--git-path", "shallow")).read_text(encoding="ascii").split()
    for sha in {*commits} & {*edges}:
        raise ActionFailed(
            f"{sha[:10]} is where the history of this shallow clone begins, and cannot be reverted "
            f"without what came before it; nothing was pushed\n{UNSHALLOW}"
        )


def _made(pull: Any, merged: str) -> list[str]:
    """The commits on the base that a pull request came as, the newest first."""
    count, head = int(pull["commits"]), pull["head"]["sha"]
    if count < 2 or len(_git("rev-list", "--parents", "-1", merged).split()) > 2:
        return [merged]
    line = _git("rev-list", "--first-parent", f"--max-count={count}", merged).split()
    same = _git("rev-list", "--cherry-mark", "--no-merges", "--right-only", f"{head}...{merged}")
    copied = {word[1:] for word in same.split() if word.startswith("=")}
    # Rebased, every commit of it is there by itself; squashed, all of it is one.
    return line if set(line) <= copied else [merged]


def _revert_one(at: str, mainline: list[str], sha: str, n: int) -> None:
    try:
        _git("-c", "revert.reference=false", "revert", "--no-edit", *mainline, sha, at=at)
    except ActionFailed as error:
        files = _git("diff", "--name-only", "--diff-filter=U", at=at).split("\n")
        if not any(files):
            raise
        listed = "\n".join(f"  conflict: {name}" for name in files)
        raise ActionFailed(
            f"taking #{n} back conflicts in {len(files)} file(s); nothing was pushed\n{listed}\n"
            f"git revert {' '.join([*mainline, sha[:10]])} on a branch of its own, resolve it, "
            "push it as the revert's branch, then run the step again"
        ) from error


def _git(*words: str, at: str | None = None) -> str:
    done = subprocess.run(
        ["git", *words], cwd=at, capture_output=True, text=True, check=False, env=os.environ
    )
    if done.returncode:
        raise ActionFailed(f"git {words[0]} says: {(done.stderr or done.stdout).strip()}")
    return done.stdout.strip()
