"""What a line inside a step says about it: ``Rollback: …``, ``Verify: …``, ``Owner: …``."""

from __future__ import annotations

import re

from runbook_tui.book.markdown.hinted import Hinted
from runbook_tui.book.markdown.remembered import remembered
from runbook_tui.frozen import frozen

UNDO = (
    r"roll(?:ing)?[ -]?back|roll (?:it|this|that) back|back[ -]?out|revert|undo|rückfall"
    r"|rückgängig(?: machen)?|rücknahme|reversi[oó]n|revertir|marcha atrás|vuelta atrás"
    r"|retour (?:en )?arrière|annuler|revers[aã]o|reverter|desfazer|откат(?:ить)?|回滚|回退"
    r"|切り戻し|切戻し|ロールバック"
)
VERIFY = (
    r"verify|verification|verified by|check(?: that)?|validate|validation|test|confirm"
    r"|prüfen|prüfung|validierung|verificar|verificaci[oó]n|vérifier|vérification|verificaç[aã]o"
    r"|validação|проверка|проверить|验证|检查|確認|検証"
)
SHOWN = (
    r"expected(?: output| result)?|(?:sample |example )?output|you should see|returns|result"
    r"|example|erwartete ausgabe|salida esperada|sortie attendue|résultats?|saída esperada"
    r"|ожидаемый (?:вывод|результат)|预期输出|输出|示例|出力例?|期待される(?:出力|結果)"
)
COMMAND = (
    r"commands?|run|execute|cmd|befehle?|comandos?|ejecutar|commandes?|executar|команд[аы]"
    r"|выполнить|命令|コマンド"
)
OTHER = (
    r"owner|who|responsible|assignee|by|when|time|duration|estimate|estimated time|eta|status"
    r"|notes?|evidence|links?|ticket|jira|role|hosts?|warning|caution|important|tip|info|why"
    r"|verantwortlich|dauer|hinweis|responsable|duraci[oó]n|nota|estado|responsável|duraç[aã]o"
    r"|ответственный|длительность|примечание|注意|备注|负责人|担当者?|所要時間|備考"
)
_MARKS = r"^[\s>*_~#↩⚠✅🔙\ufe0f-]{0,12}"
_BEHIND = r"[*_]{0,3}\s?(?:\([^()`]{0,40}\))?[*_]{0,3}\s?"
_REST = r"[*_]{0,3}\s*(?P<rest>.*)$"
_UNDO = (
    r"(?:(?:to|in case of [^,`:]{1,40}|if [^,`:]{1,60}),? )?"
    rf"(?:{UNDO})"
    r"(?: (?:plan|steps?|commands?|command line|procedure|instructions?|this|it|the [\w ]{1,30})"
    r"|手順|方法|方案|步骤)?(?: (?:with|by running|by|using|via|as follows|like this)(?=[:：]))?"
)
_BY = r"(?:[:：]|,? (?:by running|by|run|with|using|via|execute|use)\b:?(?= `))"
_KINDS = (("verify", VERIFY), ("shown", SHOWN), ("command", COMMAND), ("other", OTHER))
PATTERN = re.compile(
    rf"{_MARKS}(?:(?P<undo>{_UNDO}{_BEHIND}{_BY}|to (?:{UNDO})\b[^:`\n]{{0,80}}[:：](?=\s*$))"
    + "".join(rf"|(?P<{kind}>(?:{names}){_BEHIND}[:：])" for kind, names in _KINDS)
    + rf"){_REST}",
    re.IGNORECASE,
)
"""All labels at once; the first one that fits counts."""
KINDS = ("undo", *(kind for kind, _ in _KINDS))

UNSURE = re.compile(
    rf"\b(?:{UNDO}|restore|recover)\b|\b(?:if|in case|when|should|on|upon|wenn|falls|si|en cas)\b"
    r".{0,80}?\b(?:fail|error|wrong|problem|trouble|broke|break|stuck|abort|fehl|échou|falla)",
    re.IGNORECASE,
)
"""Words before a command that may be for the way back, or for when something went wrong."""

ANNOUNCES = re.compile(r"\b(?:following|below)(?: commands?)?[.:]?$", re.IGNORECASE)
IN_TITLE = re.compile(
    rf"[\s.;,(\[—–-]{{1,4}}(?:{UNDO})(?: with| command)?[:：]?\s{{0,3}}(?P<rest>`[^`\n]+`)"
    r"[)\].]{0,2}\s*$",
    re.IGNORECASE,
)
CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
AROUND = re.compile(
    r"(?:\s|[.,;:()&+→]|\b(?:run|running|execute|use|using|with|by|and|then|or|via|in|on|the"
    r"|command|commands)\b)*",
    re.IGNORECASE,
)
FINAL = Hinted(
    r"\birr[eé]vers[ií](?:ble|vel)\b|\bunumkehrbar\b|\bpoint of no return\b|\bno way back\b"
    r"|\bnicht (?:mehr )?rückgängig\b|\bno se puede (?:deshacer|revertir)\b"
    r"|\bne peut (?:pas|plus) être annulée?\b|\bnão pode ser (?:desfeit[oa]|revertid[oa])\b"
    r"|необратим|нельзя (?:откатить|отменить)|不可逆|不可撤销|(?:元に戻せ|取り消せ)(?:ない|ません)"
    r"|\bcan(?: ?not|'t|’t) be (?:undone|reverted|reversed|rolled back)\b",
    "irrev|irrév|umkehrbar|point of no|no way back|be undone|be reverted|be reversed|be rolled|"
    "rückgängig|deshacer|revertir|annul|desfeit|revertid|необрат|откатить|отменить|不可|戻せ|"
    "消せ",
)
IMPOSSIBLE = re.compile(r"^\W*(?:is )?(?:not possible|impossible|none possible)\b", re.IGNORECASE)
NEEDLESS = re.compile(
    r"^\W*(?:none|not?|nothing)\s+(?:is )?"
    r"(?:needed|necessary|required|to (?:undo|do|roll back|revert))",
    re.IGNORECASE,
)


LONGEST = 2000
"""No line that says something about a step is longer."""


@frozen(kw_only=False)
class Label:
    """A line's label and what follows it.

    ``kind`` is undo, verify, shown, command, other, or unsure: commands below it may be for the
    way back, so they are neither run nor an undo.
    """

    kind: str
    rest: str


@remembered
def label(line: str) -> Label | None:
    """The label that a line begins with."""
    if ":" not in line and "`" not in line and "：" not in line:
        lower = line.lower()
        if "following" not in lower and "below" not in lower:
            return None
    match = PATTERN.match(line[:LONGEST])
    if match is not None:
        kind = next(kind for kind in KINDS if match[kind] is not None)
        return Label(kind, match["rest"].strip())
    if _announces(line[-40:]) and UNSURE.search(line[:LONGEST]):
        return Label("unsure", "")
    return None


def _announces(end: str) -> bool:
    """Whether a line ends as one does before a command."""
    end = end.rstrip().rstrip("*_")
    return end.endswith((":", "：")) or ANNOUNCES.search(end) is not None


def undo_in_title(line: str) -> tuple[str, str]:
    """A title's line without ``Rollback: `command` `` behind it, and that command ("" if none)."""
    match = IN_TITLE.search(line) if "`" in line and len(line) <= LONGEST else None
    if match is None or not match.start():
        return line, ""
    return line[: match.start()].rstrip(), only_commands(match.group("rest"))


def spans(text: str) -> list[str]:
    """The code spans of a text."""
    return [m.group(2).strip() for m in CODE.finditer(text[:LONGEST])]


def only_commands(text: str) -> str:
    """The code spans of a text that says nothing else, one a line; else ""."""
    found = spans(text) if "`" in text and len(text) <= LONGEST else []
    if not found or not AROUND.fullmatch(CODE.sub(" ", text)):
        return ""
    return "\n".join(found)
