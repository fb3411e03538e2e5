"""GitHub's own description of its answers: what judges the fake, and fills what it does not say."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

DATA = Path(__file__).parents[1] / "data" / "github" / "openapi-pulls.json.gz"
ROOT = "urn:github"


def _with_null(schema: Any) -> Any:
    """OpenAPI's ``nullable``, which JSON Schema does not know, in words that it does."""
    if isinstance(schema, list):
        return [_with_null(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _with_null(value) for key, value in schema.items()}
    if made.pop("nullable", False) is not True:
        return made
    return {"anyOf": [made, {"type": "null"}]}


@cache
def _described() -> Any:
    with gzip.open(DATA) as file:
        return _with_null(json.load(file))


@cache
def _registry() -> Registry[Any]:
    resource: Resource[Any] = DRAFT4.create_resource(_described())
    known: Registry[Any] = Registry().with_resource(ROOT, resource)
    return known


@cache
def _answers(method: str, template: str, status: int) -> Any:
    """The pointer to what an answer must be; None where it has no body, KeyError: not described."""
    answer = _described()["paths"][template][method.lower()]["responses"][str(status)]
    if "$ref" in answer:
        answer = _at(answer["$ref"])
    content = answer.get("content")
    return content["application/json"]["schema"] if content else None


def _at(ref: str) -> Any:
    found = _described()
    for part in ref.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def _template(method: str, path: str) -> str | None:
    for template, methods in sorted(_described()["paths"].items(), key=lambda t: -len(t[0])):
        pattern = re.sub(r"\{(ref|branch)\}", ".+?", template)
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", pattern), path) and method.lower() in methods:
            return str(template)
    return None


def faults(method: str, path: str, status: int, body: Any) -> list[str] | None:
    """What is not as GitHub describes it; None where the description leaves this answer out."""
    template = _template(method, path)
    if template is None:
        return None
    try:
        schema = _answers(method, template, status)
    except KeyError:
        return None
    if schema is None:
        return [] if body is None else [f"{method} {path}: {status} has no body"]
    whole = json.loads(json.dumps(schema).replace('"#/', f'"{ROOT}#/'))
    found = Draft4Validator(whole, registry=_registry()).iter_errors(body)
    return [
        f"{method} {path}: {'.'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in found
    ]


def filled(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """An object of that schema: what is given, and of the rest what must be there."""
    made = _least({"$ref": f"#/components/schemas/{name}"})
    assert isinstance(made, dict)
    whole = {**made, **given}
    # As at GitHub the address stands first; the undos' shell texts read from there.
    return {"url": whole["url"], **whole} if "url" in whole else whole


def _least(schema: Any) -> Any:
    if "$ref" in schema:
        return _least(_at(schema["$ref"]))
    for key in ("anyOf", "oneOf"):
        if key in schema:
            options = schema[key]
            if {"type": "null"} in options:
                return None
            return _least(options[0])
    if "allOf" in schema:
        parts = [_least(part) for part in schema["allOf"]]
        return {k: v for part in parts for k, v in part.items()}
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema or schema.get("type") == "object":
        needed = schema.get("required", ())
        return {key: _least(schema["properties"][key]) for key in needed}
    plain = {"array": [], "integer": 1, "number": 1, "boolean": False}
    if schema.get("type") in plain:
        return plain[schema["type"]]
    formats = {"uri": "https://example.com", "date-time": "2026-01-02T03:04:05Z"}
    return formats.get(schema.get("format", ""), "")
