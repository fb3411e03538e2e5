"""git.tag: a name for a commit, here and, where it says so, in a remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, Values, put_out, said, say, wanted, yes
from runbook_tui.forge.work_tree import commit_called, no_option

if TYPE_CHECKING:
    from git import Repo


def tag(repo: Repo, values: Values) -> None:
    """Tag a commit; a tag that stands there already is none too many, elsewhere it is a fault.
    Raises `ActionFailed`."""
    import git

    name = wanted(values, "name")
    no_option(name)
    commit = commit_called(repo, values.get("commit") or "HEAD")
    ref = f"refs/tags/{name}"
    there = str(
        repo.git.rev_parse("--verify", "--quiet", f"{ref}^{{commit}}", with_exceptions=False)
    )
    if there and there != commit:
        raise ActionFailed(
            f"the tag {name} stands at {there[:10]}, not at {commit[:10]}; nothing was changed\n"
            "a tag that others have seen must not move: take another name"
        )
    if there:
        say(f"the tag {name} stands at {commit[:10]} already")
    else:
        message = values.get("message", "")
        repo.git.tag(*(["-a", "-m", message] if message else []), "--", name, commit)
        say(f"tagged {commit[:10]} as {name}")
    put_out("tag_sha", str(repo.git.rev_parse(ref)))
    if not yes(values, "push"):
        return
    remote = values.get("remote") or "origin"
    try:
        repo.git.push("--", remote, f"{ref}:{ref}")
    except git.GitCommandError as error:
        text = said(error)
        raise ActionFailed(
            f"{remote} did not take the tag {name}; it is here, and the undo knows it\n{text}"
        ) from error
    say(f"pushed the tag {name} to {remote}")
