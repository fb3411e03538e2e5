"""Whatever a plan, a person or a command says, a report only ever quotes it."""

from __future__ import annotations

import re
from datetime import UTC
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from runbook_tui.book.plain_text import UNSAFE, printable
from runbook_tui.report.escaping import block, markdown
from runbook_tui.report.html import to_html
from runbook_tui.report.markdown import to_markdown
from tests.fakes.reported import report

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = (
    "<script>alert(1)</script>", "</pre><img src=x onerror=alert(1)>", "a | b", "**x** _y_ `z`",
    "[a](http://b)", "![a](b)", "# x", "- x", "1. x", "1) x", "+ x", "> x", "```", "~~~~", "    x",
    "| a |\n| - |\n| b |", "===", "---", "***", "\\", "\\|", "a\\", "&lt;b&gt;", "&#60;", "<!--",
    "<http://a>", "www.example.com", "http://example.com", "x\n\ny", "\x1b[31mred\x1b]0;t\x07",
    "\u202eabc", "\x00", "\ud800", "`", "``", "$x$", "a@b.example", "http://a\\", "\t- x", "-",
)  # fmt: skip
"""What tries to be more than text, in the ways of Markdown, HTML and terminals."""
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from([*NASTY, " ", "\n", "a"]), max_size=6).map("".join),
    st.text(max_size=60),
)


def pieces(text: str) -> list[Token]:
    """Every token of a Markdown text, inner ones too."""
    found = []
    for token in PARSER.parse(text):
        found.append(token)
        found += token.children or []
    return found


@pytest.mark.parametrize(
    "frame", ["{}", "- {}", "- **x:** {}", "# {}", "> {}", "| a |\n| --- |\n| x{} |"]
)
@settings(deadline=None)
@given(TEXTS)
def test_a_line_of_markdown_is_the_text_and_nothing_else(frame: str, text: str) -> None:
    plain = pieces(frame.format(markdown("word")))
    found = pieces(frame.format("word" + markdown(text)))
    assert [t.type for t in found if t.type not in {"text", "text_special"}] == [
        t.type for t in plain if t.type not in {"text", "text_special"}
    ]


@pytest.mark.parametrize("frame", ["{}", "- {}", "# {}", "> {}"])
@settings(deadline=None)
@given(TEXTS)
@example("1. x")
@example("# x")
@example("-")
def test_it_begins_nothing_where_a_line_begins(frame: str, text: str) -> None:
    said = " ".join(printable(text).split())
    if not said:
        return
    found = pieces(frame.format(markdown(text)))
    plain = [t.type for t in pieces(frame.format("word")) if not t.type.startswith("text")]
    assert [t.type for t in found if not t.type.startswith("text")] == plain
    assert "".join(t.content for t in found if t.type.startswith("text")) == said


@settings(deadline=None)
@given(TEXTS)
def test_a_block_of_markdown_holds_any_text_to_its_last_line(text: str) -> None:
    (fence,) = PARSER.parse("\n".join(block(text)))
    assert fence.type == "fence"
    assert fence.content == printable(text, lines=True) + "\n"


class Reader(HTMLParser):
    """Reads a page as a browser would, tag by tag."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.said: list[str] = []
        self.strange: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self.strange.append(data)

    def handle_pi(self, data: str) -> None:
        self.strange.append(data)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@pytest.mark.thorough
def test_a_whole_report_in_html_is_built_alike_whatever_it_tells_of(text: str) -> None:
    if not printable(text).strip():
        return
    found = to_html(report(text, lines=(text, text)), UTC)
    page = Reader(found)
    plain = Reader(to_html(report("word", lines=("word", "word")), UTC))
    assert page.tags == plain.tags
    assert page.names == plain.names
    assert not page.strange
    assert not UNSAFE.search(found.replace("\n", ""))
    assert printable(text, lines=True) in "".join(page.said)


def test_a_page_needs_no_script_and_nothing_from_elsewhere() -> None:
    page = to_html(report("word"), UTC)
    assert not set(Reader(page).tags) & {"script", "link", "img", "iframe", "object", "a", "form"}
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r"(?i)https?:|@import|url\((?!#)", page)


def test_an_override_is_red_and_in_words_on_the_page() -> None:
    page = to_html(report("word"), UTC)
    section = page.partition('<section class="alarm">')[2].partition("</section>")[0]
    assert section.count('<span class="tag">AGAINST THE PLAN</span>') == 2
    assert section.count('class="bad"') == 2


def shape(text: str) -> list[str]:
    """How a Markdown text is built, whatever it says."""
    return [t.type for t in pieces(text) if not t.type.startswith("text")]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@pytest.mark.thorough
def test_a_whole_report_in_markdown_is_built_alike_whatever_it_tells_of(text: str) -> None:
    if not " ".join(printable(text).split()):
        return
    found = to_markdown(report(text, lines=(text, text)), UTC)
    assert not UNSAFE.search(found.replace("\n", ""))
    plain = to_markdown(report("word", lines=("word", "word")), UTC)
    assert shape(found) == shape(plain)
