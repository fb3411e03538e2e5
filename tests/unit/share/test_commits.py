"""What is written into a commit is what is read from it, byte by byte; anything else is refused."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.run.canonical import canonical
from runbook_tui.share.commits import (
    Author,
    Batch,
    Commit,
    Malformed,
    in_batches,
    read_commit,
    sealed,
    unsealed,
    written,
)
from runbook_tui.share.refs import FALLBACK, PREFIXES, WHO, Layout, shared_run, who

RUN = "20260101-cafe"
AUTHOR = Author(name="Ada", mail="ada@example.com")
line = st.text(max_size=60).map(lambda text: canonical({"text": text}).encode())
lines = st.lists(line, min_size=1, max_size=8).map(tuple)


@given(lines, st.integers(1, 10**6), st.sampled_from(PREFIXES), st.booleans(), st.booleans())
def test_a_commit_says_what_was_written(
    bodies: tuple[bytes, ...], first: int, prefix: str, root: bool, vote: bool
) -> None:
    layout = Layout(prefix=prefix, run=RUN)
    genesis = canonical({"run": RUN}) if root and not vote else ""
    batch = Batch(run=RUN, first=first, lines=bodies, who="ada-1" if vote else "", genesis=genesis,
                  at=77)  # fmt: skip
    parent = "" if root else "a" * 40
    data = written(batch, layout, parent, AUTHOR, 77)
    commit = Commit(oid="b" * 40, parents=() if root else (parent,), data=data)
    assert read_commit(commit) == batch
    signature = f"-----BEGIN SSH SIGNATURE-----\n{'U' * 70}\n-----END SSH SIGNATURE-----\n"
    signed = sealed(data, signature)
    assert unsealed(signed) == (data, signature)
    assert unsealed(data) == (data, "")
    assert read_commit(dataclasses.replace(commit, data=signed)) == batch
    assert (b"[skip ci]" in data.split(b"\n\n")[1]) == (prefix == FALLBACK)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_can_put_anything_into_a_commit(name: str, mail: str) -> None:
    batch = Batch(run=RUN, first=1, lines=(b"{}",))
    data = written(batch, Layout(prefix=PREFIXES[0], run=RUN), "", Author(name=name, mail=mail), 1)
    head = data.split(b"\n\n")[0].decode().split("\n")
    assert [text.split(" ")[0] for text in head] == ["tree", "author", "committer"]
    assert all(text.count("<") == text.count(">") == 1 for text in head[1:])


@given(st.binary(max_size=200))
def test_what_is_no_commit_of_ours_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_commit(Commit(oid="b" * 40, parents=(), data=data))


@given(st.lists(line, max_size=30), st.integers(1, 400), st.integers(1, 50))
def test_batches_hold_all_lines_once_in_their_order(
    bodies: list[bytes], most: int, first: int
) -> None:
    batches = in_batches(RUN, first, bodies, most, genesis="{}")
    assert [body for batch in batches for body in batch.lines] == bodies
    number = first
    for batch in batches:
        assert batch.first == number
        assert len(batch.lines) == 1 or sum(map(len, batch.lines)) <= most
        number = batch.last + 1
    assert [batch.genesis for batch in batches] == ["{}", *[""] * (len(batches) - 1)][
        : len(batches)
    ]


@given(st.text(max_size=60), st.text(max_size=60), st.integers(1, 32))
def test_whoever_votes_has_a_ref_that_git_takes(name: str, mail: str, place: int) -> None:
    assert WHO.fullmatch(who(name, mail, "machine", place))
    assert who(name, mail, "machine", place) != who(name, mail, "another", place)


def test_a_run_is_found_by_its_log_alone() -> None:
    for prefix in PREFIXES:
        layout = Layout(prefix=prefix, run=RUN)
        assert shared_run(layout.log) == layout
        assert shared_run(layout.by("ada-1")) is None
    assert shared_run("refs/heads/main/log") is None
    assert shared_run("refs/runbook/../../etc/log") is None
