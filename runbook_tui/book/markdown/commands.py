"""Command blocks: which are to be run, and the placeholders in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runbook_tui.book.markdown.blocks import Block
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


def language(block: Block) -> str:
    """The first word of a fence's info string, in lower case."""
    return re.split(r"[\s{#,]", block.info.lower(), maxsplit=1)[0] if block.info else ""


def runnable(block: Block) -> bool:
    """Whether a person would run the block."""
    label = language(block)
    if not block.text.strip():
        return False
    if label in SHELLS or label.startswith("azurecli"):
        lines = [line.strip() for line in block.text.splitlines()]
        return any(line and not line.startswith("#") for line in lines)
    return label in {"", "text"} and LOOKS.search(block.text) is not None


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


def parameters(commands: Iterable[Command]) -> tuple[Parameter, ...]:
    """The placeholders of the commands that are to be run, by name."""
    found: dict[str, tuple[str, list[int]]] = {}
    for command in commands:
        if not command.runnable:
            continue
        for match in PLACEHOLDER.finditer(command.text):
            mark = match.group(0)
            raw = (match.group(1) or match.group(2)).strip()
            if raw.lower() in RESERVED:
                continue
            name = re.sub(r"\W+", "_", raw).strip("_") or raw
            line = command.line + 1 + command.text.count("\n", 0, match.start())
            found.setdefault(name, (mark, []))[1].append(line)
    return tuple(
        Parameter(name=name, line=lines[0], lines=tuple(lines), placeholder=mark, declared=False)
        for name, (mark, lines) in found.items()
    )
