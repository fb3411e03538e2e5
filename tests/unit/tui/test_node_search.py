"""Looking for words among the nodes of a run: what is found, in which order, with how much work."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Phase, Runbook, Step
from runbook_tui.run import requests as r
from runbook_tui.run.state import RunState
from runbook_tui.tui.views import node_index
from runbook_tui.tui.views.node_index import PIECE, Index, index
from runbook_tui.tui.views.node_search import MOST, NodeSearch, find
from tests.fakes.history import History
from tests.fakes.plans import chain, two_phases

WORDS = st.sampled_from(["a", "ab", "ba", "b.", "Ab", "ß", "SS", "é", "[", "^", "ba ab"])
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
TYPED = st.text(alphabet="abAB.ß[^é ss", max_size=6)


def state_of(titles: Sequence[tuple[str, str]]) -> RunState:
    """Steps of these titles and commands."""
    steps = [
        Step(id=f"n{n}", title=title, run=run, undo="true") for n, (title, run) in enumerate(titles)
    ]
    runbook = Runbook(title="T", phases=(Phase(id="p", title="P", steps=tuple(steps)),))
    return History(runbook).state


def plainly(among: Index, text: str) -> list[str]:
    """Ids of what is to be found, by asking each node by itself for its rank."""
    words = text.casefold().split()
    if not words:
        return [node.id for node in among.nodes[:MOST]]
    ranked = []
    for number, node in enumerate(among.nodes):
        title = node.title.casefold()
        whole = f"{node.title}\n{node.id}\n{among.body(number)}".casefold()
        if all(word in title for word in words):
            ranked.append((0 if title.startswith(words[0]) else 1, number))
        elif all(word in whole for word in words):
            ranked.append((2, number))
        elif in_order("".join(words), title):
            ranked.append((3, number))
    return [among.nodes[number].id for _, number in sorted(ranked)[:MOST]]


def in_order(letters: str, title: str) -> bool:
    rest = iter(title)
    return all(letter in rest for letter in letters)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12), TYPED, st.integers(1, 5))
def test_what_is_found_is_what_asking_each_node_would_find(
    titles: list[tuple[str, str]], typed: str, piece: int
) -> None:
    before = node_index.PIECE
    node_index.PIECE = piece
    try:
        among = index(state_of(titles))
        search: NodeSearch | None = None
        for end in range(len(typed) + 1):
            # As one types: each letter goes on from what the one before has found.
            search = NodeSearch(among, typed[:end], search)
            search.finish()
            assert [hit.id for hit in search.hits] == plainly(among, typed[:end])
            assert search.hits == find(among, typed[:end])
    finally:
        node_index.PIECE = before


def test_of_many_nodes_the_best_are_found_and_no_more_than_are_shown() -> None:
    among = index(History(chain(1000)).state)
    for text in ("step", "s9", "9", "9 step", "tp 7", "true", "nothing of it"):
        assert [hit.id for hit in find(among, text)] == plainly(among, text)


def test_what_is_found_first_is_the_beginning_of_all_that_is_found() -> None:
    among = index(History(chain(3000)).state)
    search, whole = NodeSearch(among, "ep 29"), find(among, "ep 29")
    seen = 0
    while not search.over:
        search.go_on(0.0)
        assert search.hits == whole[: len(search.hits)]
        seen += bool(search.hits)
    assert search.hits == whole
    assert seen > 2


def test_how_much_is_looked_at_for_a_letter_hangs_on_what_is_shown() -> None:
    """Counted in pieces of the plan, not by a clock."""
    among = index(History(chain(10_000)).state)
    pieces = -(-len(among.nodes) // PIECE)

    def looked(text: str, before: NodeSearch | None = None) -> tuple[int, NodeSearch]:
        start = among.looked_at
        search = NodeSearch(among, text, before)
        search.finish()
        return among.looked_at - start, search

    many, first = looked("s")
    assert many == 1
    assert not among.whole
    many, rare = looked("step 998", first)
    assert len(rare.hits) < MOST
    assert many <= 4 * pieces
    for text in ("step 9981", "step 9981 ", "step 9981 no"):
        many, rare = looked(text, rare)
        assert many == 0
    start = among.looked_at
    NodeSearch(among, "no such words").go_on(0.0)
    assert among.looked_at - start <= 2


def test_the_index_is_made_once_for_a_plan_and_its_notes() -> None:
    history = History(two_phases())
    first = index(history.state)
    history.ask(r.StartStep(step="look"))
    assert index(history.state) is first
    history.ask(r.AddNote(text="the tide was low", node="tag"))
    assert index(history.state) is not first
    assert [hit.id for hit in find(index(history.state), "tide")] == ["tag"]
