"""What a step expects of its command's output, held against what a terminal was given."""

from __future__ import annotations

import re

SEQUENCES = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]"  # colours, the cursor
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles and links
    r"|\x1b[ -/]*[0-~]"
)


def matches(expected: str, output: bytes) -> bool:
    """Whether the regular expression is found in the lines that the output shows.

    ``^`` and ``$`` are the ends of lines, as a person sees them: without colours and the carriage
    return with which a terminal ends them.
    """
    text = SEQUENCES.sub("", output.decode("utf-8", "replace"))
    return re.search(expected, re.sub(r"\r+\n", "\n", text), re.MULTILINE) is not None
