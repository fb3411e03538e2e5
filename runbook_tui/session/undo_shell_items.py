"""The part of ``rollback.sh`` that takes one step back: plain POSIX shell."""

from __future__ import annotations

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
