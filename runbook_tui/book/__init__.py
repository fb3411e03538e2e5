"""What a plan says: the model, the readers, parameters, durations, findings."""
