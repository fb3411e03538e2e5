"""Measuring again and again, beside everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Protocol

from runbook_tui.frozen import frozen


@frozen
class CommandProbe:
    """A command whose number, or whose exit status (``by_exit``), is the value."""

    argv: tuple[str, ...]
    cwd: str
    environment: Mapping[str, str]
    by_exit: bool = False


@frozen
class HttpProbe:
    """An address: its ``status``, its ``seconds``, or a number at a path of its ``json``."""

    url: str
    measure: str = "status"
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@frozen
class PrometheusProbe:
    """An instant query to a Prometheus server, whose one number is the value."""

    url: str
    query: str
    headers: Mapping[str, str] = field(default_factory=dict)


@frozen
class Wrong:
    """What cannot be asked at all, and why."""

    reason: str


@frozen
class Ask:
    """One thing that is measured: how often, and how many seconds an answer may take.

    ``hidden`` are values that must not stand in what is said about it.
    """

    probe: CommandProbe | HttpProbe | PrometheusProbe | Wrong
    every: float
    timeout: float
    hidden: tuple[str, ...] = ()


@frozen(kw_only=False)
class Reading:
    """What was measured: ``trouble`` is why there is no value, in one printable line.

    ``asked`` and ``came`` are seconds of the clock that is compared within this process only.
    """

    key: str
    asked: float
    came: float
    value: float | None = None
    trouble: str = ""


class Sampler(Protocol):
    """Measures what it is told to, on threads of its own; nothing waits for it."""

    def measure(self, asks: Mapping[str, Ask]) -> None:
        """Measure these from now on and no others; what is asked as before keeps its rhythm."""

    def hurry(self, keys: Iterable[str]) -> None:
        """Measure these at once, whatever their rhythm."""

    def listen(self, take: Callable[[Reading], None]) -> None:
        """Give every reading to this, on a thread of the sampler's."""

    def close(self) -> None:
        """Measure no more; does not wait for what is under way."""


class NoSampler:
    """Where nothing is measured."""

    def measure(self, asks: Mapping[str, Ask]) -> None:
        """Nothing."""

    def hurry(self, keys: Iterable[str]) -> None:
        """Nothing."""

    def listen(self, take: Callable[[Reading], None]) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""
