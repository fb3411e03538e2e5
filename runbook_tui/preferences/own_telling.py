"""How a person wants to be told of alarms: the table ``tell`` of their settings, held by hand.

The same keys as in a plan. It is looked at before the first frame, so nothing heavy is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from runbook_tui.frozen import frozen

NAME = r"[A-Za-z0-9_-]{1,40}"
FORMS = ("generic", "pagerduty")
SOURCES = ("env", "file", "command")
Trouble = tuple[tuple[str | int, ...], str, str]


@frozen
class OwnWebhook:
    """An address, its form, and where its key comes from: one of `SOURCES` and what it names."""

    url: str
    form: str = "generic"
    key: tuple[str, str] | None = None


@frozen
class OwnTell:
    """A command, and addresses."""

    command: str | None = None
    webhooks: tuple[OwnWebhook, ...] = ()
    apprise: tuple[tuple[str, tuple[str, str]], ...] = ()
    """Addresses of Apprise: a name, and where the address comes from."""


NOBODY = OwnTell()


def own_tell(table: object) -> tuple[OwnTell, list[Trouble]]:
    """What a table says, and what is wrong in it; where anything is, it counts for nothing."""
    troubles = list(_wrong(table))
    if troubles or not isinstance(table, Mapping):
        return NOBODY, troubles
    hooks = (_hook(hook) for hook in table.get("webhook", ()))
    reached = ((one["name"], next(iter(one["url"].items()))) for one in table.get("apprise", ()))
    return OwnTell(command=table.get("command"), webhooks=tuple(hooks), apprise=tuple(reached)), []


def _hook(table: Mapping[str, Any]) -> OwnWebhook:
    form = table.get("form", "generic")
    key = next(iter(table["key"].items())) if "key" in table else None
    return OwnWebhook(url=table["url"], form=form, key=key)


def _wrong(table: object) -> Iterator[Trouble]:
    if not isinstance(table, Mapping):
        yield ("tell",), "“tell” is a table", 'as in: [tell], then command = "…"'
        return
    for name, value in table.items():
        if name == "command":
            if not isinstance(value, str) or not value.strip():
                yield ("tell", name), "“command” is the text of a command", 'as in: "./tell.sh"'
        elif name not in {"webhook", "apprise"}:
            yield ("tell", name), f"“tell” has no “{name}”", "there are: command, webhook, apprise"
        elif not isinstance(value, list):
            yield ("tell", name), f"“{name}” is a list of tables", f"[[tell.{name}]]"
        else:
            wrong = _wrong_hook if name == "webhook" else _wrong_address
            for number, one in enumerate(value):
                yield from wrong(("tell", name, number), one)


def _wrong_address(path: tuple[str | int, ...], one: object) -> Iterator[Trouble]:
    if not isinstance(one, Mapping) or set(one) != {"name", "url"}:
        yield path, "an address of Apprise has a name and a url", "[[tell.apprise]]"
        return
    if not isinstance(one["name"], str) or not re.fullmatch(NAME, one["name"]):
        yield (*path, "name"), "the name of an address is of letters, digits, “-” and “_”", ""
    if not _is_source(one["url"]):
        words = f"an address of Apprise is a secret, and comes from one of {', '.join(SOURCES)}"
        yield (*path, "url"), words, 'as in: { env = "OPS_CHAT" }'


def _wrong_hook(path: tuple[str | int, ...], hook: object) -> Iterator[Trouble]:
    if not isinstance(hook, Mapping):
        yield path, "a webhook is a table", "[[tell.webhook]]"
        return
    for name in hook:
        if name not in {"url", "form", "key"}:
            yield (*path, name), f"a webhook has no “{name}”", "there are: url, form, key"
    form, key = hook.get("form", "generic"), hook.get("key")
    if form not in FORMS:
        yield (*path, "form"), "a webhook's form is generic or pagerduty", ""
    if not is_address(hook.get("url")):
        yield (*path, "url"), "a webhook has a url that begins with http:// or https://", ""
    if (form == "pagerduty") != (key is not None):
        yield path, "a key is for the form pagerduty, which needs one", 'key = { env = "PD_KEY" }'
    if key is not None and not _is_source(key):
        yield (
            (*path, "key"),
            f"a key comes from one of {', '.join(SOURCES)}",
            'as in: { env = "X" }',
        )


def _is_source(key: object) -> bool:
    one = isinstance(key, Mapping) and len(key) == 1
    return one and all(k in SOURCES and isinstance(v, str) and v for k, v in key.items())  # type: ignore[attr-defined]


def is_address(url: object) -> bool:
    """Whether something can be sent there: http or https, and a host."""
    if not isinstance(url, str) or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def schema() -> dict[str, Any]:
    """The table as a JSON Schema."""
    text = {"type": "string", "minLength": 1}
    source = {
        "type": "object", "additionalProperties": False, "minProperties": 1, "maxProperties": 1,
        "properties": dict.fromkeys(SOURCES, text),
    }  # fmt: skip
    hook = {
        "type": "object", "additionalProperties": False, "required": ["url"],
        "properties": {"url": {"type": "string", "pattern": "^https?://"},
                       "form": {"enum": list(FORMS)}, "key": source},
    }  # fmt: skip
    named = {"type": "string", "pattern": f"^{NAME}$"}
    reached = {
        "type": "object", "additionalProperties": False, "required": ["name", "url"],
        "properties": {"name": named, "url": source},
    }  # fmt: skip
    return {
        "description": "how you are told of alarms, beside what the plan says", "type": "object",
        "additionalProperties": False,
        "properties": {"command": text, "webhook": {"type": "array", "items": hook},
                       "apprise": {"type": "array", "items": reached}},
    }  # fmt: skip
