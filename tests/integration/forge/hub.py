"""A place whose remote is a GitHub on loopback."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from runbook_tui.book.actions import ACTIONS
from runbook_tui.book.model import Step
from runbook_tui.book.parameters import fill_in
from runbook_tui.forge.program import main
from runbook_tui.wiring import surroundings
from tests.github.fake import TOKEN, FakeGitHub, serving
from tests.integration.forge.scenes import Place

SECRETS = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


class HubPlace(Place):
    """Actions at GitHub are run here, in this process: loading what they need takes longer than
    they do. As programs they run where a whole plan is carried out."""

    def act(self, action: str, **values: str) -> tuple[subprocess.CompletedProcess[str], str, str]:
        if not action.startswith("github."):
            return super().act(action, **values)
        self.output.write_text("")
        step = surroundings().expand(Step(id="s", title="S", action=action, arguments=values))
        done = self._program(f"{action}.before", values) if ACTIONS[action].prepares else None
        if done is None or done.returncode == 0:
            done = self._program(action, values)
        undo = fill_in(step.undo or "", self.outputs)
        assert done.returncode or not undo.open
        return done, undo.text, fill_in(step.verify_undo or "", self.outputs).text

    def _program(self, name: str, values: dict[str, str]) -> subprocess.CompletedProcess[str]:
        given = {f"WITH_{key.upper()}": value for key, value in values.items()}
        environment = {**self.env, **given, "RUNBOOK_OUTPUT": str(self.output)}
        out, err = io.StringIO(), io.StringIO()
        here = patch.dict(os.environ, environment, clear=True)
        with here, chdir(self.work), redirect_stdout(out), redirect_stderr(err):
            ended = main([name])
        return subprocess.CompletedProcess([name], ended, out.getvalue(), err.getvalue())


@contextmanager
def at_github(folder: Path) -> Iterator[tuple[Place, FakeGitHub]]:
    """The place and its GitHub; fails where an answer of that was none of GitHub's."""
    place = HubPlace(folder)
    with serving(place.remote) as hub:
        place.env = {k: v for k, v in place.env.items() if k not in SECRETS}
        place.env |= {
            "GITHUB_API_URL": hub.url, "GH_TOKEN": TOKEN, "GITHUB_REPOSITORY": hub.name,
            "RUNBOOK_RUN": "run7f3a", "RUNBOOK_STEP": "ship",
        }  # fmt: skip
        yield place, hub
