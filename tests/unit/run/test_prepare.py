"""What a step's commands find in their environment, and what has to be given first."""

from __future__ import annotations

import pytest

from runbook_tui.book.model import Step
from runbook_tui.book.reader import read
from runbook_tui.run.prepare import step_environment
from runbook_tui.run.requests import GiveValue, SkipStep, StartStep, ValuesMissing
from runbook_tui.run.state import Status
from tests.fakes.history import History
from tests.integration.session.scene import book

PLAN = "# Move\n\n1. **Look**\n   ```bash\n   ls <PATH> <LD_PRELOAD> <TARGET>\n   ```\n"


def test_a_placeholder_called_like_a_variable_of_the_system_does_not_take_its_place() -> None:
    book = read(PLAN, "p.md")
    values = {p.name: "/srv" for p in book.parameters}
    assert set(values) == {"PATH", "LD_PRELOAD", "TARGET"}
    state = History(book, values).state
    found = step_environment(state, next(book.walk()), {"PATH": "/usr/bin"})
    assert found["PATH"] == "/usr/bin"
    assert found["TARGET"] == "/srv"
    assert "LD_PRELOAD" not in found


MAKER = Step(id="make", title="Make", run="true", undo="true", outputs=("old",))


def asks_for(run: str, **more: object) -> tuple[str, ...]:
    """What the step behind one that has put out nothing has to be given."""
    step = Step(id="use", title="Use", run=run, undo="true", **more)  # type: ignore[arg-type]
    story = History(book(MAKER, step))
    story.ran("make")
    answer = story.ask(StartStep(step="use"))
    return answer.names if isinstance(answer, ValuesMissing) else ()


@pytest.mark.parametrize("text", ["rm $old", 'rm "${old}"', "bash -c 'rm $old'"])
def test_a_variable_that_no_step_has_put_out_is_asked_for(text: str) -> None:
    assert asks_for(text) == ("old",)
    assert asks_for("true", before=text) == ("old",)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("rm ${old:-none}", {}),
        ("old=x; rm $old", {}),
        ("rm $other", {}),
        ("rm \\$old", {}),
        ("rm $old", {"env": {"old": "x"}}),
        ("rm $old", {"outputs": ("old",)}),
        ("print('$old')", {"shell": "python3 -c"}),
    ],
)
def test_what_the_author_has_thought_of_is_not_asked_for(
    text: str, more: dict[str, object]
) -> None:
    assert asks_for(text, **more) == ()


def test_a_variable_of_a_step_that_was_skipped_is_asked_for_until_it_is_given() -> None:
    story = History(book(MAKER, Step(id="use", title="Use", run="rm $old", undo="true")))
    story.ask(SkipStep(step="make", reason="not today"))
    answer = story.ask(StartStep(step="use"))
    assert isinstance(answer, ValuesMissing), answer
    story.ask(GiveValue(name="old", value="1"))
    story.ask(StartStep(step="use"))
    assert story.state.step("use").status is Status.RUNNING


def test_what_only_a_later_step_puts_out_is_a_variable_of_the_author() -> None:
    first = Step(id="use", title="Use", run=". ./env; rm $old", undo="true")
    story = History(book(first, MAKER))
    story.ask(StartStep(step="use"))
    assert story.state.step("use").status is Status.RUNNING
