"""An anchor is a hash or the beginning of one; anything else is a slip of the pen."""

from __future__ import annotations

import click
import pytest

from runbook_tui.cli.anchor import Anchor


@pytest.mark.parametrize("text", ["abc", "", "xyz" * 20, "0" * 65, "0" * 15, "run-1"])
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no hash"):
        Anchor().convert(text, None, None)


@pytest.mark.parametrize("text", ["0" * 64, "0123456789abcdef", " ABCDEF0123456789 "])
def test_a_hash_or_its_beginning_is_taken(text: str) -> None:
    assert Anchor().convert(text, None, None) == text.strip()
