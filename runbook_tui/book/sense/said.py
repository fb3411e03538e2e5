"""What a plan says in sentences: its lines with the titles around them, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import Placed, Runbook
from runbook_tui.frozen import frozen


@frozen
class Said:
    """One line in plain words; ``titles`` stand around it, the innermost first.

    ``items`` is how many items the list right below it has; 0 where there is none.
    """

    line: int
    text: str
    titles: tuple[str, ...] = ()
    items: int = 0
    source: str = ""


def of_model(runbook: Runbook) -> Iterator[Said]:
    """What the texts of a TOML plan say, at the nodes that have them."""
    yield from _text(runbook, runbook.title, ())
    for phase in runbook.phases:
        yield from _text(phase, phase.text, (phase.title,))
        for change in phase.changes:
            yield from _text(change, change.text, (change.title, phase.title))
        for step in phase.walk():
            yield from _text(step, step.text, (step.title, phase.title))
    for section in runbook.sections:
        yield from _text(section, section.text, (section.title,))


def _text(item: Placed | Runbook, text: str, titles: tuple[str, ...]) -> Iterator[Said]:
    line = item.line if isinstance(item, Placed) else 1
    source = item.source if isinstance(item, Placed) else ""
    for words in text.split("\n"):
        if words.strip():
            yield Said(line=line, text=words.strip(), titles=titles, source=source)
