"""A ref that only grows is taken, whatever else it has become is never followed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.share.commits import Author, Batch, Commit, written
from runbook_tui.share.merging import NOTHING, Rewritten, Seen, grown, standing
from runbook_tui.share.refs import CUSTOM, Layout

RUN = "20260101-cafe"
LAYOUT = Layout(prefix=CUSTOM, run=RUN)
AUTHOR = Author(name="Ada", mail="")


def history(sizes: Sequence[int], salt: str = "", who: str = "") -> list[Commit]:
    """A straight line of commits with so many lines each."""
    made: list[Commit] = []
    first = 1
    for number, size in enumerate(sizes):
        parents = (made[-1].oid,) if made else ()
        batch = Batch(run=RUN, first=first, who=who, genesis="" if made or who else "{}",
                      lines=tuple(b'{"n":%d}' % (first + n) for n in range(size)))  # fmt: skip
        data = written(batch, LAYOUT, parents[0] if parents else "", AUTHOR, 1)
        made.append(Commit(oid=f"{salt}{number:0{40 - len(salt)}x}", parents=parents, data=data))
        first += size
    return made


sizes = st.lists(st.integers(1, 4), min_size=1, max_size=8)


@given(sizes, st.data())
def test_all_that_is_new_is_taken_in_order(counts: list[int], data: st.DataObject) -> None:
    line = history(counts)
    known = data.draw(st.integers(0, len(line)))
    seen = Seen(oid=line[known - 1].oid, number=sum(counts[:known])) if known else NOTHING
    taken = grown(seen, line[-1].oid, line[known:], RUN)
    assert taken.seen == Seen(oid=line[-1].oid, number=sum(counts))
    numbers = [n for b in taken.batches for n in range(b.first, b.last + 1)]
    assert numbers == list(range(seen.number + 1, sum(counts) + 1))


@given(sizes, sizes, st.data())
def test_another_history_is_never_followed(
    counts: list[int], others: list[int], data: st.DataObject
) -> None:
    mine, theirs = history(counts), history(others, "f")
    known = data.draw(st.integers(1, len(mine)))
    seen = Seen(oid=mine[known - 1].oid, number=sum(counts[:known]))
    with pytest.raises(Rewritten):
        grown(seen, theirs[-1].oid, theirs, RUN)


@given(sizes, st.data())
def test_one_that_was_set_back_or_deleted_is_not_followed(
    counts: list[int], data: st.DataObject
) -> None:
    line = history([*counts, 1])
    seen = Seen(oid=line[-1].oid, number=sum(counts) + 1)
    back = data.draw(st.integers(0, len(line) - 2))
    with pytest.raises(Rewritten, match="set back"):
        grown(seen, line[back].oid, [], RUN)
    with pytest.raises(Rewritten, match="deleted"):
        grown(seen, "", [], RUN)


@given(sizes, st.data())
def test_a_line_with_anything_else_in_it_is_not_followed(
    counts: list[int], data: st.DataObject
) -> None:
    """A commit left out, twice, merged, cut off, of somebody else's, or of another run."""
    line = history([*counts, 1])
    at = data.draw(st.integers(0, len(line) - 1))
    one = line[at]
    spoilt = [
        [*line[:at], *line[at + 1 :]],
        [*line[:at], one, *line[at:]],
        [*line[:at], Commit(oid=one.oid, parents=(*one.parents, "e" * 40), data=one.data)],
        [*line[:at], Commit(oid=one.oid, parents=one.parents, data=one.data[:-1])],
    ]
    for broken in spoilt:
        with pytest.raises(Rewritten):
            grown(NOTHING, line[-1].oid, broken, RUN)
    for run, who in ((RUN, "grace-1"), ("20260101-beef", "")):
        with pytest.raises(Rewritten):
            grown(NOTHING, line[-1].oid, line, run, who)


@given(st.integers(1, 6), st.data())
def test_how_our_own_ref_stands(many: int, data: st.DataObject) -> None:
    mine = [f"{n:040x}" for n in range(many)]
    there = data.draw(st.sampled_from(["", "f" * 40, *mine]))
    sent = data.draw(st.sampled_from(["", *mine]))
    found = standing(mine, sent, there)
    if not there:
        assert found == ("gone" if sent else "new")
    elif there not in mine:
        assert found == "other"
    elif sent and mine.index(there) < mine.index(sent):
        assert found == "set back"
    else:
        assert found == ("same" if there == mine[-1] else "behind")
