"""Plain terminal output as lines: colours, carriage returns, tabs and backspaces; no addressing.

The fast way for what most commands put out. Control sequences: ECMA-48, as xterm reads them.
"""

from __future__ import annotations

import re

from runbook_tui.session.ports.terminals import PLAIN, Row, Span, Style

CSI = re.compile(r"\x1b\[([0-9;:?<>=]*)([ -/]*)([@-~])")
SEQUENCE = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # other escapes
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # controls but tab and newline
)
ADDRESSING = re.compile(rb"\x1b\[\??(?:1049|1047|47)h|\x1b\[[0-9;]*[ABEFHfdJLM]|\x1b[78M]|\x1bc")
WIDEST = 4096


def addresses_cursor(data: bytes) -> bool:
    """Whether the output needs a full emulator: it moves the cursor or uses the second screen."""
    return ADDRESSING.search(data) is not None


def parse_line(line: str, style: Style = PLAIN) -> tuple[Row, Style]:
    """One line as spans, and the style that the next line begins with."""
    cells: list[tuple[str, Style]] = []
    column = 0
    at = 0
    for match in SEQUENCE.finditer(line):
        column = _write(cells, column, line[at : match.start()], style)
        at = match.end()
        text = match.group(0)
        if text == "\r":
            column = 0
        elif text == "\b":
            column = max(0, column - 1)
        else:
            style, cells, column = _escape(text, style, cells, column)
    _write(cells, column, line[at:], style)
    return _spans(cells), style


def _escape(
    text: str, style: Style, cells: list[tuple[str, Style]], column: int
) -> tuple[Style, list[tuple[str, Style]], int]:
    match = CSI.fullmatch(text)
    if match is None or match.group(2):
        return style, cells, column
    if match.group(3) == "m" and not match.group(1).startswith(("?", ">", "<", "=")):
        return restyled(style, match.group(1)), cells, column
    if match.group(3) == "K":
        mode = match.group(1)
        if mode in {"", "0"}:
            return style, cells[:column], column
        if mode == "2":
            return style, [], column
    if match.group(3) == "G":
        return style, cells, max(0, min(WIDEST, int(match.group(1) or 1)) - 1)
    return style, cells, column


def _write(cells: list[tuple[str, Style]], column: int, text: str, style: Style) -> int:
    for char in text:
        if column >= WIDEST:
            break
        width = 8 - column % 8 if char == "\t" else 1
        for _ in range(width):
            cell = (" " if char == "\t" else char, style)
            if column < len(cells):
                cells[column] = cell
            else:
                cells.extend([(" ", PLAIN)] * (column - len(cells)))
                cells.append(cell)
            column += 1
    return column


def _spans(cells: list[tuple[str, Style]]) -> Row:
    spans: list[Span] = []
    start = 0
    for at in range(1, len(cells) + 1):
        if at == len(cells) or cells[at][1] != cells[start][1]:
            text = "".join(char for char, _ in cells[start:at])
            spans.append(Span(text, cells[start][1]))
            start = at
    return tuple(spans)


FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}
CLEARED = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",)}


def restyled(style: Style, codes: str) -> Style:
    """The style after a "select graphic rendition" sequence."""
    numbers = [int(c) if c.isdigit() else 0 for c in re.split(r"[;:]", codes or "0")]
    values = {
        "foreground": style.foreground, "background": style.background, "bold": style.bold,
        "dim": style.dim, "italic": style.italic, "underline": style.underline,
        "reverse": style.reverse,
    }  # fmt: skip
    at = 0
    while at < len(numbers):
        code = numbers[at]
        at += 1
        if code == 0:
            values = dict.fromkeys(values, False) | {"foreground": "", "background": ""}
        elif code in FLAGS:
            values[FLAGS[code]] = True
        elif code in CLEARED:
            values.update(dict.fromkeys(CLEARED[code], False))
        elif code in {38, 48}:
            colour, at = _extended(numbers, at)
            values["foreground" if code == 38 else "background"] = colour
        elif (found := _basic(code)) is not None:
            values[found[0]] = found[1]
    return Style(**values)  # type: ignore[arg-type]


def _basic(code: int) -> tuple[str, str] | None:
    """The sixteen colours and the defaults."""
    for base, name, bright in ((30, "foreground", 0), (40, "background", 0),
                               (90, "foreground", 8), (100, "background", 8)):  # fmt: skip
        if base <= code <= base + 7:
            return name, f"ansi:{code - base + bright}"
    if code == 39:
        return "foreground", ""
    return ("background", "") if code == 49 else None


def _extended(numbers: list[int], at: int) -> tuple[str, int]:
    """A colour of 256 (``5;n``) or of red, green and blue (``2;r;g;b``)."""
    kind = numbers[at] if at < len(numbers) else 0
    if kind == 5 and at + 1 < len(numbers):
        return f"ansi:{min(255, numbers[at + 1])}", at + 2
    if kind == 2 and at + 3 < len(numbers):
        red, green, blue = (min(255, n) for n in numbers[at + 1 : at + 4])
        return f"#{red:02x}{green:02x}{blue:02x}", at + 4
    return "", len(numbers)
