"""git actions as programs of their own."""
