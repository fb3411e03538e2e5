"""How wide the checklist wants to be: what every row needs, found without looking at every row."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.book.model import Change, Gate, Phase, Runbook, Step
from runbook_tui.tui.views import checklist
from runbook_tui.tui.views.checklist import LONGEST, wanted_width
from runbook_tui.tui.views.tone import cells
from runbook_tui.tui.views.words import said
from tests.fakes.history import History
from tests.fakes.plans import chain

TITLES = st.text(st.sampled_from("ab`*[]() #\t\n\x1b\u202eäß漢\u0301"), min_size=1, max_size=20)


@given(st.lists(TITLES, min_size=1, max_size=8), st.booleans())
def test_every_title_has_room(titles: list[str], gated: bool) -> None:
    steps = tuple(
        Step(id=f"s{n}", title=title, run="true", undo="true", background=n == 2)
        for n, title in enumerate(titles)
    )
    gate = Gate(roles=("cto", "head of everything")) if gated else None
    change = Change(id="c", title="Change", pull_request=1234, steps=steps)
    phase = Phase(id="p", title="Phase", starts="day 7", gate=gate, changes=(change,))
    state = History(Runbook(title="T", phases=(phase,))).state
    wide = wanted_width(state)
    needed = [
        2
        + 2 * node.depth
        + 4
        + cells(said(node.title, LONGEST))
        + checklist._room_at_right(state, node)
        for node in state.outline.nodes.values()
    ]
    assert wide == max(needed)


def test_of_ten_thousand_titles_few_are_looked_at_closely_and_that_once() -> None:
    history = History(chain(10_000))
    with patch.object(checklist, "said", wraps=said) as looked:
        wide = wanted_width(history.state)
        assert looked.call_count < 20
        before = looked.call_count
        history.ran("s1")
        assert wanted_width(history.state) == wide
        assert looked.call_count == before
