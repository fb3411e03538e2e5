"""The end of the process."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def end(status: int) -> NoReturn:
    """End the process with this status, once what is under way and has to be is done.

    Threads that only wait (for the journal, for a terminal) are daemons: they may be in the middle
    of a call into C when Python takes itself apart, and one that wakes up then can bring the
    process down with a signal in place of its status. So it is not taken apart.
    """
    with suppress(KeyboardInterrupt):
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001  there is no other way to have them run
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
