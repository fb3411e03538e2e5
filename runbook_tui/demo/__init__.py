"""A sandbox to try it in."""
