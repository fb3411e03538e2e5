"""A GitHub on loopback whose state is a real repository; every answer is judged by GitHub's own
description, and `violations` tells what did not pass."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.github import judge
from tests.github.repository import NotMergeable, Pull, Repository

TOKEN = "ghp_notarealtoken000000000000000000000000"
NOW = "2026-01-02T03:04:05Z"


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with the next ``times`` requests that match."""

    on: str
    status: int = 500
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    cut: bool = False
    """Do it, and cut the answer off half-way."""
    instead: bytes | None = None
    """Do it, and answer this, with status 200: what stands in between is no GitHub."""
    reset_in: int | None = None
    """Seconds after the answer in which GitHub would answer again."""
    wait: threading.Event | None = None
    """Answer only once this is set."""


@dataclass(kw_only=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = 0
    at: float = 0.0


class Answer(Exception):
    """What is answered, from wherever it becomes clear."""

    def __init__(self, status: int, body: Any, **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers


def _says(status: int, message: str) -> Answer:
    return Answer(status, {"message": message, "documentation_url": "https://example.com/docs",
                           "status": str(status)})  # fmt: skip


class FakeGitHub:
    """The state, and the server in front of it."""

    def __init__(self, repository: Path, name: str = "team/shop") -> None:
        self.name = name
        self.repository = Repository(repository)
        self.pulls: dict[int, Pull] = {}
        self.comments: dict[int, dict[str, Any]] = {}
        self.releases: dict[int, dict[str, Any]] = {}
        self.deployments: dict[int, dict[str, Any]] = {}
        self.statuses: dict[int, list[dict[str, Any]]] = {}
        self.runs: dict[int, dict[str, Any]] = {}
        self.dispatched: list[dict[str, Any]] = []
        self.checks: dict[str, list[tuple[str, str, str | None]]] = {}
        """By commit: name, status, conclusion."""
        self.tokens = {TOKEN: "ada"}
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.violations: list[str] = []
        self.unjudged: set[str] = set()
        self.unknown_looks = 0
        """How often it is not known yet, as at GitHub, whether a head can be merged."""
        self._looked: Counter[tuple[str, str]] = Counter()
        self._ids = 100
        self._lock = threading.RLock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                fake.serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> FakeGitHub:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # -- what tests do to it -------------------------------------------------------------------

    def pull(self, head: str, title: str = "", **more: Any) -> Pull:
        """Open a pull request."""
        number = more.pop("number", len(self.pulls) + 1)
        made = Pull(number=number, title=title or f"Add {head}", head=head,
                    base=more.pop("base", "main"), **more)  # fmt: skip
        self.pulls[number] = made
        self.repository.head_of(made)
        return made

    def review(self, number: int, login: str, state: str = "APPROVED", commit: str = "") -> None:
        """A review of the head as it is now."""
        pull = self.pulls[number]
        commit = commit or self.repository.head_of(pull)
        given = {
            "id": self._id(), "user": _user(login), "body": "", "state": state, "commit_id": commit,
            "submitted_at": NOW, "html_url": f"https://example.com/pull/{number}#review",
        }  # fmt: skip
        pull.reviews.append(judge.filled("pull-request-review", given))

    def goes_wrong(self, on: str, **how: Any) -> Fault:
        """Have the next requests go wrong whose “METHOD /path” matches."""
        fault = Fault(on=on, **how)
        self.faults.append(fault)
        return fault

    def rate_limited(self, on: str = ".", *, seconds: int = 1, secondary: bool = False) -> None:
        """Refuse the next request, as GitHub does at the end of an hour's allowance."""
        if secondary:
            self.goes_wrong(
                on, status=403, headers={"Retry-After": str(seconds)},
                message="You have exceeded a secondary rate limit. Please wait a few minutes "
                "before you try again.",
            )  # fmt: skip
        else:
            self.goes_wrong(
                on, status=403, message="API rate limit exceeded for user ID 1.",
                headers={"X-RateLimit-Remaining": "0"}, reset_in=seconds,
            )  # fmt: skip

    def merged_by(self, who: str, number: int, method: str = "merge") -> None:
        """Somebody else merges it at GitHub."""
        request = _Request(groups=(str(number),), query={}, body={"merge_method": method}, who=who,
                           url="")  # fmt: skip
        with self._lock:
            try:
                _merge(self, request)
            except Answer as answer:
                assert answer.status == 200, answer.body

    def asked_for(self, method: str, pattern: str) -> list[Asked]:
        """Requests that came."""
        return [a for a in self.asked if a.method == method and re.search(pattern, a.path)]

    # -- serving -------------------------------------------------------------------------------

    def serve(self, h: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        parts = urlsplit(h.path)
        path = parts.path
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        raw = h.rfile.read(int(h.headers.get("Content-Length") or 0))
        asked = Asked(method=h.command, path=path, headers=dict(h.headers), at=time.monotonic())
        with self._lock:
            self.asked.append(asked)
            fault = self._fault(f"{h.command} {path}")
        if fault is not None and fault.wait is not None:
            fault.wait.wait(60)
        broken = fault
        if fault is not None and (fault.wait or fault.cut or fault.instead is not None):
            broken = None
        try:
            if broken is not None:
                answer = _says(broken.status, broken.message)
                answer.headers = dict(broken.headers)
                if broken.reset_in is not None:
                    answer.headers["X-RateLimit-Reset"] = str(int(time.time()) + broken.reset_in)
                raise answer
            with self._lock:
                token = (h.headers.get("Authorization") or "").split(" ")[-1]
                if token not in self.tokens:
                    raise _says(401, "Bad credentials")
                body = json.loads(raw) if raw else {}
                self._route(h.command, path, query, body, self.tokens[token])
            raise _says(404, "Not Found")
        except Answer as answer:
            if fault is not None and fault.instead is not None:
                asked.status = 200
                h.send_response(200)
                h.send_header("Content-Length", str(len(fault.instead)))
                h.end_headers()
                h.wfile.write(fault.instead)
            else:
                self._send(h, path, answer, asked, cut=fault is not None and fault.cut)

    def _fault(self, what: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.on, what):
                fault.times -= 1
                return fault
        return None

    def _send(
        self, h: BaseHTTPRequestHandler, path: str, answer: Answer, asked: Asked, *, cut: bool
    ) -> None:
        status, body = answer.status, answer.body
        found = judge.faults(h.command, path, status, body)
        if found is None:
            self.unjudged.add(f"{h.command} {re.sub(r'[0-9a-f]{7,}|[0-9]+', 'N', path)} {status}")
        else:
            self.violations += found
        data = b"" if body is None else json.dumps(body).encode()
        etag = '"' + hashlib.sha256(data).hexdigest()[:32] + '"'
        if status == 200 and h.command == "GET" and h.headers.get("If-None-Match") == etag:
            status, data = 304, b""
        asked.status = status
        headers = {"ETag": etag, "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999",
                   "X-RateLimit-Reset": str(int(time.time()) + 3600), **answer.headers}  # fmt: skip
        h.send_response(status)
        if status not in (204, 304):
            h.send_header("Content-Type", "application/json; charset=utf-8")
            h.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            h.send_header(name, value)
        h.end_headers()
        if cut:
            h.wfile.write(data[: len(data) // 2])
            h.wfile.flush()
            h.close_connection = True
        elif status not in (204, 304):
            h.wfile.write(data)

    def _route(self, method: str, path: str, query: dict[str, str], body: Any, who: str) -> None:
        if (method, path) == ("GET", "/user"):
            raise Answer(200, judge.filled("private-user", {"login": who}))
        prefix = f"/repos/{self.name}"
        if not (path + "/").startswith(prefix + "/"):
            return
        rest = unquote(path.removeprefix(prefix))
        for way, pattern, act in _ROUTES:
            match = re.fullmatch(pattern, rest)
            if way == method and match:
                act(
                    self, _Request(groups=match.groups(), query=query, body=body, who=who, url=path)
                )

    def _id(self) -> int:
        self._ids += 1
        return self._ids

    def known(self, number: str) -> Pull:
        """The pull request of that number, or 404."""
        pull = self.pulls.get(int(number))
        if pull is None:
            raise _says(404, "Not Found")
        return pull

    def _mergeable(self, pull: Pull) -> bool | None:
        head, base = self.repository.head_of(pull), self.repository.sha(f"refs/heads/{pull.base}")
        self._looked[head, base] += 1
        if self._looked[head, base] <= self.unknown_looks:
            return None
        try:
            self.repository.merged_tree(base, head)
        except NotMergeable:
            return False
        return True

    def shown(self, pull: Pull, *, whole: bool = True) -> dict[str, Any]:
        """A pull request as it is told."""
        head, base = self.repository.head_of(pull), self.repository.sha(f"refs/heads/{pull.base}")
        mergeable = self._mergeable(pull) if pull.state == "open" else None
        states = {None: "unknown", True: "clean", False: "dirty"}
        url = f"{self.url}/repos/{self.name}/pulls/{pull.number}"
        labels = [{"id": n, "node_id": "", "url": url, "name": label, "description": "",
                   "color": "ededed", "default": False}
                  for n, label in enumerate(pull.labels)]  # fmt: skip
        given: dict[str, Any] = {
            "number": pull.number, "title": pull.title, "state": pull.state, "body": pull.body,
            "draft": pull.draft, "user": _user("ada"), "labels": labels, "url": url,
            "html_url": f"https://example.com/{self.name}/pull/{pull.number}",
            "merged_at": NOW if pull.merged else None, "merge_commit_sha": pull.merge_sha,
            "head": self._end(pull.head, head), "base": self._end(pull.base, base),
        }  # fmt: skip
        if whole:
            given |= {"mergeable": mergeable, "mergeable_state": states[mergeable],
                      **self.repository.size(base, head),
                      "merged": pull.merged, "commits": self.repository.count(base, head),
                      "merged_by": _user(pull.merged_by) if pull.merged else None}  # fmt: skip
        return judge.filled("pull-request" if whole else "pull-request-simple", given)

    def _end(self, branch: str, sha: str) -> dict[str, Any]:
        owner = self.name.split("/")[0]
        return {"label": f"{owner}:{branch}", "ref": branch, "sha": sha, "user": _user(owner),
                "repo": self.told("repository")}  # fmt: skip

    def told(self, schema: str = "full-repository") -> dict[str, Any]:
        """The repository as it is told."""
        owner, name = self.name.split("/")
        given = {"name": name, "full_name": self.name, "owner": _user(owner),
                 "default_branch": "main", "clone_url": str(self.repository.path),
                 "html_url": f"https://example.com/{self.name}"}  # fmt: skip
        return judge.filled(schema, given)

    def page(self, r: _Request, items: list[Any], key: str = "") -> Answer:
        """One page of a list, and where the next one is."""
        size, number = int(r.query.get("per_page", 30)), int(r.query.get("page", 1))
        part = items[(number - 1) * size : number * size]
        headers = {}
        if number * size < len(items):
            more = "".join(f"&{k}={v}" for k, v in r.query.items() if k not in ("per_page", "page"))
            link = f"{self.url}{r.url}?per_page={size}&page={number + 1}{more}"
            headers["Link"] = f'<{link}>; rel="next"'
        return Answer(200, {"total_count": len(items), key: part} if key else part, **headers)


@dataclass(kw_only=True)
class _Request:
    groups: tuple[str, ...]
    query: dict[str, str]
    body: Any
    who: str
    url: str


def _user(login: str) -> dict[str, Any]:
    return judge.filled("simple-user", {"login": login, "type": "User"})


def _pulls(f: FakeGitHub, r: _Request) -> None:
    state = r.query.get("state", "open")
    found = [p for p in f.pulls.values() if state in ("all", p.state)]
    if "head" in r.query:
        found = [p for p in found if p.head == r.query["head"].split(":")[-1]]
    raise f.page(r, [f.shown(p, whole=False) for p in reversed(found)])


def _open(f: FakeGitHub, r: _Request) -> None:
    if not f.repository.sha(f"refs/heads/{r.body['head']}"):
        raise _says(422, "Validation Failed")
    if any(p.head == r.body["head"] and p.state == "open" for p in f.pulls.values()):
        raise _says(422, "Validation Failed")
    pull = f.pull(r.body["head"], r.body["title"], base=r.body["base"], body=r.body.get("body", ""))
    raise Answer(201, f.shown(pull))


def _pull(f: FakeGitHub, r: _Request) -> None:
    raise Answer(200, f.shown(f.known(r.groups[0])))


def _edit(f: FakeGitHub, r: _Request) -> None:
    pull = f.known(r.groups[0])
    state = r.body.get("state", pull.state)
    if state == "open" and (pull.merged or not f.repository.sha(f"refs/heads/{pull.head}")):
        raise _says(422, "Validation Failed")
    pull.state = state
    raise Answer(200, f.shown(pull))


def _merge(f: FakeGitHub, r: _Request) -> None:
    pull = f.known(r.groups[0])
    if pull.state != "open" or pull.draft:
        raise _says(405, "Pull Request is not mergeable")
    if r.body.get("sha") not in (None, f.repository.head_of(pull)):
        raise _says(409, "Head branch was modified. Review and try the merge again.")
    method = r.body.get("merge_method", "merge")
    named = f"Merge pull request #{pull.number} from {f.name.split('/')[0]}/{pull.head}"
    title = named if method == "merge" else f"{pull.title} (#{pull.number})"
    try:
        sha = f.repository.merge(
            pull, method, r.body.get("commit_title") or title, r.body.get("commit_message") or ""
        )
    except NotMergeable:
        raise _says(405, "Pull Request is not mergeable") from None
    pull.merged, pull.merge_sha, pull.merged_by, pull.state = True, sha, r.who, "closed"
    raise Answer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def _reviews(f: FakeGitHub, r: _Request) -> None:
    raise f.page(r, f.known(r.groups[0]).reviews)


def _runs(f: FakeGitHub, r: _Request) -> None:
    sha = f.repository.sha(r.groups[0])
    made = [judge.filled("check-run", {"id": n, "head_sha": sha, "name": name, "status": status,
                                       "conclusion": conclusion})
            for n, (name, status, conclusion) in enumerate(f.checks.get(sha, ()), 1)]  # fmt: skip
    raise f.page(r, made, "check_runs")


def _status(f: FakeGitHub, r: _Request) -> None:
    sha = f.repository.sha(r.groups[0])
    given = {"state": "pending", "sha": sha, "total_count": 0, "statuses": []}
    repo = judge.filled("minimal-repository", {"full_name": f.name})
    raise Answer(200, judge.filled("combined-commit-status", {**given, "repository": repo}))


def _comments(f: FakeGitHub, r: _Request) -> None:
    raise f.page(r, [c for c in f.comments.values() if c["issue_url"].endswith(f"/{r.groups[0]}")])


def _comment(f: FakeGitHub, r: _Request) -> None:
    f.known(r.groups[0])
    id_ = f._id()
    at = f"{f.url}/repos/{f.name}/issues"
    given = {"id": id_, "url": f"{at}/comments/{id_}", "issue_url": f"{at}/{r.groups[0]}",
             "user": _user(r.who), "body": r.body["body"]}  # fmt: skip
    f.comments[id_] = judge.filled("issue-comment", given)
    raise Answer(201, f.comments[id_])


def _remove(f: FakeGitHub, r: _Request) -> None:
    kept = f.comments if r.groups[0] == "issues/comments" else f.releases
    if kept.pop(int(r.groups[1]), None) is None:
        raise _says(404, "Not Found")
    raise Answer(204, None)


def _repo(f: FakeGitHub, r: _Request) -> None:
    raise Answer(200, f.told())


def _releases(f: FakeGitHub, r: _Request) -> None:
    raise f.page(r, list(reversed(f.releases.values())))


def _release(f: FakeGitHub, r: _Request) -> None:
    tag = r.body["tag_name"]
    if any(known["tag_name"] == tag for known in f.releases.values()):
        raise _says(422, "Validation Failed")
    if not f.repository.sha(f"refs/tags/{tag}"):
        target = f.repository.sha(r.body.get("target_commitish") or "refs/heads/main")
        f.repository.git("update-ref", f"refs/tags/{tag}", target)
    id_ = f._id()
    given = {"id": id_, "tag_name": tag, "name": r.body.get("name"), "body": r.body.get("body"),
             "draft": bool(r.body.get("draft")), "prerelease": bool(r.body.get("prerelease")),
             "url": f"{f.url}/repos/{f.name}/releases/{id_}", "author": _user(r.who),
             "target_commitish": r.body.get("target_commitish") or "main",
             "html_url": f"https://example.com/{f.name}/releases/tag/{tag}"}  # fmt: skip
    f.releases[id_] = judge.filled("release", given)
    raise Answer(201, f.releases[id_])


def _deployments(f: FakeGitHub, r: _Request) -> None:
    found = [d for d in f.deployments.values()
             if r.query.get("environment") in (None, d["environment"])]  # fmt: skip
    raise f.page(r, list(reversed(found)))


def _deploy(f: FakeGitHub, r: _Request) -> None:
    sha = f.repository.sha(r.body["ref"])
    if not sha:
        raise _says(422, "No ref found for: " + r.body["ref"])
    id_ = f._id()
    at = f"{f.url}/repos/{f.name}/deployments/{id_}"
    given = {"id": id_, "sha": sha, "ref": r.body["ref"], "task": "deploy", "url": at,
             "environment": r.body.get("environment", "production"), "creator": _user(r.who),
             "payload": r.body.get("payload", {}), "statuses_url": f"{at}/statuses"}  # fmt: skip
    f.deployments[id_] = judge.filled("deployment", given)
    f.statuses[id_] = []
    raise Answer(201, f.deployments[id_])


def _statuses(f: FakeGitHub, r: _Request) -> None:
    raise f.page(r, list(reversed(f.statuses[int(r.groups[0])])))


def _set_status(f: FakeGitHub, r: _Request) -> None:
    given = {"id": f._id(), "state": r.body["state"], "description": r.body.get("description", "")}
    f.statuses[int(r.groups[0])].append(given)
    raise Answer(201, given)


def _dispatch(f: FakeGitHub, r: _Request) -> None:
    id_ = f._id()
    sha = f.repository.sha(f"refs/heads/{r.body['ref']}")
    f.dispatched.append({"workflow": r.groups[0], **r.body})
    repo = judge.filled("minimal-repository", {"full_name": f.name})
    given = {"id": id_, "status": "queued", "conclusion": None, "head_sha": sha,
             "head_branch": r.body["ref"], "event": "workflow_dispatch", "repository": repo,
             "head_repository": repo,
             "html_url": f"https://example.com/{f.name}/actions/runs/{id_}"}  # fmt: skip
    f.runs[id_] = judge.filled("workflow-run", given)
    raise Answer(204, None)


def _workflow_runs(f: FakeGitHub, r: _Request) -> None:
    raise f.page(r, list(reversed(f.runs.values())), "workflow_runs")


def _workflow_run(f: FakeGitHub, r: _Request) -> None:
    run = f.runs.get(int(r.groups[0]))
    if run is None:
        raise _says(404, "Not Found")
    raise Answer(200, run)


def _cancel(f: FakeGitHub, r: _Request) -> None:
    run = f.runs.get(int(r.groups[0]))
    if run is None:
        raise _says(404, "Not Found")
    if run["status"] == "completed":
        raise _says(409, "Cannot cancel a workflow run that is completed.")
    run |= {"status": "completed", "conclusion": "cancelled"}
    raise Answer(202, {})


def _ref(f: FakeGitHub, r: _Request) -> None:
    f.repository.git("update-ref", "-d", f"refs/{r.groups[0]}")
    raise Answer(204, None)


def _branch(f: FakeGitHub, r: _Request) -> None:
    sha = f.repository.sha(f"refs/heads/{r.groups[0]}")
    if not sha:
        raise _says(404, "Branch not found")
    commit = judge.filled("commit", {"sha": sha})
    given = {"name": r.groups[0], "commit": commit, "protected": False}
    raise Answer(200, judge.filled("branch-with-protection", given))


_ROUTES: list[tuple[str, str, Callable[[FakeGitHub, _Request], None]]] = [
    ("GET", "", _repo),
    ("GET", r"/branches/(.+)", _branch),
    ("GET", "/pulls", _pulls),
    ("POST", "/pulls", _open),
    ("GET", r"/pulls/(\d+)", _pull),
    ("PATCH", r"/pulls/(\d+)", _edit),
    ("PUT", r"/pulls/(\d+)/merge", _merge),
    ("GET", r"/pulls/(\d+)/reviews", _reviews),
    ("GET", r"/commits/(.+)/check-runs", _runs),
    ("GET", r"/commits/(.+)/status", _status),
    ("GET", r"/issues/(\d+)/comments", _comments),
    ("POST", r"/issues/(\d+)/comments", _comment),
    ("DELETE", r"/(issues/comments|releases)/(\d+)", _remove),
    ("GET", "/releases", _releases),
    ("POST", "/releases", _release),
    ("GET", "/deployments", _deployments),
    ("POST", "/deployments", _deploy),
    ("GET", r"/deployments/(\d+)/statuses", _statuses),
    ("POST", r"/deployments/(\d+)/statuses", _set_status),
    ("POST", r"/actions/workflows/([^/]+)/dispatches", _dispatch),
    ("GET", r"/actions/workflows/[^/]+/runs", _workflow_runs),
    ("GET", r"/actions/runs/(\d+)", _workflow_run),
    ("POST", r"/actions/runs/(\d+)/cancel", _cancel),
    ("DELETE", r"/git/refs/(.+)", _ref),
]


@contextmanager
def serving(repository: Path) -> Iterator[FakeGitHub]:
    """A fake in front of a bare repository; fails where an answer was not as GitHub's are."""
    with FakeGitHub(repository) as fake:
        yield fake
    assert not fake.violations, fake.violations
