"""What watches may say: addresses that can be asked, limits that fit together, known values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.findings import Fault, Finding
from runbook_tui.book.literals import MARK
from runbook_tui.book.lost import Lost
from runbook_tui.book.model import Runbook, Watch
from runbook_tui.book.places import Places

ADDRESS = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
UNREAD = "?"
"""The key under which a table is lost of which it is not known what all its keys mean."""
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def watch_faults(runbook: Runbook, places: Places, lost: Lost) -> Iterator[Fault]:
    """Everything that keeps a watch from being measured as it is written."""
    known = {p.name for p in runbook.parameters}
    known |= {name for step in runbook.walk() for name in step.outputs}
    for watch in runbook.watches:
        if places.lost(watch, UNREAD):
            continue
        for key, wrong, hint in (*_limits(watch), *_asked(watch)):
            if places.lost(watch, key, "below", "above"):
                continue
            place = places.of(watch, key)
            yield place.fault(f"the watch “{watch.title}”: {wrong}", hint)
        for key, text in texts(watch):
            for match in MARK.finditer(text):
                name = match.group(1)
                if name not in known and not lost.value(name):
                    place = places.find(match.group(0), places.of(watch, key))
                    yield place.fault(f"“{name}” is no parameter and no output of a step")


def texts(watch: Watch) -> Iterator[tuple[str, str]]:
    """Every text of a watch in which values may stand, with its key."""
    probe = watch.probe
    for key, value in (("run", probe.run), ("dashboard", watch.dashboard)):
        if value:
            yield key, value
    for key, asked in (("http", probe.http), ("prometheus", probe.prometheus)):
        for text in (asked or {}).values():
            yield key, text
    key = "http" if probe.http is not None else "prometheus"
    yield from ((key, text) for text in probe.headers.values())


def watch_findings(runbook: Runbook) -> Iterator[Finding]:
    """Watches that can never be read, and those that are measured and never breached."""
    for watch in runbook.watches:
        for url in _addresses(watch):
            yield Finding(
                code="watch-address", severity="high", line=watch.line, source=watch.source,
                message=f"“{url}” of the watch “{watch.title}” is no address of a server: write"
                " http://… or https://…",
            )  # fmt: skip
        asked = watch.probe.http or {}
        bound = any(x is not None for x in (watch.below, watch.above, watch.equal))
        number = watch.probe.prometheus is not None or "json" in asked or "measure" in asked
        if number and not bound:
            yield Finding(
                code="watch-no-limit", severity="medium", line=watch.line, source=watch.source,
                message=f"the watch “{watch.title}” has no limit and is never breached: say"
                " below, above or equal",
            )  # fmt: skip
        if watch.below is not None and watch.above is not None and watch.above < watch.below:
            yield Finding(
                code="watch-always", severity="high", line=watch.line, source=watch.source,
                message=f"the watch “{watch.title}” is always breached: no value is neither below"
                f" {watch.below:g} nor above {watch.above:g}",
            )  # fmt: skip


def _addresses(watch: Watch) -> Iterator[str]:
    asked = (watch.probe.http, watch.probe.prometheus)
    for url in (*((one or {}).get("url", "") for one in asked), watch.dashboard):
        if url and not url.startswith("${{") and not ADDRESS.match(url):
            yield url


def _limits(watch: Watch) -> Iterator[tuple[str, str, str]]:
    pairs = (("clears_above", watch.clears_above, "below", watch.below, 1),
             ("clears_below", watch.clears_below, "above", watch.above, -1))  # fmt: skip
    for key, clears, bound, limit, sign in pairs:
        if clears is None:
            continue
        if limit is None:
            yield key, f"“{key}” needs “{bound}”", f"say {bound} = …, too"
        elif (clears - limit) * sign < 0:
            yield key, f"it would be clear ({key} = {clears:g}) where it is breached", ""


def _asked(watch: Watch) -> Iterator[tuple[str, str, str]]:
    asked = watch.probe.http or {}
    if "json" in asked and "measure" in asked:
        yield "http", "it looks at a field of the answer or at its status or time, not at both", ""
    for name, value in watch.probe.headers.items():
        key = "http" if watch.probe.http is not None else "prometheus"
        if not TOKEN.fullmatch(name):
            yield key, f"“{name}” is no name of a header", ""
        if "\n" in value or "\r" in value:
            yield key, f"the header {name} has more than one line", ""
