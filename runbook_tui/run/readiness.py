"""How many undos a rollback finds, in the same words on the screen and off it. Pure."""

from __future__ import annotations

from runbook_tui.run.rollback import RollbackPlan


def counted(found: RollbackPlan) -> str:
    """“4 ready, 1 not, 2 by hand, 1 stays”; empty where there is nothing to undo."""
    if not found.items:
        return ""
    words = f"{found.ready} ready"
    unasked = sum(item.unasked and item.why.startswith("not known") for item in found.items)
    if open_ := found.commands - found.ready - unasked:
        words += f", {open_} not"
    if unasked:
        words += f", {unasked} not known yet"
    if lost := sum(item.gone for item in found.items):
        words += f" ({lost} folder{'' if lost == 1 else 's'} gone)"
    if hands := sum(item.kind == "manual" for item in found.items):
        words += f", {hands} by hand"
    if stays := sum(item.kind in {"none", "irreversible"} for item in found.items):
        words += f", {stays} stay{'s' if stays == 1 else ''}"
    return words
