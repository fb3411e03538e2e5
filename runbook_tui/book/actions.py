"""The built-in actions: what they take and put out. The programs themselves are the forge's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionKind:
    """One action: names of its values and of what it puts out."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


ACTIONS: Mapping[str, ActionKind] = MappingProxyType(
    {
        "git.merge": ActionKind(
            required=("branch",),
            optional=("into", "message", "push", "remote"),
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
    }
)
