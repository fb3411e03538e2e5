"""Durations in a plan's words: behind a title, in a field, as the window of a stage."""

from __future__ import annotations

import re

from runbook_tui.book.markdown.hinted import Hinted
from runbook_tui.book.model import Estimate

_UNIT = (
    r"(seconds?|secs?|segundos?|sekunden|s|minutes?|minutos?|minuten|minuti|minuut|mins?|m"
    r"|минут[аы]?|мин|分钟|分間?|hours?|horas?|heures?|stunden?|std|hrs?|h|час(?:а|ов)?|ч|小时"
    r"|時間)"
)
_NUMBER = r"(\d{1,6}(?:[.,]\d{1,3})?)"
_AT_MOST = (
    r"<|≤|up to|less than|under|at most|no (?:more|longer) than|max(?:imum)?\.?|bis zu|höchstens"
    r"|maximal|unter|hasta|menos de|máximo|jusqu['’]à|moins de|最多"
)
_ABOUT = (
    rf"(?:(?:~|≈|{_AT_MOST}|about|ca\.?|circa|approx\.?|approximately|around|roughly|est\.?"
    r"|estimated|takes|eta|duration|time|between|zwischen|entre|etwa|ungefähr|unos|unas"
    r"|alrededor de|environ|cerca de|aproximadamente|около|примерно|约|大约"
    r"|約|およそ)[ :]{0,3}){0,3}"
)
_REST = r"(?: ?(\d{1,2}) ?(?:minutes|minutos|minuten|mins|min|минут|分|m)?)?"
DURATION = re.compile(
    rf"{_ABOUT} ?{_NUMBER} ?(?:(?:-|–|—|~|～|〜|to|and|or|a|o|y|e|bis|und|à|et|до|至|到|から) ?"
    rf"{_NUMBER} ?)?"
    rf"\+? ?{_UNIT}"
    rf"(?:(?![^\W\d_]){_REST})(?:\b|(?<=[分间間钟时時]))",
    re.IGNORECASE,
)
IN_PARENTHESES = re.compile(
    rf"[(（\[]\s{{0,4}}({DURATION.pattern})\.?\s{{0,4}}(?:[,;、，][^()\[\]]{{0,40}}"
    rf"|(?:aprox|approx|ca|env|prox)\.?|程度|左右)?[)）\]]",
    re.IGNORECASE,
)
AFTER_DASH = re.compile(
    rf"\s(?:(?:—|–|-{{1,3}}|\||[⏱⏰🕐⏳⌛]\ufe0f?)\s|(?=[~≈]))({DURATION.pattern})\.?\s*$",
    re.IGNORECASE,
)
SETTING = re.compile(
    r"\b(?:time-?outs?|ttl|expir\w{1,5}|retention|zeitüberschreitung|délai d['’]expiration"
    r"|tiempo de espera|tempo limite)\b|超时|过期|有效期|タイムアウト|有効期限",
    re.IGNORECASE,
)
"""Behind these words a duration is how long something is kept or waited for, not how long the work
takes: ``Session timeout is set (30 min)``."""
WINDOW = re.compile(rf"\(\s{{0,4}}{_NUMBER} ?[-–] ?{_NUMBER} ?{_UNIT}\s{{0,4}}\)", re.IGNORECASE)
LIMITED = re.compile(rf"(?<!\w)(?:{_AT_MOST})", re.IGNORECASE)
DIGIT = re.compile(r"\d")
WAIT = Hinted(
    r"(?<![\w-])(?:wait(?:ing)?|warten?|esperar?|espere|aguard(?:ar|e)|attend(?:re|ez)|подожд(?:ать|ите)"
    r"|ждать|等待|待つ)[:：]?\s?"
    r"(?:(?:for|at least|another|an additional|mindestens|al menos|au moins)\s){0,3}"
    rf"({DURATION.pattern})",
    "wait|wart|esper|aguard|attend|подожд|ждать|等待|待つ",
)
TAKES = Hinted(
    r"(?<![\w-])(?:takes?|taking|lasts|lasting|dauert|tarda|durará|dura|prend|需要)\s?"
    r"(?:(?:only|usually|typically|normally|at least|another|meistens|nur|normalmente)\s){0,2}"
    rf"({DURATION.pattern})",
    "tak|last|dauert|tarda|dura|prend|需要",
)
NAMES = (
    r"(?:estimated|expected|approximate|total|execution|run(?:ning)?|rollback|deployment|downtime"
    r"|geschätzte|voraussichtliche|estimée?|estimad[oa]|общая|ожидаемая)?\s{0,2}"
    r"(?:time(?: required| needed| to complete)?|duration|estimate|eta|duración|(?:gesamt)?dauer"
    r"|durée(?: totale)?|tiempo(?: de \w{2,20}| total)?|temps|zeitaufwand|duração(?: total)?"
    r"|tempo(?: de \w{2,20}| total)?|длительность|продолжительность|время выполнения"
    r"|预计时间|预计耗时|耗时|时长|(?:予定)?所要時間|作業時間)"
    r"(?: estimad[oa]| estimée?| prevista?| ожидаемая)?"
)
FIELD = re.compile(
    rf"^\W*{NAMES}\s{{0,2}}(?:\([^)]{{0,40}}\))?[*_]*\s*[:：][*_]*\s*(.+)", re.IGNORECASE
)
IN_UNITS = re.compile(
    rf"^\W*{NAMES}\s{{0,2}}\((min(?:ute)?s?|hours?|hrs?|h)\)[*_]*\s*[-–:：][*_]*\s*{_NUMBER}\s*$",
    re.IGNORECASE,
)
"""``Estimated Time to Complete (mins) - 60``."""
HEADING = re.compile(rf"^\W*{NAMES}\W*$", re.IGNORECASE)


def estimate(text: str, line: int) -> Estimate | None:
    """The duration behind a title, or of a duration field; a window is none."""
    first = text.split("\n", 1)[0]
    return behind_title(first, line) or in_field(first, line) or of_waiting(first, line)


def behind_title(text: str, line: int) -> Estimate | None:
    """``Title (10 min)``, ``Title [~2h]``, ``Title — 15 minutes``."""
    span = WINDOW.search(text)
    if span is not None and _value(span.group(1)) == 0:
        return None
    match = IN_PARENTHESES.search(text) or AFTER_DASH.search(text)
    if match is None or SETTING.search(text[: match.start()]):
        return None
    return _estimate(match.group(1), match.groups()[1:], line)


def of_waiting(text: str, line: int) -> Estimate | None:
    """``Wait 10 minutes``, ``wait: 5 seconds``, ``the copy takes between 5 and 10 minutes``."""
    if DIGIT.search(text) is None:
        return None
    match = WAIT.search(text) or TAKES.search(text)
    return _estimate(match.group(1), match.groups()[1:], line) if match else None


def in_field(text: str, line: int) -> Estimate | None:
    """``Duration: 15 minutes``, in bold or not."""
    counted = IN_UNITS.match(text)
    if counted is not None:
        size = seconds(counted.group(1))
        value = _value(counted.group(2)) * size
        said = f"{counted.group(2)} {counted.group(1)}"
        return Estimate(minimum=value, maximum=value, text=said, line=line)
    field = FIELD.match(text)
    inner = DURATION.match(field.group(1).lstrip()) if field else None
    return _estimate(inner.group(0), inner.groups(), line) if inner else None


def leading(text: str, line: int) -> Estimate | None:
    """The duration that a text begins with."""
    match = DURATION.match(text.strip())
    return _estimate(match.group(0), match.groups(), line) if match else None


def any_duration(text: str, line: int) -> Estimate | None:
    """The first duration anywhere in a text."""
    match = DURATION.search(text)
    return _estimate(match.group(0), match.groups(), line) if match else None


def window(text: str) -> tuple[float, float] | None:
    """A window from the procedure's start, in minutes."""
    match = WINDOW.search(text)
    if match is None:
        return None
    size = seconds(match.group(3)) / 60
    return _value(match.group(1)) * size, _value(match.group(2)) * size


def without_estimate(text: str) -> str:
    """A title without the duration or window behind it."""
    return AFTER_DASH.sub("", WINDOW.sub("", IN_PARENTHESES.sub("", text)))


def seconds(unit: str) -> float:
    """How many seconds a unit of time has."""
    lower = unit.lower()
    if lower.startswith(("m", "м", "分")):
        return 60.0
    return 3600.0 if lower.startswith(("h", "st", "ч", "小", "時")) else 1.0


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _estimate(text: str, groups: tuple[str | None, ...], line: int) -> Estimate:
    """From the groups of `DURATION`: a number, the end of a range, a unit, minutes behind hours."""
    low, high, unit, rest = groups[:4]
    size = seconds(unit or "m")
    minutes = float(rest or 0) * 60 if size == 3600 else 0.0
    minimum = _value(low or "0") * size + minutes
    maximum = _value(high) * size if high else minimum
    if high is None and LIMITED.search(text):
        minimum = 0.0
    return Estimate(
        minimum=min(minimum, maximum), maximum=max(minimum, maximum), text=text.strip(), line=line
    )
