"""Large letters, to be read from across a room: each pixel half a cell high, or a whole one."""

from __future__ import annotations

from runbook_tui.tui.views.tone import Line, cut

ROWS = 5
"""Pixels of a letter from top to bottom."""
GAP, SPACE = 1, 2
"""Pixels between letters, and of a space."""
SCALES = (6, 4, 2, 1)
LETTERS = {
    "A": "010 101 111 101 101",
    "B": "110 101 110 101 110",
    "C": "011 100 100 100 011",
    "D": "110 101 101 101 110",
    "E": "111 100 110 100 111",
    "F": "111 100 110 100 100",
    "G": "011 100 101 101 011",
    "H": "101 101 111 101 101",
    "I": "111 010 010 010 111",
    "J": "001 001 001 101 010",
    "K": "101 101 110 101 101",
    "L": "100 100 100 100 111",
    "M": "10001 11011 10101 10001 10001",
    "N": "1001 1101 1011 1001 1001",
    "O": "010 101 101 101 010",
    "P": "110 101 110 100 100",
    "Q": "010 101 101 110 011",
    "R": "110 101 110 101 101",
    "S": "011 100 010 001 110",
    "T": "111 010 010 010 010",
    "U": "101 101 101 101 111",
    "V": "101 101 101 101 010",
    "W": "10001 10001 10101 11011 10001",
    "X": "101 101 010 101 101",
    "Y": "101 101 010 010 010",
    "Z": "111 001 010 100 111",
    "0": "111 101 101 101 111",
    "1": "010 110 010 010 111",
    "2": "111 001 111 100 111",
    "3": "111 001 011 001 111",
    "4": "101 101 111 001 001",
    "5": "111 100 111 001 111",
    "6": "111 100 111 101 111",
    "7": "111 001 001 010 010",
    "8": "111 101 111 101 111",
    "9": "111 101 111 001 111",
    ":": "0 1 0 1 0",
    ".": "0 0 0 0 1",
    ",": "00 00 00 01 10",
    "-": "000 000 111 000 000",
    "+": "000 010 111 010 000",
    "/": "001 001 010 100 100",
    "%": "101 001 010 100 101",
    "!": "1 1 1 0 1",
    "?": "110 001 010 000 010",
    "(": "01 10 10 10 01",
    ")": "10 01 01 01 10",
    "#": "101 111 101 111 101",
    "&": "010 101 010 101 011",
    "'": "1 1 0 0 0",
    "_": "000 000 000 000 111",
    "=": "000 111 000 111 000",
}
PLAIN = str.maketrans("ÄÖÜÉÈÊÁÀÂÍÓÒÔÚÙÇÑß·–—−", "AOUEEEAAAIOOOUUCNS----")
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def _drawn(text: str) -> list[str]:
    """Only characters that there are letters for."""
    return [char for char in text.upper().translate(PLAIN) if char in LETTERS or char == " "]


def width_of(text: str, scale: int = 1) -> int:
    """Cells that a text takes; a pixel is ``scale`` cells wide."""
    return max(0, sum(_width(char) + GAP for char in _drawn(text)) - GAP) * scale


def _width(char: str) -> int:
    return SPACE if char == " " else len(LETTERS[char].partition(" ")[0])


def can_draw(text: str) -> bool:
    """Whether all of a text can be drawn: half a title would be worse than a small one."""
    shown = text.upper().translate(PLAIN)
    return bool(shown.strip()) and all(char in LETTERS or char == " " for char in shown)


def large(text: str, tone: str, scale: int = 1) -> list[Line]:
    """A text in rows of cells. ``scale`` is how many cells a pixel is wide: with 1 it is half a
    cell high, else half as many cells as it is wide."""
    pixels = _pixels(text)
    if scale == 1:
        pixels = [*pixels, [False] * len(pixels[0])]
        pairs = (zip(pixels[y], pixels[y + 1], strict=True) for y in range(0, ROWS, 2))
        return [[("".join(HALVES[pair] for pair in both), tone)] for both in pairs]
    rows: list[Line] = [[("".join("█ "[not on] * scale for on in row), tone)] for row in pixels]
    return [row for row in rows for _ in range(scale // 2)]


def _pixels(text: str) -> list[list[bool]]:
    rows: list[list[bool]] = [[] for _ in range(ROWS)]
    for number, char in enumerate(_drawn(text)):
        drawn = ["0" * SPACE] * ROWS if char == " " else LETTERS[char].split(" ")
        for row, bits in zip(rows, drawn, strict=True):
            row.extend([False] * (GAP if number else 0))
            row.extend(bit == "1" for bit in bits)
    return rows


def fitting(text: str, tone: str, width: int, *, most: int = 2) -> list[Line]:
    """A text as large as it can be in ``width`` cells; one line of plain size where it cannot."""
    if can_draw(text):
        for scale in (scale for scale in SCALES if scale <= most):
            if width_of(text, scale) <= width:
                return large(text, tone, scale)
    return [[(cut(text, width), tone)]]


def in_two(text: str, tone: str, width: int, *, most: int = 2) -> list[Line]:
    """A text as large as it can be, on two lines where it is only so large there."""
    if not can_draw(text):
        return fitting(text, tone, width, most=most)
    words = text.split()
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    first, second = min(halves, key=lambda pair: max(map(width_of, pair)), default=(text, ""))
    for scale in (scale for scale in SCALES if scale <= most):
        if width_of(text, scale) <= width:
            return large(text, tone, scale)
        if max(width_of(first, scale), width_of(second, scale)) <= width:
            # Small letters have half a row below them anyway.
            between: list[Line] = [[]] if scale > 1 else []
            return [*large(first, tone, scale), *between, *large(second, tone, scale)]
    return fitting(text, tone, width, most=most)
