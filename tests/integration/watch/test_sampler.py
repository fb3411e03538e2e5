"""Many things measured at once: each in its rhythm, whatever becomes of the others."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.command.runner import HelperRunner
from runbook_tui.session.ports.probes import Ask, HttpProbe, Reading
from runbook_tui.watch import sampler
from runbook_tui.watch.sampler import TOGETHER, WORKERS, ThreadSampler
from tests.fakes.answers import Answers, answer
from tests.waiting import until


class Taking:
    """A sampler, and what it has read."""

    def __init__(self) -> None:
        self.sampler = ThreadSampler(HelperRunner())
        self.readings: list[Reading] = []
        self.sampler.listen(self.readings.append)

    def of(self, key: str) -> list[Reading]:
        return [r for r in list(self.readings) if r.key == key]


@pytest.fixture
def taking() -> Iterator[Taking]:
    made = Taking()
    yield made
    made.sampler.close()


@pytest.fixture
def good() -> Iterator[Answers]:
    server = Answers(answer("{}"))
    yield server
    server.close()


@pytest.fixture
def silent() -> Iterator[Answers]:
    server = Answers(lambda connection, request: None)
    yield server
    server.close()


def asks(url: str, *, every: float = 0.05, timeout: float = 600.0) -> Ask:
    return Ask(probe=HttpProbe(url=url), every=every, timeout=timeout)


def test_each_is_sampled_at_its_cadence_over_one_connection(taking: Taking, good: Answers) -> None:
    begun = time.monotonic()
    taking.sampler.measure({"a": asks(good.url, every=0.2), "b": asks(good.url, every=100.0)})
    until(lambda: len(taking.of("a")) >= 6 and taking.of("b"))
    readings = taking.of("a")
    assert len(taking.of("b")) == 1
    assert all(r.value == 200.0 for r in readings)
    assert good.connections == 2
    # The first may be late and the sixth with it; none is earlier than those beside it allow.
    assert readings[5].asked - begun >= 0.2 * 5 - TOGETHER


def test_forty_that_are_silent_hold_no_other_up(
    taking: Taking, good: Answers, silent: Answers
) -> None:
    stuck = {f"s{n}": asks(silent.url, every=0.5, timeout=600.0) for n in range(40)}
    taking.sampler.measure({**stuck, "a": asks(good.url)})
    until(lambda: len(silent.requests) == 40)
    before = len(taking.of("a"))
    until(lambda: len(taking.of("a")) >= before + 10)
    assert not [r for r in taking.readings if r.key != "a"]


def test_what_is_asked_no_more_says_no_more(taking: Taking, good: Answers) -> None:
    taking.sampler.measure({"a": asks(good.url), "b": asks(good.url)})
    until(lambda: len(taking.of("a")) > 2 and len(taking.of("b")) > 2)
    taking.sampler.measure({"b": asks(good.url)})
    count = len(taking.of("a"))
    seen = len(taking.of("b"))
    until(lambda: len(taking.of("b")) > seen + 5)
    assert len(taking.of("a")) <= count + 1
    taking.sampler.measure({"a": asks(good.url)})
    until(lambda: len(taking.of("a")) > count + 2)


def test_another_rhythm_is_taken_up_without_asking_at_once(taking: Taking, good: Answers) -> None:
    taking.sampler.measure({"a": asks(good.url, every=100.0)})
    until(lambda: len(taking.of("a")) == 1)
    taking.sampler.measure({"a": asks(good.url, every=200.0)})
    taking.sampler.measure({"a": asks(good.url, every=0.05)})
    until(lambda: len(taking.of("a")) >= 5)
    assert good.connections == 1
    taking.sampler.measure({"a": asks(good.url, every=100.0)})
    count = len(taking.of("a"))
    taking.sampler.hurry(["a", "nobody"])
    until(lambda: len(taking.of("a")) > count)


def test_the_end_waits_for_nobody(taking: Taking, silent: Answers) -> None:
    taking.sampler.measure({"a": asks(silent.url, timeout=600.0)})
    until(lambda: silent.requests)
    begun = time.monotonic()
    taking.sampler.close()
    assert time.monotonic() - begun < 300  # The probe has 600 s.
    taking.sampler.measure({"b": asks(silent.url)})
    assert len(silent.requests) == 1


def test_at_the_end_what_waits_for_a_thread_keeps_no_connection(
    taking: Taking, good: Answers, silent: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runbook_tui.watch.sampler.WORKERS", 1)
    asked = asks(good.url)
    taking.sampler.measure({"b": asked})
    until(lambda: taking.of("b"))
    probe = taking.sampler._turns["b"].probe
    assert probe._address._socket is not None  # type: ignore[attr-defined]
    taking.sampler.measure({"a": asks(silent.url), "b": asked})
    until(lambda: silent.requests and taking.sampler._ready)
    taking.sampler.close()
    assert probe._address._socket is None  # type: ignore[attr-defined]


def test_idle_threads_go(taking: Taking, good: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runbook_tui.watch.sampler.IDLE", 0.2)

    def mine() -> int:
        return sum(t.name == "watch" for t in threading.enumerate())

    others = mine()
    taking.sampler.measure({f"g{n}": asks(good.url, every=100.0) for n in range(20)})
    until(lambda: len({r.key for r in taking.readings}) == 20)
    until(lambda: mine() <= others)


def test_a_server_that_is_silent_to_hundreds_keeps_others_waiting_once_at_most(
    taking: Taking, good: Answers, silent: Answers
) -> None:
    stuck = {f"s{n}": asks(silent.url, every=0.05, timeout=1.0) for n in range(300)}
    taking.sampler.measure(stuck)
    # Once each is known to be slow, so many threads are kept for the others.
    until(lambda: len({r.key for r in list(taking.readings)}) == 300, seconds=60)
    taking.sampler.measure({**stuck, "good": asks(good.url, every=0.05)})
    until(lambda: len(taking.of("good")) >= 3)
    asked = [r.asked for r in taking.of("good")]
    waited = [r for r in list(taking.readings) if r.key != "good" and r.asked > asked[0]]
    assert len(waited) <= WORKERS * 3
    assert sum(thread.name == "watch" for thread in threading.enumerate()) <= WORKERS


def test_a_name_that_is_looked_up_for_ever_is_unknown_and_not_what_it_was(
    taking: Taking, good: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampler, "LATE", 0.1)
    stuck = threading.Event()
    real = socket.getaddrinfo
    waits = False

    def look_up(*words: Any, **keys: Any) -> Any:
        if waits:
            stuck.wait(60)
        return real(*words, **keys)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    taking.sampler.measure({"a": asks(good.url, timeout=0.2)})
    until(lambda: len(taking.of("a")) >= 2)
    waits = True
    good.drop()
    until(lambda: taking.of("a")[-1].value is None)
    assert taking.of("a")[-1].trouble == "no answer within 0.2 s"
    waits = False
    stuck.set()
    until(lambda: taking.of("a")[-1].value == 200.0)
