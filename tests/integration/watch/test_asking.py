"""Asking a server that is good, dead, slow, or lies."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from runbook_tui.command.runner import HelperRunner
from runbook_tui.session.ports.probes import (
    Ask,
    CommandProbe,
    HttpProbe,
    PrometheusProbe,
    Wrong,
)
from runbook_tui.watch.probing import measured, probe_of
from tests.fakes.answers import Act, Answers, answer, raw
from tests.waiting import PATIENCE

Serve = Callable[[Act], Answers]


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[Answers] = []

    def make(act: Act) -> Answers:
        made.append(Answers(act))
        return made[-1]

    yield make
    for server in made:
        server.close()


def once(
    probe: CommandProbe | HttpProbe | PrometheusProbe | Wrong,
    *,
    timeout: float = PATIENCE,
    hidden: tuple[str, ...] = (),
) -> tuple[float | None, str]:
    ask = Ask(probe=probe, every=1.0, timeout=timeout, hidden=hidden)
    found = probe_of(ask, HelperRunner())
    try:
        return measured(found, ask)
    finally:
        found.close()


def test_status_field_and_time_of_an_answer(serve: Serve) -> None:
    server = serve(answer('{"rate": {"now": 99.5}}'))
    assert once(HttpProbe(url=server.url)) == (200.0, "")
    assert once(HttpProbe(url=server.url, measure="json", path="rate.now")) == (99.5, "")
    took, trouble = once(HttpProbe(url=server.url, measure="seconds"))
    assert not trouble
    assert took is not None
    assert 0 < took < PATIENCE


def test_an_error_is_a_status_and_no_other_number(serve: Serve) -> None:
    server = serve(answer('{"rate": 99.5}', 500))
    assert once(HttpProbe(url=server.url)) == (500.0, "")
    for measure in ("json", "seconds"):
        probe = HttpProbe(url=server.url, measure=measure, path="rate")
        assert once(probe) == (None, "it answers with 500")


def test_a_redirect_is_an_answer_and_is_not_followed(serve: Serve) -> None:
    server = serve(answer("", 302, more="Location: http://127.0.0.1:1/elsewhere\r\n"))
    assert once(HttpProbe(url=server.url)) == (302.0, "")
    assert len(server.requests) == 1


def test_a_connection_is_kept_and_made_anew_where_the_server_has_closed_it(serve: Serve) -> None:
    server = serve(answer("{}"))
    ask = Ask(probe=HttpProbe(url=server.url), every=1.0, timeout=PATIENCE)
    probe = probe_of(ask, HelperRunner())
    assert [measured(probe, ask) for _ in range(5)] == [(200.0, "")] * 5
    assert server.connections == 1
    server.drop()
    assert measured(probe, ask) == (200.0, "")
    assert server.connections == 2
    probe.close()


CHUNKED = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
           b'5;x=y\r\n{"a":\r\n3\r\n 7}\r\n0\r\n\r\n')  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [CHUNKED, b'HTTP/1.0 200 OK\r\n\r\n{"a": 7}',
     b'HTTP/1.1 200\r\nContent-length:8\r\n\r\n{"a": 7}',
     b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 7}'],
)  # fmt: skip
def test_every_way_to_send_a_body(serve: Serve, data: bytes) -> None:
    server = serve(raw(data))
    assert once(HttpProbe(url=server.url, measure="json", path="a")) == (7.0, "")


def test_an_answer_never_runs_over_into_the_next(serve: Serve) -> None:
    server = serve(raw(CHUNKED, close=False))
    ask = Ask(
        probe=HttpProbe(url=server.url, measure="json", path="a"), every=1.0, timeout=PATIENCE
    )
    probe = probe_of(ask, HelperRunner())
    assert [measured(probe, ask) for _ in range(3)] == [(7.0, "")] * 3
    server.act = raw(CHUNKED + b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + b'{"a": 1}',
                     close=False)  # fmt: skip
    measured(probe, ask)
    server.act = raw(CHUNKED, close=False)
    assert measured(probe, ask) == (7.0, "")
    probe.close()


def test_what_a_server_says_unasked_on_a_kept_connection_is_no_answer(serve: Serve) -> None:
    """As one does that gives up waiting for the next request."""
    server = serve(answer('{"a": 7}'))
    ask = Ask(probe=HttpProbe(url=server.url), every=1.0, timeout=PATIENCE)
    probe = probe_of(ask, HelperRunner())
    assert measured(probe, ask) == (200.0, "")
    server.say(b"HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\n\r\n")
    assert measured(probe, ask) == (200.0, "")
    late = b"HTTP/1.1 503 Late\r\nContent-Length: 0\r\n\r\n"
    server.act = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + late, close=False)
    assert [measured(probe, ask) for _ in range(3)] == [(200.0, "")] * 3
    probe.close()


HUGE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (1 << 30)


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "it closes the connection"), (b"SSH-2.0-x\r\n\r\n", "no answer of HTTP"),
     (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "its answer is cut off"),
     (b"HTTP/1.1 200 OK\r\nConte", "its answer is cut off"), (HUGE, "has more than 1 MiB"),
     (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (2 << 20), "has more than 1 MiB"),
     (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20000, "its headers do not end"),
     (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "no answer of HTTP"),
     (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", "no answer of HTTP"),
     (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", "more than 1 MiB"),
     (b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a": NaN}', "no number to go by")],
)  # fmt: skip
def test_what_lies_is_no_value(serve: Serve, data: bytes, why: str) -> None:
    server = serve(raw(data))
    value, trouble = once(HttpProbe(url=server.url, measure="json", path="a"))
    assert value is None
    assert why in trouble


def test_one_that_is_dead_is_no_value() -> None:
    # A port that is taken and not listened at stays dead, whatever others open meanwhile.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        value, trouble = once(HttpProbe(url=f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert (value, trouble) == (None, "connection refused")


def test_one_that_is_silent_or_trickles_has_its_time_and_no_more(serve: Serve) -> None:
    silent = serve(lambda connection, request: None)

    def trickle(connection: socket.socket, request: bytes) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000:
            connection.sendall(bytes([byte]))
            trickling.over.wait(0.02)

    trickling = serve(trickle)
    for server in (silent, trickling):
        begun = time.monotonic()
        assert once(HttpProbe(url=server.url), timeout=0.3) == (None, "no answer within 0.3 s")
        assert time.monotonic() - begun < PATIENCE


def test_headers_and_the_login_in_an_address_are_sent_and_told_to_nobody(serve: Serve) -> None:
    server = serve(answer("{}"))
    once(HttpProbe(url=server.url, headers={"X-Token": "s3cret"}))
    assert b"X-Token: s3cret" in server.requests[-1]
    once(HttpProbe(url=server.url.replace("//", "//ada:p%40ss@") + "/a b?q=é"))
    request = server.requests[-1]
    assert b"Authorization: Basic " + base64.b64encode(b"ada:p@ss") in request
    assert request.startswith(b"GET /a%20b?q=%C3%A9 HTTP/1.1")
    for bad in ("http://ada:p@ss@127.0.0.1:1", "http://[::1", "ftp://x", "nonsense"):
        value, trouble = once(HttpProbe(url=bad), hidden=("p@ss",))
        assert value is None
        assert "p@ss" not in trouble
    broken = HttpProbe(url=server.url, headers={"X": "a\r\nHost: evil"})
    assert once(broken) == (None, "one of its headers has more than one line")


def command(text: str, *, by_exit: bool = False) -> CommandProbe:
    return CommandProbe(argv=("bash", "-c", text), cwd="/", environment={"PATH": "/usr/bin:/bin"},
                        by_exit=by_exit)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "by_exit", "value", "why"),
    [("echo checking; echo 12 jobs", False, 12.0, ""), ("exit 3", True, 3.0, ""),
     ("echo 5", True, 0.0, ""), ("echo 5; exit 2", False, None, "it ended with 2"),
     ("echo it broke >&2; false", False, None, "it ended with 1: it broke"),
     ("no-such-program", True, None, "is not found"), ("printf '\\e[2J'", False, None, "␛[2J"),
     ("kill -9 $$", True, -9.0, "")],
)  # fmt: skip
def test_commands(text: str, by_exit: bool, value: float | None, why: str) -> None:
    found, trouble = once(command(text, by_exit=by_exit))
    assert found == value
    assert why in trouble


def test_a_command_has_its_time_and_what_it_says_is_masked() -> None:
    assert once(command("sleep 600"), timeout=0.2) == (None, "no answer within 0.2 s")
    _, trouble = once(command("echo hunter2 is wrong >&2; false"), hidden=("hunter2",))
    assert trouble == "it ended with 1: *** is wrong"
