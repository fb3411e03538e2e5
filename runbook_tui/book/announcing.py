"""Where a plan announces its run: silences, annotations, change events. Read, held, written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from runbook_tui.book.findings import Fault, Finding
from runbook_tui.book.literals import MARK
from runbook_tui.book.lost import Lost
from runbook_tui.book.matchers import matcher
from runbook_tui.book.model import Announcement, Runbook, Secret
from runbook_tui.book.places import Places
from runbook_tui.book.telling import is_address

if TYPE_CHECKING:
    from runbook_tui.book.toml.nodes import Nodes
    from runbook_tui.book.toml.schema import AnnounceTable

PAGERDUTY = "https://events.pagerduty.com/v2/change/enqueue"
MOST = 16
"""Announcements of a plan at most: each is waited for by itself."""
EXPIRES = 900.0
"""Seconds after which a silence ends by itself, unless it was prolonged."""
EVERYTHING = frozenset({".*", ".+", "^.*$", "^.+$", "(.*)", "(.+)"})
ONLY = {"matchers": ("alertmanager",), "expires": ("alertmanager",), "tags": ("grafana",),
        "dashboard": ("grafana",), "panel": ("grafana",), "key": ("pagerduty",),
        "token": ("alertmanager", "grafana", "generic", "cloudevents")}  # fmt: skip
"""Keys that only some forms have."""


def announced_by(
    others: Iterable[Announcement], tables: Iterable[AnnounceTable], nodes: Nodes
) -> tuple[Announcement, ...]:
    """The plan's own announcements, added to those of what it takes in."""
    made = list(others)
    for number, table in enumerate(tables):
        path = ("announce", number)
        unread = nodes.lost(path, "form", "?")  # What it is, decides what it needs.
        for key, wrong, hint in () if unread else _faults(table):
            if not nodes.lost(path, key, "?"):
                nodes.fault((*path, key) if key in table.model_fields_set else path, wrong, hint)
        taken = {one.id for one in made}
        name = table.id or next(
            name for name in _names(table.form) if name not in taken
        )  # fmt: skip
        source = table.key or table.token
        made.append(
            Announcement(
                id=name,
                line=nodes.line(path),
                form=table.form,
                url=table.url or (PAGERDUTY if table.form == "pagerduty" else ""),
                token=Secret(env=source.env, file=source.file, command=source.command)
                if source else None,
                matchers=tuple(table.matchers),
                tags=tuple(table.tags),
                dashboard=table.dashboard or "",
                panel=table.panel,
                text=table.text or "",
                expires=table.expires,
                applies_to=tuple(table.applies_to),
            )
        )  # fmt: skip
    return tuple(made)


def _names(form: str) -> Iterator[str]:
    yield form
    yield from (f"{form}-{number}" for number in range(2, 1_000_000))


def _faults(table: AnnounceTable) -> Iterator[tuple[str, str, str]]:
    for key, forms in ONLY.items():
        if key in table.model_fields_set and table.form not in forms:
            yield key, f"“{key}” is not for the form {table.form}", f"it is for {', '.join(forms)}"
    url = table.url or ""
    if not url and table.form != "pagerduty":
        yield "url", "an announcement has a url", 'as in: url = "http://alertmanager:9093"'
    if url and not is_address(MARK.sub("x", url)):
        yield "url", f"“{url}” is no address of the web", "it begins with http:// or https://"
    elif url and "@" in urlsplit(MARK.sub("x", url)).netloc:
        yield (
            "url",
            "a login does not belong in the address of an announcement",
            ('say where a token comes from: token = { env = "NAME" }'),
        )
    for key, source in (("token", table.token), ("key", table.key)):
        given = [source.env, source.file, source.command] if source else ["one"]
        if sum(one is not None for one in given) != 1:
            yield (
                key,
                f"a {key} comes from one of env, file, command",
                (f'as in: {key} = {{ env = "NAME" }}'),
            )
    if table.form == "pagerduty" and table.key is None:
        yield (
            "key",
            "an announcement of this form needs its routing key",
            ('as in: key = { env = "PD_KEY" }'),
        )
    if table.form == "alertmanager" and not table.matchers:
        yield (
            "matchers",
            "a silence says for which alerts it is",
            ("as in: matchers = ['alertname=~\"Checkout.*\"', 'env=\"prod\"']"),
        )
    for text in table.matchers:
        if matcher(text) is None:
            yield "matchers", f"“{text}” is no matcher", 'as in: env="prod", or name=~"Shop.*"'


def announcement_faults(runbook: Runbook, places: Places, lost: Lost) -> Iterator[Fault]:
    """What only the whole plan can break: names that mean two, values that there are not."""
    known = {p.name for p in runbook.parameters}
    known |= {name for step in runbook.walk() for name in step.outputs}
    secrets = {p.name for p in runbook.parameters if p.secret is not None}
    ids = Counter(one.id for one in runbook.announcements)
    for number, one in enumerate(runbook.announcements):
        at = {"line": max(one.line, 1), "column": 1, "source": one.source}
        if number == MOST:
            yield Fault(message=f"a plan has at most {MOST} announcements", **at)  # type: ignore[arg-type]
        if ids[one.id] > 1:
            ids[one.id] = 1
            yield Fault(message=f"two announcements are called “{one.id}”", **at)  # type: ignore[arg-type]
        for text in (one.url, one.text, *one.matchers, *one.tags):
            for match in MARK.finditer(text):
                name = match.group(1)
                if name in secrets:
                    wrong = f"the secret “{name}” cannot stand in what is announced"
                elif name not in known and not lost.value(name):
                    wrong = f"“{name}” is no parameter and no output of a step"
                else:
                    continue
                yield Fault(message=wrong, **at)  # type: ignore[arg-type]


def announcement_findings(runbook: Runbook) -> Iterator[Finding]:
    """Silences that leave nothing to be heard."""
    for one in runbook.announcements:
        found = [matcher(text) for text in one.matchers]
        if found and all(
            m is not None and m[1] == "=~" and m[2].strip() in EVERYTHING for m in found
        ):
            yield Finding(
                code="silences-everything", severity="high", line=one.line, source=one.source,
                message=f"“{one.id}” silences every alert, whatever it is about: say which with"
                " matchers",
            )  # fmt: skip


def announce_tables(found: Iterable[Announcement]) -> list[dict[str, Any]]:
    """The same as tables."""
    return [_table(one) for one in found]


def _table(one: Announcement) -> dict[str, Any]:
    made: dict[str, Any] = {"id": one.id, "form": one.form, "url": one.url}
    if one.token is not None:
        known = {"env": one.token.env, "file": one.token.file, "command": one.token.command}
        key = "key" if one.form == "pagerduty" else "token"
        made[key] = {name: value for name, value in known.items() if value is not None}
    lists = {"matchers": list(one.matchers), "tags": list(one.tags), "dashboard": one.dashboard,
             "panel": one.panel, "text": one.text, "applies_to": list(one.applies_to)}  # fmt: skip
    made |= {name: value for name, value in lists.items() if value not in ([], "", None)}
    if one.form == "alertmanager" and one.expires != EXPIRES:
        made["expires"] = one.expires
    return made
