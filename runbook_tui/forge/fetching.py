"""git.fetch: what a remote has, here; nothing that anybody works on is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_tui.forge.action import ActionFailed, Values, put_out, said, say, yes
from runbook_tui.forge.work_tree import no_option

if TYPE_CHECKING:
    from git import Repo


def fetch(repo: Repo, values: Values) -> None:
    """Fetch a remote, or one branch of it, and put out where that stands. Raises `ActionFailed`."""
    import git

    remote = values.get("remote") or "origin"
    branch = values.get("branch", "")
    no_option(branch)
    options = ["--prune"] if yes(values, "prune") else []
    options += ["--tags"] if yes(values, "tags") else []
    wanted = [f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"] if branch else []
    try:
        say(repo.git.fetch(*options, "--", remote, *wanted) or f"{remote} is fetched")
    except git.GitCommandError as error:
        raise ActionFailed(
            f"{remote} could not be fetched; nothing was changed\n{said(error)}\n"
            "look at the network and at git remote -v, then run the step again"
        ) from error
    if branch:
        put_out("tip", str(repo.git.rev_parse(f"refs/remotes/{remote}/{branch}")))
