"""Command blocks: which are to be run, and the placeholders in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from runbook_tui.book.markdown.blocks import Block
from runbook_tui.book.markdown.labels import UNDO
from runbook_tui.book.model import Command, Parameter

SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh"})
SESSIONS = frozenset({"console", "terminal", "shell-session", "shellsession", "sh-session"})
"""Labels of blocks that hold commands, or what they put out, or both."""

OTHER_CODE = frozenset(
    {
        "sql",
        "powershell",
        "pwsh",
        "ps1",
        "cmd",
        "bat",
        "batch",
        "python",
        "py",
        "ruby",
        "perl",
        "fish",
    }
)
PROGRAMS = (
    "sudo|git|cd|docker(?:-compose)?|podman|kubectl|kubeadm|curl|wget|pip3?|npm|npx|yarn|pnpm|node"
    "|python3?|make|ssh|scp|rsync|export|helm|gcloud|gsutil|aws|az|oc|gh|terraform|ansible(?:-playbook)?"
    "|systemctl|service|journalctl|cp|mv|rm|mkdir|chmod|chown|ln|tar|apt(?:-get)?|yum|dnf|brew"
    "|psql|pg_dump|pg_restore|mysql|mysqldump|redis-cli|mongosh?|mongodump|rabbitmqctl|velero|vault"
    "|consul|nomad|etcdctl|openssl|certbot|nginx|iptables|kill|pkill|cargo|mvn|gradle|rake|bundle"
)
LOOKS = re.compile(
    rf"^\s*(?:\$ |(?:{PROGRAMS}) |\.{{1,2}}/\S|/(?:usr|opt|bin|sbin|etc)/\S)", re.MULTILINE
)
PROMPT = re.compile(r"^\s*\$ ", re.MULTILINE)
FIRST_WORD = re.compile(r"(?:[A-Z_][A-Z0-9_]*=\S*\s+)*[a-z.~/$][\w./~+-]*(?<![:.,])(?:\s|$)")
TABLE_HEAD = re.compile(
    r"^[A-Z][A-Z0-9_()/%-]+(?: [A-Z]+)?(?:\s{2,}[A-Z][A-Z0-9_()/% -]+)+\s*$|^No \w+ found"
)
PLACEHOLDER = re.compile(
    r"<([A-Za-z][A-Za-z0-9_ .-]{0,60})>|\{\{\s*\.?([A-Za-z_]\w*)\s*\}\}"
    r"|(?<![\w$\]}\\'\"*?.-])\[([A-Za-z][A-Za-z0-9]+(?:[_-][A-Za-z0-9]{2,})+)\](?![\w*+?{-])"
)
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
    """Whether a person would run the block; ``certain`` where its label says it is a command."""
    name = language(block)
    lines = [line.strip() for line in block.text.splitlines()]
    lines = [line for line in lines if line]
    commanding = [line for line in lines if not line.startswith("#")]
    if not commanding or lines[0].startswith("#!"):
        return False
    if name in SHELLS or name.startswith("azurecli"):
        return True
    if name in SESSIONS:
        prompted = PROMPT.search(block.text) is not None
        return prompted or FIRST_WORD.match(commanding[0]) is not None
    if name not in {"", "text", "rollback"}:
        return False
    return certain or LOOKS.search(block.text) is not None


def unclear(block: Block) -> bool:
    """Whether a block that is not run may have been meant to be: code, or words without a label."""
    return language(block) in {"", *OTHER_CODE} or language(block) in SHELLS | SESSIONS


def command_text(block: Block) -> str:
    """The text to run: where lines have prompts, those lines without them, and no output."""
    if not PROMPT.search(block.text):
        return _without_output(block)
    kept: list[str] = []
    continued = False
    for line in block.text.splitlines():
        prompt = re.match(r"\s*\$ ", line)
        if prompt or continued:
            kept.append(line[prompt.end() :] if prompt else line)
            continued = line.rstrip().endswith("\\")
    return "\n".join(kept)


def _without_output(block: Block) -> str:
    """What stands before the head of a table: below it is what the command puts out."""
    text = block.text.rstrip("\n")
    if language(block) in SHELLS:
        return text
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines) if n and TABLE_HEAD.match(line)), len(lines))
    return "\n".join(lines[:end]).rstrip("\n")


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
            raw = next(group for group in match.groups() if group).strip()
            if raw.lower() in RESERVED:
                continue
            name = re.sub(r"\W+", "_", raw).strip("_") or raw
            line = first + command.text.count("\n", 0, match.start())
            found.setdefault(name, (mark, []))[1].append(line)
    return tuple(
        Parameter(name=name, line=lines[0], lines=tuple(lines), placeholder=mark, declared=False)
        for name, (mark, lines) in found.items()
    )
