"""The undo of each action as shell text that needs nothing but git and a shell.

It must work when this program is gone, run twice without harm, and take back a merge that
stopped half-way. Values stand as ``${{ name }}`` until they are known.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from runbook_tui.forge.shell import (
    AT_REMOTE,
    COMMON,
    HALF_DONE,
    HERE,
    KILLED,
    NO_OPTION,
    PUBLISH,
    TAKE_BACK,
)

OURS_MERGE = """\
did=merged
old=${{ old }}
branch=${{ branch_sha }}
ours() {
  if git diff --quiet "$1^1" "$1"; then return 1; fi
  if git rev-parse --verify --quiet "$1^2" > /dev/null; then
    git merge-base --is-ancestor "$branch" "$1" && ! git merge-base --is-ancestor "$branch" "$1^1"
    return
  fi
  at=$1
  while back=$(target "$at") && test -n "$back" && at=$(target "$back") && test -n "$at"; do
    if git rev-parse --verify --quiet "$at^2" > /dev/null; then
      test -z "$(git rev-list --no-merges --max-count=1 "$at" "^$at^1" "^$branch")"
      return
    fi
  done
  return 1
}
"""
"""Whether a commit merged the branch, or brought back what a revert of such a merge took away.

One that changed nothing has nothing to take back.
"""

OURS_REVERT = """\
did=reverted
old=${{ old }}
commit=${{ commit_sha }}
ours() {
  at=$1
  while at=$(target "$at") && test -n "$at"; do
    if test "$at" = "$commit"; then return 0; fi
    if ! at=$(target "$at") || test -z "$at"; then return 1; fi
  done
  return 1
}
"""
"""Whether a commit took the other one out: its revert, or that of what had brought it back."""

TAKE_OURS_BACK = """\
for commit_ in $(git rev-list --first-parent "$old..HEAD"); do
  if ! ours "$commit_"; then continue; fi
  taken=$commit_
  if undone "$commit_" HEAD; then echo "taken back already: $commit_"; else take_back "$commit_"; fi
done
if test -z "${taken:-}"; then echo "nothing was $did, nothing to take back"; fi
"""

NONE_LEFT = """\
left() {
  for commit_ in $(git rev-list --first-parent "$old..$1"); do
    if ours "$commit_" && ! undone "$commit_" "$1"; then echo "$commit_"; return; fi
  done
}
"""
"""The first commit of ours that is still in effect at a tip."""

NONE_LEFT_HERE = """\
not_half_done
still=$(left "refs/heads/$on")
if test -n "$still"; then stop "$still is not taken back on $on"; fi
"""

NONE_LEFT_THERE = """\
at_remote
if test -n "$there"; then
  still=$(left "$there")
  if test -n "$still"; then
    stop "$remote still has $still on $on: git push it there, or git pull --no-rebase first where \
others have pushed, and roll back again"
  fi
fi
"""

PUSH_BACK = """\
if test -n "${taken:-}"; then
  at_remote
  if test -n "$there" && test -n "$(left "$there")"; then publish; fi
fi
"""

OURS_PUSH = """\
old=${{ old_remote }}
new=${{ new_remote }}
fast() { git cat-file -e "$old" 2> /dev/null && git merge-base --is-ancestor "$old" "$new"; }
left() {
  for commit_ in $(git rev-list --first-parent "$old..$new"); do
    if git merge-base --is-ancestor "$commit_" "$1" && ! undone "$commit_" "$1"; then
      echo "$commit_"; return
    fi
  done
}
"""

PUSH = """\
if test "$old" = "$new"; then echo "nothing was published, nothing to take back"; exit 0; fi
at_remote
if test "$there" = "$old"; then echo "taken back already: $on is as it was in $remote"; exit 0; fi
if test -z "$old" || ! fast; then
  if test "$there" != "$new"; then
    stop "others have pushed to $on in $remote since: look, and set it right by hand"
  fi
  limited git push --force-with-lease="refs/heads/$on:$new" -- "$remote" "$old:refs/heads/$on" \
    || limited git push --no-verify --force-with-lease="refs/heads/$on:$new" -- "$remote" \
      "$old:refs/heads/$on"
  exit
fi
half_done
on_branch
for commit_ in $(git rev-list --first-parent "$old..$new"); do
  if undone "$commit_" HEAD; then echo "taken back already: $commit_"; else take_back "$commit_"; fi
done
if test -n "$there" && test -n "$(left "$there")"; then publish; fi
"""
"""A branch that was new, or was overwritten, is put back as it was while nobody built on it."""

PUSH_VERIFY = """\
if test "$old" = "$new"; then exit 0; fi
at_remote
if test "$there" = "$old"; then exit 0; fi
if test -z "$old" || ! fast; then stop "$on in $remote is not as it was before the push"; fi
still=$(left "$there")
if test -n "$still"; then stop "$remote still has $still on $on"; fi
"""

BEFORE_MERGE = """\
branch={branch}
case $branch in -*) stop "no branch is called $branch: a name may not begin with a dash" ;; esac
branch_sha=$(git rev-parse --verify --quiet "$branch^{{commit}}") \
  || stop "there is no commit called $branch; fetch first?"
echo "branch_sha=$branch_sha" >> "$RUNBOOK_OUTPUT"
"""

BEFORE_REVERT = """\
commit={commit}
case $commit in -*) stop "no commit is called $commit: a name may not begin with a dash" ;; esac
commit_sha=$(git rev-parse --verify --quiet "$commit^{{commit}}") \
  || stop "there is no commit called $commit; fetch first?"
echo "commit_sha=$commit_sha" >> "$RUNBOOK_OUTPUT"
"""

BEFORE_ALL = """\
old=$(git rev-parse --verify --quiet HEAD) || stop "there is no commit on $on yet"
echo "old=$old" >> "$RUNBOOK_OUTPUT"
echo "on_branch=$on" >> "$RUNBOOK_OUTPUT\""""

BEFORE_PUSH = """\
new=$(git rev-parse --verify --quiet "refs/heads/$on") || stop "there is no branch $on here"
at_remote
echo "old_remote=$there" >> "$RUNBOOK_OUTPUT"
echo "new_remote=$new" >> "$RUNBOOK_OUTPUT"
echo "on_branch=$on" >> "$RUNBOOK_OUTPUT\""""


def quoted(value: str) -> str:
    """Shell-quoted but for ``${{ name }}``, which is quoted when its value is known."""
    parts = re.split(r"(\$\{\{[^}]*\}\})", value)
    return "".join(p if p.startswith("${{") else shlex.quote(p) for p in parts if p) or "''"


def before_text(action: str, arguments: Mapping[str, str]) -> str:
    """What runs before the action and puts out the old state, so that the undo is complete."""
    if action == "git.merge":
        branch = quoted(arguments.get("branch", "HEAD"))
        return COMMON + HERE + BEFORE_MERGE.format(branch=branch) + BEFORE_ALL
    if action == "git.revert":
        commit = quoted(arguments.get("commit", "HEAD"))
        return COMMON + HERE + BEFORE_REVERT.format(commit=commit) + BEFORE_ALL
    branch = quoted(arguments.get("branch", ""))
    here = HERE if branch == "''" else f"on={branch}\n"
    return COMMON + here + NO_OPTION + remote_of(arguments) + AT_REMOTE + BEFORE_PUSH


def undo_text(action: str, arguments: Mapping[str, str]) -> tuple[str, str]:
    """The undo and its verification for an action with these values."""
    remote = remote_of(arguments) + AT_REMOTE
    known = COMMON + "on=${{ on_branch }}\n"
    if action == "git.push":
        known += remote + OURS_PUSH
        undo = HALF_DONE + TAKE_BACK + PUBLISH + PUSH
        return _text("# revert what was pushed\n" + known + undo), _text(known + PUSH_VERIFY)
    merges = action == "git.merge"
    known += (OURS_MERGE if merges else OURS_REVERT) + NONE_LEFT
    undo = known + HALF_DONE + KILLED + TAKE_BACK
    undo += "killed\nhalf_done\non_branch\n" + TAKE_OURS_BACK
    verify = known + HALF_DONE + NONE_LEFT_HERE
    # Whether it pushes may be a value that is known when the step runs, no sooner.
    pushes = arguments.get("push", "")
    if pushes:
        says = f"case {quoted(pushes)} in [Tt][Rr][Uu][Ee] | [Yy][Ee][Ss] | 1)\n"
        undo += remote + PUBLISH + f"{says}{PUSH_BACK};; esac\n"
        verify += remote + f"{says}{NONE_LEFT_THERE};; esac\n"
    title = " ".join(arguments.get("branch", "").split())
    head = f"# revert the merge of {title}\n" if merges else "# revert the revert\n"
    return _text(head + undo), _text(verify)


def remote_of(arguments: Mapping[str, str]) -> str:
    """The line that says where the action pushes."""
    return f"remote={quoted(arguments.get('remote') or 'origin')}\n"


def _text(text: str) -> str:
    return text.rstrip("\n")
