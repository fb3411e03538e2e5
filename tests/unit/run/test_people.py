"""Who is who: how a claim is read, and how many people a number of claims certainly is."""

from __future__ import annotations

import pytest

from runbook_tui.run.events import Actor
from runbook_tui.run.people import NoIdentity, different, parse_identity, same


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ada <ada@example.com>", ("Ada", "ada@example.com")),
        ("  Ada   Lovelace  < ada@example.com > ", ("Ada Lovelace", "ada@example.com")),
        ("Ada", ("Ada", "")),
        ("Ada <>", ("Ada", "")),
        ("<ada@example.com>", ("", "ada@example.com")),
        ("محمد\u200cرضا", ("محمد\u200cرضا", "")),
    ],
)
def test_a_claim_is_a_name_and_a_mail(text: str, read: tuple[str, str]) -> None:
    assert parse_identity(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "x <a@b> <ada@x.org>", "x <a@b", "x a@b>", "x <<a@b>>", "x <a@b> y", "x <a b>", "", "  ",
        "<>", "< >", "a\x1b[31mb", "a\nb", "Gra\u200bce", "\u202eadA", "a\udce4b", "a\u2028b",
    ],
)  # fmt: skip
def test_what_could_be_read_twice_or_not_at_all_is_refused(text: str) -> None:
    with pytest.raises(NoIdentity):
        parse_identity(text)


def test_the_same_name_without_a_mail_may_be_the_same_person() -> None:
    full, bare = Actor(name="Grace", email="g@x"), Actor(name="ＧRACE")
    other = Actor(name="Grace", email="h@y")
    assert same(full, bare)
    assert same(full, Actor(name="g@x"))
    assert not same(full, other)
    assert different([bare, full]) == [full]
    assert different([bare, full, other]) == [full, other]
    assert len(different([bare, Actor(name="Linus"), Actor(name="Li\u200dnus")])) == 2
