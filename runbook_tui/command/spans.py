"""Rows of text and style in one form, whichever way they were made."""

from __future__ import annotations

from collections.abc import Iterable

from runbook_tui.session.ports.terminals import Row, Span, Style


def trimmed(spans: Iterable[Span]) -> Row:
    """Neighbours of one style made one, without the blanks at the end that nobody sees."""
    found: list[Span] = []
    for span in spans:
        last = found[-1].style if found else None
        if last is span.style or last == span.style:
            found[-1] = Span(found[-1].text + span.text, span.style)
        elif span.text:
            found.append(span)
    while found and not blank_is_seen(found[-1].style):
        text = found[-1].text.rstrip(" ")
        if text:
            found[-1] = Span(text, found[-1].style)
            break
        found.pop()
    return tuple(found)


def blank_is_seen(style: Style) -> bool:
    """Whether a blank in this style can be seen."""
    return bool(style.background or style.reverse or style.underline)
