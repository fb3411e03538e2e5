"""Values of secrets, fetched from their sources beside whoever needs them, and kept in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from runbook_tui.book.model import Parameter, Secret

AGAIN = 2.0
"""Seconds at least before a source that gave nothing is asked again."""
SLOWER = 4.0
"""So many times as long as it took to give nothing passes before it is asked again: a source that
is out of reach just now must not be waited for all the time."""
SOON = 1.0
"""Seconds that a source has to answer while nothing waits for it that needs it."""


@dataclass(kw_only=True)
class _Asked:
    """A source that is being asked, or was, in monotonic seconds."""

    began: float
    ended: float | None = None
    over: threading.Event = field(default_factory=threading.Event)
    value: str | None = None


class Vault:
    """What secrets are known; each source is asked on a thread of its own, and not for ever."""

    def __init__(self, fetch: Callable[[Secret], str | None]) -> None:
        self._fetch = fetch
        self.values: dict[str, str] = {}
        self._asked: dict[str, _Asked] = {}

    def ask(
        self, parameters: Iterable[Parameter], needed: Collection[str] | None, soon: float = SOON
    ) -> None:
        """Ask the sources of what is not known yet, and wait for those that are ``needed`` (None:
        all); the others have ``soon`` seconds, and are there when they come."""
        wanted = [p for p in parameters if p.secret is not None and p.name not in self.values]
        for parameter in wanted:
            if parameter.secret is not None and self._due(parameter.name):
                self._begin(parameter.name, parameter.secret)
        for parameter in wanted:
            asked = self._asked.get(parameter.name)
            if asked is None:
                continue
            waits = needed is None or parameter.name in needed
            asked.over.wait(None if waits else max(0.0, asked.began + soon - time.monotonic()))
            if asked.over.is_set() and asked.value is not None:
                self.values[parameter.name] = asked.value

    def ask_again(self) -> None:
        """Sources that gave nothing are asked anew at once: what they are asked with is another."""
        self._asked = {
            name: asked
            for name, asked in self._asked.items()
            if not asked.over.is_set() or asked.value is not None
        }

    def come(self) -> bool:
        """Whether a source has answered with a value that nobody has taken yet."""
        return any(
            asked.over.is_set() and asked.value is not None and name not in self.values
            for name, asked in self._asked.items()
        )

    def asks(self, name: str) -> bool:
        """Whether its source is being asked just now, and nobody knows yet what it gives."""
        asked = self._asked.get(name)
        return asked is not None and name not in self.values and not asked.over.is_set()

    def _due(self, name: str) -> bool:
        asked = self._asked.get(name)
        if asked is None:
            return True
        if asked.ended is None:
            return False
        pause = max(AGAIN, SLOWER * (asked.ended - asked.began))
        return time.monotonic() - asked.ended >= pause

    def _begin(self, name: str, source: Secret) -> None:
        asked = self._asked[name] = _Asked(began=time.monotonic())

        def answer() -> None:
            try:
                asked.value = self._fetch(source)
            finally:
                asked.ended = time.monotonic()
                asked.over.set()

        if source.env:
            answer()  # There at once, and never waits.
        else:
            threading.Thread(target=answer, name="secret", daemon=True).start()
