"""Keys in the order they were pressed: each only once the one before it has had its effect.

Textual gives a key to whoever has the focus at that moment. Of a burst the second key would go to
the screen that the first is about to leave, and be lost there, or mean something else.
"""

from __future__ import annotations

import time
from collections import deque

from textual import events
from textual.binding import Binding
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from runbook_tui.preferences.model import DEFAULTS, Preferences
from runbook_tui.tui.dressing import DressedApp

LONGEST_EFFECT = 3.0
"""Seconds after which a key counts as done, whatever became of it."""
LONGEST_OPENING = 5.0
"""Seconds that a screen has to be ready for keys."""
LOOK_AGAIN = 0.01
ROUNDS = 2
"""Word goes behind the key, then behind what the key has made its widget say (Enter: submitted)."""
MOST = 4096
"""Keys that wait at most; more are dropped."""


class TakesKeys:
    """A widget that deals with keys at once: typing is to be as quick as on a terminal."""

    def take_key(self, event: events.Key) -> bool:
        """The key's whole effect; False where it is to go the way of every other."""
        raise NotImplementedError


class KeyedApp(DressedApp):
    """An application that delivers keys and pastes one after the other."""

    def __init__(self, preferences: Preferences = DEFAULTS) -> None:
        super().__init__(preferences)
        self.keyed = 0.0
        """When the key came that is dealt with, which may be long before now."""
        self.keys_ahead = KeysAhead(self)

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes wait for their turn."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.keys_ahead.take(event)
        else:
            await self.deliver(event)

    async def deliver(self, event: events.Event) -> None:
        """Give an event to whoever has the focus, now."""
        if isinstance(event, events.Key):
            self.keyed = event.time
        await super().on_event(event)

    async def on_keys_ahead_settled(self, message: KeysAhead.Settled) -> None:
        """A key has had its effect: the next."""
        await self.keys_ahead.settled(message.number)


class KeysAhead:
    """Holds keys back while another is under way or a screen is being opened."""

    class Settled(Message):
        """Goes the way of a key, behind it: whatever that key does is done when this arrives."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, app: KeyedApp) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._target: MessagePump | None = None
        self._screen: Screen[object] | None = None
        self._passed_at = 0.0
        self._rounds = 0
        self._number = 0
        self._opening: Screen[object] | None = None
        self._opening_since = 0.0
        self._looks_again = False

    async def take(self, event: events.Event) -> None:
        """Deliver a key or paste once its turn has come; the panic key has it always."""
        binding = self._prior(event)
        if binding is not None and binding.id == "panic":
            # What waits was meant for what is no longer there.
            self._waiting.clear()
            await self._app.deliver(event)
        elif self._waiting or self._under_way() or self._is_opening():
            if len(self._waiting) < MOST:
                self._waiting.append(event)
            self._look_again()
        elif binding is not None or not self._is_taken(event):
            await self._pass(event)

    def _prior(self, event: events.Event) -> Binding | None:
        """The binding of a key that comes before whatever has the focus.

        As in `active_bindings`, which looks at those of all keys.
        """
        if not isinstance(event, events.Key):
            return None
        for namespace, bindings in self._app.screen._modal_binding_chain:  # noqa: SLF001
            for binding in bindings.key_to_bindings.get(event.key, ()):
                if binding.priority and self._allowed(binding, namespace):
                    return binding
        return None

    def _allowed(self, binding: Binding, namespace: DOMNode) -> bool:
        return self._app._check_action_state(binding.action, namespace) is not False  # noqa: SLF001

    def _is_taken(self, event: events.Event) -> bool:
        """Whether a key has had its effect already, so that none has to wait for it."""
        if not isinstance(event, events.Key) or not self._app.app_focus:
            return False
        target: object = self._app.focused
        taken = isinstance(target, TakesKeys) and target.take_key(event)
        if taken:
            self._app.keyed = event.time
        return taken

    async def _pass(self, event: events.Event) -> None:
        self._target, self._screen = self._app.focused or self._app.screen, self._app.screen
        self._rounds = ROUNDS
        self._number += 1
        self._passed_at = time.monotonic()
        await self._app.deliver(event)
        self._follow()

    def _follow(self) -> None:
        """Send word behind the key."""
        self._rounds -= 1
        if self._target is None or not self._target.post_message(self.Settled(self._number)):
            self._target = None

    async def settled(self, number: int) -> None:
        """A key is done: pass on what waits, if it is the one under way."""
        if number != self._number:
            return
        if self._rounds:
            self._follow()
        else:
            self._target = None
        await self._go_on()

    async def _go_on(self) -> None:
        if not self._waiting:
            return
        if self._under_way() or self._is_opening():
            self._look_again()
        else:
            await self._pass(self._waiting.popleft())

    def _under_way(self) -> bool:
        if self._target is None:
            return False
        # A widget that was taken away with its screen passes nothing on.
        left = self._app.screen is not self._screen
        if left or time.monotonic() - self._passed_at > LONGEST_EFFECT:
            self._target = None
        return self._target is not None

    def _is_opening(self) -> bool:
        """Whether the screen has nothing yet that takes keys."""
        screen, now = self._app.screen, time.monotonic()
        if screen is not self._opening:
            self._opening, self._opening_since = screen, now
        ready = screen.focused is not None or getattr(screen, "TAKES_KEYS", False)
        if ready or now - self._opening_since > LONGEST_OPENING:
            self._opening_since = 0.0
        return self._opening_since > 0.0

    def _look_again(self) -> None:
        if not self._looks_again:
            self._looks_again = True
            self._app.set_timer(LOOK_AGAIN, self._looked)

    async def _looked(self) -> None:
        self._looks_again = False
        await self._go_on()
