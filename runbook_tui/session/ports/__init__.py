"""What the session needs of the outside, one protocol a file."""
