"""Targets of a Markdown plan are measured once something says how, and say so as long as not."""

from __future__ import annotations

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.listing import listing
from runbook_tui.book.model import Probe, Runbook, Threshold, Watch
from runbook_tui.book.reader import read
from runbook_tui.book.targets import aimed, unmeasured
from runbook_tui.book.toml.overlay import overlay_text
from runbook_tui.run.state import RunState
from runbook_tui.run.watching import Verdict, verdict
from runbook_tui.tui.views.watching import rows
from tests.fakes.history import START, History

PLAN = """\
# Ship it

## Success metrics

- Golden path success rate: >99%{}
- Response time: <=200ms

## Steps

1. Deploy
   ```bash
   ./deploy
   ```
"""


def plan(comment: str = "") -> Runbook:
    return read(PLAN.format(comment), "plan.md", lambda name: "", remarks=True)


def shown(state: RunState) -> str:
    return "\n".join("".join(t for t, _ in row.line) for row in rows(state, (), START, 160))


def test_a_target_without_a_probe_says_so_and_what_to_write() -> None:
    found = plan()
    names = [one.name for one in found.thresholds]
    assert len(names) == 2
    assert list(unmeasured(found)) == list(found.thresholds)
    (line,) = (x for x in listing(found) if x.lstrip().startswith(f"{names[0]} >"))
    assert f'(not measured: no probe; [[watch]] target = "{names[0]}"' in line
    screen = shown(History(found).state)
    assert screen.count("not measured: no probe") == 2
    assert '<!-- runbook: probe="…"' in screen
    text = overlay_text(found, "plan.md")
    assert f'# target = "{names[1]}"' in text
    # As it is, the overlay changes nothing.
    again = read(text, "plan.toml", lambda name: PLAN.format(""))
    assert again.watches == ()


def test_a_comment_in_its_line_gives_the_probe() -> None:
    found = plan(' <!-- runbook: probe="./rate" every="10s" on_breach="block" -->')
    (watch,) = found.watches
    target = found.thresholds[0]
    assert (watch.title, watch.probe.run, watch.every) == (target.name, "./rate", 10.0)
    assert (watch.on_breach, watch.unit) == ("block", target.unit)
    assert verdict(watch, 99.0) is Verdict.BAD  # It is to be above that, not at it.
    assert verdict(watch, 99.1) is Verdict.GOOD
    assert [one.name for one in unmeasured(found)] == [found.thresholds[1].name]
    assert found.format == "markdown"
    assert "annotation" not in {f.code for f in found.findings}


@pytest.mark.parametrize(("comment", "words"), [
    ('every="10s"', "gives no probe"),
    ('probe="x" colour="red"', "knows no key “colour”"),
    ('probe="x" every="soon"', "has a “every” that cannot be"),
    ('probe="curl ${{ nobody }}"', "counts for nothing"),
])  # fmt: skip
def test_what_a_comment_says_in_vain_is_a_finding(comment: str, words: str) -> None:
    found = plan(f" <!-- runbook: {comment} -->")
    assert any(words in f.message for f in found.findings if f.code == "annotation")


def test_an_overlay_gives_the_probe_by_the_targets_name() -> None:
    name = plan().thresholds[1].name
    over = f'format = 1\nextends = "plan.md"\n[[watch]]\ntarget = "{name.upper()}"\nrun = "./t"\n'
    found = read(over, "p.toml", lambda name: PLAN.format(""))
    (watch,) = found.watches
    assert (watch.title, watch.below, watch.above) == (name, None, 200.0)
    own = read(over + "above = 300\n", "p.toml", lambda name: PLAN.format(""))
    assert own.watches[0].above == 300.0
    with pytest.raises(PlanFaults) as told:
        read(over.replace(name.upper(), "nothing"), "p.toml", lambda name: PLAN.format(""))
    (fault,) = told.value.faults
    assert "there is no target “nothing”" in fault.message
    assert fault.line == 4
    assert name in fault.hint


@pytest.mark.parametrize(("op", "good", "bad"), [
    (">", 5.1, 5.0), (">=", 5.0, 4.9), ("<", 4.9, 5.0), ("<=", 5.0, 5.1), ("=", 5.0, 5.1),
])  # fmt: skip
def test_a_target_is_missed_where_it_does_not_hold(op: str, good: float, bad: float) -> None:
    watch = aimed(Watch(id="w", title="", probe=Probe(run="x")),
                  Threshold(name="T", op=op, value=5.0))  # fmt: skip
    assert verdict(watch, good) is Verdict.GOOD
    assert verdict(watch, bad) is Verdict.BAD
