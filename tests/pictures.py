"""Pictures of the real demo on screen: ``python -m tests.pictures FOLDER`` writes SVG and PNG.

Everything in them happened: the merges, the service that breaks, the rollback.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from runbook_tui import wiring
from runbook_tui.cli.demo_screen import gate_waits
from runbook_tui.cli.opening import run_named
from runbook_tui.cli.playing import Play
from runbook_tui.report.html import to_html
from runbook_tui.run.state import OVER, Status, blockers
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.programs import ROOT
from tests.tui.piloting import text_of, until

SIZES = {"": (120, 36), "-80x24": (80, 24)}
BROWSER = ("chromium", "chromium-browser", "google-chrome")


async def lead_until(pilot: Pilot[int], app: RunbookApp, stop: str) -> None:
    """Press Enter from step to step until one has ended or failed."""
    session = app.session
    for id_ in session.state.outline.order:
        status = session.state.step(id_).status
        if status not in OVER:
            await until(pilot, lambda id_=id_: app.screen.chosen_step == id_)  # type: ignore[attr-defined, misc]
            if gate_waits(session.state):
                await pilot.press("s")
            await until(pilot, lambda id_=id_: not blockers(session.state, id_))  # type: ignore[misc]
            await pilot.press("enter")
            await until(pilot, lambda id_=id_: session.state.step(id_).status  # type: ignore[misc]
                        in {*OVER, Status.FAILED})  # fmt: skip
        if id_ == stop:
            return


def shoot(app: RunbookApp, folder: Path, name: str) -> None:
    """Write one picture."""
    (folder / f"{name}.svg").write_text(app.export_screenshot(title="Runbook"), encoding="utf-8")


async def play(folder: Path, sandbox: Path) -> None:
    """The whole demo, with a picture at each turn."""
    with Play(sandbox) as demo:
        app = demo.screen(pause=0.0)
        async with app.run_test(size=SIZES[""]) as pilot:
            await lead_until(pilot, app, "security-check")
            await lead_until(pilot, app, "performance-check")
            await pilot.pause(0.5)
            await each_size(pilot, app, folder, "checklist")
            await pilot.press("f9")
            await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
            await each_size(pilot, app, folder, "rollback")
            await pilot.pause(0.5)
            await pilot.press("f9")
            await until(pilot, lambda: "ROLLED BACK" in text_of(app))
            await each_size(pilot, app, folder, "rolled-back")


async def each_size(pilot: Pilot[int], app: RunbookApp, folder: Path, name: str) -> None:
    """The same moment at every size."""
    for suffix, size in reversed(SIZES.items()):
        await pilot.resize_terminal(*size)
        await pilot.pause(0.4)
        shoot(app, folder, f"{name}{suffix}")


def to_png(folder: Path) -> None:
    """Each SVG as PNG, and the report of the run, by a headless browser where there is one."""
    browser = next((shutil.which(b) for b in BROWSER if shutil.which(b)), None)
    if browser is None:
        sys.stderr.write("no chromium here: SVG only\n")
        return
    for svg in sorted(folder.glob("*.svg")):
        size = "1100,720" if "80x24" in svg.name else "1500,960"
        take(browser, svg, svg.with_suffix(".png"), size)
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "report.html"
        report = wiring.report(run_named(None))
        # Where this checkout lies is nobody's business.
        report = dataclasses.replace(report, source=os.path.relpath(report.source, ROOT))
        page.write_text(to_html(report), encoding="utf-8")
        take(browser, page, folder / "report.png", "1200,1500")


def take(browser: str, page: Path, picture: Path, size: str) -> None:
    """A picture of what a browser makes of a file."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--hide-scrollbars", f"--user-data-dir={profile}",
             f"--screenshot={picture.resolve()}", f"--window-size={size}",
             page.resolve().as_uri()],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip


def main() -> None:
    """Play the demo and write its pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="runbook-pictures-") as place:
        os.environ["RUNBOOK_HOME"] = f"{place}/home"
        asyncio.run(play(folder, Path(place) / "sandbox"))
        to_png(folder)


if __name__ == "__main__":
    main()
