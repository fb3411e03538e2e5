"""Numbers in what others put out: a command, a field of JSON, an answer of Prometheus.

Nothing of it is trusted: what is no finite number is no value, and why is said in a few words.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

LONGEST = 400
"""Characters of a number at most; Python takes quadratic time for longer ones."""
STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d{1,9})\]")
SHOWN = 60
NAMED = re.compile(
    r"[A-Za-z_:][\w:]*(?:\{.*\}\s*|\s+)(\S+)(?:\s+\d+)?|[^\d=:][^=:]*[=:]\s*([^=:]+)"
)
"""A line that says what its number is: a sample in Prometheus' text format, or name and value."""


class NoNumber(ValueError):
    """There is no value, and why."""


def number(text: str) -> float:
    """A number as text; raises `NoNumber`."""
    word = text.strip()
    if len(word) > LONGEST:
        raise NoNumber("its number is too long")
    try:
        found = float(word)
    except ValueError:
        raise NoNumber(f"“{word[:SHOWN]}” is no number" if word else "it says nothing") from None
    return finite(found)


def finite(value: float) -> float:
    """The value itself; raises `NoNumber` for what cannot be compared."""
    if not math.isfinite(value):
        raise NoNumber(f"it is {value}, which is no number to go by")
    return value


def last_number(output: str) -> float:
    """The number in the last line that a command puts out; ``99.2 %`` counts as 99.2.

    It may stand behind its name, as in ``success_rate{job="web"} 99.2`` (Prometheus' text format)
    or ``success rate: 99.2``. Raises `NoNumber`.
    """
    lines = [line for line in output[-4096:].splitlines() if line.strip()]
    if not lines:
        raise NoNumber("it puts out nothing")
    named = NAMED.fullmatch(lines[-1].strip())
    said = (named[1] or named[2]) if named is not None else lines[-1]
    return number(said.strip().split()[0].rstrip("%"))


def decoded(body: bytes) -> Any:
    """JSON; raises `NoNumber`."""
    try:
        return json.loads(body, parse_int=_whole)
    except RecursionError:
        raise NoNumber("its JSON is nested too deeply") from None
    except ValueError as error:
        if isinstance(error, NoNumber):
            raise
        raise NoNumber("it is no JSON") from None


def _whole(text: str) -> float:
    if len(text) > LONGEST:
        raise NoNumber("its number is too long")
    return float(text)


def at_path(data: Any, path: str) -> float:
    """The number at a path like ``data.items[0].rate``; true is 1, false 0.

    Text is no number, though it may look like one. Raises `NoNumber` where there is none.
    """
    left = path.removeprefix("$")
    while left:
        match = STEP.match(left)
        if match is None:
            raise NoNumber(f"“{path[:SHOWN]}” is no path")
        data = _inside(data, match, path)
        left = left[match.end() :]
    if isinstance(data, bool):
        return float(data)
    if isinstance(data, int | float):
        return finite(float(data))
    raise NoNumber(f"“{path[:SHOWN]}” is {_kind(data)}, no number")


def _inside(data: Any, match: re.Match[str], path: str) -> Any:
    name, place = match.groups()
    if place is not None:
        if not isinstance(data, list) or int(place) >= len(data):
            raise NoNumber(f"there is no “{path[:SHOWN]}”")
        return data[int(place)]
    if not isinstance(data, dict) or name not in data:
        raise NoNumber(f"there is no “{path[:SHOWN]}”")
    return data[name]


def _kind(data: Any) -> str:
    kinds = ((str, "text"), (list, "a list"), (dict, "an object"))
    return next((word for kind, word in kinds if isinstance(data, kind)), "null")


def of_prometheus(data: Any) -> float:
    """The one number of an instant query's answer. Raises `NoNumber` where it has none, or
    several."""
    if not isinstance(data, dict) or data.get("status") != "success":
        said = data.get("error") if isinstance(data, dict) else None
        raise NoNumber(f"Prometheus says: {said}" if isinstance(said, str) else "no answer of"
                       " Prometheus")  # fmt: skip
    found = data.get("data")
    kind = found.get("resultType") if isinstance(found, dict) else None
    result = found.get("result") if isinstance(found, dict) else None
    if kind == "scalar":
        return _sample(result)
    if kind != "vector" or not isinstance(result, list):
        raise NoNumber(f"the query gives {kind if isinstance(kind, str) else 'nothing'!s},"
                       " no number")  # fmt: skip
    if not result:
        raise NoNumber("the query finds nothing")
    if len(result) > 1:
        raise NoNumber(f"the query finds {len(result)} series: it must give one, say sum(…)")
    return _sample(result[0].get("value") if isinstance(result[0], dict) else None)


def _sample(pair: Any) -> float:
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[1], str):
        raise NoNumber("no answer of Prometheus")
    return number(pair[1])
