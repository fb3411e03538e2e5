"""A film of frames: one is seen at a time, for as long as it was given, in one valid file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from tests.cast import Cast

FRAME = '<svg viewBox="0 0 10 5" xmlns="http://www.w3.org/2000/svg"><text>{}</text></svg>'


def test_each_frame_is_seen_for_its_time_and_the_last_without_motion() -> None:
    cast = Cast()
    cast.add(FRAME.format("a"), 1.0)
    cast.add(FRAME.format("b"), 1.0)
    cast.add(FRAME.format("b"), 2.0)
    svg = cast.svg()
    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 10 5"
    assert len(cast.frames) == 2
    assert "animation-duration: 4.00s" in svg
    seen = re.findall(r"([\d.]+)% \{ opacity: 1 \} ([\d.]+)% \{ opacity: 0 \}", svg)
    assert seen == [("0.000", "25.000"), ("25.000", "100.000")]
    assert svg.count("frame f1 last") == 1
