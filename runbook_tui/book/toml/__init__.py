"""Reading TOML plans, format 1, and writing them: strict, every fault at once."""
