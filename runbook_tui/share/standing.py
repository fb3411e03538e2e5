"""How the mirror of a run stands, in words. Pure."""

from __future__ import annotations

import time

from runbook_tui.book.durations import spoken
from runbook_tui.frozen import frozen
from runbook_tui.session.sharing import SharingStatus


@frozen
class Facts:
    """What is known; times in epoch seconds, None for never.

    ``reached``: when the remote answered last; ``moved``: when something was last sent to it
    (``sends``) or taken from it. ``trouble``: why it is not reached. ``shut``: why it is not used
    any more. ``signed``: whether the log is signed, and by whom. ``waiting``: how many events are
    to be sent, or votes to be answered.
    """

    remote: str
    sends: bool
    began: float
    reached: float | None = None
    moved: float | None = None
    trouble: str = ""
    shut: str = ""
    alarm: str = ""
    waiting: int = 0
    aside: str = ""
    signed: str = ""


def in_words(facts: Facts, now: float) -> SharingStatus:
    """The words for the head of the screen, and for lines."""
    if facts.shut:
        said = f"not {'shared' if facts.sends else 'followed'} any more"
        return SharingStatus(words=said, short=said, news=f"{said}: {facts.shut}", away=True,
                        alarm=facts.alarm)  # fmt: skip
    if facts.trouble:
        when = time.strftime("%H:%M", time.localtime(facts.reached or facts.began))
        since = f"not reached since {when}" if facts.reached else "not reached yet"
        left = _left(facts)
        unsent = f", {facts.waiting} unsent" if facts.waiting and not facts.sends else ""
        return SharingStatus(
            words=f"{since}{f', {left}' if left else ''}", short=f"{since}{unsent}", away=True,
            news=f"{facts.remote}: {since}: {facts.trouble}", alarm=facts.alarm,
        )  # fmt: skip
    if facts.reached is None:
        return SharingStatus(words="sharing …", short="sharing …", news="")
    last = max(0.0, now - (facts.moved or facts.reached))
    verb = "shared, last pushed" if facts.sends else "followed, last news"
    word = "shared" if facts.sends else "followed"
    brief = "shared" if facts.sends else "last news"
    left = "" if facts.sends else _left(facts)
    signed = f", {facts.signed}" if facts.signed else ""
    aside = f": {facts.aside}" if facts.aside else ""
    return SharingStatus(
        words=f"{verb} {spoken(last)} ago{f', {left}' if left else ''}",
        short=left or f"{brief} {spoken(last)} ago",
        news=f"{word} over {facts.remote}{signed}{aside}",
        alarm=facts.alarm,
    )


def _left(facts: Facts) -> str:
    many = facts.waiting
    if not many:
        return ""
    what = "event" if facts.sends else "vote"
    return f"{many} {what}{'' if many == 1 else 's'} {'unsent' if facts.sends else 'on the way'}"
