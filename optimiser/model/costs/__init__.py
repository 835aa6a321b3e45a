"""The costs, one file each: `terms(inputs, decide)` yields a phase and its GBP k of present value.

The owner of the property bears a cost, unless its file says PAID_BY = "team", or "public": then no partner does.
`inputs` may be one partner's view of the decision: then `inputs.properties`, or `inputs.teams`, hold only what is
that partner's.
"""
