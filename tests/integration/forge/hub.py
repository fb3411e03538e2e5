"""A place whose remote is a GitHub on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.github.fake import TOKEN, FakeGitHub, serving
from tests.integration.forge.scenes import Place

SECRETS = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


@contextmanager
def at_github(folder: Path) -> Iterator[tuple[Place, FakeGitHub]]:
    """The place and its GitHub; fails where an answer of that was none of GitHub's."""
    place = Place(folder)
    with serving(place.remote) as hub:
        place.env = {k: v for k, v in place.env.items() if k not in SECRETS}
        place.env |= {
            "GITHUB_API_URL": hub.url, "GH_TOKEN": TOKEN, "GITHUB_REPOSITORY": hub.name,
            "RUNBOOK_RUN": "run7f3a", "RUNBOOK_STEP": "ship",
        }  # fmt: skip
        yield place, hub
