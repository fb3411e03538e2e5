"""What is executed: supervisor, log, terminal, masking."""
