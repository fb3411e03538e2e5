"""What the line that opens a block says of how it runs."""

from __future__ import annotations

import pytest

from tests.unit.book.markdown_plans import book, codes, steps


def step_of(info: str, command: str = "./turn") -> str:
    """A plan with one step, whose block is opened by a line."""
    return f"# Mill\n\n1. Turn\n\n   ```{info}\n   {command}\n   ```\n"


@pytest.mark.parametrize(
    ("info", "name", "value"),
    [
        ("bash {timeout=5m}", "timeout", 300),
        ("sh { timeout=90s confirm=true }", "timeout", 90),
        ('sh {"name":"a","timeout":"1h"}', "timeout", 3600),
        ("bash {confirm=true}", "confirm", "Run “Turn”?"),
        ('bash {confirm="Is the mill empty?"}', "confirm", "Is the mill empty?"),
        ('sh {"confirm":true}', "confirm", "Run “Turn”?"),
        ("bash {confirm=false}", "confirm", None),
        ("bash {cwd=mill}", "cwd", "mill"),
        ("bash {cwd=.}", "cwd", None),
        ('sh {"interactive":"true"}', "interactive", True),
        ('sh {"interactive":"false"}', "interactive", False),
        ("sh { background=true }", "background", True),
        ("bash {timeout=soon}", "timeout", None),
        ("bash {timeout=5m", "timeout", 300),
        ('sh {"timeout":', "timeout", None),
        ("sh {[]}", "timeout", None),
        ("bash title=x", "timeout", None),
    ],
)
def test_a_block_says_how_it_runs(info: str, name: str, value: object) -> None:
    (step,) = steps(step_of(info))
    assert step.run == "./turn"
    assert getattr(step, name) == value


@pytest.mark.parametrize("info", ["bash {run=false}", 'sh {"run":"false"}', "sh { run=no }"])
def test_a_block_that_is_only_shown(info: str) -> None:
    (step,) = steps(step_of(info))
    assert step.run is None
    assert [c.runnable for c in book(step_of(info)).commands] in ([], [False])


def test_of_several_blocks_what_the_first_says_counts() -> None:
    text = step_of("bash {timeout=5m}") + "\n   ```bash {timeout=9m cwd=mill}\n   ./b\n   ```\n"
    (step,) = steps(text)
    assert (step.timeout, step.cwd) == (300, "mill")


def test_the_head_of_a_typed_block() -> None:
    block = '```step name="a"\n  timeout: 30s\n  confirm: production\n---\n./a\n```\n'
    (step,) = steps(f"# Mill\n\n## Turn\n\n{block}")
    assert (step.run, step.timeout, step.confirm) == ("./a", 30, "production")


def test_what_asks_first_or_is_typed_into_needs_no_finding() -> None:
    assert "destructive" in dict(codes(step_of("bash", "dropdb mill")))
    assert "destructive" not in dict(codes(step_of("bash {confirm=true}", "dropdb mill")))
    assert "opens-editor" not in dict(codes(step_of("bash {interactive=true}", "vim a")))


@pytest.mark.parametrize(
    "block",
    ['```wait\n10m\n```', '```wait duration="10m"\n```', "```wait\nduration: 10 minutes\n```",
     "```wait\n  duration: 10m\n---\n```", "```wait {duration=10m}\n# let it settle\n```"],
)  # fmt: skip
def test_a_pause_is_a_step_with_a_clock_and_no_command(block: str) -> None:
    before, pause = steps(f"# P\n\n## Go\n\n```step\n./go\n```\n\n## Settle\n\n{block}\n")
    assert before.run == "./go"
    assert pause.estimate is not None
    assert (pause.title, pause.run, pause.estimate.maximum) == ("Settle", None, 600)


def test_waiting_that_a_command_does_is_a_step_that_runs_it() -> None:
    (wait,) = steps('# P\n\n## Soak\n\n```wait name="soak" duration="15s"\n./soak\n```\n')
    assert (wait.title, wait.run, wait.effect, wait.estimate) == ("soak", "./soak", False, None)
