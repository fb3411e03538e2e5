"""The outline: what is inside a node, in the plan's order."""

from __future__ import annotations

from collections.abc import Iterator

from runbook_tui.book.model import Change, Check, Phase, Runbook, Step
from runbook_tui.run.outline import Outline


def deep() -> Outline:
    inner = Step(id="b1", title="B1", steps=(Step(id="b1x", title="X"),))
    return Outline(
        Runbook(
            title="T",
            phases=(
                Phase(
                    id="p", title="P", criteria=(Check(id="pc", title="C"),),
                    changes=(
                        Change(id="c", title="C", criteria=(Check(id="cc", title="C"),),
                               steps=(Step(id="a", title="A", checks=(Check(id="ac", title="C"),)),
                                      Step(id="b", title="B", steps=(inner,)))),
                    ),
                    steps=(Step(id="d", title="D"),),
                ),
                Phase(id="q", title="Q", steps=(Step(id="e", title="E"),)),
            ),
            criteria=(Check(id="rc", title="R"),),
        )
    )  # fmt: skip


def by_children(outline: Outline, id_: str) -> Iterator[str]:
    if id_:
        yield id_
    for child in outline.children(id_):
        yield from by_children(outline, child)


def test_inside_a_node_is_itself_and_all_below_it_in_the_order_of_the_plan() -> None:
    outline = deep()
    assert [n.id for n in outline.inside("c")] == ["c", "a", "ac", "b", "b1", "b1x", "cc"]
    assert [n.id for n in outline.inside("b1x")] == ["b1x"]
    for id_ in ("", *outline.nodes):
        assert [n.id for n in outline.inside(id_)] == list(by_children(outline, id_)), id_
