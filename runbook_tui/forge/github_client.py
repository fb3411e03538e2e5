"""GitHub's API as a program talks to it: waits and trouble are told, a token never is."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import github
import requests
from github.GithubException import RateLimitExceededExceedsMaxWait
from github.GithubRetry import GithubRetry
from urllib3.response import BaseHTTPResponse

from runbook_tui.forge import tokens
from runbook_tui.forge.action import ActionFailed, say
from runbook_tui.forge.tokens import API

SECONDS = 20
"""How long one answer is waited for."""
LONGEST = 3700.0
"""Seconds that a rate limit is waited out at most: they last an hour."""
TRIES = 6
AGAIN = "then run the step again"
NO_ANSWER = (
    "what came is no answer of GitHub's API, so whether anything was done is not known; look at "
    f"GITHUB_API_URL and at what stands in between (a proxy, a log-in page), {AGAIN}"
)
UNSHAPED = (KeyError, TypeError, IndexError, AttributeError)
"""What comes of an answer that lacks what GitHub's have."""
REPOSITORY = re.compile(r"[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$")


logging.getLogger("github").setLevel(logging.WARNING)  # What it says on the way is told by us.


_tell: list[Callable[[str], None]] = [say]


def tell_by(how: Callable[[str], None]) -> None:
    """Have waits and trouble told another way than as lines of output."""
    _tell[:] = [how]


class Unclear(ActionFailed):
    """It was asked for, and whether it was done is not known: the answer did not come through."""


class Limited(ActionFailed):
    """Its rate limit holds on, for ``wait`` seconds."""

    def __init__(self, wait: float, message: str) -> None:
        super().__init__(message)
        self.wait = wait


class NotThere(ActionFailed):
    """GitHub has no such thing, or does not show it to this token."""


class Refused(ActionFailed):
    """GitHub does not do it; ``status`` is that of HTTP, ``said`` what it says."""

    def __init__(self, status: int, said: str, message: str) -> None:
        super().__init__(message)
        self.status, self.said = status, said


class _Told(GithubRetry):
    """PyGithub's way of trying again, with a line for each wait.

    What was refused for its rate was not done, so it is asked for again whatever it is; what went
    wrong at GitHub only where asking twice is the same as once.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        if status_code in (403, 429):
            return bool(self.total)
        return super().is_retry(method, status_code, has_retry_after)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        wait = (response and self.get_retry_after(response)) or self.get_backoff_time()
        why = f"GitHub answers {response.status}" if response else "no answer from GitHub"
        if response is not None and response.status in (403, 429):
            why = f"GitHub's rate limit is reached ({response.status})"
        if response is not None and wait > (self.max_rate_limit_wait or LONGEST):
            raise RateLimitExceededExceedsMaxWait(response.status, wait=wait)
        until = time.strftime("%H:%M:%S", time.localtime(time.time() + wait))
        left = int(self.total or 0)
        _tell[0](f"{why}; trying again in {wait:.0f} s, at {until} (tries left: {left})")
        super().sleep(response)


def api_url() -> str:
    """Where the API is: of an enterprise's own GitHub what ``GITHUB_API_URL`` says."""
    return (os.environ.get("GITHUB_API_URL") or API).rstrip("/")


def token(url: str) -> str:
    """The token for this API, from the first place that has one; raises `ActionFailed`."""
    if found := tokens.token(url):
        return found
    raise ActionFailed(
        f"there is no token for {url}: set {tokens.names(url)[0]} in the environment, gh auth login"
        f" or keyring set {tokens.SERVICE} {tokens.host_of(url)}, {AGAIN}"
    )


def repository(values: Mapping[str, str]) -> str:
    """OWNER/NAME: what the step says, else where the remote of the working folder points. Raises
    `ActionFailed` where neither says."""
    named = values.get("repo") or os.environ.get("GITHUB_REPOSITORY", "")
    if not named:
        remote = values.get("remote") or "origin"
        asked = subprocess.run(
            ["git", "remote", "get-url", "--", remote], capture_output=True, text=True, check=False
        )
        found = REPOSITORY.search(asked.stdout.strip())
        named = found.group(1) if found else ""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", named):
        raise ActionFailed("which repository is meant is not known; say with.repo = OWNER/NAME")
    return named


class GitHub:
    """One repository at GitHub. What goes wrong is an `ActionFailed` that says what to do.

    ``patience``: seconds that a rate limit is waited out for; else it is `Limited`.
    """

    def __init__(self, repo: str, *, patience: float = LONGEST) -> None:
        self.repo = repo
        self._kept: dict[str, tuple[str, Any, bool]] = {}
        self.url = api_url()
        retry = _Told(total=TRIES, backoff_factor=0.5, max_rate_limit_wait=patience,
                      status_forcelist=[*range(500, 600), 429],
                      allowed_methods={"GET", "PUT", "PATCH", "DELETE"})  # fmt: skip
        self._asks = github.Github(
            auth=github.Auth.Token(token(self.url)), base_url=self.url, retry=retry,
            timeout=SECONDS, seconds_between_requests=0, seconds_between_writes=0,
        ).requester  # fmt: skip

    @classmethod
    def of(cls, values: Mapping[str, str]) -> GitHub:
        """The repository that a step is about."""
        return cls(repository(values))

    def get(self, path: str, **parameters: Any) -> Any:
        """What stands at a path below the repository; an answer that is cut off is asked anew."""
        return self._whole(lambda: _an_object(self._ask("GET", self._at(path), parameters)[1]))

    def look(self, path: str, **parameters: Any) -> Any:
        """As `get`, asked only for what has changed: GitHub does not count an answer that has
        not."""
        return self._look(path, parameters, _an_object)[0]

    def look_all(self, path: str, key: str = "") -> list[Any]:
        """As `list`, asked only for what has changed."""
        found: list[Any] = []
        number, more = 1, True
        while more:
            asked = {"per_page": 100, "page": number}
            page, more = self._look(path, asked, lambda got: _a_list(got, key))
            found += page
            number += 1
        return found

    def _look(
        self, path: str, parameters: Mapping[str, Any], shaped: Callable[[Any], Any]
    ) -> tuple[Any, bool]:
        """What stands there, and whether there is another page."""
        at = f"{self._at(path)}?{sorted(parameters.items())}"
        etag, known, more = self._kept.get(at, ("", None, False))
        asked = {"If-None-Match": etag} if etag else {}

        def ask() -> tuple[dict[str, Any], Any]:
            headers, got = self._ask("GET", self._at(path), dict(parameters), headers=dict(asked))
            return headers, None if got is None and etag else shaped(got)

        headers, found = self._whole(ask)
        if found is None:
            return known, more
        more = _has_next(headers)
        self._kept[at] = (headers.get("etag", ""), found, more)
        return found, more

    def list(self, path: str, key: str = "", **parameters: Any) -> Iterator[Any]:
        """All of a list, page after page."""
        number, more = 1, True
        while more:
            asked = {**parameters, "per_page": 100, "page": number}

            def ask(asked: dict[str, Any] = asked) -> tuple[dict[str, Any], Any]:
                headers, got = self._ask("GET", self._at(path), asked)
                return headers, _a_list(got, key)

            headers, page = self._whole(ask)
            yield from page
            more = _has_next(headers)
            number += 1

    def send(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, gives: str = ""
    ) -> Any:
        """Have something done, once; ``gives`` names what the answer must have.

        Raises `Unclear` where the answer did not come through.
        """
        found = self._ask(verb, self._at(path), {}, dict(body or {}))[1]
        if gives and gives not in _an_object(found):
            raise Unclear(NO_ANSWER)
        return found

    def _at(self, path: str) -> str:
        return f"/repos/{self.repo}{path}"

    def _whole(self, ask: Callable[[], Any]) -> Any:
        for left in (2, 1, 0):
            try:
                return ask()
            except Unclear:
                if not left:
                    raise
                _tell[0]("GitHub's answer was cut off: asking again")
        raise AssertionError

    def _ask(
        self,
        verb: str,
        path: str,
        parameters: dict[str, Any],
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[dict[str, Any], Any]:
        what = f"{verb} {path}"
        try:
            return self._asks.requestJsonAndCheck(verb, path, parameters, headers, body)
        except github.BadCredentialsException as error:
            raise ActionFailed(
                f"GitHub does not take the token any more ({what}: 401, bad credentials); nothing "
                f"more was done. Set GH_TOKEN to one that is valid, or gh auth login, {AGAIN}"
            ) from error
        except RateLimitExceededExceedsMaxWait as error:
            wait = error.wait or 0.0
            until = time.strftime("%H:%M:%S", time.localtime(time.time() + wait))
            raise Limited(
                wait, f"GitHub's rate limit is reached, until {until} ({what}); wait, {AGAIN}"
            ) from error
        except github.RateLimitExceededException as error:
            raise ActionFailed(f"GitHub's rate limit holds on ({what}); wait, {AGAIN}") from error
        except github.UnknownObjectException as error:
            raise NotThere(
                f"GitHub has no {path}, or does not show it to this token; look at the name and at "
                f"what the token may do, {AGAIN}"
            ) from error
        except github.GithubException as error:
            said = str(error.message or error.data)
            raise Refused(
                error.status, said, f"GitHub refuses {what}: {error.status}, {said}"
            ) from error
        except (requests.exceptions.RetryError, requests.exceptions.ConnectTimeout) as error:
            raise ActionFailed(
                f"GitHub does not do {what}, {TRIES} times in a row; look at its status, {AGAIN}"
            ) from error
        except requests.exceptions.RequestException as error:
            raise Unclear(
                f"the answer to {what} did not come through ({type(error).__name__}): whether it "
                f"was done is not known; look at the network, {AGAIN}"
            ) from error
        except ValueError as error:
            raise Unclear(NO_ANSWER) from error


def _an_object(found: Any) -> Any:
    """An object as GitHub's API gives it; what is none of JSON comes as a text in one."""
    if not isinstance(found, dict) or found.keys() == {"data"}:
        raise Unclear(NO_ANSWER)
    return found


def _a_list(found: Any, key: str) -> Any:
    """A page of a list, or that in an object."""
    page = _an_object(found).get(key) if key else found
    if not isinstance(page, list):
        raise Unclear(NO_ANSWER)
    return page


def _has_next(headers: Mapping[str, Any]) -> bool:
    return 'rel="next"' in headers.get("link", "")
