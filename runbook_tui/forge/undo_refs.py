"""The undos of git.rebase and git.tag as shell text: a branch or tag where it was before."""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.forge.shell import AT_REMOTE, COMMON, HERE, NO_OPTION
from runbook_tui.forge.undo import quoted, remote_of

PUSHES = "[Tt][Rr][Uu][Ee] | [Yy][Ee][Ss] | 1"

BEFORE_REBASE = """\
old=$(git rev-parse --verify --quiet "refs/heads/$on") || stop "there is no branch $on here"
onto={onto}
case $onto in -*) stop "no commit is called $onto: a name may not begin with a dash" ;; esac
onto_sha=$(git rev-parse --verify --quiet "$onto^{{commit}}") \\
  || stop "there is no commit called $onto; fetch first?"
there=
case {pushes} in {yes}) at_remote ;; esac
{{ echo "old=$old"; echo "onto_sha=$onto_sha"; echo "old_remote=$there"; echo "on_branch=$on"
}} >> "$RUNBOOK_OUTPUT"
"""

OURS_REBASE = """\
old=${{ old }}
onto=${{ onto_sha }}
old_remote=${{ old_remote }}
others() { git rev-list --no-merges --right-only --cherry-pick --max-count=1 "$old...$1" "^$onto"; }
"""
"""``others TIP``: a commit up to there that is neither of the old branch nor of where it went."""

REBASE_BACK = """\
name=$(git rev-parse --git-path rebase-merge/head-name)
if test -e "$name" && test "$(cat "$name")" = "refs/heads/$on"; then git rebase --abort; fi
now=$(git rev-parse --verify --quiet "refs/heads/$on") || now=
if test "$now" = "$old"; then
  echo "taken back already: $on is as it was here"
elif test -n "$now" && test -n "$(others "$now")"; then
  stop "$on has commits here that came after the rebase ($(others "$now")): look at them, \\
put $on back by hand (git rebase --onto), then roll back again"
elif test "$(git symbolic-ref --quiet HEAD || true)" = "refs/heads/$on"; then
  git reset --quiet --keep "$old" -- || stop "changes are in the way: git stash them, \\
then roll back again"
  echo "$on is as it was here"
else
  git branch --force "$on" "$old" \\
    || stop "$on is checked out elsewhere: git reset --keep $old there"
fi
"""

REBASE_BACK_THERE = """\
at_remote
if test "$there" != "$old_remote" && test -n "$old_remote"; then
  if test -n "$there" && test -n "$(others "$there")"; then
    stop "others have pushed to $on in $remote since: look, and set it right by hand"
  fi
  limited git push --force-with-lease="refs/heads/$on:$there" -- "$remote" \\
    "$old_remote:refs/heads/$on" || limited git push --no-verify \\
    --force-with-lease="refs/heads/$on:$there" -- "$remote" "$old_remote:refs/heads/$on"
elif test -z "$old_remote" && test -n "$there" && test -z "$(others "$there")"; then
  limited git push --force-with-lease="refs/heads/$on:$there" -- "$remote" ":refs/heads/$on"
fi
"""

REBASE_VERIFY = """\
test "$(git rev-parse --verify --quiet "refs/heads/$on")" = "$old" \\
  || stop "$on is not as it was before the rebase"
"""

REBASE_VERIFY_THERE = """\
at_remote
test "$there" = "$old_remote" || stop "$on in $remote is not as it was before the rebase"
"""

BEFORE_TAG = """\
name={name}
case $name in -*) stop "no tag is called $name: a name may not begin with a dash" ;; esac
commit={commit}
case $commit in -*) stop "no commit is called $commit: a name may not begin with a dash" ;; esac
tagged=$(git rev-parse --verify --quiet "$commit^{{commit}}") \\
  || stop "there is no commit called $commit; fetch first?"
had=$(git rev-parse --verify --quiet "refs/tags/$name") || had=
had_there=
case {pushes} in {yes})
  had_there=$(git ls-remote -- "$remote" "refs/tags/$name") || stop "$remote cannot be reached" ;;
esac
{{ echo "tagged=$tagged"; echo "had_tag=$had"; echo "had_there=${{had_there%%[!0-9a-f]*}}"
}} >> "$RUNBOOK_OUTPUT"
"""

OURS_TAG = """\
tagged=${{ tagged }}
had=${{ had_tag }}
had_there=${{ had_there }}
commit_of() { git rev-parse --verify --quiet "refs/tags/$name^{commit}" || true; }
"""

TAG_BACK = """\
now=$(commit_of)
if test -n "$had" || test -z "$now"; then
  echo "taken back already, or it was there before: the tag $name stays as it is here"
elif test "$now" != "$tagged"; then
  stop "the tag $name stands elsewhere now ($now): look, and set it right by hand"
else
  git tag --delete "$name"
fi
"""

TAG_THERE = """\
tag_there() {
  listed=$(git ls-remote -- "$remote" "refs/tags/$name" "refs/tags/$name^{}") \\
    || stop "$remote cannot be reached, so whether it has the tag $name is not known: look at \\
the network, then roll back again"
  there=
  peeled=
  set -- $listed
  while test $# -ge 2; do
    case $2 in *'^{}') peeled=$1 ;; *) there=$1; peeled=${peeled:-$1} ;; esac
    shift 2
  done
}
tag_there
"""

TAG_BACK_THERE = """\
if test -z "$had_there" && test -n "$there"; then
  test "$peeled" = "$tagged" || stop "the tag $name stands elsewhere in $remote ($peeled): look"
  git push --force-with-lease="refs/tags/$name:$there" -- "$remote" ":refs/tags/$name"
fi
"""

TAG_VERIFY = """\
if test -z "$had" && test -n "$(commit_of)"; then stop "the tag $name is still here"; fi
"""

TAG_VERIFY_THERE = """\
if test -z "$had_there" && test -n "$there"; then stop "$remote still has the tag $name"; fi
"""


def _pushing(arguments: Mapping[str, str], text: str) -> str:
    """What is done only where the step pushes; that may be a value that is known later."""
    pushes = arguments.get("push", "")
    return f"case {quoted(pushes)} in {PUSHES})\n{text};; esac\n" if pushes else ""


def before_rebase(arguments: Mapping[str, str]) -> str:
    """What puts out where the branch stands, here and in the remote."""
    branch = quoted(arguments.get("branch", ""))
    here = HERE if branch == "''" else f"on={branch}\n" + NO_OPTION
    pushes = quoted(arguments.get("push", ""))
    onto = quoted(arguments.get("onto", "HEAD"))
    text = BEFORE_REBASE.format(onto=onto, pushes=pushes, yes=PUSHES)
    return (COMMON + here + remote_of(arguments) + AT_REMOTE + text).rstrip("\n")


def undo_rebase(arguments: Mapping[str, str]) -> tuple[str, str]:
    """The undo of a rebase, and its verification."""
    known = COMMON + "on=${{ on_branch }}\n" + OURS_REBASE + remote_of(arguments) + AT_REMOTE
    undo = known + REBASE_BACK + _pushing(arguments, REBASE_BACK_THERE)
    verify = known + REBASE_VERIFY + _pushing(arguments, REBASE_VERIFY_THERE)
    return "# put the branch back\n" + undo.rstrip("\n"), verify.rstrip("\n")


def before_tag(arguments: Mapping[str, str]) -> str:
    """What puts out what is to be tagged, and whether the tag is there already."""
    pushes = quoted(arguments.get("push", ""))
    text = BEFORE_TAG.format(
        name=quoted(arguments.get("name", "")),
        commit=quoted(arguments.get("commit") or "HEAD"),
        pushes=pushes,
        yes=PUSHES,
    )
    return (COMMON + remote_of(arguments) + text).rstrip("\n")


def undo_tag(arguments: Mapping[str, str]) -> tuple[str, str]:
    """The undo of a tag, and its verification."""
    name = f"name={quoted(arguments.get('name', ''))}\n"
    known = COMMON + name + OURS_TAG + remote_of(arguments)
    there = _pushing(arguments, TAG_THERE + TAG_BACK_THERE)
    undo = known + there + TAG_BACK
    verify = known + TAG_VERIFY + _pushing(arguments, TAG_THERE + TAG_VERIFY_THERE)
    return "# take the tag away\n" + undo.rstrip("\n"), verify.rstrip("\n")
