"""Tables of steps, read as numbered lists whose items carry the other columns as fields."""

from __future__ import annotations

import re

from runbook_tui.book.markdown.blocks import Block, Item, Row
from runbook_tui.book.markdown.words import plain

COLUMNS = {
    "number": r"#|no\.?|nr\.?|n°|num(?:ber)?|id|序号",
    "action": (
        r"actions?|tasks?|activit(?:y|ies)|steps?|operations?|aktion|aufgabe|schritt|acci[oó]n"
        r"|tarea|paso|tâche|étape|步骤|操作|任务"
    ),
    "Command": r"commands?|cmd|befehl|comando|commande|命令",
    "Rollback": r"roll ?back(?: (?:command|step|plan))?|undo|back[- ]?out|revert|回滚",
    "Verify": r"verif(?:y|ication)|checks?|validation|expected(?: result| outcome)?|验证",
    "Duration": (
        r"(?:estimated |expected )?(?:duration|time|estimate)|eta|dauer|duraci[oó]n|durée|耗时"
    ),
    "Owner": r"owner|who|responsible|assignee|assigned to|verantwortlich|responsable|负责人",
    "Approver": r"approvers?|approver\(s\)",
    "Status": (
        r"status|done|state|✓|✔|☐|estado|pass ?/ ?fail|passed|result(?: ok)?|ok\??|checked"
        r"|signed(?: off)?|erledigt|ergebnis|hecho|fait|完成|结果|状态|結果"
    ),
    "Note": r"notes?|comments?|remarks?|details?|description|hinweise?|notas?|备注",
    "foreign": r".*\b(?:risk|severity|alert|condition|trigger|impact|phone|e-?mail|level)\b.*",
}
COUNTED = re.compile(r"\W*(?:[A-Za-z]{1,3}[-.]?)?\d[\d.]*[a-z]?\W*")
"""What only counts: ``1``, ``2.1``, ``A3``, ``S-4``."""
TESTED = re.compile(
    r"tests?(?: cases?| steps?| items?)?|check(?:s|points?| items?)?|verif(?:y|ication)(?: step)?"
    r"|validations?|prüfung|prueba|vérification|检查项|测试项?|確認(?:項目|内容)",
    re.IGNORECASE,
)
"""What is to be tested, where another column says what comes of it: as much to do as an action."""

NAMES = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in COLUMNS.items())
EMPTY = re.compile(r"^[\W_]*(?:n/?a|none|tbd)?[\W_]*$", re.IGNORECASE)
FIELDS = ("Command", "Rollback", "Verify", "Duration", "Owner", "Approver", "Note")


def as_list(table: Block) -> Block | None:
    """The table's rows as the items of a numbered list; None where it is no table of steps."""
    names = [_name(cell) for cell in table.rows[0].cells] if table.rows else []
    if "action" not in names:
        names = _tests(names, table.rows[0].cells if table.rows else [])
    known = {name for name in names if name}
    if "action" in known and "number" not in known:
        names = _step_numbers(names, table.rows[1:])
    if "foreign" in known or "action" not in names or not known - {"action", "Note"}:
        return None
    items = [_item(row, names, number) for number, row in enumerate(table.rows[1:], 1)]
    items = [item for item in items if item.text]
    return Block("list", table.line, items=items) if items else None


def _name(cell: str) -> str:
    text = plain(cell).strip(" :")
    return next((name for name, pattern in NAMES if pattern.fullmatch(text)), "")


def _tests(names: list[str], cells: list[str]) -> list[str]:
    """The columns of a table of tests: what is tested stands in the place of the action."""
    for at, cell in enumerate(cells):
        if not TESTED.fullmatch(plain(cell).strip(" :")):
            continue
        if {"Verify", "Status"} & {*names[:at], *names[at + 1 :]}:
            return [*names[:at], "action", *names[at + 1 :]]
    return names


def _step_numbers(names: list[str], rows: list[Row]) -> list[str]:
    """A column “Step” that only counts is the number where another one says what is done."""
    at = names.index("action")
    counts = all(COUNTED.fullmatch(r.cells[at]) for r in rows if at < len(r.cells))
    if "action" in names[at + 1 :] and counts:
        return [*names[:at], "number", *names[at + 1 :]]
    return names


def _item(row: Row, names: list[str], number: int) -> Item:
    cells = dict(zip(reversed(names), reversed(row.cells), strict=True))
    text = cells.get("action", "")
    lines = [f"{name}: {cells[name]}" for name in FIELDS if not EMPTY.match(cells.get(name, ""))]
    blocks = [Block("paragraph", row.line, line) for line in lines]
    return Item(row.line, text, ordered=True, blocks=blocks, number=number)
