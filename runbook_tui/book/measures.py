"""What is measured, in a plan's words: “error rate below 1 %”, “> 99.5% (current: 99.2%)”."""

from __future__ import annotations

import re

from runbook_tui.book.model import Threshold
from runbook_tui.frozen import frozen

_NUMBER = r"\d{1,9}(?:[.,]\d{1,6})?"
_AT_LEAST = (
    r"(?:>=|≥|=>|at least|no less than|min(?:imum)?\.?|mindestens|al menos|como mínimo|au moins"
    r"|不低于|至少)"
)
_ABOVE = (
    r"(?:>|above|over|more than|greater than|higher than|exceeds?|über|mehr als|größer als"
    r"|oberhalb von|por encima de|más de|mayor (?:que|a)|superior a|au-dessus de|plus de"
    r"|supérieure? à|大于|高于|超过)"
)
_AT_MOST = (
    r"(?:<=|≤|=<|at most|no more than|not more than|max(?:imum)?\.?|up to|höchstens|maximal|bis zu"
    r"|como máximo|a lo sumo|au plus|au maximum|不超过|至多|最多)"
)
_BELOW = (
    r"(?:<|below|under|less than|lower than|unter|weniger als|kleiner als|unterhalb von"
    r"|por debajo de|menos de|menor (?:que|a)|inferior a|en dessous de|moins de|inférieure? à"
    r"|小于|低于)"
)
_OPERATORS = ((">=", _AT_LEAST), ("<=", _AT_MOST), (">", _ABOVE), ("<", _BELOW))
_UNIT = r"(?:%|[^\W\d_]{1,12}(?:/[^\W\d_]{1,6})?(?!\w))"
_VALUE = rf"(?:~|≈|about |ca\. ?)?(?P<value>{_NUMBER})\s?(?P<unit>{_UNIT})?"
LIMIT = re.compile(
    rf"(?:{'|'.join(f'(?P<op{n}>{words})' for n, (_, words) in enumerate(_OPERATORS))})"
    rf"\s?(?:of )?{_VALUE}",
    re.IGNORECASE,
)
EXACT = re.compile(rf"(?P<value>{_NUMBER})\s?(?P<unit>%)")
NONE_OF = re.compile(
    r"(?:zero|no|null|keine?r?|cero|ning[uú]n\w?|zéro|aucune?|零|无)\s+(?P<what>\S.*)",
    re.IGNORECASE,
)
CURRENT = re.compile(
    r"(?:current(?:ly)?|now|today|actual|baseline|as of now|derzeit|aktuell|momentan|ist(?:wert)?"
    rf"|actual(?:mente)?|hoy|actuel(?:le|lement)?|当前|现在)\s?[:：=]?\s?(?:~|≈)?(?P<value>{_NUMBER})"
    rf"\s?(?P<unit>{_UNIT})?",
    re.IGNORECASE,
)
WANTED = re.compile(
    r"(?:target|goal|objective|soll(?:wert)?|ziel(?:wert)?|objetivo|meta|objectif|cible|目标)\W{0,3}$"
    rf"|(?:from|von|de)\s{_NUMBER}\s?%?\s?(?:to|auf|a|à)\s?$",
    re.IGNORECASE,
)
"""Before a limit: it is the one that is meant."""

RELATIVE = re.compile(
    r"(?:improv\w*|increas\w*|decreas\w*|reduc\w*|degrad\w*|grow\w*|rais\w*|drop\w*|lower\w*|by"
    r"|faster|slower|better|worse|verbesser\w*|gesteigert|erhöht|reduziert|mejor\w*|aument\w*"
    r"|amélior\w*|augment\w*|rédui\w*)\s?$",
    re.IGNORECASE,
)
"""Before a limit: it is a change, not a value."""

IN_BRACKETS = re.compile(r"[(（\[][^()（）\[\]]{0,120}[)）\]]")
DULL = frozenset(
    {
        "score", "rate", "rates", "overall", "total", "the", "a", "an", "of", "is", "are", "must",
        "be", "should", "shall", "stay", "stays", "maintain", "maintained", "remain", "remains",
        "improve", "improved", "keep", "kept", "target", "current", "average", "avg", "mean",
        "level", "value", "values", "metric", "metrics", "threshold", "thresholds", "criteria",
        "and", "or", "in", "on", "at", "to", "for", "with", "than", "all", "it", "its",
        "der", "die", "das", "ist", "muss", "bleibt", "liegt", "wert", "quote",
        "el", "la", "los", "las", "del", "de", "debe", "ser", "tasa",
        "le", "les", "du", "des", "doit", "être", "taux",
    }
)  # fmt: skip
"""Words that do not tell one thing that is measured from another."""

SECONDS = {
    "ms": 0.001, "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "sekunde": 1.0, "sekunden": 1.0, "segundo": 1.0, "segundos": 1.0, "seconde": 1.0,
    "secondes": 1.0, "m": 60.0, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0,
    "minuten": 60.0, "minuto": 60.0, "minutos": 60.0, "h": 3600.0, "hour": 3600.0,
    "hours": 3600.0, "stunde": 3600.0, "stunden": 3600.0, "hora": 3600.0, "horas": 3600.0,
    "heure": 3600.0, "heures": 3600.0, "milliseconds": 0.001, "millisekunden": 0.001,
}  # fmt: skip
LONGEST = 300


@frozen(kw_only=False)
class Measure:
    """A limit on something: ``op`` is ``>``, ``>=``, ``<``, ``<=`` or ``=``.

    ``about`` are the words that say what is measured, ``unit`` as written.
    """

    name: str
    about: frozenset[str]
    op: str
    value: float
    unit: str

    @property
    def size(self) -> tuple[str, float]:
        """What kind of quantity it is, and how much, times in seconds."""
        unit = self.unit.split(" ", 1)[0].lower()
        if unit in SECONDS:
            return "time", self.value * SECONDS[unit]
        return ("%" if unit in {"%", "percent", "prozent"} else unit), self.value

    @property
    def upward(self) -> bool:
        """Whether more is better."""
        return is_upward(self.op, self.value)


def measure_in(text: str) -> Measure | None:
    """The limit that a sentence sets; None where it sets none."""
    text = text[:LONGEST]
    found = list(LIMIT.finditer(text))
    meant = next((m for m in found if WANTED.search(text[: m.start()])), None)
    meant = meant or next((m for m in found if not RELATIVE.search(text[: m.start()])), None)
    if meant is None:
        return None
    before = re.split(r"[:：(（]", text[: found[0].start()], maxsplit=1)[0].strip(" -–—*")
    behind = "" if before != text[: meant.start()].strip(" -–—*") else text[meant.end() :]
    qualified = IN_BRACKETS.sub(lambda m: "" if re.search(r"\d", m.group()) else m.group(), behind)
    about = words_of(before) | words_of(qualified)
    unit = (meant.group("unit") or "").strip()
    return Measure(before, about, _op(meant), number(meant.group("value")), unit) if about else None


def threshold(name: str, target: str, current: str, line: int) -> Threshold | None:
    """A metric, what it has to be and what it is: ``> 99.5%``, ``100% pass rate``, ``Zero loss``.

    The current value may stand in the target's brackets. None where no limit is said.
    """
    given = IN_BRACKETS.sub(" ", target[:LONGEST]).strip(" .;")
    now = CURRENT.search(target[:LONGEST]) or re.search(
        rf"(?:~|≈)?(?P<value>{_NUMBER})", current[:LONGEST]
    )
    limit, exact, nothing = LIMIT.match(given), EXACT.match(given), NONE_OF.match(given)
    if limit is not None:
        op, value, unit = _op(limit), limit.group("value"), given[limit.start("unit") :]
        unit = unit if limit.group("unit") else ""
    elif exact is not None:
        op, value, unit = "=", exact.group("value"), given[exact.start("unit") :]
    elif nothing is not None:
        op, value, unit = "=", "0", nothing.group("what")
    else:
        return None
    return Threshold(
        name=name, line=line, op=op, value=number(value), unit=unit.strip()[:60],
        current=number(now.group("value")) if now is not None else None,
    )  # fmt: skip


def words_of(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, in the singular."""
    words = re.findall(r"(?!\d+(?![^\W_]))[^\W_]{2,}", text.lower())
    return frozenset(w.removesuffix("s") if len(w) > 3 else w for w in words if w not in DULL)


def misses(value: float, op: str, limit: float) -> bool:
    """Whether a value lies on the wrong side of a limit; right at it is near enough."""
    return value < limit if is_upward(op, limit) else value > limit


def is_upward(op: str, limit: float) -> bool:
    """Whether more is better: above a limit, or all of it; none of something is not."""
    return op.startswith(">") or (op == "=" and limit > 0)


def number(text: str) -> float:
    """A number as written, with a point or a comma."""
    return float(text.replace(",", "."))


def _op(match: re.Match[str]) -> str:
    given = next(n for n in range(len(_OPERATORS)) if match.group(f"op{n}"))
    return _OPERATORS[given][0]
