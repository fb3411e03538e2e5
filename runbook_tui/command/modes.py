"""What a program has asked of its terminal that is not seen: how keys and pastes reach it."""

from __future__ import annotations

import re

MODE = re.compile(r"\x1b\[\?([0-9;]+)([hl])|\x1bc|\x1b\[!p")
APPLICATION_KEYS = "1"
CURSOR = "25"
BRACKETS = "2004"


class Modes:
    """Modes as they stand after all the output that was fed; a sequence must come whole."""

    def __init__(self) -> None:
        self.application_keys = False
        """Whether the cursor keys send their other sequences (xterm's mode 1)."""
        self.cursor = True
        """Whether the cursor is to be seen (mode 25)."""
        self.brackets = False
        """Whether pastes are to come in brackets (mode 2004)."""

    def feed(self, text: str) -> None:
        """Take in more output."""
        if "\x1b" not in text:
            return
        for match in MODE.finditer(text):
            if match[1] is None:
                # A reset; of the whole terminal, or of what programs change most.
                self.application_keys, self.cursor = False, True
                self.brackets = self.brackets and match[0] != "\x1bc"
                continue
            on, modes = match[2] == "h", match[1].split(";")
            if APPLICATION_KEYS in modes:
                self.application_keys = on
            if CURSOR in modes:
                self.cursor = on
            if BRACKETS in modes:
                self.brackets = on
