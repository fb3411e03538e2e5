"""Who is told: the ways out that a plan and a person's settings name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING

from runbook_tui.wiring.machine import surroundings

if TYPE_CHECKING:
    from runbook_tui.book.model import Announcement, AppriseAddress, Secret, Tell
    from runbook_tui.preferences.own_telling import OwnTell
    from runbook_tui.run.state import RunState
    from runbook_tui.session.session import Session
    from runbook_tui.tell.announcer import Announcer
    from runbook_tui.tell.channels import Channel
    from runbook_tui.tell.teller import Teller


def teller(session: Session) -> Teller | None:
    """What tells people of the run's alarms, not yet started; None where nobody is to be told."""
    from runbook_tui.preferences.file import preferences

    plan = _channels(session, session.state.runbook.tell, "command")
    channels = [*plan, *_channels(session, _as_plan(preferences().tell), "own command")]
    if not channels or session.state.rehearsal:
        return None
    from runbook_tui.tell.teller import Teller

    reached = (*session.state.runbook.tell.apprise, *_as_plan(preferences().tell).apprise)
    _hide(session, (one for one in reached if not one.url.command))
    # Who asks a keyring may have to wait.
    slow = [one for one in reached if one.url.command]
    Thread(target=_hide, args=(session, slow), name="addresses", daemon=True).start()
    return Teller(session, channels, lambda: session.hidden)


def attend(session: Session) -> None:
    """Have what the run's plan announces elsewhere opened and closed beside the session."""
    if not session.state.rehearsal:
        attendant = _Attendant(session)
        session.at_open.append(attendant.begin)
        session.at_end.append(attendant.end)


class _Attendant:
    """Loads and starts what announces, once the plan of a session announces anything."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder = _folder(session)
        self._announcer: Announcer | None = None
        self._making: Thread | None = None
        self._one_at_a_time = Lock()

    def begin(self) -> None:
        """Look at every state from now on."""
        self._session.listen(self._look)
        self._look(self._session.state)

    def _look(self, state: RunState) -> None:
        # Another plan may be the first to announce anything.
        if self._making is not None or not (state.runbook.announcements or state.announced):
            return
        with self._one_at_a_time:
            if self._making is None:
                self._mask(state.runbook.announcements)
                # Neither a rollback nor a key waits until what asks servers is loaded.
                self._making = Thread(target=self._make, name="announcer", daemon=True)
                self._making.start()

    def _mask(self, announcements: Iterable[Announcement]) -> None:
        """What has to be fetched by a command is masked once it was."""
        for one in announcements:
            if one.token is not None and not one.token.command:
                value = surroundings().secret(one.token, self._folder)
                self._session.give_secret(f"[[announce]] {one.id}", value or "")

    def _make(self) -> None:
        from runbook_tui.tell.announcer import Announcer

        announcer = Announcer(
            self._session, lambda source: surroundings().secret(source, self._folder)
        )
        announcer.start()
        self._announcer = announcer

    def end(self) -> None:
        """Close what is open, as far as that can be waited for."""
        with self._one_at_a_time:
            making = self._making
        if making is not None:
            making.join()
        if self._announcer is not None:
            self._announcer.close()


def _hide(session: Session, reached: Iterable[AppriseAddress]) -> None:
    """Let the addresses that are secrets be masked in all that is written from here on."""
    for one in reached:
        if url := surroundings().secret(one.url, _folder(session)):
            session.give_secret(f"[tell] {one.name}", url.strip())


def _folder(session: Session) -> str:
    begun = session.state.begun
    return begun.folder if begun is not None else ""


def _as_plan(own: OwnTell) -> Tell:
    from runbook_tui.book.model import AppriseAddress, Tell, Webhook

    hooks = (
        Webhook(url=h.url, form=h.form, key=_source(h.key) if h.key else None) for h in own.webhooks
    )
    reached = (AppriseAddress(name=name, url=_source(url)) for name, url in own.apprise)
    return Tell(command=own.command, webhooks=tuple(hooks), apprise=tuple(reached))


def _source(key: tuple[str, str]) -> Secret:
    from runbook_tui.book.model import Secret

    kind, named = key
    return Secret(
        env=named if kind == "env" else None,
        file=named if kind == "file" else None,
        command=named if kind == "command" else None,
    )


def _channels(session: Session, tell: Tell, name: str) -> Iterator[Channel]:
    if tell.command is None and not tell.webhooks and not tell.apprise:
        return
    from runbook_tui.tell.channels import AppriseChannel, CommandChannel, WebChannel

    folder = _folder(session)
    if tell.command is not None:
        around = surroundings()
        yield CommandChannel(tell.command, session.runner, folder, around.environment, name)
    for hook in tell.webhooks:
        key = partial(surroundings().secret, hook.key, folder) if hook.key else lambda: None
        yield WebChannel(hook.url, hook.form, key)
    for one in tell.apprise:
        url = partial(surroundings().secret, one.url, folder)
        called = one.name if name == "command" else f"own {one.name}"
        yield AppriseChannel(called, url, session.runner, surroundings().environment)
