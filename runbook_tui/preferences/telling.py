"""The settings as they are told: each with its value and where that comes from; and as a schema."""

from __future__ import annotations

from typing import Any

from runbook_tui.frozen import frozen
from runbook_tui.preferences.key_names import shown
from runbook_tui.preferences.known_keys import KNOWN
from runbook_tui.preferences.model import SETTINGS, Preferences
from runbook_tui.preferences.own_telling import schema


@frozen
class Told:
    """A setting as it is now. ``source`` is the file, or “as it comes”."""

    name: str
    value: str
    source: str
    words: str


def told(preferences: Preferences) -> list[Told]:
    """Every setting, then every key that was changed."""
    found = [
        Told(name=setting.name, value=_said(preferences.value(setting.name)),
             source=_source(preferences, setting.name), words=setting.words)
        for setting in SETTINGS
    ]  # fmt: skip
    for id_, keys in preferences.keymap.items():
        words = next((known.words for known in KNOWN if known.id == id_), "")
        value = ", ".join(map(shown, keys))
        found.append(Told(name=f"keys.{id_}", value=value, source=preferences.source, words=words))
    if not preferences.keymap:
        found.append(Told(name="keys", value="all as they come", source=AS_IT_COMES,
                          words="`runbook settings --keys` lists what can be changed"))  # fmt: skip
    return found


AS_IT_COMES = "as it comes"


def _said(value: str | bool) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _source(preferences: Preferences, name: str) -> str:
    return preferences.source if name in preferences.given else AS_IT_COMES


def faults(preferences: Preferences) -> list[str]:
    """What is wrong with the file, a line each: ``file:line:column: fault: …``."""
    return [
        f"{preferences.source}:{fault.line}:{fault.column}: fault: {fault.message}"
        + (f" ({fault.hint})" if fault.hint else "")
        for fault in preferences.faults
    ]


def json_schema() -> dict[str, Any]:
    """The file of settings as a JSON Schema (draft 2020-12), for editors."""
    properties: dict[str, Any] = {}
    for setting in SETTINGS:
        kind: dict[str, Any] = (
            {"enum": list(setting.choices)} if setting.choices else {"type": "boolean"}
        )
        properties[setting.name] = {
            "description": setting.words, "default": setting.default, **kind
        }  # fmt: skip
    some = {"anyOf": [{"type": "string", "minLength": 1},
                      {"type": "array", "items": {"type": "string"}, "minItems": 1}]}  # fmt: skip
    keys = {
        known.id: {"description": f"{known.words}; without it: {', '.join(known.keys)}", **some}
        for known in reversed(KNOWN)
    }
    properties["tell"] = schema()
    properties["keys"] = {
        "description": "keys of acts, by their ids", "type": "object",
        "additionalProperties": False, "properties": dict(reversed(keys.items())),
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of Runbook", "type": "object", "additionalProperties": False,
        "properties": properties,
    }  # fmt: skip
