"""How a command on another machine went, told by what carried it there."""

import json
from typing import Any


def over_there(path: str, secrets: "list[str]") -> "dict[str, Any]":
    """How a command on another machine went, as what carried it there has written down."""
    try:
        with open(path, encoding="utf-8") as file:
            body = json.load(file)
    except (OSError, ValueError):
        return {"lost": True, "reason": "nothing is known of it"}
    reason = str(body.get("lost") or body.get("reason") or "")
    if reason and any(secrets):
        import masking

        reason = masking.whole([s for s in secrets if s])(reason.encode()).decode()
    if body.get("lost"):
        return {"lost": True, "reason": reason}
    how = {"exit": body.get("exit"), "reason": reason}
    return {**how, "not_run": True} if body.get("not_run") else how
