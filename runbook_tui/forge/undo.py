"""The undo of each action as shell text that needs nothing but git and a shell.

It must work when this program is gone, run twice without harm, and take back a merge that
stopped half-way. Values stand as ``${{ name }}`` until they are known.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

UNDONE = """\
undone() {
  for by in $(git log --fixed-strings --grep="This reverts commit $1" --format=%H "$1..HEAD"); do
    if ! undone "$by"; then return 0; fi
  done
  return 1
}
"""
"""Whether a commit was reverted, and the revert not reverted itself."""

OURS = """\
old=${{ old }}
branch=${{ branch_sha }}
target() { git log -1 --format=%B "$1" | sed -n '/.*This reverts commit \\([0-9a-f]*\\).*/{s//\\1/p;q;}'; }
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

MERGE = """\
if test -e "$(git rev-parse --git-path MERGE_HEAD)"; then git merge --abort; fi
if test -e "$(git rev-parse --git-path REVERT_HEAD)"; then git revert --abort; fi
for commit in $(git rev-list --first-parent "$old..HEAD"); do
  if ! ours "$commit"; then continue; fi
  if undone "$commit"; then echo "taken back already: $commit"
  elif git rev-parse --verify --quiet "$commit^2" > /dev/null
  then git revert --no-edit -m 1 "$commit"
  else git revert --no-edit "$commit"; fi
  taken=$commit
done
if test -z "${taken:-}"; then echo "nothing was merged, nothing to take back"; fi
"""

PUSH_BACK = """\
here=$(git symbolic-ref --short HEAD)
remote={remote}
if test -n "${{taken:-}}"; then
  there=$(git ls-remote "$remote" "refs/heads/$here" | cut -f1)
  # What others pushed meanwhile must be known here, or nobody can say what the remote still has;
  # a push that they stand in the way of is refused, and the undo then fails as it should.
  if test -n "$there" && ! git cat-file -e "$there" 2> /dev/null
  then git fetch --quiet "$remote" "refs/heads/$here"; fi
  if test -n "$there" && git merge-base --is-ancestor "$taken" "$there" \\
     && test "$there" != "$(git rev-parse HEAD)"
  then git push "$remote" "HEAD:refs/heads/$here"; fi
fi"""

MERGE_VERIFY = """\
test ! -e "$(git rev-parse --git-path MERGE_HEAD)"
test ! -e "$(git rev-parse --git-path REVERT_HEAD)"
for commit in $(git rev-list --first-parent "$old..HEAD"); do
  if ours "$commit" && ! undone "$commit"; then echo "$commit is not taken back"; exit 1; fi
done"""

REVERT = """\
if test -e "$(git rev-parse --git-path REVERT_HEAD)"; then git revert --abort; fi
old=${{ old }}
head=$(git log --fixed-strings --grep="This reverts commit" --format=%H "$old..HEAD" | tail -n 1)
if test -z "$head"; then echo "nothing was reverted, nothing to take back"
else
  if undone "$head"; then echo "taken back already: $head"; else git revert --no-edit "$head"; fi
  taken=$head
fi
"""

PUSH = """\
old=${{{{ old_remote }}}}
new=${{{{ new_remote }}}}
remote={remote}
here=$(git symbolic-ref --short HEAD)
if test -z "$old" || test "$old" = "$new"
then echo "nothing was published, nothing to take back"; exit 0; fi
for commit in $(git rev-list --first-parent "$old..$new"); do
  if git log --fixed-strings --grep="This reverts commit $commit" --format=%H "$commit..HEAD" | grep -q .
  then continue; fi
  if git rev-parse --verify --quiet "$commit^2" > /dev/null
  then git revert --no-edit -m 1 "$commit"; else git revert --no-edit "$commit"; fi
done
git push "$remote" "HEAD:refs/heads/$here\""""

PUSH_VERIFY = """\
here=$(git symbolic-ref --short HEAD)
test "$(git ls-remote {remote} "refs/heads/$here" | cut -f1)" = "$(git rev-parse HEAD)\""""


BEFORE_MERGE = """\
echo "branch_sha=$(git rev-parse --verify --quiet {branch}^{{commit}} \
  || {{ echo "there is no commit called "{branch} >&2; exit 1; }})" >> "$RUNBOOK_OUTPUT"
echo "old=$(git rev-parse HEAD)" >> "$RUNBOOK_OUTPUT\""""

BEFORE_REVERT = """\
echo "old=$(git rev-parse HEAD)" >> "$RUNBOOK_OUTPUT\""""

BEFORE_PUSH = """\
here=$(git symbolic-ref --short HEAD)
there=$(git ls-remote {remote} "refs/heads/$here")
echo "old_remote=${{there%%[[:space:]]*}}" >> "$RUNBOOK_OUTPUT"
echo "new_remote=$(git rev-parse HEAD)" >> "$RUNBOOK_OUTPUT\""""


def quoted(value: str) -> str:
    """Shell-quoted but for ``${{ name }}``, which is quoted when its value is known."""
    parts = re.split(r"(\$\{\{[^}]*\}\})", value)
    return "".join(p if p.startswith("${{") else shlex.quote(p) for p in parts if p) or "''"


def before_text(action: str, arguments: Mapping[str, str]) -> str:
    """What runs before the action and puts out the old state, so that the undo is complete."""
    if action == "git.merge":
        return BEFORE_MERGE.format(branch=quoted(arguments.get("branch", "HEAD")))
    if action == "git.revert":
        return BEFORE_REVERT
    return BEFORE_PUSH.format(remote=quoted(arguments.get("remote", "origin")))


def undo_text(action: str, arguments: Mapping[str, str]) -> tuple[str, str]:
    """The undo and its verification for an action with these values."""
    remote = quoted(arguments.get("remote", "origin"))
    back = PUSH_BACK.format(remote=remote)
    if action == "git.merge":
        title = " ".join(arguments.get("branch", "").split())
        known = UNDONE + OURS
        return f"# revert the merge of {title}\n{known}{MERGE}{back}", f"{known}{MERGE_VERIFY}"
    if action == "git.revert":
        return f"# revert the revert\n{UNDONE}{REVERT}{back}", ""
    return "# revert what was pushed\n" + PUSH.format(remote=remote), PUSH_VERIFY.format(
        remote=remote
    )
