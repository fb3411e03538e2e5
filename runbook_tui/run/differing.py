"""Where this terminal differs from the one a step ran in, so that an undo may act elsewhere.

An undo gets the environment recorded for its step; what is looked at here is what a person at
another terminal would not expect: another cluster, account or database than their own, and
secrets that are never recorded and are not set here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runbook_tui.run.events import UndoArmed
from runbook_tui.run.once import once
from runbook_tui.run.rollback import RollbackPlan
from runbook_tui.run.state import FRESH, RunState, StepState

AIMING = (
    "KUBECONFIG", "HELM_KUBECONTEXT", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AZURE_CONFIG_DIR", "ARM_SUBSCRIPTION_ID", "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_CORE_PROJECT", "GOOGLE_CLOUD_PROJECT", "DOCKER_HOST", "DOCKER_CONTEXT",
    "VAULT_ADDR", "CONSUL_HTTP_ADDR", "NOMAD_ADDR", "TF_WORKSPACE", "PGHOST", "PGPORT",
    "PGDATABASE", "PGUSER", "PGSERVICE", "MYSQL_HOST", "REDIS_URL", "ANSIBLE_INVENTORY",
)  # fmt: skip
"""Variables that decide which cluster, account, host or database a command acts on."""


def differences(armed: UndoArmed, here: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences about what an undo has that this terminal has not, or has otherwise."""
    said = [
        f"{name} is {_value(here.get(name))} here, and {_value(armed.environment.get(name))} for it"
        for name in AIMING
        # Another machine has its own; only what the plan sets reaches it from here.
        if not armed.host and armed.environment.get(name) != here.get(name)
    ]
    lacking = [name for name in armed.withheld if not here.get(name)]
    if lacking:
        said.append(f"not set here, and set for its step: {', '.join(lacking)}")
    return tuple(said)


def differing(state: RunState, steps: Iterable[str], here: Mapping[str, str]) -> tuple[str, ...]:
    """The differences of several steps' undos, each said once."""
    return _differing(state.run, state.steps, steps, here)


def differing_in(state: RunState, plan: RollbackPlan, here: Mapping[str, str]) -> tuple[str, ...]:
    """Those of all that a rollback would take back; worked out once for a plan."""
    return _in_plan(state.run, state.steps, plan, here)


@once
def _in_plan(
    run: str, steps: Mapping[str, StepState], plan: RollbackPlan, here: Mapping[str, str]
) -> tuple[str, ...]:
    return _differing(run, steps, [item.step for item in plan.items], here)


def _differing(
    run: str, steps: Mapping[str, StepState], ids: Iterable[str], here: Mapping[str, str]
) -> tuple[str, ...]:
    known = _known_of(run, here)
    said: dict[str, None] = {}
    for step in ids:
        armed = steps.get(step, FRESH).undo
        if armed is None or armed.kind != "command":
            continue
        found = known.get(step)
        if found is None or found[0] is not armed:
            found = known[step] = (armed, differences(armed, here))
        said |= dict.fromkeys(found[1])
    return tuple(said)


@once
def _known_of(run: str, here: Mapping[str, str]) -> dict[str, tuple[UndoArmed, tuple[str, ...]]]:
    """What was said of each step's undo, in front of one terminal: neither of them changes."""
    return {}


def _value(value: str | None) -> str:
    return value or "not set"
