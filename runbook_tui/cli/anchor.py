"""A hash that was written down elsewhere, as it may be given on the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    pass

ANCHOR = re.compile(r"[0-9a-fA-F]{16,64}")


class Anchor(click.ParamType[str]):
    """An event's hash or at least its first 16 digits; anything else is a slip of the pen."""

    name = "hash"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The hash without the blanks around it."""
        if not ANCHOR.fullmatch(value.strip()):
            self.fail(
                f"“{value}” is no hash: an anchor is what `runbook verify` prints behind a run,"
                " 64 digits of 0-9 and a-f, or at least its first 16",
                param,
                ctx,
            )
        return value.strip()
