"""What words in a plan mean: durations, windows, risks, and the roles that headings play."""

from __future__ import annotations

import re
import unicodedata

from runbook_tui.book.model import Estimate, Risk

ROLLBACK = re.compile(
    r"roll(?:ing)?[\s-]?backs?|back[\s-]?out|\brevert\b|\bundo\b|rückfall|reversi[oó]n"
    r"|retour arrière|回滚|回退",
    re.IGNORECASE,
)
RECOVERY = re.compile(r"recovery|recover\b|restore|wiederherstell|recuperaci", re.IGNORECASE)
CRITERIA = re.compile(
    r"(?:success|acceptance|exit|completion)\s+(?:criteria|metrics)|definition of done"
    r"|criterios|métricas de éxito|erfolgskriterien|abnahme",
    re.IGNORECASE,
)
PHASE = re.compile(
    r"\b(?:phase|stage|fase|etapa|étape|schritt|step|paso|part|teil)\s*[-#]?\s*(\d+)\b|第.{1,2}[步阶]",
    re.IGNORECASE,
)
STEP_HEADING = re.compile(
    r"^\W*(?:step|paso|schritt|étape|passo|步骤|第)\s*\d*|^\W*\d+[.)]\s+\S", re.IGNORECASE
)
MARK = re.compile(r"^\s*(?:✅|☑|✔|☐|✓)\ufe0f?\s*")

_UNIT = (
    r"(seconds?|secs?|segundos?|sekunden|s|minutes?|minutos?|minuten|mins?|m|分钟"
    r"|hours?|horas?|heures?|stunden?|hrs?|h|小时)"
)
_NUMBER = r"(\d+(?:[.,]\d+)?)"
DURATION = re.compile(
    rf"(?:~|<|about |ca\.? |up to |approx\.? )?\s*{_NUMBER}\s*(?:(?:-|–|to|a|bis)\s*{_NUMBER}\s*)?"
    rf"\+?\s*{_UNIT}\b",
    re.IGNORECASE,
)
IN_PARENTHESES = re.compile(rf"\(\s*({DURATION.pattern})\s*\)", re.IGNORECASE)
WINDOW = re.compile(rf"\(\s*{_NUMBER}\s*[-–]\s*{_NUMBER}\s*{_UNIT}\s*\)", re.IGNORECASE)
FIELD = re.compile(
    r"^\*\*(?:Estimated (?:time|duration)|Duration|Duración|Dauer|Durée|Time)[^*]*\*\*\s*:?\s*(.+)",
    re.IGNORECASE,
)


def seconds(unit: str) -> float:
    """How many seconds a unit of time has."""
    lower = unit.lower()
    if lower == "分钟" or lower.startswith("m"):
        return 60.0
    return 3600.0 if lower.startswith(("h", "st")) or lower == "小时" else 1.0


def estimate(text: str, line: int) -> Estimate | None:
    """The duration in parentheses after a title, or in a duration field; a window is none."""
    span = WINDOW.search(text)
    if span is not None and float(span.group(1).replace(",", ".")) == 0:
        return None
    match = IN_PARENTHESES.search(text)
    if match:
        return _estimate(match.group(1), match.groups()[1:], line)
    field = FIELD.match(text)
    inner = DURATION.search(field.group(1)) if field else None
    return _estimate(inner.group(0), inner.groups(), line) if inner else None


def any_duration(text: str, line: int) -> Estimate | None:
    """The first duration anywhere in a text."""
    match = DURATION.search(text)
    return _estimate(match.group(0), match.groups(), line) if match else None


def _estimate(text: str, groups: tuple[str | None, ...], line: int) -> Estimate:
    low, high, unit = groups[0], groups[1], groups[2] or "m"
    size = seconds(unit)
    minimum = float((low or "0").replace(",", ".")) * size
    maximum = float(high.replace(",", ".")) * size if high else minimum
    return Estimate(
        minimum=min(minimum, maximum), maximum=max(minimum, maximum), text=text.strip(), line=line
    )


def window(text: str) -> tuple[float, float] | None:
    """A window from the procedure's start, in minutes."""
    match = WINDOW.search(text)
    if match is None:
        return None
    size = seconds(match.group(3)) / 60
    low, high = (float(g.replace(",", ".")) for g in match.groups()[:2])
    return low * size, high * size


def risk(text: str) -> Risk | None:
    """A risk in words, whatever stands around it."""
    lower = text.lower()
    for name in sorted(Risk, key=lambda r: len(r.value), reverse=True):
        if re.search(rf"\b{re.escape(name.value)}\b", lower):
            return name
    return None


def plain(text: str) -> str:
    """Text without Markdown's marks: emphasis, code, links."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__|`)", "", text)
    text = re.sub(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", text)
    return " ".join(text.split())


def title(text: str) -> str:
    """A title for a row: plain, without the pictures before it and the colon after it."""
    clean = plain(MARK.sub("", text))
    start = 0
    while start < len(clean) and unicodedata.category(clean[start]) in {
        "So",
        "Sk",
        "Cf",
        "Mn",
        "Zs",
    }:
        start += 1
    return clean[start:].rstrip(" :").strip() or clean


def without_notes(text: str) -> str:
    """A title without the duration or window in parentheses behind it."""
    return title(WINDOW.sub("", IN_PARENTHESES.sub("", text)))
