"""The actions: what they take and put out. The programs themselves are the forge's, or a team's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runbook_tui.book import other_actions
from runbook_tui.book.model import Step
from runbook_tui.frozen import frozen


@frozen
class ActionKind:
    """One action: names of its values and of what it puts out.

    ``looks``: it changes nothing that would have to be taken back. ``prepares``: its program,
    called as ``NAME.before``, puts out the old state first. ``undone``: it comes with an undo.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    looks: bool = False
    prepares: bool = False
    undone: bool = True


ACTIONS: Mapping[str, ActionKind] = MappingProxyType(
    {
        "git.fetch": ActionKind(
            optional=("remote", "branch", "prune", "tags"), outputs=("tip",), looks=True
        ),
        "git.merge": ActionKind(
            required=("branch",),
            optional=("into", "message", "pull_request", "push", "remote"),
            outputs=("old", "branch_sha", "merge_sha", "on_branch"),
        ),
        "git.revert": ActionKind(
            required=("commit",),
            optional=("push", "remote"),
            outputs=("old", "commit_sha", "revert_sha", "on_branch"),
        ),
        "git.push": ActionKind(
            optional=("remote", "branch", "force_with_lease"),
            outputs=("old_remote", "new_remote", "on_branch"),
        ),
        "git.rebase": ActionKind(
            required=("onto",),
            optional=("branch", "push", "remote"),
            outputs=("old", "onto_sha", "old_remote", "on_branch", "rebased_sha"),
        ),
        "git.tag": ActionKind(
            required=("name",),
            optional=("commit", "message", "push", "remote"),
            outputs=("tagged", "had_tag", "had_there", "tag_sha"),
        ),
        "github.close": ActionKind(
            required=("pull_request",),
            optional=("repo",),
            outputs=(
                "repository",
                "api_url",
                "head_sha",
                "was_state",
                "base_branch",
                "old",
                "clone_url",
            ),
            prepares=True,
        ),
        "github.comment": ActionKind(
            required=("pull_request", "body"),
            optional=("repo",),
            outputs=("repository", "api_url", "marker", "comment_id"),
            prepares=True,
        ),
        "github.deployment": ActionKind(
            required=("environment", "ref"),
            optional=("repo", "state", "description"),
            outputs=("repository", "api_url", "marker", "deployment_id"),
            prepares=True,
        ),
        "github.dispatch": ActionKind(
            required=("workflow",),
            optional=("repo", "ref", "inputs", "wait", "every", "on_undo"),
            outputs=("repository", "api_url", "had_run", "run_id"),
            prepares=True,
            undone=False,
        ),
        "github.merge": ActionKind(
            required=("pull_request",),
            optional=("repo", "method", "sha", "title", "message", "remote"),
            outputs=(
                "repository",
                "api_url",
                "head_sha",
                "was_state",
                "base_branch",
                "old",
                "clone_url",
                "merge_sha",
            ),
            prepares=True,
        ),
        "github.release": ActionKind(
            required=("tag",),
            optional=("repo", "title", "notes", "commit", "draft", "prerelease"),
            outputs=("repository", "api_url", "had_release", "release_id"),
            prepares=True,
        ),
        "github.revert": ActionKind(
            required=("pull_request",),
            optional=("repo", "branch", "title", "message", "remote"),
            outputs=("repository", "api_url", "revert_branch", "had_pull", "revert_pull_request"),
            prepares=True,
        ),
        "github.review-state": ActionKind(
            required=("pull_request",),
            optional=("repo", "approvals", "any_commit"),
            outputs=("head_sha", "approved_by"),
            looks=True,
        ),
        "github.wait-checks": ActionKind(
            optional=("repo", "pull_request", "sha", "checks", "every", "within", "none_is_good"),
            outputs=("head_sha",),
            looks=True,
        ),
    }
)
"""Those that come with the program."""


CANCELS = "cancel"
"""With this as ``on_undo`` a `github.dispatch` has an undo, too."""


def comes_with_undo(name: str, arguments: Mapping[str, str]) -> bool:
    """Whether an action that has an effect, with these values, brings its own undo."""
    known = action_kind(name)
    return known is not None and (known.undone or arguments.get("on_undo") == CANCELS)


def has_undo(step: Step) -> bool:
    """Whether a step says how it is taken back, or its action brings that with it."""
    known = action_kind(step.action) if step.action else None
    brings = known is not None and not known.looks
    return step.undo is not None or (brings and comes_with_undo(step.action or "", step.arguments))


def only_looks(step: Step) -> bool:
    """Whether nothing of a step is to be taken back, as it or its action says."""
    known = action_kind(step.action) if step.action else None
    return not step.effect or (known is not None and known.looks)


def action_kind(name: str) -> ActionKind | None:
    """What an action takes and puts out; None where there is none that can be used."""
    found = ACTIONS.get(name) or _of_others().get(name)
    return found if isinstance(found, ActionKind) else None


def no_action(name: str) -> tuple[str, str]:
    """Why an action cannot be used, and what to do."""
    others = _of_others()
    why = others.get(name)
    if isinstance(why, str):
        return why, "mend or uninstall the package that brings it"
    usable = (n for n, kind in others.items() if isinstance(kind, ActionKind))
    return f"there is no action “{name}”", "there is " + ", ".join([*ACTIONS, *usable])


def _of_others() -> Mapping[str, ActionKind | str]:
    return {name: kind for ask in other_actions for name, kind in ask().items()}
