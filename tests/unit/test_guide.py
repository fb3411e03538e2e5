"""The guide says what is so: its plans are sound, its commands exist, its links lead somewhere."""

from __future__ import annotations

import importlib
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from runbook_tui.book.reader import read
from runbook_tui.cli.program import COMMANDS
from runbook_tui.preferences.reading import read_text
from runbook_tui.run import requests as r
from runbook_tui.run.state import Status
from tests.fakes.history import History

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))
FENCE = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"`runbook(?: ([a-z][a-z-]*))?([^`]*)`")
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def fences(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, text)
        for page in PAGES
        for _, found, text in FENCE.findall(page.read_text())
        if found == language
    ]


@pytest.mark.parametrize(("page", "text"), fences("toml"))
def test_every_example_in_toml_is_sound(page: str, text: str) -> None:
    if "format = 1" not in text:
        assert read_text(text, page).faults == ()
        return
    found = read(text, "plan.toml")
    assert tomllib.loads(text)["title"] == found.title
    bad = [f for f in found.findings if f.severity in {"high", "medium"}]
    assert not bad, (page, bad)


FORMAT = re.findall(
    r"^```toml\n(.*?)^```", (ROOT / "docs/format.md").read_text(), re.MULTILINE | re.DOTALL
)
PLANS = [text for _, text in fences("toml") if "format = 1" in text] + FORMAT


@pytest.mark.parametrize("text", PLANS)
def test_every_plan_of_the_pages_can_be_gone_through(text: str) -> None:
    found = read(text, "plan.toml")
    values = {p.name: p.choices[0] if p.choices else "v1.0" for p in found.parameters}
    history = History(found, values, rehearse=True)
    for step in found.walk():
        if step.hosts:
            return  # Its hosts are the session's.
        answer = history.ask(r.StartStep(step=step.id))
        assert not isinstance(answer, r.Refusal), answer
        assert history.state.step(step.id).status is Status.REHEARSED
    assert not any(row.status is Status.PENDING for row in history.state.steps.values())


def test_the_first_plan_in_markdown_is_read_as_its_page_says() -> None:
    ((_, text),) = fences("markdown")
    found = read(text, "plan.md")
    steps = list(found.walk())
    assert [step.title for step in steps] == [
        "Switch to the new version", "Look at it", "The page opens", "No errors in the log"
    ]  # fmt: skip
    assert steps[0].run is not None
    assert steps[0].undo == "echo v2.3 > live"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_every_command_and_option_exists(page: Path) -> None:
    for name, rest in COMMAND.findall(page.read_text()):
        if not name:
            continue
        assert name in COMMANDS, name
        module = importlib.import_module(f"runbook_tui.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        known = {option for parameter in command.params for option in parameter.opts}
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in known, (name, option)


LINES = [
    line.partition("#")[0].strip()
    for page in (*PAGES, ROOT / "README.md")
    for _, language, text in FENCE.findall(page.read_text())
    for line in (text.splitlines() if language == "sh" else ())
    if line.startswith("runbook ")
]


@pytest.mark.parametrize("line", LINES)
def test_every_line_to_type_is_one_that_the_program_takes(line: str) -> None:
    name, *words = shlex.split(line)[1:]
    module = importlib.import_module(f"runbook_tui.cli.{name.replace('-', '_')}")
    command: click.Command = module.command
    context = command.make_context(name, words)
    assert context.params is not None


def test_every_command_has_its_place_in_the_guide() -> None:
    guide = "\n".join(page.read_text() for page in PAGES)
    assert [name for name in COMMANDS if not re.search(rf"runbook {name}\b", guide)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "guide" / "README.md").read_text()
    for page in PAGES:
        assert page.name == "README.md" or f"({page.name})" in index
