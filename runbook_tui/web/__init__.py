"""The same in a browser."""
