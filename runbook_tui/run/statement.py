"""What a key signs: one event in its place, so that the signature counts nowhere else. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib

from runbook_tui.run.canonical import canonical
from runbook_tui.run.events import Actor, Payload
from runbook_tui.run.wire import encode, wire_name

SIGN_OFF = "sign-off@runbook-tui"
SEAL = "seal@runbook-tui"
"""Namespaces: a signature that a key gave for anything else (a git commit) is none of these."""
MAGIC = b"SSHSIG"


def statement(
    previous: str, run: str, seq: int, step: str | None, actor: Actor, payload: Payload
) -> str:
    """The text that is signed: the hash of the event before (hex), then the event itself without
    its id, its times and the signature, as canonical JSON; each on a line."""
    who = {"name": actor.name, "email": actor.email, "user": actor.user, "host": actor.host}
    data = {name: value for name, value in encode(payload).items() if name != "signature"}
    said = {"actor": who, "data": data, "run": run, "seq": seq, "step": step}
    return f"{previous}\n{canonical({**said, 'type': wire_name(payload)})}\n"


def principal(actor: Actor) -> str:
    """By what name a list of allowed signers knows a person: the mail, without one the name."""
    return actor.email or actor.name


def fingerprint(signature: str) -> str:
    """The key that made an armoured signature, as ssh names it (``SHA256:…``); empty where it is
    no signature. It says nothing of whether that is good."""
    lines = [line for line in signature.strip().splitlines() if not line.startswith("-----")]
    try:
        blob = base64.b64decode("".join(lines), validate=True)
    except (binascii.Error, ValueError):
        return ""
    size = int.from_bytes(blob[10:14], "big")
    key = blob[14 : 14 + size]
    if not blob.startswith(MAGIC) or len(key) != size or not size:
        return ""
    digest = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"
