"""How people are told of alarms, as the table ``[tell]`` of a plan says it: read, held, written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from runbook_tui.book.model import AppriseAddress, Secret, Tell, Webhook
from runbook_tui.book.toml.schema import AppriseTable, SecretTable, TellTable, WebhookTable

if TYPE_CHECKING:
    from runbook_tui.book.toml.nodes import Nodes

NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
URL_HINT = 'it is a secret, as in: url = { env = "OPS_CHAT" }'
PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"


def told_by(others: Iterable[Tell], table: TellTable, nodes: Nodes, *, lost: bool) -> Tell:
    """The plan's own way, added to those of what it takes in; its command takes their place.

    ``lost``: something of it could not be read, so what is missing may have been there.
    """
    taken = list(others)
    hooks = [hook for other in taken for hook in other.webhooks]
    for number, given in enumerate(table.webhook):
        path = ("tell", "webhook", number)
        for wrong in () if lost else faults(given):
            nodes.fault(path, *wrong)
        hooks.append(_hook(given))
    reached = [one for other in taken for one in other.apprise]
    for number, one in enumerate(table.apprise):
        for wrong in () if lost else apprise_faults(one):
            nodes.fault(("tell", "apprise", number), *wrong)
        reached = [other for other in reached if other.name != one.name]
        reached.append(AppriseAddress(name=one.name, url=_source(one.url)))
    commands = [table.command, *(other.command for other in taken)]
    command = next((text for text in commands if text is not None), None)
    return Tell(command=command, webhooks=tuple(dict.fromkeys(hooks)), apprise=tuple(reached))


def faults(table: WebhookTable) -> Iterable[tuple[str, str]]:
    """What is wrong with a webhook, each with a hint."""
    url = table.url or ""
    if not url and table.form == "generic":
        yield "a webhook has a url", 'as in: url = "https://example.com/hook"'
    if url and not is_address(url):
        yield f"“{url}” is no address of the web", "it begins with http:// or https://"
    if table.form == "pagerduty" and table.key is None:
        yield "a webhook of this form needs its routing key", 'as in: key = { env = "PD_KEY" }'
    if table.key is not None and table.form != "pagerduty":
        yield "“key” is for webhooks of the form pagerduty", "leave it out"
    if table.key is not None and not _is_one(table.key):
        yield "a key comes from one of env, file, command", 'as in: key = { env = "PD_KEY" }'


def apprise_faults(table: AppriseTable) -> Iterable[tuple[str, str]]:
    """What is wrong with an address of Apprise, each with a hint."""
    if not NAME.fullmatch(table.name):
        yield "the name of an address is of letters, digits, “-” and “_”", 'as in: name = "ops"'
    if not _is_one(table.url):
        yield "an address of Apprise comes from one of env, file, command", URL_HINT


def _is_one(source: SecretTable) -> bool:
    given = (source.env, source.file, source.command)
    return sum(one is not None for one in given) == 1


def _source(table: SecretTable) -> Secret:
    return Secret(env=table.env, file=table.file, command=table.command)


def is_address(url: str) -> bool:
    """Whether something can be sent there: http or https, and a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False


def _hook(table: WebhookTable) -> Webhook:
    secret = _source(table.key) if table.key else None
    url = table.url or (PAGERDUTY if table.form == "pagerduty" else "")
    return Webhook(url=url, form=table.form, key=secret)


def tell_table(tell: Tell) -> dict[str, Any]:
    """The same as a table; empty where nobody is told."""
    table: dict[str, Any] = {} if tell.command is None else {"command": tell.command}
    hooks = [_hook_table(hook) for hook in tell.webhooks]
    reached = [{"name": one.name, "url": _source_table(one.url)} for one in tell.apprise]
    return {
        **table,
        **({"webhook": hooks} if hooks else {}),
        **({"apprise": reached} if reached else {}),
    }


def _source_table(source: Secret) -> dict[str, str]:
    known = {"env": source.env, "file": source.file, "command": source.command}
    return {name: value for name, value in known.items() if value is not None}


def _hook_table(hook: Webhook) -> dict[str, Any]:
    made: dict[str, Any] = {"url": hook.url}
    if hook.form != "generic":
        made["form"] = hook.form
    if hook.key is not None:
        made["key"] = _source_table(hook.key)
    return made
