"""Rows of a widget on the terminal at once: what a person waits for does not wait for a frame.

Textual draws what has changed in the next of its 60 frames a second, and with any part of a screen
it draws all widgets that lie there. Here one widget alone is drawn, by the same means: its lines as
it keeps them, put out by Textual. So the terminal shows what the next frame would have.
"""

from __future__ import annotations

from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.widget import Widget


def paint(widget: Widget, rows: list[int]) -> bool:
    """Draw these rows, and those between them; False where something else may lie over them, or
    stand in another place by the next frame. Then it is left to that."""
    region = _place(widget)
    if region is None or not rows:
        return region is not None
    first, last = max(0, rows[0]), min(rows[-1], region.height - 1)
    if first > last:
        return True
    part = Region(0, first, region.width, last - first + 1)
    widget._styles_cache.set_dirty(part)  # noqa: SLF001  What a refresh does to a widget's lines.
    lines = widget.render_lines(part)
    update = LayoutUpdate([[line] for line in lines], part.translate(region.offset))
    widget.app._display(widget.screen, update)  # noqa: SLF001
    return True


def _place(widget: Widget) -> Region | None:
    """Where on the terminal the widget is; None where it is not to be seen whole, or will move."""
    screen = widget.screen
    due = screen._layout_required or screen._scroll_required or screen._repaint_required  # noqa: SLF001
    if due or not screen.is_current or screen.app._batch_count:  # noqa: SLF001
        return None
    visible = screen._compositor.visible_widgets  # noqa: SLF001
    if widget not in visible:
        return None
    region, clip = visible[widget]
    below = {widget, *widget.ancestors}
    for other, (its, shown) in visible.items():
        if other not in below and region.overlaps(its.intersection(shown)):
            return None
    return region if clip.contains_region(region) else None
