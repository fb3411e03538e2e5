"""A real Prometheus: its numbers, its errors, and how soon a breach of one is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runbook_tui.book.model import Probe, Step, Watch
from runbook_tui.command.runner import HelperRunner
from runbook_tui.run.watching import Standing
from runbook_tui.session.ports.probes import Ask, PrometheusProbe
from runbook_tui.watch.probing import measured, probe_of
from tests.integration.session.conftest import scene
from tests.integration.session.scene import Scene, book
from tests.prometheus import Prometheus
from tests.waiting import PATIENCE, until

__all__ = ["scene"]

EVERY = 0.5


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    made = Prometheus(tmp_path_factory.mktemp("prometheus"))
    yield made
    made.close()


def ask(url: str, query: str) -> tuple[float | None, str]:
    wanted = Ask(probe=PrometheusProbe(url=url, query=query), every=1.0, timeout=PATIENCE)
    probe = probe_of(wanted, HelperRunner())
    try:
        return measured(probe, wanted)
    finally:
        probe.close()


def test_a_query_gives_its_number_or_what_is_wrong_with_it(prometheus: Prometheus) -> None:
    assert ask(prometheus.url, 'success_rate{job="shop"} * 2') == (199.0, "")
    assert ask(prometheus.url + "/", "scalar(success_rate)") == (99.5, "")
    assert ask(prometheus.url, "no_such_metric") == (None, "the query finds nothing")
    assert ask(prometheus.url, "0 * success_rate / 0")[1].startswith("it is nan")
    value, trouble = ask(prometheus.url, "sum(")
    assert value is None
    assert "Prometheus says: " in trouble
    assert "parse error" in trouble
    value, trouble = ask(prometheus.url, "success_rate[5m]")
    assert value is None
    assert "gives matrix" in trouble


def test_a_breach_is_recorded_once_prometheus_has_it(
    prometheus: Prometheus, scene: Callable[..., Scene]
) -> None:
    probe = Probe(prometheus={"url": prometheus.url, "query": "success_rate"})
    watch = Watch(id="w", title="W", every=EVERY, below=99.0, probe=probe)
    session = scene(book(Step(id="a", title="A", run="true"), watches=(watch,))).open()
    until(lambda: [m.track.standing for m in session.measured().values()] == [Standing.GOOD])
    prometheus.gauge(98.0)
    until(lambda: prometheus.value("success_rate") == 98.0)
    until(lambda: session.state.breached)
    prometheus.gauge(99.5)
    until(lambda: not session.state.breached)
