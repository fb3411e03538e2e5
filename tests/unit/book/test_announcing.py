"""Where a plan announces its run: read, refused where it cannot be, written, shown."""

from __future__ import annotations

import pytest

from runbook_tui.book.every_command import listed
from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.listing import listing
from runbook_tui.book.matchers import matcher
from runbook_tui.book.model import Runbook, Secret
from runbook_tui.book.reader import read
from runbook_tui.book.toml.text import toml_text

PLAN = (
    'format = 1\ntitle = "T"\n[parameters.env]\ndefault = "prod"\n[parameters.key]\nsecret = true\n'
    '[[phase]]\nid = "p"\ntitle = "P"\n[[phase.step]]\ntitle = "S"\nrun = "true"\nundo = "true"\n'
)
SILENCE = (
    '[[announce]]\nform = "alertmanager"\nurl = "http://alerts:9093"\nexpires = "10m"\n'
    "matchers = ['alertname=~\"Shop.*\"', 'env=${{ env }}']\napplies_to = [\"p\"]\n"
)


ANOTHER = '[[announce]]\nform = "generic"\nurl = "https://x"\n'
SAME = ANOTHER + 'id = "generic"\n'


def plan(text: str) -> Runbook:
    return read(PLAN + text, "p.toml", lambda name: "")


def test_everything_of_it_is_read_written_again_and_shown_before_it_is_trusted() -> None:
    found = plan(
        f"{SILENCE}{SILENCE}"
        '[[announce]]\nid = "marks"\nform = "grafana"\nurl = "https://grafana"\ntags = ["x"]\n'
        'dashboard = "uid"\npanel = 2\ntext = "out ${{ env }}"\ntoken = { env = "TOKEN" }\n'
        '[[announce]]\nform = "pagerduty"\nkey = { command = "pass pd" }\n'
    )
    one, two, three, four = found.announcements
    assert (one.id, two.id, one.expires, one.applies_to) == (
        "alertmanager", "alertmanager-2", 600.0, ("p",),
    )  # fmt: skip
    assert (three.token, three.panel) == (Secret(env="TOKEN"), 2)
    assert (four.url, four.token) == (
        "https://events.pagerduty.com/v2/change/enqueue", Secret(command="pass pd"),
    )  # fmt: skip
    again = read(toml_text(found), "p.toml", lambda name: "")
    assert [a.id for a in again.announcements] == [a.id for a in found.announcements]
    assert again.announcements[2].token == three.token
    assert again.announcements[0].matchers == one.matchers
    asked = "\n".join(listed(found))
    for text in ("tells (alertmanager): http://alerts:9093", "silences: alertname=",
                 "reads the variable: TOKEN", "run: pass pd"):  # fmt: skip
        assert text in asked
    assert any("a silence for alertname" in line for line in listing(found))


@pytest.mark.parametrize(("text", "words"), [
    ('form = "alertmanager"\nurl = "http://x"', "says for which alerts"),
    ('form = "alertmanager"\nurl = "http://x"\nmatchers = ["prod"]', "is no matcher"),
    ('form = "generic"', "has a url"),
    ('form = "generic"\nurl = "file:///etc/passwd"', "no address of the web"),
    ('form = "generic"\nurl = "https://me:word@x"', "login does not belong"),
    ('form = "generic"\nurl = "https://x"\nkey = { env = "K" }', "not for the form generic"),
    ('form = "grafana"\nurl = "https://x"\nexpires = "5m"', "not for the form grafana"),
    ('form = "grafana"\nurl = "https://x"\ntoken = {}', "comes from one of"),
    ('form = "pagerduty"', "needs its routing key"),
    ('form = "pigeon"\nurl = "https://x"', "form"),
    ('form = "generic"\nurl = "https://x"\napplies_to = ["q"]', "which is not there"),
    ('form = "generic"\nurl = "https://x"\ntext = "${{ nobody }}"', "no parameter"),
    ('form = "generic"\nurl = "https://x"\ntext = "${{ key }}"', "the secret"),
    ('form = "generic"\nurl = "https://x"\n' + SAME, "two announcements"),
    ('form = "generic"\nurl = "https://x"\n' + ANOTHER * 16, "at most 16"),
])  # fmt: skip
def test_what_cannot_be_is_a_fault_at_its_place(text: str, words: str) -> None:
    with pytest.raises(PlanFaults) as told:
        plan("[[announce]]\n" + text)
    assert any(words in fault.message and fault.line >= 14 for fault in told.value.faults)


def test_a_silence_of_everything_is_a_finding() -> None:
    text = '[[announce]]\nform = "alertmanager"\nurl = "http://x"\nmatchers = [\'job=~".+"\']\n'
    assert [f.code for f in plan(text).findings if "silences" in f.code] == ["silences-everything"]
    assert not [f for f in plan(SILENCE).findings if "silences" in f.code]


def test_what_is_taken_in_announces_too_and_an_included_plan_for_its_phase() -> None:
    over = 'format = 1\nextends = "b.toml"\n' + SILENCE
    found = read(over, "p.toml", lambda name: PLAN + SILENCE)
    assert [one.id for one in found.announcements] == ["alertmanager", "alertmanager-2"]
    around = 'format = 1\ntitle = "A"\n[[phase]]\nid = "smoke"\ninclude = "b.toml"\n'
    plain = '[[announce]]\nform = "generic"\nurl = "https://x"\n'
    found = read(around, "p.toml", lambda name: PLAN + plain)
    assert [(one.id, one.applies_to) for one in found.announcements] == [
        ("smoke.generic", ("smoke",))
    ]


@pytest.mark.parametrize(("text", "found"), [
    ('env="prod"', ("env", "=", "prod")),
    ("env=prod", ("env", "=", "prod")),
    ('a =~ "b\\"c.*"', ("a", "=~", 'b"c.*')),
    ("a!~b", ("a", "!~", "b")),
    ('a="', None),
    ("1a=b", None),
    ("prod", None),
])  # fmt: skip
def test_a_matcher_is_read_as_alertmanager_writes_it(
    text: str, found: tuple[str, str, str] | None
) -> None:
    assert matcher(text) == found
