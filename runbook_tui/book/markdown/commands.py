"""Command blocks: which are to be run, and the placeholders in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from runbook_tui.book.markdown.blocks import Block
from runbook_tui.book.markdown.labels import UNDO
from runbook_tui.book.model import Command, Parameter

SHELLS = frozenset({"bash", "sh", "shell", "console", "terminal", "zsh", "ksh", "shell-session"})
LOOKS = re.compile(
    r"^\s*(?:\$ |sudo |git |cd |docker |kubectl |curl |wget |pip |npm |python3? |make |ssh |scp "
    r"|\./|export |helm |gcloud |aws |az |oc |terraform |systemctl |cp |mv |mkdir |apt(?:-get)? )",
    re.MULTILINE,
)
PROMPT = re.compile(r"^\s*\$ ", re.MULTILINE)
PLACEHOLDER = re.compile(r"<([A-Za-z][A-Za-z0-9_ .-]{0,60})>|\{\{\s*\.?([A-Za-z_]\w*)\s*\}\}")
RESERVED = frozenset({"none", "br", "details", "summary", "a", "b", "i", "p", "div", "unset"})
UNDO_COMMENT = re.compile(
    rf"^\s*#\s*(?:{UNDO})(?: with| command)?\s*[:：]\s*(.+?)\s*$", re.IGNORECASE
)
UNDO_HEAD = re.compile(
    rf"^\s*#+\s*(?:to )?(?:{UNDO})(?: (?:commands?|steps?|plan|procedure))?"
    r"(?: ?\(?(?:if needed|if necessary|on failure|in case of \w+)\)?)?\s*[:：]?\s*$",
    re.IGNORECASE,
)


def language(block: Block) -> str:
    """The first word of a fence's info string, in lower case."""
    return re.split(r"[\s{#,]", block.info.lower(), maxsplit=1)[0] if block.info else ""


def runnable(block: Block, certain: bool = False) -> bool:
    """Whether a person would run the block; ``certain`` where its label says that it is a command."""
    label = language(block)
    if not block.text.strip():
        return False
    if label in SHELLS or label.startswith("azurecli"):
        lines = [line.strip() for line in block.text.splitlines()]
        return any(line and not line.startswith("#") for line in lines)
    if label not in {"", "text", "rollback"}:
        return False
    return certain or LOOKS.search(block.text) is not None


def command_text(block: Block) -> str:
    """The text to run: where lines have prompts, those lines without them, and no output."""
    if not PROMPT.search(block.text):
        return block.text.rstrip("\n")
    kept: list[str] = []
    continued = False
    for line in block.text.splitlines():
        prompt = re.match(r"\s*\$ ", line)
        if prompt or continued:
            kept.append(line[prompt.end() :] if prompt else line)
            continued = line.rstrip().endswith("\\")
    return "\n".join(kept)


def run_and_undo(text: str) -> tuple[str, str]:
    """A command text without what its comments mark as the way back, and that part.

    ``# rollback: command`` is one; below ``# Rollback`` it goes on to the next comment or the end.
    """
    run: list[str] = []
    undo: list[str] = []
    inside = False
    for line in text.split("\n"):
        comment = UNDO_COMMENT.match(line)
        if UNDO_HEAD.match(line):
            inside = True
        elif comment:
            undo.append(comment.group(1))
        else:
            inside = inside and not line.lstrip().startswith("#")
            (undo if inside else run).append(line)
    if not any(line.strip() for line in undo):
        return text, ""
    return "\n".join(run).strip("\n"), "\n".join(undo).strip("\n")


def parameters(commands: Iterable[Command], inline: Collection[str] = ()) -> tuple[Parameter, ...]:
    """The placeholders of the commands that are to be run, by name.

    ``inline`` are ids of commands that stand in a line of their own text, not in a fence below it.
    """
    found: dict[str, tuple[str, list[int]]] = {}
    for command in commands:
        if not command.runnable:
            continue
        first = command.line + (0 if command.id in inline else 1)
        for match in PLACEHOLDER.finditer(command.text):
            mark = match.group(0)
            raw = (match.group(1) or match.group(2)).strip()
            if raw.lower() in RESERVED:
                continue
            name = re.sub(r"\W+", "_", raw).strip("_") or raw
            line = first + command.text.count("\n", 0, match.start())
            found.setdefault(name, (mark, []))[1].append(line)
    return tuple(
        Parameter(name=name, line=lines[0], lines=tuple(lines), placeholder=mark, declared=False)
        for name, (mark, lines) in found.items()
    )
