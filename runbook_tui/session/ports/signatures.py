"""Signatures that people make with their ssh keys, and whether one is good."""

from __future__ import annotations

from typing import Protocol

from runbook_tui.frozen import frozen


class NotSigned(Exception):
    """No signature was made; ``hint`` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@frozen
class Key:
    """A key to sign with: the ``path`` of its file, or its ``public`` part where an agent has it.

    ``name`` is what a person knows it by. ``touch``: it wants to be touched for each signature.
    """

    name: str
    path: str = ""
    public: str = ""
    touch: bool = False


@frozen
class Proof:
    """What a signature proves: that ``key`` (``SHA256:…``) made it, and that this key counts for
    the person at that time; or why it proves nothing (``problem``).

    ``unknown``: it could not be looked at, which says nothing about the signature.
    """

    key: str = ""
    problem: str = ""
    unknown: bool = False


class Signatures(Protocol):
    """Makes and checks them. May wait for programs and for a person's touch."""

    def key(self, principal: str, signers: str, path: str = "") -> Key:
        """The key at ``path``, else the one of this person that is at hand; raises `NotSigned`."""

    def sign(self, text: str, purpose: str, key: Key) -> str:
        """An armoured signature; raises `NotSigned`."""

    def check(
        self, text: str, signature: str, purpose: str, principal: str, signers: str, at: float
    ) -> Proof:
        """Whether the signature is one of ``principal`` over ``text`` for ``purpose``, by a key
        that ``signers`` allows them at ``at`` (epoch seconds)."""
