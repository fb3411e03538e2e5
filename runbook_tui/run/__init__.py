"""What happens to a runbook: events, state, decisions, rollback order. Pure."""
