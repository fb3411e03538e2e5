"""One open run: ask, decide, append, apply, act."""
