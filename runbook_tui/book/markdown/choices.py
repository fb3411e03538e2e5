"""Ways to do the same of which one is taken: options, operating systems, package managers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from runbook_tui.book.markdown.blocks import Block, Item
from runbook_tui.book.markdown.headings import CHOICE
from runbook_tui.book.markdown.words import plain

PLATFORM = re.compile(
    r"debian|ubuntu|mint|rhel|redhat|red|centos|fedora|rocky|rockylinux|alma|almalinux"
    r"|oracle|suse|opensuse|sles|arch|archlinux|alpine|gentoo|amazon|linux|gnu|macos|mac|osx"
    r"|os|darwin|windows|win|wsl|wsl2|freebsd|openbsd|unix|apt|apt-get|dpkg|deb|yum|dnf|rpm"
    r"|zypper|pacman|apk|brew|homebrew|macports|chocolatey|choco|winget|scoop|snap|nix|bash"
    r"|zsh|fish|powershell|cmd|npm|yarn|pnpm|pip|pipx|conda|poetry"
)
"""Words that say on what machine or by what program something is done."""
BESIDE = re.compile(
    r"for|on|using|use|with|via|in|under|the|a|and|or|hat|based|systems|system|family|users"
    r"|user|server|distributions|distribution|distro|lts|x|linux|unix|like|installation"
    r"|install|package|packages|prompt|terminal|shell|command|line|für|auf|unter|mit|oder"
    r"|und|en|con|para|sur|avec|pour|ou|y|o|e|et|com|no|na|bei|hosts|machines|only"
    r"|enterprise|stream|lts|variant"
)
"""Words that may stand beside these."""
LONGEST = 60
WORDS = re.compile(r"[^\W\d_][\w-]*")


def kind(text: str) -> str:
    """``option``, ``platform``, or "" where a title is that of no choice."""
    title = plain(text).strip(" :：*_")
    if not title or len(title) > 2 * LONGEST:
        return ""
    if CHOICE.match(title):
        return "option"
    words = [word.lower() for word in WORDS.findall(title)] if len(title) <= LONGEST else []
    others = [word for word in words if not PLATFORM.fullmatch(word)]
    if len(others) == len(words) or not all(map(BESIDE.fullmatch, others)):
        return ""
    return "platform"


def chosen(titles: Iterable[str]) -> frozenset[str]:
    """The kinds of which a row of titles has more than one: only then they are a choice."""
    found = Counter(filter(None, map(kind, titles)))
    return frozenset(name for name, count in found.items() if count > 1)


def parted(blocks: list[Block]) -> list[Block]:
    """The blocks of a step, with the ways that labels tell apart as items of a list of their own.

    Run together they would be done one after the other.
    """
    marked = [n for n, b in enumerate(blocks) if _is_label(b)]
    kinds = chosen(blocks[n].text for n in marked) if len(marked) > 1 else frozenset()
    marked = [n for n in marked if kind(blocks[n].text) in kinds]
    if len(marked) < 2:
        return blocks
    items = []
    end = marked[0]
    for place, following in zip(marked, [*marked[1:], len(blocks)], strict=True):
        end = place + 1
        while end < following and (
            following < len(blocks) or blocks[end].kind in {"fence", "list"}
        ):
            end += 1
        label = blocks[place]
        items.append(Item(label.line, label.text.strip("*_ "), True, None,
                          blocks[place + 1 : end], choice=True))  # fmt: skip
    rest = [b for b in blocks[end:] if b.kind != "fold-end"]
    return [*blocks[: marked[0]], Block("list", items[0].line, items=items), *rest]


def _is_label(block: Block) -> bool:
    if block.kind == "fold":
        return bool(kind(block.text))
    text = block.text.strip()
    if block.kind != "paragraph" or "\n" in text or len(text) > 2 * LONGEST:
        return False
    return (text.endswith((":", "：")) or text.startswith(("**", "__"))) and bool(kind(text))
