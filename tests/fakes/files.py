"""Plans of several files, held in memory."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from runbook_tui.book.findings import Fault, PlanFaults
from runbook_tui.book.model import Runbook
from runbook_tui.book.reader import read


def read_files(files: Mapping[str, str], name: str = "plan.toml", folder: str = "") -> Runbook:
    """The runbook of one of the files; names are relative to the folder."""
    return read(files[name], folder + name, files.__getitem__)


def faults_of(files: Mapping[str, str], name: str = "plan.toml") -> list[Fault]:
    """The faults of one of the files."""
    with pytest.raises(PlanFaults) as caught:
        read_files(files, name)
    return list(caught.value.faults)


def said(files: Mapping[str, str], name: str = "plan.toml") -> list[str]:
    """The same as ``file:line:column: message``."""
    return [f"{f.source or name}:{f.line}:{f.column}: {f.message}" for f in faults_of(files, name)]
