"""The watches of a TOML plan: what is measured, and the target whose limits it is held against."""

from __future__ import annotations

from collections.abc import Sequence

from runbook_tui.book import model as m
from runbook_tui.book import targets
from runbook_tui.book.files import Files
from runbook_tui.book.toml import schema as t
from runbook_tui.book.toml.nodes import UNKNOWN, Nodes
from runbook_tui.book.toml.positions import Path


class Watches:
    """Reads them; ``there`` are the targets that the plan has."""

    def __init__(self, nodes: Nodes, files: Files, there: Sequence[m.Threshold]) -> None:
        self._nodes = nodes
        self._files = files
        self._targets = there

    def watch(self, w: t.WatchTable, path: Path) -> m.Watch:
        """One of them; what is wrong with it is noted as a fault."""
        base = self._nodes.base(w.id, m.Watch)
        probes = sum(x is not None for x in (w.run, w.http, w.prometheus))
        unread = self._nodes.lost(path, "run", "http", "prometheus", UNKNOWN)
        if probes > 1 or (probes == 0 and base is None and not unread):
            self._nodes.fault(path, f"the watch “{w.title}” wants one of run, http, prometheus")
        watch = m.Watch(
            id=self._nodes.id(w.id, w.title or w.target or ""),
            title=w.title,
            line=self._nodes.line(path),
            probe=m.Probe(run=w.run, http=_asks(w.http), prometheus=_asks(w.prometheus),
                          headers=_headers(w)),
            every=w.every,
            timeout=w.timeout,
            below=_number(w.below),
            above=_number(w.above),
            equal=_number(w.equal),
            samples=w.for_,
            clears_above=_number(w.clears_above),
            clears_below=_number(w.clears_below),
            clears_for=w.clears_for,
            failure_limit=w.failure_limit,
            error_limit=w.error_limit,
            unreadable=w.unreadable,
            severity=w.severity,
            respond_within=w.respond_within,
            on_breach=w.on_breach,
            notify=w.notify,
            applies_to=tuple(w.applies_to),
            dashboard=w.dashboard or "",
            unit=w.unit or "",
            target=w.target or "",
        )  # fmt: skip
        watch = self._aimed(w, path, watch)
        return self._nodes.node(w, path, base, watch)

    def _aimed(self, w: t.WatchTable, path: Path, watch: m.Watch) -> m.Watch:
        """With the limits of the target that it names."""
        if w.target is None:
            return watch
        target = targets.named(w.target, self._targets)
        if target is not None:
            return targets.aimed(watch, target)
        if not self._files.lost.ids and "threshold" not in self._files.lost.names:
            names = ", ".join(f"“{one.name}”" for one in self._targets[:5])
            hint = f"there are {names}" if names else "the plan has no targets"
            self._nodes.fault((*path, "target"), f"there is no target “{w.target}”", hint)
        return watch


def _asks(table: t.HttpTable | t.PrometheusTable | None) -> dict[str, str] | None:
    if table is None:
        return None
    return table.model_dump(by_alias=True, exclude_none=True, exclude={"headers"})


def _headers(watch: t.WatchTable) -> dict[str, str]:
    asked = watch.http or watch.prometheus
    return dict(asked.headers) if asked is not None else {}


def _number(given: float | None) -> float | None:
    return None if given is None else float(given)
