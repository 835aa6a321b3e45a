"""The rules, one file each: `constraints(inputs, decide)` yields a key and a constraint."""
