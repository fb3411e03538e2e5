"""The undos of what is done at GitHub, as shell text: plain git, or curl with a token of the
environment (``GH_TOKEN``, ``GITHUB_TOKEN``, else ``gh auth token``, else ``keyring``)."""

from __future__ import annotations

from collections.abc import Mapping

from runbook_tui.forge.shell import COMMON, TAKE_BACK
from runbook_tui.forge.undo import quoted, remote_of

WHERE = "repository=${{ repository }}\napi_url=${{ api_url }}\n"

TOKEN = """\
find_token() {
  token=${GH_TOKEN:-${GITHUB_TOKEN:-}}
  host=github.com
  if test "$api_url" != https://api.github.com; then
    token=${GH_ENTERPRISE_TOKEN:-${GITHUB_ENTERPRISE_TOKEN:-$token}}
    host=${api_url#*://}
    host=${host%%[:/]*}
  fi
  if test -n "$token"; then return 0; fi
  token=$(gh auth token --hostname "$host" 2> /dev/null) && test -n "$token" && return 0
  token=$(keyring get runbook "$host" 2> /dev/null < /dev/null) && test -n "$token"
}
"""
"""``$token``: of an enterprise's own server the token for that comes first."""

API = (
    TOKEN
    + """\
api() {
  find_token || stop "there is no token for $api_url: set GH_TOKEN or GITHUB_TOKEN, \\
then roll back again"
  answer=$(printf 'header = "Authorization: Bearer %s"\\n' "$token" \\
    | curl -sS --max-time 60 --retry 3 -K - -X "$1" -H "Accept: application/vnd.github+json" \\
      -w ' %{http_code}' ${3:+--data "$3"} -- "$api_url/repos/$repository$2") \\
    || stop "GitHub cannot be reached at $api_url: look at the network, then roll back again"
  code=${answer##* }
  answer=${answer% *}
}
done_or_stop() {
  case $code in
    2??) ;;
    401) stop "GitHub does not take the token (401): set GH_TOKEN to one that is valid, \\
then roll back again" ;;
    *) stop "GitHub answers $code: $answer" ;;
  esac
}
"""
)
"""``api VERB PATH [JSON]``: sets ``$code`` and ``$answer``. The token stands in no argument."""

READY = f"""\
api_url=${{{{ api_url }}}}
{TOKEN}not_ready() {{ echo "$1"; exit 1; }}
command -v curl > /dev/null || not_ready "curl is not on the PATH"
find_token || not_ready "there is no token for $api_url: set GH_TOKEN or GITHUB_TOKEN"
"""

MERGED = """\
number={number}
base=${{{{ base_branch }}}}
old=${{{{ old }}}}
head=${{{{ head_sha }}}}
clone_url=${{{{ clone_url }}}}
limited() {{
  if command -v timeout > /dev/null; then timeout 120 "$@"; else "$@"; fi
}}
away() {{
  stop "$remote cannot be reached, so what it has on $base is not known: look at the network, \\
then roll back again"
}}
place=$(mktemp -d)
trap 'cd / && rm -rf "$place" && (cd "$here" && git worktree prune) > /dev/null 2>&1 || true' EXIT
here=$(pwd)
if ! git remote get-url "$remote" > /dev/null 2>&1; then
  limited git clone --quiet --bare --no-tags -- "$clone_url" "$place/clone" || away
  cd "$place/clone"
  here=$(pwd)
  remote=origin
fi
limited git fetch --quiet --no-tags -- "$remote" "refs/heads/$base" || away
there=$(git rev-parse --verify FETCH_HEAD)
limited git fetch --quiet --no-tags -- "$remote" "refs/pull/$number/head" 2> /dev/null || true
git merge-base --is-ancestor "$old" "$there" \\
  || stop "$base was overwritten since: look, and set it right by hand"
copies=$(git rev-list --cherry-mark --no-merges --right-only "$head...$there" "^$old" || true)
ours() {{
  if test "$(git rev-parse --verify --quiet "$1^2" || true)" = "$head"; then return 0; fi
  case $copies in *"=$1"*) return 0 ;; esac
  case $(git log -1 --format=%s "$1") in
    Revert*) return 1 ;;
    *"(#$number)") ! git rev-parse --verify --quiet "$1^2" > /dev/null ;;
    *) return 1 ;;
  esac
}}
left() {{
  for commit_ in $(git rev-list --first-parent "$old..$there"); do
    if ours "$commit_" && ! undone "$commit_" "$there"; then echo "$commit_"; fi
  done
}}
"""
"""``left``: commits on the base, newest first, that the pull request came as and that stand."""

MERGE_BACK = """\
todo=$(left)
if test -z "$todo"; then echo "nothing of #$number stands on $base"; exit 0; fi
git worktree add --quiet --detach "$place/work" "$there"
cd "$place/work"
for commit_ in $todo; do take_back "$commit_"; done
if limited git push -- "$remote" "HEAD:refs/heads/$base"; then
  echo "#$number is taken back on $base"
  exit 0
fi
limited git push --force -- "$remote" "HEAD:refs/heads/revert-$number" \\
  || stop "the revert of #$number could not be pushed, see above; roll back again"
stop "$base does not take a push, so the revert is pushed as revert-$number: open a pull request \\
from it (gh pr create --head revert-$number --base $base --fill), have it merged, then roll back \\
again"
"""

MERGE_VERIFY = """\
still=$(left)
if test -n "$still"; then stop "$still of #$number still stands on $base"; fi
"""

CLOSED = """\
number={number}
was=${{{{ was_state }}}}
pull() {{
  api GET "/pulls/$number"
  done_or_stop
  case $answer in
    *'"merged":true'* | *'"merged": true'*) state=merged ;;
    *'"state":"open"'* | *'"state": "open"'*) state=open ;;
    *) state=closed ;;
  esac
}}
pull
"""

CLOSE_BACK = """\
if test "$was" != open || test "$state" != closed; then
  echo "#$number was $was and is $state: nothing to take back"
else
  api PATCH "/pulls/$number" '{"state":"open"}'
  done_or_stop
  echo "#$number is open again"
fi
"""

CLOSE_VERIFY = """\
if test "$was" = open && test "$state" = closed; then stop "#$number is still closed"; fi
"""

COMMENTED = """\
number={number}
marker=${{{{ marker }}}}
ours() {{
  page=1
  while test "$page" -le 20; do
    api GET "/issues/$number/comments?per_page=100&page=$page"
    done_or_stop
    id=$(printf '%s\\n' "$answer" | sed 's/"url": *"/\\n&/g; s/"body": *"/\\n&/g' \\
      | MARKER="\\"<!-- $marker -->" awk '
        match($0, /^"url": *"[^"]*\\/issues\\/comments\\/[0-9]+"/) {{
          at = substr($0, RSTART, RLENGTH - 1); sub(/.*\\//, "", at) }}
        /^"body"/ {{ text = $0; sub(/^"body": */, "", text)
          if (index(text, ENVIRON["MARKER"]) == 1) {{ print at; exit }} }}')
    if test -n "$id"; then echo "$id"; return; fi
    case $answer in *'"url"'*) page=$((page + 1)) ;; *) return 0 ;; esac
  done
}}
id=$(ours) || stop "what stands below #$number is not known, see above"
"""
"""The id of the comment whose text begins with our mark; others that quote it do not."""

COMMENT_BACK = """\
if test -z "$id"; then echo "the comment is not there: nothing to take back"; exit 0; fi
api DELETE "/issues/comments/$id"
done_or_stop
echo "the comment below #$number is taken back"
"""

COMMENT_VERIFY = """\
if test -n "$id"; then stop "the comment $id still stands below #$number"; fi
"""

RELEASED = """\
tag={tag}
had=${{{{ had_release }}}}
api GET "/releases?per_page=100"
done_or_stop
id=$(printf '%s\\n' "$answer" | sed 's/"url": *"/\\n&/g; s/"tag_name": *"/\\n&/g' \\
  | TAG="$tag" awk '
    match($0, /^"url": *"[^"]*\\/releases\\/[0-9]+"/) {{
      at = substr($0, RSTART, RLENGTH - 1); sub(/.*\\//, "", at) }}
    /^"tag_name"/ {{ text = $0; sub(/^"tag_name": *"/, "", text)
      if (substr(text, 1, index(text, "\\"") - 1) == ENVIRON["TAG"]) {{ print at; exit }} }}')
"""

RELEASE_BACK = """\
if test -n "$had" || test -z "$id"; then echo "nothing was released"; exit 0; fi
api DELETE "/releases/$id"
done_or_stop
echo "the release of $tag is taken back; its tag stays"
"""

RELEASE_VERIFY = """\
if test -z "$had" && test -n "$id"; then stop "$tag is still released"; fi
"""

DEPLOYED = """\
where={where}
marker=${{{{ marker }}}}
api GET "/deployments?environment=$where&per_page=100"
done_or_stop
id=$(printf '%s\\n' "$answer" | sed 's/"url": *"/\\n&/g; s/"payload":/\\n&/g' \\
  | RUN="\\"$marker\\"" awk '
    match($0, /^"url": *"[^"]*\\/deployments\\/[0-9]+"/) {{
      at = substr($0, RSTART, RLENGTH - 1); sub(/.*\\//, "", at) }}
    /^"payload"/ && index($0, ENVIRON["RUN"]) {{ print at; exit }}')
inactive() {{
  api GET "/deployments/$id/statuses?per_page=1"
  done_or_stop
  case $answer in *'"state":"inactive"'* | *'"state": "inactive"'*) return 0 ;; *) return 1 ;; esac
}}
"""

DEPLOY_BACK = """\
if test -z "$id" || inactive; then echo "nothing is deployed: nothing to take back"; exit 0; fi
api POST "/deployments/$id/statuses" '{"state":"inactive","description":"rolled back"}'
done_or_stop
echo "deployment $id is inactive"
"""

DEPLOY_VERIFY = """\
if test -n "$id" && ! inactive; then stop "deployment $id is not inactive"; fi
"""

REVERTED = """\
branch=${{ revert_branch }}
had=${{ had_pull }}
owner=${repository%%/*}
api GET "/pulls?state=all&head=$owner:$branch&per_page=1"
done_or_stop
id=$(printf '%s\\n' "$answer" | sed 's/"url": *"/\\n&/g' \\
  | sed -n 's/^"url": *"[^"]*\\/pulls\\/\\([0-9]*\\)".*/\\1/p' | head -n 1)
state=none
if test -n "$id"; then
  state=merged
  case $answer in *'"merged_at":null'* | *'"merged_at": null'*) state=closed ;; esac
  case $answer in *'"state":"open"'* | *'"state": "open"'*) state=open ;; esac
fi
"""

REVERT_BACK = """\
if test -n "$had"; then echo "the revert was open before: it stays"; exit 0; fi
if test "$state" = merged; then
  stop "the revert #$id is merged: what it took away is to be brought back by a pull request"
fi
if test "$state" = open; then
  api PATCH "/pulls/$id" '{"state":"closed"}'
  done_or_stop
  echo "closed #$id"
fi
api DELETE "/git/refs/heads/$branch"
case $code in 404 | 422) echo "the branch $branch is gone already" ;; *) done_or_stop ;; esac
"""

REVERT_VERIFY = """\
if test -z "$had" && test "$state" != closed && test "$state" != none; then
  stop "the revert #$id is $state"
fi
"""


def merge_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """The undo of github.merge and its verification: it needs git alone."""
    number = quoted(arguments.get("pull_request", "").lstrip("#"))
    known = COMMON + remote_of(arguments) + MERGED.format(number=number)
    title = f"# revert the merge of #{' '.join(arguments.get('pull_request', '').split())}\n"
    return title + known + TAKE_BACK + MERGE_BACK.rstrip("\n"), (known + MERGE_VERIFY).rstrip("\n")


def _asking(title: str, known: str, back: str, verify: str) -> tuple[str, str]:
    start = COMMON + WHERE + API + known
    said = " ".join(title.split())
    return f"# {said}\n{start}{back}".rstrip("\n"), (start + verify).rstrip("\n")


def _number(arguments: Mapping[str, str]) -> str:
    return arguments.get("pull_request", "").lstrip("#")


def close_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Open again what the step closed."""
    number = _number(arguments)
    known = CLOSED.format(number=quoted(number))
    return _asking(f"open #{number} again", known, CLOSE_BACK, CLOSE_VERIFY)


def comment_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Take the comment away again."""
    number = _number(arguments)
    known = COMMENTED.format(number=quoted(number))
    return _asking(f"take the comment below #{number} away", known, COMMENT_BACK, COMMENT_VERIFY)


def release_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Take the release away again; its tag stays, since others have seen it."""
    tag = arguments.get("tag", "")
    known = RELEASED.format(tag=quoted(tag))
    return _asking(f"take the release of {tag} away", known, RELEASE_BACK, RELEASE_VERIFY)


def deployment_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Say that what was deployed is not there any more."""
    where = arguments.get("environment", "")
    known = DEPLOYED.format(where=quoted(where))
    title = f"say that the deployment to {where} is inactive"
    return _asking(title, known, DEPLOY_BACK, DEPLOY_VERIFY)


def revert_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Close the pull request of the revert and take its branch away."""
    title = f"close the pull request that reverts #{_number(arguments)}"
    return _asking(title, REVERTED, REVERT_BACK, REVERT_VERIFY)


DISPATCHED = """\
run_id=${{ run_id }}
had=${{ had_run }}
look() {
  api GET "/actions/runs/$run_id"
  case $code in 404) state=gone; return 0 ;; esac
  done_or_stop
  case $answer in
    *'"status":"completed"'* | *'"status": "completed"'*) state=ended ;;
    *) state=under-way ;;
  esac
  case $answer in
    *'"conclusion":"cancelled"'* | *'"conclusion": "cancelled"'*) state=cancelled ;;
  esac
}
if test "$run_id" = "$had"; then state=theirs; else look; fi
"""

DISPATCH_BACK = """\
case $state in
  theirs) echo "the workflow run $run_id was there before the step: it is left alone"; exit 0 ;;
  gone | cancelled) echo "the workflow run $run_id is $state already"; exit 0 ;;
  ended) stop "the workflow run $run_id has ended, so there is nothing to cancel: what it did \\
stays until it is taken back by hand" ;;
esac
api POST "/actions/runs/$run_id/cancel"
case $code in 409) ;; *) done_or_stop ;; esac
left=60
while look; test "$state" = under-way && test "$left" -gt 0; do
  left=$((left - 1))
  sleep 2
done
case $state in
  cancelled | gone) echo "cancelled the workflow run $run_id" ;;
  *) stop "the workflow run $run_id was told to cancel and is $state: look at GitHub, then roll \\
back again" ;;
esac
"""

DISPATCH_VERIFY = """\
case $state in
  theirs | gone | cancelled) ;;
  *) stop "the workflow run $run_id is $state, not cancelled" ;;
esac
"""


def dispatch_texts(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Cancel the workflow run that the step started; one that was there before is left alone."""
    title = f"cancel the run of the workflow {arguments.get('workflow', '')}"
    return _asking(title, DISPATCHED, DISPATCH_BACK, DISPATCH_VERIFY)
