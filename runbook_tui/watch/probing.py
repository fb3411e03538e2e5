"""One probe, asked once: a value, or why there is none."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlencode

from runbook_tui.book.plain_text import printable
from runbook_tui.session.ports.probes import (
    Ask,
    CommandProbe,
    HttpProbe,
    PrometheusProbe,
    Wrong,
)
from runbook_tui.session.ports.runner import Outcome, Runner
from runbook_tui.watch.http import Address, Answer, NoAnswer
from runbook_tui.watch.numbers import NoNumber, at_path, decoded, last_number, of_prometheus

SHOWN = 200
NEVER_RAN = {126: "it cannot be run", 127: "it, or what it calls, is not found"}


class Probe(Protocol):
    """Something that can be asked for a value, by one thread at a time."""

    def value(self, timeout: float) -> float:
        """Ask; raises `NoNumber` or `NoAnswer`."""

    def close(self) -> None:
        """Keep nothing open."""


class _Command:
    def __init__(self, probe: CommandProbe, runner: Runner) -> None:
        self._probe, self._runner = probe, runner

    def value(self, timeout: float) -> float:
        probe = self._probe
        outcome = self._runner.run(
            probe.argv, cwd=probe.cwd or None, environment=probe.environment, timeout=timeout
        )
        if outcome.exit is None:
            raise NoAnswer(outcome.stderr or "it did not run")
        if outcome.exit in NEVER_RAN:
            raise NoAnswer(NEVER_RAN[outcome.exit])
        if probe.by_exit:
            return float(outcome.exit)
        if outcome.exit != 0:
            raise NoAnswer(f"it ended with {outcome.exit}{_said(outcome)}")
        return last_number(outcome.stdout)

    def close(self) -> None:
        """Nothing is kept open."""


def _said(outcome: Outcome) -> str:
    lines = [x.strip() for x in outcome.stderr[-4096:].splitlines() if x.strip()]
    return f": {lines[-1]}" if lines else ""


class _Http:
    def __init__(self, probe: HttpProbe) -> None:
        self._probe = probe
        self._address = Address(probe.url, probe.headers)

    def value(self, timeout: float) -> float:
        answer = self._address.ask(timeout)
        if self._probe.measure == "status":
            return float(answer.status)
        _good(answer)
        if self._probe.measure == "seconds":
            return answer.seconds
        return at_path(decoded(answer.body), self._probe.path)

    def close(self) -> None:
        self._address.close()


class _Prometheus:
    def __init__(self, probe: PrometheusProbe) -> None:
        base = probe.url.rstrip("/")
        if not base.endswith("/api/v1/query"):
            base += "/api/v1/query"
        self._address = Address(f"{base}?{urlencode({'query': probe.query})}", probe.headers)

    def value(self, timeout: float) -> float:
        answer = self._address.ask(timeout)
        try:
            data = decoded(answer.body)
        except NoNumber:
            _good(answer)
            raise
        return of_prometheus(data)

    def close(self) -> None:
        self._address.close()


class _Wrong:
    def __init__(self, reason: str) -> None:
        self._reason = reason

    def value(self, timeout: float) -> float:
        raise NoAnswer(self._reason)

    def close(self) -> None:
        """Nothing is kept open."""


def _good(answer: Answer) -> None:
    """A number in an error's page, or how fast one came, is no measurement."""
    if not 200 <= answer.status < 300:
        raise NoAnswer(f"it answers with {answer.status}")


def probe_of(ask: Ask, runner: Runner) -> Probe:
    """What asks it."""
    probe = ask.probe
    try:
        if isinstance(probe, CommandProbe):
            return _Command(probe, runner)
        if isinstance(probe, HttpProbe):
            return _Http(probe)
        if isinstance(probe, PrometheusProbe):
            return _Prometheus(probe)
    except NoAnswer as error:
        return _Wrong(str(error))
    assert isinstance(probe, Wrong)
    return _Wrong(probe.reason)


def measured(probe: Probe, ask: Ask) -> tuple[float | None, str]:
    """The value, or why there is none: one printable line without anything that is hidden."""
    try:
        return probe.value(ask.timeout), ""
    except (NoAnswer, NoNumber) as error:
        said = str(error)
    except Exception as error:  # noqa: BLE001  a fault of ours is a value that is not known
        said = f"a fault of this program: {error!r}"
    for value in sorted(ask.hidden, key=len, reverse=True):
        if value:
            said = said.replace(value, "***")
    return None, printable(said, SHOWN)
