"""Thresholds and alerts: lists and tables below titles that say so."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterator

from runbook_tui.book.markdown import words
from runbook_tui.book.markdown.blocks import Block, Item, Row
from runbook_tui.book.markdown.estimates import any_duration
from runbook_tui.book.markdown.hinted import Hinted
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.measures import CURRENT, threshold
from runbook_tui.book.model import Alert, Threshold

METRICS = Hinted(
    r"\b(?:metrics?|thresholds?|slos?|slis?|kpis?|service levels?|targets?|metriken|kennzahlen"
    r"|schwell(?:en)?werte?|grenzwerte?|zielwerte?|métricas?|umbral(?:es)?|indicadores|métriques?"
    r"|seuils?|indicateurs)\b|指标|阈值",
    "metri|thresh|slo|sli|kpi|service level|target|kennzahl|schwell|grenz|ziel|métri|"
    "umbral|indica|seuil|指标|阈值",
)
ALERTS = Hinted(
    r"\b(?:alerts?|alerting|alarms?|alarme?|alarmas?|alertas?|alertes?)\b|告警|报警",
    "alert|alarm|告警|报警",
)
LEVELS = {
    "critical": r"critical|kritisch\w{0,2}|crític[oa]s?|critiques?|严重|紧急",
    "high": r"high|hoch|hohe[rs]?|alt[oa]s?|élevée?s?|高",
    "medium": r"medium|moderate|mittel|mittlere[rs]?|medi[oa]s?|moyen(?:ne)?s?|中",
    "low": r"low|niedrig\w{0,2}|baj[oa]s?|faibles?|低",
    "warning": r"warnings?|warnung|advertencias?|avertissements?|警告",
    "info": r"info(?:rmational)?",
}
LEVEL = re.compile(
    "|".join(f"(?P<{name}>(?<![^\\W_])(?:{words_})(?![^\\W_]))" for name, words_ in LEVELS.items())
    + r"|(?P<code>\b(?:P[0-5]|S[0-5]|SEV-?[0-5])\b)",
    re.IGNORECASE,
)
AT_ONCE = re.compile(r"immediate|at once|right away|sofort|unverzüglich|inmediat|immédiat|立即",
                     re.IGNORECASE)  # fmt: skip
NAMED = re.compile(r"^(?P<name>[^:：\n]{1,80})[:：]\s*(?P<rest>\S[^\n]*)$")
MEASURED = re.compile(r"[:：].{0,20}?(?:\d|[Zz]ero|[Nn]o |[Kk]ein|[Cc]ero|[Nn]ing|[Aa]ucun|零|无)")
COLUMNS = {
    "name": (
        r"metrics?|indicators?|slis?|kpis?|measures?|names?|metrik|kennzahl|métrica|indicador"
        r"|métrique|indicateur|指标"
    ),
    "target": (
        r"targets?|thresholds?|goals?|slos?|objectives?|limits?|ziel(?:wert)?|schwell(?:en)?wert"
        r"|grenzwert|umbral|objetivo|meta|límite|seuil|objectif|cible|目标|阈值"
    ),
    "current": (
        r"current(?: value)?|actual|baseline|today|now|aktuell|ist(?:wert)?|hoy|actuel(?:le)?|当前"
    ),
    "level": r"severity|level|priority|schweregrad|stufe|severidad|prioridad|nivel|sévérité|级别",
    "condition": r"alerts?|conditions?|triggers?|alarm|bedingung|alerta|condición|alerte|条件|告警",
    "respond": (
        r"(?:response|respond|reaction)(?: time| within)?|reaktion(?:szeit)?|respuesta"
        r"|tiempo de respuesta|réponse|délai|响应时间?"
    ),
}
NAMES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in COLUMNS.items())


def thresholds(root: Section, ticked: Collection[int]) -> tuple[Threshold, ...]:
    """Every metric with a limit, in document order, but what is ticked: lines of boxes."""
    found: list[Threshold] = []
    for section in root.walk():
        if section.role not in {"steps", "criteria"}:
            continue
        for block in section.blocks:
            if block.kind == "table":
                found += _of_table(block)
            elif block.kind == "list" and not _to_do(block):
                found += _of_list(block, section)
    return tuple(t for t in found if t.line not in ticked)


def _of_list(block: Block, section: Section) -> Iterator[Threshold]:
    """``Success rate: > 99.5% (Current: 99.2%)``; outside a section on metrics only such as say
    what they are now."""
    lines = [(i, i.text.split("\n", 1)[0]) for i in block.items]
    named = [(item, first) for item, first in lines if MEASURED.search(first)]
    about = named and any(
        METRICS.search(s.text) and not ALERTS.search(s.text) for s in section.path()
    )
    for item, first in named:
        if not about and not CURRENT.search(first[:300]):
            continue
        match = NAMED.match(words.plain(first))
        name = words.title(match.group("name")) if match else ""
        made = threshold(name, match.group("rest"), "", item.line) if match and name else None
        if made is not None:
            yield dataclasses.replace(made, group=section.title)


def _of_table(table: Block) -> Iterator[Threshold]:
    for row, cells in _cells(table, {"name", "target"}):
        made = threshold(cells["name"], cells["target"], cells.get("current", ""), row.line)
        if made is not None and cells["name"]:
            yield made


def alerts(root: Section) -> tuple[Alert, ...]:
    """Every condition to react to, with how bad it is: ``**HIGH alerts** (within 15 minutes):``."""
    found: list[Alert] = []
    for section in root.walk():
        if section.role != "steps":
            continue
        for table in (b for b in section.blocks if b.kind == "table"):
            found += _alerts_of_table(table)
        own = words.plain(section.text)[:300]
        level = level_in(own) if any(ALERTS.search(s.text) for s in section.path()) else ""
        if level:
            within = respond_within(own)
            found += (
                Alert(severity=level, condition=words.title(i.text.split("\n", 1)[0]),
                      respond_within=within, line=i.line)
                for block in section.blocks if block.kind == "list" and not _to_do(block)
                for i in block.items if i.text.strip()
            )  # fmt: skip
    return tuple(found)


def _alerts_of_table(table: Block) -> Iterator[Alert]:
    for row, cells in _cells(table, {"level", "condition"}):
        level = level_in(cells["level"])
        if level and cells["condition"]:
            within = respond_within(cells.get("respond", ""))
            yield Alert(severity=level, condition=cells["condition"], respond_within=within,
                        line=row.line)  # fmt: skip


def level_in(text: str) -> str:
    """How bad a title says that something is, in one word for all languages; else ""."""
    match = LEVEL.search(text)
    if match is None:
        return ""
    code = match.group("code")
    return code.lower() if code else str(match.lastgroup)


def respond_within(text: str) -> float | None:
    """Seconds until somebody has to react; 0 for “immediate”."""
    if AT_ONCE.search(text):
        return 0.0
    found = any_duration(text, 0)
    return found.maximum if found is not None else None


def _cells(table: Block, wanted: set[str]) -> Iterator[tuple[Row, dict[str, str]]]:
    """The rows of a table that has these columns, its cells in plain words by column."""
    names = [_column(cell) for cell in table.rows[0].cells] if table.rows else []
    if not wanted <= set(names):
        return
    for row in table.rows[1:]:
        yield row, dict(zip(reversed(names), map(words.plain, reversed(row.cells)), strict=False))


def _column(cell: str) -> str:
    text = words.plain(cell).strip(" :")
    return next((name for name, pattern in NAMES if pattern.fullmatch(text)), "")


def _to_do(block: Block) -> bool:
    """Whether a list is one of steps or boxes, not of facts."""
    return any(_asks(item) for item in block.items)


def _asks(item: Item) -> bool:
    return item.ordered or item.box is not None
