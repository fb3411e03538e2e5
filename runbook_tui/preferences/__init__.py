"""What a person has chosen for this program: keys, colours, signs, motion. Nothing of a plan."""
