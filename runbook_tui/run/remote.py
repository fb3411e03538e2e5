"""What another machine is told: the shell text that carries a command out there.

Pure text. It goes over ssh's standard input, so that no list of processes shows a value, here or
there. The other machine needs ``sh``, ``dd``, ``od`` and ``mktemp``; with ``setsid``, ``ps`` and
``/proc`` it finds all that has to be ended.

It answers on standard error, in lines that begin with a token nobody else knows: ``ready PID
FOLDER`` (it waits for ``go``; nothing has run), ``refused WHY``, ``out HEX .`` (what the command
has put out so far), ``end STATUS``, ``gone``. A line ``stop SECONDS`` ends the command and all that
came from it, and so does the end of its input: then nobody is left who could.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

DEFAULT_SHELL = ("bash", "-eo", "pipefail", "-c")
"""What runs a text there if the plan names no shell; ``sh -e -c`` where there is no bash."""
CALM = {"GIT_EDITOR": "true", "GIT_TERMINAL_PROMPT": "0", "PAGER": "cat", "GIT_PAGER": "cat"}
"""What keeps a command there from waiting for a person."""
OPTIONS = (
    "BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=3",
    "ControlMaster=no", "ClearAllForwardings=yes", "RemoteCommand=none", "RequestTTY=no",
)  # fmt: skip
"""Nothing is asked, and no wait is without end. A connection that the person shares is used and
none is opened for others: stopping one command would end theirs."""
MOST = (4 << 20) + 1
"""Bytes that are read of what a command puts out."""
EVALUATING = frozenset({"bash", "sh", "dash", "ash", "ksh", "zsh"})
PROGRAM = "RUNBOOK_SSH"
"""The variable that names another ssh, with its options."""
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

ENDING = r"""
say() { printf '%s %s\n' "$token" "$*" >&5; }
living() {
  {
    grep -lsF "RUNBOOK_OUTPUT=$d/output" /proc/[0-9]*/environ | cut -d/ -f3
    ps -A -o pid= -o ppid= -o stat= | awk -v root="$pid" '
      { up[$1] = $2; dead[$1] = ($3 ~ /^Z/) }
      END { for (i in up) { j = i; while (j != root && j in up && j > 1) j = up[j]
            if (j == root && !dead[i]) print i } }'
  } | sort -u
}
tell() {
  l=$(living)
  kill -s "$1" -- "-$pid" $l || kill -s "$1" $l
}
finish() {
  tell TERM
  tell CONT
  if sleep 0.1; then nap=0.1; else nap=1; fi
  due=$(($(date +%s) + $1))
  while [ "$(date +%s)" -lt "$due" ] && [ -n "$(living)" ]; do sleep "$nap"; done
  left=20
  while [ "$left" -gt 0 ] && [ -n "$(living)" ]; do
    tell STOP
    tell KILL
    sleep "$nap"
    left=$((left - 1))
  done
}
"""

LAST = r"""exec 5>&2 2>/dev/null
finish 2
rm -rf "$d"
[ -n "$(living)" ] || say gone
"""

PLACE = r"""
mask=$(umask)
umask 077
trap : PIPE
exec 3<&0 5>&2 </dev/null 2>/dev/null
refuse() { say refused "$*"; [ -z "$d" ] || rm -rf "$d"; exit 0; }
d=
for p in "${XDG_RUNTIME_DIR:-}" /dev/shm "${TMPDIR:-}" /tmp; do
  if [ -n "$p" ] && [ -d "$p" ] && d=$(mktemp -d "$p/runbook-XXXXXXXXXX"); then
    break
  fi
  d=
done
[ -n "$d" ] || refuse 'no folder for what it puts out can be made there'
{ : >"$d/output" && printf '%s' "$text" >"$d/text"; } || refuse "$d takes nothing"
[ -z "$cwd" ] || cd -- "$cwd" || refuse "there is no folder $cwd there"
"""
"""Makes the folder there, and refuses where it cannot."""

WAIT = r"""
say ready "$$ $d"
read -r word <&3 && [ "$word" = go ] || { rm -rf "$d"; exit 0; }
"""

_START = r"""
(
  trap - PIPE
  umask "$mask"
  exec 3<&- 4<"$d/text" 2>&1 5>&-
  rm -f "$d/text"
  RUNBOOK_OUTPUT=$d/output
  export RUNBOOK_OUTPUT
  if command -v setsid >/dev/null; then set -- setsid "$@"; fi
  variables
  exec "$@"
) &
pid=$!
"""

MIND = r"""
(
  read -r word seconds <&3 || seconds=5
  : >"$d/stopping"
  finish "${seconds:-5}"
) >/dev/null 5>&- &
control=$!
send() {
  say out "$(od -An -v -tx1 -N MOST "$d/output" | tr -d ' \n') ."
}
(
  seen=0
  while :; do
    sleep 1 5>&-
    size=$(wc -c <"$d/output")
    [ "$size" = "$seen" ] || send
    seen=$size
  done
) >/dev/null &
looking=$!
trap 'finish 5' HUP TERM
""".replace("MOST", str(MOST))
"""Takes the word that ends the command, and brings what it puts out, while it runs."""

_WAITED = r"""
wait "$pid"
status=$?
while [ "$status" -gt 128 ] && kill -0 "$pid"; do
  wait "$pid"
  status=$?
done
"""

OVER = r"""
if [ -e "$d/stopping" ]; then wait "$control"; else kill "$control"; fi
kill "$looking"
wait "$looking"
printf '\n' >&5
send
rm -rf "$d"
say end "$status"
exit 0
"""
"""Brings the rest, and says how it ended."""

BODY = f"{ENDING}{PLACE}{WAIT}{_START}{MIND}{_WAITED}{OVER}"
"""What the other machine runs once `settings` and ``variables`` have been said."""


def script(
    *, token: str, text: str, shell: Sequence[str], cwd: str, environment: Mapping[str, str]
) -> str:
    """What the other machine runs for one command; raises ValueError for what cannot be said."""
    check_names(environment)
    return "\n".join([
        "unset script",
        f"token={shlex.quote(token)}",
        f"text={shlex.quote(text)}",
        f"cwd={shlex.quote(cwd)}",
        settings(shell, environment),
        "variables() { recorded; }",
        BODY,
    ])  # fmt: skip


def check_names(environment: Mapping[str, str]) -> None:
    """Raises ValueError for names that a shell cannot set."""
    odd = [name for name in environment if VARIABLE.fullmatch(name) is None]
    if odd:
        raise ValueError(f"a shell knows no variable called {', '.join(odd)}")


READING = 'eval "$(cat <&4)" 4<&-'
"""How a shell takes its text from a descriptor, where no list of processes shows it."""


def settings(shell: Sequence[str], environment: Mapping[str, str], reading: str = READING) -> str:
    """The variables of a command there, and the argument vector that runs ``$text``, as shell.

    ``reading`` is what a shell evaluates to run its text.
    """
    known = {n: v for n, v in environment.items() if VARIABLE.fullmatch(n)}
    exports = [f"  {n}={shlex.quote(v)}; export {n}" for n, v in known.items()]
    return "\n".join(["recorded() {", "  :", *exports, "}", _words(shell, reading)])


def ending(*, token: str) -> str:
    """What ends a command by another connection; ``d`` and ``pid`` are set before it."""
    return f"token={shlex.quote(token)}\n{ENDING}\n{LAST}"


def taking(size: int | str) -> str:
    """The command line for ssh: read ``size`` bytes of script, run them. Holds no value.

    The other side's login shell reads it first, so it is plain enough for any.
    """
    return f"exec sh -c 'script=$(dd bs=1 count={size} 2>/dev/null) && eval \"$script\"'"


def calling(given: str, options: Sequence[str] = OPTIONS) -> list[str]:
    """ssh as the person calls it, with what every connection of ours is told.

    What they say comes first, and holds. Raises ValueError where ``given`` is no command line.
    """
    try:
        words = shlex.split(given) or ["ssh"]
    except ValueError as error:
        raise ValueError(f"{PROGRAM} is no command line: {error}") from error
    return [*words, *(word for option in options for word in ("-o", option))]


HERE = "runbook is here"
"""The line with which the other machine answers `asking`; what ssh says itself has none."""


def asking(
    *,
    text: str,
    shell: Sequence[str],
    cwd: str,
    environment: Mapping[str, str],
    programs: Sequence[str],
    seconds: float,
) -> str:
    """What finds out there whether a command could run: folder, shell, programs, and its check.

    ``text`` is the check, which may take ``seconds``; empty where there is none. What is missing
    is said in one line, and ends with a status that is not 0.
    """
    lacks = 'lacks() {\n  printf "%s\\n" "$*"\n  exit 1\n}'
    place = f"cd -- {shlex.quote(cwd)} 2>/dev/null || lacks its folder {shlex.quote(cwd)} is gone"
    needs = [
        f"command -v -- {shlex.quote(name)} >/dev/null 2>&1 ||"
        f" lacks {shlex.quote(f'`{name}` is not on its PATH there')}"
        for name in programs
    ]
    check = [
        "RUNBOOK_TEXT=$text; export RUNBOOK_TEXT",
        "if command -v timeout >/dev/null 2>&1; then",
        f'  set -- timeout -s KILL {seconds:g} "$@"',
        "fi",
        'exec "$@" </dev/null',
    ]
    return "\n".join([
        f"echo {shlex.quote(HERE)}", lacks, *([place] if cwd else []),
        f"text={shlex.quote(text)}",
        settings(shell, environment, 'eval "$RUNBOOK_TEXT"'),
        "recorded",
        'command -v -- "$1" >/dev/null 2>&1 || lacks "its shell $1 is gone"',
        *needs, *(check if text else ["exit 0"]), "",
    ])  # fmt: skip


def _words(shell: Sequence[str], reading: str) -> str:
    """The argument vector that runs the text, which a shell reads from a descriptor."""
    words = list(shell)
    program = words[0].rpartition("/")[2] if words else ""
    lines = [f"set -- {shlex.join(words)}"]
    if tuple(words) == DEFAULT_SHELL:
        lines.append("command -v bash >/dev/null || set -- sh -e -c")
    if program in EVALUATING and words[-1] == "-c":
        lines.append(f'set -- "$@" {shlex.quote(reading)}')
    else:
        lines.append('set -- "$@" "$text"')
    return "\n".join(lines)
