"""How a text is run, and in which environment."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Collection, Mapping

REDIRECTING = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
     "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX"}
)  # fmt: skip
CALM = {
    # A sequence editor of git's own settings would come before its editor.
    "GIT_EDITOR": "true",
    "GIT_SEQUENCE_EDITOR": "true",
    "GH_EDITOR": "true",
    "KUBE_EDITOR": "true",
    "EDITOR": "true",
    "VISUAL": "true",
    "GIT_TERMINAL_PROMPT": "0",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}
PANE = {"TERM": "xterm-256color"}
"""What a pane is, whoever types into it."""


def shell_argv(shell: str | None, text: str) -> tuple[str, ...]:
    """The argument vector that runs a text: bash, ``sh`` where there is none, or what is given."""
    if shell:
        words = shlex.split(shell)
        return (*words, "-c", text) if len(words) == 1 else (*words, text)
    if shutil.which("bash"):
        return ("bash", "-eo", "pipefail", "-c", text)
    return ("sh", "-e", "-c", text)


def ours(*, interactive: bool) -> Collection[str]:
    """Names of the variables that `base_environment` sets, whatever the caller has."""
    return PANE if interactive else {**PANE, **CALM}


def base_environment(environ: Mapping[str, str], *, interactive: bool = False) -> dict[str, str]:
    """What commands inherit: nothing that points git elsewhere, nothing that opens an editor.

    Where a person types, ``interactive``, editors and pagers are their own.
    """
    kept = {name: value for name, value in environ.items() if name not in REDIRECTING}
    kept |= PANE
    return kept if interactive else {**kept, **CALM}
