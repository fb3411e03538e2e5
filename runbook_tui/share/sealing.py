"""The lead's signature over the log: what stands on the remote is what their machine has recorded.

Each commit of the log has a signature over all of it but itself, and so over its parent: that of
the newest one holds for everything before it. Whoever may push may still put commits there, but
none that the lead's key has signed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence

from runbook_tui.run.events import Actor, LeadHandedOver, RunStarted
from runbook_tui.run.statement import principal
from runbook_tui.session.ports.signatures import Key, NotSigned, Signatures
from runbook_tui.share.commits import Batch, Commit, unsealed
from runbook_tui.share.merging import Rewritten

LOG = "log@runbook-tui"
"""The namespace: a signature that a key gave for anything else is none of these."""
SLOW = 5.0
"""Seconds from which on a signature has waited for a person: nobody is asked at every push."""
NOT_SIGNED = "not signed"


def text_of(data: bytes) -> str:
    """What is signed of a commit without a signature."""
    return f"{hashlib.sha256(data).hexdigest()}\n"


class LogSeal:
    """Signs what the lead's machine writes, as long as a key of theirs does so by itself.

    ``signers`` are the run's; without any nothing is signed. Used by one thread.
    """

    def __init__(
        self, signatures: Signatures, actor: Actor, signers: str, now: Callable[[], float]
    ) -> None:
        self._signatures = signatures
        self._actor = actor
        self._signers = signers
        self._now = now
        self._key: Key | None = None
        self.words = ""
        """How it stands, for whoever reads lines."""
        self._off = not signers

    def sign(self, data: bytes) -> str:
        """An armoured signature over a commit; empty where there is none."""
        if self._off:
            return ""
        began = time.monotonic()
        try:
            first = self._key is None
            key = self._key = self._key or self._at_hand()
            signature = self._signatures.sign(text_of(data), LOG, key)
            if first and (wrong := self._wrong(data, signature)):
                raise NotSigned(wrong)
            if time.monotonic() - began > SLOW:
                raise NotSigned(f"the key {key.name} waits for a person each time")
        except NotSigned as why:
            self._off, self.words = True, f"{NOT_SIGNED}: {why}"
            return ""
        self.words = f"signed by {principal(self._actor)}"
        return signature

    def _at_hand(self) -> Key:
        key = self._signatures.key(principal(self._actor), self._signers)
        if key.touch:
            raise NotSigned(f"the key {key.name} wants to be touched each time")
        return key

    def _wrong(self, data: bytes, signature: str) -> str:
        """Why others would not take it; it is held against the list once."""
        return self._signatures.check(
            text_of(data), signature, LOG, principal(self._actor), self._signers, self._now()
        ).problem


class LogProof:
    """Holds the log against the signatures of whoever leads; used by one thread."""

    def __init__(self, signatures: Signatures | None) -> None:
        self._signatures = signatures
        self._signers = ""
        self._leads: tuple[str, ...] = ()
        self._signed = False
        self.words = ""
        """How it stands, for whoever reads lines."""
        self.alarm = ""
        """What looks tampered with."""

    def look(self, batches: Sequence[Batch], tip: Commit) -> None:
        """Take in what is new, ``tip`` its last commit; raises `Rewritten` where that has a wrong
        signature, and then nothing of it may be taken."""
        signers, leads = self._known(batches)
        data, signature = unsealed(tip.data)
        if not signers or not signature or self._signatures is None:
            self._signers, self._leads = signers, leads
            self.words = NOT_SIGNED
            self.alarm = (
                "what is newest on the remote is not signed by the lead, and what came before was"
                if self._signed
                else ""
            )
            return
        at, text, problem = float(batches[-1].at), text_of(data), "nobody leads"
        # Whoever gave the lead on may still have sent that.
        for who in reversed(leads):
            proof = self._signatures.check(text, signature, LOG, who, signers, at)
            if proof.unknown or not proof.problem:
                words = f"its signature is not looked at: {proof.problem}"
                self.words = words if proof.unknown else f"signed by {who}"
                self._signers, self._leads = signers, leads
                self._signed, self.alarm = True, ""
                return
            problem = f"{who}: {proof.problem}"
        raise Rewritten(f"it is not signed by whoever leads, {problem}")

    def _known(self, batches: Sequence[Batch]) -> tuple[str, tuple[str, ...]]:
        """Whose keys count, and who leads (last) or has led, with what is new."""
        signers, leads = self._signers, self._leads
        for line in (line for batch in batches for line in batch.lines):
            if RunStarted.WIRE.encode() in line or LeadHandedOver.WIRE.encode() in line:
                try:
                    said = json.loads(line)
                    data = said["data"]
                    if said["type"] == RunStarted.WIRE:
                        signers = str(data.get("allowed_signers") or "")
                        data = said["actor"]
                    elif said["type"] != LeadHandedOver.WIRE:
                        continue
                    who = principal(Actor(name=str(data["name"]), email=str(data.get("email", ""))))
                    leads = (*(one for one in leads if one != who), who)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                    continue  # The copy takes nothing that is no event.
        return signers, leads
