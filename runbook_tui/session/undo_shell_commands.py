"""The parts of ``rollback.sh`` that run commands and take one step back: plain POSIX shell.

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
    if [ $(($(date +%s) - started)) -gt 15 ]; then
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
  began=$(date +%s)
  (perform) </dev/null >"$raw" 2>&1
  code=$?
  if [ "$code" = 137 ] && [ $(($(date +%s) - began)) -lt "$limit" ]; then
    # It was killed, or only what held it: then it goes on, and nobody sees how it ends.
    while [ $(($(date +%s) - began)) -lt "$limit" ] && [ -n "$(offspring "$folder")" ]; do
      pause
    done
    printf 'it was killed' >"$folder/lost"
  fi
  took=$(($(date +%s) - began))
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
    "$how" "$took" "$late" "$((size))" "${digest%% *}" >"$folder/exit.json.tmp" &&
    mv "$folder/exit.json.tmp" "$folder/exit.json"
}

make_folder() {
  (mkdir -p "$1" && : >"$1/lock" && : >"$1/log.head") 2>/dev/null && folder=$1
}
# $status is the exit status, or `lost`.
execute() { # KIND TEXT
  kind=$1 text=$2 attempt=1
  commands=$((commands + 1))
  folder=''
  [ -z "$writing" ] || make_folder "$writing/commands/$mark.$commands-$kind"
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
  # It goes on without what held it, too.
  [ -s "$folder/exit.json" ] || while lives "$folder"; do pause; done
  ended "$folder"
  clean <"$folder/log.head" | sed 's/^/  | /'
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
    what='"lost": true'
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

ITEMS = r"""
# --- One part of the rollback -------------------------------------------------------------------

remaining='' remaining_json='' blocked='' held='' steps_json='' stopped='' secrets_had='' hidden=''
found=0 back=0 open=0 commands=0
next() { # STEP TITLE in|out
  step=$1 title=$2
  host='' cwd='' needs='' secrets='' check='' begun='' withheld='' evaluates=yes shell=$usual_shell
  limit=900 stops='' late='' unfit='' ready=''
  if [ -z "$whole" ] && [ "$3" = out ]; then
    [ "$pass" != print ] || printf '      %s  [left as it is: --all]\n' "$title"
    return 1
  fi
  case $known in *"${nl}done $step$nl"*)
    [ "$pass" != print ] || printf '      %s  [taken back already]\n' "$title"
    return 1
  esac
  if [ "$pass" = list ]; then
    found=$((found + 1))
    steps_json="$steps_json${steps_json:+, }\"$step\""
    return 1
  fi
  if [ -n "$stopped" ]; then
    say "$title: not tried, $stopped"
    remain
    return 1
  fi
  number=$((${number:-0} + 1))
}
remain() {
  remaining="$remaining  $title$nl"
  remaining_json="$remaining_json${remaining_json:+, }$(json "$title")"
}
over() { # RESULT REASON
  keep undo.finished "$step" "\"result\": \"$1\", \"reason\": $(json "$2")"
  said=$1
  [ "$1" != none ] || said='not undone'
  say "$title: $said${2:+: $2}"
  if [ "$1" = 'done' ]; then
    back=$((back + 1))
    return
  fi
  blocked="$blocked $needs"
  [ "$1" != failed ] || [ -z "$stops" ] || stopped="the plan stops it where $title fails"
  remain
}
show() { # WHY [TEXT…]
  printf '  %2s  %s  [%s]\n' "$number" "$title" "${1:-ready}"
  [ -z "$1" ] || open=$((open + 1))
  shift
  [ $# -eq 0 ] || [ -z "$host" ] || printf '      on %s\n' "$host"
  [ $# -eq 0 ] || [ -z "$cwd" ] || printf '      in %s\n' "$cwd"
  for text; do
    begun_of "$text"
    [ "$where" != went ] || printf '      went well before, and is not run again:\n'
    indented "$text"
  done
}
# What no command takes back.
left() { # REASON [TEXT…]
  why=$1
  [ -z "$held" ] || why='below the floor'
  if [ "$pass" = print ]; then show "$@"; return; fi
  keep undo.started "$step" '"attempt": 1'
  over "$left_as" "$why"
}
by_hand() { left_as=none; left "$@"; }
lacking() { left_as=failed; left "needs $1${unfit:+; $unfit}" "$2"; }
floor() {
  left_as=none
  left "cannot be taken back: $1"
  [ -n "$past_floor" ] || held=yes
}
from_source() { CDPATH='' cd -- "$base" && secret "$1" </dev/null; }
lacks_secrets() {
  lacks=''
  for name in $secrets; do
    case " $secrets_had " in *" $name "*) continue ;; esac
    value=$(from_source "$name" 2>/dev/null) || value=''
    [ -n "$value" ] || eval "value=\${$name-}"
    if [ -z "$value" ]; then
      lacks="$lacks $name"
      continue
    fi
    eval "secret_$name=\$value"
    secrets_had="$secrets_had $name"
    hidden="$hidden${hidden:+$nl}$value"
  done
  [ -n "$lacks" ]
}
unready() {
  why=''
  case " $blocked " in *" $step "*) why='what needs it was not taken back' ;; esac
  if [ -n "$held" ]; then
    why='below the floor'
  elif [ -z "$why" ] && lacks_secrets; then
    why="needs the secret$lacks"
  fi
  [ -n "$why" ]
}
# Why an undo could not work now, as far as the plan has a check for that; it is tried all the same.
could_not() {
  if [ -z "$host" ] && [ ! -d "$cwd" ]; then
    why='its folder is not there now'
  elif [ -n "$ready" ]; then
    text=$ready folder='' limit=5
    said=$( (perform) </dev/null 2>&1) ||
      why=$(printf '%s\n' "${said:-its check says so}" | masked | clean | sed -n '/[^ ]/{p;q;}')
  fi
}
in_json() { raw=$(json "$1") raw=${raw#?} raw=${raw%?}; }
# An undo of the step that somebody began with a text that is not known here.
strange_one() { # TEXT…
  strange=''
  case $known in *"${nl}begun $step$tab"*) ;; *) return ;; esac
  strange=${known##*"${nl}begun $step$tab"}
  strange=${strange%%"$nl"*}
  for one; do
    in_json "$one"
    case $strange in "$raw$tab"*) strange='' ;; esac
  done
  strange=${strange##*"$tab"}
}
# Where somebody has begun a text: by the account, else when this was written; `went` where it has
# gone well already.
begun_of() { # TEXT
  where=${begun%%"$nl"*}
  case $begun in *"$nl"*) begun=${begun#*"$nl"} ;; *) begun='' ;; esac
  case $known in *"${nl}well $where$nl"*) where=went ;; esac
  # What became of that was told since.
  case $known in *"${nl}told $step$nl"*) [ "$where" = went ] || where='' ;; esac
  case $known in *"$nl"[bw][e]*" $step$tab"*) ;; *) return ;; esac
  in_json "$1"
  case $known in *"${nl}begun $step$tab$raw$tab"*)
    where=${known#*"${nl}begun $step$tab$raw$tab"}
    where=${where%%"$nl"*}
  esac
  case $known in *"${nl}went $step$tab$raw$nl"*) where=went ;; esac
}
# Run a text to its end, unless somebody has begun it: then wait for that.
begin() { # TEXT
  begun_of "$1"
  where=${strange:-$where} strange='' status=none
  if [ "$where" = went ]; then
    status=0
    return
  fi
  [ -z "$where" ] || take_up "$where"
  [ "$status" != none ] || execute undo "$1"
}
# The undo of the newest attempt, then those of earlier ones; $check has the last word.
take_back() { # TEXT…
  if [ "$pass" = print ]; then
    unready || could_not
    show "$why" "$@"
    return
  fi
  keep undo.started "$step" '"attempt": 1'
  if unready; then
    if [ -n "$held" ]; then over none "$why"; else over failed "$why"; fi
    return
  fi
  for name in $withheld; do
    eval "value=\${$name-}"
    [ -n "$value" ] || say "$title: note that $name is not set here; its step had it"
  done
  strange_one "$@"
  worst=0 tried=''
  for each; do
    begin "$each"
    if [ "$status" = lost ] && [ -n "$check" ] && [ -z "$tried" ]; then
      # What was lost may have done its work; if it has not, it is run once more.
      execute verify_undo "$check"
      if [ "$status" = lost ]; then
        over failed 'the check after it was lost'
        return
      fi
      [ "$status" = 0 ] || execute undo "$each"
    fi
    [ "$where" = went ] || tried=yes
    [ "$worst" != 0 ] || worst=$status
  done
  if [ "$worst" = lost ]; then
    over failed 'the undo was lost'
  elif [ "$worst" != 0 ]; then
    over failed "the undo ended with exit status $worst"
  elif [ -z "$check" ]; then
    over 'done' ''
  else
    execute verify_undo "$check"
    if [ "$status" = 0 ]; then
      over 'done' ''
    else
      over failed "the check after it ended with exit status $status"
    fi
  fi
}
"""
