"""Events of a run in as few words as tell how long things took; SQLite takes them out."""

from __future__ import annotations

import json

from runbook_tui.journal.record import unreadable
from runbook_tui.run.durations import TYPES, Timing
from runbook_tui.run.times import ended_at, epoch

TIMINGS = f"""\
SELECT json_extract(body, '$.type', '$.step', '$.at', '$.mono', '$.boot', '$.data.kind',
  '$.data.result', '$.data.exit', '$.data.seconds', '$.data.rehearse', '$.data.ended')
FROM event WHERE run = ? AND type IN ({", ".join(f"'{name}'" for name in TYPES)}) ORDER BY seq"""


def timing(text: str) -> Timing:
    """An event in brief, from what `TIMINGS` takes out of it. Raises `JournalError`."""
    try:
        return _timing(*json.loads(text))
    except (ValueError, TypeError) as error:
        raise unreadable() from error


def _timing(
    type_: object, step: object, at: object, mono: float | None, boot: object, kind: object,
    result: object, exit_: object, seconds: float | None, rehearse: object, ended: str | None,
) -> Timing:  # fmt: skip
    return Timing(
        type=str(type_),
        step=str(step or ""),
        at=epoch(str(at)),
        mono=float(mono or 0.0),
        boot=str(boot or ""),
        kind=str(kind or ""),
        result=str(result or ""),
        exit=exit_ if isinstance(exit_, int) else None,
        seconds=float(seconds or 0.0),
        rehearse=bool(rehearse),
        late=epoch(str(at)) - ended_at(str(at), ended),
    )
