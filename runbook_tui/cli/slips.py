"""A sign-off carried as text, for somebody who reaches neither the run nor any network.

What is to be signed is the statement that any signed sign-off is over, so it counts in its place
alone: whatever else is recorded meanwhile, the slip has to be printed anew.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import re
import shlex
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.run.statement import SIGN_OFF

if TYPE_CHECKING:
    from runbook_tui.run.requests import SignNode
    from runbook_tui.session.session import Session

BEGIN, END = "-----BEGIN RUNBOOK SIGN-OFF-----", "-----END RUNBOOK SIGN-OFF-----"
BLOCK = re.compile(re.escape(BEGIN) + r"(.{1,100000}?)" + re.escape(END), re.DOTALL)
ARMOUR = re.compile(
    r"-----BEGIN SSH SIGNATURE-----(.{1,20000}?)-----END SSH SIGNATURE-----", re.DOTALL
)
LARGEST = 1 << 20
"""Bytes of a text that is pasted."""
PATIENCE = 60.0


def slip(session: Session, request: SignNode) -> list[str]:
    """What to carry to whoever signs, in lines; raises `Ended` where they may not."""
    statement = _asked(session, request)
    node = session.state.outline[request.node]
    verb = "APPROVE" if request.approve else "REJECT"
    body = textwrap.wrap(base64.b64encode(statement.encode()).decode(), 64)
    command = f"ssh-keygen -Y sign -n {SIGN_OFF} -f KEY statement"
    return [
        f"{session.actor.identity} is asked to {verb} “{node.title}” as {request.role}",
        f"in run {session.state.run}: {session.state.runbook.title}",
        *([f"comment: {request.comment}"] if request.comment else []),
        "sign it with:  runbook countersign FILE --key KEY",
        f"or without this program: base64 -d the lines below into statement, then {command}",
        "and send back the SSH SIGNATURE; it counts until anything else is recorded in the run.",
        "", BEGIN, *body, END,
    ]  # fmt: skip


def paste(session: Session, request: SignNode, source: str) -> None:
    """Record a decision with the signature that a text holds; raises `Ended` where it is not
    good."""
    from runbook_tui.cli.opening import refused
    from runbook_tui.run.requests import Refusal

    signature = signature_in(text_of(source))
    statement = _asked(session, request)
    signed = dataclasses.replace(request, prove=True, signature=signature, statement=statement)
    answer = session.ask(signed).result(PATIENCE)
    if isinstance(answer, Refusal):
        again = "print the slip again if anything was recorded since (sign … --text)"
        hint = "; ".join(filter(None, (answer.hint, again)))
        raise refused(dataclasses.replace(answer, hint=hint))


def _asked(session: Session, request: SignNode) -> str:
    """The text that a signature has to be over now."""
    from runbook_tui.cli.opening import refused
    from runbook_tui.run.requests import Refusal, SignatureNeeded

    answer = session.ask(dataclasses.replace(request, prove=True)).result(PATIENCE)
    if isinstance(answer, SignatureNeeded):
        return answer.statement
    assert isinstance(answer, Refusal)
    raise refused(answer)


def text_of(source: str) -> str:
    """What a file, or with ``-`` the standard input, holds; raises `Ended`."""
    try:
        if source == "-":
            data = sys.stdin.buffer.read(LARGEST)
        else:
            with Path(source).open("rb") as file:
                data = file.read(LARGEST)
    except OSError as error:
        raise Ended(exits.USAGE, f"{source} cannot be read: {error.strerror}") from None
    return data.decode("utf-8", "replace")


def signature_in(text: str) -> str:
    """The armoured signature in a text, however mail has broken or quoted its lines."""
    found = ARMOUR.search(text)
    if found is None:
        raise Ended(
            exits.USAGE, "there is no SSH SIGNATURE in that text", "paste all of it, with its frame"
        )
    body = re.sub(r"[^A-Za-z0-9+/=]", "", found.group(1))
    lines = textwrap.wrap(body, 70)
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def statement_in(text: str) -> tuple[str, dict[str, Any]]:
    """The statement in a slip, and the event that it would be; raises `Ended` where it is none."""
    found = BLOCK.search(text)
    body = re.sub(r"[^A-Za-z0-9+/=]", "", found.group(1)) if found else ""
    try:
        statement = base64.b64decode(body, validate=True).decode()
        head, event, rest = statement.split("\n")
        said = json.loads(event)
        data = said["data"]
        fine = not rest and re.fullmatch(r"[0-9a-f]{64}", head) and said["type"] == "signoff.given"
        texts = (data["node"], data["role"], data["decision"], said["run"], said["actor"]["name"])
        if not fine or not all(isinstance(text, str) for text in texts):
            raise ValueError
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise Ended(
            exits.USAGE, "there is no sign-off to sign in that text", f"it stands behind {BEGIN}"
        ) from None
    return statement, said


def told(said: dict[str, Any]) -> list[str]:
    """What a statement says, for whoever signs it: this, not what stands around it, is signed."""
    who, data = said["actor"], said["data"]
    mail = f" <{who['email']}>" if who.get("email") else ""
    where = f"run {said['run']}, event {said['seq']}, {data.get('kind', '')}"
    lines = [
        f"{who['name']}{mail}: {str(data['decision']).upper()} “{data['node']}” as {data['role']}",
        f"{where} over the content {data.get('signed_digest', '')}",
    ]
    return [*lines, *([f"comment: {data['comment']}"] if data.get("comment") else [])]


def say_slip(session: Session, request: SignNode, more: str = "") -> None:
    """Print it, and say what to do with what comes back; ``more``: options of that command."""
    for line in slip(session, request):
        say.out(line)
    comment = f" --comment {shlex.quote(request.comment)}" if request.comment else ""
    verb = "" if request.approve else " --reject"
    say.err("once the signature is back, and before anything else is recorded:")
    say.err(
        f"  runbook sign {session.run} {request.node} --role {request.role}{verb}{comment}"
        f" --as {shlex.quote(session.actor.identity)} --paste FILE{more}"
    )
