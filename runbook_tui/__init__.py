"""Carry out a risky change in the terminal, with a rollback one key away."""

__version__ = "0.1.0"
