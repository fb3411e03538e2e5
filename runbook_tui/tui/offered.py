"""How the palette asks an application for what can be done, and what it has keys for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits
from textual.dom import DOMNode
from textual.system_commands import SystemCommandsProvider

from runbook_tui.preferences.key_names import shown
from runbook_tui.tui.dressing import DressedApp

BY_WORDS = 0.1
"""How well a deed fits of which only the words below its name hold what was typed."""


class Deeds(SystemCommandsProvider):
    """What the palette offers; before anything is typed in the order in which it is wanted."""

    async def discover(self) -> Hits:
        """All of it."""
        for name, words, deed, _ in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(name, deed, help=words)

    async def search(self, query: str) -> Hits:
        """What fits by its name, and below that what is explained with these words."""
        matcher = self.matcher(query)
        for name, words, deed, _ in self.app.get_system_commands(self.screen):
            if (fits := matcher.match(name)) > 0:
                yield Hit(fits, matcher.highlight(name), deed, help=words)
            elif query.casefold() in words.casefold():
                yield Hit(BY_WORDS, name, deed, help=words)


def of_keys(
    app: DressedApp, node: DOMNode, without: Collection[str] = ()
) -> Iterator[SystemCommand]:
    """Every act that a key of this screen or widget does, but those with the ids ``without``."""
    told = set(without)
    for bindings in node._bindings.key_to_bindings.values():  # noqa: SLF001  no other way to them
        for binding in bindings:
            id_ = binding.id or ""
            if not id_ or id_ in told:
                continue
            told.add(id_)
            name = f"{binding.description[:1].upper()}{binding.description[1:]}"
            keys = " or ".join(map(shown, app.preferences.keys(id_))) or "no key"
            words = f"as {keys} does: {binding.tooltip or binding.description}"
            yield SystemCommand(name, words, partial(app.run_action, binding.action, node))
