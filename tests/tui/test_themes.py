"""The program's own colours: everything can be read, and nothing hangs on red and green."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

import runbook_tui.tui
from runbook_tui.preferences.model import OWN_THEMES, Preferences
from runbook_tui.run.state import Status
from runbook_tui.tui.app import STYLES, RunbookApp
from runbook_tui.tui.dressing import ASCII
from runbook_tui.tui.themes import THEMES
from runbook_tui.tui.views.tone import GLYPHS, TONES
from tests.tui.moments import MOMENTS
from tests.tui.piloting import text_of, until
from tests.tui.test_pictures import half_way

GROUNDS = ("background", "surface", "panel", "surface-lighten-2")
"""What text stands on: the screen, a pane that is typed into, head and dialogs, the cursor."""
LEAST = {"runbook-contrast": 7.0}
RULE = re.compile(r"Screen > \.tone--(\w+) \{([^}]*)\}")
SEES = {
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
}
"""How such eyes see light, after Machado, Oliveira and Fernandes."""


def variables(theme: Theme) -> dict[str, Color]:
    made = {**theme.to_color_system().generate(), **theme.variables}
    return {k: Color.parse(v) for k, v in made.items() if re.match(r"#[0-9A-Fa-f]{6}$", v)}


def tones(theme: Theme) -> dict[str, tuple[Color, list[Color]]]:
    """The colour of each tone, and what it is drawn on."""
    known = variables(theme)
    grounds = [known[name] for name in GROUNDS]
    found = {"plain": (known["foreground"], grounds)}
    for tone, rule in RULE.findall((STYLES / "common.tcss").read_text()):
        own = re.search(r"background: \$([\w-]+)", rule)
        behind = [known[own.group(1)]] if own else grounds
        named = re.search(r"(?<!-)\bcolor: \$([\w-]+)", rule)
        assert "color: #" not in rule, f"{tone} has a colour that no theme can change"
        if named is None:
            colour = known["foreground"]
        elif named.group(1) == "text":
            colour = behind[0] + behind[0].get_contrast_text(0.87)
        else:
            colour = known[named.group(1)]
        found[tone] = (colour, behind)
    return found


def light(colour: Color) -> float:
    parts = [c / 255 for c in colour.rgb]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: Color, other: Color) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: t.name)
def test_every_tone_can_be_read_on_everything_it_is_drawn_on(theme: Theme) -> None:
    found = tones(theme)
    assert set(found) == set(TONES)
    least = LEAST.get(theme.name, 4.5)
    poor = {
        (tone, behind.hex, round(contrast(colour, behind), 2))
        for tone, (colour, grounds) in found.items()
        for behind in grounds
        if contrast(colour, behind) < least
    }
    assert not poor


@pytest.mark.parametrize("kind", SEES)
def test_good_bad_and_warning_stay_apart_for_eyes_that_do_not_tell_red_from_green(
    kind: str,
) -> None:
    theme = next(t for t in THEMES if t.name == "runbook-colour-safe")
    found = tones(theme)

    def seen(tone: str) -> list[float]:
        return [
            sum(f * c for f, c in zip(row, found[tone][0].rgb, strict=True)) for row in SEES[kind]
        ]

    for one, other in itertools.combinations(("good", "bad", "warn"), 2):
        apart = sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5
        assert apart > 60, (one, other, apart)


def test_the_settings_know_the_own_themes() -> None:
    assert {theme.name for theme in THEMES} == set(OWN_THEMES)


@pytest.mark.parametrize("theme", OWN_THEMES)
async def test_a_theme_of_the_settings_is_there_from_the_first_frame(theme: str) -> None:
    app = half_way(Preferences(theme=theme))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Merge" in text_of(app))
        assert app.theme == theme
        ground = next(t for t in THEMES if t.name == theme).background
        assert app.screen.styles.background.hex == ground


async def test_with_ascii_signs_nothing_else_is_drawn_and_nothing_moves() -> None:
    shown = []
    for glyphs in ("unicode", "ascii"):
        app = half_way(Preferences(glyphs=glyphs))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda app=app: "Merge" in text_of(app))  # type: ignore[misc]
            await pilot.press("f9")
            await until(pilot, lambda app=app: "START" in text_of(app))  # type: ignore[misc]
            shown.append(text_of(app))
    assert not shown[0].isascii()
    assert shown[1].isascii(), {c for c in shown[1] if not c.isascii()}
    assert len(shown[1]) == len(shown[0])


def test_every_sign_of_a_state_has_its_own_in_ascii() -> None:
    assert set(GLYPHS) == set(Status)
    plain = {glyph.translate(ASCII) for glyph, _ in GLYPHS.values()}
    assert len(plain) == len({glyph for glyph, _ in GLYPHS.values()})


async def test_reduced_motion_animates_nothing() -> None:
    app: RunbookApp = half_way(Preferences(motion="reduced"))
    async with app.run_test(size=(80, 24)):
        assert app.animation_level == "none"


def test_every_sign_that_the_screens_write_has_one_in_ascii() -> None:
    """What `large` takes out of a title is a person's, and is drawn in letters of its own."""
    odd: dict[str, str] = {}
    for path in sorted(Path(runbook_tui.tui.__path__[0]).rglob("*.py")):
        if path.name in {"dressing.py", "large.py"}:
            continue
        tree = ast.parse(path.read_text())
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        texts = (
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if id(node) not in docs
        )
        odd.update((path.name, text) for text in texts if not text.translate(ASCII).isascii())
    assert not odd


async def test_without_colours_what_is_bad_is_never_quieter_than_what_stands_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = MOMENTS["failed"].app()
    async with app.run_test(size=(80, 24)) as pilot:
        await MOMENTS["failed"].reach(pilot, app)
        style = app.screen.get_component_rich_style
        plain = app.screen.rich_style.color
        assert style("tone--bad", partial=True).color == plain
        assert style("tone--bad", partial=True).underline
        assert style("tone--warn", partial=True).color == plain
        assert style("tone--panic", partial=True).bgcolor == plain
