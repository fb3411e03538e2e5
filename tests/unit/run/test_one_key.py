"""One key is one person, by however many mails the list of signers knows it."""

from __future__ import annotations

import dataclasses

import pytest

from runbook_tui.book.model import Gate, Phase, Runbook, Step
from runbook_tui.run.counting import counted, why_shut
from runbook_tui.run.events import Actor, SignoffGiven
from runbook_tui.run.one_key import one_person
from runbook_tui.run.order import gate_open
from runbook_tui.run.requests import Refusal, SignNode
from runbook_tui.run.signing import sign
from runbook_tui.run.state import RunState
from tests.fakes.history import ADA, GRACE, LINUS, History

WORK = Actor(name="Grace H.", email="grace@work.example")
SIGNERS = """\
# the team
ada@example.com,ada@work.example ssh-ed25519 AAAAada
grace@example.com namespaces="sign-off@runbook-tui" ssh-ed25519 AAAAgrace at home
"grace@work.example" ssh-ed25519 AAAAgrace
linus@example.com ssh-ed25519 AAAAlinus
*@work.example cert-authority ssh-ed25519 AAAAauthority
zoe@example.com,max@example.com,*@zoo.example cert-authority ssh-ed25519 AAAAzoo
"""


def history(*, four_eyes: bool = False, count: int = 1, signers: str = SIGNERS) -> History:
    gate = Gate(roles=("cto",), four_eyes=four_eyes, count=count, signed=True)
    found = History(
        Runbook(title="T", roles={"cto": ("*",)}, allowed_signers="signers", phases=(
            Phase(id="p", title="P", gate=gate,
                  steps=(Step(id="a", title="A", run="true", undo="true"),)),)),
    )  # fmt: skip
    assert found.state.begun is not None
    begun = dataclasses.replace(found.state.begun, allowed_signers=signers)
    found.state = dataclasses.replace(found.state, begun=begun)
    return found


def approve(found: History, who: Actor) -> None:
    """As it stands in a journal, whoever has written it there."""
    given = SignoffGiven(node="p", role="cto", decision="approved", kind="gate", signature="ssh")
    found.add(given, actor=who)


def of(name: str) -> Actor:
    return Actor(name=name, email=name)


def test_who_shares_a_key_is_one_person() -> None:
    state = history().state
    assert one_person(state, ADA, of("ADA@work.example"))
    assert one_person(state, GRACE, WORK)
    assert not one_person(state, ADA, GRACE)
    assert not one_person(state, LINUS, WORK)
    # Whoever has a certificate of an authority has a key of their own.
    assert not one_person(state, of("zoe@example.com"), of("max@example.com"))
    assert not one_person(state, of("x@work.example"), WORK)


def test_a_key_counts_once_whatever_its_mails() -> None:
    found = history(count=2)
    approve(found, GRACE)
    said = sign(found.state, SignNode(node="p", role="cto"), WORK)
    assert isinstance(said, Refusal)
    assert "may be Grace <grace@example.com>" in said.reason
    approve(found, WORK)
    assert not gate_open(found.state, "p")
    assert [s.by for s in counted(found.state, "p", gate=True)] == [GRACE]
    assert "has a key of Grace <grace@example.com>" in why_shut(found.state, "p")
    approve(found, LINUS)
    assert [s.by for s in counted(found.state, "p", gate=True)] == [GRACE, LINUS]


def test_another_mail_is_not_another_pair_of_eyes() -> None:
    found = history(four_eyes=True)
    other = of("ada@work.example")
    said = sign(found.state, SignNode(node="p", role="cto"), other)
    assert isinstance(said, Refusal)
    assert said.reason.startswith("four eyes")
    approve(found, other)
    assert counted(found.state, "p", gate=True) == []


@pytest.mark.parametrize("signers", ["", "nonsense", "a@b ssh-ed25519", "ssh-ed25519 AAAA"])
def test_a_list_that_says_nothing_makes_nobody_the_same(signers: str) -> None:
    state: RunState = history(signers=signers).state
    assert not one_person(state, ADA, GRACE)
    assert not one_person(state, of("a@b"), of("b@c"))
