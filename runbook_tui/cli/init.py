"""``runbook init [FILE] --template NAME``: a plan to begin with, from those that come with it."""

from __future__ import annotations

from pathlib import Path

import click

from runbook_tui.cli import exits, say
from runbook_tui.cli.exits import Ended
from runbook_tui.cli.written import write_new

TEMPLATES = {
    "deploy": "service-deploy.toml",
    "merge-train": "safe-merge.toml",
    "database-upgrade": "postgresql-major-upgrade.toml",
    "incident": "incident-response.toml",
    "failover": "failover.toml",
    "kubernetes": "kubernetes-rollout.toml",
    "certificate": "certificate-rotation.toml",
    "python-release": "python-package-release.toml",
}
"""What ``--template`` knows, and the plan that it stands for."""


@click.command("init")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--template", type=click.Choice(list(TEMPLATES)), help="what to begin with")
@click.option("--title", help="what the plan is called")
def command(file: Path | None, template: str | None, title: str | None) -> int:
    """Write a plan to begin with; without --template list what there is.

    FILE is named after the template where it is not given. A file that is there is never
    overwritten.
    """
    if template is None:
        return _list(file)
    target = file if file is not None else Path(f"{template}.toml")
    if target.suffix != ".toml":
        ours = target.with_suffix(".toml")
        raise Ended(
            exits.USAGE,
            f"{target}: a plan in TOML ends in .toml",
            f"runbook init {ours} --template {template}",
        )
    text = _shipped(TEMPLATES[template])
    write_new(target, text if title is None else _titled(text, title))
    say.out(f"{target} is there")
    say.err(f"look at it:    runbook show {target}")
    say.err(f"hold it right: runbook check {target} --watch")
    say.err(f"rehearse it:   runbook run {target} --rehearse")
    return exits.DONE


def _list(file: Path | None) -> int:
    if file is not None:
        names = ", ".join(TEMPLATES)
        raise Ended(exits.USAGE, f"which template is {file} to be made of?", f"--template {names}")
    width = max(map(len, TEMPLATES))
    for name, shipped in TEMPLATES.items():
        say.out(f"{name:<{width}}  {_about(_shipped(shipped))}")
    say.err("runbook init FILE.toml --template NAME writes one to begin with")
    return exits.DONE


def _about(text: str) -> str:
    """The first sentence of the remark that a plan begins with."""
    head = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        head.append(line.lstrip("# "))
    words = " ".join(head)
    end = min((i for i in (words.find(". "), words.find(": ")) if i > 0), default=len(words))
    return words[:end].rstrip(".")


def _shipped(name: str) -> str:
    from runbook_tui import wiring

    path = next(p / name for p in wiring.shipped_plans() if (p / name).exists())
    return path.read_text(encoding="utf-8")


def _titled(text: str, title: str) -> str:
    """The same plan under another title."""
    import tomli_w

    lines = text.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith("title = "))
    lines[at] = tomli_w.dumps({"title": title})
    return "".join(lines)
