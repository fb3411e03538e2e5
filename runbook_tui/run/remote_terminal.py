"""A command on another machine that a person types into: it gets a terminal there.

Two connections carry it. One is that of every command there (`run.remote`): it makes the folder,
says when it is ready, waits for the word, brings what is put out, ends the command and tells how it
ended. The other is the terminal and nothing else. What runs in it comes from the first, through a
named pipe, so that no list of processes shows a value and none reaches a disk; and it begins only
at the word, so that a terminal that cannot be had means that nothing was run.

The first says ``open FOLDER`` before it is ready. The terminal's shell leaves its number in
``FOLDER/pid`` and the status of the command in ``FOLDER/status``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from runbook_tui.run import remote

OPTIONS = (
    *(option for option in remote.OPTIONS if not option.startswith("RequestTTY")),
    "RequestTTY=force", "EscapeChar=none", "LogLevel=ERROR",
)  # fmt: skip
"""Every key is the command's, ssh's own escape too; it says nothing but what went wrong."""
COMES_UP = 20
"""Seconds for the terminal to come up there."""

_NAP = "if sleep 0.05; then nap=0.05; else nap=1; fi\n"

_OPEN = rf"""
mkfifo "$d/enter" || refuse 'mkfifo makes no pipe there'
printf '%s' "$enter" >"$d/enter" &
feeding=$!
say open "$d"
{_NAP}due=$(($(date +%s) + {COMES_UP}))
while [ ! -s "$d/pid" ] && [ "$(date +%s)" -lt "$due" ]; do sleep "$nap"; done
[ -s "$d/pid" ] || {{ kill "$feeding"; refuse 'its terminal did not come up there'; }}
pid=$(cat "$d/pid")
"""

_ENDED = r"""
: >"$d/go"
[ "$nap" = 1 ] || nap=0.2
while [ ! -s "$d/status" ] && kill -0 "$pid"; do sleep "$nap"; done
status=137
[ ! -s "$d/status" ] || status=$(cat "$d/status")
"""

BODY = f"{remote.ENDING}{remote.PLACE}{_OPEN}{remote.WAIT}{remote.MIND}{_ENDED}{remote.OVER}"

_ENTER = rf"""
trap : HUP INT QUIT TERM
keep() {{ printf '%s\n' "$2" >"$d/$1.new" && mv "$d/$1.new" "$d/$1"; }}
keep pid "$$"
{_NAP}while [ ! -e "$d/go" ]; do
  [ -d "$d" ] || exit 1
  sleep "$nap"
done
[ -z "$cwd" ] || cd -- "$cwd"
exec 4<"$d/text"
rm -f "$d/text"
(
  trap - HUP INT QUIT TERM
  recorded
  exec "$@"
)
status=$?
keep status "$status"
exit 0
"""
"""What the terminal's shell runs; it outlives what its terminal tells the command."""


def script(
    *, token: str, text: str, shell: Sequence[str], cwd: str, environment: Mapping[str, str]
) -> str:
    """What the first connection runs; raises ValueError for what cannot be said."""
    remote.check_names(environment)
    where = f"text={shlex.quote(text)}\ncwd={shlex.quote(cwd)}"
    enter = f"{where}\n{remote.settings(shell, environment)}\n{_ENTER}"
    return "\n".join([
        "unset script",
        f"token={shlex.quote(token)}",
        where,
        f"enter={shlex.quote(enter)}",
        BODY,
    ])  # fmt: skip


def entering(folder: str) -> str:
    """The command line for the terminal's ssh: run what comes through the pipe. Holds no value.

    The other side's login shell reads it first, so it is plain enough for any; ``folder`` is one
    that `remote.PLACE` has made.
    """
    read = 'd=${RUNBOOK_OUTPUT%/output}; script=$(cat <"$d/enter") && eval "$script"'
    return f"exec env RUNBOOK_OUTPUT={folder}/output sh -c '{read}'"
