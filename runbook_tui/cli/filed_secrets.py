"""The secrets that an undo file names: from their sources, all asked at once, or from a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runbook_tui.book.model import Parameter
from runbook_tui.session.undo_file import UndoFile
from runbook_tui.session.vault import Vault


class FiledSecrets:
    """Known values of secrets; whoever needs none waits for none."""

    def __init__(self, file: UndoFile) -> None:
        from runbook_tui.cli.values import fetched

        names = dict.fromkeys(name for item in file.items for name in item.secrets)
        self._names = tuple(names)
        self._sources = tuple(
            Parameter(name=name, secret=file.sources[name])
            for name in names
            if name in file.sources
        )
        self._vault = Vault(lambda source: fetched(source, file.base))

    def look(self, *, to_the_end: bool) -> None:
        """Ask all sources; ``to_the_end``: until each has answered or given up."""
        self._vault.ask(self._sources, None if to_the_end else ())

    @property
    def awaited(self) -> frozenset[str]:
        """Names whose sources are still being asked."""
        return frozenset(name for name in self._names if self._vault.asks(name))

    @property
    def lacking(self) -> frozenset[str]:
        """Names for which nothing has given a value, and whose sources are not being asked."""
        return frozenset(n for n in self._names if not self._vault.values.get(n)) - self.awaited

    def ask_a_person(self, names: Collection[str]) -> None:
        """Have those of these typed whose sources have given nothing."""
        from runbook_tui.cli.values import asked

        for name in self._names:
            if name in names and name in self.lacking:
                self._vault.values[name] = asked(name, unseen=True)

    def known(self, needed: Collection[str]) -> Mapping[str, str]:
        """The values that are there, once the sources of those needed have answered."""
        wanted = [source for source in self._sources if source.name in needed]
        self._vault.ask(wanted, needed)
        return self._vault.values
