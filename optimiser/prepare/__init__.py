"""From a snapshot and a scenario to the sets and figures of the model; all filtering is done here."""
