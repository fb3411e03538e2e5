"""The JSON Schema that editors hold a plan to: as strict as the reader, and never stricter."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests import schema

ROOT = Path(__file__).parents[3]
PLANS = [ROOT / "tests" / "data" / "every_key.toml", *sorted((ROOT / "runbooks").glob("*.toml"))]
PLAN = {"format": 1, "title": "T", "phase": [{"title": "P", "step": [{"title": "S", "run": "x"}]}]}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Of the file that ships with the program."""
    return Draft202012Validator(json.loads(schema.SHIPPED.read_text(encoding="utf-8")))


def with_step(**keys: Any) -> dict[str, Any]:
    return {**PLAN, "phase": [{"title": "P", "step": [{"title": "S", "run": "x", **keys}]}]}


def test_the_shipped_file_is_what_the_reader_says() -> None:
    assert schema.SHIPPED.read_text(encoding="utf-8") == schema.made(), "make schema"


def test_it_is_a_schema(validator: Draft202012Validator) -> None:
    Draft202012Validator.check_schema(validator.schema)


@pytest.mark.parametrize("path", PLANS, ids=lambda p: p.name)
def test_good_plans_hold(validator: Draft202012Validator, path: Path) -> None:
    plan = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [e.message for e in validator.iter_errors(plan)] == []


@pytest.mark.parametrize(
    "keys",
    [
        {"undoo": "x"},
        {"estimate": "soon"},
        {"estimate": ""},
        {"retries": -1},
        {"on_failure": "hope"},
        {"outputs": "old"},
        {"gate": {"roles": []}},
    ],
    ids=str,
)
def test_what_the_reader_refuses_is_refused(
    validator: Draft202012Validator, keys: dict[str, Any]
) -> None:
    assert list(validator.iter_errors(PLAN)) == []
    assert list(validator.iter_errors(with_step(**keys))) != []


def test_a_step_says_what_its_keys_mean(validator: Draft202012Validator) -> None:
    step = validator.schema["$defs"]["StepTable"]["properties"]
    silent = [key for key, field in step.items() if "description" not in field]
    assert silent == ["step"]
