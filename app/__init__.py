"""The whole flow in one place, and the command line over it."""
