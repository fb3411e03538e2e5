"""Links to parts of a document that are not there."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book

TITLES = (
    "# 🚀 The Mill\n\n## 1. Stop & wait\n\n1. Stop\n\n## Über `code` — dashes_here\n\n"
    "## Twice\n\n## Twice\n"
)


def dead(links: str) -> list[tuple[int, int | None]]:
    """Both lines of each dead link, counted behind the titles."""
    found = [f for f in book(TITLES + "\n" + links).findings if f.code == "dead-link"]
    before = TITLES.count("\n") + 1
    return [(f.line - before, f.related_line and f.related_line - before) for f in found]


@pytest.mark.parametrize(
    "link",
    [
        "[a](#the-mill)", "[a](#nowhere)", ["- item", "- [a](#nowhere)"][1],
        "> [a](#nowhere)", "| [a](#nowhere) |\n|---|",
        "[a](#twice-2)", '[a](#nowhere "title")', "[a](<#nowhere>)",
    ],
)  # fmt: skip
def test_a_link_to_nowhere(link: str) -> None:
    assert dead(link) == [(1, None)]


@pytest.mark.parametrize(
    "link",
    [
        "[a](#-the-mill)", "[a](#1-stop--wait)", "[a](#über-code--dashes_here)", "[a](#twice-1)",
        "[a](#%C3%BCber-code--dashes_here)", "[a](#Twice)", "[a](#top)", "[a](b.md#nowhere)",
        "[a](https://example.com/#nowhere)", "`[a](#nowhere)`", "```\n[a](#nowhere)\n```",
        '<a id="here"></a>\n\n[a](#here)', "<a name='here'>\n\n[a](#here)", "![a](#nowhere)",
        "## A {#short}\n\n[a](#short)", "[a]( #twice )",
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_or_elsewhere(link: str) -> None:
    assert dead(link) == []


def test_links_to_one_place_are_told_once_and_the_nearest_title_is_named() -> None:
    links = "[a](#nowhere)\n\n[b](#nowhere) and [c](#nowhere)\n\n[d](#the-mill)\n"
    assert dead(links) == [(1, 3), (5, None)]
    messages = [f.message for f in book(TITLES + links).findings if f.code == "dead-link"]
    assert "as do 2 more" in messages[0]
    assert "“#-the-mill” is there" in messages[1]
