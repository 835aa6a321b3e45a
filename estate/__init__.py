"""What we own: the register of a place's public buildings."""
