"""Sentences that require an approval: who must approve, and before what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.sections import Section
from runbook_tui.book.markdown.words import plain
from runbook_tui.frozen import frozen

LONGEST = 400
APPROVAL = (
    r"(?:(?:written|explicit|formal|final|prior|verbal) )?"
    r"(?:sign[ -]?offs?|approvals?|go[ -]ahead|authori[sz]ation|clearance|green light|permission)"
)
GIVES = (
    r"(?:approve[sd]?|sign(?:s|ed)?[ -]?off|agree[sd]?|authori[sz]e[sd]?"
    rf"|give(?:s|n)? (?:the |their |an? |his |her )?(?:{APPROVAL}|ok(?:ay)?|go)|confirm(?:s|ed)?)"
)
WHO = r"(?:the |an? |our )?(?P<who>@?[\w/&.@-]+(?: [\w/&.@-]+){0,4}?)"
BY = rf"(?:from|by|of) {WHO}"
WHOSE = rf"{WHO}(?:'s|s')?"
MUST = r"(?:must|has to|have to|needs? to|should|shall)"
BEFORE = r"(?:before|prior to)"
WHAT = r"(?P<what>.{1,120})"
BEFORE_WHAT = rf"(?: (?:{BEFORE}|for|to) {WHAT})?"
IS_REQUIRED = r"(?:is |are )?(?:required|needed|necessary|mandatory)"
NEED = r"(?:requires?|needs?|obtain|get|wait for|await|ask for|you need|we need)(?: the| an?)?"
DO = (
    r"\b(?:do not|don['’]t|never|must not|no) (?P<what>(?:start|begin|run|execute|proceed|continue"
    r"|go on|deploy|merge|switch|apply|touch).{0,80}?)"
)
SENTENCES = (
    rf"^{BEFORE} {WHAT}, {NEED} {APPROVAL} {BY}$",
    rf"^{BEFORE} {WHAT}, {WHO} {MUST} {GIVES}$",
    rf"^{WHOSE} {APPROVAL} {IS_REQUIRED}(?: {BEFORE} {WHAT})?$",
    rf"^{APPROVAL} {BY} {IS_REQUIRED}(?: {BEFORE} {WHAT})?$",
    rf"\b{NEED} {APPROVAL} {BY}{BEFORE_WHAT}$",
    rf"\b{NEED} {WHOSE} {APPROVAL}{BEFORE_WHAT}$",
    rf"^{WHO} {MUST} (?:first )?{GIVES}(?: (?!{BEFORE})[\w ]{{0,30}}?)? {BEFORE} {WHAT}$",
    rf"^{WHO} {MUST} (?:first )?{GIVES} (?P<what>th(?:is|e) \w+)$",
    rf"{DO} (?:before|until|unless) {WHO} (?:has |have |had )?{GIVES}\b.{{0,40}}$",
    rf"{DO} without (?:the |an? )?{APPROVAL} {BY}$",
    rf"{DO} without {WHOSE} {APPROVAL}$",
)
NOTES = (rf"^{WHO} {MUST} (?:first )?{GIVES}(?: (?:first|it))?$",)
"""In brackets behind a title: it is before what the title says."""
OTHERS = (
    # German: Freigabe durch den Leiter Betrieb erforderlich, bevor die Anwendung gestoppt wird
    (
        r"(?:freigabe|zustimmung|genehmigung|abnahme) (?:durch|von|vom|der|des|seitens) "
        r"(?:den |die |das |dem |der |des )?(?P<who>[\w/&.@-]+(?: [\w/&.@-]+){0,3}?) "
        r"(?:ist )?(?:erforderlich|nötig|notwendig|einholen|einzuholen)"
        r"(?:,? (?:bevor|ehe|vor) (?P<what>.{1,120}?))?$"
    ),
    # French
    (
        r"(?:validation|approbation|accord|autorisation) (?:du |de la |des |de l['’]|de |d['’])"
        r"(?P<who>[\w/&.@'’-]+(?: [\w/&.@'’-]+){0,3}?) (?:est )?(?:requise?|nécessaire|obligatoire)"
        r"(?: avant (?:de )?(?P<what>.{1,120}?))?$"
    ),
    # Spanish, Portuguese
    (
        r"(?:aprobación|autorización|visto bueno|aprovação|autorização) "
        r"(?:del |de la |de los |de |do |da )"
        r"(?P<who>[\w/&.@-]+(?: [\w/&.@-]+){0,3}?)"
        r"(?: (?:es |é )?(?:requerida|necesaria|obligatoria|necessária|obrigatória))?"
        r" ?(?:antes d(?:[eoa] )?(?P<what>.{1,120}?))?$"
    ),
    # Russian
    (
        r"(?:требуется|необходимо|нужно) (?:согласование|одобрение|разрешение) "
        r"(?P<who>[\w/&.@-]+(?: [\w/&.@-]+){0,3}?)(?: (?:перед|до) (?P<what>.{1,120}?))?$"
    ),
    # Chinese, Japanese
    (
        r"(?:需要?|须|必须)(?:经|由|获得)?\s?(?P<who>[\w/&.@-]{1,20}?)\s?(?:的)?(?:审批|批准|同意|授权)"
        r"(?:(?:通过)?(?:后|之后)(?:才能|方可|再|才可)?\s?(?P<what>.{1,60}?))?$"
    ),
    r"(?P<who>[\w/&.@-]{1,20}?)\s?の?\s?承認(?:が必要|を得(?:て|る)|後に)(?P<what>.{0,60}?)$",
)
"""Sentences in other languages that ask for an approval."""
WORDS_OF_OTHERS = ("freigabe", "zustimmung", "genehmigung", "abnahme", "validation", "approbation",
                   "accord", "autoris", "aproba", "autoriz", "visto bueno", "aprova", "согласован",
                   "одобрен", "разрешен", "审批", "批准", "同意", "授权", "承認")  # fmt: skip
FIELD_NAME = (
    r"(?:gate|approver(?:s|\(s\))?|approval(?: required)?(?: by| from)?"
    r"|requires approval(?: by| from)?|sign[ -]?off(?: required)?(?: by| from)?)"
)
ONE = r"[\w/&.@-]+(?: [\w/&.@-]+){0,4}?"
FIELD = re.compile(
    rf"^{FIELD_NAME}(?:\s?[:：]|\s[—–-](?=\s))\s?"
    rf"(?:the |an? |our )?(?P<who>@?{ONE}(?:, (?:and )?{ONE}){{0,5}})$",
    re.IGNORECASE,
)
FIELD_HEAD = re.compile(rf"^\W*{FIELD_NAME}\W*[:：]\W*$", re.IGNORECASE)
FIELD_BEHIND = re.compile(
    r"(?:\s[—–-]\s+|\s{2,}|\s?[;|]\s*)(?P<field>[*_]*approvers?[*_]*\s?[:：].{1,100})$",
    re.IGNORECASE,
)
DASHED = re.compile(r"\s[—–-]\s+(?P<rest>[^—–]{8,120})$")
"""Behind a title: ``Phase 3 - requires sign-off from the CTO``."""
ROW_NAME = re.compile(r"approver(?:s|\(s\))?\s?:?", re.IGNORECASE)
NAMED = re.compile(r"\s*(?:\([^()]{0,60}\)|<[^<>]{0,60}>)")
"""Who holds the role now: ``CTO (Jane Doe)``."""
CAPITALS = re.compile(
    r"\b(?P<who>[A-Z][\w/]*(?: [A-Z][\w/]*){0,3}) (?:[Ss]ign-?off|[Aa]pproval) (?:is )?required"
    r" before (?P<what>[^\n]{1,120})$"
)
HINTS = (
    "approv", "sign", "author", "clearance", "green light", "permission", "ahead", "agree",
    "confirm", "give", "gate", *(word for word in WORDS_OF_OTHERS if word.isascii()),
)  # fmt: skip
HINTS_ANYWHERE = (*HINTS, *(word for word in WORDS_OF_OTHERS if not word.isascii()))
"""No sentence that requires an approval is without one of these."""

PATTERNS = (*(re.compile(p, re.IGNORECASE) for p in SENTENCES), FIELD, CAPITALS)
PATTERNS_OF_OTHERS = tuple(re.compile(p, re.IGNORECASE) for p in OTHERS)
PATTERNS_OF_NOTES = tuple(re.compile(p, re.IGNORECASE) for p in NOTES)
NOT = re.compile(
    r"\b(?:no|not|without) (?:\w+ ){0,3}(?:required|needed|necessary)\b|n't (?:need|require)",
    re.IGNORECASE,
)
NOBODY = re.compile(
    r"^(?:pending|required|yes|no|none|n/?a|tbd|todo|open|done|given|not|this|it|we|you|they|all"
    r"|he|she|someone|_+|-+|same|and|for|to)\b|\d{2}",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?:[^\w@]|(?:note|gate|important|warning|caution|attention|approval)\s?[:!—–-]\s?)+",
    re.IGNORECASE,
)


PARTED = re.compile(r"(?<=[.!?;])\s+|\s*\|\s*|,\s+(?=[A-Z][\w ]{1,20}:\s)")
"""Between sentences, and between fields in one line."""


@frozen(kw_only=False)
class Sentence:
    """A gate as written: ``what`` it is before, "" where that is not said, None in a field.

    ``around`` are the lines of the item and the sections that it stands in, the innermost first.
    """

    line: int
    who: str
    what: str | None
    around: tuple[int, ...]


def sentences(root: Section) -> Iterator[Sentence]:
    """Every sentence of a document that requires an approval, in order; boxes are none."""
    for section in root.walk():
        around = tuple(s.line for s in section.path())
        if section.is_label:
            yield from _in_text(section.text, section.line, around[1:])
        if section.role == "steps":
            yield from _in_title(section.text, section.line, around)
        yield from _in_blocks(section.blocks, around)


def _hints(text: str) -> bool:
    lower = text.lower()
    return next((True for h in (HINTS if lower.isascii() else HINTS_ANYWHERE) if h in lower), False)


def _in_blocks(blocks: list[Block], around: tuple[int, ...]) -> Iterator[Sentence]:
    for number, block in enumerate(blocks):
        if block.kind == "paragraph" and _hints(block.text):
            yield from _in_text(block.text, block.line, around)
            yield from _in_list(block.text, blocks[number + 1 : number + 2], around)
        elif block.kind == "quote":
            yield from _in_blocks(block.inner, around)
        for row in block.rows[1:]:
            if len(row.cells) == 2 and ROW_NAME.fullmatch(plain(row.cells[0])):
                yield from _in_text("Approver: " + row.cells[1], row.line, around)
        for item in block.items:
            inner = (item.line, *around)
            if _hints(item.text):
                if item.box is None:
                    yield from _in_item(item, inner)
                else:
                    yield from _in_title(item.text.partition("\n")[0], item.line, inner)
                yield from _in_list(item.text, item.blocks[:1], around)
            if item.blocks:
                yield from _in_blocks(item.blocks, inner)


def _in_list(text: str, following: list[Block], around: tuple[int, ...]) -> Iterator[Sentence]:
    """``Approvers:`` and a list of them."""
    if (
        not following
        or not _hints(text)
        or not FIELD_HEAD.match(plain(text.rpartition("\n")[2][:LONGEST]))
    ):
        return
    for item in following[0].items:
        found = gate_in(f"Approver: {plain(item.text)}") if item.box is None else None
        if found:
            yield Sentence(item.line, *found, around)


def _in_text(text: str, line: int, around: tuple[int, ...]) -> Iterator[Sentence]:
    if not _hints(text):
        return
    for offset, words in enumerate(text.split("\n")):
        for sentence in PARTED.split(plain(words[: 4 * LONGEST])):
            found = gate_in(sentence)
            if found:
                yield Sentence(line + offset, *found, around)


def _in_item(item: Item, around: tuple[int, ...]) -> Iterator[Sentence]:
    """A title that asks for an approval and does not say before what is the step of asking."""
    title, _, more = item.text.partition("\n")
    yield from _in_title(title, item.line, around)
    yield from (s for s in _in_text(title, item.line, around) if s.what or not item.ordered)
    yield from _in_text(more, item.line + 1, around)


def _in_title(text: str, line: int, around: tuple[int, ...]) -> Iterator[Sentence]:
    """``2. Switch (requires CTO approval)``."""
    if not _hints(text):
        return
    yield from _behind(text, line, around)
    dashed = DASHED.search(text.split("\n", 1)[0][:LONGEST])
    asked = gate_in(plain(dashed.group("rest"))) if dashed else None
    if asked and asked[1] == "":
        yield Sentence(line, *asked, around)
    note = re.search(r"[(（\[]([^()\[\]]{5,120})[)）\]]\s*$", plain(text[:LONGEST]))
    found = (gate_in(note.group(1)) or _noted(note.group(1))) if note else None
    if found:
        yield Sentence(line, *found, around)


def _only_ours(text: str) -> bool:
    """Whether no word of another language asks for an approval here."""
    lower = text.lower()
    return not any(word in lower for word in WORDS_OF_OTHERS)


def _noted(note: str) -> tuple[str, str | None] | None:
    """``(IC must approve)``: who, before what it stands behind."""
    for pattern in PATTERNS_OF_NOTES:
        match = pattern.search(note.strip())
        if match and not NOBODY.search(match.group("who")):
            return match.group("who").strip(), ""
    return None


def is_field(text: str) -> bool:
    """Whether a line is a field that names who must approve."""
    found = gate_in(plain(text[:LONGEST]))
    return found is not None and found[1] is None


def _behind(text: str, line: int, around: tuple[int, ...]) -> Iterator[Sentence]:
    """``2. Switch — Approver: CTO``."""
    behind = FIELD_BEHIND.search(text.split("\n", 1)[0][:LONGEST])
    given = gate_in(plain(behind.group("field"))) if behind else None
    if given:
        yield Sentence(line, *given, around)


def gate_in(sentence: str) -> tuple[str, str | None] | None:
    """Who must approve and before what; None where the sentence requires no approval."""
    if not _hints(sentence):
        return None
    text = LEADING.sub("", sentence.strip()).rstrip(" .!;:")
    if not text or len(text) > LONGEST or NOT.search(text):
        return None
    for pattern in PATTERNS if _only_ours(text) else (*PATTERNS, *PATTERNS_OF_OTHERS):
        match = pattern.search(NAMED.sub("", text) if pattern is FIELD else text)
        if match and not NOBODY.search(match.group("who")):
            what = None if pattern is FIELD else match.groupdict().get("what") or ""
            return match.group("who").strip(), what and what.strip()
    return None
