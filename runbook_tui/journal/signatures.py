"""Signatures by ``ssh-keygen -Y``: with a key's file, or one that an ssh-agent holds.

Nobody is asked for a passphrase here: the question would go to the terminal that the screen is
on. A key with a passphrase belongs into an agent.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from runbook_tui.run.statement import fingerprint
from runbook_tui.session.ports.runner import Outcome, Runner
from runbook_tui.session.ports.signatures import Key, NotSigned, Proof

PATIENCE = 60.0
"""Seconds for a signature: a person may have to touch a key."""
CHECKING = 10.0
MISSING = "ssh-keygen is not there"
ADD = "add it to an agent with ssh-add, or name its file: --key FILE, RUNBOOK_KEY=FILE"
KEY = "RUNBOOK_KEY"
"""Names the key's file for whoever does not say --key."""


class SshSignatures:
    """Port `Signatures`. ``home`` is where ``.ssh`` is."""

    def __init__(
        self, runner: Runner, environment: Mapping[str, str] = os.environ, home: Path | None = None
    ) -> None:
        self._runner = runner
        self._environment = environment
        self._home = home or Path.home()

    def key(self, principal: str, signers: str, path: str = "") -> Key:
        """The key that is named, else one at hand that the list has; raises `NotSigned`."""
        path = path or self._environment.get(KEY, "")
        if path:
            return self._named(path)
        found = [key for key in self._at_hand() if blob(key.public) in signers.split()]
        # A list may have the keys of several people, and one person may be at hand as several.
        lines = [line for line in signers.splitlines() if principal in line.split("#")[0]]
        mine = [k for k in found if any(blob(k.public) in line.split() for line in lines)]
        if not found:
            raise NotSigned(
                f"no key of {principal} is at hand: none in the agent or in ~/.ssh is among the "
                "allowed signers of this run", ADD,
            )  # fmt: skip
        return (mine or found)[0]

    def sign(self, text: str, purpose: str, key: Key) -> str:
        """An armoured signature over ``text`` in the namespace ``purpose``."""
        with _folder() as place:
            file = key.path
            if not file:
                file = str(place / "key.pub")
                Path(file).write_text(key.public + "\n", encoding="utf-8")
            words = ["ssh-keygen", "-Y", "sign", "-f", file, "-n", purpose]
            done = self._run(words, text, PATIENCE)
        if done.exit != 0 or not fingerprint(done.stdout):
            raise _unsigned(done, key)
        return done.stdout

    def check(
        self, text: str, signature: str, purpose: str, principal: str, signers: str, at: float
    ) -> Proof:
        """Whether the signature is good; what is wrong with it in words."""
        key = fingerprint(signature)
        if not key:
            return Proof(problem="it is no signature")
        try:
            with _folder() as place:
                allowed, signed = place / "allowed", place / "signature"
                allowed.write_text(signers, encoding="utf-8")
                signed.write_text(signature, encoding="utf-8")
                # Local time, as the list's own dates: only newer versions know of UTC.
                when = time.strftime("%Y%m%d%H%M%S", time.localtime(at))
                about = ["-f", str(allowed), "-s", str(signed), f"-Overify-time={when}"]
                verify = ["ssh-keygen", "-Y", "verify", *about, "-I", principal, "-n", purpose]
                done = self._run(verify, text, CHECKING)
                if done.exit == 0:
                    return Proof(key=key)
                if done.exit is None:
                    return Proof(key=key, problem=_absent(done), unknown=True)
                find = ["ssh-keygen", "-Y", "find-principals", *about]
                whose = self._run(find, "", CHECKING).stdout.split("\n")[0].strip()
        except (NotSigned, OSError) as error:
            return Proof(key=key, problem=f"it cannot be checked now: {error}", unknown=True)
        return Proof(key=key, problem=_wrong(done.stderr, key, principal, whose))

    def _named(self, path: str) -> Key:
        file = Path(path).expanduser().absolute()
        if not file.is_file() and not Path(f"{file}.pub").is_file():
            raise NotSigned(f"there is no key {path}", "name the file of a key: --key FILE")
        public = file if file.name.endswith(".pub") else Path(f"{file}.pub")
        try:
            text = public.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            text = ""
        return Key(name=path, path=str(file), touch=text.startswith("sk-"))

    def _at_hand(self) -> Iterator[Key]:
        """The agent's keys, then those in ``~/.ssh``."""
        if self._environment.get("SSH_AUTH_SOCK"):
            done = self._runner.run(["ssh-add", "-L"], environment=self._environment, timeout=5.0)
            for line in done.stdout.splitlines() if done.exit == 0 else ():
                yield Key(name=named(line), public=line, touch=line.startswith("sk-"))
        for file in sorted((self._home / ".ssh").glob("*.pub")):
            try:
                line = file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                continue
            private = file.with_suffix("")
            if private.is_file():
                yield Key(name=str(private), path=str(private), public=line,
                          touch=line.startswith("sk-"))  # fmt: skip

    def _run(self, words: list[str], given: str, timeout: float) -> Outcome:
        environment = {**self._environment, "LC_ALL": "C"}
        return self._runner.run(words, environment=environment, stdin=given, timeout=timeout)


@contextmanager
def _folder() -> Iterator[Path]:
    """A private folder for the moment that ssh-keygen needs files in."""
    try:
        place = tempfile.TemporaryDirectory(prefix="runbook-")
    except OSError as error:
        raise NotSigned(
            f"no temporary file can be made: {error.strerror or error}", "set TMPDIR to a folder"
        ) from error
    with place as name:
        yield Path(name)


def blob(public: str) -> str:
    """The part of a public key that tells it from all others."""
    words = public.split()
    return words[1] if len(words) > 1 else "?"


def named(public: str) -> str:
    """What a person knows a key of the agent by."""
    return " ".join(public.split()[2:]) or public.split(maxsplit=1)[0]


def _absent(done: Outcome) -> str:
    return MISSING if "No such file" in done.stderr else f"ssh-keygen: {done.stderr}"


def _unsigned(done: Outcome, key: Key) -> NotSigned:
    said = done.stderr.strip().splitlines()[-1:] or ["it gave no signature"]
    if done.exit is None and "No such file" in done.stderr:
        return NotSigned(MISSING, "install openssh-client")
    if done.exit is None:
        touch = ": was it touched?" if key.touch else ""
        return NotSigned(f"the key {key.name} gave no signature: {done.stderr}{touch}", "try again")
    if "incorrect passphrase" in done.stderr:
        return NotSigned(
            f"the key {key.name} has a passphrase, and nobody is asked for it here",
            f"give it to an agent first: ssh-add {key.path}",
        )
    if "No private key found" in done.stderr:
        return NotSigned(f"no agent has the private part of {key.name}", ADD)
    return NotSigned(f"the key {key.name} does not sign: {said[0]}", ADD)


def _wrong(said: str, key: str, principal: str, whose: str) -> str:
    """Why a signature is not good, from what ssh-keygen says of it."""
    if "incorrect signature" in said:
        return f"the key {key} has signed something else, or the event was changed since"
    if "has expired" in said or "not yet valid" in said:
        when = said.rpartition("key ")[2].strip()
        return f"the key {key} did not count for {principal} then: {when}"
    if "namespace" in said:
        return f"the key {key} has signed for another purpose, or may not sign for this one"
    if "revoked" in said:
        return f"the key {key} is revoked"
    if whose and whose != principal:
        return f"the key {key} is that of {whose}, not of {principal}"
    return f"the key {key} is not among the allowed signers for {principal}"
