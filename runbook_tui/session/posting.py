"""Posting to an address within a time, whatever the other side does: an answer in words."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable
from urllib.request import Request

MOST_ANSWER = 4096
"""Bytes that are read of an answer."""


def post(
    request: Callable[[], Request], why: Callable[[Exception], str], *, patience: float
) -> str:
    """Post what is asked for; why that did not work, empty where it did. Never raises.

    It takes ``patience`` seconds at most and is followed nowhere else. ``why`` puts a fault into
    words, of the request, the way or the answer, unless it is that there was none.
    """
    told: list[str] = []

    def send() -> None:
        try:
            opener = urllib.request.build_opener(_Stay)
            with opener.open(request(), timeout=patience) as answer:
                answer.read(MOST_ANSWER)
        except Exception as error:  # noqa: BLE001  http.client raises kinds of its own
            reason = getattr(error, "reason", None) or error
            told.append(_late(patience) if isinstance(reason, TimeoutError) else why(error))
        else:
            told.append("")

    # Name look-ups and slow answers know no time limit; nobody waits for this thread.
    thread = threading.Thread(target=send, name="post", daemon=True)
    thread.start()
    thread.join(patience)
    return told[0] if told else _late(patience)


def _late(patience: float) -> str:
    return f"no answer within {patience:g} s"


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: what was sent to one address is not meant for another."""

    def redirect_request(self, *args: object, **more: object) -> None:
        """Never."""
