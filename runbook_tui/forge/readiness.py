"""Whether an action's undo could work now, as shell text that changes nothing.

Only what the undo cannot set right by itself is said: it goes back to its branch, and gives up a
merge or revert that is half-done.
"""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.forge.shell import HALF_DONE
from runbook_tui.forge.undo import quoted, remote_of

READY = """\
export GIT_OPTIONAL_LOCKS=0
not_ready() { echo "$1"; exit 1; }
git rev-parse --git-dir > /dev/null 2>&1 || not_ready "there is no git repository here"
branch_there() {
  if git rev-parse --verify --quiet "refs/heads/$on" > /dev/null; then return; fi
  test -n "$(git for-each-ref "refs/remotes/*/$on")" || not_ready "the branch $on is gone"
}
nothing_in_the_way() {
  if under_way rebase-merge || under_way rebase-apply; then not_ready "a rebase is half-done"; fi
  if test "$(git symbolic-ref --quiet HEAD || true)" != "refs/heads/$on"; then
    elsewhere=$(git for-each-ref --format='%(worktreepath)' "refs/heads/$on")
    if test -n "$elsewhere"; then not_ready "$on is checked out in $elsewhere"; fi
  fi
  if under_way MERGE_HEAD || under_way REVERT_HEAD; then return; fi
  git diff --cached --quiet || not_ready "changes are staged that are not committed"
}
"""

REACHED = """\
reached() {
  ended=0
  if command -v timeout > /dev/null
  then timeout 4 git ls-remote -- "$remote" "refs/heads/$on" > /dev/null 2>&1 || ended=$?
  else git ls-remote -- "$remote" "refs/heads/$on" > /dev/null 2>&1 || ended=$?
  fi
  test "$ended" = 0 || not_ready "$remote cannot be reached"
}
"""

PUSHED = """\
old=${{ old_remote }}
new=${{ new_remote }}
if test "$old" = "$new"; then exit 0; fi
if git cat-file -e "$old" 2> /dev/null && git merge-base --is-ancestor "$old" "$new"; then
  branch_there
  nothing_in_the_way
fi
reached"""
"""A push that only added to the branch is reverted here; another is put back without a look."""


def ready_text(action: str, arguments: Mapping[str, str]) -> str:
    """Ends with 0 where the undo could work now, else puts out in one line why not."""
    text = "on=${{ on_branch }}\n" + READY + HALF_DONE
    reached = remote_of(arguments) + REACHED
    if action == "git.push":
        return text + reached + PUSHED
    text += "branch_there\nnothing_in_the_way"
    # Whether it pushes may be a value that is known when the step runs, no sooner.
    pushes = arguments.get("push", "")
    if pushes:
        says = f"case {quoted(pushes)} in [Tt][Rr][Uu][Ee] | [Yy][Ee][Ss] | 1) reached;; esac"
        text += f"\n{reached}{says}"
    return text


def tag_ready(arguments: Mapping[str, str]) -> str:
    """The same for a tag: only a remote can be in the way of it."""
    pushes = arguments.get("push", "")
    text = READY.partition("branch_there()")[0]
    if pushes:
        asked = remote_of(arguments) + REACHED.replace('"refs/heads/$on"', "HEAD")
        says = f"case {quoted(pushes)} in [Tt][Rr][Uu][Ee] | [Yy][Ee][Ss] | 1) reached;; esac"
        text += f"{asked}{says}\n"
    return text.rstrip("\n")
