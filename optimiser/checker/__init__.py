"""The parts of the checker `optimiser.verify`; they share no code with the model, its inputs or the solver."""
