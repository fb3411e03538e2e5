"""What belongs to each action as shell text: before it, its undo, and whether that could work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from runbook_tui.forge import teams, undo, undo_github, undo_refs
from runbook_tui.forge.readiness import ready_text, tag_ready
from runbook_tui.frozen import frozen

Arguments = Mapping[str, str]


@frozen
class Texts:
    """An action's texts; None where there is none."""

    before: str | None = None
    undo: str | None = None
    verify: str | None = None
    ready: str | None = None


def texts(action: str, arguments: Arguments) -> Texts:
    """The texts of an action with these values; raises `teams.ActionError`."""
    made = _MADE.get(action)
    if made is not None:
        return made(arguments)
    of_a_team = teams.find(action)
    if of_a_team is None:
        return Texts()
    given = of_a_team.texts(arguments)
    return Texts(
        before=given.get("before"), undo=given.get("undo"), verify=given.get("verify"),
        ready=given.get("ready"),
    )  # fmt: skip


def _in_git(action: str, arguments: Arguments) -> Texts:
    back, verify = undo.undo_text(action, arguments)
    before = undo.before_text(action, arguments)
    return Texts(before=before, undo=back, verify=verify, ready=ready_text(action, arguments))


def _rebase(arguments: Arguments) -> Texts:
    back, verify = undo_refs.undo_rebase(arguments)
    before = undo_refs.before_rebase(arguments)
    return Texts(before=before, undo=back, verify=verify, ready=ready_text("", arguments))


def _tag(arguments: Arguments) -> Texts:
    back, verify = undo_refs.undo_tag(arguments)
    before = undo_refs.before_tag(arguments)
    return Texts(before=before, undo=back, verify=verify, ready=tag_ready(arguments))


def _at_github(
    made: Callable[[Arguments], tuple[str, str]], ready: str, arguments: Arguments
) -> Texts:
    back, verify = made(arguments)
    return Texts(undo=back, verify=verify, ready=ready)


def _dispatch(arguments: Arguments) -> Texts:
    """Only where the plan says so: a workflow may have done its work before it is cancelled."""
    if arguments.get("on_undo") != "cancel":
        return Texts()
    return _at_github(undo_github.dispatch_texts, _ASKS, arguments)


def _looks(_: Arguments) -> Texts:
    return Texts()


_ASKS = undo_github.READY.rstrip("\n")
_MADE: Mapping[str, Callable[[Arguments], Texts]] = {
    "git.fetch": _looks,
    "git.merge": partial(_in_git, "git.merge"),
    "git.push": partial(_in_git, "git.push"),
    "git.rebase": _rebase,
    "git.revert": partial(_in_git, "git.revert"),
    "git.tag": _tag,
    "github.close": partial(_at_github, undo_github.close_texts, _ASKS),
    "github.comment": partial(_at_github, undo_github.comment_texts, _ASKS),
    "github.deployment": partial(_at_github, undo_github.deployment_texts, _ASKS),
    "github.dispatch": _dispatch,
    "github.merge": partial(_at_github, undo_github.merge_texts, "git --version > /dev/null"),
    "github.release": partial(_at_github, undo_github.release_texts, _ASKS),
    "github.revert": partial(_at_github, undo_github.revert_texts, _ASKS),
    "github.review-state": _looks,
    "github.wait-checks": _looks,
}
