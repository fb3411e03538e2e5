"""How a plan says that people are told of alarms: read, refused where it cannot be, written."""

from __future__ import annotations

import pytest

from runbook_tui.book.every_command import listed
from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.model import Runbook, Secret, Tell, Webhook
from runbook_tui.book.reader import read
from runbook_tui.book.telling import PAGERDUTY

PLAN = 'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "S"\n'


def plan(text: str) -> Runbook:
    return read(PLAN + text, "p.toml", lambda name: "")


def test_nobody_is_told_where_the_plan_says_nothing() -> None:
    assert plan("").tell == Tell()


def test_a_command_and_addresses() -> None:
    found = plan(
        '[tell]\ncommand = "./tell"\n[[tell.webhook]]\nurl = "http://127.0.0.1:9/x"\n'
        '[[tell.webhook]]\nform = "pagerduty"\nkey = { command = "pass pd" }'
    )
    assert found.tell.command == "./tell"
    one, two = found.tell.webhooks
    assert (one.url, one.form, one.key) == ("http://127.0.0.1:9/x", "generic", None)
    assert (two.url, two.form, two.key) == (PAGERDUTY, "pagerduty", Secret(command="pass pd"))
    shown = "\n".join(listed(found))
    for text in ("run: ./tell", "tells: http://127.0.0.1:9/x", "run: pass pd"):
        assert text in shown
    assert isinstance(one, Webhook)


def test_addresses_of_apprise_are_secrets_and_the_newest_of_a_name_counts() -> None:
    base = PLAN + '[[tell.apprise]]\nname = "ops"\nurl = { env = "A" }\n'
    own = '[[tell.apprise]]\nname = "ops"\nurl = { command = "pass ops" }\n'
    found = read(f'format = 1\nextends = "b.toml"\n{own}', "p.toml", lambda name: base)
    (one,) = found.tell.apprise
    assert (one.name, one.url) == ("ops", Secret(command="pass ops"))
    assert "run: pass ops" in "\n".join(listed(found))


@pytest.mark.parametrize(("text", "words"), [
    ('[[tell.webhook]]\nform = "generic"', "has a url"),
    ('[[tell.webhook]]\nurl = "file:///etc/passwd"', "no address of the web"),
    ('[[tell.webhook]]\nurl = "https://"', "no address of the web"),
    ('[[tell.webhook]]\nurl = "https://x.y"\nform = "pagerduty"', "needs its routing key"),
    ('[[tell.webhook]]\nurl = "https://x.y"\nkey = { env = "K" }', "is for webhooks of the form"),
    ('[[tell.webhook]]\nform = "pagerduty"\nkey = { env = "K", file = "f" }', "comes from one of"),
    ('[[tell.webhook]]\nform = "pagerduty"\nkey = {}', "comes from one of"),
    ('[[tell.apprise]]\nname = "ops"\nurl = "slack://x"', "table"),
    ('[[tell.apprise]]\nname = "ops"\nurl = {}', "comes from one of"),
    ('[[tell.apprise]]\nname = "o p"\nurl = { env = "X" }', "letters, digits"),
    ('[tell]\nmail = "x"', "mail"),
    ('[[escalation]]\ntopic = "t"\nladder = ["A"]\non = ["never"]', "on"),
])  # fmt: skip
def test_what_cannot_be_is_a_fault_at_its_place(text: str, words: str) -> None:
    with pytest.raises(PlanFaults) as told:
        plan(text)
    assert any(words in fault.message and fault.line >= 7 for fault in told.value.faults)


def test_what_is_taken_in_is_told_too_and_a_command_takes_the_place_of_another() -> None:
    base = PLAN + '[tell]\ncommand = "base"\n[[tell.webhook]]\nurl = "https://x.y/a"\n'
    hook = '[[tell.webhook]]\nurl = "https://x.y/{}"\n'
    for own, command in (("", "base"), ('[tell]\ncommand = "own"\n', "own")):
        over = f'format = 1\nextends = "b.toml"\n{own}{hook.format("a")}{hook.format("b")}'
        found = read(over, "p.toml", lambda name: base)
        assert found.tell.command == command
        assert [one.url for one in found.tell.webhooks] == ["https://x.y/a", "https://x.y/b"]
