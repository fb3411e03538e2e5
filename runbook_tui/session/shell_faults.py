"""What ShellCheck says about the commands of a plan: asked by ``check`` alone, never for a run."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from runbook_tui.book.findings import Finding
from runbook_tui.book.literals import MARK
from runbook_tui.book.markdown.placeholders import PLACEHOLDER
from runbook_tui.book.model import Runbook
from runbook_tui.book.sense.calls import Text, texts_of
from runbook_tui.session.ports.runner import Runner

SHELLS = re.compile(r"^(?:\S*/)?(?P<name>bash|sh|dash|ksh)(?:\s|$)")
NOT_HERE = "1090,1091,1128,2024,2034,2044,2045,2046,2086,2140,2148,2154,2155,2164,2239,2312"
"""What is no fault here: values come from the environment, `-e` is set; and matters of taste."""

MOST = 500
"""So many texts of a plan are looked at, in one run of the program."""

SECONDS = 30.0


def shell_faults(runbook: Runbook, runner: Runner) -> tuple[Finding, ...] | None:
    """What the program finds in the texts that a shell runs; None where it does not answer.

    It is looked for beside this program, where the extra ``check`` puts it, then on the PATH. It
    gets the texts with every placeholder as a plain word: no value and no secret.
    """
    beside = str(Path(sys.executable).parent)
    program = shutil.which("shellcheck", path=beside) or shutil.which("shellcheck")
    texts = [text for text in texts_of(runbook) if _shell(text)][:MOST]
    if not texts or program is None:
        return None if texts else ()
    with tempfile.TemporaryDirectory(prefix="runbook-check-") as folder:
        names = [str(Path(folder) / f"{number}.sh") for number in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            Path(name).write_text(f"#!/bin/bash\n{_plain(text.text)}\n", encoding="utf-8")
        asked = [program, "--norc", "--format=json1", "--severity=warning",
                 f"--exclude={NOT_HERE}", "--shell=bash", *names]  # fmt: skip
        outcome = runner.run(asked, cwd=folder, timeout=SECONDS)
    if outcome.exit not in {0, 1}:
        return None
    try:
        comments = json.loads(outcome.stdout)["comments"]
        return tuple(_findings(comments, dict(zip(names, texts, strict=True))))
    except (ValueError, KeyError, TypeError):
        return None


def _shell(text: Text) -> bool:
    """Whether a POSIX shell runs a text that somebody may start."""
    if text.step is None and not text.back:
        return False
    shell = text.step.shell if text.step is not None else None
    return shell is None or SHELLS.match(shell) is not None


def _plain(text: str) -> str:
    """A text with a word of the same length for every value."""
    for mark in (MARK, PLACEHOLDER):
        text = mark.sub(lambda m: "x" * len(m.group(0)), text)
    return text


def _findings(comments: Sequence[dict[str, Any]], texts: dict[str, Text]) -> Iterator[Finding]:
    told: set[tuple[str, int]] = set()
    for comment in sorted(comments, key=lambda c: (c["file"], c["level"] != "error", c["line"])):
        text = texts[comment["file"]]
        broken = comment["level"] == "error"
        # Where a text cannot be read, one fault brings others, and the first one says most.
        place = (comment["file"], -1 if broken else int(comment["line"]))
        if place in told:
            continue
        told.add(place)
        yield Finding(
            code="shell", severity=("high" if text.back else "medium") if broken else "low",
            line=text.line + int(comment["line"]) - 2, source=text.source,
            message=f"{comment['message']} (ShellCheck SC{comment['code']})",
        )  # fmt: skip
