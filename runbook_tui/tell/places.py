"""Where a run is announced: a silence in Alertmanager, an annotation in Grafana, change events.

Each is opened, kept alive where it would end by itself, and closed. A mark in what is made there
lets whoever comes next find it again, though the program that made it died before it could say so.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from runbook_tui.book.plain_text import printable
from runbook_tui.frozen import frozen
from runbook_tui.tell.web import Answer, NoAnswer, asked, machine

SAID = 160
"""Characters of what a server says is wrong."""
BY_HAND = 2.0
"""Seconds within which a silence that was changed last as it ended was ended by somebody."""
MATCHES = {"=": (False, True), "!=": (False, False), "=~": (True, True), "!~": (True, False)}
"""Of an operator: whether the value is an expression, and whether it must fit."""


@frozen
class Told:
    """What is said of the run; ``mark`` is the same for all that is about one announcement."""

    run: str
    announcement: str
    title: str
    about: str
    lead: str
    started: float
    """Epoch seconds at which it was opened first, for what tells its length."""
    result: str = ""

    @property
    def mark(self) -> str:
        """What nothing else has in it."""
        return f"runbook:{self.run}:{self.announcement}"


@frozen
class Opened:
    """What it is called there, and when it ends by itself (epoch seconds there; None: never).

    ``left``: somebody has taken it away, and it was not opened again.
    """

    ref: str = ""
    until: float | None = None
    left: bool = False


class Place(Protocol):
    """One place; each call may take seconds, and raises `NoAnswer`."""

    where: str
    """Which machine."""
    prolongs: float | None
    """Seconds after which it has to be prolonged; None where it stands until it is closed."""

    def open(self, told: Told) -> Opened:
        """Open it, or find what is open already."""

    def prolong(self, told: Told, ref: str) -> Opened:
        """Keep it from ending by itself; another one takes its place where it has."""

    def close(self, told: Told, ref: str) -> None:
        """Close it, and whatever else is open of the same announcement."""


class _Web:
    """What all have in common: an address and what lets one in."""

    prolongs: float | None = None

    def __init__(self, url: str, token: Callable[[], str | None] | None) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self.where = machine(url)

    def _ask(self, way: str, path: str, body: Any = None, *, gone: bool = False) -> Answer:
        """Ask; ``gone``: that it is not there (404) is an answer, too."""
        headers = {}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._secret()}"
        return _good(asked(self._url + path, way, body, headers), gone=gone)

    def _secret(self) -> str:
        value = self._token() if self._token is not None else None
        if not value:
            raise NoAnswer("its token is not known here")
        if "\n" in value or "\r" in value:
            raise NoAnswer("its token has more than one line")
        return value


def _good(answer: Answer, *, gone: bool = False) -> Answer:
    status = answer.status
    if 200 <= status < 300 or (gone and status == 404):
        return answer
    if status in {401, 403}:
        raise NoAnswer(f"it answers {status}: its token is missing there, or counts for nothing")
    if status == 404:
        raise NoAnswer("it answers 404: nothing takes this at that address")
    raise NoAnswer(f"it answers {status}{_message(answer) if status in {400, 412, 422} else ''}")


def _message(answer: Answer) -> str:
    """What a server says is wrong with what it was sent."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    if isinstance(found, Mapping):
        found = found.get("message", "")
    return f": {printable(found, SAID)}" if isinstance(found, str) and found else ""


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise NoAnswer("its answer is no JSON: is this the right address?") from None


# -- Alertmanager ----------------------------------------------------------------------------------


class Alertmanager(_Web):
    """A silence. It ends by itself, so that a machine that dies cannot leave alerts off for ever.

    Times are those of the server's own clock.
    """

    def __init__(
        self,
        url: str,
        token: Callable[[], str | None] | None,
        matchers: Sequence[tuple[str, str, str]],
        expires: float,
    ) -> None:
        super().__init__(url, token)
        self._matchers = [_matcher(*one) for one in matchers]
        self._expires = expires
        self.prolongs = expires / 2

    def open(self, told: Told) -> Opened:
        """One silence, however often this is begun."""
        there, now = self._ours(told)
        return self._put(told, there[0] if there else None, now)

    def prolong(self, told: Told, ref: str) -> Opened:
        """The same silence where it still stands; one that somebody has ended stays ended."""
        answer = self._ask("GET", f"/api/v2/silence/{quote(ref, safe='')}", gone=True)
        known = _json(answer) if answer.status != 404 else None
        if not isinstance(known, Mapping) or _state(known) not in {"active", "pending"}:
            if isinstance(known, Mapping) and _ended_by_hand(known):
                return Opened(ref=ref, left=True)
            known = None
        return self._put(told, known, _now(answer))

    def _put(self, told: Told, known: Mapping[str, Any] | None, now: float) -> Opened:
        """Set a new one, or the end of one that stands."""
        begins = known.get("startsAt") if known is not None else None
        until = now + self._expires
        silence = {
            "matchers": self._matchers if known is None else known.get("matchers", []),
            "startsAt": begins or _utc(now),
            "endsAt": _utc(until),
            "createdBy": f"runbook, {told.lead}" if told.lead else "runbook",
            "comment": f"{told.title}{': ' + told.about if told.about else ''} [{told.mark}]",
            **({"id": str(known["id"])} if known is not None else {}),
        }
        found = _json(self._ask("POST", "/api/v2/silences", silence))
        id_ = found.get("silenceID") if isinstance(found, Mapping) else None
        if not isinstance(id_, str) or not id_:
            raise NoAnswer("its answer names no silence: is it an Alertmanager?")
        return Opened(ref=id_, until=time.time() + self._expires)

    def close(self, told: Told, ref: str) -> None:
        """End every silence of this announcement, also one that nobody has recorded."""
        there, _ = self._ours(told)
        for silence in there:
            path = f"/api/v2/silence/{quote(str(silence['id']), safe='')}"
            self._ask("DELETE", path, gone=True)

    def _ours(self, told: Told) -> tuple[list[Mapping[str, Any]], float]:
        """The silences of this announcement that stand, and what time it is there."""
        answer = self._ask("GET", "/api/v2/silences")
        found = _json(answer)
        if not isinstance(found, list):
            raise NoAnswer("it lists no silences: is it an Alertmanager?")
        mark = f"[{told.mark}]"
        ours = [
            one for one in found
            if isinstance(one, Mapping) and "id" in one and _state(one) in {"active", "pending"}
            and isinstance(one.get("comment"), str) and one["comment"].endswith(mark)
        ]  # fmt: skip
        return ours, _now(answer)


def _matcher(name: str, operator: str, value: str) -> dict[str, Any]:
    expression, fits = MATCHES[operator]
    return {"name": name, "value": value, "isRegex": expression, "isEqual": fits}


def _state(silence: Mapping[str, Any]) -> str:
    status = silence.get("status")
    return str(status.get("state")) if isinstance(status, Mapping) else ""


def _ended_by_hand(silence: Mapping[str, Any]) -> bool:
    """Whether somebody ended it: then it was changed last as it ended, not long before."""
    try:
        ends, changed = (
            datetime.fromisoformat(_short(str(silence[name]))) for name in ("endsAt", "updatedAt")
        )
        return abs((ends - changed).total_seconds()) < BY_HAND
    except (KeyError, ValueError, TypeError):
        return False


def _short(moment: str) -> str:
    """A moment with no more digits than are read."""
    return re.sub(r"(\.\d{6})\d+", r"\1", moment)


def _now(answer: Answer) -> float:
    """What time it is there (epoch seconds): its clock decides when a silence ends."""
    try:
        return parsedate_to_datetime(answer.date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return time.time()


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


# -- Grafana ---------------------------------------------------------------------------------------


class Grafana(_Web):
    """An annotation; it becomes a region when it is closed."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str | None] | None,
        tags: Sequence[str],
        dashboard: str,
        panel: int | None,
    ) -> None:
        super().__init__(url, token)
        self._tags = list(tags)
        self._at = {"dashboardUID": dashboard} if dashboard else {}
        self._panel = {} if panel is None else {"panelId": panel}

    def open(self, told: Told) -> Opened:
        """One annotation, however often this is begun. Raises `NoAnswer`."""
        there = self._ours(told)
        if there:
            return Opened(ref=str(there[0]["id"]))
        made = {
            "time": round(told.started * 1000), "text": _text(told),
            "tags": ["runbook", *self._tags, told.mark], **self._at, **self._panel,
        }  # fmt: skip
        found = _json(self._ask("POST", "/api/annotations", made))
        id_ = found.get("id") if isinstance(found, Mapping) else None
        if not isinstance(id_, int):
            raise NoAnswer("its answer names no annotation: is it Grafana?")
        return Opened(ref=str(id_))

    def prolong(self, told: Told, ref: str) -> Opened:
        """It stands until it is closed."""
        return Opened(ref=ref)

    def close(self, told: Told, ref: str) -> None:
        """Say when it ended, and how; one that somebody has taken away is none."""
        refs = [ref] if ref else [str(one["id"]) for one in self._ours(told)]
        for one in refs:
            end = {"timeEnd": round(time.time() * 1000), "text": _text(told)}
            self._ask("PATCH", f"/api/annotations/{quote(one, safe='')}", end, gone=True)

    def _ours(self, told: Told) -> list[Mapping[str, Any]]:
        query = urlencode({"tags": told.mark, "limit": 10, "from": 0,
                           "to": round((time.time() + 86400) * 1000)})  # fmt: skip
        found = _json(self._ask("GET", f"/api/annotations?{query}"))
        if not isinstance(found, list):
            raise NoAnswer("it lists no annotations: is it Grafana?")
        return [one for one in found if isinstance(one, Mapping) and isinstance(one.get("id"), int)]


# -- change events ---------------------------------------------------------------------------------


class ChangeEvents(_Web):
    """An event at the beginning and one at the end. Each has an id of its own, the same however
    often it is sent, since an answer may be lost on its way."""

    def __init__(self, url: str, token: Callable[[], str | None] | None, form: str) -> None:
        super().__init__(url, token)
        self._form = form
        self._address = url

    def open(self, told: Told) -> Opened:
        """Say that it has begun."""
        self._send(told, "started")
        return Opened()

    def prolong(self, told: Told, ref: str) -> Opened:
        """Nothing ends by itself."""
        return Opened(ref=ref)

    def close(self, told: Told, ref: str) -> None:
        """Say that it is over, and how."""
        self._send(told, "finished")

    def _send(self, told: Told, what: str) -> None:
        at = told.started if what == "started" else time.time()
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
        said: dict[str, Any] = {
            "source": "runbook", "event": f"change.{what}", "change": told.mark,
            "id": f"{told.mark}:{what}:{told.started:.0f}",
            "run": told.run, "title": told.title, "about": told.about, "lead": told.lead,
            "at": moment, "result": told.result, "text": _text(told),
        }  # fmt: skip
        headers: dict[str, str] = {}
        body = said
        if self._form == "cloudevents":
            headers["Content-Type"] = "application/cloudevents+json"
            body = {
                "specversion": "1.0", "id": said["id"], "source": f"runbook/{told.run}",
                "type": f"runbook.change.{what}", "subject": told.announcement, "time": moment,
                "datacontenttype": "application/json", "data": said,
            }  # fmt: skip
        elif self._form == "pagerduty":
            body = {
                "routing_key": self._secret(),
                "payload": {"summary": _text(told)[:1024], "source": "runbook", "timestamp": moment,
                            "custom_details": {k: said[k] for k in ("id", "run", "title", "about",
                                                                    "lead", "result")}},
            }  # fmt: skip
        if self._form != "pagerduty" and self._token is not None:
            headers["Authorization"] = f"Bearer {self._secret()}"
        _good(asked(self._address, "POST", body, headers))


def _text(told: Told) -> str:
    about = f", {told.about}" if told.about else ""
    end = f": {told.result}" if told.result else ""
    lead = f" ({told.lead})" if told.lead else ""
    return f"{told.title}{about}{end}{lead}, run {told.run}"
