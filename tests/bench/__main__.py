"""``python -m tests.bench``: ratios of the program against baselines taken in the same run."""

from __future__ import annotations

import sys

from tests.bench import (
    bench_emulator,
    bench_flood,
    bench_journal,
    bench_keys,
    bench_opening,
    bench_panic,
    bench_record,
    bench_start,
    bench_supervisor,
)


def main() -> None:
    """Run every benchmark; the journal's can be given a disk of its own, see its module."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    bench_start.main(rounds)
    bench_keys.main(rounds)
    bench_supervisor.main(rounds)
    bench_panic.main(rounds * 4)
    bench_flood.main()
    bench_emulator.main(rounds)
    bench_journal.main(rounds)
    bench_record.main(rounds=rounds)
    bench_opening.main(rounds * 3)


if __name__ == "__main__":
    main()
