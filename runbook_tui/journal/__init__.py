"""What is remembered: the append-only record of all runs on this host."""
