"""What somebody does to a signed run who may write the journal and has a valid key of their own.

The lead of the run is the attacker: the file is theirs, the guards are taken away and put back, and
hashes are computed anew. What catches it: the chain alone, a signature, or only a hash that was
written down elsewhere. Nothing passes all three.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.book.reader import read
from runbook_tui.command.evidence import KeptLogs
from runbook_tui.command.runner import HelperRunner
from runbook_tui.journal.chain import link, start
from runbook_tui.journal.signatures import SshSignatures
from runbook_tui.journal.store import SqliteJournal
from runbook_tui.run import requests as r
from runbook_tui.run.canonical import canonical
from runbook_tui.run.events import Actor, SignoffGiven
from runbook_tui.run.state import Status
from runbook_tui.run.statement import SIGN_OFF, statement
from runbook_tui.session.answering import Accepted
from runbook_tui.session.opening import plan_digest
from runbook_tui.session.proofs import Examiner
from runbook_tui.session.proving import proved
from runbook_tui.session.verifying import verify
from tests.fakes.history import ADA, GRACE
from tests.integration.journal.test_verify import tampering
from tests.integration.session.scene import Scene, ask
from tests.keys import Keys
from tests.waiting import until

PLAN = """\
format = 1
title = "Signed"
[roles]
cto = ["Grace <grace@example.com>"]
[policy]
allowed_signers = "signers"
[[phase]]
id = "core"
title = "Core"
gate = { roles = ["cto"], four_eyes = true, signed = true }
[[phase.step]]
id = "d"
title = "Deploy"
run = "true"
undo = "true"
[[phase.step]]
id = "m"
title = "By hand"
"""


@dataclass
class Told:
    """A finished run in a file, and what an honest person has of it."""

    path: Path
    run: str
    head: str
    given: int
    sealed: int
    keys: Keys


Body = dict[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Note (2), Grace's signature (3), the gate opened (4), work, the end, Ada's seal."""
    folder = tmp_path_factory.mktemp("attacked")
    keys = Keys(folder / "keys")
    runbook = read(PLAN, "plan.toml", lambda name: "")
    scene = Scene(folder, runbook, text=PLAN, signers=keys.allowed("ada", "grace"))
    session = scene.open()
    ask(session, r.AddNote(text="the disk is red"))
    signed = proved(session, r.SignNode(node="core", role="cto"), GRACE, keys.file("grace"))
    assert isinstance(signed, Accepted)
    ask(session, r.StartStep(step="d"))
    until(lambda: session.state.step("d").status is Status.DONE, what="the deployment")
    ask(session, r.FinishStep(step="m"))
    until(lambda: session.state.finished is not None, what="the end")
    assert isinstance(proved(session, r.SealRun(), ADA, keys.file("ada")), Accepted)
    state = session.state
    scene.close()
    return Told(path=scene.journal._path, run=scene.run, head=state.head, given=3,
                sealed=state.sealed, keys=keys)  # fmt: skip


@pytest.fixture
def attacked(told: Told, tmp_path: Path) -> Told:
    """A copy of it, to be changed."""
    home = tmp_path / "home"
    shutil.copytree(told.path.parent, home)
    return Told(path=home / told.path.name, run=told.run, head=told.head, given=told.given,
                sealed=told.sealed, keys=told.keys)  # fmt: skip


def bodies(db: sqlite3.Connection) -> list[Body]:
    return [json.loads(text) for (text,) in db.execute("SELECT body FROM event ORDER BY seq")]


def write(db: sqlite3.Connection, events: list[Body]) -> None:
    """Put these events in the place of all, numbered and hashed as if they were honest."""
    (genesis,) = db.execute("SELECT genesis FROM run").fetchone()
    head = start(genesis)
    db.execute("DELETE FROM event")
    for seq, body in enumerate(events, 1):
        body["seq"] = seq
        text = canonical(body)
        head = link(head, text.encode())
        row = (body["run"], seq, body["id"], text, head)
        db.execute("INSERT INTO event(run, seq, id, body, hash) VALUES (?, ?, ?, ?, ?)", row)


def problems(at: Told, anchor: str | None = None, signers: str | None = None) -> tuple[str, ...]:
    """What is found by somebody who has the file alone, or a hash beside it."""
    examiner = Examiner(
        signatures=SshSignatures(HelperRunner()), read=partial(read, remarks=False), signers=signers
    )
    with SqliteJournal.open_reading(at.path) as journal:
        return verify(
            journal, KeptLogs(), at.path.parent / "runs", at.run, anchor, examiner
        ).problems


def edit_note(at: Told, events: list[Body]) -> None:
    events[1]["data"]["text"] = "all is green"


def delete_note(at: Told, events: list[Body]) -> None:
    del events[1]


def flip(at: Told, events: list[Body]) -> None:
    events[2]["data"]["decision"] = "rejected"


def other_role(at: Told, events: list[Body]) -> None:
    events[2]["data"]["role"] = "qa"


def other_time(at: Told, events: list[Body]) -> None:
    """The time is the host's word, not the signer's: the seal has it, the sign-off has not."""
    events[2]["at"] = "2020-01-01T00:00:00.000000Z"


def replay(at: Told, events: list[Body]) -> None:
    """The same signature once more, on the step."""
    copy = json.loads(json.dumps(events[2]))
    copy.update(id="other", step="d")
    copy["data"].update(node="d", kind="sign-off")
    events.insert(5, copy)


def forge(at: Told, events: list[Body]) -> None:
    """Grace's words under the lead's own key, made with all that ssh-keygen can do."""
    given = events[2]
    given["data"]["comment"] = "approved, whatever comes"
    payload = SignoffGiven(**{k: v for k, v in given["data"].items() if k != "signature"})
    who = Actor(**given["actor"])
    signatures = SshSignatures(HelperRunner())
    text = statement(_hash_before(at, 3), at.run, 3, None, who, payload)
    key = signatures.key("", "", at.keys.file("ada"))
    given["data"]["signature"] = signatures.sign(text, SIGN_OFF, key)


def unsigned(at: Told, events: list[Body]) -> None:
    del events[2]["data"]["signature"]


def no_sign_off(at: Told, events: list[Body]) -> None:
    """Sign-off and gate gone: the step has run behind a shut gate."""
    del events[2:4]


def after_the_last_sign_off(at: Told, events: list[Body]) -> None:
    finished = next(e for e in events if e["type"] == "command.finished")
    finished["data"]["seconds"] = 0.001


def reorder(at: Told, events: list[Body]) -> None:
    events[-3], events[-2] = events[-2], events[-3]


def no_seal(at: Told, events: list[Body]) -> None:
    del events[-1]


def truncate(at: Told, events: list[Body]) -> None:
    """Back to before the sign-off, as if nobody had ever decided."""
    del events[2:]


def weaker_plan(at: Told, events: list[Body]) -> None:
    """A plan without the gate, as if the lead had taken it over before the step."""
    weak = "".join(line for line in PLAN.splitlines(True) if not line.startswith("gate"))
    data = {"title": "Signed", "source": "plan.toml", "format": "toml", "plan": weak,
            "digest": plan_digest(weak, {})}  # fmt: skip
    events[2:4] = [{**events[1], "id": "forged", "type": "plan.changed", "data": data}]


def own_signers(at: Told, events: list[Body]) -> None:
    """Everything made anew, with a list in which Grace's key is the attacker's."""
    lines = at.keys.allowed("ada") + at.keys.allowed("eve").replace("eve@", "grace@")
    events[0]["data"]["allowed_signers"] = lines


def _hash_before(at: Told, seq: int) -> str:
    with SqliteJournal.open_reading(at.path) as journal:
        return journal.events(at.run)[seq - 2].hash


SIGNED, PLANNED, ANCHOR = "does not hold", "signed gate of “Core” was shut", "is no hash of"
ATTACKS: list[tuple[Callable[[Told, list[Body]], None], str]] = [
    (edit_note, SIGNED), (delete_note, SIGNED), (flip, SIGNED), (other_role, SIGNED),
    (other_time, SIGNED), (replay, SIGNED), (forge, "is that of ada@example.com, not of grace"),
    (unsigned, "without the signature that the plan wants"), (no_sign_off, PLANNED),
    (after_the_last_sign_off, SIGNED), (reorder, SIGNED), (own_signers, "genesis"),
    (weaker_plan, "asks for fewer signatures"), (weaker_plan, PLANNED),
    (no_seal, ANCHOR), (truncate, ANCHOR),
]  # fmt: skip


def test_an_honest_run_holds(told: Told) -> None:
    assert problems(told, told.head) == ()


@pytest.mark.parametrize(
    ("attack", "found"), ATTACKS, ids=[f"{a.__name__}-{n}" for n, (a, _) in enumerate(ATTACKS)]
)
def test_each_attack_is_found_by_what_is_due(
    attacked: Told, attack: Callable[[Told, list[Body]], None], found: str
) -> None:
    with tampering(attacked.path) as db:
        events = bodies(db)
        attack(attacked, events)
        write(db, events)
    without, anchored = problems(attacked), problems(attacked, attacked.head)
    assert any(ANCHOR in problem for problem in anchored), "a hash written down catches each"
    if found == ANCHOR:
        # Cut off at the end: the file alone cannot tell that there was more. The run's undo file
        # may, but whoever writes the journal writes that, too.
        assert all("undo file" in problem for problem in without), without
    else:
        assert any(found in problem for problem in without), without


def test_without_new_hashes_the_chain_alone_names_the_event(attacked: Told) -> None:
    with tampering(attacked.path) as db:
        db.execute("UPDATE event SET body = replace(body, 'disk is red', 'disk is green')")
    assert any("event 2: its text does not match its hash" in p for p in problems(attacked))


def test_a_list_of_signers_of_one_s_own_outranks_the_recorded_one(told: Told) -> None:
    trusted = told.keys.allowed("ada", "grace")
    assert problems(told, signers=trusted) == ()
    assert any(
        "not among the allowed" in p for p in problems(told, signers=told.keys.allowed("eve"))
    )
