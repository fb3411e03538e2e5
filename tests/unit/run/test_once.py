"""What follows from a state is worked out once for it, and never for another."""

from __future__ import annotations

from runbook_tui.run.once import MOST, of_state, once
from runbook_tui.run.state import RunState
from tests.fakes.history import History
from tests.fakes.plans import chain


def test_it_is_worked_out_again_only_for_another_state_or_question() -> None:
    asked: list[tuple[int, str]] = []

    @of_state
    def look(state: RunState, word: str = "") -> str:
        asked.append((state.seq, word))
        return f"{state.seq} {word}"

    history = History(chain(2))
    before = history.state
    assert [look(before), look(before)] == ["1 ", "1 "]
    assert look(before, "why") == "1 why"
    history.ran("s0")
    after = history.state
    assert [look(after, "why"), look(after, "why")] == [f"{after.seq} why"] * 2
    assert look(before) == "1 "
    assert asked == [(1, ""), (1, "why"), (after.seq, "why"), (1, "")]


def test_what_another_screen_asks_in_between_is_not_forgotten_and_not_mixed_up() -> None:
    asked: list[str] = []

    @once
    def look(one: list[str], other: list[str]) -> str:
        asked.append(one[0] + other[0])
        return asked[-1]

    a, b = ["a"], ["b"]
    assert [look(a, b), look(b, a), look(a, b), look(b, a), look(a, a)] == [
        "ab", "ba", "ab", "ba", "aa",
    ]  # fmt: skip
    assert asked == ["ab", "ba", "aa"]
    for other in (["c"], ["d"], ["e"]):
        look(other, a)
    assert look(a, b) == "ab"
    # Only a few are kept: what nobody asks any more holds no memory.
    assert asked.count("ab") == 2


def test_one_who_asks_much_at_once_takes_no_answer_from_another() -> None:
    """Two threads ask the same state; what one of them crowds out the other still gets."""
    state = History(chain(2)).state

    @of_state
    def look(state: RunState, word: object = "") -> str:
        return f"{word}"

    class Late:
        """A question during which, at any moment, another asks for more than is kept."""

        def __hash__(self) -> int:
            for number in range(MOST + 5):
                look(state, number)
            return 1

        def __str__(self) -> str:
            return "late"

    assert look(state, Late()) == "late"
