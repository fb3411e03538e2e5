"""The part of ``rollback.sh`` that runs commands: plain POSIX shell.

``supervised`` keeps the same records of a command as the program's own supervisor: a lock that
lives as long as the command, ``log.head``, ``exit.json``; so each can take up what the other began.
"""

from __future__ import annotations

COMMANDS = r"""
# --- Commands -----------------------------------------------------------------------------------

# Process ids of what comes from the command of a folder: it has that folder's file in its
# environment, as nothing else has.
offspring() {
  output=$(readlink "$1/output" 2>/dev/null) || output=$1/output
  for process in /proc/[0-9]*; do
    [ "$process" != "/proc/$$" ] || continue
    if tr '\000' '\n' 2>/dev/null <"$process/environ" | grep -qxF "RUNBOOK_OUTPUT=$output"; then
      echo "${process#/proc/}"
    fi
  done
}
held_by_another() { have flock && [ -e "$1/lock" ] && ! flock -n -s "$1/lock" true; }
lives() { held_by_another "$1" || [ -n "$(offspring "$1")" ]; }
never_began() {
  [ -e "$1/void" ] || [ ! -e "$1/lock" ] && [ ! -e "$1/meta.json" ] && [ ! -e "$1/exit.json" ]
}
number_in() { sed -n "s/.*\"$1\": \\([0-9][0-9]*\\).*/\\1/p" "$2" 2>/dev/null; }

# End a command of the run that still runs.
stop_one() { # STEP KIND ATTEMPT FOLDER
  [ ! -s "$4/exit.json" ] || return 0
  if never_began "$4"; then
    mkdir -p "$4" && : >"$4/void"
    return
  fi
  say "stopping ${4##*/}"
  pid=$(number_in supervisor "$4/meta.json")
  if [ -n "$pid" ] && grep -aq supervisor "/proc/$pid/cmdline" 2>/dev/null; then
    kill -TERM "$pid"
  else
    for pid in $(offspring "$4"); do kill -TERM "$pid" 2>/dev/null; done
  fi
}
# Wait for its end, 15 seconds at most, and keep it in the account.
await_one() { # STEP KIND ATTEMPT FOLDER
  until [ -s "$4/exit.json" ] || ! lives "$4"; do
    if [ $(($(ticks) - started)) -gt 15 ]; then
      say "${4##*/} does not end; going on without it"
      for pid in $(offspring "$4"); do kill -KILL "$pid" 2>/dev/null; done
      return
    fi
    pause
  done
  step=$1 kind=$2 attempt=$3
  ended "$4"
  note_end "$4"
}

limited() {
  if timeout -k 1 1 true 2>/dev/null; then timeout -k 5 "$limit" "$@"; else "$@"; fi
}

# The text in $text, where and as its step ran.
perform() {
  trap : HUP INT TERM
  umask "$mask"
  if [ -n "$host" ]; then
    over_ssh
    return
  fi
  CDPATH='' cd -- "$cwd" || return 126
  for name in $secrets; do eval "$name=\$secret_$name; export $name"; done
  for name in $late; do eval "$name=\$late_$name; export $name"; done
  output=/dev/null
  [ -z "$folder" ] || output=$folder/output
  set -- "RUNBOOK_RUN=$run" "RUNBOOK_STEP=$step" "RUNBOOK_OUTPUT=$output"
  if [ "${#text}" -lt 32000 ] || [ "$evaluates" = no ]; then
    as_it_ran "$@" 3<&-
    return
  fi
  # Longer than one argument may be: its shell reads it.
  whole_text=$text
  text='eval "$(cat <&3)" 3<&-'
  as_it_ran "$@" 3<<END_OF_THE_TEXT
$whole_text
END_OF_THE_TEXT
}

# Secrets of four characters and more are not written down: each line of them is masked.
masked() {
  if [ -z "$hidden" ]; then cat; return; fi
  HIDDEN=$hidden LC_ALL=C awk '
    BEGIN { n = split(ENVIRON["HIDDEN"], values, "\n") }
    {
      for (i = 1; i <= n; i++) {
        if (length(values[i]) < 4) continue
        out = ""
        while ((at = index($0, values[i])) > 0) {
          out = out substr($0, 1, at - 1) "***"
          $0 = substr($0, at + length(values[i]))
        }
        $0 = out $0
      }
      print
    }'
}
raw_output() {
  if [ -z "$hidden" ]; then echo "$folder/log.head"; return; fi
  # Before it is masked it lies in memory, where there is such a place.
  for memory in "${XDG_RUNTIME_DIR:-/dev/shm}" /dev/shm; do
    mktemp "$memory/runbook-output-XXXXXXXX" 2>/dev/null && return
  done
  echo "$folder/raw"
}

# Run a command to its end, with its records in a folder of its own; it goes on without us.
supervised() {
  exec 9>&-
  trap : HUP INT TERM
  if have flock; then
    exec 8>>"$folder/lock"
    flock -n 8
  fi
  raw=$(raw_output)
  began=$(ticks)
  (perform) </dev/null >"$raw" 2>&1
  code=$?
  if [ "$code" = 137 ] && [ $(($(ticks) - began)) -lt "$limit" ]; then
    # It was killed, or only what held it: then it goes on, and nobody sees how it ends.
    while [ $(($(ticks) - began)) -lt "$limit" ] && [ -n "$(offspring "$folder")" ]; do
      pause
    done
    printf 'it was killed' >"$folder/lost"
  fi
  took=$(($(ticks) - began))
  if [ -n "$hidden" ]; then
    masked <"$raw" >"$folder/log.head"
    rm -f "$raw"
  fi
  size=$(wc -c <"$folder/log.head")
  digest=$(sha256sum 2>/dev/null <"$folder/log.head")
  late=false
  [ "$code" -ne 124 ] || [ "$took" -lt "$limit" ] || late=true
  how="\"exit\": $code"
  [ ! -e "$folder/lost" ] || how="\"lost\": true, \"reason\": $(json "$(cat "$folder/lost")")"
  printf '{%s, "seconds": %s, "timed_out": %s, "bytes": %s, "digest": "%s"}\n' \
    "$how" "$took" "$late" "$((size))" "${digest%% *}" 2>/dev/null >"$folder/exit.json.tmp" &&
    mv "$folder/exit.json.tmp" "$folder/exit.json" && return
  # It cannot be written down, but who waits for it is told.
  [ ! -e "$folder/lost" ] || code=255
  exit "$code"
}

make_folder() {
  (mkdir -p "$1" && : >"$1/lock" && : >"$1/log.head") 2>/dev/null && folder=$1
}
# $status is the exit status, or `lost`.
execute() { # KIND TEXT
  kind=$1 text=$2 attempt=1
  commands=$((commands + 1))
  folder=''
  # A command whose output finds no room would fail for it.
  [ -z "$writing" ] || takes "$writing" || elsewhere || :
  [ -z "$writing" ] || make_folder "$writing/commands/$mark.$commands-$kind" || :
  [ -z "$writing" ] || keep command.started "$step" "\"attempt\": 1, \"kind\": \"$kind\", \
\"text\": $(json "$text"), \"cwd\": $(json "$cwd"), \"shell\": $shell, \
\"folder\": $(json "$folder"), \"timeout\": $limit, \"host\": $(json "$host")"
  say "$title: $kind \$ $(printf '%s\n' "$text" | clean | sed -n '/[^ ]/{p;q;}')"
  if [ -z "$folder" ]; then
    (
      exec 9>&-
      perform
    ) </dev/null >/dev/null 2>&1
    status=$?
    return
  fi
  (supervised)
  told=$?
  # It goes on without what held it, too.
  [ -s "$folder/exit.json" ] || while lives "$folder"; do pause; done
  ended "$folder"
  [ -s "$folder/exit.json" ] || [ "$told" -gt 127 ] || status=$told
  # Its last line ends here, whether or not it was ended.
  clean <"$folder/log.head" | LC_ALL=C awk '{ print "  | " $0 }'
  note_end "$folder"
}
ended() {
  status=lost
  [ -s "$1/exit.json" ] || return 0
  # What a broken connection has left unknown is lost, too.
  ! grep -q '"lost": true' "$1/exit.json" || return 0
  status=$(number_in exit "$1/exit.json")
  # Ended by a signal: there is no exit status.
  status=${status:-$((128 + $(number_in signal "$1/exit.json")))}
}
note_end() {
  if [ ! -s "$1/exit.json" ]; then
    what="\"exit\": $status"
    [ "$status" != lost ] || what='"lost": true'
  else
    what=$(sed 's/^{//; s/}$//' "$1/exit.json")
  fi
  keep command.finished "$step" \
    "\"attempt\": $attempt, \"kind\": \"$kind\", \"folder\": $(json "$1"), $what"
}
# An undo that was begun before: its end; `none` where it never began after all.
take_up() {
  if never_began "$1"; then
    mkdir -p "$1" && : >"$1/void"
    status=none
    return
  fi
  say "$title: its undo was begun before; waiting for its end"
  until [ -s "$1/exit.json" ] || ! lives "$1"; do pause; done
  ended "$1"
  kind=undo attempt=1
  note_end "$1"
}
"""
