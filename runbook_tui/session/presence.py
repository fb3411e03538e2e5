"""Who looks at a run now: a file each in the run's folder, locked for as long as they do.

A lock is gone with whoever held it, however they ended, so nobody has to say that they are still
there. Looking costs one question to the disk while nobody comes or goes.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from runbook_tui.frozen import frozen
from runbook_tui.run.events import Actor
from runbook_tui.session.home import make_folder, opened

FOLDER = "here"
MOST_BYTES = 4096
MOST_PEOPLE = 200
LOOK_AGAIN = 5.0
"""Seconds after which it is looked again whether those are still there who did not say goodbye."""


@frozen
class Here:
    """Somebody who looks at the run: who, by which login, in what way, since when (epoch)."""

    name: str
    email: str = ""
    user: str = ""
    host: str = ""
    way: str = "looks on"
    since: float = 0.0

    @property
    def actor(self) -> Actor:
        """The person."""
        return Actor(name=self.name, email=self.email, user=self.user, host=self.host)


class Presence:
    """Tells others that one is here, and who they are. ``here`` may be read by any thread."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder = folder / FOLDER
        self._now = now
        self._own: tuple[Path, int] | None = None
        self._seen = -1
        self._looked = -LOOK_AGAIN
        self.here: tuple[Here, ...] = ()
        """Who is here as far as it was looked, oneself among them, in the order in which they
        came."""

    def enter(self, actor: Actor, way: str) -> None:
        """Be here, in this way, from now on; where that cannot be told one is here unseen."""
        self.leave()
        mine = Here(name=actor.name, email=actor.email, user=actor.user, host=actor.host, way=way,
                    since=self._now())  # fmt: skip
        path = self._folder / f"{os.getpid()}-{os.urandom(3).hex()}"
        try:
            make_folder(self._folder)
            fd = opened(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        except OSError:
            return
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(fd, json.dumps(asdict(mine)).encode())
        except OSError:
            os.close(fd)
            return
        self._own = (path, fd)

    def leave(self) -> None:
        """Be here no more."""
        if self._own is not None:
            path, fd = self._own
            self._own = None
            with suppress(OSError):
                path.unlink()
            os.close(fd)

    def look(self) -> bool:
        """See who is here; True where that is others than before."""
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            changed = 0
        now = time.monotonic()
        if changed == self._seen and now - self._looked < LOOK_AGAIN:
            return False
        self._seen, self._looked = changed, now
        found = tuple(sorted(self._found(), key=lambda here: here.since))
        before, self.here = self.here, found
        return before != found

    def _found(self) -> list[Here]:
        try:
            names = sorted(os.listdir(self._folder))[:MOST_PEOPLE]
        except OSError:
            return []
        return [here for name in names if (here := self._of(self._folder / name)) is not None]

    def _of(self, path: Path) -> Here | None:
        """Who holds a file; None where nobody does any more."""
        own = self._own is not None and path == self._own[0]
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            if not own and _is_free(fd):
                with suppress(OSError):
                    path.unlink()
                return None
            body = json.loads(os.read(fd, MOST_BYTES))
            since = float(body["since"])
            words = {k: str(body[k]) for k in ("name", "email", "user", "host", "way")}
            return Here(since=since, **words)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        finally:
            os.close(fd)


def _is_free(fd: int) -> bool:
    try:
        # Shared, so that two who look do not find one another.
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
