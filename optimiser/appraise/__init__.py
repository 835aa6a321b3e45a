"""What a plan is worth and to whom: figures worked out from a run when they are asked for."""
