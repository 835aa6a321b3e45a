"""The costs, one file each: `terms(inputs, decide)` yields a phase and its GBP k of present value."""
