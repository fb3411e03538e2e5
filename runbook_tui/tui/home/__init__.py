"""Home: what there is to begin and to go on with, before any run is open."""
