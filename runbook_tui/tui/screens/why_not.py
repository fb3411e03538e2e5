"""Why a key does nothing now: of each act that cannot be done on what is chosen, the reason."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.decide import decide
from runbook_tui.run.finishing import failed_probes
from runbook_tui.run.requests import Refusal, SkipStep, StartStep, TickNode
from runbook_tui.run.state import Status
from runbook_tui.tui.screens.deeds import ASKS, broken
from runbook_tui.tui.screens.panes import PaneScreen
from runbook_tui.tui.views.confirming import filled
from runbook_tui.tui.views.signing import awaited

OF_OUTPUTS = ("next-part", "zoom", "beside", "error", "environment", "type")


def why_not(screen: PaneScreen) -> dict[str, str]:
    """Reasons by the ids of acts; what is not named can be done."""
    found = {**_on_node(screen), **_on_output(screen)}
    if screen.chosen_step:
        title = printable(screen.state.outline[screen.chosen_step].title, 200)
        found = {id_: why.replace(f"“{title}”", "it") for id_, why in found.items()}
    return found


def _on_node(screen: PaneScreen) -> dict[str, str]:
    state, step, chosen = screen.state, screen.chosen_step, screen.chosen
    if not step:
        return dict.fromkeys(("run", "retry", "skip", "copy"), "choose a step")
    tried = {
        "run": StartStep(step=step),
        "retry": StartStep(step=step),
        "skip": SkipStep(step=step, reason="?", override=True),
        "tick": TickNode(node=chosen, off=chosen in state.ticks),
    }
    found: dict[str, str] = {}
    for id_, request in tried.items():
        answer = decide(state, request, screen.app.session.actor)
        if isinstance(answer, Refusal) and not isinstance(answer, ASKS):
            found[id_] = answer.reason
    if "run" not in found and (why := broken(state, step)):
        found["run"] = f"it {why}: {screen.cap('r')} runs it again"
    if failed_probes(state, step) and state.step(step).status is Status.WAITING:
        found.pop("run", None)
    if screen.next_box_of(state.outline.steps[step]):
        found.pop("tick", None)
    if awaited(state, chosen) is None:
        found["sign"] = "nothing that holds this waits for a sign-off"
    if not filled(state, step):
        found["copy"] = "there is no command to copy"
    return found


def _on_output(screen: PaneScreen) -> dict[str, str]:
    record = screen.output.command
    if record is None:
        return dict.fromkeys(OF_OUTPUTS, "there is no output to look at yet")
    if not record.running:
        return {"type": "no command runs here that could be typed into"}
    return {} if screen.output.takes_keys else {"type": "this command reads no keys"}
