"""A run with watches of every kind, for pictures: one red, one unknown, one well, one overruled."""

from __future__ import annotations

from runbook_tui.book.model import (
    Check,
    Contact,
    Escalation,
    Gate,
    Phase,
    Probe,
    Runbook,
    Step,
    Watch,
)
from runbook_tui.run import events as e
from runbook_tui.run import requests as r
from runbook_tui.run.watched import Point
from runbook_tui.run.watching import Sample, Standing, Track
from runbook_tui.session.measuring import Measured
from tests.fakes.history import START, History
from tests.fakes.still import StillSession

PROMETHEUS = "http://127.0.0.1:9090"


def watched_plan() -> Runbook:
    """Two phases and four watches."""
    merge = Step(id="merge", title="Merge the branch", run="git merge pr-a", undo="git revert HEAD")
    deploy = Step(id="deploy", title="Deploy", run="./deploy 2.4", undo="./deploy 2.3")
    calm = Check(id="calm", title="Queues are empty", probe="./calm")
    up = Check(id="up", title="Staging answers", probe="curl -f staging")
    core = Phase(id="core", title="Core", steps=(merge, deploy), criteria=(calm, up))
    last = Step(id="announce", title="Announce", run="./announce", effect=False)
    after = Phase(id="after", title="After", steps=(last,), gate=Gate(roles=("cto",)))
    return Runbook(
        title="Ship checkout",
        format="toml",
        phases=(core, after),
        roles={"cto": ("*",)},
        watches=(
            Watch(id="golden", title="Golden path", unit="%", below=99.0, samples=2, every=30.0,
                  probe=Probe(prometheus={"url": PROMETHEUS, "query": "success_rate"}),
                  severity="critical", respond_within=300.0, on_breach="propose-rollback",
                  dashboard="https://grafana.example.com/d/golden"),
            Watch(id="health", title="Health", every=10.0, on_breach="block",
                  probe=Probe(http={"url": "http://ada:pw@127.0.0.1:8080/health"})),
            Watch(id="queue", title="Queue", unit="jobs", above=10.0,
                  probe=Probe(run="./queue-length")),
            Watch(id="disk", title="Disk", unit="%", above=90.0, severity="low", on_breach="block",
                  probe=Probe(run="./disk-used")),
        ),
        contacts=(Contact(role="technical", who="Engineering Director"),),
        escalations=(Escalation(topic="technical", ladder=("Lead", "CTO"), within=1800),),
    )  # fmt: skip


def guarded() -> tuple[History, StillSession]:
    """Half an hour into it: the golden path is breached, health cannot be read."""
    history = History(watched_plan())
    history.ran("merge")
    history.add(e.WatchBreached(watch="disk", value=93.0))
    history.ask(r.OverrideWatch(watch="disk", reason="logs are pruned at noon"))
    history.add(e.CheckProbed(node="calm", holds=True))
    history.add(e.CheckTicked(node="calm", probe=True))
    history.add(e.CheckProbed(node="up", holds=False, reason="exit status 22"))
    history.ask(r.TickNode(node="up", override=True, reason="staging is down on purpose"))
    history.add(
        e.WatchBreached(watch="golden", value=97.3, limit="below 99, 2 in a row",
                        samples=(99.4, 98.2, 97.3), severity="critical", respond_within=300.0)
    )  # fmt: skip
    history.add(e.WatchUnknown(watch="health", reason="connection refused", samples=3))
    session = StillSession(history.state)
    golden = [99.2 + (n % 7) / 10 for n in range(60)] + [98.2, 97.3, 96.9, 97.1]
    queue = [float(n % 5) for n in range(64)]
    session.gauges = {
        "golden": measured("golden", golden, 30.0, Standing.BREACHED, below=99.0),
        "health": measured("health", [200.0] * 50 + [None] * 10, 10.0, Standing.UNKNOWN,
                           trouble="connection refused"),
        "queue": measured("queue", queue, 30.0, Standing.GOOD),
        "disk": measured("disk", [80.0 + n / 5 for n in range(64)], 30.0, Standing.BREACHED,
                         below=None, above=90.0),
    }  # fmt: skip
    return history, session


NOW = START + 130.0


def measured(
    id_: str,
    values: list[float | None] | list[float],
    every: float,
    standing: Standing,
    *,
    below: float | None = None,
    above: float | None = None,
    trouble: str = "",
) -> Measured:
    """A watch with these values, the last of them just now."""
    points = []
    for number, value in enumerate(values):
        red = value is not None and (
            (below is not None and value < below) or (above is not None and value > above)
        )
        each = Standing.UNKNOWN if value is None else Standing.BREACHED if red else Standing.GOOD
        points.append(Point(NOW - (len(values) - number) * 2.0, value, each))
    samples = tuple(Sample(at=p.at, value=p.value, trouble="") for p in points[-3:])
    last = Sample(at=points[-1].at, value=points[-1].value, trouble=trouble)
    track = Track(standing=standing, since=points[-3].at, last=last, recent=(*samples, last))
    return Measured(track=track, points=tuple(points), every=every, age=2.0)
