"""Who is let in, by which name, from which page; and what a page may say. Without any network."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.web.doors import Door, NotLetIn, Person
from runbook_tui.web.pages import refused, screen, welcome
from runbook_tui.web.place import Place, is_any, is_loopback
from runbook_tui.web.seats import COLUMNS, ROWS, said, size

GRACE = Person(identity="Grace <grace@example.com>", may="reviewer")
LOCAL = Place(host="127.0.0.1", port=8080)
PROXIED = Place(host="0.0.0.0", port=8080, url="https://runs.example.com")
LAN = Place(host="192.0.2.7", port=8080)


def token(door: Door) -> str:
    return door.link("").partition("token=")[2]


def test_a_link_opens_once_and_its_cookie_opens_no_other_door() -> None:
    door, other = (Door(GRACE, 10.0, lambda: 5.0) for _ in range(2))
    assert not door.knows("")
    with pytest.raises(NotLetIn, match="not complete"):
        door.open(token(other))
    with pytest.raises(NotLetIn, match="not complete"):
        door.open("")
    cookie = door.open(token(door))
    assert door.knows(cookie)
    assert not other.knows(cookie)
    assert door.path != other.path
    with pytest.raises(NotLetIn, match="used already"):
        door.open(token(door))
    # What is shown of it by mistake (a crash, a log) opens nothing.
    assert cookie not in repr(vars(door))


def test_a_link_that_was_not_used_in_its_time_opens_no_more() -> None:
    door = Door(GRACE, 10.0, lambda: 11.0)
    with pytest.raises(NotLetIn, match="in its time"):
        door.open(token(door))
    assert not door.used


@pytest.mark.parametrize(("place", "host", "yes"), [
    (LOCAL, "127.0.0.1:8080", True), (LOCAL, "localhost:1", True), (LOCAL, "[::1]:8080", True),
    (LOCAL, "LOCALHOST:8080", True), (LOCAL, "", False), (LOCAL, "localhost.evil.example", False),
    (LOCAL, "127.0.0.1.evil.example:8080", False), (LOCAL, "evil@127.0.0.1:8080", False),
    (LOCAL, "127.0.0.1:8080:9", False), (LOCAL, "0.0.0.0:8080", False),
    (PROXIED, "runs.example.com", True), (PROXIED, "runs.example.com:8080", False),
    (PROXIED, "localhost:8080", True), (PROXIED, "0.0.0.0:8080", True),
    (LAN, "192.0.2.7:8080", True), (LAN, "192.0.2.7", False), (LAN, "localhost:8080", False),
])  # fmt: skip
def test_by_which_names_it_may_be_called(place: Place, host: str, yes: bool) -> None:
    assert place.is_called(host) is yes


@pytest.mark.parametrize(("place", "origin", "host", "yes"), [
    (LOCAL, "http://127.0.0.1:8080", "127.0.0.1:8080", True),
    (LOCAL, "http://localhost:3000", "localhost:8080", False),
    (LOCAL, "https://127.0.0.1:8080", "127.0.0.1:8080", False),
    (LOCAL, "null", "127.0.0.1:8080", False),
    (LOCAL, "http://evil.example", "evil.example", False),
    (PROXIED, "https://runs.example.com", "0.0.0.0:8080", True),
    (PROXIED, "http://runs.example.com", "0.0.0.0:8080", False),
    (PROXIED, "https://runs.example.com.evil.example", "runs.example.com", False),
])  # fmt: skip
def test_from_which_pages(place: Place, origin: str, host: str, yes: bool) -> None:
    assert place.comes_from(origin, host) is yes


def test_what_is_loopback_and_what_every_address() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.0.2.7", "localhost.evil.example", "")))
    assert all(map(is_any, ("0.0.0.0", "::", "[::]", "")))
    assert not is_any("127.0.0.1")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(ANY, ANY)
def test_a_terminal_has_a_size_that_can_be(columns: object, rows: object) -> None:
    high, wide = size(columns, rows)
    assert ROWS[0] <= high <= ROWS[1]
    assert COLUMNS[0] <= wide <= COLUMNS[1]


KINDS = st.sampled_from(["stdin", "resize", "ping", "focus", "open_url"])


@given(st.text() | ANY.map(json.dumps) | st.tuples(KINDS, ANY).map(json.dumps))
def test_whatever_a_page_says_is_keys_or_a_size_or_nothing(text: str) -> None:
    heard = said(text)
    assert isinstance(heard.keys, bytes)
    if heard.size is not None:
        assert ROWS[0] <= heard.size[0] <= ROWS[1]


@given(st.text())
def test_names_and_titles_are_text_on_a_page(text: str) -> None:
    for made in (refused(text, text), welcome(text, text), screen(text, text, text)):
        plain = made.replace('<script src="textual.js"></script>', "")
        plain = plain.replace('<script src="page.js"></script>', "")
        assert "<script" not in plain
        assert made.count("<h1>") + made.count("textual-terminal") in {1, 2}
