"""What a plan says: the model, the readers, parameters, durations, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

other_actions: list[Callable[[], Mapping[str, Any]]] = []
"""What is asked for a team's own actions once a plan names one that is not built in; it stands
here because who sets it loads nothing that reads plans (`book.actions` says what they are)."""
