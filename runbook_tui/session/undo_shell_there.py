"""The part of ``rollback.sh`` that takes a step back on another machine: plain POSIX shell.

What it sends is what the program itself sends, and over the system's ssh in the same way: text,
values and secrets through its standard input, so that no list of processes shows them.
"""

from __future__ import annotations

import shlex

from runbook_tui.run import remote

END = "END_OF_WHAT_RUNS_THERE"

_THERE = f"""
# --- On another machine -------------------------------------------------------------------------

ending_there() {{
  cat <<'{END}'
{remote.ENDING}{END}
}}
running_there() {{
  cat <<'{END}'
{remote.BODY}{END}
}}
last_there() {{
  cat <<'{END}'
{remote.LAST}{END}
}}
ssh_options='{" ".join(f"-o {option}" for option in remote.OPTIONS)}'
"""

_CARRYING = r"""
quote() { printf '%s\n' "$1" | LC_ALL=C sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/"; }
export_of() { printf '  %s=%s; export %s\n' "$1" "$(quote "$2")" "$1"; }
# What is sent: text, folder, shell and variables of one command, and what runs it there.
told() {
  printf 'unset script\ntoken=%s\ntext=%s\ncwd=%s\n' "$token" "$(quote "$text")" "$(quote "$cwd")"
  printf '%s\nvariables() {\n' "$settings"
  for name in $withheld; do
    eval "value=\${$name-}"
    [ -z "$value" ] || export_of "$name" "$value"
  done
  echo '  recorded'
  export_of RUNBOOK_RUN "$run"
  export_of RUNBOOK_STEP "$step"
  for name in $secrets; do
    eval "value=\$secret_$name"
    export_of "$name" "$value"
  done
  for name in $late; do
    eval "value=\$late_$name"
    export_of "$name" "$value"
  done
  echo '}'
  running_there
}
place_for_pipes() {
  for spare in "$folder" "${XDG_RUNTIME_DIR:-/tmp}" "${TMPDIR:-/tmp}" /dev/shm; do
    [ -n "$spare" ] && mktemp -d "$spare/pipes-XXXXXXXX" 2>/dev/null && return
  done
  return 1
}
# The connection broke: whether all of it is ended there, over another one.
# shellcheck disable=SC2086  # The options, each as a word.
ended_there() {
  {
    printf 'pid=%s\nd=%s\ntoken=%s\n' "$(quote "${place_there%% *}")" \
      "$(quote "${place_there#* }")" "$token"
    ending_there
    last_there
  } | limit=10 limited "$@" $ssh_options -o ControlPath=none -- "$host" 'exec sh -s' 2>&1 |
    grep -q "^$token gone"
}
# The text in $text on $host. Its exit status; 255 where nothing was run there; a file `lost` in
# its folder where the connection broke, for then nobody knows.
# shellcheck disable=SC2086
over_ssh() {
  cd / || return 126
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  sent=$(told)
  size=$(printf '%s' "$sent" | wc -c)
  if ! pipes=$(place_for_pipes) || ! mkfifo "$pipes/to" "$pipes/from"; then
    echo "nothing was run on $host: there is no place for a pipe to it"
    return 126
  fi
  output=/dev/null
  [ -z "$folder" ] || output=$folder/output
  eval "set -- ${ssh_recorded:-${RUNBOOK_SSH:-ssh}}"
  exec 7<>"$pipes/to" 6<>"$pipes/from"
  (
    exec 7>&-
    # Opened anew: ssh makes its own ends non-blocking, and a read here must wait.
    limited env "RUNBOOK_OUTPUT=$output" "$@" $ssh_options -- "$host" \
      TAKING <"$pipes/to" 2>"$pipes/from" 6>&-
    printf '\n%s over %s\n' "$token" "$?" >&6
  ) &
  printf '%s' "$sent" >&7 &
  sending=$!
  began='' code='' why='' place_there=''
  while IFS= read -r line <&6; do
    case $line in
      "$token ready "*)
        place_there=${line#"$token ready "}
        began=yes
        echo go >&7
        ;;
      "$token refused "*) why=${line#"$token refused "} ;;
      "$token end "*)
        code=${line##* }
        # What it has left running may hold the connection: a moment for the rest of the output.
        (
          exec 7>&-
          sleep 1
          printf '%s over 0\n' "$token" >&6
        ) &
        ;;
      "$token over "*) break ;;
      "$token "* | '') ;;
      *)
        printf '%s\n' "$line"
        [ -n "$began" ] || why=$line
        ;;
    esac
  done
  kill "$sending" 2>/dev/null
  exec 7>&- 6>&-
  rm -rf "$pipes"
  if [ -n "$code" ]; then
    return "$code"
  elif [ -z "$began" ]; then
    echo "nothing was run on $host${why:+: $why}"
    return 255
  elif [ "${line##* }" = 124 ]; then
    return 124
  fi
  after='it may still run there'
  ! ended_there "$@" || after='it was ended there'
  why="the connection to $host broke; what the command did there is unknown; $after"
  echo "$why"
  [ -z "$folder" ] || printf '%s' "$why" >"$folder/lost"
  return 255
}
"""

TAKING = shlex.quote(remote.taking("SIZE")).replace("SIZE", "'\"$size\"'")
THERE = _THERE + _CARRYING.replace("TAKING", TAKING)
