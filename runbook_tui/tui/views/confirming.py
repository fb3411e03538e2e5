"""What a person says yes to before a step runs."""

from __future__ import annotations

from runbook_tui.book.model import Step
from runbook_tui.book.plain_text import printable
from runbook_tui.run.prepare import resolve
from runbook_tui.run.state import RunState

MOST_LINES = 8


def confirmation(state: RunState, step: str) -> str:
    """The plan's question, why it cannot be taken back, and what would run."""
    item = state.outline.steps[step]
    parts = [item.confirm or f"Run “{item.title}”?"]
    if item.confirm:
        parts.append(f"step “{item.title}”")
    if item.irreversible:
        parts.append(f"It cannot be taken back: {item.irreversible}")
    command = action_words(item) if item.action else filled(state, step)
    if command:
        lines = command.strip().splitlines()
        more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
        parts.append("\n".join([f"$ {lines[0]}", *lines[1:MOST_LINES], *more]))
    return printable("\n\n".join(parts), 4000, lines=True)


def action_words(step: Step) -> str:
    """A built-in action with its arguments, as a person would read it."""
    return " ".join([step.action or "", *(f"{k}={v}" for k, v in step.arguments.items())])


def filled(state: RunState, step: str) -> str:
    """The step's command with the values known now; a secret stands in it as a variable."""
    item = state.outline.steps[step]
    if item.run is None:
        return ""
    values = {**state.values, **state.step(step).outputs}
    return resolve(state, item.run, values, shell=item.shell).text
