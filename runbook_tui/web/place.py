"""Where the page is, and by which names it may be called: what keeps other pages out. Pure.

A page elsewhere can have a browser send requests here. By the name that it calls (DNS rebinding
makes it one of its own) and by the origin that a browser tells of it, it is known.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from runbook_tui.frozen import frozen

HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:[0-9]{1,5})?", re.ASCII)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names of one's own machine. The port may be another: a tunnel (ssh -L) has one of its own."""


def is_loopback(host: str) -> bool:
    """Whether an address or name to listen on is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_any(host: str) -> bool:
    """Whether it means every address of this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return host == ""


def in_url(host: str) -> str:
    """An address as it stands in a URL."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


@frozen
class Place:
    """``host`` and ``port`` are listened on; ``url`` is how browsers call it where something with
    TLS stands before it, else empty."""

    host: str
    port: int
    url: str = ""

    @property
    def base(self) -> str:
        """What links begin with."""
        return self.url or f"http://{in_url(self.host)}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    @property
    def encrypted(self) -> bool:
        """Whether browsers come by https."""
        return self.url.startswith("https://")

    def is_called(self, host: str) -> bool:
        """Whether a request's ``Host`` is a name of this place."""
        said = HOST.fullmatch(host.lower())
        if said is None:
            return False
        if self.url and host.lower() == urlsplit(self.url).netloc.lower():
            return True
        if said[1] in LOOPBACK:
            # Behind something with TLS, on this machine, it may be called so, too.
            return self.is_local or bool(self.url)
        own = in_url(self.host).lower()
        return said[1] == own and (said[2] or ":80") == f":{self.port}"

    def comes_from(self, origin: str, host: str) -> bool:
        """Whether a request with that ``Origin`` comes from a page of this place."""
        if self.url and origin.lower() == self.url.lower():
            return True
        return self.is_called(host) and origin.lower() == f"http://{host.lower()}"

    def socket_url(self, host: str) -> str:
        """Where the page connects to, without its path; ``host`` is how it was called."""
        if self.url and host.lower() not in {f"{name}:{self.port}" for name in LOOPBACK}:
            return re.sub("^http", "ws", self.url)
        return f"ws://{host.lower()}"
