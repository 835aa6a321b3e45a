"""What we should do: from a frozen register and a scenario to a checked plan."""
