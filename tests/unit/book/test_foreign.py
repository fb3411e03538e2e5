"""Files of other formats are known by their name or by how they begin, and refused."""

from __future__ import annotations

import pytest

from runbook_tui.book.findings import PlanFaults
from runbook_tui.book.foreign import foreign
from runbook_tui.book.reader import decode

ATUIN = (
    "id: 0196\nname: Restart\nversion: 1\ncontent:\n- id: a\n  type: run\n  props:\n    code: ls\n"
)
CONTENTS = {
    "script": ("#!/bin/sh\nls\n", "a script"),
    "page": ("<!DOCTYPE html>\n<p>1. Stop</p>\n", "HTML"),
    "json": ('{"steps": ["1. Stop"]}', "JSON"),
    "list": ('[{"a": 1}]', "JSON"),
    "ruby": ("require 'runbook'\n\nrunbook = Runbook.book 'Stop' do\nend\n", "a Ruby runbook"),
    "mdx": ("import { Command } from './x'\n\n# Stop\n\n1. a\n", "MDX"),
    "yaml": (ATUIN, "YAML"),
    "yaml with a head": (f"---\n{ATUIN}", "YAML"),
    "rtf": ("{\\rtf1 Stop}", "RTF"),
}


@pytest.mark.parametrize("case", CONTENTS)
@pytest.mark.parametrize("name", ["plan.md", "plan.txt", "plan", "plan.runbook"])
def test_content_of_another_format_is_refused_whatever_its_name(name: str, case: str) -> None:
    text, what = CONTENTS[case]
    with pytest.raises(PlanFaults) as refused:
        decode(text.encode(), name)
    (fault,) = refused.value.faults
    assert fault.message == f"this is {what}, and only Markdown and TOML plans are read"
    assert fault.hint


@pytest.mark.parametrize(
    "text",
    [
        "# Stop\n\n1. a\n", "1. a\n2. b\n", "- [ ] a\n", "[link](a) first\n", "[x] a\n",
        "{{ a }}\n", "#!/usr/bin/env -S runbook run\n\n1. a\n",
        "Owner: Ann\nDate: today\n\n1. Stop\n   - Risk: low\n2. Go\n",
        "---\ntitle: a\n---\n\n1. b\n",
        "---\ntitle: a\nsteps:\n  - b: c\n  - d: e\n---\n\n# Stop\n\n1. Turn it\n", "#! a\n"[1:],
        "import the data, then:\n\n1. a\n", "```json\n{}\n```\n", "<details>\n\n1. a\n", "",
        "Runbook: Stop\n\n1. a\n", "```ruby\n  Runbook.book\n```\n",
    ],
)  # fmt: skip
def test_markdown_is_not_taken_for_something_else(text: str) -> None:
    assert foreign("plan.md", text.encode()) == ""
    assert foreign("plan.erb", text.encode()) == ""


def test_toml_is_known_by_its_name() -> None:
    assert foreign("plan.toml", b"a:\n  b: c\n  d: e\n  f: g\n  h: i\n") == ""
