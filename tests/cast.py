"""A film of the screen as one SVG: frames that a browser shows one after another, over and over.

Whoever wants no motion (``prefers-reduced-motion``) sees the last frame alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

STYLE = """\
.frame {{ opacity: 0; animation-duration: {whole}s; animation-iteration-count: infinite;
  animation-timing-function: step-end; }}
{rules}
@media (prefers-reduced-motion: reduce) {{
  .frame {{ animation: none !important; }}
  .frame.last {{ opacity: 1; }}
}}
"""


@dataclass
class Cast:
    """Frames with the seconds that each is seen."""

    frames: list[tuple[str, float]] = field(default_factory=list)

    def add(self, svg: str, seconds: float) -> None:
        """One more; the same picture again makes the last one longer."""
        if self.frames and self.frames[-1][0] == svg:
            svg, before = self.frames.pop()
            seconds += before
        self.frames.append((svg, seconds))

    def svg(self) -> str:
        """All of it in one file."""
        whole = sum(seconds for _, seconds in self.frames)
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', self.frames[0][0])
        assert box is not None
        rules, drawn, at = [], [], 0.0
        for number, (svg, seconds) in enumerate(self.frames):
            begin, end = 100 * at / whole, 100 * (at + seconds) / whole
            at += seconds
            rules.append(
                f"@keyframes f{number} {{ 0% {{ opacity: {int(not begin)} }}"
                f" {begin:.3f}% {{ opacity: 1 }} {end:.3f}% {{ opacity: 0 }} }}\n"
                f".f{number} {{ animation-name: f{number}; }}"
            )
            last = " last" if number == len(self.frames) - 1 else ""
            drawn.append(f'<g class="frame f{number}{last}">{svg}</g>')
        style = STYLE.format(whole=f"{whole:.2f}", rules="\n".join(rules))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box[1]} {box[2]}">'
            f"<style>{style}</style>{''.join(drawn)}</svg>\n"
        )
