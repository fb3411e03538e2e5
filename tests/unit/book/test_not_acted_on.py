"""What a plan says and this version does not do is a finding, and nothing else is."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read


def plan(step: str = "", phase: str = "", rest: str = "") -> Runbook:
    text = f"""\
format = 1
title = "T"
[roles]
cto = ["*"]
[policy]
allowed_signers = "signers"
[[phase]]
title = "P"
{phase}
[[phase.step]]
title = "S"
run = "true"
changes = false
{step}
{rest}
"""
    return read(text, "p.toml", lambda name: "")


def messages(found: Runbook) -> list[str]:
    return [f.message for f in found.findings if f.code == "not-acted-on"]


def test_a_key_that_does_nothing_is_told_at_its_step() -> None:
    key = 'evidence = ["x.log"]\nhost = "web1"'
    (finding,) = [f for f in plan(step=key).findings if f.code == "not-acted-on"]
    assert finding.line == 10
    assert "“S”" in finding.message


def test_watches_and_probes_of_criteria_are_acted_on() -> None:
    watch = '[[watch]]\nid = "w"\ntitle = "W"\nrun = "true"\nevery = "5s"\nbelow = 1'
    probe = 'criteria = [{ title = "C", probe = "true" }]'
    assert plan(phase=probe, rest=watch).findings == ()


def test_a_window_that_is_no_moment_is_told_with_what_is() -> None:
    (message,) = messages(plan(phase='starts = "day 2"\nends = "after lunch"'))
    assert message.startswith("“ends” of “P” is shown, not reckoned with: “after lunch” is no")
    assert "“day 2 18:00”" in message


def test_what_is_acted_on_is_not_told() -> None:
    step = 'timeout = "5m"\nretries = 2\nbackground = true\nready = "true"\nconfirm = "Sure?"'
    step += '\nevidence = ["x.log"]\non_failure = "stop"\nrehearse = true\nrole = "cto"'
    gate = 'gate = { roles = ["cto"], four_eyes = true, count = 2, within = "30m" }'
    gate += '\nrollback_within = "5m"'
    assert messages(plan(step=step, phase=gate)) == []
    assert messages(plan(step='hosts = ["db1", "db2"]')) == []


@pytest.mark.parametrize("undo", ["none", "N/A", " None. ", "manual", "-"])
def test_an_undo_in_words_is_no_command(undo: str) -> None:
    found = plan(step=f'undo = "{undo}"').findings
    assert [f.code for f in found] == ["undo-no-command"]
    assert "irreversible" in found[0].message


@pytest.mark.parametrize("undo", ["true", "rm none", "./manual"])
def test_an_undo_that_is_a_command_is_left_alone(undo: str) -> None:
    assert plan(step=f'undo = "{undo}"').findings == ()


def test_evidence_that_can_never_be_kept_is_told() -> None:
    names = ("/var/log/x.log", "~/x.log", "out/../../x.log", "", "./", "**/.git/x")
    for name in names[:-1]:
        (message,) = messages(plan(step=f"evidence = ['fine.log', '{name}']"))
        assert f"“{name}”" in message
        assert "folder" in message
    assert messages(plan(step="evidence = ['**/.git/x', './a/*.png']")) == []
