"""A step of a Markdown plan that is tried again begins with what it began with."""

from __future__ import annotations

from runbook_tui.book.model import Runbook, Step
from runbook_tui.book.reader import read
from runbook_tui.run import events as e
from runbook_tui.run.beginning_again import as_begun
from runbook_tui.run.prepare import step_environment, step_sources
from tests.fakes.history import History

PLAN = """\
# P

1. First
   ```sh
   N=1
   ```
2. Count
   ```sh
   N=$((N+1)); M=x$N
   ./may-fail $N
   ```
3. Use
   ```sh
   echo $N $M
   ```
"""


def counted(book: Runbook) -> tuple[History, Step]:
    history = History(book)
    first, count, _ = book.walk()
    history.add(e.ParameterCaptured(name="N", value="1"), first.id)
    history.add(e.ParameterCaptured(name="N", value="2"), count.id)
    history.add(e.ParameterCaptured(name="M", value="x2"), count.id)
    return history, count


def test_so_it_is_where_it_was_started_again() -> None:
    history, count = counted(read(PLAN, "plan.md"))
    history.add(e.StepStarted(attempt=2), count.id)
    assert got(history, count) == {"N": "1"}


def got(history: History, step: Step) -> dict[str, str]:
    found = step_environment(as_begun(history.state, step), step, {})
    return {name: value for name, value in found.items() if name in {"N", "M"}}


def test_what_its_own_attempt_has_put_out_is_not_counted_on() -> None:
    history, count = counted(read(PLAN, "plan.md"))
    assert step_environment(history.state, count, {})["N"] == "2"
    assert got(history, count) == {"N": "1"}
    # Its source is told as it is: the step that made that value.
    found = step_sources(as_begun(history.state, count), count, ())
    assert (found["N"], "M" in found) == ("output of first", False)


def test_what_another_step_has_put_out_since_is_newer_and_counts() -> None:
    history, count = counted(read(PLAN, "plan.md"))
    history.add(e.ParameterCaptured(name="N", value="7"), "first")
    assert got(history, count) == {"N": "7"}


def test_the_steps_behind_it_get_what_it_has_put_out() -> None:
    history, _ = counted(read(PLAN, "plan.md"))
    use = list(history.state.runbook.walk())[2]
    assert got(history, use) == {"N": "2", "M": "x2"}


def test_a_step_of_toml_keeps_what_it_has_put_out() -> None:
    text = (
        'format = 1\ntitle = "T"\n[[phase]]\ntitle = "P"\n[[phase.step]]\ntitle = "First"\n'
        'run = "x"\noutputs = ["N"]\n[[phase.step]]\ntitle = "Count"\nrun = "y"\n'
        'outputs = ["N", "M"]\n[[phase.step]]\ntitle = "Use"\nrun = "z"\n'
    )
    history, count = counted(read(text, "plan.toml"))
    assert got(history, count) == {"N": "2", "M": "x2"}
