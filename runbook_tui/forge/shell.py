"""Parts of which the undos are made: plain shell functions, for any POSIX shell with git.

``$on`` is the branch that the step worked on, ``$remote`` where it pushed.
"""

from __future__ import annotations

COMMON = """\
git() { command git -c log.showSignature=false -c revert.reference=false "$@"; }
stop() { echo "$1" >&2; exit 1; }
target() {
  to=$(git log -1 --format=%B "$1" \
    | sed -n '/.*This reverts commit \\([0-9a-f]*\\).*/{s//\\1/p;q;}')
  if test -n "$to"; then git rev-parse --verify --quiet "$to^{commit}" || true; fi
}
undone() {
  for by in $(git log --fixed-strings --grep="This reverts commit $1" --format=%H "$1..$2"); do
    if ! undone "$by" "$2"; then return 0; fi
  done
  return 1
}
"""
"""``target``: what a commit reverts. ``undone COMMIT TIP``: whether it was reverted up to there,
and the revert not reverted itself. What people have set git to say must not change the answers."""

HERE = """\
on=$(git symbolic-ref --quiet HEAD) \
  || stop "HEAD is on no branch; check one out first (git switch BRANCH)"
on=${on#refs/heads/}
case $on in -*) stop "the branch $on begins with a dash, so git takes it for an option" ;; esac
"""

NO_OPTION = """\
case $on in -*) stop "no branch is called $on: a name may not begin with a dash" ;; esac
"""

HALF_DONE = """\
under_way() { test -e "$(git rev-parse --git-path "$1")"; }
not_half_done() {
  if under_way MERGE_HEAD || under_way REVERT_HEAD; then stop "a merge or revert is half-done"; fi
}
half_done() {
  if under_way MERGE_HEAD; then git merge --abort; fi
  if under_way REVERT_HEAD; then git revert --abort; fi
  if under_way rebase-merge || under_way rebase-apply; then
    stop "a rebase is half-done here: git rebase --continue or --abort, then roll back again"
  fi
}
"""

TAKE_BACK = """\
on_branch() {
  if test "$(git symbolic-ref --quiet HEAD || true)" != "refs/heads/$on"; then
    echo "back to the branch $on"
    git checkout --quiet "$on" -- || stop "$on cannot be checked out: do it, then roll back again"
  fi
  git diff --cached --quiet \
    || stop "changes are staged that are not committed: git stash them, then roll back again"
}
take_back() {
  if grep -qs "^$1" "$(git rev-parse --git-path shallow)"; then
    stop "$1 is where the history of this shallow clone begins, and cannot be reverted without \
what came before it: git fetch --unshallow, then roll back again"
  fi
  if git rev-parse --verify --quiet "$1^2" > /dev/null
  then set -- -m 1 "$1"; else set -- "$1"; fi
  ended=0
  git revert --no-edit "$@" || ended=$?
  if test "$ended" = 0; then return; fi
  files=$(git diff --name-only --diff-filter=U)
  if test -n "$files"; then
    git revert --abort
    stop "taking it back conflicts, and nothing was changed here, in:
$files
git revert $*, resolve and commit it, then roll back again"
  elif ! git diff --cached --quiet; then
    git reset --quiet --merge
    echo "once more, without hooks and signature"
    quietly revert --no-edit "$@" || stop "git revert $* failed, see above"
  elif test "$ended" = 1; then
    git revert --quit
    echo "none of it is left to take back"
    for last do :; done
    quietly commit --quiet --allow-empty -m "Revert $last" -m "This reverts commit $last."
  else
    stop "see above; where changes are in the way: git stash them, then roll back again"
  fi
}
quietly() { git -c core.hooksPath=/dev/null -c commit.gpgSign=false "$@"; }
"""
"""A hook or a key that is away does not keep a change in place that must go."""

AT_REMOTE = """\
limited() {
  if command -v timeout > /dev/null; then timeout 60 "$@"; else "$@"; fi
}
away() {
  stop "$remote cannot be reached, so what it has on $on is not known: look at the network, \
then roll back again"
}
at_remote() {
  refs=$(limited git ls-remote -- "$remote" "refs/heads/$on") || away
  there=
  set -- $refs
  while test $# -ge 2; do
    if test "$2" = "refs/heads/$on"; then there=$1; fi
    shift 2
  done
  if test -n "$there" && ! git cat-file -e "$there" 2> /dev/null; then
    limited git fetch --quiet --no-tags --no-recurse-submodules -- "$remote" "refs/heads/$on" \
      || away
  fi
}
"""
"""``$there``: the commit that the remote has on the branch, known here; empty where it has none."""

PUBLISH = """\
publish() {
  to="refs/heads/$on"
  if limited git push -- "$remote" "$to:$to"; then return; fi
  if git merge-base --is-ancestor "$there" "$to"; then
    echo "once more, without hooks"
    if limited git push --no-verify -- "$remote" "$to:$to"; then return; fi
    stop "it is taken back here, and $remote did not take it: see above, then roll back again"
  fi
  stop "it is taken back here, not in $remote, where others have pushed to $on since: \
git pull --no-rebase $remote $on, then roll back again"
}
"""

KILLED = """\
git_runs_here() {
  test -d /proc/self || return 1
  top=$(pwd -P)
  for process in /proc/[0-9]*; do
    case $(cat "$process/comm" 2> /dev/null || true) in git*) ;; *) continue ;; esac
    at=$(readlink "$process/cwd" 2> /dev/null || true)
    case $at/ in "$top"/*) return 0 ;; esac
    case $top/ in "${at:-/nowhere}"/*) return 0 ;; esac
  done
  return 1
}
killed() {
  mark=$(git rev-parse --git-path runbook-merging)
  test -s "$mark" || return 0
  if git_runs_here; then stop "git is at work here: wait for its end, then roll back again"; fi
  read -r was one other < "$mark" || true
  rm -f "$(git rev-parse --git-path index.lock)" "$(git rev-parse --git-path HEAD.lock)" \
    "$(git rev-parse --git-path "refs/heads/$on.lock")"
  if test "$(git rev-parse HEAD)" = "$was"; then
    echo "a merge or revert was killed half-way: its files are put back"
    case $one in HEAD*) one=$was${one#HEAD} ;; esac
    git read-tree --reset "$was"
    git update-index -q --refresh > /dev/null || true
    rm -f "$(git rev-parse --git-path MERGE_HEAD)" "$(git rev-parse --git-path REVERT_HEAD)"
    up=$(git rev-parse --show-cdup)
    git -c core.quotePath=false diff --name-only --no-renames --no-ext-diff "$one" "$other" \
      | while IFS= read -r name; do
        if git cat-file -e "$was:$name" 2> /dev/null
        then git checkout --quiet "$was" -- ":/$name"
        else rm -f -- "$up$name"
        fi
      done
  fi
  rm -f "$mark"
}
"""
"""What `forge.killed` does, for an undo: a git that was killed leaves locks and files."""
