"""Commands for other machines: what is started here is the ssh that carries them there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from runbook_tui.run.remote import PROGRAM
from runbook_tui.session.ports.commands import CommandSpec, Remote


def carried(
    spec: CommandSpec,
    host: str,
    text: str,
    shell: tuple[str, ...],
    ssh: str,
    here: Mapping[str, str],
) -> CommandSpec:
    """The command as it is sent to ``host``; folder and environment of ``spec`` are those there.

    ``here`` is the environment of ssh, ``ssh`` the one to call where it is not the caller's.
    """
    remote = Remote(host=host, text=text, shell=shell, cwd=spec.cwd, environment=spec.environment)
    calling = {**here, PROGRAM: ssh} if ssh else here
    return dataclasses.replace(spec, cwd="/", environment=calling, remote=remote)
