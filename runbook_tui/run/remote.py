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
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_ENDING = r"""
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

_BEGIN = r"""
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
say ready "$$ $d"
read -r word <&3 && [ "$word" = go ] || { rm -rf "$d"; exit 0; }
"""

_RUN = r"""
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
(
  read -r word seconds <&3 || seconds=5
  : >"$d/stopping"
  finish "${seconds:-5}"
) >/dev/null 5>&- &
control=$!
send() {
  say out "$(od -An -v -tx1 -N most "$d/output" | tr -d ' \n') ."
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
wait "$pid"
status=$?
while [ "$status" -gt 128 ] && kill -0 "$pid"; do
  wait "$pid"
  status=$?
done
if [ -e "$d/stopping" ]; then wait "$control"; else kill "$control"; fi
kill "$looking"
wait "$looking"
printf '\n' >&5
send
rm -rf "$d"
say end "$status"
exit 0
"""


def script(
    *, token: str, text: str, shell: Sequence[str], cwd: str, environment: Mapping[str, str]
) -> str:
    """What the other machine runs for one command; raises ValueError for what cannot be said."""
    odd = [name for name in environment if VARIABLE.fullmatch(name) is None]
    if odd:
        raise ValueError(f"a shell knows no variable called {', '.join(odd)}")
    given = [f"text={shlex.quote(text)}", f"cwd={shlex.quote(cwd)}"]
    set_ = [f"  {n}={shlex.quote(v)}; export {n}" for n, v in environment.items()]
    return "\n".join([
        "unset script",
        f"token={shlex.quote(token)}",
        *given,
        _ENDING,
        _BEGIN,
        "variables() {", "  :", *set_, "}",
        _words(shell),
        _RUN.replace(" most ", f" {MOST} "),
    ])  # fmt: skip


def ending(*, token: str) -> str:
    """What ends a command by another connection; ``d`` and ``pid`` are set before it."""
    said = 'rm -rf "$d"\n[ -n "$(living)" ] || say gone'
    return f"token={shlex.quote(token)}\n{_ENDING}\nexec 5>&2 2>/dev/null\nfinish 2\n{said}\n"


def taking(size: int) -> str:
    """The command line for ssh: read ``size`` bytes of script, run them. Holds no value.

    The other side's login shell reads it first, so it is plain enough for any.
    """
    return f"exec sh -c 'script=$(dd bs=1 count={size} 2>/dev/null) && eval \"$script\"'"


def _words(shell: Sequence[str]) -> str:
    """The argument vector that runs the text, which a shell reads from a descriptor."""
    words = list(shell)
    program = words[0].rpartition("/")[2] if words else ""
    lines = [f"set -- {shlex.join(words)}"]
    if tuple(words) == DEFAULT_SHELL:
        lines.append("command -v bash >/dev/null || set -- sh -e -c")
    if program in EVALUATING and words[-1] == "-c":
        lines.append("""set -- "$@" 'eval "$(cat <&4)" 4<&-'""")
    else:
        lines.append('set -- "$@" "$text"')
    return "\n".join(lines)


def by_hand(
    *,
    host: str,
    text: str,
    shell: Sequence[str],
    cwd: str,
    environment: Mapping[str, str],
    secrets: Sequence[str] = (),
) -> str:
    """A text for a local ``sh`` that does the same without this program.

    A secret is taken from a variable of its name, which has to be set.
    """
    lines = [f"cd -- {shlex.quote(cwd)} || exit"] if cwd else []
    lines += [
        f"{n}={shlex.quote(v)}; export {n}" for n, v in environment.items() if VARIABLE.fullmatch(n)
    ]
    lines.append(f"exec {shlex.join([*shell, text])} </dev/null")
    fetched = "".join(
        f"""printf "{n}='%s'; export {n}\\n" """
        f""""$(printf '%s' "${{{n}:?set it to the secret}}" | sed "s/'/'\\\\\\\\''/g")"\n"""
        for n in secrets
    )
    body = "\n".join(lines)
    end = "RUNBOOK"
    while end in body.split("\n"):
        end += "_"
    options = " ".join(f"-o {option}" for option in OPTIONS)
    call = f"${{RUNBOOK_SSH:-ssh}} {options} -- {host} 'exec sh -s'"
    return f"{{\n{fetched}cat <<'{end}'\n{body}\n{end}\n}} | {call}\n"
