"""How people are told of alarms, as the table ``[tell]`` of a plan says it: read, held, written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from runbook_tui.book.model import Secret, Tell, Webhook
from runbook_tui.book.toml_schema import TellTable, WebhookTable

if TYPE_CHECKING:
    from runbook_tui.book.toml_nodes import Nodes

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
    commands = [table.command, *(other.command for other in taken)]
    command = next((text for text in commands if text is not None), None)
    return Tell(command=command, webhooks=tuple(dict.fromkeys(hooks)))


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
    sources = [table.key.env, table.key.file, table.key.command] if table.key else ["one"]
    if sum(source is not None for source in sources) != 1:
        yield "a key comes from one of env, file, command", 'as in: key = { env = "PD_KEY" }'


def is_address(url: str) -> bool:
    """Whether something can be sent there: http or https, and a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False


def _hook(table: WebhookTable) -> Webhook:
    key = table.key
    secret = Secret(env=key.env, file=key.file, command=key.command) if key else None
    url = table.url or (PAGERDUTY if table.form == "pagerduty" else "")
    return Webhook(url=url, form=table.form, key=secret)


def tell_table(tell: Tell) -> dict[str, Any]:
    """The same as a table; empty where nobody is told."""
    table: dict[str, Any] = {} if tell.command is None else {"command": tell.command}
    hooks = [_hook_table(hook) for hook in tell.webhooks]
    return {**table, **({"webhook": hooks} if hooks else {})}


def _hook_table(hook: Webhook) -> dict[str, Any]:
    made: dict[str, Any] = {"url": hook.url}
    if hook.form != "generic":
        made["form"] = hook.form
    if hook.key is not None:
        known = {"env": hook.key.env, "file": hook.key.file, "command": hook.key.command}
        made["key"] = {name: value for name, value in known.items() if value is not None}
    return made
