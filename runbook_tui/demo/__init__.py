"""A sandbox to try it in: a git remote, a service, and a plan that goes wrong."""
