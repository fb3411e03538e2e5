"""Pictures of the real demo on screen: ``python -m tests.pictures FOLDER`` writes SVG and PNG.

Everything in them happened: the merges, the service that breaks, the rollback. ``demo.svg`` is a
film of it, ``index.png`` shows every picture on one page.
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

from textual.app import App
from textual.pilot import Pilot

from runbook_tui import wiring
from runbook_tui.cli.demo_screen import gate_waits
from runbook_tui.cli.home_source import HomeSource
from runbook_tui.cli.playing import Play
from runbook_tui.cli.reading import run_named
from runbook_tui.preferences.model import Preferences
from runbook_tui.report.html import to_html
from runbook_tui.run.order import blockers
from runbook_tui.run.state import OVER, Status
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.home.app import HomeApp
from runbook_tui.tui.screens.rollback import RollbackScreen
from tests.cast import Cast
from tests.programs import ROOT
from tests.tui.piloting import text_of, until

SIZES = {"": (120, 36), "-80x24": (80, 24)}
WALL = (200, 56)
FACES = {
    "light": Preferences(theme="runbook-light"),
    "contrast": Preferences(theme="runbook-contrast"),
    "colour-safe": Preferences(theme="runbook-colour-safe"),
    "ascii": Preferences(glyphs="ascii"),
}
"""Settings that the checklist is also shown with."""
KEPT = ("checklist", "rollback", "rolled-back", "home", "wall")
"""Of these there is a PNG, too; the others are SVG, and on the page that shows all."""
FILM = SIZES["-80x24"]
COLUMNS = 3
"""Pictures side by side on the page that shows all of them."""
BROWSER = ("chromium", "chromium-browser", "google-chrome")


async def lead_until(pilot: Pilot[int], app: RunbookApp, stop: str, cast: Cast) -> None:
    """Press Enter from step to step until one has ended or failed."""
    session = app.session
    cast.add(picture(app), 1.5)
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
            cast.add(picture(app), 0.45)
        if id_ == stop:
            return


def picture(app: App[int]) -> str:
    """The screen as it is now."""
    return app.export_screenshot(title="Runbook")


def shoot(app: App[int], folder: Path, name: str) -> None:
    """Write one picture."""
    (folder / f"{name}.svg").write_text(picture(app), encoding="utf-8")


async def play(folder: Path, sandbox: Path) -> None:
    """The whole demo, with a picture at each turn."""
    cast = Cast()
    with Play(sandbox) as demo:
        app = demo.screen(pause=0.0)
        async with app.run_test(size=FILM) as pilot:
            await lead_until(pilot, app, "security-check", cast)
            await lead_until(pilot, app, "performance-check", cast)
            await pilot.pause(0.5)
            cast.add(picture(app), 4.0)
            await pilot.resize_terminal(*SIZES[""])
            await faces(pilot, app, folder)
            await each_size(pilot, app, folder, "checklist")
            await pilot.press("f9")
            await until(pilot, lambda: isinstance(app.screen, RollbackScreen))
            await each_size(pilot, app, folder, "rollback")
            await pilot.resize_terminal(*FILM)
            await pilot.pause(0.5)
            cast.add(picture(app), 5.0)
            await pilot.press("f9")
            while "ROLLED BACK" not in text_of(app):
                await pilot.pause(0.05)
                cast.add(picture(app), 0.3)
            cast.add(picture(app), 6.0)
            await each_size(pilot, app, folder, "rolled-back")
        # Where the sandbox was is nobody's business.
        film = cast.svg().replace(str(sandbox), "/srv/harbour")
        (folder / "demo.svg").write_text(film, encoding="utf-8")
        await at_home(folder, sandbox)


async def faces(pilot: Pilot[int], app: RunbookApp, folder: Path) -> None:
    """One step alone, the wall, the help, the timeline, and other colours."""
    for key, back, name in (
        ("f", "f", "focus"),
        ("question_mark", "escape", "help"),
        ("t", "escape", "timeline"),
        ("slash", "escape", "find"),
    ):
        await pilot.press(key)
        app.say("")
        await pilot.pause(0.5)
        await each_size(pilot, app, folder, name)
        await pilot.press(back)
        await pilot.pause(0.3)
    app.action_wall()
    await pilot.resize_terminal(*WALL)
    await pilot.pause(0.5)
    shoot(app, folder, "wall")
    await pilot.press("escape")
    await pilot.resize_terminal(*SIZES[""])
    for name, settings in FACES.items():
        app.wear(settings)
        await pilot.pause(0.5)
        shoot(app, folder, f"checklist-{name}")
    app.wear(Preferences())
    await pilot.pause(0.5)


async def at_home(folder: Path, sandbox: Path) -> None:
    """The home screen beside the plans that ship with the program."""
    for plan in wiring.shipped_plans()[-1].glob("*.toml"):
        shutil.copy(plan, sandbox)
    app = HomeApp(HomeSource(sandbox))
    app.folder = "harbour"
    async with app.run_test(size=SIZES[""]) as pilot:
        while not (app.known.loaded and all(plan.read for plan in app.known.plans)):
            await pilot.pause(0.1)
        await each_size(pilot, app, folder, "home")


async def each_size(pilot: Pilot[int], app: App[int], folder: Path, name: str) -> None:
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
    with tempfile.TemporaryDirectory() as place:
        for svg in (p for p in sorted(folder.glob("*.svg")) if p.stem != "demo"):
            size = "1100,720" if "80x24" in svg.name else "1500,960"
            png = Path(place) / f"{svg.stem}.png"
            take(browser, svg, png, "2480,1450" if svg.stem == "wall" else size)
            if svg.stem.removesuffix("-80x24") in KEPT:
                shutil.copy(png, folder)
        report_of(browser, Path(place))
        shutil.copy(Path(place) / "report.png", folder)
        sheet(browser, Path(place), folder / "index.png")


def report_of(browser: str, place: Path) -> None:
    """The report of the run that was played, as a browser shows it."""
    page = place / "report.html"
    report = wiring.report(run_named(None))
    # Where this checkout lies is nobody's business.
    report = dataclasses.replace(report, source=os.path.relpath(report.source, ROOT))
    page.write_text(to_html(report), encoding="utf-8")
    take(browser, page, place / "report.png", "1200,1500")


def sheet(browser: str, place: Path, target: Path) -> None:
    """Every picture of a folder on one page."""
    names = sorted(place.glob("*.png"))
    cells = "".join(
        f'<figure><img src="{p.resolve().as_uri()}"><figcaption>{p.stem}</figcaption></figure>'
        for p in names
    )
    page = place / "index.html"
    page.write_text(
        "<style>body{margin:16px;background:#fff;font:15px sans-serif;display:grid;gap:16px;"
        f"grid-template-columns:repeat({COLUMNS},1fr)}}figure{{margin:0;height:400px}}"
        "img{width:100%;height:370px;object-fit:contain;object-position:top}"
        f"figcaption{{text-align:center}}</style>{cells}",
        encoding="utf-8",
    )
    rows = -(-len(names) // COLUMNS)
    take(browser, page, target, f"1800,{rows * 416 + 32}")


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
