"""Format 1 as a JSON Schema (draft 2020-12), made from the tables that the reader uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from runbook_tui.book.toml.schema import PlanTable
from runbook_tui.book.toml.schema.values import duration, span, window

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DURATION = {"type": "string", "pattern": "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"}
RANGE = {"type": "string", "pattern": "^[0-9][0-9dhms]*([-–][0-9][0-9dhms]*)?$"}
WINDOW = {"type": "string", "pattern": r"^[0-9]+[a-z]* *[-–] *[0-9]+[a-z]*$"}
"""What these texts look like; the reader turns them into seconds and minutes."""


class _Written(GenerateJsonSchema):
    """The schema of what stands in a file, not of what the reader makes of it."""

    def function_before_schema(self, schema: Any) -> Any:
        known = {duration: DURATION, span: RANGE, window: WINDOW}.get(
            schema["function"]["function"]
        )
        return dict(known) if known else super().function_before_schema(schema)


def json_schema(meanings: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """The schema; ``meanings`` says what a key is, by the name of its table and its own.

    A title is not required by it: where a table amends one of another plan it may be left out.
    """
    made = PlanTable.model_json_schema(by_alias=True, schema_generator=_Written)
    for name, table in [("PlanTable", made), *made["$defs"].items()]:
        table.pop("title", None)
        table["description"] = table["description"].partition("\n")[0]
        for key, field in table["properties"].items():
            table["properties"][key] = _written(key, field, meanings.get((name, key), ""))
    return {"$schema": DIALECT, "title": "A plan of Runbook, format 1", **made}


def _written(key: str, field: dict[str, Any], meaning: str) -> dict[str, Any]:
    """A key as it may stand in a file: TOML has no null, what is not given is left out."""
    choices = [c for c in field.get("anyOf", ()) if c != {"type": "null"}]
    choices = [_text(c) for c in choices]
    rest = _text({k: v for k, v in field.items() if k not in {"anyOf", "title"}})
    if rest.get("default", 0) is None:
        del rest["default"]
    said = {"description": meaning} if meaning else {}
    if key == "title":
        return {**said, "type": "string"}
    if len(choices) == 1:
        return {**said, **choices[0], **rest}
    return {**said, **({"anyOf": choices} if choices else {}), **rest}


def _text(field: dict[str, Any]) -> dict[str, Any]:
    """Without the bounds of the number that a text stands for."""
    if field.get("type") != "string":
        return field
    return {k: v for k, v in field.items() if k not in {"ge", "gt", "le"}}
