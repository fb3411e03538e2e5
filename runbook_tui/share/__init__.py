"""The run on other machines."""
