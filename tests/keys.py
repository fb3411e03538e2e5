"""ssh keys of people, made for a test, and the lists of allowed signers that name them."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Keys:
    """Makes a key the first time that its owner is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def file(self, owner: str, passphrase: str = "") -> str:
        """The private key's file."""
        path = self._folder / owner
        if not path.exists():
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", owner, "-f"]
            subprocess.run([*words, str(path)], check=True)
        return str(path)

    def public(self, owner: str) -> str:
        """The public key, as it stands in a list."""
        return Path(f"{self.file(owner)}.pub").read_text(encoding="utf-8").strip()

    def allowed(self, *owners: str, **options: str) -> str:
        """A list of allowed signers, ``owner@example.com`` each; ``options`` by owner."""
        lines = [
            f"{owner}@example.com {options.get(owner, '')} {self.public(owner)}" for owner in owners
        ]
        return "".join(f"{' '.join(line.split())}\n" for line in lines)
