"""The parts of a rollback, each made again only when its step or a value has changed.

A run of thousands of steps has thousands of undos to resolve; after a tick all but one of them are
as they were, and nobody who presses the panic key may wait for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import field

from runbook_tui.frozen import frozen
from runbook_tui.run.failing import asks
from runbook_tui.run.outline import Outline
from runbook_tui.run.state import RunState, StepState
from runbook_tui.run.undo_items import Item, item_of


@frozen(kw_only=False)
class _Known:
    """Items made with some values, by step, with what else they were made of."""

    outline: Outline
    values: Mapping[str, str]
    secrets: Mapping[str, str]
    items: dict[str, tuple[StepState, str, bool, Item | None]] = field(default_factory=dict)

    def fits(self, state: RunState) -> bool:
        return (
            self.outline is state.outline
            and self.values is state.values
            and self.secrets is state.secrets
        )


_known: _Known | None = None


def known_items(state: RunState) -> Callable[[str, bool], Item | None]:
    """A function that gives what `item_of` does, for this state.

    It may be asked from several threads: what two of them make of one step is the same.
    """
    global _known  # noqa: PLW0603  one run is open in a process; it is only never made twice
    known = _known
    if known is None or not known.fits(state):
        known = _known = _Known(state.outline, state.values, state.secrets)
    items = known.items
    results = state.rollback.results if state.rollback is not None else {}

    def item(id_: str, held: bool) -> Item | None:
        if state.outline.is_group(id_) or state.rehearsal:
            return item_of(state, id_, held)  # It follows from other steps, too.
        step, result, asked = state.step(id_), results.get(id_, ""), asks(state, id_)
        found = items.get(id_)
        if found is None or found[0] is not step or found[1:3] != (result, asked):
            found = items[id_] = (step, result, asked, item_of(state, id_, False))
        made = found[3]
        return made if made is None or made.held == held else dataclasses.replace(made, held=held)

    return item
