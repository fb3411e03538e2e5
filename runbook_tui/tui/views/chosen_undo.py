"""The chosen row of a rollback: what taking it back means, what it needs, and how it went."""

from __future__ import annotations

from runbook_tui.book.plain_text import printable
from runbook_tui.run.offers import Offer
from runbook_tui.run.procedures import Duty
from runbook_tui.run.undo_items import Item
from runbook_tui.tui.views.tone import Line, cut, length


def command(item: Item | None, width: int, height: int, past_floor: bool = False) -> list[Line]:
    """What taking the chosen row back means: its command and its check, or what a person does."""
    if item is None:
        return []
    if item.kind == "manual":
        return _by_hand(item, width)
    if item.kind == "irreversible":
        reason = cut(f" ▔ floor: {printable(item.reason, 1000)}", width)
        word = (
            " what lies before it is undone too; not so: "
            if past_floor
            else (" what lies before it is undone only after ")
        )
        keys = [] if item.result else [(word, "plain"), ("f", "key")]
        return [[(reason, "warn")], keys]
    if item.kind == "none":
        return [[(" no undo in the plan: it stays, and is named under what remains", "warn")]]
    if item.missing and not item.result:
        names = ", ".join(item.missing)
        return [[(f" needs {names}: ", "warn"), ("v", "key"), (" gives it", "plain")]]
    if item.gone and not item.result:
        lost = cut(f" ! {printable(item.cwd, 1000)} is not there", width)
        return [[(lost, "warn")], *_text(item, width, height - 1)]
    if item.hindered and not item.result:
        why = cut(f" ! {printable(item.hindered, 1000)}; it is tried all the same", width)
        return [[(why, "warn")], *_text(item, width, height - 1)]
    if item.result in {"rehearsed", "not ready"} and item.outcome:
        why = cut(f" ~ {printable(item.outcome, 1000)}", width)
        return [[(why, "warn")], *_text(item, width, height - 1)]
    if item.result in {"failed", "stays", "not tried"} and item.outcome:
        mark = "–" if item.result == "not tried" else "✗"
        why = cut(f" {mark} {printable(item.outcome, 1000)}", width)
        return [[(why, "bad")], *_text(item, width, height - 1)]
    if item.edited:
        how = cut(f" {printable(item.edited[-1], 1000)}", width)
        return [[(how, "warn")], *_text(item, width, height - 1)]
    return _text(item, width, height)


def _by_hand(item: Item, width: int) -> list[Line]:
    if item.result:
        outcome: Line = [(cut(f" {printable(item.outcome, 1000)}", width), "plain")]
        return [outcome] if item.outcome else []
    keys: Line = [("t", "key"), (" taken back  ", "plain"), ("x", "key"),
                  (" stays, with a reason", "plain")]  # fmt: skip
    if item.listed:
        how = cut(f" no undo of its own; the plan says how: {printable(item.listed, 60)}", width)
        return [[(how, "warn")], [(" done as it says: ", "plain"), *keys]]
    return [[(" done by hand: ", "warn"), *keys]]


def _text(item: Item, width: int, height: int) -> list[Line]:
    if height < 1:
        return []
    there = f" on {printable(item.host, 40)}" if item.host else ""
    rows: list[tuple[str, str]] = []
    for number, text in enumerate(item.texts):
        # What went well already is not run again.
        mark = f"{there if not number else ''} {'✓' if text in item.went else '$'} "
        lines_of = text.strip().splitlines() or [""]
        rows += [(mark if not at else "   ", line) for at, line in enumerate(lines_of)]
    checks = item.verify.strip().splitlines()
    rows += [(" ✓? " if not at else "    ", text) for at, text in enumerate(checks)]
    lines: list[Line] = [
        [(mark, "accent"), (cut(printable(text, 1000), width - max(5, len(mark) + 1)), "plain")]
        for mark, text in rows[:height]
    ]
    if len(rows) > height:
        lines[-1] = [(f"   … {len(rows) - height + 1} more lines: ", "dim"), ("Enter", "key"),
                     (" shows all", "dim")]  # fmt: skip
    return lines


def duty_command(duty: Duty, width: int) -> list[Line]:
    """What can be done with a box of the procedure."""
    word = " takes the tick back" if duty.ticked else " ticks it"
    return [[(cut(f" {printable(duty.title, 400)}", width), "plain")],
            [(" Space", "key"), (word, "plain")]]  # fmt: skip


def offer_command(offer: Offer, width: int, height: int, *, box: bool = False) -> list[Line]:
    """What an offered command would run, what it still needs, and the keys for that; ``box``: it
    stands at a box that can be ticked.
    """
    if offer.missing:
        needs = offer.refused[0].reason if offer.refused else f"needs {', '.join(offer.missing)}"
        names = cut(f" {printable(needs, 1000)}", width)
        return [[(names, "warn")], [(" o", "key"), (" asks for them and runs it", "plain")]]
    lines: list[Line] = [
        [(" $ ", "accent"), (cut(printable(text, 1000), width - 4), "plain")]
        for text in offer.text.strip().splitlines()
    ]
    keys: Line = [(" o", "key"), (" runs it  ", "plain")]
    if box:
        keys += [("Space", "key"), (" ticks it  ", "plain")]
    if offer.names:
        left = max(0, width - length(keys) - 1)
        keys += [("v", "key"), (cut(f" changes {', '.join(offer.names)}", left), "plain")]
    return [*lines[: height - 1], keys]


def strange(sentences: tuple[str, ...], width: int) -> Line:
    """Where this terminal differs from the one the steps ran in."""
    if not sentences:
        return []
    more = f" (+{len(sentences) - 1}, Enter shows)" if len(sentences) > 1 else ""
    first = cut(f" ! {printable(sentences[0], 1000)}", max(10, width - len(more)))
    return [(first, "warn"), (more, "warn")]


def _where(item: Item) -> str:
    if item.host:
        return f"on {item.host}, in {item.cwd or 'the folder of the login'}"
    return f"in {item.cwd or 'the folder of its step'}"


def whole(item: Item, differences: tuple[str, ...] = (), recorded: str = "") -> str:
    """Everything about one undo, for a page of its own; ``recorded``: its text before any edit."""
    parts = [item.title, *(f"! {sentence}" for sentence in differences)]
    if item.within:
        parts.insert(1, f"in {item.within}")
    if item.outcome:
        parts.append(f"{item.result}: {item.outcome}")
    if item.reason:
        parts.append(item.reason)
    parts += item.edited
    if item.missing:
        parts.append(f"needs {', '.join(item.missing)}")
    if item.gone:
        parts.append(f"! {item.cwd} is not there")
    if item.hindered:
        parts.append(f"! {item.hindered}")
    if item.text:
        parts.append(f"its undo, {_where(item)}{_well(item, item.text)}:\n\n{item.text.strip()}")
    if item.edited and recorded and recorded != item.text:
        parts.append(f"in place of what the plan says:\n\n{recorded.strip()}")
    parts += [
        f"then that of an attempt before it{_well(item, other)}:\n\n{other.strip()}"
        for other in item.earlier
    ]
    if item.verify:
        parts.append(f"then it is verified:\n\n{item.verify.strip()}")
    return "\n\n".join(parts)


def _well(item: Item, text: str) -> str:
    return ", which went well and is not run again" if text in item.went else ""
