"""A run is announced: to a real Alertmanager, and to a server that takes annotations and events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbook_tui.book.model import Announcement, Phase, Runbook, Secret, Step
from runbook_tui.run import requests as r
from runbook_tui.run.announcing import wanted
from runbook_tui.run.events import Announced
from runbook_tui.session.session import Session
from runbook_tui.tell import web
from runbook_tui.tell.announcer import Announcer
from runbook_tui.tell.places import Told
from tests.alertmanager import Alertmanager
from tests.integration.session.scene import Scene, ask, rolled_back, run_step
from tests.integration.tell.places import Place, place
from tests.ports import free_port
from tests.waiting import until

Make = Callable[..., Scene]
Announce = Callable[..., Announcer]


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    made = Alertmanager(tmp_path_factory.mktemp("alertmanager"))
    yield made
    made.close()


@pytest.fixture
def there() -> Iterator[Place]:
    with place() as server:
        yield server


@pytest.fixture
def announce() -> Iterator[Announce]:
    """What announces a session's run, ended with the test."""
    made: list[Announcer] = []

    def start(session: Session, **tokens: str) -> Announcer:
        announcer = Announcer(
            session, lambda source: tokens.get(source.env or ""), pause=0.01, look=0.02
        )
        made.append(announcer)
        announcer.start()
        return announcer

    yield start
    for one in made:
        one.close()


def plan(*announcements: Announcement) -> Runbook:
    def step(id_: str) -> Step:
        return Step(id=id_, title=id_.upper(), run="true", undo="true", verify_undo="true")

    phases = (
        Phase(id="one", title="One", steps=(step("a"),)),
        Phase(id="two", title="Two", steps=(step("b"),)),
    )
    return Runbook(title="Ship checkout", phases=phases, announcements=announcements)


def silence(url: str, **keys: object) -> Announcement:
    found = {"matchers": ('alertname=~"Shop.*"', "env!=test"), "expires": 60.0} | keys
    return Announcement(id="quiet", form="alertmanager", url=url, **found)  # type: ignore[arg-type]


def said(scene: Scene) -> list[tuple[str, str, str]]:
    events = scene.journal.events(scene.run)
    found = [e.payload for e in events if isinstance(e.payload, Announced)]
    return [(one.announcement, one.deed, one.result) for one in found]


def trouble(session: Session, id_: str = "quiet") -> str:
    found = session.state.announced.get(id_)
    return found.trouble if found is not None else ""


def word(session: Session, id_: str = "quiet") -> str:
    found = session.state.announced.get(id_)
    return found.word if found is not None else ""


def test_a_silence_stands_as_long_as_the_run_and_is_closed_with_it(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url)))
    session = there.open()
    announce(session)
    until(lambda: word(session) == "open")
    (one,) = alerts.active(there.run)
    assert one["id"] == session.state.announced["quiet"].ref
    assert one["createdBy"] == "runbook, Ada"
    assert [(m["name"], m["value"], m["isRegex"], m["isEqual"]) for m in one["matchers"]] == [
        ("alertname", "Shop.*", True, True), ("env", "test", False, False),
    ]  # fmt: skip
    run_step(session, "a")
    run_step(session, "b")
    until(lambda: session.state.finished)
    until(lambda: word(session) == "closed")
    assert alerts.active(there.run) == []
    assert said(there) == [
        ("quiet", "opened", "begun"), ("quiet", "opened", "done"), ("quiet", "closed", "done"),
    ]  # fmt: skip


def test_it_is_about_a_phase_prolonged_and_closed_by_a_rollback(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url, applies_to=("two",), expires=1.6)))
    session = there.open()
    announce(session)
    run_step(session, "a")
    assert wanted(session.state) == ()
    ask(session, r.AddNote(text="nothing is open yet"))
    assert word(session) == ""
    # A step of the phase that fails keeps it open.
    ask(session, r.StartStep(step="b"))
    until(lambda: word(session) == "open" or session.state.finished)
    rolled_back(session)
    until(lambda: word(session) in {"", "closed"} and alerts.active(there.run) == [])


def test_a_silence_is_prolonged_and_is_the_same_one(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url, expires=2.0)))
    session = there.open()
    announce(session)
    until(lambda: word(session) == "open")
    (one,) = alerts.active(there.run)
    until(lambda: [s["endsAt"] for s in alerts.active(there.run)] > [one["endsAt"]])
    (later,) = alerts.active(there.run)
    assert later["id"] == one["id"]
    assert said(there)[-1] == ("quiet", "opened", "done")
    rolled_back_or_left = session.ask(r.FinishRun(result="abandoned")).result(60)
    assert rolled_back_or_left is not None
    until(lambda: word(session) == "closed")
    assert alerts.active(there.run) == []


def test_whoever_resumes_takes_over_what_was_opened_and_never_recorded(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url)))
    first = there.open()
    one = first.state.runbook.announcements[0]
    begun = Announced(announcement="quiet", deed="opened", result="begun", form="alertmanager",
                      where="x", url=alerts.url)  # fmt: skip
    ask(first, r.RecordAnnounced(announced=begun))
    # The program dies behind its request, before it can say so.
    from runbook_tui.tell.places import Alertmanager as Client

    client = Client(alerts.url, None, [("alertname", "=", "x")], 60.0)
    client.open(Told(run=there.run, announcement=one.id, title="T", about="", lead="", started=0))
    first.close()
    assert len(alerts.active(there.run)) == 1
    second = there.open()
    announce(second)
    until(lambda: word(second) == "open")
    assert [s["id"] for s in alerts.active(there.run)] == [second.state.announced["quiet"].ref]


def test_a_rollback_from_another_process_closes_what_a_dead_lead_has_left(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url)))
    lead = there.open()
    first = announce(lead)
    until(lambda: word(lead) == "open")
    run_step(lead, "a")
    first.close()
    lead.close()
    assert len(alerts.active(there.run)) == 1
    other = there.open(leads=False, unattended=True)
    announcer = announce(other)
    assert rolled_back(other) == "complete"
    announcer.close()
    assert alerts.active(there.run) == []
    assert said(there)[-1] == ("quiet", "closed", "done")
    # It can go on all the same, and is announced again.
    other.close()
    again = there.open()
    announce(again)
    until(lambda: again.state.ended)
    assert wanted(again.state) == ()
    run_step(again, "a")
    until(lambda: word(again) == "open")
    assert len(alerts.active(there.run)) == 1


def test_a_silence_that_somebody_has_ended_stays_ended(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url, expires=1.0)))
    session = there.open()
    announce(session)
    until(lambda: word(session) == "open")
    alerts.expire(session.state.announced["quiet"].ref)
    until(lambda: word(session) == "left")
    run_step(session, "a")
    assert alerts.active(there.run) == []


def test_what_alertmanager_does_not_take_is_told_once_and_holds_nothing_up(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    there = scene(plan(silence(alerts.url, matchers=('alertname=~"("',))))
    session = there.open()
    announce(session)
    until(lambda: trouble(session))
    assert trouble(session).startswith("could not be opened: it answers 400")
    run_step(session, "a")
    assert said(there).count(("quiet", "opened", "failed")) == 1


def test_annotations_and_change_events_with_a_token_that_is_nowhere_recorded(
    scene: Make, announce: Announce, there: Place
) -> None:
    there.token = "hunter2"
    token = Secret(env="TOKEN")
    at = scene(
        plan(
            Announcement(id="mark", form="grafana", url=there.url, token=token, tags=("deploy",),
                         dashboard="abc", panel=3),
            Announcement(id="events", form="cloudevents", url=f"{there.url}/hook", token=token),
            Announcement(id="plain", form="generic", url=f"{there.url}/hook", token=token,
                         text="checkout 2.4"),
        )
    )  # fmt: skip
    session = at.open()
    announcer = announce(session, TOKEN="hunter2")
    until(lambda: {word(session, id_) for id_ in ("mark", "events", "plain")} == {"open"})
    (annotation,) = there.annotations.values()
    assert annotation["dashboardUID"] == "abc"
    assert annotation["panelId"] == 3
    assert annotation["tags"][:2] == ["runbook", "deploy"]
    assert "timeEnd" not in annotation
    run_step(session, "a")
    run_step(session, "b")
    until(lambda: session.state.finished)
    announcer.close()
    assert annotation["timeEnd"] >= annotation["time"]
    cloud = [e for e in there.events if e.get("specversion") == "1.0"]
    plain = [e for e in there.events if "specversion" not in e]
    assert [e["type"] for e in cloud] == ["runbook.change.started", "runbook.change.finished"]
    assert "application/cloudevents+json" in there.kinds
    assert [(e["event"], e["about"], e["result"]) for e in plain] == [
        ("change.started", "checkout 2.4", ""), ("change.finished", "checkout 2.4", "done"),
    ]  # fmt: skip
    assert len({e["id"] for e in [*cloud, *plain]}) == 4
    events = at.journal.events(at.run)
    assert "hunter2" not in repr(events)


def test_pagerduty_gets_its_change_events(scene: Make, announce: Announce, there: Place) -> None:
    one = Announcement(id="pd", form="pagerduty", url=f"{there.url}/v2/change/enqueue",
                       token=Secret(env="KEY"))  # fmt: skip
    session = scene(plan(one)).open()
    announce(session, KEY="R123")
    until(lambda: there.events)
    (event,) = there.events
    assert event["routing_key"] == "R123"
    assert event["payload"]["summary"].startswith("Ship checkout (Ada), run ")
    assert set(event["payload"]) >= {"summary", "timestamp", "source", "custom_details"}


@pytest.mark.parametrize("fails", [403, 500, "silent", "trickle"])
def test_a_place_that_fails_is_tried_again_and_holds_up_neither_steps_nor_others(
    scene: Make,
    announce: Announce,
    there: Place,
    monkeypatch: pytest.MonkeyPatch,
    fails: int | str,
) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0.3)
    there.fails = fails
    with place() as other:
        at = scene(plan(
            Announcement(id="bad", form="generic", url=there.url, token=Secret(env="T")),
            Announcement(id="good", form="generic", url=other.url),
        ))  # fmt: skip
        session = at.open()
        announce(session, T="hunter2")
        run_step(session, "a")
        until(lambda: trouble(session, "bad"))
        until(lambda: word(session, "good") == "open")
        assert said(at).count(("bad", "opened", "failed")) == 1
        assert "hunter2" not in repr(at.journal.events(at.run))
        there.fails = 0
        there.over.set()
        until(lambda: word(session, "bad") == "open")
        assert session.state.announced["bad"].trouble == ""


def test_a_token_that_is_not_there_says_which_and_a_dead_address_what(
    scene: Make, announce: Announce, there: Place
) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    at = scene(plan(
        Announcement(id="no-token", form="grafana", url=there.url, token=Secret(env="GRAFANA")),
        silence(dead),
    ))  # fmt: skip
    session = at.open()
    announce(session)
    until(lambda: trouble(session, "no-token") and trouble(session))
    assert "set GRAFANA" in session.state.announced["no-token"].trouble
    assert "onnection refused" in session.state.announced["quiet"].trouble
    assert there.asked == []


def test_values_stand_in_what_is_announced_and_one_in_an_expression_means_itself(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    one = silence(alerts.url, matchers=('env="${{ env }}"', 'job=~"shop-${{ env }}"'))
    at = scene(plan(one), values={"env": 'a.b"'})
    session = at.open()
    announce(session)
    until(lambda: word(session) == "open")
    (found,) = alerts.active(at.run)
    assert [m["value"] for m in found["matchers"]] == ['a.b"', 'shop-a\\.b"']


def test_another_plan_closes_what_it_does_not_have_and_opens_what_it_has_otherwise(
    scene: Make, announce: Announce, alerts: Alertmanager
) -> None:
    at = scene(plan(silence(alerts.url)))
    session = at.open()
    announce(session)
    until(lambda: word(session) == "open")
    (before,) = alerts.active(at.run)
    text = json.dumps  # A TOML string is one of JSON here.
    other = (
        'format = 1\ntitle = "Ship checkout"\n'
        '[[phase]]\nid = "one"\ntitle = "One"\n[[phase.step]]\nid = "a"\ntitle = "A"\n'
        'run = "true"\nundo = "true"\n'
        '[[announce]]\nid = "quiet"\nform = "alertmanager"\n'
        f"url = {text(alerts.url)}\nmatchers = ['alertname=\"Other\"']\n"
    )
    from runbook_tui.run.events import PlanChanged

    changed = PlanChanged(title="Ship checkout", source="plan.toml", format="toml", plan=other,
                          digest="other")  # fmt: skip
    assert session.state.plan is not None
    ask(session, r.TakePlan(plan=changed, instead=session.state.plan.digest))
    until(lambda: [s["id"] for s in alerts.active(at.run)] not in ([], [before["id"]]))
    (after,) = alerts.active(at.run)
    assert [m["value"] for m in after["matchers"]] == ["Other"]


def test_a_rehearsal_announces_nothing(tmp_path: Path, there: Place) -> None:
    at = Scene(tmp_path, plan(Announcement(id="x", form="generic", url=there.url)), rehearse=True)
    session = at.open()
    assert wanted(session.state) == ()
    refusal = session.ask(
        r.RecordAnnounced(
            announced=Announced(announcement="x", deed="opened", result="begun", form="generic",
                                where="x")
        )
    ).result(60)  # fmt: skip
    assert refusal is not None
    assert said(at) == []
    at.close()
