"""The parts of a run's ``rollback.sh`` that are the same for every run: plain POSIX shell.

Here its beginning and its end, its words, account and lock; what it does with one undo is in
`undo_shell_items`, with its command in `undo_shell_commands`. The script reads what it takes back
as calls of these functions; a pass over them only collects (``list``), prints (``print``) or does
it (``act``).
"""

from __future__ import annotations

REDIRECTING = (
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR"
    " GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_PREFIX"
)
"""Variables that would make git act elsewhere; never handed to an undo."""

USAGE = """\
usage() {
  echo "usage: sh rollback.sh [-n] [--all] [--past-floor]"
  echo "  -n            only print what would be done"
  echo "  --all         the whole run, not only what is done by default: $scope_words"
  echo "  --past-floor  also what lies before a step that cannot be taken back"
}

print='' whole='' past_floor=''
for option; do
  case $option in
    -n) print=yes ;;
    --all) whole=yes ;;
    --past-floor) past_floor=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

# What this script calls is found though PATH leads nowhere; an undo has the PATH of its step.
command -v id >/dev/null 2>&1 || PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin
mask=$(umask)
umask 077
# Every shell complains of a folder that is gone, each time that it is started there.
here=$(pwd -P 2>/dev/null) || here=''
if [ ! -d "$here" ]; then cd / 2>/dev/null; fi
case $0 in */*) place=${0%/*} ;; *) place=. ;; esac
[ -e "$place/undo.json" ] || place=$recorded_place
place=$(CDPATH='' cd -- "$place" && pwd -P) || exit 70
"""

TALKING = r"""
# --- What it says -------------------------------------------------------------------------------

nl='
' tab=$(printf '\t')
say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
# Seconds that go on whoever sets the clock.
ticks() {
  since=''
  { read -r since _ </proc/uptime; } 2>/dev/null || :
  since=${since%%.*}
  echo "${since:-$(date +%s)}"
}
have() { command -v "$1" >/dev/null 2>&1; }
# What a terminal would take for orders is left out of what is shown.
clean() { LC_ALL=C tr -d '\000-\010\013-\037\177'; }
indented() { printf '%s\n' "$1" | clean | sed '/[^ ]/!d; s/^/        /'; }
pause() { sleep 0.2 2>/dev/null || sleep 1; }
refuse() { printf '%s\n' "$*" >&2; exit 4; }

# A text as a JSON string.
json() {
  printf '%s.\n' "$1" | LC_ALL=C sed 's/[\\"]/\\&/g' | LC_ALL=C awk '
    BEGIN { for (i = 1; i < 32; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i)
      code["\b"] = "\\b"; code["\t"] = "\\t"; code["\f"] = "\\f"; code["\r"] = "\\r"
      printf "\"" }
    NR > 1 { printf "%s\\n", line }
    { line = $0 }
    line ~ /[\001-\037]/ {
      out = ""
      for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        out = out ((c in code) ? code[c] : c)
      }
      line = out
    }
    END { printf "%s\"", substr(line, 1, length(line) - 1) }'
}
"""

ACCOUNT = r"""
# --- The account that `runbook` reads -----------------------------------------------------------

account=rollback-account.jsonl
writing=''
# The events of all accounts of this run that nobody has entered into the journal yet.
kept() {
  [ ! -f "$place/$account" ] || cat "$place/$account"
  for spare in "${XDG_RUNTIME_DIR:-/tmp}" "${TMPDIR:-/tmp}" /dev/shm; do
    for file in "$spare/$spare_name"*/"$account"; do
      [ -f "$file" ] || continue
      # Others may write there too: only what is ours alone is believed.
      [ -n "$(find "${file%/*}" -prune -type d -user "$(id -u)" -perm 700)" ] && cat "$file"
    done
  done
}
# Lines, with tabs and texts as in JSON: `done STEP`; `told STEP` of one whose undo is over, however
# it went; `begun STEP TEXT FOLDER` of an undo whose end nobody has told; `went STEP TEXT` and
# `well FOLDER` of one that went well. What was lost is told only once its rollback is over: whoever
# goes on with that one knows no better.
known() {
  kept 2>/dev/null | LC_ALL=C awk '
    function first(key,   at, rest) {
      at = index($0, "\"" key "\": \"")
      if (!at) return ""
      rest = substr($0, at + length(key) + 5)
      return substr(rest, 1, index(rest, "\"") - 1)
    }
    function whole_text(   at, rest) {
      at = index($0, "\"text\": \"")
      rest = substr($0, at + 9)
      return substr(rest, 1, index(rest, "\", \"cwd\": \"") - 1)
    }
    { type = first("type"); step = first("step") }
    type == "command.started" && first("kind") == "undo" {
      begun[step "\t" whole_text()] = first("folder")
      texts[first("folder")] = whole_text()
      delete lost[step]
    }
    type == "command.finished" && first("kind") == "undo" && /"exit": 0,/ {
      well[first("folder")] = 1
      if (first("folder") in texts) went[step "\t" texts[first("folder")]] = 1
    }
    type == "command.finished" && first("kind") == "undo" && /"lost": true/ { lost[step] = 1 }
    type == "undo.finished" {
      if (first("result") == "done" || first("result") == "taken back") over[step] = 1
      if (!(step in lost)) tell(step)
    }
    type == "rollback.finished" { for (step in lost) { tell(step); delete lost[step] } }
    function tell(step,   one) {
      told[step] = 1
      for (one in begun) if (index(one, step "\t") == 1) delete begun[one]
    }
    END {
      for (step in over) print "done " step
      for (step in told) print "told " step
      for (one in went) print "went " one
      for (one in well) print "well " one
      for (one in begun) print "begun " one "\t" begun[one]
    }'
}
takes() {
  { printf '%65536s' '' >"$1/.room.$$"; } 2>/dev/null && rm -f "$1/.room.$$" && return
  rm -f "$1/.room.$$" 2>/dev/null
  return 1
}
# The run's folder, or where there is room, as `runbook` itself looks for it.
elsewhere() {
  full=$writing writing=''
  for spare in "${XDG_RUNTIME_DIR:-/tmp}" "${TMPDIR:-/tmp}" /dev/shm; do
    takes "$spare" || continue
    writing=$(mktemp -d "$spare/${spare_name}XXXXXXXX" 2>/dev/null) && break
  done
  say "nothing can be written in ${full:-$place};\
 the account is kept in ${writing:-no place at all}"
  [ -n "$writing" ]
}
open_account() {
  if takes "$place"; then writing=$place; else elsewhere || :; fi
  # A line that was not written to its end must not swallow the first of ours.
  if [ -s "$writing/$account" ] && [ -n "$(tail -c 1 "$writing/$account")" ]; then
    echo >>"$writing/$account"
  fi
  who=${RUNBOOK_AS:-$(id -un)} email=''
  case $who in *' <'*'>') email=${who##*' <'} email=${email%'>'} who=${who%' <'*} ;; esac
  actor="{\"name\": $(json "$who"), \"email\": $(json "$email"), \
\"user\": $(json "$(id -un)"), \"host\": $(json "$(uname -n)")}"
  mark=$(od -An -N8 -tx1 /dev/urandom 2>/dev/null | tr -d ' \n')
  mark=${mark:-$(date +%s)-$$}
  event=0
}
append() { printf '%s\n' "$1" 2>/dev/null >>"$writing/$account"; }
keep() { # TYPE STEP DATA
  [ -n "$writing" ] || return 0
  event=$((event + 1))
  about=null
  [ -z "$2" ] || about="\"$2\""
  line="{\"id\": \"kept-$mark-$event\", \"type\": \"$1\", \
\"at\": \"$(date -u +%Y-%m-%dT%H:%M:%S+00:00)\", \"step\": $about, \
\"actor\": $actor, \"data\": {$3}}"
  # What could be written until now may not be any more.
  append "$line" || { elsewhere && append "$line"; } || say "the account cannot be written"
  sync "$writing/$account" 2>/dev/null || :
}
"""

LOCKS = r"""
# --- One at a time ------------------------------------------------------------------------------

taken() { refuse "${1:-somebody} rolls this run back already; wait for that, then start again"; }
lock() {
  lock=$place/rollback.lock
  holder=$(cat "$lock" 2>/dev/null)
  if ! (: >>"$lock") 2>/dev/null; then
    say "no lock can be kept in $place; going on without"
  elif have flock; then
    exec 9>>"$lock"
    flock -n 9 || taken "$holder"
    printf 'rollback.sh (pid %s)' "$$" 2>/dev/null >"$lock"
  else
    # Without flock: whoever stands in the lock and lives.
    pid=${holder##*pid } pid=${pid%)}
    case $pid in
      '' | *[!0-9]*) ;;
      *) ! grep -aq -e runbook -e rollback.sh "/proc/$pid/cmdline" 2>/dev/null || taken "$holder" ;;
    esac
    if ! mkdir "$place/rollback.sh.lock" 2>/dev/null; then
      pid=$(cat "$place/rollback.sh.lock/pid" 2>/dev/null)
      [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null || taken "rollback.sh (pid $pid)"
    fi
    echo "$$" >"$place/rollback.sh.lock/pid"
    trap 'rm -rf "$place/rollback.sh.lock"' EXIT
  fi
}
"""

ENDING = r"""
# --- Do it --------------------------------------------------------------------------------------

started=$(ticks)
[ "$(id -u)" = "$owner" ] ||
  refuse "these steps ran as $owner_name: su $owner_name -c 'sh $place/rollback.sh'"
# shellcheck disable=SC2086  # The names, each as a word.
unset $redirecting
scope=$recorded_scope node=$recorded_node
[ -z "$whole" ] || scope=run node='' scope_words='all that has run'
known=$nl$(known)$nl

if [ -n "$print" ]; then
  echo "ROLLBACK of $run_title: $scope_words"
  pass=print
  items
  [ -z "$held" ] || echo "  what lies below the floor is undone only with --past-floor"
  [ "$open" = 0 ] || exit 6
  exit 0
fi

lock
# Whoever held the lock until now may have taken back more.
known=$nl$(known)$nl
pass=list
items
alive=''
runs_still() { if lives "$4"; then alive=yes; fi; }
running runs_still
if [ "$found" = 0 ] && [ -z "$alive" ]; then
  echo "nothing to roll back"
  exit 0
fi
# A hang-up, or nobody who reads this any more, does not end it.
trap : HUP PIPE
trap 'stopped="it was stopped"; say "stopping after this undo"' INT TERM
open_account
echo "ROLLBACK of $run_title: $scope_words"
past=false
[ -z "$past_floor" ] || past=true
keep rollback.started '' "\"scope\": \"$scope\", \"node\": \"$node\", \"steps\": [$steps_json], \
\"past_floor\": $past"
running stop_one
running await_one
pass=act
items
seconds=$(($(ticks) - started))
result=complete
[ -z "$remaining" ] || result=incomplete
keep rollback.finished '' "\"result\": \"$result\", \"remaining\": [$remaining_json], \
\"seconds\": $seconds.0"
if [ "$found" = 0 ]; then
  echo "nothing to roll back; what ran is stopped"
  exit 0
fi
if [ -z "$remaining" ]; then
  echo "ROLLED BACK  $back of $found in $seconds s"
  exit 5
fi
echo "INCOMPLETE  after $seconds s; remaining:"
printf '%s' "$remaining"
exit 6
"""
