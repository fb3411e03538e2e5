"""The gate of `runbook serve`: who is let in, once, by which name, from where; and how it ends."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType

from runbook_tui.cli.exits import Ended
from runbook_tui.cli.serve import command
from tests.e2e.served import GATED, LIN, Served
from tests.programs import GRACE, Program, wait_for_output
from tests.waiting import until

GOOD = "http://{}"


@pytest.fixture
def begun(runbook: Program) -> Program:
    """A run that waits for a gate."""
    assert runbook("run", runbook.plan(GATED), "--no-tui").status == 7
    return runbook


def test_nobody_comes_in_but_by_the_link_once_and_then_by_its_cookie(begun: Program) -> None:
    served = Served(begun, people=(GRACE, LIN))
    link = served.links[0].partition(served.host)[2]
    # Nothing is there for a stranger, whatever they ask for.
    for path in ("/", "/static/js/textual.js", "/ws", served.path(), f"{served.path()}ws",
                 f"{served.path()}textual.js", "/../../etc/passwd"):  # fmt: skip
        assert served.ask(path).status == 403, path
    assert served.ask(f"{served.path()}?token=guess").status == 403
    assert served.ask(f"{served.path(1)}?{link.partition('?')[2]}").status == 403
    # By another name, or from another page, the link opens nothing, and stays good.
    assert served.ask(link, Host="evil.example").status == 403
    assert served.ask(link, Host=f"evil.example:{served.host.partition(':')[2]}").status == 403
    assert served.ask(link, Origin="http://evil.example").status == 403
    assert served.ask(link, Sec_Purpose="prefetch;prerender").status == 403
    assert served.ask(link, method="HEAD").status == 403
    taken = served.ask(link)
    assert taken.status == 200
    given = taken.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Strict", f"Path={served.path()}"):
        assert part in given
    again = served.ask(link, Cookie=taken.cookie)
    assert again.status == 403
    assert "used already" in again.text
    # With the cookie the page is there, and loads nothing from elsewhere.
    page = served.ask(served.path(), Cookie=taken.cookie)
    assert page.status == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "no-store" in page.headers["cache-control"]
    assert "http" not in page.text.replace("http-equiv", "")
    assert served.ask(f"{served.path()}textual.js", Cookie=taken.cookie).status == 200
    # It opens no other page, nothing beside the page's own files, and by no other name.
    assert served.ask(served.path(1), Cookie=taken.cookie).status == 403
    for path in ("../", "%2e%2e/%2e%2e/etc/passwd", "static/js/textual.js", "..%2fserver.py",
                 "download/x", "textual.js/", "page.css%00", "?delay=1&ping=x"):  # fmt: skip
        expected = 200 if path.startswith("?") else 403
        assert served.ask(served.path() + path, Cookie=taken.cookie).status == expected, path
    assert served.ask(served.path(), Cookie=taken.cookie, Host="evil.example").status == 403
    assert served.ask(served.path(), method="POST", Cookie=taken.cookie).status == 403
    for link in served.links:
        assert served.output.count(link.partition("token=")[2]) == 1
    assert served.screens() == []


def test_a_connection_needs_cookie_name_and_origin(begun: Program) -> None:
    served = Served(begun)
    cookie = served.open()
    origin = GOOD.format(served.host)
    assert served.connect(Origin=origin) == 403
    assert served.connect(Origin=origin, Cookie="runbook=guess") == 403
    assert served.connect(Cookie=cookie) == 403
    port = served.host.partition(":")[2]
    for other in ("http://evil.example", "null", f"https://{served.host}", f"http://{port}",
                  "http://127.0.0.1:1", f"http://localhost:{port}"):  # fmt: skip
        assert served.connect(Cookie=cookie, Origin=other) == 403, other
    evil = f"evil.example:{port}"
    assert served.connect(Cookie=cookie, Host=evil, Origin=GOOD.format(evil)) == 403
    assert served.screens() == []
    # A tunnel (ssh -L) has a port of its own at the other end.
    assert served.connect(Cookie=cookie, Host="localhost:1", Origin="http://localhost:1") == 101


async def test_whatever_a_page_sends_reaches_its_own_screen_alone_and_does_no_harm(
    begun: Program,
) -> None:
    served = Served(begun)
    headers = {"Cookie": served.open(), "Origin": GOOD.format(served.host)}
    url = f"ws://{served.host}{served.path()}ws?width=1000000000&height=-3"
    got = b""
    async with ClientSession() as client, client.ws_connect(url, headers=headers) as page:
        for text in ("", "[", "[" * 20000, '{"a":1}', '["stdin"]', '["stdin",{}]', "[1,2,3]",
                     '["resize",{"width":1e99,"height":true}]', '["resize",["x"]]',
                     '["resize",{"width":-5,"height":99999999999999999999}]',
                     '["stdin","\\ud800\\u0000\\u001a"]', '["open_url",{"url":"file:///"}]',
                     '["ping","1"]'):  # fmt: skip
            await page.send_str(text)
        await page.send_bytes(b"\x00\xff")
        await page.send_str('["resize",{"width":100,"height":30}]')
        pong = False
        while not (pong and b"Merge it" in got):
            message = await page.receive(60.0)
            assert message.type in {WSMsgType.BINARY, WSMsgType.TEXT}, message
            got += message.data if message.type is WSMsgType.BINARY else b""
            pong = pong or message.data == '["pong", "1"]'
        assert len(served.screens()) == 1
        await page.send_str('["stdin","' + "x" * 70_000 + '"]')
        # More than anybody types ends the connection, not the server.
        while (await page.receive(60.0)).type in {WSMsgType.BINARY, WSMsgType.TEXT}:
            pass
    until(lambda: not served.screens(), 40.0, what="the screen has ended with its page")
    assert begun.types()[-1] == "run.paused"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_its_screens_end_with_it(begun: Program, number: signal.Signals) -> None:
    served = Served(begun)
    headers = {"Cookie": served.open(), "Origin": GOOD.format(served.host)}
    url = f"ws://{served.host}{served.path()}ws"
    async with ClientSession() as client, client.ws_connect(url, headers=headers) as page:
        got = b""
        while b"Merge it" not in got:
            got += (await page.receive(60.0)).data
        assert len(served.screens()) == 1
        ended = begun.kill(served.child, number)
        assert ended == (0 if number is signal.SIGTERM else -9)
        until(lambda: not served.screens(), 60.0)


LENT = """
format = 1
title = "Ship"
[parameters.token]
secret = { env = "DEPLOY_TOKEN" }
[[phase]]
id = "core"
title = "Core"
[[phase.step]]
id = "one"
title = "Merge it"
run = "echo merged"
undo = 'test "$token" = "$(cat wanted)" && echo "${OTHER_VALUE:-none}" > taken-back'
"""


async def test_a_screen_has_of_the_servers_variables_what_a_rollback_needs_once_it_is_looked_at(
    runbook: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "a-token-of-ours")
    (runbook.work / "wanted").write_text("a-token-of-ours")
    assert runbook("run", runbook.plan(LENT), "--no-tui").status == 0
    # Set after the step ran: it is no undo's.
    monkeypatch.setenv("OTHER_VALUE", "only-the-servers")
    served = Served(runbook)
    headers = {"Cookie": served.open(), "Origin": GOOD.format(served.host)}
    url = f"ws://{served.host}{served.path()}ws?width=100&height=30"
    done = runbook.work / "taken-back"
    async with ClientSession() as client, client.ws_connect(url, headers=headers) as page:
        got = b""
        while b"Merge it" not in got:
            got += (await page.receive(60.0)).data
        (found,) = map(served.environment, served.screens())
        assert "RUNBOOK_HOME=" in found
        assert "a-token-of-ours" not in found
        assert "only-the-servers" not in found
        ends = time.monotonic() + 60.0
        while not done.exists():
            # The second press counts once it comes late enough, and no other follows at once.
            assert time.monotonic() < ends, got[-3000:]
            await page.send_str('["stdin","\\u001b[20~"]')
            with suppress(TimeoutError):
                async with asyncio.timeout(0.7):
                    while True:
                        got += (await page.receive()).data
    assert done.read_text() == "none\n"
    until(lambda: "rollback.finished" in runbook.types(), what="the rollback's end")
    ended = next(e for e in runbook.events() if e["type"] == "rollback.finished")
    assert ended["data"]["result"] == "complete"


def test_it_ends_when_the_run_is_pruned(begun: Program) -> None:
    run = begun.run_id()
    begun("sign", run, "core", "--role", "cto", "--as", GRACE)
    assert begun("resume", run, "--no-tui").status == 0
    served = Served(begun)
    assert begun("prune", "--older-than", "0s", "--yes").status == 0
    assert served.child.wait(timeout=60) == 0
    assert "in no browser any more: the run was pruned" in served.output


def test_what_it_cannot_do_it_says(
    begun: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNBOOK_HOME", str(begun.home))
    run = begun.run_id()
    for words, said in (
        ((), "say who is let in"),
        (("--as", GRACE, "--role", "nobody"), "no role “nobody”"),
        (("--as", GRACE, "--host", "0.0.0.0"), "every address of this machine"),
        (("--as", GRACE, "--host", "203.0.113.7"), "cannot be listened on"),
        (("--as", GRACE, "--link-for", "soon"), "no length of time"),
        (("--as", GRACE, "--url", "javascript:x"), "no address of a page"),
        (("--as", GRACE, "--as", "grace <GRACE@example.com>"), "named twice"),
    ):
        with pytest.raises(Ended) as refused:
            command.main([run, *words], standalone_mode=False)
        assert refused.value.status == 2
        assert said in refused.value.message
    hidden = tmp_path / "without" / "aiohttp"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('no', name='aiohttp')")
    path = f"{hidden.parent}:{begun.environment()['PYTHONPATH']}"
    without = begun("serve", run, "--as", GRACE, environment={"PYTHONPATH": path})
    assert (without.status, "runbook-tui[web]" in without.err) == (2, True)


def test_beyond_this_machine_it_warns(begun: Program) -> None:
    child = begun.start("serve", "--as", GRACE, "--host", "0.0.0.0",
                        "--url", "http://runs.example.com")  # fmt: skip
    wait_for_output(begun, "?token=")
    assert "WARNING: http://runs.example.com is reached from other machines" in begun.output()
    assert "ssh -N -L" in begun.output()
    assert begun.kill(child, signal.SIGINT) == 0
