"""What is to be measured now, with the values of the run: for whoever measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runbook_tui.book.literals import MARK
from runbook_tui.book.model import Watch
from runbook_tui.run.prepare import resolve, secrets_in, substitute_plain, variables
from runbook_tui.run.state import RunState
from runbook_tui.run.watch_scope import LIMIT, cadence
from runbook_tui.run.watching import by_exit
from runbook_tui.session.launching import prepare_step
from runbook_tui.session.ports.probes import (
    Ask,
    CommandProbe,
    HttpProbe,
    PrometheusProbe,
    Wrong,
)
from runbook_tui.session.workbench import Workbench


class Unready(Exception):
    """Why something cannot be asked."""


def ask_of(bench: Workbench, watch: Watch) -> Ask:
    """How a watch is measured now; one that lacks a value says so instead of a value."""
    every = cadence(bench.state, watch)
    try:
        probe: CommandProbe | HttpProbe | PrometheusProbe | Wrong = _probe(bench, watch)
    except Unready as error:
        probe = Wrong(reason=str(error))
    hidden = tuple(v for v in bench.vault.values() if v)
    return Ask(probe=probe, every=every, timeout=watch.timeout or min(every, LIMIT), hidden=hidden)


def ask_of_box(bench: Workbench, box: Watch, every: float) -> Ask:
    """How the probe of a box is asked again and again; that of a step's as its step asked it."""
    text, owner = box.probe.run or "", bench.state.outline[box.id].owner
    try:
        probe: CommandProbe | Wrong = (
            _of_step(bench, owner, text, box.id)
            if owner in bench.state.outline.steps
            else _command(bench, text, by_exit=True)
        )
    except Unready as error:
        probe = Wrong(reason=str(error))
    hidden = tuple(v for v in bench.vault.values() if v)
    return Ask(probe=probe, every=every, timeout=box.timeout or LIMIT, hidden=hidden)


def _probe(bench: Workbench, watch: Watch) -> CommandProbe | HttpProbe | PrometheusProbe:
    probe = watch.probe
    if probe.run is not None:
        return _command(bench, probe.run, by_exit=by_exit(watch))
    asked = probe.http or probe.prometheus or {}
    filled = _filled(bench, {**asked, **{f"header {n}": v for n, v in probe.headers.items()}})
    headers = {name: filled[f"header {name}"] for name in probe.headers}
    if probe.prometheus is not None:
        return PrometheusProbe(url=filled["url"], query=filled["query"], headers=headers)
    measure = "json" if "json" in asked else asked.get("measure", "status")
    path = filled.get("json", "")
    return HttpProbe(url=filled["url"], measure=measure, path=path, headers=headers)


def _filled(bench: Workbench, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts that no shell sees, with their values; those of secrets, too."""
    named = {m.group(1) for text in texts.values() for m in MARK.finditer(text)}
    values = {**bench.state.values, **_secrets(bench, named & set(bench.state.secrets))}
    found = {}
    for key, text in texts.items():
        found[key], missing = substitute_plain(text, values)
        if missing:
            raise Unready(f"it needs a value for {', '.join(missing)}")
    return found


def _secrets(bench: Workbench, names: Iterable[str]) -> dict[str, str]:
    wanted = tuple(names)
    if not wanted:
        return {}
    if absent := bench.absent_secrets(wanted):
        raise Unready(f"it needs the secret {', '.join(absent)}")
    held = bench.secret_values()
    return {name: held[name] for name in wanted}


def _of_step(bench: Workbench, owner: str, text: str, box: str) -> CommandProbe:
    """In the step's folder, shell and environment, with what it has put out."""
    _secrets(bench, secrets_in(bench.state, text))
    launch = prepare_step(bench, bench.step(owner), "probe", text, box)
    if launch.refused:
        raise Unready(launch.refused)
    spec = launch.spec
    return CommandProbe(argv=spec.argv, cwd=spec.cwd, environment=spec.environment, by_exit=True)


def _command(bench: Workbench, text: str, *, by_exit: bool) -> CommandProbe:
    state: RunState = bench.state
    filled = resolve(state, text, state.values)
    if filled.open:
        reasons = [r.reason for r in filled.refused]
        names = f"it needs a value for {', '.join(filled.missing)}" if filled.missing else ""
        raise Unready("; ".join(filter(None, (names, *reasons))))
    environment = {
        **bench.surroundings.environment,
        **variables(state.values),
        **_secrets(bench, secrets_in(state, text)),
        "RUNBOOK_RUN": state.run,
    }
    return CommandProbe(
        argv=(*bench.surroundings.shell(None), filled.text),
        cwd=state.begun.folder if state.begun is not None else "/",
        environment=environment,
        by_exit=by_exit,
    )
