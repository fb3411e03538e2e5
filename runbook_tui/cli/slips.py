"""A sign-off carried as text, for somebody who reaches neither the run nor any network.

What is to be signed is the statement that any signed sign-off is over, so it counts in its place
alone: whatever else is recorded meanwhile, the slip has to be printed anew. Before it stands, in
words, what is decided on; their digest is part of the statement, so that nobody on the way can have
other words signed than those that were read.
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

from runbook_tui.book.plain_text import printable
from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.run.reading_out import digest
from runbook_tui.run.statement import SIGN_OFF

if TYPE_CHECKING:
    from runbook_tui.run.requests import SignNode
    from runbook_tui.session.session import Session

BEGIN, END = "-----BEGIN RUNBOOK SIGN-OFF-----", "-----END RUNBOOK SIGN-OFF-----"
MIDDLE = "-----STATEMENT-----"
BLOCK = re.compile(
    rf"^[> \t]*{re.escape(BEGIN)}\s*$(.{{1,400000}}?)^[> \t]*{re.escape(END)}\s*$",
    re.DOTALL | re.MULTILINE,
)
BEGINS = re.compile(rf"^[> \t]*{re.escape(BEGIN)}", re.MULTILINE)
QUOTED = re.compile(r"^[>\s]*")
"""What mail puts before a line; a line of what is read out begins with a bar."""
ARMOUR, ARMOUR_END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
LONGEST_SIGNATURE = 20_000
LARGEST = 1 << 20
"""Bytes of a text that is pasted."""
PATIENCE = 60.0
ATTEMPTS = 5


def slip(session: Session, request: SignNode) -> list[str]:
    """What to carry to whoever signs, in lines; raises `Ended` where they may not."""
    statement, lines = _asked(session, request)
    node = session.state.outline[request.node]
    verb = "APPROVE" if request.approve else "REJECT"
    who = printable(session.actor.identity)
    body = textwrap.wrap(base64.b64encode(statement.encode()).decode(), 64)
    command = f"ssh-keygen -Y sign -n {SIGN_OFF} -f KEY statement"
    return [
        f"{who} is asked to {verb} “{printable(node.title)}” as {printable(request.role)}",
        f"in run {session.state.run}: {printable(session.state.runbook.title)}",
        "Read, or have read to you, the lines with a bar: they and nothing else are decided on.",
        "sign it with:  runbook countersign FILE --key KEY",
        "or without this program: base64 -d what stands below STATEMENT into statement, then",
        f"  {command}",
        "and send back the SSH SIGNATURE; it counts until anything else is recorded in the run.",
        "", BEGIN, *lines, MIDDLE, *body, END,
    ]  # fmt: skip


def paste(session: Session, request: SignNode, source: str) -> None:
    """Record a decision with the signature that a text holds; raises `Ended` where it is not
    good."""
    from runbook_tui.cli.opening import refused
    from runbook_tui.run.requests import Refusal

    signature = signature_in(text_of(source))
    statement, lines = _asked(session, request)
    signed = dataclasses.replace(
        request, prove=True, signature=signature, statement=statement, shown=digest(lines)
    )
    answer = session.ask(signed).result(PATIENCE)
    if isinstance(answer, Refusal):
        again = "print the slip again if anything was recorded since (sign … --text)"
        hint = "; ".join(filter(None, (answer.hint, again)))
        raise refused(dataclasses.replace(answer, hint=hint))


def _asked(session: Session, request: SignNode) -> tuple[str, tuple[str, ...]]:
    """The text that a signature has to be over now, and the words that are read out with it."""
    from runbook_tui.cli.opening import refused
    from runbook_tui.run.reading_out import read_out
    from runbook_tui.run.requests import Refusal, SignatureNeeded

    for _ in range(ATTEMPTS):
        state = session.state
        known = request.node in state.outline
        lines = read_out(state, request, session.actor) if known else ()
        asked = dataclasses.replace(request, prove=True, shown=digest(lines))
        answer = session.ask(asked).result(PATIENCE)
        if not isinstance(answer, SignatureNeeded):
            assert isinstance(answer, Refusal)
            raise refused(answer)
        if answer.statement.startswith(f"{state.head}\n"):
            return answer.statement, lines
    raise Ended(exits.REFUSED, "each time something else was recorded meanwhile",
                "try again when less is going on")  # fmt: skip


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
    """The armoured signature in a text, however mail has broken or quoted its lines. Raises `Ended`
    where there is none."""
    before, ended, _ = text.partition(ARMOUR_END)
    _, found, inside = before.rpartition(ARMOUR)
    if not (ended and found) or len(inside) > LONGEST_SIGNATURE:
        raise Ended(
            exits.USAGE, "there is no SSH SIGNATURE in that text", "paste all of it, with its frame"
        )
    body = re.sub(r"[^A-Za-z0-9+/=]", "", inside)
    lines = textwrap.wrap(body, 70)
    return "\n".join([ARMOUR, *lines, ARMOUR_END, ""])


def statement_in(text: str) -> tuple[str, dict[str, Any], list[str]]:
    """The statement in a slip, the event that it would be, and the words that are bound by it.

    Raises `Ended` where there is none, or where the words are not those.
    """
    begun = BEGINS.findall(text)
    if len(begun) > 1:
        raise Ended(
            exits.USAGE, f"there are {len(begun)} sign-offs in that text", "one at a time is signed"
        )
    found = BLOCK.search(text)
    lines, _, block = found.group(1).rpartition(MIDDLE) if found else ("", "", "")
    body = re.sub(r"[^A-Za-z0-9+/=]", "", block)
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
    words = [QUOTED.sub("", line).rstrip() for line in lines.splitlines()]
    words = [line for line in words if line]
    if data.get("shown") != digest(words):
        raise Ended(
            exits.REFUSED, "nothing is signed: the words in that text are not the sign-off's",
            "they were changed or cut on the way: ask for the slip again, and by another way",
        )  # fmt: skip
    return statement, said, words


def told(said: dict[str, Any], words: list[str]) -> list[str]:
    """What a statement says, and the words that it binds, for whoever signs it: this, not what
    stands around it, is signed."""
    who, data = said["actor"], said["data"]
    mail = f" <{who['email']}>" if who.get("email") else ""
    where = f"run {said['run']}, event {said['seq']}, {data.get('kind', '')}"
    lines = [
        f"{who['name']}{mail}: {str(data['decision']).upper()} “{data['node']}” as {data['role']}",
        f"{where} over the content {data.get('signed_digest', '')}",
    ]
    lines += [f"comment: {data['comment']}"] if data.get("comment") else []
    return [printable(line) for line in (*lines, *words)]


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
