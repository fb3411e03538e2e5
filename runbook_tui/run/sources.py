"""Where a command's variables come from, in the words that are recorded.

A variable that is not named here is inherited: by a step from the terminal where it was started,
by an undo from the record of its step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

DEFAULT = "default"
"""The plan's own value for a parameter."""
GIVEN = "-p"
ASKED = "asked"
TERMINAL = "environment"
"""A variable of the terminal that a Markdown plan uses as a parameter."""
PARAMETER = "parameter"
"""A value of the run whose source was not recorded: it is older than that."""
ENV = "env"
"""What the plan sets for the step."""
OURS = "runbook"
CALLER = "terminal of the rollback"
"""What the step did not have and whoever rolls back has."""
NAMED = (
    "RUNBOOK_RUN", "RUNBOOK_STEP", "RUNBOOK_OUTPUT", "RUNBOOK_SIGNED_HEADS",
    "RUNBOOK_PULL_REQUEST", "RUNBOOK_PULL_REQUEST_BASE",
)  # fmt: skip


WORDS = {
    DEFAULT: "the plan's default",
    GIVEN: "given with -p",
    ASKED: "given when it was asked for",
    TERMINAL: "from the terminal where the run was started",
    PARAMETER: "a value of the run",
    ENV: "the step's env",
}


def told(source: str) -> str:
    """A source in the words that a person is told."""
    return WORDS.get(source, source)


def output_of(step: str) -> str:
    """What a step has put out."""
    return f"output of {step}"


def secret_from(source: str) -> str:
    """A secret, by its source: ``env X``, ``file F``, ``command C``, ``asked`` or ``-p``."""
    return f"secret: {source}"


def sources(
    *,
    ours: Iterable[str],
    values: Iterable[str],
    known: Mapping[str, str],
    outputs: Iterable[str],
    step: str,
    env: Iterable[str],
) -> dict[str, str]:
    """The source of each variable that is not inherited; what comes later holds.

    ``values`` are the run's, ``known`` where they come from; ``outputs`` are the ``step``'s own.
    Secrets come on top, as `secret_from` says.
    """
    return {
        **dict.fromkeys(ours, OURS),
        **{name: known.get(name, PARAMETER) for name in values},
        **dict.fromkeys(outputs, output_of(step)),
        **dict.fromkeys(env, ENV),
        **dict.fromkeys(NAMED, OURS),
    }


def inherited(environment: Iterable[str], named: Collection[str]) -> tuple[str, ...]:
    """The variables that a command has from where it was started."""
    return tuple(sorted(set(environment) - set(named)))
