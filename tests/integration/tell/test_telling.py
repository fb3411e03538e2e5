"""Alarms are told over a command and real addresses, whatever those do, and recorded."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from runbook_tui.book.model import Escalation, Gate, Phase, Runbook, Step
from runbook_tui.command.runner import HelperRunner
from runbook_tui.run import requests as r
from runbook_tui.run.events import Told
from runbook_tui.session.session import Session
from runbook_tui.tell import apprise_program, channels
from runbook_tui.tell import web as web_module
from runbook_tui.tell.channels import AppriseChannel, Channel, CommandChannel, Message, WebChannel
from runbook_tui.tell.teller import Teller
from tests.fakes.history import GRACE
from tests.integration.session.scene import Scene, ask
from tests.integration.tell.server import Address, address
from tests.waiting import until

Make = Callable[..., Scene]
MESSAGE = Message(run="r", title="T", alarm="gate a 1", kind="gate", words="it waits", to="CTO",
                  key="k", since="2026-01-01T00:00:00+00:00")  # fmt: skip


@pytest.fixture
def there() -> Iterator[Address]:
    with address() as server:
        yield server


@pytest.fixture
def tell(scene: Make) -> Iterator[Callable[..., tuple[Scene, Session, Teller]]]:
    """A run whose gate is denied at once, and what tells of it."""
    made: list[Teller] = []

    def start(
        *ways: Channel, within: float | None = None, secrets: Sequence[str] = ()
    ) -> tuple[Scene, Session, Teller]:
        gate = Gate(roles=("qa",), within=0.0)
        ladder = Escalation(topic="late", ladder=("Lead", "CTO"), within=within)
        steps = (Step(id="a", title="Alpha", run="true", undo="true"),)
        place = scene(Runbook(
            title="Ship", roles={"qa": ("*",)}, escalations=(ladder,),
            phases=(Phase(id="p", title="Core hunter2", gate=gate, steps=steps),),
        ))  # fmt: skip
        session = place.open()
        teller = Teller(session, ways, lambda: secrets, pause=0.01, look=0.02)
        made.append(teller)
        teller.start()
        return place, session, teller

    yield start
    for teller in made:
        teller.close()


def told(place: Scene) -> list[Told]:
    events = place.journal.events(place.run)
    return [event.payload for event in events if isinstance(event.payload, Told)]


def web(server: Address, form: str = "generic", key: str = "KEY") -> WebChannel:
    return WebChannel(server.url, form, lambda: key)


def test_a_ladder_is_told_rung_by_rung_and_not_again_by_the_next_lead(
    tell: Callable[..., tuple[Scene, Session, Teller]], there: Address
) -> None:
    place, session, teller = tell(web(there), within=0.05)
    until(lambda: len(told(place)) == 2)
    assert [(one.to, one.rung, one.result) for one in told(place)] == [
        ("Lead", 1, "sent"), ("CTO", 2, "sent"),
    ]  # fmt: skip
    first = there.posted[0]
    assert first["event"] == "alarm"
    assert first["text"].startswith("Lead: the gate of “Core hunter2” was not approved within")
    assert first["dedup_key"] == there.posted[1]["dedup_key"]
    teller.close()
    again = Teller(session, [web(there)], look=0.02)
    again.look()
    assert len(there.posted) == 2


def test_what_fails_is_tried_again_and_every_failure_is_one_line(
    tell: Callable[..., tuple[Scene, Session, Teller]], there: Address
) -> None:
    there.answers += [500, "cut", 503]
    place, _, _ = tell(web(there))
    until(lambda: bool(told(place)))
    (one,) = told(place)
    # Half an answer to what was taken all the same: it is there, and is not sent twice for that.
    assert one.result == "sent"
    assert one.attempts in {2, 4}


def test_what_never_works_is_recorded_with_the_reason_and_nothing_that_is_secret(
    tell: Callable[..., tuple[Scene, Session, Teller]], there: Address
) -> None:
    there.answers += [500] * 20
    place, session, _ = tell(web(there), secrets=("hunter2",))
    until(lambda: bool(told(place)))
    (one,) = told(place)
    assert (one.result, one.attempts, one.reason) == ("failed", 5, "it answered 500")
    recorded = repr(one)
    for secret in ("PRIVATE-TOKEN", "SECRET-IN-THE-ANSWER", "hunter2"):
        assert secret not in recorded
    assert one.channel == f"webhook 127.0.0.1:{there.server_port}"
    assert session.trouble == ""


def test_a_silent_address_holds_nothing_up_and_no_other_channel(
    tell: Callable[..., tuple[Scene, Session, Teller]],
    there: Address,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(web_module, "PATIENCE", 0.2)
    there.answers += ["slow"] * 20
    command = CommandChannel(
        "cat > told; env > around", HelperRunner(), str(tmp_path), {}, "command"
    )
    place, session, _ = tell(web(there), command, secrets=("hunter2",))
    until(lambda: any(one.channel == "command" for one in told(place)))
    ask(session, r.OverrideGate(node="p", reason="it burns"))
    assert "hunter2" not in (tmp_path / "told").read_text() + (tmp_path / "around").read_text()
    assert "the gate of “Core ***” was not approved" in (tmp_path / "told").read_text()
    assert "RUNBOOK_TO=Lead" in (tmp_path / "around").read_text()
    until(lambda: len(told(place)) == 2)
    failed = next(one for one in told(place) if one.channel != "command")
    assert failed.reason == "no answer within 0.2 s"


def test_nobody_further_up_is_told_once_somebody_sees_to_it_and_pagerduty_hears_of_the_end(
    tell: Callable[..., tuple[Scene, Session, Teller]], there: Address
) -> None:
    place, session, _ = tell(web(there, "pagerduty"), within=3600.0)
    until(lambda: len(told(place)) == 1)
    triggered = there.posted[0]
    assert triggered["event_action"] == "trigger"
    assert triggered["routing_key"] == "KEY"
    assert triggered["payload"]["severity"] == "error"
    session.ask(r.Acknowledge(alarm=told(place)[0].alarm), GRACE).result(60)
    until(lambda: len(told(place)) == 2)
    resolved = there.posted[1]
    assert (resolved["event_action"], resolved["dedup_key"]) == ("resolve", triggered["dedup_key"])
    assert [one.rung for one in told(place)] == [1, 0]
    assert "KEY" not in repr(told(place))


def test_who_leads_no_more_tells_no_more(
    tell: Callable[..., tuple[Scene, Session, Teller]], there: Address
) -> None:
    place, session, _ = tell(web(there), within=0.3)
    until(lambda: len(told(place)) == 1)
    ask(session, r.HandOver(to=GRACE.identity, note="x"))
    until(lambda: not session.leads)
    seen = len(there.posted)
    until(lambda: session.now() > session.state.started + 1.0)
    assert len(there.posted) == seen


def test_an_address_that_sends_elsewhere_is_not_followed(there: Address) -> None:
    there.answers.append("elsewhere")
    assert web(there).send(MESSAGE) == "it answered 307"
    assert there.posted == []


def test_a_dead_address_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        said = WebChannel(f"http://user:word@127.0.0.1:{port}/x", "generic", lambda: None)
        assert said.send(MESSAGE) == "Connection refused"
    assert "word" not in said.name
    assert WebChannel("https://x.y/", "pagerduty", lambda: None).send(MESSAGE) == (
        "its routing key is not known here"
    )


def test_a_text_is_never_part_of_a_command(tmp_path: Path) -> None:
    command = CommandChannel(
        "cat > told", HelperRunner(), str(tmp_path), {"PATH": "/usr/bin:/bin"}, "c"
    )
    evil = Message(run="r", title="$(touch bad)", alarm="a", kind="gate",
                   words="`touch bad`; touch bad\n'; touch bad", key="k")  # fmt: skip
    assert command.send(evil) == ""
    assert "touch bad" in (tmp_path / "told").read_text()
    assert not (tmp_path / "bad").exists()
    assert CommandChannel("exit 3", HelperRunner(), "", {}, "c").send(evil) == (
        "it ended with exit status 3"
    )


def over_apprise(server: Address | None, path: str = "/PRIVATE-TOKEN") -> AppriseChannel:
    """Apprise's own way to an address that takes JSON."""
    port = server.server_port if server is not None else 9
    url = f"json://127.0.0.1:{port}{path}"
    return AppriseChannel("ops", lambda: url, HelperRunner(), dict(os.environ))


def test_apprise_tells_that_it_began_and_that_it_is_over(
    tell: Callable[..., tuple[Scene, Session, Teller]], there: Address
) -> None:
    place, session, _ = tell(over_apprise(there), secrets=("hunter2",))
    until(lambda: len(told(place)) == 1, 60.0)
    began = there.posted[0]
    assert "the gate of “Core ***” was not approved" in began["message"]
    assert (began["title"], began["type"]) == ("Runbook: Ship", "failure")
    session.ask(r.Acknowledge(alarm=told(place)[0].alarm), GRACE).result(60)
    until(lambda: len(told(place)) == 2, 60.0)
    assert there.posted[1]["type"] == "success"
    assert [(one.channel, one.result, one.rung) for one in told(place)] == [
        ("apprise ops", "sent", 1), ("apprise ops", "sent", 0),
    ]  # fmt: skip
    assert "PRIVATE-TOKEN" not in repr(told(place))


def test_apprise_says_in_words_of_ours_what_went_wrong(
    there: Address, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there.answers += [500, "elsewhere"]
    assert over_apprise(there).send(MESSAGE) == "the service did not take it"
    assert over_apprise(there).send(MESSAGE) == "the service did not take it"
    assert there.posted == []
    around = dict(os.environ)
    nowhere = AppriseChannel("x", lambda: "smoke://SECRET@x", HelperRunner(), around)
    assert nowhere.send(MESSAGE) == "its address is none that Apprise knows"
    assert AppriseChannel("x", lambda: None, HelperRunner(), around).send(MESSAGE) == (
        "its address is not known here"
    )
    (tmp_path / "apprise").mkdir()
    (tmp_path / "apprise" / "__init__.py").write_text("raise ModuleNotFoundError('no')")
    path = f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"
    without = AppriseChannel(
        "x", lambda: "json://x", HelperRunner(), {**around, "PYTHONPATH": path}
    )
    assert "pip install 'runbook-tui[notify]'" in without.send(MESSAGE)
    monkeypatch.setattr(channels, "APPRISE_SECONDS", 1.0)
    there.answers.append("slow")
    assert over_apprise(there).send(MESSAGE) == "no answer within 1 s"


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_pagerduty_by_apprise_has_one_incident_for_an_alarm(
    there: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apprise.plugins import pagerduty

    monkeypatch.setitem(pagerduty.PAGERDUTY_API_LOOKUP, "us", there.url)
    url = "pagerduty://A1234567890123456789012345678901@B123456/runbook/shop"
    service = apprise_program.service_for(url, "runbook/r/gate a 1")
    assert service.notify(body="it waits", title="T", notify_type="failure")
    assert service.notify(body="it waits", title="T", notify_type="success")
    began, ended = there.posted
    assert (began["event_action"], began["dedup_key"]) == ("trigger", "runbook/r/gate a 1")
    assert (ended["event_action"], ended["dedup_key"]) == ("resolve", "runbook/r/gate a 1")
    assert "images" not in began
    assert began["client"] == "runbook"
